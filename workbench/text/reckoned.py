"""What is reckoned from what a window counts in arrays: compiled.

The formulas are those of :mod:`workbench.text.likeness`, summed in the same order.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from workbench.text import likeness
from workbench.text.compiling import (
    FLOAT,
    INT,
    KEYS,
    NONE,
    ROWS,
    TABLE,
    VALUES,
    Floats,
    Ints,
    Longs,
    compiled,
)
from workbench.text.counted import (
    AFTER,
    COUNT,
    FEATURE,
    FIRST,
    NEWEST,
    NODE,
    OLDER,
    OWNER,
    SIZE,
    N,
    find,
    place_of,
)
from workbench.text.features import PAIR, WORD
from workbench.text.window import SMALL

__all__ = ["alike", "around", "likely", "read", "says", "scores"]

_HALF: Final = likeness.HALF
_MADE_UP: Final = likeness.BASE * likeness.HALF
_MOST: Final = likeness.MOST
_SHARE: Final = likeness.SHARE
_SOLID: Final = likeness.SOLID
_OFTEN: Final = likeness.OFTEN
_LONG: Final = likeness.LONG
_LOOKED_FEATURES: Final = likeness.LOOKED_FEATURES
_LOOKED: Final = likeness.LOOKED
_FAINT: Final = likeness.FAINT


# An item's features, how many of them are pairs, how many are pairs or words, the weights of the
# rest, and the weight of all; the state of a window; its features, nodes, owners and hashes.
SAID: Final = (ROWS, INT, INT, VALUES, FLOAT)
NEAR: Final = (TABLE, TABLE, VALUES, VALUES, ROWS, VALUES)
TOP: Final = (VALUES, KEYS, KEYS)  # what is largest: values, their order, their rows
STATE: Final = (INT, INT, INT, FLOAT, FLOAT)
TABLES: Final = (TABLE, TABLE, TABLE, TABLE)

_before = compiled(FLOAT, INT, INT, INT, INT, FLOAT, FLOAT)(likeness.before)
_liveliness = compiled(FLOAT, INT, INT, INT, INT)(likeness.liveliness)
_usual = compiled(FLOAT, INT, INT, INT, FLOAT, FLOAT)(likeness.usual)
_apart = compiled(FLOAT, INT, INT, FLOAT)(likeness.apart)


@compiled(FLOAT, INT, INT, FLOAT, FLOAT, FLOAT, TABLE, FLOAT, FLOAT, INT, FLOAT, FLOAT, FLOAT)
def _part(
    feature: int, held: int, newest: float, own_share: float, of_bucket: float,
    features: Ints, other: float, usual: float, n: int, own: float, rest: float, nothing: float,
) -> float:  # fmt: skip
    """Return how much likelier a story says a feature than others do, at most as much as counts."""
    count = features[feature, N] - features[feature, NEWEST] + _HALF
    others = newest - own_share * held
    if others > 0:
        count += other * others
    likely = count / (usual + _MADE_UP / count)
    likely = max(likely, of_bucket)
    value = math.log(rest + own / n * held / likely)
    if held > _OFTEN * n:
        value = max(value, _SOLID * math.log(held / n / likely * held / (held + 2)))
    return value - nothing if value < _MOST else _MOST - nothing


@compiled(FLOAT, INT, INT, INT, VALUES)
def _weight(i: int, pairs: int, words: int, marks: Floats) -> float:
    if i < pairs:
        return PAIR
    weight: float = WORD if i < words else marks[i - words]
    return weight


@compiled(FLOAT, *SAID, INT, INT, INT, *STATE, *TABLES)
def _score(
    said: Ints, pairs: int, words: int, marks: Floats, whole: float,
    bucket: int, of_bucket: int, tale: int,
    kept: int, new: int, older: int, other: float, grown: float,
    features: Ints, nodes: Ints, owners: Ints, table: Ints,
) -> float:  # fmt: skip
    """Score an item against a story, as `likeness.Stream.score` does."""
    n, newest = owners[tale, N], owners[tale, NEWEST]
    usual = _usual(newest, new, older, other, grown)
    own_share = _apart(n, kept, grown)
    own = _SHARE * n / (n + 1)
    rest = 1 - own
    nothing = math.log(rest)
    total: float = whole * nothing
    for i in range(len(said)):
        feature = said[i]
        node = find(nodes, table, feature, tale)
        if node < 0:
            continue
        part = 0.0
        if bucket >= 0:
            in_bucket = find(nodes, table, feature, bucket)
            if in_bucket >= 0:
                part = nodes[in_bucket, COUNT] / of_bucket
        total += _weight(i, pairs, words, marks) * _part(
            feature, nodes[node, COUNT], features[feature, NEWEST], own_share, part,
            features, other, usual, n, own, rest, nothing,
        )  # fmt: skip
    lively = _liveliness(n, newest, new, older)
    sure: float = total * (_LONG / (_LONG + whole))
    return sure + float(_before(n, newest, kept, new, grown, lively))


@compiled(NONE, VALUES, ROWS, *SAID, INT, INT, *STATE, *TABLES)
def scores(
    found: Floats, tales: Ints, said: Ints, pairs: int, words: int, marks: Floats, whole: float,
    bucket: int, of_bucket: int,
    kept: int, new: int, older: int, other: float, grown: float,
    features: Ints, nodes: Ints, owners: Ints, table: Ints,
) -> None:  # fmt: skip
    """Score an item against each of these stories."""
    for i in range(len(tales)):
        found[i] = _score(
            said, pairs, words, marks, whole, bucket, of_bucket, tales[i],
            kept, new, older, other, grown, features, nodes, owners, table,
        )  # fmt: skip


@compiled(FLOAT, INT, INT, *STATE, *TABLES)
def alike(
    big: int, small: int, kept: int, new: int, older: int, other: float, grown: float,
    features: Ints, nodes: Ints, owners: Ints, table: Ints,
) -> float:  # fmt: skip
    """Hold two stories against each other, as `likeness.Stream.alike` does."""
    n, apart = owners[small, N], _apart(owners[small, N], kept, grown)
    whole = 0.75 * owners[small, SIZE] / n
    big_n, newest = owners[big, N], owners[big, NEWEST]
    usual = _usual(newest, new, older, other, grown)
    own_share = _apart(big_n, kept, grown)
    own = _SHARE * big_n / (big_n + 1)
    rest = 1 - own
    nothing = math.log(rest)
    total: float = whole * nothing
    node = owners[small, FIRST]
    while node >= 0:
        feature, held = nodes[node, FEATURE], nodes[node, COUNT]
        into = find(nodes, table, feature, big)
        if into >= 0:
            total += (0.75 * held / n) * _part(
                feature, nodes[into, COUNT], features[feature, NEWEST] - apart * held,
                own_share, 0.0, features, other, usual, big_n, own, rest, nothing,
            )  # fmt: skip
        node = nodes[node, AFTER]
    lively = _liveliness(big_n, newest, new, older)
    total = total * (_LONG / (_LONG + whole)) + _before(big_n, newest, kept, new, grown, lively)
    total += min(_liveliness(n, owners[small, NEWEST], new, older), 0.0)
    return total


@compiled(INT, FLOAT, INT, INT, VALUES, KEYS, KEYS, INT)
def _insert(
    value: float, key: int, row: int, values: Floats, order: Longs, rows: Longs, held: int
) -> int:
    """Put what is large, of what is alike what has the larger key, among the largest."""
    place = held if held < len(values) else held - 1
    if held == len(values):
        last = values[place]
        if value < last or (value == last and key < order[place]):
            return held
    while place > 0 and (
        values[place - 1] < value or (values[place - 1] == value and order[place - 1] < key)
    ):
        values[place], order[place] = values[place - 1], order[place - 1]
        rows[place] = rows[place - 1]
        place -= 1
    values[place], order[place], rows[place] = value, key, row
    return min(held + 1, len(values))


@compiled(INT, ROWS, INT, INT, VALUES, INT, INT, FLOAT, FLOAT, TABLE, KEYS, TABLE, TABLE, *TOP)
def _worth(
    said: Ints, pairs: int, words: int, marks: Floats, bucket: int, of_bucket: int, usual: float,
    other: float, features: Ints, keys: Longs, nodes: Ints, table: Ints,
    values: Floats, order: Longs, rows: Longs,
) -> int:  # fmt: skip
    """Find what says most in an item, as `likeness.Stream.read` does; return how much it is."""
    held, less = 0, 1 - other
    if bucket >= 0:
        for i in range(len(said)):
            feature = said[i]
            if features[feature, N]:
                count = features[feature, N] - less * features[feature, NEWEST] + _HALF
                node = find(nodes, table, feature, bucket)
                part = nodes[node, COUNT] / of_bucket if node >= 0 else 0.0
                likely = max(count / (usual + _MADE_UP / count), part)
                value = -_weight(i, pairs, words, marks) * math.log(likely)
                held = _insert(value, keys[feature], feature, values, order, rows, held)
        return held
    counts = np.empty(_LOOKED_FEATURES, np.float64)
    counted = np.empty(_LOOKED_FEATURES, np.int64)
    rare = np.empty(_LOOKED_FEATURES, np.int64)
    for start, end in ((0, pairs), (pairs, words)):
        few = 0
        for i in range(start, end):
            feature = said[i]
            if features[feature, N]:
                count = features[feature, N] - less * features[feature, NEWEST] + _HALF
                few = _insert(-count, -keys[feature], feature, counts, counted, rare, few)
        for i in range(few):
            count = -counts[i]
            value = -_weight(start, pairs, words, marks) * math.log(
                count / (usual + _MADE_UP / count)
            )
            held = _insert(value, -counted[i], rare[i], values, order, rows, held)
    for i in range(words, len(said)):
        feature = said[i]
        if features[feature, N]:
            count = features[feature, N] - less * features[feature, NEWEST] + _HALF
            value = -marks[i - words] * math.log(count / (usual + _MADE_UP / count))
            held = _insert(value, keys[feature], feature, values, order, rows, held)
    return held


@compiled(INT, *SAID, INT, INT, INT, *STATE, TABLE, KEYS, TABLE, *NEAR)
def read(
    said: Ints, pairs: int, words: int, marks: Floats, whole: float,
    bucket: int, of_bucket: int, most: int,
    kept: int, new: int, older: int, other: float, grown: float,
    features: Ints, keys: Longs, nodes: Ints, owners: Ints, table: Ints,
    near: Floats, logs: Floats, tales: Ints, found: Floats,
) -> int:  # fmt: skip
    """Find the stories that share most of what an item says; return how many.

    Their rows go into `tales`, and what they share into `found`. `near` holds nothing before and
    after.
    """
    values = np.empty(_LOOKED_FEATURES, np.float64)
    order = np.empty(_LOOKED_FEATURES, np.int64)
    rows = np.empty(_LOOKED_FEATURES, np.int64)
    usual = _usual(0, new, older, other, grown)
    looked = _worth(
        said, pairs, words, marks, bucket, of_bucket, usual, other,
        features, keys, nodes, table, values, order, rows,
    )  # fmt: skip
    touched = 0
    for i in range(looked):
        value = values[i]
        if value <= _FAINT:
            break
        node, steps = features[rows[i], NODE], 0
        while node >= 0 and steps < _LOOKED:
            tale = nodes[node, OWNER]
            n = owners[tale, N]
            if near[tale] == 0.0:
                tales[touched] = tale
                touched += 1
            near[tale] += value if n == 1 else value * math.sqrt(nodes[node, COUNT] / n)
            node = nodes[node, OLDER]
            steps += 1
    largest = np.empty(most, np.float64)
    places = np.empty(most, np.int64)
    held = 0
    for i in range(touched):
        worth = near[tales[i]] + logs[owners[tales[i], NEWEST]]
        held = _insert(worth, 0, 0, largest, places, places, held)
        found[i] = worth
        near[tales[i]] = 0.0
    least = largest[held - 1] if held else 0.0
    n = 0
    for i in range(touched):
        if found[i] >= least:
            tales[n] = tales[i]
            found[n] = found[i]
            n += 1
    return n


@compiled(FLOAT, INT, INT, FLOAT, FLOAT, TABLE)
def _likely(feature: int, held: int, usual: float, other: float, features: Ints) -> float:
    """Return the part of all items that hold a feature, a story's aside."""
    others = max(0, features[feature, NEWEST] - held)
    count = features[feature, N] - features[feature, NEWEST] + _HALF + other * others
    part: float = count / (usual + _MADE_UP / count)
    return part


