"""Files of decks: read, locked while they are written, and replaced whole."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from workbench.errors import DeckError

__all__ = ["locked", "read_bytes", "replace", "user"]

_WAIT: Final = 5.0  # seconds for another who writes
_STALE: Final = 30.0  # seconds after which whoever held a lock has surely died


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


def replace(path: Path, data: bytes) -> None:
    """Put a file in another's place, whole: whoever reads it sees one or the other.

    Raises
    ------
    DeckError
        If it cannot be written.
    """
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
    """Return which rights this process gives to nobody; to be read it has to be set."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def user() -> str:
    """Return who runs this process, as the system knows them; "" if it does not."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a deck: a file beside it that only one can make.

    Raises
    ------
    DeckError
        If somebody else holds it all the time, or it cannot be made.
    """
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
