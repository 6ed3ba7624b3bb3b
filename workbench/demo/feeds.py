"""A fortnight of one feed, shown as a feed shows itself: its newest entries, in its own format."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from workbench.clock import from_micros, to_micros
from workbench.demo.shift import read_stamp, shift_stamp
from workbench.demo.timeline import Reel, Timeline

__all__ = ["POLL", "SHOWN", "FeedTape"]

SHOWN: Final = 20
"""How many entries a feed shows at once."""

POLL: Final = timedelta(minutes=5)
"""How often the feed is taken to have been fetched in the past."""

# CDATA and comments are met first, so that markup which a text only speaks of opens nothing.
_MARKS: Final = re.compile(
    rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<(item|entry)(?:\s[^>]*)?>|</(?:item|entry)\s*>", re.DOTALL
)
_STAMP: Final = re.compile(
    rb"(<(?:pubDate|lastBuildDate|published|updated|dc:date)(?:\s[^>]*)?>\s*(?:<!\[CDATA\[\s*)?)"
    rb"([^<\]]+)"
)
_ID: Final = re.compile(rb"<(?:guid|id)(?:\s[^>]*)?>\s*(?:<!\[CDATA\[)?[^<\]\s]+")
_LINK: Final = re.compile(rb"<link>\s*(?:<!\[CDATA\[)?[^<\]\s]+")
_CHANGED_WITHIN: Final = timedelta(days=1)
_JSON_STAMPS: Final = ("date_published", "date_modified")


class FeedTape:
    """One feed's whole recording, and what it shows at any moment of the replay.

    RSS, Atom and JSON Feed are told by how they begin. Each entry appears at its own date;
    one without a readable date appears with the one below it. Nothing is decoded, so that
    the document keeps its character set; only one that ASCII is part of can be sliced.

    Parameters
    ----------
    document : bytes
        Every entry, newest first.
    reel : Reel
        Moves it to the replay's time and plays the live part again and again.
    """

    def __init__(self, document: bytes, reel: Reel) -> None:
        self._reel = reel
        self._json = document.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
        split = self._split_json if self._json else self._split_xml
        entries = split(document)
        entries.reverse()
        times = self._times(entries)
        order = sorted(range(len(entries)), key=times.__getitem__)
        self._entries = [entries[index] for index in order]
        self._when = array("q", (times[index] for index in order))
        self._timeline = Timeline(self._when, reel)

    def show(self, now: datetime) -> tuple[bytes, datetime]:
        """Return the document as of a moment, and when its newest entry appeared."""
        newest = self._timeline.before(to_micros(now) + 1)
        places = map(self._timeline.place, range(newest - 1, newest - 1 - SHOWN, -1))
        return self._render([place for place in places if place], now)

    def history(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield what fetching it every :data:`POLL` brought before the live part, oldest first.

        Yields
        ------
        tuple of (int, int, bytes)
            When it was fetched, in the recording's time; how many entries were new; and a
            document of just these.
        """
        poll = POLL // timedelta(microseconds=1)
        live_from = self._reel.live_from

        def fetched(index: int) -> int:
            return live_from - (live_from - self._when[index]) // poll * poll

        past = self._timeline.before(live_from + self._reel.offset)
        for tick, group in groupby(range(past), key=fetched):
            places = [(0, index) for index in group][::-1]
            yield tick, len(places), self._render(places, self._reel.shown(tick))[0]

    def _split_xml(self, document: bytes) -> list[bytes]:
        entries: list[bytes] = []
        opened = after = 0
        self._head, self._foot = document, b""
        for mark in _MARKS.finditer(document):
            if mark[1]:
                if not entries:
                    self._head = document[: mark.start()]
                opened = mark.start()
            elif mark[0].startswith(b"</"):
                after = mark.end()
                entries.append(document[opened:after])
        if entries:
            self._foot = document[after:]
        return entries

    def _split_json(self, document: bytes) -> list[bytes]:
        whole = json.loads(document)
        entries = whole.pop("items")
        self._head, self._foot = _dump(whole)[:-1] + b', "items": [', b"]}"
        return [_dump(entry) for entry in entries]

    def _times(self, entries: list[bytes]) -> list[int]:
        times = []
        last = self._reel.start
        for entry in entries:
            when = read_stamp(self._written(entry))
            # A forged date outside the recording would keep the entry from ever appearing.
            if when is not None and self._reel.start <= to_micros(when) < self._reel.end:
                last = to_micros(when)
            times.append(last)
        return times

    def _written(self, entry: bytes) -> str:
        if self._json:
            return str(json.loads(entry).get(_JSON_STAMPS[0], ""))
        found = _STAMP.search(entry)
        return found[2].decode("latin-1") if found else ""

    def _render(self, places: Sequence[tuple[int, int]], now: datetime) -> tuple[bytes, datetime]:
        newest = max((self._timeline.time(*place) for place in places), default=None)
        when = self._reel.shown(self._reel.start) if newest is None else from_micros(newest)
        separator = b"," if self._json else b"\n"
        body = separator.join(self._entry(*place, now) for place in places)
        if self._json:
            return self._head + body + self._foot, when
        head, foot = (_STAMP.sub(_set_to(when), part) for part in (self._head, self._foot))
        return head + body + foot, when

    def _entry(self, lap: int, index: int, now: datetime) -> bytes:
        delta = timedelta(microseconds=self._reel.offset + lap * self._reel.lap)
        first = from_micros(self._timeline.time(lap, index))

        def move(stamp: str) -> str:
            was = read_stamp(stamp)
            after = timedelta() if was is None else was - (first - delta)
            # A change that is still to come has not been made yet; forged dates stay forged.
            early = timedelta() < after < _CHANGED_WITHIN and first + after > now
            return shift_stamp(stamp, delta - after if early else delta)

        entry = self._entries[index]
        if self._json:
            return _dump(_move_json(json.loads(entry), lap, move))

        def moved(found: re.Match[bytes]) -> bytes:
            return found[1] + move(found[2].decode("latin-1")).encode("latin-1")

        entry = _STAMP.sub(moved, entry)
        if not lap:
            return entry
        # The link stays as posts name it, unless it is all that the entry is known by.
        key, mark = (_ID, b"-%d") if _ID.search(entry) else (_LINK, b"?lap=%d")
        return key.sub(lambda found: found[0] + mark % (lap + 1), entry, count=1)


def _set_to(when: datetime) -> Any:
    """Return what writes a moment in the form of the time that it replaces."""

    def replace(found: re.Match[bytes]) -> bytes:
        stamp = found[2].decode("latin-1")
        was = read_stamp(stamp)
        return found[1] + (stamp if was is None else shift_stamp(stamp, when - was)).encode(
            "latin-1"
        )

    return replace


def _move_json(entry: dict[str, Any], lap: int, move: Callable[[str], str]) -> dict[str, Any]:
    moved = {key: move(entry[key]) for key in _JSON_STAMPS if isinstance(entry.get(key), str)}
    if lap and "id" in entry:
        moved["id"] = f"{entry['id']}-{lap + 1}"
    return entry | moved


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
