"""Where recorded things stand on the replay's time, lap after lap."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from workbench.clock import from_micros

__all__ = ["Reel", "Timeline"]

_SECOND: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Reel:
    """The recording's span, and how far it lies from the replay's.

    Attributes
    ----------
    start, live_from, end : int
        In the recording's own time, in microseconds since 1970. What lies before
        `live_from` is history; the rest is played again and again.
    offset : int
        Microseconds from the recording's time to the replay's; whole seconds.
    """

    start: int
    live_from: int
    end: int
    offset: int

    @classmethod
    def aligned(cls, start: int, live_from: int, end: int, *, at: int) -> Reel:
        """Return the reel whose live part begins at `at`, or less than a second before."""
        return cls(start, live_from, end, (at - live_from) // _SECOND * _SECOND)

    @property
    def lap(self) -> int:
        """How long the part lasts that is played again and again."""
        return self.end - self.live_from

    def shown(self, base: int) -> datetime:
        """Return when something recorded at `base` happens, on the first lap."""
        return from_micros(base + self.offset)


class Timeline:
    """Recorded things, numbered without end in the order in which they happen.

    The first lap is the whole recording; each later one is its live part, a lap later.

    Parameters
    ----------
    times : sequence of int
        When each thing happened, in the recording's time, ascending.
    reel : Reel
        Where they lie. Things at or after its end are left out.
    """

    def __init__(self, times: Sequence[int], reel: Reel) -> None:
        self._times = times
        self._reel = reel
        self._once = bisect_left(times, reel.end)
        self._live = bisect_left(times, reel.live_from)
        self._again = self._once - self._live

    def place(self, number: int) -> tuple[int, int] | None:
        """Return (lap, index) of the thing with this number; None if there is none."""
        if number < 0:
            return None
        if number < self._once:
            return 0, number
        if not self._again:
            return None
        laps, rest = divmod(number - self._once, self._again)
        return laps + 1, self._live + rest

    def time(self, lap: int, index: int) -> int:
        """Return when a thing happens, in the replay's time."""
        return self._times[index] + self._reel.offset + lap * self._reel.lap

    def before(self, at: int) -> int:
        """Return how many things happen before `at`: the number of the first at or after it."""
        base = at - self._reel.offset
        if base < self._reel.end or not self._again:
            return bisect_left(self._times, base, hi=self._once)
        lap = (base - self._reel.live_from) // self._reel.lap
        within = bisect_left(self._times, base - lap * self._reel.lap, hi=self._once)
        return self._once + (lap - 1) * self._again + within - self._live
