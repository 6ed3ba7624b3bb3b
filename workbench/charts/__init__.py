"""Charts: one description, drawn as a plotly figure for notebooks or as SVG for pages."""

from workbench.charts.drawing import svg
from workbench.charts.figures import figure
from workbench.charts.model import Bar, Bars, Chart, Series, gaps, unmeasured
from workbench.charts.strokes import STYLE
from workbench.charts.theme import THEMES

__all__ = [
    "STYLE",
    "THEMES",
    "Bar",
    "Bars",
    "Chart",
    "Series",
    "figure",
    "gaps",
    "svg",
    "unmeasured",
]
