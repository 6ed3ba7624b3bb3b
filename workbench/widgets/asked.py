"""What an explorer is asked for, and what the store answers: no widget in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import escape
from typing import Any, Final
from zoneinfo import ZoneInfo

import pandas as pd

from workbench import analyst, clock, store
from workbench.analyst import describing
from workbench.charts import Chart
from workbench.columns import mood
from workbench.errors import SettingError
from workbench.query import parse

__all__ = ["DATES", "WINDOWS", "Answer", "Asked", "answer", "items_of", "summary", "table"]

DATES: Final = "dates"
WINDOWS: Final[Mapping[str, str]] = {
    "6h": "Last 6 hours",
    "24h": "Last 24 hours",
    "7d": "Last 7 days",
    "30d": "Last 30 days",
    DATES: "Between two dates",
}
"""Spans that can be chosen, and their words."""

_DAY: Final = timedelta(days=1)
_FIRST, _LAST = date(1970, 1, 1), date(9998, 12, 31)
_ROWS: Final = 12
_LONGEST: Final = 220  # characters of a text in the table


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A query, and what it is narrowed to.

    Attributes
    ----------
    query : str
        As typed; "" is everything.
    source, tier : str
        "" is all of them.
    window : str
        One of :data:`WINDOWS`.
    start, end : date or None
        The first and the last day, where the window is ``dates``.
    zone : str
        In which these days are.
    """

    query: str = ""
    source: str = ""
    tier: str = ""
    window: str = "7d"
    start: date | None = None
    end: date | None = None
    zone: str = "UTC"

    @property
    def standing(self) -> str:
        """The query with source and tier, as a column keeps it; "" for everything."""
        parts = [f"({self.query.strip()})"] if self.query.strip() else []
        parts += [f"{name}:{value}" for name, value in self._narrowed if value]
        return parts[0][1:-1] if len(parts) == 1 and self.query.strip() else " ".join(parts)

    @property
    def _narrowed(self) -> tuple[tuple[str, str], ...]:
        return ("source", self.source), ("tier", self.tier)

    @property
    def whole(self) -> str:
        """The query with its window, as a column shows it now."""
        first = f"({self.standing}) " if self.standing else ""
        if self.window != DATES:
            return f"{first}within_time:{self.window}"
        start, end = self._days()
        return f"{first}since:{start} until:{end + _DAY}"

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """Return from when, and before when.

        Raises
        ------
        SettingError
            If a date is missing, or the first lies after the last.
        """
        if self.window != DATES:
            return now - clock.span(self.window), now
        start, end = self._days()
        zone = ZoneInfo(self.zone)
        begin = datetime(start.year, start.month, start.day, tzinfo=zone)
        after = end + _DAY
        until = datetime(after.year, after.month, after.day, tzinfo=zone)
        return begin.astimezone(UTC), min(until.astimezone(UTC), max(now, begin))

    def _days(self) -> tuple[date, date]:
        if self.start is None or self.end is None:
            raise SettingError("choose the first and the last day")
        if self.start > self.end:
            raise SettingError(
                f"the first day, {self.start}, lies after the last, {self.end}; swap them"
            )
        if self.start < _FIRST or self.end > _LAST:
            raise SettingError(f"choose days from {_FIRST} to {_LAST}")
        return self.start, self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the store says.

    Attributes
    ----------
    frame : pandas.DataFrame
        As :func:`workbench.search` returns it, the newest 1,000.
    counts : pandas.DataFrame
        As :func:`workbench.counts` returns it.
    charts : tuple of Chart
        Volume and mood.
    """

    frame: pd.DataFrame
    counts: pd.DataFrame
    charts: tuple[Chart, Chart]


def answer(
    asked: Asked, *, address: str | None, lists: Mapping[str, Collection[str]], limit: int = 1000
) -> Answer:
    """Ask the store.

    Raises
    ------
    QueryError
        If the query cannot be read; it points into the query as typed.
    SettingError
        If the dates make no sense.
    StoreError
        If the store cannot be read.
    """
    if asked.query.strip():
        parse(asked.query, zone=asked.zone)  # so that an error points into what was typed
    now = clock.now()
    start, end = asked.span(now)
    if start >= end:
        raise SettingError(f"{asked.start} is still to come; choose a first day that has begun")
    query = parse(asked.standing, zone=asked.zone) if asked.standing else None
    every = describing.span_for(end - start)
    with store.open(address) as opened:
        buckets = opened.tally(query, every=every, since=start, until=end, lists=lists)
    counts = pd.DataFrame(
        {
            "time": pd.to_datetime([bucket.time for bucket in buckets], utc=True),
            "n": pd.array([bucket.n for bucket in buckets], dtype="int64"),
            "measured": pd.array([bucket.measured for bucket in buckets], dtype="bool"),
        }
    )
    lately = "in the last 24 hours" if end == now else "on the last day"
    tone = mood.describe(buckets, every=every, now=end, zone=asked.zone, lately=lately)
    frame = analyst.search(
        asked.standing or None, since=start, until=end, limit=limit, lists=lists, address=address
    )
    return Answer(
        frame=frame, counts=counts, charts=(describing.volume(counts, zone=asked.zone), tone)
    )


def summary(found: Answer, place: analyst.Standing) -> str:
    """Return the sentence on what was found."""
    rows, total = len(found.frame), int(found.counts["n"].sum())
    if not rows:
        return place.nothing("Nothing matches this query and window")
    shown = "all of them" if rows >= total else f"the newest {rows:,} of them"
    return (
        f"{total:,} found, {shown} in the frame; its first rows are below. "
        f"As of {place.now:%H:%M:%S} UTC."
    )


def items_of(
    asked: Asked,
    found: Answer,
    at: datetime,
    *,
    address: str | None,
    lists: Mapping[str, Collection[str]],
) -> tuple[str, pd.DataFrame]:
    """Return the items behind a point of a chart, and a sentence on them.

    Parameters
    ----------
    asked : Asked
    found : Answer
        What the chart shows.
    at : datetime
        Where the point is, as the chart's clocks have it.
    address, lists
        As for :func:`answer`.
    """
    zone = ZoneInfo(asked.zone)
    every = found.charts[0].series[0].step
    begin, after = asked.span(clock.now())
    if _FIRST <= at.date() <= _LAST:
        point = at.replace(tzinfo=zone).astimezone(UTC)
        start, end = max(point, begin), min(point + every, after)
    else:
        point = start = end = begin
    if start >= end:
        return "There is nothing at that point any more; ask again.", found.frame.head(0)
    rows = analyst.search(
        asked.standing or None, since=start, until=end, limit=_ROWS, lists=lists, address=address
    )
    span = f"{point.astimezone(zone):%d %b %H:%M} to {(point + every).astimezone(zone):%H:%M}"
    many = f"the newest {len(rows)}" if rows.attrs[analyst.NOTES]["is_cut"] else f"{len(rows)}"
    return f"{span}: {many} below. Ask again for all.", rows


def table(frame: pd.DataFrame, zone: str) -> str:
    """Return the first rows as HTML; text stays text."""
    there = ZoneInfo(zone)
    rows = []
    first = frame.head(_ROWS)
    for row, seen in zip(first.to_dict("records"), describing.seen(first), strict=True):
        title, text = _known(row["title"]), _known(row["text"])
        said = " · ".join(dict.fromkeys(part for part in (title, text) if part))
        said = said if len(said) <= _LONGEST else said[:_LONGEST].rstrip() + "…"
        compound = row["compound"]
        cells = (
            f"{seen.astimezone(there):%d %b %H:%M}",
            _known(row["author"]) or _known(row["author_name"]),
            said,
            _known(row["tier"]),
            "" if pd.isna(compound) else f"{compound:+.2f}",
        )
        rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    heads = "".join(f'<th scope="col">{name}</th>' for name in _HEADS)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


_HEADS: Final = ("published", "author", "text", "tier", "compound")


def _known(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)
