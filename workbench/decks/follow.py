"""Decks that are edited while they are shown: their files, looked at now and then."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from workbench.decks.check import check
from workbench.decks.model import Deck
from workbench.decks.reading import read
from workbench.errors import DeckError

__all__ = ["Followed"]

_log = logging.getLogger("workbench.decks")


class Followed:
    """A deck, and its file.

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
        self._every = every
        self._looked = -every
        self._seen: object = None
        self._read: object = None

    def look(self) -> bool:
        """Read the file if it has changed; return whether deck or problem is another now.

        A file is read only once it has stood unchanged between two looks, since an editor may
        be writing it. What cannot be read leaves the deck as it was.
        """
        path = self.deck.path
        tick = time.monotonic()
        if path is None or tick - self._looked < self._every:
            return False
        self._looked = tick
        stamp = _stamp(path)
        if stamp == self._read:
            return False
        if stamp != self._seen:
            self._seen = stamp
            return False
        self._read = stamp
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


def _stamp(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino
