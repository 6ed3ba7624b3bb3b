"""Bluesky: every public post as it is written, through Jetstream; or accounts, lists, searches."""

from __future__ import annotations

import copy
import re
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self
from urllib.parse import urlsplit

from workbench import clock
from workbench.clock import Clock, span
from workbench.collectors import Batch, Retention
from workbench.collectors.bluesky_api import (
    HANDLE,
    PASSWORD,
    Feeds,
    Session,
    author,
    feed,
    renew,
    searches,
)
from workbench.collectors.bluesky_stream import follow
from workbench.collectors.jetstream import parse
from workbench.collectors.lanes import Poll, State
from workbench.collectors.ledger import Ledger
from workbench.collectors.people import named
from workbench.collectors.profiles import Profiles
from workbench.errors import SettingError
from workbench.items import Item, ParseResult, Problem
from workbench.query import Query

if TYPE_CHECKING:
    from workbench.http import Client

__all__ = ["Bluesky", "parse"]

_ACTOR: Final = re.compile(
    r"did:[a-z]+:[\w.:%-]{1,250}|[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,10}", re.ASCII
)
_LIST: Final = re.compile(r"at://[\w.:%-]{1,253}/app\.bsky\.graph\.list/[\w.~:-]{1,512}", re.ASCII)
_LIST_PAGE: Final = re.compile(
    r"https://bsky\.app/profile/([\w.:%-]{1,253})/lists/([\w.~:-]{1,512})/?", re.ASCII
)
_POST: Final = "/app.bsky.feed.post/"
_MOST: Final = 50
_LONGEST: Final = 500
_PATIENCE: Final = 5.0  # seconds that authors may take to be looked up, per batch

_POLLED: Final = (
    "3,000 requests in 5 minutes; the last day is read at first, and 50 of what is kept are looked "
    "at again with each poll"
)


