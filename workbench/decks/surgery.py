"""Changing a deck file's text: the lines that a change is about, and no others.

Where a value stands is known from the nodes that YAML's own composer makes. What is changed is
cut out or written in at that place; spacing, quotes, comments and order of all else stay as
their owner wrote them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from workbench.decks.lines import Lines
from workbench.decks.reading import plain
from workbench.decks.writing import entry, flow, is_flat, item, scalar

__all__ = ["Path", "Unwritable", "drop", "extend", "insert", "move", "put"]

Path = tuple[str | int, ...]
"""Keys and positions that lead to a value, from the top of the file."""


class Unwritable(Exception):  # noqa: N818 - reads as what happened
    """A place that is written in a way in which it cannot be changed line by line."""


def _find(text: str, path: Path) -> Any:
    """Return the node at a place: YAML's own, which has no types worth the name."""
    node: Any = YAML().compose(text)
    for step in path:
        if isinstance(node, MappingNode):
            node = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, SequenceNode) and isinstance(step, int):
            node = node.value[step] if step < len(node.value) else None
        else:
            node = None
    if node is None:
        raise Unwritable
    return node


def _end(text: str, node: Any, least: int) -> int:
    """Return where what a node holds ends; `least` is where it begins, should it hold nothing."""
    if isinstance(node, ScalarNode) or node.flow_style:
        begin, end = int(node.start_mark.index), int(node.end_mark.index)
        if isinstance(node, ScalarNode) and node.style in ("|", ">"):
            return begin + len(text[begin:end].rstrip())
        return max(least, end) if end > begin else least
    if not node.value:
        return least
    last = node.value[-1]
    if isinstance(node, MappingNode):
        return _end(text, last[1], last[0].end_mark.index + 1)
    return _end(text, last, last.start_mark.index)


class _Entries:
    """The entries of a mapping or list that has its own lines: where each begins and ends."""

    def __init__(self, text: str, node: Any) -> None:
        if node.flow_style or not node.value:
            raise Unwritable
        self.lines = Lines(text)
        self.spans: list[tuple[int, int]] = []
        starts = [
            each[0].start_mark if isinstance(node, MappingNode) else each.start_mark
            for each in node.value
        ]
        self.is_list = isinstance(node, SequenceNode)
        self.margin = node.start_mark.column
        for n, each in enumerate(node.value):
            value = each if self.is_list else each[1]
            least = starts[n].index if self.is_list else each[0].end_mark.index + 1
            first = self.lines.number(starts[n].index)
            if self.is_list:
                first = self._dash(first)
            last = self.lines.number(max(least, _end(text, value, least)) - 1) + 1
            self.spans.append((first, max(last, first + 1)))
        if any(a[1] > b[0] for a, b in pairwise(self.spans)):
            raise Unwritable

    def _dash(self, number: int) -> int:
        """Return the line of an entry's dash, which may stand alone above the entry."""
        while number >= 0:
            line = self.lines.all[number]
            if line[self.margin : self.margin + 1] == "-" and not line[: self.margin].strip():
                return number
            number -= 1
        raise Unwritable

    def whole(self, n: int) -> tuple[int, int]:
        """Return the lines of an entry with the comments that are its own.

        These are the ones right above it, with no line free between, and those below that stand
        deeper than it.
        """
        first, last = self.spans[n]
        floor = self.spans[n - 1][1] if n else 0
        lines = self.lines
        while first > floor and lines.is_comment(first - 1):
            if lines.margin(first - 1) != self.margin:
                break
            first -= 1
        return first, self.tail(n, last)

    def are_apart(self) -> bool:
        """Return whether there is a line free between any two entries."""
        lines, spans = self.lines.all, self.spans
        pairs = pairwise(spans)
        return len(spans) > 1 and all(
            any(not line.strip() for line in lines[before[1] : after[0]]) for before, after in pairs
        )

    def tail(self, n: int, last: int) -> int:
        """Return the line after an entry and the comments below it that stand deeper."""
        roof = self.spans[n + 1][0] if n + 1 < len(self.spans) else len(self.lines.all)
        number = last
        while number < roof:
            if self.lines.is_comment(number) and self.lines.margin(number) > self.margin:
                last = number + 1
            elif self.lines.all[number].strip():
                break
            number += 1
        return last


# Changes.


