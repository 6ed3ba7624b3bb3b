"""Puts the recording's past into a store, by the way that it would have come in live."""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

from workbench.collectors import feeds
from workbench.collectors.jetstream import read_events
from workbench.collectors.profiles import read_profiles
from workbench.demo.edgar import FilingPast
from workbench.demo.fixture import Feed, Fixture
from workbench.demo.jetstream import event_times
from workbench.demo.linkedin import RowPast
from workbench.demo.past import ArticlePast, HitPast, Payload, StatusPast, XPast
from workbench.demo.shift import EventShift
from workbench.items import ParseResult
from workbench.store import Store

__all__ = ["BATCH", "Progress", "load_history"]

BATCH: Final = 1_000
"""How many payloads go into one transaction."""

Progress = Callable[[int, int], None]
"""Told how many payloads are done, and how many there are."""


def load_history(fixture: Fixture, store: Store, progress: Progress | None = None) -> None:
    """Load everything before the live part: each payload parsed and applied at its own time.

    The sources' payloads go in as they came, one after another across all of them. What
    was covered is written down, and where the live collector is to go on.

    Parameters
    ----------
    fixture : Fixture
        The recording.
    store : Store
        Where it goes.
    progress : callable or None
        Called after each batch with the payloads done and in all.
    """
    events = list(_events(fixture))
    polls = [poll for feed in fixture.feeds for poll in _polls(fixture, feed)]
    pasts = _pasts(fixture)
    brought = RowPast(fixture.linkedin).payloads() if fixture.linkedin else ()
    polls += [payload for past in pasts for payload in past.payloads()]
    polls += brought  # which covers nothing: it says what is in it, not what is not
    polls.sort(key=lambda payload: payload.when)
    total = sum(payload.number for payload in (*events, *polls))
    batch = ParseResult()
    done = 0
    for count, payload in enumerate(heapq.merge(events, polls, key=lambda p: p.when), start=1):
        result = payload.read()
        batch.extend(result)
        batch.deletions += result.deletions
        batch.counts += result.counts
        batch.accounts += result.accounts
        done += payload.number
        if count % BATCH == 0:
            store.apply(batch)
            batch = ParseResult()
            if progress:
                progress(done, total)
    store.apply(batch)
    _cover(fixture, store, [past.key for past in pasts])
    for past in pasts:
        if cursor := past.cursor():
            store.save_cursor(past.key, cursor)
    if events:
        # The last event that was seen, as a collector would have left it.
        store.save_cursor("bluesky", str(events[-1].when + fixture.reel.offset))
    if progress:
        progress(total, total)


_Past = StatusPast | HitPast | ArticlePast | FilingPast | XPast


def _pasts(fixture: Fixture) -> list[_Past]:
    """Return the pasts of what was polled, feeds aside."""
    pasts: list[_Past] = []
    if fixture.mastodon:
        pasts.append(StatusPast(fixture.mastodon))
    if fixture.hackernews:
        pasts.append(HitPast(fixture.hackernews))
    if fixture.gdelt:
        pasts.append(ArticlePast(fixture.gdelt))
    if fixture.edgar:
        pasts.append(FilingPast(fixture.edgar))
    if fixture.x:
        pasts.append(XPast(fixture.x))
    return pasts


def _events(fixture: Fixture) -> Iterator[Payload]:
    shift = EventShift(fixture.reel.offset)
    handles = read_profiles(json.dumps({"profiles": fixture.profiles}).encode())

    def read(event: bytes, when: int) -> ParseResult:
        seen = fixture.reel.shown(when)
        return read_events([shift(event)], collected=seen, handles=handles).result

    history = fixture.read_history()
    for when, event in zip(event_times(history), history, strict=True):
        if not any(gap.holds("bluesky", when) for gap in fixture.gaps):
            yield Payload(when, 1, partial(read, event, when))


def _polls(fixture: Fixture, feed: Feed) -> Iterator[Payload]:
    def read(document: bytes, when: int) -> ParseResult:
        return feeds.parse(
            document, collected=fixture.reel.shown(when), url=feed.url, tier=feed.tier
        )

    for fetched, number, document in feed.tape.history():
        # What a feed published while nobody asked is what it shows to the next who asks.
        missed = (gap.end for gap in fixture.gaps if gap.holds(feed.key, fetched))
        when = max(missed, default=fetched)
        yield Payload(when, number, partial(read, document, when))


def _cover(fixture: Fixture, store: Store, others: Iterable[str]) -> None:
    reel = fixture.reel
    for source in ("bluesky", *(feed.key for feed in fixture.feeds), *others):
        since = reel.start
        for gap in sorted(fixture.gaps, key=lambda gap: gap.start):
            if gap.source != source:
                continue
            store.cover(source, "", fixture.reel.shown(since), fixture.reel.shown(gap.start), "ok")
            store.cover(
                source,
                "",
                fixture.reel.shown(gap.start),
                fixture.reel.shown(gap.end),
                "gap",
                gap.reason,
            )
            since = gap.end
        store.cover(source, "", fixture.reel.shown(since), fixture.reel.shown(reel.live_from), "ok")
