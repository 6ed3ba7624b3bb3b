"""A chart as SVG: one element that needs nothing else, on light and on dark ground."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from workbench.charts import strokes
from workbench.charts.axes import fit, plain, round_up, spread, ticks, told, width_of
from workbench.charts.model import Bars, Chart, Series
from workbench.charts.strokes import number
from workbench.errors import SettingError

__all__ = ["svg"]

_LEAST: Final = (240, 120)
_ROW: Final = 24
_BOTTOM: Final = 22


def _kind(series: Series, place: int, total: int) -> str:
    return series.color or ("acc" if total == 1 else f"c{place}")


def svg(chart: Chart | Bars, *, width: int = 640, height: int = 260) -> str:
    """Return a chart as SVG.

    It needs no script, font or style sheet, and follows the reader's light or dark scheme,
    JupyterLab's where it stands there. On paper it is light.

    Parameters
    ----------
    chart : Chart or Bars
    width, height : int
        In pixels, at least 240 by 120; it shrinks with whatever holds it. Bars take as much
        height as they need.

    Raises
    ------
    SettingError
        If it would be too small to read.

    Examples
    --------
    >>> svg(Chart("A & B", "Posts", "Nothing yet."))[:24]
    '<svg class="wb-g" xmlns='
    """
    if width < _LEAST[0] or height < _LEAST[1]:
        raise SettingError(f"{width} by {height} is too small for a chart; give 240 by 120 or more")
    measured = f"{chart.subtitle} · {chart.zone}" if isinstance(chart, Chart) else chart.subtitle
    head, top = strokes.head(chart.title, measured, width)
    if isinstance(chart, Bars):
        height = top + _ROW * max(1, len(chart.bars)) + 4
        body = "".join(_bars(chart, width, top))
    else:
        body = "".join(_lines(chart, width, height, top))
    return strokes.framed(head + body, alt=chart.alt, width=width, height=height)


def _lines(chart: Chart, width: int, height: int, head: int) -> Iterator[str]:
    span = chart.span
    if span is None:
        yield strokes.text(0, head + 16, "Nothing has been measured yet.")
        return
    labels = _labels(chart)
    side = max((width_of(words, 12) for pair in labels for words in pair), default=0)
    right = width - min(side + 8, width / 3) if labels else width - 14
    low, high = chart.extent
    low, high = (-round_up(-low) if low < 0 else 0.0), round_up(high)
    top, bottom = head + 14, height - _BOTTOM
    middle = 0.0 if low < 0 else high / 2
    levels = {level: told(level, chart.unit) for level in (low, middle, high)}
    left = max(width_of(words, 11) for words in levels.values()) + 6
    length = (span[1] - span[0]).total_seconds()

    def x(moment: datetime) -> float:
        there = left + (moment - span[0]).total_seconds() / length * (right - left)
        return min(right, max(left, there))

    def y(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - top)

    yield from _gaps(chart, x, (left, right), (top, bottom))
    for level, words in levels.items():
        yield strokes.line("z" if level == 0 else "r", left, y(level), right, y(level))
        yield strokes.text(left - 6, y(level) + 4, words, anchor="end")
    for place, series in enumerate(chart.series):
        draw = _columns if series.style == "bar" else _path
        yield draw(series, _kind(series, place, len(chart.series)), x, y)
    yield from _named(chart, x, (left, right), bottom)
    yield from _events(chart, x, top, bottom)
    places = [y(series.last[1]) for series in chart.series if series.last] if labels else []
    ends = spread(places, 27, top + 6, bottom - 12)
    for (value, name), down, kind in zip(labels, ends, _shown(chart), strict=True):
        tone = f"v b-{kind}" if kind in {"neg", "pos"} else "v"
        yield strokes.text(right + 8, down, fit(value, width - right - 8, 12)[0], tone)
        yield strokes.text(right + 8, down + 13, fit(name, width - right - 8, 11)[0], "n")
        begin = f"{number(right + 2)} {number(down - 10)}"
        yield f'<path class="l-{kind}" d="M{begin}V{number(down + 13)}"/>'
    for moment, words in ticks(*span, chart.zone):
        yield strokes.line("z", x(moment), bottom, x(moment), bottom + 4)
        # The last one ends where the drawing does.
        middle = min(x(moment), width - width_of(words, 11) / 2)
        yield strokes.text(middle, bottom + 16, words, anchor="middle")


def _labels(chart: Chart) -> list[tuple[str, str]]:
    """Return value and name for each series that has any; bars alone need no label."""
    if len(chart.series) == 1 and chart.series[0].style == "bar":
        return []
    return [
        (told(series.last[1], chart.unit), plain(series.name))
        for series in chart.series
        if series.last
    ]


def _shown(chart: Chart) -> list[str]:
    total = len(chart.series)
    kinds = [_kind(series, n, total) for n, series in enumerate(chart.series) if series.last]
    return kinds if _labels(chart) else []


def _gaps(
    chart: Chart,
    x: Callable[[datetime], float],
    across: tuple[float, float],
    down: tuple[float, float],
) -> Iterator[str]:
    """Draw what was not measured, hatched."""
    if not chart.gaps:
        return
    # Two charts on one page must not share a pattern: were the first hidden, so were both.
    mark = f"wb-{sha256(repr(chart).encode('utf-8', 'replace')).hexdigest()[:12]}"
    yield (
        f'<defs><pattern id="{mark}" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="g" width="1.5" height="6"/></pattern></defs>'
    )
    zone = ZoneInfo(chart.zone)
    top, bottom = down
    for start, end, left, size in _holes(chart, x, across):
        told = f"{start.astimezone(zone):%d %b %H:%M} to {end.astimezone(zone):%d %b %H:%M}"
        yield strokes.box(
            left, top, size, bottom - top, fill=f"url(#{mark})", why=f"not measured, {told}"
        )


def _holes(
    chart: Chart, x: Callable[[datetime], float], across: tuple[float, float]
) -> Iterator[tuple[datetime, datetime, float, float]]:
    """Yield the gaps in sight: begin, end, place and width."""
    first, last = across
    for start, end in chart.gaps:
        left = x(start)
        if left < last and x(end) > first:
            yield start, end, left, max(x(end) - left, 2)


def _named(
    chart: Chart, x: Callable[[datetime], float], across: tuple[float, float], bottom: float
) -> Iterator[str]:
    """Name the gaps where there is room; above what is drawn beside them."""
    first, last = across
    named = -99.0
    for _, _, left, size in _holes(chart, x, across):
        middle = min(last - 34, max(first + 34, left + size / 2))
        if middle - named > 82:
            named = middle
            yield strokes.text(middle, bottom - 5, "not measured", "h", "middle")


def _path(
    series: Series, kind: str, x: Callable[[datetime], float], y: Callable[[float], float]
) -> str:
    """Draw a line, open where its values are not known; a lone value is a dot."""
    runs: list[list[str]] = [[]]
    for moment, value in series.points:
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{number(x(moment))} {number(y(value))}")
    d = "".join(f"M{'L'.join(run)}{'h0' if len(run) == 1 else ''}" for run in runs if run)
    return f'<path class="l-{kind}" d="{d}"/>'


def _columns(
    series: Series, kind: str, x: Callable[[datetime], float], y: Callable[[float], float]
) -> str:
    """Draw bars from zero to each value."""
    drawn = []
    for moment, value in series.points:
        if value is None or value == 0:
            continue
        left = x(moment)
        size = max(x(moment + series.step) - left, 1)
        above, below = sorted((y(value), y(0)))
        gap = min(1.0, size / 4)
        foot, end = number(below), number(left + size - gap)
        drawn.append(f"M{number(left)} {foot}V{number(above)}H{end}V{foot}z")
    return f'<path class="b-{kind}" d="{"".join(drawn)}"/>'


def _events(
    chart: Chart, x: Callable[[datetime], float], top: float, bottom: float
) -> Iterator[str]:
    """Draw moments as thin verticals, each with its word at the top."""
    span = chart.span
    taken = -99.0
    for moment, word in sorted(chart.events):
        if span and span[0] <= moment <= span[1]:
            place = x(moment)
            yield strokes.line("e", place, top - 10, place, bottom)
            short = fit(word, 110, 11)[0]
            if place > taken:
                yield strokes.text(place + 3, top - 3, short, "h")
                taken = place + width_of(short, 11) + 8


def _bars(chart: Bars, width: int, top: int) -> Iterator[str]:
    if not chart.bars:
        yield strokes.text(0, top + 16, "Nothing to show yet.")
        return
    said = [bar.said or told(bar.value, chart.unit) for bar in chart.bars]
    left = min(max(width_of(plain(bar.name), 12) for bar in chart.bars) + 8, width * 0.4)
    side = min(max(width_of(plain(words), 12) for words in said) + 8, width * 0.35)
    most = max(max(bar.value, bar.usual or 0) for bar in chart.bars) or 1
    for n, (bar, words) in enumerate(zip(chart.bars, said, strict=True)):
        y = top + _ROW * n
        size = bar.value / most * (width - left - side)
        yield strokes.text(0, y + 15, fit(bar.name, left - 8, 12)[0], "s n")
        yield strokes.box(left, y + 5, max(size, 1), 12, kind="b-acc", why=f"{bar.name}: {words}")
        if bar.usual is not None:
            tick = left + bar.usual / most * (width - left - side)
            yield strokes.box(tick - 1, y + 2, 2, 18, kind="m", why="usually here")
        yield strokes.text(left + size + 6, y + 15, fit(words, side, 12)[0], "s")
