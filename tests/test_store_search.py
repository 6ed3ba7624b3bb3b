"""Searching: order, paging, spans of time, past moments, the time limit."""

from datetime import UTC, datetime, timedelta

import pytest

from workbench import store
from workbench.errors import QueryError, QueryTimeout, SettingError
from workbench.items import Item
from workbench.query import parse
from workbench.query.sql import compile_query

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def post(n, text="acme", *, ago, **fields):
    return Item(
        source="x", id=str(n), text=text, published=NOW - ago, collected=NOW - ago, **fields
    )


@pytest.fixture
def opened(tmp_path):
    with store.open(tmp_path / "w.db", now=lambda: NOW) as made:
        yield made


@pytest.fixture
def quarter(opened):
    """One post each seven hours for three months, each third in order near."""
    opened.add(
        post(n, "acme buys globex" if n % 3 == 0 else "globex, acme", ago=n * 7 * 60 * MINUTE)
        for n in range(300)
    )
    return opened


def ids(found):
    return [int(item.id) for item in found]


def test_the_newest_come_first_across_months(quarter):
    assert ids(quarter.search("acme", limit=300)) == list(range(300))
    assert ids(quarter.search("acme", limit=3)) == [0, 1, 2]
    assert ids(quarter.search(None, limit=2)) == [0, 1]
    assert quarter.search("acme", limit=0) == []


@pytest.mark.parametrize("query", ["acme", "acme NEAR/2f globex", None, "-initech", "url:none"])
def test_pages_neither_skip_nor_repeat_while_others_write(quarter, query):
    every = {"acme NEAR/2f globex": range(0, 300, 3), "url:none": []}.get(query, range(300))
    seen, cursor = [], None
    while True:
        page = quarter.search(query, limit=41, before=cursor)
        seen += ids(page)
        quarter.add([post(1000 + len(seen), ago=-MINUTE)])  # newer than all
        cursor = page.cursor
        if cursor is None:
            break
        assert len(page) == 41
    assert seen == list(every)


def test_a_last_page_that_is_full_has_no_cursor(quarter):
    assert quarter.search("acme", limit=300).cursor is None
    assert quarter.search("acme", limit=299).cursor is not None


def test_since_and_before_take_times_dates_and_spans(quarter):
    assert ids(quarter.search("acme", since="14h")) == [0, 1, 2]
    assert ids(quarter.search("acme", since=NOW - 420 * MINUTE)) == [0, 1]
    assert ids(quarter.search("acme", since="2026-11-22")) == [0, 1]
    assert ids(quarter.search("acme", before=NOW - 420 * MINUTE, limit=2)) == [2, 3]
    assert ids(quarter.search("acme", before="7h", since="21h")) == [2, 3]
    assert ids(quarter.search("since:2026-11-21T20:00:00Z before:2026-11-22T12:00:00Z")) == [1, 2]


def test_times_are_told_apart_to_the_microsecond(opened):
    micro = timedelta(microseconds=1)
    opened.add(post(n, ago=MINUTE + n * 10 * micro) for n in range(5))
    opened.add(post(n, ago=MINUTE + 20 * micro) for n in (7, 8))  # they share a moment
    assert ids(opened.search("acme")) == [0, 1, 8, 7, 2, 3, 4]
    middle = NOW - MINUTE - 20 * micro
    assert set(ids(opened.search("acme", since=middle))) == {0, 1, 2, 7, 8}
    assert ids(opened.search("acme", before=middle)) == [3, 4]
    assert ids(opened.search(None, since=middle, before=middle + micro)) == [8, 7, 2]
    buckets = opened.tally("acme", every="1m", since=middle, until=NOW)
    assert sum(bucket.n for bucket in buckets) == 5


def test_a_past_moment_knows_only_what_was_collected_by_then(opened):
    opened.add([post(1, ago=60 * MINUTE), post(2, ago=30 * MINUTE)])
    late = Item(
        source="x", id="3", text="acme", published=NOW - 50 * MINUTE, collected=NOW - MINUTE
    )
    opened.add([late])
    assert ids(opened.search("acme")) == [2, 3, 1]
    assert ids(opened.search("acme", as_of=NOW - 30 * MINUTE)) == [2, 1]
    assert ids(opened.search(None, as_of="31m")) == [1]
    assert ids(opened.search("acme within_time:10m")) == []
    assert ids(opened.search("acme within_time:10m", as_of=NOW - 25 * MINUTE)) == [2]
    assert ids(opened.search("acme NEAR/1 acme", as_of=NOW)) == []


