"""How likely an item tells a story: what it says against what the story and the stream say."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress, islice
from operator import itemgetter
from typing import Final, NamedTuple, cast

from workbench.text.features import PAIR, WORD, Traits
from workbench.text.tales import Bucket, Feature, Kept, Tale
from workbench.text.window import NEWEST, SMALL, Window

__all__ = ["TRIED", "Said", "Stream", "apart", "before", "liveliness", "usual"]

OLD: Final = 2_000  # older items from which on they alone say what is usual
BASE: Final = 500.0  # items that are made up, in which a word stands by half
HALF: Final = 0.5
SHARE: Final = 0.15  # of a story's words that are its own
SOLID: Final = 0.6
OFTEN: Final = 0.2
MOST: Final = 6.0  # what one feature can say
LONG: Final = 60.0  # features from which on more of them say less and less
_AGE: Final = 0.2  # what a story's items in the window count beside its newest
_CALM: Final = 0.25
_LIVELY: Final = 3.0
_MARGIN: Final = 2.0
TRIED: Final = 5  # stories of which an item's likeness is reckoned out
LOOKED_FEATURES: Final = 8
LOOKED: Final = 12  # stories behind each
FAINT: Final = 1.0
LOGS: Final = [math.log(n + 1) for n in range(NEWEST + 1)]


_Shared = tuple[Feature, int, float, float]
"""A feature, how many of a story's items hold it, how many of the newest do, and its weight."""


class Said(NamedTuple):
    """What an item says, beside how usual it is."""

    features: Sequence[Feature]
    weights: Sequence[float]
    newest: Sequence[int]
    bucket: Bucket | None
    whole: float
    near: Mapping[Tale, float]


