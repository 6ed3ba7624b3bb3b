"""A column as data: the rows behind what it shows, whatever its type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from workbench import clock
from workbench.alerts import state
from workbench.columns import rising, stories, tabled
from workbench.columns.panels import Voice
from workbench.decks import Column, Deck
from workbench.documents import Shelf, folder
from workbench.errors import SettingError
from workbench.exports import Row, Table, of_items
from workbench.exports.lines import iso
from workbench.items import FIELDS, Field
from workbench.query import Query
from workbench.store import Store

__all__ = [
    "FIELDS_OF",
    "Moment",
    "Span",
    "between",
    "fields_of",
    "item_batches",
    "table",
    "term_rows",
]

Moment = datetime | timedelta | str

_BATCH: Final = 2_000
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_ALERTS: Final = 10_000
_STORIES: Final = 100_000
_TOLD: Final = 20  # spans that were not measured, one by one

FIELDS_OF: Final[Mapping[str, tuple[Field, ...]]] = {
    "trending": (
        Field("term", "str", "", "word, hashtag with its sign, or phrase of two words"),
        Field("n", "int", "count", "items of the window that hold it"),
        Field("expected", "float", "count", "items that the baseline lets expect"),
        Field("lift", "float", "", "n / expected; infinite where nothing was expected"),
        Field("z", "float", "", "z-score of a Poisson count"),
        Field("new", "bool", "", "no item of the baseline holds it"),
        Field("first", "datetime", "UTC", "when the first of these items was published"),
        Field("authors", "int", "count", "different accounts behind these items"),
        Field("voices", "list[str]", "", "handles of the most active of them, at most five"),
        Field("sources", "list[str]", "", "collectors that found them, most items first"),
        Field("coordinated", "int", "count", "of these items, near-identical posts of a campaign"),
        Field("forms", "list[str]", "", "other forms of the word, and terms of the same campaign"),
        Field("sample", "str", "", "key of one of these items, source:id"),
        Field("text", "str", "", "its title and text"),
    ),
    "sentiment": (
        Field("time", "datetime", "UTC", "begin of the span"),
        Field("n", "int", "count", "items"),
        Field("positive", "int", "count", "of these, how many read positive"),
        Field("neutral", "int", "count", "neither way"),
        Field("negative", "int", "count", "negative; what is left was not scored"),
        Field("measured", "bool", "", "the sources were listening all the while"),
    ),
    "share-of-voice": (
        Field("name", "str", "", "as in the deck"),
        Field("n", "int", "count", "items that its query finds"),
        Field("share", "float", "0…1", "n over the sum of all n; null where nothing was said"),
        Field("measured", "float", "0…1", "part of the span in which the sources listened"),
    ),
    "source-health": (
        Field("source", "str", "", "its key in the store"),
        Field("label", "str", "", "as readers know it"),
        Field("tier", "str", "", "social, wire, filing, news or report"),
        Field("state", "str", "", "starting, live, waiting or failing"),
        Field("reason", "str", "", "why it waits or fails"),
        Field("since", "datetime", "UTC", "when this state began"),
        Field("next_try", "datetime", "UTC", "when it is tried again"),
        Field("last_item", "datetime", "UTC", "when its newest item came"),
        Field("covered", "float", "h", "of the span, 24 hours unless given, how much it covered"),
        Field("seen", "int", "count", "items received since the service started"),
        Field("matched", "int", "count", "of these, wanted by some column"),
        Field("stored", "int", "count", "of these, new in the store"),
    ),
    "alerts": (
        Field("fired", "datetime", "UTC", "when it was told"),
        Field("column", "str", "", "key of the column whose alert it is"),
        Field("title", "str", "", "title of the column at that time"),
        Field("state", "str", "", "firing or resolved"),
        Field("n", "int", "count", "items in it"),
        Field("at_least", "int", "count", "items that had to come together; 0: each by itself"),
        Field("first", "datetime", "UTC", "begin of the stretch in which its items lie"),
        Field("until", "datetime", "UTC", "its end"),
        Field("items", "list[str]", "", "keys of the first of them, source:id"),
    ),
    "briefings": (
        Field("made", "datetime", "UTC", "when its run began"),
        Field("title", "str", "", "the notebook's name in words"),
        Field("notebook", "str", "", "name of the notebook"),
        Field("deck", "str", "", "deck that it is about; empty if it is about none"),
        Field("failed", "bool", "", "a cell failed, so that it ends there"),
        Field("path", "str", "", "the document's file"),
    ),
    "stories": tabled.FIELDS,
}
"""The fields of each column type that shows no items."""


@dataclass(frozen=True, slots=True)
class Span:
    """Between when a column is read.

    Attributes
    ----------
    since : datetime or None
        None is from the first item on, or as far back as the column itself looks.
    until : datetime
        The end, left out; if it is now, what came until now.
    now : datetime
        What the clock says.
    """

    since: datetime | None
    until: datetime
    now: datetime

    def back(self, usual: timedelta) -> datetime:
        """Return where it begins; a usual time before the end if nothing was asked for."""
        return self.until - usual if self.since is None else self.since


def between(
    since: Moment | None, until: Moment | None, now: datetime, *, zone: str = "UTC"
) -> Span:
    """Return the span between two times; dates are those of a zone.

    Raises
    ------
    SettingError
        If they are none, or in the wrong order.
    """
    start = None if since is None else clock.moment(since, at=now, zone=zone)
    end = now if until is None else clock.moment(until, at=now, zone=zone)
    if start is not None and start >= end:
        raise SettingError(
            f"since={since!r} does not lie before until={until or 'now'!r}; spans count back "
            "from now, so that 7d begins before 1d"
        )
    return Span(start, end, now)


def fields_of(column: Column) -> tuple[Field, ...]:
    """Return the fields of a column's rows: those of items, unless it shows something else."""
    return FIELDS_OF.get(column.type, FIELDS)


