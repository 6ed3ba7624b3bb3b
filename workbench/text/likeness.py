"""How likely an item tells a story: what it says against what the story and the stream say."""

from __future__ import annotations

import math
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Final, NamedTuple

from workbench.text.features import Traits
from workbench.text.tales import Bucket, Feature, Kept, Key, Tale, settled

__all__ = ["Stream"]

_NEWEST: Final = 800  # items against which it is told what is new
_OLD: Final = 2_000  # older items from which on they alone say what is usual
_OTHER: Final = 0.3  # what a newest item counts, before, for what is usual
_BASE: Final = 500.0  # items that are made up, in which a word stands by half
_HALF: Final = 0.5
_SHARE: Final = 0.15  # of a story's words that are its own
_SOLID: Final = 0.6
_OFTEN: Final = 0.2
_MOST: Final = 6.0  # what one feature can say
_LONG: Final = 60.0  # features from which on more of them say less and less
_AGE: Final = 0.2  # what a story's items in the window count beside its newest
_CALM: Final = 0.25
_LIVELY: Final = 3.0
_SMALL: Final = 3  # items up to which a story counts among what is said beside stories
_MARGIN: Final = 2.0
_FEW: Final = 5
_LOOKED_FEATURES: Final = 8
_LOOKED: Final = 12  # stories behind each
_FAINT: Final = 1.0
_STRAY: Final = 2.0  # what the first must say of what the story has come to say
_HOUR: Final = 10.0  # and for each hour before others follow
_LONGEST: Final = 4.0


class Said(NamedTuple):
    """What an item says, beside how usual it is."""

    weights: Mapping[int, float]
    newest: Mapping[int, float] | None
    """How many of the newest items say it besides, where that is not all of them."""
    bucket: Bucket | None
    whole: float
    damp: float
    near: dict[Tale, float]


