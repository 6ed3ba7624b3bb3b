"""One poll of GDELT: many columns' texts in few requests, and what was covered by them."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from workbench.clock import EPOCH, Clock
from workbench.collectors import Batch, Covered
from workbench.collectors.gdelt_articles import STEP, RefusedError, read
from workbench.collectors.gdelt_asking import Ask, pack
from workbench.items import ParseResult, Problem

if TYPE_CHECKING:
    from workbench.http import Client

__all__ = ["LONGEST", "Pass"]

LONGEST: Final = 250
"""Most characters of a query."""

_HOST: Final = "api.gdeltproject.org"
_SEARCH: Final = f"https://{_HOST}/api/v2/doc/doc"
_APART: Final = 6.0  # seconds; it asks for 5, by its own clock
_MOST: Final = 250  # articles of one answer
_WINDOWS: Final = 8
_REQUESTS: Final = 120  # of one pass, which is 12 minutes
_STEP: Final = timedelta(seconds=STEP)
_FIRST: Final = timedelta(days=1)
_LATE: Final = timedelta(hours=1)  # an article may be listed as much later than it was met
_REACH: Final = timedelta(days=85)


class Pass:
    """One poll: each request that is due, as far as time allows.

    The cursor holds for each text that was asked until when its articles are here, and for
    each query until when that was noted.

    Parameters
    ----------
    client : Client
    cursor : str or None
    narrow : str
        Added to each query.
    now : Clock
    stop : threading.Event
    """

    def __init__(
        self,
        client: Client,
        cursor: str | None,
        narrow: str,
        *,
        now: Clock,
        stop: threading.Event,
    ) -> None:
        self._narrow = narrow
        self._client = client
        self._now = now
        self._stop = stop
        self._at = now()
        # What was met in the step before the last is listed by now.
        self._settled = EPOCH + (self._at - EPOCH) // _STEP * _STEP - _STEP
        self._texts, self._queries = _recall(cursor)
        self._requests = 0
        self._met: set[str] = set()
        self._refused: set[str] = set()
        self._failed: RefusedError | None = None

    def run(self, asks: Sequence[Ask]) -> Iterator[Batch]:
        """Yield what comes, and after each request where to go on."""
        before = dict(self._texts)
        wanted = {ask.text: ask for ask in asks}
        self._texts = {text: when for text, when in before.items() if text in wanted}
        longest = LONGEST - len(self._narrow)
        done = 0
        for texts, since in pack({text: before.get(text) for text in wanted}, longest):
            start = max(since or self._at - _FIRST, self._at - _REACH)
            for batch in self._ask(texts, start, wanted):
                yield batch
                done += bool(batch.cursor)
            if self._stop.is_set() or self._requests >= _REQUESTS:
                break
        if self._failed and not done:
            raise self._failed
        spans = tuple(self._covered(asks, before))
        yield Batch(ParseResult(), self._save(), spans)

    def _ask(
        self, texts: Sequence[str], start: datetime, wanted: Mapping[str, Ask]
    ) -> Iterator[Batch]:
        """Ask for some texts at once, or in halves if that is too much for one answer."""
        try:
            first = self._request(texts, start - _LATE, self._at)
        except RefusedError as error:
            if wanted[texts[0]].queries is None:
                raise
            if len(texts) > 1:
                yield from self._halved(texts, start, wanted)
                return
            # One text that it refuses does not stop the others.
            self._failed = error
            self._refused.add(texts[0])
            yield self._missed(texts, wanted, start, self._settled, str(error))
            self._texts[texts[0]] = self._settled
            return
        if first[1] >= _MOST and len(texts) > 1:
            yield from self._halved(texts, start, wanted)
            return
        window = yield from self._go_back(texts, _Window(first, start), start, wanted)
        if not window.is_last:
            if self._stop.is_set():
                return  # the next time begins where this one did
            reason = f"more was published than {_WINDOWS} requests bring"
            yield self._missed(texts, wanted, start, window.reached, reason)
        for text in texts:
            self._texts[text] = max(self._settled, self._texts.get(text, self._settled))
        yield Batch(ParseResult(), self._save())

    def _go_back(
        self,
        texts: Sequence[str],
        window: _Window,
        start: datetime,
        wanted: Mapping[str, Ask],
    ) -> Generator[Batch, None, _Window]:
        """Ask for what is older, until nothing is left; return the last answer's window."""
        for number in range(1, _WINDOWS + 1):
            yield Batch(self._fresh(window.result))
            if window.is_crowded:
                reason = f"more than {_MOST} articles in one step"
                yield self._missed(texts, wanted, window.reached, window.step_end, reason)
            if window.is_last or self._stop.is_set() or number == _WINDOWS:
                break
            window = _Window(self._request(texts, start - _LATE, window.until), start)
        return window

    def _fresh(self, result: ParseResult) -> ParseResult:
        """Return what did not come before in this pass."""
        new = ParseResult(item for item in result if item.id not in self._met)
        new.problems = result.problems
        self._met.update(item.id for item in new)
        return new

    def _halved(
        self, texts: Sequence[str], start: datetime, wanted: Mapping[str, Ask]
    ) -> Iterator[Batch]:
        half = len(texts) // 2
        yield from self._ask(texts[:half], start, wanted)
        yield from self._ask(texts[half:], start, wanted)

    def _request(
        self, texts: Sequence[str], start: datetime, end: datetime
    ) -> tuple[ParseResult, int]:
        text = texts[0] if len(texts) == 1 else f"({' OR '.join(texts)})"
        self._requests += 1
        self._client.limits.apart(_HOST, _APART, self._stop)
        answer = self._client.get(
            _SEARCH,
            params={
                "query": text + self._narrow,
                "mode": "artlist",
                "format": "json",
                "sort": "datedesc",
                "maxrecords": str(_MOST),
                # A span of less than one step is refused.
                "startdatetime": _stamp(min(start, end - _STEP)),
                "enddatetime": _stamp(end),
            },
        )
        return read(answer.content, collected=self._now())

    def _missed(
        self,
        texts: Iterable[str],
        wanted: Mapping[str, Ask],
        start: datetime,
        end: datetime,
        reason: str,
    ) -> Batch:
        """Return a batch that tells of a gap, with the reason."""
        queries = _queries_of([wanted[text] for text in texts])
        result = ParseResult()
        result.problems.append(Problem("search", reason))
        spans = (Covered(start, end, "gap", reason, queries),) if start < end else ()
        return Batch(result, None, spans)

    def _covered(self, asks: Sequence[Ask], before: Mapping[str, datetime]) -> Iterator[Covered]:
        """Yield until when each query is covered now, those of one span together."""
        own: dict[str, list[str]] = {}
        for ask in asks:
            for query in ask.queries or ("",):
                own.setdefault(query, []).append(ask.text)
        known, self._queries = self._queries, {}
        spans: dict[tuple[datetime, datetime], list[str]] = {}
        for query, texts in own.items():
            start = known.get(query)
            if start is None:
                start = max(before.get(text) or self._at - _FIRST for text in texts)
            end = min(self._texts.get(text, start) for text in texts)
            self._queries[query] = max(start, end)
            if start < end and self._refused.isdisjoint(texts):
                spans.setdefault((start, end), []).append(query)
        for (start, end), queries in spans.items():
            yield Covered(start, end, queries=None if queries == [""] else tuple(queries))

    def _save(self) -> str:
        return json.dumps({
            "texts": {text: when.isoformat() for text, when in self._texts.items()},
            "queries": {query: when.isoformat() for query, when in self._queries.items()},
        })  # fmt: skip


