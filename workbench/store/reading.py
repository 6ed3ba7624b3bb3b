"""What a store is asked: everything that reads."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from workbench import clock
from workbench.clock import Clock, from_micros, to_micros
from workbench.errors import SettingError
from workbench.items import Item
from workbench.query import Query, parse
from workbench.query.sql import ALL, Plan, compile_query
from workbench.states import SourceState
from workbench.store import check, journal, read, series
from workbench.store.connect import Connections
from workbench.store.journal import Span
from workbench.store.measure import Measure
from workbench.store.read import Changes, SearchResult, Version
from workbench.store.rows import clean_text
from workbench.store.schema import prepare
from workbench.store.select import Selection
from workbench.store.series import Bucket, Grid, Matcher
from workbench.store.volumes import counted, only, with_volumes
from workbench.text.tiers import Scorer

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DEMO", "Reads", "read_query"]

Moment = datetime | timedelta | str
Lists = Mapping[str, Collection[str]]

DEMO: Final = "demo"
"""The cursor under which a replay leaves when it began."""

_EVERYTHING: Final = Plan(
    match=ALL, where="", values=(), start=None, end=None, is_exact=True, is_addressed=False
)


class Reads:
    """A store's connections and all that reads; :class:`workbench.store.Store` also writes."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        now: Clock = clock.now,
        read_limit: float = 5.0,
        floor: int = 64 * 2**20,
        is_lean: bool = False,
        engines: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.path = Path(path)
        self._now = now
        self._scorer = Scorer(engines)
        self._connections = Connections(
            self.path, prepare, read_limit=read_limit, floor=floor, is_lean=is_lean
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Store {self.path}>"

    def close(self) -> None:
        """Close the file; reads and writes under way end first or fail."""
        self._connections.close()

    def is_demo(self) -> bool:
        """Return whether a replay filled it, so that nothing in it is real."""
        return self.load_cursor(DEMO) is not None

    def search(
        self,
        query: str | Query | None,
        *,
        limit: int = 50,
        before: Moment | None = None,
        since: Moment | None = None,
        as_of: Moment | None = None,
        lists: Lists | None = None,
    ) -> SearchResult:
        """Return the newest items that match.

        Parameters
        ----------
        query : str, Query or None
        limit : int
            At most so many.
        before : str, datetime or timedelta, optional
            A result's `cursor`, or a time: only what is older.
        since : datetime, timedelta or str, optional
            A time, a date, or a span back from now such as ``24h``.
        as_of : datetime, timedelta or str, optional
            A past moment: only what was collected by then, and it is now for the query.
        lists : mapping of str to collection of str, optional
            Handles by the name of their people list.

        Returns
        -------
        SearchResult
            Newest first, with `cursor` for what follows.

        Raises
        ------
        QueryError
            If the query cannot be read.
        QueryTimeout
            If it takes too long.
        """
        if limit < 0:
            raise SettingError(f"limit={limit} is less than nothing; give 0 or more")
        now = self._now()
        if as_of is not None:
            now = clock.moment(as_of, at=now)
        asked = read_query(query)
        top = read.from_cursor(before) if isinstance(before, str) else None
        selection = Selection(
            plan=_EVERYTHING if asked is None else compile_query(asked, now=now, lists=lists),
            start=None if since is None else to_micros(clock.moment(since, at=now)),
            end=_end(before, as_of, now) if top is None else _end(None, as_of, now),
            top=top,
            collected=None if as_of is None else to_micros(now),
        )
        with self._connections.read() as (connection, deadline):
            return read.search(
                connection, deadline, selection, asked, limit=limit, now=now, lists=lists
            )

    def get(self, source: str, id: str) -> Item | None:  # noqa: A002 - the field's name
        """Return an item by its key.

        Of one that was deleted only key and times are left (`deleted` is set, `text` is
        empty). None if it is unknown or hidden.
        """
        with self._connections.read() as (connection, _):
            return read.get(connection, clean_text(source), clean_text(id))

    def versions(self, source: str, id: str) -> list[Version]:  # noqa: A002 - the field's name
        """Return the texts that an item had before its edits, oldest first."""
        with self._connections.read() as (connection, _):
            return read.versions(connection, clean_text(source), clean_text(id))

    def changes(self, seq: int, *, limit: int = 500) -> Changes:
        """Return what came, changed or went after `seq`, oldest change first.

        An item that changed several times is told once. A hidden one is told as deleted.

        Parameters
        ----------
        seq : int
            As returned by the last call, or by :meth:`seq`; 0 for all that ever was.
        limit : int
            At most so many items and deletions together.
        """
        with self._connections.read() as (connection, _):
            return read.changes(connection, seq, limit, self._now())

    def seq(self) -> int:
        """Return the number of the last change."""
        with self._connections.read() as (connection, _):
            return int(connection.execute("SELECT seq FROM counter").get)

    def tally(
        self,
        query: str | Query | None,
        *,
        every: timedelta | str,
        since: Moment,
        until: Moment | None = None,
        lists: Lists | None = None,
        has_tones: bool = True,
    ) -> list[Bucket]:
        """Return how many items match, by stretch of time and tone.

        Stretches begin at multiples of `every` since 1970 in UTC; the first and the last are
        cut off at `since` and `until`, so that all together count just what lies between.

        Parameters
        ----------
        query : str, Query or None
        every : timedelta or str
            Such as ``1h``.
        since, until : datetime, timedelta or str
            Before when; until now, the very moment included, unless given.
        lists : mapping of str to collection of str, optional
            Handles by the name of their people list.
        has_tones : bool
            Whether positive, neutral and negative are counted; else they are 0. Without them
            a source's own count, where it was asked for one, stands for what is held of it.

        Returns
        -------
        list of Bucket
            Oldest first, empty ones too.
        """
        now = self._now()
        start = clock.moment(since, at=now)
        end = now if until is None else clock.moment(until, at=now)
        grid = Grid(clock.span(every), start, end)
        asked = read_query(query)
        selection, matches = self._select(asked, start, end, now, lists)
        with self._connections.read() as (connection, deadline):
            tones = series.count(
                connection, deadline, selection, grid, matches, has_tones=has_tones
            )
            spans = journal.coverage(connection, since=None, until=None, source=None)
            told = {} if asked is None or has_tones else counted(connection, asked, grid)
            for source, numbers in told.items():
                own, decides = self._select(only(asked, source), start, end, now, lists)
                held = series.count(connection, deadline, own, grid, decides, has_tones=False)
                for number, n in numbers.items():
                    tones.n[number] += n - held.n[number]
        spans = with_volumes(spans, asked, told, grid)
        measure = Measure(spans, asked, start=grid.start, end=grid.end, now=to_micros(now))
        return series.tally(tones, grid, measure.holds)

    def counts(
        self,
        query: str | Query | None,
        *,
        every: timedelta | str,
        since: Moment,
        lists: Lists | None = None,
    ) -> pd.DataFrame:
        """Return how many items match, by stretch of time, as :meth:`tally` counts.

        Returns
        -------
        pandas.DataFrame
            One row per stretch, oldest first: time (its begin, UTC), n (int), measured
            (bool: the sources were listening all the while; where not, n says nothing).
        """
        import pandas as pd

        buckets = self.tally(query, every=every, since=since, lists=lists, has_tones=False)
        return pd.DataFrame(
            {
                "time": pd.to_datetime([bucket.time for bucket in buckets], utc=True),
                "n": pd.array([bucket.n for bucket in buckets], dtype="int64"),
                "measured": pd.array([bucket.measured for bucket in buckets], dtype="bool"),
            }
        )

    def gaps(
        self,
        query: str | Query | None = None,
        *,
        since: Moment,
        until: Moment | None = None,
    ) -> list[tuple[datetime, datetime]]:
        """Return the spans in which not all sources of a query were listening.

        Parameters
        ----------
        query : str, Query or None
        since, until : datetime, timedelta or str
            Between when; until now unless given.

        Returns
        -------
        list of (datetime, datetime)
            Oldest first, to about a thousandth of the whole; [] if all was measured.
        """
        now = self._now()
        start = to_micros(clock.moment(since, at=now))
        end = to_micros(now if until is None else clock.moment(until, at=now))
        with self._connections.read() as (connection, _):
            spans = journal.coverage(connection, since=None, until=None, source=None)
        measure = Measure(spans, read_query(query), start=start, end=end, now=to_micros(now))
        return [(from_micros(a), from_micros(b)) for a, b in measure.gaps()]

    def _select(
        self,
        query: Query | None,
        start: datetime,
        end: datetime,
        now: datetime,
        lists: Lists | None,
    ) -> tuple[Selection, Matcher | None]:
        """Return what is read, and what decides where the plan does not."""
        plan = _EVERYTHING if query is None else compile_query(query, now=now, lists=lists)
        # What comes at this very moment is not left out.
        last = to_micros(end) + (end == now)
        selection = Selection(plan, start=to_micros(start), end=last)
        if query is None or plan.is_exact:
            return selection, None
        return selection, lambda item: query.matches(item, now=now, lists=lists)

    def coverage(
        self,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        source: str | None = None,
    ) -> list[Span]:
        """Return the noted spans that touch a stretch of time, by source, oldest first."""
        now = self._now()
        with self._connections.read() as (connection, _):
            return journal.coverage(
                connection,
                since=None if since is None else clock.moment(since, at=now),
                until=None if until is None else clock.moment(until, at=now),
                source=source,
            )

    def load_cursor(self, key: str) -> str | None:
        """Return where a source is to be resumed, or None."""
        with self._connections.read() as (connection, _):
            return journal.load_cursor(connection, key)

    def sources(self) -> list[SourceState]:
        """Return what each source was doing when it last reported, by key."""
        with self._connections.read() as (connection, _):
            return journal.sources(connection)

    def check(self) -> list[str]:
        """Return what is wrong with the store, each in a sentence; [] if all is well.

        Reads everything, and takes its time.
        """
        with self._connections.read(limit=float("inf")) as (connection, _):
            return check.problems(connection)


_parse = lru_cache(maxsize=256)(parse)  # a page asks the same all day


def read_query(query: str | Query | None) -> Query | None:
    """Return a query, of a text that was read before the same one."""
    return _parse(query) if isinstance(query, str) else query


def _end(before: Moment | None, as_of: Moment | None, now: datetime) -> int | None:
    """Return the first microsecond that is too late."""
    if before is not None:
        return to_micros(clock.moment(before, at=now))
    # Nothing that was collected by a moment bears a later time.
    return None if as_of is None else to_micros(now) + 1