@compiled(NONE, VALUES, KEYS, INT, *STATE, TABLE, KEYS, ROWS, TABLE, TABLE, TABLE)
def likely(
    found: Floats, asked: Longs, tale: int,
    kept: int, new: int, older: int, other: float, grown: float,
    features: Ints, keys: Longs, key_table: Ints, nodes: Ints, owners: Ints, table: Ints,
) -> None:  # fmt: skip
    """Find the part of all items that hold each of some features, a story's aside."""
    usual = _usual(owners[tale, NEWEST], new, older, other, grown)
    for i in range(len(asked)):
        feature = key_table[place_of(asked[i], keys, key_table)]
        node = find(nodes, table, feature, tale)
        held = nodes[node, COUNT] if node >= 0 else 0
        found[i] = _likely(feature, held, usual, other, features)


@compiled(FLOAT, ROWS, INT, FLOAT, FLOAT, *STATE, *TABLES)
def says(
    said: Ints, tale: int, own: float, most: float,
    kept: int, new: int, older: int, other: float, grown: float,
    features: Ints, nodes: Ints, owners: Ints, table: Ints,
) -> float:  # fmt: skip
    """Return how much likelier a story says all of an item of its own than others do."""
    usual, n = _usual(owners[tale, NEWEST], new, older, other, grown), owners[tale, N]
    total = 0.0
    for i in range(len(said)):
        held = nodes[find(nodes, table, said[i], tale), COUNT]
        share = held / n / _likely(said[i], held, usual, other, features)
        total += min(most, math.log(1 - own + own * share))
    return total


