"""How well found stories agree with the true ones."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

__all__ = ["Agreement", "b_cubed", "sightings_right"]


class Agreement(NamedTuple):
    """Precision, recall and their harmonic mean, 0 to 1."""

    precision: float
    recall: float
    f: float


def b_cubed(
    found: Sequence[Hashable], truth: Sequence[Hashable | None], *, beside: bool = False
) -> Agreement:
    r"""Return how well a clustering agrees with the true one, by B³.

    For each item, precision is the share of the items found in its cluster that are truly of
    its class, recall the share of the items of its class that were found in its cluster; both
    are averaged over all items.

    Parameters
    ----------
    found, truth : sequence
        For each item its cluster and its class, in the same order. Items of class None belong
        to none and are not averaged over.
    beside : bool
        Whether items of no class that lie in a cluster count against its precision; else they
        are left out altogether.

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
    >>> b_cubed("aab", "xyy").recall
    0.6666666666666666
    >>> b_cubed("aab", ["x", None, "y"]).f, b_cubed("aab", ["x", None, "y"], beside=True).precision
    (1.0, 0.75)
    """
    pairs = list(zip(found, truth, strict=True))
    both = Counter(pair for pair in pairs if pair[1] is not None)
    if not both:
        return Agreement(1.0, 1.0, 1.0)
    clusters = Counter(one for one, other in pairs if beside or other is not None)
    classes = Counter(truth)
    total = both.total()
    precision = sum(n * n / clusters[c] for (c, _), n in both.items()) / total
    recall = sum(n * n / classes[t] for (_, t), n in both.items()) / total
    return Agreement(precision, recall, 2 * precision * recall / (precision + recall))


def sightings_right(
    sighted: Sequence[tuple[str, datetime] | None],
    found: Sequence[Hashable],
    truth: Sequence[Hashable | None],
    *,
    tiers: Sequence[str],
    within: timedelta,
) -> tuple[int, int]:
    """Return how many first sightings a clustering gets right, and how many there are.

    There is one for each class and tier that has an item. It is right if the first item of the
    tier in the cluster that holds most of the class is no further than `within` from the
    first of the class.

    Parameters
    ----------
    sighted : sequence of (str, datetime) or None
        For each item its tier and its time; None for one that is undated.
    found, truth : sequence
        For each item its cluster and its class, or None.
    """
    sizes: dict[Hashable, Counter[Hashable]] = defaultdict(Counter)
    firsts: dict[tuple[str, Hashable, str], datetime] = {}
    for sight, one, other in zip(sighted, found, truth, strict=True):
        if other is not None:
            sizes[other][one] += 1
        if sight is None:
            continue
        tier, time = sight
        for place in (("found", one, tier), ("true", other, tier)):
            firsts[place] = min(time, firsts.get(place, time))
    right = of = 0
    for label, clusters in sizes.items():
        main = max(clusters, key=clusters.__getitem__)
        for tier in tiers:
            if (true := firsts.get(("true", label, tier))) is not None:
                told = firsts.get(("found", main, tier))
                of += 1
                right += told is not None and abs(told - true) <= within
    return right, of
