"""What an editor offers: the column types with help, an example and their settings."""

from __future__ import annotations

from typing import Any, Final

from workbench.columns.computed import HELP
from workbench.columns.icons import icon
from workbench.decks import COLUMN_SETTINGS, NARROWING, QUERIED, TYPES, Deck

__all__ = ["offer"]

_TITLES: Final = {
    "search": "Search",
    "hashtag": "Hashtags",
    "people": "People",
    "list": "People list",
    "merged": "Merged columns",
    "newswire": "Newswire",
    "filings": "Filings",
    "trending": "Trending",
    "sentiment": "Mood",
    "share-of-voice": "Share of voice",
    "stories": "Stories",
    "source-health": "Sources",
    "briefings": "Briefings",
    "alerts": "Alerts",
    "since-last-visit": "Since you last looked",
}
_EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "search": {"query": '(acme OR #acme) -"acme street" lang:en'},
    "hashtag": {"any": ["batteries", "lithium"], "none": ["ad"]},
    "people": {"accounts": ["ana.example", "bob@social.example"]},
    "list": {"list": "executives"},
    "merged": {"columns": ["acme", "newswire"]},
    "newswire": {"query": "acquisition OR merger"},
    "filings": {"forms": ["8-K", "10-Q"], "tickers": ["ACME"]},
    "trending": {"window": "1h", "baseline": "7d"},
    "sentiment": {"query": "acme tier:social", "since": "7d", "every": "3h"},
    "share-of-voice": {"queries": {"Acme": "acme OR #acme", "Globex": "globex"}, "since": "7d"},
    "alerts": {"columns": ["acme"]},
    "since-last-visit": {"columns": ["acme"]},
}


def offer(deck: Deck) -> list[dict[str, Any]]:
    """Return the column types, in the order of the documentation.

    Each has ``type``, ``title``, ``help``, one sentence; ``icon``, its element; ``example``,
    settings that such a column may have, with the deck's own lists and columns where it has any;
    and ``settings``, the names of all that it may have.
    """
    return [
        {
            "type": kind,
            "title": _TITLES[kind],
            "help": HELP[kind],
            "icon": icon(kind),
            "example": _example(kind, deck),
            "settings": [*COLUMN_SETTINGS, *own, *(NARROWING if kind in QUERIED else ())],
        }
        for kind, own in TYPES.items()
    ]


def _example(kind: str, deck: Deck) -> dict[str, Any]:
    known = dict(_EXAMPLES.get(kind, {}))
    items = [column.key for column in deck.columns if column.type in ("search", "newswire")]
    if kind == "list" and deck.people:
        known["list"] = next(iter(deck.people))
    if kind == "merged" and len(items) > 1:
        known["columns"] = items[:2]
    if kind in ("alerts", "since-last-visit"):
        told = [c.key for c in deck.columns if c.alert] if kind == "alerts" else items
        known = {"columns": told[:2]} if told else {}
    return {"type": kind, "title": _TITLES[kind], **known}
