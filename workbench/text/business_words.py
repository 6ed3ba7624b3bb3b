"""The words of business news, read from two lists that lie beside this file.

How they are written is said at the top of business_moves.txt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

__all__ = ["Entry", "Vocabulary", "Word", "forms", "tokens", "vocabulary"]

TOKEN: Final = re.compile(
    r"\d+(?:[.,]\d+)*"  # figures, in either style
    r"|\$[A-Za-z]{1,6}(?![A-Za-z0-9])"  # cashtags
    r"|[^\W\d_]+(?:['’][^\W\d_]+)?"  # words; what is joined by hyphens or & stands apart
    r"|(?<![\w.)])[+\-−](?=[$€£]?\d)"  # a figure's sign
    r"|[%$€£¥,;:()–—*🚀📈📉🐂🐻🩸💪👍👎🟢🔴🔻💀]"
)
CASHTAG: Final = "$$"
"""What stands for whatever cashtag."""

_POSSESSIVE: Final = ("'s", "’s")
_LISTS: Final = ("business_moves.txt", "business_topics.txt", "business_words.txt")
_DOUBLED: Final = re.compile(r"(?:[^aeiou]|^|qu)[aeiou][bdgklmnprtv]$")


MOVED_KINDS: Final = frozenset({"goods", "bads", "marks", "prices", "deals", "currency", "flat"})
"""Sections of what moves."""
_ARTICLES: Final = frozenset({"the", "a", "an", "its", "their"})
_SMALL: Final = frozenset({"in", "on", "at", "to", "of", "what", "is", "was", "were", "event"})
_TOLD: Final = frozenset({"good", "bad", "bads", "marks", "peak", "trough"})


class Word(NamedTuple):
    """What is known of a word or phrase.

    Attributes
    ----------
    kind : str
        The section that it stands in.
    value : float
        What it is worth by itself; for the words that sentences are built with, a factor.
    weight : float
        How much it counts when something moves it; 0 unless it is what moves.
    is_past : bool
        A past form, which is no noun.
    """

    kind: str
    value: float
    weight: float = 0.0
    is_past: bool = False


Phrase = tuple[list[str], Word]
Apart = tuple[list[str], list[str], Word]


class Entry(NamedTuple):
    """What may begin with a word.

    Attributes
    ----------
    phrases : dict of str to tuple
        What follows in a phrase, and what it is, the longest first; by the second word.
    apart : tuple
        Phrases whose words may stand apart: what follows at once, what may follow later, and
        what it is.
    alone : Word or None
        The word by itself.
    """

    phrases: dict[str, tuple[Phrase, ...]]
    apart: tuple[Apart, ...]
    alone: Word | None


Vocabulary = dict[str, Entry]


def tokens(text: str) -> list[str]:
    """Return the words, figures and marks of a text, lowered, without 's; cashtags are all one.

    Examples
    --------
    >>> tokens("Acme's year-on-year sales: EUR 1.2bn")
    ['acme', 'year', 'on', 'year', 'sales', ':', 'eur', '1.2', 'bn']
    """
    if text.isascii():
        found = TOKEN.findall(text.lower())
    else:  # the lower form of a letter may be two, which would part the word
        found = [token.lower() for token in TOKEN.findall(text)]
    if "$" in text:
        found = [CASHTAG if token[0] == "$" and len(token) > 1 else token for token in found]
    return [_bare(token) for token in found] if "'" in text or "’" in text else found


def _bare(token: str) -> str:
    return token[:-2] if token.endswith(_POSSESSIVE) else token.replace("’", "'")


def forms(entry: str) -> Iterator[tuple[str, bool]]:
    """Return each form that an entry of the lists stands for, and whether it is a past form.

    Examples
    --------
    >>> [form for form, _ in forms("cut~")]
    ['cut', 'cuts', 'cutting', 'cutted', 'cuting', 'cuted']
    >>> list(forms("recovery+")), list(forms("fell!"))
    ([('recovery', False), ('recoveries', False)], [('fell', True)])
    """
    if "~ " in entry:
        verb, _, rest = entry.partition("~ ")
        yield from ((f"{form} {rest}", is_past) for form, is_past in forms(f"{verb}~"))
        return
    stem, mark = (entry[:-1], entry[-1]) if entry[-1] in "~+!" else (entry, "")
    if not mark:
        yield stem, False
    elif mark == "!":
        yield stem, True
    else:
        yield stem, False
        yield _plural(stem), False
        if mark == "~":
            root = stem.removesuffix("e")
            root += root[-1] if _DOUBLED.search(root) and root == stem else ""
            yield f"{root}ing", False
            is_y = stem.endswith("y") and stem[-2] not in "aeou"
            yield (f"{stem[:-1]}ied" if is_y else f"{root}ed"), True
            if root not in (stem, stem[:-1]):  # some do not double: "offered"
                yield from ((f"{stem}ing", False), (f"{stem}ed", True))


def _plural(stem: str) -> str:
    if stem.endswith("y") and stem[-2] not in "aeou":
        return f"{stem[:-1]}ies"
    return f"{stem}es" if stem.endswith(("s", "x", "z", "ch", "sh")) else f"{stem}s"


@cache
def vocabulary() -> Vocabulary:
    """Return all that is known, by first word.

    Of what stands in the lists twice the first counts, unless it is under ``[nothing]`` too.
    What is good or bad is known without its articles too, as headlines have it, but for
    phrases with a small word in front, which would mean much else.
    """
    known: dict[tuple[str, ...], Word] = {}
    folder = files("workbench.text")
    for name in _LISTS:
        for words, word in _read((folder / name).read_text("utf-8")):
            if words not in known or word.kind == "nothing":
                known[words] = word
    for words, word in list(known.items()):  # headlines leave articles out
        short = tuple(each for each in words if each not in _ARTICLES)
        is_shorter = len(words) > len(short) > 1 and words[-1] == short[-1]
        if is_shorter and word.kind in _TOLD and words[0] not in _SMALL:
            known.setdefault(short, word)
    grouped: dict[str, list[tuple[tuple[str, ...], Word]]] = {}
    for words, word in known.items():
        grouped.setdefault(words[0], []).append((words, word))
    return {first: _entry(found) for first, found in grouped.items()}


def _entry(found: list[tuple[tuple[str, ...], Word]]) -> Entry:
    phrases: dict[str, tuple[Phrase, ...]] = {}
    apart: list[Apart] = []
    for words, word in sorted(found, key=lambda pair: -len(pair[0])):
        rest = list(words[1:])
        if "*" in rest:
            gap = rest.index("*")
            apart.append((rest[:gap], rest[gap + 1 :], word))
        elif rest:
            phrases[rest[0]] = (*phrases.get(rest[0], ()), (rest, word))
    alone = next((word for words, word in found if len(words) == 1), None)
    return Entry(phrases, tuple(apart), alone)


def _read(text: str) -> Iterator[tuple[tuple[str, ...], Word]]:
    kind = ""
    numbers: list[float] = []
    for line in text.splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            if not line.startswith(" "):
                said, _, line = line.partition(":")  # noqa: PLW2901 - what is left of it
                numbers = [float(number) for number in said.split()]
            for entry in filter(None, map(str.strip, line.split(","))):
                for form, is_past in forms(entry):
                    yield tuple(tokens(form)), _word(kind, numbers, is_past=is_past)


def _word(kind: str, numbers: list[float], *, is_past: bool) -> Word:
    first, *rest = numbers
    if kind in MOVED_KINDS:
        return Word(kind, (rest or [0.0])[0], first, is_past)
    return Word(kind, first, 0.0, is_past)
