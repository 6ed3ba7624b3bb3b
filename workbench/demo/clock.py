"""The replay's clock: real time from a moment of its own, at a speed of its own."""

from __future__ import annotations

import math
import time
from datetime import datetime, timedelta

from workbench.clock import now
from workbench.errors import SettingError

__all__ = ["ReplayClock"]


class ReplayClock:
    """A clock that starts at a moment and runs so many times faster than real time.

    Parameters
    ----------
    start : datetime or None
        What it shows when it is made; None takes the real time.
    speed : float
        Seconds that pass on it in one real second.

    Raises
    ------
    SettingError
        If the speed is not a positive number.

    Examples
    --------
    >>> clock = ReplayClock(speed=60)
    >>> clock() <= clock()
    True
    """

    def __init__(self, start: datetime | None = None, *, speed: float = 1.0) -> None:
        if not (math.isfinite(speed) and speed > 0):
            raise SettingError(f"speed={speed} cannot be; give a number above 0, such as 1 or 60")
        self.start = now() if start is None else start
        self.speed = speed
        self._began = time.monotonic()

    def __call__(self) -> datetime:
        """Return what the clock shows, aware, in UTC."""
        elapsed = time.monotonic() - self._began
        return self.start + timedelta(seconds=elapsed * self.speed)

    def until(self, when: datetime) -> float:
        """Return the real seconds until the clock shows `when`; below 0 if it is past."""
        return (when - self()).total_seconds() / self.speed
