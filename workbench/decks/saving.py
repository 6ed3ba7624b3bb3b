"""Saving decks: one writer at a time, over nobody's work unasked, and each version kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from workbench.decks import history
from workbench.decks.changes import Change, Extend, Insert, Put, changed
from workbench.decks.check import check
from workbench.decks.files import locked, read_bytes, replace, user
from workbench.decks.model import Deck
from workbench.decks.places import is_packaged
from workbench.decks.reading import LARGEST, decode, plain, read_text
from workbench.errors import DeckError, DeckRace

__all__ = ["add_column", "add_sources", "save", "who_saved"]

_TRIES: Final = 5


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
    title = column.get("title", "")

    def changes(whole: Mapping[str, Any]) -> list[Change]:
        return [Insert(("columns",), len(whole["columns"]), dict(column))]

    return _add(path, changes, f"Add “{title}”")


def add_sources(path: Path, sources: Sequence[Mapping[str, Any]], *, note: str) -> Deck:
    """Add sources at the end of those of a deck's file, as :func:`add_column` does a column.

    Parameters
    ----------
    path : Path
        The deck's file.
    sources : sequence of Mapping
        Their settings, as in ``{"collector": "feeds", "url": "https://example.com/rss"}``.
    note : str
        What the version that is kept shall say.

    Returns
    -------
    Deck
        As it is now.

    Raises
    ------
    DeckError
        As :func:`add_column` does.
    """
    added = [dict(source) for source in sources]
    # Told before YAML has spent minutes on it.
    if sum(len(str(value)) for source in added for value in source.values()) > LARGEST:
        raise DeckError(f"would be larger than {LARGEST // 1024} kB", file=path.name)

    def changes(whole: Mapping[str, Any]) -> list[Change]:
        if whole.get("sources"):
            return [Extend(("sources",), added)]
        return [Put(("sources",), added, ("title", "zone", "theme", "sources"))]

    return _add(path, changes if added else lambda _: [], note)


def _add(path: Path, changes: Callable[[Mapping[str, Any]], list[Change]], note: str) -> Deck:
    if is_packaged(path):
        raise DeckError(
            "this deck came with the workbench and stays as it is; copy it into decks/ of your own "
            "folder and name the copy, or start with workbench lab",
            file=path.name,
        )
    with locked(path):
        for _ in range(_TRIES):
            before = read_bytes(path)
            text, deck = _with(path, before, changes)
            if read_bytes(path) == before:  # an editor knows nothing of our lock
                _write(path, before, text, len(deck.columns), note)
                return deck
    raise DeckError("is being changed by somebody else all the time; try again", file=path.name)


def save(
    path: Path, text: str, base: str | None, *, columns: int, note: str = "", is_over: bool = False
) -> None:
    """Write a deck's file, unless somebody else has since it was read, and keep the version.

    Parameters
    ----------
    path : Path
        The deck's file; its folder is made if missing.
    text : str
        What it shall hold.
    base : str or None
        What it held when it was read; None if there was none.
    columns : int
        How many columns the deck has.
    note : str
        What was done to it.
    is_over : bool
        Write whatever it holds.

    Raises
    ------
    DeckRace
        If it holds something else.
    DeckError
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DeckError(f"cannot be written: {error.strerror}", file=path.name) from None
    with locked(path):
        there = read_bytes(path) if path.exists() else None
        if not is_over and there != (None if base is None else base.encode()):
            raise _race(path, text, there)
        _write(path, there, text, columns, note)


def _write(path: Path, before: bytes | None, text: str, columns: int, note: str) -> None:
    """Write the file, and keep what it held and what it holds as versions."""
    known = history.versions(path)
    if before is not None and (not known or known[0].text.encode() != before):
        with suppress(DeckError, UnicodeDecodeError):  # what cannot be read is no version
            was = before.decode()
            deck = check(read_text(was, path.name), name=path.stem, path=path)
            told = "Changed elsewhere" if known else "As it was found"
            history.keep(path, was, columns=len(deck.columns), note=told, who="")
    replace(path, text.encode())
    history.keep(path, text, columns=columns, note=note, who=user())


def _race(path: Path, text: str, there: bytes | None) -> DeckError:
    if there is None:
        return DeckError(
            "is gone, since somebody has deleted or moved it; save over it to write it anew",
            file=path.name,
        )
    who, when = who_saved(path, there)
    return DeckRace(
        "was saved by somebody else since it was read; save over it, or take what is there",
        file=path.name,
        mine=text,
        theirs=there.decode(errors="replace"),
        who=who,
        when=when,
    )


def who_saved(path: Path, data: bytes) -> tuple[str, datetime]:
    """Return who wrote a deck's file, "" if the system does not say, and when.

    Raises
    ------
    DeckError
        If it is not there any more.
    """
    newest = next(iter(history.versions(path)), None)
    who = newest.who if newest and newest.text.encode() == data else ""
    try:
        if not who:
            with suppress(KeyError, NotImplementedError):
                who = path.owner()
        return who, datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        raise DeckError(f"cannot be read: {error.strerror}", file=path.name) from None


def _with(
    path: Path, data: bytes, changes: Callable[[Mapping[str, Any]], list[Change]]
) -> tuple[str, Deck]:
    """Return the file's content with the column, and the deck that it then is."""
    text = decode(data, path.name)
    place = read_text(text, path.name)
    check(place, name=path.stem, path=path)
    whole = plain(place.value)
    made, place = changed(text, whole, changes(whole), file=path.name)
    if len(made.encode()) > LARGEST:
        raise DeckError(f"would be larger than {LARGEST // 1024} kB", file=path.name)
    return made, check(place, name=path.stem, path=path)
