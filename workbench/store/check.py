"""Whether all that the store says of itself holds."""

# ruff: noqa: S608 - what is put into SQL here are names of ours, never a value

from __future__ import annotations

from typing import Final

import apsw

from workbench.query.sql import ALL
from workbench.store.connect import fetch
from workbench.store.rows import month_of
from workbench.store.schema import index_name

__all__ = ["problems"]

_COUNTS: Final = (
    (
        "items stand in a row that is not of their time",
        "SELECT count(*) FROM items WHERE row >> 20 <> time / 1000000 AND time >= 0",
    ),
    (
        "deleted items still hold text, author, links or media",
        (
            "SELECT count(*) FROM items WHERE deleted IS NOT NULL AND (text <> ''"
            " OR coalesce(title, author, author_name, author_url, url, links, media, hashtags,"
            " mentions, cashtags) IS NOT NULL)"
        ),
    ),
    (
        "earlier texts belong to items that were deleted or never were",
        (
            "SELECT count(*) FROM versions v LEFT JOIN items i USING(row)"
            " WHERE i.row IS NULL OR i.deleted IS NOT NULL"
        ),
    ),
    (
        "addresses belong to items that were deleted or never were",
        (
            "SELECT count(*) FROM addresses a LEFT JOIN items i USING(row)"
            " WHERE i.row IS NULL OR i.deleted IS NOT NULL"
        ),
    ),
    (
        "items are stored although they were deleted before they came",
        "SELECT count(*) FROM items JOIN tombstones USING(source, id)",
    ),
    (
        "stories are told of other items than they have",
        (
            "SELECT count(*) FROM stories s WHERE NOT due AND n <> (SELECT count(*) FROM items i"
            " WHERE i.story = s.story AND i.deleted IS NULL AND NOT i.hidden)"
        ),
    ),
    (
        "stories were merged into others and still have items",
        (
            "SELECT count(*) FROM story_moves m WHERE kind = 'merge'"
            " AND EXISTS(SELECT 1 FROM items i WHERE i.story = m.other)"
            " AND NOT EXISTS(SELECT 1 FROM story_moves s WHERE s.other = m.other"
            " AND s.kind = 'split' AND s.rowid > m.rowid)"
        ),
    ),
    (
        "changes have a number beyond the last one given",
        (
            "SELECT count(*) FROM (SELECT seq FROM items UNION ALL SELECT seq FROM tombstones)"
            " WHERE seq > (SELECT seq FROM counter)"
        ),
    ),
    (
        "changes share their number with another",
        "SELECT count(*) FROM items JOIN tombstones USING(seq)",
    ),
)


def problems(connection: apsw.Connection) -> list[str]:
    """Return what is wrong, each in a sentence; nothing if all is well."""
    # Read first: SQLite's own check of an index trusts what the connection last saw of it, and
    # takes what another process has merged since for damage.
    indexes = _indexes(connection)
    found = [
        f"SQLite: {said}" for (said,) in fetch(connection, "PRAGMA integrity_check") if said != "ok"
    ]
    for words, sql in _COUNTS:
        n = connection.execute(sql).get
        if n:
            found.append(f"{n} {words}")
    return found + indexes


def _indexes(connection: apsw.Connection) -> list[str]:
    """Compare each month's index with the items that should be in it."""
    due: dict[int, set[int]] = {}
    for (row,) in fetch(connection, "SELECT row FROM items WHERE deleted IS NULL AND NOT hidden"):
        due.setdefault(month_of(row), set()).add(row)
    found = []
    for (month,) in fetch(connection, "SELECT month FROM months"):
        name = index_name(month)
        wanted = due.pop(month, set())
        listed = [row for (row,) in fetch(connection, f"SELECT rowid FROM {name}")]
        marked = fetch(connection, f"SELECT rowid FROM {name} WHERE {name} MATCH ?", (ALL,))
        for rows in (listed, [row for (row,) in marked]):
            if len(rows) != len(set(rows)):
                found.append(f"{name} holds items twice")
            if missing := wanted - set(rows):
                found.append(f"{name} lacks {len(missing)} items")
            if extra := set(rows) - wanted:
                found.append(f"{name} holds {len(extra)} rows that are no items to be shown")
    found += [f"{len(rows)} items of {month} are in no index" for month, rows in due.items()]
    return found
