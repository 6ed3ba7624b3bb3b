"""Which story each item belongs to, what is told of stories, and what became of them.

An item's story stands with the item. What is told of a story, its words among it, stands here as
long as its items do: with one of them that is withdrawn it goes, until it is told anew from the
rest.
"""

# ruff: noqa: S608 - what is put into SQL here are names of ours, never a value

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

import apsw

from workbench.clock import from_micros, to_micros
from workbench.items import Item
from workbench.store.connect import fetch
from workbench.store.rows import SELECT, to_item
from workbench.store.told import dump, load
from workbench.text.telling import Story

__all__ = [
    "CURSOR",
    "MOST",
    "TABLES",
    "Due",
    "Move",
    "assign",
    "begin",
    "called",
    "due",
    "enlist",
    "members",
    "move",
    "moves",
    "newest",
    "seeds",
    "start",
    "touch",
    "waiting",
    "write",
]

CURSOR: Final = "stories"
"""The cursor under which it stands how far stories are told."""
MOST: Final = 4_000
"""Items of one story that are read: the first tenth of them its earliest, the rest its newest."""

# `told` is null as long as a story waits to be told: for the first time, or because something of
# it was withdrawn. What has merely grown is shown as it was, and is due: `due` counts what has
# become of it since it was told, so that whoever tells it knows whether it changed meanwhile.
TABLES: Final = """
CREATE TABLE IF NOT EXISTS stories(
    story TEXT PRIMARY KEY,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    n INTEGER NOT NULL,
    due INTEGER NOT NULL,
    told TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS stories_last ON stories(last) WHERE told IS NOT NULL;
CREATE INDEX IF NOT EXISTS stories_due ON stories(last) WHERE due;
CREATE TABLE IF NOT EXISTS story_moves(
    time INTEGER NOT NULL,
    kind TEXT NOT NULL,
    story TEXT NOT NULL,
    other TEXT NOT NULL,
    n INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS story_moves_other ON story_moves(other);
CREATE INDEX IF NOT EXISTS items_story ON items(story) WHERE story IS NOT NULL;
"""

Key = tuple[str, str]

_LIVE: Final = "i.story IS NOT NULL AND i.deleted IS NULL AND NOT i.hidden"
_OF: Final = f"FROM items i INDEXED BY items_story WHERE i.story = ? AND {_LIVE}"
_CHAIN: Final = 50  # merges that are followed from one story to the next


class Move(NamedTuple):
    """That two stories became one, or one of them two.

    Attributes
    ----------
    time : datetime
        When that was found, UTC.
    kind : {"merge", "split"}
    story : str
        The one that goes on.
    other : str
        Of a merge the one that went into it, of a split the one that came off it.
    n : int
        Items that changed their story.
    """

    time: datetime
    kind: Literal["merge", "split"]
    story: str
    other: str
    n: int


class Due(NamedTuple):
    """A story that waits to be told.

    Attributes
    ----------
    story : str
    due : int
        How much has become of it since it was told.
    n : int
        Items that it had then; at first, those that it has.
    is_bare : bool
        Whether nothing is told of it until then.
    """

    story: str
    due: int
    n: int
    is_bare: bool


def assign(connection: apsw.Connection, stories: Mapping[Key, str]) -> None:
    """Write into items which story they belong to, and have told what has changed by that.

    An item that was withdrawn meanwhile gets none.
    """
    connection.executemany(
        "UPDATE items SET story = ? WHERE source = ? AND id = ? AND deleted IS NULL",
        [(story, *key) for key, story in stories.items()],
    )
    enlist(connection, stories.values())


def enlist(connection: apsw.Connection, stories: Iterable[str | None]) -> None:
    """Have stories told that are more than one post by itself, and those that were told before."""
    connection.execute(
        "INSERT INTO stories(story, first, last, n, due)"
        " SELECT i.story, min(i.time), max(i.time), count(*), 1"
        f" FROM json_each(?) k CROSS JOIN items i INDEXED BY items_story ON i.story = k.value"
        f" WHERE {_LIVE} GROUP BY i.story HAVING count(*) > 1 OR max(i.tier <> 'social')"
        " ON CONFLICT DO UPDATE SET due = due + 1, last = excluded.last",
        (_texts(stories),),
    )


def _texts(texts: Iterable[str | None]) -> str:
    return json.dumps(sorted({text for text in texts if text}))


def touch(connection: apsw.Connection, stories: Iterable[str | None], *, has_gone: bool) -> None:
    """Have stories told anew; where words of theirs may have gone, nothing is told until then."""
    if any(known := list(stories)):
        gone = ", told = NULL" if has_gone else ""
        among = "story IN (SELECT value FROM json_each(?))"
        connection.execute(
            f"UPDATE stories SET due = due + 1{gone} WHERE {among}", (_texts(known),)
        )


def move(connection: apsw.Connection, what: Move, keys: Sequence[Key] = ()) -> None:
    """Let two stories be one, or let some items of one be another, and remember it.

    Parameters
    ----------
    connection : apsw.Connection
    what : Move
        Its `n` is counted here.
    keys : sequence of (str, str)
        Of a split, the items that go.
    """
    if what.kind == "merge":
        connection.execute("UPDATE items SET story = ? WHERE story = ?", (what.story, what.other))
        n = connection.changes()
        connection.execute("DELETE FROM stories WHERE story = ?", (what.other,))
        # A pin follows what it was put on.
        connection.execute(
            "UPDATE OR REPLACE pins SET key = ? WHERE kind = 'story' AND key = ?",
            (what.story, what.other),
        )
    else:
        n = 0
        for key in keys:
            connection.execute(
                "UPDATE items SET story = ? WHERE source = ? AND id = ? AND story = ?",
                (what.other, *key, what.story),
            )
            n += connection.changes()
        enlist(connection, [what.other])
    touch(connection, [what.story], has_gone=False)
    connection.execute(
        "INSERT INTO story_moves VALUES(?, ?, ?, ?, ?)",
        (to_micros(what.time), what.kind, what.story, what.other, n),
    )


