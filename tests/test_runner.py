import logging
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from workbench import clock, store
from workbench.collectors import Batch, Covered
from workbench.decks import Column, Deck
from workbench.errors import RateLimited, SourceError
from workbench.http import Client
from workbench.items import Deletion, Item, ParseResult, Problem
from workbench.query import parse
from workbench.service.keep import Wants, is_sampled
from workbench.service.pace import Pace
from workbench.service.runner import Runner

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def post(ident, text="", **fields):
    return Item(**{"source": "scripted", "id": str(ident), "text": text, "published": NOW} | fields)


def batch(*items, cursor=None, spans=()):
    return Batch(ParseResult(items), cursor, spans)


@dataclass
class Scripted:
    """A collector that does what each of its steps says: yield a batch or raise an error."""

    steps: list = field(default_factory=list)
    live: bool = False
    every: timedelta = timedelta(milliseconds=20)
    resolve: Callable = ParseResult
    cursors: list = field(default_factory=list)
    name: ClassVar = "scripted"
    key: ClassVar = "scripted:1"

    def collect(self, _client, cursor, *, now, stop):  # noqa: ARG002 - the collectors' own signature
        self.cursors.append(cursor)
        step = self.steps.pop(0) if self.steps else None
        if isinstance(step, Exception):
            raise step
        for each in step or ():
            if isinstance(each, Exception):
                raise each
            yield each
        while self.live and not stop.wait(0.01):
            yield batch()  # as a stream does that is quiet, but there

    def refine(self, _client, items):
        return self.resolve(items)


def deck(*queries, name="d", sources=(), lists=None):
    columns = tuple(
        Column(key=f"c{n}", title=f"C{n}", type="search", query=query and parse(query))
        for n, query in enumerate(queries)
    )
    return Deck(name=name, title=name, columns=columns, sources=sources, lists=lists or {})


@pytest.fixture
def opened(tmp_path):
    with store.open(tmp_path / "s.db", floor=0) as made:
        yield made


@pytest.fixture
def client():
    made = Client()
    yield made
    made.close()


def runner(collector, opened, client, *, keep="all", wants=(), first=0.02):
    return Runner(
        collector,
        keep=keep,
        wants=Wants(wants),
        store=opened,
        client=client,
        now=clock.now,
        stop=threading.Event(),
        pace=Pace(first, first),
    )


@contextmanager
def running(thread):
    thread.start()
    try:
        yield thread
    finally:
        thread._stop_event.set()
        thread.join(60)
        assert not thread.is_alive()


def until(true, *, seconds=90.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.01)


def stored(opened):
    return {item.id for item in opened.search(None, limit=1000)}


def test_matching_keeps_what_some_column_of_some_deck_wants(opened, client):
    wants = [deck("acme", None), deck("globex min_likes:5", "sentiment:negative")]
    items = [post(1, "Acme"), post(2, "globex"), post(3, "awful"), post(4, "acme globex")]
    source = Scripted([[batch(*items)]])
    added = runner(source, opened, client, keep="matching", wants=wants).once(1)
    assert stored(opened) == {"1", "2", "4"}
    assert added == (3, 0, 0)


def test_a_sample_is_kept_beside_what_matches_and_is_always_the_same(opened, client):
    items = [post(n, "acme" if n % 10 == 0 else "other") for n in range(2000)]
    runner(
        Scripted([[batch(*items)]]), opened, client, keep="sample:20", wants=[deck("acme")]
    ).once(1)
    kept = {int(ident) for ident in stored_all(opened)}
    assert set(range(0, 2000, 10)) <= kept
    others = len(kept) - 200
    assert 290 < others < 430  # 360 of 1,800; 4 sd are 68
    assert kept - set(range(0, 2000, 10)) == {
        n for n in range(2000) if n % 10 and is_sampled(post(n), 20)
    }


def stored_all(opened):
    return {item.id for item in opened.search(None, limit=100_000)}


