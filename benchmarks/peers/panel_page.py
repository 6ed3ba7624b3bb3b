"""The peer of page.py: the same posts in Panel, one HTML pane per column."""

from __future__ import annotations

import json
import os
from html import escape
from pathlib import Path

import panel as pn

STYLE = {"width": "320px", "height": "800px", "overflow": "auto"}


def post(item: dict[str, str]) -> str:
    """Return one post as HTML."""
    return (
        f'<article data-item="{escape(item["key"])}"><b>{escape(item.get("name", ""))}</b> '
        f"<i>{escape(item.get('author', ''))}</i><p>{escape(item['text'])}</p></article>"
    )


def page() -> pn.Row:
    """Return the columns side by side."""
    columns = json.loads(Path(os.environ["BENCH_COLUMNS"]).read_text(encoding="utf-8"))
    return pn.Row(
        *[
            pn.Column(
                f"## {column['title']}",
                pn.pane.HTML("".join(map(post, column["items"]))),
                styles=STYLE,
            )
            for column in columns
        ]
    )


page().servable()
