"""The indexes of the months, and the rows that items get: what a write needs of both."""

# ruff: noqa: S608 - what is put into SQL here are names of ours, never a value

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import apsw

from workbench.errors import StoreError
from workbench.items import Item
from workbench.store.connect import fetch_among
from workbench.store.rows import index_of, month_of
from workbench.store.schema import create_month, index_name

__all__ = ["Index", "free_rows"]


class Index:
    """The full-text indexes, one per month, inside one transaction.

    What is to be indexed is gathered and written by :meth:`flush`, each row once and in the
    order of the rows: FTS5 ends a segment where a smaller row follows.
    """

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._waiting: dict[int, Item] = {}
        self._dropped: set[int] = set()

    def add(self, row: int, item: Item) -> None:
        """Index a row that is in no index yet."""
        self._waiting[row] = item

    def replace(self, row: int, item: Item) -> None:
        """Index a row anew."""
        if row not in self._waiting:
            self._dropped.add(row)
        self._waiting[row] = item

    def drop(self, row: int) -> None:
        """Take a row out of the index; one that is not in it is passed over."""
        if self._waiting.pop(row, None) is None:
            self._dropped.add(row)

    def flush(self) -> None:
        """Write all that was gathered."""
        months = {month for (month,) in self._connection.execute("SELECT month FROM months")}
        for month, rows in _by_month(self._dropped):
            if month in months:
                self._connection.executemany(
                    f"DELETE FROM {index_name(month)} WHERE rowid = ?", ((row,) for row in rows)
                )
        for month, rows in _by_month(self._waiting):
            if month not in months:
                create_month(self._connection, month)
            self._connection.executemany(
                f"INSERT INTO {index_name(month)}(rowid, title, text, meta) VALUES(?, ?, ?, ?)",
                [(row, *index_of(self._waiting[row])) for row in rows],
            )
        self._waiting.clear()
        self._dropped.clear()


def _by_month(rows: Iterable[int]) -> Iterator[tuple[int, Iterator[int]]]:
    return groupby(sorted(rows), key=month_of)


def free_rows(connection: apsw.Connection, wanted: Sequence[int]) -> list[int]:
    """Return for each wanted row itself, or the next one of its second that is free.

    Raises
    ------
    StoreError
        If a second holds a million items already.
    """
    taken = {
        row
        for (row,) in fetch_among(
            connection,
            "SELECT i.row FROM json_each(?) k CROSS JOIN items i ON i.row = k.value",
            wanted,
        )
    }
    given: set[int] = set()
    found = []
    resume: dict[int, int] = {}  # thousands may bear the same time, such as a bare date
    for want in wanted:
        row = want
        if row in taken or row in given:
            row = resume[want] = _next_free(connection, resume.get(want, want), given)
        given.add(row)
        found.append(row)
    return found


def _next_free(connection: apsw.Connection, start: int, given: set[int]) -> int:
    second = start >> 20
    row, has_wrapped = start, False
    while True:
        if row >> 20 != second:
            if has_wrapped:
                raise StoreError(
                    "more than a million items bear the same second; give their true times"
                )
            row, has_wrapped = second << 20, True
        if row in given:
            row += 1
            continue
        # The end of the run of rows that begins here, if one does.
        end = connection.execute(
            "SELECT row + 1 FROM items i WHERE row >= ? AND row < ? AND NOT EXISTS"
            " (SELECT 1 FROM items WHERE row = i.row + 1) ORDER BY row LIMIT 1",
            (row, (second + 1) << 20),
        ).get
        held = connection.execute("SELECT 1 FROM items WHERE row = ?", (row,)).get
        if held is None:
            return row
        row = end
