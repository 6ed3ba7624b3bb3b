"""Which stretches of time were really measured, by the coverage of the sources."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from workbench.clock import to_micros
from workbench.errors import QueryError
from workbench.query import Query, parse, tree
from workbench.store.journal import Span

__all__ = ["Measure", "named_sources"]

_AWAITED: Final = 3_600_000_000
"""Microseconds for which a source is taken to be on its way: the slowest tell of 45 minutes."""


def named_sources(query: Query | None) -> frozenset[str] | None:
    """Return the collectors that a query's top level names, or None if it names none."""
    if query is None:
        return None
    for part in _parts(query.tree):
        names = part.parts if isinstance(part, tree.Or) else (part,)
        found = [n for n in names if isinstance(n, tree.Value) and n.field == "source"]
        if len(found) == len(names):
            return frozenset(n.value for n in found)
    return None


def _parts(node: tree.Node) -> tuple[tree.Node, ...]:
    return node.parts if isinstance(node, tree.And) else (node,)


@lru_cache(maxsize=1024)
def _asked(text: str) -> frozenset[tree.Node] | None:
    """Return what an item must match to be kept for a noted query, or None if it is none.

    What is left out for a while, or hidden, is kept for afterwards, and so does not count.
    """
    try:
        parts = _parts(parse(text).tree)
    except QueryError:  # of another version's language
        return None
    return frozenset(part for part in parts if not _is_passing(part))


def _is_passing(part: tree.Node) -> bool:
    return isinstance(part, tree.Not) and any(
        isinstance(leaf, tree.Expires) or leaf in tree.HIDDEN for leaf in tree.leaves(part)
    )


class Measure:
    """What the sources covered.

    A source is expected from the first moment that it noted to the last. A stretch is
    measured where each source that is expected in it covered all of it and noted no gap;
    where none is expected, nothing was measured. In the stretch that is still running, and
    where its last note is of the last hour, a source need have covered no more than up to that
    note: one that is asked now and then is on its way, and no gap at the turn of each hour.

    Parameters
    ----------
    spans : iterable of Span
    query : Query or None
        Only spans of everything, of this query or of a wider one count: one that asks for
        nothing but parts of it, as ``acme`` does of ``acme lang:en``.
    start, end, now : int
        Microseconds: what is looked at, and the present.
    """

    def __init__(
        self, spans: Iterable[Span], query: Query | None, *, start: int, end: int, now: int
    ) -> None:
        self._start, self._end, self._now = start, end, now
        names = named_sources(query)
        text = "" if query is None else str(query)
        own = frozenset(() if query is None else _parts(query.tree))
        by_source: dict[str, list[Span]] = {}
        for span in spans:
            collector = span.source.partition(":")[0]
            if names is not None and collector not in names:
                continue
            if span.query in ("", text) or ((asked := _asked(span.query)) and asked <= own):
                by_source.setdefault(span.source, []).append(span)
        self._sources = [_Source(each) for each in by_source.values()]

    @property
    def has_sources(self) -> bool:
        """Whether any source noted anything that counts for the query."""
        return bool(self._sources)

    def holds(self, begin: int, end: int) -> bool:
        """Return whether a stretch was measured."""
        is_running = end > self._now
        begin = max(begin, self._start)
        end = min(end, self._end, self._now)
        expected = [s for s in self._sources if s.first < end and begin < s.last]
        return bool(expected) and all(
            s.covers(begin, min(end, s.last) if is_running or self._awaits(s) else end)
            for s in expected
        )

    def _awaits(self, source: _Source) -> bool:
        """Return whether what a source has not told of yet may still be on its way."""
        return self._now - source.last <= _AWAITED

    def gaps(self) -> list[tuple[int, int]]:
        """Return the spans of what is looked at that were not measured, adjoining ones as one."""
        end = min(self._end, self._now)
        step = max(1_000_000, (end - self._start) // 1000)
        found: list[tuple[int, int]] = []
        for begin in range(self._start, end, step):
            # The last stretch still runs: a source need have covered only up to its last note.
            last = begin + step if begin + step < end else self._now + 1
            if self.holds(begin, last):
                continue
            if found and found[-1][1] == begin:
                found[-1] = found[-1][0], min(begin + step, end)
            else:
                found.append((begin, min(begin + step, end)))
        return found


class _Source:
    """The spans of one source: what it covered, joined, and its gaps."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.gaps: list[tuple[int, int]] = []
        covered: list[tuple[int, int]] = []
        for span in sorted(spans, key=lambda span: span.start):
            start, end = to_micros(span.start), to_micros(span.end)
            if span.status == "gap":
                self.gaps.append((start, end))
            elif covered and start <= covered[-1][1]:
                covered[-1] = covered[-1][0], max(end, covered[-1][1])
            else:
                covered.append((start, end))
        self._starts = [start for start, _ in covered]
        self._covered = covered
        every = covered + self.gaps
        self.first = min(start for start, _ in every)
        self.last = max(end for _, end in every)

    def covers(self, begin: int, end: int) -> bool:
        """Return whether all of a stretch was covered, and nothing of it was a gap."""
        place = bisect_right(self._starts, begin) - 1
        return (
            place >= 0
            and end <= self._covered[place][1]
            and not any(start < end and begin < until for start, until in self.gaps)
        )
