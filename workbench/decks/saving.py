"""Writing deck files: whole, one writer at a time, and over nobody's work unasked."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from workbench import share
from workbench.decks.changes import Insert, changed
from workbench.decks.check import check
from workbench.decks.model import Deck
from workbench.decks.reading import decode, plain, read_text
from workbench.errors import DeckError, DeckRace

__all__ = ["add_column", "is_packaged", "read_bytes", "save"]

_WAIT: Final = 5.0  # seconds for another who writes
_STALE: Final = 30.0  # seconds after which whoever held a lock has surely died
_TRIES: Final = 5


def is_packaged(path: Path) -> bool:
    """Return whether a deck came along with the workbench, and is not to be written into."""
    shipped = share.path("decks").resolve()
    path = path.resolve()
    return path.parent == shipped and (share.is_installed() or path.stem == "demo")


def add_column(path: Path, column: Mapping[str, str]) -> Deck:
    """Add a column at the end of a deck's file.

    Every other line stays as it is. The file is locked meanwhile and replaced whole, so that
    whoever reads it sees the deck before or after; it is written only if the deck can be read
    afterwards.

    Parameters
    ----------
    path : Path
        The deck's file.
    column : Mapping of str to str
        Its settings, as in ``{"type": "search", "title": "Acme", "query": "acme"}``.

    Returns
    -------
    Deck
        As it is now.

    Raises
    ------
    DeckError
        If the deck is not to be written into or cannot be read or written, or the column is
        none that it can have.
    """
    if is_packaged(path):
        raise DeckError(
            "this deck came with the workbench and stays as it is; copy it into decks/ of your own "
            "folder and name the copy, or start with workbench lab",
            file=path.name,
        )
    with _locked(path):
        for _ in range(_TRIES):
            before = read_bytes(path)
            text, deck = _with(path, before, column)
            if read_bytes(path) == before:  # an editor knows nothing of our lock
                _replace(path, text)
                return deck
    raise DeckError("is being changed by somebody else all the time; try again", file=path.name)


def save(path: Path, text: str, base: str | None, *, is_over: bool = False) -> None:
    """Write a deck's file, unless somebody else has since it was read.

    Parameters
    ----------
    path : Path
        The deck's file.
    text : str
        What it shall hold.
    base : str or None
        What it held when it was read; None if there was none.
    is_over : bool
        Write whatever it holds.

    Raises
    ------
    DeckRace
        If it holds something else.
    DeckError
        If it cannot be written.
    """
    with _locked(path):
        there = read_bytes(path) if path.exists() else None
        if not is_over and there != (None if base is None else base.encode()):
            raise _race(path, text, there)
        _replace(path, text.encode())


def _race(path: Path, text: str, there: bytes | None) -> DeckError:
    if there is None:
        return DeckError(
            "is gone: somebody has deleted or moved it; save over it to write it anew",
            file=path.name,
        )
    found = path.stat()
    when = datetime.fromtimestamp(found.st_mtime, UTC)
    who = ""
    with suppress(OSError, KeyError, NotImplementedError):
        who = path.owner()
    return DeckRace(
        "was saved by somebody else since it was read; save over it, or take what is there",
        file=path.name,
        mine=text,
        theirs=there.decode(errors="replace"),
        who=who,
        when=when,
    )


def read_bytes(path: Path) -> bytes:
    """Return what a deck's file holds.

    Raises
    ------
    DeckError
        If it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise DeckError(f"cannot be read: {error.strerror}", file=path.name) from None


def _with(path: Path, data: bytes, column: Mapping[str, str]) -> tuple[bytes, Deck]:
    """Return the file's content with the column, and the deck that it then is."""
    text = decode(data, path.name)
    place = read_text(text, path.name)
    check(place, name=path.stem, path=path)
    whole = plain(place.value)
    last = Insert(("columns",), len(whole["columns"]), dict(column))
    made, place = changed(text, whole, [last], file=path.name)
    return made.encode(), check(place, name=path.stem, path=path)


def _replace(path: Path, data: bytes) -> None:
    path = path.resolve()  # a link stays a link
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            rights = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
            Path(name).chmod(rights)
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise DeckError(f"cannot be written: {error.strerror}", file=path.name) from None


def _umask() -> int:
    """Return which rights this process gives away to nobody; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock of a deck: a file beside it that only one can make."""
    lock = path.with_name(f".{path.name}.lock")
    until = time.monotonic() + _WAIT
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            _break_stale(lock)
            if time.monotonic() > until:
                raise DeckError(
                    f"is being written by another process; if none is, delete {lock.name}",
                    file=path.name,
                ) from None
            time.sleep(0.02)
        except OSError as error:
            raise DeckError(f"cannot be written: {error.strerror}", file=path.name) from None
    try:
        yield
    finally:
        with suppress(OSError):
            lock.unlink()


def _break_stale(lock: Path) -> None:
    with suppress(OSError):
        if time.time() - lock.stat().st_mtime > _STALE:
            lock.unlink()
