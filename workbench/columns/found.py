"""What a reader looks for in a deck: what its columns show that holds their words, newest first."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Final

from workbench.columns.guard import Guard, item_of
from workbench.columns.post import draw, item_key, standing
from workbench.columns.tree import Node, el
from workbench.columns.words import counted, plain
from workbench.decks import Column, Deck
from workbench.errors import QueryError, QueryTimeout
from workbench.items import Item
from workbench.query import Query, parse
from workbench.store import Store

__all__ = ["FIND", "found"]

FIND: Final = "find:"
"""How what is looked for begins, where a key of a post is asked for otherwise."""
_SHOWN: Final = 50
_PATIENCE: Final = 5.0  # seconds after which no further column is looked through
_LATE: Final = "Rarer words, or since: with a date, take less time. It was too short for:"
_LONGEST: Final = 200


def found(
    store: Store, deck: Deck, columns: Iterable[Column], text: str, *, now: datetime, media: str
) -> list[Node]:
    """Return what these columns show that holds some words, as elements.

    Parameters
    ----------
    store : Store
    deck : Deck
    columns : iterable of Column
        Of items: what is looked through, further back than a page shows.
    text : str
        A query, as columns have it; what is none is looked for as it stands, word by word.
    now : datetime
    media : {"off", "small", "large"}
    """
    words = plain(text)[:_LONGEST]
    heading = el("h3", "", el("bdi", "", words, {"dir": "auto"}))
    query = _asked(words, deck.zone)
    if query is None:
        return [heading, el("p", "wb-note wb-s", "There is no word in it to look for.")]
    shown: dict[str, tuple[Item, Column]] = {}
    end, late = time.monotonic() + _PATIENCE, []
    for column in columns:
        if time.monotonic() > end:
            late.append(column.title)
            continue
        try:
            for item in _held(store, deck, column, query, now):
                shown.setdefault(item_key(item.source, item.id), (item, column))
        except QueryTimeout:
            late.append(column.title)
    newest = sorted(shown.values(), key=lambda pair: pair[0].time, reverse=True)[:_SHOWN]
    none = "Nothing was found" if late else "Nothing that the columns show holds it"
    told = counted(len(newest), "post") if newest else none
    most = "The newest " if len(newest) == _SHOWN else ""
    posts = (
        standing(draw(item, media=media, is_open=column.sensitive == "shown"))
        for item, column in newest
    )
    missed = f" {_LATE} {', '.join(late)}." if late else ""
    return [heading, el("p", "wb-note wb-s", f"{most}{told}.{missed}"), *posts]


def _asked(text: str, zone: str) -> Query | None:
    # Who types a stray quote or colon looks for the words beside it.
    quoted = '"{}"'.format(text.replace('"', " "))
    for each in (text, quoted):
        try:
            return parse(each, zone=zone)
        except QueryError:
            continue
    return None


def _held(store: Store, deck: Deck, column: Column, query: Query, now: datetime) -> Iterable[Item]:
    """Yield what a column shows, and its readers may see, that matches as well."""
    both = parse(f"({query}) ({column.query})", zone=deck.zone) if column.query else query
    try:
        newest = store.search(both, limit=_SHOWN, lists=deck.lists)
    except QueryError:  # a list that the deck has not
        return
    guard, find = Guard(deck, column), partial(item_of, store)
    for item in newest:
        if guard.shows(item, now) and guard.hands_on(item, now, find):
            yield item
