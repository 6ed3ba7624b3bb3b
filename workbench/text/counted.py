"""What a window counts, in arrays: compiled.

Three tables: a row for each feature, for each owner (a story or a bucket), and for each node: a
feature that an owner holds, and in how many items. A feature's nodes are chained in the order in
which stories were touched, an owner's in the order in which it came to hold them: the orders of
the dictionaries in :mod:`workbench.text.window`, so that what is summed over them is equal to the
last bit. Two hash tables, open and linear, find features by their key and nodes by their feature
and owner.
"""

from __future__ import annotations

from typing import Final

from workbench.text.compiling import (
    INT,
    KEYS,
    NONE,
    ROWS,
    TABLE,
    YES_NO,
    Ints,
    Longs,
    compiled,
)

__all__ = [
    "AFTER",
    "COUNT",
    "FEATURE",
    "FIRST",
    "NEWEST",
    "NODE",
    "NODES",
    "OLDER",
    "OWNER",
    "SIZE",
    "N",
    "enter",
    "find",
    "forget",
    "held",
    "hold",
    "intern",
    "let_go",
    "merge",
    "place_of",
    "refill",
    "refill_keys",
]

# Fields of features, of owners, of nodes, and of what is free.
N: Final = 0
NEWEST: Final = 1
NODE: Final = 2  # the one that was touched last
FIRST: Final = 2  # an owner's first node and last one
LAST: Final = 3
SIZE: Final = 4  # all that its nodes count
FEATURE: Final = 0
OWNER: Final = 1
COUNT: Final = 2
OLDER: Final = 3  # of the feature's nodes
NEWER: Final = 4
BEFORE: Final = 5  # of the owner's nodes
AFTER: Final = 6
FREE_FEATURE: Final = 0
FEATURES: Final = 1  # rows that were ever in use
FREE_NODE: Final = 2
NODES: Final = 3
NO: Final = -1
_TAG: Final = 0x7FFFFFFF


@compiled(INT, INT, INT)
def _mixed(feature: int, owner: int) -> int:
    mixed = feature * 0x9E3779B1 + owner * 0x85EBCA6B
    return mixed ^ (mixed >> 17)


@compiled(INT, INT, INT)
def _key_place(key: int, mask: int) -> int:
    mixed = key * 0x1E3779B1
    return (mixed ^ (mixed >> 29)) & mask


@compiled(INT, TABLE, TABLE, INT, INT)
def find(nodes: Ints, table: Ints, feature: int, owner: int) -> int:
    """Return the node of a feature and an owner, or none.

    Beside each node stands a part of its hash, so that others are seldom looked at.
    """
    mask = len(table) - 1
    mixed = _mixed(feature, owner)
    place, tag = mixed & mask, (mixed >> 26) & _TAG
    while True:
        node: int = table[place, 1]
        if node < 0 or (
            table[place, 0] == tag
            and nodes[node, FEATURE] == feature
            and nodes[node, OWNER] == owner
        ):
            return node
        place = (place + 1) & mask


@compiled(NONE, TABLE, TABLE, INT)
def _write(nodes: Ints, table: Ints, node: int) -> None:
    mask = len(table) - 1
    mixed = _mixed(nodes[node, FEATURE], nodes[node, OWNER])
    place = mixed & mask
    while table[place, 1] >= 0:
        place = (place + 1) & mask
    table[place, 0] = (mixed >> 26) & _TAG
    table[place, 1] = node


@compiled(NONE, TABLE, TABLE, INT)
def _erase(nodes: Ints, table: Ints, node: int) -> None:
    """Take a node out of its table; what stands behind it moves up."""
    mask = len(table) - 1
    place = _mixed(nodes[node, FEATURE], nodes[node, OWNER]) & mask
    while table[place, 1] != node:
        place = (place + 1) & mask
    after = (place + 1) & mask
    while table[after, 1] >= 0:
        other = table[after, 1]
        home = _mixed(nodes[other, FEATURE], nodes[other, OWNER]) & mask
        if ((after - home) & mask) >= ((after - place) & mask):
            table[place, 0] = table[after, 0]
            table[place, 1] = other
            place = after
        after = (after + 1) & mask
    table[place, 1] = NO


@compiled(NONE, TABLE, TABLE, TABLE)
def refill(nodes: Ints, table: Ints, owners: Ints) -> None:
    """Write all nodes that are in use into an empty table."""
    for owner in range(len(owners)):
        node = owners[owner, FIRST]
        while node >= 0:
            _write(nodes, table, node)
            node = nodes[node, AFTER]


