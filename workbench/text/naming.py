"""Whom and what items name: tags, listings, and names as capitals show them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from workbench.items import Item
from workbench.tokens import fold

__all__ = ["DATELINE", "Name", "capitals", "joined", "names_of", "shown"]

_LOOKED: Final = 1_000  # characters of a text
_ITEMS: Final = 500
_LINK: Final = re.compile(r"(?:https?://|www\.)\S+|[@#$]\S+", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W_][\w'’&.-]*")
_BREAK: Final = re.compile(r"[.!?…:;,\"“”„«»()\[\]{}|•–—\n\r/]")
DATELINE: Final = re.compile(
    r"\A[^\n]{0,120}?(?:\b\d{4}\s*\([^()\n]{3,40}\)\s*(?:--|[—–])|--\s?\([^()\n]{3,40}\)\s?--|"
    r"/[^/\n]{3,40}/\s*(?:--|[—–]|-\s))\s*"
)
"""What a newswire writes before a release: where, when, and its own name."""
_TAIL: Final = re.compile(r"(?:['’]s)?[.'’&-]*$")
_SMALL: Final = frozenset(
    ("of", "de", "da", "do", "del", "der", "di", "du", "la", "le", "van", "von", "für", "&")
)
_COMMON: Final = frozenset(
    """
    i i'm i’m i'd i’d i've i’ve i'll i’ll ok monday tuesday wednesday thursday friday saturday
    sunday january february march april may june july august september october november december
    """.split()  # noqa: SIM905 - a list would take a screen
)
_GENERIC: Final = frozenset(
    """
    air aircraft airlines airport airways authority bank bancorp board capital capitals city club
    co commission company corp corporation council court department energy engines federation
    financial foods fuels fund gmbh group holding holdings inc industries institute insurance
    international jet labs limited llc ltd media ministry motors newswire office oil partners
    pharma plc railways restaurants retail services stores systems technologies trust union
    university wire works
    """.split()  # noqa: SIM905
)
"""What a firm or an office is: by itself no name of any."""
_NO_NAMES: Final = frozenset(
    """
    a after all an and another any are as at be before both but by can did do does each every few
    for from had has have he her here his how i if in into is it its many may more most much my
    near no nor not now on one only or our over said shall she since so some still such than that
    the their then there these they this those through to today tonight under until was we were
    what when where which while who why will with yesterday yet you your
    """.split()  # noqa: SIM905
)
"""What may begin a sentence, and is no part of the name that comes next."""


@dataclass(slots=True)
class Name:
    """A name, the ways in which it is written, and in how many items it stands."""

    ways: Counter[str] = field(default_factory=Counter)
    n: int = 0


def joined(text: str) -> str:
    """Return a name in the form in which it is compared: folded, letters and digits alone.

    So `#KestrelValley`, `Kestrel Valley` and `kestrel-valley` are one.
    """
    return "".join(filter(str.isalnum, fold(text)))


def capitals(text: str) -> list[str]:
    """Return the names in a text: runs of capitalised words, those that begin a sentence aside.

    A text in which most words are capitalised, as in some headlines, shows none.

    Examples
    --------
    >>> capitals("Full aircraft at Kestrel Valley. Northwind says water, the Bank of Blackmere no.")
    ['Kestrel Valley', 'Bank of Blackmere']
    """
    return [name for name, _ in _runs(text)]


def _runs(text: str) -> list[tuple[str, str]]:
    """Return the names in a text, and the capitalised word before each that begins a sentence."""
    text = _LINK.sub(" . ", DATELINE.sub("", text[:_LOOKED]))
    found: list[tuple[str, str]] = []
    words = capital = 0
    for part in _BREAK.split(text):
        run: list[str] = []
        begin = ""
        tokens = _WORD.findall(part)
        for place, raw in enumerate(tokens):
            word = _TAIL.sub("", raw)
            words += 1
            is_capital = word[:1].isupper()
            capital += is_capital
            is_name = is_capital and place and word.lower() not in _COMMON
            is_inner = run and word in _SMALL and tokens[place + 1 : place + 2]
            if is_name or (is_inner and tokens[place + 1][0].isupper()):
                run.append(word)
            else:
                begin = _close(run, found, begin)
            if raw != word:  # Acme's, or the end of an abbreviation
                begin = _close(run, found, begin)
            elif is_capital and not place:
                begin = word
        _close(run, found, begin)
    return [] if capital * 2 > words + 6 else found


def _close(run: list[str], found: list[tuple[str, str]], begin: str) -> str:
    if run:
        found.append((" ".join(run), begin))
        run.clear()
    return ""


def names_of(items: Sequence[Item]) -> dict[str, Name]:
    """Return the names in items by the form in which they are compared, each counted per item.

    A cashtag or a listing keeps its sign: ``$acme``. Of a large story 500 items are read,
    evenly spread.
    """
    found: dict[str, Name] = {}
    step = max(1, -(-len(items) // _ITEMS))
    read: list[tuple[dict[str, str], list[tuple[str, str]]]] = []
    known: set[str] = set()
    for item in items[::step]:
        ways: dict[str, str] = {}
        for ticker in (*item.cashtags, *item.tickers):
            ways.setdefault("$" + fold(ticker), "$" + ticker.upper())
        for tag in item.hashtags:
            ways.setdefault(joined(tag), "#" + tag)
        runs = [run for text in (item.title, item.text) if text for run in _runs(text)]
        known.update(ways)
        known.update(joined(name) for name, begin in runs if not begin)
        read.append((ways, runs))
    for ways, runs in read:
        for name, begin in runs:
            if name := _whole(name, begin, known):
                ways.setdefault(joined(name), name)
        for key, way in ways.items():
            if key:
                told = found.setdefault(key, Name())
                told.n += 1
                told.ways[way] += 1
    return found


def _whole(name: str, begin: str, known: set[str]) -> str:
    """Return a name with the word before it that begins a sentence, if that is part of it.

    It is if others write so within a sentence, or if the rest is a firm's kind and no name.
    """
    is_kind = all(word.lower() in _GENERIC for word in name.split())
    if begin and (is_kind or joined(begin + name) in known):
        return f"{begin} {name}" if begin.lower() not in _NO_NAMES else ""
    return "" if is_kind else name


def shown(names: Mapping[str, Name], n: int) -> tuple[str, ...]:
    """Return the names as they are mostly written, the most frequent first.

    Left out is what stands in a single item of several, or in less than one in twenty.
    """
    least = 1 if n == 1 else max(2, n / 20)
    kept = [(key, name) for key, name in names.items() if name.n >= least]
    kept.sort(key=lambda pair: (-pair[1].n, pair[0]))
    return tuple(_way(name) for _, name in kept)


def _way(name: Name) -> str:
    """Return how a name is written: without a sign, if it ever is."""
    ways = sorted(name.ways, key=lambda way: (way[0] == "#", -name.ways[way], way))
    return ways[0]
