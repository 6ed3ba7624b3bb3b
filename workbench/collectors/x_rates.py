"""How many posts each column gets of X, and what that comes to in a month."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from workbench.collectors.x_budget import MONTH, PER_COUNT
from workbench.collectors.x_lanes import Wish
from workbench.items import Item

__all__ = ["Rate", "Rates", "met", "told"]

_LEAST: Final = timedelta(hours=1)  # below which nothing can be said
_LONGEST: Final = timedelta(days=14)  # after which it is counted anew
_MOST: Final = 200
_HOUR: Final = 3_600.0


class Rate(NamedTuple):
    """How many posts there were between two moments; whether they were only counted."""

    n: int
    since: datetime
    until: datetime
    is_counted: bool = False

    @property
    def hourly(self) -> float | None:
        """Posts an hour; None while it is too early to say."""
        span = self.until - self.since
        return self.n / (span.total_seconds() / _HOUR) if span >= _LEAST else None


class Rates(dict[str, Rate]):
    """Rates by what is asked for: a column's query in canonical form, an account, a list."""

    def add(self, name: str, n: int, since: datetime, until: datetime) -> None:
        """Note so many more posts, in a stretch that follows what was noted before."""
        before = self.get(name)
        if before is None or before.is_counted or until - before.since > _LONGEST:
            before = Rate(0, since, since)
        self[name] = Rate(before.n + n, before.since, max(until, before.until))
        while len(self) > _MOST:
            del self[next(iter(self))]

    def keep(self, names: Iterable[str]) -> None:
        """Forget all others."""
        for name in self.keys() - set(names):
            del self[name]

    def save(self) -> dict[str, list[Any]]:
        """Return what a cursor is to hold."""
        return {
            name: [r.n, r.since.isoformat(), r.until.isoformat(), r.is_counted]
            for name, r in self.items()
        }

    def load(self, given: object) -> None:
        """Take up what :meth:`save` returned, as far as it can be read."""
        self.clear()
        for name, each in given.items() if isinstance(given, dict) else ():
            match each:
                case [int(n), str(since), str(until), bool(is_counted)] if n >= 0:
                    try:
                        self[str(name)] = Rate(n, _time(since), _time(until), is_counted)
                    except (ValueError, OverflowError):
                        continue


def met(keys: Iterable[str], wishes: Mapping[str, Wish], items: Sequence[Item]) -> Counter[str]:
    """Return how many of some items each of these wants; what is no column's query wants all."""
    found: Counter[str] = Counter()
    for key in keys:
        wish = wishes.get(key)
        query = wish.query if wish else None
        found[key] = sum(query is None or query.matches(item) for item in items)
    return found


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def told(cursor: str) -> list[str]:
    """Return what a cursor tells readers: what was spent, and what each column costs.

    An estimate is what the column's posts would cost alone; one that serves several columns
    is paid for once.
    """
    try:
        given = json.loads(cursor)
        purse = given["purse"]
        month, spent = str(purse["month"]), float(purse["spent"])
        budget, per_post = float(purse["budget"]), float(purse["per_post"])
        rates = Rates()
        rates.load(given["rates"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
    if not all(map(math.isfinite, (spent, budget, per_post))):
        return []
    lines = [f"${spent:,.2f} of ${budget:,.2f} spent in {month}"]
    for name, rate in rates.items():
        hourly = rate.hourly
        if hourly is None:
            lines.append(f"{name}: too early to say what it costs")
            continue
        posts = f"about ${hourly * MONTH * per_post:,.0f} a month for {hourly:,.1f} posts an hour"
        if rate.is_counted:
            posts += f" if all were bought; counting them is ${MONTH * PER_COUNT:,.2f}"
        lines.append(f"{name}: {posts}")
    return lines
