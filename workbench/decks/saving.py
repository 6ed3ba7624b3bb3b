"""Writing into deck files: what is there stays as its owner wrote it, comments included."""

from __future__ import annotations

import io
import json
import os
import re
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from workbench import share
from workbench.decks.check import check
from workbench.decks.model import Deck
from workbench.decks.reading import Place, decode, read_text
from workbench.errors import DeckError

__all__ = ["add_column", "is_packaged"]

_WAIT: Final = 5.0  # seconds for another who writes
_STALE: Final = 30.0  # seconds after which whoever held a lock has surely died
_TRIES: Final = 5
_CHOICES: Final = ("type", "width")
_UNWRITTEN: Final = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


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
            before = _bytes(path)
            text, deck = _with(path, before, column)
            if _bytes(path) == before:  # an editor knows nothing of our lock
                _replace(path, text)
                return deck
    raise DeckError("is being changed by somebody else all the time; try again", file=path.name)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DeckError(f"cannot be read: {error.strerror}", file=path.name) from None


def _with(path: Path, data: bytes, column: Mapping[str, str]) -> tuple[bytes, Deck]:
    """Return the file's content with the column, and the deck that it then is."""
    text = decode(data, path.name)
    place = read_text(text, path.name)
    before = check(place, name=path.stem, path=path)
    wanted = None
    for make in (_inserted, _rewritten):
        changed = make(text, place, column)
        if changed is None:
            continue
        deck = check(read_text(changed, path.name), name=path.stem, path=path)
        wanted = deck.columns[:-1] == before.columns
        if wanted:
            return changed.encode(), deck
    raise DeckError(
        "its columns are written in a way that cannot be added to; add the column by hand",
        file=path.name,
    )


def _entry(column: Mapping[str, str]) -> list[str]:
    # JSON's strings are YAML's, but for what YAML cannot hold as it stands; what names a choice
    # of ours needs no quotes.
    return [
        f"{name}: {value if name in _CHOICES else _quoted(value)}" for name, value in column.items()
    ]


def _quoted(text: str) -> str:
    whole = json.dumps(text, ensure_ascii=False)
    return _UNWRITTEN.sub(lambda found: f"\\u{ord(found[0]):04x}", whole)


def _inserted(text: str, place: Place, column: Mapping[str, str]) -> str | None:
    """Return the text with the column's lines after those of the last one; None if in braces."""
    columns: Any = place.value["columns"]
    if columns.fa.flow_style():
        return None
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(end)
    first, margin = columns.lc.item(len(columns) - 1)
    dash = lines[first].find("-")
    if dash < 0 or margin <= dash:
        return None
    last = first
    for number in range(first + 1, len(lines)):
        line = lines[number]
        depth = len(line) - len(line.lstrip(" "))
        if line.strip() and depth <= dash:
            break
        if line.strip():
            last = number
    begin, rest = " " * dash + "-" + " " * (margin - dash - 1), " " * margin
    made = [(rest if n else begin) + line for n, line in enumerate(_entry(column))]
    return end.join([*lines[: last + 1], *made, *lines[last + 1 :]])


def _rewritten(text: str, _: Place, column: Mapping[str, str]) -> str:
    """Return the file as ruamel writes it with the column: comments stay, spacing may not."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000
    whole = yaml.load(text)
    whole["columns"].append(dict(column))
    out = io.StringIO()
    yaml.dump(whole, out)
    return out.getvalue()


def _replace(path: Path, data: bytes) -> None:
    path = path.resolve()  # a link stays a link
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(path.stat().st_mode & 0o777)
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise DeckError(f"cannot be written: {error.strerror}", file=path.name) from None


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
