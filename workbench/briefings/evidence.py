"""The items behind the numbers of a briefing: each number has a pile, each item stands once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import isqrt
from typing import Final

from workbench.items import Item
from workbench.query import Query, parse
from workbench.store import Store

__all__ = ["Evidence", "Pile", "leading", "narrowed", "noticed"]

_WHOLE: Final = 2_000  # items up to which all are looked at for the most noticed
_HELD: Final = 300  # items kept of one pile
_FIRST: Final = 30  # items of each pile that are listed in any case
_LISTED: Final = 520  # items listed in all, as long as the first of each pile allow
_LIKED: Final = 10_000_000  # likes that no item has


def noticed(item: Item) -> int:
    """Return how often an item was liked, reposted and replied to, as far as is known."""
    return (item.likes or 0) + (item.reposts or 0) + (item.replies or 0)


def narrowed(query: Query | None, more: str) -> Query:
    """Return a query that asks for more besides.

    Examples
    --------
    >>> str(narrowed(parse("acme OR globex"), "lang:en"))
    '(acme OR globex) lang:en'
    """
    return parse(f"({query}) {more}" if query else more)


@dataclass(frozen=True, slots=True)
class Pile:
    """The items of one number.

    Attributes
    ----------
    key : str
        Its name in the document.
    title : str
        What is counted.
    n : int
        How many there are.
    query : Query or None
    items : tuple of Item
        The most noticed first; all of them, unless there are too many.
    is_asked : bool
        Whether the query finds them.
    """

    key: str
    title: str
    n: int
    query: Query | None
    items: tuple[Item, ...]
    is_asked: bool = True


def leading(
    store: Store,
    query: Query | None,
    n: int,
    *,
    start: datetime,
    end: datetime,
    lists: Mapping[str, Collection[str]],
) -> tuple[Item, ...]:
    """Return the most noticed of the `n` items that match, then the newest.

    Where there are thousands, only those with many likes are looked at: as many likes as
    leave some hundreds.
    """

    def asked(least: int) -> list[Item]:
        more = narrowed(query, f"min_likes:{least}") if least else query
        return list(store.search(more, limit=_WHOLE, since=start, before=end, lists=lists))

    found = asked(0) if n <= _WHOLE else _liked(asked)
    if len(found) < min(n, _HELD):
        known = {item.key for item in found}
        found += [item for item in asked(0)[:_HELD] if item.key not in known]
    found.sort(key=lambda item: (noticed(item), item.time), reverse=True)
    return tuple(found[:_HELD])


def _liked(asked: Callable[[int], list[Item]]) -> list[Item]:
    """Return all items with at least so many likes that they are enough and not too many."""
    few, many = _LIKED, 0
    kept: list[Item] = []
    while few - many > 1:
        least = isqrt(few * max(many, 1)) if few > 4 * max(many, 1) else (few + many) // 2
        found = asked(least)
        if len(found) >= _WHOLE:
            many = least
        elif len(found) < _HELD:
            few, kept = least, found
        else:
            return found
    return kept


@dataclass(slots=True)
class Evidence:
    """All piles of one briefing.

    Parameters
    ----------
    store : Store
    start, end : datetime
        The span that it looks at.
    lists : mapping of str to collection of str
        Handles by the name of their people list.
    """

    store: Store
    start: datetime
    end: datetime
    lists: Mapping[str, Collection[str]]
    piles: dict[str, Pile] = field(default_factory=dict)

    def add(self, key: str, title: str, query: Query | None, n: int) -> Pile:
        """Return the pile of a number; gathered the first time it is asked for."""
        if key not in self.piles:
            found = leading(self.store, query, n, start=self.start, end=self.end, lists=self.lists)
            self.piles[key] = Pile(key, title, n, query, found)
        return self.piles[key]

    def put(self, key: str, title: str, n: int, items: Iterable[Item]) -> Pile:
        """Return the pile of a number whose items no query finds."""
        if key not in self.piles:
            ordered = sorted(items, key=lambda item: (noticed(item), item.time), reverse=True)
            self.piles[key] = Pile(key, title, n, None, tuple(ordered[:_HELD]), is_asked=False)
        return self.piles[key]

    def number(self, key: str) -> int:
        """Return the place of a pile among all, from 1, as it stands on paper."""
        return list(self.piles).index(key) + 1

    def listed(self) -> list[tuple[Item, list[str]]]:
        """Return the items to list, newest first, each with the keys of its piles.

        The first of each pile always; whole piles, the smallest first, as long as there is
        room.
        """
        chosen: dict[tuple[str, str], Item] = {}
        for pile in self.piles.values():
            chosen |= {item.key: item for item in pile.items[:_FIRST]}
        for pile in sorted(self.piles.values(), key=lambda pile: len(pile.items)):
            whole = {item.key: item for item in pile.items}
            if len(chosen | whole) <= _LISTED:
                chosen |= whole
        of: dict[tuple[str, str], list[str]] = {key: [] for key in chosen}
        for pile in self.piles.values():
            for item in pile.items:
                if item.key in of:
                    of[item.key].append(pile.key)
        ordered = sorted(chosen.values(), key=lambda item: (item.time, item.key), reverse=True)
        return [(item, of[item.key]) for item in ordered]
