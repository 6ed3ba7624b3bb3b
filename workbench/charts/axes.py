"""What both ways of drawing reckon alike: scales, ticks, places of labels, and text as text."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

__all__ = ["fit", "plain", "round_up", "spread", "ticks", "told", "width_of"]

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
# Invisible signs that belong to writing: blanks that do not break, joiners of scripts and emoji.
_KEPT = "\N{NO-BREAK SPACE}\u200c\u200d"


def plain(text: str) -> str:
    r"""Return a text on one line, without signs that no drawing shows or that turn it round.

    Examples
    --------
    >>> plain("a\x00b\n\u202ec")
    'a b c'
    """
    kept = (char if char.isprintable() or char in _KEPT else " " for char in text)
    return " ".join(part for part in "".join(kept).split(" ") if part)


def width_of(text: str, size: float) -> float:
    """Return about how many pixels a text takes."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return size * (0.62 * (len(text) - wide) + wide)


def fit(text: str, width: float, size: float, *, most: int = 1) -> list[str]:
    """Return a text as lines of about that width, the last one cut with an ellipsis.

    Examples
    --------
    >>> fit("one two three", 60, 12)
    ['one two…']
    >>> fit("one two three", 60, 12, most=2)
    ['one two', 'three']
    """
    lines: list[str] = []
    line = ""
    words = plain(text).split(" ")
    for place, word in enumerate(words):
        longer = f"{line} {word}" if line else word
        if not line or width_of(longer, size) <= width:
            line = longer
        elif len(lines) + 1 < most:
            lines.append(line)
            line = word
        else:
            line = " ".join([line, *words[place:]])
            break
    lines.append(line)
    return [_cut(each, width, size) for each in lines]


def _cut(text: str, width: float, size: float) -> str:
    if width_of(text, size) <= width:
        return text
    while len(text) > 1 and width_of(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def round_up(value: float) -> float:
    """Return the next round number at or above a value, 1 for none above 0; its half is round too.

    Examples
    --------
    >>> [round_up(v) for v in (0, 3, 5, 11, 22, 51, 0.3)]
    [1.0, 4.0, 6.0, 20.0, 30.0, 60.0, 0.4]
    """
    if not value > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    steps = (1, 2, 3, 4, 6, 8, 10, 20) if power > 1 else (1, 2, 4, 6, 8, 10, 20)
    return next(m * power for m in steps if m * power >= value * 0.9999)


def told(value: float, unit: str) -> str:
    r"""Return a value as a reader sees it.

    Examples
    --------
    >>> told(1234.56, ""), told(12.0, "kg")
    ('1,234.6', '12\xa0kg')
    """
    number = f"{round(value, 1):,.1f}".removesuffix(".0")
    return f"{number}\N{NO-BREAK SPACE}{unit}" if unit else number


def ticks(start: datetime, end: datetime, zone: str) -> list[tuple[datetime, str]]:
    """Return where a time axis has its marks: a few full hours or midnights of the zone."""
    there = ZoneInfo(zone)
    length = end - start
    hour = start.astimezone(there).replace(minute=0, second=0, microsecond=0)
    found: list[tuple[datetime, str]] = []
    if length > 2 * _DAY:
        day = hour.replace(hour=0)
        nights = []
        for _ in range(length // _DAY + 2):
            nights.append(day)
            day = (day + _DAY).replace(hour=0)
        nights = [night for night in nights if start <= night <= end]
        step = math.ceil(len(nights) / 5) or 1
        return [
            (night, f"{night.day} {night:%b}") for night in nights[(len(nights) - 1) % step :: step]
        ]
    step = 12 if length > _DAY else 6 if length > _DAY / 2 else 3 if length > _DAY / 4 else 1
    moment = start.replace(minute=0, second=0, microsecond=0)
    while moment <= end:
        local = moment.astimezone(there)
        if moment >= start and local.hour % step == 0:
            found.append((moment, f"{local:%H:%M}"))
        moment += _HOUR
    return found


def spread(places: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Return places of labels within bounds, `apart` from each other, near where they belong.

    Examples
    --------
    >>> spread([10, 12], 8, 0, 100)
    [10, 18]
    """
    order = sorted(range(len(places)), key=lambda n: places[n])
    out = list(places)
    least = low
    for n in order:
        out[n] = max(out[n], least)
        least = out[n] + apart
    most = high
    for n in reversed(order):
        out[n] = min(out[n], most)
        most = out[n] - apart
    return out
