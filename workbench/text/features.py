"""What an item says, as numbers: words, pairs of words, names, tags, links."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from zlib import crc32

from workbench.items import Item
from workbench.tokens import fold, tokenize

_LINK: Final = re.compile(r"\bhttps?://\S+|\bwww\.\S+", re.IGNORECASE)
_MENTION: Final = re.compile(r"(?<![\w@./-])@[\w.-]+(?:@[\w.-]+)?")


class Traits(NamedTuple):
    """What an item says: features, each once, and how much each of them counts."""

    features: tuple[int, ...]
    weights: tuple[float, ...]


W_PAIR = 0.5
W_TAG = 2.0
W_LINK = 4.0


def traits_of(item: Item) -> Traits:
    """Return what an item says."""
    text = item.text[:3000]
    if item.title:
        text = item.title[:500] + " \n " + text
    text = _LINK.sub(" ", text)
    text = _MENTION.sub(" ", text)
    tokens = tokenize(text)[:200]
    found: dict[int, float] = {}
    last = ""
    for t in tokens:
        f = crc32(t.encode("utf-8", "surrogatepass"))
        if f not in found:
            found[f] = 1.0
        if last:
            f = crc32((last + t).encode("utf-8", "surrogatepass"))
            if f not in found:
                found[f] = W_PAIR
        last = t
    tags = item.hashtags
    for tag in tags:
        found[crc32(fold(tag).encode("utf-8", "surrogatepass"))] = W_TAG
    for t in (*item.cashtags, *item.tickers):
        found[crc32(("$" + fold(t)).encode("utf-8", "surrogatepass"))] = W_TAG
    for link in item.links:
        found[crc32(link.encode("utf-8", "surrogatepass"))] = W_LINK
    if item.url:
        found[crc32(item.url.encode("utf-8", "surrogatepass"))] = W_LINK
    return Traits(tuple(found), tuple(found.values()))
