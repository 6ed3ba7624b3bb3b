"""What a column's readers may see: what it shows, and what may stand around that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from workbench.columns.fold import original_of
from workbench.decks import COMPUTED, Column, Deck
from workbench.items import Item
from workbench.query import parse
from workbench.store import Store

__all__ = ["Guard", "item_of"]


def item_of(store: Store, key: str) -> Item | None:
    """Return an item by its key, ``source:id``; None if it is unknown, hidden or was withdrawn."""
    source, _, ident = key.partition(":")
    item = store.get(source, ident)
    return None if item is None or item.deleted else item


class Guard:
    """What the readers of a deck's column may see."""

    def __init__(self, deck: Deck, column: Column) -> None:
        self._lists = deck.lists
        self._column = column
        self._bars = parse(" ".join(column.keeps_out)) if column.keeps_out else None

    def shows(self, item: Item, now: datetime) -> bool:
        """Return whether the column shows an item."""
        query = self._column.query
        if self._column.type in COMPUTED and self._column.type != "pinned":
            return False
        return query is None or query.matches(item, now=now, lists=self._lists)

    def lets_pass(self, item: Item, now: datetime) -> bool:
        """Return whether an item may stand around one that the column shows."""
        return self._bars is None or self._bars.matches(item, now=now, lists=self._lists)

    def hands_on(self, item: Item, now: datetime, find: Callable[[str], Item | None]) -> bool:
        """Return whether an item is no repost of what may not be shown, as far as that is known.

        Parameters
        ----------
        item : Item
        now : datetime
        find : callable
            Returns an item by its key, or None.
        """
        original = original_of(item)
        found = find(original) if original and self._bars else None
        return found is None or self.lets_pass(found, now)

    def shown_for(self, item: Item, now: datetime, find: Callable[[str], Item | None]) -> Item:
        """Return what is shown for an item: of a repost the original, if that still says the same.

        Takes what :meth:`hands_on` takes.
        """
        original = original_of(item)
        found = find(original) if original else None
        if found is None or (found.title, found.text) != (item.title, item.text):
            return item
        return found if self.lets_pass(found, now) else item