def put(text: str, path: Path, value: Any, *, order: Sequence[str] = ()) -> str:
    """Return the text with a value at a place, where there may be another or none.

    What is there is changed no more than it takes: of a mapping the keys that differ, of a list
    the entries that do.

    Parameters
    ----------
    text : str
    path : Path
        The last step is a key.
    value : object
        Plain data.
    order : sequence of str
        The keys as they usually follow each other: a new one is written after those before it.

    Raises
    ------
    Unwritable
        If the text is written in a way in which it cannot be done.
    """
    parent = _find(text, path[:-1])
    if not isinstance(parent, MappingNode):
        raise Unwritable
    names = [key.value for key, _ in parent.value]
    name = str(path[-1])
    if name not in names:
        return _added(text, parent, name, value, order)
    node = parent.value[names.index(name)][1]
    before = plain(YAML().constructor.construct_document(node))
    if before == value:
        return text
    if before and value:
        if isinstance(node, MappingNode) and isinstance(value, Mapping):
            return _merged(text, path, before, value)
        if isinstance(node, SequenceNode) and isinstance(value, list | tuple):
            return _aligned(text, path, before, list(value))
    is_plain = not isinstance(value, Mapping | list | tuple)
    begin, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, ScalarNode):
        is_inline = is_plain and begin < end and node.style not in ("|", ">")
    else:
        is_inline = node.flow_style and (is_plain or is_flat(value))
    if is_inline or parent.flow_style:
        return text[:begin] + flow(value, name) + text[end:]
    return _replaced(text, parent, names.index(name), value)


def _merged(text: str, path: Path, before: Mapping[str, Any], value: Mapping[str, Any]) -> str:
    """Return the text with a mapping made to be another, key by key."""
    for name, each in value.items():
        text = put(text, (*path, name), each)
    for name in [each for each in before if each not in value]:
        text = drop(text, (*path, name))
    return text


def _aligned(text: str, path: Path, before: list[Any], after: list[Any]) -> str:
    """Return the text with a list made to be another, by as few entries as it takes."""
    keys = [[json.dumps(each, sort_keys=True) for each in side] for side in (before, after)]
    changes = SequenceMatcher(a=keys[0], b=keys[1], autojunk=False).get_opcodes()
    for what, first, last, begin, end in reversed(changes):
        if what == "equal":
            continue
        for n in range(begin, end):  # written first, so that the list is never empty
            text = insert(text, path, last + n - begin, after[n])
        for n in reversed(range(first, last)):
            text = drop(text, (*path, n))
    return text


def _replaced(text: str, parent: Any, n: int, value: Any) -> str:
    """Return the text with an entry of a mapping written anew, comments beside it included."""
    entries = _Entries(text, parent)
    first, last = entries.spans[n]
    key = parent.value[n][0]
    head = entries.lines.all[first][: key.start_mark.column]
    made = entries.lines.written(entry(key.value, value), entries.margin)
    made[0] = head + made[0][len(head) :]
    return entries.lines.joined(first, last, made)


def _added(text: str, parent: Any, name: str, value: Any, order: Sequence[str]) -> str:
    if parent.flow_style:
        written = f"{scalar(name)}: {flow(value, name)}"
        return _into_flow(text, parent, len(parent.value), written)
    entries = _Entries(text, parent)
    names = [key.value for key, _ in parent.value]
    earlier = order[: order.index(name)] if name in order else ()
    known = [n for n, each in enumerate(names) if each in earlier]
    after = max(known) if known else len(names) - 1
    last = entries.tail(after, entries.spans[after][1])
    made = entries.lines.written(entry(name, value), entries.margin)
    if len(made) > 1 and not entries.margin:
        made.insert(0, entries.lines.end)  # a part of its own, as the others at the top are
    return entries.lines.joined(last, last, made)


def _into_flow(text: str, node: Any, at: int, written: str) -> str:
    spans = list(_flow_spans(text, node))
    if not spans:
        index = node.start_mark.index + 1
        return text[:index] + written + text[index:]
    if at < len(spans):
        index = spans[at][0]
        return f"{text[:index]}{written}, {text[index:]}"
    index = spans[-1][1]
    return f"{text[:index]}, {written}{text[index:]}"


def _flow_spans(text: str, node: Any) -> Iterator[tuple[int, int]]:
    for each in node.value:
        first, last = each if isinstance(node, MappingNode) else (each, each)
        yield first.start_mark.index, _end(text, last, first.end_mark.index)


