"""Times as files have them: ISO 8601, mails', networks', spreadsheets', counts of seconds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from workbench.clock import EPOCH

__all__ = ["ORDERS", "Times", "is_time", "order_of"]

ORDERS: Final = ("dmy", "mdy")
"""How dates of numbers alone are written where the year stands last."""

_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ,]+(.*))?", re.DOTALL)
_NUMBERS: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:[T ,]+(.*))?", re.DOTALL)
_HOURS: Final = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp]\.?[Mm]\.?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
)
_NETWORK: Final = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{2}:\d{2}:\d{2}) ([+-]\d{4}) (\d{4})"
)
_NAMED: Final = re.compile(
    r"(?:[A-Za-z]{3,9}\.?,? )?"
    r"(?:([A-Za-z]{3,9})\.?[ -](\d{1,2})|(\d{1,2})\.?[ -]([A-Za-z]{3,9})\.?),?"
    r"[ -](\d{4})(?:,? (?:at )?(.*))?",
    re.DOTALL,
)
_COMPACT: Final = re.compile(
    r"((?:19|20)\d{2})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{4})?)?"
)
_COUNT: Final = re.compile(r"-?\d{9,19}(?:\.\d+)?")
_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_LONGEST: Final = 60
_DAY: Final = 86_400.0
_EXCEL: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - its serial numbers have no zone


class Times:
    """Reads times.

    Parameters
    ----------
    zone : str
        IANA name of the zone of times that name none.
    order : {"dmy", "mdy"}, optional
        How dates such as 3/11/2026 are written; without it they are refused unless one of the
        numbers can be no month.
    """

    def __init__(self, zone: str = "UTC", order: str | None = None) -> None:
        self._zone = ZoneInfo(zone)
        self._order = order

    def read(self, value: Any) -> tuple[datetime, float]:
        """Return a time in UTC, and how exact it is in seconds.

        Raises
        ------
        ValueError
            If it cannot be read.
        """
        try:
            moment, precision = self._read(value)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=self._zone)
            return moment.astimezone(UTC), precision
        except OverflowError:
            raise ValueError("lies outside of the years 1 to 9999") from None

    def _read(self, value: Any) -> tuple[datetime, float]:
        if isinstance(value, datetime):
            # Of pandas' own kind too, which counts finer.
            moment = datetime.combine(value.date(), value.timetz())
            return moment, 0.001 if moment.microsecond else 1.0
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day), _DAY  # noqa: DTZ001
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and not _COMPACT.fullmatch(str(value)):
            return _counted(float(value))
        return self._written(str(value).strip())

    def _written(self, text: str) -> tuple[datetime, float]:
        if len(text) > _LONGEST:
            raise ValueError("is no time")
        if found := _COMPACT.fullmatch(text):
            day = int(found[1]), int(found[2]), int(found[3])
            return _joined(day, ":".join(filter(None, found.group(4, 5, 6))) + (found[7] or ""))
        if _COUNT.fullmatch(text):
            return _counted(float(text))
        if found := _ISO.fullmatch(text):
            day = int(found[1]), int(found[2]), int(found[3])
            return _joined(day, found[4])
        if found := _NUMBERS.fullmatch(text):
            return _joined(self._ordered(found), found[5])
        if found := _NETWORK.fullmatch(text):
            month, number, hours, offset, year = found.groups()
            return _joined((int(year), _month(month), int(number)), f"{hours} {offset}")
        if found := _NAMED.fullmatch(text):
            day = int(found[5]), _month(found[1] or found[4]), int(found[2] or found[3])
            return _joined(day, found[6])
        try:
            return parsedate_to_datetime(text), 1.0
        except (TypeError, ValueError, IndexError):
            raise ValueError("is no time that is known") from None

    def _ordered(self, found: re.Match[str]) -> tuple[int, int, int]:
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        if year < 100:
            year += 2000 if year < 70 else 1900
        # Where points stand between them the day is first everywhere.
        order = "dmy" if found[2] == "." else self._order
        if order is None and first <= 12 and second <= 12 and first != second:
            raise ValueError("may be a day and a month either way; say which with dates=")
        if order == "dmy" or (order is None and second <= 12):
            first, second = second, first
        return year, first, second


def _counted(number: float) -> tuple[datetime, float]:
    """Return a count of seconds, milliseconds, microseconds or nanoseconds since 1970.

    A spreadsheet's serial number is told by its size: days since 1900.
    """
    size = abs(number)
    if not math.isfinite(size):
        raise ValueError("is no time")
    if 20_000 <= size < 80_000:
        moment = _EXCEL + timedelta(seconds=round(number * _DAY))
        return moment, _DAY if number == int(number) else 1.0
    for unit, precision in ((1, 1.0), (1e3, 0.001), (1e6, 0.001), (1e9, 0.001)):
        if size < 1e11 * unit:
            if size < 1e8 * unit:
                break
            micros = round(number * 1e6 / unit)
            return EPOCH + timedelta(microseconds=micros), precision
    raise ValueError("is a number that is no time")


def _month(name: str) -> int:
    number = _MONTHS.get(name[:3].lower())
    if number is None:
        raise ValueError("names no month that is known")
    return number


def _joined(day: tuple[int, int, int], hours: str | None) -> tuple[datetime, float]:
    if not hours or not hours.strip():
        return datetime(*day), _DAY  # noqa: DTZ001 - the zone follows
    found = _HOURS.fullmatch(hours.strip())
    if not found:
        raise ValueError("has a time of day that is not known")
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if half := found[5]:
        if not 1 <= hour <= 12:
            raise ValueError("has a time of day that cannot be")
        hour = hour % 12 + (12 if half[0] in "Pp" else 0)
    micro = int((found[4] or "0")[:6].ljust(6, "0"))
    # A leap second is the last one of its minute.
    moment = datetime(*day, hour, minute, min(second, 59), micro)  # noqa: DTZ001
    if zone := found[6]:
        text = "+00:00" if zone in {"Z", "UTC", "GMT"} else zone
        moment = datetime.fromisoformat(f"{moment.isoformat()}{text}")
    return moment, 60.0 if found[3] is None else 1.0 if found[4] is None else 0.001


def is_time(value: Any) -> bool:
    """Return whether a value reads as a time, in either order; small numbers do not."""
    if value is None or value == "" or isinstance(value, bool):
        return False
    if isinstance(value, int | float) and abs(value) < 1e8:
        return False
    try:
        Times(order="dmy").read(value)
    except ValueError:
        try:
            Times(order="mdy").read(value)
        except ValueError:
            return False
    return True


def order_of(values: Iterable[Any]) -> tuple[str | None, bool]:
    """Return how dates of numbers alone are written, and whether that is in doubt.

    Examples
    --------
    >>> order_of(["3/11/2026", "25/11/2026"]), order_of(["11/25/2026 9:30 AM"])
    (('dmy', False), ('mdy', False))
    >>> order_of(["3/11/2026"]), order_of(["2026-11-03"])
    ((None, True), (None, False))
    """
    is_met = False
    orders = set()
    for value in values:
        found = _NUMBERS.fullmatch(value.strip()) if isinstance(value, str) else None
        if found and found[2] != ".":
            is_met = True
            if int(found[1]) > 12:
                orders.add("dmy")
            elif int(found[3]) > 12:
                orders.add("mdy")
    if len(orders) == 1:
        return orders.pop(), False
    return None, is_met
