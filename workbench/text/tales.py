"""Stories as they stand in the window, with the items and features that make them."""

from __future__ import annotations

import math
from typing import Final

__all__ = ["Bucket", "Feature", "Kept", "Key", "Tale", "settled"]

Key = tuple[str, str]
Bucket = tuple[str, str]
"""What an item is held against beside everything: its language and its tier."""

_BEGINNING: Final = 12  # items of a story that are known as its first


class Tale:
    """The items of one story that are in the window."""

    __slots__ = ("beginning", "counts", "first", "id", "into", "is_let_go", "last", "n", "newest")

    def __init__(self, story: str) -> None:
        self.id = story
        self.n = 0
        self.newest = 0
        self.counts: dict[Feature, int] = {}
        self.first = math.inf
        self.last = -math.inf
        self.into: Tale | None = None
        self.is_let_go = False
        self.beginning: list[Kept] = []

    def take(self, kept: list[Kept]) -> None:
        """Note which of its items were the first."""
        if len(self.beginning) < _BEGINNING or kept[0].time < self.beginning[-1].time:
            both = self.beginning + kept
            self.beginning = sorted(both, key=lambda each: (each.time, each.key))[:_BEGINNING]


def settled(tale: Tale) -> Tale:
    """Return the story that this one has become."""
    while tale.into is not None:
        tale = tale.into
    return tale


class Feature:
    """A feature of items in the window, and in how many items of which stories it is.

    The story that was touched last stands at the end.
    """

    __slots__ = ("key", "n", "newest", "tales")

    def __init__(self, key: int) -> None:
        self.key = key
        self.n = 0
        self.newest = 0
        self.tales: dict[Tale, int] = {}


class Kept:
    """An item in the window."""

    __slots__ = ("bucket", "features", "is_new", "key", "tale", "targets", "time")

    def __init__(
        self, key: Key, tale: Tale, bucket: Bucket, features: tuple[Feature, ...],
        *, targets: tuple[Key, ...], time: float,
    ) -> None:  # fmt: skip
        self.key, self.tale, self.bucket = key, tale, bucket
        self.features = features
        self.targets, self.time = targets, time
        self.is_new = True
