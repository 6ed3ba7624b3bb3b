"""Connections to the store's file: how they are opened, shared by threads, and fail.

One connection writes, behind a lock; readers take one each from a small pool. Only apsw
opens the file: two SQLite libraries in one process would drop each other's locks.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import orjson

from workbench.errors import DiskFull, QueryTimeout, StoreError
from workbench.query.sql import FUNCTIONS

__all__ = ["Connections", "Deadline", "by_source", "fetch", "fetch_among"]

_BUSY_MILLIS = 60_000
_STEPS = 20_000  # of SQLite's machine between two looks at the clock: about a millisecond
_POOL = 8
_KEPT = ("cache_size=-32768", "mmap_size=1099511627776")

_slow = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _list(values: list[Any]) -> str:
    try:
        return orjson.dumps(values).decode()
    except TypeError:
        # What SQLite cannot hold either; it says so in its own words.
        return _slow(values)


def fetch(
    connection: apsw.Connection, sql: str, values: Sequence[object] = ()
) -> list[tuple[Any, ...]]:
    """Return all rows of a statement; no cursor stays open, which would let the log grow."""
    rows: list[tuple[Any, ...]] = connection.execute(sql, values).fetchall()
    return rows


def fetch_among(
    connection: apsw.Connection,
    sql: str,
    among: Iterable[str | int | tuple[str | int | None, ...]],
    values: Sequence[object] = (),
) -> list[tuple[Any, ...]]:
    """Return all rows of a statement whose first value is a list, read by ``json_each(?)``.

    One statement for a thousand keys takes a fraction of a thousand statements.
    """
    listed = list(among)
    return fetch(connection, sql, (_list(listed), *values)) if listed else []


def by_source(keys: Iterable[tuple[str, str]]) -> Iterable[tuple[str, list[str]]]:
    """Return the second parts of keys by their first."""
    found: dict[str, list[str]] = {}
    for source, ident in keys:
        found.setdefault(source, []).append(ident)
    return found.items()


class Deadline:
    """The moment by which a read must have ended.

    Parameters
    ----------
    path : str
        The store's file, for the message.
    limit : float
        Seconds from now.
    """

    def __init__(self, path: str, limit: float) -> None:
        self.path = path
        self._end = time.monotonic() + limit

    def is_over(self) -> bool:
        """Return whether the time is up; SQLite asks this while it works."""
        return time.monotonic() > self._end

    def check(self) -> None:
        """Raise QueryTimeout if the time is up."""
        if self.is_over():
            raise QueryTimeout(_late(self.path))


def _late(path: str) -> str:
    return (
        f"{path}: the read took longer than it may and was given up; narrow the query or the "
        "time it covers, or open the store with a larger read_limit"
    )


@contextmanager
def translated(path: str) -> Iterator[None]:
    """Turn apsw's errors into ours, which name the file and the remedy."""
    try:
        yield
    except apsw.InterruptError as error:
        raise QueryTimeout(_late(path)) from error
    except apsw.FullError as error:
        raise DiskFull(
            f"{path}: the disk is full; nothing of this write was kept, what is stored stays "
            "readable; free some space and it goes on"
        ) from error
    except apsw.BusyError as error:
        raise StoreError(
            f"{path}: another process has kept the store locked for {_BUSY_MILLIS // 1000} s; "
            "end it, or try again"
        ) from error
    except apsw.NotADBError as error:
        raise StoreError(
            f"{path} is no workbench store (no SQLite database at all); name another file"
        ) from error
    except apsw.CorruptError as error:
        raise StoreError(
            f"{path} is damaged ({error}); move it away and restore a copy, or let the "
            "workbench collect anew"
        ) from error
    except (apsw.ReadOnlyError, apsw.PermissionsError, apsw.CantOpenError) as error:
        raise StoreError(
            f"{path} cannot be opened for writing ({error}); check that its folder exists and "
            "that both may be written"
        ) from error
    except apsw.IOError as error:
        raise StoreError(
            f"{path}: reading or writing failed ({error}); nothing of this write was kept; check "
            "the disk, its quota and its limits"
        ) from error
    except apsw.Error as error:
        raise StoreError(f"{path}: {error}") from error


