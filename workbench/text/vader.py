"""VADER's scores to the last digit as vaderSentiment 3.3.2 gives it, but quicker.

Its rules are followed step by step, oddities included; its lexicon and word lists are read
from it. What makes it quick: a text is lowered once, only words of the lexicon are looked at
closely, and a text without any is 0 at once. And what each word has of it. Many texts at once
are quicker still by :mod:`workbench.text.vaderbatch`.
"""

from __future__ import annotations

import math
import re
import string
from bisect import bisect_right
from collections.abc import MutableSequence, Sequence
from itertools import accumulate
from typing import Any, Final, NamedTuple

from vaderSentiment.vaderSentiment import (
    BOOSTER_DICT,
    C_INCR,
    N_SCALAR,
    NEGATE,
    SPECIAL_CASES,
    SentimentIntensityAnalyzer,
)

from workbench.text.engines import Share
from workbench.text.mending import BARRIER, Mender, Part

__all__ = ["FAINTER", "NEGATIONS", "RARE", "Share", "Vader", "bare", "emphasis", "weigh_but"]

NEGATIONS: Final = frozenset(NEGATE)
"""Words that turn what follows."""

FAINTER: Final = (1.0, 0.95, 0.9)
"""What a booster is worth one, two and three words before."""

RARE: Final = frozenset(
    {"shit", "bomb", "ass", "bus", "yeah", "death", "die", "beating", "enough", "kind", "sort"}
)
"""Of each idiom the word that is seldom met otherwise."""

_KEPT: Final = 50_000  # words
_WORD: Final = re.compile(r"\S+")  # as str.split has them


class Vader:
    """The analyser; making one reads the lexicon.

    Attributes
    ----------
    lexicon : dict of str to float
        What each word is worth, -4 to 4.
    barrier : str
        A word that hinders whatever stands before it from changing what follows; "" if none does.

    Parameters
    ----------
    is_mended : bool
        With the fixes of :mod:`workbench.text.mending`.
    """

    def __init__(self, *, is_mended: bool = False) -> None:
        original: Any = SentimentIntensityAnalyzer()
        self._emojis = {key: text for key, text in original.emojis.items() if len(key) == 1}
        self._mender = Mender(original.lexicon, self._emojis) if is_mended else None
        self.lexicon: dict[str, float] = (self._mender or original).lexicon
        self.barrier = BARRIER if is_mended else ""
        # What is in the lexicon hinders the words before it.
        words = _Words({**self.lexicon, BARRIER: 0.0} if is_mended else self.lexicon)
        self._word = words.__getitem__

    def compound(self, text: str) -> float:
        """Return the compound score, -1 to 1, rounded to four digits."""
        text = self.spelled(text)
        values = self._values(list(map(self._word, text.split())))
        return round(_normal(values, emphasis(text)), 4)

    def scores(self, text: str) -> tuple[float, float, float, float]:
        """Return neg, neu and pos, rounded to three digits, and the compound score."""
        text = self.spelled(text)
        words = list(map(self._word, text.split()))
        if not words:
            return 0.0, 0.0, 0.0, 0.0
        values = self._values(words)
        marks = emphasis(text)
        pos, neg = 0.0, 0.0
        neu = sum(word.lowered != self.barrier for word in words)
        for value in values:  # one after another, since sum() is more exact than VADER is
            if value > 0:
                pos += value + 1
                neu -= 1
            elif value < 0:
                neg += value - 1
                neu -= 1
        if pos > -neg:
            pos += marks
        elif pos < -neg:
            neg -= marks
        total = pos - neg + neu
        compound = round(_normal(values, marks), 4)
        return round(-neg / total, 3), round(neu / total, 3), round(pos / total, 3), compound

    def explain(self, text: str) -> list[Share]:
        r"""Return what each word has of the compound score, in their order, then all marks.

        Words that have none of it are left out. With the values :math:`v` of the words and the
        marks, as VADER adds them up, a share is

        .. math:: v / \sqrt{(\sum v)^2 + 15}

        so that the shares add up to the score, but for its rounding.
        """
        parts = self._parts(text)
        spelled = "".join(part for part, *_ in parts)
        found = [match.span() for match in _WORD.finditer(spelled)]
        words = [self._word(spelled[start:end]) for start, end in found]
        values = self._values(words)
        total = float(sum(values))
        sign = (total > 0) - (total < 0)
        marks = sign * emphasis(spelled)
        scale = math.sqrt((total + marks) ** 2 + 15)
        starts = list(accumulate((len(part) for part, *_ in parts), initial=0))
        shares = [
            Share(*_origin(parts, starts, *span), value / scale, word.value or 0.0)
            for span, word, value in zip(found, words, values, strict=False)
            if value
        ]
        return [*shares, Share(0, 0, marks / scale, 0.0)] if marks else shares

    def _values(self, words: list[_Word]) -> list[float]:
        """Return what each word is worth where it stands; [] if none is in the lexicon."""
        if not words:
            return []
        lowered, known, shouts = zip(*words, strict=True)
        hits = [i for i, value in enumerate(known) if value is not None]
        if not hits:
            return []
        total = len(words) - lowered.count(self.barrier) if self.barrier else len(words)
        sentence = _Sentence(lowered, known, shouts, has_shouts=0 < sum(shouts) < total)
        values: list[float] = [0] * len(words)
        for i in hits:
            is_softener = lowered[i] == "kind" and lowered[i + 1 : i + 2] == ("of",)
            is_wall = lowered[i] == self.barrier
            if not is_wall and lowered[i] not in BOOSTER_DICT and not is_softener:
                values[i] = sentence.value(i, known[i] or 0.0)
        if "but" in lowered:
            weigh_but(lowered.index("but"), range(len(values)), values)
        return values

    def spelled(self, text: str) -> str:
        """Return the text as it is scored: with each emoji's description in its place."""
        if self._mender:
            return self._mender.text(text)
        if text.isascii() or self._emojis.keys().isdisjoint(text):
            return text
        return "".join(part for part, *_ in self._parts(text))

    def _parts(self, text: str) -> list[Part]:
        """Return the text in parts, as it is scored."""
        if self._mender:
            return self._mender.parts(text)
        parts: list[Part] = []
        last = 0
        for place in [i for i, char in enumerate(text) if char in self._emojis]:
            parts.append((text[last:place], last, place))
            if place and text[place - 1] != " ":
                parts.append((" ", place, place))
            last = place + 1
            parts.append((self._emojis[text[place]], place, last))
        return [*parts, (text[last:], last, len(text))]


