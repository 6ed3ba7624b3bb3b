"""Which sources are confidential: what any deck of a store once said, for all decks of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from workbench.decks.model import Deck, Source
from workbench.errors import StoreError
from workbench.store import Store

__all__ = ["note_confidential", "noted_confidential"]

_KEY: Final = "confidential"


def noted_confidential(store: Store) -> tuple[str, ...]:
    """Return queries that find what confidential sources brought to a store, in their order.

    Raises
    ------
    StoreError
        If the note cannot be read: nothing may then leave the house, for nobody knows what may.
    """
    try:
        found = json.loads(store.load_cursor(_KEY) or "[]")
    except ValueError as error:
        raise StoreError(
            f"{store.path}: the note of what is confidential is damaged, so that nothing is shown "
            "outside; put a copy of the store in its place"
        ) from error
    return tuple(str(query) for query in found)


def note_confidential(store: Store, decks: Iterable[Deck], *sources: Source) -> None:
    """Remember in a store which sources are confidential.

    What they brought is there for every deck, whether or not it names them. So one word is
    enough, and it holds after the deck that said it is gone; only ``confidential: false``, where
    no deck at hand says the contrary, takes it back.

    Parameters
    ----------
    store : Store
    decks : iterable of Deck
    *sources : Source
        Others beside theirs.
    """
    told = [*(source for deck in decks for source in deck.sources), *sources]
    marked = {source.brings for source in told if source.is_confidential}
    lifted = {source.brings for source in told if source.is_confidential is False}
    before = noted_confidential(store)
    now = tuple(sorted({*before} - lifted | marked))
    if now != before:
        store.save_cursor(_KEY, json.dumps(now))
