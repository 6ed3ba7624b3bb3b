"""Phrases: pairs of words that stand for one thing, such as a part's or a place's name."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

__all__ = ["Pair", "Score", "fold", "likelihoods", "nltk_likelihoods"]

Pair = tuple[str, str]
Score = Callable[[Mapping[str, int], Mapping[Pair, int]], dict[Pair, float]]
"""What tells how strongly each pair belongs together, from the counts of words and pairs."""

_CHANCE: Final = 10.83  # a likelihood ratio that chance exceeds once in a thousand pairs
_EXPLAINED: Final = 1.3


def fold(
    counts: Mapping[str, int],
    pairs: Mapping[Pair, int],
    *,
    score: Score | None = None,
    minimum: int = 5,
) -> dict[str, int]:
    """Return counts of terms in which a phrase has taken the place of its words.

    A pair of neighbouring words is a phrase if it stands in at least `minimum` items, if
    Dunning's likelihood ratio sets it apart from chance (p < 0.001), and if it explains most
    of both its words: neither stands in more than 1.3 times as many items as the pair.
    Pairs that share a word are settled by the ratio: the stronger one has it.

    Parameters
    ----------
    counts : mapping of str to int
        For each term the number of items that hold it.
    pairs : mapping of (str, str) to int
        The same for words that follow each other.
    score : Score, optional
        The measure; :func:`likelihoods` unless given.
    minimum : int

    Returns
    -------
    dict of str to int
        The terms, and phrases as two words with a blank between.

    Examples
    --------
    >>> said = {"bleed": 30, "sensor": 32, "the": 400, "strike": 25}
    >>> fold(said, {("bleed", "sensor"): 28, ("the", "strike"): 20})
    {'the': 400, 'strike': 25, 'bleed sensor': 28}
    """
    words = {term: n for term, n in counts.items() if not term.startswith("#")}
    likely = {
        pair: n
        for pair, n in pairs.items()
        if n >= minimum
        and pair[0] != pair[1]
        and all(words.get(word, math.inf) <= _EXPLAINED * n for word in pair)
    }
    if not likely:  # the measure may be costly to import
        return dict(counts)
    scores = (score or likelihoods)(words, likely)
    taken: set[str] = set()
    phrases: dict[str, int] = {}
    for pair in sorted(likely, key=lambda pair: (-scores[pair], pair)):
        if scores[pair] >= _CHANCE and taken.isdisjoint(pair):
            taken.update(pair)
            phrases[" ".join(pair)] = likely[pair]
    return {term: n for term, n in counts.items() if term not in taken} | phrases


def likelihoods(words: Mapping[str, int], pairs: Mapping[Pair, int]) -> dict[Pair, float]:
    r"""Return Dunning's likelihood ratio of each pair, as NLTK's collocation measure has it.

    With the four counts :math:`o` of both words, each alone, and neither, and those that
    chance lets expect, :math:`e`,

    .. math:: G^2 = 2 \sum o \ln \frac{o}{e}

    NLTK's own, :func:`nltk_likelihoods`, gives the same; but its import takes 28 MB, which a
    page or a deck in a notebook is spared.

    References
    ----------
    Dunning, "Accurate Methods for the Statistics of Surprise and Coincidence", Computational
    Linguistics 19(1), 1993.
    """
    total = sum(words.values())
    found = {}
    for (first, second), n in pairs.items():
        rest_first, rest_second = words[first] - n, words[second] - n
        neither = total - n - rest_first - rest_second
        seen = (n, rest_second, rest_first, neither)
        rows = (words[first], total - words[first])
        across = (words[second], total - words[second])
        ratio = 0.0
        for place, o in enumerate(seen):
            e = rows[place % 2] * across[place // 2] / total
            if o > 0 and e > 0:
                ratio += o * math.log(o / e)
        found[first, second] = 2 * ratio
    return found


def nltk_likelihoods(words: Mapping[str, int], pairs: Mapping[Pair, int]) -> dict[Pair, float]:
    """Return the likelihood ratio of each pair, from NLTK's collocation finder over our tokens."""
    from nltk import FreqDist
    from nltk.collocations import BigramAssocMeasures, BigramCollocationFinder

    finder = BigramCollocationFinder(FreqDist(dict(words)), FreqDist(dict(pairs)))
    return dict(finder.score_ngrams(BigramAssocMeasures.likelihood_ratio))
