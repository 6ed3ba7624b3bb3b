"""A lock that only one process holds, and that goes with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

__all__ = ["is_held", "taken"]


@contextmanager
def taken(path: Path, *, patience: int = 2_000) -> Iterator[bool]:
    """Take a lock for a block, and tell whether it could be had.

    It is SQLite's own lock on an empty file: the system gives it up when its holder ends, in
    whatever way, so that none is ever left behind.

    Parameters
    ----------
    path : Path
        The lock's file; made if missing.
    patience : int
        Milliseconds to wait for it: whoever only asks whether it is held has it that long.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(patience)
    try:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except apsw.BusyError:
            yield False
        else:
            yield True
    finally:
        connection.close()


def is_held(path: Path) -> bool:
    """Return whether some process holds a lock."""
    if not path.exists():
        return False
    with taken(path, patience=0) as got:
        return not got
