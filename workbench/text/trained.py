"""What was learned of labelled posts, and how well it does on those that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.text.weights import Weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Trained", "even"]


@dataclass(frozen=True)
class Trained:
    """What was learned, and how well it does on posts that it has not seen.

    Attributes
    ----------
    weights : Weights
        The engine.
    labels : array of int
        Of the posts that it was tried on, in their order.
    chances : array of shape (posts, 3)
        Their probabilities, each without its own label.
    temperature : float
        By which the log odds of sums were divided.
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

        weight = even(self.labels)
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


def even(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return weights of posts by which each class has the same; they add up to 1."""
    import numpy as np

    weight = (1 / np.bincount(labels, minlength=3))[labels]
    found: NDArray[np.float64] = weight / weight.sum()
    return found
