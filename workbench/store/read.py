"""Reading items: search, one item, its versions, and what has changed."""

# ruff: noqa: S608 - what is put into SQL here are names of ours, never a value

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

import apsw

from workbench.clock import from_micros
from workbench.items import Deletion, Item
from workbench.query import Query
from workbench.store.connect import Deadline, fetch
from workbench.store.rows import SELECT, to_item
from workbench.store.select import Selection, batches

__all__ = ["Changes", "SearchResult", "Version", "changes", "get", "search", "versions"]

Lists = Mapping[str, Collection[str]]


class SearchResult(list[Item]):
    """Items, newest first.

    Attributes
    ----------
    cursor : str or None
        Given as `before`, it reads on where these end; None at the end of all.
    """

    def __init__(self, items: Iterable[Item] = (), cursor: str | None = None) -> None:
        super().__init__(items)
        self.cursor = cursor


class Version(NamedTuple):
    """A text that an item had before it was edited, and when we first saw it so."""

    text: str
    title: str | None
    seen: datetime


class Changes(NamedTuple):
    """What came, changed or went since a `seq`, and the one to ask from next time."""

    items: list[Item]
    deletions: list[Deletion]
    seq: int


def search(
    connection: apsw.Connection,
    deadline: Deadline,
    selection: Selection,
    query: Query | None,
    *,
    limit: int,
    now: datetime,
    lists: Lists | None,
) -> SearchResult:
    """Return the newest items of a selection, and where to go on."""
    wanted = limit + 1  # one more than asked tells whether there are more
    is_exact = query is None or selection.plan.is_exact
    found: list[tuple[int, Item]] = []
    first = wanted if is_exact else min(2 * wanted, 1024)
    for rows in batches(connection, deadline, selection, SELECT, first=first):
        for row, *values in rows:
            item = to_item(values)
            if is_exact or (query and query.matches(item, now=now, lists=lists)):
                found.append((row, item))
        if len(found) >= wanted:
            break
    cursor = to_cursor(found[limit - 1][0]) if len(found) > limit > 0 else None
    return SearchResult((item for _, item in found[:limit]), cursor)


def to_cursor(row: int) -> str:
    """Return a row as a cursor, which no time can be mistaken for."""
    return f"c{row:x}"


def from_cursor(text: str) -> int | None:
    """Return the row of a cursor, or None if the text is none."""
    try:
        return int(text[1:], 16) if text.startswith("c") else None
    except ValueError:
        return None


def get(connection: apsw.Connection, source: str, ident: str) -> Item | None:
    """Return an item, what is left of a deleted one, or None."""
    row = connection.execute(
        f"SELECT {SELECT} FROM items i WHERE source = ? AND id = ? AND NOT hidden", (source, ident)
    ).fetchone()
    if row is not None:
        return to_item(row)
    when = connection.execute(
        "SELECT time FROM tombstones WHERE source = ? AND id = ?", (source, ident)
    ).get
    if when is None:
        return None
    time = from_micros(when)
    return Item(source=source, id=ident, text="", published=time, deleted=time)


def versions(connection: apsw.Connection, source: str, ident: str) -> list[Version]:
    """Return the texts that an item had before, oldest first."""
    found = fetch(
        connection,
        "SELECT v.text, v.title, v.seen FROM versions v JOIN items i USING(row)"
        " WHERE i.source = ? AND i.id = ? AND NOT i.hidden ORDER BY v.rowid",
        (source, ident),
    )
    return [Version(text, title, from_micros(seen)) for text, title, seen in found]


def changes(connection: apsw.Connection, seq: int, limit: int, now: datetime) -> Changes:
    """Return what came, changed or went after `seq`, in that order, at most `limit` in all."""
    found = fetch(
        connection,
        f"SELECT i.seq, i.hidden, {SELECT} FROM items i WHERE i.seq > ? ORDER BY i.seq LIMIT ?",
        (seq, limit),
    )
    gone = fetch(
        connection,
        "SELECT seq, source, id, time FROM tombstones WHERE seq > ? ORDER BY seq LIMIT ?",
        (seq, limit),
    )
    told = sorted(row[0] for row in (*found, *gone))[:limit]
    last = told[-1] if told else seq
    items: list[Item] = []
    deletions = [
        Deletion(source, ident, from_micros(time))
        for number, source, ident, time in gone
        if number <= last
    ]
    for number, hidden, *values in found:
        if number > last:
            break
        item = to_item(values)
        if item.deleted or hidden:
            deletions.append(Deletion(item.source, item.id, item.deleted or now))
        else:
            items.append(item)
    return Changes(items, deletions, last)
