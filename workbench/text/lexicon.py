"""The engine ``lexicon``: VADER as vaderSentiment 3.3.2 has it, for English, and with fixes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING

from workbench.text.engines import Share
from workbench.text.mending import VERSION
from workbench.text.vader import Vader

if TYPE_CHECKING:
    import numpy as np

    from workbench.text.vaderbatch import Batch

__all__ = ["Lexicon"]


class Lexicon:
    """The engine; without fixes its numbers are vaderSentiment's, to the last digit.

    Parameters
    ----------
    fixes : bool
        With the fixes of :mod:`workbench.text.mending`.

    Attributes
    ----------
    name, version, languages
        As of any engine; the version is that of vaderSentiment, with that of the fixes.

    Examples
    --------
    >>> plain = Lexicon()
    >>> plain.compound("No issues so far"), plain.fixed.compound("No issues so far")
    (-0.296, 0.3818)
    """

    name = "lexicon"
    languages = frozenset({"en"})

    def __init__(self, *, fixes: bool = False) -> None:
        number = version("vaderSentiment")
        self.version = f"{number}+{VERSION}" if fixes else number
        self._vader = Vader(is_mended=fixes)

    @cached_property
    def fixed(self) -> Lexicon:
        """The same with fixes, as it is used where scores are shown."""
        return Lexicon(fixes=True)

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
