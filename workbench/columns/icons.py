"""The signs of columns: one small line drawing per type."""

from __future__ import annotations

from typing import Final

from workbench.columns.tree import Node, el

__all__ = ["icon"]

_PATHS: Final = {
    "search": "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 1 0 0-9M10.4 10.4 14 14",
    "hashtag": "M6 2 4.5 14M11.5 2 10 14M2.5 5.5h12M1.5 10.5h12",
    "people": "M8 2a3 3 0 1 0 0 6 3 3 0 1 0 0-6M2.5 14c0-3 2.4-4.5 5.5-4.5s5.5 1.5 5.5 4.5",
    "newswire": "M2 3h9.5v8.5a1.5 1.5 0 0 0 3 0V6h-3M2 3v10h11M4.5 6H9M4.5 8H9M4.5 10H7",
    "list": "M5.5 4h9M5.5 8h9M5.5 12h9M1.5 4h1M1.5 8h1M1.5 12h1",
    "merged": "M2 3c4 0 5 5 10 5M2 13c4 0 5-5 10-5M9.5 5.5 12.5 8l-3 2.5",
    "filings": "M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3M5.5 8h5M5.5 11h5",
    "share-of-voice": "M2 13.5h12M3.5 13.5v-5M8 13.5v-9M12.5 13.5v-7",
    "stories": "M2 3.5h12M2 8h8M2 12.5h5",
    "source-health": "M1.5 8.5H5l2-5 2.5 9 2-4h3",
    "briefings": "M3 2h10v12H3zM5.5 5h5M5.5 8h5M5.5 11h3",
    "alerts": "M8 2a4 4 0 0 0-4 4v3l-1.5 2.5h11L12 9V6a4 4 0 0 0-4-4M6.5 14h3",
    "since-last-visit": "M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2M8 4.5V8l2.5 2",
    "pinned": "M5 1.5h6M6 1.5v5l-2.5 3h9L10 6.5v-5M8 9.5v5",
    "trending": "M1.5 12 6 7.5l3 3L14.5 4M10.5 4h4v4",
    "sentiment": "M1.5 8.5H4L6 3l3.5 10 2-4.5h3",
}


def icon(name: str) -> Node:
    """Return the sign of a column type, a magnifying glass for one that has none."""
    path: Node = ["path", {"d": _PATHS.get(name, _PATHS["search"])}]
    return el("svg", "wb-icon", {"viewBox": "0 0 16 16", "aria-hidden": "true"}, path)