class _Window:
    """What one answer says of how much more there is.

    Parameters
    ----------
    answer : tuple of ParseResult and int
        Its articles, newest first, and how many it listed.
    start : datetime
        How far back is wanted.

    Attributes
    ----------
    reached : datetime
        From here on all is here.
    is_last : bool
        Nothing is left to be asked for.
    is_crowded : bool
        It is full of articles of one step, of which there may be more that nothing can bring.
    until : datetime
        To be asked for next.
    """

    def __init__(self, answer: tuple[ParseResult, int], start: datetime) -> None:
        self.result, listed = answer
        dated = [item.published for item in self.result if item.published_precision is not None]
        oldest = min(dated, default=start)
        self.is_last = listed < _MOST or oldest <= start
        self.is_crowded = not self.is_last and max(dated) == oldest
        self.reached = max(oldest, start)
        self.step_end = oldest + _STEP
        self.until = oldest - timedelta(seconds=1) if self.is_crowded else oldest


def _queries_of(asks: Iterable[Ask]) -> tuple[str, ...] | None:
    found: dict[str, None] = {}
    for ask in asks:
        if ask.queries is None:
            return None
        found |= dict.fromkeys(ask.queries)
    return tuple(found)


def _recall(cursor: str | None) -> tuple[dict[str, datetime], dict[str, datetime]]:
    """Return until when texts and queries are covered; nothing if it cannot be read."""
    try:
        given = json.loads(cursor or "")
        texts, queries = (
            {str(key): datetime.fromisoformat(when).astimezone(UTC) for key, when in part.items()}
            for part in (given["texts"], given["queries"])
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return {}, {}
    return texts, queries


def _stamp(when: datetime) -> str:
    return when.strftime("%Y%m%d%H%M%S")
