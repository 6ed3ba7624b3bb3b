"""Charts of how well labels are found: a table of confusions, and a line of calibration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from workbench.charts.axes import plain
from workbench.charts.figures import layout_of
from workbench.charts.markup import headline
from workbench.charts.model import Bars
from workbench.charts.theme import Theme, theme_named

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["Bin", "calibration", "confusion"]

_SQUARE: Final = 352  # pixels
_HEAD: Final = 84
_LEFT: Final = 76


class Bin(NamedTuple):
    """Texts of like scores.

    Attributes
    ----------
    score : float
        Their mean compound score.
    truth : float
        The mean of their labels: -1 negative, 0 neutral, 1 positive.
    doubt : float
        Twice the standard error of that mean.
    n : int
        How many they are.
    """

    score: float
    truth: float
    doubt: float
    n: int


def confusion(
    counts: Sequence[Sequence[int]],
    names: Sequence[str],
    *,
    title: str,
    subtitle: str,
    theme: str = "light",
) -> go.Figure:
    """Draw which labels were taken for which: a row for each that was given.

    Parameters
    ----------
    counts : sequence of sequence of int
        Texts by label given (rows) and found (columns).
    names : sequence of str
        The labels, in the order of both.
    title, subtitle : str
    theme : {"light", "dark"}
    """
    colours = theme_named(theme)
    shares = [[n / (sum(row) or 1) for n in row] for row in counts]
    told = [
        [f"<b>{share:.0%}</b><br>{n:,}" for share, n in zip(*both, strict=True)]
        for both in zip(shares, counts, strict=True)
    ]
    drawn = _framed(title, subtitle, colours)
    drawn.add_heatmap(
        z=shares,
        x=list(names),
        y=list(names),
        text=told,
        texttemplate="%{text}",
        hovertemplate="%{y}, taken for %{x}: %{text}<extra></extra>",
        colorscale=[[0, colours.card], [1, colours.accent]],
        zmin=0,
        zmax=1.6,  # so that what is written in a cell can be read on its darkest ground
        showscale=False,
        xgap=2,
        ygap=2,
    )
    ticks = {"showgrid": False, "zeroline": False, "fixedrange": True}
    drawn.update_xaxes(title="found", side="bottom", **ticks)
    drawn.update_yaxes(title="given", autorange="reversed", **ticks)
    drawn.update_layout(font={"color": colours.ink})
    return drawn


def calibration(
    bins: Sequence[Bin], *, title: str, subtitle: str, theme: str = "light"
) -> go.Figure:
    """Draw what people said of texts against what an engine scored them; ideal is the diagonal.

    Parameters
    ----------
    bins : sequence of Bin
        The lowest scores first.
    title, subtitle : str
    theme : {"light", "dark"}
    """
    colours = theme_named(theme)
    drawn = _framed(title, subtitle, colours)
    drawn.add_scatter(
        x=[-1, 1],
        y=[-1, 1],
        mode="lines",
        line={"color": colours.control, "dash": "dot", "width": 1},
        hoverinfo="skip",
    )
    drawn.add_scatter(
        x=[each.score for each in bins],
        y=[each.truth for each in bins],
        error_y={"array": [each.doubt for each in bins], "color": colours.control, "width": 3},
        mode="lines+markers",
        line={"color": colours.accent, "width": 2},
        marker={"size": 8, "color": colours.accent},
        hovertext=[f"{each.n:,} texts" for each in bins],
        hovertemplate="scored %{x:.2f}, labelled %{y:.2f}<br>%{hovertext}<extra></extra>",
    )
    grid = {"gridcolor": colours.hairline, "zeroline": False, "fixedrange": True, "dtick": 0.5}
    drawn.update_xaxes(title="compound score", range=[-1.08, 1.08], **grid)
    drawn.update_yaxes(title="mean label", range=[-1.15, 1.15], **grid)
    return drawn


def _framed(title: str, subtitle: str, theme: Theme) -> go.Figure:
    import plotly.graph_objects as go

    drawn = go.Figure(layout=layout_of(theme))
    drawn.update_layout(
        height=_HEAD + _SQUARE,
        margin={"l": _LEFT, "r": 16, "t": _HEAD, "b": 60},
        hovermode="closest",
    )
    said = Bars(title, subtitle, f"{title}. {subtitle}")
    drawn.layout.meta = {"alt": plain(said.alt)}
    drawn.add_annotation(
        text=headline(said, theme),
        showarrow=False,
        x=0,
        xref="paper",
        xanchor="left",
        xshift=16 - _LEFT,
        y=1,
        yref="paper",
        yanchor="bottom",
        yshift=12,
        align="left",
    )
    return drawn
