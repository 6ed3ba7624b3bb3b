"""What GDELT is to be asked so that all columns have theirs, in few requests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from workbench.clock import EPOCH
from workbench.query import Query
from workbench.query.dialect import dialect
from workbench.query.resolve import resolve
from workbench.query.tree import Account, AtLeast, Entity, InList, Is, Node, Value

__all__ = ["Ask", "asks_of", "pack"]

_SINGLE: Final = re.compile(r'"[^"]*"|[^\s"()]+')
# What no article of a list has: a query that needs it finds nothing here.
_ABSENT: Final = (Account, InList, Entity, AtLeast, Is)
_OWN: Final = {"source": "gdelt", "tier": "news", "kind": "article"}


class Ask(NamedTuple):
    """One text that is asked for, and the queries that need it; None if all do."""

    text: str
    queries: tuple[str, ...] | None


def asks_of(queries: Sequence[Query]) -> tuple[Ask, ...]:
    """Return what to ask for, so that each query that can be asked for has its articles.

    Examples
    --------
    >>> from workbench.query import parse
    >>> queries = [parse(text) for text in ("acme OR #acme", "acme globex", "from:ana", "lang:en")]
    >>> for ask in asks_of(queries):
    ...     print(ask)
    Ask(text='acme', queries=('acme OR #acme',))
    Ask(text='acme globex', queries=('acme globex',))
    """
    found: dict[str, dict[str, None]] = {}
    for query in queries:
        tree = resolve(query.tree, _decided)
        if isinstance(tree, bool):
            continue
        for text in dialect("gdelt", Query(tree, query.text, str(query))).upstream or ():
            found.setdefault(text, {})[str(query)] = None
    return tuple(Ask(text, tuple(needing)) for text, needing in found.items())


def _decided(leaf: Node, _upper: bool) -> bool | None:  # noqa: FBT001 - as resolve calls it
    if isinstance(leaf, Value):
        return leaf.value == _OWN[leaf.field]
    return False if isinstance(leaf, _ABSENT) else None


def pack(
    since: Mapping[str, datetime | None], longest: int
) -> Iterator[tuple[list[str], datetime | None]]:
    """Yield texts that can be asked for at once, new ones and the longest waiting first.

    Single words and phrases go together, as alternatives: more than that the search does not
    understand in parentheses.

    Parameters
    ----------
    since : Mapping
        Until when each text's articles are here already; None if it is new.
    longest : int
        Most characters of a request's query.

    Examples
    --------
    >>> list(pack({"acme": None, '"north wind"': None, "acme globex": None}, 40))
    [(['acme', '"north wind"'], None), (['acme globex'], None)]
    """
    groups: dict[datetime | None, list[str]] = {}
    for text, when in since.items():
        groups.setdefault(when, []).append(text)
    for when in sorted(groups, key=lambda when: when or EPOCH):
        held: list[str] = []
        others: list[str] = []
        for text in groups[when]:
            if not _SINGLE.fullmatch(text):
                others.append(text)
            elif held and len(" OR ".join([*held, text])) + 2 > longest:
                yield held, when
                held = [text]
            else:
                held.append(text)
        if held:
            yield held, when
        yield from (([text], when) for text in others)
