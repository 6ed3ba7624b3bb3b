"""Pins from a script or notebook: what is shown first on a deck's page, with a note."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from workbench import clock, decks, store
from workbench.analyst.asking import NOTES, frame_of
from workbench.errors import SettingError
from workbench.items import Field, Item
from workbench.store import Store
from workbench.store.pins import PinKind
from workbench.text.telling import tell

__all__ = ["FIELDS", "pin", "pins", "unpin"]

FIELDS: Final = (
    Field("deck", "str", "", "name of the deck"),
    Field("kind", "str", "", "item or story"),
    Field("key", "str", "", "source:id of an item, id of a story"),
    Field("note", "str", "", "the analyst's own words"),
    Field("pinned", "datetime", "UTC", "when it was pinned, or its note last changed"),
    Field("gone", "bool", "", "it was deleted at its source, or is stored no longer"),
    Field(
        "published",
        "datetime",
        "UTC",
        "null where it is gone, as what follows; of a story, when it began",
    ),
    Field("author", "str", "", ""),
    Field("title", "str", "", "of a story, its headline"),
    Field("text", "str", "", ""),
    Field("url", "str", "", ""),
)
"""The fields of a frame of pins."""


def pin(
    what: Item | str | Mapping[str, Any] | pd.Series[Any],
    *,
    note: str = "",
    deck: str | None = None,
    kind: PinKind = "item",
    address: str | None = None,
) -> None:
    """Pin a post or a story to a deck: its page shows it first, with the note.

    Pinned again it gets the new note. A pin holds no copy: edited, the post is shown as it is
    now; deleted at its source, the note stays and says so.

    Parameters
    ----------
    what : Item, str, mapping or pandas.Series
        An item; its key ``source:id``, as ``deck.selected`` has it; a row of a frame of items; or
        the id of a story.
    note : str
        Your own words, at most 2,000 characters, for whoever reads the page.
    deck : str, optional
        Name of a deck, or the path of its file; else the deck that the page publishes
        (``WORKBENCH_DECK``), else ``demo``.
    kind : {"item", "story"}
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.

    Raises
    ------
    DeckError
        If there is no such deck.
    SettingError
        If there is no such item or story, the note is too long, or the deck has 50 pins already.
    StoreError
        If the store cannot be opened or written to.
    """
    _check_kind(kind)
    name, key = _deck_name(deck), _key_of(what)
    with store.open(address) as opened:
        if kind == "story":
            key = _story(opened, name, key)
        opened.pin(name, key, note=note, kind=kind)


def unpin(
    what: Item | str | Mapping[str, Any] | pd.Series[Any],
    *,
    deck: str | None = None,
    kind: PinKind = "item",
    address: str | None = None,
) -> bool:
    """Take a pin away, its note with it; takes what :func:`pin` takes.

    Returns
    -------
    bool
        Whether it was pinned.
    """
    _check_kind(kind)
    name, key = _deck_name(deck), _key_of(what)
    with store.open(address) as opened:
        return opened.unpin(name, key, kind=kind)


def pins(*, deck: str | None = None, address: str | None = None) -> pd.DataFrame:
    """Return what is pinned, the newest first.

    Parameters
    ----------
    deck : str, optional
        Only what is pinned to this one; to all decks unless given.
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.

    Returns
    -------
    pandas.DataFrame
        One row per pin, with the fields of :data:`FIELDS`.

    Raises
    ------
    DeckError
        If there is no such deck.
    StoreError
        If the store cannot be opened or read.
    """
    name = None if deck is None else _deck_name(deck)
    with store.open(address) as opened:
        rows = [
            (*each[:4], each.time, *_behind(opened, each.kind, each.key))
            for each in opened.pins(name)
        ]
        frame = frame_of(FIELDS, rows)
        frame.attrs[NOTES] = {"store": str(opened.path), "until": clock.now().isoformat()}
    return frame


def _behind(opened: Store, kind: str, key: str) -> tuple[Any, ...]:
    """Return whether what is pinned is gone, and what is shown of it."""
    if kind != "item":
        items, _ = opened.members(opened.story_called(key))
        if not items:
            return (True, *[None] * 5)
        story = tell(items, now=clock.now())
        return False, story.first, None, story.headline, None, None
    source, _, ident = key.partition(":")
    item = opened.get(source, ident)
    if item is None or item.deleted:
        return (True, *[None] * 5)
    return False, item.published, item.author, item.title, item.text, item.url


def _story(opened: Store, deck: str, key: str) -> str:
    """Return by which id a story goes that is there, or is pinned already."""
    now = opened.story_called(key)
    if opened.members(now)[1] or any(
        (each.kind, each.key) == ("story", now) for each in opened.pins(deck)
    ):
        return now
    raise SettingError(
        f"there is no story {key[:200]!r}; wb.stories() returns those that there are"
    )


def _check_kind(kind: str) -> None:
    if kind not in {"item", "story"}:
        raise SettingError(f"kind={kind!r} is not one of 'item', 'story'")


def _deck_name(deck: str | None) -> str:
    """Return the name under which a deck's pins are kept: that of its file."""
    return decks.find(str(deck or os.environ.get("WORKBENCH_DECK") or "demo")).stem


def _key_of(what: Item | str | Mapping[str, Any] | pd.Series[Any]) -> str:
    if isinstance(what, str):
        return what
    if isinstance(what, Item):
        return f"{what.source}:{what.id}"
    try:
        return f"{what['source']}:{what['id']}"
    except (KeyError, TypeError, IndexError):
        raise SettingError(
            f"{type(what).__name__} is nothing to pin; give an item, its key source:id, or a row "
            "of a frame of items, such as posts.iloc[0]"
        ) from None
