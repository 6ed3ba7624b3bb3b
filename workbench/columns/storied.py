"""One story opened: who had it first, what it says in short, and the posts that tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from workbench.columns.links import address_of
from workbench.columns.post import draw, standing
from workbench.columns.sighted import NAMES, in_order, long
from workbench.columns.stories import MARK, card, made_of
from workbench.columns.tree import Node, el, timed
from workbench.columns.words import counted, plain, since
from workbench.decks import Column, Deck
from workbench.items import Item
from workbench.store import Store
from workbench.text.telling import Story

__all__ = ["opened_story"]

_SHOWN: Final = 30
_MINUTE: Final = 60.0

Key = tuple[str, str]


def opened_story(
    store: Store, deck: Deck, column: Column, key: str, *, now: datetime, media: str = "off"
) -> list[Node] | None:
    """Return a story with all that belongs to it, as elements.

    Parameters
    ----------
    store : Store
    deck : Deck
    column : Column
        One of type stories, or that of what is pinned.
    key : str
        ``story:`` and its id; one that it had before it was merged into another will do.
    now : datetime
    media : {"off", "small", "large"}

    Returns
    -------
    list of Node or None
        None if there is no such story, or nothing of it that the column's readers may see.
    """
    if column.type not in ("stories", "pinned"):
        return None
    found = made_of(store, deck, column, key.removeprefix(MARK), now)
    if found is None or not _is_asked(column, deck, found[1], now):
        return None
    story, items, left = found
    by_key = {item.key: item for item in items}
    # What only passes on what stands beside it is counted, and not shown again.
    own = [item for item in items if item.kind != "repost"] or items
    shown = own[: -_SHOWN - 1 : -1]
    left += len(own) - len(shown)
    posts = [
        standing(draw(item, media=media, is_open=column.sensitive == "shown")) for item in shown
    ]
    return [
        card(story, width="wide", now=now, tag="div", is_closed=False),
        *_summary(story, by_key),
        *_times(story, by_key, now, deck.zone),
        el("h3", "", "Newest first"),
        el("p", "wb-note wb-s", f"{counted(left, 'older one')} not shown.") if left > 0 else "",
        *posts,
    ]


def _is_asked(column: Column, deck: Deck, items: Sequence[Item], now: datetime) -> bool:
    query = column.query
    if query is None or column.type != "stories":
        return True
    return any(query.matches(item, now=now, lists=deck.lists) for item in items)


def _summary(story: Story, items: Mapping[Key, Item]) -> list[Node]:
    """Return the sentences that say most, each with where it is from."""
    told = [
        el(
            "p",
            "wb-text wb-note",
            {"dir": "auto"},
            f"{plain(each.text)} ",
            _from(items.get(each.key)),
        )
        for each in story.summary
    ]
    return [el("h3", "", "In short"), *told] if told else []


def _from(item: Item | None) -> Node:
    if item is None:
        return ""
    name = plain(item.author_name) or plain(item.author) or "unknown author"
    address = address_of(item.url)
    inside = el("bdi", "", name, {"dir": "auto"})
    if address is None:
        return el("span", "wb-s", inside)
    about = {"href": address.href, "target": "_blank", "rel": "noopener noreferrer"}
    return el("a", "wb-url", about | {"title": f"Opens on {address.domain}"}, inside)


def _times(story: Story, items: Mapping[Key, Item], now: datetime, zone: str) -> list[Node]:
    """Return when each kind of sources first had it, how exact that is, and who it was."""
    told = []
    for tier, (key, when, doubt) in in_order(story):
        known = f" (± {long(timedelta(seconds=doubt))})" if doubt >= _MINUTE else ""
        first = timed(when, since(when, now, zone))
        where = NAMES[tier][1].capitalize()
        told.append(el("p", "", f"{where}: ", first, f"{known}, ", _from(items.get(key))))
    return [el("h3", "", "First seen"), *told] if told else []
