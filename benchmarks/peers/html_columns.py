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

_LOOK = 0.01  # seconds between two looks into the store
_STYLE = "width:320px;height:560px;overflow:auto"


def html_columns(opened: Store, columns: int, posts: int) -> list[str]:
    """Return the HTML of each column of `page.fill`: plain posts in a box that scrolls."""
    return [_column(opened, column, posts) for column in range(columns)]


def _column(opened: Store, column: int, posts: int) -> str:
    found = opened.search(f"column{column}", limit=posts)
    return f'<div style="{_STYLE}"><h2>Column {column}</h2>{"".join(map(_post, found))}</div>'


def follow(address: str, columns: int, posts: int) -> None:
    """Show the columns as one ipywidgets.HTML each, renewed with each post that comes."""
    opened = store.open(address)
    shown = [ipywidgets.HTML(text) for text in html_columns(opened, columns, posts)]
    display(ipywidgets.HBox(shown))

    def renew() -> None:
        seq = opened.seq()
        while True:
            time.sleep(_LOOK)
            items, _, seq = opened.changes(seq, limit=1000)
            for item in items:
                number = int(item.text.split()[0].removeprefix("column"))
                shown[number].value = _column(opened, number, posts)

    threading.Thread(target=renew, daemon=True).start()


def _post(item: Item) -> str:
    return (
        f'<article data-item="{escape(f"{item.source}:{item.id}")}"><b>{escape(item.author_name)}'
        f"</b> <i>{escape(item.author)}</i><p>{escape(item.text)}</p></article>"
    )
