"""A deck as something edited: each step a new text of its file, which can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from workbench import clock
from workbench.decks import bundle, history, saving
from workbench.decks.changes import Change, Drop, Insert, Move, Put, changed, settled, tidy
from workbench.decks.check import SETTINGS, check
from workbench.decks.files import read_bytes
from workbench.decks.hiding import hiding, showing
from workbench.decks.model import Column, Deck
from workbench.decks.places import own
from workbench.decks.reading import LARGEST, Place, decode, nearest, plain, read_text
from workbench.decks.steps import Steps, changing, quoted
from workbench.errors import DeckError
from workbench.tokens import tokenize

__all__ = ["Draft"]

_TOLD: Final = 4  # steps that the note of a version names
_ORDER: Final = ("type", "title", "key", "query", "width", "colour", "collapsed")


class Draft:
    """A deck that is being edited.

    Nothing is written to disk before :meth:`save`. A step that the deck's own check refuses
    changes nothing.

    Parameters
    ----------
    path : Path
        The deck's file.
    name : str, optional
        The deck's name; else the file's, without its ending.
    text : str, optional
        Of a deck that has no file yet.

    Attributes
    ----------
    text : str
        The file as it would be saved.
    base : str or None
        The file as it was last read or saved; None if there is none yet.
    deck : Deck
        What the text says.
    data : dict
        The same as plain data, as the file has it.

    Raises
    ------
    DeckError
        If the file cannot be read, or something in it is wrong.
    """

    def __init__(self, path: Path, *, name: str = "", text: str | None = None) -> None:
        self.path = path
        self.name = name or path.stem
        self.base: str | None = None
        self._undo = Steps()
        self._redo = Steps()
        self._saved = 0
        if text is None:
            text = self.base = decode(read_bytes(path), path.name)
        self._take(text)

    @property
    def is_dirty(self) -> bool:
        """Whether there is anything to save."""
        return self.text != self.base

    @property
    def changes(self) -> int:
        """How many steps what would be saved is away from what was; 0 if there is nothing to."""
        steps = abs(len(self._undo.names) - self._saved)
        return max(1, steps) if self.is_dirty else 0

    @property
    def undoes(self) -> str | None:
        """The name of the step that :meth:`undo` takes back; None if there is none."""
        return self._undo.name

    @property
    def redoes(self) -> str | None:
        """The name of the step that :meth:`redo` takes again; None if there is none."""
        return self._redo.name

    @property
    def steps(self) -> list[str]:
        """The names of all steps that can be undone, oldest first."""
        return self._undo.names

    # Columns.

    def add(self, column: Mapping[str, Any], at: int | None = None) -> str:
        """Add a column, at a position if given, else as the last; return its key."""
        keys = self._keys
        at = len(keys) if at is None else max(0, min(at, len(keys)))
        told = tidy(column, _ORDER)
        self._step(f"Add {quoted(told.get('title', ''))}", Insert(("columns",), at, told))
        return self._keys[at]

    def remove(self, key: str) -> str:
        """Remove a column; those that show it among others show the others alone."""
        n, column = self._at(key)
        if len(self._keys) == 1:
            raise self._error("the deck needs a column; add another before you remove this one", n)
        changes: list[Change] = []
        for m, entry, named in self._naming(key):
            left = [each for each in named if each != key]
            if len(left) < (2 if entry["type"] == "merged" else 1):
                title = entry["title"]
                raise self._error(
                    f"{quoted(title)} shows this column and too little besides; change or remove "
                    "that one first",
                    n,
                )
            changes.append(Put(("columns", m, "columns"), left))
        self._step(f"Remove {quoted(column.title)}", *changes, Drop(("columns", n)))
        return key

    def duplicate(self, key: str) -> str:
        """Add a copy of a column to its right; return the copy's key."""
        n, column = self._at(key)
        told = dict(self.data["columns"][n])
        told.pop("key", None)
        told["title"] = self._free_title(column.title)
        self._step(f"Duplicate {quoted(column.title)}", Insert(("columns",), n + 1, told))
        return self._keys[n + 1]

    def move(self, key: str, to: int) -> str:
        """Move a column to a position among the others."""
        n, column = self._at(key)
        to = max(0, min(to, len(self._keys) - 1))
        if to != n:
            self._step(f"Move {quoted(column.title)}", Move(("columns",), n, to))
        return key

    def set(self, key: str, settings: Mapping[str, Any]) -> str:
        """Change settings of a column; None takes one away. Return its key, which may be new.

        A column that others refer to, or that was saved before, keeps its key with a new title.
        """
        n, column = self._at(key)
        before = self.data["columns"][n]
        wanted = dict(settings)
        title = wanted.get("title")
        is_keyed = "key" in wanted or "key" in before
        if title not in (None, column.title) and not is_keyed and self._is_known(key):
            wanted["key"] = key
        changes = settled(("columns", n), before, wanted, _ORDER)
        if isinstance(wanted.get("key"), str) and wanted["key"] != key:
            for m, _, named in self._naming(key):
                others = [wanted["key"] if each == key else each for each in named]
                changes.append(Put(("columns", m, "columns"), others))
        if changes:
            self._step(changing(column.title, settings), *changes)
        return self._keys[n]

    # The deck.

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Change settings of the deck itself; None takes one away."""
        known = [name for name in SETTINGS if name != "columns"]
        for name in settings:
            if name not in known:
                guess = nearest(name, known) or "."
                raise DeckError(
                    f"unknown key{guess} Allowed here: {', '.join(known)}",
                    file=self.path.name,
                    key=name,
                )
        changes = settled((), self.data, settings, SETTINGS)
        if changes:
            self._step(f"Change the deck: {', '.join(settings)}", *changes)

    def hide(self, *, post: str = "", author: str = "") -> None:
        """Hide a post, by its key, or all posts of an author.

        Of a post it is noted who hid it and when; nothing that it said is.
        """
        self._hide(hiding(self.deck.hidden, post=post, author=author, zone=self.deck.zone))

    def unhide(self, *, post: str = "", author: str = "") -> None:
        """Show a post, or an author's posts, again."""
        self._hide(showing(self.deck.hidden, post=post, author=author))

    def _hide(self, wanted: tuple[str, dict[str, Any]] | None) -> None:
        if wanted is not None:
            name, hidden = wanted
            self._step(name, *settled((), self.data, {"hidden": hidden}, SETTINGS))

    def become(self, text: str, name: str) -> None:
        """Take another text whole, as one step of this name."""
        if text != self.text:
            self._keep(name, text)

    def reload(self) -> None:
        """Take the file as it is on disk now; what was not saved can be had back by undoing."""
        base = decode(read_bytes(self.path), self.path.name)
        self.become(base, "Take the saved deck")
        self.base = base
        self._saved = len(self._undo.names)

    # Steps.

    def undo(self) -> None:
        """Take back the last step; without one nothing happens."""
        self._back(self._undo, self._redo)

    def redo(self) -> None:
        """Take again the step that was undone last; without one nothing happens."""
        self._back(self._redo, self._undo)

    def save(self, *, over: bool = False) -> None:
        """Write the draft to its file; of a deck that came along, a copy among the user's own.

        Parameters
        ----------
        over : bool
            Write over what somebody else has saved meanwhile.

        Raises
        ------
        DeckRace
            If the file is not what it was when it was last read; it knows both.
        DeckError
            If it cannot be written.
        """
        target = own(self.path)
        is_copy = target != self.path
        saving.save(
            target,
            self.text,
            None if is_copy else self.base,
            columns=len(self.deck.columns),
            note=self._note(),
            is_over=over,
        )
        if is_copy:
            self.path, self.name = target, target.stem
            self._take(self.text)
        self.base = self.text
        self._saved = len(self._undo.names)

    def _note(self) -> str:
        """Return what was done since the last save, in the words of its steps."""
        names = self._undo.names[self._saved :] or [f"Undo {name}" for name in self._redo.names]
        told = "; ".join(names[-_TOLD:])
        return f"{told}; and {len(names) - _TOLD} more" if len(names) > _TOLD else told

    # Versions.

    def versions(self) -> list[history.Version]:
        """Return the versions that are kept of what was saved, the newest first."""
        return history.versions(own(self.path))

    def version(self, ident: str) -> history.Version:
        """Return one version.

        Raises
        ------
        DeckError
            If there is none of that id.
        """
        return history.version(own(self.path), ident)

    def restore(self, ident: str) -> None:
        """Take a version as the draft, as one step.

        Raises
        ------
        DeckError
            If there is none of that id, or it can no longer be read.
        """
        found = self.version(ident)
        when = found.saved.astimezone(ZoneInfo(self.deck.zone))
        self.become(found.text, f"Restore the version of {when:%d %b %Y, %H:%M}")

    def compared(self, version: history.Version) -> str:
        """Return what would change if a version were restored, as a unified diff."""
        return history.compare(self.text, version.text, names=("now", f"version {version.id}"))

    def packed(self) -> str:
        """Return the deck as one file to hand on."""
        return bundle.pack(self.text, name=self.name, when=clock.now())

    def take_in(self, text: str) -> None:
        """Take a deck that was handed on as the draft, as one step.

        Raises
        ------
        DeckError
            If it is none, or of a newer format.
        """
        name, told = bundle.unpack(text, file="the deck that is imported")
        self.become(told, f"Import {quoted(name)}" if name else "Import a deck")

    def take_up(self, base: str | None, text: str, name: str) -> None:
        """Go on with a draft that was left unsaved, as one step of this name."""
        self.become(text, name)
        self.base = base

    def _step(self, name: str, *changes: Change) -> None:
        text, place = changed(self.text, self.data, changes, file=self.path.name)
        self._keep(name, text, place)

    def _keep(self, name: str, text: str, place: Place | None = None) -> None:
        before = self.text
        self._take(text, place)
        self._undo.push(name, before)
        self._redo.clear()

    def _back(self, one: Steps, other: Steps) -> None:
        if one.name is None:
            return
        name, text = one.pop()
        other.push(name, self.text)
        self._take(text)

    def _take(self, text: str, place: Place | None = None) -> None:
        """Take a text, if it is a deck; else all stays as it was."""
        file = self.path.name
        if len(text.encode()) > LARGEST:
            raise DeckError(
                f"would be larger than {LARGEST // 1024} kB, which no deck needs", file=file
            )
        place = place or read_text(text, file)
        self.deck: Deck = check(place, name=self.name, path=self.path)
        self.data: dict[str, Any] = plain(place.value)
        self.text = text

    # What is where.

    @property
    def _keys(self) -> list[str]:
        return [column.key for column in self.deck.columns]

    def _at(self, key: str) -> tuple[int, Column]:
        for n, column in enumerate(self.deck.columns):
            if column.key == key:
                return n, column
        raise DeckError(
            f"the deck has no column {key!r}; it may have been removed", file=self.path.name
        )

    def _naming(self, key: str) -> list[tuple[int, dict[str, Any], list[str]]]:
        """Return the columns that name a column: place, settings, and the keys that they name."""
        named = ((m, each, _words(each.get("columns"))) for m, each in enumerate(self._entries))
        return [(m, each, keys) for m, each, keys in named if key in keys]

    @property
    def _entries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.data["columns"]
        return found

    def _error(self, message: str, n: int) -> DeckError:
        return DeckError(message, file=self.path.name, key=f"columns[{n + 1}]")

    def _is_known(self, key: str) -> bool:
        """Return whether anybody may know a column by its key."""
        if self._naming(key):
            return True
        if self.base is None:
            return False
        saved = check(read_text(self.base, self.path.name), name=self.name, path=self.path)
        return any(column.key == key for column in saved.columns)

    def _free_title(self, title: str) -> str:
        taken = {column.title for column in self.deck.columns}
        keys = set(self._keys)
        numbered = (f"{title} {n}" for n in count(2))
        return next(
            each for each in numbered if each not in taken and "-".join(tokenize(each)) not in keys
        )


def _words(value: Any) -> list[str]:
    """Return the entries of a setting that is one text or a list of them."""
    return [value] if isinstance(value, str) else list(value or ())
