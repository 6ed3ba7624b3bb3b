"""Counting terms, the words, hashtags and cashtags of what matches, and who holds them."""

# ruff: noqa: S608 - what is put into SQL here are names and numbers of ours, never a value

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress, islice, pairwise
from operator import and_
from typing import Final, NamedTuple

import apsw
import orjson

from workbench.clock import to_micros
from workbench.items import Item
from workbench.query.marks import mark
from workbench.query.sql import string
from workbench.store import indexed
from workbench.store.connect import Deadline, fetch
from workbench.store.indexed import SIGNS, is_indexed
from workbench.store.rows import SELECT, to_item
from workbench.store.select import Selection, batches, parts
from workbench.text.counting import count_tokens
from workbench.tokens import fold, tokenize

__all__ = [
    "SIGNS",
    "Holder",
    "Holding",
    "Window",
    "count",
    "holding",
    "is_indexed",
    "known_authors",
    "term_counts",
    "texts_of",
    "window",
]

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


class Read(NamedTuple):
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
) -> Iterator[Read]:
    if matches is None:
        for rows in batches(connection, deadline, selection, _NARROW, first=1024):
            for row, title, text, tags, cash, *about in rows:
                signed = _signed(tags and orjson.loads(tags), cash and orjson.loads(cash))
                yield Read(title, text, signed, Holder(row, *about))
        return
    for rows in batches(connection, deadline, selection, SELECT, first=1024):
        for row, *values in rows:
            item = to_item(values)
            if matches(item):
                reach = (item.likes or 0) + (item.reposts or 0)
                own = (item.source, item.id, item.tier, item.kind, item.author, item.lang)
                holder = Holder(row, *own, to_micros(item.time), reach)
                yield Read(item.title, item.text, _signed(item.hashtags, item.cashtags), holder)


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
    if is_indexed(selection, matches):
        return indexed.count(connection, selection)
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
    if wanted is not None and is_indexed(selection, matches):
        return indexed.term_counts(connection, selection, wanted, at_most)
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


def _texts(items: Iterable[Read], signed: Counter[str]) -> Iterator[str]:
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
    return _holding(map(_tell, _read(connection, deadline, selection, matches)), terms)


class _Told(NamedTuple):
    """An item's hashtags and cashtags, and the tokens of title and text."""

    signed: set[str]
    parts: list[list[str]]
    holder: Holder


def _tell(read: Read) -> _Told:
    return _Told(
        read.signed, [tokenize(part) for part in (read.title, read.text) if part], read.holder
    )


def _holding(items: Iterable[_Told], terms: Collection[str]) -> Holding:
    wanted = frozenset(terms)
    is_wanted = wanted.__contains__
    found = Holding([], {term: [] for term in terms}, {})
    held, pairs = found.terms, found.pairs
    for place, (signed, told, holder) in enumerate(items):
        found.items.append(holder)
        present = wanted.intersection(signed)
        near: set[tuple[str, str]] = set()
        for part in told:
            # Said in C from end to end: a post has dozens of tokens.
            flags = list(map(is_wanted, part))
            present |= set(compress(part, flags))
            near.update(compress(pairwise(part), map(and_, flags, islice(flags, 1, None))))
        for term in present:
            held[term].append(place)
        for pair in near:
            pairs.setdefault(pair, []).append(place)
    return found


class Window:
    """The terms of a selection, which is read but once where it is small.

    Attributes
    ----------
    counts : dict of str to int
        How many items hold each term.

    Parameters
    ----------
    reads : iterable of Read
        Gone through once.
    again : callable
        Returns which items hold which terms, of a selection too large to be remembered.
    most : int
        Items that are remembered at most.
    """

    def __init__(
        self, reads: Iterator[Read], again: Callable[[Collection[str]], Holding], most: int
    ) -> None:
        first = list(islice(reads, most + 1))
        self._again = again
        self._told: list[_Told] | None = None
        found: Counter[str] = Counter()
        if len(first) <= most:
            self._told = list(map(_tell, first))
            for signed, told, _ in self._told:
                found.update(signed.union(*told))
            self.counts = dict(found)
        else:
            counted = count_tokens(_texts(chain(first, reads), found))
            self.counts = dict(counted) | dict(found)

    def holding(self, terms: Collection[str]) -> Holding:
        """Return which of its items hold which of the terms, and pairs of neighbours."""
        return self._again(terms) if self._told is None else _holding(self._told, terms)


def window(  # noqa: PLR0917 - a place to read from, what is read, and how much of it to keep
    connection: apsw.Connection,
    deadline: Deadline,
    selection: Selection,
    matches: Callable[[Item], bool] | None,
    again: Callable[[Collection[str]], Holding],
    most: int,
) -> Window:
    """Return the terms of a selection; takes what :class:`Window` and :func:`holding` take."""
    return Window(_read(connection, deadline, selection, matches), again, most)


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
