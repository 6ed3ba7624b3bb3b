"""Names, numbers and times as a reader wants them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from zlib import crc32
from zoneinfo import ZoneInfo

__all__ = [
    "AVATARS",
    "avatar",
    "count",
    "counted",
    "initials",
    "mood",
    "plain",
    "relative",
    "since",
    "visible",
]

AVATARS: Final = 6
"""How many colours authors share; the style sheet names them ``wb-a0`` and on."""

_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_UNSEEN: Final = re.compile(r"[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_FIRST: Final = re.compile(r"(?<![\w'’.-])[^\W_]")


def plain(text: str | None) -> str:
    r"""Return a name or handle as it may be shown.

    Control characters go, and so do those that turn the direction of what follows or take no
    room, by which one name can pass for another.

    Examples
    --------
    >>> plain("CEO\u202eriA\u200b x")
    'CEOriA x'
    """
    return visible(text or "").strip()


def visible(text: str) -> str:
    """Return a part of a name as :func:`plain` shows it, blanks at its ends included."""
    if text.isascii() and text.isprintable():  # as most are, and a deck has thousands
        return text
    return _UNSEEN.sub("", _BREAKS.sub(" ", text))


def initials(name: str) -> str:
    """Return the first letters of the first and the last word; of scripts without cases, one.

    Examples
    --------
    >>> initials("Jean-Luc de la Tour"), initials("acme"), initials("佐藤 花子"), initials("🚀")
    ('JT', 'A', '佐', '·')
    """
    letters = _FIRST.findall(plain(name).upper())
    if not letters:
        return "·"
    first: str = letters[0]
    has_case = first.isupper() or first.isnumeric()
    return first + letters[-1] if has_case and len(letters) > 1 else first


def avatar(author: str) -> str:
    """Return the class that gives an author's avatar a colour of its own, always the same."""
    return f"wb-a{crc32(author.encode('utf-8', 'replace')) % AVATARS}"


def count(n: int) -> str:
    """Return a number in short.

    Examples
    --------
    >>> count(1234), count(12345), count(2_000_000)
    ('1,234', '12.3K', '2M')
    """
    if n < 10_000:
        return f"{n:,}"
    for size, sign in ((1_000_000_000, "B"), (1_000_000, "M"), (1000, "K")):
        if n >= size:
            short = n / size
            return f"{short:.1f}".removesuffix(".0") + sign if short < 100 else f"{short:.0f}{sign}"
    raise AssertionError(n)


def counted(n: int, one: str, many: str | None = None) -> str:
    """Return a number with what it counts.

    Examples
    --------
    >>> counted(1, "reply", "replies"), counted(2100, "like")
    ('1 reply', '2,100 likes')
    """
    return f"{n:,} {one if n == 1 else many or f'{one}s'}"


def mood(compound: float | None) -> str:
    """Return neg, neu or pos by VADER's own bounds; nothing where nothing was scored."""
    if compound is None:
        return ""
    return "pos" if compound >= 0.05 else "neg" if compound <= -0.05 else "neu"


def relative(when: datetime, now: datetime, zone: str) -> str:
    """Return how long ago a time was: now, 4 min, 2 h, 3 d, then the date.

    Examples
    --------
    >>> from datetime import UTC, timedelta
    >>> now = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)
    >>> [relative(now - timedelta(minutes=n), now, "UTC") for n in (0, 59, 60, 11_520)]
    ['now', '59 min', '1 h', '15 Nov']
    """
    seconds = (now - when).total_seconds()
    if seconds < 60:
        return "now"
    for size, unit, most in ((60, "min", 60), (3600, "h", 24), (86_400, "d", 7)):
        if seconds < size * most:
            return f"{int(seconds // size)} {unit}"
    local = when.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b}"


def since(when: datetime, now: datetime, zone: str) -> str:
    """Return a time of the same day by the clock, another one with its day.

    Examples
    --------
    >>> from datetime import UTC, timedelta
    >>> now = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)
    >>> [since(now - timedelta(hours=h), now, "UTC") for h in (9, 24)]
    ['00:14', '22 Nov, 09:14']
    """
    local, today = (each.astimezone(ZoneInfo(zone)) for each in (when, now))
    day = "" if local.date() == today.date() else f"{local.day} {local:%b}, "
    return f"{day}{local:%H:%M}"
