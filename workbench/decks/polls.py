"""How often the sources of decks are asked: how far the times of what they tell can be trusted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import timedelta
from typing import Any

from workbench.collectors import collector_of
from workbench.decks.model import Deck

__all__ = ["poll_of", "polls_of"]


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


def poll_of(collector: str) -> float:
    """Return how many seconds lie between two polls of a collector where no deck says it.

    Those that its class gives; 0 for what sends by itself, and for what is none that is installed.
    """
    kind: Any = collector_of(collector)
    if kind is None or kind.live:
        return 0.0
    given = {field.name: field.default for field in fields(kind)}.get("every")
    return given.total_seconds() if isinstance(given, timedelta) else 0.0
