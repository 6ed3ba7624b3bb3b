"""What has to go: items that were held long enough, and deletions nobody tells again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import apsw

from workbench.clock import to_micros
from workbench.items import Deletion
from workbench.store.connect import by_source, fetch, fetch_among
from workbench.store.write import Writer

__all__ = ["BATCH", "expire", "forget", "gone", "young"]

BATCH: Final = 5_000
"""Rows that go at a time, so that no writer waits long."""

_FORGET: Final = (
    "DELETE FROM tombstones WHERE (source, id) IN"
    " (SELECT source, id FROM tombstones WHERE time < ? LIMIT ?)"
)
_EXPIRED: Final = (
    "SELECT id FROM items WHERE source = ? AND id >= ? AND id < ? AND collected < ?"
    " AND deleted IS NULL LIMIT ?"
)
_DELETED: Final = (
    "SELECT i.id FROM json_each(?) k CROSS JOIN items i ON i.source = ? AND i.id = k.value"
    " WHERE i.deleted IS NOT NULL OR i.hidden"
)
_BARRED: Final = (
    "SELECT t.id FROM json_each(?) k CROSS JOIN tombstones t ON t.source = ? AND t.id = k.value"
)
_YOUNG: Final = (
    "SELECT id FROM items WHERE row > ? AND source = ? AND deleted IS NULL AND NOT hidden"
    " ORDER BY row DESC LIMIT ?"
)

Key = tuple[str, str]


def forget(connection: apsw.Connection, before: datetime) -> int:
    """Drop some of the tombstones from before a time; return how many."""
    connection.execute(_FORGET, (to_micros(before), BATCH))
    return connection.changes()


def expire(writer: Writer, source: str, prefix: str, before: datetime) -> int:
    """Purge some of what was collected before a time; return how many."""
    given = (source, prefix, f"{prefix}\U0010ffff", to_micros(before), BATCH)
    ids = [str(ident) for (ident,) in writer.connection.execute(_EXPIRED, given).fetchall()]
    writer.delete(Deletion(source, ident, writer.now) for ident in ids)
    return len(ids)


def gone(connection: apsw.Connection, keys: Iterable[Key]) -> set[Key]:
    """Return those of some items that are deleted, hidden, or barred from coming."""
    return {
        (source, ident)
        for source, ids in by_source(keys)
        for sql in (_DELETED, _BARRED)
        for (ident,) in fetch_among(connection, sql, ids, (source,))
    }


def young(connection: apsw.Connection, source: str, since: datetime, limit: int) -> list[str]:
    """Return the ids of a source's items that were published since, the newest first."""
    found = fetch(connection, _YOUNG, (int(since.timestamp()) << 20, source, limit))
    return [ident for (ident,) in found]
