"""What words of a post say beside each other: a convolution with filters, the most of each.

A sum does not see order. So three words in a row are a window; each filter adds up what it finds
in each of the three, and of all windows of a post the one counts that has the most of it. What
all filters found, weighed, adds to the log odds of negative and positive. A post longer than
those it was learned of is looked at in stretches, and says what they say on average.

A word is a vector, kept as small whole numbers. What filters find in it at each of the three
places is reckoned once, when the engine is opened: a post then costs sums.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["FIRST", "OUTSIDE", "UNKNOWN", "WIDTH", "Convolution", "Filters", "packed"]

WIDTH: Final = 3
"""Words of a window."""

OUTSIDE: Final = 0
"""The number of what stands before a post's first and after its last word."""

UNKNOWN: Final = 1
"""The number of each word that has no vector."""

FIRST: Final = 2
"""The number of the first word that has one."""

_MOST: Final = 1_024  # filters, and numbers of a vector
_MOST_WORDS: Final = 1 << 19
_STRETCH: Final = 60  # words; no tweet has many more
_ALONE: Final = 1 << 18  # products for which BLAS begins no threads, which then spin for long
_AT_ONCE: Final = 2_048  # words whose windows are looked at together, so that they stay near


@dataclass(frozen=True)
class Convolution:
    """A convolution as a file holds it.

    Attributes
    ----------
    words, size, filters : int
        How many words have a vector, how many numbers that has, and how many filters there are.
    step : float
        What 1 is worth in a vector.
    data : bytes
        The words' hashes, sorted, of four bytes each; the vectors, of the unknown word first, a
        byte a number; then as numbers of four bytes what a window's three words add to each
        filter, each filter's bias, what it adds to both log odds, and those without any.
    """

    words: int
    size: int
    filters: int
    step: float
    data: bytes

    @property
    def hashes(self) -> bytes:
        """Of the words, four bytes each."""
        return self.data[: 4 * self.words]

    @property
    def length(self) -> int:
        """Bytes of data there must be."""
        floats = WIDTH * self.size * self.filters + 3 * self.filters + 2
        return 4 * self.words + (self.words + 1) * self.size + 4 * floats

    def check(self) -> None:
        """See that all is as an engine takes it.

        Raises
        ------
        ValueError
            If it is not.
        """
        if not (
            0 <= self.words < _MOST_WORDS
            and 0 < self.size <= _MOST
            and 0 < self.filters <= _MOST
            and isfinite(self.step)
            and len(self.data) == self.length
        ):
            raise ValueError
        hashes = [word for (word,) in struct.iter_unpack("<I", self.hashes)]
        start = 4 * self.words + (self.words + 1) * self.size
        numbers = struct.iter_unpack("<f", self.data[start:])
        rising = all(one < other for one, other in pairwise(hashes))
        if not rising or not all(isfinite(number) for (number,) in numbers):
            raise ValueError


