"""What X is paid: a cap for each month that nothing oversteps, and what was spent of it.

X charges each post once in a UTC day, however often it is read in it (docs.x.com, usage and
billing). What we know to have paid for today is therefore not counted again; after a restart
it is, so that we may reckon too much, but never too little.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from workbench.errors import RateLimited

if TYPE_CHECKING:
    from workbench.http.spending import Spending

__all__ = ["MONTH", "PER_COUNT", "PER_POST", "PER_USER", "Purse"]

PER_POST: Final = 0.005
"""Dollars for a post that is read."""
PER_COUNT: Final = 0.005
"""Dollars for a request of counts."""
PER_USER: Final = 0.010
"""Dollars for an account that is looked up."""
MONTH: Final = 30 * 24
"""Hours of a month, where a price is estimated."""

_LOOK: Final = 1_800.0  # seconds
_LEAST: Final = 1e-9  # dollars; what floating point leaves over


class Purse:
    """What may be spent in a month, and what was.

    Parameters
    ----------
    budget : float
        Dollars for a calendar month in UTC.
    per_post : float
        Dollars for a post.

    Attributes
    ----------
    month : str
        Such as ``2026-11``.
    spent : float
        Dollars in it.
    """

    def __init__(self, budget: float, per_post: float = PER_POST) -> None:
        self.budget = budget
        self.per_post = per_post
        self.month = ""
        self.spent = 0.0
        self._spending: Spending | None = None
        self._day = ""
        self._paid: set[str] = set()

    def share(self, spending: Spending) -> None:
        """Count what all sources of X have spent, whatever they are and were called."""
        self._spending = spending

    def turn(self, now: datetime) -> None:
        """Begin anew with each month, and with each day what is paid for."""
        day = now.astimezone(UTC).date().isoformat()
        if self._day != day:
            self._day = day
            self._paid.clear()
        if self.month != day[:7]:
            # A clock that was set back must not fill the purse again.
            if self.month < day[:7]:
                self.spent = 0.0
            self.month = max(self.month, day[:7])

    @property
    def left(self) -> float:
        """Dollars that may still be spent this month."""
        spent = self._spending.total("x", self.month) if self._spending else 0.0
        return max(self.budget - max(self.spent, spent), 0.0)

    def posts(self, most: int) -> int:
        """Return how many posts may be asked for at once, at most so many."""
        if self.per_post <= 0:
            return most
        return min(most, math.floor((self.left + _LEAST) / self.per_post))

    def can_pay(self, price: float) -> bool:
        """Return whether a price is left."""
        return price <= self.left + _LEAST

    def pay(self, price: float) -> None:
        """Note what was spent."""
        self.spent += price
        if self._spending:
            self._spending.pay("x", self.month, price)

    def pay_posts(self, ids: Iterable[str]) -> int:
        """Note that these posts were read; return how many of them are charged."""
        new = set(ids) - self._paid
        self._paid |= new
        self.pay(len(new) * self.per_post)
        return len(new)

    @property
    def reason(self) -> str:
        """Why nothing is bought any longer."""
        return f"the budget of ${self.budget:g} for {self.month} is spent"

    def spent_until(self, now: datetime) -> RateLimited:
        """Return the error that says so; it is looked again now and then, for decks change."""
        following = (now.replace(day=28) + timedelta(days=4)).replace(day=1, hour=0, minute=0)
        return RateLimited(
            f"{self.reason}; nothing is bought until {following:%d %B}, unless the deck raises it",
            retry_after=min((following - now).total_seconds() + 60.0, _LOOK),
        )

    def save(self) -> dict[str, Any]:
        """Return what a cursor is to hold."""
        return {
            "month": self.month,
            "spent": round(self.spent, 6),
            "budget": self.budget,
            "per_post": self.per_post,
        }

    def load(self, given: object) -> None:
        """Take up what :meth:`save` returned, unless more is known to be spent already."""
        match given:
            case {"month": str(month), "spent": float() | int() as spent} if (
                len(month) == 7 and math.isfinite(spent) and spent >= 0
            ):
                if month == self.month:
                    self.spent = max(self.spent, spent)
                elif month > self.month:
                    self.month, self.spent = month, float(spent)
