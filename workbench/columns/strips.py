"""Small drawings that take any width: a column's volume, a term's count and its spark line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from workbench.columns.tree import Node, el
from workbench.columns.words import count

__all__ = ["bar", "line", "number", "scale", "spark", "volume"]

_WIDTH: Final = 240
_VOLUME: Final = 22
_SPARK: Final = 16
_HOUR: Final = timedelta(hours=1)


def number(value: float) -> str:
    """Return a number with at most one digit behind the point.

    Examples
    --------
    >>> number(3.04), number(-0.02), number(2.55)
    ('3', '0', '2.5')
    """
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def scale(value: float, start: float, end: float, low: float, high: float) -> float:
    """Return where a value lies between `low` and `high`, which stand for `start` and `end`."""
    return low if end == start else low + (value - start) / (end - start) * (high - low)


def line(points: Sequence[tuple[float, float | None]]) -> str:
    """Return the path of a line with its gaps left open; a lone point is a dot.

    Examples
    --------
    >>> line([(0, 1), (1, 2), (2, None), (3, 4), (4, None), (5, 0)])
    'M0 1L1 2M3 4h0M5 0h0'
    """
    drawn = []
    for is_known, run in groupby(points, key=lambda point: point[1] is not None):
        if is_known:
            places = [f"{number(x)} {number(y or 0)}" for x, y in run]
            drawn.append(f"M{'L'.join(places)}{'h0' if len(places) == 1 else ''}")
    return "".join(drawn)


def _strip(name: str, height: int, *parts: Node) -> Node:
    about = {"viewBox": f"0 0 {_WIDTH} {height}", "preserveAspectRatio": "none"}
    return el("svg", name, about, {"aria-hidden": "true"}, *parts)


def _across(place: float, of: int) -> float:
    return scale(place, 0, max(1, of - 1), 1, _WIDTH - 1)


def _over(values: Sequence[int | None], height: int) -> Node:
    """Return a line over a strip, from zero up."""
    most = max([1, *(value or 0 for value in values)])
    points = [
        (
            _across(n, len(values)),
            None if value is None else scale(value, 0, most, height - 2, 2),
        )
        for n, value in enumerate(values)
    ]
    return ["path", {"d": line(points)}]


def spark(values: Sequence[int | None]) -> Node:
    """Return the spark line of a term's counts."""
    return _strip("wb-spark", _SPARK, _over(values, _SPARK))


def bar(n: float, most: float, *, usual: float | None = None) -> Node:
    """Return the bar of a count, with a tick where it usually is.

    Examples
    --------
    >>> bar(5, 10)[2][1]["width"]
    '120'
    """
    tick = min(_WIDTH - 2, scale(usual or 0, 0, most, 0, _WIDTH))
    about = {"x": number(tick), "width": "2", "height": "12"}
    counted = {"y": "3", "width": number(scale(n, 0, most, 0, _WIDTH)), "height": "6"}
    return _strip(
        "wb-bar-drawing",
        12,
        el("rect", "wb-count", counted),
        *([] if usual is None else [el("rect", "wb-usual", about)]),
    )


def volume(points: Sequence[tuple[datetime, int | None]], *, every: timedelta, zone: str) -> Node:
    """Return the volume of a column's last day; what was not measured is tinted, never zero.

    Parameters
    ----------
    points : sequence of (datetime, int or None)
        How many came, from each time on; None is not measured.
    every : timedelta
        Between two points.
    zone : str
    """

    def clock(moment: datetime) -> str:
        return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"

    values = [n for _, n in points]
    gaps: list[Node] = []
    at = 0
    for is_known, run in groupby(values, key=lambda value: value is not None):
        start, at = at, at + len(list(run))
        if is_known:
            continue
        left = max(0, _across(start - 0.5, len(values)))
        width = min(_WIDTH, _across(at - 0.5, len(values))) - left
        hole = {"x": number(left), "y": "1", "width": number(width), "height": "20"}
        told = f"not measured, {clock(points[start][0])}–{clock(points[at - 1][0] + every)}"
        gaps.append(el("rect", "wb-gap", hole, ["title", {}, told]))
    most = max([0, *(value or 0 for value in values)])
    when = f" at {clock(points[values.index(most)][0])}" if most else ""
    span = "hour" if every == _HOUR else f"{every / timedelta(minutes=1):g} min"
    why = f"Posts per {span} over the last 24 h, at most {count(most)}{when}."
    if gaps:
        why += " What is shaded was not measured."
    about = {"role": "img", "aria-label": why, "data-why": why}
    return el("div", "wb-volume", about, _strip("", _VOLUME, *gaps, _over(values, _VOLUME)))
