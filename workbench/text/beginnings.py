"""What stands at a story's beginning by mistake: it says too little of what the story came to."""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import chain
from typing import Final

from workbench.text.likeness import Stream
from workbench.text.tales import Feature, Kept, Tale

__all__ = ["strays"]

_LEAST: Final = 6  # items in words of their own from which on a story is sure of what it says
_READ: Final = 60  # of these that are read, evenly over the story
_HELD: Final = 15  # and that are held against the whole story
_MARKS: Final = 30  # features that tell a story from all else
_COMMON: Final = 0.1  # part of what is read that holds each of them
_AHEAD: Final = 24  # items that are looked at for those that go on with one
_DEEP: Final = 100  # how far one hangs on the next: hostile talk could go on for ever
_COPY: Final = 0.7  # of the shorter one's features, from which on one repeats the other
_OWN: Final = 0.15  # of a story's words that are its own
_SAYS: Final = 6.0  # what one feature can say
_LONG: Final = 80.0  # features from which on more of them say less and less
_NEED: Final = 0.15  # of what is usually said of the story: enough where others follow at once
_LATER: Final = 0.24  # how much more if they follow an hour, three hours, seven hours later
_MOST: Final = 0.95
_BESIDE: Final = 0.4  # where other tiers tell the story already


def strays(stream: Stream, tale: Tale) -> list[list[Kept]]:
    """Return the items at a story's beginning that do not tell it, with what belongs together.

    What a story is about are the features that are most particular to it. Each tier begins with
    the first item that says enough of them, and is like enough to the whole story, held against
    what its items mostly do. The longer it takes until two others go on with what an item says,
    copies aside, the more it has to say. What is before is none of the story.

    Parameters
    ----------
    stream : Stream
    tale : Tale
        A story in it.

    Returns
    -------
    list of list of Kept
        Those that were one story once together, else each by itself with what answers it;
        nothing where these would be half of the story.
    """
    members = tale.members()
    own = [kept for kept in members if not kept.targets]
    if len(own) < _LEAST:
        return []
    core = _Core(stream, tale, own)
    if not core.is_sure:
        return []
    start = _start(core, members, _MOST)
    found, rest = members[:start], members[start:]
    tiers: defaultdict[str, list[Kept]] = defaultdict(list)
    for kept in rest:
        tiers[kept.bucket[1]].append(kept)
    for told in tiers.values():
        found += told[: _start(core, told, _BESIDE)]
    if not found or len(found) * 2 > len(members):
        return []
    return _together(sorted(found, key=lambda kept: (kept.time, kept.key)), rest[0].time)


def _start(core: _Core, told: Sequence[Kept], most: float) -> int:
    """Return the place of the first item that tells the story; 0 if none does."""
    known: dict[int, bool] = {}

    def is_good(place: int, deep: int = 0) -> bool:
        if place not in known:
            known[place] = deep < _DEEP and _follows(place, deep + 1)
        return known[place]

    def _follows(place: int, deep: int) -> bool:
        kept = told[place]
        after = told[place + 1 : place + 1 + _AHEAD]
        worth = core.worth(kept)
        if not after or worth >= min(most, _need(after[-1].time - kept.time)):
            return True
        said = set(kept.features)
        others = [n for n, other in enumerate(after, place + 1) if not _is_copy(said, other)]
        if not others or worth < min(most, _need(told[others[:2][-1]].time - kept.time)):
            return False
        goes_on = [n for n in others if is_good(n, deep)][:2]
        return bool(goes_on) and worth >= min(most, _need(told[goes_on[-1]].time - kept.time))

    return next((place for place in range(len(told)) if is_good(place)), 0)


def _need(seconds: float) -> float:
    return _NEED + _LATER * math.log2(1 + seconds / 3_600)


def _is_copy(said: set[Feature], other: Kept) -> bool:
    both = len(said.intersection(other.features))
    return both >= _COPY * min(len(said), len(other.features))


class _Core:
    """What a story is about, and how much of it its items mostly say."""

    def __init__(self, stream: Stream, tale: Tale, own: Sequence[Kept]) -> None:
        self._says = stream.says(tale, own=_OWN, most=_SAYS)
        read = own[:: -(-len(own) // _READ)]
        self._marks = _particular(stream, tale, read)
        self._said = statistics.fmean(self._say(kept) for kept in read)
        held = own[:: -(-len(own) // _HELD)]
        self._like = statistics.median(self._fit(kept) for kept in held)
        self.is_sure = self._said > 0 and self._like > 0

    def worth(self, kept: Kept) -> float:
        """Return how well an item tells the story: 1 as its items mostly do."""
        said = self._say(kept) / self._said
        return said * self._fit(kept) / self._like if said else 0.0

    def _say(self, kept: Kept) -> float:
        marks = self._marks
        return sum([marks[feature] for feature in kept.features if feature in marks])

    def _fit(self, kept: Kept) -> float:
        """Return how much likelier the story says all of an item than others do; 0 if not."""
        return max(0.0, self._says(kept)) * _LONG / (_LONG + len(kept.features))


def _particular(stream: Stream, tale: Tale, read: Sequence[Kept]) -> dict[Feature, float]:
    """Return the features that say most of a story, and how much."""
    counts = Counter(chain.from_iterable([kept.features for kept in read]))
    least = max(2.0, _COMMON * len(read))
    common = [feature for feature, n in counts.items() if n >= least]
    worth = []
    for feature, usual in zip(common, stream.usual(tale, common), strict=True):
        share = counts[feature] / len(read)
        worth.append((share * math.log(share / usual), feature))
    worth.sort(key=lambda each: (-each[0], each[1]))
    return {feature: value for value, feature in worth[:_MARKS] if value > 0}


def _together(found: Sequence[Kept], first: float) -> list[list[Kept]]:
    """Return the items that are let go by what they belong to."""
    groups: defaultdict[object, list[Kept]] = defaultdict(list)
    places: dict[object, object] = {}
    for kept in found:
        place: object = kept.tale if kept.time < first else kept.key
        for target in kept.targets:
            place = places.get(target, place)
        places[kept.key] = place
        groups[place].append(kept)
    return list(groups.values())
