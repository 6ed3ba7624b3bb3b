"""What an item says, as numbers: words, pairs of words, names, tags, links."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from zlib import crc32

from workbench.items import Item
from workbench.tokens import fold, written

__all__ = ["Traits", "traits_of"]

_TITLE: Final = 500  # characters
_TEXT: Final = 2_000
_TOKENS: Final = 160
_MOST: Final = 12  # tags, listings and links of each kind
_PAIR: Final = 0.5
_NAMED: Final = 2.0
_LINKED: Final = 4.0
_BACKWARDS: Final = (*(_PAIR, 1.0) * (_TOKENS - 1), 1.0)
_LINK: Final = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_HANDLE: Final = re.compile(r"(?<![\w@./-])@[\w.-]+(?:@[\w.-]+)?")
_QUERY: Final = re.compile(r"[?#].*")


class Traits(NamedTuple):
    """What an item says: features, each once, and how much each of them counts."""

    features: tuple[int, ...]
    weights: tuple[float, ...]


def traits_of(item: Item) -> Traits:
    """Return what an item says in its title and text.

    Each word counts once and each pair of neighbours half, written together, so that
    ``#PortAmery`` and `Port Amery` are the same feature. Hashtags, cashtags and listings count
    twice, and pages that it links to four times. Handles are left out: whom somebody writes to
    is not what they say. Features are 32-bit hashes. Of a long text the beginning is read.
    """
    text = _without_links(item.text[:_TEXT])
    if "@" in text:
        text = _HANDLE.sub(" ", text)
    if item.title:
        text = f"{_without_links(item.title[:_TITLE])} \n {text}"
    found = _words(written(text)[:_TOKENS])
    for tag in item.hashtags[:_MOST]:
        found[_hashed(fold(tag[:_TITLE]))] = _NAMED
    for tickers in (item.cashtags, item.tickers):
        for ticker in tickers[:_MOST]:
            found[_hashed("$" + fold(ticker[:_TITLE]))] = _NAMED
    for link in item.links[:_MOST]:
        if link:
            found[_hashed(_QUERY.sub("", link[:_TEXT]))] = _LINKED
    if item.url:
        found[_hashed(_QUERY.sub("", item.url[:_TEXT]))] = _LINKED
    return Traits(tuple(found), tuple(found.values()))


def _without_links(text: str) -> str:
    if "://" in text or "www." in text.lower():
        return _LINK.sub(" ", text)
    return text


def _words(tokens: list[bytes]) -> dict[int, float]:
    """Return what words and pairs of neighbours count: what comes first, where two are alike."""
    if not tokens:
        return {}
    words = [*map(crc32, tokens)]
    order = [0] * (2 * len(words) - 1)  # each word, and the pair that it ends
    order[0], order[1::2] = words[0], words[1:]
    order[2::2] = map(crc32, tokens[1:], words)  # a hash goes on where the one before it ended
    return dict(zip(reversed(order), _BACKWARDS[-len(order) :], strict=True))


def _hashed(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"))
