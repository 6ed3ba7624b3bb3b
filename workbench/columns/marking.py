"""Marks in a text: which of its words matched, and which made its mood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from workbench.columns.tree import Node, el

__all__ = ["Mark", "Marks", "marked"]

_MOST: Final = 300


class Mark(NamedTuple):
    """A stretch of a text that is set apart.

    Attributes
    ----------
    start, end : int
        Its first character, and the one after its last.
    name : {"hit", "pos", "neg"}
        It matched; it reads positive; it reads negative.
    """

    start: int
    end: int
    name: str


class Marks(NamedTuple):
    """The marks of an item."""

    title: tuple[Mark, ...] = ()
    text: tuple[Mark, ...] = ()


def marked(text: str, marks: Sequence[Mark], *, start: int = 0) -> list[Node]:
    """Return a part of a text as nodes, with what is marked of it set apart.

    Parameters
    ----------
    text : str
    marks : sequence of Mark
        Of the whole text.
    start : int
        Where in the whole the part begins.

    Examples
    --------
    >>> marked("Acme is late", [Mark(0, 4, "hit")])
    [['mark', {}, 'Acme'], ' is late']
    """
    end = start + len(text)
    within = [mark for mark in marks if mark.start < end and mark.end > start][:_MOST]
    nodes: list[Node] = []
    for first, last in _stretches(within, start, end):
        names = {mark.name for mark in within if mark.start <= first and mark.end >= last}
        part = text[first - start : last - start]
        classes = " ".join(f"wb-{name}" for name in sorted(names - {"hit"}))
        nodes.append(el("mark" if "hit" in names else "span", classes, part) if names else part)
    return nodes


def _stretches(marks: Sequence[Mark], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches between the places at which a mark begins or ends."""
    places = {place for mark in marks for place in mark[:2] if start < place < end}
    last = start
    for place in sorted({*places, end}):
        if place > last:
            yield last, place
        last = place
