"""How well found stories agree with the true ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import NamedTuple

__all__ = ["Agreement", "b_cubed"]


class Agreement(NamedTuple):
    """Precision, recall and their harmonic mean, 0 to 1."""

    precision: float
    recall: float
    f: float


def b_cubed(found: Sequence[Hashable], truth: Sequence[Hashable]) -> Agreement:
    r"""Return how well a clustering agrees with the true one, by B³.

    For each item, precision is the share of the items found in its cluster that are truly of
    its class, recall the share of the items of its class that were found in its cluster; both
    are averaged over all items.

    Parameters
    ----------
    found, truth : sequence
        For each item its cluster and its class, in the same order.

    Returns
    -------
    Agreement
        All 1 for no items.

    Raises
    ------
    ValueError
        If the two are not of the same length.

    References
    ----------
    Bagga and Baldwin, "Entity-Based Cross-Document Coreferencing Using the Vector Space
    Model", COLING-ACL 1998.

    Examples
    --------
    >>> b_cubed("aab", "xyy")
    Agreement(precision=0.6666666666666666, recall=0.6666666666666666, f=0.6666666666666666)
    """
    both = Counter(zip(found, truth, strict=True))
    if not both:
        return Agreement(1.0, 1.0, 1.0)
    clusters, classes = Counter(found), Counter(truth)
    total = len(found)
    precision = sum(n * n / clusters[c] for (c, _), n in both.items()) / total
    recall = sum(n * n / classes[t] for (_, t), n in both.items()) / total
    return Agreement(precision, recall, 2 * precision * recall / (precision + recall))