class Connections:
    """All connections of one store.

    Parameters
    ----------
    path : Path
        The file; made if missing.
    prepare : callable
        Called once with the writing connection, to create or bring up to date the tables.
    read_limit : float
        Seconds that a read may take.
    floor : int
        Bytes that must be free on the disk before anything is written.
    is_lean : bool
        Keep little of the file in memory.
    """

    def __init__(
        self,
        path: Path,
        prepare: Callable[[apsw.Connection, str], None],
        *,
        read_limit: float,
        floor: int,
        is_lean: bool = False,
    ) -> None:
        self.path = str(path)
        self._folder = os.fspath(path.absolute().parent)
        self._read_limit = read_limit
        self._floor = floor
        # What is mapped counts as the process's own memory, as far as it was read.
        self._kept = ("cache_size=-512", "mmap_size=0") if is_lean else _KEPT
        self._lock = threading.RLock()  # held while something is written
        self._pool = threading.Lock()  # a moment: whoever reads waits for no writer
        self._idle: list[apsw.Connection] = []
        self._closed = False
        with translated(self.path):
            self._writer = self._connect()
            try:
                prepare(self._writer, self.path)
            except BaseException:
                self._writer.close()
                raise

    def _connect(self) -> apsw.Connection:
        connection = apsw.Connection(self.path)
        connection.set_busy_timeout(_BUSY_MILLIS)
        # FULL: what was acknowledged survives power loss; in batches it costs little.
        for pragma in (
            "synchronous=FULL",
            "secure_delete=FAST",  # what is purged is overwritten where its page is written
            *self._kept,
            "wal_autocheckpoint=4000",
            "journal_size_limit=67108864",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")
        for name, function in FUNCTIONS.items():
            connection.create_scalar_function(name, function, deterministic=True)
        return connection

    @contextmanager
    def read(self, limit: float | None = None) -> Iterator[tuple[apsw.Connection, Deadline]]:
        """Give a connection that sees one state of the store, and the time it has."""
        connection = self._take()
        deadline = Deadline(self.path, self._read_limit if limit is None else limit)
        connection.set_progress_handler(deadline.is_over, _STEPS)
        try:
            with translated(self.path):
                connection.execute("BEGIN")
                try:
                    yield connection, deadline
                finally:
                    if connection.in_transaction:  # some errors end it
                        connection.execute("ROLLBACK")
        finally:
            self._give_back(connection)

    def _take(self) -> apsw.Connection:
        with self._pool:
            if self._closed:
                raise StoreError(f"{self.path} is closed; open it again")
            if self._idle:
                return self._idle.pop()
        with translated(self.path):
            return self._connect()

    def _give_back(self, connection: apsw.Connection) -> None:
        connection.set_progress_handler(None)
        with self._pool:
            if not self._closed and len(self._idle) < _POOL:
                self._idle.append(connection)
                return
        connection.close()

    @contextmanager
    def write(self, *, is_small: bool = False) -> Iterator[apsw.Connection]:
        """Give the writing connection inside a transaction that no other writer shares.

        What is small, such as the word that there is no room, may use the reserve.
        """
        with self._lock:
            if self._closed:
                raise StoreError(f"{self.path} is closed; open it again")
            if not is_small:
                self._check_room()
            connection = self._writer
            with translated(self.path):
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    # On some errors SQLite has rolled back by itself.
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise

    def _check_room(self) -> None:
        free = shutil.disk_usage(self._folder).free
        if free < self._floor:
            raise DiskFull(
                f"{self.path}: only {free // 2**20} MiB are free on its disk and "
                f"{self._floor // 2**20} MiB are kept as a reserve, so nothing more is "
                "written; what is stored stays readable; free some space and it goes on"
            )

    def close(self) -> None:
        """Close every connection; those still reading close when they are done."""
        with self._lock, self._pool:
            self._closed = True
            for connection in (*self._idle, self._writer):
                connection.close()
            self._idle.clear()
