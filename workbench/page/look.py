"""The first look: a deck's posts as HTML, so that they are read before any script has run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from html import escape
from typing import Any, Final, NamedTuple

from workbench.clock import EPOCH
from workbench.columns.tree import to_html

__all__ = ["Look", "encode", "first_look"]

_IN_SIGHT: Final = 8  # posts of a column that a screen may show at once

# Inside a script element of the page nothing may look like markup; as JSON it means the same.
_ESCAPED: Final = str.maketrans(
    {c: f"\\u{ord(c):04x}" for c in "<>&\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}"}
)


class Look(NamedTuple):
    """What a page begins with.

    Attributes
    ----------
    html : bytes
        The bar and the columns with their posts.
    json : bytes
        The rest of the state, which may stand inside a script element.
    """

    html: bytes
    json: bytes


def encode(value: object) -> bytes:
    r"""Return JSON on one line that may stand inside a script element.

    Examples
    --------
    >>> print(encode({"text": "</script>"}).decode())
    {"text":"\u003c/script\u003e"}
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_ESCAPED).encode("utf-8", "replace")


def _classes(column: Mapping[str, Any]) -> str:
    return f"wb-column wb-{column['width']}{' wb-unfolded' if column.get('sensitive') else ''}"


def first_look(state: Mapping[str, Any]) -> Look:
    """Return a board's state as a page begins with it.

    The scripts take the posts over as they stand, by ``data-at`` (when published, in
    milliseconds) and ``data-v`` (its version); the rest of the deck they draw anew, in the
    same places.
    """
    now = EPOCH + timedelta(milliseconds=state["now"])
    zone = state["deck"]["zone"]
    out = [f'<header class="wb-bar"><h1 dir="auto">{escape(state["deck"]["title"])}</h1></header>']
    out.append('<main class="wb-columns">')
    for column in state["columns"]:
        key = escape(column["key"])
        out.append(
            f'<section class="{_classes(column)}" data-column="{key}">'
            '<header class="wb-head"><span class="wb-icon"></span>'
            f'<h2 class="wb-title" dir="auto">{escape(column["title"])}</h2></header>'
            f'<div class="{"wb-volume" if "volume" in column else ""}"></div>'
            '<div class="wb-body"><div class="wb-list"><div class="wb-feed">'
        )
        for n, item in enumerate(column.get("items", ())):
            tag, attributes, *inside = item["node"]
            known = {"data-at": str(item["published"]), "data-v": item["v"]}
            if n >= _IN_SIGHT:
                known["class"] = f"{attributes['class']} wb-later"
            out.append(to_html([tag, attributes | known, *inside], now=now, zone=zone))
        out += [to_html(node, now=now, zone=zone) for node in column.get("nodes", ())]
        out.append("</div></div></div></section>")
    out.append("</main>")
    columns = [
        {name: value for name, value in column.items() if name != "items"}
        for column in state["columns"]
    ]
    return Look("".join(out).encode("utf-8", "replace"), encode({**state, "columns": columns}))
