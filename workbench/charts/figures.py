"""A chart as a plotly figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from workbench.charts.axes import fit, plain, told, width_of
from workbench.charts.markup import headline, safe
from workbench.charts.model import Bars, Chart
from workbench.charts.panels import draw_panels
from workbench.charts.published import carry, fitting
from workbench.charts.theme import SANS, Theme, theme_named
from workbench.errors import SettingError

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["figure", "layout_of"]

_HEAD: Final = 76  # pixels above the first bar
_ROW: Final = 26


def figure(*charts: Chart | Bars, theme: str = "light") -> go.Figure:
    """Return charts as one plotly figure, one below the other over the same time.

    Parameters
    ----------
    *charts : Chart or Bars
        One or several charts over time; or one of bars.
    theme : {"light", "dark"}
        The ground that it stands on.

    Returns
    -------
    plotly.graph_objects.Figure
        As wide as what holds it. ``layout.meta["alt"]`` says the finding in words.

    Raises
    ------
    SettingError
        If there is no such theme, no chart, or bars among others.

    Examples
    --------
    >>> drawn = figure(Chart("Nothing was said", "Posts", "Nothing was said."))
    >>> drawn.layout.meta["alt"]
    'Nothing was said.'
    """
    import plotly.graph_objects as go

    colours = theme_named(theme)
    bars = [chart for chart in charts if isinstance(chart, Bars)]
    if not charts or (bars and len(charts) > 1):
        raise SettingError("give one or several charts over time, or a single one of bars")
    drawn = go.Figure(layout=layout_of(colours))
    drawn.layout.meta = {"alt": " ".join(plain(chart.alt) for chart in charts)}
    if bars:
        _draw_bars(drawn, bars[0], colours)
    else:
        draw_panels(drawn, [chart for chart in charts if isinstance(chart, Chart)], colours)
    carry(drawn, lambda: "".join(map(fitting, charts)))
    return drawn


def layout_of(theme: Theme) -> dict[str, Any]:
    """Return what all figures share: ground, type, colours and what hovering shows."""
    return {
        "template": "none",
        "paper_bgcolor": theme.card,
        "plot_bgcolor": theme.card,
        "font": {"family": SANS, "size": 12, "color": theme.grey},
        "showlegend": False,
        "hovermode": "x unified",
        "hoverlabel": {
            "bgcolor": theme.card,
            "bordercolor": theme.control,
            "font": {"color": theme.ink, "family": SANS, "size": 12},
        },
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": theme.control, "activecolor": theme.ink},
        "bargap": 0.1,
        "barmode": "overlay",
    }


def _draw_bars(drawn: go.Figure, chart: Bars, theme: Theme) -> None:
    """Draw names, bars and values; the first at the top."""
    rows = list(range(len(chart.bars)))
    said = [safe(bar.said or told(bar.value, chart.unit)) for bar in chart.bars]
    names = [fit(bar.name, 220, 12)[0] for bar in chart.bars]
    left = max((width_of(name, 12) for name in names), default=0)
    most = max((max(bar.value, bar.usual or 0) for bar in chart.bars), default=0) or 1
    drawn.update_layout(
        height=_HEAD + _ROW * max(2, len(rows)) + 16,
        margin={"l": 20 + left, "r": 16, "t": _HEAD, "b": 12},
        hovermode="closest",
        xaxis={"visible": False, "range": [0, most * 1.45], "fixedrange": True},
        yaxis={
            "range": [max(len(rows), 2) - 0.5, -0.5],
            "tickvals": rows,
            "ticktext": [safe(name) for name in names],
            "tickfont": {"color": theme.ink},
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
    )
    drawn.add_bar(
        orientation="h",
        x=[bar.value for bar in chart.bars],
        y=rows,
        text=said,
        textposition="outside",
        textangle=0,
        cliponaxis=False,
        width=0.55,
        marker={"color": theme.accent},
        hoverinfo="text",
    )
    marks = [(n, bar.usual) for n, bar in enumerate(chart.bars) if bar.usual is not None]
    if marks:
        drawn.add_scatter(
            x=[usual for _, usual in marks],
            y=[n for n, _ in marks],
            mode="markers",
            marker={
                "symbol": "line-ns",
                "size": 16,
                "line": {"width": 2, "color": theme.ink},
            },
            hovertext=[f"usually {told(usual, chart.unit)}" for _, usual in marks],
            hoverinfo="text",
        )
    drawn.add_annotation(
        text=headline(chart, theme),
        showarrow=False,
        x=0,
        xref="paper",
        y=1,
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        xshift=-(12 + left),
        yshift=10,
        align="left",
    )
    if not rows:
        drawn.add_annotation(
            text="Nothing to show yet.", showarrow=False, x=0.5, xref="paper", y=0.5, yref="paper"
        )
