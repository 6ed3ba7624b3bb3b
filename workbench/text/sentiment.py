"""Sentiment: how negative or positive a text reads.

Engines are found by :mod:`workbench.text.engines`; ``lexicon`` is VADER as vaderSentiment 3.3.2
has it, for English alone.

References
----------
Hutto and Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social
Media Text", ICWSM 2014.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from workbench.text import engines
from workbench.text.engines import Share

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "LONGEST",
    "NEGATIVE",
    "POSITIVE",
    "compound_of",
    "explain",
    "is_readable",
    "score",
]

POSITIVE: Final = 0.05
"""The least compound score of a positive text; between the two it is neutral."""

NEGATIVE: Final = -0.05
"""The greatest compound score of a negative text."""

LONGEST: Final = 3_000
"""Characters of an item that are scored; the engine's time grows with the square of them."""

_FIELDS: Final = ("neg", "neu", "pos", "compound")


@lru_cache(maxsize=2048)
def _compound(text: str) -> float:
    return engines.engine("lexicon").compound(text)  # reposts say the same again


def compound_of(text: str, lang: str | None) -> float | None:
    """Return the compound score of an item's text, -1 to 1.

    None where no engine knows the language, or the text has no characters to read: unknown
    is not neutral. A text of unknown language is not taken for English, since words of other
    languages would then count as neutral.

    Parameters
    ----------
    text : str
        Its first :data:`LONGEST` characters are read.
    lang : str or None
        Language tag, BCP 47.

    Examples
    --------
    >>> compound_of("What a great day!", "en-GB")
    0.6588
    >>> compound_of("Was für ein schöner Tag!", "de") is None
    True
    """
    return _compound(text[:LONGEST]) if is_readable(text, lang) else None


def explain(text: str, lang: str | None) -> list[Share]:
    """Return which words make an item's compound score, and how much of it each.

    Parameters
    ----------
    text, lang
        As :func:`compound_of` takes them.

    Returns
    -------
    list of Share
        In the order of the words, then the share of all exclamation and question marks, if they
        have one. They add up to the score, but for its rounding to four digits. [] where there is
        no score, or no word of the lexicon.

    Examples
    --------
    >>> text = "Not good at first, great today"
    >>> [(text[s.start : s.end], round(s.value, 2), s.plain) for s in explain(text, "en")]
    [('good', -0.33, 1.9), ('great', 0.73, 3.1)]
    """
    if not is_readable(text, lang):
        return []
    return engines.engine("lexicon").explain(text[:LONGEST])


def is_readable(text: str | None, lang: str | None) -> bool:
    """Return whether an engine knows the language, and there is something to read."""
    if not isinstance(lang, str) or lang[:2].lower() != "en" or lang[2:3] not in ("", "-", "_"):
        return False
    return isinstance(text, str) and bool(text) and not text.isspace()


def score(
    texts: Iterable[str | None], *, engine: str = "lexicon", fixes: bool = False
) -> pd.DataFrame:
    """Return the sentiment of each text.

    Parameters
    ----------
    texts : iterable of str or None
        In a language that the engine reads.
    engine : str
        One of those that are installed; ``lexicon`` is VADER as vaderSentiment 3.3.2 has it, to
        the last digit.
    fixes : bool
        With corrections of the engine's known errors, if it has some.

    Returns
    -------
    pandas.DataFrame
        One row per text, in their order, and with their index if they have one: neg, neu,
        pos (shares of the text, 0 to 1), compound (-1 to 1) and label (negative up to -0.05,
        positive from 0.05, else neutral). A missing text has no scores. Its ``attrs["engine"]``
        is the engine's name and version.

    Raises
    ------
    SettingError
        If there is no such engine, or it has no fixes.

    Examples
    --------
    >>> scored = score(["What a great day!", "The train stands."])
    >>> scored[["compound", "label"]]
       compound     label
    0    0.6588  positive
    1    0.0000   neutral
    >>> scored.attrs["engine"]
    'lexicon 3.3.2'
    """
    import numpy as np
    import pandas as pd

    used = engines.engine(engine, fixes=fixes)
    given = list(texts)
    rows = [row for row, text in enumerate(given) if isinstance(text, str)]
    found = np.full((len(given), len(_FIELDS)), np.nan)
    if rows:
        found[rows] = used.scores([text for text in given if isinstance(text, str)])
    index = texts.index if isinstance(texts, pd.Series) else None
    frame = pd.DataFrame(found, columns=list(_FIELDS), index=index)
    compound = frame["compound"]
    label = pd.Series("neutral", index=frame.index, dtype="str")
    label = label.mask(compound >= POSITIVE, "positive").mask(compound <= NEGATIVE, "negative")
    frame["label"] = label.mask(compound.isna())
    frame.attrs["engine"] = engines.label_of(used)
    return frame
