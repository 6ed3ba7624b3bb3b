r"""Learn the weights of an engine like ``social`` from labelled posts.

A convolution (:mod:`workbench.text.convolving`), and beside it a multinomial logistic regression
on the traits of words (:mod:`workbench.text.traits`): each
trait as often as it comes, fainter in a text longer than usual; each class of the same weight,
however many posts it has; L2 regularisation; fitted by L-BFGS, which begins at zero, so that the
same posts, settings and seed give the same weights. How well it does is measured by
cross-validation, and by the same its probabilities are calibrated: the log odds are divided by
the temperature that makes the left-out posts likeliest (Guo et al., "On Calibration of Modern
Neural Networks", ICML 2017).

Since the classes have the same weight, a probability is that in a stream which has as many
negative as neutral and positive posts: how many there are elsewhere, nobody knows beforehand.
"""

from __future__ import annotations

import random
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from workbench.errors import SettingError
from workbench.text import bending, traits
from workbench.text.labelled import Labelled
from workbench.text.social import CLASSES, Linear
from workbench.text.trained import Trained, even
from workbench.text.weighing import often
from workbench.text.weights import Weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.text.convolving import Lessons, Vectors

__all__ = ["FEWEST", "STEPS", "Likeness", "train"]

FEWEST: Final = 20
"""Posts that each class needs at least."""

_FOLDS: Final = 4

STEPS: Final = _FOLDS + 2
"""Of training: reading, the folds, and all together."""

_ROUNDS: Final = 50  # of L-BFGS; more change the third digit of nothing
# How far the logarithm of the temperature goes. Of few posts little is learned of each, and odds
# are much too faint. What one begins with has odds of the right size: labels that are easy to
# tell apart would else make it sure of all that they do not say.
_UNKNOWN: Final = (2.0, 5.0)
_KNOWN: Final = (0.7,)
_SEEN: Final = 2  # posts that a trait needs


class Likeness(NamedTuple):
    """Vectors of traits; those that are alike have like vectors.

    Attributes
    ----------
    places : array of int
        Of the traits, each once.
    vectors : array of shape (traits, dimensions)
        Of a size at which one of their dimensions weighs about as much as a trait does.
    """

    places: NDArray[np.int64]
    vectors: NDArray[np.float32]


def train(
    posts: Labelled,
    *,
    name: str = "social",
    about: str = "",
    version: str = "1",
    seed: int = 0,
    strength: float = 1.9,
    likeness: Likeness | None = None,
    vectors: Vectors | None = None,
    lessons: Lessons | None = None,
    base: Weights | None = None,
    watch: Callable[[int], object] | None = None,
) -> Trained:
    """Learn an engine's weights.

    Parameters
    ----------
    posts : Labelled
        At least :data:`FEWEST` of each class.
    name, version, about
        Of the engine.
    seed : int
        By which posts are dealt to folds.
    strength : float
        Of the regularisation, against the loss of all posts: few posts change little.
    likeness : Likeness or None
        Which traits are alike, so that what is learned of some holds for others.
    vectors : Vectors or None
        With which words begin in the convolution; by chance those that are met, if not given.
    lessons : Lessons or None
        From which the convolution learns besides. All is then tried on what stands apart alone.
    base : Weights or None
        Where to begin: what the posts do not say stays as it is there, but that the log odds of
        sums may double or halve by their calibration. Its convolution is kept, whatever
        `vectors` and `lessons` say.
    watch : callable
        Told how many steps are done, of :data:`STEPS`.

    Raises
    ------
    SettingError
        If a class has too few posts, or SciPy is missing.
    """
    import numpy as np

    from workbench.text.convolving import Learner

    _check(posts)
    labels = np.array(posts.labels)
    steps = iter(range(1, STEPS + 1))
    tell = watch or (lambda _: None)
    matrix = _matrix(posts.texts)
    old_table, old_bias = _unpack(base)
    given = _Given(matrix, labels, matrix @ old_table + old_bias)
    tell(next(steps))
    fold = _folds(labels, seed)
    parts = [fold == number for number in range(_FOLDS)]
    if lessons:
        parts = [lessons.apart]
    figures = np.empty((len(labels), bending.FIGURES))
    learner = None if base else Learner(posts.texts, labels, vectors, lessons, seed)
    beside = base.convolution if base else None
    for part in parts:
        table, bias = _fit(given.only(~part), strength, likeness)
        packed = _pack(table + old_table, bias + old_bias, name, version, about)
        if learner:
            beside = learner.learned(~part)
        engine = Linear(replace(packed, convolution=beside))
        figures[part] = engine.figures([posts.texts[row] for row in np.flatnonzero(part)])
        tell(next(steps))
    seen = np.any(parts, axis=0)
    figures, told = figures[seen], labels[seen]
    sums = figures[:, 0] + 1j * figures[:, 1]
    temperature = _temperature(_odds(sums), told, _KNOWN if base else _UNKNOWN)
    figures[:, :4] /= temperature  # a convolution is as sure of itself as it was taught to be
    begin = base.bend if base else None
    chances = _softmax(_odds(bending.crossed(figures, told, _folds(told, seed), begin)))
    table, bias = _fit(given, strength, likeness)
    table, bias = (table + old_table) / temperature, (bias + old_bias) / temperature
    packed = _pack(table, bias, name, version, about)
    if learner:
        beside = learner.learned(labels >= 0)
    packed = replace(packed, bend=bending.fit(figures, told, begin), convolution=beside)
    weights = Linear(packed).prepared(often(posts.texts))
    tell(STEPS)
    return Trained(weights, told, chances, temperature)


