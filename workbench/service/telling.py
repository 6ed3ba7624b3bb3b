"""Stories as they come: follows what is stored, puts it into stories, and tells what changed."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from workbench import clock
from workbench.clock import Clock
from workbench.errors import StoreError
from workbench.service.backlog import Backlog
from workbench.store import Due, Move, Store
from workbench.text.stories import Merged, Split, Teller
from workbench.text.telling import Story, tell

__all__ = ["STORIES", "Telling", "tell_all"]

_log = logging.getLogger("workbench.service")

STORIES: Final = "stories"
"""The lease under which one process tells the stories of a store."""

WINDOW: Final = 20_000
_BACK: Final = timedelta(days=3)
"""How far back items are put into stories where none ever were."""
_MOST: Final = 20_000  # of these
_BATCH: Final = 200  # items that are put into stories at a time: some hundredths of a second
_DUE: Final = 100  # stories that are told at a time at most
_TOLD: Final = 0.05  # seconds of the processor after which what is told is stored
_PACE: Final = 1.0
"""Seconds between two looks at the store."""
_REST: Final = 2.0
"""Seconds left to others for each second of the processor, as long as there is more to do."""
_LONG: Final = 1_000  # changes that take long enough to tell how far it is
_LEISURE: Final = 19.0
"""The same for what is older, which nobody waits for."""
_LATER: Final = 30.0  # seconds until it is tried again what failed
_TRIES: Final = 2
_SAVE: Final = 30.0
"""Seconds after which it is written how far that has come, even where no item got a story."""
# Seconds that a story waits from one telling to the next, per item: one with thousands of items
# takes a while to tell, and one more makes little difference to it.
_WAIT: Final = 0.01


class Telling:
    """The stories of a store, kept up to date.

    Where several processes do so over the same store, what one of them was too late with is not
    stored: it reads again what the other has done, and goes on from there.

    Parameters
    ----------
    store : Store
    now : Clock
    polls : callable, optional
        Returns seconds between two polls, by collector (:func:`workbench.decks.polls_of`).
    back : timedelta
        Where no item ever got a story, how far back those begin that get one,
    most : int
        and how many these are at most.
    window : int
        Among how many of the newest items a story's like are looked for.
    """

    def __init__(
        self,
        store: Store,
        *,
        now: Clock,
        polls: Callable[[], Mapping[str, float]] = dict,
        back: timedelta = _BACK,
        most: int = _MOST,
        window: int = WINDOW,
    ) -> None:
        self._store = store
        self._now = now
        self._polls = polls
        self._back = back
        self._most = most
        self._window = window
        self._teller: Teller | None = None
        self._seeded: int | None = None  # where seeding goes on; None once it is done
        self._seen: int | None = None  # how far the store says it has come,
        self._at = 0  # and we are
        self._saved = 0.0
        self._first = self._whole = 0  # where it began, and how much there was then
        self._told = 0.0  # quarters of that of which it was told
        self._resting: dict[str, float] = {}  # until when stories wait, by id
        self._is_well = True
        self._failed = Counter[int]()  # how often, by the place
        self._backlog = Backlog(store, now=now)

    def run(self, stop: threading.Event, is_ours: Callable[[], bool] = lambda: True) -> None:
        """Go on until told to stop, with a third of a processor at most.

        What is older than the first items that got a story comes when nothing else is left to
        do, with a twentieth of it.

        Parameters
        ----------
        stop : threading.Event
        is_ours : callable, optional
            Whether it is this process that does it.
        """
        wait = 0.0
        while not stop.wait(wait):
            if not is_ours():
                self._teller, wait = None, _PACE
                continue
            begun = time.thread_time()
            more, rest = self._try(self.look), _REST
            if not more and self._is_well:
                more, rest = self._try(self._backlog.look), _LEISURE
            wait = rest * (time.thread_time() - begun) if more else _PACE
            if not self._is_well:
                wait = _LATER

    def finish(
        self, progress: Callable[[int, int], object] | None = None, *, is_whole: bool = False
    ) -> int:
        """Go on until there is nothing left to do.

        Parameters
        ----------
        progress : callable, optional
            Called now and then with how much is done and how much there is in all.
        is_whole : bool
            Whether what is older than the first items that got a story is done too.

        Returns
        -------
        int
            How many changes of items were gone through.
        """
        first: int | None = None
        more = True
        while more:
            more = self.look()
            if self._teller is None or self._seeded is not None:
                continue
            first = self._at if first is None else first
            if progress:
                progress(self._at - first, max(self._store.seq(), self._at) - first)
        while is_whole and self._backlog.look():
            pass
        # Nothing waits for its next telling here.
        while self._tell(is_patient=False):
            pass
        return self._at - (first or 0)

    def _try(self, look: Callable[[], bool]) -> bool:
        """Look, and say once if that fails."""
        try:
            more = look()
        except StoreError as error:
            if self._is_well:
                _log.warning("stories wait until it works: %s", error)
        except Exception:  # noqa: BLE001 - no item may end the stories of all
            if self._is_well:
                _log.exception("stories cannot be told; tried again")
            self._teller = None
            self._failed[self._at] += 1
        else:
            self._is_well = True
            return more
        self._is_well = False
        return False

    def look(self) -> bool:
        """Do a part of what is due; return whether there is more."""
        if self._teller is None:
            self._begin()
            return True
        if self._seeded is not None:
            return self._seed(self._seeded)
        return self._gather() or self._tell()

    def _begin(self) -> None:
        self._teller = Teller(window=self._window)
        self._seen = self._store.told_until()
        self._told = 0.0
        if self._seen is None:
            since = self._now() - self._back
            self._at, self._seeded = self._store.seq_before(since, most=self._most), None
            Backlog.leave(self._store, self._at, self._now())
            self._note()
            return
        self._at = self._seen
        self._seed(None)
        self._note()

    def _note(self) -> None:
        self._first, self._whole = self._at, self._store.seq() - self._at

    def _seed(self, after: int | None) -> bool:
        items, self._seeded = self._store.in_stories(self._window, after=after)
        if items and self._teller:
            self._teller.seed(items)
        else:
            self._seeded = None
        return True

    def _gather(self) -> bool:
        """Put what has come into stories; return whether there is more."""
        if self._teller is None or self._store.seq() == self._at:
            return False
        items, deletions, seq = self._store.changes(self._at, limit=_BATCH)
        told = {}
        # What no teller gets past, twice over, is in no story, and holds up none.
        for item in items if self._failed[self._at] < _TRIES else ():
            if item.story is None and (story := self._teller.add(item)):
                told[item.key] = story
        moves = [_move(change) for change in self._teller.changes()]
        if told or moves or time.monotonic() - self._saved > _SAVE:
            if not self._store.put_in(told, moves, seen=self._seen, now=seq):
                self._teller = None
                return True
            self._seen, self._saved = seq, time.monotonic()
        self._at = seq
        self._say()
        return len(items) + len(deletions) >= _BATCH

    def _say(self) -> None:
        """Tell in the log how far it is, for each quarter of what there was at first."""
        done, whole = self._at - self._first, self._whole
        if whole < _LONG or done // (whole / 4) == self._told:
            return
        self._told = done // (whole / 4)
        if done <= whole:
            _log.info("stories: %d %% of what is stored is put together", 25 * self._told)

    def _tell(self, *, is_patient: bool = True) -> bool:
        """Tell some of the stories that have changed; return whether there are more."""
        tick, begun = time.monotonic(), time.thread_time()
        self._resting = {story: until for story, until in self._resting.items() if until > tick}
        limit = _DUE + len(self._resting)
        found = self._store.due_stories(limit)
        due = [
            each
            for each in found
            if each.is_bare or not is_patient or each.story not in self._resting
        ]
        told: list[tuple[Due, Story | None]] = []
        polls = self._polls() if due else {}
        for each in due:
            items, n = self._store.members(each.story)
            story = tell(items, polls=polls, now=self._now()) if items else None
            told.append((each, replace(story, n=n) if story and story.is_told else None))
            self._resting[each.story] = tick + _WAIT * n
            if time.thread_time() - begun > _TOLD:
                break
        if told:
            self._store.tell(told)
        return len(told) < len(due) or (bool(told) and len(found) == limit)


def _move(change: Merged | Split) -> tuple[Move, tuple[tuple[str, str], ...]]:
    if isinstance(change, Merged):
        return Move(change.time, "merge", change.into, change.story, 0), ()
    return Move(change.time, "split", change.story, change.into, 0), change.keys


def tell_all(
    store: Store,
    progress: Callable[[int, int], object] | None = None,
    *,
    is_whole: bool = False,
) -> int:
    """Put what is stored into stories and tell them, as :meth:`Telling.finish` does."""
    return Telling(store, now=clock.now).finish(progress, is_whole=is_whole)
