"""Sentiment of a frame of posts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from workbench.errors import SettingError
from workbench.items import TIERS
from workbench.text import engines, sentiment
from workbench.text.engines import Engine
from workbench.text.tiers import Scorer

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["score_sentiment"]


def score_sentiment(
    posts: pd.DataFrame, *, engine: str | None = None, fixes: bool = False
) -> pd.DataFrame:
    """Return posts with their sentiment.

    Parameters
    ----------
    posts : pandas.DataFrame
        With the fields text and lang; title where there are headlines, and tier, without which
        all count as social.
    engine : str, optional
        What scores all of them: ``lexicon``, ``social``, ``business`` or any other that is
        installed. Unless given, what scores their tier when they are stored.
    fixes : bool
        With corrections of the engine's known errors, if it has some.

    Returns
    -------
    pandas.DataFrame
        The same rows, with neg, neu, pos (shares of the text, 0 to 1), compound (-1 to 1),
        label (negative up to -0.05, positive from 0.05, else neutral) and engine (name and
        version). Null where no engine knows the language, or none is given: unknown is not
        neutral.

    Raises
    ------
    SettingError
        If a field is missing, or there is no such engine.

    Examples
    --------
    >>> import pandas as pd
    >>> posts = pd.DataFrame({"text": ["A great day!", "Ein schöner Tag!"], "lang": ["en", "de"]})
    >>> score_sentiment(posts, engine="lexicon")[["compound", "label", "engine"]]
       compound     label         engine
    0    0.6588  positive  lexicon 3.3.2
    1       NaN       NaN            NaN
    """
    import pandas as pd

    missing = [name for name in ("text", "lang") if name not in posts]
    if missing:
        raise SettingError(
            f"posts has no field {' and no field '.join(missing)}; it has: "
            f"{', '.join(map(str, posts.columns))}"
        )
    if fixes and engine is None:
        raise SettingError("fixes belong to one engine; name it, as in engine='lexicon'")
    whole = posts["text"].astype("object")
    if "title" in posts:
        titled = posts["title"].notna() & (posts["title"] != "")
        whole = whole.mask(titled, posts["title"].astype("object") + "\n" + whole)
    chosen = _chosen(posts, engine, fixes=fixes)
    places: dict[Engine | None, list[int]] = {}
    for place, (text, used) in enumerate(zip(whole, chosen, strict=True)):
        places.setdefault(used if sentiment.is_text(text) else None, []).append(place)
    parts = []
    for used, own in places.items():
        texts = [None if used is None else text[: sentiment.LONGEST] for text in whole.iloc[own]]
        part = sentiment.frame_of(texts, used)
        part.index = pd.Index(own)
        parts.append(part)
    scored = pd.concat(parts).sort_index() if parts else sentiment.frame_of([], None)
    return posts.assign(**{str(name): scored[name].to_numpy() for name in scored})


def _chosen(posts: pd.DataFrame, name: str | None, *, fixes: bool) -> Iterable[Engine | None]:
    """Return what scores each post; None where nothing reads its language."""
    langs = [lang if isinstance(lang, str) else None for lang in posts["lang"].astype("object")]
    if name is not None:
        used = engines.engine(name, fixes=fixes)
        return [used if sentiment.primary(lang) in used.languages else None for lang in langs]
    tiers = posts["tier"].astype("object") if "tier" in posts else ["social"] * len(posts)
    scorer = Scorer()
    known: dict[tuple[str, str | None], Engine | None] = {}
    found = []
    for tier, lang in zip(tiers, langs, strict=True):
        key = tier if tier in TIERS else "social", lang
        if key not in known:
            known[key] = scorer.engine_for(*key)
        found.append(known[key])
    return found
