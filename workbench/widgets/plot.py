"""Charts as a widget: plotly's own script, in JupyterLab's light or dark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

import anywidget
import traitlets

from workbench.charts import Bars, Chart, figure

__all__ = ["Plot"]

_LONGEST: Final = 40  # characters of a time


@cache
def _module() -> str:
    """Return plotly.js and what shows a figure with it, as one module without imports."""
    from plotly.offline import get_plotlyjs

    part = files("workbench.widgets") / "static" / "plot.js"
    return f"{get_plotlyjs()}\n{part.read_text('utf-8')}"


class Plot(anywidget.AnyWidget):
    """Charts in one plotly figure, shown by plotly's script out of this widget's own module.

    It needs neither a network nor a front-end extension but anywidget's, so that it works in
    Voila too, and is a good deal quicker to start than a FigureWidget. The front end can set
    nothing of it.

    Parameters
    ----------
    *charts : Chart or Bars
        As for :func:`workbench.charts.figure`.
    """

    alt = traitlets.Unicode().tag(sync=True)
    """The finding in words, for whoever does not see the drawing.

    - Type: str.
    - Default: "".
    """

    _light = traitlets.Unicode().tag(sync=True)
    _dark = traitlets.Unicode().tag(sync=True)
    _esm = traitlets.Unicode().tag(sync=True)

    def __init__(self, *charts: Chart | Bars) -> None:
        super().__init__()
        self.charts: tuple[Chart | Bars, ...] = ()
        self._pointed: list[Callable[[datetime], object]] = []
        self.on_msg(self._told)
        if charts:
            self.show(*charts)

    @traitlets.default("_esm")
    def _default_esm(self) -> str:
        return _module()

    def show(self, *charts: Chart | Bars) -> None:
        """Show other charts from now on."""
        self.charts = charts
        light = figure(*charts)
        with self.hold_trait_notifications():
            self.alt = light.layout.meta["alt"]
            self._dark = figure(*charts, theme="dark").to_json()
            self._light = light.to_json()

    def on_point(self, callback: Callable[[datetime], object]) -> None:
        """Have a click on a point told: when it is, as the chart's clocks have it."""
        self._pointed.append(callback)

    def _told(self, _: Any, content: Any, __: Any) -> None:
        at = content.get("at") if isinstance(content, dict) else None
        if not isinstance(at, str) or len(at) > _LONGEST:
            return
        try:
            when = datetime.fromisoformat(at)
        except ValueError:
            return
        for callback in self._pointed:
            callback(when.replace(tzinfo=None))

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Refuse what a front end would set: there is nothing to be set."""
