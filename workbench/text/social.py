"""The engine ``social``: a model for posts on social networks, in English.

It was learned from labelled posts (:mod:`workbench.text.training`), and is a table of weights for
the traits of words (:mod:`workbench.text.traits`), a sum over a post's words, and a convolution
over its windows of three (:mod:`workbench.text.convolution`). Words that come again are looked
up. A team's own model is a file of the same kind.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import chain, islice, repeat
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, Final

from workbench.text import traits
from workbench.text.bending import FIGURES, straight
from workbench.text.convolution import Filters
from workbench.text.engines import Share
from workbench.text.weighing import Parts, Table
from workbench.text.weights import HASH, NEGATED, READY, Weights, read

if TYPE_CHECKING:
    import numpy as np

    from workbench.text.linearbatch import Batch

__all__ = ["CLASSES", "Linear", "Social", "compound_of", "folder"]

CLASSES: Final = ("negative", "neutral", "positive")

_BATCH: Final = 1_000  # texts whose new words are looked at together
_STEPS: Final = 32  # by which a score is explained
_PACKED: Final = Path(__file__).with_name("social.weights")
_WORD: Final = re.compile(r"\S+")  # as str.split has them


def compound_of(negative: float, neutral: float, positive: float) -> float:
    """Return the compound score of three probabilities, rounded to four digits.

    From 0.05 if positive is the most probable, rising with its distance from the next to 1; the
    same below zero for negative; between the two, by which of both is nearer, if neutral is.

    Examples
    --------
    >>> compound_of(0.1, 0.1, 0.8), compound_of(0.2, 0.5, 0.3), compound_of(0.6, 0.2, 0.2)
    (0.715, 0.01, -0.43)
    """
    up = max(neutral, negative)
    down = max(neutral, positive)
    if positive > up:
        found = 0.05 + 0.95 * (positive - up)
    elif negative > down:
        found = -0.05 - 0.95 * (negative - down)
    elif neutral <= 0 or neutral < positive:
        return 0.0  # negative and positive alike, neutral less
    else:
        found = 0.0499 * (positive - negative) / neutral
    return round(found, 4) + 0.0  # never -0.0


class Linear:
    """An engine on some weights.

    Parameters
    ----------
    weights : Weights

    Attributes
    ----------
    name, version, languages
        As of any engine.
    """

    languages = frozenset({"en"})

    def __init__(self, weights: Weights) -> None:
        self.name = weights.name
        self.version = weights.version
        self.weights = weights
        self._bias = complex(*weights.bias)
        self._bend = weights.bend
        self._table = Table(weights)
        self._parts = Parts(self._table, is_negated=False)
        self._parts.other = Parts(self._table, is_negated=True)
        self._parts.other.other = self._parts
        for parts in (self._parts, self._parts.other):
            parts.prepare(weights)

    @cached_property
    def _batch(self) -> Batch:
        # A process that scores nothing does without NumPy.
        from workbench.text.linearbatch import Batch

        return Batch(self.weights, self._parts, self._filters)

    @cached_property
    def _filters(self) -> Filters | None:
        found = self.weights.convolution
        return None if found is None else Filters(found)

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        """Return neg, neu, pos (probabilities) and compound, one row per text."""
        import numpy as np

        found = np.empty((len(texts), 4))
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            odds = self._bent(self.figures(batch))
            raised = np.exp(np.column_stack([odds.real, np.zeros(len(odds)), odds.imag]))
            chances = raised / raised.sum(axis=1, keepdims=True)
            rows = found[start : start + len(batch)]
            rows[:, :3], rows[:, 3] = chances, _compounds(chances)
        return found

    def figures(self, texts: Sequence[str]) -> np.ndarray:
        """Return the figures that a bend takes, one row per text."""
        found: np.ndarray = self._batch.added(texts)
        found[:, :2] += self.weights.bias
        return found

    def _bent(self, figures: np.ndarray) -> np.ndarray:
        """Return both log odds of many texts."""
        if self._bend is None:
            return figures[:, 0] + 1j * figures[:, 1]
        return self._bend.of_many(figures)

    def compound(self, text: str) -> float:
        """Return the compound score, -1 to 1, rounded to four digits."""
        return compound_of(*_chances(self._odds(text)))

    def explain(self, text: str) -> list[Share]:
        r"""Return what each word has of the compound score, in their order, then the rest.

        With :math:`f` the figures of the post, which the score :math:`s` rests on, :math:`f_0`
        those of no words, and :math:`x_i` what a word has of each figure, its share is what the
        score gains along :math:`x_i` while all words are faded in together,

        .. math:: \int_0^1 \nabla s(f_0 + t (f - f_0)) \cdot x_i \, dt

        Of the sums a word has what it adds, a pair being halved between its words; of what one
        word adds at most all, if it is that word; of the convolution what it adds to those
        windows that count. What is left stands at the end, so that the shares add up to the
        score: what no words at all have of it.
        """
        found = [match.span() for match in _WORD.finditer(text)]
        added, steps, beside = self._added(text)
        figures = self._figures(text)
        gains = self._gains(figures)
        halves = [step.real for step in steps], [step.imag for step in steps]
        largest = [
            half.index(max(half)) if most > 0 else -1
            for half, most in zip(halves, figures[2:4], strict=True)
        ]
        shares = []
        for number, (span, worth, window) in enumerate(zip(found, added, beside, strict=True)):
            alone = self._parts[text[slice(*span)]][0]
            value = worth.real * gains[0] + worth.imag * gains[1]
            value += window.real * gains[4] + window.imag * gains[5]
            for most, word, gain in zip(figures[2:4], largest, gains[2:4], strict=True):
                if word == number:
                    value += most * gain
            if value:
                shares.append(Share(*span, value, alone.imag - alone.real))
        rest = self.compound(text) - sum(share.value for share in shares)
        return [*shares, Share(0, 0, rest, 0.0)]

    def _gains(self, figures: Sequence[float]) -> list[float]:
        """Return what the score gains with each figure, per unit, from no words to all.

        Where the score jumps, since one class overtakes another, it is by the figures that moved
        it there, each by as much as it did.
        """
        start = self._figures("")
        bend = self._bend or straight(start, figures)
        gains = [0.0] * FIGURES
        before = bend.held(start)
        score = compound_of(*_chances(bend.odds(before)))
        for number in range(1, _STEPS + 1):
            here = [
                one + (end - one) * number / _STEPS for one, end in zip(start, figures, strict=True)
            ]
            after = bend.held(here)
            middle = [(one + other) / 2 for one, other in zip(before, after, strict=True)]
            negative, positive = _slopes(bend.odds(middle))
            ways = [one - other for one, other in zip(after, before, strict=True)]
            moved = [slope * way for slope, way in zip(bend.slopes(middle), ways, strict=True)]
            by = [way.real * negative + way.imag * positive for way in moved]
            reached = compound_of(*_chances(bend.odds(after)))
            rest = reached - score - sum(by)
            there = [max((way.imag - way.real) * rest, 0.0) for way in moved]
            for place, whole in enumerate(figures):
                if way := whole - start[place]:
                    jump = rest * there[place] / sum(there) if any(there) else 0.0
                    gains[place] += (by[place] + jump) / way
            before, score = after, reached
        return gains

    def _odds(self, text: str) -> complex:
        """Return both log odds of a text."""
        figures = self._figures(text)
        return complex(*figures[:2]) if self._bend is None else self._bend.odds(figures)

    def _figures(self, text: str) -> tuple[float, ...]:
        """Return the figures that a bend takes."""
        codes, worth = self._table.codes, self._table.worth
        size = traits.PAIRS
        parts, before, known, count = self._parts, traits.START, 0, traits.TAIL
        added: list[complex] = []
        numbers: list[int] = []
        for each in text.split():
            own, n, first, last, value, words, parts = parts[each]
            numbers += words
            # The place is traits.meeting's; a call less.
            added.append(own + worth[codes[(before * 31 + first) % size]])
            count += n
            before = last
            if value:
                known = value
        beside = (0.0, 0.0) if self._filters is None else self._filters.one(numbers)
        if not added:
            return (*self.weights.bias, 0.0, 0.0, *beside)
        negative, positive = [one.real for one in added], [one.imag for one in added]
        total = sum([worth[codes[place]] for place in traits.tail(before, known)], sum(added))
        norm = traits.faintness(count)
        total = self._bias + total * norm
        most = max(negative), max(positive)
        most = max(most[0], 0.0) * norm, max(most[1], 0.0) * norm
        return total.real, total.imag, *most, *beside

    def _added(self, text: str) -> tuple[list[complex], list[complex], list[complex]]:
        """Return what each part of a text adds to both log odds.

        First with half of the pairs on either side, and the end with the last; then each with
        the pair before it, as the most that one adds is told; then to those of the convolution.
        """
        parts, before, known, count = self._parts, traits.START, 0, traits.TAIL
        halved: list[complex] = []
        steps: list[complex] = []
        words: list[tuple[int, ...]] = []
        for each in text.split():
            own, n, first, last, value, numbers, parts = parts[each]
            met = self._table.one(traits.meeting(before, first))
            steps.append(own + met)
            if halved:
                met /= 2
                halved[-1] += met
            halved.append(own + met)
            words.append(numbers)
            count += n
            before = last
            known = value or known
        if halved:
            halved[-1] += self._table.of(traits.tail(before, known))
        norm = traits.faintness(count)
        shares: Iterator[complex] = repeat(0j)
        if self._filters is not None:
            shares = iter(self._filters.shares(list(chain.from_iterable(words))))
        beside = [sum(islice(shares, len(numbers)), 0j) for numbers in words]
        return [worth * norm for worth in halved], [worth * norm for worth in steps], beside

    def prepared(self, texts: Iterable[str]) -> Weights:
        """Return the weights with these parts of texts held ready, named as they hold them."""
        common: list[str] = []
        ready: list[bytes] = []
        hashes: list[bytes] = []
        for text in texts:
            is_negated = text[0] == NEGATED
            parts = self._parts.other if is_negated else self._parts
            worth, count, *_, value, _, following = parts[text[is_negated:]]
            if count < 256 and "\n" not in text:
                words = traits.part(text[is_negated:], is_negated=is_negated).hashes
                turns = following.is_negated
                held = READY.pack(worth.real, worth.imag, count, len(words), value, turns)
                common.append(text)
                ready.append(held)
                hashes += map(HASH.pack, words)
        return replace(
            self.weights,
            common=tuple(common),
            ready=b"".join(ready),
            hashes=b"".join(hashes),
        )


class Social(Linear):
    """The engine with the weights that come along."""

    def __init__(self) -> None:
        super().__init__(read(_PACKED))

    @staticmethod
    def others() -> dict[str, Callable[[], Linear]]:
        """Return what makes the engines of one's own, by the names of their files."""
        return {path.stem: partial(_of_file, path) for path in sorted(folder().glob("*.weights"))}


