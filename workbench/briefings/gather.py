"""What a briefing reports: counts of each column, the mood, what stands out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from workbench.briefings.evidence import narrowed
from workbench.charts import Chart, Series, gaps, unmeasured
from workbench.columns import mood, trends
from workbench.decks import COMPUTED, VISITED, Column, Deck, visible
from workbench.query import Query, parse
from workbench.store import Bucket, Store

__all__ = ["Measured", "Mood", "Term", "Volume", "measured", "moods", "terms", "voices", "volumes"]

HOUR: Final = timedelta(hours=1)
_BEFORE: Final = 7  # windows before this one that say what is usual
_ENOUGH: Final = 5  # scored items before a share says anything
_LATELY: Final = timedelta(minutes=15)  # a feed that is polled is known up to its last poll


@dataclass(frozen=True, slots=True)
class Volume:
    """How much a column has had in the window.

    Attributes
    ----------
    column : Column
    n : int
    usual : float or None
        What as long a span had on average in the seven before; None where too little of them
        was measured.
    buckets : list of Bucket
        Hour by hour.
    """

    column: Column
    n: int
    usual: float | None
    buckets: list[Bucket]

    @property
    def measured(self) -> int:
        """Hours that were measured, of those that the buckets cover."""
        return sum(bucket.measured for bucket in self.buckets)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was measured, so that 0 says nothing."""
        return not self.n and not self.measured


@dataclass(frozen=True, slots=True)
class Mood:
    """How what was said reads.

    Attributes
    ----------
    title : str
    query : Query or None
    scored, negative, positive, left : int
        Items scored, those that read negative and positive, and those that were not scored.
    share, before : float or None
        Percent of the scored that read negative, in the window and in the seven before.
    since : timedelta
        How far back the chart goes.
    chart : Chart
    """

    title: str
    query: Query | None
    scored: int
    negative: int
    positive: int
    left: int
    share: float | None
    before: float | None
    since: timedelta
    chart: Chart

    @property
    def neutral(self) -> int:
        """Scored items that read neither way."""
        return self.scored - self.negative - self.positive


@dataclass(frozen=True, slots=True)
class Term:
    """A word, hashtag or phrase that stands out; `query` finds its items."""

    term: str
    n: int
    why: str
    is_new: bool
    query: Query
    spark: Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Measured:
    """How much of the window a source was listened to, in hours; `gaps` are what is missing."""

    label: str
    hours: float
    gaps: tuple[tuple[datetime, datetime], ...]
    state: str
    reason: str


def volumes(deck: Deck, store: Store, *, start: datetime, end: datetime) -> list[Volume]:
    """Return the volume of each column of items."""
    window = end - start
    found = []
    for column in deck.columns:
        if column.type in COMPUTED or column.type == VISITED:
            continue
        asked: dict[str, Any] = {"every": HOUR, "lists": deck.lists, "has_tones": False}
        now = store.tally(column.query, since=start, until=end, **asked)
        before = store.tally(column.query, since=start - _BEFORE * window, until=start, **asked)
        known = [bucket.n for bucket in before if bucket.measured]
        # Half of a window at least: less would be chance.
        usual = (
            sum(known) / len(known) * (window / HOUR) if len(known) * 2 * HOUR >= window else None
        )
        found.append(Volume(column, sum(bucket.n for bucket in now), usual, now))
    return found


def voices(
    deck: Deck, store: Store, *, start: datetime, end: datetime
) -> list[tuple[Column, list[tuple[str, Query, int]]]]:
    """Return for each share-of-voice column how many items name each voice, most first."""
    found = []
    for column in deck.columns:
        if column.type != "share-of-voice":
            continue
        counted = []
        for name, query in column.queries:
            buckets = store.tally(
                query, every=HOUR, since=start, until=end, lists=deck.lists, has_tones=False
            )
            counted.append((name, query, sum(bucket.n for bucket in buckets)))
        found.append((column, sorted(counted, key=lambda voice: -voice[2])))
    return found


def volume_chart(volume: Volume, *, zone: str, span: str) -> Chart:
    """Return a column's volume as a chart, hour by hour."""
    buckets = volume.buckets
    loudest = max(buckets, key=lambda bucket: bucket.n, default=None)
    missing = gaps((b.time, b.time + HOUR, b.measured) for b in buckets)
    title = f"{volume.column.title}, hour by hour"
    alt = f"{title}: {volume.n} in {span}"
    if loudest and loudest.n:
        alt += f", at most {loudest.n} in one hour"
    if missing:
        alt += f"; {unmeasured(missing)}"
    points = tuple((b.time, float(b.n) if b.measured or b.n else None) for b in buckets)
    return Chart(
        title=title,
        subtitle=f"Posts and articles per hour in the last {span}",
        alt=f"{alt}.",
        zone=zone,
        series=(Series(volume.column.title, points, style="bar"),),
        gaps=missing,
    )


def moods(deck: Deck, store: Store, *, start: datetime, end: datetime, zone: str) -> list[Mood]:
    """Return the mood of each sentiment column; without one, that of all posts."""
    columns = [column for column in deck.columns if column.type == "sentiment"]
    if not columns:
        query = visible(deck, parse("tier:social"))
        columns = [Column(key="mood", title="Mood", type="sentiment", query=query)]
    return [_mood(column, deck, store, start=start, end=end, zone=zone) for column in columns]


def _mood(
    column: Column, deck: Deck, store: Store, *, start: datetime, end: datetime, zone: str
) -> Mood:
    window = end - start
    asked: dict[str, Any] = {"lists": deck.lists, "every": HOUR}
    now = store.tally(column.query, since=start, until=end, **asked)
    before = store.tally(column.query, since=start - _BEFORE * window, until=start, **asked)
    drawn = store.tally(
        column.query, every=column.every, since=end - column.since, until=end, lists=deck.lists
    )
    negative = sum(bucket.negative for bucket in now)
    scored = sum(map(_scored, now))
    return Mood(
        title=column.title,
        query=column.query,
        scored=scored,
        negative=negative,
        positive=sum(bucket.positive for bucket in now),
        left=sum(bucket.n for bucket in now) - scored,
        share=_share(now),
        before=_share([bucket for bucket in before if bucket.measured]),
        since=column.since,
        chart=mood.describe(drawn, every=column.every, now=end, zone=zone),
    )


def _scored(bucket: Bucket) -> int:
    return bucket.positive + bucket.neutral + bucket.negative


def _share(buckets: Sequence[Bucket]) -> float | None:
    scored = sum(map(_scored, buckets))
    return 100 * sum(b.negative for b in buckets) / scored if scored >= _ENOUGH else None


def terms(deck: Deck, store: Store, *, start: datetime, end: datetime) -> tuple[list[Term], str]:
    """Return what stands out in the window, and what it was set against."""
    columns = [column for column in deck.columns if column.type == "trending"]
    column = columns[0] if columns else Column(key="trending", title="Trending", type="trending")
    window = end - start
    query = visible(deck, column.query)
    found = trends.rows(
        store,
        query,
        window=window,
        baseline=max(column.baseline, 4 * window),
        now=end,
        lists=deck.lists,
        coordinated=column.coordinated,
    )
    told = [
        Term(
            row["term"],
            row["n"],
            row["why"].partition(", ")[2],
            row["new"],
            narrowed(query, _quoted(row["term"])),
            row["spark"],
        )
        for row in found["rows"]
    ]
    return told, found["note"]


def _quoted(term: str) -> str:
    return term if term.startswith("#") else f'"{term}"'


def measured(deck: Deck, store: Store, *, start: datetime, end: datetime) -> list[Measured]:
    """Return for each source of a deck how much of the window was measured."""
    states = {state.key: state for state in store.sources()}
    spans = store.coverage(since=start, until=end)
    told = []
    for source in deck.sources:
        own = [
            (max(span.start, start), min(span.end, end))
            for span in spans
            if span.source == source.key and span.status == "ok"
        ]
        joined = _joined(sorted(pair for pair in own if pair[0] < pair[1]))
        state = states.get(source.key)
        told.append(
            Measured(
                source.label,
                sum((b - a for a, b in joined), timedelta()) / HOUR,
                _between(joined, start, end, is_live=bool(state and state.state == "live")),
                state.state if state else "never ran",
                state.reason if state else "",
            )
        )
    return told


def _joined(pairs: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    found: list[tuple[datetime, datetime]] = []
    for begin, end in pairs:
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def _between(
    pairs: Sequence[tuple[datetime, datetime]], start: datetime, end: datetime, *, is_live: bool
) -> tuple[tuple[datetime, datetime], ...]:
    """Return what lies between, before and after; less than a minute is no gap to speak of."""
    edges = [start, *(moment for pair in pairs for moment in pair), end]
    missing = list(zip(edges[::2], edges[1::2], strict=True))
    if is_live and missing[-1][1] - missing[-1][0] < _LATELY:
        missing.pop()
    return tuple((a, b) for a, b in missing if b - a >= timedelta(minutes=1))
