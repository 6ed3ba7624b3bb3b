"""What charts of an analyst's frames show: descriptions that any way of drawing takes.

:func:`workbench.charts.figure` makes a plotly figure of them, :func:`workbench.charts.svg` a
drawing for a page or a briefing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pandas as pd

from workbench import clock
from workbench.analyst.asking import NOTES
from workbench.analyst.tone import score_sentiment
from workbench.charts import Bar, Bars, Chart, Series, gaps, unmeasured
from workbench.charts.model import Span
from workbench.columns import mood
from workbench.errors import SettingError
from workbench.store import Bucket
from workbench.text.sentiment import NEGATIVE, POSITIVE

__all__ = ["seen", "span_for", "terms", "tone", "voices", "volume"]

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_SPANS: Final = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    _HOUR,
    3 * _HOUR,
    6 * _HOUR,
    12 * _HOUR,
    _DAY,
    7 * _DAY,
    28 * _DAY,
)
_POINTS: Final = 60
_SHOWN: Final = 12


def span_for(length: timedelta) -> timedelta:
    """Return how long the stretches of a chart should be, so that it has some dozens of them.

    Examples
    --------
    >>> span_for(timedelta(days=7))
    datetime.timedelta(seconds=10800)
    """
    return next((span for span in _SPANS if length / span <= _POINTS), _SPANS[-1])


def require(frame: pd.DataFrame, name: str, fields: Iterable[str], maker: str) -> None:
    """Refuse a frame that lacks a field.

    Raises
    ------
    SettingError
        If it does.
    """
    missing = [field for field in fields if field not in frame]
    if missing:
        raise SettingError(
            f"{name} has no field {' and no field '.join(missing)}; it needs what {maker} "
            f"returns, and has: {', '.join(map(str, frame.columns)) or 'no fields at all'}"
        )


def volume(counted: pd.DataFrame, *, zone: str = "UTC", title: str | None = None) -> Chart:
    """Describe how much was said over time.

    Parameters
    ----------
    counted : pandas.DataFrame
        As :func:`workbench.counts` returns it: time, n, measured.
    zone : str
    title : str, optional
        In place of what the numbers say.
    """
    require(counted, "counts", ("time", "n", "measured"), "wb.counts(…)")
    times = [moment.to_pydatetime() for moment in counted["time"]]
    measured = [bool(value) for value in counted["measured"]]
    values = [int(n) if held else None for n, held in zip(counted["n"], measured, strict=True)]
    posts = Series("posts", tuple(zip(times, values, strict=True)), style="bar")
    every = posts.step
    missing = gaps((time, time + every, held) for time, held in zip(times, measured, strict=True))
    said = title or _busiest(times, values, int(counted["n"].sum()), zone)
    return Chart(
        title=said,
        subtitle=f"Posts, articles and releases per {mood.per(every)}",
        alt=f"{said}. {_missing(missing)}".strip(),
        zone=zone,
        series=(posts,) if times else (),
        gaps=missing,
    )


def _busiest(times: list[datetime], values: list[int | None], total: int, zone: str) -> str:
    known = [(value, -n) for n, value in enumerate(values) if value is not None]
    if not total:
        return "Nothing that matches was said" if known else "Nothing was measured"
    if not known:
        return f"{total:,} found, in a time that was not measured"
    most, place = max(known)
    when = times[-place].astimezone(ZoneInfo(zone))
    return f"{total:,} found, most on {when.day} {when:%b} at {when:%H:%M}: {most:,}"


def _missing(spans: Sequence[Span]) -> str:
    told = unmeasured(spans)
    return f"{told[0].upper()}{told[1:]}." if told else ""


def tone(
    posts: pd.DataFrame,
    *,
    every: timedelta | str | None = None,
    zone: str = "UTC",
    title: str | None = None,
) -> Chart:
    """Describe how much of what is said reads negative and positive over time.

    Parameters
    ----------
    posts : pandas.DataFrame
        With published, and compound or text and lang, as :func:`workbench.search` returns
        it; what of its span was not measured is taken from its notes, where it has any.
    every : timedelta or str, optional
        Length of a stretch; what suits the whole span unless given.
    zone : str
    title : str, optional
        In place of what the numbers say.
    """
    require(posts, "posts", ("published",), "wb.search(…)")
    if "compound" not in posts:
        posts = score_sentiment(posts)
    notes = posts.attrs.get(NOTES, {})
    moments = pd.to_datetime(seen(posts), utc=True)
    until = _moment(notes.get("until")) or (
        moments.max().to_pydatetime() if len(posts) else clock.now()
    )
    since = _moment(notes.get("since")) or (
        moments.min().to_pydatetime() if len(posts) else until - _DAY
    )
    length = max(until - since, timedelta(minutes=5))
    size = span_for(length) if every is None else clock.span(every)
    holes = [(_moment(a) or until, _moment(b) or until) for a, b in notes.get("gaps", ())]
    buckets = _buckets(
        moments, posts["compound"], since=since, until=until, every=size, holes=holes
    )
    lately = "in the last 24 hours"
    if clock.now() - until > _HOUR:
        end = until.astimezone(ZoneInfo(zone))
        lately = f"in the 24 hours to {end.day} {end:%b %H:%M}"
    chart = mood.describe(buckets, every=size, now=until, zone=zone, lately=lately)
    measured = chart.subtitle
    if notes.get("is_cut"):
        measured += f"; the newest {len(posts):,} only"
    said = title or chart.title
    return Chart(
        title=said,
        subtitle=measured,
        alt=f"{said}. {_missing(chart.gaps)}".strip(),
        unit=chart.unit,
        zone=zone,
        series=chart.series,
        gaps=chart.gaps,
    )


def seen(posts: pd.DataFrame) -> pd.Series[Any]:
    """Return when each post counts as published: a forged date puts none out of its place."""
    if "collected" not in posts:
        return posts["published"]
    met, published = posts["collected"], posts["published"]
    forged = met.notna() & ((published > met) | (published.dt.year < 1990))
    return published.mask(forged, met)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _buckets(
    moments: pd.Series[Any],
    compound: pd.Series[Any],
    *,
    since: datetime,
    until: datetime,
    every: timedelta,
    holes: list[tuple[datetime, datetime]],
) -> list[Bucket]:
    """Count posts by stretch of time and tone; stretches begin as the store's do."""
    size = int(every.total_seconds())
    first = int(since.timestamp()) // size
    last = int(until.timestamp()) // size
    if last - first > 100_000:
        raise SettingError(f"every={every} gives {last - first} stretches; choose a longer one")
    stamps = (moments - pd.Timestamp(0, tz="UTC")) // pd.Timedelta(seconds=size)
    scores = compound.astype("Float64")
    table = pd.DataFrame(
        {
            "n": 1,
            "positive": (scores >= POSITIVE).fillna(value=False).astype("int64"),
            "negative": (scores <= NEGATIVE).fillna(value=False).astype("int64"),
            "scored": scores.notna().astype("int64"),
        },
    )
    counted = table.groupby(stamps.to_numpy()).sum().to_dict("index")
    found = []
    for number in range(first, last + 1):
        start = datetime.fromtimestamp(number * size, UTC)
        row = counted.get(number, {"n": 0, "positive": 0, "negative": 0, "scored": 0})
        positive, negative = int(row["positive"]), int(row["negative"])
        is_whole = not any(
            a < min(start + every, until) and max(start, since) < b for a, b in holes
        )
        neutral = int(row["scored"]) - positive - negative
        found.append(Bucket(start, int(row["n"]), positive, neutral, negative, is_whole))
    return found


