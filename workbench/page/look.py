"""The first look: a deck as HTML, so that it is read before any script has run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple

from workbench.clock import EPOCH
from workbench.columns.shell import section
from workbench.columns.tree import Node, to_html

__all__ = ["Look", "encode", "first_look"]

_IN_SIGHT: Final = 8  # posts of a column that a screen may show at once

# Inside a script element of the page nothing may look like markup; as JSON it means the same.
_ESCAPED: Final = str.maketrans(
    {c: f"\\u{ord(c):04x}" for c in "<>&\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}"}
)
# What the scripts need to know of what stands in the page already.
_TOLD: Final = ("version", "deck", "now", "seq")
_OF_COLUMNS: Final = (
    "key",
    "type",
    "title",
    "more",
    "alerts",
    "of",
    "sound",
    "badge",
    "collapsed",
    "look",
    "shape",
)


class Look(NamedTuple):
    """What a page begins with.

    Attributes
    ----------
    html : bytes
        The bar and the columns with their posts.
    json : bytes
        What is not seen of the state, which may stand inside a script element.
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


def _of(whole: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: whole[name] for name in names if name in whole}


def first_look(state: Mapping[str, Any]) -> Look:
    """Return a board's state, with its frame, as a page begins with it.

    The scripts take it over as it stands, posts by ``data-at`` (when published, in
    milliseconds) and ``data-v`` (its version).
    """
    now = EPOCH + timedelta(milliseconds=state["now"])
    columns = [_column(column) for column in state["columns"]]
    nodes = [[*node, *columns] if node[0] == "main" else node for node in state["frame"]]
    deck = state["deck"]
    is_exact = deck.get("times") == "exact"
    html = "".join(to_html(node, now=now, zone=deck["zone"], is_exact=is_exact) for node in nodes)
    told = _of(state, _TOLD) | {
        "top": {"fault": state["top"]["fault"], "nodes": []},
        "columns": [_of(column, _OF_COLUMNS) | {"parts": []} for column in state["columns"]],
    }
    return Look(html.encode("utf-8", "replace"), encode(told))


def _column(column: Mapping[str, Any]) -> Node:
    posts = [_post(item, n) for n, item in enumerate(column.get("items", ()))]
    return section(column, column["parts"], posts)


def _post(item: Mapping[str, Any], n: int) -> Node:
    tag, about, *inside = item["node"]
    known = {"data-at": str(item["published"]), "data-v": item["v"]}
    if n >= _IN_SIGHT:
        known["class"] = f"{about['class']} wb-later"
    return [tag, about | known, *inside]
