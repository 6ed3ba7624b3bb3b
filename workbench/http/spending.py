"""What sources that are paid by use have cost, month by month."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

__all__ = ["Spending"]


class Spending:
    """Money that was spent, by collector and month; may be used by many threads at once.

    It outlives what a source is called: a cap that hangs on it is not filled anew when a deck
    is edited, or when this process ends before it has written a cursor.

    Attributes
    ----------
    told : callable or None
        Gets a collector's name, a month and what was spent more.
    """

    def __init__(self) -> None:
        self.told: Callable[[str, str, float], None] | None = None
        self._lock = threading.Lock()
        self._spent: dict[tuple[str, str], float] = {}

    def load(self, spent: Mapping[tuple[str, str], float]) -> None:
        """Take up what was spent before, unless more is known."""
        with self._lock:
            for key, amount in spent.items():
                self._spent[key] = max(amount, self._spent.get(key, 0.0))

    def total(self, name: str, month: str) -> float:
        """Return what was spent on a collector in a month, such as ``2026-11``."""
        with self._lock:
            return self._spent.get((name, month), 0.0)

    def pay(self, name: str, month: str, amount: float) -> None:
        """Note what was spent more."""
        if not amount:
            return
        with self._lock:
            self._spent[name, month] = self._spent.get((name, month), 0.0) + amount
        if self.told is not None:
            self.told(name, month, amount)
