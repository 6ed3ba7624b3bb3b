"""VADER's scores of many texts at once, by the rules of :mod:`workbench.text.vader`.

All words of all texts stand in one array, as numbers of how they behave; the rules are worked out
for all words of the lexicon together. The few texts with words that begin an idiom are left to
the rules for one text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from string import punctuation
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from vaderSentiment.vaderSentiment import BOOSTER_DICT, C_INCR, N_SCALAR

from workbench.text.vader import FAINTER, NEGATIONS, RARE, Vader, emphasis, weigh_but

__all__ = ["Batch"]

_KEPT: Final = 200_000  # words
_ROOM: Final = 3  # words, as far as the rules look

# Each idiom, and each rule beyond what is worked out here, has one of these words, with one of the
# others beside it or two before it. Where they meet the rules for one text are asked.
_ODD: Final = RARE | {"doubt"}
_PARTNERS: Final = frozenset(
    {"without", "the", "bad", "stop", "right", "of", "to", "for", "heart", "just"}
)
_TOLD: Final = ("no", "or", "nor", "never", "so", "this", "but", "least", "at", "very")
_NO, _OR, _NOR, _NEVER, _SO, _THIS, _BUT, _LEAST, _AT, _VERY = range(1, len(_TOLD) + 1)

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]


class _Kind(NamedTuple):
    """How words behave to the rules; a few hundred kinds stand for all words."""

    value: float | None  # in the lexicon
    boost: float
    is_shout: bool
    negates: bool
    is_odd: bool
    is_partner: bool
    told: int  # which of _TOLD it is, from 1; else 0


class _Table:
    """The kinds by number, each of their properties an array."""

    def __init__(self, kinds: Sequence[_Kind]) -> None:
        self.value: Floats = np.array([kind.value or 0.0 for kind in kinds])
        self.known: Flags = np.array([kind.value is not None for kind in kinds])
        # What stands between two texts hinders as a word of the lexicon does.
        self.blocks: Flags = self.known.copy()
        self.blocks[0] = True
        self.boost: Floats = np.array([kind.boost for kind in kinds])
        self.shout: Flags = np.array([kind.is_shout for kind in kinds])
        self.negates: Flags = np.array([kind.negates for kind in kinds])
        self.odd: Flags = np.array([kind.is_odd for kind in kinds])
        self.partner: Flags = np.array([kind.is_partner for kind in kinds])
        told = np.array([kind.told for kind in kinds])
        self.no, self.never, self.but = told == _NO, told == _NEVER, told == _BUT
        self.so: Flags = (told == _SO) | (told == _THIS)
        self.least: Flags = (told == _LEAST) & ~self.known
        self.keeps: Flags = (told == _AT) | (told == _VERY)
        self.nor: Flags = (told == _OR) | (told == _NOR)
        # Only these are scored: a booster is none of them, whatever the lexicon says.
        self.scored: Flags = self.known & (self.boost == 0)


class _Numbers(dict[str, int]):
    """The number of each word's kind, as they were met; 0 is no word."""

    def __init__(self, lexicon: dict[str, float], barrier: str) -> None:
        super().__init__()
        self._barrier = barrier
        self.kinds = [_Kind(None, 0.0, False, False, False, False, 0)]
        self._numbers: dict[_Kind, int] = {}
        special = {*lexicon, *BOOSTER_DICT, *NEGATIONS, *_ODD, *_PARTNERS, *_TOLD}
        # Each pair is of a word, and of the same word in capitals.
        self._pairs = {word: self._pair(word, lexicon.get(word)) for word in special}
        self._other = self._pair("", None)
        self._denying = self._pair("n't", None)

    def __missing__(self, text: str) -> int:
        if text == self._barrier:
            return 0
        # As vader.bare has it; a call more for each new word would be felt.
        stripped = text.strip(punctuation)
        word = text if len(stripped) <= 2 else stripped
        lowered = word.lower()
        pair = self._pairs.get(lowered)
        if pair is None:
            pair = self._denying if "n't" in lowered else self._other
        if len(self) >= _KEPT:
            self.clear()
        number = self[text] = pair[word.isupper()]
        return number

    def _pair(self, word: str, value: float | None) -> tuple[int, int]:
        boost = BOOSTER_DICT.get(word, 0.0)
        negates = word in NEGATIONS or "n't" in word
        told = _TOLD.index(word) + 1 if word in _TOLD else 0
        first, second = (
            self._number(
                _Kind(value, boost, is_shout, negates, word in _ODD, word in _PARTNERS, told)
            )
            for is_shout in (False, True)
        )
        return first, second

    def _number(self, kind: _Kind) -> int:
        number = self._numbers.setdefault(kind, len(self.kinds))
        if number == len(self.kinds):
            self.kinds.append(kind)
        return number


