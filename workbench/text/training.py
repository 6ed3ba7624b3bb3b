r"""Learn the weights of an engine like ``social`` from labelled posts.

A multinomial logistic regression on the traits of words (:mod:`workbench.text.traits`): each
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

import csv
import random
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from workbench.errors import SettingError
from workbench.text import traits
from workbench.text.social import CLASSES, Weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["FEWEST", "STEPS", "Labelled", "Trained", "read_labels", "train"]

FEWEST: Final = 20
"""Posts that each class needs at least."""

_NAMES: Final = {
    **{name: number for number, name in enumerate(CLASSES)},
    **{name: number for number, name in enumerate(("neg", "neu", "pos"))},
    **{name: number for number, name in enumerate(("-1", "0", "1"))},
}
_FOLDS: Final = 4

STEPS: Final = _FOLDS + 2
"""Of training: reading, the folds, and all together."""

_ROUNDS: Final = 40  # of L-BFGS; more change the third digit of nothing
_SEEN: Final = 2  # posts that a trait needs
_LONGEST_FIELD: Final = 1_000_000  # characters


class Labelled(NamedTuple):
    """Posts and their labels, 0 to 2 as :data:`workbench.text.social.CLASSES` has them."""

    texts: list[str]
    labels: list[int]


@dataclass(frozen=True)
class Trained:
    """What was learned, and how well it does on posts that it has not seen.

    Attributes
    ----------
    weights : Weights
        The engine.
    labels : array of int
        Of the posts, in their order.
    chances : array of shape (posts, 3)
        Their probabilities, each from the posts of the other folds alone.
    temperature : float
        By which log odds were divided.
    """

    weights: Weights
    labels: NDArray[np.int64]
    chances: NDArray[np.float64]
    temperature: float

    @property
    def confusion(self) -> NDArray[np.int64]:
        """How many posts of each class (rows) were told to be of which (columns)."""
        import numpy as np

        found = np.zeros((3, 3), dtype=np.int64)
        np.add.at(found, (self.labels, self.chances.argmax(axis=1)), 1)
        return found

    @property
    def recall(self) -> float:
        """The mean of how large a part of each class was found: macro-averaged recall."""
        import numpy as np

        found = self.confusion
        return float(np.mean(np.diag(found) / found.sum(axis=1)))

    def calibration(self, number: int, *, bins: int = 10) -> list[tuple[float, float, int]]:
        """Return how often a class came true where it was thought how probable.

        Parameters
        ----------
        number : int
            Of the class.
        bins : int
            As many parts of 0 to 1 of the same width.

        Returns
        -------
        list of tuple
            Of each part that has posts: the mean probability, the share of posts that are of the
            class, each class weighted alike, and how many posts there are.
        """
        import numpy as np

        weight = _even(self.labels)
        chance = self.chances[:, number]
        place = np.minimum((chance * bins).astype(int), bins - 1)
        found = []
        for part in range(bins):
            inside = place == part
            if count := int(inside.sum()):
                share = weight[inside] / weight[inside].sum()
                true = self.labels[inside] == number
                found.append((float(chance[inside] @ share), float(true @ share), count))
        return found


def read_labels(path: Path) -> Labelled:
    """Read labelled posts: CSV, or TSV if the file's name ends so, with a header.

    The fields `label` (negative, neutral, positive; neg, neu, pos; -1, 0, 1) and `text` are
    read, others are not. Posts without text are left out.

    Raises
    ------
    SettingError
        If the file cannot be read, has not both fields, or holds another label; it names the
        line.
    """
    is_tsv = path.suffix.lower() in {".tsv", ".tab"}
    found = Labelled([], [])
    before = csv.field_size_limit(_LONGEST_FIELD)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = (
                csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
                if is_tsv
                else csv.DictReader(file)
            )
            if missing := {"label", "text"} - set(rows.fieldnames or ()):
                fields = " and ".join(sorted(missing))
                raise SettingError(f"{path}: its first line does not name {fields}")
            for row in rows:
                _take(row, found, f"{path}, line {rows.line_num}")
    except OSError as error:
        raise SettingError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise SettingError(f"{path}: is not UTF-8 (at byte {error.start})") from error
    except csv.Error as error:
        raise SettingError(f"{path}: is no table ({error})") from error
    finally:
        csv.field_size_limit(before)
    return found


def _take(row: dict[str, Any], found: Labelled, place: str) -> None:
    """Add a row to what was found."""
    label, text = str(row["label"] or "").strip().lower(), row["text"]
    if label not in _NAMES:
        raise SettingError(
            f"{place}: {label[:40]!r} is no label; they are {', '.join(CLASSES)}, or -1, 0, 1"
        )
    if text and not text.isspace():
        found.texts.append(text)
        found.labels.append(_NAMES[label])


def train(
    posts: Labelled,
    *,
    name: str = "social",
    about: str = "",
    version: str = "1",
    seed: int = 0,
    strength: float = 2.5e-5,
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
        Of the regularisation, against the mean loss of a post.
    watch : callable
        Told how many steps are done, of :data:`STEPS`.

    Raises
    ------
    SettingError
        If a class has too few posts, or SciPy is missing.
    """
    import numpy as np

    _check(posts)
    labels = np.array(posts.labels)
    steps = iter(range(1, STEPS + 1))
    tell = watch or (lambda _: None)
    matrix = _matrix(posts.texts)
    tell(next(steps))
    fold = _folds(labels, seed)
    odds = np.empty((len(labels), 3))
    for number in range(_FOLDS):
        apart = fold == number
        table, bias = _fit(matrix[~apart], labels[~apart], strength)
        odds[apart] = matrix[apart] @ table + bias
        tell(next(steps))
    temperature = _temperature(odds, labels)
    table, bias = _fit(matrix, labels, strength)
    tell(next(steps))
    weights = _pack(table / temperature, bias / temperature, name, version, about)
    return Trained(weights, labels, _softmax(odds / temperature), temperature)


