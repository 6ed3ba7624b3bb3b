"""How sure a story is: a rumour, borne out, on the wire, official, or denied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, takewhile
from typing import Final

from workbench.items import Item
from workbench.text.naming import Name, joined
from workbench.tokens import fold, tokenize

__all__ = ["OWN_WORDS", "is_denial", "is_official", "state_of"]

OWN_WORDS: Final = frozenset({"post", "article", "release", "filing"})
"""Kinds of items whose words are their author's own, and answer nobody's."""

_LOOKED: Final = 600  # characters
_SHORT: Final = 3  # letters: shorter words join others
_SAID: Final = 3  # items that must name somebody before the story is about them

_FALSE: Final = (
    r"(?:is|are|was|were)\s+(?:simply\s+|entirely\s+|completely\s+|plainly\s+)?"
    r"(?:false|untrue|not\s+true|baseless|unfounded|a\s+hoax|fake|made\s+up|wrong)"
)
_DENIES: Final = (
    r"(?:denie[sd]|deny|rejects?|rejected|refutes?|refuted|dismiss(?:es|ed)?|rebuts?|rebutted|"
    r"debunks?|debunked)"
)
_OWN_DENIAL: Final = re.compile(
    rf"\b(?:we|i)\s+(?:firmly\s+|flatly\s+|categorically\s+)?{_DENIES}\b|"
    rf"\b(?:rumou?rs?|reports?|claims?|story|stories|video|picture|post|posts|speculation|letter|"
    rf"screenshot|allegations?)\b[^.!?]{{0,60}}\b(?:{_FALSE}|not\s+ours|not\s+from\s+us)\b|"
    r"\bno\s+truth\s+(?:to|in)\b|"
    r"\bthis\s+is\s+(?:false|untrue|not\s+true|fake|a\s+hoax)\b|\bit\s+is\s+not\s+true\b",
    re.IGNORECASE,
)
_IS_NONE: Final = re.compile(
    r"\bthere\s+(?:is|are|was|were|has\s+been|have\s+been)\s+no\s+(\w+(?:\s+\w+){0,4})",
    re.IGNORECASE,
)
_ENDS: Final = frozenset(
    """
    about after among and as at because before behind between but by for from here if in now of on
    or since so than that these this to today under until when where which with within yet
    """.split()  # noqa: SIM905
)
"""What ends the words for a thing."""
_EVIDENCE: Final = frozenset(("evidence", "indication", "indications", "sign", "signs", "basis"))
_NO_MATTER: Final = frozenset(
    """
    action additional alternative announcement assurance better casualties certainty
    chance change changes charge comment cost date deadline decision detail details
    doubt easy effect end estimate excuse fee fees further good guarantee harm hurry
    immediate impact information injured injuries limit longer material more need new news
    obligation one other place plan point progress quick reason report response risk room rush
    set simple single space such time timetable update use victims way word words
    """.split()  # noqa: SIM905
)
"""What there may be none of though nothing is denied: "there is no certainty that …"."""
_WHO: Final = (
    r"(?:company|airline|firm|bank|group|maker|manufacturer|operator|regulator|authority|agency|"
    r"ministry|minister|government|police|commission|spokes(?:man|woman|person)|"
    r"chief\s+executive|ceo|chair(?:man|woman)?|founder|president|office)"
)
_TOLD_DENIAL: Final = re.compile(
    rf"\b(?P<who>[^\W\d_][\w'’&-]*(?:\s+[^\W\d_][\w'’&-]*)?)\s+(?:has\s+)?"
    rf"(?:firmly\s+|flatly\s+|categorically\s+)?{_DENIES}\b|"
    rf"^\s*no\s+(?P<what>\w+)[^.!?]{{0,80}},?\s+(?:the\s+)?(?P<says>[^\W\d_][\w'’&-]*(?:\s+[^\W\d_][\w'’&-]*)?)"
    r"\s+(?:says|said|confirms|confirmed)\b",
    re.IGNORECASE,
)
_OFFICE: Final = re.compile(rf"\b{_WHO}\b", re.IGNORECASE)
_NOT_OFFICE: Final = re.compile(
    r"\bden(?:y|ie[sd])\s+(?:boarding|entry|access|them|him|her|us|me)\b", re.IGNORECASE
)


def state_of(items: Sequence[Item], names: Mapping[str, Name]) -> str:
    """Return how a story stands, from its items in the order of their time.

    A denial counts unless something official came first that bears the story out; something
    official that comes after a denial takes its place.
    """
    about = {
        name.removeprefix("$") for name, told in names.items() if told.n >= min(_SAID, len(items))
    }
    state = ""
    for place, item in enumerate(items):
        if item.kind == "repost":
            continue
        if state != "official" and is_denial(item, about, islice(items, place)):
            state = "denied"
        elif is_official(item, about):
            state = "official"
    if state:
        return state
    if any(item.tier == "wire" for item in items):
        return "wire"
    told = {(item.source, item.author) for item in items if item.kind in OWN_WORDS}
    texts = {joined(item.title or item.text[:_LOOKED]) for item in items if item.kind in OWN_WORDS}
    return "corroborated" if min(len(told), len(texts)) > 1 else "rumour"


def is_official(item: Item, about: set[str]) -> bool:
    """Return whether an item is a filing, or said by somebody whom the story is about.

    A release is by whom its headline begins with, or whose listing it gives.
    """
    if item.kind == "filing" or item.tier == "filing":
        return True
    if item.kind == "release":
        begin = [joined(word) for word in (item.title or "").split()[:3]]
        ways = {"".join(begin[:n]) for n in (1, 2, 3)}
        return bool(item.tickers or (ways & about) - {""})
    return item.tier == "social" and item.kind != "reply" and _is_about(item, about)


def _is_about(item: Item, about: set[str]) -> bool:
    """Return whether an account bears the name of somebody whom a story is about."""
    handle = (item.author or "").partition("@")[0]
    ways = {joined(item.author_name or ""), joined(handle.partition(".")[0]), joined(handle)}
    return bool((ways & about) - {""})


def is_denial(item: Item, about: set[str], before: Iterable[Item] = ()) -> bool:
    """Return whether somebody says that the story is not so, who can know.

    That is an account or a release of one whom the story is about, or of an office, saying so
    in the words of a denial; or a newswire or news site that names who denies it. "There is no
    strike" denies one if an office says so, or if there was talk of it before.
    """
    text = f"{item.title or ''}\n{item.text[:_LOOKED]}"
    if _NOT_OFFICE.search(text):
        return False
    if item.tier == "social":
        is_office = bool(_OFFICE.search(item.author_name or ""))
        is_theirs = is_office or _is_about(item, about)
        return is_theirs and _denies(text, before, is_office=is_office)
    if item.kind == "release" and _denies(text, before, is_office=False):
        return True
    for part in (item.title or "", item.text[:_LOOKED]):
        for match in _TOLD_DENIAL.finditer(part):
            if fold(match["what"] or "") in _NO_MATTER:
                continue
            who = match["who"] or match["says"] or ""
            words = {joined(word) for word in who.split()} | {joined(who)}
            if words & about or _OFFICE.search(who):
                return True
    return False


def _denies(text: str, before: Iterable[Item], *, is_office: bool) -> bool:
    """Return whether a text denies something, said by one who can know."""
    if _OWN_DENIAL.search(text):
        return True
    denied: set[str] = set()
    for match in _IS_NONE.finditer(text):
        words = tokenize(match[1])
        if len(words) > 1 and words[0] in _EVIDENCE and words[1] in _ENDS:  # of a strike
            words = words[2:]
        thing = list(takewhile(lambda word: word not in _ENDS, words))[:2]
        if thing and _NO_MATTER.isdisjoint(thing):
            denied.update(_single(word) for word in thing if len(word) > _SHORT)
            if is_office:
                return True
    return bool(denied) and any(
        not denied.isdisjoint(map(_single, tokenize(f"{item.title or ''} {item.text[:_LOOKED]}")))
        for item in before
    )


def _single(word: str) -> str:
    return word.removesuffix("s")
