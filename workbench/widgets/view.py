"""A deck in a notebook: where the page puts its live columns, and a still picture elsewhere."""

from __future__ import annotations

import os
from html import escape
from typing import Any, Final

from workbench import store
from workbench.columns import Board
from workbench.decks import load
from workbench.errors import StoreError

__all__ = ["DeckView", "deck"]

_SHOWN: Final = 8
_CELL: Final = "vertical-align:top;text-align:left;width:16%"  # JupyterLab's own is otherwise


class DeckView:
    """A deck as a notebook displays it.

    On the executives' page the columns come to life here. In JupyterLab it is a still
    picture of them, made from the store at the moment of display.

    Parameters
    ----------
    name : str
        Name of a deck, or the path of its file.
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.
    """

    def __init__(self, name: str, *, address: str | None = None) -> None:
        self.name = name
        self.address = address

    def _repr_html_(self) -> str:
        """Return the place for the live columns, with the still picture inside it."""
        still = "" if os.environ.get("WORKBENCH_PAGE") else self._still()
        return f'<div class="wb-deck" data-deck="{escape(self.name)}">{still}</div>'

    def _still(self) -> str:
        loaded = load(self.name)
        try:
            with store.open(self.address) as opened:
                columns = Board(loaded, opened).state()["columns"]
                where = self.address or store.default_address()
        except StoreError as error:
            return f"<p>{escape(str(error))}</p>"
        told = "".join(f"<td style='{_CELL}'>{_column(column)}</td>" for column in columns)
        return (
            f"<h3>{escape(loaded.title)}</h3><p>From {escape(where)}, as of now.</p>"
            f"<table><tr>{told}</tr></table>"
        )


def _column(column: dict[str, Any]) -> str:
    lines = [f"<b>{escape(column['title'])}</b>"]
    for item in column.get("items", [])[:_SHOWN]:
        head = escape(item.get("title") or item["text"])
        lines.append(f"<p>{escape(item.get('name', ''))}: {head}</p>")
    lines += [
        f"<p>{escape(row['term'])}: {escape(row['why'])}</p>" for row in column.get("rows", [])
    ]
    if "chart" in column:
        lines.append(f"<p>{escape(column['chart']['title'])}</p>")
    if len(lines) == 1:
        lines.append(f"<p>{escape(column['state']['text'] or 'Nothing yet.')}</p>")
    return "".join(lines)


def deck(name: str | None = None, *, address: str | None = None) -> DeckView:
    """Return a deck for display as the last line of a cell.

    Parameters
    ----------
    name : str, optional
        Name of a deck, or the path of its file; else the deck that the page publishes
        (``WORKBENCH_DECK``), else ``demo``.
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.

    Raises
    ------
    DeckError
        If the deck's file is wrong; said when it is displayed.
    """
    return DeckView(name or os.environ.get("WORKBENCH_DECK") or "demo", address=address)
