"""Which terms stand out: counts now against counts before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workbench.errors import SettingError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["rank"]


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
    import numpy as np
    import pandas as pd

    if not exposure > 0:
        raise SettingError(f"exposure={exposure!r} must be above 0: window / measured baseline")
    terms = sorted(term for term, n in current.items() if n >= minimum)
    n = np.array([current[term] for term in terms], dtype=np.int64)
    expected = np.array([baseline.get(term, 0) for term in terms], dtype=np.float64) * exposure
    frame = pd.DataFrame(
        {
            "term": pd.Series(terms, dtype="str"),
            "n": n,
            "expected": expected,
            "lift": np.divide(n, expected, out=np.full(len(n), np.inf), where=expected > 0),
            "z": (n - expected) / np.sqrt(expected + 1 + (expected / 2) ** 2),
        }
    )
    order = frame.sort_values(["z", "n", "term"], ascending=[False, False, True], kind="stable")
    return order.reset_index(drop=True)
