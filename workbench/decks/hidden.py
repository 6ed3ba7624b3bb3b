"""What a deck hides: posts and authors that none of its columns shows; what stays in the house."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from workbench.decks.columns import HANDLE, QUERIED
from workbench.decks.model import HIDDEN_LISTS, Column, Deck, Hidden, HiddenPost
from workbench.decks.reading import Place
from workbench.items import Item
from workbench.query import Query, parse
from workbench.query.parse import LONGEST
from workbench.query.tree import HIDDEN, And, Node, Not
from workbench.query.write import write

__all__ = ["MOST_HIDDEN", "hide", "is_hidden", "lists_of", "read_hidden", "visible", "withhold"]

MOST_HIDDEN: Final = 500
"""Posts, and authors, that one deck may hide."""

_SETTINGS: Final = ("posts", "authors")
_POST: Final = ("key", "text")


def read_hidden(place: Place) -> Hidden:
    """Return what a deck hides.

    Raises
    ------
    DeckError
        At the first thing that is wrong.
    """
    given = place.mapping(_SETTINGS)
    posts = [_post(entry) for entry in given["posts"].words()] if "posts" in given else []
    authors = [_author(entry) for entry in given["authors"].words()] if "authors" in given else []
    for name, found in (("posts", posts), ("authors", authors)):
        if len(found) > MOST_HIDDEN:
            raise given[name].error(
                f"hides {len(found)}; at most {MOST_HIDDEN}: take out the oldest, or mute a word"
            )
    return Hidden(tuple(posts), tuple(authors))


def _post(place: Place) -> HiddenPost:
    if isinstance(place.value, str):
        return HiddenPost(_key(place))
    given = place.mapping(_POST)
    if "key" not in given:
        raise place.error("has no key; a post is named by its source and id")
    return HiddenPost(_key(given["key"]), given["text"].text() if "text" in given else "")


def _key(place: Place) -> str:
    key = place.text()
    if not key.partition(":")[2]:
        raise place.error(f"{key!r} is no post; write its source and id, as in hackernews:41000000")
    return key


def _author(place: Place) -> str:
    handle = place.text()
    if not HANDLE.fullmatch(handle):
        raise place.error(f"{handle!r} is no account; write its handle, such as ana.example")
    return handle.removeprefix("@")


def lists_of(hidden: Hidden) -> dict[str, tuple[str, ...]]:
    """Return what is hidden as lists that queries can look up, without those that are empty."""
    found = zip(
        HIDDEN_LISTS, (hidden.authors, tuple(post.key for post in hidden.posts)), strict=True
    )
    return {name: entries for name, entries in found if entries}


def is_hidden(deck: Deck, item: Item) -> bool:
    """Return whether a deck hides an item, for what is found by other means than its queries."""
    found = [leaf for name, leaf in zip(HIDDEN_LISTS, HIDDEN, strict=True) if name in deck.lists]
    queries = (*(Query(leaf, "", write(leaf)) for leaf in found), *deck.withheld)
    return any(query.matches(item, lists=deck.lists) for query in queries)


def withhold(deck: Deck, noted: Collection[str] = ()) -> Deck:
    """Return a deck as those outside of the house may see it.

    What confidential sources bring is in none of its columns, wherever it is asked for; of
    these sources nothing is said. Where there are none it is returned as it is.

    Parameters
    ----------
    deck : Deck
    noted : collection of str
        Queries that find what confidential sources brought to the store, as
        :func:`noted_confidential` returns them; the deck need not name these sources.

    Raises
    ------
    DeckError
        If a query is too long for it.
    """
    brought = {source.brings for source in deck.sources if source.is_confidential}
    brought |= set(noted)
    if not brought:
        return deck
    kept = tuple(source for source in deck.sources if source.brings not in brought)
    found = tuple(parse(text) for text in sorted(brought))
    leaves = [Not(query.tree) for query in found]
    place = Place(None, deck.name, 1, "sources")
    columns = tuple(_without(place, column, leaves) for column in deck.columns)
    return replace(deck, sources=kept, columns=columns, withheld=(*deck.withheld, *found))


def visible(deck: Deck, query: Query | None) -> Query | None:
    """Return a query of nobody's columns without what the deck hides.

    Raises
    ------
    DeckError
        If it is too long for it.
    """
    leaves = [*_leaves(deck.lists), *(Not(query.tree) for query in deck.withheld)]
    return _both(Place(None, deck.name, 1, "hidden"), query, leaves) if leaves else query


def hide(
    place: Place, columns: Sequence[Column], lists: Mapping[str, Collection[str]]
) -> tuple[Column, ...]:
    """Return columns that do not show what is hidden; what readers see of a query stays.

    Raises
    ------
    DeckError
        If a query is too long for it.
    """
    leaves = _leaves(lists)
    if not leaves:
        return tuple(columns)
    return tuple(_without(place, column, leaves) for column in columns)


def _leaves(lists: Mapping[str, Collection[str]]) -> list[Not]:
    return [Not(leaf) for name, leaf in zip(HIDDEN_LISTS, HIDDEN, strict=True) if name in lists]


def _without(place: Place, column: Column, leaves: Sequence[Not]) -> Column:
    if column.type not in QUERIED:
        return column
    out = tuple(dict.fromkeys((*column.keeps_out, *map(write, leaves))))
    if column.queries:
        both = tuple((name, _both(place, query, leaves)) for name, query in column.queries)
        return replace(column, queries=both, keeps_out=out)
    return replace(column, query=_both(place, column.query, leaves), keeps_out=out)


def _both(place: Place, query: Query | None, leaves: Sequence[Not]) -> Query:
    node = query.tree if query else None
    known: tuple[Node, ...] = node.parts if isinstance(node, And) else (node,) if node else ()
    parts = (*known, *(leaf for leaf in leaves if leaf not in known))
    whole = And(parts) if len(parts) > 1 else parts[0]
    text = write(whole)
    if len(text) > LONGEST:
        raise place.error(f"its query is too long to hide something from; {LONGEST} is the most")
    return Query(whole, query.text if query else "", text)
