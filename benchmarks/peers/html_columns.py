"""The peer of the widget's benchmarks: the same posts as HTML, one text per column."""

from __future__ import annotations

import threading
import time
from html import escape

import ipywidgets
from IPython.display import display

from workbench import store
from workbench.items import Item
from workbench.store import Store

__all__ = ["follow", "html_columns"]

_PACE = 0.25
_STYLE = "width:320px;height:560px;overflow:auto"


def html_columns(opened: Store, columns: int, posts: int) -> list[str]:
    """Return the HTML of each column of `page.fill`: plain posts in a box that scrolls."""
    return [
        f'<div style="{_STYLE}"><h2>Column {column}</h2>'
        + "".join(map(_post, opened.search(f"column{column}", limit=posts)))
        + "</div>"
        for column in range(columns)
    ]


def follow(address: str, columns: int, posts: int) -> None:
    """Show the columns as one ipywidgets.HTML each, renewed four times a second at most."""
    opened = store.open(address)
    shown = [ipywidgets.HTML(text) for text in html_columns(opened, columns, posts)]
    display(ipywidgets.HBox(shown))

    def renew() -> None:
        seen = opened.seq()
        while True:
            time.sleep(_PACE)
            if (seq := opened.seq()) != seen:
                seen = seq
                for widget, text in zip(shown, html_columns(opened, columns, posts), strict=True):
                    widget.value = text

    threading.Thread(target=renew, daemon=True).start()


def _post(item: Item) -> str:
    return (
        f'<article data-item="{escape(f"{item.source}:{item.id}")}"><b>{escape(item.author_name)}'
        f"</b> <i>{escape(item.author)}</i><p>{escape(item.text)}</p></article>"
    )
