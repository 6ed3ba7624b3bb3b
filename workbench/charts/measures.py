"""Charts of how well labels are found: a table of confusions, and a line of calibration.

Each is drawn as a plotly figure, which carries the same as SVG where notebooks are published.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from workbench.charts import strokes
from workbench.charts.axes import plain, width_of
from workbench.charts.figures import layout_of
from workbench.charts.markup import headline
from workbench.charts.model import Bars
from workbench.charts.published import carry, two_sizes
from workbench.charts.strokes import number
from workbench.charts.theme import Theme, theme_named

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["Bin", "calibration", "confusion"]

_SQUARE: Final = 352  # pixels
_HEAD: Final = 84
_LEFT: Final = 76
_WIDTHS: Final = (720, 360)  # of drawings for a wide screen and for a phone
_BELOW: Final = 36
_DARKEST: Final = 0.6  # so that what is written in a cell can be read on it


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
        zmax=1 / _DARKEST,
        showscale=False,
        xgap=2,
        ygap=2,
    )
    ticks = {"showgrid": False, "zeroline": False, "fixedrange": True}
    drawn.update_xaxes(title="found", side="bottom", **ticks)
    drawn.update_yaxes(title="given", autorange="reversed", **ticks)
    drawn.update_layout(font={"color": colours.ink})
    carry(
        drawn,
        lambda: two_sizes(
            *(_drawn_table(shares, counts, names, title, subtitle, width) for width in _WIDTHS)
        ),
    )
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
    carry(
        drawn, lambda: two_sizes(*(_drawn_line(bins, title, subtitle, width) for width in _WIDTHS))
    )
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


def _drawn_table(  # noqa: PLR0917 - what is drawn, and how wide
    shares: Sequence[Sequence[float]],
    counts: Sequence[Sequence[int]],
    names: Sequence[str],
    title: str,
    subtitle: str,
    width: int,
) -> str:
    """Return the table as SVG."""
    head, top = strokes.head(title, subtitle, width)
    left = max(width_of(name, 11) for name in names) + 8
    side = min(_SQUARE, width - left) / len(names)
    parts = [head, strokes.text(0, top + 8, "given")]
    top += 14
    for row, given in enumerate(names):
        y = top + row * side
        parts.append(strokes.text(left - 6, y + side / 2 + 4, given, anchor="end"))
        for place, found in enumerate(names):
            share, n = shares[row][place], counts[row][place]
            x = left + place * side
            faint = _DARKEST * share
            why = f"{given}, taken for {found}: {share:.0%}, {n:,}"
            parts += [
                strokes.box(x, y, side - 2, side - 2, kind="b-acc", opacity=faint, why=why),
                strokes.text(x + side / 2 - 1, y + side / 2 - 2, f"{share:.0%}", "v", "middle"),
                strokes.text(x + side / 2 - 1, y + side / 2 + 13, f"{n:,}", "n", "middle"),
            ]
    bottom = top + len(names) * side
    for place, found in enumerate(names):
        middle = left + (place + 0.5) * side - 1
        parts.append(strokes.text(middle, bottom + 14, found, anchor="middle"))
    parts.append(strokes.text(left + len(names) * side / 2, bottom + 28, "found", anchor="middle"))
    told = f"{title}. {subtitle}"
    return strokes.framed("".join(parts), alt=told, width=width, height=round(bottom) + _BELOW)


def _drawn_line(bins: Sequence[Bin], title: str, subtitle: str, width: int) -> str:
    """Return the line of calibration as SVG."""
    head, top = strokes.head(title, subtitle, width)
    left, side = 40.0, min(_SQUARE, width - 60.0)
    parts = [head, strokes.text(0, top + 8, "mean label")]
    top += 22

    def x(score: float) -> float:
        return left + (score + 1) / 2 * side

    def y(truth: float) -> float:
        return top + (1 - max(-1.0, min(1.0, truth))) / 2 * side

    for level in (-1.0, -0.5, 0.0, 0.5, 1.0):
        parts += [
            strokes.line("r", left, y(level), left + side, y(level)),
            strokes.text(left - 6, y(level) + 4, f"{level:g}", anchor="end"),
            strokes.line("r", x(level), top, x(level), top + side),
            strokes.text(x(level), top + side + 14, f"{level:g}", anchor="middle"),
        ]
    parts.append(strokes.line("e", x(-1), y(-1), x(1), y(1)))
    points = [f"{number(x(each.score))} {number(y(each.truth))}" for each in bins]
    if points:
        parts.append(f'<path class="l-acc" d="M{"L".join(points)}"/>')
    for each in bins:
        at, why = x(each.score), f"scored {each.score:.2f}, labelled {each.truth:.2f}, {each.n:,}"
        low, high = y(each.truth - each.doubt), y(each.truth + each.doubt)
        parts += [
            strokes.line("z", at, low, at, high),
            strokes.box(at - 4, y(each.truth) - 4, 8, 8, kind="b-acc", why=f"{why} texts"),
        ]
    parts.append(strokes.text(x(0), top + side + 28, "compound score", anchor="middle"))
    told = f"{title}. {subtitle}"
    return strokes.framed("".join(parts), alt=told, width=width, height=round(top + side) + _BELOW)