def test_lists_are_looked_up(opened):
    opened.add([post(1, ago=MINUTE, author="ana@a.example"), post(2, ago=MINUTE, author="bob")])
    assert ids(opened.search("list:board", lists={"Board": ["@Ana"]})) == [1]
    assert ids(opened.search("-list:board", lists={"board": ()})) == [2, 1]
    with pytest.raises(QueryError, match="no people list 'board'"):
        opened.search("list:board")


def test_unreadable_questions_are_errors(opened):
    with pytest.raises(QueryError):
        opened.search("")
    with pytest.raises(SettingError, match="limit=-1"):
        opened.search("acme", limit=-1)
    with pytest.raises(SettingError, match="neither a time nor a span"):
        opened.search("acme", before="c")


def test_a_read_beyond_its_time_is_an_error_and_no_short_list(tmp_path):
    with store.open(tmp_path / "w.db", now=lambda: NOW) as opened:
        opened.add(
            post(n, url=f"https://a.example/{n}", ago=n * MINUTE, likes=n) for n in range(3000)
        )
    with store.open(tmp_path / "w.db", now=lambda: NOW, read_limit=0) as opened:
        for query in ("acme", "url:nowhere", "acme min_likes:9999", "acme NEAR/2f acme", None):
            with pytest.raises(QueryTimeout, match="read_limit"):
                opened.search(query)
        with pytest.raises(QueryTimeout):
            opened.tally("acme -url:b", every="1h", since="90d")
        assert opened.get("x", "1").likes == 1
    with store.open(tmp_path / "w.db", now=lambda: NOW) as opened:
        assert len(opened.search("acme")) == 50


def test_an_empty_store_answers(opened):
    assert opened.search("acme") == []
    assert opened.search(None) == []
    assert opened.seq() == 0
    assert opened.changes(0) == ([], [], 0)
    assert opened.check() == []
    assert opened.term_counts(since="1h", until=NOW, terms=["acme"]) == {"acme": 0}


def test_an_item_is_found_or_left_out_by_its_key_to_the_letter(opened):
    opened.add([post(1, ago=MINUTE), post(2, ago=MINUTE), post(3, ago=40 * 24 * 60 * MINUTE)])
    opened.add([Item(source="y", id="A:b c", text="acme", published=NOW)])
    assert ids(opened.search("id:x:1", limit=9)) == [1]
    assert [item.id for item in opened.search('id:"y:A:b c"')] == ["A:b c"]
    assert opened.search('id:"y:a:b c"') == []
    assert opened.search("id:x:9") == []
    assert [item.id for item in opened.search("acme -id:x:1 -id:x:3")] == ["A:b c", "2"]
    assert ids(opened.search("acme (id:x:3 OR id:x:2)")) == [2, 3]
    assert ids(opened.search("id:x:3 since:2020-01-01")) == [3]


def test_a_list_of_keys_is_looked_up_as_the_deck_has_it(opened):
    opened.add([post(n, ago=n * MINUTE) for n in range(1, 6)])
    lists = {"hidden-posts": ("x:1", "x:4", "y:2", "nonsense", 'x:"5')}
    assert sorted(ids(opened.search("-id:hidden-posts", lists=lists))) == [2, 3, 5]
    assert sorted(ids(opened.search("id:hidden-posts acme", lists=lists))) == [1, 4]
    with pytest.raises(QueryError, match="no list of items 'hidden-posts'"):
        opened.search("-id:hidden-posts")


def test_leaving_items_out_by_key_reads_no_item_to_count(opened):
    plan = compile_query(parse("acme -id:hidden-posts"), now=NOW, lists={"hidden-posts": ("x:1",)})
    assert plan.is_exact
    assert plan.where == ""
    assert plan.keyed == ((False, '[["x", "1"]]'),)
    opened.add([post(1, ago=MINUTE), post(2, ago=MINUTE)])
    found = opened.tally(
        "acme -id:hidden-posts", every="1h", since="2h", lists={"hidden-posts": ("x:1",)}
    )
    assert sum(bucket.n for bucket in found) == 1
