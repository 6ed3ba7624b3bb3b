"""What a recording of single things shows at a moment: which have come, changed, gone."""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Generic, NamedTuple, TypeVar

from workbench.clock import to_micros
from workbench.demo.timeline import Reel, Timeline

__all__ = ["Place", "Tape", "Thing", "grown", "read_lines"]

_HALF_GROWN: Final = timedelta(hours=2)

K = TypeVar("K")


@dataclass(slots=True)
class Thing:
    """Something that was published, and what became of it.

    Attributes
    ----------
    came : int
        Number of the line that brought it.
    body : dict
        As it was then.
    later : dict
        The counts that it came to in the end.
    changed : list of (int, dict)
        Numbers of the lines that changed it, with what it was from then on.
    gone : int or None
        Number of the line that withdrew it.
    last : Any
        What that line says of it.
    """

    came: int
    body: dict[str, Any]
    later: dict[str, Any]
    changed: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    gone: int | None = None
    last: Any = None


class Place(NamedTuple):
    """A thing on a lap."""

    lap: int
    thing: Thing


class Tape(Generic[K]):
    """A recording whose things are known by a key, played on a reel.

    Parameters
    ----------
    times : iterable of int
        When each line came, in the recording's time, ascending.
    things : dict
        By key, in the order in which they came.
    reel : Reel
    """

    def __init__(self, times: Iterable[int], things: dict[K, Thing], reel: Reel) -> None:
        self.times = array("q", times)
        self.reel = reel
        self.timeline = Timeline(self.times, reel)
        self.things = things
        self._by_line = {thing.came: thing for thing in things.values()}

    def lines_before(self, now: datetime) -> int:
        """Return how many lines came up to a moment, over all laps."""
        return self.timeline.before(to_micros(now) + 1)

    def newest(self, now: datetime) -> Iterator[Place]:
        """Yield what can be seen at a moment, newest first."""
        at = to_micros(now)
        for number in range(self.timeline.before(at + 1) - 1, -1, -1):
            lap, index = self.timeline.place(number) or (0, -1)
            thing = self._by_line.get(index)
            if thing and not self.is_gone(lap, thing, at):
                yield Place(lap, thing)

    def is_there(self, lap: int, thing: Thing, now: datetime) -> bool:
        """Return whether a thing has come on a lap, and has not gone."""
        at = to_micros(now)
        return self.timeline.time(lap, thing.came) <= at and not self.is_gone(lap, thing, at)

    def is_gone(self, lap: int, thing: Thing, at: int) -> bool:
        """Return whether it was withdrawn, at a moment in microseconds."""
        return thing.gone is not None and self.timeline.time(lap, thing.gone) <= at

    def body(self, lap: int, thing: Thing, now: datetime) -> tuple[dict[str, Any], float]:
        """Return what it is at a moment, as recorded, and its age in hours."""
        at = to_micros(now)
        body = thing.body
        for line, changed in thing.changed:
            if self.timeline.time(lap, line) <= at:
                body = changed
        age = (at - self.timeline.time(lap, thing.came)) / 3_600_000_000
        return body, max(0.0, age)


def grown(final: int, hours: float) -> int:
    """Return what a count has grown to, of what it comes to in the end.

    Half of it within two hours, all of it within a day.

    Examples
    --------
    >>> grown(100, 0), grown(100, 2), grown(100, 24)
    (0, 50, 100)
    """
    share = 1 - math.pow(0.5, timedelta(hours=hours) / _HALF_GROWN)
    return round(final * share)


def read_lines(data: bytes) -> list[dict[str, Any]]:
    """Return a recording's lines."""
    return [json.loads(line) for line in data.splitlines()]
