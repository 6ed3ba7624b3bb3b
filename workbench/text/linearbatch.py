"""What many texts are worth at once by the weights of an engine like ``social``.

All parts of all texts stand in one array, as numbers of the rows that say what each is worth.
Parts that were not met before are looked at together: split into words one by one, but weighed
all at once. What follows a negation is as :class:`workbench.text.weighing.Parts` has it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workbench.text import traits
from workbench.text.bending import FIGURES
from workbench.text.convolution import Filters
from workbench.text.weighing import Parts
from workbench.text.weights import Weights

__all__ = ["Batch"]

_KEPT: Final = 40_000  # parts of texts
_HELD: Final = np.dtype(
    [
        ("negative", "<f4"),
        ("positive", "<f4"),
        ("count", "u1"),
        ("words", "u1"),
        ("value", "i1"),
        ("turns", "?"),
    ]
)  # as weights.READY has it

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Worth = NDArray[np.complex128]


class _Rows:
    """What parts are worth, a row each.

    Attributes
    ----------
    worth, count, first, last, value
        As :data:`workbench.text.weighing.Seen` has them.
    words : array of int
        How many words each has.
    begin : array of int
        Where their hashes begin among all.
    turns : array of bool
        Whether what follows is negated, nothing being so before.
    hashes : array of int
        Of the words of all rows.
    """

    def __init__(self, ready: bytes, hashes: bytes) -> None:
        held = np.frombuffer(ready, dtype=_HELD)
        self.size = len(held)
        self.worth: Worth = held["negative"] + 1j * held["positive"].astype(np.float64)
        self.count, self.words, self.value = (
            held[name].astype(np.int64) for name in ("count", "words", "value")
        )
        self.turns = held["turns"].copy()
        self.hashes: Numbers = np.frombuffer(hashes, dtype="<u4").astype(np.int64)
        self.begin: Numbers = np.cumsum(self.words) - self.words
        self.first = self.hashes[self.begin]
        self.last = self.hashes[self.begin + self.words - 1]
        self._end = len(self.hashes)

    def add(
        self,
        *,
        worth: Worth,
        count: Numbers,
        words: Numbers,
        hashes: Numbers,
        value: Numbers,
        turns: Flags,
    ) -> range:
        """Add rows; return their numbers."""
        added = range(self.size, self.size + len(worth))
        if added.stop > len(self.worth):
            # There is room for as many again, so that rows are seldom moved.
            self.worth, self.turns = _longer(self.worth, added), _longer(self.turns, added)
            self.count, self.value = _longer(self.count, added), _longer(self.value, added)
            self.first, self.last = _longer(self.first, added), _longer(self.last, added)
            self.words, self.begin = _longer(self.words, added), _longer(self.begin, added)
        spelled = range(self._end, self._end + len(hashes))
        if spelled.stop > len(self.hashes):
            self.hashes = _longer(self.hashes, spelled)
        self.hashes[spelled.start : spelled.stop] = hashes
        ends = np.cumsum(words)
        place = slice(added.start, added.stop)
        self.worth[place], self.count[place], self.value[place] = worth, count, value
        self.first[place], self.last[place] = hashes[ends - words], hashes[ends - 1]
        self.words[place], self.begin[place] = words, ends - words + spelled.start
        self.turns[place] = turns
        self.size, self._end = added.stop, spelled.stop
        return added


class Batch:
    """The weights for many texts.

    Parameters
    ----------
    weights : Weights
    parts : Parts
        Of texts by these weights, where they are not negated.
    filters : Filters or None
        Of the convolution.
    """

    def __init__(self, weights: Weights, parts: Parts, filters: Filters | None) -> None:
        self._ready = weights.ready, weights.hashes
        self._filters = filters
        self._parts = parts
        self._table = table = parts.table
        self._signs = np.array([table.of(traits.signs(value)) for value in range(-4, 5)])
        self._forget()

    def _forget(self) -> None:
        """Begin with what is held ready."""
        self._rows = _Rows(*self._ready)
        self._plain = dict(self._parts.common)
        self._negated = dict(self._parts.other.common)
        self._ends: dict[str, bool] = {}

    def added(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return the figures that a bend has, but for the bias of the sums, a row per text."""
        parted = [text.split() for text in texts]
        found = np.zeros((len(texts), FIGURES))
        if self._filters is not None:
            found[:, -2:] = self._filters.one(())
        parts = list(chain.from_iterable(parted))
        if not parts:
            return found
        self._meet(set(parts))
        sizes = np.fromiter(map(len, parted), dtype=np.int64, count=len(parted))
        kept = np.flatnonzero(sizes)
        sizes = sizes[kept]
        ends = np.cumsum(sizes)
        rows = np.fromiter(map(self._plain.__getitem__, parts), dtype=np.int64, count=len(parts))
        self._negate(rows, parts, ends)
        found[kept] = self._sums(rows, ends - sizes, ends - 1)
        return found

    def _sums(self, rows: Numbers, starts: Numbers, lasts: Numbers) -> NDArray[np.float64]:
        """Return the figures of texts, given the rows of all parts, and the ends of each."""
        held = self._rows
        last = held.last[rows]
        before = np.roll(last, 1)
        before[starts] = traits.START
        worth = held.worth[rows] + self._table.at(traits.meeting(before, held.first[rows]))
        total: Worth = np.add.reduceat(worth, starts)
        value = _latest(held.value[rows], starts)
        for place in traits.tail(last[lasts], value):
            total += self._table.at(place)
        count = np.add.reduceat(held.count[rows], starts) + traits.TAIL
        most = (np.maximum(np.maximum.reduceat(of, starts), 0) for of in (worth.real, worth.imag))
        found = np.zeros((len(starts), FIGURES))
        found[:, :4] = np.column_stack([total.real, total.imag, *most])
        found[:, :4] /= np.maximum(20.0, count / 20)[:, None]
        if self._filters is not None:
            found[:, 4:] = self._beside(self._filters, rows, starts)
        return found

    def _beside(self, filters: Filters, rows: Numbers, starts: Numbers) -> NDArray[np.float64]:
        """Return what words of texts say beside each other."""
        words = self._rows.words[rows]
        ends = np.cumsum(words)
        place = np.repeat(self._rows.begin[rows] - ends + words, words) + np.arange(ends[-1])
        numbers = filters.numbers(self._rows.hashes[place])
        return filters.many(numbers, np.add.reduceat(words, starts))

    def _negate(self, rows: Numbers, parts: Sequence[str], ends: Numbers) -> None:
        """Put in the rows of negated parts, from each negation to where it ends."""
        turning = np.flatnonzero(self._rows.turns[rows])
        until = ends[np.searchsorted(ends, turning, side="right")]
        places: list[int] = []
        after = 0
        for place, end in zip(turning.tolist(), until.tolist(), strict=True):
            if place < after:  # negated itself
                continue
            for after in range(place + 1, end):
                places.append(after)
                if self._is_end(parts[after]):
                    break
            after += 1
        if places:
            negated = [parts[place] for place in places]
            self._learn(set(negated).difference(self._negated), is_negated=True)
            rows[places] = [self._negated[part] for part in negated]

    def _is_end(self, text: str) -> bool:
        """Return whether what follows a part is no longer negated."""
        if text.isalpha():
            return False
        found = self._ends.get(text)
        if found is None:
            known = traits.alike(text)
            turns = [traits.word(traits.name(piece))[3] for piece in traits.pieces(known)]
            found = self._ends[text] = next(filter(None, reversed(turns)), 0) < 0
        return found

    def _meet(self, parts: set[str]) -> None:
        """See that parts have their rows where they are not negated."""
        kept = len(self._plain) + len(self._negated) - len(self._parts.common)
        if kept + len(parts) > _KEPT + len(self._parts.other.common):
            self._forget()
        alike = {text: traits.alike(text) for text in parts.difference(self._plain)}
        self._learn(set(alike.values()).difference(self._plain), is_negated=False)
        self._plain |= {text: self._plain[known] for text, known in alike.items()}

    def _learn(self, texts: Collection[str], *, is_negated: bool) -> None:
        """Add rows of parts, weighed from their traits as :func:`traits.part` has them."""
        if not texts:
            return
        names: list[str] = []
        written: list[int] = []
        sizes, owners, writers = [], [], []
        shown: list[tuple[int, bool, int, int]] = []
        for text in texts:
            pieces = traits.pieces(text)
            sizes.append(len(pieces))
            for piece in pieces:
                name = traits.name(piece)
                seen = traits.word(name)
                if seen[1]:
                    owners.append(len(shown))
                    names.append(name)
                    if piece != name:
                        places = traits.written(piece, name, seen[0])
                        written += places
                        writers += [len(shown)] * len(places)
                shown.append(seen)
        own, _, value, turn = np.array(shown).T
        lasts: Numbers = np.cumsum(sizes) - 1
        starts: Numbers = lasts + 1 - np.array(sizes)
        negated, turns = _negated(turn, starts, lasts, is_negated=is_negated)
        value = np.where(negated, -value, value)
        worth = self._table.at(traits.alone(own, negated.astype(np.int64))) + self._signs[value + 4]
        count = 2 + 2 * (value != 0)  # itself, the pair with the one before, its value's two
        meets = self._table.at(traits.meeting(np.roll(own, 1), own))
        meets[starts] = 0  # which is no pair of the part's
        worth += meets
        of_letters, letters = self._table.of_letters(names)
        worth[owners] += of_letters
        count[owners] += letters
        np.add.at(worth, writers, self._table.at(np.array(written, dtype=np.int64)))
        np.add.at(count, writers, 1)
        added = self._rows.add(
            worth=np.add.reduceat(worth, starts),
            count=np.add.reduceat(count, starts),
            words=np.array(sizes),
            hashes=own,
            value=_latest(value, starts),
            turns=turns,
        )
        (self._negated if is_negated else self._plain).update(zip(texts, added, strict=True))


