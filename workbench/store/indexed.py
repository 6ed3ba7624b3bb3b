"""Counting by the index alone: how many items a selection holds, and how many hold each term."""

# ruff: noqa: S608 - what is put into SQL here are names and numbers of ours, never a value

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import apsw

from workbench.items import Item
from workbench.query.marks import mark
from workbench.query.sql import ALL, string
from workbench.store.connect import fetch
from workbench.store.select import Part, Selection, parts
from workbench.tokens import fold, tokenize

__all__ = ["SIGNS", "count", "is_indexed", "term_counts"]

SIGNS: Final = "#$"
"""What a term begins with that is a hashtag or a cashtag."""

_SECOND: Final = 1_000_000
_HOUR: Final = 3_600 * _SECOND
_MOST_STRETCHES: Final = 12


def is_indexed(selection: Selection, matches: Callable[[Item], bool] | None) -> bool:
    """Return whether the index decides alone what a selection holds."""
    return matches is None and not selection.plan.where


def count(connection: apsw.Connection, selection: Selection) -> int:
    """Return how many items a selection holds."""
    return sum(
        fetch(connection, _counting(part), part.values)[0][0]
        for stretch in _stretches(selection)
        for some in (_inside(stretch), *_edges(stretch))
        for part in parts(connection, some, has_items=False)
    )


def term_counts(
    connection: apsw.Connection,
    selection: Selection,
    terms: Iterable[str],
    at_most: Mapping[str, int],
) -> dict[str, int]:
    """Return how many items hold each term; of one that `at_most` names, no more than that many."""
    stretches = _stretches(selection)
    held = [part for stretch in stretches for part in _held(connection, stretch)]
    probe = _probe(connection, stretches)
    found = {}
    for term in terms:
        match, most = _expression(term, selection.plan.match), at_most.get(term)
        if not match or most == 0:
            found[term] = 0
        elif most is not None and probe.reaches(connection, match, most):
            found[term] = most
        else:
            counted = sum(
                fetch(connection, _counting(part), (match, *part.values[1:]))[0][0] for part in held
            )
            found[term] = counted if most is None else min(counted, most)
    return found


def _held(connection: apsw.Connection, selection: Selection) -> list[Part]:
    return list(parts(connection, selection, match=string("?"), has_items=False))


def _stretches(selection: Selection) -> list[Selection]:
    """Return what lies between the hours that are skipped, newest first, if these are few.

    Then no row must be looked up among the hours, which takes as long as to find it.
    """
    begin, until = selection.begin, selection.until
    if not selection.skipped or begin is None or until is None:
        return [selection]
    bounds = [begin]
    for hour in sorted(selection.skipped):
        bounds += [max(begin, hour * _HOUR), max(begin, (hour + 1) * _HOUR)]
    bounds.append(until)
    found = [
        replace(selection, start=start, end=min(end, until), skipped=())
        for start, end in zip(bounds[::2], bounds[1::2], strict=True)
        if start < min(end, until)
    ]
    return found[::-1] if len(found) <= _MOST_STRETCHES else [selection]


def _inside(selection: Selection) -> Selection:
    """Return the whole seconds of a selection: there no row must be asked for its time."""
    begin, until = selection.begin, selection.until
    return replace(
        selection,
        start=None if begin is None else -(-begin // _SECOND) * _SECOND,
        end=None if until is None else until // _SECOND * _SECOND,
    )


def _edges(selection: Selection) -> list[Selection]:
    """Return what a selection holds besides its whole seconds."""
    inside = _inside(selection)
    begin, until = selection.begin, selection.until
    found = []
    if begin is not None and inside.begin != begin:
        end = inside.begin if until is None or inside.begin is None else min(inside.begin, until)
        found.append(replace(selection, end=end))
    if until is not None and inside.until != until:
        start = inside.until
        if start is not None and (begin is None or start >= begin):
            found.append(replace(selection, start=start))
    return found


class _Probe(NamedTuple):
    """What tells quickly whether at least so many items hold a term: true if so, else unknown.

    Most terms of a window are no more frequent than usual, and of these no more is asked. SQLite
    asks each row once more for every limit that it was given, so the upper one is left to the
    last row that is looked at.
    """

    newer: Sequence[Part]
    oldest: Part | None
    high: int

    def reaches(self, connection: apsw.Connection, match: str, least: int) -> bool:
        if self.oldest is None:
            return False
        left = least
        for part in self.newer:
            some = f"SELECT count(*) FROM (SELECT 1 FROM {part.tables} WHERE {part.where} LIMIT ?)"
            left -= fetch(connection, some, (match, *part.values[1:], left))[0][0]
            if left <= 0:
                return True
        # To skip all but one takes a quarter less than to count them.
        one = (
            f"SELECT f.rowid FROM {self.oldest.tables} WHERE {self.oldest.where}"
            " ORDER BY f.rowid LIMIT 1 OFFSET ?"
        )
        last = fetch(connection, one, (match, *self.oldest.values[1:], left - 1))
        return bool(last) and last[0][0] < self.high


def _probe(connection: apsw.Connection, stretches: Sequence[Selection]) -> _Probe:
    whole = list(map(_inside, stretches))
    held = [(some, part) for some in whole for part in _held(connection, some)]
    if not held:
        return _Probe((), None, 0)
    last = held[-1][0]
    newer = [part for _, part in held[:-1]]
    return _Probe(newer, _held(connection, replace(last, end=None))[-1], last.high)


def _expression(term: str, among: str) -> str:
    """Return what finds a term among what another expression finds; "" if nothing can."""
    if term[:1] in SIGNS:
        match = string(mark(term[0], fold(term[1:])))
    else:
        match = string(" ".join(tokenize(term)))
        if match == string(""):
            return ""
    if among == ALL:
        return match
    return f"({among} AND {match})" if among else ""


def _counting(part: Part) -> str:
    return f"SELECT count(*) FROM {part.tables} WHERE {part.where}"
