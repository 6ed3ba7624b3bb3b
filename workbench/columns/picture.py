"""A chart as elements: lines labelled directly, zero drawn, gaps hatched and named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from workbench.charts import Chart
from workbench.charts.axes import fit, round_up, spread, ticks, told
from workbench.columns.strips import line, number, scale
from workbench.columns.tree import Node, el

__all__ = ["picture"]

_TOP, _BOTTOM, _HEIGHT = 16.0, 172.0, 194
_SIDE: Final = 72  # for the labels at the right
_HATCH: Final = 8.0  # pixels between two strokes

Place = Callable[[datetime], float]


def picture(chart: Chart, *, width: int) -> Node:
    """Return a chart of values from zero up as an SVG element, for the style sheet of the deck.

    Parameters
    ----------
    chart : Chart
    width : int
        Of the drawing, in pixels; it shrinks and grows with its place.
    """
    about = {"viewBox": f"0 0 {width} {_HEIGHT}", "role": "img", "aria-label": chart.alt}
    return el("svg", "wb-chart", about, *_parts(chart, width - _SIDE))


def _text(x: float, y: float, words: str, name: str = "") -> list[Any]:
    return el("text", name, {"x": number(x), "y": number(y)}, words)


def _parts(chart: Chart, right: float) -> Iterator[Node]:
    span = chart.span
    if span is None:
        yield _text(0, _TOP, "Nothing has been measured yet.")
        return
    high = round_up(chart.extent[1])

    def x(moment: datetime) -> float:
        part = (moment - span[0]) / (span[1] - span[0]) if span[1] > span[0] else 0.0
        return min(right, max(1, scale(part, 0, 1, 1, right)))

    def y(value: float) -> float:
        return scale(value, 0, high, _BOTTOM, _TOP)

    # Names stand above the lines, that they can be read.
    gaps, names = _gaps(chart, x, right)
    yield from gaps
    for level in (0, high / 2, high):
        rule = {"d": f"M0 {number(y(level))}H{number(right)}"}
        yield el("path", "wb-rule" if level else "wb-zero", rule)
    yield from _lines(chart, x, y, right)
    yield from names
    for level in (high / 2, high):
        yield _text(0, y(level) - 4, told(level, chart.unit), "wb-halo")
    for moment, words in ticks(*span, chart.zone):
        place = x(moment)
        yield el("path", "wb-zero", {"d": f"M{number(place)} {_BOTTOM:g}v4"})
        form = "clock" if ":" in words else "day"
        node = _text(max(18, place), _BOTTOM + 17, words, "wb-mid")
        node[1] |= {"datetime": moment.isoformat(timespec="seconds"), "data-as": form}
        yield node


def _lines(chart: Chart, x: Place, y: Callable[[float], float], right: float) -> Iterator[Node]:
    ends = [y(series.last[1]) - 3 if series.last else _BOTTOM for series in chart.series]
    places = spread(ends, 28, _TOP + 4, _BOTTOM - 14)
    for n, (series, place) in enumerate(zip(chart.series, places, strict=True)):
        colour = f"wb-{series.color or n}"
        points = [(x(t), None if v is None else y(v)) for t, v in series.points]
        yield el("path", f"wb-line {colour}", {"d": line(points)})
        if series.last:
            value = told(series.last[1], chart.unit)
            yield _text(right + 6, place, value, f"wb-value {colour}")
            yield _text(
                right + 6, place + 13, fit(series.name, _SIDE - 6, 11)[0], f"wb-value {colour}"
            )


def _gaps(chart: Chart, x: Place, right: float) -> tuple[list[Node], list[Node]]:
    """Return what was not measured, and names of it where there is room."""
    drawn: list[Node] = []
    names: list[Node] = []
    zone = ZoneInfo(chart.zone)
    named = -99.0
    for start, end in chart.gaps:
        left, size = x(start), max(x(end) - x(start), 2.0)
        if left >= right or x(end) <= 1:
            continue
        when = " to ".join(f"{each.astimezone(zone):%d %b %H:%M}" for each in (start, end))
        hatched = {"d": _hatch(left, min(size, right - left))}
        drawn.append(el("path", "wb-hatch", hatched, ["title", {}, f"not measured, {when}"]))
        middle = min(right - 34, max(34.0, left + size / 2))
        if middle - named > 74:
            named = middle
            names.append(_text(middle, _BOTTOM - 5, "not measured", "wb-halo wb-mid"))
    return drawn, names


def _hatch(left: float, width: float) -> str:
    """Return strokes at 45° over a box as high as the chart."""
    height = _BOTTOM - _TOP
    strokes = []
    at = _HATCH / 2
    while at < width + height:
        x1, x2 = max(0.0, at - height), min(width, at)
        places = (left + x1, _TOP + at - x1, left + x2, _TOP + at - x2)
        strokes.append("M{} {}L{} {}".format(*map(number, places)))
        at += _HATCH
    return "".join(strokes)
