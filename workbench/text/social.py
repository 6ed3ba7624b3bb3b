"""The engine ``social``: a linear model for posts on social networks, in English.

It was learned from labelled posts (:mod:`workbench.text.training`), and is one table of weights
for the traits of words (:mod:`workbench.text.traits`): a post costs a sum over its words, and
words that come again are looked up. A team's own model is a file of the same kind.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zlib import crc32

from workbench.errors import SettingError
from workbench.text import traits
from workbench.text.engines import Share

if TYPE_CHECKING:
    import numpy as np

__all__ = ["CLASSES", "Linear", "Social", "Weights", "compound_of", "folder", "read", "write"]

CLASSES: Final = ("negative", "neutral", "positive")

_MAGIC: Final = b"workbench sentiment weights 1\n"
_KEPT: Final = 40_000  # parts of texts, negated and not
_STEPS: Final = 16
_PACKED: Final = Path(__file__).with_name("social.weights")
_WORD: Final = re.compile(r"\S+")  # as str.split has them

_Pair = tuple[float, float]
"""How much more negative, and how much more positive than neutral, as log odds."""


@dataclass(frozen=True)
class Weights:
    """A model as its file holds it.

    Attributes
    ----------
    name, version, about : str
        Of the engine; and what it was learned from, with the attribution that is due.
    bias : tuple of float
        Of the classes negative and positive against neutral.
    most : float
        The largest weight.
    table : bytes
        Weights of these classes against neutral, two bytes for each trait. 128 is 0, and others
        are apart from it as the root of their size, since most are small: 1 and 255 are the
        largest.
    """

    name: str
    version: str
    about: str
    bias: _Pair
    most: float
    table: bytes

    @property
    def sizes(self) -> list[float]:
        """What each byte of the table is worth."""
        steps = [(byte - 128) / 127 for byte in range(256)]
        return [self.most * step * abs(step) for step in steps]


def write(path: Path, weights: Weights) -> None:
    """Write a model; the same model gives the same bytes."""
    head = {
        "name": weights.name,
        "version": weights.version,
        "about": weights.about,
        "bias": list(weights.bias),
        "most": weights.most,
        "crc": crc32(weights.table),
    }
    line = json.dumps(head, ensure_ascii=False, sort_keys=True).encode()
    path.write_bytes(_MAGIC + line + b"\n" + weights.table)


def read(path: Path) -> Weights:
    """Read a model.

    Raises
    ------
    SettingError
        If there is no such file, or it is none of ours, damaged, or of another version.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SettingError(f"{path}: cannot be read ({error.strerror})") from error
    if not data.startswith(_MAGIC):
        raise SettingError(f"{path} holds no weights of this version; train them anew")
    line, _, table = data[len(_MAGIC) :].partition(b"\n")
    try:
        head = json.loads(line)
        if len(table) != 2 * traits.SIZE or crc32(table) != head["crc"]:
            raise SettingError(f"{path} is damaged; train it anew, or get another copy")
        negative, positive = float(head["bias"][0]), float(head["bias"][1])
        most = float(head["most"])
        names = str(head["name"]), str(head["version"]), str(head["about"])
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise SettingError(f"{path} is damaged; train it anew, or get another copy") from error
    return Weights(*names, (negative, positive), most, table)


def compound_of(negative: float, neutral: float, positive: float) -> float:
    """Return the compound score of three probabilities, rounded to four digits.

    From 0.05 if positive is the most probable, rising with its distance from the next to 1; the
    same below zero for negative; between the two, by which of both is nearer, if neutral is.

    Examples
    --------
    >>> compound_of(0.1, 0.1, 0.8), compound_of(0.2, 0.5, 0.3), compound_of(0.6, 0.2, 0.2)
    (0.715, 0.01, -0.43)
    """
    if positive > max(neutral, negative):
        found = 0.05 + 0.95 * (positive - max(neutral, negative))
    elif negative > max(neutral, positive):
        found = -0.05 - 0.95 * (negative - max(neutral, positive))
    elif neutral <= 0 or neutral < positive:
        return 0.0  # negative and positive alike, neutral less
    else:
        found = 0.0499 * (positive - negative) / neutral
    return round(found, 4)


_Seen = tuple[complex, int, int, int, int, "_Parts"]
"""What a part of a text has of both log odds, how many traits, its first and last word's hash,
the last known value, and the parts to look among for what follows.

Two numbers that are added up together are one complex number: the real part for negative, the
other for positive.
"""


class _Table:
    """The weights as they are looked up quickest: two of a trait at once.

    Attributes
    ----------
    codes : memoryview
        Both bytes of each trait as one number.
    worth : list of complex
        What each such number is worth.
    """

    def __init__(self, weights: Weights) -> None:
        self.codes = memoryview(weights.table).cast("H")
        sizes = weights.sizes
        if sys.byteorder == "little":
            self.worth = [complex(low, high) for high in sizes for low in sizes]
        else:
            self.worth = [complex(low, high) for low in sizes for high in sizes]

        self.letters = lru_cache(_KEPT)(self._letters)

    def _letters(self, name: str) -> tuple[complex, int]:
        """Return what a word's letters add, and how many traits they are."""
        found = traits.letters(name)
        return self.of(found), len(found)

    def of(self, places: Iterable[int]) -> complex:
        """Return what traits add to both log odds."""
        codes = map(self.codes.__getitem__, places)
        return sum(map(self.worth.__getitem__, codes), 0j)


class _Parts(dict[str, _Seen]):
    """Parts of texts as they were met, after a negation or not."""

    def __init__(self, table: _Table, *, is_negated: bool) -> None:
        super().__init__()
        self.table = table
        self.is_negated = is_negated
        self.other = self

    def __missing__(self, text: str) -> _Seen:
        if (known := traits.alike(text)) != text:
            return self[known]
        seen = traits.part(text, is_negated=self.is_negated)
        following = self if seen.is_negated is self.is_negated else self.other
        count = len(seen.places) + 1  # and the pair that it makes with the one before
        worth = self.table.of(seen.places)
        for name in seen.names:
            of_letters, more = self.table.letters(name)
            worth += of_letters
            count += more
        made = (worth, count, seen.first, seen.last, seen.value, following)
        if len(self) >= _KEPT:
            self.clear()
        self[text] = made
        return made


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
        self._table = _Table(weights)
        self._parts = _Parts(self._table, is_negated=False)
        self._parts.other = _Parts(self._table, is_negated=True)
        self._parts.other.other = self._parts

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        """Return neg, neu, pos (probabilities) and compound, one row per text."""
        import numpy as np

        found = np.empty((len(texts), 4))
        for row, text in enumerate(texts):
            chances = _chances(self._odds(text))
            found[row] = (*chances, compound_of(*chances))
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
        total += self._table.of(traits.tail(before, known))
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
