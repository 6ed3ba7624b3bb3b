"""Regular expressions in queries, and what holds only until a moment."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench import store
from workbench.items import Item
from workbench.query import QueryError, parse
from workbench.query.regex import compile_pattern, quoted

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def item(text="", **fields):
    return Item(**{"source": "x", "id": "1", "text": text, "published": NOW, **fields})


@pytest.mark.parametrize(
    ("query", "text", "is_found"),
    [
        ("regex:acme", "All of ACMEs", True),
        ("regex:(?-i)acme", "ACME", False),
        (r"regex:\bacme\b", "acmes", False),
        (r'regex:"q[1-4] \d{4}"', "In Q3 2026 we", True),
        (r"regex:^late", "is late", False),
        (r"regex:$\d", "5", False),
        (r"regex:\$\d", "$5", True),
        (r"regex:\x22late\x22", 'a "late" train', True),
        ("regex:Größe", "GRÖßE", True),
        ("regex:cafe", "café", False),
        ("-regex:cafe", "café", True),
        (r"regex:\pL{3}", "東京都", True),
        ("regex:a.c", "a\nc", False),
        ("regex:(?s)a.c", "a\nc", True),
        ("regex:\N{REPLACEMENT CHARACTER}", "lone \ud800", True),
    ],
)
def test_a_pattern_looks_at_the_text_as_it_stands(query, text, is_found):
    quoting = f'regex:"{query.partition(":")[2]}"' if "(" in query else query
    asked = parse(quoting)
    assert asked.matches(item(text)) is is_found
    assert asked.matches(item("-", title=text)) is is_found


def test_a_pattern_never_runs_from_the_title_into_the_text():
    assert not parse(r"regex:acme\s*air").matches(item("air", title="acme"))


def test_no_pattern_takes_for_ever():
    text = item("a" * 50_000 + "!")
    # One that goes back and tries again would not end before the sun does.
    assert not parse('regex:"^(a+)+$"').matches(text)


@given(st.text(max_size=12), st.text(max_size=4))
def test_any_text_can_be_sought_by_its_pattern(text, around):
    pattern = quoted("".join(f"\\x{{{ord(char):x}}}" for char in text) or "^")
    query = parse(f'regex:"(?-i){pattern}"')
    assert query.matches(item(around + text + around))
    assert parse(str(query)) == query


@given(st.text(alphabet='"“”\n\t\\ab+', max_size=8))
def test_a_pattern_with_quotes_means_the_same_within_them(text):
    try:
        query = parse(f'regex:"x{quoted(text)}"')
    except QueryError:
        return
    assert query.tree.pattern.count('"') == 0
    assert '"' not in text or query.tree.pattern.count(r"\x{22}") == text.count('"')


def test_between_the_signs_of_a_literal_no_quote_can_be_written():
    with pytest.raises(QueryError, match="there can be no quote"):
        quoted(r'\Qa"b\E')


@pytest.fixture
def opened(tmp_path):
    moment = [NOW]
    with store.open(tmp_path / "w.db", now=lambda: moment[0]) as found:
        found.add(
            item(text, id=str(n), published=NOW - timedelta(minutes=n))
            for n, text in enumerate(["acme air", "acme rail", "globex rail", "acme strike"])
        )
        found.moment = moment
        yield found


def ids(found):
    return [each.id for each in found]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ('regex:"(air|rail)$"', ["0", "1", "2"]),
        ('acme regex:"(air|rail)$"', ["0", "1"]),
        ('acme -regex:"(air|rail)$"', ["3"]),
        ("globex OR regex:str.ke", ["2", "3"]),
    ],
)
def test_the_store_finds_what_a_pattern_finds(opened, query, wanted):
    assert ids(opened.search(query)) == wanted
    first = opened.search(query, limit=1)
    rest = opened.search(query, before=first.cursor) if first.cursor else []
    assert ids(first) + ids(rest) == wanted
    counted = opened.tally(query, every="1h", since="2h")
    assert sum(bucket.n for bucket in counted) == len(wanted)


def test_what_expires_counts_no_more_from_its_moment_on(opened):
    query = parse("acme -(strike expires:2026-11-22T13:00:00Z)")
    strike = item("acme strike")
    for minutes, wanted in ((0, ["0", "1"]), (59, ["0", "1"]), (60, ["0", "1", "3"])):
        now = opened.moment[0] = NOW + timedelta(minutes=minutes)
        assert ids(opened.search(query)) == wanted
        assert query.matches(strike, now=now) is (minutes == 60)
        assert sum(b.n for b in opened.tally(query, every="1h", since="3h")) == len(wanted)


def test_a_query_that_is_but_an_expiry_finds_all_or_nothing(opened):
    assert len(opened.search("expires:2026-11-23")) == 4
    assert opened.search("expires:2026-11-22") == []
    assert opened.search("acme expires:2026-11-22") == []
    assert len(opened.search("-expires:2026-11-22")) == 4


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    ("pattern", "place"),
    [
        (r"[\p{L}\p{N}]{20}" * 24, 15),
        (r"\p{L}" * 80 + "(a{500}){500}", 408),
        ("a{1001}b{1001}", 1),
    ],
)
def test_why_a_pattern_is_too_large_is_told_at_once(pattern, place):
    with pytest.raises(QueryError, match=r"too large|repetition size") as caught:
        compile_pattern(pattern)
    assert caught.value.position == place