def terms(ranked: pd.DataFrame, *, limit: int = _SHOWN, title: str | None = None) -> Bars:
    """Describe which terms stand out.

    Parameters
    ----------
    ranked : pandas.DataFrame
        As :func:`workbench.rank_terms` returns it: term, n, expected.
    limit : int
        At most so many.
    title : str, optional
        In place of what the numbers say.
    """
    require(ranked, "terms", ("term", "n", "expected"), "wb.rank_terms(…)")
    if limit < 1:
        raise SettingError(f"limit={limit} must be 1 or more")
    notes = ranked.attrs.get(NOTES, {})
    rows = ranked.head(limit)
    bars = tuple(
        Bar(str(term), float(n), f"{n}, usually {_usual(expected)}", float(expected))
        for term, n, expected in zip(rows["term"], rows["n"], rows["expected"], strict=True)
    )
    said = title or (f"{bars[0].name} stands out most" if bars else "Nothing stands out")
    window = f" in {notes['window']}" if "window" in notes else ""
    before = f", against the {notes['baseline']} before" if "baseline" in notes else ""
    return Bars(
        title=said,
        subtitle=f"Posts{window}{before}; the tick is what is usual",
        alt=f"{said}: {'; '.join(f'{bar.name} {bar.said}' for bar in bars[:3])}." if bars else said,
        bars=bars,
    )


def _usual(expected: float) -> str:
    return f"{expected:.0f}" if expected >= 0.5 else "none" if expected == 0 else "less than 1"


def voices(shares: pd.DataFrame, *, title: str | None = None) -> Bars:
    """Describe who is talked about how much.

    Parameters
    ----------
    shares : pandas.DataFrame
        As :func:`workbench.share_of_voice` returns it: name, n, share, measured.
    title : str, optional
        In place of what the numbers say.
    """
    require(shares, "shares", ("name", "n", "share", "measured"), "wb.share_of_voice(…)")
    known = shares[shares["share"].notna()]
    bars = tuple(
        Bar(str(name), 100 * float(share), f"{100 * share:.0f}\N{NO-BREAK SPACE}% · {n:,}")
        for name, share, n in zip(known["name"], known["share"], known["n"], strict=True)
    )
    lead = (
        f"{bars[0].name} has {bars[0].value:.0f}\N{NO-BREAK SPACE}% of what is said" if bars else ""
    )
    said = title or lead or "None of them is talked about"
    measured = f"Share of {int(shares['n'].sum()):,} mentions"
    least = shares["measured"].min() if len(shares) else 1.0
    if least < 0.995:
        measured += f"; {100 * least:.0f}\N{NO-BREAK SPACE}% of the time was measured"
    return Bars(title=said, subtitle=measured, alt=f"{said}.", unit="%", bars=bars)
