"""What is usual: how often terms came up before, in the hours in which sources were listening."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from workbench.clock import from_micros
from workbench.query import Query, parse
from workbench.store import Store
from workbench.text.trending import most_expected

__all__ = ["Usual"]

_HOUR: Final = timedelta(hours=1)
_LEAST_SHARED: Final = 0.75
_NEARLY: Final = 0.9
# A word in more than so large a part of all items is grammar, or what the deck is about anyway.
_COMMON: Final = 0.05


class _Group(NamedTuple):
    """Sources that listened in the same hours: what they are asked for, and when not."""

    query: Query | None
    skipped: tuple[int, ...]
    measured: timedelta


class Usual:
    """The baseline of one query: what it lets expect of a window.

    Hours in which a source was not listening are left out. As a rule these are left out for all;
    where sources differ by more than a quarter of the time, as one does that came later, each is
    held against its own hours. A collector that was measured for less than the window is not
    looked at in either: all that it says would seem new.

    Parameters
    ----------
    store : Store
    query : Query or None
    window : timedelta
    start, until : datetime
        The baseline's.
    now : datetime
        The end of the window, which begins where the baseline ends.
    lists : mapping of str to collection of str

    Attributes
    ----------
    measured : timedelta
        How much of the baseline was measured; of several groups of sources the longest.
    unknown : tuple of str
        Collectors that are left out.
    query : Query or None
        What is looked at in the window.
    busy : float
        By how much more is said in the window than usual; 1 where it is less.
    """

    def __init__(
        self,
        store: Store,
        query: Query | None,
        *,
        window: timedelta,
        start: datetime,
        until: datetime,
        now: datetime,
        lists: Mapping[str, Collection[str]],
    ) -> None:
        self._store, self._lists = store, lists
        self._start, self._until = start, until
        self._window = window
        found = store.hours(query, since=start, until=until)
        every = sorted({hour for hours in found.values() for hour in hours})
        length = {hour: _overlap(hour, start, until) for hour in every}
        heard = {
            name: frozenset(hour for hour, is_measured in hours.items() if is_measured)
            for name, hours in found.items()
        }

        def long(hours: Iterable[int]) -> timedelta:
            return sum((length[hour] for hour in hours), timedelta())

        known = {name: hours for name, hours in heard.items() if long(hours) >= window}
        self.unknown = tuple(sorted(heard.keys() - known.keys())) if known else ()
        self.query = _without(query, self.unknown)
        self._groups = [
            _Group(asked, tuple(hour for hour in every if hour not in hours), long(hours))
            for asked, hours in _grouped(self.query, known)
        ]
        longest = max((long(hours) for hours in heard.values()), default=timedelta())
        self.measured = max((group.measured for group in self._groups), default=longest)
        self.busy = 1.0
        if self._groups:
            told = [
                store.count(
                    group.query, lists=lists, skipped=group.skipped, since=start, until=until
                )
                for group in self._groups
            ]
            self._common = _COMMON * sum(told)
            expected = sum(n * window / g.measured for n, g in zip(told, self._groups, strict=True))
            recent = store.count(self.query, since=until, until=now, lists=lists)
            self.busy = max(1.0, recent / expected) if expected else 1.0

    @property
    def is_known(self) -> bool:
        """Whether enough was measured for anything to be called usual."""
        return bool(self._groups)

    def expected(self, counts: Mapping[str, int]) -> dict[str, float]:
        """Return of each term how many items the baseline lets expect, as busy as it always was.

        Left out are words that are too common to be a topic. Where a term turns out to be no
        more frequent than usual, counting stops: then there are at least so many.

        Parameters
        ----------
        counts : mapping of str to int
            How many items of the window hold each term.
        """
        seen = dict.fromkeys(counts, 0)
        found = dict.fromkeys(counts, 0.0)
        for group in self._groups:
            exposure = self._window / group.measured
            fastest = exposure * self.busy
            enough = {
                term: int(min(most_expected(n) / fastest, self._limit(term))) + 2
                for term, n in counts.items()
            }
            held = self._store.term_counts(
                since=self._start,
                until=self._until,
                query=group.query,
                terms=list(counts),
                lists=self._lists,
                at_most=enough,
                skipped=group.skipped,
            )
            for term, n in held.items():
                seen[term] += n
                found[term] += n * exposure
        return {term: e for term, e in found.items() if seen[term] <= self._limit(term)}

    def _limit(self, term: str) -> float:
        return float("inf") if term[0] in "#$" else self._common


def _overlap(hour: int, start: datetime, until: datetime) -> timedelta:
    begin = from_micros(hour * 3_600_000_000)
    return min(begin + _HOUR, until) - max(begin, start)


def _without(query: Query | None, sources: Collection[str]) -> Query | None:
    """Return a query without what some sources have."""
    if not sources:
        return query
    text = " ".join(f"-source:{name}" for name in sources)
    return parse(f"({query}) {text}") if query else parse(text)


def _either(query: Query | None, sources: Collection[str]) -> Query:
    """Return a query for what some sources alone have."""
    text = " OR ".join(f"source:{name}" for name in sources)
    return parse(f"({query}) ({text})") if query else parse(text)


def _grouped(
    query: Query | None, known: Mapping[str, frozenset[int]]
) -> list[tuple[Query | None, frozenset[int]]]:
    """Return queries with the hours that count for each; all under the first, if that will do."""
    if not known:
        return []
    shared = frozenset.intersection(*known.values())
    if len(shared) >= _LEAST_SHARED * max(map(len, known.values())):
        return [(query, shared)]
    groups: list[tuple[list[str], frozenset[int]]] = []
    for name, hours in sorted(known.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        for place, (names, held) in enumerate(groups):
            if len(held & hours) >= _NEARLY * len(held):
                groups[place] = [*names, name], held & hours
                break
        else:
            groups.append(([name], hours))
    # What no note covers, such as imported files, is counted with the first.
    others = [name for names, _ in groups[1:] for name in names]
    first = [(_without(query, others), groups[0][1])]
    return first + [(_either(query, names), hours) for names, hours in groups[1:]]
