"""Charts of how well the text analysis does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

import pandas as pd

from workbench import clock
from workbench.analyst.asking import NOTES
from workbench.analyst.describing import require
from workbench.charts import Chart, Series, figure, measures
from workbench.errors import SettingError
from workbench.text.social import CLASSES

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["chart_calibration", "chart_confusion", "chart_trace"]

_SIGNS: Final = dict(zip(CLASSES, (-1, 0, 1), strict=True))
_MAKER: Final = "wb.evaluate_sentiment(…)"


def chart_confusion(
    evaluated: pd.DataFrame, *, title: str | None = None, theme: str = "light"
) -> go.Figure:
    """Draw which labels an engine takes for which.

    Parameters
    ----------
    evaluated : pandas.DataFrame
        As :func:`workbench.evaluate_sentiment` returns it.
    title, theme : str
        As :func:`chart_counts` takes them.

    Raises
    ------
    SettingError
        If a field is missing, or there is no such theme.
    """
    require(evaluated, "evaluated", ("truth", "label"), _MAKER)
    counted = pd.crosstab(evaluated["truth"], evaluated["label"])
    counted = counted.reindex(index=list(CLASSES), columns=list(CLASSES), fill_value=0)
    right = float((evaluated["truth"] == evaluated["label"]).mean()) if len(evaluated) else 0.0
    return measures.confusion(
        counted.to_numpy().tolist(),
        CLASSES,
        title=title or f"{right:.0%} of the labels are found",
        subtitle=f"{_engine(evaluated)}, {len(evaluated):,} texts",
        theme=theme,
    )


def chart_calibration(
    evaluated: pd.DataFrame, *, bins: int = 10, title: str | None = None, theme: str = "light"
) -> go.Figure:
    """Draw what an engine's scores are worth: what people said of the texts that scored alike.

    On the diagonal a score of 0.6 means that of ten such texts six more are positive than
    negative. Below it on the right, or above it on the left, the engine is too sure of itself.

    Parameters
    ----------
    evaluated : pandas.DataFrame
        As :func:`workbench.evaluate_sentiment` returns it.
    bins : int
        Parts of about as many texts each, in the order of their scores; texts of the same score
        stay together.
    title, theme : str
        As :func:`chart_counts` takes them.

    Raises
    ------
    SettingError
        If a field is missing, there are fewer than two bins, or there is no such theme.
    """
    require(evaluated, "evaluated", ("truth", "compound"), _MAKER)
    if bins < 2:
        raise SettingError(f"bins={bins} must be 2 or more")
    known = evaluated.dropna(subset=["compound"])
    signs = known["truth"].map(_SIGNS).astype("float64")
    score = known["compound"].astype("float64")
    found = []
    for _, inside in _parts(score, bins):
        truth = signs.loc[inside.index]
        doubt = 2 * float(truth.std(ddof=0)) / len(truth) ** 0.5
        found.append(measures.Bin(float(inside.mean()), float(truth.mean()), doubt, len(truth)))
    off = sum(abs(each.score - each.truth) * each.n for each in found) / (len(known) or 1)
    return measures.calibration(
        found,
        title=title
        or (f"A score is off by {off:.2f} on average" if found else "Nothing is scored"),
        subtitle=f"{_engine(evaluated)}, {len(known):,} texts; bars are two standard errors",
        theme=theme,
    )


def chart_trace(
    traced: pd.DataFrame,
    *,
    events: Mapping[str, datetime | str] | None = None,
    zone: str = "UTC",
    title: str | None = None,
    theme: str = "light",
) -> go.Figure:
    """Draw how far terms stood out over time.

    Parameters
    ----------
    traced : pandas.DataFrame
        As :func:`workbench.trace_terms` returns it, of at most six terms.
    events : mapping of str to datetime or str, optional
        What happened when: a line each; a time without a zone is in `zone`. Those outside of the
        chart's time are left out.
    zone, title, theme : str
        As :func:`chart_counts` takes them.

    Raises
    ------
    SettingError
        If a field is missing, there are more than six terms, or there is no such theme.
    """
    require(traced, "traced", ("time", "term", "z"), "wb.trace_terms(…)")
    series = tuple(
        Series(
            str(term),
            tuple(
                (at.to_pydatetime(), None if pd.isna(z) else float(z))
                for at, z in zip(rows["time"], rows["z"], strict=True)
            ),
        )
        for term, rows in traced.groupby("term", sort=False)
    )
    tops = [(z, row.name) for row in series for _, z in row.points if z is not None]
    top = max(tops, default=None)
    said = title or (f"{top[1]} stood out most" if top else "Nothing stood out")
    times = traced["time"]
    now = clock.now()
    told = sorted(
        (clock.moment(at, at=now, zone=zone), word) for word, at in (events or {}).items()
    )
    lines = tuple(
        (at, word) for at, word in told if len(times) and times.min() <= at <= times.max()
    )
    chart = Chart(
        title=said,
        subtitle="z of each term: how far its count lies above what is usual",
        alt=f"{said}; the highest z is {top[0]:.1f}." if top else f"{said}.",
        zone=zone,
        series=series,
        events=lines,
    )
    return figure(chart, theme=theme)


def _parts(score: pd.Series[float], bins: int) -> Iterable[tuple[object, pd.Series[float]]]:
    """Return scores in parts of about the same size, the lowest first."""
    if score.empty:
        return ()
    return score.groupby(
        pd.qcut(score, min(bins, score.nunique()), duplicates="drop"), observed=True
    )


def _engine(evaluated: pd.DataFrame) -> str:
    return str(evaluated.attrs.get(NOTES, {}).get("engine", "an engine"))
