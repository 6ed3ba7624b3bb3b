"""From a query's tree to what SQLite is asked: an expression of FTS5 and conditions in SQL.

The index holds the tokens of title and text, and :mod:`workbench.query.marks`.

Each node is bounded from both sides: `upper` finds all items that match and maybe others,
`lower` finds none that does not match. Negation swaps the two. Where they are equal, the
index decides alone; where not, conditions in SQL or the matcher itself decide.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from workbench.clock import to_micros
from workbench.query import tree
from workbench.query.marks import (
    ENTITY_SIGNS,
    EVERY,
    LONGEST_HOST,
    TOP,
    mark,
    size_of,
    step_of,
)
from workbench.query.match import People
from workbench.query.model import Query
from workbench.query.regex import compile_pattern, written
from workbench.query.resolve import resolve

__all__ = ["ALL", "FUNCTIONS", "NONE", "Plan", "compile_query", "string"]

ALL: Final = f'"{EVERY}"'
"""Finds every item: each carries this mark."""

NONE: Final = ""
"""Finds nothing."""


def _finds(pattern: str, title: str | None, text: str) -> bool:
    search = compile_pattern(pattern)
    return search(written(text)) or (title is not None and search(written(title)))


FUNCTIONS: Final[Mapping[str, Callable[..., bool]]] = {"wb_finds": _finds}
"""Functions of ours that conditions call: each connection that is asked must know them."""

_TOKEN: Final = 8_000  # characters that FTS5 surely keeps whole
_COMBINATIONS: Final = 64
_MICRO: Final = timedelta(microseconds=1)
_LONG_AGO: Final = -(2**61)  # microseconds that fit SQLite's integers, as do their seconds << 20
_UNBOUND: Final = re.compile("[\n\ud800-\udfff]")  # what url: cannot leave to SQL


def string(token: str) -> str:
    """Return a token as a string of an FTS5 expression."""
    return f'"{token}"'


class _Bounds(NamedTuple):
    upper: str
    lower: str


def _either(parts: Iterable[str]) -> str:
    kept = [part for part in dict.fromkeys(parts) if part != NONE]
    if ALL in kept:
        return ALL
    return f"({' OR '.join(kept)})" if len(kept) > 1 else "".join(kept)


def _both(parts: Iterable[str], but: Iterable[str] = ()) -> str:
    """Return what finds whatever all parts find, but for what any of `but` finds."""
    kept = list(dict.fromkeys(parts))
    if NONE in kept:
        return NONE
    kept = [part for part in kept if part != ALL] or [ALL]
    found = f"({' AND '.join(kept)})" if len(kept) > 1 else kept[0]
    minus = _either(but)
    if minus == ALL:
        return NONE
    return f"({found} NOT {minus})" if minus != NONE else found


def _one(token: str) -> _Bounds:
    found = string(token)
    return _Bounds(found, found if len(token) <= _TOKEN else NONE)


def _any_of(tokens: Iterable[str]) -> _Bounds:
    bounds = [_one(token) for token in tokens]
    return _Bounds(_either(b.upper for b in bounds), _either(b.lower for b in bounds))


_UNKNOWN: Final = _Bounds(ALL, NONE)


def _bounds(node: tree.Node, people: People) -> _Bounds:
    """Return what the index finds of a node, from above and from below."""
    match node:
        case tree.And(parts):
            kept = [_bounds(part, people) for part in parts if not isinstance(part, tree.Not)]
            out = [_bounds(part.part, people) for part in parts if isinstance(part, tree.Not)]
            return _Bounds(
                _both([b.upper for b in kept], [b.lower for b in out]),
                _both([b.lower for b in kept], [b.upper for b in out]),
            )
        case tree.Or(parts):
            kept = [_bounds(part, people) for part in parts]
            return _Bounds(_either(b.upper for b in kept), _either(b.lower for b in kept))
        case tree.Not(part):
            inner = _bounds(part, people)
            return _Bounds(_both((), (inner.lower,)), _both((), (inner.upper,)))
        case tree.Phrase():
            return _phrase(node)
        case tree.Wildcard(pattern):
            stem = pattern.partition("?")[0]
            return _Bounds(f"{string(stem)} *" if stem else ALL, NONE)
        case tree.Near():
            return _near(node, people)
        case tree.InTitle(phrase):
            upper, lower = _phrase(phrase)
            return _Bounds(f"title : {upper}", f"title : {lower}" if lower else NONE)
        case _:
            return _leaf(node, people)


def _leaf(node: tree.Node, people: People) -> _Bounds:
    match node:
        case tree.Entity(kind, value):
            return _one(mark(ENTITY_SIGNS[kind], value))
        case tree.Account(role, handle):
            return _one(mark("f:" if role == "from" else "a:", handle))
        case tree.InList(name):
            return _any_of(mark("f:", handle) for handle in sorted(people[name]))
        case tree.Lang(tag):
            return _one(mark("l:", tag))
        case tree.Domain(name):
            return _one(mark("d:", name)) if len(name) <= LONGEST_HOST else _UNKNOWN
        case tree.Value(field, value):
            return _one(mark({"source": "s:", "tier": "r:", "kind": "k:"}[field], value))
        case tree.Has(what):
            return _one(f"===h:{what}")
        case tree.Is(what):
            return _one(f"===i:{what}" if what in ("verified", "sensitive") else f"===k:{what}")
        case tree.AtLeast() | tree.Sentiment():
            return _measured(node)
        case _:
            return _UNKNOWN


def _measured(node: tree.AtLeast | tree.Sentiment) -> _Bounds:
    match node:
        case tree.AtLeast(field, n):
            size = size_of(n)
            if not size:
                return _UNKNOWN
            tokens = [f"===n:{field}:{size}" for size in range(size, TOP + 1)]
            is_edge = size != size_of(n - 1)
            return _Bounds(_any_of(tokens).upper, _any_of(tokens[not is_edge :]).lower)
        case tree.Sentiment(op, value):
            return _sentiment(op, value)


def _sentiment(op: str, value: float) -> _Bounds:
    if (op, value) in ((">=", 0.05), ("<=", -0.05)):
        return _one(f"===v:{'+' if value > 0 else '-'}")
    if op == "=":
        return _Bounds(string(f"===c:{step_of(value)}"), NONE)
    if op in ("<", ">"):  # the next number that a float can be makes them <= and >=
        value = math.nextafter(value, math.copysign(math.inf, 1 if op == ">" else -1))
    step = step_of(value)
    if op[0] == ">":
        is_edge = step_of(math.nextafter(value, -math.inf)) < step
        return _Bounds(_steps(step, 99), _steps(step if is_edge else step + 1, 99))
    is_edge = step_of(math.nextafter(value, math.inf)) > step
    return _Bounds(_steps(-100, step), _steps(-100, step if is_edge else step - 1))


def _steps(first: int, last: int) -> str:
    """Return what finds scores of these hundredths, by whole tenths where it can."""
    tokens = []
    while first <= last:
        if first % 10 == 0 and first + 9 <= last:
            tokens.append(f"===b:{first // 10}")
            first += 10
        else:
            tokens.append(f"===c:{first}")
            first += 1
    return _either(map(string, tokens))


def _phrase(node: tree.Phrase) -> _Bounds:
    runs: list[list[str]] = [[]]
    for token in node.tokens:
        if token is None:
            runs.append([])
        else:
            runs[-1].append(token)
    texts = [string(" ".join(run)) for run in runs if run]
    if node.prefix:
        texts[-1] += " *"
    is_whole = all(len(token or "") <= _TOKEN for token in node.tokens)
    if len(texts) == 1:
        return _Bounds(texts[0], texts[0] if is_whole else NONE)
    return _Bounds(f"NEAR({' '.join(texts)}, {len(node.tokens)})", NONE)


def _near(node: tree.Near, people: People) -> _Bounds:
    """Return FTS5's own NEAR for each choice of alternatives, wide enough to miss nothing.

    FTS5 counts the tokens between the end of any operand and the begin of the last, so the
    tokens of the operands themselves are added to the distance. Two operands without a
    common token, in any order, mean the same to FTS5 and to us.
    """
    choices = [part.parts if isinstance(part, tree.Or) else (part,) for part in node.operands]
    phrases = [
        [part for part in choice if isinstance(part, tree.Phrase) and None not in part.tokens]
        for choice in choices
    ]
    count = math.prod(map(len, choices))
    if count > _COMBINATIONS or [*map(len, choices)] != [*map(len, phrases)]:
        parts = [_bounds(part, people).upper for part in node.operands]
        return _Bounds(_both(parts), NONE)
    found, is_exact = [], len(choices) == 2 and not node.ordered
    for combination in itertools.product(*phrases):
        tokens = [token for phrase in combination for token in phrase.tokens]
        is_exact &= len(set(tokens)) == len(tokens) and not any(p.prefix for p in combination)
        found.append((" ".join(_phrase(phrase).upper for phrase in combination), len(tokens)))
    upper = _either(
        f"NEAR({texts}, {node.distance if is_exact else node.distance + size})"
        for texts, size in found
    )
    return _Bounds(upper, upper if is_exact else NONE)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a query is asked of the store.

    Attributes
    ----------
    match : str
        The FTS5 expression: :data:`ALL`, :data:`NONE`, or one that finds all that match.
    where : str
        Conditions in SQL over ``i`` (items) and ``a`` (addresses), joined by AND, or "".
    values : tuple
        What its question marks stand for.
    start, end : int or None
        Microseconds since 1970: no match lies before `start`, nor at or after `end`.
    is_exact : bool
        Whether what these find is what matches; if not, the matcher has the last word.
    is_addressed : bool
        Whether only items with an address can match.
    keyed : tuple of (bool, str)
        JSON lists of pairs of source and id, of which one must be met or, if false, none: by the
        row's number, so that no item is read.
    """

    match: str
    where: str
    values: tuple[object, ...]
    start: int | None
    end: int | None
    is_exact: bool
    is_addressed: bool
    keyed: tuple[tuple[bool, str], ...] = ()


