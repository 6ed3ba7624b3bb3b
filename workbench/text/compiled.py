"""The stream of :mod:`workbench.text.likeness`, counted in arrays by compiled functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

import numpy as np

from workbench.text import counted, reckoned
from workbench.text.compiling import Floats, Ints
from workbench.text.features import PAIR, WORD, Traits
from workbench.text.likeness import LOGS, TRIED, Stream
from workbench.text.tales import Bucket, Kept, Tale, settled

__all__ = ["CompiledStream"]

_BEGIN: Final = 1 << 12  # rows that each table has at first
_TALES: Final = 1_024  # stories that are found at once at most
_NO_MARKS: Final = np.empty(0)
_NOTHING: Final = np.empty(0, np.int32)


class _Features(NamedTuple):
    keys: tuple[int, ...]
    rows: Ints


class _Said(NamedTuple):
    """What an item says: where it is counted and how much it weighs; and which stories are near."""

    words: tuple[Ints, int, int, Floats, float]
    bucket: tuple[int, int]
    near: list[tuple[float, Tale]]


class CompiledStream(Stream):
    """A stream that tells the same of its items, to the last bit, in less time.

    Features are their keys here; what is counted of them, of stories and of buckets stands in
    arrays that double when they are full.

    Parameters
    ----------
    window : int
        Items that are kept.
    """

    def __init__(self, window: int) -> None:
        super().__init__(window)
        self._free = np.array([-1, 0, -1, 0])
        self._table = np.zeros((0, 3), np.int32)
        self._keys = np.full(0, -1)
        self._nodes = np.zeros((0, 7), np.int32)
        self._owners = np.zeros((0, 5), np.int32)
        self._near = np.zeros(0)
        self._hashed_keys = _NOTHING
        self._hashed_nodes = np.zeros((0, 2), np.int32)
        self._used_features = self._used_nodes = 0
        self._by_row: list[Any] = []  # stories; of buckets and of free rows nothing
        self._free_rows: list[int] = []
        self._part_rows: dict[Bucket, int] = {}
        self._logs = np.array(LOGS)
        self._found_tales = np.empty(_TALES, np.int32)
        self._found = np.empty(_TALES)
        self._make_room(features=_BEGIN, nodes=_BEGIN)

    def features(self, traits: Traits) -> Any:
        """Return where an item's features are counted."""
        n = len(traits.features)
        self._make_room(features=n)
        rows = np.empty(n, np.int32)
        self._used_features = counted.intern(
            np.array(traits.features, np.int64), rows,
            self._table, self._keys, self._hashed_keys, self._free,
        )  # fmt: skip
        return _Features(traits.features, rows)

    def read(self, features: Any, traits: Traits, bucket: Bucket) -> Any:
        """Return what an item says, and which stories may be its own."""
        words = traits.pairs + traits.words
        marks, weight = _NO_MARKS, traits.pairs * PAIR + traits.words * WORD
        if len(traits.weights) > words:
            marks = np.array(traits.weights[words:])
            weight += sum(traits.weights[words:])
        said = (features.rows, traits.pairs, words, marks, weight)
        row = self._own_row(bucket)
        of_bucket = (row, self._sizes[bucket] + 20 if row >= 0 else 0)
        n = reckoned.read(
            *said, *of_bucket, TRIED, *self._state(),
            self._table, self._keys, self._nodes, self._owners, self._hashed_nodes,
            self._near, self._logs, self._found_tales, self._found,
        )  # fmt: skip
        worth, rows = self._found[:n].tolist(), self._found_tales[:n].tolist()
        by_row = self._by_row
        near = [(each, by_row[row]) for each, row in zip(worth, rows, strict=True)]
        return _Said(said, of_bucket, near)

    def nearest(self, said: Any, most: int) -> list[Tale]:
        """Return the stories that share most of what an item says, of lively ones more."""
        near = [(-worth, tale.id, tale) for worth, tale in said.near]
        near.sort(key=itemgetter(0, 1))
        return [tale for *_, tale in near[:most]]

    def scores(self, said: Any, tales: Sequence[Tale]) -> list[float]:
        """Return how likely an item tells each story."""
        n = len(tales)
        reckoned.scores(
            self._found, np.array([tale.row for tale in tales], np.int32),
            *said.words, *said.bucket, *self._state(),
            self._table, self._nodes, self._owners, self._hashed_nodes,
        )  # fmt: skip
        found: list[float] = self._found[:n].tolist()
        return found

    def alike(self, big: Tale, small: Tale) -> float:
        """Return how likely an item of the one story, on average, tells the other one."""
        score: float = reckoned.alike(
            big.row, small.row, *self._state(),
            self._table, self._nodes, self._owners, self._hashed_nodes,
        )  # fmt: skip
        return score

    def usual(self, tale: Tale, features: Sequence[Any]) -> list[float]:
        """Return the part of all items that hold each feature, a story's aside."""
        found = np.empty(len(features))
        reckoned.likely(
            found, np.array(features, np.int64), tale.row, *self._state(),
            self._table, self._keys, self._hashed_keys,
            self._nodes, self._owners, self._hashed_nodes,
        )  # fmt: skip
        parts: list[float] = found.tolist()
        return parts

    def held(self, tale: Tale, key: int) -> int:
        """Return in how many of a story's items a feature is."""
        held: int = counted.held(
            key, tale.row,
            self._keys, self._hashed_keys, self._nodes, self._hashed_nodes,
        )  # fmt: skip
        return held

    def says(self, tale: Tale, *, own: float, most: float) -> Callable[[Kept], float]:
        """Return what tells how much likelier a story says all of an item than others do."""
        says, counted_in = reckoned.says, (
            *self._state(), self._table, self._nodes, self._owners, self._hashed_nodes,
        )  # fmt: skip
        return lambda kept: says(kept.rows, tale.row, own, most, *counted_in)

    def _state(self) -> tuple[int, int, int, float, float]:
        """Return how many items are kept, are new and are older; and what follows from it."""
        return len(self._kept), len(self._new), self._older, self._other, self._grown

    def around(self, tale: Tale, *, features: int, tales: int) -> dict[Tale, float]:
        """Return the small stories that say most of what is particular to this one."""
        n = reckoned.around(
            tale.row, features, tales, *self._state(),
            self._table, self._keys, self._nodes, self._owners,
            self._near, self._found_tales, self._found,
        )  # fmt: skip
        worth, rows = self._found[:n].tolist(), self._found_tales[:n].tolist()
        return {self._by_row[row]: each for each, row in zip(worth, rows, strict=True)}

    def _own_row(self, bucket: Bucket) -> int:
        """Return where it is counted what a bucket says; -1 where it is most of the stream."""
        if not self._is_smaller(bucket):
            return -1
        if bucket not in self._part_rows:
            self._begin_part(bucket)
            for kept in self._kept:
                if kept.bucket == bucket:
                    self._hold(kept.rows, self._part_rows[bucket], is_story=False)
        row = self._part_rows[bucket]
        return row if self._owners[row, counted.FIRST] >= 0 else -1

    def _begin_part(self, bucket: Bucket) -> None:
        self._part_rows[bucket] = self._new_row(None)

    def _end_part(self, bucket: Bucket) -> None:
        if (row := self._part_rows.pop(bucket, None)) is not None:
            counted.forget(row, self._nodes, self._owners, self._hashed_nodes, self._free)
            self._free_row(row)

    def _resize(self, tale: Tale, n: int, newest: int) -> None:
        super()._resize(tale, n, newest)
        if tale.row < 0:
            tale.row = self._new_row(tale)
        owner = self._owners[tale.row]
        owner[counted.N], owner[counted.NEWEST] = tale.n, tale.newest

    def _count(self, kept: Kept, aged: Kept | None, left: Kept | None) -> None:
        """Count what came in, what is no longer among the newest, and what left."""
        said: Any = kept.features
        kept.features, kept.rows = said
        self._make_room(nodes=2 * len(said.rows))
        left_tale = None if left is None else settled(left.tale)
        self._used_nodes = counted.enter(
            said.rows, settled(kept.tale).row, self._part_rows.get(kept.bucket, -1),
            _NOTHING if aged is None else aged.rows,
            _NOTHING if left is None else left.rows,
            -1 if left_tale is None else left_tale.row,
            -1 if left is None else self._part_rows.get(left.bucket, -1),
            self._table, self._keys, self._hashed_keys, self._nodes, self._owners,
            self._hashed_nodes, self._free,
        )  # fmt: skip
        if left_tale is not None and not left_tale.n:
            self._leave_row(left_tale)

    def _join(self, big: Tale, small: Tale) -> None:
        counted.merge(
            big.row, small.row,
            self._table, self._nodes, self._owners, self._hashed_nodes, self._free,
        )  # fmt: skip
        self._leave_row(small)

    def _hand_over(self, kept: Kept, old: Tale, tale: Tale) -> None:
        counted.let_go(
            kept.rows, old.row,
            self._table, self._nodes, self._owners, self._hashed_nodes, self._free, True,
        )  # fmt: skip
        self._hold(kept.rows, tale.row, is_story=True)

    def _hold(self, rows: Ints, row: int, *, is_story: bool) -> None:
        self._make_room(nodes=len(rows))
        counted.hold(
            rows, row,
            self._table, self._nodes, self._owners, self._hashed_nodes, self._free, False, is_story,
        )  # fmt: skip
        self._used_nodes = int(self._free[counted.NODES])

    def _leave_row(self, tale: Tale) -> None:
        self._free_row(tale.row)
        tale.row = -1

    def _new_row(self, tale: Tale | None) -> int:
        """Return a row for a story, or for a bucket."""
        if self._free_rows:
            row = self._free_rows.pop()
            self._by_row[row] = tale
        else:
            row = len(self._by_row)
            self._by_row.append(tale)
            if row >= len(self._owners):
                n = max(_BEGIN, 2 * row)
                self._owners = _longer(self._owners, n)
                self._near = _longer(self._near, n)
        self._owners[row] = (0, 0, -1, -1, 0)
        return row

    def _free_row(self, row: int) -> None:
        self._owners[row, counted.FIRST] = -1
        self._by_row[row] = None
        self._free_rows.append(row)

    def _make_room(self, *, features: int = 0, nodes: int = 0) -> None:
        """Have room for so many more features and nodes."""
        if self._used_features + features > len(self._table):
            n = max(_BEGIN, 2 * (self._used_features + features))
            self._table = _longer(self._table, n)
            self._keys = _longer(self._keys, n, -1)
            self._hashed_keys = np.full(_half_empty(n), -1, np.int32)
            counted.refill_keys(self._keys, self._hashed_keys, self._free)
        if self._used_nodes + nodes > len(self._nodes):
            n = max(_BEGIN, 2 * (self._used_nodes + nodes))
            self._nodes = _longer(self._nodes, n)
            self._hashed_nodes = np.full((_half_empty(n), 2), -1, np.int32)
            rows = len(self._by_row)
            counted.refill(self._nodes, self._hashed_nodes, self._owners[:rows])


def _longer(array: Any, n: int, filled: float = 0) -> Any:
    longer = np.full((n, *array.shape[1:]), filled, array.dtype)
    longer[: len(array)] = array
    return longer


def _half_empty(n: int) -> int:
    """Return how large a table is in which so many rows are found, half of it empty at least."""
    return 1 << (2 * n - 1).bit_length()
