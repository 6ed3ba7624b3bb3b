"""The engine ``business``: wires, filings and news as an investor or a director reads them.

Rules for financial English, and no trained part: a text is good news for the company spoken of,
bad news, or, as most are, neither.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from workbench.text.business_marks import Mark, marks_of
from workbench.text.business_rules import weigh
from workbench.text.business_words import TOKEN, tokens, vocabulary
from workbench.text.engines import Share

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Business"]

# It begins with what few characters are, so that the others are passed over quickly.
_SENTENCE: Final = re.compile(
    r"[.!?\n](?:(?<=\n)\n*|(?<!\n)"
    r"(?<!\b[A-Z].)(?<!Inc.)(?<!Corp.)(?<!Ltd.)(?<!\bCo.)(?<!\bNo.)(?<!\bSt.)"
    r"(?<!Mr.)(?<!Dr.)(?<!vs.)[\"'”’)]*\s+(?=[A-Z\"'“‘(]))"
)
# What stands at the end of every release: who the company is, and what may not come true.
_TAIL: Final = re.compile(
    r"\n\s*(?:About [A-Z]|Forward[- ][Ll]ooking [Ss]tatement|Safe [Hh]arbor|Cautionary )"
    r"[^\n.!?]{0,60}\n"
)
_LINK: Final = re.compile(r"(?:https?://|www\.)\S+")
_LATER: Final = 0.6  # what a sentence after the first counts
_LONGEST: Final = 2_000  # characters of a sentence; the rules' time grows with its square
_LEAST: Final = 0.05  # what is less than a label asks for is 0
_ASKED: Final = 0.25  # of which a question has so much
_CALM: Final = 0.07  # less than this says nothing


class _Sentence(NamedTuple):
    start: int
    text: str
    marks: list[Mark]
    total: float
    weight: float


class Business:
    """The engine; making one reads its lists.

    Attributes
    ----------
    name, version, languages
        As :class:`~workbench.text.engines.Engine` has them.
    """

    name = "business"
    version = "1"
    languages = frozenset({"en"})

    def __init__(self) -> None:
        self._known = vocabulary()

    def compound(self, text: str) -> float:
        r"""Return how good a text's news is, -1 to 1; 0 for what is neither.

        The first sentence counts in full, those after it 0.6 as much; with the sums :math:`t`
        and weights :math:`w` of those that say something at all,

        .. math:: s = \sum w t / \sqrt{\sum w}, \quad c = \pm s' / \sqrt{s'^2 + 1}

        where :math:`s'` is what of the size of :math:`s` is above 0.07; nothing up to 0.12.
        """
        return self._score(text)[3]

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        """Return one row per text: neg, neu, pos and compound."""
        import numpy as np

        return np.array([self._score(text) for text in texts], dtype="float64").reshape(-1, 4)

    def explain(self, text: str) -> list[Share]:
        """Return what each word or phrase has of the score; they add up to it but for rounding."""
        sentences = self._sentences(text)
        total, scale = _combined(sentences)
        compound = _compound(total)
        if not compound:
            return []
        shares = []
        for sentence in sentences:
            spans = [match.span() for match in TOKEN.finditer(sentence.text)]
            shares += [
                Share(
                    sentence.start + spans[mark.start][0],
                    sentence.start + spans[mark.end - 1][1],
                    mark.value * sentence.weight * scale * compound / total,
                    mark.word.value,
                )
                for mark in sentence.marks
                if mark.value
            ]
        return shares

    def _score(self, text: str) -> tuple[float, float, float, float]:
        sentences = self._sentences(text)
        if not sentences:
            return 0.0, 1.0, 0.0, 0.0
        good = bad = 0.0
        for sentence in sentences:
            for mark in sentence.marks:
                good += max(mark.value, 0.0) * sentence.weight
                bad -= min(mark.value, 0.0) * sentence.weight
        whole = good + bad + 1
        compound = round(_compound(_combined(sentences)[0]), 4)
        return bad / whole, 1 / whole, good / whole, compound

    def _sentences(self, text: str) -> list[_Sentence]:
        """Return the sentences that say something, with what they say."""
        if "http" in text or "www." in text:
            text = _LINK.sub(lambda link: " " * len(link[0]), text)
        if "\n" in text and (tail := _TAIL.search(text)):
            text = text[: tail.start()]
        found = []
        for start, part in _split(text):
            words = tokens(part)
            marks = marks_of(words, self._known)
            if marks and (total := weigh(marks, words)):
                weight = _LATER if start else 1.0
                weight *= _ASKED if part.rstrip().endswith("?") else 1.0
                found.append(_Sentence(start, part, marks, total, weight))
        return found


def _split(text: str) -> list[tuple[int, str]]:
    """Return a text's sentences and where each begins; longer ones than any are cut."""
    breaks = [match.end() for match in _SENTENCE.finditer(text)]
    if not breaks and len(text) <= _LONGEST:
        return [(0, text)]
    parts = []
    for start, end in pairwise([0, *breaks, len(text)]):
        while end - start > _LONGEST:
            cut = text.rfind(" ", start + 1, start + _LONGEST) + 1 or start + _LONGEST
            parts.append((start, text[start:cut]))
            start = cut  # noqa: PLW2901 - the rest of it
        parts.append((start, text[start:end]))
    return parts


def _combined(sentences: list[_Sentence]) -> tuple[float, float]:
    """Return the sum over all sentences, and what their shares of it are multiplied by."""
    scale = 1 / math.sqrt(sum(sentence.weight for sentence in sentences) or 1)
    return scale * sum(sentence.weight * sentence.total for sentence in sentences), scale


def _compound(total: float) -> float:
    size = max(abs(total) - _CALM, 0.0)
    value = size / math.sqrt(size * size + 1)
    return math.copysign(value, total) if value >= _LEAST else 0.0