def compile_query(
    query: Query,
    *,
    now: datetime,
    lists: Mapping[str, Collection[str]] | None = None,
) -> Plan:
    """Return how a query is asked of the store.

    Parameters
    ----------
    query : Query
    now : datetime
        From when ``within_time:`` counts back, and by when ``expires:`` may have run out.
    lists : mapping of str to collection of str, optional
        Handles by the name of their people list.

    Raises
    ------
    QueryError
        If the query names a list that is not among `lists`.
    """
    people = query._find(lists)  # noqa: SLF001 - the same package
    node = resolve(query.tree, lambda leaf, _: _decided(leaf, now))
    if isinstance(node, bool):  # no more than an expiry, and what it left
        node = tree.And(()) if node else tree.Or(())
    top = node.parts if isinstance(node, tree.And) else (node,)
    start: int | None = None
    end: int | None = None
    indexed: list[tree.Node] = []
    where: list[str] = []
    values: list[object] = []
    keyed: list[tuple[bool, str]] = []
    is_exact = True
    for part in top:
        if isinstance(part, tree.Between | tree.Within):
            begin, until = _span(part, now)
            start = begin if start is None else max(start, begin if begin is not None else start)
            end = until if end is None else min(end, until if until is not None else end)
            continue
        inner = part.part if isinstance(part, tree.Not) else part
        if isinstance(inner, tree.Key):
            keyed.append((inner is part, _pairs(inner, people)))
            continue
        indexed.append(part)
        bounds = _bounds(part, people)
        if bounds.upper == bounds.lower:
            continue
        if all(map(_is_in_row, tree.leaves(part))):
            where.append(_condition(part, now, values))
        else:
            is_exact = False
    match = _bounds(tree.And(tuple(indexed)), people).upper
    return Plan(
        match=match,
        where=" AND ".join(where),
        values=tuple(values),
        start=start,
        end=end,
        is_exact=is_exact,
        is_addressed=any(isinstance(part, tree.Url) and _is_in_row(part) for part in top),
        keyed=tuple(keyed),
    )


