"""What is new since: changes by seq; cursors and states that other processes read."""

from datetime import UTC, datetime, timedelta

import pytest

from workbench import store
from workbench.items import Count, Deletion, Item, ParseResult
from workbench.states import SourceState

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def opened(tmp_path):
    with store.open(tmp_path / "w.db", now=lambda: NOW) as made:
        yield made


def post(n, **fields):
    return Item(
        **{"source": "x", "id": str(n), "text": "acme", "published": NOW - timedelta(minutes=n)}
        | fields
    )


def test_arrivals_edits_counts_and_deletions_are_told_in_their_order(opened):
    opened.add([post(3), post(1), post(2)])
    first = opened.changes(0)
    assert [item.id for item in first.items] == ["3", "1", "2"]
    assert first.seq == opened.seq() == 3
    assert opened.changes(first.seq) == ([], [], first.seq)
    opened.add([post(1, text="edited"), post(9, published=NOW - timedelta(days=50))])
    result = ParseResult()
    result.counts.append(Count("e", "2", "likes", 1, "x"))
    result.deletions += [Deletion("x", "3", NOW), Deletion("x", "unknown", NOW)]
    opened.apply(result)
    then = opened.changes(first.seq)
    assert [(item.id, item.text, item.likes) for item in then.items] == [
        ("1", "edited", None),
        ("9", "acme", None),
        ("2", "acme", 1),
    ]
    assert sorted(then.deletions) == [Deletion("x", "3", NOW), Deletion("x", "unknown", NOW)]
    assert then.seq == opened.seq()


def test_what_changes_nothing_is_not_told(opened):
    opened.add([post(1)])
    seq = opened.seq()
    opened.add([post(1)])
    opened.purge("x", "2")
    opened.purge("x", "2")
    assert opened.seq() == seq + 1


def test_changes_come_in_parts_that_miss_nothing(opened):
    opened.add(post(n) for n in range(25))
    result = ParseResult()
    result.deletions += [Deletion("x", str(n), NOW) for n in range(20, 40)]
    opened.apply(result)
    items, gone, seq = [], [], 0
    for _ in range(100):
        part = opened.changes(seq, limit=7)
        assert len(part.items) + len(part.deletions) <= 7
        if part.seq == seq:
            break
        items += [item.id for item in part.items]
        gone += [deletion.id for deletion in part.deletions]
        seq = part.seq
    assert items == [str(n) for n in range(20)]
    assert sorted(gone) == sorted(str(n) for n in range(20, 40))


def test_cursors_are_remembered_by_source(opened):
    assert opened.load_cursor("bluesky") is None
    opened.save_cursor("bluesky", "1783175888085434")
    opened.save_cursor("feeds:a", '"etag"')
    opened.save_cursor("bluesky", "1783175888085435")
    assert opened.load_cursor("bluesky") == "1783175888085435"


def test_states_of_sources_are_read_by_others(opened):
    live = SourceState(key="bluesky", collector="bluesky", state="live", since=NOW, seen=5)
    failing = SourceState(
        key="feeds:a",
        collector="feeds",
        state="failing",
        reason="answered 500",
        since=NOW,
        next_try=NOW + timedelta(minutes=5),
        last_item=NOW - timedelta(hours=1),
        seen=3,
        matched=2,
        stored=1,
    )
    for state in (failing, live):
        opened.report(state)
    with store.open(opened.path) as other:
        assert other.sources() == [live, failing]