class Stream(Window):
    r"""The newest items of a stream, counted; and how likely others belong to their stories.

    An item belongs to story :math:`k` rather than to what is said anyway if

    .. math:: d \sum_w g_w \log \frac{p_k(w)}{p(w)} + \log \pi_k > \log \pi_0 + 2

    :math:`p_k(w)` is the share of the story's items that hold feature :math:`w`, mixed with
    what is usual, since only some of a story's words are its own. :math:`p(w)` is its share in
    the items before the newest 800, so that what has just come up says much however often it
    is said by now; for languages and tiers that are the smaller part of the stream, at least
    the share among these. :math:`\pi_k` is the story's share in the newest items, :math:`\pi_0`
    that of what belongs to no story: while everybody speaks of one thing, little is needed to
    be about it. :math:`d` damps long texts, :math:`g` weighs tags, names and links.

    Parameters
    ----------
    window : int
        Items that are kept.
    """

    def read(self, features: Sequence[Feature], traits: Traits, bucket: Bucket) -> Said:
        """Return what an item says beside how usual it is, and which stories may be its own."""
        usual, own = self._usual(0), self._own(bucket)
        log, made_up, weights = math.log, BASE * HALF, traits.weights
        rare = self._rare(features, traits, most=None if own else LOOKED_FEATURES)
        if own:
            all_own = self._sizes[bucket] + 20
            worth = [
                (-weight * log(max(count / (usual + made_up / count), own.get(each, 0) / all_own)),
                 key, each)
                for count, key, each, weight in rare
            ]  # fmt: skip
        else:
            worth = [
                (-weight * log(count / (usual + made_up / count)), key, each)
                for count, key, each, weight in rare
            ]
        worth.sort(reverse=True)
        near: dict[Tale, float] = {}
        root = math.sqrt
        for value, _, feature in worth[:LOOKED_FEATURES]:
            if value <= FAINT:
                break
            for tale, held in islice(reversed(feature.tales.items()), LOOKED):
                part = value if tale.n == 1 else value * root(held / tale.n)
                near[tale] = near.get(tale, 0.0) + part
        newest = [each.newest for each in features]
        return Said(features, weights, newest, bucket if own else None, sum(weights), near)

    def _rare(
        self, features: Sequence[Feature], traits: Traits, *, most: int | None
    ) -> list[tuple[float, int, Feature, float]]:
        """Return how usual what others say too is, its key, itself and its weight.

        Of what weighs alike the rarest says most: so of pairs and of words, `most` each.
        """
        less, weights = 1 - self._other, traits.weights
        marks = traits.pairs + traits.words
        found: list[tuple[float, int, Feature, float]] = []
        for start, end, weight in ((0, traits.pairs, PAIR), (traits.pairs, marks, WORD)):
            alike = [
                (each.n - less * each.newest + HALF, each.key, each, weight)
                for each in features[start:end]
                if each.n
            ]
            if most is not None:
                alike.sort()
                del alike[most:]
            found += alike
        found += [
            (each.n - less * each.newest + HALF, each.key, each, weight)
            for each, weight in zip(features[marks:], weights[marks:], strict=True)
            if each.n
        ]
        return found

    def nearest(self, said: Said, most: int) -> list[Tale]:
        """Return the stories that share most of what an item says, of lively ones more."""
        worth = [value + LOGS[tale.newest] for tale, value in said.near.items()]
        least = sorted(worth)[-most] if len(worth) > most else -math.inf
        near = [
            (-value, tale.id, tale)
            for value, tale in zip(worth, said.near, strict=True)
            if value >= least
        ]
        near.sort(key=itemgetter(0, 1))
        return [tale for *_, tale in near[:most]]

    def scores(self, said: Said, tales: Sequence[Tale]) -> list[float]:
        """Return how likely an item tells each story: logarithms, to be held against the bar."""
        return [self._score_item(said, tale) for tale in tales]

    def _score_item(self, said: Said, tale: Tale) -> float:
        held = [*map(tale.counts.get, said.features)]
        each = zip(said.features, held, said.newest, said.weights, strict=True)
        shared = compress(cast("zip[_Shared]", each), held)
        return self._score(shared, said.whole, tale, said.bucket)

    def alike(self, big: Tale, small: Tale) -> float:
        """Return how likely an item of the one story, on average, tells the other one."""
        n, apart, counts = small.n, self._apart(small), small.counts
        # What the small story itself says is no sign of how usual it is.
        shared = [
            (feature, number, feature.newest - apart * held, 0.75 * held / n)
            for (feature, held), number in zip(
                counts.items(), map(big.counts.get, counts), strict=True
            )
            if number
        ]
        whole = 0.75 * sum(counts.values()) / n
        return self._score(shared, whole, big, None) + min(self._liveliness(small), 0.0)

    def _score(
        self, shared: Iterable[_Shared], whole: float, tale: Tale, bucket: Bucket | None
    ) -> float:
        """Score what has so much weight in all.

        What the story shares with it is given; what it does not hold says the same of each.
        """
        n, other, log = tale.n, self._other, math.log
        own = SHARE * n / (n + 1)
        rest = 1 - own
        nothing = log(rest)
        scale, often = own / n, OFTEN * n
        usual, made_up = self._usual(tale.newest), BASE * HALF
        own_share = self._apart(tale)
        counts, size = None, 0
        if bucket is not None:
            counts, size = self._own(bucket), self._sizes[bucket] + 20
        total = whole * nothing
        most = MOST - nothing
        for feature, held, newest, weight in shared:
            count = feature.n - feature.newest + HALF
            if (others := newest - own_share * held) > 0:
                count += other * others
            likely = count / (usual + made_up / count)
            if counts and (part := counts.get(feature, 0) / size) > likely:
                likely = part
            value = log(rest + scale * held / likely)
            if held > often and (
                (solid := SOLID * log(held / n / likely * held / (held + 2))) > value
            ):
                value = solid
            total += weight * (value - nothing if value < MOST else most)
        return total * (LONG / (LONG + whole)) + self._before(tale)

    def bar(self) -> float:
        """Return above which score an item tells a story, rather than something of its own."""
        newest = len(self._new)
        beside = (newest - self._in_stories + 0.05 * newest + 1) / (newest + 1)
        return _MARGIN + self._grown * math.log(beside)

    def usual(self, tale: Tale, features: Sequence[Feature]) -> list[float]:
        """Return the part of all items that hold each feature, a story's aside."""
        return [*map(self._part(tale), features)]

    def _part(self, tale: Tale) -> Callable[[Feature], float]:
        usual, other = self._usual(tale.newest), self._other
        counts, made_up = tale.counts, BASE * HALF

        def part(feature: Feature) -> float:
            others = max(0, feature.newest - counts.get(feature, 0))
            count = feature.n - feature.newest + HALF + other * others
            return count / (usual + made_up / count)

        return part

    def held(self, tale: Tale, key: int) -> int:
        """Return in how many of a story's items a feature is."""
        feature = self._features.get(key)
        return 0 if feature is None else tale.counts.get(feature, 0)

    def says(self, tale: Tale, *, own: float, most: float) -> Callable[[Kept], float]:
        """Return what tells how much likelier a story says all of an item of its own than others.

        So much of a story's words are its own; one feature says so much at most.
        """
        usual, counts, n, log = self._part(tale), tale.counts, tale.n, math.log
        values: dict[Feature, float] = {}

        def likelier(kept: Kept) -> float:
            total = 0.0
            for feature in kept.features:
                if feature not in values:
                    share = counts[feature] / n / usual(feature)
                    values[feature] = min(most, log(1 - own + own * share))
                total += values[feature]
            return total

        return likelier

    def around(self, tale: Tale, *, features: int, tales: int) -> dict[Tale, float]:
        """Return the small stories that say most of what is particular to this one."""
        usual, other, n = self._usual(tale.newest), self._other, tale.n
        marks: list[tuple[float, int, Feature]] = []
        for feature, held in tale.counts.items():
            if held < 2 or held * 10 < n:
                continue
            count = feature.n - feature.newest + HALF + other * max(0, feature.newest - held)
            likely = count / (usual + BASE * HALF / count)
            marks.append((held / n * math.log(held / n / likely), feature.key, feature))
        marks.sort(reverse=True)
        found: dict[Tale, float] = {}
        for value, _, feature in marks[:features]:
            for near in islice(reversed(feature.tales), tales):
                if value > 0 and near is not tale and near.n <= SMALL + 1:
                    found[near] = found.get(near, 0.0) + value
        return found

    def _usual(self, own: int) -> float:
        """Return how many items say what is usual, where a story has so many of the newest."""
        return usual(own, len(self._new), self._older, self._other, self._grown)

    def _apart(self, tale: Tale) -> float:
        return apart(tale.n, len(self._kept), self._grown)

    def _before(self, tale: Tale) -> float:
        lively = self._liveliness(tale)
        return before(tale.n, tale.newest, len(self._kept), len(self._new), self._grown, lively)

    def _liveliness(self, tale: Tale) -> float:
        return liveliness(tale.n, tale.newest, len(self._new), self._older)


