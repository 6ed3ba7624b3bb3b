"""What a query box can offer of a deck and its store: lists, sources, people, hashtags."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Final

from workbench.collectors import available
from workbench.decks import Deck
from workbench.query.complete import Known, asks
from workbench.query.offers import VALUES, Offer
from workbench.store import Store
from workbench.store.seen import KINDS
from workbench.tokens import fold

__all__ = ["Names"]

FRESH: Final = 30.0
"""Seconds for which what was seen is not looked up again."""

_KEPT: Final = 256  # beginnings that are remembered meanwhile
_LEAST: Final = 2  # letters of a word that is looked up as a name
_COUNTS: Final = {"from": "{:,} lately", "@": "{:,} mentions lately"}
_OTHERS: Final = "{:,} lately"


class Names:
    """Names that are known, looked up again every half minute at most.

    A store of a million items gives its newest in a few milliseconds; what begins in a certain
    way it knows by its indexes.
    """

    def __init__(self) -> None:
        self._lately: dict[str, tuple[Offer, ...]] = {}
        self._begun: dict[tuple[str, str], tuple[Offer, ...]] = {}
        self._until = 0.0

    def at(self, text: str, place: int, *, deck: Deck, store: Store | None) -> Known:
        """Return what may be offered at a place of a query."""
        known: dict[str, Sequence[Offer]] = {
            "list": [Offer(name, _many(accounts)) for name, accounts in deck.people.items()],
            "source": _sources(deck),
        }
        if store is not None:
            self._look(store)
            known |= self._lately
            name, begun = asks(text, place)
            for kind in _kinds(name, begun):
                known[kind] = [*known.get(kind, ()), *self._beginning(store, kind, begun)]
        listed = [
            Offer(account, f"of the list {name}")
            for name, accounts in deck.people.items()
            for account in accounts
        ]
        for kind in ("from", "@"):
            known[kind] = [*known.get(kind, ()), *listed]
        return known

    def _look(self, store: Store) -> None:
        if time.monotonic() < self._until:
            return
        self._until = time.monotonic() + FRESH
        self._begun.clear()
        languages = {offer.value: offer for offer in VALUES["lang"]}
        self._lately = {}
        for kind, found in store.seen().items():
            said = _COUNTS.get(kind, _OTHERS)
            offers = [Offer(each.value, said.format(each.n), each.name) for each in found]
            if kind == "lang":
                offers = [_language(offer, languages) for offer in offers]
            elif kind in {"from", "@"}:
                offers = [
                    offer._replace(help=f"{offer.name}, {offer.help}") if offer.name else offer
                    for offer in offers
                ]
            self._lately[kind] = tuple(offers)

    def _beginning(self, store: Store, kind: str, begun: str) -> tuple[Offer, ...]:
        prefix = fold(begun).lstrip("@#$ ")
        if (kind, prefix) not in self._begun:
            known = {fold(offer.value) for offer in self._lately.get(kind, ())}
            found = store.seen_beginning(kind, prefix) if prefix else {}
            if len(self._begun) >= _KEPT:
                self._begun.clear()
            self._begun[kind, prefix] = tuple(
                Offer(value, f"{n:,} in two months")
                for value, n in found.items()
                if value not in known
            )
        return self._begun[kind, prefix]


def _kinds(name: str, begun: str) -> tuple[str, ...]:
    """Return what is looked up for an operator's value, or for a word that may be a name."""
    if name:
        return (name,) if name in KINDS else ()
    return ("#", "from") if len(begun) >= _LEAST else ()


def _many(accounts: Sequence[str]) -> str:
    return f"{len(accounts)} account{'s' * (len(accounts) != 1)}"


def _sources(deck: Deck) -> list[Offer]:
    """Return the collectors, those of the deck first."""
    collectors = available()
    labels: dict[str, list[str]] = {}
    for source in deck.sources:
        labels.setdefault(source.collector, []).append(source.label)
    own = [Offer(name, ", ".join(found[:3])) for name, found in labels.items()]
    rest = [Offer(name, kind.label) for name, kind in collectors.items() if name not in labels]
    return own + rest


def _language(offer: Offer, languages: Mapping[str, Offer]) -> Offer:
    known = languages.get(fold(offer.value).partition("-")[0])
    return offer._replace(help=f"{known.help}, {offer.help}", name=known.name) if known else offer
