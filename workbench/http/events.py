"""Server-sent events: one long answer, read as it comes, with bounds.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html. The connection is
ours and h11 reads it, because a wait for what comes next must end after a moment, to see
whether we are to stop, without ending the connection.
"""

from __future__ import annotations

import ssl
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import h11
import httpcore
import httpx

from workbench.errors import SourceError
from workbench.http.addresses import redact
from workbench.http.dial import dial
from workbench.http.sockets import PORTS, RefusedError, tunnel

__all__ = ["LARGEST", "Event", "EventStream", "Lines", "open_events"]

LARGEST: Final = 2_000_000
"""Most bytes of one event."""

_PIECE: Final = 65_536
_LEAST: Final = 0.001  # seconds; a socket takes 0 for "do not wait at all" and fails
_BOM: Final = b"\xef\xbb\xbf"


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
        self._where = where
        self._pieces: list[bytes] = []
        self._size = 0
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
            self._grow(line)
            line = b"".join(self._pieces)  # noqa: PLW2901 - the line's end, now the line
            self._pieces.clear()
            event = self._take(line)
            if event:
                found.append(event)
        if rest:
            self._grow(rest)
        return found

    def _grow(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size > LARGEST:
            raise SourceError(
                f"{self._where}: sends an event of more than {LARGEST // 1_000_000} MB"
            )

    def _take(self, line: bytes) -> Event | None:
        """Take a line; return an event if it ends one."""
        if self._is_first:
            line = line.removeprefix(_BOM)
            self._is_first = False
        if not line:
            event = Event(self._name or "message", b"\n".join(self._data), self._id)
            is_one = bool(self._data)
            self._name, self._data, self._size = "", [], 0
            return event if is_one else None
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._data.append(value)
            return None
        # What is no data is done with, however many such lines come before the event ends.
        self._size -= len(line)
        if field == b"event":
            self._name = value[:200].decode("utf-8", "replace")
        elif field == b"id" and b"\0" not in value:
            self._id = value[:200].decode("utf-8", "replace")
        return None


class EventStream:
    """An open stream of events.

    Parameters
    ----------
    stream : httpcore.NetworkStream
    connection : h11.Connection
        Whose answer has begun.
    where : str
        Its address as it may be shown.
    idle : float
        Seconds of silence after which the connection counts as dead; heartbeats are no
        silence.
    """

    def __init__(
        self, stream: httpcore.NetworkStream, connection: h11.Connection, where: str, idle: float
    ) -> None:
        self._stream = stream
        self._connection = connection
        self._where = where
        self._idle = idle
        self._lines = Lines(where)
        self._events: deque[Event] = deque()
        self._heard = time.monotonic()

    @property
    def silent(self) -> float:
        """Seconds since anything came, a heartbeat included."""
        return time.monotonic() - self._heard

    def receive(self, timeout: float) -> Event | None:
        """Return the next event, or None if none came in so many seconds.

        Raises
        ------
        SourceError
            If the stream has ended, was silent for too long, or sends what it may not.
        """
        until = time.monotonic() + timeout
        left = max(timeout, _LEAST)
        while not self._events:
            try:
                event = self._connection.next_event()
                if event is h11.NEED_DATA:
                    # Heartbeats alone must not keep whoever waits for events.
                    if left <= 0 or not self._read(left):
                        return None
                    left = until - time.monotonic()
                elif isinstance(event, h11.Data):
                    self._events.extend(self._lines.feed(bytes(event.data)))
                else:
                    raise SourceError(f"{self._where}: the stream has ended")
            except h11.RemoteProtocolError as error:
                raise SourceError(f"{self._where}: the stream broke ({error})") from None
        return self._events.popleft()

    def _read(self, timeout: float) -> bool:
        """Read what has come; return whether something has."""
        try:
            data = self._stream.read(_PIECE, timeout)
        except httpcore.ReadTimeout:
            silent = self.silent
            if silent >= self._idle:
                raise SourceError(
                    f"{self._where}: the stream was silent for {silent:.0f} s, not even a "
                    "heartbeat came"
                ) from None
            return False
        except httpcore.NetworkError as error:
            raise SourceError(f"{self._where}: the connection failed ({error})") from error
        self._heard = time.monotonic()
        self._connection.receive_data(data)
        return True


def open_events(
    address: httpx.URL,
    *,
    mapped: tuple[str, int] | None,
    proxy: httpx.URL | None,
    tls: ssl.SSLContext | None,
    headers: Mapping[str, str],
    deadline: float,
    idle: float,
    guarded: bool,
) -> Any:
    """Connect and ask; return a context manager that holds the stream.

    Raises
    ------
    RefusedError
        If the server answers with another status than 200.
    SourceError
        If what it answers is no stream of events.
    TimeoutError, OSError, httpcore.NetworkError, httpcore.TimeoutException
        If it cannot be reached.
    """
    where = redact(str(address))
    port = address.port or PORTS[address.scheme]
    host, number = mapped or (address.host, port)
    if proxy:
        host, number = proxy.host, proxy.port or PORTS[proxy.scheme]
    patience = deadline - time.monotonic()
    stream = dial(
        host,
        number,
        guarded=guarded and not (mapped or proxy),
        deadline=deadline,
        patience=patience,
    )
    try:
        if proxy:
            tunnel(stream, proxy, f"{address.raw_host.decode()}:{port}", deadline)
        if tls:
            stream = stream.start_tls(tls, address.host, _left(deadline))
        connection = h11.Connection(h11.CLIENT)
        request = h11.Request(
            method="GET",
            target=address.raw_path,
            headers=[
                ("Host", address.netloc.decode("ascii")),
                *headers.items(),
                ("Accept", "text/event-stream"),
                ("Accept-Encoding", "identity"),
                ("Cache-Control", "no-store"),
            ],
        )
        stream.write(connection.send(request) or b"", _left(deadline))
        stream.write(connection.send(h11.EndOfMessage()) or b"", _left(deadline))
        _check(_answer(stream, connection, deadline), where)
    except h11.ProtocolError as error:
        stream.close()
        # Its text may hold what was sent, so only its kind is told.
        raise SourceError(
            f"{where}: does not speak HTTP as it should ({type(error).__name__})"
        ) from None
    except BaseException:
        stream.close()
        raise
    return _closing(stream, EventStream(stream, connection, where, idle))


def _left(deadline: float) -> float:
    return max(deadline - time.monotonic(), _LEAST)


def _answer(
    stream: httpcore.NetworkStream, connection: h11.Connection, deadline: float
) -> h11.Response:
    """Return the head of the answer."""
    while time.monotonic() < deadline:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            data = stream.read(_PIECE, _left(deadline))
            if not data:
                raise httpcore.RemoteProtocolError("it closed before it answered")
            connection.receive_data(data)
        elif isinstance(event, h11.Response):
            return event
    # One that always has something to say, but never an answer.
    raise TimeoutError("no answer in time")


def _check(answer: h11.Response, where: str) -> None:
    headers = {name.decode("ascii"): value.decode("latin-1") for name, value in answer.headers}
    if answer.status_code != 200:
        raise RefusedError(answer.status_code, headers)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "text/event-stream":
        raise SourceError(f"{where}: sends {kind[:60] or 'no type'} instead of a stream of events")
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding not in {"", "identity"}:
        raise SourceError(f"{where}: sends its stream as {coding[:40]!r}, which was not asked for")


@contextmanager
def _closing(stream: httpcore.NetworkStream, events: EventStream) -> Iterator[EventStream]:
    try:
        yield events
    finally:
        stream.close()
