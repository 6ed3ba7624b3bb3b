"""The newest items of a stream, and what of them is counted."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from typing import Final, cast

from workbench.text.features import Traits
from workbench.text.tales import Bucket, Feature, Kept, Key, Tale, settled

__all__ = ["NEWEST", "SMALL", "Window"]

SMALL: Final = 3  # items up to which a story counts among what is said beside stories
NEWEST: Final = 800  # items against which it is told what is new
_OLD: Final = 2_000  # older items from which on they alone say what is usual
_OTHER: Final = 0.3  # what a newest item counts, before, for what is usual
_FEW: Final = 5  # items of a bucket from which on it says what is usual there
_MOSTLY: Final = 0.6  # of all items: a bucket of so many is not counted apart
_SURE: Final = 200  # items from which on it is known which bucket that is


class Window:
    """The newest items of a stream: their stories, and how many say what.

    Parameters
    ----------
    window : int
        Items that are kept.
    """

    def __init__(self, window: int) -> None:
        self._window = window
        self._most_new = min(NEWEST, window)
        self._kept: deque[Kept] = deque()
        self._new: deque[Kept] = deque()
        self._older = 0  # kept items that are not among the newest
        self._other = 1.0  # what a newest item counts for what is usual
        self._grown = 0.0  # how far it is known what is usual
        self._features: dict[int, Feature] = {}
        self._sizes: dict[Bucket, int] = {}
        self._parts: dict[Bucket, Counter[Feature]] = {}
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

    def features(self, traits: Traits) -> tuple[Feature, ...]:
        """Return what is known of an item's features; of those that are new, nothing yet."""
        table = self._features
        found = [*map(table.get, traits.features)]
        if None in found:
            for place, key in enumerate(traits.features):
                if found[place] is None:
                    found[place] = table[key] = Feature(key)
        return cast("tuple[Feature, ...]", tuple(found))

    def enter(
        self, key: Key, tale: Tale, features: tuple[Feature, ...],
        *, bucket: Bucket, targets: tuple[Key, ...], time: float,
    ) -> None:  # fmt: skip
        """Take an item in, and let the oldest go if there are too many."""
        self._resize(tale, 1, 1)
        tale.first, tale.last = min(tale.first, time), max(tale.last, time)
        tale.is_let_go = False
        self._tales[key] = tale
        for target in targets:
            self._asked.setdefault(target, []).append(tale)
        kept = Kept(key, tale, bucket, features, targets=targets, time=time)
        tale.take([kept])
        self._kept.append(kept)
        self._new.append(kept)
        self._widen(bucket)
        aged = left = None
        if len(self._new) > self._most_new:
            aged = self._new.popleft()
            aged.is_new = False
            self._resize(settled(aged.tale), 0, -1)
        if len(self._kept) > self._window:
            left = self._kept.popleft()
            self._leave(left)
        else:
            self._older = len(self._kept) - len(self._new)
            self._other = max(_OTHER, 1 - self._older / _OLD)
            self._grown = min(1.0, self._older / _OLD)
        self._count(kept, aged, left)

    def merge(self, big: Tale, small: Tale) -> None:
        """Make one story of two."""
        n, newest = small.n, small.newest
        self._resize(small, -n, -newest)
        self._resize(big, n, newest)
        self._join(big, small)
        big.first, big.last = min(big.first, small.first), max(big.last, small.last)
        small.into = big
        big.take(small.held)
        small.held = []

    def part(self, apart: Sequence[Kept], story: str) -> None:
        """Make a story of their own of some items of another one."""
        old, tale = settled(apart[0].tale), Tale(story)
        newest = sum(kept.is_new for kept in apart)
        self._resize(old, -len(apart), -newest)
        self._resize(tale, len(apart), newest)
        for kept in apart:
            self._hand_over(kept, old, tale)
            for target in kept.targets:
                asked = self._asked[target]
                asked[asked.index(kept.tale)] = tale
            kept.tale = self._tales[kept.key] = tale
        tale.first, tale.last = apart[0].time, apart[-1].time
        tale.is_let_go = True
        tale.take(list(apart))
        old.held = old.members()
        old.first = old.held[0].time if old.held else old.first

    def _own(self, bucket: Bucket) -> Counter[Feature] | None:
        """Return how many items of a bucket say what, if it is the smaller part of the stream."""
        if not self._is_smaller(bucket):
            return None
        if bucket not in self._parts:  # it was most of the stream, and is no more
            self._parts[bucket] = Counter(
                feature for kept in self._kept if kept.bucket == bucket for feature in kept.features
            )
        return self._parts[bucket]

    def _is_smaller(self, bucket: Bucket) -> bool:
        size = self._sizes.get(bucket, 0)
        return size >= _FEW and size * 2 < len(self._kept)

    def _widen(self, bucket: Bucket) -> None:
        """Let a bucket have one item more; what is most of the stream is not counted apart."""
        size = self._sizes[bucket] = self._sizes.get(bucket, 0) + 1
        if size == 1:
            self._begin_part(bucket)
        if size > max(_SURE, _MOSTLY * len(self._kept)):
            self._end_part(bucket)

    def _begin_part(self, bucket: Bucket) -> None:
        self._parts[bucket] = Counter()

    def _end_part(self, bucket: Bucket) -> None:
        self._parts.pop(bucket, None)

    def _resize(self, tale: Tale, n: int, newest: int) -> None:
        if tale.n > SMALL:
            self._in_stories -= tale.newest
        tale.n += n
        tale.newest += newest
        if tale.n > SMALL:
            self._in_stories += tale.newest

    def _leave(self, kept: Kept) -> None:
        self._resize(settled(kept.tale), -1, 0)
        self._sizes[kept.bucket] -= 1
        if not self._sizes[kept.bucket]:
            del self._sizes[kept.bucket]
            self._end_part(kept.bucket)
        kept.is_gone = True
        if self._tales.get(kept.key) is kept.tale:
            del self._tales[kept.key]
        for target in kept.targets:
            asked = self._asked[target]
            asked.remove(kept.tale)
            if not asked:
                del self._asked[target]

    def _count(self, kept: Kept, aged: Kept | None, left: Kept | None) -> None:
        """Count what came in, what is no longer among the newest, and what left."""
        tale = settled(kept.tale)
        counts = tale.counts
        for feature in kept.features:
            feature.n += 1
            feature.newest += 1
            tales = feature.tales
            counts[feature] = tales[tale] = tales.pop(tale, 0) + 1
        if (part := self._parts.get(kept.bucket)) is not None:
            part.update(kept.features)
        if aged is not None:
            for feature in aged.features:
                feature.newest -= 1
        if left is None:
            return
        _take_out(left.features, settled(left.tale))
        if (part := self._parts.get(left.bucket)) is not None:
            _count_out(left.features, part)
        for feature in left.features:
            feature.n -= 1
            if not feature.n:
                del self._features[feature.key]

    def _join(self, big: Tale, small: Tale) -> None:
        """Let one story hold what another one holds."""
        for feature, held in small.counts.items():
            tales = feature.tales
            del tales[small]
            big.counts[feature] = tales[big] = tales.pop(big, 0) + held
        small.counts = {}

    def _hand_over(self, kept: Kept, old: Tale, tale: Tale) -> None:
        """Let a story hold what an item of another one says."""
        _take_out(kept.features, old)
        for feature in kept.features:
            tale.counts[feature] = feature.tales[tale] = tale.counts.get(feature, 0) + 1


def _take_out(features: tuple[Feature, ...], tale: Tale) -> None:
    """Let a story hold what an item says in one item less."""
    counts = tale.counts
    for feature in features:
        if left := counts[feature] - 1:
            counts[feature] = feature.tales[tale] = left
        else:
            del counts[feature], feature.tales[tale]


def _count_out(features: tuple[Feature, ...], part: Counter[Feature]) -> None:
    for feature in features:
        if left := part[feature] - 1:
            part[feature] = left
        else:
            part.pop(feature)  # quicker than del, which a Counter has in Python
