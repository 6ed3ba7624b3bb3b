"""Many queries at once: which of them an item matches, without asking each.

Each query waits in an index under something that an item must have to match it at all: a word,
an author, a hashtag. Only those that an item calls up are tried, by the very test that a query
has of its own, so that the answer is the same as asking one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Final

from workbench.items import Item
from workbench.query.glance import Glance
from workbench.query.match import Document, document, host, local_part
from workbench.query.model import Query
from workbench.query.needs import SHORT, Need, enough, needs
from workbench.tokens import fold

__all__ = ["Asked", "Many"]

Asked = tuple[Query, Mapping[str, Collection[str]]]
"""A query, and the people lists that it may name."""

_Index = dict[str, list[int]]

_KEPT: Final = 4_096  # values of a field that are remembered


class Many:
    """Queries of which it is to be known which an item matches.

    Parameters
    ----------
    asked : sequence of (Query, mapping)
        The lists are taken as they are now.

    Raises
    ------
    QueryError
        If a query names a list that is not among its lists.

    Examples
    --------
    >>> from workbench import clock
    >>> from workbench.query import parse
    >>> many = Many([(parse("acme"), {}), (parse("globex OR acme -strike"), {})])
    >>> item = Item(source="feeds", id="1", text="Acme buys", published="2026-11-22")
    >>> list(many.matching(item, now=clock.now()))
    [0, 1]
    """

    def __init__(self, asked: Sequence[Asked]) -> None:
        self._tests = [query.bind(lists) for query, lists in asked]
        self._always: list[int] = []
        by_kind: dict[str, _Index] = {}
        rest: list[list[frozenset[Need]]] = []
        for number, ((query, _), (_, people)) in enumerate(zip(asked, self._tests, strict=True)):
            sets = needs(query.tree, people)
            rest.append([found for found in sets[1:] if all(map(_is_telling, found))])
            if not sets:
                self._always.append(number)
            for need in sets[0] if sets else ():
                by_kind.setdefault(need.kind, {}).setdefault(need.value, []).append(number)
        self._words = by_kind.get("word", {})
        self._starts = by_kind.get("start", {})
        self._lengths = sorted(set(map(len, self._starts)))
        self._keys = by_kind.get("key", {})
        met = [
            (field, _Met(values, by_kind[kind]))
            for kind, (field, values) in _VALUES.items()
            if kind in by_kind
        ]
        self._ones = [(attrgetter(field), numbers) for field, numbers in met if field in _ONES]
        self._several = [numbers for field, numbers in met if field not in _ONES]
        # Most items have none of these: that is seen by one look at all.
        fields = [field for field, _ in met if field not in _ONES]
        self._lists = attrgetter(*fields, *fields[:1]) if fields else None
        self._nothing = ((),) * (len(fields) + 1)
        sought = dict.fromkeys(Need("word", word) for word in self._words)
        sought |= dict.fromkeys(Need("start", start) for start in self._starts)
        sought |= dict.fromkeys(need for sets in rest for found in sets for need in found)
        place = {need: n for n, need in enumerate(sought)}
        self._find = Glance([(need.value, need.kind == "start") for need in sought]).find
        # What each word that is seen calls up, and what else must be seen for it to be worth while.
        self._sought = [by_kind.get(need.kind, {}).get(need.value, []) for need in sought]
        self._rest = [[frozenset(place[each] for each in found) for found in sets] for sets in rest]
        settled = {need for query, _ in asked for need in enough(query.tree)}
        self._enough = {place[need] for need in settled & place.keys() if need.value.isascii()}

    def __len__(self) -> int:
        return len(self._tests)

    def matching(self, item: Item, *, now: datetime) -> list[int]:
        """Return the numbers of the queries that an item matches, in order.

        Parameters
        ----------
        item : Item
        now : datetime
            From when ``within_time:`` counts back, and by when ``expires:`` may have run out.
        """
        title = item.title
        called = self._called(item, self._find(f"{title}\n{item.text}" if title else item.text))
        if not called:
            return called
        doc = document(item)
        tests = self._tests
        found = []
        for number in sorted(set(called)):
            test, people = tests[number]
            if test(doc, now, people):
                found.append(number)
        return found

    def any(self, item: Item, *, now: datetime) -> bool:
        """Return whether an item matches some query."""
        title = item.title
        text = f"{title}\n{item.text}" if title else item.text
        seen = self._find(text)
        # In plain ASCII a glance tells whole words as surely as tokens do.
        if seen and text.isascii() and not self._enough.isdisjoint(seen):
            return True
        called = self._called(item, seen)
        if not called:
            return False
        doc = document(item)
        tests = self._tests
        return any(tests[number][0](doc, now, tests[number][1]) for number in set(called))

    def _called(self, item: Item, seen: list[int] | None) -> list[int]:
        """Return the numbers of all queries that an item may match, and perhaps of others.

        Parameters
        ----------
        item : Item
        seen : list of int or None
            What a glance at its words found.
        """
        called = self._always.copy()
        for field_of, numbers in self._ones:
            field = field_of(item)
            if field:
                called += numbers[field]
        if self._lists and (lists := self._lists(item)) != self._nothing:
            for values, numbers in zip(lists[:-1], self._several, strict=True):
                for value in values:
                    called += numbers[value]
        if self._keys:
            called += self._keys.get(f"{item.source}:{item.id}", ())
        if seen is None:
            called += self._looked(document(item))
            return called
        for n in seen:
            called += self._sought[n]
        rest = self._rest
        return [n for n in called if not rest[n] or _are_met(rest[n], seen)] if called else called

    def _looked(self, doc: Document) -> Iterator[int]:
        """Yield what an item's tokens call up."""
        for word in doc.words:
            yield from self._words.get(word, ())
            for length in self._lengths:
                yield from self._starts.get(word[:length], ())