def folder() -> Path:
    """Return where engines of one's own lie: ``sentiment`` in the user's data folder.

    ``WORKBENCH_SENTIMENT`` names another.
    """
    if named := os.environ.get("WORKBENCH_SENTIMENT"):
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("workbench", appauthor=False) / "sentiment"


def _of_file(path: Path) -> Linear:
    return Linear(read(path))


def _chances(odds: complex) -> tuple[float, float, float]:
    """Return the probabilities of negative, neutral and positive."""
    top = max(odds.real, odds.imag, 0.0)
    one, two, three = exp(odds.real - top), exp(-top), exp(odds.imag - top)
    whole = one + two + three
    return one / whole, two / whole, three / whole


def _compounds(chances: np.ndarray) -> np.ndarray:
    """Return what :func:`compound_of` does of each row."""
    import numpy as np

    negative, neutral, positive = chances.T
    up, down = np.maximum(neutral, negative), np.maximum(neutral, positive)
    found = np.select(
        [positive > up, negative > down, neutral >= positive],
        [
            0.05 + 0.95 * (positive - up),
            -0.05 - 0.95 * (negative - down),
            0.0499 * (positive - negative) / np.maximum(neutral, 1e-300),
        ],
        0.0,
    )
    rounded: np.ndarray = np.round(found, 4) + 0.0
    return rounded


def _slopes(odds: complex) -> tuple[float, float]:
    """Return what the score gains with each log odd, per unit."""
    negative, neutral, positive = _chances(odds)
    if positive > max(neutral, negative):
        if neutral > negative:  # its distance from neutral
            return 0.95 * negative * (neutral - positive), 0.95 * positive * (
                1 - positive + neutral
            )
        return (
            -0.95 * negative * (1 - negative + positive),
            0.95 * positive * (1 - positive + negative),
        )
    if negative > max(neutral, positive):
        one, other = _slopes(complex(odds.imag, odds.real))
        return -other, -one
    if neutral <= 0 or neutral < positive:
        return 0.0, 0.0
    return -0.0499 * negative / neutral, 0.0499 * positive / neutral
