"""What goes on when a deck becomes another version of itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from workbench.decks import COMPUTED, Column, Deck

__all__ = ["going_on"]

# What may differ between columns of items for all that stands in them.
_LOOKS: Final = ("width", "colour", "is_collapsed", "badge", "sound")


def going_on(before: Deck, deck: Deck) -> set[str] | None:
    """Return the keys of columns that hold what they held; only their looks may be others.

    Returns
    -------
    set of str or None
        None if more than columns is another, or if a column shows something else under the head
        that it had, so that a browser would take one for the other.
    """
    if _without_columns(before) != _without_columns(deck):
        return None
    known = {column.key: column for column in before.columns}
    same = {c.key for c in deck.columns if c.key in known and _goes_on(known[c.key], c)}
    changed = [column for column in deck.columns if column.key not in same]
    return None if any(_has_head_of(known.get(c.key), c) for c in changed) else same


def _without_columns(deck: Deck) -> Deck:
    return replace(deck, columns=(), title="")


def _goes_on(old: Column, new: Column) -> bool:
    if new.type in COMPUTED:
        return new == old  # a chart is as wide as its column
    return replace(new, **{name: getattr(old, name) for name in _LOOKS}) == old


def _has_head_of(old: Column | None, new: Column) -> bool:
    return old is not None and (old.type, old.title, old.text) == (new.type, new.title, new.text)