@dataclass(frozen=True)
class Bluesky:
    """All public posts of Bluesky, with the likes, reposts and replies they get; or some of them.

    With `authors`, `lists`, `search` or `query` it is asked every now and then; without them
    it is a stream.

    Parameters
    ----------
    authors : tuple of str
        Accounts, by handle or DID, of which all posts, replies and reposts are read.
    lists : tuple of str
        Lists of accounts, by address or at-URI.
    search : bool
        Whether its search is asked for what columns look for; for those signed in.
    query : str
        What it is asked for instead, in its own words.
    service : str
        Where the account is at home that signs in.
    every : timedelta or str
        Between two polls, where it is no stream.
    url : str
        Of the Jetstream, of either version; there are four public ones, in two places.
    profiles : str
        Of ``app.bsky.actor.getProfiles``.
    resolve : bool
        Whether authors are looked up; without it they are called by their DIDs.
    """

    name: ClassVar[str] = "bluesky"
    label: ClassVar[str] = "Bluesky"
    tier: ClassVar[str] = "social"
    needs: ClassVar[tuple[str, ...]] = ()
    limits: ClassVar[str] = "after a break the last 36 hours are made up; more is a gap"
    terms: ClassVar[str] = "deleted posts and inactive accounts disappear here too"
    retention: ClassVar[Retention] = Retention(("deletions", "edits", "accounts"))
    hashtag_url: ClassVar[str] = "https://bsky.app/hashtag/{}"
    live: ClassVar[bool] = True

    url: str = "wss://jetstream2.us-east.bsky.network/subscribe"
    profiles: str = "https://public.api.bsky.app/xrpc/app.bsky.actor.getProfiles"
    resolve: bool = True
    authors: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    search: bool = False
    query: str = ""
    service: str = "https://bsky.social"
    every: timedelta = timedelta(minutes=2)
    _ledger: Ledger = field(default_factory=Ledger, init=False, repr=False, compare=False)
    _session: Session = field(default_factory=Session, init=False, repr=False, compare=False)
    _closed: dict[str, datetime] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _asked: tuple[Query, ...] = field(default=(), init=False, repr=False, compare=False)
    _known: Profiles = field(default_factory=Profiles, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, address, schemes in (
            ("url", self.url, ("wss", "ws")),
            ("profiles", self.profiles, ("https", "http")),
            ("service", self.service, ("https", "http")),
        ):
            parts = urlsplit(address)
            if parts.scheme not in schemes or not parts.hostname or "@" in parts.netloc:
                raise SettingError(
                    f"{name} is no address that can be used; it begins with {schemes[0]}:// and "
                    "holds no password"
                )
        put = object.__setattr__
        put(self, "service", self.service.rstrip("/"))
        put(self, "authors", _authors(self.authors))
        put(self, "lists", _lists(self.lists))
        put(self, "query", " ".join(self.query.split()))
        if len(self.query) > _LONGEST:
            raise SettingError(f"query has {len(self.query)} characters; {_LONGEST} are the most")
        put(self, "every", span(self.every))
        put(self, "live", not (self.authors or self.lists or self.search or self.query))
        if self.search or self.query:
            put(self, "needs", (HANDLE, PASSWORD))
        if not self.live:
            put(self, "limits", _POLLED)

    @property
    def key(self) -> str:
        """What names it in the store; the Jetstreams all say the same."""
        words = [f"@{actor}" for actor in self.authors] + list(self.lists)
        if self.query:
            words.append(f'"{self.query}"')
        elif self.search:
            words.append("search")
        return " ".join((self.name, *words))

    def ask(self, queries: Sequence[Query], lists: Mapping[str, Collection[str]]) -> Self:
        """Return it as its search is asked for what these queries look for."""
        if not self.search or self.query:
            return self
        asking = copy.copy(self)
        object.__setattr__(asking, "_asked", named(queries, lists, _ACTOR))
        return asking

    def collect(
        self, client: Client, cursor: str | None, *, now: Clock, stop: threading.Event
    ) -> Iterator[Batch]:
        """Follow the stream from the cursor on, a little before it to miss nothing.

        Coverage follows the events' own times; where none come, it follows the clock as long
        as the server answers pings.
        """
        if not self.live:
            yield from self._poll(client, cursor, now=now, stop=stop)
            return
        yield from follow(client, self.url, cursor, self._known, now=now, stop=stop)

    @property
    def probe(self) -> Callable[[Client], str] | None:
        """What asks whether its search answers, whether or not columns look for anything."""
        return self._probe if self.search and not self.query else None

    def _probe(self, client: Client) -> str:
        feeds = Feeds(client, self._session, service=self.service, now=clock.now)
        found = feeds.read(searches((), "news")[0], None)
        return f"lets us in and answers; {len(found.named)} posts"

    def refine(self, client: Client, items: Iterable[Item]) -> ParseResult:
        """Return the items with their authors' handles, names and followers."""
        result = ParseResult(items)
        self._ledger.keep(item.id for item in result)
        if not self.resolve:
            return result
        people = (who for item in result for who in (item.author, item.reply_to_author))
        unknown = [who for who in people if who and who.startswith("did:")]
        trouble = self._known.look_up(client, self.profiles, unknown, seconds=_PATIENCE)
        if trouble:
            result.problems.append(Problem("authors", trouble))
        result[:] = map(self._introduce, result)
        return result

    def renew(self, client: Client, ids: Sequence[str], *, now: Clock) -> ParseResult:
        """Return posts of the stream as they are now; what is polled is looked at there."""
        if not self.live:
            return ParseResult()
        feeds = Feeds(client, self._session, service=self.service, now=now)
        return renew(feeds, [uri for uri in ids if _POST in uri], now=now)

    def _poll(
        self, client: Client, cursor: str | None, *, now: Clock, stop: threading.Event
    ) -> Iterator[Batch]:
        lanes = [author(actor) for actor in self.authors] + [feed(uri) for uri in self.lists]
        if self.search or self.query:
            lanes += searches(self._asked, self.query)
        if not lanes:
            raise SettingError(
                "bluesky: no column looks for anything that its search can be asked; name authors, "
                "lists or a query"
            )
        poll = Poll(
            Feeds(client, self._session, service=self.service, now=now),
            lanes,
            State.load(cursor, self._ledger),
            closed=self._closed,
            now=now,
            stop=stop,
        )
        yield from poll.run()

    def _introduce(self, item: Item) -> Item:
        author = self._known.get(item.author or "")
        answered = self._known.get(item.reply_to_author or "")
        changes: dict[str, Any] = {}
        if author:
            changes = {
                "author": author.handle,
                "author_name": author.name,
                "followers": author.followers,
                "verified": author.verified,
            }
        if answered:
            changes["reply_to_author"] = answered.handle
        return replace(item, **changes) if changes else item


def _authors(given: Iterable[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(each.strip().removeprefix("@").lower() for each in given))
    for actor in found:
        if not _ACTOR.fullmatch(actor):
            raise SettingError(
                f"authors names {actor!r}, which is no account; write a handle such as "
                "name.bsky.social, or a DID"
            )
    if len(found) > _MOST:
        raise SettingError(f"authors names {len(found)}; a source follows {_MOST} at most")
    return found


def _lists(given: Iterable[str]) -> tuple[str, ...]:
    found = []
    for each in given:
        page = _LIST_PAGE.fullmatch(each.strip())
        uri = f"at://{page[1]}/app.bsky.graph.list/{page[2]}" if page else each.strip()
        if not _LIST.fullmatch(uri):
            raise SettingError(
                f"lists names {each!r}, which is none; copy its address, as in "
                "https://bsky.app/profile/NAME/lists/KEY"
            )
        found.append(uri)
    if len(found) > _MOST:
        raise SettingError(f"lists names {len(found)}; a source follows {_MOST} at most")
    return tuple(dict.fromkeys(found))