def _check(posts: Labelled) -> None:
    counts = Counter(posts.labels)
    for number, name in enumerate(CLASSES):
        if counts[number] < FEWEST:
            raise SettingError(
                f"{counts[number] or 'no'} posts are {name}; {FEWEST} of each class are needed "
                "at least, and a useful engine takes some thousands"
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


def _even(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return weights of posts by which each class has the same; they add up to 1."""
    import numpy as np

    weight = (1 / np.bincount(labels, minlength=3))[labels]
    found: NDArray[np.float64] = weight / weight.sum()
    return found


def _softmax(odds: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    raised = np.exp(odds - odds.max(axis=1, keepdims=True))
    found: NDArray[Any] = raised / raised.sum(axis=1, keepdims=True)
    return found


def _fit(
    matrix: Any, labels: NDArray[np.int64], strength: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the table (traits, 3) and the bias that fit best."""
    import numpy as np
    from scipy.optimize import minimize

    met = np.bincount(matrix.indices, minlength=traits.SIZE)
    kept = np.flatnonzero(met >= _SEEN)
    inner = matrix[:, kept].astype(np.float32)
    across = inner.T.tocsr()
    weight = _even(labels)
    goal = np.eye(3)[labels]

    def loss(vector: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        table, bias = vector[:-3].reshape(-1, 3), vector[-3:]
        chances = _softmax(inner @ table.astype(np.float32) + bias)
        lost = -(weight * np.log(np.maximum((chances * goal).sum(axis=1), 1e-12))).sum()
        error = (chances - goal) * weight[:, None]
        slope = (across @ error.astype(np.float32)).astype(np.float64) + strength * table
        whole = lost + strength / 2 * float(np.vdot(table, table))
        return float(whole), np.concatenate([slope.ravel(), error.sum(axis=0)])

    begin = np.zeros(3 * len(kept) + 3)
    found = minimize(
        loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS, "maxcor": 6}
    ).x
    table = np.zeros((traits.SIZE, 3))
    table[kept] = found[:-3].reshape(-1, 3)
    return table, found[-3:]


def _temperature(odds: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Return by what log odds are to be divided, so that the labels are likeliest."""
    import numpy as np
    from scipy.optimize import minimize_scalar

    weight = _even(labels)
    rows = np.arange(len(labels))

    def loss(power: float) -> float:
        chances = _softmax(odds / np.exp(power))[rows, labels]
        return float(-(weight * np.log(np.maximum(chances, 1e-12))).sum())

    return float(np.exp(minimize_scalar(loss, bounds=(-2.0, 2.0), method="bounded").x))


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
