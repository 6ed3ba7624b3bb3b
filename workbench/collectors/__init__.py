"""Collectors: one file per source, each a frozen dataclass of parameters and a pure `parse`.

Built-in collectors register by the same entry points, ``workbench.collectors``, as anybody's.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Final,
    Literal,
    NamedTuple,
    Protocol,
    Self,
)

from workbench import plugins
from workbench.clock import Clock
from workbench.items import Item, ParseResult
from workbench.plugins import Available

if TYPE_CHECKING:
    from workbench.http import Client
    from workbench.query import Query

__all__ = [
    "GROUP",
    "Askable",
    "Batch",
    "Collector",
    "Covered",
    "Described",
    "Renewable",
    "Retention",
    "available",
    "collector_of",
    "retention_of",
]

GROUP: Final = "workbench.collectors"
"""The group of entry points under which collectors register."""


class Covered(NamedTuple):
    """A span that a collector truly covered, or knows that it missed.

    Attributes
    ----------
    start, end : datetime
    status : {"ok", "gap"}
    reason : str
        Why there is a gap.
    queries : collection of str or None
        The queries, in canonical form (``str(query)``), of which that is true; None is all.
    """

    start: datetime
    end: datetime
    status: Literal["ok", "gap"] = "ok"
    reason: str = ""
    queries: Collection[str] | None = None


class Retention(NamedTuple):
    """What a source's terms ask of whoever holds what it published: data, carried out by us.

    Attributes
    ----------
    follows : tuple of {"deletions", "edits", "accounts"}
        What of the source is carried through here within one pass; `accounts` are those that
        were withdrawn, suspended or renamed.
    hold : timedelta or None
        For how long text, author and media may be held since they were collected; key and
        times stay. None is for good.
    prefix : str
        How the ids of the items begin that `hold` is about; "" is all.
    """

    follows: tuple[Literal["deletions", "edits", "accounts"], ...] = ()
    hold: timedelta | None = None
    prefix: str = ""


class Batch(NamedTuple):
    """What a collector brings at a time.

    Attributes
    ----------
    result : ParseResult
        Items and whatever else the source said.
    cursor : str or None
        To be given to the next `collect`, once the result is stored.
    spans : tuple of Covered
        What this batch covers; to be logged once the result is stored.
    """

    result: ParseResult
    cursor: str | None = None
    spans: tuple[Covered, ...] = ()


class Collector(Protocol):
    """What every collector is: a frozen dataclass whose fields are its parameters.

    Beside it stands a module function ``parse(data: bytes, **context) -> ParseResult``
    without any network. `tier` and `every` may be fields where the user has a say in them.
    What a collector may have besides stands in :class:`Described`, :class:`Askable` and
    :class:`Renewable`.
    """

    name: ClassVar[str]
    """Its name in decks, in `Item.source` and among the entry points."""
    label: ClassVar[str]
    """Its name for readers."""
    needs: ClassVar[tuple[str, ...]]
    """Environment variables that it cannot do without."""
    limits: ClassVar[str]
    """What the source bounds, in one line."""
    terms: ClassVar[str]
    """What the source's terms ask of us, in one line."""
    hashtag_url: ClassVar[str]
    """Address of a hashtag's page with ``{}`` for the tag; empty if it has none."""
    live: ClassVar[bool]
    """True for a stream, False for a source that is polled."""

    def __init__(self, **parameters: Any) -> None: ...

    @property
    def tier(self) -> str:
        """Tier of its items."""

    @property
    def every(self) -> timedelta:
        """Between two polls; a stream ignores it."""

    @property
    def key(self) -> str:
        """What names this source in the store, always the same for the same parameters."""

    def collect(
        self, client: Client, cursor: str | None, *, now: Clock, stop: threading.Event
    ) -> Iterator[Batch]:
        """Yield batches: a poll its few and then ends, a stream until `stop` is set.

        Parameters
        ----------
        client : Client
        cursor : str or None
            Of the last batch that was stored; None the first time.
        now : Clock
        stop : threading.Event

        Raises
        ------
        SourceError
            If the source fails or its connection drops; whoever called tries again.
        """

    def refine(self, client: Client, items: Iterable[Item]) -> ParseResult:
        """Return the same items, in order, with what only a further request can tell.

        Asked only for items that are to be kept, so that a whole firehose need not be
        looked up. What cannot be found out stays as it was, and is no error but a problem
        of the result. A source that needs no such thing returns ``ParseResult(items)``.
        """


