"""Stories for an analyst: what happened, who had it first, and who often does."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import pandas as pd

from workbench import clock, store
from workbench.analyst.asking import NOTES, frame_of, to_frame
from workbench.analyst.progress import progress
from workbench.columns import tabled
from workbench.columns.data import Moment, between
from workbench.errors import SettingError
from workbench.items import Field
from workbench.service.telling import STORIES, tell_all
from workbench.store import Store
from workbench.text import leads
from workbench.text.telling import Story

__all__ = ["early_voices", "lead_ledger", "stories", "story"]

Lists = Mapping[str, Collection[str]]

_PATIENCE: Final = 60.0  # seconds that one read may take: nobody waits at a page
_SPANS: Final = ("lead", "uncertainty")

_SHARE: Final = (
    Field("who", "str", "", "social, wire or tied"),
    Field("n", "int", "count", "stories that it had first"),
    Field("of", "int", "count", "stories that both had"),
    Field("share", "float", "0…1", "n / of"),
    Field("low", "float", "0…1", "begin of the interval that holds the true share in 95 of 100"),
    Field("high", "float", "0…1", "its end"),
)
_VOICES: Final = (
    Field("source", "str", "", ""),
    Field("author", "str", "", "handle; null for a source that names no author"),
    Field("name", "str", "", "as shown"),
    Field("stories", "int", "count", "stories on which it was early"),
    Field("hits", "int", "count", "of these, told by a wire, a filing or a news site afterwards"),
    Field("false_alarms", "int", "count", "denied, or told by nobody else"),
    Field("hit_rate", "float", "0…1", "hits / (hits + false_alarms)"),
    Field("low", "float", "0…1", "begin of the interval that holds the true rate in 95 of 100"),
    Field("high", "float", "0…1", "its end"),
    Field("head_start", "float", "min", "median of how far ahead it was, over its hits"),
)


def stories(
    query: str | None = None,
    *,
    since: Moment = "24h",
    until: Moment | None = None,
    limit: int = 1000,
    lists: Lists | None = None,
    address: str | None = None,
) -> pd.DataFrame:
    """Return stories, those that something came to last first.

    Where no process tells the stories of the store, what has come is put into stories first,
    as ``workbench stories`` does.

    Parameters
    ----------
    query : str, optional
        Stories of which some item matches; all unless given.
    since, until : datetime, timedelta or str, optional
        Something came to them since, and they began before.
    limit : int
        At most so many rows.
    lists : mapping of str to collection of str, optional
        Handles by the name of their people list.
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.

    Returns
    -------
    pandas.DataFrame
        One row per story, with the fields of :data:`workbench.columns.tabled.FIELDS`; lead and
        uncertainty are timedeltas.

    Raises
    ------
    QueryError
        If the query cannot be read.
    SettingError
        If a time or the limit makes no sense.
    StoreError
        If the store cannot be opened, read or written to.
    """
    if limit < 0:
        raise SettingError(f"limit={limit} is less than nothing; give 0 or more")
    with _found(query, since, until, lists, address, limit=limit) as (opened, found):
        frame = frame_of(tabled.FIELDS, map(tabled.row, found))
        for name in _SPANS:
            frame[name] = _minutes(frame[name])
        return _noted(frame, opened, query)


def story(ident: str, *, address: str | None = None) -> pd.DataFrame:
    """Return the items of a story, newest first, as :func:`workbench.search` returns items.

    Parameters
    ----------
    ident : str
        Its id; one that it had before it was merged into another will do.
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.

    Raises
    ------
    SettingError
        If there is no such story.
    StoreError
        If the store cannot be opened or read.
    """
    with store.open(address, read_limit=_PATIENCE) as opened:
        items, _ = opened.members(opened.story_called(ident))
        if not items:
            raise SettingError(
                f"there is no story {ident!r}; wb.stories() returns those that there are"
            )
        return _noted(to_frame(reversed(items)), opened, None)


def lead_ledger(
    query: str | None = None,
    *,
    since: Moment = "30d",
    until: Moment | None = None,
    tied: float = 120.0,
    lists: Lists | None = None,
    address: str | None = None,
) -> pd.DataFrame:
    """Count who had stories first: social networks or the newswires.

    Takes besides what is here what :func:`stories` takes.

    Parameters
    ----------
    tied : float
        Leads up to so many seconds count as none, and up to their doubt where that is more.

    Returns
    -------
    pandas.DataFrame
        One row each for social, wire and tied: who, n, of, share, and the Wilson interval
        (low, high). Its ``attrs["workbench"]`` holds median_lead (seconds, positive where social
        was first), reports (stories that a report told later) and report_lag (median, seconds).
    """
    with _found(query, since, until, lists, address) as (opened, found):
        ledger = leads.ledger(found, tied=tied)
        rows = [(who, *getattr(ledger, who)) for who in ("social", "wire", "tied")]
        frame = _noted(frame_of(_SHARE, rows), opened, query)
    frame.attrs[NOTES] |= {
        name: getattr(ledger, name) for name in ("median_lead", "reports", "report_lag")
    }
    return frame


def early_voices(
    query: str | None = None,
    *,
    since: Moment = "30d",
    until: Moment | None = None,
    early: int = 3,
    minimum: int = 2,
    lists: Lists | None = None,
    address: str | None = None,
) -> pd.DataFrame:
    """Return which accounts are early on stories, and how often that came to something.

    See :func:`workbench.text.leads.early_voices` for what counts as early, as a hit and as a
    false alarm. Takes besides what is here what :func:`stories` takes.

    Parameters
    ----------
    early : int
        How many voices of a story count as early.
    minimum : int
        Voices that were early on fewer stories are left out.

    Returns
    -------
    pandas.DataFrame
        One row per voice, most hits first: source, author, name, stories, hits, false_alarms,
        hit_rate with its Wilson interval (low, high), head_start (timedelta).
    """
    with _found(query, since, until, lists, address) as (opened, found):
        voices = leads.early_voices(
            found, lambda story: opened.members(story)[0], early=early, minimum=minimum
        )
        rows = [
            (
                *(each.source, each.author, each.name, each.stories),
                *(each.hits.n, each.false_alarms.n),
                *(each.hits.share, each.hits.low, each.hits.high),
                None if each.head_start is None else each.head_start / 60,
            )
            for each in voices
        ]
        frame = frame_of(_VOICES, rows)
        frame["head_start"] = _minutes(frame["head_start"])
        return _noted(frame, opened, query)


@contextmanager
def _found(
    query: str | None,
    since: Moment,
    until: Moment | None,
    lists: Lists | None,
    address: str | None,
    *,
    limit: int = 100_000,
) -> Iterator[tuple[Store, list[Story]]]:
    """Open the store, with the stories of a span."""
    now = clock.now()
    span = between(since, until, now)
    with store.open(address, now=lambda: now, read_limit=_PATIENCE) as opened:
        _catch_up(opened)
        start: datetime = span.since or clock.EPOCH
        among = None
        if query is not None:
            among = opened.stories_of(query, since=start, until=span.until, lists=lists)
        yield opened, opened.stories(since=start, until=span.until, limit=limit, among=among)


def _catch_up(opened: Store) -> None:
    """Put what has come into stories, unless a process does that already."""
    if any(lease.source == STORIES and lease.is_held for lease in opened.leases()):
        return
    with progress(desc="stories") as bar:

        def show(done: int, whole: int) -> None:
            bar.total = whole
            bar.update(done - bar.n)

        tell_all(opened, show)


def _minutes(values: pd.Series[Any]) -> pd.Series[Any]:
    return pd.to_timedelta(values.astype("float64"), unit="min").dt.round("ms")


def _noted(frame: pd.DataFrame, opened: Store, query: str | None) -> pd.DataFrame:
    frame.attrs[NOTES] = {"query": query, "store": str(opened.path)}
    return frame
