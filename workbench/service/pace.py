"""How long to wait after failures, and that not all come at once."""

from __future__ import annotations

import random

__all__ = ["Pace", "jitter"]


class Pace:
    """How long to wait after failures in a row: doubled each time, within bounds, with jitter.

    Parameters
    ----------
    first, last : float
        Seconds after the first failure, and at most.
    """

    def __init__(self, first: float, last: float) -> None:
        self.first = first
        self.last = last
        self.failures = 0

    def fail(self) -> float:
        """Count a failure and return the seconds to wait."""
        self.failures += 1
        wait = self.first * 2.0 ** min(self.failures - 1, 30)
        return jitter(min(self.last, wait))

    def succeed(self) -> None:
        """Forget the failures."""
        self.failures = 0


def jitter(seconds: float) -> float:
    """Return about as many seconds, so that sources do not all come at once."""
    return seconds * random.uniform(0.9, 1.1)  # noqa: S311 - no secret hangs on it