def table(
    deck: Deck,
    column: Column,
    store: Store,
    span: Span,
    *,
    limit: int | None = None,
    shelf: Shelf | None = None,
) -> Table:
    """Return a column's rows, as a table to be written or made a frame of.

    Items come newest first, read from the store in batches while the table is gone through.

    Parameters
    ----------
    deck : Deck
        Whose column it is.
    column : Column
    store : Store
        Open as long as the table is gone through.
    span : Span
    limit : int, optional
        At most so many rows.
    shelf : Shelf, optional
        The documents that scheduled runs have left; else those of the user's own folder.

    Raises
    ------
    SettingError
        If the limit is less than nothing, or a trending column's window is not shorter than its
        baseline.
    """
    if limit is not None and limit < 0:
        raise SettingError(f"limit={limit} is less than nothing; give 0 or more")
    if column.type in FIELDS_OF:
        rows = _MADE[column.type](deck, column, store, span, shelf or Shelf(folder()))
        batches: Iterable[list[Row]] = [list(islice(rows, limit))]
    else:
        batches = item_batches(store, column.query, span, limit=limit, lists=deck.lists)
    return Table(
        fields_of(column),
        batches,
        name=column.title,
        zone=deck.zone,
        notes=_notes(deck, column, store, span),
    )


def item_batches(
    store: Store,
    query: Query | str | None,
    span: Span,
    *,
    limit: int | None = None,
    lists: Mapping[str, tuple[str, ...]] | None = None,
) -> Iterator[list[Row]]:
    """Yield the items that match in batches of rows, newest first."""
    left = limit
    before: datetime | str | None = None if span.until == span.now else span.until
    while left is None or left > 0:
        size = _BATCH if left is None else min(left, _BATCH)
        found = store.search(query, limit=size, before=before, since=span.since, lists=lists)
        if found:
            yield of_items(found)
        if found.cursor is None:
            return
        before = found.cursor
        left = None if left is None else left - len(found)


def _notes(deck: Deck, column: Column, store: Store, span: Span) -> dict[str, str]:
    """Return where the rows come from, in words."""
    told = {
        "deck": deck.title,
        "column": column.title,
        "query": column.text,
        "from": "" if span.since is None else iso(span.since),
        "until": iso(span.until),
        "made": iso(span.now),
        "source": "a replay: invented, nothing in it is real" if store.is_demo() else "live",
    }
    if span.since is not None and column.type not in FIELDS_OF:
        gaps = store.gaps(column.query, since=span.since, until=span.until)
        spans = [f"{iso(start)} to {iso(end)}" for start, end in gaps[:_TOLD]]
        more = f"; {len(gaps) - _TOLD} more" if len(gaps) > _TOLD else ""
        told["not measured"] = "; ".join(spans) + more if spans else "nothing: all was measured"
    return {name: said for name, said in told.items() if said}


