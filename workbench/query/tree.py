"""The tree of a query: what the parser makes, and matcher, SQL and dialects read.

Text in the tree is already folded: terms are tokens of :mod:`workbench.tokens`, values are
in the form of :func:`workbench.tokens.fold`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

__all__ = [
    "HIDDEN",
    "Account",
    "And",
    "AtLeast",
    "Between",
    "Domain",
    "Entity",
    "Expires",
    "Has",
    "InList",
    "InTitle",
    "Is",
    "Key",
    "Lang",
    "Near",
    "Node",
    "Not",
    "Or",
    "Phrase",
    "Regex",
    "Sentiment",
    "Url",
    "Value",
    "Wildcard",
    "Within",
    "leaves",
]


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more parts; none of them an And."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of two or more parts; none of them an Or."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What its part is not; that part is no Not."""

    part: Node


@dataclass(frozen=True, slots=True)
class Phrase:
    """Adjacent tokens in one field, title or text; a word is a phrase of one.

    None stands for exactly one token, whichever; it is never first or last. With `prefix`
    the last token need only begin so.
    """

    tokens: tuple[str | None, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Wildcard:
    """One token in which each ``?`` stands for one character; a last ``*`` for any more."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Near:
    """Operands in one field, with at most `distance` tokens between that belong to none.

    Each operand is a Phrase, a Wildcard or an Or of these; they stand at distinct
    positions, in their order only if `ordered`. Two operands of any of these kinds, or up to
    8 unordered ones that are each a Phrase without gap or prefix.
    """

    operands: tuple[Node, ...]
    distance: int
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression, as typed, that finds something in title or text as they stand."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Entity:
    """An exact hashtag, cashtag, mention, ticker or form."""

    type: Literal["hashtag", "cashtag", "mention", "ticker", "form"]
    value: str


@dataclass(frozen=True, slots=True)
class Account:
    """Author (from) or author answered (to); matches the handle or its part before the host."""

    role: Literal["from", "to"]
    handle: str


@dataclass(frozen=True, slots=True)
class InList:
    """The author is in a people list of the deck, as if each of its handles were a `from`."""

    name: str


@dataclass(frozen=True, slots=True)
class Key:
    """One item by its key, ``source:id``, to the letter; or one of a list of keys, by its name.

    A key holds a colon, and the name of a list none.
    """

    value: str

    @property
    def is_list(self) -> bool:
        """Whether this names a list of keys."""
        return ":" not in self.value


@dataclass(frozen=True, slots=True)
class Lang:
    """A language: primary tag, or the full one."""

    tag: str


@dataclass(frozen=True, slots=True)
class Domain:
    """A link's host, ``www.`` aside, or a subdomain of it."""

    host: str


@dataclass(frozen=True, slots=True)
class Url:
    """A part of a link or of the item's own address, folded."""

    part: str


@dataclass(frozen=True, slots=True)
class InTitle:
    """A phrase in the title."""

    phrase: Phrase


@dataclass(frozen=True, slots=True)
class Value:
    """Source, tier or kind; both sides are compared in the form of fold."""

    field: Literal["source", "tier", "kind"]
    value: str


@dataclass(frozen=True, slots=True)
class Between:
    """Time from `start` (inclusive) to `end` (exclusive), UTC; one of them may be None.

    The parser makes such with one bound; a day is an And of two.
    """

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Within:
    """At most so long ago, the boundary included; never in the future of now."""

    span: timedelta


@dataclass(frozen=True, slots=True)
class Expires:
    """True of every item up to that moment, UTC, by the clock; from then on of none."""

    when: datetime


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A count that is known and at least `n`."""

    field: Literal["likes", "reposts", "replies", "followers"]
    n: int


@dataclass(frozen=True, slots=True)
class Sentiment:
    """A compound score that is known and compares so."""

    op: Literal["<", "<=", ">", ">=", "="]
    value: float


@dataclass(frozen=True, slots=True)
class Has:
    """The item carries such a thing; image, video and poll are types of media."""

    what: Literal["image", "video", "media", "link", "hashtag", "cashtag", "mention", "poll"]


@dataclass(frozen=True, slots=True)
class Is:
    """The item's kind is that, or it is marked verified or sensitive."""

    what: Literal["repost", "reply", "quote", "verified", "sensitive"]


Node = (
    And
    | Or
    | Not
    | Phrase
    | Wildcard
    | Near
    | Regex
    | Entity
    | Account
    | InList
    | Key
    | Lang
    | Domain
    | Url
    | InTitle
    | Value
    | Between
    | Within
    | Expires
    | AtLeast
    | Sentiment
    | Has
    | Is
)
"""Any node of the tree."""


HIDDEN: Final[tuple[Node, ...]] = (InList("hidden-authors"), Key("hidden-posts"))
"""What a deck hides: its lists of authors and of items, by names that no other list has."""


def leaves(node: Node) -> Iterator[Node]:
    """Yield every node below that is neither And, Or nor Not; a Near counts as one."""
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield node
