"""Threads: what an item answers, and what answers it."""

# ruff: noqa: S608 - what is put into SQL here are names of ours, never a value

from __future__ import annotations

from collections import deque
from typing import Final, Literal, NamedTuple

import apsw

from workbench.items import Item
from workbench.store.connect import fetch
from workbench.store.read import get
from workbench.store.rows import SELECT, to_item

__all__ = ["DOWN", "UP", "Thread", "thread"]

UP: Final = 20
"""Items that are followed from one to what it answers."""
DOWN: Final = 50
"""Items that answer it, or one that does."""

# The index holds rows in their order, so that of a million answers only the first are read.
_ANSWERS: Final = (
    f"SELECT {SELECT} FROM items i INDEXED BY items_reply_to WHERE i.reply_to = ? AND i.source = ?"
    " AND i.deleted IS NULL AND NOT i.hidden ORDER BY i.row LIMIT ?"
)


class Thread(NamedTuple):
    """An item among those that it answers and those that answer it.

    Attributes
    ----------
    above : tuple of Item
        What it answers, what that answers, and so on: the first of them first.
    item : Item
    below : tuple of Item
        What answers it, each followed by its own answers; the earliest first.
    start : {"", "unknown", "withdrawn", "further"}
        Why `above` begins where it does: with what answers nothing; because what it answers is
        not stored, or was withdrawn at its source; or because there are too many.
    is_cut : bool
        Whether more items answer than are in `below`.
    """

    above: tuple[Item, ...]
    item: Item
    below: tuple[Item, ...]
    start: Literal["", "unknown", "withdrawn", "further"]
    is_cut: bool


def thread(
    connection: apsw.Connection, source: str, ident: str, *, up: int, down: int
) -> Thread | None:
    """Return the thread of an item, or None if it is unknown, hidden or was withdrawn."""
    item = get(connection, source, ident)
    if item is None or item.deleted:
        return None
    above, start = _above(connection, item, up)
    found = {each.id for each in (*above, item)}
    answers, is_cut = _answers(connection, item, found, down)
    return Thread(above, item, tuple(_in_order(item.id, answers)), start, is_cut)


def _above(
    connection: apsw.Connection, item: Item, most: int
) -> tuple[tuple[Item, ...], Literal["", "unknown", "withdrawn", "further"]]:
    chain = [item]
    seen = {item.id}
    start: Literal["", "unknown", "withdrawn", "further"] = ""
    while not start:
        first = chain[-1]
        # A reply whose parent the source did not name is one all the same.
        if first.reply_to is None:
            start = "unknown" if first.kind == "reply" else ""
            break
        if first.reply_to in seen:  # forged: nothing answers itself
            break
        parent = get(connection, item.source, first.reply_to)
        if parent is None:
            start = "unknown"
        elif parent.deleted:
            start = "withdrawn"
        elif len(chain) > most:
            start = "further"
        else:
            seen.add(parent.id)
            chain.append(parent)
    return tuple(reversed(chain[1:])), start


def _answers(
    connection: apsw.Connection, item: Item, seen: set[str], most: int
) -> tuple[dict[str, list[Item]], bool]:
    """Return answers by what they answer: all direct ones before any answer to these."""
    answers: dict[str, list[Item]] = {}
    waiting = deque([item.id])
    left = most
    while waiting:
        asked = waiting.popleft()
        for row in fetch(connection, _ANSWERS, (asked, item.source, left + 1)):
            answer = to_item(row)
            if answer.id in seen:
                continue
            if not left:
                return answers, True
            left -= 1
            seen.add(answer.id)
            answers.setdefault(asked, []).append(answer)
            waiting.append(answer.id)
    return answers, False


def _in_order(ident: str, answers: dict[str, list[Item]]) -> list[Item]:
    """Return what answers an item, each followed by what answers it."""
    ordered: list[Item] = []
    waiting = list(reversed(answers.get(ident, [])))
    while waiting:
        answer = waiting.pop()
        ordered.append(answer)
        waiting += reversed(answers.get(answer.id, []))
    return ordered
