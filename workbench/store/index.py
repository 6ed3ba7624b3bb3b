"""The indexes of the months, and the rows that items get: what a write needs of both."""

# ruff: noqa: S608 - what is put into SQL here are names of ours, never a value

from __future__ import annotations

from collections.abc import Iterable, Sequence

import apsw

from workbench.errors import StoreError
from workbench.store.rows import month_of
from workbench.store.schema import create_month, index_name

__all__ = ["Index", "free_rows"]


class Index:
    """The full-text indexes, one per month, inside one transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._months = {month for (month,) in connection.execute("SELECT month FROM months")}

    def put(self, entries: Iterable[tuple[int, str, str, str]]) -> None:
        """Index rows that are not indexed: row, words of the title, of the text, marks."""
        by_month: dict[int, list[tuple[int, str, str, str]]] = {}
        # In the order of the rows: FTS5 ends a segment when a smaller one follows.
        for entry in sorted(entries):
            by_month.setdefault(month_of(entry[0]), []).append(entry)
        for month, part in by_month.items():
            if month not in self._months:
                create_month(self._connection, month)
                self._months.add(month)
            self._connection.executemany(
                f"INSERT INTO {index_name(month)}(rowid, title, text, meta) VALUES(?, ?, ?, ?)",
                part,
            )

    def drop(self, rows: Iterable[int]) -> None:
        """Take rows out of the index; those that are not in it are passed over."""
        by_month: dict[int, list[tuple[int]]] = {}
        for row in sorted(rows):
            by_month.setdefault(month_of(row), []).append((row,))
        for month, part in by_month.items():
            if month in self._months:
                self._connection.executemany(
                    f"DELETE FROM {index_name(month)} WHERE rowid = ?",
                    part,
                )


def free_rows(connection: apsw.Connection, wanted: Sequence[int]) -> list[int]:
    """Return for each wanted row itself, or the next one of its second that is free.

    Raises
    ------
    StoreError
        If a second holds a million items already.
    """
    taken = {
        row
        for (row,) in connection.executemany(
            "SELECT row FROM items WHERE row = ?", [(row,) for row in wanted]
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
