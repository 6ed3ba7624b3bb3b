"""What an analyst asks of the store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import pandas as pd

from workbench import clock, store
from workbench.columns import rising
from workbench.columns.data import FIELDS_OF, Moment, between, term_rows
from workbench.columns.panels import Voice
from workbench.errors import SettingError
from workbench.exports import Row, of_items
from workbench.items import FIELDS, Field, Item
from workbench.query import Query, parse
from workbench.text.phrases import nltk_likelihoods

__all__ = ["NOTES", "counts", "rank_terms", "search", "share_of_voice", "to_frame"]

NOTES: Final = "workbench"
"""Under this name a frame's ``attrs`` say where it comes from, as plain text and numbers."""

# Fields of a ranking that are always known.
_SURE: Final = {
    **dict.fromkeys(("n", "authors", "coordinated"), "int64"),
    **dict.fromkeys(("expected", "lift", "z"), "float64"),
    "new": "bool",
}
_HOUR: Final = timedelta(hours=1)
_DTYPES: Final[dict[str, Any]] = {
    "bool": "boolean",
    "int": "Int64",
    "float": "Float64",
    "str": "str",
    "list[str]": object,
    "list[Media]": object,
}


def to_frame(items: Iterable[Item]) -> pd.DataFrame:
    """Return items as a frame: one row per item, in their order.

    The fields and their units are those of :data:`workbench.items.FIELDS`. Counts are
    nullable integers, flags nullable booleans, times aware in UTC; lists stay tuples.

    Examples
    --------
    >>> to_frame([]).empty
    True
    """
    return frame_of(FIELDS, of_items(items))


def frame_of(fields: Sequence[Field], rows: Iterable[Row]) -> pd.DataFrame:
    """Return rows as a frame, each field with the dtype that belongs to its own."""
    held = list(rows)
    frame = pd.DataFrame({each.name: [row[n] for row in held] for n, each in enumerate(fields)})
    for field in fields:
        if field.dtype == "datetime":
            frame[field.name] = pd.to_datetime(frame[field.name], utc=True).dt.as_unit("us")
        elif field.dtype in _DTYPES:
            frame[field.name] = frame[field.name].astype(_DTYPES[field.dtype])
    return frame


def search(
    query: str | None = None,
    *,
    since: Moment | None = None,
    until: Moment | None = None,
    limit: int = 1000,
    lists: Mapping[str, Collection[str]] | None = None,
    address: str | None = None,
) -> pd.DataFrame:
    """Return the items that match, newest first.

    Parameters
    ----------
    query : str, optional
        In the query language, as in ``(acme OR #acme) -crypto lang:en``; everything unless given.
    since, until : datetime, timedelta or str, optional
        From when, and before when: a time, a date, or a span back from now such as ``24h``.
    limit : int
        At most so many rows.
    lists : mapping of str to collection of str, optional
        Handles by the name of their people list, as a deck's ``lists`` has them.
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.

    Returns
    -------
    pandas.DataFrame
        One row per item, with the fields of :data:`workbench.items.FIELDS`. Its
        ``attrs["workbench"]`` holds what was asked (query, store, since, until), whether
        there is more than `limit` (is_cut), and which spans of it were not measured (gaps).

    Raises
    ------
    QueryError
        If the query cannot be read.
    SettingError
        If a time or the limit makes no sense.
    StoreError
        If the store cannot be opened.
    """
    now = clock.now()
    span = between(since, until, now)
    with store.open(address, now=lambda: now) as opened:
        before = None if until is None else span.until
        return found(
            opened,
            query,
            said=query,
            since=span.since,
            until=span.until,
            before=before,
            limit=limit,
            lists=lists,
        )


