"""A story in few words: its headline and up to three of its sentences, as they were written."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from workbench.items import Item
from workbench.tokens import tokenize

__all__ = ["Sentence", "headline_of", "sentences_of", "summary_of"]

_ITEMS: Final = 300  # of a large story, evenly spread
_LOOKED: Final = 1_500  # characters of a text
_LONGEST: Final = 120  # characters of a headline that is made of a post
_SENTENCE: Final = (25, 300)  # characters of one that says something
_ALIKE: Final = 0.5
_BEGINNING: Final = 8  # sentences of an item
_LINK: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_END: Final = re.compile(r"(?<=[.!?…])[\"”’')\]]*\s+(?=[^\sa-z])|(?<=[。！？।])\s*|\s*\n\s*")
_SHORT: Final = re.compile(
    r"(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Inc|Corp|Co|Ltd|No|vs|U\.S|a\.m|p\.m)\.$"
)
_TAGS: Final = re.compile(r"(?:\s*[#@$][^\s#@]+)+\s*$")
_HANDLES: Final = re.compile(r"^(?:\s*@\S+)+\s*")
_RANK: Final = {"wire": 0, "news": 0, "report": 0, "filing": 2}


class Sentence(NamedTuple):
    """A sentence as it stands in an item, and which item that is."""

    text: str
    key: tuple[str, str]


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text, without links.

    Examples
    --------
    >>> sentences_of("Acme Inc. fell. Why? See https://acme.example")
    ['Acme Inc. fell.', 'Why?', 'See']
    """
    found: list[str] = []
    for part in _END.split(_LINK.sub("", text[:_LOOKED])):
        if found and _SHORT.search(found[-1]):
            found[-1] = f"{found[-1]} {part}"
        elif part and not part.isspace():
            found.append(part)
    return [part.strip() for part in found]


def headline_of(items: Sequence[Item]) -> str:
    """Return the most central title, or else the most central post's first sentence.

    Titles of newswires, news sites and reports come first, then those of posts, then those of
    filings, which name a form. Central is what shares most words with all the items. A
    sentence is cut at a word after 120 characters.
    """
    spread = items[:: max(1, -(-len(items) // _ITEMS))]
    words = _words(spread)
    titled = [item for item in items if item.title and item.title.strip()]
    if titled:
        rank = min(_RANK.get(item.tier, 1) for item in titled)
        titles = [item.title or "" for item in titled if _RANK.get(item.tier, 1) == rank]
        return " ".join(_central(titles[:_ITEMS], words).split())
    own = [item for item in spread if item.kind not in ("reply", "repost")] or spread
    firsts = [first for item in own if (first := _first(item))]
    return _cut(_central(firsts, words)) if firsts else ""


def _first(item: Item) -> str:
    for sentence in sentences_of(_HANDLES.sub("", item.text)):
        if len(sentence) >= _SENTENCE[0]:
            return sentence
    return " ".join(_HANDLES.sub("", item.text[:_LOOKED]).split())


def summary_of(items: Sequence[Item], *, n: int = 3) -> tuple[Sentence, ...]:
    """Return up to `n` sentences that say most of what the items say, in the items' order.

    Each sentence is worth the shares of the items in which its words stand, over the root of
    its length; the best is taken, then the next that shares less than half of its words with
    those taken. Replies and reposts are not quoted.
    """
    spread = items[:: max(1, -(-len(items) // _ITEMS))]
    words = _words(spread)
    offered: list[tuple[float, int, Sentence, frozenset[str]]] = []
    seen: set[frozenset[str]] = set()
    for place, item in enumerate(spread):
        if item.kind in ("reply", "repost"):
            continue
        for text in sentences_of(_HANDLES.sub("", item.text))[:_BEGINNING]:
            bare = _TAGS.sub("", text)
            if not _SENTENCE[0] <= len(bare) <= _SENTENCE[1]:
                continue
            own = frozenset(tokenize(bare))
            if own not in seen:
                seen.add(own)
                offered.append((_worth(own, words), place, Sentence(bare, item.key), own))
    offered.sort(key=lambda each: (-each[0], each[1], each[2]))
    taken: list[tuple[float, int, Sentence, frozenset[str]]] = []
    for each in offered:
        if all(len(each[3] & other[3]) < _ALIKE * len(each[3]) for other in taken):
            taken.append(each)
            if len(taken) == n:
                break
    return tuple(each[2] for each in sorted(taken, key=lambda each: each[1]))


def _words(items: Sequence[Item]) -> dict[str, float]:
    """Return for each word in what share of the items it stands, those in one alone left out."""
    counts: Counter[str] = Counter()
    for item in items:
        text = f"{item.title or ''} {item.text[:_LOOKED]}"
        counts.update(set(tokenize(_LINK.sub("", text))))
    least = 2 if len(items) > 1 else 1
    return {
        word: n / len(items)
        for word, n in counts.items()
        if n >= least and (len(word) > 3 or not word.isascii())
    }


def _worth(own: frozenset[str], words: dict[str, float]) -> float:
    return sum(words.get(word, 0.0) for word in own) / math.sqrt(max(len(own), 5))


def _central(texts: Sequence[str], words: dict[str, float]) -> str:
    scored = [
        (_worth(frozenset(tokenize(text)), words), -place) for place, text in enumerate(texts)
    ]
    return texts[-max(scored)[1]]


def _cut(text: str) -> str:
    text = " ".join(text.split())
    if len(text) <= _LONGEST:
        return text
    head = text[:_LONGEST]
    at = head.rfind(" ", _LONGEST // 2)
    return (head[:at] if at > 0 else head).rstrip(" ,;:-–—") + "…"