def start(connection: apsw.Connection, limit: int) -> int:
    """Return the row before the newest items that have a story, `limit` of them or all."""
    row = connection.execute(
        f"SELECT i.row FROM items i WHERE {_LIVE} ORDER BY i.row DESC LIMIT 1 OFFSET ?", (limit,)
    ).get
    return -(2**63) if row is None else int(row)


def seeds(connection: apsw.Connection, after: int, limit: int) -> tuple[list[Item], int]:
    """Return items that have a story, by time, from after a row on; and the last one's row."""
    found = fetch(
        connection,
        f"SELECT i.row, {SELECT} FROM items i WHERE i.row > ? AND {_LIVE} ORDER BY i.row LIMIT ?",
        (after, limit),
    )
    return [to_item(values) for _, *values in found], found[-1][0] if found else after


def begin(connection: apsw.Connection, since: datetime, most: int) -> int:
    """Return the `seq` before the last changes of items: as many as there are items since."""
    row = (to_micros(since) // 1_000_000) << 20
    n = connection.execute("SELECT count(*) FROM items WHERE row >= ?", (row,)).get
    seq = connection.execute(
        "SELECT seq FROM items ORDER BY seq DESC LIMIT 1 OFFSET ?", (min(n, most),)
    ).get
    return int(seq or 0)


def due(connection: apsw.Connection, limit: int) -> list[Due]:
    """Return stories that wait to be told, those that something came to last first."""
    found = fetch(
        connection,
        "SELECT story, due, n, told IS NULL FROM stories WHERE due ORDER BY last DESC LIMIT ?",
        (limit,),
    )
    return [Due(story, count, n, is_bare == 1) for story, count, n, is_bare in found]


def waiting(connection: apsw.Connection) -> int:
    """Return how many stories wait to be told."""
    return int(connection.execute("SELECT count(*) FROM stories WHERE due").get)


def members(connection: apsw.Connection, story: str) -> tuple[list[Item], int]:
    """Return a story's items, the oldest first, and how many there are.

    Of more than :data:`MOST` some of the middle are left out.
    """
    n = int(connection.execute(f"SELECT count(*) {_OF}", (story,)).get)
    newest = min(n, MOST - MOST // 10 if n > MOST else MOST)
    late = fetch(connection, f"SELECT {SELECT} {_OF} ORDER BY i.row DESC LIMIT ?", (story, newest))
    early: list[tuple[object, ...]] = []
    if n > MOST:
        early = fetch(
            connection, f"SELECT {SELECT} {_OF} ORDER BY i.row LIMIT ?", (story, MOST // 10)
        )
    return [to_item(values) for values in (*early, *reversed(late))], n


def write(connection: apsw.Connection, seen: Due, told: Story | None) -> bool:
    """Store what is told of a story, None if it is none.

    Returns
    -------
    bool
        False if something has become of it since it was read: it stays due then.
    """
    at = (seen.story, seen.due)
    if told is None:
        connection.execute("DELETE FROM stories WHERE story = ? AND due = ?", at)
    else:
        connection.execute(
            "UPDATE stories SET first = ?, last = ?, n = ?, told = ?, due = 0"
            " WHERE story = ? AND due = ?",
            (to_micros(told.first), to_micros(told.last), told.n, dump(told), *at),
        )
    return bool(connection.changes())


def newest(
    connection: apsw.Connection,
    *,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    among: Iterable[str] | None = None,
) -> list[Story]:
    """Return stories of which something is told, those that something came to last first.

    Parameters
    ----------
    connection : apsw.Connection
    since, until : datetime or None
        With an item from then on, and begun before then.
    limit : int
    among : iterable of str, optional
        Only some of these.
    """
    where, values = ["told IS NOT NULL"], list[object]()
    if since is not None:
        where.append("last >= ?")
        values.append(to_micros(since))
    if until is not None:
        where.append("first < ?")
        values.append(to_micros(until))
    if among is not None:
        where.append("story IN (SELECT value FROM json_each(?))")
        values.append(_texts(among))
    found = fetch(
        connection,
        f"SELECT told FROM stories WHERE {' AND '.join(where)} ORDER BY last DESC, story LIMIT ?",
        (*values, limit),
    )
    return [load(told) for (told,) in found]


def called(connection: apsw.Connection, story: str) -> str:
    """Return by which id a story goes now, after all that it was merged into."""
    for _ in range(_CHAIN):
        if connection.execute("SELECT EXISTS(SELECT 1 FROM items WHERE story = ?)", (story,)).get:
            break
        into = connection.execute(
            "SELECT story FROM story_moves WHERE other = ? AND kind = 'merge'"
            " ORDER BY time DESC LIMIT 1",
            (story,),
        ).get
        if into is None:
            break
        story = into
    return story


def moves(connection: apsw.Connection, since: datetime | None, limit: int) -> list[Move]:
    """Return which stories became one or two, the newest first."""
    found = fetch(
        connection,
        "SELECT time, kind, story, other, n FROM story_moves WHERE time >= ?"
        " ORDER BY time DESC, rowid DESC LIMIT ?",
        (0 if since is None else to_micros(since), limit),
    )
    return [Move(from_micros(time), *rest) for time, *rest in found]
