"""How a planned query is put to the tables: month by month, newest first, in batches."""

# ruff: noqa: S608 - what is put into SQL here are names and conditions of ours, never a value

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import apsw

from workbench.query.sql import ALL, NONE, Plan
from workbench.store.connect import Deadline, fetch
from workbench.store.rows import month_of
from workbench.store.schema import index_name

__all__ = ["Part", "Selection", "batches", "parts"]

_SECOND: Final = 1_000_000
# The rows of a list of pairs of source and id; looked up once for a whole statement.
_KEYED: Final = (
    "SELECT k.row FROM json_each(?) AS j CROSS JOIN items AS k"
    " ON k.source = j.value ->> 0 AND k.id = j.value ->> 1"
)
_LOWEST: Final = -(2**62)
_HIGHEST: Final = 2**62


@dataclass(frozen=True, slots=True)
class Selection:
    """What is read: a plan, and the span of time within which.

    Attributes
    ----------
    plan : Plan
    start, end : int or None
        Microseconds since 1970, the end excluded; the plan's own limits hold as well.
    top : int or None
        Rows lie below this one.
    collected : int or None
        Items were first seen by then.
    skipped : tuple of int
        Hours, counted from 1970, whose items are left out.
    """

    plan: Plan
    start: int | None = None
    end: int | None = None
    top: int | None = None
    collected: int | None = None
    skipped: tuple[int, ...] = ()

    @property
    def begin(self) -> int | None:
        """The first microsecond, by plan and span."""
        return max((t for t in (self.start, self.plan.start) if t is not None), default=None)

    @property
    def until(self) -> int | None:
        """The first microsecond after, by plan and span."""
        return min((t for t in (self.end, self.plan.end) if t is not None), default=None)

    @property
    def low(self) -> int:
        """No row lies below this one."""
        return _LOWEST if self.begin is None else self.begin // _SECOND << 20

    @property
    def high(self) -> int:
        """Every row lies below this one."""
        high = _HIGHEST if self.until is None else -(-self.until // _SECOND) << 20
        return high if self.top is None else min(high, self.top)


class Part(NamedTuple):
    """A statement for one part of a selection, without columns, order and limit."""

    row: str
    tables: str
    where: str
    values: tuple[object, ...]

    def newest(
        self, connection: apsw.Connection, columns: str, limit: int, top: int | None
    ) -> list[tuple[Any, ...]]:
        """Return rows below `top`, newest first: the row's number, then the columns."""
        where, values = self.where, self.values
        if top is not None:
            # First, so that SQLite begins there: of two upper ends it takes the one it meets
            # first, and would go through all rows above `top` again with each batch.
            where, values = f"{self.row} < ? AND {where}", (top, *values)
        return fetch(
            connection,
            f"SELECT {self.row}, {columns} FROM {self.tables} WHERE {where}"
            f" ORDER BY {self.row} DESC LIMIT ?",
            (*values, limit),
        )


def parts(
    connection: apsw.Connection, selection: Selection, *, match: str = "", has_items: bool = True
) -> Iterator[Part]:
    """Yield the statements that together read a selection, newest part first.

    Parameters
    ----------
    connection : apsw.Connection
    selection : Selection
    match : str
        An FTS5 expression in place of the plan's.
    has_items : bool
        Whether columns of ``i`` (items) are read; without them the index is asked even for
        everything, and answers by itself where the plan has no conditions.
    """
    plan = selection.plan
    match = match or plan.match
    low, high = selection.low, selection.high
    if match == NONE or low >= high:
        return
    needs_items = has_items or bool(plan.where) or selection.collected is not None
    if match == ALL and needs_items:
        yield _plain(selection, low, high)
        return
    tables = ""
    if "a." in plan.where:
        # Not to keep items without an address makes it a third quicker.
        tables += f" {'CROSS' if plan.is_addressed else 'LEFT'} JOIN addresses a ON a.row = f.rowid"
    if needs_items:
        tables += " CROSS JOIN items i ON i.row = f.rowid"
    where, values = _conditions(selection, "f.rowid")
    first, last = month_at(low), month_at(high - 1)
    months = fetch(
        connection,
        "SELECT month FROM months WHERE month BETWEEN ? AND ? ORDER BY month DESC",
        (first, last),
    )
    for (month,) in months:
        name = index_name(month)
        # What FTS5 notes of each row tells of all in half the time that their mark takes.
        held: list[tuple[str, str | int | None]] = []
        held += [("1", None)] if match == ALL else [(f"{name} MATCH ?", match)]
        held += [("f.rowid >= ?", low)] if month == first else []
        held += [("f.rowid < ?", high)] if month == last else []
        yield Part(
            "f.rowid",
            f"{name}{'_docsize' if match == ALL else ''} f{tables}",
            " AND ".join(condition for condition, _ in held) + where,
            (*(value for _, value in held if value is not None), *values),
        )


def month_at(row: int) -> int:
    """Return the month of a row; of one beyond all time, the first or last month."""
    return month_of(max(-(2**35) << 20, min(row, 2**37 << 20)))


def _plain(selection: Selection, low: int, high: int) -> Part:
    """Return the statement that reads items without the index."""
    if selection.plan.is_addressed:
        tables = "addresses a CROSS JOIN items i ON i.row = a.row"
        row = "a.row"
    else:
        tables = "items i"
        row = "i.row"
        if "a." in selection.plan.where:
            tables += " LEFT JOIN addresses a ON a.row = i.row"
    where, values = _conditions(selection, row)
    return Part(
        row,
        tables,
        f"{row} >= ? AND {row} < ? AND i.deleted IS NULL AND NOT i.hidden{where}",
        (low, high, *values),
    )


def _conditions(selection: Selection, row: str) -> tuple[str, tuple[object, ...]]:
    """Return what else must hold: the plan's conditions, and the span within its seconds."""
    plan = selection.plan
    where = f" AND {plan.where}" if plan.where else ""
    values = list(plan.values)
    for is_kept, pairs in plan.keyed:
        where += f" AND {row} {'' if is_kept else 'NOT '}IN ({_KEYED})"
        values.append(pairs)
    time = f"(SELECT time FROM items WHERE row = {row})"  # read within the first second alone
    if selection.begin is not None and selection.begin % _SECOND:
        where += f" AND ({row} >= ? OR {time} >= ?)"
        values += [(selection.begin // _SECOND + 1) << 20, selection.begin]
    if selection.until is not None and selection.until % _SECOND:
        where += f" AND ({row} < ? OR {time} < ?)"
        values += [selection.until // _SECOND << 20, selection.until]
    if selection.skipped:
        where += f" AND ({row} >> 20) / 3600 NOT IN (SELECT value FROM json_each(?))"
        values.append(json.dumps(selection.skipped))
    if selection.collected is not None:
        where += " AND i.collected <= ?"
        values.append(selection.collected)
    return where, tuple(values)


def batches(
    connection: apsw.Connection,
    deadline: Deadline,
    selection: Selection,
    columns: str,
    *,
    first: int,
    most: int = 4096,
) -> Iterator[list[tuple[Any, ...]]]:
    """Yield what a selection holds, newest first: lists of the row's number and the columns.

    Each batch is fetched whole, so that no cursor stays open; the first has at most `first`
    rows, and each is twice as long as the one before, up to `most`.
    """
    for part in parts(connection, selection):
        size, top = first, None
        while True:
            rows = part.newest(connection, columns, size, top)
            deadline.check()
            if rows:
                yield rows
            if len(rows) < size:
                break
            size, top = max(size, min(size * 2, most)), rows[-1][0]
