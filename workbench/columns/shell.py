"""What stands around a deck's posts, as elements: top bar, columns without what is in them, help.

A browser puts what changes in the place of what has the same first class.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote
from zlib import crc32
from zoneinfo import ZoneInfo

from workbench.clock import from_micros
from workbench.columns.icons import icon
from workbench.columns.panels import source_row
from workbench.columns.tree import Node, el
from workbench.columns.words import plain
from workbench.decks import COMPUTED, VISITED

__all__ = ["dress", "frame", "health", "note", "place", "rows", "say", "section", "top"]

_LEVELS: Final = {
    "live": "live",
    "stale": "not up to date",
    "failing": "failing",
    "empty": "nothing to show",
}
_MOVES: Final = (("j k ↓ ↑", "next, previous post"), ("h l ← →", "column left, right"))
_OPENS: Final = (("Enter", "open the post"),)
_CHOOSES: Final = (("Enter", "choose the post"), ("o", "open the post"))
_REST: Final = (
    ("x", "its thread, why it is here"),
    ("1 … 9", "to a column"),
    (".", "to the newest"),
    ("s", "stop the column, or go on; outside all of them"),
    ("/", "search what the columns have"),
    (";", "all that can be done, by name"),
    ("Esc", "close what is open"),
    ("?", "this help"),
)
_BUTTON: Final = {"type": "button"}
_TYPED: Final = {"type": "search", "aria-label": "Words or a name"}


def place(node: Node) -> str:
    """Return by which class a browser finds what a node takes the place of."""
    about: Mapping[str, str] = node[1]  # type: ignore[assignment]
    return about["class"].partition(" ")[0]


def dress(column: Mapping[str, Any]) -> str:
    """Return the classes of a column as a whole."""
    names = [f"wb-column wb-{column['width']}"]
    if column.get("collapsed"):
        names.append("wb-shut")
    if column.get("colour"):
        names.append(f"wb-mark-{column['colour']}")
    return " ".join(names)


def section(
    column: Mapping[str, Any], parts: Iterable[Node] = (), posts: Sequence[Node] = ()
) -> list[Any]:
    """Return a column: head, volume, the sentence on its state, and a body.

    Parameters
    ----------
    column : Mapping
        As :meth:`workbench.columns.Board.state` has it.
    parts : iterable of Node
        What is put into it at once, each in its place.
    posts : sequence of Node
        What a column of items begins with.
    """
    found = {place(node): node for node in parts}
    title = el("bdi", "", plain(column["title"]), {"dir": "auto"})
    query = column["query"]
    about = el("code", "", query) if query else None, el("p", "", column["help"])
    head = el(
        "header",
        "wb-head",
        icon(column["type"]),
        el("h2", "", el("button", "wb-title wb-cut", _BUTTON, title)),
        el("button", "wb-pause", _BUTTON, {"aria-pressed": "false", "aria-label": "Pause"}),
        el("span", "wb-badge wb-s"),
        el("span", "wb-unread wb-s"),
        found.get("wb-dot", el("span", "wb-dot")),
        el("div", "wb-about wb-s wb-float", *about),
    )
    label = {"aria-label": column["title"]}
    is_panel = column["type"] in COMPUTED
    # A feed without articles is none, whoever has it read aloud.
    body = el("div", "wb-feed", {"role": "feed" if posts else "group"} | label, *posts)
    known = {"data-column": column["key"], "data-shape": _shape(column)}
    return el(
        "section",
        dress(column),
        label | known,
        head,
        found.get("wb-volume", el("div", "wb-volume")),
        found.get("wb-say", el("p", "wb-say wb-s")),
        el(
            "div",
            "wb-body",
            el(
                "div",
                "wb-list",
                {"tabindex": "0", "role": "group"} | label,
                el("p", "wb-since wb-s") if column["type"] == VISITED else None,
                found.get("wb-rowed", el("div", "wb-rowed")) if is_panel else body,
                el("p", "wb-end wb-s"),
                found.get("wb-note-below", note("")),
            ),
            el("button", "wb-pill wb-s", _BUTTON, {"hidden": ""}),
        ),
    )


def _shape(column: Mapping[str, Any]) -> str:
    """Return what changes when a column becomes another one, rather than looks otherwise."""
    told = repr([column[name] for name in ("type", "title", "query", "help")])
    return f"{crc32(told.encode('utf-8', 'replace')):08x}"


def rows(nodes: Iterable[Node]) -> Node:
    """Return the body of a column that is made of anything but items."""
    return el("div", "wb-rowed", *nodes)


def note(text: str) -> Node:
    """Return the sentence below a column."""
    return el("p", "wb-note-below wb-s", text)


def say(state: Mapping[str, Any]) -> list[Node]:
    """Return the sentence on a column's state, and its dot."""
    level, text = state["level"], state["text"]
    why = text or _LEVELS[level]
    about = {"role": "img", "aria-label": _LEVELS[level], "data-why": why}
    return [
        el("p", f"wb-say wb-s wb-say-{level}", text),
        el("span", f"wb-dot wb-dot-{level}", about),
    ]