class Described(Collector, Protocol):
    """A collector that says more of its source than it must.

    What `needs`, `limits`, `price` and `terms` say may depend on its parameters: an instance
    then has its own, as one has that needs a key only where it searches.
    """

    price: ClassVar[str]
    """What the source costs, in one line; empty if nothing."""
    retention: ClassVar[Retention]
    """What must go when; without it nothing has to."""

    def probe(self, client: Client) -> str:
        """Ask the source for something that costs nothing; return what came of it, in words.

        For sources whose ordinary requests cost something: others are asked by `collect`.
        """

    @staticmethod
    def told(cursor: str) -> list[str]:
        """Return what a cursor tells readers of the source, such as what was spent: in lines."""


class Askable(Collector, Protocol):
    """A collector whose source can be asked for what columns want, and for no more."""

    def ask(self, queries: Sequence[Query], lists: Mapping[str, Collection[str]]) -> Self:
        """Return the collector that asks for these queries, with the same key.

        Called before it is set to work, and again whenever what columns want of this source
        has changed; it then begins anew with the cursor of the last batch that was stored. So
        the cursor holds its state per upstream request, and no request by its number.

        Parameters
        ----------
        queries : sequence of Query
            What columns want of this source, each once, in alphabetical order: without what
            is never known on arrival (scores, counts), and without those that name other
            sources or tiers. ``str()`` of each is what `Covered.queries` calls it. What of
            them the source cannot say is applied to what it brings: more may come, not less.
        lists : mapping of str to collection of str
            Handles by the folded name of their people list, for ``list:``.
        """


class Renewable(Collector, Protocol):
    """A collector whose source can be asked again, by id, about items that are kept."""

    def renew(self, client: Client, ids: Sequence[str], *, now: Clock) -> ParseResult:
        """Return these items as they are now, with their counts; those withdrawn as deletions.

        Called every ten minutes for items younger than a day, for each about once an hour. A
        collector that looks again by itself has no such method.

        Parameters
        ----------
        client : Client
        ids : sequence of str
            Of items, 500 at most; to be split as the source wants it.
        now : Clock

        Raises
        ------
        SourceError
            If the source fails; it is asked again in the next round.
        """


_NEEDED: Final = (
    *("name", "label", "needs", "limits", "terms", "hashtag_url", "live"),
    *("tier", "every", "key", "collect", "refine"),
)


def retention_of(kind: type[Collector]) -> Retention:
    """Return what a collector says of how long its items may be held."""
    found = getattr(kind, "retention", None)
    return found if isinstance(found, Retention) else Retention()


@cache
def available() -> Available[type[Collector]]:
    """Return all collectors that are installed, the broken ones with the reason.

    Read once: what is installed later is seen by the next process.

    Returns
    -------
    Available
        A mapping of names to classes; one that fails to load stops no other.
    """
    return load(entry_points(group=GROUP))


@cache
def collector_of(name: str) -> type[Collector] | None:
    """Return one collector by its name, None if it is not installed or fails to load.

    It alone is loaded: of all that are installed a deck has few, and a kernel has to hold them.
    """
    return load(entry_points(group=GROUP, name=name)).get(name)


def load(entries: Iterable[EntryPoint]) -> Available[type[Collector]]:
    """Return the collectors of these entry points."""
    found: Available[type[Collector]] = Available("collector")
    plugins.load(entries, found, fault=_fault)
    return found


def _fault(name: str, kind: Any) -> str:
    if lacking := [attribute for attribute in _NEEDED if not hasattr(kind, attribute)]:
        return f"lacks {', '.join(lacking)}"
    return "" if kind.name == name else f"calls itself {kind.name!r}; the names must agree"
