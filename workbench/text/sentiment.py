"""Sentiment: how negative or positive a text reads.

Engines are found by :mod:`workbench.text.engines`; ``lexicon`` is VADER as vaderSentiment 3.3.2
has it, for English alone.

References
----------
Hutto and Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social
Media Text", ICWSM 2014.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from workbench.text import engines
from workbench.text.engines import Engine

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "LONGEST",
    "NEGATIVE",
    "POSITIVE",
    "frame_of",
    "is_text",
    "primary",
    "score",
]

POSITIVE: Final = 0.05
"""The least compound score of a positive text; between the two it is neutral."""

NEGATIVE: Final = -0.05
"""The greatest compound score of a negative text."""

LONGEST: Final = 3_000
"""Characters of an item that are scored; an engine's time may grow with the square of them."""

_FIELDS: Final = ("neg", "neu", "pos", "compound")


def primary(lang: str | None) -> str:
    """Return the primary part of a language tag, in small letters; "" if there is none.

    Examples
    --------
    >>> primary("en-GB"), primary("EN_us"), primary("eng"), primary(None)
    ('en', 'en', 'eng', '')
    """
    return re.split(r"[-_]", lang, maxsplit=1)[0].lower() if isinstance(lang, str) else ""


def is_text(text: str | None) -> bool:
    """Return whether there is something to read."""
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
    import pandas as pd

    used = engines.engine(engine, fixes=fixes)
    frame = frame_of([text if isinstance(text, str) else None for text in texts], used)
    if isinstance(texts, pd.Series):
        frame.index = texts.index
    return frame.drop(columns="engine")


def frame_of(texts: Sequence[str | None], used: Engine | None) -> pd.DataFrame:
    """Return the scores of some texts by an engine, and its name and version.

    Where there is no text, or no engine, all fields are null.
    """
    import numpy as np
    import pandas as pd

    rows = [row for row, text in enumerate(texts) if text is not None] if used else []
    found = np.full((len(texts), len(_FIELDS)), np.nan)
    if used and rows:
        found[rows] = used.scores([text for text in texts if text is not None])
    frame = pd.DataFrame(found, columns=list(_FIELDS))
    compound = frame["compound"]
    label = pd.Series("neutral", index=frame.index, dtype="str")
    label = label.mask(compound >= POSITIVE, "positive").mask(compound <= NEGATIVE, "negative")
    frame["label"] = label.mask(compound.isna())
    told = engines.label_of(used) if used else ""
    frame["engine"] = pd.Series(told, index=frame.index, dtype="str").mask(compound.isna())
    frame.attrs["engine"] = told
    return frame
