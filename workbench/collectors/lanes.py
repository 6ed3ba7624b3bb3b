"""Lists that are read page by page from the newest back, and a second look at what is kept.

A source that is polled has lists, called lanes here: of an account, a forum, a search. How
one is asked for is the source's own; how far back it is read, what that covers and what is
looked at again is the same for all.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final, NamedTuple, Protocol

from workbench.clock import Clock
from workbench.collectors import Batch, Covered
from workbench.collectors.ledger import Ledger, Seen
from workbench.errors import RateLimited, SourceError
from workbench.items import Deletion, ParseResult, Problem

__all__ = ["Lane", "Lists", "Poll", "Reading", "State"]

_FIRST: Final = timedelta(days=1)
_REST: Final = timedelta(hours=1)  # until what is closed is tried again
_LOOKS: Final = 2
_SPARE: Final = 20  # requests left below which nothing is looked at again
# How long after the last look one is due, and until what age.
_YOUNG: Final = (timedelta(minutes=10), timedelta(days=1))
_OLD: Final = (timedelta(hours=20), timedelta(days=30))


class Reading(NamedTuple):
    """What a page of a list said.

    Attributes
    ----------
    result : ParseResult
    seen : list of Seen
        What it names, in its order; what is gone from the source is not among them.
    named : list of str
        The ids of all, what is gone included.
    oldest : datetime or None
        When the oldest of these was written.
    after : str or None
        What to ask for to get the next page; None at the end.
    """

    result: ParseResult
    seen: list[Seen]
    named: list[str]
    oldest: datetime | None
    after: str | None


@dataclass(frozen=True)
class Lane:
    """One list that is read from its newest end.

    Attributes
    ----------
    key : str
        What it is called in a cursor.
    path : str
    parameters : Mapping
    what : str
        What it is called for readers.
    most : int
        How many things it shows before it ends, whatever there is.
    settled : timedelta
        After which what was written is in it.
    queries : tuple of str or None
        What columns ask for that it serves; None if it serves whatever they ask for.
    """

    key: str
    path: str
    parameters: Mapping[str, str] = field(hash=False)
    what: str
    most: int
    settled: timedelta
    queries: tuple[str, ...] | None = None


class Lists(Protocol):
    """A source as its lists are asked for."""

    name: ClassVar[str]
    """The collector's."""
    page: ClassVar[int]
    """Most things of a page."""
    at_once: ClassVar[int]
    """Most ids that can be looked at again in one request."""
    closed: ClassVar[Mapping[int, str]]
    """By status, what is wrong with a list that is refused so."""

    @property
    def left(self) -> float | None:
        """Requests that are left in this period, if the source says so."""

    def read(self, lane: Lane, after: str | None) -> Reading:
        """Return a page of a list."""

    def again(self, ids: Sequence[str]) -> Reading:
        """Return what has become of some things."""


@dataclass
class State:
    """What a cursor holds.

    Attributes
    ----------
    known : Ledger
        What is kept.
    polled : dict of str to datetime
        By lane, up to when it was read.
    missed : dict of str to datetime
        By lane, up to when it was missed, where that is still to be noted.
    """

    known: Ledger
    polled: dict[str, datetime] = field(default_factory=dict)
    missed: dict[str, datetime] = field(default_factory=dict)

    @classmethod
    def load(cls, cursor: str | None, known: Ledger) -> State:
        """Return what a cursor holds; an empty state if it cannot be read."""
        try:
            given = json.loads(cursor or "")
            polled, missed = (
                {
                    str(key): datetime.fromisoformat(when).astimezone(UTC)
                    for key, when in part.items()
                }
                for part in (given["polled"], given.get("missed", {}))
            )
            known.load(given["known"])
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            return cls(known)
        return cls(known, polled, missed)

    def save(self) -> str:
        """Return the cursor."""
        polled, missed = (
            {key: when.isoformat() for key, when in part.items()}
            for part in (self.polled, self.missed)
        )
        return json.dumps({"polled": polled, "missed": missed, "known": self.known.save()})


@dataclass
class _Reach:
    """How far back a lane was read in this poll: all of it since `start`, or since `missed`."""

    start: datetime
    missed: datetime | None


