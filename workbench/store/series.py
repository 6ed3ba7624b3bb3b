"""Counting what matches: by time and by tone."""

# ruff: noqa: S608 - what is put into SQL here are names and numbers of ours, never a value

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import apsw

from workbench.clock import from_micros, to_micros
from workbench.errors import SettingError
from workbench.items import Item
from workbench.query.marks import mark
from workbench.query.sql import ALL, string
from workbench.store.connect import Deadline, fetch
from workbench.store.rows import SELECT, to_item
from workbench.store.select import Selection, batches, parts
from workbench.text.sentiment import NEGATIVE, POSITIVE

__all__ = ["Bucket", "Grid", "Matcher", "Tones", "count", "tally"]

Matcher = Callable[[Item], bool]

_SECOND: Final = 1_000_000
_MOST: Final = 100_000


class Bucket(NamedTuple):
    """How many items one stretch of time holds.

    `positive`, `neutral` and `negative` are of those that were scored. Where `measured` is
    false the sources were not listening all the while, and the numbers say nothing.
    """

    time: datetime
    n: int
    positive: int
    neutral: int
    negative: int
    measured: bool


class Grid:
    """Equal stretches of time, counted from 1970 in UTC.

    Parameters
    ----------
    every : timedelta
        Whole seconds.
    since, until : datetime
        The first and the last stretch are cut off here.

    Raises
    ------
    SettingError
        If a stretch is no whole number of seconds, or there would be too many.
    """

    def __init__(self, every: timedelta, since: datetime, until: datetime) -> None:
        self.seconds = every // timedelta(seconds=1)
        if self.seconds < 1 or every % timedelta(seconds=1):
            raise SettingError(f"every={every} is no whole number of seconds; write 1h or 1d")
        self.start, self.end = to_micros(since), to_micros(until)
        size = self.seconds * _SECOND
        self.first = self.start // size
        self.numbers = (
            range(self.first, -(-self.end // size)) if self.start < self.end else range(0)
        )
        if len(self.numbers) > _MOST:
            raise SettingError(
                f"{len(self.numbers)} spans of {every} are more than {_MOST}; count by a longer "
                "one or begin later"
            )

    def span(self, number: int) -> tuple[int, int]:
        """Return the first microsecond of a stretch and the first after it, uncut."""
        size = self.seconds * _SECOND
        return number * size, (number + 1) * size


class Tones(NamedTuple):
    """Items of one stretch: all, and of the scored ones each tone."""

    n: Counter[int]
    positive: Counter[int]
    neutral: Counter[int]
    negative: Counter[int]


def count(
    connection: apsw.Connection,
    deadline: Deadline,
    selection: Selection,
    grid: Grid,
    matches: Matcher | None,
    *,
    has_tones: bool,
) -> Tones:
    """Count a selection by stretch of time.

    Where the index decides alone it is asked for rows only, whose numbers tell the time:
    once for all and once for each tone.
    """
    tones = Tones(Counter(), Counter(), Counter(), Counter())
    wanted = selection.plan.match
    if matches is not None or selection.plan.where:
        for row, compound in _scored(connection, deadline, selection, matches):
            number = (row >> 20) // grid.seconds
            tones.n[number] += 1
            if compound is not None:
                _tone(tones, compound)[number] += 1
    elif wanted:
        _by_index(connection, selection, wanted, grid, tones.n)
        for sign, counter in zip("+0-", tones[1:], strict=True) if has_tones else ():
            tone = string(mark("v:", sign))
            both = tone if wanted == ALL else f"({wanted} AND {tone})"
            _by_index(connection, selection, both, grid, counter)
    return tones


def _tone(tones: Tones, compound: float) -> Counter[int]:
    if compound >= POSITIVE:
        return tones.positive
    return tones.negative if compound <= NEGATIVE else tones.neutral


def _scored(
    connection: apsw.Connection, deadline: Deadline, selection: Selection, matches: Matcher | None
) -> Iterator[tuple[int, float | None]]:
    """Yield row and score of each item of a selection."""
    columns = SELECT if matches else "i.compound"
    for rows in batches(connection, deadline, selection, columns, first=1024):
        for row, *values in rows:
            if matches is None:
                yield row, values[0]
            elif matches(item := to_item(values)):
                yield row, item.compound


def _by_index(
    connection: apsw.Connection, selection: Selection, match: str, grid: Grid, into: Counter[int]
) -> None:
    for part in parts(connection, selection, match=match, has_items=False):
        found = fetch(
            connection,
            f"SELECT ({part.row} >> 20) / {grid.seconds}, count(*) FROM {part.tables}"
            f" WHERE {part.where} GROUP BY 1",
            part.values,
        )
        for number, n in found:
            into[number] += n


def tally(tones: Tones, grid: Grid, is_measured: Callable[[int, int], bool]) -> list[Bucket]:
    """Return the buckets of a grid, oldest first, empty ones too."""
    # One more if something came at the very moment at which the grid ends.
    numbers = [*grid.numbers, *(n for n in tones.n if n == grid.numbers.stop)]
    return [
        Bucket(
            from_micros(begin),
            tones.n[number],
            tones.positive[number],
            tones.neutral[number],
            tones.negative[number],
            is_measured(begin, end),
        )
        for number in numbers
        for begin, end in (grid.span(number),)
    ]