def frame(state: Mapping[str, Any], *, base: str, has_choice: bool = False) -> list[Node]:
    """Return what stands in a deck besides its columns: bar and dots first, which may change.

    Parameters
    ----------
    state : Mapping
        A board's state, with ``decks`` and ``links``.
    base : str
        Path under which a page shows decks; empty where there is none.
    has_choice : bool
        Whether Enter chooses a post, as it does in a notebook.
    """
    named = [(column["key"], column["title"]) for column in state["columns"]]
    dots = [
        el("button", "wb-turn", _BUTTON, {"aria-label": title, "data-turn": key})
        for key, title in named
    ]
    keys: list[Node] = []
    for key, does in (*_MOVES, *(_CHOOSES if has_choice else _OPENS), *_REST):
        keys += [el("dt", "", key), el("dd", "", does)]
    return [
        _bar(state, base, "div" if has_choice else "header"),
        el("nav", "wb-dots", {"aria-label": "Columns"}, *dots),
        # A notebook has a main part of its own already.
        el("section", "wb-columns", {"aria-label": "Columns of the deck"})
        if has_choice
        else el("main", "wb-columns"),
        el("div", "wb-aloud", {"aria-live": "polite"}),
        el("div", "wb-tip wb-s wb-float", {"role": "status", "hidden": ""}),
        el(
            "dialog",
            "wb-help wb-float",
            {"aria-label": "Keyboard"},
            el("h2", "", "Keyboard"),
            el("dl", "", *keys),
            None if has_choice else _themes(),
            el("button", "wb-again", _BUTTON, "Close"),
        ),
        el(
            "dialog",
            "wb-sheet wb-float",
            {"aria-label": "Post"},
            el("button", "wb-again", _BUTTON, "Close"),
            el("div", ""),
        ),
        el("dialog", "wb-find wb-float", {"aria-label": "Find"}, el("input", "", _TYPED)),
    ]


def _themes() -> Node:
    """Return the choice of how the page looks."""
    told = (
        ("auto", "as the system"),
        ("light", "light"),
        ("dark", "dark"),
        ("contrast", "contrast"),
    )
    buttons = [
        el(
            "button",
            "",
            _BUTTON,
            {"data-look": name, "aria-pressed": "false", "aria-label": f"Colours: {words}"},
            words,
        )
        for name, words in told
    ]
    return el("p", "wb-looks", {"role": "group", "aria-label": "Colours"}, *buttons)


def _bar(state: Mapping[str, Any], base: str, tag: str) -> Node:
    own = state["deck"]["name"]
    links = [
        (deck["title"], f"{base}deck/{_quoted(deck['name'])}")
        for deck in state.get("decks", ())
        if deck["name"] != own and base
    ]
    links += [(link["text"], link["href"]) for link in state.get("links", ())]
    tabs = [el("a", "", {"href": href, "dir": "auto"}, plain(text)) for text, href in links]
    why = "Recorded or made-up posts, played back."
    replay = {"data-why": why}
    count, listed = top(state)["nodes"]
    now = _moment(state["now"]).astimezone(ZoneInfo(state["deck"]["zone"]))
    return el(
        tag,
        "wb-bar",
        el("h1", "wb-cut", {"dir": "auto"}, plain(state["deck"]["title"])),
        el("nav", "wb-tabs", {"aria-label": "Other pages"}, *tabs) if tabs else None,
        el("div", "wb-notice wb-s wb-cut", {"role": "status"}),
        el("button", "wb-seek", _BUTTON, {"aria-label": "Search"}, icon("search")),
        el(
            "button",
            "wb-hold wb-pause",
            _BUTTON,
            {"aria-pressed": "false", "aria-label": "Pause all"},
        ),
        el("span", "wb-replay wb-s", replay, "replay") if state["mode"] == "replay" else None,
        el(
            "details",
            "wb-whole",
            el(
                "summary",
                "wb-clock wb-s",
                {"title": "Show the sources"},
                el("span", "wb-dot"),
                el(
                    "span",
                    "",
                    el("span", "wb-long", "as of "),
                    el("span", "wb-as-of", f"{now:%H:%M:%S}"),
                    el("span", "wb-long", " · "),
                    count,
                ),
            ),
            el(
                "div",
                "wb-panel wb-float",
                {"role": "region", "aria-label": "All sources", "tabindex": "0"},
                el("p", "wb-told wb-s"),
                listed,
            ),
        ),
    )


def _quoted(name: str) -> str:
    return quote(name, safe="")


def health(sources: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return how whole the data is, ``level``, and the sentence that says so, the worst first.

    Examples
    --------
    >>> health([{"label": "Harbour", "state": "failing", "reason": "answered 503"}])
    {'level': 'failing', 'text': 'Harbour fails: answered 503'}
    """
    known = list(sources)
    for state, level, verb in (("failing", "failing", "fails"), ("waiting", "stale", "waits")):
        found = [source for source in known if source["state"] == state]
        if found:
            reason = f": {found[0]['reason']}" if found[0]["reason"] else ""
            more = f", and {len(found) - 1} more" if len(found) > 1 else ""
            return {"level": level, "text": f"{found[0]['label']} {verb}{reason}{more}"}
    return {"level": "live", "text": ""}


def top(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the top bar says of the sources: ``fault`` in words, and its ``nodes``.

    Parameters
    ----------
    state : Mapping
        With ``sources``, ``now`` and ``deck``, as a board's state has them.
    """
    sources = state["sources"]
    live = sum(source["state"] == "live" for source in sources.values())
    noun = " source" if len(sources) == 1 else " sources"
    count = el(
        "span",
        "wb-count-of wb-long",
        f"{live} of {len(sources)}",
        el("span", "wb-long", noun),
        " live",
    )
    now = _moment(state["now"])
    zone = state["deck"]["zone"]
    listed = [source_row(key, source, now=now, zone=zone) for key, source in sources.items()]
    nodes = [count, el("ul", "wb-sources", *listed)]
    return {"fault": health(sources.values()), "nodes": nodes}


def _moment(millis: int) -> datetime:
    return from_micros(millis * 1000)
