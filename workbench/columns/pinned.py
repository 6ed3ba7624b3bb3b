"""What analysts have pinned, as it stands first on a deck: their note, and what it is on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from workbench import clock
from workbench.columns.post import draw
from workbench.columns.stories import MARK, card, made_of
from workbench.columns.tree import Node, el
from workbench.decks import Column, Deck, is_hidden, visible
from workbench.items import Item
from workbench.store import Pin, Store
from workbench.text.telling import Story

__all__ = ["PINNED", "Pinned", "nodes", "pinned_in", "standing"]

# No column of a deck's file has such a key.
PINNED: Final = Column(key="-pinned", title="Pinned", type="pinned")
"""The column in which it stands."""

_DELETED: Final = "The post was deleted at its source; the note is what is left."
_HIDDEN: Final = "The post can no longer be shown: its source has withdrawn it."
_STORY: Final = "The story can no longer be shown: there is nothing left that tells it."


def pinned_in(deck: Deck) -> Column:
    """Return the column as one of a deck: what that mutes and hides is kept out around a post."""
    query = visible(deck, None)
    hidden = (str(query),) if query else ()
    return replace(PINNED, query=query, keeps_out=(*deck.mutes, *hidden))


class Pinned(NamedTuple):
    """A pin, and what it leads to now.

    Attributes
    ----------
    pin : Pin
    item : Item or None
        None if there is nothing to be shown any more.
    gone : str
        Why, in words; empty if there is.
    story : Story or None
        Of a pin on one.
    """

    pin: Pin
    item: Item | None
    gone: str
    story: Story | None = None


def standing(
    store: Store, deck: Deck, pins: Iterable[Pin], *, now: datetime | None = None
) -> list[Pinned]:
    """Return pins to a deck with what they lead to, in their order.

    Left out is what the deck hides, and what is gone and has no note.

    Parameters
    ----------
    store : Store
    deck : Deck
    pins : iterable of Pin
    now : datetime, optional
        The present moment unless given.
    """
    when = now or clock.now()
    hidden = {post.key for post in deck.hidden.posts}
    found = [_behind(store, deck, pin, when) for pin in pins if pin.key not in hidden]
    return [
        each
        for each in found
        if (not is_hidden(deck, each.item) if each.item else each.story or each.pin.note.strip())
    ]


def _behind(store: Store, deck: Deck, pin: Pin, now: datetime) -> Pinned:
    if pin.kind != "item":
        told = made_of(store, deck, pinned_in(deck), pin.key, now)
        return Pinned(pin, None, "", told[0]) if told else Pinned(pin, None, _STORY)
    source, _, ident = pin.key.partition(":")
    item = store.get(source, ident)
    if item is None or item.deleted:
        return Pinned(pin, None, _DELETED if item else _HIDDEN)
    return Pinned(pin, item, "")


def nodes(
    found: Iterable[Pinned], *, media: str = "off", now: datetime | None = None
) -> list[Node]:
    """Return one element per pin: whose words the note is, since when, the note, what it is on.

    Parameters
    ----------
    found : iterable of Pinned
    media : {"off", "small", "large"}
        How pictures are previewed.
    now : datetime, optional
        The present moment unless given.
    """
    return [_pinned(each, media, now or clock.now()) for each in found]


def _pinned(each: Pinned, media: str, now: datetime) -> Node:
    note = each.pin.note.strip()
    label = "Analyst’s note" if note else "Pinned by an analyst"
    when = each.pin.time.isoformat(timespec="milliseconds")
    head = el(
        "header",
        "wb-by",
        el("span", "wb-who", el("span", "wb-name", label)),
        el("time", "wb-time wb-s", {"datetime": when}),
    )
    said = el("p", "wb-text", note, {"dir": "auto"}) if note else None
    post = _stand_in(each.gone)
    if each.item:
        post = draw(each.item, media=media)
    elif each.story:
        post = card(each.story, width=PINNED.width, now=now, tag="div")
    key = {"data-pin": f"{MARK if each.pin.kind == 'story' else ''}{each.pin.key}"}
    return el("div", "wb-all wb-pin", key, el("div", "wb-post", head, said), post)


def _stand_in(gone: str) -> list[Any]:
    return el("p", "wb-post wb-entry", {"tabindex": "-1"}, el("span", "wb-s", gone))