class Poll:
    """One reading of all lanes, from the newest page back to where the last one ended.

    Parameters
    ----------
    lists : Lists
    lanes : list of Lane
    state : State
        Where it begins; afterwards, where the next one does.
    closed : dict of str to datetime
        By lane, when one that is closed to us is tried again; brought up to date.
    now : Clock
    stop : threading.Event
    """

    def __init__(
        self,
        lists: Lists,
        lanes: list[Lane],
        state: State,
        *,
        closed: dict[str, datetime],
        now: Clock,
        stop: threading.Event,
    ) -> None:
        self._lists = lists
        self._lanes = lanes
        self._state = state
        self._closed = closed
        self._now = now
        self._stop = stop
        self._before = dict(state.polled)
        self._reached: dict[str, _Reach] = {}

    def run(self) -> Iterator[Batch]:
        """Yield what is new, list by list, then what became of older ones, then the cursor.

        Raises
        ------
        SourceError
            If a list fails, or all are closed to us; the others were read by then.
        """
        at = self._now()
        refused: list[str] = []
        for lane in self._lanes:
            until = self._closed.get(lane.key)
            if until and at < until:
                continue
            try:
                yield from self._read(lane, at)
                self._closed.pop(lane.key, None)
                # What is read is read, should requests run out at the next one.
                yield Batch(ParseResult(), self._state.save())
            except RateLimited:
                raise
            except SourceError as error:
                wrong = self._lists.closed.get(error.status or 0)
                if wrong is None:
                    raise
                self._closed[lane.key] = at + _REST
                refused.append(f"{lane.what} {wrong}; take it out of the deck")
            if self._stop.is_set():
                return
        if all(lane.key in self._closed for lane in self._lanes):
            told = "; ".join(dict.fromkeys(refused)) or "all that is asked for is closed"
            raise SourceError(f"{self._lists.name}: {told}")
        yield from self._look_again()
        wanted = {lane.key for lane in self._lanes}
        self._state.polled = {k: w for k, w in self._state.polled.items() if k in wanted}
        result = ParseResult()
        result.problems = [Problem("lists", told) for told in dict.fromkeys(refused)]
        spans = tuple(self._spans(at))
        missed = self._state.missed.items()
        self._state.missed = {
            k: when for k, when in missed if k in wanted and k not in self._reached
        }
        yield Batch(result, self._state.save(), spans)

    def _read(self, lane: Lane, at: datetime) -> Iterator[Batch]:
        polled = self._before.get(lane.key)
        start = at - _FIRST if polled is None else polled - lane.settled
        after: str | None = None
        oldest: datetime | None = None
        total = 0
        is_whole = False
        for _ in range(-(-lane.most // self._lists.page)):
            reading = self._lists.read(lane, after)
            total += len(reading.named)
            oldest = min(filter(None, (oldest, reading.oldest)), default=None)
            yield Batch(self._take(reading))
            after = reading.after
            is_whole = oldest is not None and oldest < start
            if is_whole or after is None or self._stop.is_set():
                break
        if self._stop.is_set():
            return
        # A short list has ended by itself; a long one was cut off.
        is_whole = is_whole or (after is None and total < lane.most // 2)
        missed = None if is_whole else oldest
        if missed and polled:
            # Should requests run out at the next list, the next poll tells of it.
            self._state.missed[lane.key] = missed
        self._reached[lane.key] = _Reach(start if polled is None else polled, missed)
        self._state.polled[lane.key] = at

    def _take(self, reading: Reading) -> ParseResult:
        """Take note of what was read, before it is handed on."""
        known = self._state.known
        known.settle()
        known.meet(reading.seen, self._now())
        for deletion in reading.result.deletions:
            known.drop(deletion.id)
        return reading.result

    def _spans(self, at: datetime) -> Iterator[Covered]:
        """Yield what was covered, for each of the queries that the lanes serve.

        A query that several lanes serve is covered from where all of them are.
        """
        serving: dict[str | None, list[Lane]] = {}
        for lane in self._lanes:
            if lane.key in self._reached:
                for query in (None,) if lane.queries is None else lane.queries:
                    serving.setdefault(query, []).append(lane)
        alike: dict[tuple[str, ...], list[str | None]] = {}
        for query, lanes in serving.items():
            alike.setdefault(tuple(lane.key for lane in lanes), []).append(query)
        for keys, queries in alike.items():
            named = None if queries == [None] else tuple(str(query) for query in queries)
            for covered in self._covered(keys, at):
                yield covered._replace(queries=named)

    def _covered(self, keys: Sequence[str], at: datetime) -> Iterator[Covered]:
        reaches = [self._reached[key] for key in keys]
        # Those read before were told of up to where the furthest behind of them was.
        known = [self._before[key] for key in keys if key in self._before]
        new = [self._reached[key].start for key in keys if key not in self._before]
        start = max([*new, min(known, default=at - _FIRST)])
        told = [reach.missed for reach in reaches if reach.missed]
        told += [self._state.missed[key] for key in keys if key in self._state.missed]
        missed = max(told, default=start)
        missed = min(missed, at)
        if missed <= start:
            if start < at:
                yield Covered(start, at)
            return
        if known:
            yield Covered(start, missed, "gap", "more was written than its lists show")
        if missed < at:
            yield Covered(missed, at)

    def _look_again(self) -> Iterator[Batch]:
        """Look at some of what is kept once more: counts, edits, deletions and removals."""
        known = self._state.known
        for _ in range(_LOOKS):
            left = self._lists.left
            is_short = left is not None and left < _SPARE
            if is_short or self._stop.is_set():
                return
            due = self._due()
            if not due:
                return
            try:
                reading = self._lists.again([seen.id for seen in due])
            except SourceError as error:
                # The lists work, so this is no reason to fail; it is tried again next time.
                result = ParseResult()
                result.problems.append(Problem("second looks", str(error)))
                yield Batch(result)
                return
            known.look([seen.id for seen in due], self._now())
            result = self._take(reading)
            named = set(reading.named)
            if named:  # else nothing is told of any, which is no word of each
                missing = [seen for seen in due if seen.id not in named]
                at = self._now()
                result.deletions += [Deletion(self._lists.name, seen.key, at) for seen in missing]
                for seen in missing:
                    known.drop(seen.id)
            yield Batch(result)

    def _due(self) -> list[Seen]:
        """Return what is looked at again: what is young often, what is older once a day."""
        known, at = self._state.known, self._now()
        most = self._lists.at_once
        found: dict[str, Seen] = {}
        for least, oldest in (_YOUNG, _OLD):
            for seen in known.due(at, least=least, oldest=oldest, most=most):
                if len(found) < most:
                    found.setdefault(seen.id, seen)
        return list(found.values())
