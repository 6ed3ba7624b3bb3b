"""What X is asked: the columns' queries, merged into few requests, or what a source says itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from workbench.query import Query, tree
from workbench.query.dialect import dialect
from workbench.query.resolve import resolve
from workbench.tokens import fold

__all__ = ["LONGEST", "LONGEST_RULE", "Lane", "Wish", "merge", "wish"]

LONGEST: Final = 512
"""Most characters of a query of the recent search."""
LONGEST_RULE: Final = 1_024
"""Most characters of a rule of the filtered stream."""

_NAME: Final = re.compile(r"[a-z0-9_]{1,15}", re.ASCII)
_KINDS: Final = frozenset(("post", "repost", "reply", "quote"))


@dataclass(frozen=True)
class Wish:
    """What a column wants of X.

    Attributes
    ----------
    text : str
        Its query in canonical form.
    upstream : tuple of str or None
        Queries in X's language of which each post that it wants meets one; None if X
        cannot be asked for it.
    exact : bool
        Whether X brings no more than it wants: then X can count for it.
    query : Query or None
        Tells which posts it wants.
    """

    text: str
    upstream: tuple[str, ...] | None
    exact: bool
    query: Query | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Lane:
    """One request that is made again and again.

    Attributes
    ----------
    path : str
    parameters : Mapping
    keys : tuple of str
        What it serves, as the cursor names it.
    queries : tuple of str or None
        The columns' queries that it serves; None: it is what the source itself says.
    least : int
        Fewest posts that X gives at a time.
    has_since : bool
        Whether X takes an id from which on to read.
    query : str
        What is searched for; empty for timelines and lists.
    exact : bool
        Whether what X counts for it is what the columns want.
    """

    path: str
    parameters: Mapping[str, Any]
    keys: tuple[str, ...]
    queries: tuple[str, ...] | None = None
    least: int = 10
    has_since: bool = True
    query: str = ""
    exact: bool = False

    @classmethod
    def search(
        cls,
        query: str,
        keys: Iterable[str],
        queries: tuple[str, ...] | None = None,
        *,
        exact: bool = False,
    ) -> Lane:
        """Return the lane of a search."""
        return cls(
            "/2/tweets/search/recent",
            {"query": query},
            tuple(keys),
            queries,
            query=query,
            exact=exact,
        )

    @classmethod
    def user(cls, name: str, own: str) -> Lane:
        """Return the lane of a user's posts, by the account's id."""
        return cls(f"/2/users/{own}/tweets", {}, (f"@{name}",), least=5)

    @classmethod
    def list(cls, own: str) -> Lane:
        """Return the lane of a list's posts."""
        return cls(f"/2/lists/{own}/tweets", {}, (f"list:{own}",), least=1, has_since=False)


def wish(query: Query, lists: Mapping[str, Collection[str]]) -> Wish | None:
    """Return what is to be asked of X for a query; None if no post of X can match it.

    Examples
    --------
    >>> from workbench.query import parse
    >>> wish(parse("source:x list:heads lang:en"), {"heads": ["@Ana_B", "bo@wing.example"]})
    Wish(text='source:x list:heads lang:en', upstream=('from:ana_b lang:en',), exact=True)
    >>> wish(parse("tier:wire acme"), {}) is None
    True
    """
    narrowed = resolve(_listed(query.tree, lists), _decide)
    if narrowed is False:
        return None
    if narrowed is True:
        return Wish(str(query), None, exact=False)
    own = Query(narrowed, query.text, str(query))
    upstream, left = dialect("x", own)
    return Wish(str(query), upstream, not left and len(upstream or ()) == 1, own)


def _decide(leaf: tree.Node, _upper: bool) -> bool | None:  # noqa: FBT001 - as resolve calls it
    match leaf:
        case tree.Value("source", value):
            return value == "x"
        case tree.Value("tier", value):
            return value == "social"
        case tree.Value("kind", value) if value not in _KINDS:
            return False
        case tree.Entity("form" | "ticker"):
            return False
    return None


def _listed(node: tree.Node, lists: Mapping[str, Collection[str]]) -> tree.Node:
    """Return a tree that names people instead of lists: those who can be on X."""
    match node:
        case tree.Not(part):
            return tree.Not(_listed(part, lists))
        case tree.And(parts):
            return tree.And(tuple(_listed(part, lists) for part in parts))
        case tree.Or(parts):
            return tree.Or(tuple(_listed(part, lists) for part in parts))
        case tree.InList(name):
            people = [
                handle.strip().lstrip("@").lower()
                for handle in lists.get(fold(name), lists.get(name, ()))
            ]
            names = dict.fromkeys(each for each in people if _NAME.fullmatch(each))
            accounts = [tree.Account("from", each) for each in names]
            if not accounts:
                return tree.Value("source", "")  # holds for nothing
            return accounts[0] if len(accounts) == 1 else tree.Or(tuple(accounts))
    return node


def merge(wishes: Sequence[Wish], longest: int = LONGEST) -> list[Lane]:
    """Return as few searches as serve these wishes, each at most so long.

    Examples
    --------
    >>> [lane.query for lane in merge([Wish("a", ("a b",), True), Wish("c", ("c",), True)])]
    ['(a b) OR c']
    """
    wanted: dict[str, dict[str, None]] = {}
    exact: dict[str, bool] = {}
    for each in wishes:
        for text in each.upstream or ():
            wanted.setdefault(text, {})[each.text] = None
            exact[text] = exact.get(text, True) and each.exact
    packs: list[tuple[str, list[str]]] = []
    for text in wanted:
        is_plain = " " not in text
        case = text if is_plain else f"({text})"
        if packs:
            before = packs[-1][0]
            if len(packs[-1][1]) == 1 and " " in before:
                before = f"({before})"
            joined = f"{before} OR {case}"
            if len(joined) <= longest:
                packs[-1] = joined, [*packs[-1][1], text]
                continue
        packs.append((text, [text]))
    lanes = []
    for query, texts in packs:
        served = tuple(dict.fromkeys(name for text in texts for name in wanted[text]))
        is_exact = len(served) == 1 and all(exact[text] for text in texts)
        lanes.append(Lane.search(query, served, served, exact=is_exact))
    return lanes
