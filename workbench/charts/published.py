"""A plotly figure that carries its chart as SVG too, for pages that run no script."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from workbench.charts.drawing import svg
from workbench.charts.model import Bars, Chart

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["carry", "drawings", "fitting", "two_sizes"]


def fitting(chart: Chart | Bars) -> str:
    """Return a chart as HTML: drawn for a wide screen and for a phone, of which one is shown."""
    return two_sizes(svg(chart, width=720, height=260), svg(chart, width=360, height=240))


def two_sizes(wide: str, narrow: str) -> str:
    """Return two drawings as HTML, of which a wide screen shows one and a phone the other."""
    return (
        f'<div class="wb-on-wide">{wide}</div>'
        # A published page drops the style; where its sheet is missing, the wide one is enough.
        f'<div class="wb-on-phone" style="display:none">{narrow}</div>'
    )


def carry(figure: go.Figure, draw: Callable[[], str]) -> None:
    """Give a figure, once it is done, the same chart as HTML, where notebooks are published.

    What is published runs no script of a notebook.
    """
    if os.environ.get("WORKBENCH_PAGE") or os.environ.get("WORKBENCH_RUN"):
        drawn = {"html": draw(), "of": _digest(json.loads(figure.to_json()))}
        figure.layout.meta = {**figure.layout.meta, **drawn}


def drawings(bundle: Mapping[str, Any]) -> str:
    """Return the drawings that a displayed figure carries, as HTML.

    Parameters
    ----------
    bundle : Mapping
        What ``application/vnd.plotly.v1+json`` holds.

    Returns
    -------
    str
        Nothing if the figure carries none, or was changed since it was made: then they would
        show something else than what its owner sees.
    """
    try:
        meta = bundle["layout"]["meta"]
        drawn, is_same = meta["html"], meta["of"] == _digest(bundle)
    except (KeyError, TypeError):
        return ""
    return drawn if is_same and isinstance(drawn, str) else ""


def _digest(figure: Mapping[str, Any]) -> str:
    layout = {name: value for name, value in figure["layout"].items() if name != "meta"}
    known = json.dumps([figure["data"], layout], sort_keys=True)
    return sha256(known.encode()).hexdigest()
