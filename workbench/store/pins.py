"""What analysts have pinned, and their notes: keys alone, never a copy of what they lead to."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, NamedTuple

import apsw

from workbench.clock import from_micros, to_micros
from workbench.errors import SettingError
from workbench.store.connect import fetch

__all__ = ["LONGEST", "MOST", "TABLES", "Pin", "PinKind", "pin", "pins", "unpin"]

LONGEST: Final = 2_000
"""Characters of a note."""
MOST: Final = 50
"""Pins of one deck."""

PinKind = Literal["item", "story"]

# The text of a pinned post stands with the post and nowhere else, so that it goes with it.
TABLES: Final = """
CREATE TABLE IF NOT EXISTS pins(
    deck TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    note TEXT NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY(deck, kind, key)
) STRICT, WITHOUT ROWID;
"""


class Pin(NamedTuple):
    """Something that an analyst has pinned to a deck.

    Attributes
    ----------
    deck : str
        The deck's name.
    kind : {"item", "story"}
    key : str
        ``source:id`` of an item, the id of a story.
    note : str
        The analyst's own words; empty if there are none.
    time : datetime
        When it was pinned, or its note last changed.
    """

    deck: str
    kind: PinKind
    key: str
    note: str
    time: datetime


def pin(connection: apsw.Connection, new: Pin) -> None:
    """Store a pin, or its new note if it is there already.

    Raises
    ------
    SettingError
        If the note is too long, or the deck has as many pins as it may.
    """
    if len(new.note) > LONGEST:
        raise SettingError(
            f"the note has {len(new.note):,} characters; {LONGEST:,} are the most, and a "
            "sentence or two is what is read"
        )
    others = connection.execute(
        "SELECT count(*) FROM pins WHERE deck = ? AND (kind, key) <> (?, ?)",
        (new.deck, new.kind, new.key),
    ).get
    if others >= MOST:
        raise SettingError(
            f"the deck {new.deck} has {MOST} pins, as many as it may; take some away first"
        )
    connection.execute(
        "INSERT INTO pins VALUES(?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET note = excluded.note, time = excluded.time WHERE note <> excluded.note",
        (new.deck, new.kind, new.key, new.note, to_micros(new.time)),
    )


def unpin(connection: apsw.Connection, deck: str, kind: PinKind, key: str) -> bool:
    """Take a pin away; return whether there was one."""
    connection.execute("DELETE FROM pins WHERE (deck, kind, key) = (?, ?, ?)", (deck, kind, key))
    return bool(connection.changes())


def pins(connection: apsw.Connection, deck: str | None) -> list[Pin]:
    """Return the pins of a deck, or of all, the newest first."""
    found = fetch(
        connection,
        "SELECT deck, kind, key, note, time FROM pins WHERE deck = coalesce(?, deck)"
        " ORDER BY time DESC, key",
        (deck,),
    )
    return [Pin(name, kind, key, note, from_micros(time)) for name, kind, key, note, time in found]
