"""Which terms stand out: counts now against counts before."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise, repeat
from typing import TYPE_CHECKING, NamedTuple

from workbench.errors import SettingError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Ranked", "most_expected", "rank", "ranked"]


class Ranked(NamedTuple):
    """One term of a ranking; the fields are those of :func:`rank`."""

    term: str
    n: int
    expected: float
    lift: float
    z: float


def ranked(
    current: Mapping[str, int],
    baseline: Mapping[str, float],
    *,
    exposure: float,
    minimum: int = 5,
) -> list[Ranked]:
    """Return what :func:`rank` returns as plain rows, which no frame must be imported for.

    Examples
    --------
    >>> ranked({"grounded": 46}, {"grounded": 168}, exposure=1 / 168)
    [Ranked(term='grounded', n=46, expected=1.0, lift=46.0, z=30.0)]
    """
    _check(exposure)
    rows = []
    for term, n in current.items():
        if n < minimum:
            continue
        expected = baseline.get(term, 0) * exposure
        lift = n / expected if expected else math.inf
        z = (n - expected) / math.sqrt(expected + 1 + expected * expected / 4)
        rows.append(Ranked(term, n, expected, lift, z))
    return sorted(rows, key=lambda row: (-row.z, -row.n, row.term))


def most_expected(n: int) -> float:
    """Return how many may be expected of a term that `n` hold for its z-score to be 1 or more.

    The e at which (n - e)² = e + 1 + (e / 2)². Whoever counts a baseline may stop beyond it.

    Examples
    --------
    >>> round(most_expected(30), 2)
    19.33
    """
    return max(0.0, (2 * n + 1 - math.sqrt((2 * n + 1) ** 2 - 3 * (n * n - 1))) / 1.5)


def rank(
    current: Mapping[str, int],
    baseline: Mapping[str, int],
    *,
    exposure: float,
    minimum: int = 5,
) -> pd.DataFrame:
    r"""Rank terms by how far their count now lies above what the baseline lets expect.

    With the expected count :math:`e = baseline \cdot exposure`,

    .. math:: z = \frac{n - e}{\sqrt{e + 1 + (e / 2)^2}}

    the z-score of a Poisson count, with a floor in the variance for terms that are common
    anyway and swing by half.

    Parameters
    ----------
    current : mapping of str to int
        For each term the number of items that hold it, in the window.
    baseline : mapping of str to int
        The same for the baseline; a term that is missing was not seen there.
    exposure : float
        Length of the window over the measured length of the baseline: 1/168 for an hour
        against a week without gaps.
    minimum : int
        Terms in fewer items than this are left out.

    Returns
    -------
    pandas.DataFrame
        One row per term, highest z first (ties by count, then by term), with the fields
        term (str), n (int), expected (float), lift (float: n / expected; infinite where
        nothing was expected) and z (float). No rows for empty input.

    Raises
    ------
    SettingError
        If the exposure is not above 0.

    Examples
    --------
    >>> rank({"grounded": 46, "flight": 100}, {"grounded": 168, "flight": 16800}, exposure=1 / 168)
           term    n  expected  lift     z
    0  grounded   46       1.0  46.0  30.0
    1    flight  100     100.0   1.0   0.0
    """
    _check(exposure)
    import numpy as np
    import pandas as pd

    counts = np.fromiter(current.values(), np.int64, len(current))
    is_kept = counts >= minimum
    names, n = list(current), counts[is_kept]
    terms = [names[place] for place in np.flatnonzero(is_kept).tolist()]
    before = np.fromiter(map(baseline.get, terms, repeat(0)), np.float64, len(terms))
    expected = before * exposure
    lift = np.divide(n, expected, out=np.full(len(terms), math.inf), where=expected > 0)
    z = (n - expected) / np.sqrt(expected + 1 + expected * expected / 4)
    order = np.lexsort((-n, -z))
    places = order.tolist()
    # Terms are compared only where z and count are the same: to sort all by them takes longest.
    is_first = np.ones(len(order) + 1, np.bool_)
    is_first[1:-1] = (np.diff(z[order]) != 0) | (np.diff(n[order]) != 0)
    for begin, end in pairwise(np.flatnonzero(is_first).tolist()):
        if end - begin > 1:
            places[begin:end] = sorted(places[begin:end], key=terms.__getitem__)
    order = np.array(places, np.intp)
    return pd.DataFrame(
        {
            "term": pd.array([terms[place] for place in places], dtype="str"),
            "n": n[order],
            "expected": expected[order],
            "lift": lift[order],
            "z": z[order],
        }
    )


def _check(exposure: float) -> None:
    if not exposure > 0:
        raise SettingError(f"exposure={exposure!r} must be above 0: window / measured baseline")
