"""A Jetstream of recorded events, on loopback: Bluesky's WebSocket, version 1."""

from __future__ import annotations

import logging
import re
import sys
import threading
from array import array
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final, Self
from urllib.parse import parse_qs, urlsplit
from weakref import WeakSet

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from workbench.clock import from_micros, to_micros
from workbench.demo.clock import ReplayClock
from workbench.demo.shift import EventShift, made_keys
from workbench.demo.timeline import Reel, Timeline

__all__ = ["LOOK_BACK", "JetstreamServer", "event_times"]

LOOK_BACK: Final = timedelta(hours=36)
"""How far back a cursor may reach; an older one is moved up without a word."""

_TIME: Final = re.compile(rb'"time_us"\s*:\s*(\d{1,18})')
_COLLECTION: Final = re.compile(rb'"collection"\s*:\s*"([^"\\]{1,300})"')
_NAP: Final = 0.2
_BOTH_WAYS: Final = 2  # socket.SHUT_RDWR; this module opens no connection and needs no socket

_quiet = logging.getLogger(f"{__name__}.websockets")
_quiet.addHandler(logging.NullHandler())
_quiet.propagate = False


def event_times(events: Iterable[bytes]) -> array[int]:
    """Return each event's `time_us`, never falling; one without has that of the one before."""
    times = array("q")
    last = 0
    for event in events:
        found = _TIME.search(event)
        last = max(last, int(found[1])) if found else last
        times.append(last)
    return times


class JetstreamServer:
    """Serves recorded events as Jetstream does, each client from its own position.

    As there: ``/subscribe`` with ``wantedCollections`` (repeatable, ``*`` at the end of one
    allowed) and ``cursor`` in microseconds, inclusive; identity and account events always
    come; without a cursor, or with one in the future, a client gets what happens from now
    on; one older than :data:`LOOK_BACK` is moved up. Compression is not offered.

    Parameters
    ----------
    events : iterable of bytes
        One event each, by ascending ``time_us``.
    clock : ReplayClock or None
        Events come when it shows their time. Without one there is no present: all of them
        come at once, from the first or from the cursor, and then nothing more.
    reel : Reel or None
        Moves the events to the replay's time and plays the live part again and again.

    Examples
    --------
    >>> with JetstreamServer([b'{"time_us":1700000000000000}']) as server:
    ...     server.address.startswith("127.0.0.1:")
    True
    """

    def __init__(
        self,
        events: Iterable[bytes],
        *,
        clock: ReplayClock | None = None,
        reel: Reel | None = None,
    ) -> None:
        self._events = list(filter(None, map(bytes.strip, events)))
        times = event_times(self._events)
        if reel is None:
            after_all = times[-1] + 1 if times else 0
            reel = Reel(0, after_all, after_all, 0)
        self._timeline = Timeline(times, reel)
        live = self._events[self._timeline.before(reel.live_from + reel.offset) :]
        self._shift = EventShift(reel.offset, reel.lap, made_keys(live))
        # One object per name, not per event.
        self._collections = [
            sys.intern(found[1].decode()) if (found := _COLLECTION.search(event)) else ""
            for event in self._events
        ]
        self._clock = clock
        self._stopping = threading.Event()
        self._connections: WeakSet[ServerConnection] = WeakSet()
        self._server = serve(
            self._feed,
            "127.0.0.1",
            0,
            process_request=_refuse,
            create_connection=self._connect,  # type: ignore[arg-type]  # any factory will do
            compression=None,
            close_timeout=0.3,
            logger=_quiet,
        )
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="jetstream", daemon=True
        )
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it listens, as host:port."""
        host, port = self._server.socket.getsockname()[:2]
        return f"{host}:{port}"

    def stop(self) -> None:
        """Say goodbye to every client, and end within a second."""
        self._stopping.set()
        # A client that does not read keeps its thread in the middle of a send.
        impatient = threading.Timer(0.5, self._cut)
        impatient.start()
        self._server.shutdown()
        impatient.cancel()
        impatient.join()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _connect(self, *args: Any, **options: Any) -> ServerConnection:
        connection = ServerConnection(*args, **options)
        self._connections.add(connection)
        return connection

    def _cut(self) -> None:
        for connection in list(self._connections):
            with suppress(OSError):
                connection.socket.shutdown(_BOTH_WAYS)

    def _feed(self, connection: ServerConnection) -> None:
        asked = parse_qs(urlsplit(connection.request.path).query)  # type: ignore[union-attr]
        wanted = asked.get("wantedCollections", [])
        exact = frozenset(wanted)
        stems = tuple(name[:-1] for name in wanted if name.endswith(".*"))
        cursor = int(asked["cursor"][0]) if "cursor" in asked else None
        with suppress(ConnectionClosed):
            for lap, index in self._places(cursor):
                if not self._wait(connection, lap, index):
                    break
                name = self._collections[index]
                if not (wanted and name) or name in exact or (stems and name.startswith(stems)):
                    connection.send(self._shift(self._events[index], lap), text=True)
            while not self._stopping.is_set():
                self._nap(connection, _NAP)
            connection.close(1001, "the replay ends")

    def _places(self, cursor: int | None) -> Iterator[tuple[int, int]]:
        number = self._timeline.before(self._begin(cursor))
        while place := self._timeline.place(number):
            yield place
            number += 1

    def _begin(self, cursor: int | None) -> int:
        if self._clock is None:
            return cursor or 0
        now = self._clock()
        if cursor is None:
            return to_micros(now)
        return min(max(cursor, to_micros(now - LOOK_BACK)), to_micros(now))

    def _wait(self, connection: ServerConnection, lap: int, index: int) -> bool:
        """Wait until the event happens; False if the server stops before."""
        if self._clock is not None:
            when = from_micros(self._timeline.time(lap, index))
            while (left := self._clock.until(when)) > 0 and not self._stopping.is_set():
                self._nap(connection, min(left, _NAP))
        return not self._stopping.is_set()

    @staticmethod
    def _nap(connection: ServerConnection, seconds: float) -> None:
        # Listening meanwhile, for that tells when the client goes. What it says is of no account.
        with suppress(TimeoutError):
            connection.recv(timeout=seconds)


def _refuse(connection: ServerConnection, request: Request) -> Response | None:
    address = urlsplit(request.path)
    if address.path != "/subscribe":
        return connection.respond(HTTPStatus.NOT_FOUND, "only /subscribe is served here\n")
    cursor = parse_qs(address.query).get("cursor", ["0"])[0]
    if not re.fullmatch(r"[0-9]{1,18}", cursor):
        return connection.respond(
            HTTPStatus.BAD_REQUEST, f"cursor={cursor!r} is no number of microseconds\n"
        )
    return None