def _odds(pair: NDArray[Any]) -> NDArray[np.float64]:
    """Return log odds against neutral, by class, from those of negative and positive."""
    import numpy as np

    return np.column_stack([pair.real, np.zeros(len(pair)), pair.imag])


class _Given(NamedTuple):
    """Posts as rows of traits, their labels, and their log odds before anything is learned."""

    matrix: Any
    labels: NDArray[np.int64]
    ahead: NDArray[np.float64]

    def only(self, rows: NDArray[np.bool_]) -> _Given:
        return _Given(self.matrix[rows], self.labels[rows], self.ahead[rows])


def _check(posts: Labelled) -> None:
    counts = Counter(posts.labels)
    for number, name in enumerate(CLASSES):
        if counts[number] < FEWEST:
            raise SettingError(
                f"{counts[number] or 'no'} {'post is' if counts[number] == 1 else 'posts are'} "
                f"{name}; {FEWEST} of each class are needed at least, and a useful engine takes "
                "some thousands"
            )


def _matrix(texts: Sequence[str]) -> Any:
    """Return one row of traits per text, as a sparse matrix."""
    import numpy as np

    try:
        from scipy import sparse
    except ImportError as error:
        raise SettingError(
            "training needs SciPy: pip install 'boardroom-workbench[train]'"
        ) from error
    found = array("i")
    sizes = []
    for text in texts:
        seen = traits.places(text)
        found.extend(seen)
        sizes.append(len(seen))
    starts = np.fromiter(accumulate(sizes, initial=0), dtype=np.int64, count=len(sizes) + 1)
    worth = np.repeat([traits.faintness(size) for size in sizes], sizes).astype(np.float32)
    matrix = sparse.csr_matrix(
        (worth, np.frombuffer(found, dtype=np.int32), starts), shape=(len(texts), traits.SIZE)
    )
    matrix.sum_duplicates()
    return matrix