@compiled(NONE, KEYS, ROWS, KEYS)
def refill_keys(keys: Longs, table: Ints, free: Longs) -> None:
    """Write all features that are in use into an empty table."""
    mask = len(table) - 1
    for feature in range(free[FEATURES]):
        if keys[feature] >= 0:
            place = _key_place(keys[feature], mask)
            while table[place] >= 0:
                place = (place + 1) & mask
            table[place] = feature


@compiled(INT, INT, KEYS, ROWS)
def place_of(key: int, keys: Longs, table: Ints) -> int:
    """Return where the row of a feature stands, or could stand, in its table."""
    mask = len(table) - 1
    place: int = _key_place(key, mask)
    while table[place] >= 0 and keys[table[place]] != key:
        place = (place + 1) & mask
    return place


@compiled(INT, KEYS, ROWS, TABLE, KEYS, ROWS, KEYS)
def intern(asked: Longs, found: Ints, features: Ints, keys: Longs, table: Ints, free: Longs) -> int:
    """Find the features of these keys, or begin them; return how many rows were ever used."""
    for i in range(len(asked)):
        place = place_of(asked[i], keys, table)
        feature = table[place]
        if feature < 0:
            feature = free[FREE_FEATURE]
            if feature >= 0:
                free[FREE_FEATURE] = features[feature, NODE]
            else:
                feature = free[FEATURES]
                free[FEATURES] += 1
            table[place] = feature
            keys[feature] = asked[i]
            features[feature, N] = 0
            features[feature, NEWEST] = 0
            features[feature, NODE] = NO
        found[i] = feature
    used: int = free[FEATURES]
    return used


@compiled(NONE, INT, TABLE, KEYS, ROWS, KEYS)
def _forget_feature(feature: int, features: Ints, keys: Longs, table: Ints, free: Longs) -> None:
    mask = len(table) - 1
    place = place_of(keys[feature], keys, table)
    after = (place + 1) & mask
    while table[after] >= 0:
        home = _key_place(keys[table[after]], mask)
        if ((after - home) & mask) >= ((after - place) & mask):
            table[place] = table[after]
            place = after
        after = (after + 1) & mask
    table[place] = NO
    keys[feature] = NO
    features[feature, NODE] = free[FREE_FEATURE]
    free[FREE_FEATURE] = feature


@compiled(NONE, INT, TABLE, TABLE)
def _unlink(node: int, nodes: Ints, features: Ints) -> None:
    older, newer = nodes[node, OLDER], nodes[node, NEWER]
    if older >= 0:
        nodes[older, NEWER] = newer
    if newer >= 0:
        nodes[newer, OLDER] = older
    else:
        features[nodes[node, FEATURE], NODE] = older


@compiled(NONE, INT, TABLE, TABLE)
def _link(node: int, nodes: Ints, features: Ints) -> None:
    """Put a node at the end of its feature's, as the one that was touched last."""
    last = features[nodes[node, FEATURE], NODE]
    nodes[node, OLDER] = last
    nodes[node, NEWER] = NO
    if last >= 0:
        nodes[last, NEWER] = node
    features[nodes[node, FEATURE], NODE] = node


@compiled(NONE, INT, INT, TABLE, TABLE)
def _give(node: int, owner: int, nodes: Ints, owners: Ints) -> None:
    """Put a node at the end of an owner's."""
    last = owners[owner, LAST]
    nodes[node, OWNER] = owner
    nodes[node, BEFORE] = last
    nodes[node, AFTER] = NO
    if last >= 0:
        nodes[last, AFTER] = node
    else:
        owners[owner, FIRST] = node
    owners[owner, LAST] = node


@compiled(INT, INT, INT, TABLE, TABLE, TABLE, KEYS)
def _begin(feature: int, owner: int, nodes: Ints, owners: Ints, table: Ints, free: Longs) -> int:
    """Return a new node of an owner, which counts nothing yet and is in no feature's chain."""
    node: int = free[FREE_NODE]
    if node >= 0:
        free[FREE_NODE] = nodes[node, AFTER]
    else:
        node = free[NODES]
        free[NODES] += 1
    nodes[node, FEATURE] = feature
    nodes[node, COUNT] = 0
    nodes[node, OLDER] = NO
    nodes[node, NEWER] = NO
    _give(node, owner, nodes, owners)
    _write(nodes, table, node)
    return node


@compiled(NONE, INT, TABLE, TABLE, TABLE, KEYS)
def _drop(node: int, nodes: Ints, owners: Ints, table: Ints, free: Longs) -> None:
    """Take a node, which is in no feature's chain, from its owner."""
    _erase(nodes, table, node)
    owner, before, after = nodes[node, OWNER], nodes[node, BEFORE], nodes[node, AFTER]
    if before >= 0:
        nodes[before, AFTER] = after
    else:
        owners[owner, FIRST] = after
    if after >= 0:
        nodes[after, BEFORE] = before
    else:
        owners[owner, LAST] = before
    nodes[node, AFTER] = free[FREE_NODE]
    free[FREE_NODE] = node


