"""What a deck is made of, once its file has been read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from workbench.collectors import Collector, available, collector_of
from workbench.decks.reading import nearest
from workbench.errors import DeckError
from workbench.query import Query

__all__ = ["Column", "Deck", "Hidden", "HiddenPost", "Rule", "Source", "column_of"]

HIDDEN_LISTS: Final = ("hidden-authors", "hidden-posts")
"""Names under which what is hidden stands among a deck's lists, for queries to look it up."""

ColumnType = Literal[
    "search",
    "hashtag",
    "people",
    "list",
    "merged",
    "newswire",
    "filings",
    "trending",
    "sentiment",
    "share-of-voice",
    "stories",
    "source-health",
    "briefings",
    "alerts",
    "since-last-visit",
    "pinned",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source of a deck.

    Attributes
    ----------
    collector : str
        Name of its collector.
    parameters : Mapping
        The collector's own parameters, of the types that it declares.
    tier : str
        Tier of its items; the collector's own unless the deck says otherwise.
    label : str
        How readers know it: what the deck calls it, else the host of its address or
        its instance, else the collector's label.
    keep : str
        ``matching``, ``all`` or ``sample:<percent>``.
    every : timedelta or None
        Between two polls; None is the collector's own.
    is_confidential : bool or None
        Whether what it brings stays in the house: off public pages, exports and briefings. None
        says nothing of it: then it does if another deck of the store said so.
    """

    collector: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    tier: str = ""
    label: str = ""
    keep: str = "matching"
    every: timedelta | None = None
    is_confidential: bool | None = None

    def __post_init__(self) -> None:
        built = self.build()
        host = urlsplit(str(self.parameters.get("url", ""))).hostname
        found = getattr(built, "instance", None) or (not built.live and host) or built.label
        object.__setattr__(self, "tier", built.tier)
        object.__setattr__(self, "label", self.label or found)

    @property
    def key(self) -> str:
        """What names it in the store: its cursor, state and coverage."""
        return self.build().key

    @property
    def brings(self) -> str:
        """A query that finds all that it brings; what others bring, too, rather than less."""
        return getattr(self.build(), "brings", "") or f"source:{self.collector}"

    def build(self) -> Collector:
        """Return the collector with this source's parameters."""
        kind: Any = collector_of(self.collector) or available()[self.collector]
        known = {each.name for each in fields(kind)}
        given = {"tier": self.tier, "every": self.every}
        extra = {name: value for name, value in given.items() if value and name in known}
        built: Collector = kind(**self.parameters, **extra)
        return built


@dataclass(frozen=True, slots=True)
class Rule:
    """When the items of a column are an alert.

    Attributes
    ----------
    at_least : int
        Items that have to be published together; 0 where each item is an alert by itself.
    within : timedelta
        The stretch that they share. Where each is an alert: how long after it was published
        an item may come and still be one.
    """

    at_least: int = 0
    within: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HiddenPost:
    """A post that a deck hides.

    Attributes
    ----------
    key : str
        ``source:id``.
    text : str
        What the deck's owners want to know of it, such as who hid it and when.
    """

    key: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a deck hides.

    Attributes
    ----------
    posts : tuple of HiddenPost
    authors : tuple of str
        Handles.
    """

    posts: tuple[HiddenPost, ...] = ()
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a deck.

    Attributes
    ----------
    key : str
        Unique in its deck.
    title : str
    type : str
        One of :data:`workbench.decks.TYPES`.
    query : Query or None
        What it shows, compiled from all of its settings; for trending and sentiment what
        they are restricted to. None is everything.
    text : str
        The query as a reader may see it.
    width : {"narrow", "medium", "wide"}
    colour : {"", "blue", "teal", "green", "amber", "red", "violet"}
        Its mark; "" is none.
    is_collapsed : bool
        Whether it is folded to its heading.
    badge : bool
        Whether what is new in it is counted, at its heading and in the page's title.
    window, baseline : timedelta
        Of a trending column: the span looked at, and the one before it that it is
        compared with.
    coordinated : {"marked", "left-out"}
        Of a trending column: what is done with campaigns of near-identical posts.
    since, every : timedelta
        How far back a sentiment or share-of-voice column goes; the span of a sentiment
        column's points.
    queries : tuple of (str, Query)
        Of a share-of-voice column: names, each with what finds it.
    alert : Rule or None
        When its items are an alert; None is never.
    sound : bool
        Whether its alerts are heard as well as seen.
    columns : tuple of str
        Of an alerts or since-last-visit column: keys of those that it is about; () is all.
    asks : bool
        Whether it looks for something by itself. If not, its query is but filters and mutes:
        they narrow what is kept for other columns, and have nothing kept.
    sensitive : {"folded", "shown", "excluded"}
        How items that are marked as sensitive are shown.
    is_folding : bool
        Whether items that say the same are one entry.
    media : {"", "off", "small", "large"}
        How what an item carries is previewed; "" is as in the deck.
    keeps_out : tuple of str
        Parts of its query that leave out what nobody shall see here, in whatever place: mutes,
        and what is sensitive if that is excluded.
    """

    key: str
    title: str
    type: ColumnType
    query: Query | None = None
    text: str = ""
    width: str = "medium"
    colour: str = ""
    is_collapsed: bool = False
    badge: bool = True
    window: timedelta = timedelta(hours=1)
    baseline: timedelta = timedelta(days=7)
    coordinated: Literal["marked", "left-out"] = "marked"
    since: timedelta = timedelta(days=7)
    every: timedelta = timedelta(hours=3)
    queries: tuple[tuple[str, Query], ...] = ()
    alert: Rule | None = None
    sound: bool = False
    columns: tuple[str, ...] = ()
    asks: bool = True
    sensitive: str = "folded"
    is_folding: bool = False
    media: str = ""
    keeps_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deck:
    """A deck: columns side by side, and the sources that they live on.

    Attributes
    ----------
    name : str
        Name of its file, without ``.yaml``; part of the page's address.
    title : str
    sources : tuple of Source
    columns : tuple of Column
    lists : Mapping of str to tuple of str
        People lists: name to handles; and what is hidden, for queries to look up.
    hidden : Hidden
        What none of the columns shows.
    mutes : tuple of str
        Parts of a query that leave out what is muted in all columns.
    zone : str
        Time zone in which dates are read and shown.
    theme : {"auto", "light", "dark", "contrast"}
    times : {"relative", "exact"}
        How the age of an item is told.
    media : {"", "off", "small", "large"}
        How what an item carries is previewed; "" is as suits the place.
    sentiment : Mapping of str to tuple of str
        For each tier that it names the engines that score it.
    path : Path or None
        The file it was read from.
    withheld : tuple of Query
        What none of its columns shows, because it stays in the house.
    """

    name: str
    title: str
    sources: tuple[Source, ...] = ()
    columns: tuple[Column, ...] = ()
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hidden: Hidden = Hidden()
    mutes: tuple[str, ...] = ()
    zone: str = "UTC"
    theme: str = "auto"
    times: str = "relative"
    media: str = ""
    sentiment: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    path: Path | None = None
    withheld: tuple[Query, ...] = ()

    @property
    def people(self) -> dict[str, tuple[str, ...]]:
        """The people lists alone, without what is hidden."""
        # No list of a file's own is called as these two are.
        return {name: each for name, each in self.lists.items() if name not in HIDDEN_LISTS}


def column_of(deck: Deck, name: str) -> Column:
    """Return the column of a deck that has this title, or this key.

    Raises
    ------
    DeckError
        If there is none; it names the likeliest, and all.
    """
    # The surest way last: it takes the place of the others.
    known = {column.title.casefold(): column for column in deck.columns}
    known |= {column.key: column for column in deck.columns}
    known |= {column.title: column for column in deck.columns}
    if found := known.get(name) or known.get(name.casefold()):
        return found
    titles = [column.title for column in deck.columns]
    guess = nearest(name, titles) or nearest(name, (column.key for column in deck.columns))
    raise DeckError(
        f"the deck has no column {name!r}{guess} Columns: {', '.join(titles)}",
        file=str(deck.path or deck.name),
    )