def _folds(labels: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Return each post's fold; each class is dealt out evenly."""
    import numpy as np

    dice = random.Random(seed)  # noqa: S311 - chance, not secrecy
    found = np.empty(len(labels), dtype=np.int64)
    for number in range(len(CLASSES)):
        members = np.flatnonzero(labels == number).tolist()
        dice.shuffle(members)
        found[members] = np.arange(len(members)) % _FOLDS
    return found


def _softmax(odds: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    raised = np.exp(odds - odds.max(axis=1, keepdims=True))
    found: NDArray[Any] = raised / raised.sum(axis=1, keepdims=True)
    return found


def _fit(
    given: _Given, strength: float, likeness: Likeness | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the table (traits, 3) and the bias that fit best, added to what is ahead.

    With a likeness a trait's weight is its own and, by its vector, one that it shares with
    others: both are learned, and then are one number.
    """
    import numpy as np
    from scipy.optimize import minimize

    matrix, labels, ahead = given
    met = np.bincount(matrix.indices, minlength=traits.SIZE)
    kept = np.flatnonzero(met >= _SEEN)
    inner = matrix[:, kept]
    across = inner.T.tocsr()
    pull = strength / len(labels)
    shared = np.zeros((len(labels), 0), dtype=np.float32)
    if likeness is not None:
        shared = matrix[:, likeness.places] @ likeness.vectors
    weight = even(labels)
    goal = np.eye(3)[labels]

    def loss(vector: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        table, bias = vector[:-3].reshape(-1, 3), vector[-3:]
        small = table.astype(np.float32)
        odds = inner @ small[: len(kept)] + shared @ small[len(kept) :] + bias
        chances = _softmax(odds + ahead)
        lost = -(weight * np.log(np.maximum((chances * goal).sum(axis=1), 1e-12))).sum()
        error = (chances - goal) * weight[:, None]
        faint = error.astype(np.float32)
        slope = np.concatenate([across @ faint, shared.T @ faint]) + pull * table
        whole = lost + pull / 2 * float(np.vdot(table, table))
        return float(whole), np.concatenate([slope.ravel(), error.sum(axis=0)])

    begin = np.zeros(3 * (len(kept) + shared.shape[1]) + 3)
    options = {"maxiter": _ROUNDS, "maxcor": 6}
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", options=options).x
    fitted = found[:-3].reshape(-1, 3)
    table = np.zeros((traits.SIZE, 3))
    table[kept] = fitted[: len(kept)]
    if likeness is not None:
        table[likeness.places] += likeness.vectors @ fitted[len(kept) :]
    return table, found[-3:]


def _temperature(
    odds: NDArray[np.float64], labels: NDArray[np.int64], reaches: tuple[float, ...]
) -> float:
    """Return by what log odds are to be divided, so that the labels are likeliest."""
    import numpy as np
    from scipy.optimize import minimize_scalar

    weight = even(labels)
    rows = np.arange(len(labels))

    def loss(power: float) -> float:
        chances = _softmax(odds / np.exp(power))[rows, labels]
        return float(-(weight * np.log(np.maximum(chances, 1e-12))).sum())

    for reach in reaches:
        power = minimize_scalar(loss, bounds=(-reach, reach), method="bounded").x
        if abs(power) < reach - 0.01:
            break
    return float(np.exp(power))


def _unpack(weights: Weights | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the table (traits, 3) and the bias of weights; zeros without any."""
    import numpy as np

    table, bias = np.zeros((traits.SIZE, 3)), np.zeros(3)
    if weights is not None:
        codes = np.frombuffer(weights.table, dtype=np.uint8).reshape(-1, 2)
        table[:, [0, 2]] = np.array(weights.sizes)[codes]
        bias[[0, 2]] = weights.bias
    return table, bias


def _pack(
    table: NDArray[np.float64], bias: NDArray[np.float64], name: str, version: str, about: str
) -> Weights:
    """Return the weights against neutral, as the file holds them."""
    import numpy as np

    against = table[:, [0, 2]] - table[:, [1]]
    most = float(np.abs(against).max()) or 1.0
    root = np.sqrt(np.abs(against) / most) * np.sign(against)
    small = (128 + np.rint(127 * root)).astype(np.uint8)
    pair = float(bias[0] - bias[1]), float(bias[2] - bias[1])
    return Weights(name, version, about, pair, most, small.tobytes())
