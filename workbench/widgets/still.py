"""A deck as a still picture: for whatever shows a notebook without a kernel or widgets."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from workbench import store
from workbench.columns import Board
from workbench.decks import Deck
from workbench.errors import StoreError
from workbench.widgets.live import missing

__all__ = ["still"]

_SHOWN: Final = 8
_LONGEST: Final = 280
_INK, _GREY, _LINE, _CARD = "#1b1d21", "#5d636e", "#e2ded5", "#fffefb"
_EDGES: Final = {1: "#1f7a4d", 0: _LINE, -1: "#b3382c"}
_SANS: Final = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif"
_SERIF: Final = "font-family:Georgia,'Times New Roman',serif"
_SMALL: Final = f"margin:0;font-size:12px;line-height:16px;color:{_GREY}"
# Each element carries its own style: style sheets are what such places take away first. A table
# keeps the columns side by side even where styles go as well.
_TABLE: Final = f"border-collapse:separate;border-spacing:12px 0;background:#f6f4ef;color:{_INK}"
_CELL: Final = (
    f"width:260px;min-width:260px;padding:0;text-align:left;vertical-align:top;"
    f"white-space:normal;background:{_CARD};border:1px solid {_LINE};border-radius:6px"
)


def still(deck: Deck, address: str | None) -> str:
    """Return a deck's columns as they are now, as HTML that needs neither script nor style sheet.

    Whatever comes from outside stands in it as text; links are http(s) alone. If the store cannot
    be read, a sentence says so.
    """
    if where := missing(address):
        return _sentence(deck, f"There is no store in {where} yet; workbench up fills one.")
    try:
        with store.open(address) as opened:
            state = Board(deck, opened).state()
    except StoreError as error:
        return _sentence(deck, str(error))
    zone = ZoneInfo(state["deck"]["zone"])
    when = datetime.fromtimestamp(state["now"] / 1000, UTC).astimezone(zone)
    cells = "".join(
        f'<td style="{_CELL}">{_column(column, zone, when)}</td>' for column in state["columns"]
    )
    return (
        f'<div style="{_SANS};font-size:14px;line-height:20px;overflow-x:auto;background:#f6f4ef;'
        f'color:{_INK};border-radius:6px;padding:12px 0">'
        f'<h3 style="{_SERIF};margin:0 16px;font-size:20px;color:{_INK}">{escape(deck.title)}</h3>'
        f'<p style="{_SMALL};margin:2px 16px 12px">A still picture of {when:%d %b %Y, %H:%M} '
        f"{escape(zone.key)}; with a kernel it is live.</p>"
        f'<table style="{_TABLE}"><tbody><tr style="background:#f6f4ef">{cells}</tr></tbody>'
        "</table></div>"
    )


def _sentence(deck: Deck, text: str) -> str:
    return f'<p style="{_SANS}">{escape(deck.title)}: {escape(text)}</p>'


def _column(column: dict[str, Any], zone: ZoneInfo, now: datetime) -> str:
    head = f"padding:10px 12px;border-bottom:1px solid {_LINE}"
    parts = [f'<div style="{head}"><b>{escape(column["title"])}</b></div>']
    said = column["state"]["text"]
    if said:
        parts.append(_row(f'<p style="{_SMALL}">{escape(said)}</p>'))
    parts += [_row(_item(item, zone, now), item) for item in column.get("items", [])[:_SHOWN]]
    parts += [_row(_term(row)) for row in column.get("rows", [])]
    if chart := column.get("chart"):
        parts.append(_row(_chart(chart)))
    if note := column.get("note"):
        parts.append(_row(f'<p style="{_SMALL}">{escape(note)}</p>'))
    if len(parts) == 1:
        parts.append(_row(f'<p style="{_SMALL}">Nothing yet.</p>'))
    return "".join(parts)


def _row(html: str, item: dict[str, Any] | None = None) -> str:
    compound = (item or {}).get("compound")
    sign = 0 if compound is None else (compound >= 0.05) - (compound <= -0.05)
    edge = f"border-left:3px solid {_EDGES[sign]};" if item else ""
    return f'<div style="{edge}padding:8px 12px;border-bottom:1px solid {_LINE}">{html}</div>'


def _item(item: dict[str, Any], zone: ZoneInfo, now: datetime) -> str:
    when = datetime.fromtimestamp(item["published"] / 1000, UTC).astimezone(zone)
    at = f"{when:%H:%M}" if when.date() == now.date() else f"{when:%d %b, %H:%M}"
    name = escape(item.get("name") or item.get("author") or "unknown author")
    title = item.get("title", "")
    text = "" if item.get("sensitive") else item["text"]
    clock = f'<span style="color:{_GREY};font-size:12px">{at}</span>'
    lines = (
        f'<p style="margin:0;color:{_INK}"><b>{name}</b> {clock}</p>',
        f'<p style="{_SERIF};margin:2px 0;font-size:16px;color:{_INK}">{escape(title)}</p>'
        if title
        else "",
        f'<p style="margin:0;color:{_GREY if title else _INK}">{escape(_short(text))}</p>'
        if text and text != title
        else "",
        f'<p style="{_SMALL}">Marked as sensitive.</p>' if item.get("sensitive") else "",
        f'<p style="{_SMALL};text-align:right">{_link(item)}</p>',
    )
    return "".join(lines)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _link(item: dict[str, Any]) -> str:
    label = escape(item["label"])
    url = item.get("url", "")
    try:
        is_web = urlsplit(url).scheme in {"http", "https"}
    except ValueError:
        is_web = False
    if not is_web:
        return label
    return f'<a href="{escape(url)}" rel="noopener noreferrer" style="color:#0b5cad">{label}</a>'


def _term(row: dict[str, Any]) -> str:
    return (
        f'<p style="margin:0;color:{_INK}"><b>{escape(row["term"])}</b></p>'
        f'<p style="{_SMALL}">{escape(row["why"])}</p>'
    )


def _chart(chart: dict[str, Any]) -> str:
    return (
        f'<p style="{_SERIF};margin:0;font-size:16px;color:{_INK}">{escape(chart["title"])}</p>'
        f'<p style="{_SMALL}">{escape(chart["subtitle"])}</p>'
    )
