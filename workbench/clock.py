"""Time: what now is, and how times and spans are written.

Whatever depends on the time takes a :data:`Clock`, so that a replay or a look back at a
past moment needs no other code. All times are aware and in UTC; all spans are timedeltas.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from workbench.errors import SettingError

__all__ = ["EPOCH", "Clock", "from_micros", "moment", "now", "span", "to_micros"]

Clock = Callable[[], datetime]
"""What tells the time: a function without arguments that returns an aware UTC datetime."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SPAN = re.compile(r"(\d{1,9})\s*([smhdw])")


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def to_micros(when: datetime) -> int:
    """Return microseconds since 1970 in UTC.

    Examples
    --------
    >>> to_micros(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    return (when - EPOCH) // _MICRO


def from_micros(micros: int) -> datetime:
    """Return the moment that lies so many microseconds after 1970, in UTC."""
    return EPOCH + timedelta(microseconds=micros)


def span(text: str | timedelta) -> timedelta:
    """Read a span such as ``30s``, ``5m``, ``24h``, ``7d`` or ``2w``.

    Raises
    ------
    SettingError
        If the text is no span.

    Examples
    --------
    >>> span("24h")
    datetime.timedelta(days=1)
    """
    if isinstance(text, timedelta):
        return text
    found = _SPAN.fullmatch(text.strip().lower())
    if not found:
        raise SettingError(
            f"{text!r} is no span of time; write a number and s, m, h, d or w, such as 24h"
        )
    try:
        return timedelta(**{_UNITS[found[2]]: int(found[1])})
    except OverflowError:
        raise SettingError(f"{text!r} is longer than time can be counted") from None


def moment(
    value: datetime | date | timedelta | str, *, at: datetime, zone: str = "UTC"
) -> datetime:
    """Read a moment: a time, a date, an ISO 8601 text, or a span that lies before `at`.

    Parameters
    ----------
    value : datetime, date, timedelta or str
        A value without a zone is taken to be in `zone`; a date is its first instant there.
    at : datetime
        The moment from which spans count back.
    zone : str
        Name of a zone in the IANA database.

    Returns
    -------
    datetime
        Aware, in UTC.

    Raises
    ------
    SettingError
        If the value is neither a time nor a span.

    Examples
    --------
    >>> moment("24h", at=datetime(2026, 11, 22, tzinfo=UTC)).isoformat()
    '2026-11-21T00:00:00+00:00'
    """
    try:
        return _moment(value, at, zone)
    except OverflowError:
        raise SettingError(f"{value!r} lies outside of the years 1 to 9999") from None


def _moment(value: datetime | date | timedelta | str, at: datetime, zone: str) -> datetime:
    if isinstance(value, timedelta):
        return at - value
    if isinstance(value, str):
        if _SPAN.fullmatch(value.strip().lower()):
            return at - span(value)
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise SettingError(
                f"{value!r} is neither a time nor a span; write 2026-11-22, "
                "2026-11-22T09:30:00Z or a span back from now such as 24h"
            ) from None
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - the zone follows
    if value.tzinfo is None:
        value = value.replace(tzinfo=ZoneInfo(zone))
    return value.astimezone(UTC)
