"""The engine ``lexicon``: VADER as vaderSentiment 3.3.2 has it, for English."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

from workbench.text.engines import Share
from workbench.text.vader import Vader

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Lexicon"]


class Lexicon:
    """The engine; its numbers are vaderSentiment's, to the last digit.

    Attributes
    ----------
    name, version, languages
        As of any engine; the version is that of vaderSentiment.
    """

    name = "lexicon"
    languages = frozenset({"en"})

    def __init__(self) -> None:
        self.version = version("vaderSentiment")
        self._vader = Vader()

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        """Return neg, neu, pos and compound, one row per text."""
        import numpy as np

        found = np.empty((len(texts), 4))
        for row, text in enumerate(texts):
            found[row] = tuple(self._vader.original.polarity_scores(text).values())
        return found

    def compound(self, text: str) -> float:
        """Return the compound score, -1 to 1, rounded to four digits."""
        return self._vader.compound(text)

    def explain(self, text: str) -> list[Share]:
        """Return what each word has of the compound score, then what all marks have."""
        return self._vader.explain(text)
