"""The peer of the widget's benchmarks: the same posts as HTML, one text per column."""

from __future__ import annotations

from html import escape

from workbench.items import Item
from workbench.store import Store

__all__ = ["html_columns"]

_STYLE = "width:320px;height:560px;overflow:auto"


def html_columns(opened: Store, columns: int, posts: int) -> list[str]:
    """Return the HTML of each column of `page.fill`: plain posts in a box that scrolls."""
    return [
        f'<div style="{_STYLE}"><h2>Column {column}</h2>'
        + "".join(map(_post, opened.search(f"column{column}", limit=posts)))
        + "</div>"
        for column in range(columns)
    ]


def _post(item: Item) -> str:
    return (
        f'<article data-item="{escape(f"{item.source}:{item.id}")}"><b>{escape(item.author_name)}'
        f"</b> <i>{escape(item.author)}</i><p>{escape(item.text)}</p></article>"
    )
