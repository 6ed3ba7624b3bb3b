"""Marks: what the index holds of an item beside its words.

A mark is one token for one thing by which items are found, such as ``===f:ana.example``
for an author. It begins with ``===``, which no word does (three signs, so that in the
indexes of the prefixes of 2 and 3 characters all marks of an item are one entry), and holds
nothing at which FTS5's ``ascii`` tokeniser would part it. Index and query make marks here,
so that they cannot differ.

============= =========================================================================
``*``         every item
``s: k: r:``  source, kind, tier
``f: a:``     author, author answered: the handle, and its part before the host
``l:``        language: the full tag, and the primary one
``# @ $``     hashtags, mentions, cashtags
``t: o:``     tickers, form
``d:``        hosts of the links, and each domain that they lie in
``h: i:``     what it has, how it is marked
``n:likes:4`` a count of 4 binary digits, so 8 to 15; none below 4
``c: b: v:``  the score's hundredth, tenth and sign
============= =========================================================================
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache
from operator import attrgetter
from typing import Final

from workbench.items import Item
from workbench.query.match import host
from workbench.tokens import fold

__all__ = [
    "ENTITY_SIGNS",
    "EVERY",
    "LONGEST_HOST",
    "SMALL",
    "TOP",
    "mark",
    "marks",
    "size_of",
    "step_of",
]

EVERY: Final = "===*"
"""The mark of every item."""

ENTITY_SIGNS: Final = {
    "hashtag": "#",
    "cashtag": "$",
    "mention": "@",
    "ticker": "t:",
    "form": "o:",
}
"""Signs of the marks, by type of entity."""

LONGEST_HOST: Final = 253
"""Characters of a host at most; longer ones bear no mark."""

SMALL: Final = 3
"""Binary digits of the smallest count that bears a mark: 4."""

TOP: Final = 40
"""Binary digits of a count at most; larger counts share this mark."""

_UNSAFE: Final = re.compile("[\x00-\x20\"'%\x7f\ud800-\udfff]")
_COUNTS: Final = ("likes", "reposts", "replies", "followers")
_counts: Final = attrgetter(*_COUNTS)
_MEDIA: Final = ("image", "video", "poll")


def mark(sign: str, value: str) -> str:
    """Return the mark of a value in folded form."""
    if _UNSAFE.search(value):
        value = _UNSAFE.sub(lambda found: f"%{ord(found[0]):x};", value)
    return f"==={sign}{value}"


@lru_cache(maxsize=16_384)
def _folded(sign: str, value: str) -> str:
    """Return the mark of a value as written: authors, languages and hosts come again."""
    return mark(sign, fold(value))


def step_of(compound: float) -> int:
    """Return the hundredth in which a score lies, -100 to 99; monotone, whatever rounding does."""
    return max(-100, min(99, math.floor(compound * 100)))


def size_of(count: int | None) -> int:
    """Return the size under which a count is found: its binary digits; 0 below 4 and if unknown.

    Most items never have more than a few likes: these come one by one, and none of them is a
    reason to index the item anew.

    Examples
    --------
    >>> [size_of(count) for count in (None, 0, 3, 4, 7, 8, 1_000_000)]
    [0, 0, 0, 3, 3, 4, 20]
    """
    size = min(count.bit_length(), TOP) if count and count > 0 else 0
    return size if size >= SMALL else 0


def _hosts(links: Iterable[str]) -> set[str]:
    """Return each link's host and every domain that it lies in."""
    found = set()
    for link in links:
        name = host(link)
        if len(name) > LONGEST_HOST:
            name = name[-LONGEST_HOST - 1 :].partition(".")[2]
        while name:
            found.add(name)
            name = name.partition(".")[2]
    return found


@lru_cache(maxsize=16_384)
def _with_part(sign: str, value: str, end: str) -> tuple[str, ...]:
    """Return the marks of a handle or language, and of its part before the host or region."""
    whole = _folded(sign, value)
    if end in value:
        return whole, _folded(sign, value.partition(end)[0])
    if not value.isascii():  # it may hold what folding makes the sign
        return whole, mark(sign, fold(value).partition(end)[0])
    return (whole,)


@lru_cache(maxsize=1_024)
def _kinds(source: str, kind: str, tier: str) -> tuple[str, ...]:
    return EVERY, _folded("s:", source), _folded("k:", kind), _folded("r:", tier)


def _spelt(item: Item, found: list[str]) -> None:
    """Add the marks of what is spelt: accounts, language, form, entities, domains."""
    if item.author is not None:
        found += _with_part("f:", item.author, "@")
    if item.reply_to_author is not None:
        found += _with_part("a:", item.reply_to_author, "@")
    if item.lang is not None:
        found += _with_part("l:", item.lang, "-")
    if item.form is not None:
        found.append(_folded("o:", item.form))
    if item.hashtags:
        found.append("===h:hashtag")
        found += [_folded("#", value) for value in item.hashtags]
    if item.mentions:
        found.append("===h:mention")
        found += [_folded("@", value) for value in item.mentions]
    if item.cashtags:
        found.append("===h:cashtag")
        found += [_folded("$", value) for value in item.cashtags]
    if item.tickers:
        found += [_folded("t:", value) for value in item.tickers]
    if item.links:
        found.append("===h:link")
        found += [_folded("d:", value) for value in _hosts(item.links)]


def _measured(item: Item, found: list[str]) -> None:
    """Add the marks of what is marked, carried or counted."""
    if item.verified:
        found.append("===i:verified")
    if item.sensitive:
        found.append("===i:sensitive")
    if item.media:
        found.append("===h:media")
        found += [f"===h:{media.type}" for media in item.media if media.type in _MEDIA]
    for field, count in zip(_COUNTS, _counts(item), strict=True):
        if count and (size := size_of(count)):
            found.append(f"===n:{field}:{size}")
    if item.compound is not None:
        found += _scored(item.compound)


@lru_cache(maxsize=4_096)
def _scored(compound: float) -> tuple[str, str, str]:
    step = step_of(compound)
    sign = "+" if compound >= 0.05 else "-" if compound <= -0.05 else "0"
    return f"===v:{sign}", f"===c:{step}", f"===b:{step // 10}"


def marks(item: Item) -> str:
    """Return the marks of an item, each once, joined by spaces.

    Examples
    --------
    >>> marks(Item(source="feeds", id="1", text="", published="2026-11-22", likes=5))
    '===* ===s:feeds ===k:post ===r:social ===n:likes:3'
    """
    found = list(_kinds(item.source, item.kind, item.tier))
    _spelt(item, found)
    _measured(item, found)
    return " ".join(dict.fromkeys(found))
