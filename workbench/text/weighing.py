"""What parts of texts are worth by some weights, looked up quickly."""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate, count, repeat
from typing import TYPE_CHECKING, Final

from workbench.text import traits
from workbench.text.convolution import FIRST, UNKNOWN
from workbench.text.weights import NEGATED, READY, Weights

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Parts", "Seen", "Table", "often"]

_KEPT: Final = 40_000  # parts of texts, negated and not, and words
_OFTEN: Final = 3  # times that a part comes which is held ready

Seen = tuple[complex, int, int, int, int, tuple[int, ...], "Parts"]
"""What a part of a text has of both log odds, how many traits, its first and last word's hash,
the last known value, its words' numbers in the convolution, and the parts to look among for what
follows.

Two numbers that are added up together are one complex number: the real part for negative, the
other for positive.
"""


class Table:
    """The weights as they are looked up quickest: two of a trait at once.

    Attributes
    ----------
    codes : array
        Both bytes of each trait as one number.
    worth : list of complex
        What each such number is worth.
    """

    def __init__(self, weights: Weights) -> None:
        self.codes = array("H", weights.table)
        self._sizes = sizes = weights.sizes
        if sys.byteorder == "little":
            self.worth = [complex(low, high) for high in sizes for low in sizes]
        else:
            self.worth = [complex(low, high) for low in sizes for high in sizes]

        self._letters: dict[str, tuple[complex, int]] = {}
        filters = weights.convolution
        hashes = hashes_of(filters.hashes if filters else b"")
        self._numbers = dict(zip(hashes, count(FIRST), strict=False))

    def numbers(self, hashes: Iterable[int]) -> tuple[int, ...]:
        """Return the numbers that words have in the convolution, given their hashes."""
        return tuple(map(self._numbers.get, hashes, repeat(UNKNOWN)))

    def letters(self, name: str) -> tuple[complex, int]:
        """Return what a word's letters add, and how many traits they are."""
        found = self._letters.get(name)
        if found is None:
            places = traits.letters(name)
            found = self.of(places), len(places)
            if len(self._letters) >= _KEPT:
                self._letters.clear()
            self._letters[name] = found
        return found

    def of_letters(self, names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return what the letters of each of many words add, and how many traits they are."""
        import numpy as np

        data = [traits.marked(name) for name in names]
        sizes = np.fromiter(map(len, data), dtype=np.int64, count=len(data))
        owner = np.repeat(np.arange(len(data)), sizes)
        left = np.repeat(np.cumsum(sizes), sizes) - np.arange(len(owner))  # bytes to a word's end
        row = np.frombuffer(b"".join(data), dtype=np.uint8).astype(np.uint64)
        worth = np.zeros(len(data), dtype=complex)
        number = row
        for size in range(2, traits.GRAMS[-1] + 1):
            # Where a word ends, what reaches into the next one is left out below.
            number = (number[:-1] << np.uint64(8)) | row[size - 1 :]
            if size not in traits.GRAMS:
                continue
            inside = np.flatnonzero(left[: len(number)] >= size)
            hashes = (number[inside] * np.uint64(traits.MIX)) >> np.uint64(traits.SHIFT)
            values = self.at(hashes.astype(np.int64) + traits.PAIRS)
            of = owner[inside]
            worth += np.bincount(of, values.real, len(data))
            worth += np.bincount(of, values.imag, len(data)) * 1j
        most = np.array(traits.GRAMS)[:, None]
        return worth, np.maximum(sizes + 1 - most, 0).sum(axis=0)

    def at(self, places: np.ndarray) -> np.ndarray:
        """Return what each of many traits adds."""
        import numpy as np

        # Both bytes of a trait become both halves of a complex number.
        pairs = np.frombuffer(self.codes, dtype=np.uint16)[places].view(np.uint8)
        found: np.ndarray = self._steps[pairs].view(np.complex128)
        return found

    @cached_property
    def _steps(self) -> np.ndarray:
        """What each byte is worth, as an array."""
        import numpy as np

        return np.array(self._sizes)

    def one(self, place: int) -> complex:
        """Return what a trait adds to both log odds."""
        return self.worth[self.codes[place]]

    def of(self, places: Iterable[int]) -> complex:
        """Return what traits add to both log odds."""
        return sum(map(self.worth.__getitem__, map(self.codes.__getitem__, places)), 0j)


class Parts(dict[str, Seen]):
    """Parts of texts as they were met, after a negation or not.

    Attributes
    ----------
    table : Table
    is_negated : bool
        Whether they come after a negation.
    other : Parts
        The same by the same weights, if that is otherwise.
    common : dict of str to int
        The rows of those that are held ready in the weights.
    """

    def __init__(self, table: Table, *, is_negated: bool) -> None:
        super().__init__()
        self.table = table
        self.is_negated = is_negated
        self.other = self
        self.common: dict[str, int] = {}
        self._ready = b""
        self._hashes = array("I")
        self._starts: list[int] = []

    def prepare(self, weights: Weights) -> None:
        """Hold common parts ready."""
        rows = enumerate(weights.common)
        if self.is_negated:
            self.common = {text[1:]: row for row, text in rows if text[0] == NEGATED}
        else:
            self.common = {text: row for row, text in rows if text[0] != NEGATED}
        self._ready = weights.ready
        self._hashes = hashes_of(weights.hashes)
        self._starts = [0, *accumulate(row[3] for row in READY.iter_unpack(self._ready))]

    def __missing__(self, text: str) -> Seen:
        if len(self) >= _KEPT:
            self.clear()
        row = self.common.get(text)
        if row is not None:
            held = READY.unpack_from(self._ready, row * READY.size)
            low, high, count, spelled, value, turns = held
            following = self if turns is self.is_negated else self.other
            start = self._starts[row]
            words = self._hashes[start : start + spelled]
            numbers = self.table.numbers(words)
            seen = complex(low, high), count, words[0], words[-1], value, numbers, following
            return self._keep(text, seen)
        if text.isalpha():
            if word := traits.cased(text):
                return self._keep(text, self._in_capitals(text, word))
        elif (known := traits.alike(text)) != text:
            return self[known]
        elif parts := traits.split(text):
            return self._keep(text, self._joined(parts))
        return self._keep(text, self._weighed(traits.part(text, is_negated=self.is_negated)))

    def _in_capitals(self, text: str, word: str) -> Seen:
        """Return what a word with capitals is worth, from the one without."""
        worth, count, first, last, value, numbers, following = self[word]
        places = traits.written(text, word, first)
        worth += self.table.of(places)
        return worth, count + len(places), first, last, value, numbers, following

    def _joined(self, parts: Sequence[str]) -> Seen:
        """Return what a word with signs around it is worth, from each."""
        worth, count, first, last, value, numbers, following = self[parts[0]]
        for part in parts[1:]:
            own, more, start, end, known, further, following = following[part]
            worth += own + self.table.one(traits.meeting(last, start))
            count, last, value, numbers = count + more, end, known or value, numbers + further
        return worth, count, first, last, value, numbers, following

    def _weighed(self, seen: traits.Part) -> Seen:
        following = self if seen.is_negated is self.is_negated else self.other
        count = len(seen.places) + 1  # and the pair that it makes with the one before
        worth = self.table.of(seen.places)
        for name in seen.names:
            of_letters, more = self.table.letters(name)
            worth += of_letters
            count += more
        words = seen.hashes
        numbers = self.table.numbers(words)
        return worth, count, words[0], words[-1], seen.value, numbers, following

    def _keep(self, text: str, seen: Seen) -> Seen:
        self[text] = seen
        return seen


def hashes_of(data: bytes) -> array[int]:
    """Return words' hashes as a file holds them."""
    found = array("I", data)
    if sys.byteorder == "big":
        found.byteswap()
    return found


def often(texts: Iterable[str]) -> list[str]:
    """Return the words and signs, with the punctuation that stands at them, that come often.

    Those that come often where they are negated are named for that besides.
    """
    met: Counter[str] = Counter()
    turns: dict[str, bool] = {}
    for text in texts:
        mark = ""
        for part in text.split():
            named = mark + part
            met[named] += 1
            if named not in turns:
                turns[named] = traits.part(part, is_negated=bool(mark)).is_negated
            mark = NEGATED if turns[named] else ""
    return sorted(
        named
        for named, count in met.items()
        if count >= _OFTEN and _is_plain(named.lstrip(NEGATED))
    )


def _is_plain(part: str) -> bool:
    """Return whether a part of a text is no account, hashtag, link or number."""
    return part[0] not in "@#" and not any(char.isdigit() or char in "/@#_" for char in part)
