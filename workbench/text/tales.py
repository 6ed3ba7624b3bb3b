"""Stories as they stand in the window, with the items and features that make them."""

from __future__ import annotations

import math
from typing import Any, Final

__all__ = ["Bucket", "Feature", "Kept", "Key", "Tale", "settled"]

Key = tuple[str, str]
Bucket = tuple[str, str]
"""What an item is held against beside everything: its language and its tier."""

_GONE: Final = 64  # items that have left, beside as many as are there, until they are forgotten


class Tale:
    """The items of one story that are in the window."""

    __slots__ = ("counts", "first", "held", "id", "into", "is_let_go", "last", "n", "newest", "row")

    def __init__(self, story: str) -> None:
        self.id = story
        self.n = 0
        self.newest = 0
        self.counts: dict[Feature, int] = {}
        self.first = math.inf
        self.last = -math.inf
        self.into: Tale | None = None
        self.is_let_go = False
        self.held: list[Kept] = []
        self.row = -1  # where what it holds is counted, if in arrays: `counts` is empty then

    def take(self, kept: list[Kept]) -> None:
        """Note items of its own."""
        self.held += kept
        if len(self.held) > 2 * self.n + _GONE:
            self.held = self.members()

    def members(self) -> list[Kept]:
        """Return its items that are in the window, by time."""
        found = [kept for kept in self.held if not kept.is_gone and settled(kept.tale) is self]
        return sorted(found, key=lambda kept: (kept.time, kept.key))


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

    def __lt__(self, other: Feature) -> bool:
        return self.key < other.key


class Kept:
    """An item in the window."""

    __slots__ = (
        *("bucket", "by", "features", "is_gone", "is_new", "key", "rows", "tale", "targets"),
        "time",
    )

    def __init__(
        self, key: Key, tale: Tale, bucket: Bucket, features: tuple[Feature, ...],
        *, targets: tuple[Key, ...], time: float,
    ) -> None:  # fmt: skip
        self.key, self.tale, self.bucket = key, tale, bucket
        self.features = features
        self.rows: Any = None  # where these are counted, if that is in arrays
        self.by: int | None = None  # whose release it is: the key of what names that firm
        self.targets, self.time = targets, time
        self.is_new = True
        self.is_gone = False
