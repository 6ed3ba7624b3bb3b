r"""How what the words of a post say together becomes its log odds.

A sum of what words say is wrong in the same way again and again: one strong word among faint
ones says more than many that lean a little, and praise beside blame is not the same as neither.
So four figures of a post, both sums and the most that one word adds to each, are bent into its
log odds by a polynomial of the second degree, fitted on posts that had no part in the sums.
"""

from __future__ import annotations

from itertools import combinations_with_replacement
from operator import mul
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["FIGURES", "TERMS", "Bend", "crossed", "fit", "straight"]

FIGURES: Final = 6
"""Of a post: the log odds of negative and positive as its words add them up; the most that one
word adds to each, 0 at least; and the log odds of its convolution."""

_BENT: Final = 4  # of them; the convolution is no sum
_SQUARES: Final = tuple(combinations_with_replacement(range(_BENT), 2))

TERMS: Final = 1 + FIGURES + len(_SQUARES)
"""Of a bend: 1, each figure, and each two of those bent multiplied."""

_STIFF: Final = 30.0  # as many posts as it takes to move a coefficient half of its way
_OUTER: Final = 0.002  # of posts at either end are taken to be like the next


class Bend(NamedTuple):
    """A polynomial of the second degree.

    Attributes
    ----------
    lows, highs : tuple of float
        Of each figure, beyond which nothing was learned: there it counts as at that end.
    by : tuple of complex
        What 1, each figure, and each two of those bent multiplied add to both log odds.
    """

    lows: tuple[float, ...]
    highs: tuple[float, ...]
    by: tuple[complex, ...]

    def held(self, figures: Sequence[float]) -> list[float]:
        """Return figures within what was learned."""
        return [*map(min, map(max, figures, self.lows), self.highs)]

    def odds(self, figures: Sequence[float]) -> complex:
        """Return both log odds of a post."""
        a, b, c, d, e, f = map(min, map(max, figures, self.lows), self.highs)
        # As _SQUARES has them.
        squares = a * a, a * b, a * c, a * d, b * b, b * c, b * d, c * c, c * d
        terms = 1.0, a, b, c, d, e, f, *squares
        return sum(map(mul, self.by, terms), self.by[-1] * d * d)

    def slopes(self, figures: Sequence[float]) -> list[complex]:
        """Return what both log odds gain with each figure, per unit, within what was learned."""
        found = list(self.by[1 : FIGURES + 1])
        for (one, other), worth in zip(_SQUARES, self.by[FIGURES + 1 :], strict=True):
            found[one] += worth * figures[other]
            found[other] += worth * figures[one]
        return found

    def of_many(self, figures: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Return both log odds of many posts, a row of figures each."""
        import numpy as np

        # No product of matrices: threads are begun for one, and cost more than these few sums.
        found: NDArray[np.complex128] = np.einsum("ij,j->i", self.terms(figures), np.array(self.by))
        return found

    def terms(self, figures: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what is multiplied by `by`, a row per row of figures."""
        import numpy as np

        held = np.clip(figures, self.lows, self.highs)
        squares = [held[:, one] * held[:, other] for one, other in _SQUARES]
        return np.column_stack([np.ones(len(held)), held, *squares])


def straight(one: Sequence[float], other: Sequence[float]) -> Bend:
    """Return the bend that leaves log odds as they are between figures."""
    by = (0j, 1 + 0j, 1j) + (0j,) * (TERMS - 3)
    return Bend(tuple(map(min, one, other)), tuple(map(max, one, other)), by)


def fit(figures: NDArray[np.float64], labels: NDArray[np.int64], begin: Bend | None = None) -> Bend:
    """Return the bend that makes labels likeliest, each class of the same weight.

    Parameters
    ----------
    figures : array of shape (posts, FIGURES)
        Of posts that had no part in the weights they were made with.
    labels : array of int
        0, 1 and 2 for negative, neutral and positive; all three are there.
    begin : Bend or None
        From where few posts move it little; none at all if not given.
    """
    import numpy as np
    from scipy.optimize import minimize

    if begin is None:
        begin = straight(*np.quantile(figures, [_OUTER, 1 - _OUTER], axis=0).tolist())
    terms = begin.terms(figures)
    # The posts may be of one kind, and have little of what others have much of.
    wide = [max(high - low, 1e-3) / 4 for low, high in zip(begin.lows, begin.highs, strict=True)]
    size = np.array([1.0, *wide, *(wide[one] * wide[other] for one, other in _SQUARES)])
    ahead = terms @ np.array(begin.by)
    terms = terms / size
    weight = (1 / np.bincount(labels, minlength=3))[labels] / 3
    goal = np.eye(3)[labels][:, [0, 2]]
    pull = _STIFF / len(labels)

    def loss(vector: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = np.column_stack([ahead.real, ahead.imag]) + terms @ vector.reshape(-1, 2)
        top = np.maximum(odds.max(axis=1), 0)
        whole = np.log(np.exp(odds - top[:, None]).sum(axis=1) + np.exp(-top)) + top
        lost = weight @ (whole - (odds * goal).sum(axis=1))
        error = (np.exp(odds - whole[:, None]) - goal) * weight[:, None]
        slope = (terms.T @ error).ravel() + pull * vector
        return float(lost + pull / 2 * (vector @ vector)), slope

    found = minimize(loss, np.zeros(2 * terms.shape[1]), jac=True, method="L-BFGS-B").x
    moved = found.reshape(-1, 2) / size[:, None]
    by = tuple(old + complex(*new) for old, new in zip(begin.by, moved.tolist(), strict=True))
    return begin._replace(by=by)


def crossed(
    figures: NDArray[np.float64],
    labels: NDArray[np.int64],
    folds: NDArray[np.int64],
    begin: Bend | None = None,
) -> NDArray[np.complex128]:
    """Return both log odds of posts, each by the bend that those of the other folds give."""
    import numpy as np

    found = np.empty(len(labels), dtype=np.complex128)
    for number in set(folds.tolist()):
        apart = folds == number
        found[apart] = fit(figures[~apart], labels[~apart], begin).of_many(figures[apart])
    return found
