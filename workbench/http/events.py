"""Server-sent events: one long answer of named pieces.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Final, NamedTuple

import httpx

from workbench.http.addresses import redact
from workbench.http.streams import Kinds, Pieces, Stream, open_stream

__all__ = ["Event", "EventStream", "Lines", "open_events"]

_BOM: Final = b"\xef\xbb\xbf"
_KINDS: Final = Kinds(("text/event-stream",), "a stream of events")


class Event(NamedTuple):
    """One event: its name, ``message`` where it has none, its data, and the last id sent."""

    name: str
    data: bytes
    id: str = ""


class Lines:
    r"""Turns bytes, in whatever pieces they come, to events.

    Examples
    --------
    >>> lines = Lines("x")
    >>> lines.feed(b":thump\nevent: update\ndata: 1\nda"), lines.feed(b"ta: 2\n\n")
    ([], [Event(name='update', data=b'1\n2', id='')])
    """

    def __init__(self, where: str) -> None:
        self._pieces = Pieces(where, "an event")
        self._is_first = True
        self._after_return = False
        self._name = ""
        self._id = ""
        self._data: list[bytes] = []

    def feed(self, data: bytes) -> list[Event]:
        """Return the events that end in these bytes.

        Raises
        ------
        SourceError
            If one is larger than :data:`LARGEST`.
        """
        if self._after_return and data.startswith(b"\n"):
            data = data[1:]
            self._after_return = False
        if not data:
            return []
        self._after_return = data.endswith(b"\r")
        *whole, rest = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        found = []
        for line in whole:
            self._pieces.add(line)
            event = self._take(self._pieces.end())
            if event:
                found.append(event)
        if rest:
            self._pieces.add(rest)
        return found

    def _take(self, line: bytes) -> Event | None:
        """Take a line; return an event if it ends one."""
        if self._is_first:
            line = line.removeprefix(_BOM)
            self._is_first = False
        if not line:
            event = Event(self._name or "message", b"\n".join(self._data), self._id)
            is_one = bool(self._data)
            self._name, self._data, self._pieces.size = "", [], 0
            return event if is_one else None
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._data.append(value)
            return None
        # What is no data is done with, however many such lines come before the event ends.
        self._pieces.size -= len(line)
        if field == b"event":
            self._name = value[:200].decode("utf-8", "replace")
        elif field == b"id" and b"\0" not in value:
            self._id = value[:200].decode("utf-8", "replace")
        return None


EventStream = Stream[Event]


def open_events(address: httpx.URL, **options: Any) -> AbstractContextManager[EventStream]:
    """Connect and ask, as :func:`workbench.http.streams.open_stream` does."""
    return open_stream(address, _KINDS, Lines(redact(str(address))), **options)
