"""The canonical text of a query: every tree has one, and it is read back to that tree."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

from workbench.query import tree
from workbench.tokens import is_single

__all__ = ["write"]

_BARE: Final = re.compile(r"[\w@./-]+")
_SIGNS: Final = {"hashtag": "#", "cashtag": "$", "mention": "@"}
_UNITS: Final = (("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60))


def write(node: tree.Node) -> str:
    """Return the text of a tree.

    Values are folded, moments are in UTC, and what the language can say in several ways is
    said in one.

    Examples
    --------
    >>> write(tree.And((tree.Phrase(("acme",)), tree.Not(tree.Phrase(("a", "b"))))))
    'acme -"a b"'
    """
    match node:
        case tree.And(parts):
            return " ".join(map(_part, parts))
        case tree.Or(parts):
            return " OR ".join(map(_part, parts))
        case tree.Not(part):
            return f"-{_part(part)}"
        case tree.Near(operands, distance, ordered):
            return _near(operands, distance, ordered=ordered)
        case tree.Phrase(tokens, prefix):
            return _phrase(tokens, prefix=prefix)
        case tree.Wildcard(pattern):
            return pattern
        case tree.InTitle(phrase):
            return f"intitle:{write(phrase)}"
        case tree.Regex(pattern):
            return f'regex:"{pattern}"'
        case _:
            return _leaf(node)


def _part(node: tree.Node) -> str:
    text = write(node)
    joined = isinstance(node, tree.And | tree.Or) or (
        isinstance(node, tree.Near) and len(node.operands) == 2
    )
    return f"({text})" if joined else text


def _near(operands: tuple[tree.Node, ...], distance: int, *, ordered: bool) -> str:
    if len(operands) == 2:
        left, right = map(_part, operands)
        return f"{left} NEAR/{distance}{'f' if ordered else ''} {right}"
    words = (
        "-".join(token or "" for token in operand.tokens)
        for operand in operands
        if isinstance(operand, tree.Phrase)
    )
    return f'"{" ".join(words)}"~{distance}'


def _phrase(tokens: tuple[str | None, ...], *, prefix: bool) -> str:
    text = tokens[0] or ""
    for before, token in pairwise(tokens):
        # Characters that are tokens by themselves are written together, as their readers do.
        joined = all(each and is_single(each[0]) for each in (before, token))
        text += ("" if joined else " ") + (token or "*")
    star = "*" if prefix else ""
    return f"{text}{star}" if len(tokens) == 1 else f'"{text}{star}"'


def _leaf(node: tree.Node) -> str:
    match node:
        case tree.Entity(kind, value):
            return f"{_SIGNS.get(kind) or f'{kind}:'}{_value(value)}"
        case tree.Account(role, handle):
            return f"{role}:{_value(handle)}"
        case tree.InList(name):
            return f"list:{_value(name)}"
        case tree.Lang(tag):
            return f"lang:{tag}"
        case tree.Domain(host):
            return f"domain:{_value(host)}"
        case tree.Url(part):
            return f'url:"{part}"'
        case tree.Value(field, value):
            return f"{field}:{_value(value)}"
        case tree.Has(what):
            return f"has:{what}"
        case tree.Is(what):
            return f"is:{what}"
        case _:
            return _measure(node)


def _value(value: str) -> str:
    return value if _BARE.fullmatch(value) else f'"{value}"'


def _measure(node: tree.Node) -> str:
    match node:
        case tree.Key(value):
            return f"id:{value}" if node.is_list else f'id:"{value}"'
        case tree.Between(start, end):
            bounds = (("since", start), ("until", end))
            return " ".join(f"{name}:{_time(when)}" for name, when in bounds if when is not None)
        case tree.Within(span):
            return f"within_time:{_span(span)}"
        case tree.Expires(when):
            return f"expires:{_time(when)}"
        case tree.AtLeast(field, n):
            return f"min_{field}:{n}"
        case tree.Sentiment(op, value):
            return f"sentiment:{op}{Decimal(repr(value)):f}"
        case _:
            raise TypeError(f"{node!r} is no node of a query")


def _time(when: datetime) -> str:
    return when.replace(tzinfo=None).isoformat() + "Z"


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for unit, size in _UNITS:
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
