"""Bluesky's Jetstream, followed: what comes, what that covers, and where it is resumed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from workbench.clock import Clock, from_micros, to_micros
from workbench.collectors import Batch, Covered
from workbench.collectors.jetstream import LIKES, POSTS, REPOSTS, Reading, read_events
from workbench.collectors.profiles import Profiles
from workbench.errors import SourceError
from workbench.items import ParseResult

if TYPE_CHECKING:
    from workbench.http import Client, Connection

__all__ = ["follow"]

_BATCH: Final = 1_000
_PAUSE: Final = 0.25  # seconds in which a batch is gathered
_QUIET: Final = 2.0  # seconds of silence after which we ask whether the server still lives
_PONG: Final = 5.0
_AHEAD: Final = timedelta(minutes=1)
_REWIND: Final = timedelta(seconds=5)
_SLACK: Final = timedelta(minutes=1)
_LOOK_BACK: Final = timedelta(hours=36)
_SECOND: Final = "network.bsky.jetstream.subscribeEvents"  # the second version, by its path


def follow(
    client: Client,
    url: str,
    cursor: str | None,
    known: Profiles,
    *,
    now: Clock,
    stop: threading.Event,
) -> Iterator[Batch]:
    """Yield what a Jetstream says from a cursor on, of either version, until `stop` is set."""
    mark = _Mark(url, cursor, now())
    with _open(client, url, mark.parameters()) as connection:
        reach = _Reach(mark.left or now(), is_resumed=mark.left is not None)
        for lines in _gather(connection, stop):
            if lines:
                reading = read_events(lines, collected=now(), handles=known)
                for account in reading.result.accounts:
                    if account.handle:
                        did = account.prefix.removeprefix("at://").removesuffix("/")
                        known.rename(did, account.handle)
                spans = reach.extend(reading, now()) if reading.events else ()
                mark.move(reading, now())
                yield Batch(reading.result, mark.text, spans)
            else:
                at = now()
                if connection.is_alive(_PONG):
                    yield Batch(ParseResult(), mark.text, reach.rest(at))


class _Mark:
    """Where a stream was left: a moment, and in version 2 the number of an event.

    Numbers are a server's own, so its name is kept with them; of another one they say nothing.

    Attributes
    ----------
    left : datetime or None
        None where there is no such moment.
    text : str or None
        The cursor.
    """

    def __init__(self, url: str, cursor: str | None, now: datetime) -> None:
        self._is_second = _SECOND in url
        self._host = urlsplit(url).netloc
        self._number = 0
        self.left: datetime | None = None
        self.text: str | None = None
        mark, _, numbered = (cursor or "").partition(" ")
        if not mark.isascii() or not mark.isdigit() or len(mark) != 16:
            return  # shorter ones would be sequence numbers
        left = from_micros(int(mark))
        if left > now:
            return
        self.left = left
        number, _, where = numbered.partition(" ")
        if where == self._host and number.isascii() and number.isdigit() and len(number) <= 18:
            self._number = int(number)
        self.text = cursor if self._is_second and self._number else mark

    def parameters(self) -> dict[str, Any]:
        """Return what the stream is asked with."""
        name = "collections" if self._is_second else "wantedCollections"
        wanted: dict[str, Any] = {name: [POSTS, LIKES, REPOSTS]}
        if self._is_second and self._number:
            wanted["cursor"] = str(self._number)
        elif self.left and not self._is_second:
            wanted["cursor"] = str(to_micros(self.left - _REWIND))
        return wanted

    def move(self, reading: Reading, now: datetime) -> None:
        """Move on to the last event."""
        # After the rewind the first events lie before the cursor.
        # A time far ahead is forged or broken: to resume there would miss all before.
        mark = reading.result.cursor
        if not mark or int(mark) > to_micros(now + _AHEAD):
            return
        before = (self.text or "0").partition(" ")[0]
        mark = max(mark, before, key=int)
        if self._is_second:
            self._number = max(self._number, reading.number)
            mark = f"{mark} {self._number} {self._host}"
        self.text = mark


class _Reach:
    """How far a connection has covered the stream.

    Parameters
    ----------
    start : datetime
        Where it was left, or now.
    is_resumed : bool
        Whether it was left anywhere. The stream then repeats what was seen there; if its
        first event lies after that, what was between is lost.
    """

    def __init__(self, start: datetime, *, is_resumed: bool) -> None:
        self._end = start
        self._is_unproven = is_resumed

    def extend(self, reading: Reading, now: datetime) -> tuple[Covered, ...]:
        """Return what events cover, by their own times."""
        gap: tuple[Covered, ...] = ()
        first = from_micros(reading.first)
        if self._is_unproven and first > self._end + _SLACK:
            reason = "the stream does not reach back to where it was left"
            gap = (Covered(self._end, first, "gap", reason),)
            self._end = first
        self._is_unproven = False
        return gap + self._advance(min(from_micros(reading.last), now))

    def rest(self, now: datetime) -> tuple[Covered, ...]:
        """Return what silence covers: there was nothing, if the stream reaches back so far."""
        if now - self._end > _LOOK_BACK:
            return ()
        self._is_unproven = False
        return self._advance(now)

    def _advance(self, end: datetime) -> tuple[Covered, ...]:
        if end <= self._end:
            return ()
        covered = Covered(self._end, end)
        self._end = end
        return (covered,)


@contextmanager
def _open(client: Client, url: str, wanted: dict[str, Any]) -> Iterator[Connection]:
    """Open the stream; without its cursor where that lies too far back for the server."""
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(client.websocket(url, params=wanted))
        except SourceError as error:
            if error.status != HTTPStatus.BAD_REQUEST or "cursor" not in wanted:
                raise
            # What is between is told as a gap, by the time of the first event.
            rest = {name: value for name, value in wanted.items() if name != "cursor"}
            connection = stack.enter_context(client.websocket(url, params=rest))
        yield connection


def _gather(connection: Connection, stop: threading.Event) -> Iterator[list[bytes]]:
    """Yield events together, some moments' worth at a time; none after a long silence."""
    lines: list[bytes] = []
    began = heard = time.monotonic()
    try:
        while not stop.is_set():
            left = began + _PAUSE - time.monotonic() if lines else _PAUSE
            message = connection.receive(max(0.0, left))
            at = time.monotonic()
            if message is not None:
                began = began if lines else at
                heard = at
                # Between tokens a line break is allowed; one line must be one event.
                lines.append(message.replace(b"\n", b" "))
            if lines and (len(lines) >= _BATCH or at - began >= _PAUSE):
                yield lines
                lines = []
            elif at - heard >= _QUIET:
                yield []
                heard = time.monotonic()
    except SourceError:
        if lines:
            yield lines
        raise
    if lines:
        yield lines
