"""Counting terms, the words, hashtags and cashtags of what matches, and who holds them."""

# ruff: noqa: S608 - what is put into SQL here are names and numbers of ours, never a value

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import apsw

from workbench.clock import to_micros
from workbench.items import Item
from workbench.query.marks import mark
from workbench.query.sql import ALL, string
from workbench.store.connect import Deadline, fetch
from workbench.store.rows import SELECT, to_item
from workbench.store.select import Selection, batches, parts
from workbench.text.counting import count_tokens
from workbench.tokens import fold, tokenize

__all__ = [
    "SIGNS",
    "Holder",
    "Holding",
    "count",
    "holding",
    "known_authors",
    "term_counts",
    "texts_of",
]

SIGNS: Final = "#$"
"""What a term begins with that is a hashtag or a cashtag."""

# All that is read of an item here: a third of what a whole item takes.
_NARROW: Final = (
    "i.title, i.text, i.hashtags, i.cashtags, i.source, i.id, i.tier, i.kind, i.author, i.lang,"
    " i.time, coalesce(i.likes, 0) + coalesce(i.reposts, 0)"
)


class Holder(NamedTuple):
    """An item that holds terms: what is asked of it once they are ranked.

    `time` is in microseconds, `reach` its likes and reposts together.
    """

    row: int
    source: str
    id: str
    tier: str
    kind: str
    author: str | None
    lang: str | None
    time: int
    reach: int


@dataclass(frozen=True, slots=True)
class Holding:
    """Which items of a selection hold which of some terms.

    Attributes
    ----------
    items : list of Holder
        All of the selection, newest first.
    terms : dict of str to list of int
        For each term the places in `items` of those that hold it, ascending.
    pairs : dict of (str, str) to list of int
        The same for words that follow each other in title or text.
    """

    items: list[Holder]
    terms: dict[str, list[int]]
    pairs: dict[tuple[str, str], list[int]]


class _Read(NamedTuple):
    """What is read of an item."""

    title: str | None
    text: str
    signed: set[str]
    holder: Holder


def _read(
    connection: apsw.Connection,
    deadline: Deadline,
    selection: Selection,
    matches: Callable[[Item], bool] | None,
) -> Iterator[_Read]:
    if matches is None:
        for rows in batches(connection, deadline, selection, _NARROW, first=1024):
            for row, title, text, tags, cash, *about in rows:
                signed = _signed(tags and json.loads(tags), cash and json.loads(cash))
                yield _Read(title, text, signed, Holder(row, *about))
        return
    for rows in batches(connection, deadline, selection, SELECT, first=1024):
        for row, *values in rows:
            item = to_item(values)
            if matches(item):
                reach = (item.likes or 0) + (item.reposts or 0)
                own = (item.source, item.id, item.tier, item.kind, item.author, item.lang)
                holder = Holder(row, *own, to_micros(item.time), reach)
                yield _Read(item.title, item.text, _signed(item.hashtags, item.cashtags), holder)


def _signed(hashtags: Iterable[str] | None, cashtags: Iterable[str] | None) -> set[str]:
    found = {f"#{fold(tag)}" for tag in hashtags or ()}
    return found | {f"${fold(tag)}" for tag in cashtags} if cashtags else found


def count(
    connection: apsw.Connection,
    deadline: Deadline,
    selection: Selection,
    matches: Callable[[Item], bool] | None,
) -> int:
    """Return how many items a selection holds."""
    if matches is None and not selection.plan.where:
        return _counted(connection, selection, selection.plan.match, None)
    return sum(1 for _ in _read(connection, deadline, selection, matches))


def term_counts(  # noqa: PLR0917 - a place to read from, what is read, and what is wanted of it
    connection: apsw.Connection,
    deadline: Deadline,
    selection: Selection,
    matches: Callable[[Item], bool] | None,
    terms: Iterable[str] | None,
    at_most: Mapping[str, int],
) -> dict[str, int]:
    """Return how many items of a selection hold each term.

    With `terms`, the counts of just these, which the index gives where it decides alone: of one
    that `at_most` names no more than that many.
    """
    wanted = None if terms is None else list(dict.fromkeys(terms))
    if wanted is not None and matches is None and not selection.plan.where:
        return {term: _asked(connection, selection, term, at_most.get(term)) for term in wanted}
    if wanted is None:
        signed: Counter[str] = Counter()
        counted = count_tokens(_texts(_read(connection, deadline, selection, matches), signed))
        return dict(counted) | dict(signed)
    found: Counter[str] = Counter()
    words = {term: held for term in wanted if len(held := _words_of(term)) > 1}
    for each in _read(connection, deadline, selection, matches):
        tokens = [tokenize(part) for part in (each.title, each.text) if part]
        found.update(each.signed.union(*tokens))
        found.update(
            term for term, held in words.items() if any(_holds(part, held) for part in tokens)
        )
    return {term: found[term] for term in wanted}