@compiled(NONE, ROWS, INT, TABLE, TABLE, TABLE, TABLE, KEYS, YES_NO, YES_NO)
def hold(
    said: Ints, owner: int, features: Ints, nodes: Ints, owners: Ints, table: Ints, free: Longs,
    is_touched: bool, is_story: bool,
) -> None:  # fmt: skip
    """Let an owner hold what an item says."""
    owners[owner, SIZE] += len(said)
    for i in range(len(said)):
        feature = said[i]
        node = find(nodes, table, feature, owner)
        if node < 0:
            node = _begin(feature, owner, nodes, owners, table, free)
            if is_story:
                _link(node, nodes, features)
        elif is_touched and features[feature, NODE] != node:
            _unlink(node, nodes, features)
            _link(node, nodes, features)
        nodes[node, COUNT] += 1


@compiled(NONE, ROWS, INT, TABLE, TABLE, TABLE, TABLE, KEYS, YES_NO)
def let_go(
    said: Ints, owner: int, features: Ints, nodes: Ints, owners: Ints, table: Ints, free: Longs,
    is_story: bool,
) -> None:  # fmt: skip
    """Let an owner hold what an item says in one item less."""
    owners[owner, SIZE] -= len(said)
    for i in range(len(said)):
        node = find(nodes, table, said[i], owner)
        nodes[node, COUNT] -= 1
        if not nodes[node, COUNT]:
            if is_story:
                _unlink(node, nodes, features)
            _drop(node, nodes, owners, table, free)


@compiled(NONE, INT, TABLE, TABLE, TABLE, KEYS)
def forget(owner: int, nodes: Ints, owners: Ints, table: Ints, free: Longs) -> None:
    """Let a bucket hold nothing."""
    while owners[owner, FIRST] >= 0:
        _drop(owners[owner, FIRST], nodes, owners, table, free)
    owners[owner, SIZE] = 0


@compiled(
    INT,
    ROWS,
    INT,
    INT,
    ROWS,
    ROWS,
    INT,
    INT,
    TABLE,
    KEYS,
    ROWS,
    TABLE,
    TABLE,
    TABLE,
    KEYS,
)
def enter(
    said: Ints, tale: int, bucket: int, aged: Ints, left: Ints, left_tale: int, left_bucket: int,
    features: Ints, keys: Longs, key_table: Ints, nodes: Ints, owners: Ints, table: Ints,
    free: Longs,
) -> int:  # fmt: skip
    """Take an item in, age another, let a third one go; return how many nodes were ever used."""
    for i in range(len(said)):
        features[said[i], N] += 1
        features[said[i], NEWEST] += 1
    hold(said, tale, features, nodes, owners, table, free, True, True)
    if bucket >= 0:
        hold(said, bucket, features, nodes, owners, table, free, False, False)
    for i in range(len(aged)):
        features[aged[i], NEWEST] -= 1
    if left_tale >= 0:
        let_go(left, left_tale, features, nodes, owners, table, free, True)
    if left_bucket >= 0:
        let_go(left, left_bucket, features, nodes, owners, table, free, False)
    for i in range(len(left)):
        features[left[i], N] -= 1
        if not features[left[i], N]:
            _forget_feature(left[i], features, keys, key_table, free)
    used: int = free[NODES]
    return used


@compiled(NONE, INT, INT, TABLE, TABLE, TABLE, TABLE, KEYS)
def merge(
    big: int, small: int, features: Ints, nodes: Ints, owners: Ints, table: Ints, free: Longs
) -> None:
    """Give all that the one story holds to the other."""
    owners[big, SIZE] += owners[small, SIZE]
    owners[small, SIZE] = 0
    while owners[small, FIRST] >= 0:
        node = owners[small, FIRST]
        feature, held = nodes[node, FEATURE], nodes[node, COUNT]
        _unlink(node, nodes, features)
        _drop(node, nodes, owners, table, free)
        into = find(nodes, table, feature, big)
        if into < 0:
            into = _begin(feature, big, nodes, owners, table, free)
        else:
            _unlink(into, nodes, features)
        _link(into, nodes, features)
        nodes[into, COUNT] += held


@compiled(INT, INT, INT, KEYS, ROWS, TABLE, TABLE)
def held(key: int, tale: int, keys: Longs, key_table: Ints, nodes: Ints, table: Ints) -> int:
    """Return in how many of a story's items a feature is."""
    feature = key_table[place_of(key, keys, key_table)]
    node = find(nodes, table, feature, tale) if feature >= 0 else -1
    number: int = nodes[node, COUNT] if node >= 0 else 0
    return number