class Batch:
    """The analyser for many texts."""

    def __init__(self, vader: Vader) -> None:
        self._vader = vader
        self._numbers = _Numbers(vader.lexicon, vader.barrier)
        self._table = _Table(self._numbers.kinds)

    def scores(self, texts: Sequence[str]) -> Floats:
        """Return neg, neu, pos and compound, one row per text."""
        if not texts:
            return np.empty((0, 4))
        words: list[str] = []
        lengths, marks = [], []
        for text in texts:
            spelled = self._vader.spelled(text)
            own = spelled.split()
            words += own
            lengths.append(len(own))
            marks.append(emphasis(spelled) if "!" in spelled or "?" in spelled else 0.0)
        kinds = np.array(list(map(self._numbers.__getitem__, words)), dtype=np.uint16)
        found = _Texts(self._table, kinds, np.array(lengths)).scores(np.array(marks))
        for row in found.odd:
            found.scores[row] = self._vader.scores(texts[row])
        return found.scores


class _Scored(NamedTuple):
    scores: Floats
    odd: list[int]  # rows that are wrong, since their texts need the rules for one text


class _Texts:
    """The words of some texts as an array of kinds, with room between the texts."""

    def __init__(self, table: _Table, kinds: NDArray[np.uint16], lengths: Places) -> None:
        self.table = table
        self.texts = len(lengths)
        rooms = np.repeat(np.arange(self.texts), lengths)
        # Before each text, and behind the last, there is nothing for as far as the rules look.
        self.kinds = np.zeros(len(kinds) + _ROOM * (self.texts + 1), dtype=np.uint16)
        self.kinds[np.arange(len(kinds)) + _ROOM * (rooms + 1)] = kinds
        self.row_of: Places = np.repeat(np.arange(self.texts + 1), [*(lengths + _ROOM), _ROOM])
        self.words: Places = self._count(self.kinds > 0)
        shouts = self._count(table.shout[self.kinds])
        self.has_shouts: Flags = (shouts > 0) & (shouts < self.words)

    def scores(self, marks: Floats) -> _Scored:
        """Return the scores, and which of them are to be made by the rules for one text."""
        odd = np.flatnonzero(self.table.odd[self.kinds])
        around = [self.table.partner[self.kinds[odd + step]] for step in (-2, -1, 1)]
        odd = np.unique(self.row_of[odd[np.any(around, axis=0)]])
        places = np.flatnonzero(self.table.scored[self.kinds])
        values = self._values(places)
        rows = self.row_of[places]
        self._weigh_buts(places, values, rows)
        words = values != 0
        places, values, rows = places[words], values[words], rows[words]
        totals = np.zeros(self.texts)
        for row, part in _runs(rows):
            totals[row] = sum(values[part].tolist())  # as exact as VADER's, whatever the Python
        totals += np.sign(totals) * marks
        compound = np.clip(totals / np.sqrt(totals * totals + 15), -1.0, 1.0)
        # Added up in the order of the words, as VADER does.
        pos = self._sum(rows, np.where(values > 0, values + 1, 0.0))
        neg = self._sum(rows, np.where(values < 0, values - 1, 0.0))
        neu = self.words - np.bincount(rows, minlength=self.texts)
        pos = np.where(pos > -neg, pos + marks, pos)
        neg = np.where(-neg > pos, neg - marks, neg)
        whole = pos - neg + neu
        whole[self.words == 0] = 1
        columns = [_rounded(part / whole, 3) for part in (-neg, neu, pos)]
        return _Scored(np.column_stack([*columns, _rounded(compound, 4)]), odd.tolist())

    def _count(self, flags: Flags) -> Places:
        """Return how many words of each text have a property."""
        return np.bincount(self.row_of[flags], minlength=self.texts)

    def _sum(self, rows: Places, values: Floats) -> Floats:
        found: Any = np.bincount(rows, weights=values, minlength=self.texts)
        return np.asarray(found, dtype=np.float64)

    def _values(self, places: Places) -> Floats:
        """Return what the words of some places are worth where they stand."""
        table = self.table
        word, after = self.kinds[places], self.kinds[places + 1]
        before = [self.kinds[places - back] for back in (1, 2, 3)]
        one, two, three = before
        plain = table.value[word]
        value = np.where(table.no[word] & table.known[after], 0.0, plain)
        is_denied = table.no[one] | table.no[two] | (table.no[three] & table.nor[one])
        value = np.where(is_denied, plain * N_SCALAR, value)
        shouting = self.has_shouts[self.row_of[places]]
        value = np.where(table.shout[word] & shouting, _louder(value, value), value)
        never = [table.never[each] for each in before]
        so = [table.so[each] for each in before]
        stressed = [np.zeros_like(so[0]), never[1] & so[0], (never[2] & so[1]) | so[0]]
        for back, each in enumerate(before):
            boost = np.where(value < 0, -table.boost[each], table.boost[each])
            louder = table.shout[each] & shouting & (boost != 0)
            boost = np.where(louder, _louder(boost, value), boost)
            changed = value + (boost * FAINTER[back] if back else boost)
            factor = np.where(table.negates[each], N_SCALAR, 1.0)
            changed *= np.where(stressed[back], 1.25, factor)
            value = np.where(table.blocks[each], value, changed)
        least = table.least[one] & ~table.keeps[two]
        return np.where(least, value * N_SCALAR, value)

    def _weigh_buts(self, places: Places, values: Floats, rows: Places) -> None:
        """Let what follows a "but" count for more, in the texts that have one."""
        buts = np.flatnonzero(self.table.but[self.kinds])
        if not len(buts):
            return
        first: dict[int, int] = {}
        for row, place in zip(self.row_of[buts].tolist(), buts.tolist(), strict=True):
            first.setdefault(row, place)
        for row, part in _runs(rows, among=first):
            weighed = values[part].tolist()
            is_worth = [n for n, value in enumerate(weighed) if value]
            kept = [weighed[n] for n in is_worth]
            weigh_but(first[row], places[part][is_worth].tolist(), kept)
            for n, value in zip(is_worth, kept, strict=True):
                values[part.start + n] = value


def _louder(changed: Floats, value: Floats) -> Any:
    """Return a value as capitals make it."""
    return np.where(value > 0, changed + C_INCR, changed - C_INCR)


def _runs(rows: Places, among: Iterable[int] | None = None) -> Iterable[tuple[int, slice]]:
    """Return where each row begins and ends in sorted numbers of rows."""
    wanted = np.unique(rows) if among is None else np.array(sorted(among))
    firsts = np.searchsorted(rows, wanted, "left").tolist()
    lasts = np.searchsorted(rows, wanted, "right").tolist()
    return (
        (row, slice(first, last))
        for row, first, last in zip(wanted.tolist(), firsts, lasts, strict=True)
    )


def _rounded(values: Floats, digits: int) -> Floats:
    """Round as Python does, which knows what a number is beyond its digits."""
    found = np.round(values, digits)
    scaled = values * 10**digits
    for place in np.flatnonzero(np.abs(scaled - np.floor(scaled) - 0.5) < 1e-6).tolist():
        found[place] = round(float(values[place]), digits)
    return found
