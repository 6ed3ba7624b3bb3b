"""People lists of decks, as searches that know accounts but no lists can be asked for them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from workbench.query import Query, tree
from workbench.query.resolve import resolve
from workbench.tokens import fold

__all__ = ["named"]


def named(
    queries: Sequence[Query], lists: Mapping[str, Collection[str]], possible: re.Pattern[str]
) -> tuple[Query, ...]:
    """Return queries that name people instead of lists, those who can be at a source.

    A query that nobody there can match is left out. Each keeps what it is called.

    Parameters
    ----------
    queries : sequence of Query
    lists : Mapping of str to collection of str
        Handles by the folded name of their list.
    possible : re.Pattern
        What handles there look like.

    Examples
    --------
    >>> from workbench.query import parse
    >>> lists = {"heads": ["@Ana_B", "bo@wing.example"]}
    >>> names = re.compile(r"[a-z0-9_-]{3,20}")
    >>> [query] = named([parse("list:heads acme")], lists, names)
    >>> query.tree.parts[0], str(query)
    (Account(role='from', handle='ana_b'), 'list:heads acme')
    """
    found: list[Query] = []
    for query in queries:
        narrowed = resolve(_listed(query.tree, lists, possible), _nobody)
        if narrowed is True:
            found.append(query)
        elif narrowed is not False:
            found.append(Query(narrowed, query.text, str(query)))
    return tuple(found)


def _nobody(leaf: tree.Node, _upper: bool) -> bool | None:  # noqa: FBT001 - as resolve calls it
    # What is left of these has nobody who can be there.
    return False if isinstance(leaf, tree.InList) else None


def _listed(
    node: tree.Node, lists: Mapping[str, Collection[str]], possible: re.Pattern[str]
) -> tree.Node:
    match node:
        case tree.Not(part):
            return tree.Not(_listed(part, lists, possible))
        case tree.And(parts):
            return tree.And(tuple(_listed(part, lists, possible) for part in parts))
        case tree.Or(parts):
            return tree.Or(tuple(_listed(part, lists, possible) for part in parts))
        case tree.InList(name):
            people = _people(lists.get(fold(name), ()), possible)
            if not people:
                return node
            accounts = tuple(tree.Account("from", handle) for handle in people)
            return accounts[0] if len(accounts) == 1 else tree.Or(accounts)
    return node


def _people(handles: Iterable[str], possible: re.Pattern[str]) -> tuple[str, ...]:
    plain = (handle.strip().removeprefix("@").lower() for handle in handles)
    return tuple(dict.fromkeys(handle for handle in plain if possible.fullmatch(handle)))
