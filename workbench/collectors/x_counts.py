"""Count first, buy on a spike: X is asked each hour how many posts there were, and sells few.

A count costs as much as one post, whatever it says. Posts are bought of those hours alone that
had over so many times the usual number; the others are known by their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from workbench.collectors import Batch
from workbench.collectors.x_budget import PER_COUNT
from workbench.collectors.x_lanes import Lane
from workbench.collectors.x_payloads import Hour, read_hours
from workbench.collectors.x_polls import PAGES, Poll
from workbench.collectors.x_rates import Rate
from workbench.items import ParseResult, Volume

__all__ = ["SpikePoll"]

_HOUR: Final = timedelta(hours=1)
_WEEK: Final = timedelta(days=7)
_SETTLED: Final = timedelta(minutes=1)  # after an hour's end, before it is counted
_LEAST: Final = 10  # posts in an hour below which nothing is a spike


class SpikePoll(Poll):
    """A poll that counts each hour, and reads the hours that stand out.

    Parameters
    ----------
    spike : float
        How many times the usual number, the median of the last 7 days, an hour has to have.
    """

    def __init__(self, *arguments: Any, spike: float, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._spike = spike

    def read_lane(self, lane: Lane) -> Iterator[Batch]:
        """Count the hours that have ended since the last count, and buy of them what stands out."""
        now = self._now()
        end = (now - _SETTLED).replace(minute=0, second=0, microsecond=0)
        begin, is_first = self._begin(lane, now)
        begin = end - _HOUR if is_first else begin
        if begin >= end:
            return  # counted this hour
        purse = self._memory.purse
        if not purse.can_pay(PER_COUNT):
            self._is_spent = True
            self._note(lane, begin, end, "gap", purse.reason)
        else:
            hours = self._count(lane, end)
            purse.pay(PER_COUNT)
            if hours:
                n = sum(hour.n for hour in hours)
                rate = Rate(n, hours[0].start, hours[-1].end, is_counted=True)
                self._memory.rates |= dict.fromkeys(lane.keys, rate)
            result = ParseResult()
            if lane.exact:
                (text,) = lane.keys
                result.volumes = [Volume("x", text, h.start, h.end, h.n) for h in hours]
            yield Batch(result, self._memory.save())
            yield from self._buy(lane, [h for h in hours if h.end > begin], _usual(hours))
        self._ends |= dict.fromkeys(lane.keys, end)

    def _count(self, lane: Lane, end: datetime) -> list[Hour]:
        answer = self._api.get(
            "/2/tweets/counts/recent",
            {
                "query": lane.query,
                "granularity": "hour",
                # A moment less than a week, which has begun to pass when X reads it.
                "start_time": _stamp(end - _WEEK + _HOUR),
                "end_time": _stamp(end),
            },
        )
        return read_hours(answer.content)

    def _buy(self, lane: Lane, hours: Sequence[Hour], usual: float) -> Iterator[Batch]:
        """Read the hours that stand out; the others are not measured but by their number."""
        reason = (
            f"counted only: posts are bought of hours with over {self._spike:g} times the usual"
        )
        for hour in hours:
            if hour.n >= max(_LEAST, self._spike * max(usual, 1.0)):
                yield from self.read_span(lane, hour.start, hour.end, until=True, pages=PAGES)
            else:
                self._note(lane, hour.start, hour.end, "gap", reason)


def _usual(hours: Sequence[Hour]) -> float:
    return median(hour.n for hour in hours) if hours else 0.0


def _stamp(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