def _texts(items: Iterable[_Read], signed: Counter[str]) -> Iterator[str]:
    for each in items:
        signed.update(each.signed)
        yield f"{each.title}\n{each.text}" if each.title else each.text


def _words_of(term: str) -> list[str]:
    return [] if term[:1] in SIGNS else tokenize(term)


def _holds(tokens: Sequence[str], words: Sequence[str]) -> bool:
    """Whether the words follow each other among the tokens."""
    size = len(words)
    return any(
        token == words[0] and tokens[place : place + size] == words
        for place, token in enumerate(tokens)
    )


def holding(
    connection: apsw.Connection,
    deadline: Deadline,
    selection: Selection,
    matches: Callable[[Item], bool] | None,
    terms: Collection[str],
) -> Holding:
    """Return which items of a selection hold which of the terms, and pairs of neighbours."""
    wanted = frozenset(terms)
    found = Holding([], {term: [] for term in terms}, {})
    held, pairs = found.terms, found.pairs
    for place, each in enumerate(_read(connection, deadline, selection, matches)):
        found.items.append(each.holder)
        told = [tokenize(part) for part in (each.title, each.text) if part]
        present = wanted.intersection(each.signed).union(*map(wanted.intersection, told))
        for term in present:
            held[term].append(place)
        if len(present) > 1:
            near = {
                pair
                for part in told
                for pair in pairwise(part)
                if pair[0] in present and pair[1] in present
            }
            for pair in near:
                pairs.setdefault(pair, []).append(place)
    return found


def texts_of(connection: apsw.Connection, rows: Iterable[int]) -> dict[int, str]:
    """Return title and text of each row that is there, a line between them."""
    found = fetch(
        connection,
        "SELECT i.row, i.title, i.text FROM json_each(?) AS j CROSS JOIN items AS i"
        " ON i.row = j.value WHERE i.deleted IS NULL AND NOT i.hidden",
        (json.dumps(list(rows)),),
    )
    return {row: f"{title}\n{text}" if title else text for row, title, text in found}


def known_authors(
    connection: apsw.Connection, selection: Selection, authors: Iterable[str]
) -> set[str]:
    """Return those of the authors who have an item in the selection."""
    known = set()
    for author in authors:
        match = string(mark("f:", fold(author)))
        for part in parts(connection, selection, match=match, has_items=False):
            if fetch(
                connection,
                f"SELECT 1 FROM {part.tables} WHERE {part.where} LIMIT 1",
                part.values,
            ):
                known.add(author)
                break
    return known


def _asked(
    connection: apsw.Connection, selection: Selection, term: str, at_most: int | None
) -> int:
    """Ask the index for the number of items that hold a term."""
    if term[:1] in SIGNS:
        match = string(mark(term[0], fold(term[1:])))
    else:
        match = string(" ".join(tokenize(term)))
        if match == string(""):
            return 0
    if selection.plan.match != ALL:
        match = f"({selection.plan.match} AND {match})" if selection.plan.match else ""
    return _counted(connection, selection, match, at_most)


def _counted(
    connection: apsw.Connection, selection: Selection, match: str, at_most: int | None
) -> int:
    """Return how many items match an expression, or that it is at least so many."""
    total = 0
    for part in parts(connection, selection, match=match, has_items=False) if match else ():
        if at_most is None:
            number = f"SELECT count(*) FROM {part.tables} WHERE {part.where}"
        else:
            held = f"SELECT 1 FROM {part.tables} WHERE {part.where} LIMIT {at_most - total}"
            number = f"SELECT count(*) FROM ({held})"
        total += fetch(connection, number, part.values)[0][0]
        if at_most is not None and total >= at_most:
            break
    return total
