"""Decks that are written while others are shown."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from workbench.decks.model import Deck
from workbench.decks.places import names
from workbench.errors import DeckError

__all__ = ["Coming"]

_log = logging.getLogger("workbench.decks")


class Coming:
    """The user's own decks that were not there at first.

    Parameters
    ----------
    known : iterable of str
        The names of those that were.
    load : callable
        Reads a deck by its name.
    """

    def __init__(self, known: Iterable[str], load: Callable[[str], Deck]) -> None:
        self._known = {*known, "demo"}
        self._load = load
        self._wrong: dict[str, str] = {}

    def look(self) -> list[Deck]:
        """Return the decks that have come since the last look, each once it can be read."""
        found = []
        for name in names():
            if name in self._known:
                continue
            try:
                deck = self._load(name)
            except DeckError as error:
                # It may be half written; said once for each thing that is wrong.
                if self._wrong.get(name) != str(error):
                    self._wrong[name] = str(error)
                    _log.warning("%s; the deck is shown once it can be read", error)
                continue
            self._known.add(name)
            _log.info("deck %s has come: %d columns", name, len(deck.columns))
            found.append(deck)
        return found
