"""What the chart of a deck's column shows, for each of its types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pandas as pd

from workbench import clock
from workbench.analyst import describing, describing_leads
from workbench.analyst.asking import NOTES, frame_of
from workbench.charts import Bar, Bars, Chart
from workbench.columns import data, mood
from workbench.columns.data import Span
from workbench.columns.words import counted
from workbench.decks import Column, Deck
from workbench.exports import Row
from workbench.store import Bucket, Store

__all__ = ["describe"]

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)


def describe(
    deck: Deck,
    column: Column,
    store: Store,
    span: Span,
    *,
    every: timedelta | None,
) -> Chart | Bars:
    """Describe the chart of a column.

    Parameters
    ----------
    deck : Deck
    column : Column
        Not of briefings.
    store : Store
    span : Span
    every : timedelta or None
        Length of a stretch; None is what suits the whole.
    """
    if column.type == "trending":
        frame = _frame(deck, column, store, span)
        window = mood.per(span.until - span.back(column.window))
        frame.attrs[NOTES] = {"window": window, "baseline": mood.per(column.baseline)}
        return describing.terms(frame)
    if column.type == "stories":
        return describing_leads.leads(_frame(deck, column, store, span))
    if column.type == "share-of-voice":
        return describing.voices(_frame(deck, column, store, span))
    if column.type == "source-health":
        return _health(_rows(deck, column, store, span), span, deck.zone)
    if column.type == "sentiment":
        return _mood(deck, column, store, span, every or column.every)
    start = span.back(_WEEK)
    step = every or describing.span_for(span.until - start)
    if column.type == "alerts":
        rows = _rows(deck, column, store, Span(start, span.until, span.now))
        return _alerts([row[0] for row in rows], start, span.until, step, zone=deck.zone)
    buckets = store.tally(
        column.query,
        every=step,
        since=start,
        until=span.until,
        lists=deck.lists,
        has_tones=False,
    )
    return describing.volume(_counts(buckets), zone=deck.zone)


def _rows(deck: Deck, column: Column, store: Store, span: Span) -> list[Row]:
    return [row for batch in data.table(deck, column, store, span).batches for row in batch]


def _frame(deck: Deck, column: Column, store: Store, span: Span) -> pd.DataFrame:
    return frame_of(data.fields_of(column), _rows(deck, column, store, span))


def _counts(buckets: Sequence[Bucket]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "time": [bucket.time for bucket in buckets],
            "n": [bucket.n for bucket in buckets],
            "measured": [bucket.measured for bucket in buckets],
        }
    )


def _mood(deck: Deck, column: Column, store: Store, span: Span, every: timedelta) -> Chart:
    asked: dict[str, Any] = {"until": span.until, "lists": deck.lists}
    since = span.back(column.since)
    lately = "in the last 24 hours"
    if span.until != span.now:
        lately = f"in the 24 hours to {_clock(span.until, deck.zone)}"
    return mood.describe(
        store.tally(column.query, every=every, since=since, **asked),
        every=every,
        now=span.until,
        zone=deck.zone,
        lately=lately,
        day=store.tally(column.query, every=_HOUR, since=max(since, span.until - _DAY), **asked),
    )


def _clock(when: datetime, zone: str) -> str:
    there = when.astimezone(ZoneInfo(zone))
    return f"{there.day} {there:%b %H:%M}"


def _health(rows: Sequence[Row], span: Span, zone: str) -> Bars:
    """Describe how much of a span each source covered."""
    hours = (span.until - span.back(_DAY)) / _HOUR
    names = [field.name for field in data.FIELDS_OF["source-health"]]
    named = [dict(zip(names, row, strict=True)) for row in rows]
    bars = tuple(
        Bar(each["label"], each["covered"], f"{each['covered']:.1f} h · {each['state']}")
        for each in named
    )
    least = min(bars, key=lambda bar: bar.value, default=None)
    seen = "All sources were heard throughout"
    if least is None:
        seen = "The deck names no sources"
    elif least.value < 0.99 * hours:
        seen = f"{least.name} was heard least: {least.value:.1f} of {hours:.0f} hours"
    return Bars(
        title=seen,
        subtitle=f"Hours covered of the {hours:.0f} to {_clock(span.until, zone)}",
        alt=f"{seen}.",
        unit="h",
        bars=bars,
    )


def _alerts(
    times: Sequence[datetime], start: datetime, end: datetime, every: timedelta, *, zone: str
) -> Chart:
    """Describe how many alerts were told over time."""
    first, last = ((each - clock.EPOCH) // every for each in (start, end))
    counts = dict.fromkeys(range(first, last + 1), 0)
    for when in times:
        place = (when - clock.EPOCH) // every
        counts[place] = counts.get(place, 0) + 1
    buckets = [
        Bucket(clock.EPOCH + place * every, n, 0, 0, 0, measured=True)
        for place, n in sorted(counts.items())
    ]
    n = len(times)
    said = f"{counted(n, 'alert')} told" if n else "No alert was told"
    made = describing.volume(_counts(buckets), zone=zone, title=said)
    return replace(made, subtitle=f"Alerts per {mood.per(every)}")
