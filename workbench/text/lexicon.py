"""The engine ``lexicon``: VADER as vaderSentiment 3.3.2 has it, for English."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING

from workbench.text.engines import Share
from workbench.text.vader import Vader

if TYPE_CHECKING:
    import numpy as np

    from workbench.text.vaderbatch import Batch

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

    @cached_property
    def _batch(self) -> Batch:
        # A page's process, which scores no batches, does without NumPy.
        from workbench.text.vaderbatch import Batch

        return Batch(self._vader)

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        """Return neg, neu, pos and compound, one row per text."""
        return self._batch.scores(texts)

    def compound(self, text: str) -> float:
        """Return the compound score, -1 to 1, rounded to four digits."""
        return self._vader.compound(text)

    def explain(self, text: str) -> list[Share]:
        """Return what each word has of the compound score, then what all marks have."""
        return self._vader.explain(text)
