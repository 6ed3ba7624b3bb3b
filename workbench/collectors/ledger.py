"""What a source's items are called there, and when each was last looked at.

A source that tells us of deletions by its own numbers, or not at all, is asked again about
what we keep: this is the list to ask from.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

__all__ = ["Ledger", "Seen"]

_SAVED: Final = 1_000


class Seen(NamedTuple):
    """Something that was met, whether or not it became an item.

    Attributes
    ----------
    id : str
        The source's own number for it.
    key : str
        The `id` of its item.
    time : datetime
        When it was published.
    """

    id: str
    key: str
    time: datetime


class _Entry(NamedTuple):
    key: str
    published: int
    looked: int


class Ledger(Mapping[str, str]):
    """Items that are kept, by the source's own numbers; the longest unseen go first.

    A mapping of these numbers to ids of items, those just met included.

    Parameters
    ----------
    size : int
        Most items that are held.
    """

    def __init__(self, size: int = 50_000) -> None:
        self._size = size
        self._kept: dict[str, _Entry] = {}
        self._met: dict[str, Seen] = {}  # until it is known whether it is kept
        self._at = 0

    def __getitem__(self, own: str) -> str:
        entry = self._kept.get(own)
        return entry.key if entry else self._met[own].key

    def __iter__(self) -> Iterator[str]:
        yield from self._kept
        yield from (own for own in self._met if own not in self._kept)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def meet(self, seen: Iterable[Seen], now: datetime) -> None:
        """Take note of what a batch brings."""
        self._at = int(now.timestamp())
        self._met |= {each.id: each for each in seen}

    def keep(self, keys: Iterable[str]) -> None:
        """Hold those that are kept of what was met."""
        met = {seen.key: seen for seen in self._met.values()}
        for key in keys:
            seen = met.get(key)
            if seen:
                # Met again is not looked at: a search may show for long what is gone.
                before = self._kept.pop(seen.id, None)
                looked = before.looked if before else self._at
                self._kept[seen.id] = _Entry(key, int(seen.time.timestamp()), looked)
        while len(self._kept) > self._size:
            del self._kept[next(iter(self._kept))]

    def settle(self) -> None:
        """Forget what was met and is not kept."""
        self._met.clear()

    def drop(self, own: str) -> None:
        """Forget an item."""
        self._kept.pop(own, None)

    def due(self, now: datetime, *, least: timedelta, oldest: timedelta, most: int) -> list[Seen]:
        """Return what is to be looked at again, the longest not looked at first.

        Parameters
        ----------
        now : datetime
        least : timedelta
            Since it was last looked at.
        oldest : timedelta
            Age of what is still looked at.
        most : int
        """
        at = int(now.timestamp())
        since, before = at - oldest.total_seconds(), at - least.total_seconds()
        waiting = (
            (entry.looked, own)
            for own, entry in self._kept.items()
            if entry.published >= since and entry.looked <= before
        )
        return [Seen(own, self._kept[own].key, now) for _, own in heapq.nsmallest(most, waiting)]

    def look(self, owns: Iterable[str], now: datetime) -> None:
        """Note that these were looked at now."""
        at = int(now.timestamp())
        for own in owns:
            entry = self._kept.get(own)
            if entry:
                self._kept[own] = entry._replace(looked=at)

    def save(self) -> list[list[Any]]:
        """Return the newest entries, for a cursor."""
        entries = [*self._kept.items()][-_SAVED:]
        return [[own, *entry] for own, entry in entries]

    def load(self, entries: object) -> None:
        """Take up what :meth:`save` returned, unless more is known already."""
        if self._kept or not isinstance(entries, list):
            return
        for entry in entries[-_SAVED:]:
            match entry:
                case [str(own), str(key), int(published), int(looked)]:
                    self._kept[own] = _Entry(key, published, looked)