def found(
    opened: store.Store,
    query: Query | str | None,
    *,
    said: str | None,
    since: datetime | None,
    until: datetime,
    before: datetime | None,
    limit: int,
    lists: Mapping[str, Collection[str]] | None,
) -> pd.DataFrame:
    """Return what :func:`search` returns, from a store that is open.

    Parameters
    ----------
    opened : Store
    query : Query, str or None
    said : str or None
        The query as the frame's notes name it.
    since, until : datetime
        The span; None is from the oldest item found.
    before : datetime or None
        What the items lie before, unless that is now.
    limit : int
    lists : mapping of str to collection of str, optional
    """
    items = opened.search(query, limit=limit, since=since, before=before, lists=lists)
    frame = to_frame(items)
    start = since
    if items and (start is None or items.cursor):
        start = items[-1].time
    gaps = [] if start is None else opened.gaps(query, since=start, until=until)
    frame.attrs[NOTES] = {
        "query": said,
        "store": str(opened.path),
        "since": None if start is None else start.isoformat(),
        "until": until.isoformat(),
        "is_cut": items.cursor is not None,
        "gaps": [[a.isoformat(), b.isoformat()] for a, b in gaps],
    }
    return frame


def counts(
    query: str,
    *,
    every: timedelta | str = "1h",
    since: Moment = "24h",
    until: Moment | None = None,
    address: str | None = None,
) -> pd.DataFrame:
    """Return how many items match, per span of time.

    Parameters
    ----------
    query : str
        In the query language.
    every : timedelta or str
        Length of a span, such as ``1h``.
    since, until : datetime, timedelta or str
        Where to begin, and where to end: now unless given.
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.

    Returns
    -------
    pandas.DataFrame
        One row per span, oldest first: time (its start, UTC), n (int), measured (bool: the
        sources were listening all the while; where not, n says nothing).

    Raises
    ------
    QueryError
        If the query cannot be read.
    SettingError
        If a time or span makes no sense.
    StoreError
        If the store cannot be opened.
    """
    now = clock.now()
    span = between(since, until, now)
    with store.open(address, now=lambda: now) as opened:
        buckets = opened.tally(
            query, every=every, since=span.since or now, until=span.until, has_tones=False
        )
    return pd.DataFrame(
        {
            "time": pd.to_datetime([bucket.time for bucket in buckets], utc=True),
            "n": pd.array([bucket.n for bucket in buckets], dtype="int64"),
            "measured": pd.array([bucket.measured for bucket in buckets], dtype="bool"),
        }
    )


