"""Words in plotly's markup."""

from __future__ import annotations

from html import escape
from typing import Final

from workbench.charts.axes import fit, plain
from workbench.charts.model import Bars, Chart
from workbench.charts.theme import Theme

__all__ = ["headline", "safe"]

_WIDTH: Final = 640  # for which lines are broken


def safe(text: str) -> str:
    r"""Return a text that plotly shows as it is: neither its markup nor formulas in it.

    Examples
    --------
    >>> safe("<b>$x$</b>")
    '&lt;b&gt;&#36;x&#36;&lt;/b&gt;'
    """
    return escape(plain(text), quote=False).replace("$", "&#36;")


def headline(chart: Chart | Bars, theme: Theme) -> str:
    """Return title and subtitle as plotly's markup."""
    title = "<br>".join(map(safe, fit(chart.title, _WIDTH, 16, most=2)))
    zone = f" · {chart.zone}" if isinstance(chart, Chart) else ""
    measured = "<br>".join(map(safe, fit(chart.subtitle + zone, _WIDTH, 12, most=2)))
    return (
        f'<span style="font-family:Georgia,serif;font-size:16px;color:{theme.ink}">'
        f"<b>{title}</b></span><br>{measured}"
    )
