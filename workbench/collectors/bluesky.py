"""Bluesky: every public post as it is written, through Jetstream, without a key."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import urlsplit

from workbench.clock import Clock, from_micros, to_micros
from workbench.collectors import Batch, Covered, Retention
from workbench.collectors.jetstream import LIKES, POSTS, REPOSTS, Reading, parse, read_events
from workbench.collectors.profiles import Profiles
from workbench.errors import SettingError, SourceError
from workbench.items import Item, ParseResult, Problem

if TYPE_CHECKING:
    from workbench.http import Client, Connection

__all__ = ["Bluesky", "parse"]

_BATCH: Final = 1_000
_PAUSE: Final = 0.25  # seconds in which a batch is gathered
_QUIET: Final = 2.0  # seconds of silence after which we ask whether the server still lives
_PONG: Final = 5.0
_PATIENCE: Final = 5.0  # seconds that authors may take to be looked up, per batch
_AHEAD: Final = timedelta(minutes=1)
_REWIND: Final = timedelta(seconds=5)
_SLACK: Final = timedelta(minutes=1)
_LOOK_BACK: Final = timedelta(hours=36)


@dataclass(frozen=True)
class Bluesky:
    """All public posts of Bluesky, and the likes, reposts and replies they get.

    Parameters
    ----------
    url : str
        Of the Jetstream; there are four public ones, in two places.
    profiles : str
        Of ``app.bsky.actor.getProfiles``.
    resolve : bool
        Whether authors are looked up; without it they are called by their DIDs.
    """

    name: ClassVar[str] = "bluesky"
    label: ClassVar[str] = "Bluesky"
    tier: ClassVar[str] = "social"
    needs: ClassVar[tuple[str, ...]] = ()
    limits: ClassVar[str] = "after a break the last 36 hours are made up; more is a gap"
    terms: ClassVar[str] = "deleted posts and inactive accounts disappear here too"
    retention: ClassVar[Retention] = Retention(("deletions", "edits", "accounts"))
    hashtag_url: ClassVar[str] = "https://bsky.app/hashtag/{}"
    live: ClassVar[bool] = True
    every: ClassVar[timedelta] = timedelta(0)

    url: str = "wss://jetstream2.us-east.bsky.network/subscribe"
    profiles: str = "https://public.api.bsky.app/xrpc/app.bsky.actor.getProfiles"
    resolve: bool = True
    _known: Profiles = field(default_factory=Profiles, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, address, schemes in (
            ("url", self.url, ("wss", "ws")),
            ("profiles", self.profiles, ("https", "http")),
        ):
            parts = urlsplit(address)
            if parts.scheme not in schemes or not parts.hostname or "@" in parts.netloc:
                raise SettingError(
                    f"{name} is no address that can be used; it begins with {schemes[0]}:// and "
                    "holds no password"
                )

    @property
    def key(self) -> str:
        """What names it in the store; the Jetstreams all say the same."""
        return self.name

    def collect(
        self, client: Client, cursor: str | None, *, now: Clock, stop: threading.Event
    ) -> Iterator[Batch]:
        """Follow the stream from the cursor on, a little before it to miss nothing.

        Coverage follows the events' own times; where none come, it follows the clock as long
        as the server answers pings.
        """
        last = _read_cursor(cursor, now())
        cursor = cursor if last else None
        wanted: dict[str, Any] = {"wantedCollections": [POSTS, LIKES, REPOSTS]}
        if last:
            wanted["cursor"] = str(to_micros(last - _REWIND))
        with client.websocket(self.url, params=wanted) as connection:
            reach = _Reach(last or now(), is_resumed=last is not None)
            for lines in _gather(connection, stop):
                if lines:
                    reading = read_events(lines, collected=now(), handles=self._known)
                    for account in reading.result.accounts:
                        if account.handle:
                            did = account.prefix.removeprefix("at://").removesuffix("/")
                            self._known.rename(did, account.handle)
                    spans = reach.extend(reading, now()) if reading.events else ()
                    # After the rewind the first events lie before the cursor.
                    # A time far ahead is forged or broken: to resume there would miss all before.
                    ahead = to_micros(now() + _AHEAD)
                    marks = [m for m in (cursor, reading.result.cursor) if m and int(m) <= ahead]
                    cursor = max(marks, key=int, default=None)
                    yield Batch(reading.result, cursor, spans)
                else:
                    at = now()
                    if connection.is_alive(_PONG):
                        yield Batch(ParseResult(), cursor, reach.rest(at))

    def refine(self, client: Client, items: Iterable[Item]) -> ParseResult:
        """Return the items with their authors' handles, names and followers."""
        result = ParseResult(items)
        if not self.resolve:
            return result
        people = (who for item in result for who in (item.author, item.reply_to_author))
        unknown = [who for who in people if who and who.startswith("did:")]
        trouble = self._known.look_up(client, self.profiles, unknown, seconds=_PATIENCE)
        if trouble:
            result.problems.append(Problem("authors", trouble))
        result[:] = map(self._introduce, result)
        return result

    def _introduce(self, item: Item) -> Item:
        author = self._known.get(item.author or "")
        answered = self._known.get(item.reply_to_author or "")
        changes: dict[str, Any] = {}
        if author:
            changes = {
                "author": author.handle,
                "author_name": author.name,
                "followers": author.followers,
                "verified": author.verified,
            }
        if answered:
            changes["reply_to_author"] = answered.handle
        return replace(item, **changes) if changes else item


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
        span = Covered(self._end, end)
        self._end = end
        return (span,)


def _read_cursor(cursor: str | None, now: datetime) -> datetime | None:
    """Return the moment at which the stream was left; None if it is no such moment."""
    if not cursor or not cursor.isascii() or not cursor.isdigit() or len(cursor) != 16:
        return None  # shorter ones would be sequence numbers
    left = from_micros(int(cursor))
    return left if left <= now else None


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
