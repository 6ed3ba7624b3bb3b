"""Decks that are edited while they are shown: their files, looked at now and then."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from pathlib import Path

from workbench.decks.check import check
from workbench.decks.model import Deck
from workbench.decks.places import is_packaged, own
from workbench.decks.reading import read
from workbench.errors import DeckError

__all__ = ["Followed", "Watched"]

_log = logging.getLogger("workbench.decks")


class Watched:
    """A file that is looked at now and then.

    Parameters
    ----------
    every : float
        Seconds between two looks, at least.
    """

    def __init__(self, *, every: float = 0.5) -> None:
        self._every = every
        self._looked = -every
        self._seen: object = None
        self._read: object = None

    def look(self, path: Path) -> bool:
        """Return whether the file has changed since this was last true, and is to be read.

        It is once it has stood unchanged between two looks, since an editor may be writing it.
        """
        tick = time.monotonic()
        if tick - self._looked < self._every:
            return False
        self._looked = tick
        stamp = path, _stamp(path)
        if stamp == self._read:
            return False
        if stamp != self._seen:
            self._seen = stamp
            return False
        self._read = stamp
        return True


class Followed:
    """A deck, and its file.

    Of a deck that came along the user's own copy is followed from when it is written.

    Parameters
    ----------
    deck : Deck
        As it was read; one that was read from no file never changes.
    every : float
        Seconds between two looks, at least.

    Attributes
    ----------
    deck : Deck
        The last good reading.
    problem : str
        Why the file as it is now cannot be read; "" if it can.
    """

    def __init__(self, deck: Deck, *, every: float = 0.5) -> None:
        self.deck = deck
        self.problem = ""
        self._watched = Watched(every=every)
        self._since = time.time()

    def look(self, *, is_asked: bool = False) -> bool:
        """Read the file if it has changed; return whether deck or problem is another now.

        What cannot be read leaves the deck as it was.

        Parameters
        ----------
        is_asked : bool
            Read it now, whether or not it seems changed.
        """
        path = self._path()
        if path is None or not (self._watched.look(path) or is_asked):
            return False
        before = self.deck, self.problem
        try:
            self.deck = check(read(path, path.name), name=self.deck.name, path=path)
            self.problem = ""
        except DeckError as error:
            self.problem = str(error)
        if (self.deck, self.problem) == before:
            return False
        if self.problem:
            _log.warning("%s; deck %s stays as it was", self.problem, self.deck.name)
        else:
            _log.info("deck %s was read anew: %d columns", self.deck.name, len(self.deck.columns))
        return True

    def _path(self) -> Path | None:
        """Return the deck's file; its owner's copy once somebody writes one."""
        path = self.deck.path
        if path is None or not is_packaged(path):
            return path
        copy = own(path)
        with suppress(OSError):
            if copy.stem == path.stem and copy.stat().st_mtime >= self._since:
                return copy
        return path


def _stamp(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino
