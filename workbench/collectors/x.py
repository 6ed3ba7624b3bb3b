"""X: recent posts by its search, of accounts and of lists, within a budget."""

from __future__ import annotations

import copy
import math
import re
import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, Self

from workbench.clock import Clock, span
from workbench.collectors import Batch, Retention
from workbench.collectors.secret import read_secret
from workbench.collectors.tweets import FIELDS
from workbench.collectors.x_api import Api
from workbench.collectors.x_budget import PER_POST, PER_USER, Purse
from workbench.collectors.x_counts import SpikePoll
from workbench.collectors.x_lanes import LONGEST, LONGEST_RULE, Lane, Wish, merge, wish
from workbench.collectors.x_payloads import parse, read_accounts
from workbench.collectors.x_polls import Memory, Poll
from workbench.collectors.x_rates import told
from workbench.collectors.x_rules import STREAM, Rules, follow
from workbench.errors import SettingError
from workbench.items import Item, ParseResult

if TYPE_CHECKING:
    from workbench.http import Client
    from workbench.query import Query

__all__ = ["TOKEN", "X", "parse"]

TOKEN: Final = "WORKBENCH_X_TOKEN"  # noqa: S105 - the name of a variable, not a secret
"""The variable that holds the bearer token of an app."""

_NAME: Final = re.compile(r"[A-Za-z0-9_]{1,15}", re.ASCII)
_LIST: Final = re.compile(r"[0-9]{1,19}", re.ASCII)
_MOST: Final = 100


@dataclass(frozen=True)
class X:
    """What is posted on X: what the columns ask for, or what the source says itself.

    Parameters
    ----------
    mode : {"search", "stream"}
        Whether it is asked again and again, or sends by itself.
    query : str
        A search in X's own language, asked instead of what the columns want.
    users : tuple of str
        Accounts whose posts are read; likewise instead.
    lists : tuple of str
        Numbers of lists on X whose posts are read; likewise instead.
    every : timedelta or str
        Between two polls.
    budget : float
        Dollars that are spent in a calendar month at most; it is kept by our own reckoning.
    per_post : float
        Dollars that a post costs by one's contract.
    spike : float
        Posts are bought only of hours that have over so many times the usual number, which
        is counted; 0 buys all.
    recheck : timedelta or str
        For how long what is kept is looked at again, which is charged like a post.
    """

    name: ClassVar[str] = "x"
    label: ClassVar[str] = "X"
    tier: ClassVar[str] = "social"
    needs: ClassVar[tuple[str, ...]] = (TOKEN,)
    price: ClassVar[str] = (
        "$0.005 a post and $0.005 a request of counts, up to the budget of the source "
        "($10 a month unless it says otherwise)"
    )
    limits: ClassVar[str] = (
        "the search looks back 7 days; 450 requests in 15 minutes; beyond 1,000 posts of one "
        "search between two polls the rest is a gap, and so is what the budget does not buy"
    )
    terms: ClassVar[str] = (
        "what is edited, deleted or withdrawn there is so here too; posts are shown unaltered "
        "with author and time, and handed on as ids only"
    )
    retention: ClassVar[Retention] = Retention(("deletions", "edits", "accounts"))
    hashtag_url: ClassVar[str] = "https://x.com/hashtag/{}"
    live: ClassVar[bool] = False

    mode: Literal["search", "stream"] = "search"
    query: str = ""
    users: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    every: timedelta = timedelta(minutes=5)
    budget: float = 10.0
    per_post: float = PER_POST
    spike: float = 0.0
    recheck: timedelta = timedelta(days=1)
    _wishes: tuple[Wish, ...] | None = field(default=None, init=False, repr=False, compare=False)
    _memory: Memory = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "query", " ".join(self.query.split()))
        if len(self.query) > LONGEST:
            raise SettingError(f"query has {len(self.query)} characters; X takes {LONGEST}")
        put(self, "users", tuple(dict.fromkeys(n.strip().lstrip("@").lower() for n in self.users)))
        put(self, "lists", tuple(dict.fromkeys(number.strip() for number in self.lists)))
        self._check()
        put(self, "every", span(self.every))
        put(self, "recheck", span(self.recheck))
        # As a stream it sends by itself, whatever its class says.
        put(self, "live", self.mode == "stream")
        put(self, "_memory", Memory(Purse(self.budget, self.per_post)))

    def _check(self) -> None:
        for name in self.users:
            if not _NAME.fullmatch(name):
                raise SettingError(
                    f"users names {name!r}, which is no handle on X; write letters, digits and "
                    "_, 15 at most"
                )
        for number in self.lists:
            if not _LIST.fullmatch(number):
                raise SettingError(
                    f"lists names {number!r}; write the number at the end of the list's address"
                )
        self._check_way()

    def _check_way(self) -> None:
        if max(len(self.users), len(self.lists)) > _MOST:
            raise SettingError(f"users and lists name {_MOST} at most; make two sources of it")
        if self.mode == "stream" and self.lists:
            raise SettingError("lists cannot be streamed; give them a source of their own")
        if self.mode not in {"search", "stream"}:
            raise SettingError(f"mode={self.mode!r} is neither search nor stream")
        if self.spike and (self.mode == "stream" or self.users or self.lists):
            raise SettingError(
                "spike is for searches; a stream, users and lists are bought whole, so leave it out"
            )
        for setting in ("budget", "per_post", "spike"):
            value = getattr(self, setting)
            if not math.isfinite(value) or value < 0:
                raise SettingError(f"{setting}={value!r} is no such number; write 0 or more")

    @property
    def key(self) -> str:
        """What names it in the store: what it says itself that it asks for, if it does."""
        words = [self.query] if self.query else []
        words += [f"@{name}" for name in self.users]
        words += [f"list:{number}" for number in self.lists]
        return f"x:{' '.join(words)}" if words else "x"

    def ask(self, queries: Sequence[Query], lists: Mapping[str, Collection[str]]) -> Self:
        """Return this source asked for what columns want, unless it says itself what it asks."""
        wishes = [wish(query, lists) for query in queries]
        twin = copy.copy(self)
        object.__setattr__(twin, "_wishes", tuple(each for each in wishes if each))
        return twin

    def collect(
        self, client: Client, cursor: str | None, *, now: Clock, stop: threading.Event
    ) -> Iterator[Batch]:
        """Ask for what was posted since the last poll, then look at older posts again."""
        api = Api(client, token())
        memory = self._memory
        memory.load(cursor)
        memory.purse.share(client.spending)
        memory.purse.turn(now())
        if self.mode == "search" or not memory.purse.posts(1):
            # A stream cannot be bought in part; the poll says what is not bought.
            yield from self._poll(api, now, stop)
            if self.mode == "stream":
                raise memory.purse.spent_until(now())
            return
        lanes = self._rules()
        rules = Rules(api, memory)
        rules.keep(lanes)
        if not lanes:  # X opens no stream without a rule
            yield from self._poll(api, now, stop)
            stop.wait(self.every.total_seconds())
            return
        # Opened first and what was missed read then, so that nothing is lost between them.
        with ExitStack() as opened:
            stream = opened.enter_context(api.lines(STREAM, FIELDS))
            since = now()
            yield from self._poll(api, now, stop)
            if stop.is_set():
                return
            keys = tuple(dict.fromkeys(key for lane in lanes for key in lane.keys))
            wishes = None if self._is_own else {each.text: each for each in self._wished()}
            yield from follow(
                stream, rules, memory, keys, wishes=wishes, since=since, now=now, stop=stop
            )

    def _poll(self, api: Api, now: Clock, stop: threading.Event) -> Iterator[Batch]:
        settings: dict[str, Any] = {
            "wishes": () if self._is_own else self._wished(),
            "recheck": self.recheck,
            "now": now,
            "stop": stop,
        }
        lanes = self._lanes(api)
        if self.spike:
            poll: Poll = SpikePoll(api, lanes, self._memory, spike=self.spike, **settings)
        else:
            poll = Poll(api, lanes, self._memory, **settings)
        yield from poll.run()

    def _rules(self) -> list[Lane]:
        """Return the rules of a stream."""
        if not self._is_own:
            return merge(self._wished(), LONGEST_RULE)
        people = Wish("users", tuple(f"from:{name}" for name in self.users), exact=True)
        own = Wish("query", (self.query,) if self.query else (), exact=True)
        lanes = merge([own]) + merge([people], LONGEST_RULE)
        keys = (f"query:{self.query}", *(f"@{name}" for name in self.users))
        return [replace(lane, keys=keys, queries=None) for lane in lanes]

    def refine(self, client: Client, items: Iterable[Item]) -> ParseResult:  # noqa: ARG002 - nothing to ask
        """Return the items as they are, noting which of them are kept."""
        result = ParseResult(items)
        self._memory.known.keep(item.id for item in result)
        return result

    def probe(self, client: Client) -> str:
        """Ask X for something that costs nothing, and return what came of it."""
        n = Rules.count(Api(client, token()))
        rules = f"{n} rule{'s' * (n != 1)} of the stream"
        return f"answers, and takes the token; {rules} there; nothing was bought"

    @staticmethod
    def told(cursor: str) -> list[str]:
        """Return what was spent this month, and an estimate of what each column costs."""
        return told(cursor)

    @property
    def _is_own(self) -> bool:
        """Whether it says itself what it asks for."""
        return bool(self.query or self.users or self.lists)

    def _lanes(self, api: Api) -> list[Lane]:
        """Return the requests that are to be made."""
        own = [Lane.search(self.query, (f"query:{self.query}",))] if self.query else []
        own += [Lane.user(name, number) for name, number in self._accounts(api).items()]
        own += [Lane.list(number) for number in self.lists]
        if self._is_own:
            return own
        if self.spike:  # each column by itself, so that its number is its own
            return [lane for each in self._wished() for lane in merge([each])]
        # What was read up to different moments is asked for apart, so that no post of a column
        # that is long there is bought again for one that is new.
        groups: dict[datetime | None, list[Wish]] = defaultdict(list)
        for each in self._wished():
            groups[self._memory.mark(each.text)].append(each)
        return [lane for group in groups.values() for lane in merge(group)]

    def _wished(self) -> tuple[Wish, ...]:
        if self._wishes is None:
            raise SettingError(
                "x is told of nothing to ask for; give the source a query, users or lists, or "
                "put it into a deck, whose columns it then asks for"
            )
        return self._wishes

    def _accounts(self, api: Api) -> dict[str, str]:
        """Return the ids of the users by handle; each is looked up but once."""
        memory = self._memory
        unknown = [name for name in self.users if name not in memory.accounts]
        price = len(unknown) * PER_USER
        if unknown and memory.purse.can_pay(price):
            answer = api.get("/2/users/by", {"usernames": ",".join(unknown)})
            memory.purse.pay(price)
            # Those that are not there are not looked up, and paid for, each time.
            memory.accounts |= dict.fromkeys(unknown, "") | read_accounts(answer.content)
        return {name: number for name in self.users if (number := memory.accounts.get(name))}


def token() -> str:
    """Return the bearer token.

    Raises
    ------
    SettingError
        If there is none, or what no token can be.
    """
    return read_secret(TOKEN, "put the bearer token of an app from X's developer console there")
