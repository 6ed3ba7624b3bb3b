"""Answers that never end: read as they come, with bounds.

The connection is ours and h11 reads it, because a wait for what comes next must end after a
moment, to see whether we are to stop, without ending the connection.
"""

from __future__ import annotations

import ssl
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

import h11
import httpcore
import httpx

from workbench.errors import SourceError
from workbench.http.addresses import redact
from workbench.http.dial import dial
from workbench.http.sockets import PORTS, RefusedError, tunnel
from workbench.http.waits import Waits

__all__ = ["LARGEST", "Decoder", "Kinds", "Pieces", "Stream", "open_stream"]

LARGEST: Final = 2_000_000
"""Most bytes of one event or line."""

_PIECE: Final = 65_536
_LEAST: Final = 0.001  # seconds; a socket takes 0 for "do not wait at all" and fails


class Pieces:
    """What has come of something that is still to end, such as a line.

    Parameters
    ----------
    where : str
        Whose it is, as it may be shown.
    what : str
        What it is called.

    Attributes
    ----------
    size : int
        Bytes that count.
    """

    def __init__(self, where: str, what: str) -> None:
        self._where, self._what = where, what
        self._held: list[bytes] = []
        self.size = 0

    def add(self, piece: bytes) -> None:
        """Take what came.

        Raises
        ------
        SourceError
            If it all is larger than :data:`LARGEST`.
        """
        self._held.append(piece)
        self.size += len(piece)
        if self.size > LARGEST:
            raise SourceError(
                f"{self._where}: sends {self._what} of more than {LARGEST // 1_000_000} MB"
            )

    def end(self) -> bytes:
        """Return what came since the last end; its size still counts."""
        whole = b"".join(self._held)
        self._held.clear()
        return whole


T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Decoder(Protocol[T_co]):
    """Turns bytes, in whatever pieces they come, to what they hold."""

    def feed(self, data: bytes) -> Sequence[T_co]:
        """Return what ends in these bytes."""


class Kinds(NamedTuple):
    """Types that an answer may have, the one that is asked for first, and what they are called."""

    types: tuple[str, ...]
    told: str


class Stream(Generic[T]):
    """An open answer that never ends.

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
    decoder : Decoder
        Makes of the bytes what is received.
    """

    def __init__(
        self,
        stream: httpcore.NetworkStream,
        connection: h11.Connection,
        where: str,
        idle: float,
        decoder: Decoder[T],
    ) -> None:
        self._stream = stream
        self._connection = connection
        self._where = where
        self._idle = idle
        self._decoder = decoder
        self._came: deque[T] = deque()
        self._heard = time.monotonic()

    @property
    def silent(self) -> float:
        """Seconds since anything came, a heartbeat included."""
        return time.monotonic() - self._heard

    def receive(self, timeout: float) -> T | None:
        """Return what comes next, or None if nothing came in so many seconds.

        Raises
        ------
        SourceError
            If the stream has ended, was silent for too long, or sends what it may not.
        """
        until = time.monotonic() + timeout
        left = max(timeout, _LEAST)
        while not self._came:
            try:
                event = self._connection.next_event()
                if event is h11.NEED_DATA:
                    # Heartbeats alone must not keep whoever waits for more.
                    if left <= 0 or not self._read(left):
                        return None
                    left = until - time.monotonic()
                elif isinstance(event, h11.Data):
                    self._came.extend(self._decoder.feed(bytes(event.data)))
                else:
                    raise SourceError(f"{self._where}: the stream has ended")
            except h11.RemoteProtocolError as error:
                raise SourceError(f"{self._where}: the stream broke ({error})") from None
        return self._came.popleft()

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


def open_stream(
    address: httpx.URL,
    kinds: Kinds,
    decoder: Decoder[T],
    *,
    mapped: tuple[str, int] | None,
    proxy: httpx.URL | None,
    tls: ssl.SSLContext | None,
    headers: Mapping[str, str],
    deadline: float,
    waits: Waits,
    idle: float,
    guarded: bool = False,
) -> AbstractContextManager[Stream[T]]:
    """Connect and ask; return a context manager that holds the stream.

    Raises
    ------
    RefusedError
        If the server answers with another status than 200.
    SourceError
        If what it answers is no such stream.
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
        waits=waits,
    )
    try:
        if proxy:
            tunnel(stream, proxy, f"{address.raw_host.decode()}:{port}", deadline)
        if tls:
            stream = waits.hold(stream.start_tls(tls, address.host, _left(deadline)))
        connection = h11.Connection(h11.CLIENT)
        request = h11.Request(
            method="GET",
            target=address.raw_path,
            headers=[
                ("Host", address.netloc.decode("ascii")),
                *headers.items(),
                ("Accept", kinds.types[0]),
                ("Accept-Encoding", "identity"),
                ("Cache-Control", "no-store"),
            ],
        )
        stream.write(connection.send(request) or b"", _left(deadline))
        stream.write(connection.send(h11.EndOfMessage()) or b"", _left(deadline))
        _check(_answer(stream, connection, deadline), where, kinds)
    except h11.ProtocolError as error:
        stream.close()
        # Its text may hold what was sent, so only its kind is told.
        raise SourceError(
            f"{where}: does not speak HTTP as it should ({type(error).__name__})"
        ) from None
    except BaseException:
        stream.close()
        raise
    return _closing(stream, Stream(stream, connection, where, idle, decoder))


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


def _check(answer: h11.Response, where: str, kinds: Kinds) -> None:
    headers = {name.decode("ascii"): value.decode("latin-1") for name, value in answer.headers}
    if answer.status_code != 200:
        raise RefusedError(answer.status_code, headers)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in kinds.types:
        raise SourceError(f"{where}: sends {kind[:60] or 'no type'} instead of {kinds.told}")
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding not in {"", "identity"}:
        raise SourceError(f"{where}: sends its stream as {coding[:40]!r}, which was not asked for")


@contextmanager
def _closing(stream: httpcore.NetworkStream, opened: Stream[T]) -> Iterator[Stream[T]]:
    try:
        yield opened
    finally:
        stream.close()
