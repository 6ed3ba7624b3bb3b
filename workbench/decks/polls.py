"""How often the sources of decks are asked: how far the times of what they tell can be trusted."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.decks.model import Deck

__all__ = ["polls_of"]


def polls_of(decks: Iterable[Deck]) -> dict[str, float]:
    """Return for each collector of some decks how many seconds lie between two of its polls.

    Of several sources of one collector the longest holds: which of them an item is from is not
    known. What sends by itself has none.
    """
    found: dict[str, float] = {}
    for source in (source for deck in decks for source in deck.sources):
        built = source.build()
        if built.live:
            continue
        every = (source.every or built.every).total_seconds()
        found[source.collector] = max(every, found.get(source.collector, 0.0))
    return found
