"""A column of a deck as an analyst takes it: its frame, its chart, its files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Final

import pandas as pd

from workbench import clock, exports, store
from workbench.analyst.asking import NOTES, found, frame_of
from workbench.analyst.column_charts import describe
from workbench.analyst.progress import progress
from workbench.charts import figure
from workbench.columns import data
from workbench.columns.data import Moment
from workbench.decks import Column, Deck
from workbench.errors import SettingError
from workbench.exports import Row, Table

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["ColumnData"]

_PATIENCE: Final = 120.0  # seconds that one read for a file may take: nobody waits at a page
_NO_CHART: Final = {
    "briefings": "documents are no numbers",
}


class ColumnData:
    """A column of a deck as data, whatever its type.

    Made by ``deck["Rivals"]``; see :func:`workbench.deck`. Nothing is read before it is asked
    for, and each answer is of that moment.

    Parameters
    ----------
    deck : Deck
    column : Column
    address : str or None
        The store; else ``WORKBENCH_STORE``, else the user's own.

    Notes
    -----
    All methods take `since` and `until`: times, dates, or spans back from now such as ``7d``.
    Of a trending column they set the window, of a sentiment or share-of-voice column how far
    back it goes; as the deck has it unless given. Dates are those of the deck's zone.
    """

    def __init__(self, deck: Deck, column: Column, address: str | None = None) -> None:
        self.deck = deck
        self.column = column
        self.address = address

    def __repr__(self) -> str:
        return f"<{self.column.title}, {self.column.type} column of the deck {self.deck.name}>"

    def frame(
        self, *, since: Moment | None = None, until: Moment | None = None, limit: int = 1000
    ) -> pd.DataFrame:
        """Return what the column shows as a frame.

        Parameters
        ----------
        since, until : datetime, timedelta or str, optional
            From when, and before when.
        limit : int
            At most so many rows.

        Returns
        -------
        pandas.DataFrame
            Of a column of items what :func:`workbench.search` returns, newest first. Of any
            other its own rows, with the fields of
            :data:`workbench.columns.data.FIELDS_OF`.

        Raises
        ------
        SettingError
            If a time or the limit makes no sense.
        StoreError
            If the store cannot be opened or read.
        """
        span = data.between(since, until, clock.now(), zone=self.deck.zone)
        column = self.column
        with store.open(self.address, now=lambda: span.now) as opened:
            if column.type in data.FIELDS_OF:
                made = data.table(self.deck, column, opened, span, limit=limit)
                frame = frame_of(made.fields, chain.from_iterable(made.batches))
                frame.attrs[NOTES] = {"query": column.text or None, "store": str(opened.path)}
            else:
                frame = found(
                    opened,
                    column.query,
                    said=column.text or None,
                    since=span.since,
                    until=span.until,
                    before=None if until is None else span.until,
                    limit=limit,
                    lists=self.deck.lists,
                )
        frame.attrs[NOTES] |= {"deck": self.deck.name, "column": column.title}
        return frame

    def chart(
        self,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        every: timedelta | str | None = None,
        title: str | None = None,
        theme: str = "light",
    ) -> go.Figure:
        """Draw the column: what is said over time, or what its own type shows.

        Parameters
        ----------
        since, until : datetime, timedelta or str, optional
            Between when; of a column of items or alerts the last 7 days unless given.
        every : timedelta or str, optional
            Length of a stretch of a chart over time; what suits the whole unless given.
        title : str, optional
            What is seen; told from the numbers unless given.
        theme : {"light", "dark"}

        Returns
        -------
        plotly.graph_objects.Figure
            What was not measured is hatched, not zero.

        Raises
        ------
        SettingError
            If a time makes no sense, or the column is of a type that has no chart.
        StoreError
            If the store cannot be opened or read.
        """
        if why := _NO_CHART.get(self.column.type):
            raise SettingError(
                f"{self.column.title!r} has no chart: {why}. frame() gives what it shows"
            )
        span = data.between(since, until, clock.now(), zone=self.deck.zone)
        step = None if every is None else clock.span(every)
        with store.open(self.address, now=lambda: span.now) as opened:
            described = describe(self.deck, self.column, opened, span, every=step)
        if title is not None:
            described = replace(described, title=title, alt=f"{title}. {described.alt}")
        return figure(described, theme=theme)

    def to_csv(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        limit: int | None = None,
    ) -> str | None:
        """Write the column as CSV; without a path return it as text.

        Whatever a spreadsheet would take for a formula is made text by an apostrophe before it
        (:func:`workbench.exports.neutral`). A file begins with a byte order mark, by which Excel
        knows UTF-8; the text has none.

        Parameters
        ----------
        path : str or path, optional
        since, until : datetime, timedelta or str, optional
            From when, and before when; everything that is stored unless given.
        limit : int, optional
            At most so many rows; all unless given.

        Raises
        ------
        SettingError
            If a time or the limit makes no sense, or the file cannot be written.
        StoreError
            If the store cannot be opened or read.
        """
        made = self._write("csv", path, since, until, limit)
        return None if made is None else made.decode()

    def to_excel(
        self,
        path: str | os.PathLike[str],
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        limit: int | None = None,
    ) -> None:
        """Write the column as an Excel workbook, times in the deck's zone.

        Formulas are made text as by :meth:`to_csv`. Takes what that takes.

        Raises
        ------
        SettingError
            If there are more rows than a sheet holds (1,048,575), too.
        """
        self._write("xlsx", path, since, until, limit)

    def to_parquet(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        limit: int | None = None,
    ) -> bytes | None:
        """Write the column as Parquet, each field in its own type; without a path return it.

        Takes what :meth:`to_csv` takes.
        """
        return self._write("parquet", path, since, until, limit)

    def to_json(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        limit: int | None = None,
    ) -> str | None:
        """Write the column as a JSON array of objects; without a path return it as text.

        A path that ends in ``.jsonl`` or ``.ndjson`` gets an object to a line, without the
        array. Takes what :meth:`to_csv` takes.
        """
        is_lines = path is not None and os.fspath(path).lower().endswith((".jsonl", ".ndjson"))
        made = self._write("jsonl" if is_lines else "json", path, since, until, limit)
        return None if made is None else made.decode()

    def _write(
        self,
        kind: str,
        path: str | os.PathLike[str] | None,
        since: Moment | None,
        until: Moment | None,
        limit: int | None,
    ) -> bytes | None:
        span = data.between(since, until, clock.now(), zone=self.deck.zone)
        with store.open(self.address, now=lambda: span.now, read_limit=_PATIENCE) as opened:
            made = data.table(self.deck, self.column, opened, span, limit=limit)
            shown = Table(
                made.fields, _watched(made.batches), made.name, made.zone, notes=made.notes
            )
            if path is None:
                return exports.to_bytes(shown, kind)
            exports.save(shown, path, kind)
        return None


def _watched(batches: Iterable[list[Row]]) -> Iterator[list[Row]]:
    """Yield batches, with a bar of progress for whoever waits longer than some seconds."""
    with progress(unit=" rows") as bar:
        for batch in batches:
            yield batch
            bar.update(len(batch))
