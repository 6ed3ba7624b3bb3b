"""Mastodon's streams: server-sent events of a timeline, for who has a token."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from workbench.clock import Clock
from workbench.collectors import Batch, Covered
from workbench.collectors.ledger import Seen
from workbench.collectors.mastodon_lanes import Lane, Server
from workbench.collectors.mastodon_polls import PAGE, State, mark
from workbench.collectors.timelines import Context, read_event
from workbench.errors import RateLimited, SourceError
from workbench.items import Item, ParseResult, Problem
from workbench.tokens import fold

if TYPE_CHECKING:
    from workbench.http import Event, EventStream

__all__ = ["Filter", "follow", "open_streams"]

_BATCH: Final = 500
_PAUSE: Final = 0.25  # seconds in which a batch is gathered
_QUIET: Final = 5.0  # seconds without events after which coverage is told
_SAVE: Final = 10.0  # seconds between cursors, which hold a list of what is kept
_REFUSED: Final = frozenset((401, 403))
_PATHS: Final = ("/api/v2/instance", "/api/v1/instance")


@dataclass(frozen=True)
class Filter:
    """What of a server is followed, as far as its streams do not say it themselves."""

    instance: str
    tags: tuple[str, ...]
    all: tuple[str, ...]
    none: tuple[str, ...]
    local: bool
    remote: bool
    only_media: bool
    places: tuple[str, ...] = ()
    queries: tuple[str, ...] | None = None

    def streams(self) -> list[tuple[str, dict[str, str]]]:
        """Return the streams that bring it: path and parameters of each."""
        if self.places:
            return [
                ("/user", {}) if place == "home" else ("/list", {"list": place[len("list/") :]})
                for place in self.places
            ]
        if self.tags:
            path = "/hashtag/local" if self.local else "/hashtag"
            return [(path, {"tag": tag}) for tag in self.tags]
        path = "/public/local" if self.local else "/public/remote" if self.remote else "/public"
        return [(path, {"only_media": "true"} if self.only_media else {})]

    def wants(self, item: Item) -> bool:
        """Return whether an item is among what is followed."""
        if self.only_media and not any(m.type in {"image", "video", "audio"} for m in item.media):
            return False
        if self.remote and (item.author or "").endswith(f"@{self.instance}"):
            return False
        if not (self.all or self.none):
            return True
        tags = set(map(fold, item.hashtags))
        return tags.issuperset(map(fold, self.all)) and tags.isdisjoint(map(fold, self.none))


def open_streams(server: Server, wanted: Filter, opened: ExitStack) -> list[EventStream]:
    """Return the streams, which `opened` closes.

    Raises
    ------
    SourceError
        If one cannot be opened; the message says what to do.
    """
    base, is_elsewhere = _base(server)
    streams = []
    for path, parameters in wanted.streams():
        try:
            stream = server.client.events(
                f"{base}/api/v1/streaming{path}",
                params=parameters,
                headers=server.headers,
                guarded=is_elsewhere,
            )
            streams.append(opened.enter_context(stream))
        except RateLimited:
            raise
        except SourceError as error:
            if error.status in _REFUSED:
                raise server.closed("its stream", error) from None
            raise
    return streams


def _base(server: Server) -> tuple[str, bool]:
    """Return the address below which streams are, and whether that is another host.

    Raises
    ------
    SourceError
        If the server names one to which a token would go unencrypted.
    """
    given = ""
    for path in _PATHS:
        try:
            told = json.loads(server.get(path).content)
            urls = (told.get("configuration") or told).get("urls") or told.get("urls")
            given = str(urls.get("streaming") or urls["streaming_api"])
            break
        except RateLimited:
            raise
        except (SourceError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
    try:
        parts = urlsplit(given or f"wss://{server.instance}")
        host = parts.netloc
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in {"wss", "https"} or not host or "@" in host:
        raise SourceError(
            f"{server.instance}: names {given[:100]!r} for its streams, which is no encrypted "
            f"address, so the token is not sent; unset {server.variable} to have it polled"
        )
    return f"https://{host}{parts.path.rstrip('/')}", host.lower() != server.instance


def follow(
    streams: list[EventStream],
    lanes: Iterable[Lane],
    server: Server,
    state: State,
    wanted: Filter,
    *,
    now: Clock,
    stop: threading.Event,
) -> Iterator[Batch]:
    """Yield what the streams bring, until `stop` is set.

    Coverage follows the clock, up to when the server was last heard: it sends a heartbeat
    every 15 seconds.

    Raises
    ------
    SourceError
        If one of the streams ends; what came before is yielded first.
    """
    gathering = _Gathering(lanes, server, state, wanted, now)
    try:
        while not stop.is_set():
            for stream in streams:
                gathering.hear(stream, _PAUSE / len(streams))
            if gathering.is_due:
                yield gathering.batch(_silent(streams))
                state.known.settle()
    except SourceError:
        yield gathering.batch(_silent(streams), is_last=True)
        raise
    yield gathering.batch(_silent(streams), is_last=True)


def _silent(streams: Iterable[EventStream]) -> timedelta:
    return timedelta(seconds=max(stream.silent for stream in streams))


class _Gathering:
    """What came in since the last batch."""

    def __init__(
        self, lanes: Iterable[Lane], server: Server, state: State, wanted: Filter, now: Clock
    ) -> None:
        self._lanes = tuple(lanes)
        self._server = server
        self._state = state
        self._wanted = wanted
        self._now = now
        self._recent: deque[Seen] = deque(maxlen=PAGE)
        self._saved = time.monotonic()
        self._clear()

    def _clear(self) -> None:
        self._began = time.monotonic()
        self._events = 0
        self._result = ParseResult()
        self._new: set[str] = set()

    @property
    def is_due(self) -> bool:
        """Whether it is time for a batch."""
        waited = time.monotonic() - self._began
        return self._events >= _BATCH or waited >= (_PAUSE if self._events else _QUIET)

    def hear(self, stream: EventStream, timeout: float) -> None:
        """Take what a stream has, waiting so long for it."""
        event = stream.receive(timeout)
        while event:
            if not self._events and time.monotonic() - self._began > _PAUSE:
                self._began = time.monotonic()
            self._events += 1
            self._take(event)
            event = stream.receive(0.0) if self._events < _BATCH else None

    def _take(self, event: Event) -> None:
        state, result = self._state, self._result
        context = Context(
            self._server.instance,
            self._now(),
            known=state.known,
            hidden=frozenset(state.hidden),
        )
        try:
            reading = read_event(event.name, event.data, context)
        except SourceError as error:
            result.problems.append(Problem(f"event {event.name}", str(error)))
            return
        state.note(reading, context.collected or self._now())
        result.deletions += reading.result.deletions
        result.accounts += reading.result.accounts
        result.problems += reading.result.problems
        if event.name == "delete":
            state.known.drop(event.data.decode("utf-8", "replace").strip().strip('"'))
        for item in reading.result:
            # Who has two of the hashtags comes on both streams.
            if self._wanted.wants(item) and not (event.name == "update" and item.id in self._new):
                self._new.add(item.id)
                result.append(item)
        if event.name == "update":
            self._recent.extendleft(reading.seen)

    def batch(self, silent: timedelta, *, is_last: bool = False) -> Batch:
        """Return what came in, and begin anew."""
        state = self._state
        result = self._result
        self._clear()
        end = self._now() - silent
        spans: tuple[Covered, ...] = ()
        if state.polled is None or end > state.polled:
            queries = self._wanted.queries
            spans = (Covered(state.polled, end, queries=queries),) if state.polled else ()
            state.polled = end
        found = mark(list(self._recent), end)
        if found:
            state.since |= {lane.key: found for lane in self._lanes}
        cursor = None
        if is_last or time.monotonic() - self._saved >= _SAVE:
            self._saved = time.monotonic()
            cursor = state.save()
        return Batch(result, cursor, spans)
