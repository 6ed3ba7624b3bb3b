"""The engine ``nltk``: the SentimentIntensityAnalyzer of NLTK, for those who know its numbers.

It is VADER as of an earlier version, without emoji; its numbers differ from those of ``lexicon``
on some posts in a hundred. Its lexicon is among NLTK's data, which no function here downloads.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from workbench.errors import SettingError
from workbench.text.engines import Share

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Nltk"]

_WORD = re.compile(r"\S\S+")  # a single sign is none to NLTK


class Nltk:
    """The engine.

    Attributes
    ----------
    name, version, languages
        As of any engine; the version is NLTK's.

    Raises
    ------
    SettingError
        If NLTK's data do not hold the lexicon; it says how to get it.
    """

    name = "nltk"
    languages = frozenset({"en"})

    def __init__(self) -> None:
        from nltk.sentiment.vader import SentimentIntensityAnalyzer

        self.version = version("nltk")
        try:
            self._analyser: Any = SentimentIntensityAnalyzer()
        except LookupError:
            raise SettingError(
                "the sentiment engine nltk needs NLTK's vader_lexicon, which is not among its "
                "data; get it with `python -m nltk.downloader vader_lexicon` (this goes online), "
                "or put sentiment/vader_lexicon.zip into a folder that NLTK_DATA names"
            ) from None

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        """Return neg, neu, pos and compound, one row per text."""
        import numpy as np

        found = [tuple(self._analyser.polarity_scores(text).values()) for text in texts]
        return np.array(found, dtype=np.float64).reshape(len(texts), 4)

    def compound(self, text: str) -> float:
        """Return the compound score, -1 to 1."""
        return float(self._analyser.polarity_scores(text)["compound"])

    def explain(self, text: str) -> list[Share]:
        """Return what each word has of the compound score, then what all marks have."""
        values: list[float] = []
        # A copy, since another thread may be scoring: what NLTK adds up is listened to.
        listening = copy.copy(self._analyser)
        listening.score_valence = lambda sentiments, _: values.extend(sentiments)
        listening.polarity_scores(text)
        total = float(sum(values))
        sign = (total > 0) - (total < 0)
        marks = sign * self._analyser._punctuation_emphasis(total, text)  # noqa: SLF001 - NLTK tells it nowhere else
        scale = math.sqrt((total + marks) ** 2 + 15)
        words = zip(_WORD.finditer(text), values, strict=True)
        shares = [
            Share(*match.span(), value / scale, self._plain(match[0]))
            for match, value in words
            if value
        ]
        return [*shares, Share(0, 0, marks / scale, 0.0)] if marks else shares

    def _plain(self, word: str) -> float:
        lexicon = self._analyser.lexicon
        lowered = word.lower()
        return float(lexicon.get(lowered, lexicon.get(lowered.strip(".,!?;:\"'()"), 0.0)))
