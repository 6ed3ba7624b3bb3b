"""Which engines score what is collected: as the decks say."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from workbench.decks import Deck
from workbench.errors import SettingError
from workbench.store import Store

__all__ = ["score_by"]

_log = logging.getLogger(__name__)


def score_by(store: Store, decks: Iterable[Deck]) -> None:
    """Have a store score by the engines that decks name for each tier.

    An item has one score, whichever deck shows it: where decks differ on a tier the first that
    names it is followed, and the log says so. One that cannot be used changes nothing.
    """
    found: dict[str, tuple[str, ...]] = {}
    for deck in decks:
        for tier, names in deck.sentiment.items():
            if found.setdefault(tier, names) != names:
                _log.warning(
                    "deck %s has %s score tier %s, but %s does already; a tier is scored one way",
                    *(deck.name, ", ".join(names), tier, ", ".join(found[tier])),
                )
    try:
        store.score_by(found)
    except SettingError as error:
        _log.warning("scored as before: %s", error)
