"""How much is written elsewhere: a source's own counts, beside those of what is stored."""

from __future__ import annotations

import threading
from datetime import timedelta
from itertools import pairwise
from typing import Final

import pandas as pd

from workbench import clock
from workbench.collectors.gdelt_volume import ask_volume, step_of, text_of
from workbench.columns.data import Moment, between
from workbench.errors import SourceError
from workbench.http import Client
from workbench.query import parse

__all__ = ["news_volume"]

_FINEST: Final = timedelta(minutes=15)
_COUNTED: Final = timedelta(minutes=30)  # after a step, by when all of it is


def news_volume(
    query: str,
    *,
    since: Moment = "7d",
    until: Moment | None = None,
    client: Client | None = None,
) -> pd.DataFrame:
    """Return how many articles of the world's news sites match, as GDELT counts them, now.

    GDELT looks through whole texts, in English translation, and is asked for the words of the
    query alone; nothing is stored. A request takes some seconds, for there may be one each 5 s.

    Parameters
    ----------
    query : str
        In the query language: words and phrases, which must all be there, or of which one.
    since, until : datetime, timedelta or str
        Where to begin, three months back at most, and where to end: now unless given.
    client : Client, optional
        What opens the connection; one of its own unless given.

    Returns
    -------
    pandas.DataFrame
        One row per step of a quarter of an hour, of an hour from three days on or of a day from
        a week on, oldest first: time (its start, UTC), n (int), total (int: articles of all
        kinds; null if it does not say), measured (bool: false where GDELT names no number or the
        step is not over). ``attrs["asked"]`` is what it was asked. As :func:`counts` returns
        them, so that :func:`chart_counts` draws it.

    Raises
    ------
    QueryError
        If the query cannot be read.
    SettingError
        If GDELT cannot be asked for it, or a time makes no sense.
    RateLimited
        If GDELT asks us to wait: then nothing was measured.
    SourceError
        If it cannot be reached, or refuses the query.
    """
    now = clock.now()
    span = between(since, until, now)
    start, end = span.since or now, span.until
    text = text_of(parse(query))
    opened = client or Client()
    try:
        volumes = ask_volume(opened, text, start, end, stop=threading.Event())
    finally:
        if client is None:
            opened.close()
    usual = step_of(end - start)
    # What lies elsewhere is no answer to what was asked.
    found = {each.time: each for each in volumes if start - usual <= each.time <= end}
    if not found:
        raise SourceError("gdelt: answered with counts of another time than was asked for")
    step = max(min((later - before for before, later in pairwise(found)), default=usual), _FINEST)
    first, last = min(found), max(found)
    times = [first + n * step for n in range((last - first) // step + 1)]
    totals = [found[time].total if time in found else None for time in times]
    frame = pd.DataFrame(
        {
            "time": pd.to_datetime(times, utc=True),
            "n": pd.array([found[t].n if t in found else 0 for t in times], dtype="int64"),
            "total": pd.array(totals, dtype="Int64"),
            "measured": pd.array(
                [t in found and t + step + _COUNTED <= now for t in times], dtype="bool"
            ),
        }
    )
    frame.attrs["asked"] = text
    return frame