def _negated(
    turn: Numbers, starts: Numbers, lasts: Numbers, *, is_negated: bool
) -> tuple[Flags, Flags]:
    """Return whether each word of parts is negated, and whether what follows each part is.

    Parameters
    ----------
    turn : array of int
        What each word does to those after it, as :func:`traits.word` has it.
    starts, lasts : array of int
        The first and the last word of each part.
    is_negated : bool
        Whether a negation before each part holds on.
    """
    last = np.maximum.accumulate(np.where(turn != 0, np.arange(len(turn)), -1))
    start = np.repeat(starts, lasts - starts + 1)
    after = np.where(last < start, is_negated, turn[last] > 0)
    before = np.roll(after, 1)
    before[starts] = is_negated
    return before, after[lasts]


def _latest(value: Numbers, starts: Numbers) -> Numbers:
    """Return the last value that is not 0, from each start to the next; 0 if there is none."""
    known = np.maximum.reduceat(np.where(value != 0, np.arange(len(value)), -1), starts)
    return np.where(known < starts, 0, value[known])


def _longer(column: NDArray[Any], rows: range) -> NDArray[Any]:
    """Return a column with room for more rows, and as many again."""
    found = np.zeros(2 * rows.stop, dtype=column.dtype)
    found[: rows.start] = column[: rows.start]
    return found
