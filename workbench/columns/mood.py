"""The sentiment column: how much of what is said reads negative or positive, over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from workbench.charts import Chart, Series, gaps, unmeasured
from workbench.columns.picture import picture
from workbench.columns.tree import el
from workbench.store import Bucket

__all__ = ["describe", "draw", "per"]

_ENOUGH: Final = 5  # scored items before a bucket's share says anything
_WIDTHS: Final = {"narrow": 234, "medium": 294, "wide": 374}
_MOVED: Final = 3.0  # percentage points that count as a change
_TONES: Final[tuple[tuple[str, Literal["neg", "pos"]], ...]] = (
    ("negative", "neg"),
    ("positive", "pos"),
)


def _share(part: int, scored: int) -> float:
    return round(100 * part / scored, 1)


def _scored(bucket: Bucket) -> int:
    return bucket.positive + bucket.neutral + bucket.negative


def _headline(buckets: Sequence[Bucket], late: Sequence[Bucket], lately: str) -> str:
    """Say what is seen: the last day against the days before it."""
    n_late = sum(map(_scored, late))
    n_early = sum(map(_scored, buckets)) - n_late
    if n_late < _ENOUGH:
        return f"Too little was said {lately} to tell the mood"
    negative = sum(b.negative for b in late)
    share = _share(negative, n_late)
    seen = f"{_percent(share)} negative {lately}"
    if n_early < _ENOUGH:
        return f"The mood: {seen}"
    before = _share(sum(b.negative for b in buckets) - negative, n_early)
    if share - before >= _MOVED:
        return f"The mood fell: {seen}, {_percent(before)} before"
    if before - share >= _MOVED:
        return f"The mood rose: {seen}, {_percent(before)} before"
    return f"The mood is steady: {seen}"


def _percent(share: float) -> str:
    return f"{share:.0f}\N{NO-BREAK SPACE}%"


def per(every: timedelta) -> str:
    """Return a span as it stands after "per": ``hour``, ``3 hours``, ``day``."""
    hours = every / timedelta(hours=1)
    if hours < 1:
        return f"{hours * 60:g} minutes"
    if hours == 1:
        return "hour"
    return f"{hours:g} hours" if hours < 24 else "day" if hours == 24 else f"{hours / 24:g} days"


def describe(
    buckets: Sequence[Bucket],
    *,
    every: timedelta,
    now: datetime,
    zone: str,
    lately: str = "in the last 24 hours",
    day: Sequence[Bucket] | None = None,
) -> Chart:
    """Return the chart of how much reads negative and positive.

    Parameters
    ----------
    buckets : sequence of Bucket
        Oldest first, without holes; those not measured say so.
    every : timedelta
        Length of a bucket.
    now : datetime
        Where the last day ends.
    zone : str
        The reader's time zone.
    lately : str
        That day in words.
    day : sequence of Bucket, optional
        What the last day holds to the minute; else what the buckets that lie in it hold.

    Returns
    -------
    Chart
        A share that rests on fewer than five scored items is left blank.
    """
    series = tuple(
        Series(
            name,
            tuple(
                (
                    b.time,
                    _share(getattr(b, name), _scored(b))
                    if b.measured and _scored(b) >= _ENOUGH
                    else None,
                )
                for b in buckets
            ),
            color,
        )
        for name, color in _TONES
    )
    start = now - timedelta(days=1)
    late = [b for b in buckets if b.time >= start] if day is None else day
    title = _headline(buckets, late, lately)
    missing = gaps((b.time, b.time + every, b.measured) for b in buckets)
    return Chart(
        title=title,
        subtitle=f"Share of posts that read negative or positive, per {per(every)}",
        alt=f"{title}; {unmeasured(missing)}." if missing else f"{title}.",
        unit="%",
        zone=zone,
        series=series,
        gaps=missing,
    )


def draw(
    buckets: Sequence[Bucket],
    *,
    every: timedelta,
    now: datetime,
    zone: str,
    day: Sequence[Bucket] | None = None,
    width: str = "medium",
) -> dict[str, Any]:
    """Return the chart and the note of a sentiment column, as a browser needs them.

    Takes what :func:`describe` takes, and the width of the column.

    Returns
    -------
    dict
        ``nodes``, the chart with its title as elements, and ``note``.
    """
    scored = sum(map(_scored, buckets))
    left = sum(b.n for b in buckets) - scored
    note = f"{scored:,} posts scored"
    if left:
        tongues = "a language" if left == 1 else "languages"
        note += f", {left:,} not scored, in {tongues} that no engine reads"
    chart = describe(buckets, every=every, now=now, zone=zone, day=day)
    figure = el(
        "figure",
        "wb-figure wb-entry",
        {"tabindex": "-1"},
        el("h3", "", chart.title),
        el("p", "wb-dek", f"{chart.subtitle}; times in {chart.zone}"),
        picture(chart, width=_WIDTHS[width]) if chart.span else None,
    )
    return {"nodes": [figure], "note": note + "."}