def _terms(deck: Deck, column: Column, store: Store, span: Span, _: Shelf) -> Iterator[Row]:
    window = span.until - span.back(column.window)
    if window >= column.baseline:
        raise SettingError(
            f"{column.title!r} compares with the {column.baseline} before, so that its window "
            f"must be shorter; give a later since= than {span.since}"
        )
    found = rising.standing(
        store,
        column.query,
        window=window,
        baseline=column.baseline,
        now=span.until,
        lists=deck.lists,
        coordinated=column.coordinated,
    )
    yield from term_rows(found)


def term_rows(found: rising.Standing) -> Iterator[Row]:
    """Yield rows of a ranking with the fields of a trending column."""
    for row in found.rising:
        about = (row.first, row.authors, row.voices, row.sources, row.coordinated, row.forms)
        yield (
            *(row.term, row.n, row.expected, row.lift, row.z, row.usual == 0),
            *(*about, row.sample, row.text),
        )


def _mood(deck: Deck, column: Column, store: Store, span: Span, _: Shelf) -> Iterator[Row]:
    for b in store.tally(
        column.query,
        every=column.every,
        since=span.back(column.since),
        until=span.until,
        lists=deck.lists,
    ):
        yield b.time, b.n, b.positive, b.neutral, b.negative, b.measured


def _voices(deck: Deck, column: Column, store: Store, span: Span, _: Shelf) -> Iterator[Row]:
    found = [
        Voice.of(
            store,
            name,
            query,
            since=span.back(column.since),
            until=span.until,
            lists=deck.lists,
        )
        for name, query in column.queries
    ]
    total = sum(voice.n for voice in found)
    for voice in sorted(found, key=lambda voice: -voice.n):
        yield voice.name, voice.n, voice.n / total if total else None, voice.measured


def _health(deck: Deck, _: Column, store: Store, span: Span, __: Shelf) -> Iterator[Row]:
    start = span.back(_DAY)
    covered: dict[str, timedelta] = {}
    for each in store.coverage(since=start, until=span.until):
        part = min(each.end, span.until) - max(each.start, start)
        sign = 1 if each.status == "ok" else -1
        covered[each.source] = covered.get(each.source, timedelta()) + sign * part
    states = {state.key: state for state in store.sources()}
    for source in deck.sources:
        heard = max(timedelta(), min(covered.get(source.key, timedelta()), span.until - start))
        about = (source.key, source.label, source.tier)
        known = states.get(source.key)
        if known is None:
            yield *about, "starting", None, None, None, None, heard / _HOUR, 0, 0, 0
            continue
        times = (known.since, known.next_try, known.last_item)
        counts = (known.seen, known.matched, known.stored)
        yield *about, known.state, known.reason or None, *times, heard / _HOUR, *counts


def _alerts(deck: Deck, column: Column, store: Store, span: Span, _: Shelf) -> Iterator[Row]:
    for a in store.alerts(deck=deck.name, since=span.since, limit=_ALERTS):
        if (column.columns and a.column not in column.columns) or a.fired > span.until:
            continue
        about = (a.fired, a.column, a.title, state(a, span.now))
        yield *about, a.n, a.at_least, a.first, a.until, a.items


def _papers(deck: Deck, _: Column, __: Store, span: Span, shelf: Shelf) -> Iterator[Row]:
    for d in shelf.about(deck.name):
        if d.made <= span.until and (span.since is None or d.made >= span.since):
            yield d.made, d.title, d.notebook, d.deck, d.is_failed, str(d.path)


def _stories(deck: Deck, column: Column, store: Store, span: Span, _: Shelf) -> Iterator[Row]:
    until = None if span.until == span.now else span.until
    found = stories.standing(
        store,
        deck,
        column,
        span.until,
        since=span.since,
        until=until,
        limit=_STORIES,
        is_ranked=False,
    )
    return map(tabled.row, found)


_MADE: Final[Mapping[str, Callable[[Deck, Column, Store, Span, Shelf], Iterator[Row]]]] = {
    "trending": _terms,
    "sentiment": _mood,
    "share-of-voice": _voices,
    "source-health": _health,
    "alerts": _alerts,
    "briefings": _papers,
    "stories": _stories,
}
