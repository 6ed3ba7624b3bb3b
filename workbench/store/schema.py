"""The store's tables, their version, and the steps from one version to the next."""

# ruff: noqa: S608 - what is put into SQL here are names of ours, never a value

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, Final

import apsw

from workbench.errors import StoreError
from workbench.store import alerts, hosts, leases, pins, stories, volumes
from workbench.store.rows import SELECT, index_of, month_of, to_item

__all__ = ["STEPS", "create_month", "index_name", "prepare"]

_log = logging.getLogger(__name__)

_APPLICATION: Final = 0x57424E43  # "WBNC" in the file's header, so that `file` and we know it

# `row` is item.time: its second << 20 | its microsecond, or the next free one in that second.
# It never moves, so that the newest are the highest; `seq` follows every change instead.
_TABLES: Final = """
CREATE TABLE items(
    row INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    time INTEGER NOT NULL,
    hidden INTEGER NOT NULL DEFAULT 0,
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    tier TEXT NOT NULL,
    published INTEGER NOT NULL,
    published_precision REAL,
    collected INTEGER NOT NULL,
    edited INTEGER,
    deleted INTEGER,
    author TEXT,
    author_name TEXT,
    author_url TEXT,
    verified INTEGER,
    followers INTEGER,
    title TEXT,
    text TEXT NOT NULL,
    url TEXT,
    lang TEXT,
    hashtags TEXT,
    mentions TEXT,
    cashtags TEXT,
    tickers TEXT,
    form TEXT,
    links TEXT,
    media TEXT,
    reply_to TEXT,
    reply_to_author TEXT,
    repost_of TEXT,
    quote_of TEXT,
    likes INTEGER,
    reposts INTEGER,
    replies INTEGER,
    sensitive INTEGER,
    compound REAL,
    engine TEXT,
    story TEXT,
    UNIQUE(source, id)
) STRICT;
CREATE UNIQUE INDEX items_seq ON items(seq);

-- Links and own address of each item, folded: what url: looks through. Narrow, so that a
-- million are looked through in a fraction of a second.
CREATE TABLE addresses(row INTEGER PRIMARY KEY, urls TEXT NOT NULL) STRICT;

CREATE TABLE versions(
    row INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    title TEXT,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX versions_row ON versions(row);

-- Deletions of items that we never held: they bar a later arrival.
CREATE TABLE tombstones(
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    time INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY(source, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX tombstones_seq ON tombstones(seq);

-- Accounts whose items are not shown, by what the ids of their items begin with. There are few
-- lengths, so an id is looked up by its beginnings of these.
CREATE TABLE hidden(
    source TEXT NOT NULL,
    length INTEGER NOT NULL,
    prefix TEXT NOT NULL,
    PRIMARY KEY(source, length, prefix)
) STRICT, WITHOUT ROWID;

-- Likes, reposts and replies that were counted, so that none counts twice; `delta` is what
-- the event has added by now.
CREATE TABLE events(
    source TEXT NOT NULL,
    event TEXT NOT NULL,
    row INTEGER NOT NULL,
    field TEXT NOT NULL,
    delta INTEGER NOT NULL,
    PRIMARY KEY(source, event)
) STRICT, WITHOUT ROWID;

CREATE TABLE coverage(
    source TEXT NOT NULL,
    query TEXT NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY(source, query, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE cursors(key TEXT PRIMARY KEY, cursor TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE sources(
    key TEXT PRIMARY KEY,
    collector TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL,
    next_try INTEGER,
    last_item INTEGER,
    seen INTEGER NOT NULL,
    matched INTEGER NOT NULL,
    stored INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE months(month INTEGER PRIMARY KEY) STRICT;

CREATE TABLE counter(seq INTEGER NOT NULL) STRICT;
INSERT INTO counter VALUES(0);
"""

# What the words of each month stand in. The ascii tokeniser leaves our tokens whole: to it
# every character beyond ASCII is part of a token, and so is the punctuation of our marks.
_INDEX: Final = """
CREATE VIRTUAL TABLE {name} USING fts5(
    title, text, meta,
    content='', contentless_delete=1, prefix='2 3',
    tokenize="ascii tokenchars '!#$%&()*+,-./:;<=>?@[\\]^_`{{|}}~'"
)
"""


def _create(connection: apsw.Connection) -> None:
    connection.execute(f"PRAGMA application_id={_APPLICATION}")
    connection.execute(_TABLES)


def _name_engines(connection: apsw.Connection) -> None:
    """Give items the field `engine`, where they have it not yet."""
    if "engine" not in {name for _, name, *_ in connection.execute("PRAGMA table_info(items)")}:
        connection.execute("ALTER TABLE items ADD COLUMN engine TEXT")


