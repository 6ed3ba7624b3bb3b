"""X's filtered stream: rules kept in step with what is asked for, and the posts that match.

An app has one stream and one set of rules, which others may have a part in. Ours are known by
their tag: how it begins, and whose they are. No other rule is touched, and what only such a
rule has matched is not taken.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from workbench.clock import Clock
from workbench.collectors import Batch, Covered
from workbench.collectors.x_api import Api
from workbench.collectors.x_lanes import Lane, Wish
from workbench.collectors.x_payloads import Reading, read
from workbench.collectors.x_polls import Memory
from workbench.collectors.x_rates import met
from workbench.errors import SourceError
from workbench.items import ParseResult

if TYPE_CHECKING:
    from workbench.http.lines import LineStream

__all__ = ["MARK", "STREAM", "Rules", "follow"]

MARK: Final = "workbench"
"""How the tags of our rules begin."""
STREAM: Final = "/2/tweets/search/stream"
"""Where the posts come."""

_RULES: Final = "/2/tweets/search/stream/rules"
_MOST: Final = 100  # rules that are added or deleted at a time
_PAUSE: Final = 0.25
_BATCH: Final = 1.0  # seconds that posts are gathered for


class Rules:
    """The rules of an app's stream, as far as they are ours.

    Parameters
    ----------
    api : Api
    memory : Memory
        Whose they are; drawn the first time, and held in the cursor.
    """

    def __init__(self, api: Api, memory: Memory) -> None:
        if not memory.owner:
            memory.owner = secrets.token_hex(6)
        self._api = api
        self._prefix = f"{MARK} {memory.owner} "
        self.others = 0

    def tag(self, query: str) -> str:
        """Return the tag of the rule that asks for a query."""
        return self._prefix + hashlib.sha256(query.encode()).hexdigest()[:12]

    def keep(self, lanes: Sequence[Lane]) -> None:
        """Have a rule for each lane and no other of ours; those that stay are left alone.

        Raises
        ------
        SourceError
            If X does not take one; the message has its reason.
        """
        wanted = {self.tag(lane.query): lane.query for lane in lanes}
        there: dict[str, str] = {}
        needless: list[str] = []
        self.others = 0
        for rule in _listed(self._api.get(_RULES, {}).content):
            tag = str(rule.get("tag") or "")
            own = str(rule.get("id"))
            if not tag.startswith(self._prefix):
                self.others += 1
            elif tag in there or wanted.get(tag) != rule.get("value"):
                needless.append(own)
            else:
                there[tag] = own
        # Added first: for a moment both match, and a post comes twice rather than never.
        missing = [{"value": q, "tag": t} for t, q in wanted.items() if t not in there]
        for start in range(0, len(missing), _MOST):
            self._send({"add": missing[start : start + _MOST]})
        for start in range(0, len(needless), _MOST):
            self._send({"delete": {"ids": needless[start : start + _MOST]}})

    @staticmethod
    def count(api: Api) -> int:
        """Return how many rules an app has, whoever's they are; to ask costs nothing."""
        return len(_listed(api.get(_RULES, {}).content))

    def is_ours(self, reading: Reading) -> bool:
        """Return whether a line of the stream matched a rule of ours."""
        return any(tag.startswith(self._prefix) for tag in reading.tags)

    def _send(self, what: Mapping[str, Any]) -> None:
        errors = _object(self._api.post(_RULES, what).content).get("errors")
        faults = [each for each in errors or () if isinstance(each, dict)]
        # Two processes may add the same at once; then it is there, which is what was wanted.
        faults = [each for each in faults if each.get("title") != "DuplicateRule"]
        if faults:
            told = faults[0].get("details") or faults[0].get("detail") or faults[0].get("title")
            raise SourceError(f"x: does not take a rule: {str(told)[:200]}", status=400)


def _object(data: bytes) -> dict[str, Any]:
    try:
        given = json.loads(data)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise SourceError("x: answered with what are no rules")
    return given


def _listed(data: bytes) -> list[dict[str, Any]]:
    given = _object(data)
    rules = given.get("data", [])
    if not isinstance(rules, list) or not {"data", "meta"} & given.keys():
        raise SourceError("x: answered with what are no rules")
    return [rule for rule in rules if isinstance(rule, dict)]


def follow(
    stream: LineStream,
    rules: Rules,
    memory: Memory,
    keys: Sequence[str],
    *,
    wishes: Mapping[str, Wish] | None,
    since: datetime,
    now: Clock,
    stop: threading.Event,
) -> Iterator[Batch]:
    """Yield what the stream brings, until `stop` is set or the budget is spent.

    `wishes` are the columns', by their queries; None where the source says itself what it asks.
    Coverage follows the clock, up to when X was last heard: it sends an empty line each 20 s.

    Raises
    ------
    SourceError
        If the stream ends, or X says that it does; what came before is yielded first.
    RateLimited
        If the budget is spent: the stream is charged by what it brings.
    """
    gathering = _Gathering(rules, memory, keys=keys, wishes=wishes, since=since, now=now)
    try:
        while not stop.is_set():
            line = stream.receive(_PAUSE)
            if line is not None:
                gathering.hear(line)
            if gathering.is_due:
                yield gathering.batch(stream.silent)
                memory.known.settle()
            if not memory.purse.posts(1):
                raise memory.purse.spent_until(now())
    except SourceError:
        yield gathering.batch(stream.silent)
        raise
    yield gathering.batch(stream.silent)


class _Gathering:
    """What came in since the last batch."""

    def __init__(
        self,
        rules: Rules,
        memory: Memory,
        *,
        keys: Sequence[str],
        wishes: Mapping[str, Wish] | None,
        since: datetime,
        now: Clock,
    ) -> None:
        self._rules = rules
        self._memory = memory
        self._keys = keys
        self._wishes = wishes or {}
        self._queries = None if wishes is None else tuple(keys)
        self._now = now
        self._since = since
        self._result = ParseResult()
        self._began = time.monotonic()

    @property
    def is_due(self) -> bool:
        return time.monotonic() - self._began >= _BATCH

    def hear(self, line: bytes) -> None:
        """Take a line: a post, or what X has to say of the stream."""
        memory, at = self._memory, self._now()
        memory.purse.turn(at)
        reading = read(line, collected=at, known=memory.known)
        # Whoever's rule it was, the app pays for it.
        memory.purse.pay_posts(reading.bought)
        if not self._rules.is_ours(reading):
            return
        memory.known.meet(reading.seen, at)
        self._result += reading.result
        self._result.problems += reading.result.problems

    def batch(self, silent: float) -> Batch:
        """Return what was gathered, and what of the time was covered."""
        memory, result = self._memory, self._result
        heard = self._now() - timedelta(seconds=silent)
        spans: tuple[Covered, ...] = ()
        if heard > self._since:
            spans = (Covered(self._since, heard, queries=self._queries),)
            for key, n in met(self._keys, self._wishes, result).items():
                memory.rates.add(key, n, self._since, heard)
            self._since = heard
            memory.marks |= dict.fromkeys(self._keys, heard)
        self._result = ParseResult()
        self._began = time.monotonic()
        return Batch(result, memory.save(), spans)
