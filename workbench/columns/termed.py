"""One term of a trending column opened: the posts that hold it now, newest first."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from workbench.columns.guard import Guard
from workbench.columns.post import draw, standing
from workbench.columns.tree import Node, el
from workbench.columns.trends import asking_for, words_of
from workbench.columns.words import counted, plain
from workbench.decks import Column, Deck
from workbench.errors import QueryError
from workbench.store import Store

__all__ = ["opened_term"]

_SHOWN: Final = 30
# What a query can put between quotes, so that nothing in it is an operator.
_TERM: Final = re.compile(r'[^"\n]{1,100}')


def opened_term(
    store: Store, deck: Deck, column: Column, term: str, *, now: datetime, media: str = "off"
) -> list[Node] | None:
    """Return what holds a term in the column's window, as elements.

    Parameters
    ----------
    store : Store
    deck : Deck
    column : Column
        One of type trending.
    term : str
        A word, a phrase or a ``#hashtag``.
    now : datetime
    media : {"off", "small", "large"}

    Returns
    -------
    list of Node or None
        None if that is no term, or nothing that the column's readers may see holds it.
    """
    if column.type != "trending" or not _TERM.fullmatch(term):
        return None
    try:
        query = asking_for(term, column.query)
    except QueryError:
        return None
    since = now - column.window
    found = store.search(query, limit=_SHOWN, since=since, lists=deck.lists)
    guard = Guard(deck, column)
    shown = [item for item in found if guard.lets_pass(item, now)]
    if not shown:
        return None
    buckets = store.tally(query, every=column.window, since=since, until=now, lists=deck.lists)
    n = max(len(shown), sum(bucket.n for bucket in buckets))
    cut = f", the newest {len(shown)} of them below" if n > len(shown) else ""
    return [
        el("h3", "wb-opened", el("bdi", "", plain(term), {"dir": "auto"})),
        el("p", "wb-note wb-s", f"{counted(n, 'post')} {words_of(column.window)}{cut}."),
        *(standing(draw(item, media=media, is_open=column.sensitive == "shown")) for item in shown),
    ]
