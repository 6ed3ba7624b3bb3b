"""Mastodon and servers that speak its language: public timelines, hashtags, lists, trends."""

from __future__ import annotations

import copy
import os
import re
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final, Self
from urllib.parse import urlsplit

from workbench.clock import Clock, span
from workbench.collectors import Batch, Retention
from workbench.collectors.asking import Ask, asks_of, queries_of
from workbench.collectors.ledger import Ledger
from workbench.collectors.mastodon_lanes import Lane, Server
from workbench.collectors.mastodon_polls import Poll, State
from workbench.collectors.mastodon_streams import Filter, follow, open_streams
from workbench.collectors.secret import check_secret
from workbench.collectors.timelines import parse
from workbench.errors import SettingError, SourceError
from workbench.items import Item, ParseResult
from workbench.query import Query

if TYPE_CHECKING:
    from workbench.http import Client

__all__ = ["TOKEN", "Mastodon", "parse"]

TOKEN: Final = "WORKBENCH_MASTODON_TOKEN"  # noqa: S105 - the name of a variable, not a secret
"""The variable that holds tokens, each with the server that it is for."""

_HOST: Final = re.compile(
    r"(?=.{1,253}(?::|$))[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
    r"(?::[0-9]{1,5})?"
)
_TAG: Final = re.compile(r"[\w·]{1,255}")
_LIST: Final = re.compile(r"[\w-]{1,128}", re.ASCII)
_PER_LANE: Final = 5  # one in the address and four beside it, by the API's documentation
_MOST_TAGS: Final = 20
_MOST_ASKED: Final = 100  # in 20 requests, of which a server takes 60 a minute
_MOST_OTHERS: Final = 4