class Stream:
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

    def __init__(self, window: int) -> None:
        self._window = window
        self._most_new = min(_NEWEST, window)
        self._kept: deque[Kept] = deque()
        self._new: deque[Kept] = deque()
        self._features: dict[int, Feature] = {}
        self._buckets: defaultdict[Bucket, Counter[int]] = defaultdict(Counter)
        self._sizes: dict[Bucket, int] = {}
        self._tales: dict[Key, Tale] = {}
        self._asked: dict[Key, list[Tale]] = {}
        self._in_stories = 0  # of the newest items

    def find(self, keys: Iterable[Key]) -> Tale | None:
        """Return the story of the first of these items that is known, or that others answer."""
        for key in keys:
            if (tale := self._tales.get(key)) is not None:
                return settled(tale)
            if asked := self._asked.get(key):
                return settled(asked[-1])
        return None

    def known(self, story: str) -> Iterable[Tale]:
        """Yield the story of this name, if it has items in the window."""
        for kept in reversed(self._kept):
            if (tale := settled(kept.tale)).id == story:
                yield tale
                return

    def read(self, traits: Traits, bucket: Bucket) -> Said:
        """Return what an item says beside how usual it is, and which stories may be its own."""
        usual, _, other = self._usual(0)
        size = self._sizes.get(bucket, 0)
        is_part = size >= _FEW and size * 2 < len(self._kept)
        own = self._buckets[bucket] if is_part else None
        log, table = math.log, self._features
        made_up = _BASE * _HALF
        worth: list[tuple[float, int]] = []
        for count, key, weight in self._rare(
            traits, 1 - other, most=None if own else _LOOKED_FEATURES
        ):
            likely = count / (usual + made_up / count)
            if own:
                likely = max(likely, own[key] / (size + 20))
            worth.append((-weight * log(likely), key))
        worth.sort(reverse=True)
        near: dict[Tale, float] = {}
        root = math.sqrt
        for value, key in worth[:_LOOKED_FEATURES]:
            if value <= _FAINT:
                break
            for tale in islice(reversed(table[key].tales), _LOOKED):
                part = value if tale.n == 1 else value * root(tale.counts[key] / tale.n)
                near[tale] = near.get(tale, 0.0) + part
        whole = sum(traits.weights)
        weights = dict(zip(traits.features, traits.weights, strict=True))
        return Said(weights, None, bucket if own else None, whole, _LONG / (_LONG + whole), near)

    def _rare(
        self, traits: Traits, less: float, *, most: int | None
    ) -> list[tuple[float, int, float]]:
        """Return how usual features are that others have too, by their key, and their weights.

        Of those that weigh alike the rarest say most: so words and pairs are `most` each.
        """
        table = self._features
        kinds: tuple[list[tuple[float, int, float]], ...] = ([], [], [])
        words, pairs, marks = kinds
        for key, weight in zip(traits.features, traits.weights, strict=True):
            if key in table:
                feature = table[key]
                each = (feature.n - less * feature.newest + _HALF, key, weight)
                (words if weight == 1.0 else pairs if weight < 1.0 else marks).append(each)
        if most is not None:
            words.sort()
            pairs.sort()
            del words[most:], pairs[most:]
        return [*words, *pairs, *marks]

    def score(self, said: Said, tale: Tale) -> float:
        """Return how likely an item tells a story: a logarithm, to be held against the bar."""
        own = _SHARE * tale.n / (tale.n + 1)
        rest = 1 - own
        nothing = math.log(rest)
        usual, _, other = self._usual(tale.newest)
        counts, log, n, table = tale.counts, math.log, tale.n, self._features
        scale = own / n
        often = _OFTEN * n
        made_up = _BASE * _HALF
        own_share = self._apart(tale)
        bucket, size, share = None, 0, 0.0
        if said.bucket is not None:
            bucket, size = self._buckets[said.bucket], self._sizes[said.bucket] + 20
        # What the story does not hold says the same of each: so only what it holds is gone through.
        total = said.whole * nothing
        for key in said.weights.keys() & counts.keys():
            feature, held = table[key], counts[key]
            newest = said.newest[key] if said.newest else feature.newest
            others = newest - own_share * held
            count = feature.n - feature.newest + _HALF + (other * others if others > 0 else 0.0)
            likely = count / (usual + made_up / count)
            if bucket:
                share = bucket[key] / size
                likely = max(likely, share)
            value = log(rest + scale * held / likely)
            if held > often:
                value = max(value, _SOLID * log(held / n / likely * held / (held + 2)))
            total += said.weights[key] * (min(_MOST, value) - nothing)
        return total * said.damp + self._before(tale)

    def alike(self, big: Tale, small: Tale) -> float:
        """Return how likely an item of the one story, on average, tells the other one."""
        n, apart = small.n, self._apart(small)
        weights: dict[int, float] = {}
        newest: dict[int, float] = {}
        for key in small.counts.keys() & big.counts.keys():
            held = small.counts[key]
            weights[key] = 0.75 * held / n
            # What the small story itself says is no sign of how usual it is.
            newest[key] = max(self._features[key].newest - apart * held, 0.0)
        whole = 0.75 * sum(small.counts.values()) / n
        said = Said(weights, newest, None, whole, _LONG / (_LONG + whole), {})
        return self.score(said, big) + min(self._liveliness(small), 0.0)

    def bar(self) -> float:
        """Return above which score an item tells a story, rather than something of its own."""
        newest = len(self._new)
        beside = (newest - self._in_stories + 0.05 * newest + 1) / (newest + 1)
        return _MARGIN + self._grown() * math.log(beside)

    def enter(
        self, key: Key, tale: Tale, traits: Traits, *, bucket: Bucket, targets: tuple[Key, ...],
        time: float,
    ) -> None:  # fmt: skip
        """Take an item in, and let the oldest go if there are too many."""
        self._resize(tale, 1, 1)
        tale.first, tale.last = min(tale.first, time), max(tale.last, time)
        table, is_grown = self._features, tale.n > 1
        self._buckets[bucket].update(traits.features)
        tale.counts.update(traits.features)
        self._sizes[bucket] = self._sizes.get(bucket, 0) + 1
        held: list[Feature] = []
        for number in traits.features:
            if number in table:
                feature = table[number]
            else:
                feature = table[number] = Feature(number)
            feature.n += 1
            feature.newest += 1
            tales = feature.tales
            if is_grown:
                tales.pop(tale, None)
            tales[tale] = None
            held.append(feature)
        self._tales[key] = tale
        for target in targets:
            self._asked.setdefault(target, []).append(tale)
        kept = Kept(key, tale, bucket, targets=targets, time=time)
        kept.features = tuple(held)
        tale.take([kept])
        self._kept.append(kept)
        self._new.append(kept)
        if len(self._new) > self._most_new:
            aged = self._new.popleft()
            aged.is_new = False
            self._resize(settled(aged.tale), 0, -1)
            for feature in aged.features:
                feature.newest -= 1
        if len(self._kept) > self._window:
            self._leave(self._kept.popleft())

    def merge(self, big: Tale, small: Tale) -> None:
        """Make one story of two."""
        n, newest = small.n, small.newest
        self._resize(small, -n, -newest)
        self._resize(big, n, newest)
        for number, held in small.counts.items():
            big.counts[number] += held
            tales = self._features[number].tales
            tales.pop(small, None)
            tales.pop(big, None)
            tales[big] = None
        big.first, big.last = min(big.first, small.first), max(big.last, small.last)
        if small.beginning:
            big.take(small.beginning)
        small.into, small.counts, small.beginning = big, Counter(), []

    def strays(self, tale: Tale) -> list[Kept]:
        """Return the items at a story's beginning that say too little of what it has come to say.

        These are looked for on each tier until one says enough. The longer nobody
        follows them the more they must say of it.
        """
        found: list[Kept] = []
        begun: set[str] = set()
        for place, kept in enumerate(tale.beginning):
            tier = kept.bucket[1]
            if tier in begun:
                continue
            alone = Tale("")
            alone.n, alone.counts = 1, Counter(each.key for each in kept.features)
            after = tale.beginning[min(place + 2, len(tale.beginning) - 1)]
            hours = min((after.time - kept.time) / 3_600, _LONGEST)
            if self.alike(tale, alone) - self._before(tale) >= _STRAY + _HOUR * hours:
                begun.add(tier)
            else:
                found.append(kept)
        return found

    def part(self, kept: Kept, story: str) -> None:
        """Make a story of its own of an item."""
        old, tale = settled(kept.tale), Tale(story)
        self._resize(old, -1, -kept.is_new)
        self._resize(tale, 1, kept.is_new)
        for feature in kept.features:
            old.counts[feature.key] -= 1
            if not old.counts[feature.key]:
                del old.counts[feature.key]
                feature.tales.pop(old, None)
            tale.counts[feature.key] = 1
            feature.tales[tale] = None
        old.beginning = [each for each in old.beginning if each is not kept]
        old.first = old.beginning[0].time if old.beginning else old.first
        tale.first = tale.last = kept.time
        tale.beginning = [kept]
        tale.is_let_go = True
        for target in kept.targets:
            asked = self._asked[target]
            asked[asked.index(kept.tale)] = tale
        kept.tale = self._tales[kept.key] = tale

    def around(self, tale: Tale, *, features: int, tales: int) -> dict[Tale, float]:
        """Return the small stories that say most of what is particular to this one."""
        usual, _, other = self._usual(tale.newest)
        marks: list[tuple[float, int]] = []
        for number, held in tale.counts.items():
            if held < 2 or held * 10 < tale.n:
                continue
            feature = self._features[number]
            count = feature.n - feature.newest + _HALF + other * max(0, feature.newest - held)
            likely = count / (usual + _BASE * _HALF / count)
            marks.append((held / tale.n * math.log(held / tale.n / likely), number))
        marks.sort(reverse=True)
        found: dict[Tale, float] = {}
        for value, number in marks[:features]:
            for near in islice(reversed(self._features[number].tales), tales):
                if value > 0 and near is not tale and near.n <= _SMALL + 1:
                    found[near] = found.get(near, 0.0) + value
        return found

    def _usual(self, own: int) -> tuple[float, int, float]:
        """Return how many items say what is usual, the older ones, and what a newest counts."""
        newest = len(self._new)
        older = len(self._kept) - newest
        other = max(_OTHER, 1 - older / _OLD)
        return older + other * max(0.0, newest - self._grown() * own), older, other

    def _grown(self) -> float:
        return min(1.0, (len(self._kept) - len(self._new)) / _OLD)

    def _apart(self, tale: Tale) -> float:
        """Return how far a story's own items are left out of what is usual.

        While little is known, one that holds a third of all is itself what is usual: else it
        would draw in all the rest.
        """
        return max(self._grown(), 1 - 3 * tale.n / (len(self._kept) + 20))

    def _before(self, tale: Tale) -> float:
        """Return how likely any item tells a story, whatever it says."""
        newest = max(len(self._new), _BASE)
        share = (1 - _AGE) * tale.newest / newest + _AGE * tale.n / max(len(self._kept), _BASE)
        unsure = 1 + 3 * (1 - self._grown())  # at first nobody knows what is usual
        return math.log(max(share / unsure, 1e-4)) + self._liveliness(tale)

    def _liveliness(self, tale: Tale) -> float:
        """Return what a story loses for being told now no more than ever: it is small talk."""
        newest = len(self._new)
        older = len(self._kept) - newest
        if older <= _OLD:
            return 0.0
        now, ever = tale.newest / newest + 1e-3, (tale.n - tale.newest) / older + 1e-3
        return -_CALM * (_LIVELY - min(_LIVELY, max(-1.0, math.log(now / ever))))

    def _resize(self, tale: Tale, n: int, newest: int) -> None:
        if tale.n > _SMALL:
            self._in_stories -= tale.newest
        tale.n += n
        tale.newest += newest
        if tale.n > _SMALL:
            self._in_stories += tale.newest

    def _leave(self, kept: Kept) -> None:
        tale = settled(kept.tale)
        self._resize(tale, -1, 0)
        own = self._buckets[kept.bucket]
        self._sizes[kept.bucket] -= 1
        for feature in kept.features:
            number = feature.key
            feature.n -= 1
            own[number] -= 1
            if not own[number]:
                del own[number]
            tale.counts[number] -= 1
            if not tale.counts[number]:
                del tale.counts[number]
                feature.tales.pop(tale, None)
            if not feature.n:
                del self._features[number]
        if kept in tale.beginning:  # not always its first: what comes late goes late
            tale.beginning.remove(kept)
        if self._tales.get(kept.key) is kept.tale:
            del self._tales[kept.key]
        for target in kept.targets:
            asked = self._asked[target]
            asked.remove(kept.tale)
            if not asked:
                del self._asked[target]
