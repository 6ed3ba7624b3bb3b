"""What an analyst asks of the store: frames in, frames out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, Final

import pandas as pd

from workbench import store
from workbench.items import FIELDS, Item

__all__ = ["counts", "search", "to_frame"]

_DTYPES: Final[dict[str, Any]] = {
    "bool": "boolean",
    "int": "Int64",
    "float": "Float64",
    "str": "str",
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
    rows = list(items)
    frame = pd.DataFrame(
        {field.name: [getattr(item, field.name) for item in rows] for field in fields(Item)}
    )
    for field in FIELDS:
        if field.dtype == "datetime":
            frame[field.name] = pd.to_datetime(frame[field.name], utc=True)
        elif field.dtype in _DTYPES:
            frame[field.name] = frame[field.name].astype(_DTYPES[field.dtype])
    return frame


def search(
    query: str,
    *,
    since: datetime | timedelta | str | None = None,
    limit: int = 1000,
    address: str | None = None,
) -> pd.DataFrame:
    """Return the items that match, newest first.

    Parameters
    ----------
    query : str
        In the query language, as in ``(acme OR #acme) -crypto lang:en``.
    since : datetime, timedelta or str, optional
        A time, a date, or a span back from now such as ``24h``.
    limit : int
        At most so many rows.
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.

    Returns
    -------
    pandas.DataFrame
        One row per item, with the fields of :data:`workbench.items.FIELDS`.

    Raises
    ------
    QueryError
        If the query cannot be read.
    StoreError
        If the store cannot be opened.
    """
    with store.open(address) as opened:
        return to_frame(opened.search(query, limit=limit, since=since))


def counts(
    query: str,
    *,
    every: timedelta | str = "1h",
    since: datetime | timedelta | str = "24h",
    address: str | None = None,
) -> pd.DataFrame:
    """Return how many items match, per span of time.

    Parameters
    ----------
    query : str
        In the query language.
    every : timedelta or str
        Length of a span.
    since : datetime, timedelta or str
        Where to begin.
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.

    Returns
    -------
    pandas.DataFrame
        One row per span, oldest first: time (its start, UTC), n (int), measured (bool: the
        sources were listening all the while; where not, n says nothing).
    """
    with store.open(address) as opened:
        return opened.counts(query, every=every, since=since)
