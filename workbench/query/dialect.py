"""What each source's own search can say of a query, and what is left for us to apply.

What is sent upstream is never narrower than the query: an item that matches the query matches
at least one of the upstream queries, as far as the source's documentation says what it
matches. A leaf that a source matches more widely than we do is sent, and applied again here;
its negation is not sent.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Final, NamedTuple

from workbench.errors import SettingError
from workbench.query import tree
from workbench.query.model import Query
from workbench.query.terms import SOURCES, All, Any, Expr, Said, Say, Source, join
from workbench.query.write import write

__all__ = ["Dialect", "dialect", "unsaid"]

MOST: Final = 20
"""Most upstream queries that one query is split into."""

_MOST_CASES: Final = 1_000  # before they are packed into queries


class Dialect(NamedTuple):
    """A query in a source's own terms.

    Attributes
    ----------
    upstream : tuple of str or None
        Queries of which each item that matches meets one; None if the source cannot narrow
        its items down to these.
    left : tuple of str
        Clauses in canonical form that we apply ourselves: an item that one of `upstream`
        brought matches the query if it matches each.
    """

    upstream: tuple[str, ...] | None
    left: tuple[str, ...]


def dialect(source: str, query: Query) -> Dialect:
    """Return a query in the terms of a source's own search.

    Parameters
    ----------
    source : str
        Name of a collector; ``bluesky_search`` is Bluesky's search for those signed in.

    Raises
    ------
    SettingError
        If there is no such source.

    Examples
    --------
    >>> from workbench.query import parse
    >>> dialect("x", parse("(acme OR #acme) -(crypto OR nft) min_likes:5"))
    Dialect(upstream=('(acme OR #acme) -crypto -nft',), left=('min_likes:5',))
    >>> dialect("feeds", parse("acme lang:en"))
    Dialect(upstream=None, left=('acme', 'lang:en'))
    """
    clauses = query.tree.parts if isinstance(query.tree, tree.And) else (query.tree,)
    everything = tuple(map(write, clauses))
    if source not in SOURCES:
        raise SettingError(f"{source!r} is no source; known are {', '.join(SOURCES)}")
    terms = SOURCES[source]
    if terms is None:
        return Dialect(None, everything)
    said = [_said(clause, terms.leaf, positive=True) for clause in clauses]
    whole = join(All, [each[0] for each in said if each is not None])
    fitting = None if whole is None else _fit(whole, terms)
    if fitting is None:
        return Dialect(None, everything)
    sent, dropped = fitting
    left = tuple(
        text
        for text, each in zip(everything, said, strict=True)
        if dropped or each is None or not each[1]
    )
    return Dialect(tuple(sent), left)


def unsaid(source: str, query: Query) -> tuple[str, ...]:
    """Return the clauses of a query of which a source's own search can be asked nothing at all.

    Of the others it brings what matches, or more than that.

    Examples
    --------
    >>> from workbench.query import parse
    >>> query = parse("acme lang:en min_likes:5")
    >>> unsaid("hackernews", query), dialect("hackernews", query).left
    (('lang:en', 'min_likes:5'), ('acme', 'lang:en', 'min_likes:5'))
    """
    upstream, left = dialect(source, query)
    terms = SOURCES[source]
    if upstream is None or terms is None:
        return left
    clauses = query.tree.parts if isinstance(query.tree, tree.And) else (query.tree,)
    silent = (each for each in clauses if _said(each, terms.leaf, positive=True) is None)
    return tuple(map(write, silent))


def _is_alone(expr: Expr) -> bool:
    """Return whether every case of a term holds something that may stand alone."""
    match expr:
        case Say(_, alone):
            return alone
        case All(parts):
            return any(map(_is_alone, parts))
        case Any(parts):
            return all(map(_is_alone, parts))


def _said(
    node: tree.Node, leaf: Callable[[tree.Node], Said | None], *, positive: bool
) -> Said | None:
    """Return what can be said of a node, or of its negation: always that, or something wider."""
    match node:
        case tree.Not(part):
            return _said(part, leaf, positive=not positive)
        case tree.And(parts) | tree.Or(parts):
            said = [_said(part, leaf, positive=positive) for part in parts]
            known = [each for each in said if each is not None]
            exact = len(known) == len(said) and all(each[1] for each in known)
            if isinstance(node, tree.And) == positive:
                expr = join(All, [each[0] for each in known])
            elif len(known) == len(said) and all(_is_alone(each[0]) for each in known):
                expr = join(Any, [each[0] for each in known])
            else:
                return None
            return None if expr is None else (expr, exact)
    found = leaf(node)
    if found is None or positive:
        return found
    expr, exact = found
    if not exact or not isinstance(expr, Say):
        return None
    return Say(f"-{expr.text}", alone=False), True


def _render(expr: Expr, both: str) -> str:
    match expr:
        case Say(text):
            return text
        case All(parts):
            return both.join([_group(part, both) for part in parts])
        case Any(parts):
            return " OR ".join([_group(part, both) for part in parts])


def _group(expr: Expr, both: str) -> str:
    text = _render(expr, both)
    return text if isinstance(expr, Say) else f"({text})"


def _fit(expr: Expr, source: Source) -> tuple[list[str], bool] | None:
    """Return queries that the source takes, and whether anything had to be left out."""
    if not _is_alone(expr):
        return None
    if source.ors:
        text = _render(expr, source.both)
        if len(text) <= source.longest:
            return [text], False
    cases = _cases(expr) or []
    shortened = [_shortened(case, source) for case in cases]
    if cases and all(any(term.alone for term in case) for case in shortened):
        texts = [source.both.join(term.text for term in case) for case in shortened]
        packed = list(dict.fromkeys(_packed(texts, source) if source.ors else texts))
        if len(packed) <= MOST:
            return packed, list(map(len, shortened)) != list(map(len, cases))
    if isinstance(expr, All) and any(isinstance(part, Any) for part in expr.parts):
        rest = join(All, [part for part in expr.parts if not isinstance(part, Any)])
        found = None if rest is None else _fit(rest, source)
        return None if found is None else (found[0], True)
    return None


def _cases(expr: Expr) -> list[tuple[Say, ...]] | None:
    """Return the cases of a term, of which one must hold; None if they are too many."""
    match expr:
        case Say():
            return [(expr,)]
        case Any(parts):
            found: list[tuple[Say, ...]] = []
            for part in parts:
                cases = _cases(part)
                if cases is None or len(found) + len(cases) > _MOST_CASES:
                    return None
                found.extend(cases)
            return found
        case All(parts):
            found = [()]
            for part in parts:
                cases = _cases(part)
                if cases is None or len(found) * len(cases) > _MOST_CASES:
                    return None
                found = [(*left, *right) for left, right in product(found, cases)]
            return found


def _shortened(case: tuple[Say, ...], source: Source) -> list[Say]:
    """Return the terms of a case that one query can hold, the first ones foremost."""
    terms: list[Say] = []
    length = 0
    for term in sorted(dict.fromkeys(case), key=lambda term: not term.alone):
        longer = length + len(term.text) + (len(source.both) if terms else 0)
        if longer <= source.longest and (source.both or not terms):
            terms.append(term)
            length = longer
    return terms


def _packed(texts: list[str], source: Source) -> list[str]:
    """Return fewer queries, several cases in each."""
    packed: list[str] = []
    for text in texts:
        case = f"({text})" if " " in text else text
        longer = f"{packed[-1]} OR {case}" if packed else ""
        if packed and len(longer) <= source.longest:
            packed[-1] = longer
        else:
            packed.append(case)
    return packed
