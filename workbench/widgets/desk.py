"""A deck's draft as all widgets of a kernel share it: kept on disk, and never behind its file."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from workbench.decks import Draft, kept
from workbench.decks.files import read_bytes
from workbench.decks.follow import Watched
from workbench.decks.places import own
from workbench.decks.saving import who_saved
from workbench.errors import DeckError

__all__ = ["Desk", "desk_of", "desk_with", "unsaved"]

_log = logging.getLogger(__name__)

_DESKS: dict[Path, Desk] = {}
# One that its holder may take again: a widget that is collected as garbage is closed, at any place.
_LOCK = threading.RLock()


class Desk:
    """One deck that is edited in this kernel.

    A cell that runs again makes another widget: it finds the draft here as it was left.

    Parameters
    ----------
    draft : Draft

    Attributes
    ----------
    said : str
        What its editor has to know once, in a sentence.
    lock : RLock
        To be held while the draft is looked at or changed.
    """

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.said = ""
        self.lock = threading.RLock()
        self._keeper = kept.Keeper(own(draft.path))
        self._watched = Watched()
        self._listeners: list[Callable[[], None]] = []
        self._was_asked = False
        self._of_file = ""
        self._of_keeping = ""

    @property
    def problem(self) -> str:
        """What is wrong with the deck's file or its draft, in a sentence; "" if nothing is."""
        return self._of_file or self._of_keeping

    def join(self, listener: Callable[[], None]) -> None:
        """Have somebody told of each change."""
        self._listeners.append(listener)

    def leave(self, listener: Callable[[], None]) -> None:
        """Tell somebody no more; a draft that is not saved stays, here and on disk."""
        with suppress(ValueError):
            self._listeners.remove(listener)
        if not self._listeners and not self.draft.is_dirty:
            with _LOCK:
                for path in [path for path, desk in [*_DESKS.items()] if desk is self]:
                    _DESKS.pop(path, None)

    def changed(self, said: str = "") -> None:
        """Keep the draft on disk as it is now, and tell everybody."""
        self.said = said
        try:
            if self.draft.is_dirty:
                self._keeper.keep(self.draft.base, self.draft.text)
            else:
                self._keeper.drop()
            self._of_keeping = ""
        except DeckError as error:
            self._of_keeping = str(error)
        for listener in [*self._listeners]:
            listener()

    def settled(self) -> None:
        """Note that draft and file agree on where they come from."""
        self._of_file = ""

    def moved(self) -> None:
        """Note that the draft was saved in another file: a copy of one that came along."""
        self._keeper.drop()
        self._keeper = kept.Keeper(self.draft.path)
        with _LOCK:
            _DESKS[self.draft.path.resolve()] = self

    def arrive(self) -> None:
        """Take up what was left unsaved by a kernel that is no more; asked for once."""
        with self.lock:
            if self._was_asked or self.draft.steps:
                return
            self._was_asked = True
            found = kept.left(own(self.draft.path))
            if found is None:
                return
            if found.text == self.draft.text:
                kept.forget(found)
                return
            when = _clock(found.when, self.draft.deck.zone)
            try:
                self.draft.take_up(found.base, found.text, f"Unsaved changes of {when}")
            except DeckError as error:
                _log.warning("the draft %s cannot be read: %s", found.path, error)
                return
            self.changed(f"Your unsaved changes of {when} are back. Undo takes them away.")
            kept.forget(found)

    def look(self) -> None:
        """Follow the deck's file while nothing is unsaved; else say that it has changed."""
        if self.draft.base is None or not self._watched.look(self.draft.path):
            return
        with self.lock:
            before = self._of_file
            try:
                self._follow()
            except DeckError as error:
                self._of_file = f"{error}. The deck stays as it was."
            if self._of_file != before:
                self.changed(self.said)

    def _follow(self) -> None:
        draft = self.draft
        data = read_bytes(draft.path)
        if draft.base is not None and data == draft.base.encode():
            self._of_file = ""
        elif draft.is_dirty:
            who, when = who_saved(draft.path, data)
            self._of_file = (
                f"{who or 'Somebody'} saved this deck at {_clock(when, draft.deck.zone)}. "
                "When you save yours you are asked which shall stay."
            )
        else:
            draft.reload()
            self._of_file = ""
            self.changed()


def _clock(when: datetime, zone: str) -> str:
    return f"{when.astimezone(ZoneInfo(zone)):%d %b %Y, %H:%M}"


def desk_of(path: Path, name: str) -> Desk:
    """Return where a deck is edited in this kernel.

    Raises
    ------
    DeckError
        If its file cannot be read.
    """
    with _LOCK:
        found = _DESKS.get(path.resolve())
        if found is None:
            found = _DESKS[path.resolve()] = Desk(Draft(path, name=name))
        return found


def desk_with(draft: Draft) -> Desk:
    """Return where a new deck is edited, that has no file yet."""
    with _LOCK:
        made = _DESKS[draft.path.resolve()] = Desk(draft)
        return made


def unsaved() -> list[Draft]:
    """Return the drafts of new decks that have no file yet."""
    with _LOCK:
        return [desk.draft for desk in [*_DESKS.values()] if desk.draft.base is None]
