"""Times that are told as how long ago something was: ``18h``, ``2d •``, ``vor 3 Wochen``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

__all__ = ["When", "read_time"]


class When(NamedTuple):
    """A time, and by how many seconds the true one may lie before it or after."""

    time: datetime
    precision: float


_UNITS: Final = {
    1: "s sec secs second seconds sek segundo segundos",
    60: "m min mins minute minutes minuten minuto minutos",
    3_600: "h hr hrs hour hours std stunde stunden u uur hora horas heure heures",
    86_400: "d day days t tag tage tagen dag dagen día días jour jours",
    604_800: "w wk wks week weeks wo woche wochen weken sem semana semanas semaine semaines",
    2_592_000: "mo mos mth mths month months mon monat monate monaten mnd maand maanden mes meses "
    "mois",
    31_536_000: "y yr yrs year years jahr jahre jahren jr jaar año años an ans",
}
_SECONDS: Final = {word: seconds for seconds, words in _UNITS.items() for word in words.split()}
_AGO: Final = re.compile(
    r"(?:vor|hace|il y a|about|over)?\s*(\d{1,4})\s*\+?\s*([^\W\d_]{1,10})\.?\s*(?:ago|geleden)?"
)
_NOW: Final = frozenset(("now", "just now", "jetzt", "gerade eben", "ahora", "nu"))
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_MINUTE: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?![:\d])")
_FORMS: Final = (
    ("%m/%d/%Y %I:%M:%S %p", 1.0),
    ("%m/%d/%Y %I:%M %p", 60.0),
    ("%Y/%m/%d %H:%M:%S", 1.0),
    ("%d %b %Y", 86_400.0),
    ("%b %d, %Y", 86_400.0),
    ("%B %d, %Y", 86_400.0),
)
_EARLIEST: Final = 631_152_000  # 1990, in seconds
_LATEST: Final = 2**33  # seconds: the year 2242


def read_time(given: Any, seen: datetime) -> When | None:
    """Return the time that somebody wrote for it, as exact as that is.

    Parameters
    ----------
    given : str, int or float
        How long before `seen` it was, a time, a date, or seconds or milliseconds since 1970.
        What names no zone is UTC.
    seen : datetime
        When it was read where it came from.

    Returns
    -------
    When or None
        None if it is no time. What is so many units ago lies between that and one unit more,
        so the time is the latest that it can be, and its precision a whole unit.

    Examples
    --------
    >>> noon = datetime(2026, 11, 19, 12, tzinfo=UTC)
    >>> when = read_time("2d • Edited •", noon)
    >>> when.time.isoformat(), when.precision
    ('2026-11-17T12:00:00+00:00', 86400.0)
    >>> read_time("soon", noon) is None
    True
    """
    if given.__class__ in {int, float}:
        return _number(float(given))
    if not isinstance(given, str):
        return None
    text = re.split(r"[•·|]", given, maxsplit=1)[0].strip()[:60]
    if not text:
        return None
    if re.fullmatch(r"\d{9,14}(?:\.\d+)?", text):
        return _number(float(text))
    return _ago(text.casefold(), seen) or _written(text)


def _number(value: float) -> When | None:
    seconds, precision = (value / 1_000, 0.001) if value > _LATEST else (value, 1.0)
    if not _EARLIEST <= seconds < _LATEST:
        return None
    return When(datetime.fromtimestamp(seconds, UTC), precision)


def _ago(text: str, seen: datetime) -> When | None:
    if text in _NOW:
        return When(seen, 60.0)
    found = _AGO.fullmatch(text)
    seconds = _SECONDS.get(found[2]) if found else None
    if not found or seconds is None:
        return None
    try:
        return When(seen - timedelta(seconds=seconds * int(found[1])), float(seconds))
    except OverflowError:
        return None


def _written(text: str) -> When | None:
    """Return a time that is written out."""
    text = re.sub(r"\s+UTC$", "Z", text)
    precision = 86_400.0 if _DATE.fullmatch(text) else 60.0 if _MINUTE.match(text) else 1.0
    try:
        return When(_aware(datetime.fromisoformat(text)), precision)
    except (ValueError, OverflowError):
        pass
    for form, exact in _FORMS:
        try:
            return When(_aware(datetime.strptime(text, form)), exact)  # noqa: DTZ007 - the zone follows
        except (ValueError, OverflowError):
            continue
    return None


def _aware(when: datetime) -> datetime:
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
