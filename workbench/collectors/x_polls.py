"""X asked again and again: each lane from the newest page back to where the last pass ended."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from workbench.clock import EPOCH, Clock
from workbench.collectors import Batch, Covered
from workbench.collectors.ledger import Ledger
from workbench.collectors.tweets import FIELDS
from workbench.collectors.x_api import Api
from workbench.collectors.x_budget import Purse
from workbench.collectors.x_lanes import Lane, Wish
from workbench.collectors.x_payloads import Reading, read
from workbench.collectors.x_rates import Rates, met
from workbench.collectors.x_spans import settled
from workbench.errors import SourceError
from workbench.items import ParseResult, Problem

if TYPE_CHECKING:
    from workbench.http import Response

__all__ = ["EVERYTHING", "PAGES", "Memory", "Poll", "id_at"]

EVERYTHING: Final = ""
"""The mark up to which all was read, whatever is asked for."""

PAGES: Final = 10
"""The most pages of one lane that are read at a time."""

_PAGE: Final = 100
_FIRST: Final = timedelta(days=1)
_SETTLED: Final = timedelta(seconds=30)  # after which what was written is in the search
_NUMBER: Final = re.compile(r"[0-9]{0,19}", re.ASCII)
_LOOKS: Final = 2
_LEAST: Final = timedelta(hours=12)
_NOT_THERE: Final = 404
_OF_THE_LANE: Final = frozenset((400, 403, 404))
_BACK: Final = timedelta(days=7) - timedelta(minutes=5)  # how far the recent search looks
_BEGAN: Final = 1_288_834_974_657  # milliseconds: from when on ids count


def id_at(when: datetime) -> int:
    """Return the least id that a post written at a moment can have.

    Examples
    --------
    >>> id_at(datetime(2026, 11, 19, tzinfo=UTC)) >> 22
    506211425343
    """
    millis = (when - EPOCH) // timedelta(milliseconds=1)
    return max(millis - _BEGAN, 0) << 22


@dataclass
class Memory:
    """What a collector knows from one pass to the next; all but what it paid is in the cursor.

    Attributes
    ----------
    purse : Purse
    known : Ledger
        What is kept, by the ids of newest versions.
    marks : dict of str to datetime
        Up to when each thing that is asked for was read.
    accounts : dict of str to str
        Ids of accounts by handle; empty for one that is not there.
    rates : Rates
        How many posts each thing that is asked for gets.
    owner : str
        Tells our rules from those of others.
    """

    purse: Purse
    known: Ledger = field(default_factory=Ledger)
    marks: dict[str, datetime] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    rates: Rates = field(default_factory=Rates)
    owner: str = ""

    def mark(self, key: str) -> datetime | None:
        """Return up to when something was read; None if it was not."""
        return self.marks.get(key, self.marks.get(EVERYTHING))

    def load(self, cursor: str | None) -> None:
        """Take up what a cursor holds, as far as it can be read."""
        try:
            given = json.loads(cursor or "")
            marks = {
                str(key): datetime.fromisoformat(when).astimezone(UTC)
                for key, when in given["marks"].items()
            }
            accounts = {str(k): v for k, v in given["accounts"].items() if _NUMBER.fullmatch(v)}
            owner = str(given["owner"])
            self.known.load(given["known"])
            self.purse.load(given["purse"])
            self.rates.load(given.get("rates"))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            self.marks, self.accounts = {}, {}
            return
        self.marks, self.accounts = marks, accounts
        self.owner = owner if owner.isalnum() and len(owner) <= 32 else ""

    def forget(self, asked: Collection[str], now: datetime) -> None:
        """Forget what is asked for no longer, marks once they are of no use."""
        self.rates.keep(asked)
        old = now - _BACK
        self.marks = {k: m for k, m in self.marks.items() if k in asked or m > old}

    def save(self) -> str:
        """Return the cursor."""
        return json.dumps(
            {
                "marks": {key: when.isoformat() for key, when in self.marks.items()},
                "accounts": self.accounts,
                "owner": self.owner,
                "known": self.known.save(),
                "purse": self.purse.save(),
                "rates": self.rates.save(),
            },
            ensure_ascii=False,
        )


class Poll:
    """One reading of all lanes, then a second look at some of what is kept.

    Parameters
    ----------
    api : Api
    lanes : sequence of Lane
    memory : Memory
        Where it begins; once all is read, where the next one does.
    wishes : sequence of Wish
        What the columns want, if they are asked for.
    recheck : timedelta
        For how long what is kept is looked at again.
    now : Clock
    stop : threading.Event
    """

    def __init__(
        self,
        api: Api,
        lanes: Sequence[Lane],
        memory: Memory,
        *,
        wishes: Sequence[Wish] = (),
        recheck: timedelta,
        now: Clock,
        stop: threading.Event,
    ) -> None:
        self._api = api
        self._lanes = lanes
        self._memory = memory
        self._wishes = {each.text: each for each in wishes}
        self._met: Counter[str] = Counter()
        self._recheck = recheck
        self._now = now
        self._stop = stop
        self._spans: list[Covered] = []
        self._ends: dict[str, datetime] = {}
        self._is_spent = False

    def run(self) -> Iterator[Batch]:
        """Yield what is new page by page, what became of older ones, then the cursor.

        Raises
        ------
        RateLimited
            Once all that is yielded, if the budget did not buy everything.
        SourceError
            If X fails, or refuses all that it is asked.
        """
        failures = []
        for lane in self._lanes:
            try:
                yield from self.read_lane(lane)
            except SourceError as error:
                # One query or account that X refuses stops no other.
                if error.status not in _OF_THE_LANE:
                    raise
                failures.append(error)
                yield self._refused(lane, error)
            if self._stop.is_set():
                return  # without a cursor: the next time begins where this one did
        yield from self._look_again()
        if self._stop.is_set():
            return
        self._note_unasked()
        self._memory.marks |= self._ends
        self._memory.forget({key for lane in self._lanes for key in lane.keys}, self._now())
        yield Batch(ParseResult(), self._memory.save(), settled(self._spans))
        if failures and len(failures) == len(self._lanes):
            raise failures[0]
        if self._is_spent:
            raise self._memory.purse.spent_until(self._now())

    def read_lane(self, lane: Lane) -> Iterator[Batch]:
        """Read one lane from where its mark is."""
        at = self._now()
        begin, is_first = self._begin(lane, at)
        yield from self.read_span(lane, begin, at, pages=1 if is_first else PAGES)
        for key in lane.keys:
            self._ends[key] = at
            if not is_first:
                self._memory.rates.add(key, self._met.pop(key, 0), begin, at)

    def read_span(
        self, lane: Lane, begin: datetime, end: datetime, *, until: bool = False, pages: int
    ) -> Iterator[Batch]:
        """Read what was posted in a stretch of time, and note what of it was covered."""
        purse = self._memory.purse
        reached, token = end, ""
        reason = f"more was posted than {pages} page{'s' * (pages > 1)} of {_PAGE} hold"
        for _ in range(pages):
            most = purse.posts(_PAGE)
            if most < lane.least:
                self._is_spent, reason = True, purse.reason
                break
            parameters = {**lane.parameters, **FIELDS, "max_results": str(most)}
            if lane.has_since:
                parameters["since_id"] = str(id_at(begin - _SETTLED))
            if until:
                parameters["until_id"] = str(id_at(end))
            if token:
                parameters["next_token" if lane.query else "pagination_token"] = token
            reading = self.take(self._api.get(lane.path, parameters), most)
            self._met += met(lane.keys, self._wishes, reading.result)
            yield Batch(reading.result, self._memory.save())
            times = [seen.time for seen in reading.seen]
            reached = min([reached, *times])
            token = reading.token or ""
            if not token or (not lane.has_since and reached < begin):
                reached = begin
                break
            if self._stop.is_set():
                return
        self._note(lane, begin, reached, "gap", reason)
        self._note(lane, max(reached, begin), end)

    def _note(
        self,
        lane: Lane,
        begin: datetime,
        end: datetime,
        status: Literal["ok", "gap"] = "ok",
        reason: str = "",
    ) -> None:
        if begin < end:
            self._spans.append(Covered(begin, end, status, reason, lane.queries))

    def _note_unasked(self) -> None:
        """Note that nothing is known of what X cannot be asked for."""
        at = self._now()
        for text in [each.text for each in self._wishes.values() if each.upstream is None]:
            begin = self._memory.mark(text) or at - _FIRST
            self._ends[text] = at
            if begin < at:
                reason = "X's search cannot be asked for this query"
                self._spans.append(Covered(begin, at, "gap", reason, (text,)))

    def _refused(self, lane: Lane, error: SourceError) -> Batch:
        """Note that a lane was not read: it is asked for from here on the next time."""
        at = self._now()
        begin, is_first = self._begin(lane, at)
        # Of an account or list that is not there, nothing is missed.
        if error.status != _NOT_THERE and not is_first:
            self._note(lane, begin, at, "gap", str(error))
        if not is_first:
            self._ends |= dict.fromkeys(lane.keys, at)
        result = ParseResult()
        result.problems.append(Problem(lane.query or lane.path, str(error)))
        return Batch(result)

    def _begin(self, lane: Lane, at: datetime) -> tuple[datetime, bool]:
        """Return from when on to read, and whether it is the first time."""
        marks = [mark for key in lane.keys if (mark := self._memory.mark(key))]
        if len(marks) < len(lane.keys):
            return at - _FIRST, True
        begin, oldest = min(marks), at - _BACK
        if begin < oldest:
            reason = "X's search looks back 7 days, and we were away for longer"
            self._note(lane, begin, oldest, "gap", reason)
        return min(max(begin, oldest), at), False

    def take(self, answer: Response, most: int) -> Reading:
        """Return what an answer brings, once it is reckoned what it costs."""
        memory = self._memory
        memory.purse.turn(self._now())
        try:
            reading = read(answer.content, collected=self._now(), known=memory.known)
        except SourceError:
            # What we cannot read may be charged all the same.
            if answer.content.lstrip()[:1] == b"{":
                memory.purse.pay(most * memory.purse.per_post)
            raise
        memory.purse.pay_posts(reading.bought)
        memory.known.settle()
        memory.known.meet(reading.seen, self._now())
        return reading

    def _look_again(self) -> Iterator[Batch]:
        """Look at some of what is kept once more: counts, edits, deletions, withdrawn accounts."""
        memory = self._memory
        newest: list[str] = []
        for _ in range(_LOOKS):
            most = memory.purse.posts(_PAGE)
            now = self._now()
            due = memory.known.due(now, least=_LEAST, oldest=self._recheck, most=most)
            wanted = list(dict.fromkeys([*newest, *(seen.id for seen in due)]))[:most]
            if not wanted or self._stop.is_set():
                return
            try:
                answer = self._api.get("/2/tweets", {**FIELDS, "ids": ",".join(wanted)})
                reading = self.take(answer, len(wanted))
            except SourceError as error:
                # What is new is in, so this is no reason to fail; it is tried again next time.
                result = ParseResult()
                result.problems.append(Problem("second looks", str(error)))
                yield Batch(result)
                return
            memory.known.look(wanted, now)
            newest = reading.outdated
            yield Batch(reading.result, memory.save())
            for own in reading.missing:
                memory.known.drop(own)
