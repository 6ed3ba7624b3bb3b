"""Why an item matches a query: the clauses that hold of it, and where in its words they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

from workbench.items import Item
from workbench.query import tree
from workbench.query.find import finder, near_spans
from workbench.query.match import People, compile_tree, document
from workbench.query.regex import found_by
from workbench.query.write import write
from workbench.tokens import Place, fold, places

__all__ = ["Reason", "reasons"]

Spans = tuple[tuple[int, int], ...]

_MOST: Final = 200  # places of one clause in one field
_SIGNS: Final = {"hashtag": "#＃", "cashtag": "$＄", "mention": "@＠"}
_SLACK: Final = 8  # characters that a written tag may have more than twice its folded form


class Reason(NamedTuple):
    """One clause of a query that holds of an item.

    Attributes
    ----------
    node : Node
        The clause: a leaf, or a Not.
    title, text : tuple of (int, int)
        Where it stands in title and text: the first character, and the one after the last. Empty
        where it is about something else than the words.
    """

    node: tree.Node
    title: Spans = ()
    text: Spans = ()

    @property
    def clause(self) -> str:
        """The clause as the query language writes it."""
        return write(self.node)


def reasons(node: tree.Node, item: Item, now: datetime, people: People) -> list[Reason]:
    """Return the clauses by which a matching item matches, in the query's order, each once.

    Of alternatives those that hold; of what is left out only where nothing else is asked for, so
    that there is always one.
    """
    field = _Fields(item, now, people)
    return list(dict.fromkeys(_reasons(node, field)))


class _Fields:
    """An item's title and text with the places of their tokens, worked out when asked for."""

    def __init__(self, item: Item, now: datetime, people: People) -> None:
        self.item = item
        self.now = now
        self.people = people
        self._places: dict[str, list[Place]] = {}

    def holds(self, node: tree.Node) -> bool:
        """Return whether a part of the query holds of the item."""
        return compile_tree(node)(document(self.item), self.now, self.people)

    def find(self, name: str, find: Callable[[list[str]], list[tuple[int, int]]]) -> Spans:
        """Return where in the characters of a field something stands among its tokens."""
        text = getattr(self.item, name)
        if not text:
            return ()
        if name not in self._places:
            self._places[name] = places(text)
        known = self._places[name]
        spans = find([place.token for place in known])[:_MOST]
        return tuple((known[start].start, known[end - 1].end) for start, end in spans)

    def look(self, name: str, find: Callable[[str], list[tuple[int, int]]]) -> Spans:
        """Return where in a field something stands as it is written."""
        text = getattr(self.item, name)
        return tuple(find(text)[:_MOST]) if text else ()


def _reasons(node: tree.Node, field: _Fields) -> Iterator[Reason]:
    match node:
        case tree.And(parts):
            asked = [part for part in parts if not isinstance(part, tree.Not)]
            for part in asked or parts:
                yield from _reasons(part, field)
        case tree.Or(parts):
            for part in parts:
                if field.holds(part):
                    yield from _reasons(part, field)
        case _:
            if field.holds(node):
                yield _reason(node, field)


def _reason(node: tree.Node, field: _Fields) -> Reason:
    match node:
        case tree.Phrase() | tree.Wildcard():
            find = finder(node)
            return Reason(node, field.find("title", find), field.find("text", find))
        case tree.InTitle(phrase):
            return Reason(node, field.find("title", finder(phrase)))
        case tree.Near():
            return Reason(
                node,
                field.find("title", lambda tokens: near_spans(node, tokens)),
                field.find("text", lambda tokens: near_spans(node, tokens)),
            )
        case tree.Regex(pattern):
            return Reason(
                node,
                field.look("title", lambda text: found_by(pattern, text, most=_MOST)),
                field.look("text", lambda text: found_by(pattern, text, most=_MOST)),
            )
        case tree.Entity(kind, value) if kind in _SIGNS:
            return Reason(
                node,
                field.look("title", lambda text: _signed(text, _SIGNS[kind], value)),
                field.look("text", lambda text: _signed(text, _SIGNS[kind], value)),
            )
        case _:
            return Reason(node)


def _signed(text: str, signs: str, value: str) -> list[tuple[int, int]]:
    """Return where a hashtag, cashtag or mention stands with its sign."""
    found: list[tuple[int, int]] = []
    starts = (i for i, char in enumerate(text) if char in signs)
    for start, _ in zip(starts, range(_MOST), strict=False):
        for end in range(start + 2, min(len(text), start + 2 * len(value) + _SLACK) + 1):
            is_whole = end == len(text) or not (text[end].isalnum() or text[end] == "_")
            if is_whole and fold(text[start + 1 : end]) == value:
                found.append((start, end))
                break
    return found