def drop(text: str, path: Path) -> str:
    """Return the text without a key or an entry of a list, and the comments that are its own.

    Raises
    ------
    Unwritable
        If the text is written in a way in which it cannot be done.
    """
    parent = _find(text, path[:-1])
    if isinstance(parent, MappingNode):
        n = [key.value for key, _ in parent.value].index(path[-1])
    else:
        n = int(path[-1])
    if len(parent.value) < 2:
        raise Unwritable  # nothing would be left under the key
    if parent.flow_style:
        spans = list(_flow_spans(text, parent))
        begin, end = (spans[n - 1][1], spans[n][1]) if n else (spans[0][0], spans[1][0])
        if re.search(r"\s#", text[begin:end]):
            raise Unwritable  # a comment might go along that is about something else
        return text[:begin] + text[end:]
    entries = _Entries(text, parent)
    first, last = entries.whole(n)
    lines = entries.lines
    if not entries.is_list and n == 0 and lines.margin(entries.spans[0][0]) < entries.margin:
        # The first key of a list's entry stands behind its dash: the next one takes its place.
        begin = parent.value[0][0].start_mark.index
        return text[:begin] + text[parent.value[1][0].start_mark.index :]
    is_part = not entries.margin and not entries.is_list
    if first and lines.is_free(first - 1) and (is_part or lines.is_free(last)):
        first -= 1  # the line free above it goes along
    return lines.joined(first, last, [])


def insert(text: str, path: Path, at: int, value: Any) -> str:
    """Return the text with one more entry in a list, at a position.

    Raises
    ------
    Unwritable
        If the text is written in a way in which it cannot be done.
    """
    node = _find(text, path)
    if not isinstance(node, SequenceNode):
        raise Unwritable
    if node.flow_style:
        return _into_flow(text, node, at, flow(value))
    entries = _Entries(text, node)
    made = entries.lines.written(_like(entries, item(value)), entries.margin)
    gap = [entries.lines.end] if entries.are_apart() else []
    if at >= len(entries.spans):
        last = entries.tail(len(entries.spans) - 1, entries.spans[-1][1])
        return entries.lines.joined(last, last, [*gap, *made])
    first, _ = entries.whole(at)
    return entries.lines.joined(first, first, [*made, *gap])


def extend(text: str, path: Path, values: Sequence[Any]) -> str:
    """Return the text with more entries at the end of a list that has some.

    Raises
    ------
    Unwritable
        If the text is written in a way in which it cannot be done.
    """
    node = _find(text, path)
    if not isinstance(node, SequenceNode) or node.flow_style:
        raise Unwritable
    entries = _Entries(text, node)
    gap = [entries.lines.end] if entries.are_apart() else []
    made: list[str] = []
    for value in values:
        made += [*gap, *entries.lines.written(_like(entries, item(value)), entries.margin)]
    last = entries.tail(len(entries.spans) - 1, entries.spans[-1][1])
    return entries.lines.joined(last, last, made)


def _like(entries: _Entries, item: list[str]) -> list[str]:
    """Return an entry's lines with as much room behind the dash as the list's others have."""
    last = entries.lines.all[entries.spans[-1][0]][entries.margin + 1 :]
    room = len(last) - len(last.lstrip(" "))
    if not last.strip() or room < 1:
        return item
    first, *rest = item
    return [f"-{' ' * room}{first[2:]}", *(f"{' ' * (room - 1)}{line}" for line in rest)]


def move(text: str, path: Path, start: int, to: int) -> str:
    """Return the text with an entry of a list, and its comments, at another position.

    Raises
    ------
    Unwritable
        If the text is written in a way in which it cannot be done.
    """
    node = _find(text, path)
    if not isinstance(node, SequenceNode):
        raise Unwritable
    if start == to:
        return text
    if node.flow_style:
        begin, end = list(_flow_spans(text, node))[start]
        return _into_flow_without(text, path, start, to, text[begin:end])
    entries = _Entries(text, node)
    order = list(range(len(entries.spans)))
    order.insert(to, order.pop(start))
    wholes = [entries.whole(n) for n in range(len(entries.spans))]
    lines = entries.lines
    made: list[str] = []
    for place, n in enumerate(order):
        taken = lines.all[slice(*wholes[n])]
        if not taken[-1].endswith("\n"):
            taken[-1] += lines.end
        made += taken
        if place + 1 < len(order):  # what stands between two places stays there
            made += lines.all[wholes[place][1] : wholes[place + 1][0]]
    first, last = wholes[0][0], wholes[-1][1]
    if last == len(lines.all) and not lines.all[-1].endswith("\n"):
        made[-1] = made[-1].removesuffix(lines.end)
    return lines.joined(first, last, made)


def _into_flow_without(text: str, path: Path, start: int, to: int, written: str) -> str:
    text = drop(text, (*path, start))
    return _into_flow(text, _find(text, path), to, written)