def bare(text: str) -> str:
    """Return a word without the punctuation around it; of what may be an emoticon, all."""
    stripped = text.strip(string.punctuation)
    return text if len(stripped) <= 2 else stripped


def emphasis(text: str) -> float:
    """Return what exclamation and question marks add to whichever side is stronger."""
    questions = text.count("?")
    asked = 0 if questions < 2 else questions * 0.18 if questions <= 3 else 0.96
    return min(text.count("!"), 4) * 0.292 + asked


def weigh_but(but: int, places: Sequence[int], values: MutableSequence[float]) -> None:
    """Halve what stands before the first "but", and let what follows count half as much again.

    As VADER does it: each value is looked up by its size, so that of two alike the first is
    changed twice. Words that are worth nothing may be left out.

    Parameters
    ----------
    but : int
        Where it stands.
    places : sequence of int
        Where the words stand whose values these are.
    values : mutable sequence of float
    """
    for n in range(len(values)):
        first = values.index(values[n])
        if places[first] < but:
            values[first] *= 0.5
        elif places[first] > but:
            values[first] *= 1.5


def _normal(values: Sequence[float], marks: float) -> float:
    total = float(sum(values))
    if total > 0:
        total += marks
    elif total < 0:
        total -= marks
    return max(-1.0, min(1.0, total / math.sqrt(total * total + 15)))


def _origin(parts: list[Part], starts: list[int], first: int, last: int) -> tuple[int, int]:
    """Return where in the text a word begins and ends that stands there among its parts."""
    (part, start, end), offset = _part_at(parts, starts, first)
    begin = start + offset if len(part) == end - start else start
    (part, start, end), offset = _part_at(parts, starts, last - 1)
    return begin, start + offset + 1 if len(part) == end - start else end


