"""Forms of one word, told by the stems of Snowball's algorithms."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

__all__ = ["same_word", "stem"]

_NAMES: Final = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}


@lru_cache(maxsize=4096)
def stem(term: str, lang: str | None = "en") -> str:
    """Return a term with each of its words cut to its stem.

    The sign of a hashtag or cashtag stays, so that these are never forms of a word. Terms of a
    language without a stemmer, or of none, stay as they are.

    Parameters
    ----------
    term : str
        In folded form, as terms are counted.
    lang : str, optional
        Its language tag.

    Examples
    --------
    >>> stem("delayed flights"), stem("#delays"), stem("vuelos", "es"), stem("délais", None)
    ('delay flight', '#delay', 'vuel', 'délais')
    """
    name = _NAMES.get((lang or "").partition("-")[0])
    if name is None or term.startswith("$"):
        return term
    sign = "#" if term.startswith("#") else ""
    words = term.removeprefix("#").split(" ")
    return sign + " ".join(_stemmer(name).stemWords(words))


@lru_cache(maxsize=8)
def _stemmer(name: str) -> Any:
    import Stemmer  # Snowball's own C; NLTK's port of it would bring 28 MB along

    return Stemmer.Stemmer(name)


def same_word(terms: Iterable[tuple[str, str | None]]) -> dict[str, tuple[str, ...]]:
    """Return terms with their other forms: each stands under the first that has its stem.

    Parameters
    ----------
    terms : iterable of (str, str or None)
        Terms with their language, the leading form first.

    Examples
    --------
    >>> same_word([("delays", "en"), ("crew", "en"), ("delayed", "en"), ("fares", None)])
    {'delays': ('delayed',), 'crew': (), 'fares': ()}
    """
    leading: dict[str, str] = {}
    found: dict[str, tuple[str, ...]] = {}
    for term, lang in terms:
        first = leading.setdefault(stem(term, lang), term)
        found[first] = (*found[first], term) if first != term else ()
    return found
