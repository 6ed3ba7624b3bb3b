"""Charts over time on a plotly figure, one panel each."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from workbench.charts.axes import fit, plain, round_up, spread, told, width_of
from workbench.charts.markup import headline, safe
from workbench.charts.model import Chart, Series
from workbench.charts.theme import Theme, color_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["draw_panels"]

_PANEL: Final = 220  # pixels of one panel's drawing
_HEAD: Final = 76  # and of what stands above it
_FOOT: Final = 36


def draw_panels(drawn: go.Figure, charts: list[Chart], theme: Theme) -> None:
    """Draw charts one below the other, over the same time."""
    total = len(charts)
    inner = total * _PANEL + (total - 1) * (_HEAD + 16)
    side = max((width_of(words, 12) for chart in charts for words in _names(chart)), default=0)
    drawn.update_layout(
        height=inner + _HEAD + _FOOT,
        margin={"l": 52, "r": 24 + min(side, 160), "t": _HEAD, "b": _FOOT},
    )
    spans = [chart.span for chart in charts if chart.span]
    start = min((span[0] for span in spans), default=None)
    end = max((span[1] for span in spans), default=None)
    for n, chart in enumerate(charts):
        top = 1 - n * (_PANEL + _HEAD + 16) / inner
        panel = _Panel(drawn, chart, theme, n + 1)
        panel.frame((top - _PANEL / inner, top), start, end, is_last=n == total - 1)
        if chart.span:
            panel.fill()


class _Panel:
    """One chart of a figure: its axes, and what is drawn on them."""

    def __init__(self, drawn: go.Figure, chart: Chart, theme: Theme, number: int) -> None:
        self.drawn = drawn
        self.chart = chart
        self.theme = theme
        self.axis = "" if number == 1 else str(number)
        self.zone = ZoneInfo(chart.zone)
        low, high = chart.extent
        self.low = -round_up(-low) if low < 0 else 0.0
        self.high = round_up(high)

    def there(self, moment: datetime) -> datetime:
        """Return a time as the reader's clocks show it; plotly knows no zones."""
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def frame(
        self,
        domain: tuple[float, float],
        start: datetime | None,
        end: datetime | None,
        *,
        is_last: bool,
    ) -> None:
        """Set up the axes and the words above them."""
        theme, n = self.theme, self.axis
        middle = 0.0 if self.low < 0 else self.high / 2
        levels = sorted({self.low, middle, self.high, 0.0})
        self.drawn.layout[f"xaxis{n}"] = {
            "type": "date",
            "anchor": f"y{n}",
            "range": [self.there(start), self.there(end)] if start and end else None,
            "matches": None if n == "" else "x",
            "showticklabels": is_last,
            "visible": self.chart.span is not None,
            "showgrid": False,
            "zeroline": False,
            "ticks": "outside",
            "tickcolor": theme.control,
            "linecolor": theme.control,
            "hoverformat": "%a %d %b %Y, %H:%M",
        }
        self.drawn.layout[f"yaxis{n}"] = {
            "domain": domain,
            "anchor": f"x{n}",
            "range": [self.low, self.high * 1.06],
            "fixedrange": True,
            "visible": self.chart.span is not None,
            "tickvals": levels,
            "ticktext": [told(level, self.chart.unit) for level in levels],
            "gridcolor": theme.hairline,
            "zeroline": True,
            "zerolinecolor": theme.control,
        }
        self._say(
            headline(self.chart, theme),
            x=0,
            xref="paper",
            y=1,
            yref=f"y{n} domain",
            xanchor="left",
            yanchor="bottom",
            xshift=-44,
            yshift=14,
            align="left",
        )
        if not self.chart.span:
            self._say(
                "Nothing has been measured yet.", x=0.5, xref="paper", y=0.5, yref=f"y{n} domain"
            )

    def fill(self) -> None:
        """Draw gaps, series, events and the labels at the end of each line."""
        self._gaps()
        total = len(self.chart.series)
        for place, series in enumerate(self.chart.series):
            self._series(series, color_of(self.theme, series.color, place, of=total))
        for moment, word in self.chart.events:
            self._event(moment, word)
        self._labels()

    def _say(self, words: str, **where: Any) -> None:
        self.drawn.add_annotation(text=words, showarrow=False, **where)

    def _add(self, **trace: Any) -> None:
        self.drawn.add_trace({"xaxis": f"x{self.axis}", "yaxis": f"y{self.axis}", **trace})

    def _gaps(self) -> None:
        chart = self.chart
        if not chart.gaps or not chart.span:
            return
        start, end = chart.span
        named = start - 2 * (end - start)
        for a, b in chart.gaps:
            left, right = self.there(max(a, start)), self.there(min(b, end))
            if left >= right:
                continue
            told = f"not measured, {left:%d %b %H:%M} to {right:%d %b %H:%M}"
            self._add(
                type="scatter",
                x=[left, left, right, right],
                y=[self.low, self.high, self.high, self.low],
                mode="lines",
                line={"width": 0},
                fill="toself",
                fillcolor="rgba(0,0,0,0)",
                fillpattern={
                    "shape": "/",
                    "size": 7,
                    "solidity": 0.18,
                    "fgcolor": self.theme.control,
                    "bgcolor": "rgba(0,0,0,0)",
                },
                name="not measured",
                text=told,
                hoveron="fills",
                hoverinfo="text",
            )
            middle = max(a, start) + (min(b, end) - max(a, start)) / 2
            if middle - named > (end - start) / 7:
                named = middle
                self._say(
                    "not measured",
                    x=self.there(middle),
                    xref=f"x{self.axis}",
                    y=0,
                    yref=f"y{self.axis} domain",
                    yanchor="bottom",
                    bgcolor=self.theme.card,
                    font={"size": 11},
                )

    def _series(self, series: Series, color: str) -> None:
        x = [self.there(moment) for moment, _ in series.points]
        y = [value for _, value in series.points]
        words = [None if v is None else told(v, self.chart.unit) for v in y]
        shared = {"x": x, "y": y, "name": safe(series.name), "hoverinfo": "x+text+name"}
        if series.style == "bar":
            width = series.step.total_seconds() * 1000
            self._add(
                type="bar",
                marker={"color": color, "line": {"width": 0}},
                width=width * 0.9,
                offset=0,
                hovertext=words,
                **shared,
            )
            return
        self._add(
            type="scatter",
            # A value between two unknown ones is no line: it would not be seen.
            mode="lines+markers",
            marker={"color": color, "size": [5 if alone else 0 for alone in _alone(y)]},
            line={"color": color, "width": 2},
            connectgaps=False,
            hovertext=words,
            **shared,
        )

    def _event(self, moment: datetime, word: str) -> None:
        x, ref = self.there(moment), f"x{self.axis}"
        self.drawn.add_shape(
            type="line",
            x0=x,
            x1=x,
            xref=ref,
            y0=0,
            y1=1,
            yref=f"y{self.axis} domain",
            line={"color": self.theme.control, "width": 1, "dash": "dot"},
        )
        self._say(
            safe(fit(word, 140, 11)[0]),
            x=x,
            xref=ref,
            y=1,
            yref=f"y{self.axis} domain",
            xanchor="left",
            yanchor="top",
            xshift=2,
            font={"size": 11},
            bgcolor=self.theme.card,
        )

    def _labels(self) -> None:
        """Name each line at its end, in place of a legend."""
        if not _names(self.chart) or not self.chart.span:
            return
        total = len(self.chart.series)
        ends = [
            (last, series, color_of(self.theme, series.color, n, of=total))
            for n, series in enumerate(self.chart.series)
            if (last := series.last)
        ]
        scale = _PANEL / (self.high * 1.06 - self.low)
        places = [(last[1] - self.low) * scale for last, _, _ in ends]
        moved = spread(places, 32, 14, _PANEL - 8)
        for (last, series, color), was, now in zip(ends, places, moved, strict=True):
            name = safe(fit(series.name, 160, 12)[0])
            self._say(
                f'<span style="color:{color}">■</span> <b>{told(last[1], self.chart.unit)}</b>'
                f"<br>{name}",
                x=1,
                xref="paper",
                y=last[1],
                yref=f"y{self.axis}",
                xanchor="left",
                yanchor="middle",
                xshift=6,
                yshift=now - was,
                align="left",
                font={"color": self.theme.ink, "size": 12},
            )


def _names(chart: Chart) -> list[str]:
    """Return the labels that stand beside a chart; bars alone need none."""
    if len(chart.series) == 1 and chart.series[0].style == "bar":
        return []
    return [plain(series.name) for series in chart.series if series.last]


def _alone(values: list[float | None]) -> list[bool]:
    """Return for each value whether both its neighbours are unknown."""
    padded = [None, *values, None]
    return [
        now is not None and before is None and after is None
        for before, now, after in zip(padded, padded[1:], padded[2:], strict=False)
    ]
