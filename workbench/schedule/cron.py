"""When a run is due: cron lines in a time zone."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from workbench.errors import SettingError

__all__ = ["Cron", "local_zone", "zone_of"]

_FIELDS: Final = (
    ("minute", "0 to 59"),
    ("hour", "0 to 23"),
    ("day of the month", "1 to 31, L for the last"),
    ("month", "1 to 12, or JAN to DEC"),
    ("day of the week", "0 to 7 (0 and 7 are Sunday), or SUN to SAT; 5L is the last Friday"),
)
_NAMED: Final = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_EXAMPLE: Final = 'five fields are needed, as in "0 7 * * 1-5" (weekdays at 07:00)'


def zone_of(name: str) -> ZoneInfo:
    """Return a zone of the IANA database.

    Raises
    ------
    SettingError
        If there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # a name may also lead to a folder, or out of it
        raise SettingError(
            f"{name!r} is no time zone; write a name such as Europe/Zurich, America/New_York or UTC"
        ) from None


def local_zone() -> str:
    """Return the name of this machine's time zone, or UTC if it does not tell."""
    linked = os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    written = Path("/etc/timezone")
    told = written.read_text("utf-8").strip() if written.is_file() else ""
    for name in (os.environ.get("TZ", "").removeprefix(":"), linked, told):
        try:
            if name:
                return zone_of(name).key.removeprefix("Etc/")
        except SettingError:
            continue
    return "UTC"


class Cron:
    """A cron line in a zone.

    Parameters
    ----------
    line : str
        Minute, hour, day of the month, month, day of the week; or ``@daily`` and its like.
    zone : str
        Name of a zone in the IANA database.

    Raises
    ------
    SettingError
        If the line cannot be read, pointing at the field; or if it never comes true.

    Notes
    -----
    As Debian's cron has it: a time that the clocks skip in spring comes as soon as they have
    been put forward, and one that they pass twice in autumn comes once; where both day fields
    are set, either suffices.

    Examples
    --------
    >>> line = Cron("0 7 * * 1-5", "Europe/Zurich")
    >>> line.next(datetime(2026, 11, 27, 6, 0, tzinfo=UTC)).isoformat()
    '2026-11-30T06:00:00+00:00'
    """

    def __init__(self, line: str, zone: str = "UTC") -> None:
        self.line = line.strip()
        self.zone = zone_of(zone)
        self._line = _NAMED.get(self.line.lower(), self.line)
        _check(self.line, self._line)
        self.next(datetime(2026, 1, 1, tzinfo=UTC))

    def next(self, after: datetime) -> datetime:
        """Return the first moment after this one at which a run is due, UTC."""
        ticks = CronSim(self._line, after.astimezone(self.zone))
        # In the hour that autumn repeats, the first tick may lie an hour back.
        found = next((t for t in map(_utc, ticks) if t > after), None)
        if found is None:
            raise SettingError(f"the cron line {self.line!r} names a day that never comes")
        return found

    def last(self, at: datetime) -> datetime | None:
        """Return the last moment up to this one at which a run was due, UTC."""
        begin = (at + timedelta(seconds=1)).astimezone(self.zone)
        ticks = CronSim(self._line, begin, reverse=True)
        return next((t for t in map(_utc, ticks) if t <= at), None)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _check(written: str, line: str) -> None:
    """Refuse a line that cannot be read, pointing at the field."""
    fields = line.split()
    if len(fields) != len(_FIELDS):
        raise SettingError(f"the cron line {written!r} has {_count(len(fields))}; {_EXAMPLE}")
    for place, (field, (name, allowed)) in enumerate(zip(fields, _FIELDS, strict=True)):
        alone = ["*"] * len(_FIELDS)
        alone[place] = field
        try:
            CronSim(" ".join(alone), datetime(2026, 1, 1, tzinfo=UTC))
        except CronSimError:
            shown = " ".join(fields)
            start = len(" ".join(fields[:place])) + bool(place)
            raise SettingError(
                f"{field!r} is no {name}; write {allowed}, a range 1-5, a list 1,3 or */2\n"
                f"  {shown}\n  {' ' * start}{'^' * len(field)}"
            ) from None
    try:
        CronSim(line, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError:
        raise SettingError(f"the cron line {written!r} names a day that never comes") from None


def _count(n: int) -> str:
    return "one field" if n == 1 else f"{n} fields"
