"""What a source counted stands for what is held of it, where posts are not."""

from datetime import UTC, datetime, timedelta

import pytest

from workbench import store
from workbench.items import Item, ParseResult, Volume
from workbench.query import parse

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(hours, minutes=0):
    return NOON + timedelta(hours=hours, minutes=minutes)


def post(hours, source="x", text="acme", number=0):
    when = at(hours, 10 + number)
    return Item(
        source=source,
        id=f"{when}{source}",
        text=text,
        lang="en",
        published=when,
        collected=when,
    )


def counted(hours, n, query="acme", source="x", span=HOUR):
    return Volume(source, query, at(hours), at(hours) + span, n)


@pytest.fixture
def opened(tmp_path):
    with store.open(tmp_path / "s.db", now=lambda: NOON) as opened:
        yield opened


def put(opened, *volumes, items=()):
    result = ParseResult(items)
    result.volumes = list(volumes)
    opened.apply(result)


def told(opened, query="acme", since=4, every="1h"):
    frame = opened.counts(query, every=every, since=timedelta(hours=since))
    return list(zip(frame["n"], frame["measured"], strict=True))


def test_hours_that_were_counted_are_measured_without_a_post(opened):
    put(opened, counted(-3, 120), counted(-2, 0), counted(-1, 7))
    assert told(opened, since=3) == [(120, True), (0, True), (7, True)]
    assert opened.search("acme") == []


def test_an_hour_that_was_not_counted_is_not_measured(opened):
    put(opened, counted(-3, 120), counted(-1, 7))
    assert told(opened, since=3) == [(120, True), (0, False), (7, True)]


def test_a_count_stands_for_what_is_held_of_its_source_and_no_other(opened):
    items = [post(-2), post(-2, number=1), post(-2, "bluesky"), post(-2, text="other")]
    put(opened, counted(-2, 50), items=items)
    opened.cover("bluesky", "", at(-4), NOON, "ok")
    opened.cover("x", "acme", at(-4), at(-2), "ok")
    opened.cover("x", "acme", at(-2), at(-1), "gap", "counted, not bought")
    opened.cover("x", "acme", at(-1), NOON, "ok")
    assert told(opened) == [(0, True), (0, True), (51, True), (0, True)]


def test_a_gap_stays_where_nothing_was_counted(opened):
    put(opened, counted(-3, 5))
    opened.cover("x", "acme", at(-4), NOON, "gap", "not bought")
    assert told(opened) == [(0, False), (5, True), (0, False), (0, False)]


def test_a_later_count_takes_the_place_of_an_earlier_one(opened):
    put(opened, counted(-1, 7))
    put(opened, counted(-1, 9))
    assert told(opened, since=1) == [(9, True)]


def test_longer_stretches_are_sums_of_whole_hours(opened):
    put(opened, *(counted(-n, 10) for n in range(1, 13)))
    frame = opened.counts("acme", every="6h", since=timedelta(hours=12))
    assert list(frame["n"]) == [60, 60]
    put(opened, *(counted(-n, 1, "globex") for n in range(1, 6)))  # one hour lacks
    frame = opened.counts("globex", every="6h", since=timedelta(hours=6))
    assert list(zip(frame["n"], frame["measured"], strict=True)) == [(0, False)]


def test_shorter_stretches_and_other_queries_know_nothing_of_it(opened):
    put(opened, counted(-1, 7))
    assert {n for n, _ in told(opened, since=1, every="10m")} == {0}
    assert told(opened, "acme lang:en", since=1) == [(0, False)]
    assert told(opened, parse("ACME"), since=1) == [(7, True)]  # the same in canonical form


def test_tones_rest_on_the_items_alone(opened):
    put(opened, counted(-1, 7), items=[post(-1, text="acme is wonderful")])
    (bucket,) = opened.tally("acme", every="1h", since=HOUR)
    assert (bucket.n, bucket.positive) == (1, 1)


def test_a_store_of_before_learns_to_count(tmp_path):
    import apsw

    from workbench.store import schema

    path = tmp_path / "old.db"
    raw = apsw.Connection(str(path))
    at_step = next(n for n, step in enumerate(schema.STEPS) if "volumes" in step.__code__.co_names)
    schema.prepare(raw, str(path), schema.STEPS[:at_step])
    raw.close()
    with store.open(path, now=lambda: NOON) as opened:
        put(opened, counted(-1, 7))
        assert told(opened, since=1) == [(7, True)]
