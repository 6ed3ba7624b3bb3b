"""The engine ``social``: a linear model for posts on social networks, in English.

It was learned from labelled posts (:mod:`workbench.text.training`), and is one table of weights
for the traits of words (:mod:`workbench.text.traits`): a post costs a sum over its words, and
words that come again are looked up. A team's own model is a file of the same kind.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, Final

from workbench.text import traits
from workbench.text.engines import Share
from workbench.text.weighing import Parts, Table
from workbench.text.weights import NEGATED, READY, Weights, read

if TYPE_CHECKING:
    import numpy as np

    from workbench.text.linearbatch import Batch

__all__ = ["CLASSES", "Linear", "Social", "compound_of", "folder"]

CLASSES: Final = ("negative", "neutral", "positive")

_BATCH: Final = 1_000  # texts whose new words are looked at together
_STEPS: Final = 16
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
        self._table = Table(weights)
        self._parts = Parts(self._table, is_negated=False)
        self._parts.other = Parts(self._table, is_negated=True)
        self._parts.other.other = self._parts
        for parts in (self._parts, self._parts.other):
            parts.prepare(weights)

    @cached_property
    def _batch(self) -> Batch:
        # A page's process, which scores no batches, does without NumPy.
        from workbench.text.linearbatch import Batch

        return Batch(self.weights, self._parts)

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        """Return neg, neu, pos (probabilities) and compound, one row per text."""
        import numpy as np

        found = np.empty((len(texts), 4))
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            odds = self._bias + self._batch.added(batch)
            raised = np.exp(np.column_stack([odds.real, np.zeros(len(odds)), odds.imag]))
            chances = raised / raised.sum(axis=1, keepdims=True)
            rows = found[start : start + len(batch)]
            rows[:, :3], rows[:, 3] = chances, _compounds(chances)
        return found

    def compound(self, text: str) -> float:
        """Return the compound score, -1 to 1, rounded to four digits."""
        return compound_of(*_chances(self._odds(text)))

    def explain(self, text: str) -> list[Share]:
        r"""Return what each word has of the compound score, in their order, then the rest.

        With :math:`x_i` what a word adds to both log odds, a pair being halved between its
        words, and :math:`b` their bias, its share is what the score :math:`s` gains along
        :math:`x_i` while all words are faded in together,

        .. math:: \int_0^1 \nabla s(b + t \sum x) \cdot x_i \, dt

        so that the shares add up to the score; what the bias alone has of it stands at the end.
        """
        found = [match.span() for match in _WORD.finditer(text)]
        added = self._added(text)
        negative, positive = _slopes(self._bias, sum(added))
        shares = []
        for span, worth in zip(found, added, strict=True):
            alone = self._parts[text[slice(*span)]][0]
            value = worth.real * negative + worth.imag * positive
            if value:
                shares.append(Share(*span, value, alone.imag - alone.real))
        rest = self.compound(text) - sum(share.value for share in shares)
        return [*shares, Share(0, 0, rest, 0.0)]

    def _odds(self, text: str) -> complex:
        """Return both log odds of a text."""
        codes, worth = self._table.codes, self._table.worth
        size = traits.PAIRS
        parts, before, known, count = self._parts, traits.START, 0, traits.TAIL
        total = 0j
        for each in text.split():
            own, n, first, last, value, parts = parts[each]
            # The place is traits.meeting's; a call less.
            total += own + worth[codes[(before * 31 + first) % size]]
            count += n
            before = last
            if value:
                known = value
        if count == traits.TAIL:  # no word at all
            return self._bias
        for place in traits.tail(before, known):
            total += worth[codes[place]]
        return self._bias + total * traits.faintness(count)

    def _added(self, text: str) -> list[complex]:
        """Return what each part of a text adds to both log odds."""
        parts, before, known, count = self._parts, traits.START, 0, traits.TAIL
        found: list[complex] = []
        for each in text.split():
            own, n, first, last, value, parts = parts[each]
            met = self._table.of([traits.meeting(before, first)])
            if found:
                met /= 2
                found[-1] += met
            found.append(own + met)
            count += n
            before = last
            known = value or known
        if found:
            found[-1] += self._table.of(traits.tail(before, known))
        norm = traits.faintness(count)
        return [worth * norm for worth in found]

    def prepared(self, texts: Iterable[str]) -> Weights:
        """Return the weights with these parts of texts held ready, named as they hold them."""
        common, ready = [], []
        for text in texts:
            is_negated = text[0] == NEGATED
            parts = self._parts.other if is_negated else self._parts
            worth, count, first, last, value, following = parts[text[is_negated:]]
            if count < 256 and "\n" not in text:
                turns = following.is_negated
                held = READY.pack(worth.real, worth.imag, count, first, last, value, turns)
                common.append(text)
                ready.append(held)
        return replace(self.weights, common=tuple(common), ready=b"".join(ready))


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


def _slopes(start: complex, way: complex) -> tuple[float, float]:
    """Return what each log odd gains for the score, per unit, on the way from a start.

    At each step both may move first; what each gains is the mean of the two orders, so that
    together they have gained all, jumps included.
    """
    gains = [0.0, 0.0]
    step = way / _STEPS
    for number in range(_STEPS):
        here = start + number * step
        corners = (here, here + step.real, here + step.imag * 1j, here + step)
        low, right, up, high = (compound_of(*_chances(corner)) for corner in corners)
        gains[0] += (right - low + high - up) / 2
        gains[1] += (up - low + high - right) / 2
    return gains[0] / way.real if way.real else 0.0, gains[1] / way.imag if way.imag else 0.0
