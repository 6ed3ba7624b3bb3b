"""What a chart shows, whoever draws it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, Literal

from workbench.errors import SettingError

__all__ = ["Bar", "Bars", "Chart", "Point", "Series", "Span", "gaps", "unmeasured"]

Point = tuple[datetime, float | None]
Span = tuple[datetime, datetime]
Color = Literal["", "neg", "pos", "neu"]

COLORS: Final = ("", "neg", "pos", "neu")
STYLES: Final = ("line", "bar")
MOST: Final = 6
"""Series in one chart; more cannot be told apart."""


def _check(name: str, value: str, options: Iterable[str]) -> None:
    if value not in options:
        raise SettingError(f"{name}={value!r} is not one of {', '.join(map(repr, options))}")


def _aware(name: str, moments: Iterable[datetime]) -> None:
    for moment in moments:
        if moment.tzinfo is None:
            raise SettingError(f"{name} holds {moment!r}, which names no zone; give aware times")


@dataclass(frozen=True, slots=True)
class Series:
    """One row of values over time.

    Parameters
    ----------
    name : str
        What it is, in a word or two: its label.
    points : tuple of (datetime, float or None)
        Oldest first, aware. None is not known, and never drawn as zero.
    color : {"", "neg", "pos", "neu"}
        What its colour means; "" is one of the palette's, by place.
    style : {"line", "bar"}
        A bar begins at its point's time and lasts until the next.
    """

    name: str
    points: tuple[Point, ...]
    color: Color = ""
    style: Literal["line", "bar"] = "line"

    def __post_init__(self) -> None:
        _check("color", self.color, COLORS)
        _check("style", self.style, STYLES)
        _aware(f"the series {self.name!r}", (moment for moment, _ in self.points))

    @property
    def last(self) -> tuple[datetime, float] | None:
        """The newest point whose value is known."""
        known = ((moment, value) for moment, value in reversed(self.points) if value is not None)
        return next(known, None)

    @property
    def step(self) -> timedelta:
        """The shortest time between two points; an hour if there are no two."""
        times = [moment for moment, _ in self.points]
        steps = [later - sooner for sooner, later in pairwise(times)]
        return min((step for step in steps if step), default=timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Chart:
    """Values over time.

    Parameters
    ----------
    title : str
        What is seen.
    subtitle : str
        What is measured, over what.
    alt : str
        The finding, for whoever does not see the drawing.
    unit : str
        Stands behind each value; "" for plain counts.
    zone : str
        Time zone of its axis, by its IANA name.
    series : tuple of Series
        At most six.
    gaps : tuple of (datetime, datetime)
        Spans that were not measured.
    events : tuple of (datetime, str)
        Moments worth a line, each with a word.

    Raises
    ------
    SettingError
        If there are too many series, or a time names no zone.
    """

    title: str
    subtitle: str
    alt: str
    unit: str = ""
    zone: str = "UTC"
    series: tuple[Series, ...] = ()
    gaps: tuple[Span, ...] = ()
    events: tuple[tuple[datetime, str], ...] = ()

    def __post_init__(self) -> None:
        if len(self.series) > MOST:
            raise SettingError(f"{len(self.series)} series are more than {MOST}; draw two charts")
        _aware("gaps", (moment for span in self.gaps for moment in span))
        _aware("events", (moment for moment, _ in self.events))

    @property
    def span(self) -> Span | None:
        """The time from its first point to the end of its last; None without points."""
        starts = [series.points[0][0] for series in self.series if series.points]
        ends = [
            series.points[-1][0] + (series.step if series.style == "bar" else timedelta())
            for series in self.series
            if series.points
        ]
        if not starts:
            return None
        start, end = min(starts), max(ends)
        return (start, end) if end > start else (start, start + timedelta(hours=1))

    @property
    def extent(self) -> tuple[float, float]:
        """The lowest and highest value, zero among them."""
        values = [v for series in self.series for _, v in series.points if v is not None]
        return min(0.0, *values, 0.0), max(0.0, *values, 0.0)


@dataclass(frozen=True, slots=True)
class Bar:
    """One named amount.

    Parameters
    ----------
    name : str
    value : float
        At least 0.
    said : str
        The value in words, shown at the bar's end; else the value and its unit.
    usual : float, optional
        Where it usually is: a tick on the bar.
    """

    name: str
    value: float
    said: str = ""
    usual: float | None = None


@dataclass(frozen=True, slots=True)
class Bars:
    """Amounts side by side, the first at the top; `title` to `unit` as of a :class:`Chart`."""

    title: str
    subtitle: str
    alt: str
    unit: str = ""
    bars: tuple[Bar, ...] = ()


def gaps(spans: Iterable[tuple[datetime, datetime, bool]]) -> tuple[Span, ...]:
    """Return what was not measured, adjoining spans as one.

    Parameters
    ----------
    spans : iterable of (datetime, datetime, bool)
        Begin and end of each stretch, oldest first, and whether it was measured.

    Examples
    --------
    >>> from datetime import UTC
    >>> hours = [datetime(2026, 11, 22, hour, tzinfo=UTC) for hour in range(4)]
    >>> found = gaps(zip(hours, hours[1:], (True, False, False)))
    >>> [(start.hour, end.hour) for start, end in found]
    [(1, 3)]
    """
    found: list[Span] = []
    for start, end, is_measured in spans:
        if is_measured:
            continue
        if found and found[-1][1] >= start:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def unmeasured(missing: Sequence[Span]) -> str:
    """Return in words how many spans were not measured; nothing if none.

    Examples
    --------
    >>> from datetime import UTC
    >>> unmeasured([(datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))])
    'one span was not measured'
    """
    if not missing:
        return ""
    return (
        "one span was not measured"
        if len(missing) == 1
        else f"{len(missing)} spans were not measured"
    )