def _index_anew(connection: apsw.Connection) -> None:
    """Let marks of counts begin at 4: what is in the indexes is made anew from the items."""
    months = [month for (month,) in connection.execute("SELECT month FROM months")]
    if not months:
        return
    _name_engines(connection)  # what is read below has all fields
    _log.warning("the store's indexes are made anew, once; a million items take about a minute")
    for month in months:
        connection.execute(f"DROP TABLE {index_name(month)}")
    connection.execute("DELETE FROM months")
    live = "i.deleted IS NULL AND NOT i.hidden AND i.row > ?"
    wanted = f"SELECT {SELECT}, i.row FROM items i WHERE {live} ORDER BY i.row LIMIT 1000"
    last, made = -(2**63), set[int]()
    found: list[tuple[Any, ...]]
    while found := connection.execute(wanted, (last,)).fetchall():
        last = found[-1][-1]
        for month, rows in groupby(found, key=lambda values: month_of(values[-1])):
            if month not in made:
                create_month(connection, month)
                made.add(month)
            connection.executemany(
                f"INSERT INTO {index_name(month)}(rowid, title, text, meta) VALUES(?, ?, ?, ?)",
                [(row, *index_of(to_item(values))) for *values, row in rows],
            )


STEPS: Final[tuple[Callable[[apsw.Connection], object], ...]] = (
    _create,
    _index_anew,
    lambda connection: connection.execute(
        "CREATE INDEX IF NOT EXISTS tombstones_time ON tombstones(time)"
    ),
    lambda connection: connection.execute(alerts.TABLES),
    lambda connection: connection.execute(
        "CREATE INDEX IF NOT EXISTS items_reply_to ON items(reply_to) WHERE reply_to IS NOT NULL"
    ),
    lambda connection: connection.execute(pins.TABLES),
    lambda connection: connection.execute(leases.TABLES),
    lambda connection: connection.execute(hosts.TABLES),
    lambda connection: connection.execute(
        "CREATE INDEX IF NOT EXISTS items_repost_of ON items(repost_of) WHERE repost_of IS NOT NULL"
    ),
    lambda connection: connection.execute(volumes.TABLES),
    lambda connection: connection.execute(hosts.SPENT),
    lambda connection: connection.execute(stories.TABLES),
    # What scored items that were stored before is not known.
    _name_engines,
)
"""Step n brings a store of version n to version n + 1; version 0 is an empty file."""


def index_name(month: int) -> str:
    """Return the name of a month's index.

    Examples
    --------
    >>> index_name(202611)
    'index_202611'
    """
    return f"index_{month:06d}"


def create_month(connection: apsw.Connection, month: int) -> None:
    """Create a month's index, inside the transaction that first needs it."""
    name = index_name(month)
    connection.execute(_INDEX.format(name=name))
    # Batches of a thousand stay in memory until they are committed, as one segment each; eight
    # of a level become one.
    for setting, value in (("hashsize", 16_777_216), ("automerge", 8)):
        connection.execute(f"INSERT INTO {name}({name}, rank) VALUES('{setting}', {value})")
    connection.execute("INSERT INTO months VALUES(?)", (month,))


def prepare(
    connection: apsw.Connection,
    path: str,
    steps: Sequence[Callable[[apsw.Connection], object]] = STEPS,
) -> None:
    """Create the tables in a new file, or bring those of an older version up to date.

    Raises
    ------
    StoreError
        If the file is another program's, or of a newer version than this one.
    """
    version = _version(connection, path, len(steps))
    _use_wal(connection)
    if version == len(steps):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been quicker.
        version = _version(connection, path, len(steps))
        for step in steps[version:]:
            step(connection)
        connection.execute(f"PRAGMA user_version={len(steps)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: apsw.Connection, path: str, newest: int) -> int:
    version = int(connection.pragma("user_version"))
    ours = connection.pragma("application_id") == _APPLICATION
    empty = not connection.execute("SELECT count(*) FROM sqlite_schema").get
    if not ours and not (empty and version == 0):
        raise StoreError(
            f"{path} is a database of another program, no workbench store; name another file"
        )
    if version > newest:
        raise StoreError(
            f"{path} was written by a newer workbench (its version is {version}, this one "
            f"reads up to {newest}); update the workbench, or name another file"
        )
    return version


def _use_wal(connection: apsw.Connection) -> None:
    # Two processes that open a new file at once: SQLite does not wait here by itself.
    for _ in range(100):
        try:
            if connection.pragma("journal_mode", "wal") == "wal":
                return
        except apsw.BusyError:
            pass
        time.sleep(0.05)
    raise StoreError(
        f"{connection.filename} cannot be put into write-ahead mode, which needs a local disk; "
        "put the store on one"
    )