def _pairs(node: tree.Key, people: People) -> str:
    keys = people[f"id:{node.value}"] if node.is_list else (node.value,)
    return json.dumps([[*key.split(":", 1)] for key in keys if ":" in key])


def _decided(leaf: tree.Node, now: datetime) -> bool | None:
    return now < leaf.when if isinstance(leaf, tree.Expires) else None


def _is_in_row(leaf: tree.Node) -> bool:
    """Return whether SQL can decide a leaf."""
    if isinstance(leaf, tree.Url):
        return not _UNBOUND.search(leaf.part)
    return isinstance(leaf, tree.AtLeast | tree.Between | tree.Regex | tree.Sentiment | tree.Within)


def _span(node: tree.Between | tree.Within, now: datetime) -> tuple[int | None, int | None]:
    """Return the first microsecond of a span and the first after it."""
    if isinstance(node, tree.Within):
        last = to_micros(now)
        return max(last - node.span // _MICRO, _LONG_AGO), last + 1
    return (
        None if node.start is None else to_micros(node.start),
        None if node.end is None else to_micros(node.end),
    )


def _condition(node: tree.Node, now: datetime, values: list[object]) -> str:
    """Return the condition that decides a node from the row, and note its values.

    It is never null, so that it may be negated.
    """
    match node:
        case tree.And(parts) | tree.Or(parts):
            sign = " AND " if isinstance(node, tree.And) else " OR "
            return f"({sign.join(_condition(part, now, values) for part in parts)})"
        case tree.Not(part):
            return f"NOT {_condition(part, now, values)}"
        case tree.Between() | tree.Within():
            limits = [
                (sign, limit)
                for sign, limit in zip((">=", "<"), _span(node, now), strict=True)
                if limit is not None
            ]
            values.extend(limit for _, limit in limits)
            return f"({' AND '.join(f'i.time {sign} ?' for sign, _ in limits) or '1'})"
        case tree.AtLeast(field, n):
            values.append(n)
            return f"coalesce(i.{field} >= ?, 0)"
        case tree.Sentiment(op, value):
            values.append(value)
            return f"coalesce(i.compound {op} ?, 0)"
        case tree.Url(part):
            values.append(part)
            return "coalesce(instr(a.urls, ?), 0) > 0"
        case tree.Regex(pattern):
            values.append(pattern)
            return "wb_finds(?, i.title, i.text)"
        case _:
            raise TypeError(f"{node!r} is not decided from the row")