def rank_terms(
    query: str | None = None,
    *,
    window: timedelta | str = "6h",
    baseline: timedelta | str = "7d",
    minimum: int = rising.MINIMUM,
    coordinated: rising.Coordinated = "marked",
    address: str | None = None,
) -> pd.DataFrame:
    r"""Rank the words, hashtags and phrases that come up more often than usual.

    Each item counts once for a term. With the number :math:`n` of items in the window and
    the number :math:`e` that the measured part of the baseline lets expect for as busy a
    window,

    .. math:: z = \frac{n - e}{\sqrt{e + 1 + (e / 2)^2}}

    the z-score of a Poisson count, with a floor in the variance for terms that swing by half
    anyway. A phrase is a pair of neighbouring words that NLTK's likelihood ratio sets apart
    from chance and that explains most of both words; it takes their place. A hashtag or cashtag
    takes the place of its word, and a word that of its other forms, by Snowball's stems. Left
    out are words of one or two letters, numbers, words in more than a twentieth of the
    baseline's items, what fewer than three accounts say where more say anything, and what has
    a z below 1.

    Hours in which sources were not listening do not count as baseline; a source that began to
    listen later is held against its own hours.

    Parameters
    ----------
    query : str, optional
        Which items count, before and now; all unless given.
    window : timedelta or str
        The span up to now that is looked at: 15 minutes to 30 days.
    baseline : timedelta or str
        The span before it that tells what is usual.
    minimum : int
        Terms in fewer items of the window are left out.
    coordinated : {"marked", "left-out"}
        Whether near-identical posts of few or of new accounts count; if so, those of one campaign
        are told as one term. See :func:`workbench.text.campaigns.campaigns`.
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.

    Returns
    -------
    pandas.DataFrame
        One row per term, highest z first: term (str), n (int), expected (float), lift
        (float: n / expected; infinite where nothing was expected), z (float), new (bool: no item
        of the baseline holds it), first (UTC: when the first of the n items was published),
        authors (int: accounts behind them), voices (the most active of these, at most five),
        sources (collectors, most items first), coordinated (int: how many of the n belong to a
        campaign), forms (other forms of the word and terms of the same campaign), sample (key of
        one of the items, ``source:id``) and text (its title and text). No rows where
        less of the baseline was measured than the window is long: there is no usual then.
        ``attrs["workbench"]`` holds what was asked, how many hours of the baseline were
        measured (measured_hours), how many posts were left out as coordinated (left_out) and
        which collectors were, since they have listened for less than the window (unknown).

    Raises
    ------
    QueryError
        If the query cannot be read.
    SettingError
        If a span makes no sense, or the window is not shorter than the baseline.
    StoreError
        If the store cannot be opened.

    References
    ----------
    Dunning, "Accurate Methods for the Statistics of Surprise and Coincidence", Computational
    Linguistics 19(1), 1993, for the likelihood ratio.
    """
    looked, before = rising.spans(window, baseline)
    if coordinated not in ("marked", "left-out"):
        raise SettingError(f"coordinated={coordinated!r} must be 'marked' or 'left-out'")
    if minimum < 1:
        raise SettingError(f"minimum={minimum} must be 1 or more: a term must be said to be ranked")
    now = clock.now()
    with store.open(address, now=lambda: now) as opened:
        found = rising.standing(
            opened,
            None if query is None else parse(query),
            window=looked,
            baseline=before,
            now=now,
            lists={},
            minimum=minimum,
            score=nltk_likelihoods,
            coordinated=coordinated,
        )
        where = str(opened.path)
    frame = frame_of(FIELDS_OF["trending"], term_rows(found)).astype(_SURE)
    frame.attrs[NOTES] = {
        "query": query,
        "store": where,
        "window": str(window),
        "baseline": str(baseline),
        "measured_hours": found.measured / _HOUR,
        "left_out": found.left_out,
        "unknown": list(found.unknown),
    }
    return frame


def share_of_voice(
    queries: Mapping[str, str],
    *,
    since: Moment = "7d",
    until: Moment | None = None,
    address: str | None = None,
) -> pd.DataFrame:
    """Return how much of what is said falls to each of several names.

    Parameters
    ----------
    queries : mapping of str to str
        For each name the query that finds what is said of it, as in
        ``{"Acme": "acme OR #acme", "Globex": "globex"}``. An item that several of them find
        counts for each.
    since, until : datetime, timedelta or str
        Between when; until now unless given.
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.

    Returns
    -------
    pandas.DataFrame
        One row per name, most first, ties in the order given: name (str), n (int), share
        (float, 0 to 1: n over the sum of all n; null where nothing was said), measured
        (float, 0 to 1: the part of the span in which the sources were listening).

    Raises
    ------
    QueryError
        If a query cannot be read.
    SettingError
        If a time makes no sense, or `queries` is no mapping.
    StoreError
        If the store cannot be opened.
    """
    if not isinstance(queries, Mapping):
        raise SettingError(
            f"queries={queries!r} must be names with their queries, such as "
            '{"Acme": "acme OR #acme", "Globex": "globex"}'
        )
    now = clock.now()
    span = between(since, until, now)
    with store.open(address, now=lambda: now) as opened:
        found = [
            Voice.of(opened, name, query, since=span.since or now, until=span.until)
            for name, query in queries.items()
        ]
    frame = pd.DataFrame(
        {
            "name": pd.Series(list(queries), dtype="str"),
            "n": pd.array([voice.n for voice in found], dtype="int64"),
            "share": 0.0,
            "measured": pd.array([voice.measured for voice in found], dtype="float64"),
        }
    )
    total = frame["n"].sum()
    frame["share"] = frame["n"] / total if total else float("nan")
    frame["share"] = frame["share"].astype("float64")
    return frame.sort_values("n", ascending=False, kind="stable").reset_index(drop=True)
