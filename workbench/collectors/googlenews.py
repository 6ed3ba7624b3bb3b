"""Google News: headlines of many outlets, by its search."""

from __future__ import annotations

import copy
import re
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Final, Self

from workbench.clock import Clock, span
from workbench.collectors import Batch, Covered
from workbench.collectors.asking import Ask, Reached, asks_of
from workbench.collectors.documents import LIMIT, Entry, language, read_xml
from workbench.collectors.entries import entry_items
from workbench.errors import SettingError, SourceError
from workbench.items import Item, ParseResult
from workbench.query import Query

if TYPE_CHECKING:
    from workbench.http import Client

__all__ = ["GoogleNews", "parse"]

_HOST: Final = "news.google.com"
_SEARCH: Final = f"https://{_HOST}/rss/search"
_APART: Final = 2.0
_MOST: Final = 100  # entries that it lists
_REQUESTS: Final = 60
_LONGEST: Final = 300
_FIRST: Final = timedelta(days=1)
_LATE: Final = timedelta(hours=1)  # an article may be listed as much later than it is dated
_REACH: Final = timedelta(days=30)
_HOUR: Final = timedelta(hours=1)
_REGION: Final = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True)
class GoogleNews:
    """A search that is followed: the columns' own, or one that the deck gives.

    Parameters
    ----------
    query : str
        In Google's own language, asked instead of what the columns want.
    lang : str
        The edition's language, a tag such as ``en`` or ``pt-BR``.
    region : str
        The edition's country, a code such as ``US``.
    every : timedelta or str
        Between two polls; 15 minutes by default.
    """

    name: ClassVar[str] = "googlenews"
    label: ClassVar[str] = "Google News"
    tier: ClassVar[str] = "news"
    needs: ClassVar[tuple[str, ...]] = ()
    limits: ClassVar[str] = (
        "100 entries a search, those that Google thinks fit best; what more there is, is a gap; "
        "headlines without texts"
    )
    terms: ClassVar[str] = (
        "for personal, non-commercial use in a feed reader; headlines and links, not passed on"
    )
    price: ClassVar[str] = ""
    hashtag_url: ClassVar[str] = ""
    live: ClassVar[bool] = False

    query: str = ""
    lang: str = "en"
    region: str = "US"
    every: timedelta = timedelta(minutes=15)
    _asks: tuple[Ask, ...] = field(default=(), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "query", " ".join(self.query.split()))
        if len(self.query) > _LONGEST:
            raise SettingError(f"query has {len(self.query)} characters; {_LONGEST} are the most")
        tag = language(self.lang)
        if tag is None:
            raise SettingError(f"lang={self.lang!r} is no language; write a tag such as en")
        put(self, "lang", tag)
        put(self, "region", self.region.strip().upper())
        if not _REGION.fullmatch(self.region):
            raise SettingError(f"region={self.region!r} is no country; write a code such as US")
        put(self, "every", span(self.every))
        if self.query:
            put(self, "_asks", (Ask(self.query, None),))

    @property
    def key(self) -> str:
        """What names it in the store: its words and its edition."""
        words = [f'"{self.query}"'] if self.query else []
        return " ".join((self.name, *words, f"{self.region}:{self.lang}"))

    def ask(self, queries: Sequence[Query], lists: Mapping[str, Collection[str]]) -> Self:  # noqa: ARG002 - articles have no accounts
        """Return the same source, asking for what these queries want.

        With a `query` of its own it stays as it is.
        """
        if self.query:
            return self
        asking = copy.copy(self)
        object.__setattr__(asking, "_asks", asks_of(self.name, queries))
        return asking

    def collect(
        self, client: Client, cursor: str | None, *, now: Clock, stop: threading.Event
    ) -> Iterator[Batch]:
        """Search for what was published since the last poll."""
        if not self._asks:
            raise SourceError(
                "googlenews: there is nothing to search for; give it a query:, or a column whose "
                "query has a word"
            )
        at = now()
        reached = Reached(cursor)
        since = reached.begin(ask.text for ask in self._asks)
        wanted = {ask.text: ask for ask in self._asks}
        waiting = sorted(since.items(), key=lambda pair: pair[1] or at - _REACH)
        for text, last in waiting[:_REQUESTS]:
            client.limits.apart(_HOST, _APART, stop)
            if stop.is_set():
                break
            start = max(last or at - _FIRST, at - _REACH)
            result = self._search(client, text, at - start + _LATE, now)
            gaps: tuple[Covered, ...] = ()
            if len(result) >= _MOST and start < at:
                reason = f"Google lists {_MOST} entries at most"
                gaps = (Covered(start, at, "gap", reason, wanted[text].queries),)
                reached.miss([text], start, at)
            reached.move([text], at)
            yield Batch(result, reached.save(), gaps)
        spans = reached.covered(self._asks, at - _FIRST)
        yield Batch(ParseResult(), reached.save(), spans)

    def _search(self, client: Client, text: str, back: timedelta, now: Clock) -> ParseResult:
        hours = -(-back // _HOUR)
        when = f"{hours}h" if hours <= 48 else f"{-(-hours // 24)}d"
        edition = self.lang if "-" in self.lang else f"{self.lang}-{self.region}"
        answer = client.get(
            _SEARCH,
            params={
                "q": f"{text} when:{when}",
                "hl": edition,
                "gl": self.region,
                "ceid": f"{self.region}:{self.lang}",
            },
        )
        return parse(answer.content, collected=now())

    def refine(self, client: Client, items: Iterable[Item]) -> ParseResult:  # noqa: ARG002 - nothing to ask
        """Return the items as they are."""
        return ParseResult(items)


def parse(
    data: bytes, *, collected: datetime | None = None, tier: str | None = None
) -> ParseResult:
    """Return the articles that a search lists.

    An article has a headline, without its outlet behind it, and no text: what stands there is
    the headline again, and those of others. Its link is Google's own, which leads on to the
    outlet's page; the outlet's address is the second of its `links`.

    Parameters
    ----------
    data : bytes
        The feed.
    collected : datetime, optional
        When it came in.
    tier : str, optional
        ``news`` if not given.

    Raises
    ------
    SourceError
        If it is no feed; the message says what came instead.
    """
    if len(data) > LIMIT:
        raise SourceError(f"googlenews: sends {len(data) / 1e6:.0f} MB, which are not read")
    document = read_xml(data, url=f"https://{_HOST}/")

    def finish(item: Item, entry: Entry) -> Item:
        links = tuple(link for link in (item.url, entry.outlet_url) if link)
        return replace(
            item, source="googlenews", text="", kind="article", links=links, media=(), tickers=()
        )

    return entry_items(document, "", tier or "news", collected, finish=finish)
