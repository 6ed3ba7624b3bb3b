"""Who may look for something when: readers' searches, off the threads that feed all of them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, TypeVar

__all__ = ["Busy", "Seekers"]

_T = TypeVar("_T")

AT_ONCE: Final = 2
"""Searches at a time, of all readers."""
EACH: Final = 4
"""Searches that may wait of one reader, or of all that are behind one proxy."""
MOST: Final = 32
"""Searches that may wait in all."""


class Busy(Exception):  # noqa: N818 - no error of ours: the reader is told in words
    """As many wait as may."""


@dataclass(slots=True)
class _Line:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    length: int = 0


class Seekers:
    """Searches of readers: one at a time for each of them, and few in all.

    A new search each time costs as much as a read of the store may; without a bound one reader
    could keep all others from anything.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="seek")
        self._lines: defaultdict[str, _Line] = defaultdict(_Line)

    async def run(self, who: str, search: Callable[[], _T]) -> _T:
        """Return what a search finds, when it is its turn.

        Parameters
        ----------
        who : str
            Whose search it is, as far as that is known.
        search : callable

        Raises
        ------
        Busy
            If too many wait already.
        """
        line = self._lines[who]
        if line.length >= EACH or sum(each.length for each in self._lines.values()) >= MOST:
            raise Busy
        line.length += 1
        try:
            async with line.turn:
                return await asyncio.get_running_loop().run_in_executor(self._threads, search)
        finally:
            line.length -= 1
            if not line.length:
                del self._lines[who]

    async def close(self) -> None:
        """End the threads; what waits is left undone."""
        await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)
