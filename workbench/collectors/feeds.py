"""Feeds: RSS, Atom, RDF and JSON Feed, from newswires, news sites and blogs."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import urldefrag, urlsplit

from workbench.clock import Clock, span
from workbench.collectors import Batch, Covered
from workbench.collectors.documents import LIMIT, read_xml
from workbench.collectors.entries import entry_items
from workbench.collectors.ids import digest
from workbench.collectors.jsonfeed import read_json
from workbench.errors import SettingError, SourceError
from workbench.http.addresses import redact
from workbench.items import TIERS, Item, ParseResult

if TYPE_CHECKING:
    from workbench.http import Client, Response

__all__ = ["Feeds", "parse", "poll"]

_REMEMBERED: Final = 20
_WANTED: Final = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9,"
    " text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)


class Fed:
    """What is polled as one feed: a collector that has an address, and reads what stands there."""

    def address(self) -> str:
        """Return where it stands."""
        raise NotImplementedError

    def read(self, answer: Response, at: datetime) -> ParseResult:
        """Return what the feed says, as of when it was collected."""
        raise NotImplementedError

    def collect(
        self,
        client: Client,
        cursor: str | None,
        *,
        now: Clock,
        stop: threading.Event,  # noqa: ARG002 - one request is soon over
    ) -> Iterator[Batch]:
        """Fetch the feed once, if it has changed."""
        yield poll(client, self.address(), cursor, lambda answer: self.read(answer, now()), now=now)

    def refine(self, client: Client, items: Iterable[Item]) -> ParseResult:  # noqa: ARG002 - nothing to ask
        """Return the items as they are."""
        return ParseResult(items)


@dataclass(frozen=True, repr=False)
class Feeds(Fed):
    """One feed, polled.

    Parameters
    ----------
    url : str
        Its address, http or https. A token in its query is sent, but shown nowhere.
    every : timedelta or str
        Between two polls; 5 minutes by default, for newswires' feeds hold some 20 items.
    tier : str
        ``news`` by default; ``wire`` for a newswire, whose entries are then releases.
    """

    name: ClassVar[str] = "feeds"
    label: ClassVar[str] = "Feed"
    needs: ClassVar[tuple[str, ...]] = ()
    limits: ClassVar[str] = "what a feed drops between two polls is lost, and logged as a gap"
    terms: ClassVar[str] = "texts are their publishers': headline, teaser and link are kept"
    hashtag_url: ClassVar[str] = ""
    live: ClassVar[bool] = False

    url: str
    every: timedelta = timedelta(minutes=5)
    tier: str = "news"

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise SettingError(
                f"url={redact(self.url)!r} is no feed's address; it begins with https://"
            )
        if "@" in parts.netloc:
            raise SettingError(
                f"url={redact(self.url)!r} came with a user or password in it; decks hold no "
                "secrets"
            )
        if self.tier not in TIERS:
            raise SettingError(f"tier={self.tier!r} is not one of {', '.join(TIERS)}")
        object.__setattr__(self, "every", span(self.every))

    def __repr__(self) -> str:
        return f"Feeds(url={redact(self.url)!r}, every={self.every!r}, tier={self.tier!r})"

    @property
    def key(self) -> str:
        """What names it in the store: ``feeds:`` and the address, without secrets."""
        return f"feeds:{_address(self.url)}"

    def address(self) -> str:
        """Return where it stands."""
        return self.url

    def read(self, answer: Response, at: datetime) -> ParseResult:
        """Return what the feed says."""
        return parse(
            answer.content,
            url=self.url,
            content_type=answer.headers.get("content-type", ""),
            tier=self.tier,
            collected=at,
        )


def poll(
    client: Client,
    url: str,
    cursor: str | None,
    read: Callable[[Response], ParseResult],
    *,
    now: Clock,
) -> Batch:
    """Fetch a feed once, if it has changed; return what it brings and covers.

    Parameters
    ----------
    client : Client
    url : str
    cursor : str or None
        Of the poll before.
    read : callable
        What makes items of its answer.
    now : Clock
    """
    last = _recall(cursor)
    at = now()
    answer = client.get(
        url,
        headers={"Accept": _WANTED},
        etag=last.get("etag"),
        modified=last.get("modified"),
    )
    polled = datetime.fromisoformat(last["polled"]) if last else None
    if answer.status == 304:
        state = {**last, "polled": at.isoformat()}
        spans = (Covered(polled, at),) if polled and polled < at else ()
        return Batch(ParseResult(), json.dumps(state), spans)
    result = read(answer)
    newest = sorted(result, key=lambda item: item.time, reverse=True)[:_REMEMBERED]
    state = {
        "etag": answer.etag,
        "modified": answer.modified,
        "polled": at.isoformat(),
        "newest": [digest(item.id) for item in newest],
    }
    return Batch(result, json.dumps(state), _spans(result, last.get("newest"), polled, at))


def parse(
    data: bytes,
    *,
    url: str = "",
    content_type: str = "",
    tier: str | None = None,
    collected: datetime | None = None,
) -> ParseResult:
    """Return the entries of a feed as items, in its order.

    An item's id is the feed's address, ``#``, and the entry's guid; without a guid its
    link, without both a hash of title and text. Without a date it takes the moment at
    which it was collected, with a precision of None.

    Parameters
    ----------
    data : bytes
        The document, at most 10 MB.
    url : str
        The feed's address; without it the one that the feed gives for itself.
    content_type : str
        The header's, for its character set.
    tier : str, optional
        ``news`` if not given; entries of a ``wire`` are releases, all others articles.
    collected : datetime, optional
        When it came in.

    Returns
    -------
    ParseResult
        With a problem for each part that was skipped or mended.

    Raises
    ------
    SourceError
        If it is no feed; the message says what came instead.
    """
    if len(data) > LIMIT:
        raise SourceError(
            f"{redact(url) or 'the feed'}: has {len(data) / 1e6:.0f} MB; more than "
            f"{LIMIT // 1_000_000} are not read"
        )
    address = _address(url) if url else ""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}:
        document = read_json(data, url=address)
    else:
        header = Message()
        header["content-type"] = content_type.replace("\n", " ").replace("\r", " ")
        charset = header.get_content_charset("")
        document = read_xml(data, url=address, charset=charset)
    place = address or document.address or document.link or ""
    return entry_items(document, place, tier or "news", collected)


def _address(url: str) -> str:
    """Return a feed's address as it may be shown and stored, still unlike any other's."""
    url = urldefrag(url).url
    shown = redact(url)
    return shown if shown == url else f"{shown}&feed={digest(url)[:8]}"


def _recall(cursor: str | None) -> dict[str, Any]:
    """Return what the last poll left behind; nothing if it cannot be read."""
    try:
        state = json.loads(cursor or "")
        datetime.fromisoformat(state["polled"])
    except (ValueError, KeyError, TypeError):
        return {}
    return state if isinstance(state, dict) else {}


def _spans(
    items: Sequence[Item], newest: list[str] | None, polled: datetime | None, at: datetime
) -> tuple[Covered, ...]:
    """Return what a poll covers: from the last one on, if what was newest then is still there."""
    dated = [item.time for item in items if item.published_precision is not None]
    oldest = min([at, *dated])
    if polled is None:
        return (Covered(oldest, at),) if oldest < at else ()
    if polled >= at:
        return ()
    here = {digest(item.id) for item in items}
    if not newest or not here.isdisjoint(newest) or oldest <= polled:
        return (Covered(polled, at),)
    missed = Covered(polled, oldest, "gap", "the feed dropped entries between two polls")
    return (missed, Covered(oldest, at)) if oldest < at else (missed,)