@dataclass(frozen=True)
class Mastodon:
    """What is public on one server: all of it, or what bears certain hashtags.

    Parameters
    ----------
    instance : str
        The server's host, such as ``mastodon.example``.
    tags : tuple of str
        Hashtags of which one must be there; none is the whole public timeline.
    all : tuple of str
        Hashtags that must be there besides.
    none : tuple of str
        Hashtags that must not be there.
    local : bool
        Only what was written on this server.
    remote : bool
        Only what was written elsewhere.
    only_media : bool
        Only what carries pictures or films.
    home : bool
        What the account of the token follows, instead of the public timeline.
    lists : tuple of str
        Numbers of lists of that account, instead of it.
    trends : bool
        What the server itself calls much noticed, instead of it.
    asks : bool
        Only what bears a hashtag that some column looks for, instead of it.
    every : timedelta or str
        Between two polls; a server that we have a token for sends by itself.
    """

    name: ClassVar[str] = "mastodon"
    label: ClassVar[str] = "Mastodon"
    tier: ClassVar[str] = "social"
    needs: ClassVar[tuple[str, ...]] = ()
    limits: ClassVar[str] = (
        "a server shows what it knows of; 300 requests in 5 minutes; beyond 800 posts between "
        "two polls the rest is a gap"
    )
    terms: ClassVar[str] = (
        "edits and deletions are carried out here too, accounts that ask not to be indexed are "
        "left out"
    )
    retention: ClassVar[Retention] = Retention(("deletions", "edits", "accounts"))
    hashtag_url: ClassVar[str] = "https://mastodon.social/tags/{}"
    live: ClassVar[bool] = False

    instance: str
    tags: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    local: bool = False
    remote: bool = False
    only_media: bool = False
    home: bool = False
    lists: tuple[str, ...] = ()
    trends: bool = False
    asks: bool = False
    every: timedelta = timedelta(minutes=1)
    _asked: tuple[Ask, ...] = field(default=(), init=False, repr=False, compare=False)
    _known: Ledger = field(default_factory=Ledger, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "instance", _host(self.instance))
        for name, most in (("tags", _MOST_TAGS), ("all", _MOST_OTHERS), ("none", _MOST_OTHERS)):
            put(self, name, _tags(name, getattr(self, name), most))
        if (self.all or self.none) and not (self.tags or self.asks):
            raise SettingError("all and none narrow hashtags down; name some under tags too")
        if self.local and self.remote:
            raise SettingError("local and remote exclude each other; leave one of them out")
        put(self, "lists", tuple(dict.fromkeys(each.strip() for each in self.lists)))
        self._check_places()
        put(self, "every", span(self.every))
        # With a token this one is a stream, whatever its class is; but a choice is none.
        put(self, "live", token_for(self.instance) is not None and not self.trends)
        if self._places:  # an account's own; which variable it stands in is the user's choice
            own = TOKEN if self.live and not os.environ.get(variable_for(self.instance)) else ""
            put(self, "needs", (own or variable_for(self.instance),))

    def _check_places(self) -> None:
        """Refuse what cannot be asked for together."""
        for number in self.lists:
            if not _LIST.fullmatch(number):
                raise SettingError(
                    f"lists names {number!r}, which is no list's number; it stands in the list's "
                    "address, as in /lists/42"
                )
        if self.asks and (self.tags or self.home or self.lists or self.trends):
            raise SettingError(
                "with asks the hashtags are those that columns look for; leave out tags, home, "
                "lists and trends, or make two sources"
            )
        if self.trends and (self.home or self.lists):
            raise SettingError("trends cannot be asked for with home or lists; make two sources")
        narrowed = self.tags or self.local or self.remote or self.only_media
        if narrowed and (self.home or self.lists or self.trends):
            raise SettingError(
                "home, lists and trends are what they are; tags, local, remote and only_media "
                "narrow the public timeline down"
            )

    @property
    def key(self) -> str:
        """What names it in the store: the server, and what of it is followed."""
        marks = {"+": self.all, "-": self.none}
        words = [f"#{tag}" for tag in self.tags]
        words += [f"{sign}{tag}" for sign, tags in marks.items() for tag in tags]
        flags = ("local", "remote", "only_media", "home", "trends", "asks")
        words += [name for name in flags if getattr(self, name)]
        words += [f"list/{number}" for number in self.lists]
        return " ".join((f"mastodon:{self.instance}", *words))

    @property
    def brings(self) -> str:
        """A query that finds what is written on this server, and what links to it.

        Who boosts does not show in the address of what is boosted, so all boosts are in it.
        """
        return f'source:mastodon (url:"//{self.instance}" OR is:repost)'

    def ask(self, queries: Sequence[Query], lists: Mapping[str, Collection[str]]) -> Self:  # noqa: ARG002 - hashtags have no accounts
        """Return it as it asks for the hashtags of which these queries need one.

        Without `asks` it brings what it brings, whatever is looked for. A query that is met
        without a hashtag too has none to ask for, and is not covered.
        """
        if not self.asks:
            return self
        given = [
            each
            for each in asks_of(self.name, queries, decided=lambda _: None)
            if _TAG.fullmatch(each.text) and not each.text.isdigit()
        ]
        left_out = {query for each in given[_MOST_ASKED:] for query in each.queries or ()}
        asked = tuple(
            each._replace(queries=tuple(q for q in each.queries or () if q not in left_out))
            for each in given[:_MOST_ASKED]
        )
        asking = copy.copy(self)
        object.__setattr__(asking, "_asked", asked)
        # A connection stays open for each hashtag: of so many they are polled.
        is_stream = self.live and len(asked) <= _MOST_TAGS
        object.__setattr__(asking, "live", is_stream)
        return asking

    def collect(
        self, client: Client, cursor: str | None, *, now: Clock, stop: threading.Event
    ) -> Iterator[Batch]:
        """Read the timeline from the cursor on, and follow the stream where there is a token.

        The stream is opened first and the timeline read then, so that nothing is lost
        between them.
        """
        token = token_for(self.instance)
        if self.asks and not self._asked:
            raise SettingError(
                f"mastodon:{self.instance}: no column looks for a hashtag; write one into a "
                "column's query, as in #batteries, or leave asks out"
            )
        if token is None:
            _check_bare()
            if self._places:
                raise SettingError(
                    f"home and lists are an account's own; set {variable_for(self.instance)} to a "
                    "token of one there, with read:statuses and read:lists"
                )
        server = Server(client, self.instance, token, variable_for(self.instance))
        state = State.load(cursor, self._known)
        lanes = self._lanes()
        queries = queries_of(self._asked) if self.asks else None
        poll = Poll(server, lanes, state, now=now, stop=stop, queries=queries)
        if token is None or self.trends or not self.live:
            yield from poll.run()
            return
        with ExitStack() as opened:
            failure = None
            try:
                streams = open_streams(server, self._filter(), opened)
            except SourceError as error:
                failure = error
            yield from poll.run()
            if failure:
                raise failure
            if stop.is_set():
                return
            yield from follow(streams, lanes, server, state, self._filter(), now=now, stop=stop)

    @property
    def _followed(self) -> tuple[str, ...]:
        """The hashtags of which one must be there."""
        return tuple(each.text for each in self._asked) if self.asks else self.tags

    def refine(self, client: Client, items: Iterable[Item]) -> ParseResult:  # noqa: ARG002 - nothing to ask
        """Return the items as they are, noting which of them are kept."""
        result = ParseResult(items)
        self._known.keep(item.id for item in result)
        return result

    def _filter(self) -> Filter:
        return Filter(
            self.instance,
            self._followed,
            self.all,
            self.none,
            local=self.local,
            remote=self.remote,
            only_media=self.only_media,
            places=self._places,
            queries=queries_of(self._asked) if self.asks else None,
        )

    @property
    def _places(self) -> tuple[str, ...]:
        """The timelines of an account that are read instead of the public one."""
        return (*(("home",) if self.home else ()), *(f"list/{each}" for each in self.lists))

    def _lanes(self) -> list[Lane]:
        """Return the timelines to read; more tags than one of them takes need several."""
        if self.trends:
            return [Lane("", {}, "trends")]
        if self._places:
            return [Lane("", {}, place) for place in self._places]
        flags = {n: "true" for n in ("local", "remote", "only_media") if getattr(self, n)}
        tags = self._followed
        if not tags:
            return [Lane("", flags)]
        lanes = []
        for start in range(0, len(tags), _PER_LANE):
            first, *others = tags[start : start + _PER_LANE]
            lists = {"any[]": others, "all[]": self.all, "none[]": self.none}
            given = {name: list(each) for name, each in lists.items() if each}
            lanes.append(Lane(first, {**flags, **given}))
        return lanes


