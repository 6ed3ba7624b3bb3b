"""The threads that poll: few, for however many sources, and more while some of these hang."""

from __future__ import annotations

import heapq
import threading
import time
from itertools import count
from typing import Final, Protocol

__all__ = ["Pool", "Stepped"]

_SIZE: Final = 16
"""Threads that stay."""
_MOST: Final = 96
"""Threads at most; a source that hangs has one for as long as its request may take."""
_LATE: Final = 1.0  # seconds that a source waits while all threads hang, before there are more
_TOO_LATE: Final = 10.0  # seconds, even though the others get on
_MORE: Final = 8  # threads that are begun at a time
_IDLE: Final = "poll"  # their name while they do nothing


class Stepped(Protocol):
    """What is done step by step."""

    @property
    def name(self) -> str:
        """What a thread is called meanwhile."""

    @property
    def is_stopped(self) -> bool:
        """Whether no step is to follow."""

    def step(self) -> float | None:
        """Do one step; return the seconds until the next. Never raises.

        None says that the step goes on elsewhere, which no thread is to wait for, until it is put
        back by :meth:`Pool.put_back`.
        """

    def finish(self) -> None:
        """Take note that there will be no more."""


class Pool:
    """Does the steps of many in a few threads, each when it is due and none twice at once."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queue: list[tuple[float, int, Stepped]] = []
        self._due: dict[Stepped, float] = {}
        self._under_way: set[Stepped] = set()
        self._order = count()
        self._taken = 0.0
        self._threads = 0
        self._idle = 0
        self._is_closed = False

    def add(self, what: Stepped) -> None:
        """Begin with something now, or do its next step now instead of later."""
        with self._changed:
            if what not in self._under_way:
                self._put(what, time.monotonic())

    def put_back(self, what: Stepped, wait: float) -> None:
        """Take up again what was in a step; its next one is due in so many seconds."""
        with self._changed:
            self._under_way.discard(what)
            self._put(what, time.monotonic() + (0.0 if what.is_stopped else wait))

    def tend(self) -> None:
        """See to it that nothing waits long for a thread; to be called now and then."""
        with self._changed:
            left = self._left()
            is_late = left is not None and left < -_LATE and not self._idle
            is_stuck = time.monotonic() - self._taken > _LATE
            if is_late and (is_stuck or (left or 0.0) < -_TOO_LATE):
                for _ in range(min(_MORE, _MOST - self._threads, len(self._due))):
                    self._hire()

    def close(self) -> None:
        """Let each thread end once it has done what it does."""
        with self._changed:
            self._is_closed = True
            self._queue.clear()
            self._due.clear()
            self._changed.notify_all()

    def _put(self, what: Stepped, due: float) -> None:
        if self._is_closed:
            return
        self._due[what] = due
        heapq.heappush(self._queue, (due, next(self._order), what))
        if self._threads < _SIZE:
            now = time.monotonic()
            if sum(when <= now for when in self._due.values()) > self._idle:
                self._hire()
        self._changed.notify()

    def _hire(self) -> None:
        self._threads += 1
        threading.Thread(target=self._work, name=_IDLE, daemon=True).start()

    def _work(self) -> None:
        thread = threading.current_thread()
        while (what := self._take()) is not None:
            thread.name = what.name
            wait = 0.0 if what.is_stopped else what.step()
            if wait is None:
                thread.name = _IDLE
                continue
            is_over = what.is_stopped
            if is_over:
                what.finish()
            thread.name = _IDLE
            with self._changed:
                self._under_way.discard(what)
                if not is_over:  # told so only now, it is taken once more
                    self._put(what, time.monotonic() + (0.0 if what.is_stopped else wait))

    def _take(self) -> Stepped | None:
        """Wait for what is due; None tells the thread to end."""
        with self._changed:
            self._idle += 1
            try:
                while True:
                    left = self._left()
                    if left is None or left > 0:
                        if self._is_closed or self._threads > _SIZE:
                            self._threads -= 1
                            return None
                        self._changed.wait(left)
                        continue
                    _, _, what = heapq.heappop(self._queue)
                    del self._due[what]
                    self._under_way.add(what)
                    self._taken = time.monotonic()
                    return what
            finally:
                self._idle -= 1

    def _left(self) -> float | None:
        """Return the seconds until something is due; None if nothing ever is."""
        while self._queue and self._due.get(self._queue[0][2]) != self._queue[0][0]:
            heapq.heappop(self._queue)  # was put forward, or is under way
        return self._queue[0][0] - time.monotonic() if self._queue else None