class Filters:
    """A convolution at work.

    Parameters
    ----------
    convolution : Convolution
    """

    def __init__(self, convolution: Convolution) -> None:
        import numpy as np

        words, size, count = convolution.words, convolution.size, convolution.filters
        data = convolution.data
        self._hashes = np.frombuffer(data, "<u4", words).astype(np.int64)
        vectors = np.frombuffer(data, np.int8, (words + 1) * size, 4 * words)
        vectors = vectors.reshape(-1, size)
        rest = np.frombuffer(data, "<f4", offset=4 * words + (words + 1) * size)
        kernel, bias, out, base = np.split(
            rest, np.cumsum([WIDTH * size * count, count, 2 * count])
        )
        self._base = base.astype(float)
        kernel = kernel.reshape(WIDTH, size, count).transpose(1, 0, 2).reshape(size, -1)
        kernel = kernel * np.float32(convolution.step)
        middle = np.zeros((WIDTH, count), dtype=np.float32)
        middle[1] = bias
        few = max(_ALONE // kernel.size, 1)
        parts = [vectors[at : at + few].astype(np.float32) for at in range(0, len(vectors), few)]
        most = max(float(np.abs(part @ kernel + middle.ravel()).max()) for part in parts)
        # Whole numbers of two bytes take half of the room, and the time, of others.
        self._step = WIDTH * (most or 1.0) / np.iinfo(np.int16).max
        self._rows = np.zeros((words + FIRST, WIDTH, count), dtype=np.int16)
        place = UNKNOWN
        for part in parts:
            found = (part @ kernel + middle.ravel()) / np.float32(self._step)
            self._rows[place : place + len(part)] = np.rint(found).reshape(-1, WIDTH, count)
            place += len(part)
        self._bias = bias / self._step
        self._out = out.reshape(count, 2).astype(float) * self._step

    def numbers(self, hashes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the numbers of words, given their hashes."""
        import numpy as np

        if not len(self._hashes):
            return np.full(len(hashes), UNKNOWN)
        place = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        found: NDArray[np.int64] = np.where(self._hashes[place] == hashes, place + FIRST, UNKNOWN)
        return found

    def one(self, numbers: Sequence[int]) -> tuple[float, float]:
        """Return both log odds of a post, given its words' numbers."""
        import numpy as np

        if not numbers:
            return float(self._base[0]), float(self._base[1])
        if len(numbers) > _STRETCH:
            negative, positive = self.many(np.array(numbers), np.array([len(numbers)]))[0]
            return float(negative), float(positive)
        rows = self._rows.take((OUTSIDE, *numbers, OUTSIDE), axis=0)
        found = rows[:-2, 0] + rows[1:-1, 1]
        found += rows[2:, 2]
        negative, positive = np.maximum(found.max(axis=0), 0) @ self._out + self._base
        return float(negative), float(positive)

    def many(self, numbers: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return both log odds of posts, a row each.

        Parameters
        ----------
        numbers : array of int
            Of the words of all posts.
        sizes : array of int
            How many words each has, 1 at least.
        """
        import numpy as np

        of = -(-sizes // _STRETCH)
        starts = np.cumsum(of) - of
        place = np.arange(of.sum()) - np.repeat(starts, of)
        lengths = np.repeat(sizes // of, of) + (place < np.repeat(sizes % of, of))
        odds = np.einsum("sf,fh->sh", self._most(numbers, lengths), self._out)
        found = np.add.reduceat(odds, starts, axis=0, dtype=np.float64)
        found /= of[:, None]
        found += self._base
        return found

    def _most(self, numbers: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int16]:
        """Return what each filter finds in stretches, a row each; 0 at least."""
        import numpy as np

        most = np.empty((len(sizes), self._rows.shape[2]), dtype=np.int16)
        ends = np.cumsum(sizes)
        first = 0
        while first < len(sizes):
            done = ends[first - 1] if first else 0
            last = max(int(np.searchsorted(ends, done + _AT_ONCE)), first + 1)
            part = sizes[first:last]
            starts = np.cumsum(part + 1) - part - 1
            words = np.full(part.sum() + len(part) + 1, OUTSIDE)
            inside = np.ones(len(words), dtype=bool)
            inside[starts] = inside[-1] = False
            words[inside] = numbers[done : ends[last - 1]]
            rows = self._rows[words]
            found = rows[:-2, 0] + rows[1:-1, 1]
            found += rows[2:, 2]
            found[starts[1:] - 1] = 0  # windows around what is between two posts
            most[first:last] = np.maximum.reduceat(found, starts, axis=0)
            first = last
        return np.maximum(most, 0)

    def shares(self, numbers: Sequence[int]) -> list[complex]:
        """Return what each word of a post adds to both log odds.

        A filter's find is that of the window which has the most of it. There each word has what
        it adds, and all words alike have of the filter's bias.
        """
        import numpy as np

        if not numbers:
            return []
        of = -(-len(numbers) // _STRETCH)
        stretches = np.array_split(np.array(numbers, dtype=np.int64), of)
        return [share / of for each in stretches for share in self._shared(each.tolist())]

    def _shared(self, numbers: Sequence[int]) -> list[complex]:
        import numpy as np

        found = np.zeros((len(numbers) + 2, 2))
        padded = np.array((OUTSIDE, *numbers, OUTSIDE))
        rows = self._rows[padded].astype(np.float64)
        rows[:, 1] -= self._bias * (padded != OUTSIDE)[:, None]
        sums = rows[:-2, 0] + rows[1:-1, 1] + rows[2:, 2] + self._bias
        best = sums.argmax(axis=0)
        for number, window in enumerate(best.tolist()):
            if sums[window, number] <= 0:
                continue
            inside = [place for place in range(window, window + WIDTH) if padded[place] != OUTSIDE]
            for place in inside:
                adds = rows[place, place - window, number] + self._bias[number] / len(inside)
                found[place] += adds * self._out[number]
        return [complex(*row) for row in found[1:-1].tolist()]


def packed(
    hashes: NDArray[np.int64],
    vectors: NDArray[np.float32],
    *,
    kernel: NDArray[np.float32],
    bias: NDArray[np.float32],
    out: NDArray[np.float32],
    base: NDArray[np.float32],
) -> Convolution:
    """Return a convolution as a file holds it.

    Parameters
    ----------
    hashes : array of int
        Of words, sorted.
    vectors : array of shape (words + 1, size)
        That of the unknown word first.
    kernel : array of shape (WIDTH, size, filters)
    bias : array of shape (filters,)
    out : array of shape (filters, 2)
    base : array of shape (2,)
    """
    import numpy as np

    # Few numbers are much larger than the others, and lose little where they are held back.
    size = np.abs(vectors)
    step = float(np.quantile(size, 0.9995) or size.max()) / 127 or 1.0
    small = np.clip(np.rint(vectors / step), -127, 127).astype(np.int8)
    rest: Any = np.concatenate([kernel.ravel(), bias, out.ravel(), base]).astype("<f4")
    data = hashes.astype("<u4").tobytes() + small.tobytes() + rest.tobytes()
    return Convolution(len(hashes), vectors.shape[1], len(bias), step, data)