def _is_telling(need: Need) -> bool:
    """Return whether something is a word, and no common one: to be seen at a glance."""
    return need.kind in ("word", "start") and len(need.value) >= SHORT


def _are_met(sets: Iterable[frozenset[int]], found: Sequence[int]) -> bool:
    return not any(each.isdisjoint(found) for each in sets)


class _Met(dict[str, tuple[int, ...]]):
    """What each value of a field calls up; filled as values are met: who writes today writes again.

    Parameters
    ----------
    values : callable
        Gives the values in folded form under which one is known.
    index : mapping of str to list of int
        What those call up.
    """

    def __init__(self, values: Callable[[str], Iterable[str]], index: _Index) -> None:
        super().__init__()
        self._values = values
        self._index = index

    def __missing__(self, value: str) -> tuple[int, ...]:
        if len(self) >= _KEPT:
            self.clear()
        found = tuple(n for each in self._values(value) for n in self._index.get(each, ()))
        self[value] = found
        return found


def _handle(name: str) -> tuple[str, ...]:
    whole = fold(name)
    return (whole, local_part(whole)) if "@" in whole else (whole,)


def _tag(lang: str) -> tuple[str, ...]:
    whole = fold(lang)
    return (whole, whole.partition("-")[0]) if "-" in whole else (whole,)


def _domains(link: str) -> Iterator[str]:
    """Yield a link's host, and every domain that it lies in."""
    name = host(link)
    while name:
        yield name
        name = name.partition(".")[2]


def _one(value: str) -> tuple[str, ...]:
    return (fold(value),)


_VALUES: Final[dict[str, tuple[str, Callable[[str], Iterable[str]]]]] = {
    "from": ("author", _handle),
    "to": ("reply_to_author", _handle),
    "domain": ("links", _domains),
    "lang": ("lang", _tag),
    "hashtag": ("hashtags", _one),
    "cashtag": ("cashtags", _one),
    "mention": ("mentions", _one),
    "ticker": ("tickers", _one),
    "form": ("form", _one),
    "source": ("source", _one),
    "tier": ("tier", _one),
    "kind": ("kind", _one),
}
"""By kind of need: the field in which it lies, and what a value of it is known under."""

_ONES: Final = frozenset({"author", "reply_to_author", "lang", "form", "source", "tier", "kind"})
"""Of these fields those that hold one value, or None; the others hold tuples."""
