"""Sentiment of a frame of posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import SettingError
from workbench.text import engines, sentiment

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["score_sentiment"]


def score_sentiment(posts: pd.DataFrame, *, engine: str = "lexicon") -> pd.DataFrame:
    """Return posts with their sentiment.

    Parameters
    ----------
    posts : pandas.DataFrame
        With the fields text and lang, and title where there are headlines.
    engine : str
        ``lexicon``: VADER as vaderSentiment 3.3.2 has it, for English.

    Returns
    -------
    pandas.DataFrame
        The same rows, with neg, neu, pos (shares of the text, 0 to 1), compound (-1 to 1) and
        label (negative up to -0.05, positive from 0.05, else neutral). Null where the engine
        does not know the language, or none is given: unknown is not neutral.

    Raises
    ------
    SettingError
        If a field is missing, or there is no such engine.

    Examples
    --------
    >>> import pandas as pd
    >>> posts = pd.DataFrame({"text": ["A great day!", "Ein schöner Tag!"], "lang": ["en", "de"]})
    >>> score_sentiment(posts)[["compound", "label"]]
       compound     label
    0    0.6588  positive
    1       NaN       NaN
    """
    missing = [name for name in ("text", "lang") if name not in posts]
    if missing:
        raise SettingError(
            f"posts has no field {' and no field '.join(missing)}; it has: "
            f"{', '.join(map(str, posts.columns))}"
        )
    whole = posts["text"].astype("object")
    if "title" in posts:
        titled = posts["title"].notna() & (posts["title"] != "")
        whole = whole.mask(titled, posts["title"].astype("object") + "\n" + whole)
    languages = engines.engine(engine).languages
    texts = [
        text[: sentiment.LONGEST]
        if sentiment.is_text(text) and sentiment.primary(lang) in languages
        else None
        for text, lang in zip(whole, posts["lang"].astype("object"), strict=True)
    ]
    scored = sentiment.score(texts, engine=engine)
    return posts.assign(**{str(name): scored[name].to_numpy() for name in scored})
