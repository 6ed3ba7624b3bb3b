"""Elements as plain data: sent to a browser, which grows them, or written as HTML.

A node is a text, or a list: the tag, its attributes, and what stands inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape
from typing import Any, Final, TypeAlias

from workbench.columns.words import count, relative, since

__all__ = ["ATTRIBUTES", "DRAWN", "TAGS", "Node", "el", "number", "strings", "timed", "to_html"]

Node: TypeAlias = str | list[Any]

_OF_POSTS: Final = ("article", "header", "footer", "h3", "p", "div", "a", "time", "button")
_OF_ROWS: Final = ("ol", "ul", "li", "figure")
_OF_DECKS: Final = (
    *("main", "section", "nav", "h1", "h2", "code", "details", "summary", "dialog"),
    *("dl", "dt", "dd", "b", "data", "img", "input", "mark"),
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
        kind = part.__class__
        if kind is str or kind is list:
            if part:
                inside.append(part)  # type: ignore[arg-type]
        elif kind is dict or isinstance(part, Mapping):
            attributes |= part  # type: ignore[arg-type]
        elif part and isinstance(part, (str, list)):
            inside.append(part)
    return [tag, attributes, *inside]


def timed(when: datetime, said: str, form: str = "since") -> Node:
    """Return a time in words, which a browser puts in those of its reader.

    Parameters
    ----------
    when : datetime
    said : str
        The words as long as no browser has other ones.
    form : {"since", "clock", "day"}
        What they hold: the time of the same day, else with the day; the time; the day.

    Examples
    --------
    >>> from workbench import clock
    >>> timed(clock.EPOCH, "00:00", "clock")[1]
    {'datetime': '1970-01-01T00:00:00+00:00', 'data-as': 'clock'}
    """
    about = {"datetime": when.isoformat(timespec="seconds"), "data-as": form}
    return el("time", "", about, said)


def number(n: int) -> Node:
    """Return a number in short, as an element where readers write it differently.

    Examples
    --------
    >>> number(12), number(1234)
    ('12', ['data', {'value': '1234'}, '1,234'])
    """
    return count(n) if n < 1000 else el("data", "", {"value": str(n)}, count(n))


def strings(node: Node) -> str:
    """Return all text of a node, as it stands.

    Examples
    --------
    >>> strings(el("p", "", "a ", el("b", "", "c")))
    'a c'
    """
    return node if isinstance(node, str) else "".join(map(strings, node[2:]))


def to_html(node: Node, *, now: datetime, zone: str, is_exact: bool = False) -> str:
    """Return a node as HTML, every text and attribute escaped.

    Parameters
    ----------
    node : Node
    now : datetime
        From where times without words of their own are told.
    zone : str
        The reader's time zone.
    is_exact : bool
        Whether those times are told by the clock, not by how long ago they were.

    Examples
    --------
    >>> from workbench import clock
    >>> to_html(el("p", "wb-text", "<script>"), now=clock.EPOCH, zone="UTC")
    '<p class="wb-text">&lt;script&gt;</p>'
    """
    out: list[str] = []
    _write(node, out, lambda when: (since if is_exact else relative)(when, now, zone))
    return "".join(out)


def _write(node: Node, out: list[str], tell: Callable[[datetime], str]) -> None:
    if isinstance(node, str):
        out.append(escape(node, quote=False))
        return
    tag, attributes, *inside = node
    out.append(f"<{tag}")
    out.extend(f' {name}="{escape(value)}"' for name, value in attributes.items())
    out.append(">")
    if tag == "time" and not inside:
        inside = [tell(datetime.fromisoformat(attributes["datetime"]))]
    if tag in ("img", "input"):
        return
    for part in inside:
        _write(part, out, tell)
    out.append(f"</{tag}>")
