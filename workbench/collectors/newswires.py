"""Newswires: the releases of PR Newswire, GlobeNewswire and Business Wire, by their feeds."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import Message
from typing import TYPE_CHECKING, ClassVar, Final, Literal, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from workbench.clock import span
from workbench.collectors.documents import LIMIT, Entry, read_xml
from workbench.collectors.entries import entry_items
from workbench.collectors.feeds import Fed
from workbench.collectors.listings import issuer_of
from workbench.collectors.markup import cut
from workbench.errors import SettingError, SourceError
from workbench.items import Item, ParseResult

if TYPE_CHECKING:
    from workbench.http import Response

__all__ = ["Newswires", "parse"]

_LONGEST: Final = 300
_LONGEST_NAME: Final = 300
_TOPIC: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FEED: Final = re.compile(r"[^\s?#\\]+(?: [^\s?#\\]+)*")


class _Wire(NamedTuple):
    """One newswire: its name, where its feeds lie, the one of everything, where they are listed."""

    label: str
    place: str
    everything: str
    listed: str


_WIRES: Final = {
    "prnewswire": _Wire(
        "PR Newswire",
        "https://www.prnewswire.com/rss/",
        "news-releases-list.rss",
        "www.prnewswire.com/rss",
    ),
    "globenewswire": _Wire(
        "GlobeNewswire",
        "https://www.globenewswire.com/RssFeed/",
        "orgclass/1/feedTitle/GlobeNewswire - News about Public Companies",
        "www.globenewswire.com/rss/list",
    ),
    "businesswire": _Wire(
        "Business Wire",
        "https://feed.businesswire.com/rss/home/?rss=",
        "G1QFDERJXkJeEFpRWQ==",
        "www.businesswire.com, under RSS",
    ),
}


@dataclass(frozen=True)
class Newswires(Fed):
    """One feed of a newswire: all of its releases, those on a subject, or a company's.

    Parameters
    ----------
    wire : {"prnewswire", "globenewswire", "businesswire"}
    feed : str
        Which of its feeds, by its address there or what that ends in; everything unless
        given.
    every : timedelta or str
        Between two polls; 3 minutes by default, for the feeds hold some 20 releases.
    """

    name: ClassVar[str] = "newswires"
    label: ClassVar[str] = "Newswire"
    tier: ClassVar[str] = "wire"
    needs: ClassVar[tuple[str, ...]] = ()
    limits: ClassVar[str] = (
        "a feed lists some 20 releases; what it drops between two polls is lost, and logged as a "
        "gap; a release that is withdrawn is not told"
    )
    terms: ClassVar[str] = "releases are their issuers': headline, teaser and link are kept"
    price: ClassVar[str] = ""
    hashtag_url: ClassVar[str] = ""
    live: ClassVar[bool] = False

    wire: Literal["prnewswire", "globenewswire", "businesswire"]
    feed: str = ""
    every: timedelta = timedelta(minutes=3)

    def __post_init__(self) -> None:
        put = object.__setattr__
        if self.wire not in _WIRES:
            raise SettingError(f"wire={self.wire!r} is none of {', '.join(_WIRES)}")
        put(self, "feed", _feed(self.wire, " ".join(self.feed.split())))
        put(self, "every", span(self.every))

    @property
    def url(self) -> str:
        """The feed's address."""
        wire = _WIRES[self.wire]
        feed = self.feed or wire.everything
        if self.wire == "prnewswire" and _TOPIC.fullmatch(feed):
            feed = f"{feed}-latest-news/{feed}-latest-news-list.rss"
        return f"{wire.place}{quote(feed, safe='/=')}"

    @property
    def key(self) -> str:
        """What names it in the store: the wire and which of its feeds."""
        return f"{self.name}:{self.wire}" + (f" {self.feed}" if self.feed else "")

    def address(self) -> str:
        """Return where the feed stands."""
        return self.url

    def read(self, answer: Response, at: datetime) -> ParseResult:
        """Return what the feed says."""
        return parse(
            answer.content,
            wire=self.wire,
            content_type=answer.headers.get("content-type", ""),
            collected=at,
        )


def _feed(wire: str, feed: str) -> str:
    """Return which feed is meant, without what the addresses of all have in common."""
    place = _WIRES[wire].place
    if "://" in feed:
        given, known = urlsplit(feed), urlsplit(place)
        rest = feed.removeprefix(place)
        if rest == feed or given.hostname != known.hostname:
            raise SettingError(
                f"feed={feed!r} is no feed of {_WIRES[wire].label}; they begin with {place} and "
                f"are listed at {_WIRES[wire].listed}; for other feeds there is the collector feeds"
            )
        feed = unquote(rest)
    if len(feed) > _LONGEST or (feed and not _FEED.fullmatch(feed)) or ".." in feed:
        raise SettingError(
            f"feed={feed!r} is no feed of {_WIRES[wire].label}; write what its address ends in, as "
            f"listed at {_WIRES[wire].listed}"
        )
    return feed


def parse(
    data: bytes,
    *,
    wire: str = "",
    content_type: str = "",
    collected: datetime | None = None,
    tier: str | None = None,
) -> ParseResult:
    """Return the releases of a feed, in its order.

    A release has the same id in whichever of its wire's feeds it stands: the wire, ``#``,
    and the entry's guid. Its author is the company that issued it, as far as the feed or the
    beginning of the text tells, else the wire. Its tickers are listings and ISINs from
    categories and prose.

    Parameters
    ----------
    data : bytes
        The document, at most 10 MB.
    wire : str
        Which newswire it is.
    content_type : str
        The header's, for its character set.
    collected : datetime, optional
        When it came in.
    tier : str, optional
        ``wire`` if not given.

    Raises
    ------
    SourceError
        If it is no feed; the message says what came instead.
    """
    known = _WIRES.get(wire)
    label = known.label if known else "the newswire"
    if len(data) > LIMIT:
        raise SourceError(f"{label}: sends {len(data) / 1e6:.0f} MB, which are not read")
    header = Message()
    header["content-type"] = content_type.replace("\n", " ").replace("\r", " ")
    charset = header.get_content_charset("")
    document = read_xml(data, url=known.place if known else "", charset=charset)

    def finish(item: Item, entry: Entry) -> Item:
        issuer = cut(entry.issuer, _LONGEST_NAME) or issuer_of(entry.body.text)
        name = issuer or (known.label if known else item.author_name)
        return replace(item, source="newswires", kind="release", author_name=name, author_url=None)

    return entry_items(document, wire, tier or "wire", collected, finish=finish)
