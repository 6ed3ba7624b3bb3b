"""Items as they travel to a browser: plain data, times in milliseconds."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zlib import crc32

from workbench.clock import to_micros
from workbench.columns.post import draw, item_key
from workbench.items import Item

__all__ = ["to_millis", "to_wire"]


def to_millis(when: datetime) -> int:
    """Return milliseconds since 1970, as browsers count."""
    return to_micros(when) // 1000


def to_wire(item: Item) -> dict[str, Any]:
    """Return what a browser needs of an item.

    Returns
    -------
    dict
        ``key``; ``published`` (milliseconds); ``node``, its element
        (:func:`workbench.columns.post.draw`); ``v``, which changes with all of that but its foot.
    """
    node = draw(item)
    return {
        "key": item_key(item.source, item.id),
        "published": to_millis(item.time),
        "v": f"{crc32(repr(node[:-1]).encode('utf-8', 'replace')):08x}",
        "node": node,
    }
