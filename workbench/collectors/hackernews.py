"""Hacker News: stories and comments by its search, and a second look at what is kept."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from workbench.clock import EPOCH, Clock, span
from workbench.collectors import Batch, Covered, Retention
from workbench.collectors.hits import parse, read
from workbench.collectors.ledger import Ledger, Seen
from workbench.errors import SettingError, SourceError
from workbench.items import Item, ParseResult, Problem

if TYPE_CHECKING:
    from workbench.http import Client

__all__ = ["HackerNews", "parse"]

_SEARCH: Final = "https://hn.algolia.com/api/v1/search_by_date"
_ITEM: Final = "https://hacker-news.firebaseio.com/v0/item/{}.json"
_PAGE: Final = 500  # of the 1,000 hits that one query gives; the rest is asked for by time
_REQUESTS: Final = 10
_FIRST: Final = timedelta(days=1)
_SETTLED: Final = timedelta(minutes=15)  # after which what was written is in the search
_LOOKS: Final = 20
_LEAST: Final = timedelta(minutes=10)
_OLDEST: Final = timedelta(days=2)
_SECOND: Final = timedelta(seconds=1)
_TAG: Final = re.compile(r"[a-z_]{2,20}|author_[\w-]{1,30}|story_[0-9]{1,18}", re.ASCII)
_LONGEST: Final = 500


@dataclass(frozen=True)
class HackerNews:
    """What is written on Hacker News: all of it, or what its search finds.

    Parameters
    ----------
    query : str
        Words that must all be there, as the search understands them: beginnings of words
        and small misspellings count. Without any it is everything.
    tags : tuple of str
        Kinds of which it must be one: ``story``, ``comment``, ``job``, ``poll``,
        ``ask_hn``, ``show_hn``, ``front_page``, ``author_NAME``, ``story_ID``.
    every : timedelta or str
        Between two polls.
    """

    name: ClassVar[str] = "hackernews"
    label: ClassVar[str] = "Hacker News"
    tier: ClassVar[str] = "social"
    needs: ClassVar[tuple[str, ...]] = ()
    limits: ClassVar[str] = (
        "beyond 5,000 hits between two polls the rest is a gap; the search knows what is "
        "written after a minute or so"
    )
    terms: ClassVar[str] = "what is deleted or flagged there disappears here too"
    retention: ClassVar[Retention] = Retention(("deletions", "edits"))
    hashtag_url: ClassVar[str] = ""
    live: ClassVar[bool] = False

    query: str = ""
    tags: tuple[str, ...] = ("story", "comment")
    every: timedelta = timedelta(minutes=1)
    _known: Ledger = field(default_factory=Ledger, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "query", " ".join(self.query.split()))
        if len(self.query) > _LONGEST:
            raise SettingError(f"query has {len(self.query)} characters; {_LONGEST} are the most")
        put(self, "tags", tuple(dict.fromkeys(self.tags)))
        for tag in self.tags:
            if not _TAG.fullmatch(tag):
                raise SettingError(
                    f"tags names {tag!r}, which is none; write story, comment, job, poll, ask_hn, "
                    "show_hn, front_page, author_NAME or story_ID"
                )
        if not self.tags:
            raise SettingError("tags is empty; leave it out for stories and comments")
        put(self, "every", span(self.every))

    @property
    def key(self) -> str:
        """What names it in the store: the kinds and words that are followed."""
        words = [f'"{self.query}"'] if self.query else []
        if set(self.tags) != {"story", "comment"}:
            words.append(",".join(self.tags))
        return " ".join((self.name, *words))

    def collect(
        self, client: Client, cursor: str | None, *, now: Clock, stop: threading.Event
    ) -> Iterator[Batch]:
        """Ask for what was written since the last poll, newest first, then look at older ones."""
        at = now()
        polled = self._recall(cursor)
        # What reaches the front page was written hours before.
        is_late = "front_page" in self.tags
        start = at - _FIRST if polled is None or is_late else polled - _SETTLED
        search = _Search(client, self, start, now=now, stop=stop)
        yield from search.run(self._known)
        if stop.is_set():
            return  # without a cursor: the next time begins where this one did
        yield from self._look_again(client, now=now, stop=stop)
        saved = {"polled": at.isoformat(), "known": self._known.save()}
        yield Batch(ParseResult(), json.dumps(saved), search.spans(polled, at))

    def refine(self, client: Client, items: Iterable[Item]) -> ParseResult:  # noqa: ARG002 - nothing to ask
        """Return the items as they are, noting which of them are kept."""
        result = ParseResult(items)
        self._known.keep(item.id for item in result)
        return result

    def _recall(self, cursor: str | None) -> datetime | None:
        """Return when it was last polled, and take up what was kept; None if it cannot be read."""
        try:
            given = json.loads(cursor or "")
            polled = datetime.fromisoformat(given["polled"]).astimezone(UTC)
            self._known.load(given["known"])
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None
        return polled

    def _look_again(self, client: Client, *, now: Clock, stop: threading.Event) -> Iterator[Batch]:
        """Look at some of what is kept once more: points, edits, deletions and flags."""
        known = self._known
        for seen in known.due(now(), least=_LEAST, oldest=_OLDEST, most=_LOOKS):
            if stop.is_set():
                return
            try:
                answer = client.get(_ITEM.format(seen.id))
                result = parse(answer.content, collected=now())
            except SourceError as error:
                # The search works, so this is no reason to fail; it is tried again next time.
                result = ParseResult()
                result.problems.append(Problem("second looks", str(error)))
                yield Batch(result)
                return
            known.settle()
            known.look([seen.id], now())
            for deletion in result.deletions:
                known.drop(deletion.id)
            yield Batch(result)


class _Search:
    """One search, split by time where it finds more than one answer holds.

    Parameters
    ----------
    client : Client
    wanted : HackerNews
    start : datetime
        From when on.
    now : Clock
    stop : threading.Event
    """

    def __init__(
        self,
        client: Client,
        wanted: HackerNews,
        start: datetime,
        *,
        now: Clock,
        stop: threading.Event,
    ) -> None:
        self._client = client
        self._wanted = wanted
        self._start = start
        self._now = now
        self._stop = stop
        self._oldest: datetime | None = None
        self._is_whole = False

    def run(self, known: Ledger) -> Iterator[Batch]:
        """Yield the hits, each once, newest first."""
        met: set[str] = set()
        until: datetime | None = None
        for _ in range(_REQUESTS):
            result, left = self._ask(until)
            dated = [item.published for item in result if item.published_precision is not None]
            new = [item for item in result if item.id not in met]
            met.update(item.id for item in new)
            known.settle()
            known.meet((Seen(item.id, item.id, item.time) for item in new), self._now())
            fresh = ParseResult(new)
            fresh.problems = result.problems
            yield Batch(fresh)
            oldest = min(dated, default=None)
            if oldest:
                self._oldest = min(oldest, self._oldest or oldest)
            self._is_whole = not left
            if self._is_whole or oldest is None or self._stop.is_set():
                return
            # In the oldest second there may be more than came, unless all of it is known.
            until = oldest if new else oldest - _SECOND

    def _ask(self, until: datetime | None) -> tuple[ParseResult, int]:
        bounds = [f"created_at_i>={_seconds(self._start)}"]
        if until:
            bounds.append(f"created_at_i<={_seconds(until)}")
        answer = self._client.get(
            _SEARCH,
            params={
                "query": self._wanted.query,
                "tags": f"({','.join(self._wanted.tags)})",
                "numericFilters": ",".join(bounds),
                "hitsPerPage": str(_PAGE),
            },
            headers={"Accept": "application/json"},
        )
        return read(answer.content, collected=self._now())

    def spans(self, polled: datetime | None, at: datetime) -> tuple[Covered, ...]:
        """Return what was covered: all since the last poll, or what was not reached is a gap."""
        start = self._start if polled is None else polled
        if start >= at:
            return ()
        reached = self._start if self._is_whole else min(self._oldest or at, at)
        if reached <= start:
            return (Covered(start, at),)
        covered = (Covered(reached, at),) if reached < at else ()
        if polled is None:
            return covered
        reason = f"more was written than {_REQUESTS} requests bring"
        return (Covered(start, reached, "gap", reason), *covered)


def _seconds(when: datetime) -> int:
    return (when - EPOCH) // _SECOND
