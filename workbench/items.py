"""The item: one row for anything that was published, and what a payload yields of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import MISSING, dataclass, field, fields, make_dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from workbench.errors import ItemError

__all__ = [
    "FIELDS",
    "KINDS",
    "TIERS",
    "Account",
    "Count",
    "Deletion",
    "Draft",
    "Field",
    "Item",
    "Media",
    "ParseResult",
    "Problem",
    "Volume",
]

KINDS: Final = ("post", "repost", "reply", "quote", "article", "release", "filing")
TIERS: Final = ("social", "wire", "filing", "news", "report")

_OLDEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_TIMES: Final = ("published", "collected", "edited", "deleted")
_TUPLE: Final = {tuple}
_LISTS: Final = ("hashtags", "mentions", "cashtags", "tickers", "links")


class Media(NamedTuple):
    """One picture, video or other thing that an item carries."""

    type: str
    url: str | None = None
    alt: str | None = None


class Field(NamedTuple):
    """What one field of an item holds."""

    name: str
    dtype: str
    unit: str
    meaning: str


FIELDS: Final = (
    Field("source", "str", "", "name of the collector that found it"),
    Field("id", "str", "", "the source's own key; (source, id) is unique"),
    Field("kind", "str", "", "post, repost, reply, quote, article, release or filing"),
    Field("tier", "str", "", "social, wire, filing, news or report"),
    Field("published", "datetime", "UTC", "when the source says it was published"),
    Field("published_precision", "float", "s", "how exact that is; null if the source gave none"),
    Field("collected", "datetime", "UTC", "when we first saw it"),
    Field("edited", "datetime", "UTC", "when its text last changed"),
    Field("deleted", "datetime", "UTC", "when its source withdrew it"),
    Field("author", "str", "", "handle, without @"),
    Field("author_name", "str", "", "name as shown"),
    Field("author_url", "str", "", "page of the author"),
    Field("verified", "bool", "", "the source vouches for the author"),
    Field("followers", "int", "count", "accounts that follow the author"),
    Field("title", "str", "", "headline"),
    Field("text", "str", "", "plain text; a repost holds its original's"),
    Field("url", "str", "", "page of the item"),
    Field("lang", "str", "", "language tag, BCP 47"),
    Field("hashtags", "list[str]", "", "without #"),
    Field("mentions", "list[str]", "", "handles, without @"),
    Field("cashtags", "list[str]", "", "without $"),
    Field("tickers", "list[str]", "", "listings named in prose or by a feed"),
    Field("form", "str", "", "form of a filing, such as 8-K"),
    Field("links", "list[str]", "", "addresses it points to, expanded"),
    Field("media", "list[Media]", "", "type, url, alt"),
    Field("reply_to", "str", "", "id of the item that it answers"),
    Field("reply_to_author", "str", "", "handle that it answers"),
    Field("repost_of", "str", "", "id of the original"),
    Field("quote_of", "str", "", "id of the item that it quotes"),
    Field("likes", "int", "count", ""),
    Field("reposts", "int", "count", ""),
    Field("replies", "int", "count", ""),
    Field("sensitive", "bool", "", "marked by author or source"),
    Field("compound", "float", "-1…1", "sentiment; null where no engine knows the language"),
    Field("engine", "str", "", "name and version of what scored it; null where nothing did"),
    Field("story", "str", "", "id of the story that it belongs to"),
)
"""Every field of an item, in the order of :class:`Item`. Unknown is null, never 0."""


def _as_time(name: str, value: object) -> datetime:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ItemError(f"{name}={value!r} is no ISO 8601 time") from None
    if not isinstance(value, datetime):
        raise ItemError(f"{name}={value!r} is no time; give a datetime or an ISO 8601 text")
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _as_media(value: Media | str | Iterable[Any]) -> Media:
    if isinstance(value, Media):
        return value
    return Media(value) if isinstance(value, str) else Media(*value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Anything that was published: a post, a reply, an article, a release, a filing.

    Every field but `source`, `id`, `text` and `published` has a default. The fields and
    their units are listed in :data:`FIELDS`. Times given as ISO 8601 text are read, and
    taken as UTC where they name no zone; media given as text are types.

    Raises
    ------
    ItemError
        If a kind, a tier or a time cannot be.

    Examples
    --------
    >>> item = Item(source="feeds", id="1", text="Hello", published="2026-11-22T09:00:00Z")
    >>> item.published.hour, item.likes
    (9, None)
    """

    source: str
    id: str
    kind: str = "post"
    tier: str = "social"
    published: datetime
    published_precision: float | None = None
    collected: datetime | None = None
    edited: datetime | None = None
    deleted: datetime | None = None
    author: str | None = None
    author_name: str | None = None
    author_url: str | None = None
    verified: bool | None = None
    followers: int | None = None
    title: str | None = None
    text: str
    url: str | None = None
    lang: str | None = None
    hashtags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    cashtags: tuple[str, ...] = ()
    tickers: tuple[str, ...] = ()
    form: str | None = None
    links: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    reply_to: str | None = None
    reply_to_author: str | None = None
    repost_of: str | None = None
    quote_of: str | None = None
    likes: int | None = None
    reposts: int | None = None
    replies: int | None = None
    sensitive: bool | None = None
    compound: float | None = None
    engine: str | None = None
    story: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ItemError(f"kind={self.kind!r} is not one of {', '.join(KINDS)}")
        if self.tier not in TIERS:
            raise ItemError(f"tier={self.tier!r} is not one of {', '.join(TIERS)}")
        for name in _TIMES:
            value = getattr(self, name)
            if value is not None and getattr(value, "tzinfo", None) is not UTC:
                object.__setattr__(self, name, _as_time(name, value))
        kinds = {
            self.hashtags.__class__,
            self.mentions.__class__,
            self.cashtags.__class__,
            self.tickers.__class__,
            self.links.__class__,
        }
        if kinds != _TUPLE:
            for name in _LISTS:
                object.__setattr__(self, name, tuple(getattr(self, name)))
        media: Iterable[Any] = self.media
        if media:
            object.__setattr__(self, "media", tuple(map(_as_media, media)))
        elif media.__class__ is not tuple:
            object.__setattr__(self, "media", ())

    @property
    def time(self) -> datetime:
        """When it counts as published, for order and for dates in queries.

        That is `published`, unless it lies before 1990 or after the moment at which we
        first saw the item: then it is that moment, so that a forged date pins nothing
        to the top.
        """
        seen = self.collected
        if seen is None or _OLDEST <= self.published <= seen:
            return self.published
        return seen

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from every other item: (source, id)."""
        return self.source, self.id


if tuple(field.name for field in fields(Item)) != tuple(field.name for field in FIELDS):
    raise ImportError("FIELDS and Item differ")


def _close(draft: object) -> object:
    draft.__class__ = Item
    return draft


# A frozen class pays for each field that it is made of. A draft has the same slots and is written
# as plain objects are, so that it becomes an item by a change of its class.
Draft: Final[Callable[..., Any]] = make_dataclass(
    "Draft",
    [
        (each.name, object, field(default=None if each.default is MISSING else each.default))
        for each in fields(Item)
    ],
    slots=True,
    eq=False,
    repr=False,
    namespace={"closed": _close},
)
"""An item that is still being written, of values that an item can hold: nothing is checked.

