"""Stories of what was stored before the first were told: gone through afterwards, at leisure."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Final

from workbench.clock import Clock
from workbench.items import Item
from workbench.store import Move, Store
from workbench.text.stories import Teller

__all__ = ["Backlog"]

_BACK: Final = timedelta(days=30)
_MOST: Final = 60_000
"""How far back it goes, and how many items at most."""
_BATCH: Final = 200
_BEYOND: Final = 2_000
"""Changes after the older ones in which their stories are looked for again."""
_AGAIN: Final = 5_000  # changes gone through once more after a restart, to know their stories
_CURSOR: Final = "stories before"

Key = tuple[str, str]


class Backlog:
    """What is older than the first items that were put into stories.

    It has a teller of its own. At the end that is shown the first of those that have their
    stories already: where most items of such a story are, to it, of an older one, the older one
    goes into that story.

    Parameters
    ----------
    store : Store
    now : Clock
    """

    def __init__(self, store: Store, *, now: Clock) -> None:
        self._store = store
        self._now = now
        self._teller: Teller | None = None
        self._at = self._end = 0
        self._mine: set[str] = set()
        self._votes: dict[str, Counter[str]] = {}
        self._is_over = False

    @staticmethod
    def leave(store: Store, until: int, now: datetime) -> None:
        """Remember that stories begin after a change, so that what was before is left."""
        begin = store.seq_before(now - _BACK, most=_MOST)
        if begin < until:
            store.save_cursor(_CURSOR, f"{begin} {until}")

    def look(self) -> bool:
        """Do a part of it; return whether there is more."""
        if self._is_over:
            return False
        if self._teller is None:
            self._begin()
        elif self._at < self._end:
            self._gather(self._teller)
        else:
            self._join(self._teller)
        return not self._is_over

    def _begin(self) -> None:
        left = (self._store.load_cursor(_CURSOR) or "0 0").split()
        at, self._end = int(left[0]), int(left[1])
        self._is_over = at >= self._end
        self._at = max(0, at - _AGAIN)
        self._teller = Teller()

    def _gather(self, teller: Teller) -> None:
        """Put some of the older items into stories."""
        limit = _BATCH
        items, _, seq = self._store.changes(self._at, limit=limit)
        while seq > self._end and limit > 1:  # not what came afterwards
            limit //= 2
            items, _, seq = self._store.changes(self._at, limit=limit)
        told: dict[Key, str] = {}
        if seq <= self._end:
            told = self._told(teller, items)
        self._at = self._end if seq > self._end or seq == self._at else seq
        self._put(told)
        if told:
            self._store.save_cursor(_CURSOR, f"{self._at} {self._end}")

    def _told(self, teller: Teller, items: list[Item]) -> dict[Key, str]:
        teller.seed([item for item in items if item.story is not None])
        new = [item for item in items if item.story is None]
        told = {item.key: story for item in new if (story := teller.add(item))}
        teller.changes()  # too old to be anybody's news, and in no other story
        self._mine |= {*told.values()}
        return told

    def _put(self, told: dict[Key, str], merges: list[Move] | None = None) -> None:
        moves = [(move, ()) for move in merges or ()]
        while told or moves:
            seen = self._store.told_until()
            if self._store.put_in(told, moves, seen=seen, now=seen or self._end):
                return

    def _join(self, teller: Teller) -> None:
        """Find which of the older stories go on in those that were told first."""
        at, items = self._end, list[Item]()
        while at < self._end + _BEYOND:
            more, _, seq = self._store.changes(at, limit=_BATCH)
            if seq == at:
                break
            items, at = items + more, seq
        for item in items:
            older = teller.add(item)
            if item.story and older:
                self._votes.setdefault(item.story, Counter())[older] += 1
        merges: dict[str, Move] = {}
        for story, votes in self._votes.items():
            older, n = votes.most_common(1)[0]
            if older in self._mine and older != story and 2 * n > votes.total():
                merges.setdefault(older, Move(self._now(), "merge", story, older, 0))
        self._put({}, [*merges.values()])
        self._store.save_cursor(_CURSOR, f"{self._end} {self._end}")
        self._is_over = True