def _part_at(parts: list[Part], starts: list[int], place: int) -> tuple[Part, int]:
    number = bisect_right(starts, place, hi=len(parts)) - 1
    return parts[number], place - starts[number]


class _Word(NamedTuple):
    """A word without its punctuation, lowered; its value if it is in the lexicon."""

    lowered: str
    value: float | None
    is_shout: bool


class _Words(dict[str, _Word]):
    """Words as they were met; the same ones come again and again."""

    def __init__(self, lexicon: dict[str, float]) -> None:
        super().__init__()
        self._lexicon = lexicon

    def __missing__(self, text: str) -> _Word:
        word = bare(text)
        lowered = word.lower()
        made = _Word(lowered, self._lexicon.get(lowered), word.isupper())
        if len(self) >= _KEPT:
            self.clear()
        self[text] = made
        return made


class _Sentence:
    """The words of a text: lowered, what each is worth by itself, which are in capitals."""

    def __init__(
        self,
        lowered: Sequence[str],
        known: Sequence[float | None],
        shouts: Sequence[bool],
        *,
        has_shouts: bool,
    ) -> None:
        self.lowered = lowered
        self.known = known
        self.shouts = shouts
        self.has_shouts = has_shouts  # some words, but not all, are in capitals
        self.has_idioms = not RARE.isdisjoint(lowered)

    def value(self, i: int, plain: float) -> float:
        """Return what word `i`, which is worth `plain` by itself, is worth where it stands."""
        known, lowered = self.known, self.lowered
        value = plain
        if lowered[i] == "no" and i + 1 < len(known) and known[i + 1] is not None:
            value = 0.0
        if "no" in lowered[max(0, i - 2) : i] or (
            i > 2 and lowered[i - 3] == "no" and lowered[i - 1] in ("or", "nor")
        ):
            value = plain * N_SCALAR
        if self.has_shouts and self.shouts[i]:
            value += C_INCR if value > 0 else -C_INCR
        for back in range(min(i, 3)):
            if known[i - back - 1] is not None:
                continue
            boost = self._boost(i - back - 1, value)
            value += boost * FAINTER[back] if back and boost else boost
            value = self._negate(value, back, i)
            if back == 2 and self.has_idioms:
                value = self._idiom(value, i)
        if i and lowered[i - 1] == "least" and known[i - 1] is None:
            is_kept = i > 1 and lowered[i - 2] in ("at", "very")
            value = value if is_kept else value * N_SCALAR
        return value

    def _boost(self, place: int, value: float) -> float:
        boost: float = BOOSTER_DICT.get(self.lowered[place], 0.0)
        if boost and value < 0:
            boost = -boost
        if boost and self.has_shouts and self.shouts[place]:
            boost += C_INCR if value > 0 else -C_INCR
        return boost

    def _negate(self, value: float, back: int, i: int) -> float:
        lowered = self.lowered
        first, last = lowered[i - back - 1], lowered[i - 1]
        is_stressed = back and first == "never" and lowered[i - back] in ("so", "this")
        if is_stressed or (back == 2 and last in ("so", "this")):
            return value * 1.25
        if back and first == "without" and "doubt" in lowered[i - back : i]:
            return value
        return value * N_SCALAR if first in NEGATIONS or "n't" in first else value

    def _idiom(self, value: float, i: int) -> float:
        three, two, one, zero = self.lowered[i - 3 : i + 1]
        for words in (
            f"{one} {zero}",
            f"{two} {one} {zero}",
            f"{two} {one}",
            f"{three} {two} {one}",
            f"{three} {two}",
        ):
            if words in SPECIAL_CASES:
                value = SPECIAL_CASES[words]
                break
        for size in (2, 3):
            ahead = self.lowered[i : i + size]
            if len(ahead) == size and " ".join(ahead) in SPECIAL_CASES:
                value = SPECIAL_CASES[" ".join(ahead)]
        for words in (f"{three} {two} {one}", f"{three} {two}", f"{two} {one}"):
            value += BOOSTER_DICT.get(words, 0.0)
        return value
