"""How queries are read and written: what the 92 cases leave open."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from workbench.errors import SettingError
from workbench.items import Item
from workbench.query import QueryError, parse, tree
from workbench.query.match import Document, document
from workbench.query.parse import DEEPEST, LONGEST
from workbench.tokens import tokenize

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def item(text="", **fields):
    given = {"source": "feeds", "id": "1", "text": text, "published": NOW, **fields}
    return Item(**given)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Acme AND  Globex", "acme globex"),
        ("acme OR globex results", "acme OR (globex results)"),
        ("((acme)) ((b c))", "acme b c"),
        ("a OR (b OR c)", "a OR b OR c"),
        ("NOT a !b -c", "-a -b -c"),
        ("-(a b) NOT (a OR b)", "-(a b) -(a OR b)"),
        ("--a NOT NOT b", "a b"),
        ("State-of-the-art AT&T Acme's", '"state of the art" "at t" "acme s"'),
        (r'REGEX:\bAcme regex:" a (b|C) "', r'regex:"\bAcme" regex:" a (b|C) "'),
        ("expires:2026-12-01", "expires:2026-12-01T00:00:00Z"),
        ("“smart quotes”", '"smart quotes"'),
        ("東京 日本* 東京都の", '"東京" "日本" "東京都の"'),
        ("東京-bank", '"東京 bank"'),
        ("Straß* CAF? w?rd*", "strass* caf? w?rd*"),
        ('"central ban*" "a * c"', '"central ban*" "a * c"'),
        ('"a b"~3 "東京 駅"~1 "a b-c d"~2', '(a NEAR/3 b) ("東京" NEAR/1 駅) "a b-c d"~2'),
        ('a NEAR/3f (b OR "c d")', '(a NEAR/3f (b OR "c d"))'[1:-1]),
        ("＃Mars $rklb ＠NASA mentions:@nasa", "#mars $rklb @nasa @nasa"),
        ('FROM:@Bob To:nasa List:"The Board"', 'from:bob to:nasa list:"the board"'),
        ("site:WWW.Reuters.com. domain:www.www.x.com", "domain:reuters.com domain:x.com"),
        ("LANG:en_GB form:8-K ticker:ACME", "lang:en-gb form:8-k ticker:acme"),
        ('url:"a (b)" intitle:"to acquire"', 'url:"a (b)" intitle:"to acquire"'),
        ("min_faves:1 min_retweets:02", "min_likes:1 min_reposts:2"),
        ("sentiment:positive", "sentiment:>=0.05"),
        ("sentiment:negative", "sentiment:<=-0.05"),
        ("-sentiment:neutral", "-(sentiment:>-0.05 sentiment:<0.05)"),
        ("sentiment:=-0", "sentiment:=0.0"),
        ("filter:Videos has:polls is:Reply", "has:video has:poll is:reply"),
        ("within_time:120m within_time:48h within_time:0s",
         "within_time:2h within_time:2d within_time:0s"),
        ("during:2026-11-21", "since:2026-11-21T00:00:00Z until:2026-11-22T00:00:00Z"),
        ("after:2026-11-21", "since:2026-11-22T00:00:00Z"),
        ("after:2026-11-21T10:00Z", "since:2026-11-21T10:00:00.000001Z"),
        ("before:2026-11-21T10:00+02:00", "until:2026-11-21T08:00:00Z"),
        ("10:30 3d:printing", '"10 30" "3d printing"'),
        ("a\n-b\u200b -c", "a -b -c"),
    ],
)  # fmt: skip
def test_the_canonical_text(text, canonical):
    query = parse(text)
    assert str(query) == canonical
    assert query.text == text
    assert parse(canonical) == query


def test_dates_are_days_of_the_zone():
    day = parse("during:2026-11-01", zone="America/New_York")
    # The clocks go back on that day: it has 25 hours, from UTC-4 to UTC-5.
    assert day.tree == tree.And(
        (
            tree.Between(datetime(2026, 11, 1, 4, tzinfo=UTC), None),
            tree.Between(None, datetime(2026, 11, 2, 5, tzinfo=UTC)),
        )
    )
    assert parse("since:2026-11-01T09:00", zone="Asia/Tokyo").tree == tree.Between(
        datetime(2026, 11, 1, tzinfo=UTC), None
    )
    assert parse("since:2026-11-01T09:00Z", zone="Asia/Tokyo").tree == tree.Between(
        datetime(2026, 11, 1, 9, tzinfo=UTC), None
    )


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_an_unknown_zone_is_named(zone):
    with pytest.raises(SettingError, match="is no time zone; write one such as"):
        parse("acme", zone=zone)


def test_dates_are_those_by_which_items_are_ordered():
    forged = item("acme", published="2031-01-01", collected=NOW)
    assert parse("during:2026-11-22").matches(forged)
    assert not parse("since:2026-11-23").matches(forged)


def test_within_time_counts_back_from_now_and_never_forward():
    query = parse("within_time:30m")
    for minutes, expected in ((0, True), (30, True), (31, False), (-1, False)):
        assert query.matches(item(), now=NOW + timedelta(minutes=minutes)) is expected
    assert parse("within_time:999999999d").matches(item(), now=NOW)


def test_lists_are_people():
    lists = {"The Board": ["@Alice", "bob@fosstodon.org"], "empty": ()}
    query = parse('list:"the board"')
    assert query.matches(item(author="alice"), lists=lists)
    assert query.matches(item(author="Alice@other.example"), lists=lists)
    assert not query.matches(item(author="bob"), lists=lists)
    assert not query.matches(item(author=None), lists=lists)
    assert not parse("list:empty").matches(item(author="alice"), lists=lists)
    lists["The Board"].append("carol")
    assert query.matches(item(author="carol"), lists=lists)


@pytest.mark.parametrize("lists", [None, {}, {"analysts": ()}])
def test_an_unknown_list_is_an_error_even_where_it_would_not_count(lists):
    query = parse("acme list:analyst")
    with pytest.raises(QueryError, match="there is no people list 'analyst'") as caught:
        query.matches(item("nothing of the kind"), lists=lists)
    assert caught.value.position == 5
    if lists:
        assert "did you mean analysts?" in str(caught.value)


def test_handles_match_whole_or_by_their_part_before_the_host():
    assert parse("from:alice").matches(item(author="alice@fosstodon.org"))
    assert not parse("from:alice").matches(item(author="alice.bsky.social"))
    assert not parse("from:alice@fosstodon.org").matches(item(author="alice"))
    assert parse("to:Bob").matches(item(reply_to_author="bob@x.example"))
    assert not parse("@bob").matches(item(mentions=["bob@x.example"]))


def test_links_are_compared_by_host():
    query = parse("domain:reuters.com")
    for link, expected in (
        ("https://reuters.com", True),
        ("https://user:pass@www.reuters.com:443/a", True),
        ("HTTPS://UK.Reuters.COM./a", True),
        ("https://reuters.com@evil.example/", False),
        ("https://evil.example\\@reuters.com/", False),
        ("https://evil.example/reuters.com", False),
        ("https://evil.example?reuters.com", False),
        ("https://reuters.com.evil.example", False),
    ):
        assert query.matches(item(links=[link])) is expected, link


def test_every_unknown_value_is_false_and_its_negation_true():
    for leaf in (
        *("from:a", "to:a", "lang:en", "min_likes:0", "min_followers:0", "form:8-K", "is:verified"),
        *("is:sensitive", "sentiment:<1", "sentiment:=0", "domain:x.com", "url:x", "intitle:acme"),
    ):
        assert not parse(leaf).matches(item("acme")), leaf
        assert parse(f"-{leaf}").matches(item("acme")), leaf


def test_a_query_cannot_be_changed_and_is_equal_by_its_tree():
    query = parse("acme  OR globex")
    with pytest.raises(AttributeError, match="cannot be changed"):
        query.text = "other"
    with pytest.raises(AttributeError, match="cannot be changed"):
        del query.tree
    assert len({query, parse("Acme OR Globex"), parse("globex OR acme")}) == 2
    assert query != "acme OR globex"
    assert repr(query) == "parse('acme OR globex')"


def test_length_and_depth_have_limits():
    assert str(parse("a " * (LONGEST // 2))).count("a") == LONGEST // 2
    with pytest.raises(
        QueryError, match=r"the query has 10001 characters; at most 10000"
    ) as caught:
        parse("a" * (LONGEST + 1))
    assert caught.value.position == LONGEST
    with pytest.raises(QueryError, match="written out, the query has"):
        parse("during:2026-11-21 " * 500)
    assert str(parse("(" * 4_000 + "a" + ")" * 4_000)) == "a"
    assert str(parse("NOT " * 2_001 + "a")) == "-a"
    text = "a"
    for depth in range(DEEPEST):
        text = f"({text} {'OR ' * (depth % 2)}b)"
    assert parse(str(parse(text))) == parse(text)
    with pytest.raises(QueryError, match="groups stand more than 50 deep") as caught:
        parse(f"{text} b")
    assert caught.value.position == 0  # where the outermost group begins


def test_an_item_is_read_once_for_many_queries_and_not_before_it_must():
    one, other = item("acme"), item("acme")
    assert document(one) is document(one)
    assert document(one) is not document(other)
    doc = Document(one)
    for text in ("lang:en acme", "acme lang:en", '"a b" from:bob', "(acme OR globex) source:x"):
        assert not parse(text)._test(doc, NOW, {})
    assert "text" not in vars(doc)
    assert parse("acme")._test(doc, NOW, {})
    assert vars(doc)["text"] == tokenize("acme")


def test_numbers_are_written_without_exponents():
    query = parse("sentiment:>0.00000000001")
    assert Decimal(str(query).removeprefix("sentiment:>")) == Decimal("0.00000000001")
    assert parse(str(query)) == query
