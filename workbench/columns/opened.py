"""One post opened: what it answers, itself whole, why it is here, what answers it, what is alike.

Nothing of it is what its column would keep from its readers: the post itself is one that the column
shows, and of what stands around it nothing is muted, hidden or, where that is left out, sensitive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Final

from workbench.columns.fold import Group
from workbench.columns.guard import Guard, item_of
from workbench.columns.marking import Marks
from workbench.columns.post import draw, standing
from workbench.columns.tree import Node, el
from workbench.columns.why import explained
from workbench.columns.words import counted
from workbench.decks import Column, Deck
from workbench.items import Item
from workbench.store import Store, Thread

__all__ = ["opened"]

_ALIKE: Final = 20  # items that say the same, listed at most
_NAMES: Final = 50  # of those who reposted it
_BEGINS: Final = {
    "unknown": "The post it answers is not stored.",
    "withdrawn": "The post it answers was withdrawn at its source.",
    "further": "It began earlier; this is the last of it.",
    "hidden": "A post before this one is not shown here.",
}


def opened(
    store: Store,
    deck: Deck,
    column: Column,
    key: str,
    *,
    now: datetime,
    group: Group | None = None,
    media: str = "off",
) -> list[Node] | None:
    """Return a post with all that belongs to it, as elements.

    Parameters
    ----------
    store : Store
    deck : Deck
    column : Column
        Of the deck: the one in which it is opened.
    key : str
        ``source:id``.
    now : datetime
    group : Group, optional
        What stands behind it in its entry.
    media : {"off", "small", "large"}

    Returns
    -------
    list of Node or None
        None if the column does not show such an item.
    """
    item = item_of(store, key)
    guard, find = Guard(deck, column), partial(item_of, store)
    if item is None or not guard.shows(item, now) or not guard.hands_on(item, now, find):
        return None
    shown = guard.shown_for(item, now, find)
    thread = store.thread(shown.source, shown.id)
    if thread is None:  # withdrawn a moment ago
        return None

    def post(each: Item, marks: Marks | None = None) -> Node:
        drawn = draw(each, media=media, is_open=column.sensitive == "shown", marks=marks)
        return standing(drawn, "wb-opened" if marks is not None else "")

    marks, why = explained(item, deck, column, now)
    above, begins = _above(thread, lambda each: guard.lets_pass(each, now))
    below = _below(thread, lambda each: guard.lets_pass(each, now))
    answers = [post(each) for each in below]
    cut = "More answers are stored than are shown." if thread.is_cut else ""
    return [
        *([el("p", "wb-note wb-s", _BEGINS[begins])] if begins else []),
        *(post(each) for each in above),
        post(thread.item, marks),
        *_reposts(group),
        el("section", "wb-reasons", *why),
        *_listed("answers", counted(len(below), "answer") if below else "", answers, cut),
        *_alike(store, key, group, post, lambda each: guard.shows(each, now)),
    ]


def _above(thread: Thread, lets_pass: Callable[[Item], bool]) -> tuple[list[Item], str]:
    """Return what is shown above, down from the last that may not be; and how it begins."""
    shown: list[Item] = []
    for each in reversed(thread.above):
        if not lets_pass(each):
            return shown[::-1], "hidden"
        shown.append(each)
    return shown[::-1], thread.start


def _below(thread: Thread, lets_pass: Callable[[Item], bool]) -> list[Item]:
    """Return the answers that are shown: none that answers one that may not be."""
    barred: set[str] = set()
    shown: list[Item] = []
    for each in thread.below:
        if each.reply_to in barred or not lets_pass(each):
            barred.add(each.id)
        else:
            shown.append(each)
    return shown


def _reposts(group: Group | None) -> list[Node]:
    names = group.names[:_NAMES] if group else []
    if group is None or not names:
        return []
    shown: list[Node] = []
    for name in names:
        shown += [", " if shown else "", el("bdi", "", name, {"dir": "auto"})]
    n = group.count("repost")
    more = f" and {counted(n - len(names), 'other')}" if n > len(names) else ""
    return [el("p", "wb-note wb-s", f"{counted(n, 'repost')}: ", *shown, more)]


def _alike(
    store: Store,
    key: str,
    group: Group | None,
    post: Callable[[Item], Node],
    shows: Callable[[Item], bool],
) -> list[Node]:
    if group is None:
        return []
    keys = [each for each in group.keys("alike") if each != key][:_ALIKE]
    items = [item for each in keys if (item := item_of(store, each)) and shows(item)]
    n = group.count("alike")
    cut = f"The newest {len(items)} of {n:,}." if n > len(items) else ""
    return _listed("alike", f"{n:,} alike" if n else "", map(post, items), cut)


def _listed(name: str, title: str, posts: Iterable[Node], cut: str) -> list[Node]:
    if not title:
        return []
    more = el("p", "wb-note wb-s", cut) if cut else None
    return [el("section", f"wb-of-{name}", el("h3", "", title), *posts, more)]
