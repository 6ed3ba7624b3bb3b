"""One poll of GDELT: many columns' texts in few requests, and what was covered by them."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from workbench.clock import EPOCH, Clock
from workbench.collectors import Batch, Covered
from workbench.collectors.asking import Ask, Reached, queries_of
from workbench.collectors.gdelt_articles import STEP, RefusedError, read
from workbench.collectors.gdelt_asking import pack
from workbench.items import ParseResult, Problem

if TYPE_CHECKING:
    from workbench.http import Client

__all__ = ["APART", "HOST", "LONGEST", "SEARCH", "Pass", "settled", "stamp"]

LONGEST: Final = 250
"""Most characters of a query."""

HOST: Final = "api.gdeltproject.org"
SEARCH: Final = f"https://{HOST}/api/v2/doc/doc"
APART: Final = 6.0  # seconds; it asks for 5, by its own clock
_MOST: Final = 250  # articles of one answer
_WINDOWS: Final = 8
_REQUESTS: Final = 120  # of one pass, which is 12 minutes
_STEP: Final = timedelta(seconds=STEP)
_FIRST: Final = timedelta(days=1)
_LATE: Final = timedelta(hours=1)  # an article may be listed as much later than it was met
_REACH: Final = timedelta(days=85)


class Pass:
    """One poll: each request that is due, as far as time allows.

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
        self._settled = settled(self._at)
        self._reached = Reached(cursor)
        self._requests = 0
        self._met: set[str] = set()
        self._failed: RefusedError | None = None

    def run(self, asks: Sequence[Ask]) -> Iterator[Batch]:
        """Yield what comes, and after each request where to go on."""
        wanted = {ask.text: ask for ask in asks}
        since = self._reached.begin(wanted)
        longest = LONGEST - len(self._narrow)
        done = 0
        for texts, last in pack(since, longest):
            start = max(last or self._at - _FIRST, self._at - _REACH)
            for batch in self._ask(texts, start, wanted):
                yield batch
                done += bool(batch.cursor)
            if self._stop.is_set() or self._requests >= _REQUESTS:
                break
        if self._failed and not done:
            raise self._failed
        spans = self._reached.covered(asks, self._at - _FIRST)
        yield Batch(ParseResult(), self._reached.save(), spans)

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
            yield self._missed(texts, wanted, start, self._settled, str(error))
            self._reached.move(texts, self._settled)
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
        self._reached.move(texts, self._settled)
        yield Batch(ParseResult(), self._reached.save())

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
        self._client.limits.apart(HOST, APART, self._stop)
        answer = self._client.get(
            SEARCH,
            params={
                "query": text + self._narrow,
                "mode": "artlist",
                "format": "json",
                "sort": "datedesc",
                "maxrecords": str(_MOST),
                # A span of less than one step is refused.
                "startdatetime": stamp(min(start, end - _STEP)),
                "enddatetime": stamp(end),
            },
        )
        return read(answer.content, collected=self._now())

    def _missed(
        self,
        texts: Sequence[str],
        wanted: Mapping[str, Ask],
        start: datetime,
        end: datetime,
        reason: str,
    ) -> Batch:
        """Return a batch that tells of a gap, with the reason."""
        queries = queries_of(wanted[text] for text in texts)
        self._reached.miss(texts, start, end)
        result = ParseResult()
        result.problems.append(Problem("search", reason))
        spans = (Covered(start, end, "gap", reason, queries),) if start < end else ()
        return Batch(result, None, spans)


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


def settled(now: datetime) -> datetime:
    """Return until when all that was met is listed: the end of the step before the last."""
    return EPOCH + (now - EPOCH) // _STEP * _STEP - _STEP


def stamp(when: datetime) -> str:
    """Return a moment as the service writes it."""
    return when.strftime("%Y%m%d%H%M%S")