# Of numbers alone, so that they can be compiled as they are: see `workbench.text.reckoned`.


def usual(own: int, new: int, older: int, other: float, grown: float) -> float:
    """Return how many items say what is usual, where a story has so many of the newest."""
    return older + other * max(0.0, new - grown * own)


def apart(n: int, kept: int, grown: float) -> float:
    """Return how far a story's own items are left out of what is usual.

    While little is known, one that holds a third of all is itself what is usual: else it
    would draw in all the rest.
    """
    return max(grown, 1 - 3 * n / (kept + 20))


def before(n: int, newest: int, kept: int, new: int, grown: float, lively: float) -> float:
    """Return how likely any item tells a story, whatever it says."""
    share = (1 - _AGE) * newest / max(new, BASE) + _AGE * n / max(kept, BASE)
    unsure = 1 + 3 * (1 - grown)  # at first nobody knows what is usual
    return math.log(max(share / unsure, 1e-4)) + lively


def liveliness(n: int, newest: int, new: int, older: int) -> float:
    """Return what a story loses for being told now no more than ever: it is small talk."""
    if older <= OLD:
        return 0.0
    now, ever = newest / new + 1e-3, (n - newest) / older + 1e-3
    return -_CALM * (_LIVELY - min(_LIVELY, max(-1.0, math.log(now / ever))))
