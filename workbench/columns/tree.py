"""Elements as plain data: sent to a browser, which grows them, or written as HTML.

A node is a text, or a list: the tag, its attributes, and what stands inside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any, Final, TypeAlias

from workbench.columns.words import relative

__all__ = ["ATTRIBUTES", "DRAWN", "TAGS", "Node", "el", "strings", "to_html"]

Node: TypeAlias = str | list[Any]

_OF_POSTS: Final = ("article", "header", "footer", "h3", "p", "div", "a", "time", "button")
_OF_ROWS: Final = ("ol", "ul", "li", "progress", "figure")
_OF_DECKS: Final = (
    *("main", "section", "nav", "h1", "h2", "code", "details", "summary", "dialog"),
    *("dl", "dt", "dd", "b", "img", "mark"),
)
TAGS: Final = frozenset((*_OF_POSTS, *_OF_ROWS, *_OF_DECKS, "span", "bdi"))
"""All tags of HTML that a node may have."""
DRAWN: Final = frozenset(("svg", "path", "rect", "text", "title"))
"""All tags of SVG."""
ATTRIBUTES: Final = frozenset(
    [
        "class",
        "title",
        "href",
        "target",
        "rel",
        "dir",
        "lang",
        "role",
        "hidden",
        "tabindex",
        "type",
        "datetime",
        "value",
        "max",
        *("src", "alt", "loading", "referrerpolicy"),
        *("viewBox", "preserveAspectRatio", "width", "height", "x", "y", "d"),
    ]
)
"""All attributes, beside ``aria-…`` and ``data-…``."""


def el(tag: str, name: str, *parts: Node | Mapping[str, str] | bool | None) -> list[Any]:
    """Return an element with a class name; mappings are attributes, and what is empty is left out.

    Examples
    --------
    >>> el("p", "wb-text", {"dir": "auto"}, "Hello ", None, el("bdi", "", "Ana"))
    ['p', {'class': 'wb-text', 'dir': 'auto'}, 'Hello ', ['bdi', {}, 'Ana']]
    """
    attributes: dict[str, str] = {"class": name} if name else {}
    inside: list[Node] = []
    for part in parts:
        # By class where it can be told so: a column's first look makes ten thousand of these.
        if part.__class__ is dict or isinstance(part, Mapping):
            attributes |= part
        elif part and isinstance(part, (str, list)):
            inside.append(part)
    return [tag, attributes, *inside]


def strings(node: Node) -> str:
    """Return all text of a node, as it stands.

    Examples
    --------
    >>> strings(el("p", "", "a ", el("b", "", "c")))
    'a c'
    """
    return node if isinstance(node, str) else "".join(map(strings, node[2:]))


def to_html(node: Node, *, now: datetime, zone: str) -> str:
    """Return a node as HTML, every text and attribute escaped.

    Parameters
    ----------
    node : Node
    now : datetime
        From where times without words of their own are told.
    zone : str
        The reader's time zone.

    Examples
    --------
    >>> from workbench import clock
    >>> to_html(el("p", "wb-text", "<script>"), now=clock.EPOCH, zone="UTC")
    '<p class="wb-text">&lt;script&gt;</p>'
    """
    out: list[str] = []
    _write(node, out, now, zone)
    return "".join(out)


def _write(node: Node, out: list[str], now: datetime, zone: str) -> None:
    if isinstance(node, str):
        out.append(escape(node, quote=False))
        return
    tag, attributes, *inside = node
    out.append(f"<{tag}")
    out.extend(f' {name}="{escape(value)}"' for name, value in attributes.items())
    out.append(">")
    if tag == "time" and not inside:
        inside = [relative(datetime.fromisoformat(attributes["datetime"]), now, zone)]
    if tag == "img":
        return
    for part in inside:
        _write(part, out, now, zone)
    out.append(f"</{tag}>")
