"""A deck as a still picture: for whatever shows a notebook without a kernel or widgets."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any, Final
from zoneinfo import ZoneInfo

from workbench import store
from workbench.columns import Board
from workbench.columns.post import SENSITIVE
from workbench.columns.shell import place
from workbench.columns.tree import Node, el, to_html
from workbench.decks import VISITED, Deck, noted_confidential, withhold
from workbench.errors import StoreError
from workbench.widgets.live import missing

__all__ = ["still"]

_SHOWN: Final = 8
_INK, _GREY, _LINE, _CARD = "#1b1d21", "#5d636e", "#e2ded5", "#fffefb"
_SANS: Final = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif"
_SERIF: Final = "font-family:Georgia,'Times New Roman',serif"
_SMALL: Final = f"margin:0;font-size:12px;line-height:16px;color:{_GREY}"
_KEPT: Final = ("href", "rel", "target", "dir", "lang", "title", "role", "aria-label")
_TAGS: Final = {
    "h3": f"{_SERIF};margin:2px 0;font-size:16px;line-height:21px;font-weight:600;color:{_INK}",
    "p": f"margin:0;color:{_INK};white-space:pre-line",
    "a": "color:#0b5cad;text-decoration:none",
}
_VISITED: Final = "what has come since you last looked."
_CLAMP: Final = (
    "display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:8;overflow:hidden"
)
_EDGE: Final = f"padding:8px 12px;border-bottom:1px solid {_LINE};overflow-wrap:anywhere"
_STYLES: Final = {
    "wb-post": _EDGE,
    "wb-is-neg": "border-left:3px solid #b3382c",
    "wb-is-pos": "border-left:3px solid #1f7a4d",
    "wb-is-neu": f"border-left:3px solid {_LINE}",
    "wb-is-unread": "border-left:3px solid transparent",
    "wb-by": "display:flex;gap:8px;justify-content:space-between",
    "wb-name": f"font-weight:600;color:{_INK}",
    "wb-handle": f"{_SMALL};margin-left:4px",
    "wb-time": f"{_SMALL};white-space:nowrap",
    "wb-note": _SMALL,
    "wb-text": _CLAMP,
    "wb-domain": _SMALL,
    "wb-media": _SMALL,
    "wb-links": _SMALL,
    "wb-foot": f"{_SMALL};display:flex;gap:12px;margin-top:4px",
    "wb-from": "margin-left:auto",
    "wb-rows": "margin:0;padding:0;list-style:none",
    "wb-row": _EDGE,
    "wb-term": _EDGE,
    "wb-figure": f"margin:0;{_EDGE}",
    "wb-word": f"font-weight:600;color:{_INK}",
    "wb-times": f"{_SMALL};margin-left:8px",
    "wb-under": f"{_SMALL};display:block",
    "wb-new": "margin-left:6px;font-weight:400",
    "wb-dek": _SMALL,
}
_LEFT_OUT: Final = frozenset(("wb-avatar", "wb-rank", "wb-dot"))
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
        with store.open(address, is_lean=True) as opened:
            # A notebook's file is handed on: what stays in the house does not stand in it.
            outside = withhold(deck, noted_confidential(opened))
            state = Board(outside, opened, shown=_SHOWN).state()
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
    drawn = [item["node"] for item in column.get("items", [])[:_SHOWN]]
    drawn += [node for part in column["parts"] if place(part) == "wb-rowed" for node in part[2:]]
    nodes = [_plain(node, zone, now) for node in drawn]
    parts += [to_html(node, now=now, zone=zone.key) for node in nodes]
    if column["type"] == VISITED:
        parts.append(_row(f'<p style="{_SMALL}">Where the deck is live: {escape(_VISITED)}</p>'))
    if note := column.get("note"):
        parts.append(_row(f'<p style="{_SMALL}">{escape(note)}</p>'))
    if len(parts) == 1:
        parts.append(_row(f'<p style="{_SMALL}">Nothing yet.</p>'))
    return "".join(parts)


def _row(html: str) -> str:
    return f'<div style="padding:8px 12px;border-bottom:1px solid {_LINE}">{html}</div>'


def _plain(node: Node, zone: ZoneInfo, now: datetime) -> Node:
    """Return a post's element with its styles on it, and with what a still picture cannot do gone.

    Times are told by the clock; what is folded away on the page is left out.
    """
    if isinstance(node, str):
        return node
    tag, attributes, *inside = node
    if tag == "details":
        return el("p", "", {"style": _SMALL}, SENSITIVE)
    if tag == "img":
        return el("span", "", {"style": _SMALL}, f"picture: {attributes['alt']}")
    if tag == "time":
        when = datetime.fromisoformat(attributes["datetime"]).astimezone(zone)
        inside = [f"{when:%H:%M}" if when.date() == now.date() else f"{when:%d %b, %H:%M}"]
    if tag == "button":  # nothing answers here
        tag = "p"
    names = attributes.get("class", "").split()
    kept = {name: attributes[name] for name in _KEPT if name in attributes}
    if style := ";".join([_TAGS.get(tag, ""), *(_STYLES.get(name, "") for name in names)]).strip(
        ";"
    ):
        kept["style"] = style
    shown = [part for part in inside if isinstance(part, str) or not _is_left_out(part)]
    parts = [_plain(part, zone, now) for part in shown]
    return [tag, kept, *parts]


def _is_left_out(node: Node) -> bool:
    attributes: dict[str, str] = node[1]  # type: ignore[assignment]
    names = attributes.get("class", "").split()
    return "hidden" in attributes or node[0] == "svg" or not _LEFT_OUT.isdisjoint(names)
