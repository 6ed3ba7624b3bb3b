"""What is kept of a source: all of it, what some column wants, or that and a sample."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from workbench.collectors import Collector
from workbench.decks import VISITED, Deck
from workbench.items import Item
from workbench.query import Query
from workbench.query.many import Many
from workbench.query.resolve import resolve
from workbench.query.tree import (
    HIDDEN,
    Account,
    AtLeast,
    Expires,
    InList,
    Is,
    Node,
    Sentiment,
    Value,
    leaves,
)
from workbench.tokens import fold

__all__ = ["Asked", "Want", "Wants", "is_sampled", "weaken", "widest"]

# Not known when an item arrives: its score is made by the store, its counts rise later, and
# what is muted for a while or hidden is to be there afterwards.
_LATER: Final = (AtLeast, Sentiment, Expires, *HIDDEN)
# Not known until the collector has looked up who wrote it.
_AUTHORS: Final = (Account, InList, Is("verified"))


def weaken(node: Node, unknown: tuple[type | Node, ...]) -> Node | bool:
    """Return a query that matches whatever this one may match once all is known.

    Parameters
    ----------
    node : Node
        Root of a query's tree.
    unknown : tuple of type or Node
        Leaves whose truth is not known yet: all of a type, or those equal to one.

    Returns
    -------
    Node or bool
        True if it may match anything, False if nothing.
    """
    types = tuple(each for each in unknown if isinstance(each, type))

    def decide(leaf: Node, upper: bool) -> bool | None:  # noqa: FBT001 - as resolve calls it
        return upper if isinstance(leaf, types) or leaf in unknown else None

    return resolve(node, decide)


def is_sampled(item: Item, percent: float) -> bool:
    """Return whether an item is in the sample; always the same answer for the same item."""
    digest = hashlib.blake2b(f"{item.source}:{item.id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) < percent / 100 * 2**64


def widest(keeps: Iterable[str]) -> str:
    """Return the one of several `keep` settings that keeps most."""
    return max(keeps, key=percent_of)


def percent_of(keep: str) -> float:
    """Return how much is kept of what no column wants, in percent."""
    if keep == "all":
        return 100.0
    return float(keep.removeprefix("sample:")) if keep.startswith("sample:") else 0.0


@dataclass(frozen=True, slots=True)
class Want:
    """What one column wants.

    Attributes
    ----------
    text : str
        Its query in canonical form: what the coverage table calls it.
    late : Query
        What to ask once authors are known.
    early : Query or None
        What to ask before they are; None where everything may match.
    asks_author : bool
        Whether the two differ.
    lists : Mapping
        People lists of its deck.
    """

    text: str
    late: Query
    early: Query | None
    asks_author: bool
    lists: Mapping[str, Collection[str]]


class _Wanted(NamedTuple):
    """What is wanted, put in one piece so that no thread sees a half of it.

    `early` is None where before authors are known any item may match.
    """

    wants: tuple[Want, ...]
    early: Many | None
    late: Many


@dataclass(frozen=True, slots=True)
class Asked:
    """What one source is asked for; equal to any other that asks for the same.

    Attributes
    ----------
    queries : tuple of Query
        Each once, in alphabetical order.
    lists : Mapping
        Members of the people lists that they name, by folded name, of all decks together.
    """

    queries: tuple[Query, ...]
    lists: Mapping[str, tuple[str, ...]]


class Wants:
    """What the columns of all decks want, taken together.

    A column without a query of its own, or whose query rests only on what is never known on arrival
    (scores and counts), asks for nothing to be kept: it shows what others had kept.

    Parameters
    ----------
    decks : iterable of Deck
    """

    def __init__(self, decks: Iterable[Deck]) -> None:
        self._members: dict[str, tuple[str, ...]] = {}
        self._disputed: set[str] = set()
        self.replace(decks)

    def replace(self, decks: Iterable[Deck]) -> None:
        """Take what the columns of these decks want from now on."""
        found: dict[tuple[str, str], Want] = {}
        for deck in decks:
            for column in deck.columns:
                if column.type == VISITED:  # no more than what the other columns want
                    continue
                own = column.query if column.asks else None
                for query in (own, *(query for _, query in column.queries)):
                    want = _want(query, deck.lists) if query else None
                    if want:
                        found.setdefault((want.text, repr(deck.lists)), want)
        members: dict[str, dict[str, None]] = {}
        disputed: set[str] = set()
        for want in found.values():
            for name, handles in want.lists.items():
                before = members.setdefault(fold(name), dict.fromkeys(handles))
                if set(before) != set(handles):
                    disputed.add(fold(name))
                    before.update(dict.fromkeys(handles))
        self._members = {name: tuple(handles) for name, handles in members.items()}
        self._disputed = disputed
        wants = tuple(found.values())
        early = [(want.early, want.lists) for want in wants if want.early is not None]
        late = Many([(want.late, want.lists) for want in wants])
        self._wanted = _Wanted(wants, None if len(early) < len(wants) else Many(early), late)

    @property
    def queries(self) -> dict[str, bool]:
        """The queries whose items are all kept, and whether they ask who wrote them."""
        return {want.text: want.asks_author for want in self._wanted.wants}

    def asked(self, collector: Collector) -> Asked:
        """Return what a source is to be asked for, if it can be asked."""
        found: dict[str, Query] = {}
        members = self._members
        named: set[str] = set()
        for want in self._wanted.wants:
            tree = _told(want.late.tree, collector, self._disputed)
            if isinstance(tree, bool):  # nothing of it, or everything: no search says that
                continue
            found.setdefault(want.text, Query(tree, want.late.text, want.text))
            named |= {fold(leaf.name) for leaf in leaves(tree) if isinstance(leaf, InList)}
        # In an order of their own, so that moving columns asks for nothing new.
        queries = tuple(found[text] for text in sorted(found))
        return Asked(queries, {name: members[name] for name in sorted(named)})

    def may_match(self, item: Item, now: datetime) -> bool:
        """Return whether some column may want an item whose author is not looked up yet."""
        early = self._wanted.early
        return early is None or early.any(item, now=now)

    def matches(self, item: Item, now: datetime) -> bool:
        """Return whether some column wants an item, or may do so once it is scored and counted."""
        return self._wanted.late.any(item, now=now)


def _told(tree: Node, collector: Collector, disputed: Collection[str]) -> Node | bool:
    """Return a query's tree without what is known of all items of a source.

    Lists that decks fill differently are asked for as one, so their negation cannot be.
    """

    def decide(leaf: Node, upper: bool) -> bool | None:  # noqa: FBT001 - as resolve calls it
        match leaf:
            case Value("source", name):
                return fold(name) == fold(collector.name)
            case Value("tier", name):
                return fold(name) == fold(collector.tier)
            case InList(name) if not upper and fold(name) in disputed:
                return upper
        return None

    return resolve(tree, decide)


def _want(query: Query, lists: Mapping[str, Collection[str]]) -> Want | None:
    late = weaken(query.tree, _LATER)
    if isinstance(late, bool):
        return None
    early = weaken(late, _AUTHORS)
    if early is False:
        return None
    return Want(
        text=str(query),
        late=Query(late, query.text, str(query)),
        early=None if early is True else Query(early, query.text, str(query)),
        asks_author=early != late,
        lists=lists,
    )
