"""Where words, wildcards and phrases stand in a list of tokens, and which stand near."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence

from workbench.query.tree import Near, Node, Or, Phrase, Wildcard

__all__ = ["Span", "finder", "near", "near_spans", "pattern"]

Span = tuple[int, int]
"""The first token, and the one after the last."""

Finder = Callable[[Sequence[str]], list[Span]]
"""Returns every place of something in a field's tokens, in order."""


def pattern(wildcard: Wildcard) -> re.Pattern[str]:
    """Return a compiled pattern that a token must match as a whole."""
    parts = re.split(r"([?*])", wildcard.pattern)
    signs = {"?": ".", "*": ".*"}
    return re.compile("".join(signs.get(part) or re.escape(part) for part in parts), re.DOTALL)


def finder(node: Node) -> Finder:
    """Return a function that finds a word, wildcard, phrase or an Or of these."""
    match node:
        case Phrase(tokens, prefix):
            return _phrase(tokens, prefix=prefix)
        case Wildcard():
            whole = pattern(node).fullmatch
            return lambda field: [(i, i + 1) for i, token in enumerate(field) if whole(token)]
        case Or(parts):
            finders = tuple(map(finder, parts))
            return lambda field: sorted({span for find in finders for span in find(field)})
        case _:
            raise TypeError(f"{node!r} does not stand in one place")


def _phrase(tokens: tuple[str | None, ...], *, prefix: bool) -> Finder:
    first, last, size = tokens[0], tokens[-1] or "", len(tokens)
    if size == 1:
        if prefix:
            return lambda field: [
                (i, i + 1) for i, token in enumerate(field) if token.startswith(last)
            ]
        return lambda field: [(i, i + 1) for i, token in enumerate(field) if token == last]
    inner = [(k, token) for k, token in enumerate(tokens[:-1]) if k and token is not None]

    def find(field: Sequence[str]) -> list[Span]:
        spans = []
        for i in range(len(field) - size + 1):
            if field[i] != first or any(field[i + k] != token for k, token in inner):
                continue
            end = field[i + size - 1]
            if end == last or (prefix and end.startswith(last)):
                spans.append((i, i + size))
        return spans

    return find


def near(node: Near) -> Callable[[Sequence[str]], bool]:
    """Return a test that tells whether the operands stand near each other in a field."""
    finders = tuple(map(finder, node.operands))

    def test(field: Sequence[str]) -> bool:
        places = []
        for find in finders:
            spans = find(field)
            if not spans:
                return False
            places.append(spans)
        return _is_near(node, places)

    return test


def near_spans(node: Near, field: Sequence[str]) -> list[Span]:
    """Return every place of an operand that stands near all the others, in order."""
    places = [find(field) for find in map(finder, node.operands)]
    if not all(places):
        return []
    found = {
        span
        for number, spans in enumerate(places)
        for span in spans
        if _is_near(node, [*places[:number], [span], *places[number + 1 :]])
    }
    return sorted(found)


def _is_near(node: Near, places: list[list[Span]]) -> bool:
    """Return whether of each operand one place can be chosen so that they stand near."""
    if node.ordered or len(places) == 2:
        before, after = places
        if _follows(before, after, node.distance):
            return True
        return not node.ordered and _follows(after, before, node.distance)
    return _gathered(places, node.distance)


def _follows(before: list[Span], after: list[Span], distance: int) -> bool:
    """Return whether something of `after` begins at most so many tokens behind a `before`."""
    ends = sorted(end for _, end in before)
    return any(
        bisect_left(ends, start - distance) < bisect_right(ends, start) for start, _ in after
    )


def _gathered(places: list[list[Span]], distance: int) -> bool:
    """Return whether one span of each fits without overlap into a short enough stretch.

    Going along the field, we keep for each set of operands already placed the latest place
    where it can have begun: the lengths being fixed, that one leaves the fewest gaps.
    """
    at: dict[int, list[tuple[int, int]]] = {}
    size = 0
    for number, spans in enumerate(places):
        size += spans[0][1] - spans[0][0]
        for start, end in spans:
            at.setdefault(start, []).append((1 << number, end))
    complete = (1 << len(places)) - 1
    begun: dict[int, int] = {}
    waiting: dict[int, list[tuple[int, int]]] = {}
    for i in _stops(places):
        for placed, start in waiting.pop(i, ()):
            if placed == complete and i - start - size <= distance:
                return True
            begun[placed] = max(start, begun.get(placed, -1))
        for bit, end in at.get(i, ()):
            ahead = waiting.setdefault(end, [])
            ahead.append((bit, i))
            ahead.extend((placed | bit, at_) for placed, at_ in begun.items() if not placed & bit)
    return False


def _stops(places: Iterable[list[Span]]) -> list[int]:
    """Return the positions at which something begins or ends, in order."""
    return sorted({i for spans in places for span in spans for i in span})
