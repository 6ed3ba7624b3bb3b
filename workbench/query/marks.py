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
``n:likes:3`` a count of 3 binary digits, so 4 to 7
``c: b: v:``  the score's hundredth, tenth and sign
============= =========================================================================
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Final

from workbench.items import Item
from workbench.query.match import host, local_part
from workbench.tokens import fold

__all__ = ["ENTITY_SIGNS", "EVERY", "LONGEST_HOST", "TOP", "mark", "marks", "step_of"]

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

TOP: Final = 40
"""Binary digits of a count at most; larger counts share this mark."""

_UNSAFE: Final = re.compile("[\x00-\x20\"'%\x7f\ud800-\udfff]")
_COUNTS: Final = ("likes", "reposts", "replies", "followers")
_MEDIA: Final = ("image", "video", "poll")


def mark(sign: str, value: str) -> str:
    """Return the mark of a value in folded form."""
    if _UNSAFE.search(value):
        value = _UNSAFE.sub(lambda found: f"%{ord(found[0]):x};", value)
    return f"==={sign}{value}"


def step_of(compound: float) -> int:
    """Return the hundredth in which a score lies, -100 to 99; monotone, whatever rounding does."""
    return max(-100, min(99, math.floor(compound * 100)))


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


def _names(item: Item) -> Iterator[str]:
    """Yield the marks of what is spelt: accounts, language, form, entities, domains."""
    for sign, handle in (("f:", item.author), ("a:", item.reply_to_author)):
        if handle is not None:
            whole = fold(handle)
            yield mark(sign, whole)
            yield mark(sign, local_part(whole))
    if item.lang is not None:
        tag = fold(item.lang)
        yield mark("l:", tag)
        yield mark("l:", tag.partition("-")[0])
    if item.form is not None:
        yield mark("o:", fold(item.form))
    for sign, values, name in (
        ("#", item.hashtags, "===h:hashtag"),
        ("@", item.mentions, "===h:mention"),
        ("$", item.cashtags, "===h:cashtag"),
        ("t:", item.tickers, EVERY),
    ):
        if values:
            yield name
            for value in values:
                yield mark(sign, fold(value))
    if item.links:
        yield "===h:link"
        for value in _hosts(item.links):
            yield mark("d:", value)


def _measures(item: Item) -> Iterator[str]:
    """Yield the marks of what is marked, carried or counted."""
    if item.verified:
        yield "===i:verified"
    if item.sensitive:
        yield "===i:sensitive"
    if item.media:
        yield "===h:media"
        for media in item.media:
            if media.type in _MEDIA:
                yield f"===h:{media.type}"
    for field in _COUNTS:
        n = getattr(item, field)
        if n is not None and n >= 0:
            yield f"===n:{field}:{min(n.bit_length(), TOP)}"
    if item.compound is not None:
        step = step_of(item.compound)
        yield (
            "===v:+" if item.compound >= 0.05 else "===v:-" if item.compound <= -0.05 else "===v:0"
        )
        yield f"===c:{step}"
        yield f"===b:{step // 10}"


def marks(item: Item) -> str:
    """Return the marks of an item, each once, joined by spaces.

    Examples
    --------
    >>> marks(Item(source="feeds", id="1", text="", published="2026-11-22", likes=5))
    '===* ===s:feeds ===k:post ===r:social ===n:likes:3'
    """
    kinds = (
        EVERY,
        mark("s:", fold(item.source)),
        mark("k:", fold(item.kind)),
        mark("r:", fold(item.tier)),
    )
    return " ".join(dict.fromkeys((*kinds, *_names(item), *_measures(item))))