@compiled(INT, INT, INT, INT, *STATE, TABLE, KEYS, TABLE, TABLE, VALUES, ROWS, VALUES)
def around(
    tale: int, most: int, looked: int, kept: int, new: int, older: int, other: float, grown: float,
    features: Ints, keys: Longs, nodes: Ints, owners: Ints, near: Floats, tales: Ints,
    found: Floats,
) -> int:  # fmt: skip
    """Find the small stories that say most of what is particular to one; return how many.

    `near` holds nothing before and after.
    """
    values = np.empty(most, np.float64)
    order = np.empty(most, np.int64)
    rows = np.empty(most, np.int64)
    n, held_marks = owners[tale, N], 0
    usual = _usual(owners[tale, NEWEST], new, older, other, grown)
    node = owners[tale, FIRST]
    while node >= 0:
        feature, held = nodes[node, FEATURE], nodes[node, COUNT]
        node = nodes[node, AFTER]
        if held < 2 or held * 10 < n:
            continue
        value = held / n * math.log(held / n / _likely(feature, held, usual, other, features))
        held_marks = _insert(value, keys[feature], feature, values, order, rows, held_marks)
    touched = 0
    for i in range(held_marks):
        if values[i] <= 0:
            break
        node, steps = features[rows[i], NODE], 0
        while node >= 0 and steps < looked:
            other_tale = nodes[node, OWNER]
            if other_tale != tale and owners[other_tale, N] <= SMALL + 1:
                if near[other_tale] == 0.0:
                    tales[touched] = other_tale
                    touched += 1
                near[other_tale] += values[i]
            node = nodes[node, OLDER]
            steps += 1
    for i in range(touched):
        found[i] = near[tales[i]]
        near[tales[i]] = 0.0
    return touched