def test_authors_are_looked_up_before_a_people_column_decides(opened, client):
    handles = {"did:1": "ana.example", "did:2": "bob.example"}
    asked = []

    def resolve(items):
        asked.extend(item.id for item in items)
        return ParseResult(
            Item(**{name: getattr(i, name) for name in i.__slots__} | {"author": handles[i.author]})
            for i in items
        )

    source = Scripted(
        [
            [
                batch(
                    post(1, "acme", author="did:1"),
                    post(2, "acme", author="did:2"),
                    post(3, "other", author="did:1"),
                )
            ]
        ],
        resolve=resolve,
    )
    wants = [deck("acme list:board", lists={"board": ("ana.example",)})]
    runner(source, opened, client, keep="matching", wants=wants).once(1)
    assert stored(opened) == {"1"}
    assert opened.get("scripted", "1").author == "ana.example"
    assert asked == ["1", "2"]


def test_deletions_are_carried_out_whatever_is_kept(opened, client):
    opened.add([post(1, "secret")])
    gone = batch()
    gone.result.deletions.append(Deletion("scripted", "1", NOW))
    runner(Scripted([[gone]]), opened, client, keep="matching", wants=[deck("acme")]).once(1)
    assert stored(opened) == set()


def test_coverage_is_of_everything_where_all_is_kept(opened, client):
    spans = (Covered(NOW - HOUR, NOW), Covered(NOW - 2 * HOUR, NOW - HOUR, "gap", "asleep"))
    runner(Scripted([[batch(spans=spans)]]), opened, client, wants=[deck("acme")]).once(1)
    found = {(s.source, s.query, s.start, s.end, s.status, s.reason) for s in opened.coverage()}
    assert found == {
        ("scripted:1", "", NOW - HOUR, NOW, "ok", ""),
        ("scripted:1", "", NOW - 2 * HOUR, NOW - HOUR, "gap", "asleep"),
    }


def test_coverage_is_per_query_where_only_matches_are_kept(opened, client):
    spans = (Covered(NOW - HOUR, NOW),)
    wants = [deck("acme  AND globex", None), deck("globex acme", "sentiment:negative", "zed")]
    runner(Scripted([[batch(spans=spans)]]), opened, client, keep="matching", wants=wants).once(1)
    queries = sorted(span.query for span in opened.coverage())
    assert queries == sorted([str(parse("acme globex")), str(parse("globex acme")), "zed"])


def test_coverage_is_of_the_queries_that_a_span_is_true_of_and_that_are_still_wanted(
    opened, client
):
    spans = (
        Covered(NOW - HOUR, NOW, queries=("acme", "gone")),
        Covered(NOW - HOUR, NOW, "gap", "over budget", queries=frozenset({"zed"})),
        Covered(NOW, NOW + HOUR, queries=()),
    )
    wants = [deck("acme", "zed", "globex")]
    for keep, key in (("matching", "m"), ("all", "a")):
        source = Scripted([[batch(spans=spans)]])
        source.key = key
        runner(source, opened, client, keep=keep, wants=wants).once(1)
    found = {(s.source, s.query, s.status) for s in opened.coverage()}
    assert found == {
        ("m", "acme", "ok"),
        ("m", "zed", "gap"),
        ("a", "acme", "ok"),
        ("a", "gone", "ok"),
        ("a", "zed", "gap"),
    }


def test_authors_that_cannot_be_looked_up_leave_a_gap_for_queries_that_ask_for_them(opened, client):
    def resolve(items):
        result = ParseResult(items)
        result.problems.append(Problem("profiles", "no answer"))
        return result

    spans = (Covered(NOW - HOUR, NOW),)
    source = Scripted([[batch(post(1, "acme", author="did:1"), spans=spans)]], resolve=resolve)
    runner(source, opened, client, keep="matching", wants=[deck("acme", "from:ana")]).once(1)
    assert {(s.query, s.status) for s in opened.coverage()} == {("acme", "ok"), ("from:ana", "gap")}


def test_a_source_goes_on_where_the_last_stored_batch_ended(opened, client):
    runner(
        Scripted([[batch(post(1), cursor="a"), batch(post(2), cursor="b")]]), opened, client
    ).once(1)
    again = Scripted([[batch(cursor=None)], [batch(post(3), cursor="c")]])
    runner(again, opened, client).once(1)
    runner(again, opened, client).once(1)
    assert again.cursors == ["b", "b"]
    assert opened.load_cursor("scripted:1") == "c"


def test_a_batch_that_fails_in_mid_stream_is_asked_for_again(opened, client):
    source = Scripted(
        [[batch(post(1), cursor="a"), SourceError("cut off")], [batch(post(2), cursor="b")]],
        live=True,
    )
    with running(runner(source, opened, client)) as thread:
        until(lambda: stored(opened) == {"1", "2"})
        until(lambda: thread.state.state == "live")
    assert source.cursors[:2] == [None, "a"]


