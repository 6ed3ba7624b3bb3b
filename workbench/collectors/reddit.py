"""Reddit: what is posted and said in subreddits, and what its search finds of the rest."""

from __future__ import annotations

import copy
import re
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Final, Self

from workbench import clock
from workbench.clock import Clock, span
from workbench.collectors import Batch, Retention
from workbench.collectors.lanes import Lane, Poll, State
from workbench.collectors.ledger import Ledger
from workbench.collectors.people import named
from workbench.collectors.reddit_api import ID, SECRET, Api, Token
from workbench.collectors.reddit_polls import Subreddits, listing, search, searches
from workbench.collectors.things import parse
from workbench.errors import SettingError
from workbench.items import Item, ParseResult
from workbench.query import Query

if TYPE_CHECKING:
    from workbench.http import Client

__all__ = ["Reddit", "parse"]

_SUBREDDIT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{1,20}")
_USER: Final = re.compile(r"[\w-]{3,20}", re.ASCII)
_LANG: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}")
_MOST: Final = 25
_LONGEST: Final = 512


@dataclass(frozen=True)
class Reddit:
    """Reddit: whole subreddits, or what its search finds of what columns look for.

    Parameters
    ----------
    subreddits : tuple of str
        What is followed whole, or with a query what is searched; none is all of Reddit,
        searched for what columns look for.
    query : str
        What is searched for, in Reddit's own words, instead of what columns look for.
    comments : bool
        Whether comments in the subreddits are taken too; searches find posts alone.
    lang : str
        What is written there, since Reddit does not say: without it there is no sentiment.
    user : str
        Who runs the application on Reddit, which wants to be told.
    every : timedelta or str
        Between two polls.
    """

    name: ClassVar[str] = "reddit"
    label: ClassVar[str] = "Reddit"
    tier: ClassVar[str] = "social"
    needs: ClassVar[tuple[str, ...]] = (ID, SECRET)
    limits: ClassVar[str] = (
        "100 requests a minute; a list ends after 1,000 posts, a search after 250: what more is "
        "written between two polls is a gap"
    )
    terms: ClassVar[str] = (
        "what is deleted or removed there is purged here too; use for a business needs Reddit's "
        "consent"
    )
    # What is older is looked at no more, so that its deletion would go unseen.
    retention: ClassVar[Retention] = Retention(
        ("deletions", "edits", "accounts"), hold=timedelta(days=30)
    )
    price: ClassVar[str] = "free up to 100 requests a minute; commercial use by contract"
    hashtag_url: ClassVar[str] = ""
    live: ClassVar[bool] = False

    subreddits: tuple[str, ...] = ()
    query: str = ""
    comments: bool = True
    lang: str = ""
    user: str = ""
    every: timedelta = timedelta(minutes=2)
    _known: Ledger = field(default_factory=Ledger, init=False, repr=False, compare=False)
    _token: Token = field(default_factory=Token, init=False, repr=False, compare=False)
    _closed: dict[str, datetime] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _asked: tuple[Query, ...] = field(default=(), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "subreddits", _subreddits(self.subreddits))
        put(self, "query", " ".join(self.query.split()))
        if len(self.query) > _LONGEST:
            raise SettingError(f"query has {len(self.query)} characters; {_LONGEST} are the most")
        put(self, "lang", self.lang.strip())
        if self.lang and not _LANG.fullmatch(self.lang):
            raise SettingError(f"lang={self.lang!r} is no language; write en, de or pt-BR")
        put(self, "user", self.user.strip().removeprefix("/").removeprefix("u/"))
        if self.user and not _USER.fullmatch(self.user):
            raise SettingError(f"user={self.user!r} is no name on Reddit; write it without /u/")
        put(self, "every", span(self.every))

    @property
    def key(self) -> str:
        """What names it in the store: the subreddits and words that are followed."""
        words = [f"r/{name}" for name in self.subreddits]
        if self.query:
            words.append(f'"{self.query}"')
        elif self.subreddits and not self.comments:
            words.append("posts")
        return " ".join((self.name, *words))

    def ask(self, queries: Sequence[Query], lists: Mapping[str, Collection[str]]) -> Self:
        """Return it as it asks for what these queries look for.

        A source that has a query of its own, or follows subreddits whole, asks the same
        whatever they are.
        """
        if self.query or self.subreddits:
            return self
        asking = copy.copy(self)
        object.__setattr__(asking, "_asked", named(queries, lists, _USER))
        return asking

    def collect(
        self, client: Client, cursor: str | None, *, now: Clock, stop: threading.Event
    ) -> Iterator[Batch]:
        """Read each list back to where the last poll began, then look at older ones again."""
        lanes = self._lanes()
        if not lanes:
            raise SettingError(
                "reddit: no column looks for anything that its search can be asked; name "
                "subreddits, or a query"
            )
        poll = Poll(
            Subreddits(
                Api(client, self._token, user=self.user, now=now), lang=self.lang or None, now=now
            ),
            lanes,
            State.load(cursor, self._known),
            closed=self._closed,
            now=now,
            stop=stop,
        )
        yield from poll.run()

    def probe(self, client: Client) -> str:
        """Return how it answers, whether or not columns look for anything."""
        now = clock.now
        api = Api(client, self._token, user=self.user, now=now)
        lane = (self._lanes() or [search("news")])[0]
        found = Subreddits(api, lang=None, now=now).read(lane, None)
        left = "" if api.left is None else f"; {api.left:.0f} requests are left for now"
        return f"lets us in and answers; {len(found.named)} posts of {lane.what}{left}"

    def refine(self, client: Client, items: Iterable[Item]) -> ParseResult:  # noqa: ARG002 - nothing to ask
        """Return the items as they are, noting which of them are kept."""
        result = ParseResult(items)
        self._known.keep(item.id for item in result)
        return result

    def _lanes(self) -> list[Lane]:
        """Return what is asked for: new posts and comments of each subreddit, or searches."""
        if self.query:
            within = "+".join(self.subreddits)
            return [search(self.query, within=within)]
        if not self.subreddits:
            return searches(self._asked)
        kinds = ("new", "comments") if self.comments else ("new",)
        return [listing(name, kind) for name in self.subreddits for kind in kinds]


def _subreddits(given: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for each in given:
        name = each.strip().removeprefix("/").removeprefix("r/").removesuffix("/")
        if not _SUBREDDIT.fullmatch(name):
            raise SettingError(
                f"subreddits names {each!r}, which is none; write its name without /r/"
            )
        found.setdefault(name.lower(), name)
    if len(found) > _MOST:
        raise SettingError(
            f"subreddits names {len(found)}; a source follows {_MOST} at most, so make two of it"
        )
    return tuple(found.values())
