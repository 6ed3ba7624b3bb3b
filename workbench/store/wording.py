"""What a store is asked about terms: how many items hold them, which, and when it listened."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Final

import apsw

from workbench import clock
from workbench.clock import to_micros
from workbench.query import Query
from workbench.store import journal
from workbench.store import terms as counting
from workbench.store.connect import Deadline
from workbench.store.journal import Span
from workbench.store.measure import Measure, named_sources
from workbench.store.reading import Lists, Moment, Reads, read_query
from workbench.store.select import Selection
from workbench.store.series import Grid, Matcher
from workbench.store.terms import Holding, Window

__all__ = ["TermReads"]

_HOUR: Final = timedelta(hours=1)
_REMEMBERED: Final = 8_000  # items, in a dozen megabytes
_MANY: Final = 100  # terms; a thread for fewer is not worth its while
_Selected = tuple[Selection, Matcher | None, tuple[apsw.Connection, Deadline]]


class TermReads(Reads):
    """What reads terms, besides all else that reads."""

    def hours(
        self, query: str | Query | None, *, since: Moment, until: Moment
    ) -> dict[str, dict[int, bool]]:
        """Return by collector which hours, counted from 1970, were measured.

        The first and the last are cut off at `since` and `until`. What a source only counted,
        without any text, is not measured here.

        Returns
        -------
        dict of str to dict of int to bool
            Only collectors that a query's top level names, if it names any, and that noted anything
            for it; each with all hours, oldest first.
        """
        now = self._now()
        start, end = clock.moment(since, at=now), clock.moment(until, at=now)
        grid = Grid(_HOUR, start, end)
        asked = read_query(query)
        with self._connections.read() as (connection, _):
            spans = journal.coverage(connection, since=None, until=None, source=None)
        named = named_sources(asked)
        by_collector: dict[str, list[Span]] = {}
        for span in spans:
            by_collector.setdefault(span.source.partition(":")[0], []).append(span)
        found = {}
        for name, own in by_collector.items():
            if named is not None and name not in named:
                continue
            measure = Measure(own, asked, start=grid.start, end=grid.end, now=to_micros(now))
            if measure.has_sources:
                found[name] = {n: measure.holds(*grid.span(n)) for n in grid.numbers}
        return found

    def count(
        self,
        query: str | Query | None,
        *,
        since: Moment,
        until: Moment,
        lists: Lists | None = None,
        skipped: Collection[int] = (),
    ) -> int:
        """Return how many items match; takes what :meth:`term_counts` takes."""
        with self._selected(since, until, query, lists, skipped) as (selection, matches, at):
            return counting.count(*at, selection, matches)

    def term_counts(
        self,
        *,
        since: Moment,
        until: Moment,
        query: str | Query | None = None,
        terms: Iterable[str] | None = None,
        lists: Lists | None = None,
        at_most: Mapping[str, int] | None = None,
        skipped: Collection[int] = (),
    ) -> dict[str, int]:
        """Return how many items hold each term: words, ``#hashtags`` and ``$cashtags``.

        A term of several words is a phrase, and counted only where it is asked for.

        Parameters
        ----------
        since, until : datetime, timedelta or str
            From when, and before when; the present moment itself is included.
        query : str, Query or None
            Items must match it.
        terms : iterable of str, optional
            Count only these, which is quick even over months.
        lists : mapping of str to collection of str, optional
            Handles by the name of their people list.
        at_most : mapping of str to int, optional
            Where the index counts a term, it may stop there.
        skipped : collection of int
            Hours, counted from 1970, whose items are left out.
        """
        asked = self._asked(since, until, query, lists, skipped)
        wanted = None if terms is None else list(dict.fromkeys(terms))

        def count(some: Sequence[str] | None) -> dict[str, int]:
            with self._connections.read() as at:
                return counting.term_counts(*at, *asked, some, at_most or {})

        if wanted is None or len(wanted) < _MANY or not counting.is_indexed(*asked):
            return count(wanted)
        # SQLite works while Python does not wait for it: two halves take half the time.
        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(count, (wanted[::2], wanted[1::2]))
        found = first | second
        return {term: found[term] for term in wanted}

    def holding(
        self,
        terms: Collection[str],
        *,
        since: Moment,
        until: Moment,
        query: str | Query | None = None,
        lists: Lists | None = None,
    ) -> Holding:
        """Return which items hold which of the terms, and pairs of them that are neighbours.

        Takes besides them what :meth:`term_counts` takes. Title and text are read apart.
        """
        with self._selected(since, until, query, lists) as (selection, matches, at):
            return counting.holding(*at, selection, matches, terms)

    def window(
        self,
        *,
        since: Moment,
        until: Moment,
        query: str | Query | None = None,
        lists: Lists | None = None,
        most: int = _REMEMBERED,
    ) -> Window:
        """Return both of what matches: its counts of terms, and then what holds some of these.

        Takes what :meth:`term_counts` takes. Of up to `most` items what was read is remembered;
        more are read twice.
        """

        def again(terms: Collection[str]) -> Holding:
            return self.holding(terms, since=since, until=until, query=query, lists=lists)

        with self._selected(since, until, query, lists) as (selection, matches, at):
            return counting.window(*at, selection, matches, again, most)

    def texts(self, rows: Iterable[int]) -> dict[int, str]:
        """Return title and text of what is held by :meth:`holding`, by its row."""
        with self._connections.read() as (connection, _):
            return counting.texts_of(connection, rows)

    def known_authors(self, authors: Iterable[str], *, since: Moment, until: Moment) -> set[str]:
        """Return those of the authors who published something between two times."""
        with self._selected(since, until, None, None) as (selection, _, (connection, _)):
            return counting.known_authors(connection, selection, authors)

    @contextmanager
    def _selected(
        self,
        since: Moment,
        until: Moment,
        query: str | Query | None,
        lists: Lists | None,
        skipped: Collection[int] = (),
    ) -> Iterator[_Selected]:
        """Give a selection, what decides where it does not, and a connection with its deadline."""
        with self._connections.read() as at:
            yield *self._asked(since, until, query, lists, skipped), at

    def _asked(
        self,
        since: Moment,
        until: Moment,
        query: str | Query | None,
        lists: Lists | None,
        skipped: Collection[int],
    ) -> tuple[Selection, Matcher | None]:
        now = self._now()
        start, end = clock.moment(since, at=now), clock.moment(until, at=now)
        selection, matches = self._select(read_query(query), start, end, now, lists)
        return replace(selection, skipped=tuple(skipped)), matches
