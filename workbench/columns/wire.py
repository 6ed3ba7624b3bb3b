"""Items as they travel to a browser: plain data, times in milliseconds."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zlib import crc32

from workbench.clock import to_micros
from workbench.columns.post import Folded, draw, item_key
from workbench.items import Item

__all__ = ["to_millis", "to_wire"]


def to_millis(when: datetime) -> int:
    """Return milliseconds since 1970, as browsers count."""
    return to_micros(when) // 1000


def to_wire(
    item: Item,
    *,
    folded: Folded | None = None,
    time: datetime | None = None,
    media: str = "off",
    is_open: bool = False,
) -> dict[str, Any]:
    """Return what a browser needs of an item, or of an entry of several.

    Parameters
    ----------
    item : Item
        What is shown.
    folded : Folded, optional
        What else the entry holds, and its key.
    time : datetime, optional
        Where it stands; unless given, when the item was published.
    media : {"off", "small", "large"}
    is_open : bool
        Whether what is marked as sensitive is shown at once.

    Returns
    -------
    dict
        ``key``; ``published`` (milliseconds); ``node``, its element
        (:func:`workbench.columns.post.draw`); ``v``, which changes with all of that but its foot.
    """
    node = draw(item, folded=folded, media=media, is_open=is_open)
    return {
        "key": folded.key if folded else item_key(item.source, item.id),
        "published": to_millis(time or item.time),
        "v": f"{crc32(repr(node[:-1]).encode('utf-8', 'replace')):08x}",
        "node": node,
    }
