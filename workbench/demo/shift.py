"""Moves recorded payloads to another time, byte for byte the same but for their times and ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

__all__ = ["EventShift", "made_keys", "read_stamp", "shift_stamp", "shift_tid"]

_SORTABLE: Final = b"234567abcdefghijklmnopqrstuvwxyz"
_TO_BASE_32: Final = bytes.maketrans(_SORTABLE, b"0123456789abcdefghijklmnopqrstuv")
_PAIRS: Final = [bytes((a, b)) for a in _SORTABLE for b in _SORTABLE]
_TID_LIMIT: Final = 1 << 63
_SECOND: Final = 1_000_000

_ISO: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)([Tt ])(\d\d):(\d\d)(?::(\d\d))?")
_RFC_822: Final = re.compile(
    r"(?:(?P<weekday>Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?P<comma>,?\s+))?(?P<day>\d{1,2})(?P<a>\s+)"
    r"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?P<b>\s+)(?P<year>\d{4})(?P<c>\s+)"
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
)
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def shift_tid(tid: bytes, micros: int) -> bytes:
    """Return the record key that lies `micros` later.

    A record key (TID) is a time in microseconds and ten bits of its clock's own, in base 32.
    The time is moved and the ten bits stay, so that keys that differed still differ.
    What lies outside the range of keys comes back as it is.

    Examples
    --------
    >>> shift_tid(b"3mptbyplj5d2a", 0)
    b'3mptbyplj5d2a'
    """
    value = int(tid.translate(_TO_BASE_32), 32) + (micros << 10)
    if not 0 <= value < _TID_LIMIT:
        return tid
    return _SORTABLE[value >> 60 : (value >> 60) + 1] + b"".join(
        _PAIRS[value >> place & 1023] for place in (50, 40, 30, 20, 10, 0)
    )


def _moved(parts: tuple[str, ...], delta: timedelta) -> datetime | None:
    year, month, day, hour, minute, second = map(int, parts)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC) + delta
    except (ValueError, OverflowError):
        return None


def shift_stamp(stamp: str, delta: timedelta) -> str:
    """Return a written time moved by `delta`, in the form in which it was written.

    ISO 8601 and the form of mail and RSS are understood; fractions, zone, spaces and a
    missing weekday or second stay as they were. Whatever else it is, it comes back as it is.

    Examples
    --------
    >>> shift_stamp("Mon, 16 Nov 2026 23:59 GMT", timedelta(minutes=2))
    'Tue, 17 Nov 2026 00:01 GMT'
    >>> shift_stamp("2026-11-16T23:59:30.25+02:00", timedelta(seconds=30))
    '2026-11-17T00:00:00.25+02:00'
    """
    if found := _ISO.search(stamp):
        year, month, day, mark, hour, minute, second = found.groups()
        moved = _moved((year, month, day, hour, minute, second or "0"), delta)
        if moved is None:
            return stamp
        new = moved.isoformat(mark, "seconds" if second else "minutes").removesuffix("+00:00")
    elif found := _RFC_822.search(stamp):
        month = str(_MONTHS.index(found["month"]) + 1)
        clock = found.group("day", "hour", "minute", "second")
        moved = _moved((found["year"], month, *(part or "0" for part in clock)), delta)
        if moved is None:
            return stamp
        weekday = _WEEKDAYS[moved.weekday()] + found["comma"] if found["weekday"] else ""
        new = (
            f"{weekday}{moved.day:0{len(found['day'])}}{found['a']}{_MONTHS[moved.month - 1]}"
            f"{found['b']}{moved.year:04}{found['c']}{moved.hour:02}:{moved.minute:02}"
        ) + (f":{moved.second:02}" if found["second"] else "")
    else:
        return stamp
    return stamp[: found.start()] + new + stamp[found.end() :]


def read_stamp(stamp: str) -> datetime | None:
    """Return the moment that is written in ISO 8601 or as in mail and RSS; None if in neither."""
    stamp = stamp.strip()
    try:
        when = datetime.fromisoformat(stamp)
    except ValueError:
        try:
            when = parsedate_to_datetime(stamp)
        except ValueError:
            return None
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when
    try:
        return when.astimezone(UTC)
    except OverflowError:
        return None


# A quote inside a JSON text is escaped, so that a post which quotes such a key is not met.
# Every part begins with a quote, so that the search leaps from one to the next.
_EVENT: Final = re.compile(
    rb'"(?:(time_us"\s*:\s*)(\d{1,18})'
    rb'|((?:createdAt|time)"\s*:\s*")(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)'
    rb'|(rev"\s*:\s*")([2-7a-j][2-7a-z]{12})(?=")'
    rb'|(rkey"\s*:\s*"|at://[^/"\\\s]+/[a-zA-Z.]+/)([2-7a-j][2-7a-z]{12})(?=["/]))'
)
_RKEY: Final = re.compile(rb'"rkey"\s*:\s*"([^"\\]+)"')
_CREATES: Final = re.compile(rb'"operation"\s*:\s*"create"')


def _shift_second(stamp: bytes, delta: timedelta) -> bytes:
    try:
        return (datetime.fromisoformat(stamp.decode()) + delta).isoformat().encode()
    except (ValueError, OverflowError):
        return stamp


class EventShift:
    """Moves Jetstream events to the replay's time.

    Times, revisions, record keys and the at-URIs that name them move together, so that
    replies and likes still point at their posts. On a later lap what was made within the
    lap moves on by the lap, and so becomes new; what older events made keeps its one key.
    Content hashes (cid) stay as they are.

    Parameters
    ----------
    offset, lap : int
        From the recording's time to the replay's, and from one lap to the next; whole
        seconds, in microseconds, so that fractions of written times can stay.
    again : collection of bytes
        Record keys that are made within the lap.
    """

    def __init__(self, offset: int, lap: int = 0, again: Collection[bytes] = ()) -> None:
        if offset % _SECOND or lap % _SECOND:
            raise ValueError(f"offset={offset} and lap={lap} must be whole seconds")
        self._offset = offset
        self._lap = lap
        self._again = frozenset(again)

    def __call__(self, event: bytes, lap: int = 0) -> bytes:
        """Return the event as it is on a lap, counted from 0."""
        if not (self._offset or lap):
            return event
        here = self._offset + lap * self._lap
        key = _RKEY.search(event) if lap else None
        # An edit of something older must not move the day on which that was written.
        written = self._offset if key and key[1] not in self._again else here
        return _EVENT.sub(self._replacer(here, timedelta(microseconds=written)), event)

    def _replacer(self, here: int, written: timedelta) -> Callable[[re.Match[bytes]], bytes]:
        def replace(found: re.Match[bytes]) -> bytes:
            group = found.lastindex or 0
            start, value = b'"' + found[group - 1], found[group]
            if group == 2:
                return start + b"%d" % (int(value) + here)
            if group == 4:
                return start + _shift_second(value, written)
            if group == 6:
                return start + shift_tid(value, here)
            return start + shift_tid(value, here if value in self._again else self._offset)

        return replace


def made_keys(events: Iterable[bytes]) -> set[bytes]:
    """Return the record keys that events create."""
    return {key[1] for event in events if _CREATES.search(event) and (key := _RKEY.search(event))}