Takes the fields by name or in their order; ``closed()`` makes it an Item for good. A quarter of
the constructor's time, for what comes by the thousand.
"""


class Deletion(NamedTuple):
    """An item that its source withdrew."""

    source: str
    id: str
    time: datetime


class Count(NamedTuple):
    """One like, repost or reply that came (+1) or went (−1); applied once per `event_id`.

    Where a source names only the event that went, `target_id` is empty: the store knows
    which item the event had counted for.
    """

    event_id: str
    target_id: str
    field: str
    delta: int
    source: str


class Account(NamedTuple):
    """What changed about an account: its handle or name, or whether its items may be shown.

    `prefix` is how the ids of all of its items begin. A value of None changes nothing.
    """

    source: str
    prefix: str
    handle: str | None = None
    name: str | None = None
    hidden: bool | None = None


class Problem(NamedTuple):
    """A part of a payload that was skipped, where it stood and why."""

    where: str
    reason: str


class Volume(NamedTuple):
    """How many items a source counted for a query between two moments, whether or not they came.

    `query` is the column's, in canonical form; `source` the collector's name.
    """

    source: str
    query: str
    start: datetime
    end: datetime
    n: int


class ParseResult(list[Item]):
    """The items of one payload, in its order, with whatever else it said.

    Attributes
    ----------
    deletions : list of Deletion
    counts : list of Count
    accounts : list of Account
    problems : list of Problem
    volumes : list of Volume
    cursor : str or None
        Where the source should be resumed.
    """

    def __init__(self, items: Iterable[Item] = ()) -> None:
        super().__init__(items)
        self.deletions: list[Deletion] = []
        self.counts: list[Count] = []
        self.accounts: list[Account] = []
        self.problems: list[Problem] = []
        self.volumes: list[Volume] = []
        self.cursor: str | None = None