def test_the_state_says_what_was_seen_matched_and_stored(opened, client):
    items = [post(1, "acme"), post(2, "other"), post(3, "acme")]
    source = Scripted([[batch(*items)], [batch(*items)]], every=timedelta(hours=1))
    with running(runner(source, opened, client, keep="matching", wants=[deck("acme")])) as thread:
        until(lambda: opened.sources() and opened.sources()[0].next_try)
        (state,) = opened.sources()
        assert (state.key, state.collector) == ("scripted:1", "scripted")
        assert (state.seen, state.matched, state.stored) == (3, 2, 2)
        assert state.last_item is not None
        assert state.next_try > state.since
        assert thread.state == state
    (state,) = opened.sources()
    assert (state.state, state.seen) == ("failing", 3)
    assert "collecting has stopped" in state.reason


def test_a_failing_source_says_why_and_when_it_is_tried_again(opened, client):
    source = Scripted([SourceError("feeds.example: answers 500")] * 3, every=timedelta(hours=1))
    with running(runner(source, opened, client, first=30.0)) as thread:
        until(lambda: thread.state.state == "failing")
        state = thread.state
        assert state.reason == "feeds.example: answers 500"
        assert timedelta(seconds=25) < state.next_try - state.since < timedelta(seconds=35)


def test_a_source_that_is_asked_to_wait_waits(opened, client):
    source = Scripted([RateLimited("slow down", retry_after=3600.0)])
    with running(runner(source, opened, client)) as thread:
        until(lambda: thread.state.state == "waiting")
        state = thread.state
        assert state.reason == "slow down"
        assert timedelta(minutes=59) < state.next_try - state.since < timedelta(minutes=61)
    assert len(source.cursors) == 1


def test_a_broken_collector_is_logged_once_and_goes_on(opened, client, caplog):
    broken = [KeyError("https://key:secret@host.example")] * 10_000
    source = Scripted(broken, every=timedelta(hours=1))
    with caplog.at_level(logging.ERROR), running(runner(source, opened, client)) as thread:
        until(lambda: thread.state.state == "failing" and len(source.cursors) > 3)
        assert thread.state.reason == "the collector scripted broke (KeyError)"
        source.steps[:] = [[batch(post(1))]]
        until(lambda: stored(opened) == {"1"})
        until(lambda: thread.state.state == "live")
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 1
    assert errors[0].exc_info


def test_waits_double_up_to_a_bound_and_begin_anew_after_success():
    pace = Pace(5.0, 300.0)
    for expected in (5, 10, 20, 40, 80, 160, 300, 300):
        assert pace.fail() == pytest.approx(expected, rel=0.11)
    pace.succeed()
    assert pace.fail() == pytest.approx(5, rel=0.11)


def test_a_full_disk_loses_nothing_and_work_goes_on_when_there_is_room(tmp_path, client):
    with store.open(tmp_path / "full.db", floor=0) as opened:
        source = Scripted([[batch(post(n), cursor="a")] for n in (1, 1, 1)], live=True)
        opened._connections._floor = 1 << 62
        with running(runner(source, opened, client)) as thread:
            until(lambda: thread.state.state == "failing" and len(source.cursors) > 1)
            assert "free" in thread.state.reason
            assert "nothing is lost" in thread.state.reason
            assert "nothing is lost" in opened.sources()[0].reason
            assert opened.load_cursor("scripted:1") is None
            source.steps[:] = [[batch(post(1), cursor="a")]] * 50
            opened._connections._floor = 0
            until(lambda: stored(opened) == {"1"})
            until(lambda: opened.load_cursor("scripted:1") == "a")
        assert set(source.cursors) == {None}


def test_why_a_part_is_left_out_is_said_once_for_each_reason(opened, client, caplog):
    batches = []
    for n, reason in enumerate(["is shy", "is shy", "has no id"]):
        told = ParseResult()
        told.problems.append(Problem(f"entry {n}", reason))
        batches.append(Batch(told))
    with caplog.at_level(logging.INFO):
        runner(Scripted([batches]), opened, client).once(1)
    said = [message for message in caplog.messages if "skipped" in message]
    assert said == [
        "scripted:1: skipped entry 0: is shy",
        "scripted:1: skipped entry 2: has no id",
    ]
