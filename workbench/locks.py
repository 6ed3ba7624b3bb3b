"""A lock that only one process holds, and that goes with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

__all__ = ["Held", "is_held", "taken"]


class Held:
    """A lock for as long as an object lives, or until it is let go.

    It is SQLite's own lock on an empty file: the system gives it up when its holder ends, in
    whatever way, so that none is ever left behind.

    Parameters
    ----------
    path : Path
        The lock's file; made if missing.
    patience : int
        Milliseconds to wait for it.

    Attributes
    ----------
    is_had : bool
        Whether it could be had.

    Raises
    ------
    OSError
        If there can be no such file.
    """

    def __init__(self, path: Path, *, patience: int = 0) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.is_had = True
        try:
            self._connection = apsw.Connection(str(path))
            self._connection.set_busy_timeout(patience)
            self._connection.execute("BEGIN EXCLUSIVE")
        except apsw.BusyError:
            self.is_had = False
        except apsw.Error as error:
            raise OSError(f"{path.name}: {error}") from None

    def let_go(self) -> None:
        """Give the lock up."""
        self._connection.close()


@contextmanager
def taken(path: Path, *, patience: int = 2_000) -> Iterator[bool]:
    """Take a lock for a block, and tell whether it could be had.

    Parameters
    ----------
    path : Path
        The lock's file; made if missing.
    patience : int
        Milliseconds to wait for it: whoever only asks whether it is held has it that long.
    """
    held = Held(path, patience=patience)
    try:
        yield held.is_had
    finally:
        held.let_go()


def is_held(path: Path) -> bool:
    """Return whether some process holds a lock."""
    if not path.exists():
        return False
    with taken(path, patience=0) as got:
        return not got
