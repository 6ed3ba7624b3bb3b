"""What an item must have for a query to match it at all: the keys of an index of queries."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Final, NamedTuple

from workbench.query.match import People
from workbench.query.tree import (
    Account,
    And,
    Domain,
    Entity,
    InList,
    InTitle,
    Key,
    Lang,
    Near,
    Node,
    Or,
    Phrase,
    Value,
    Wildcard,
)

__all__ = ["SHORT", "Need", "enough", "needs"]


class Need(NamedTuple):
    """One thing that an item may have.

    Attributes
    ----------
    kind : str
        ``word`` for a whole token of title or text, ``start`` for how one begins; ``from``,
        ``to``, ``key``, ``domain``, ``lang``, ``source``, ``tier``, ``kind``, or a type of entity.
    value : str
        In folded form.
    """

    kind: str
    value: str


# How many items have it, roughly: the clause of an And that fewest meet is the one to wait for.
_SHARES: Final = {"word": 2, "start": 3, "lang": 8, "source": 9, "tier": 9, "kind": 9}
SHORT: Final = 4
"""A word of fewer letters is a common one."""
_MOST: Final = 16  # sets of an Or; with more each of its parts has one alone


def needs(node: Node, people: People) -> list[frozenset[Need]]:
    """Return sets of things; an item that matches has at least one of each set.

    Parameters
    ----------
    node : Node
        Root of a query's tree.
    people : mapping
        The lists that it names, as the matcher takes them.

    Returns
    -------
    list of frozenset of Need
        First the set of which fewest items have one; [] if any item may match.

    Examples
    --------
    >>> from workbench.query.parse import parse
    >>> first, second = needs(parse("(acme OR #acme) lang:en -crypto").tree, {})
    >>> sorted(first), list(second)
    ([Need(kind='hashtag', value='acme'), Need(kind='word', value='acme')], \
[Need(kind='lang', value='en')])
    >>> needs(parse("-crypto").tree, {})
    []
    """
    return sorted(_sets(node, people), key=_share)


def enough(node: Node) -> Iterator[Need]:
    """Yield words, and beginnings of words, of which each alone makes an item match.

    Parameters
    ----------
    node : Node
        Root of a query's tree.

    Examples
    --------
    >>> from workbench.query.parse import parse
    >>> [need.value for need in enough(parse('acme OR "pied piper" OR bank* OR lang:en').tree)]
    ['acme', 'bank']
    """
    match node:
        case Or(parts):
            for part in parts:
                yield from enough(part)
        case Phrase((str(token),), prefix):
            yield Need("start" if prefix else "word", token)


def _share(found: frozenset[Need]) -> tuple[int, int]:
    """Return roughly how many items have one of some needs, to compare with others."""
    return max(map(_cost, found), default=0), len(found)


def _cost(need: Need) -> int:
    cost = _SHARES.get(need.kind, 1)
    return cost + 3 if cost in (2, 3) and len(need.value) < SHORT else cost


def _sets(node: Node, people: People) -> list[frozenset[Need]]:
    match node:
        case And(parts) | Near(parts):
            return [found for part in parts for found in _sets(part, people)]
        case Or(parts):
            every = [_sets(part, people) for part in parts]
            if not all(every):
                return []
            if prod(map(len, every)) > _MOST:
                every = [[min(sets, key=_share)] for sets in every]
            # Who has one of each set of some part has one of each choice of a set of all parts.
            return list(dict.fromkeys(frozenset().union(*chosen) for chosen in product(*every)))
        case InTitle(phrase):
            return _sets(phrase, people)
        case Wildcard(pattern):
            begin = pattern.partition("?")[0]
            return [frozenset({Need("start", begin)})] if begin else []
        case Phrase(tokens, prefix):
            last = len(tokens) - 1
            return [
                frozenset({Need("start" if prefix and n == last else "word", token)})
                for n, token in enumerate(tokens)
                if token is not None
            ]
        case _:
            return _named(node, people)


def _named(node: Node, people: People) -> list[frozenset[Need]]:
    match node:
        case Entity(kind, value) | Value(kind, value) | Account(kind, value):
            return [frozenset({Need(kind, value)})]
        case InList(name):
            return [frozenset(Need("from", handle) for handle in people[name])]
        case Key(value):
            keys = people[f"id:{value}"] if node.is_list else (value,)
            return [frozenset(Need("key", key) for key in keys)]
        case Domain(host):
            return [frozenset({Need("domain", host)})]
        case Lang(tag):
            return [frozenset({Need("lang", tag)})]
        case _:
            return []
