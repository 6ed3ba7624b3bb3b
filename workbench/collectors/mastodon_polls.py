"""Mastodon's timelines, page by page from the newest back, and a second look at what is kept."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from workbench.clock import Clock
from workbench.collectors import Batch, Covered
from workbench.collectors.ledger import Ledger, Seen
from workbench.collectors.mastodon_lanes import Lane, Server
from workbench.collectors.timelines import Context, Reading, read_timeline
from workbench.errors import RateLimited, SourceError
from workbench.items import Deletion, ParseResult

if TYPE_CHECKING:
    from workbench.http import Response

__all__ = ["PAGE", "Poll", "State", "mark"]

PAGE: Final = 40
"""The most statuses that a server gives at a time."""

_FIRST_PAGES: Final = 5
_PAGES: Final = 20
_SETTLED: Final = timedelta(minutes=5)  # after which posts of other servers have mostly arrived
_SPARE: Final = 60  # requests left below which nothing is looked at again
_AT_ONCE: Final = 20  # the most statuses that a server shows in one answer
_LOOKS: Final = 2
_SINGLE_LOOKS: Final = 5
_LEAST: Final = timedelta(minutes=10)
_OLDEST: Final = timedelta(days=7)
_MOST_HIDDEN: Final = 1_000
_NEXT: Final = re.compile(r'<([^<>]{1,4000})>\s*;[^,<>]{0,200}?\brel="?next"?', re.IGNORECASE)
_ID: Final = re.compile(r"[\w-]{1,128}", re.ASCII)
_CLOSED: Final = frozenset((401, 403, 422))
_GONE: Final = frozenset((404, 410))


@dataclass
class State:
    """What a cursor holds.

    Attributes
    ----------
    known : Ledger
        What is kept, by the server's ids.
    polled : datetime or None
        Up to when it was read.
    since : dict of str to str
        By lane, the id from which it is read the next time.
    hidden : dict of str to None
        How the uris of accounts begin that asked not to be indexed.
    """

    known: Ledger
    polled: datetime | None = None
    since: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, None] = field(default_factory=dict)

    @classmethod
    def load(cls, cursor: str | None, known: Ledger) -> State:
        """Return what a cursor holds; an empty state if it cannot be read."""
        try:
            given = json.loads(cursor or "")
            polled = datetime.fromisoformat(given["polled"]).astimezone(UTC)
            since = {str(k): v for k, v in given["since"].items() if _ID.fullmatch(v)}
            hidden = dict.fromkeys(str(prefix) for prefix in given["hidden"])
            known.load(given["known"])
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            return cls(known)
        return cls(known, polled, since, hidden)

    def save(self) -> str | None:
        """Return the cursor."""
        if self.polled is None:
            return None
        return json.dumps(
            {
                "polled": self.polled.isoformat(),
                "since": self.since,
                "hidden": [*self.hidden],
                "known": self.known.save(),
            },
            ensure_ascii=False,
        )

    def take(self, reading: Reading, now: datetime) -> ParseResult:
        """Take note of what was read, before it is handed on."""
        self.known.settle()
        self.note(reading, now)
        return reading.result

    def note(self, reading: Reading, now: datetime) -> None:
        """Take note of what was read besides what was met since the last batch."""
        self.known.meet(reading.seen, now)
        for account in reading.result.accounts:
            if account.hidden:
                self.hidden.pop(account.prefix, None)
                self.hidden[account.prefix] = None
            else:
                self.hidden.pop(account.prefix, None)
        while len(self.hidden) > _MOST_HIDDEN:
            del self.hidden[next(iter(self.hidden))]


class Poll:
    """One reading of all lanes, from the newest page back to where the last one ended.

    Parameters
    ----------
    server : Server
    lanes : list of Lane
    state : State
        Where it begins; afterwards, where the next one does.
    now : Clock
    stop : threading.Event
    queries : tuple of str, optional
        What is covered by it; everything unless given.
    """

    def __init__(
        self,
        server: Server,
        lanes: list[Lane],
        state: State,
        *,
        now: Clock,
        stop: threading.Event,
        queries: tuple[str, ...] | None = None,
    ) -> None:
        self._server = server
        self._queries = queries
        self._lanes = lanes
        self._state = state
        self._now = now
        self._stop = stop
        self._met: list[Seen] = []
        self._gaps: list[datetime] = []

    def run(self) -> Iterator[Batch]:
        """Yield what is new page by page, then what became of older ones, then the cursor."""
        at = self._now()
        for lane in self._lanes:
            yield from self._read_lane(lane, at)
            if self._stop.is_set():
                return  # without a cursor: the next time begins where this one did
        yield from self._look_again()
        spans = tuple(span._replace(queries=self._queries) for span in self._spans(at))
        self._state.polled = at
        yield Batch(ParseResult(), self._state.save(), spans)

    def context(self) -> Context:
        """Return what is known of statuses that come in now."""
        state = self._state
        return Context(
            self._server.instance,
            self._now(),
            known=state.known,
            hidden=frozenset(state.hidden),
        )

    def _read_lane(self, lane: Lane, at: datetime) -> Iterator[Batch]:
        state = self._state
        since = None if lane.is_chosen else state.since.get(lane.key)
        met: list[Seen] = []
        before: str | None = None
        pages = _FIRST_PAGES if since is None and state.polled is None else _PAGES
        for _ in range(1 if lane.is_chosen else pages):
            parameters = {**lane.parameters, "limit": str(PAGE)}
            if since:
                parameters["since_id"] = since
            if before:
                parameters["max_id"] = before
            answer = self._ask(lane, parameters)
            if answer is None:
                break
            reading = read_timeline(answer.content, self.context())
            met += reading.seen
            if not reading.seen and not reading.result.problems:
                break
            yield Batch(state.take(reading, self._now()))
            last = before
            before = _next_id(answer) or (reading.seen[-1].id if reading.seen else None)
            if before in {None, last} or self._stop.is_set() or lane.is_chosen:
                break
        else:
            self._gaps.append(min((seen.time for seen in met), default=at))
        self._met += met
        found = None if lane.is_chosen else mark(met, at)
        if found:
            state.since[lane.key] = found

    def _ask(self, lane: Lane, parameters: Mapping[str, Any]) -> Response | None:
        """Return a page; None of a hashtag that nobody has used there."""
        try:
            return self._server.get(lane.path, parameters)
        except RateLimited:
            raise
        except SourceError as error:
            if lane.tag and error.status == 404:
                return None
            if error.status in _CLOSED:
                raise self._server.closed(lane.what, error) from None
            if lane.place and error.status == 404:
                raise SourceError(
                    f"{self._server.instance}: does not know {lane.what}; check its number, which "
                    "stands in its address there",
                    status=404,
                ) from None
            raise

    def _spans(self, at: datetime) -> tuple[Covered, ...]:
        """Return what was covered: all since the last poll, but for what was not paged through."""
        polled = self._state.polled
        if all(lane.is_chosen for lane in self._lanes):
            return ()
        if polled is None:
            oldest = min((seen.time for seen in self._met), default=at)
            # No further back than the lane that was broken off first.
            oldest = max([oldest, *self._gaps])
            return (Covered(oldest, at),) if oldest < at else ()
        if polled >= at:
            return ()
        missed = max(self._gaps, default=polled)
        if missed <= polled:
            return (Covered(polled, at),)
        missed = min(missed, at)
        reason = f"more was posted than {_PAGES} pages hold"
        gap = Covered(polled, missed, "gap", reason)
        return (gap, Covered(missed, at)) if missed < at else (gap,)

    def _look_again(self) -> Iterator[Batch]:
        """Look at some of what is kept once more: counts, edits and deletions."""
        known = self._state.known
        server = self._server
        for _ in range(_LOOKS):
            due = known.due(self._now(), least=_LEAST, oldest=_OLDEST, most=_AT_ONCE)
            is_short = server.left is not None and server.left < _SPARE
            if not due or is_short or self._stop.is_set():
                return
            try:
                answer = server.get("/api/v1/statuses", {"id[]": [seen.id for seen in due]})
                reading = read_timeline(answer.content, self.context())
            except RateLimited:
                return
            except SourceError:
                # Servers older than 4.3 show single statuses alone.
                yield from self._look_one_by_one(due[:_SINGLE_LOOKS])
                return
            there = {seen.id for seen in reading.seen}
            known.look(there, self._now())
            yield Batch(self._state.take(reading, self._now()))
            missing = [seen for seen in due if seen.id not in there]
            if missing:
                yield from self._look_one_by_one(missing[:_SINGLE_LOOKS])

    def _look_one_by_one(self, due: list[Seen]) -> Iterator[Batch]:
        """Ask for single statuses; what a server no longer has is deleted."""
        gone = []
        for seen in due:
            if self._stop.is_set():
                return
            try:
                reading = self._single(seen.id)
            except SourceError:
                break
            self._state.known.look([seen.id], self._now())
            if reading is None:
                gone.append(seen)
            else:
                yield Batch(self._state.take(reading, self._now()))
        if gone and self._shows_singles():
            result = ParseResult()
            at = self._now()
            result.deletions = [Deletion("mastodon", seen.key, at) for seen in gone]
            for seen in gone:
                self._state.known.drop(seen.id)
            yield Batch(result)

    def _single(self, own: str) -> Reading | None:
        """Return one status, or None if the server has it no longer."""
        try:
            answer = self._server.get(f"/api/v1/statuses/{own}")
        except SourceError as error:
            if error.status in _GONE:
                return None
            raise
        return read_timeline(answer.content, self.context())

    def _shows_singles(self) -> bool:
        """Return whether it shows single statuses at all: one that was there just now, say.

        A server that shows them to members only says of each that it is not there.
        """
        try:
            return not self._met or self._single(self._met[0].id) is not None
        except SourceError:
            return False


def _next_id(answer: Response) -> str | None:
    """Return the id before which the next page begins, by the ``Link`` header.

    Only the id is taken: servers leave parameters out of the address, and a token must not
    go where a header says.
    """
    found = _NEXT.search(answer.headers.get("link", ""))
    if not found:
        return None
    try:
        own = parse_qs(urlsplit(found[1]).query).get("max_id", [""])[0]
    except ValueError:
        return None
    return own if _ID.fullmatch(own) else None


def mark(met: list[Seen], at: datetime) -> str | None:
    """Return the id to read from the next time; None to leave it as it is.

    Posts of other servers arrive late and are put where they belong by their date, so the
    last minutes are read once more, up to a page of them.
    """
    newest = met[:PAGE]
    for seen in newest:
        if seen.time <= at - _SETTLED:
            return seen.id
    return newest[-1].id if len(newest) == PAGE else None