def variable_for(instance: str) -> str:
    """Return the variable that holds the token for one server and for no other.

    A dot becomes ``_``, a hyphen ``__``, the colon before a port ``___``.

    Examples
    --------
    >>> variable_for("my-town.example")
    'WORKBENCH_MASTODON_TOKEN_MY__TOWN_EXAMPLE'
    """
    host = instance.replace("-", "__").replace(":", "___").replace(".", "_")
    return f"{TOKEN}_{host.upper()}"


def token_for(instance: str) -> str | None:
    """Return the token for a server, if the environment has one that names it.

    Raises
    ------
    SettingError
        If it holds what no token can be.
    """
    name = variable_for(instance)
    token = os.environ.get(name, "").strip()
    for pair in os.environ.get(TOKEN, "").split():
        host, _, shared = pair.rpartition(":")
        if not token and host.lower() == instance:
            name, token = TOKEN, shared
    return check_secret(name, token) if token else None


def _check_bare() -> None:
    """Refuse a token that names no server: it would go to whichever a deck names."""
    if any(":" not in pair for pair in os.environ.get(TOKEN, "").split()):
        raise SettingError(
            f"{TOKEN} does not say which server its token is for, so it is sent to none; write "
            "it as mastodon.example:TOKEN, with the server that made it"
        )


def _host(text: str) -> str:
    """Return a server's host, in small letters, of what somebody wrote for it."""
    host = text.strip().lower().removeprefix("https://").removesuffix("/")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            host = ""
    if (
        not _HOST.fullmatch(host)
        or int(urlsplit(f"//{host}").netloc.partition(":")[2] or 0) > 65535
    ):
        raise SettingError(
            f"instance={text!r} is no server's host; write it without https:// and without a "
            "path, such as mastodon.example"
        )
    return host


def _tags(name: str, given: Iterable[str], most: int) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(tag.strip().lstrip("#＃") for tag in given))
    for tag in tags:
        if not _TAG.fullmatch(tag) or tag.isdigit():
            raise SettingError(
                f"{name} names {tag!r}, which is no hashtag; write letters, digits and _, not "
                "digits alone"
            )
    if len(tags) > most:
        raise SettingError(
            f"{name} names {len(tags)} hashtags; a source follows {most} at most, so make two "
            "sources of it"
        )
    return tags
