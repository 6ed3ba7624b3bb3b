"""What an item says, as numbers: words, pairs of words, names, tags, links."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from zlib import crc32

from workbench.items import Item
from workbench.tokens import fold, written

__all__ = ["PAIR", "WORD", "Traits", "traits_of"]

_TITLE: Final = 500  # characters
_TEXT: Final = 2_000
_TOKENS: Final = 160
_MOST: Final = 12  # tags, listings and links of each kind
PAIR: Final = 0.5
WORD: Final = 1.0
_NAMED: Final = 2.0
_LINKED: Final = 4.0
_WEIGHTS: Final = (PAIR,) * _TOKENS + (WORD,) * _TOKENS
_LINK: Final = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_HANDLE: Final = re.compile(r"(?<![\w@./-])@[\w.-]+(?:@[\w.-]+)?")
_QUERY: Final = re.compile(r"[?#].*")


class Traits(NamedTuple):
    """What an item says: features, each once, and how much each of them counts."""

    features: tuple[int, ...]
    weights: tuple[float, ...]
    pairs: int
    """How many of them are pairs: these come first."""
    words: int
    """How many are words, which come next."""


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
    words, pairs = _read(written(text)[:_TOKENS])
    marks: dict[int, float] = {}
    for tag in item.hashtags[:_MOST]:
        marks[_hashed(fold(tag[:_TITLE]))] = _NAMED
    for tickers in (item.cashtags, item.tickers):
        for ticker in tickers[:_MOST]:
            marks[_hashed("$" + fold(ticker[:_TITLE]))] = _NAMED
    for link in item.links[:_MOST]:
        if link:
            marks[_hashed(_QUERY.sub("", link[:_TEXT]))] = _LINKED
    if item.url:
        marks[_hashed(_QUERY.sub("", item.url[:_TEXT]))] = _LINKED
    for mark in marks:
        words.pop(mark, None)
        pairs.pop(mark, None)
    n, m = len(pairs), len(words)
    weights = _WEIGHTS[_TOKENS - n : _TOKENS + m] + tuple(marks.values())
    return Traits((*pairs, *words, *marks), weights, n, m)


def _without_links(text: str) -> str:
    if "://" in text or "www." in text.lower():
        return _LINK.sub(" ", text)
    return text


def _read(tokens: list[bytes]) -> tuple[dict[int, None], dict[int, None]]:
    """Return words, and pairs of neighbours; what is both is what it is first."""
    order = [*map(crc32, tokens)]
    ends = [*map(crc32, tokens[1:], order)]  # a hash goes on where the one before it ended
    words, pairs = dict.fromkeys(order), dict.fromkeys(ends)
    if not words.keys().isdisjoint(pairs):
        for both in words.keys() & pairs.keys():
            is_word = order.index(both) <= ends.index(both) + 1
            del (pairs if is_word else words)[both]
    return words, pairs


def _hashed(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"))
