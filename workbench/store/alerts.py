"""The alerts that were told, and how far whoever tells them has come."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

import apsw

from workbench.clock import from_micros, to_micros
from workbench.store.connect import fetch

__all__ = ["TABLES", "Alert", "Watch", "alerts", "fire", "watched"]

TABLES: Final = """
CREATE TABLE IF NOT EXISTS alerts(
    id INTEGER PRIMARY KEY,
    deck TEXT NOT NULL,
    column_key TEXT NOT NULL,
    title TEXT NOT NULL,
    at_least INTEGER NOT NULL,
    fired INTEGER NOT NULL,
    first INTEGER NOT NULL,
    until INTEGER NOT NULL,
    n INTEGER NOT NULL,
    items TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS alerts_fired ON alerts(deck, fired);

-- How far the changes of the store have been looked through for a deck's alerts.
CREATE TABLE IF NOT EXISTS watches(deck TEXT PRIMARY KEY, seq INTEGER NOT NULL, state TEXT NOT NULL)
STRICT, WITHOUT ROWID;
"""

_KEPT: Final = 10_000  # alerts of a deck, the newest
_FIELDS: Final = "deck, column_key, title, at_least, fired, first, until, n, items, id"


class Alert(NamedTuple):
    """An alert that was told.

    Attributes
    ----------
    deck, column, title : str
        The deck's name, the column's key, and its title at that time.
    at_least : int
        Items that had to come together; 0 where each item is an alert.
    fired : datetime
        When it was told.
    first, until : datetime
        The stretch in which its items lie: by when they were published, or, where each item
        is an alert, by when they came.
    n : int
        Items in it.
    items : tuple of str
        Keys of the first of them, ``source:id``.
    id : int
        Its number in the store; 0 until it is stored.
    """

    deck: str
    column: str
    title: str
    at_least: int
    fired: datetime
    first: datetime
    until: datetime
    n: int
    items: tuple[str, ...]
    id: int = 0


class Watch(NamedTuple):
    """How far a deck's alerts have come: the last change looked at, and what is remembered."""

    seq: int
    state: str


def alerts(
    connection: apsw.Connection,
    *,
    deck: str | None,
    column: str | None,
    since: datetime | None,
    limit: int,
) -> list[Alert]:
    """Return alerts that reach beyond a time, the newest first."""
    found = fetch(
        connection,
        f"SELECT {_FIELDS} FROM alerts WHERE deck = coalesce(?, deck)"  # noqa: S608 - our names
        " AND column_key = coalesce(?, column_key)"
        " AND max(fired, until) >= coalesce(?, fired) ORDER BY fired DESC, id DESC LIMIT ?",
        (deck, column, since and to_micros(since), limit),
    )
    return [
        Alert(
            deck=name,
            column=key,
            title=title,
            at_least=at_least,
            fired=from_micros(fired),
            first=from_micros(first),
            until=from_micros(until),
            n=n,
            items=tuple(json.loads(items)),
            id=number,
        )
        for name, key, title, at_least, fired, first, until, n, items, number in found
    ]


def watched(connection: apsw.Connection, deck: str) -> Watch | None:
    """Return how far a deck's alerts have come; None if nobody watches it yet."""
    found = fetch(connection, "SELECT seq, state FROM watches WHERE deck = ?", (deck,))
    return Watch(*found[0]) if found else None


def fire(
    connection: apsw.Connection,
    deck: str,
    told: Iterable[Alert],
    *,
    seen: Watch | None,
    now: Watch,
) -> bool:
    """Store alerts and how far they have come, unless another has been quicker.

    Returns
    -------
    bool
        False if `seen` is not what is stored; nothing is changed then.
    """
    if watched(connection, deck) != seen:
        return False
    connection.execute("INSERT OR REPLACE INTO watches VALUES(?, ?, ?)", (deck, *now))
    for alert in told:
        times = map(to_micros, (alert.fired, alert.first, alert.until))
        about = (deck, alert.column, alert.title, alert.at_least)
        items = json.dumps(alert.items, ensure_ascii=False)
        connection.execute(
            f"INSERT OR REPLACE INTO alerts({_FIELDS}) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*about, *times, alert.n, items, alert.id or None),
        )
    connection.execute(
        "DELETE FROM alerts WHERE deck = ? AND fired < (SELECT fired FROM alerts"
        " WHERE deck = ? ORDER BY fired DESC LIMIT 1 OFFSET ?)",
        (deck, deck, _KEPT - 1),
    )
    return True
