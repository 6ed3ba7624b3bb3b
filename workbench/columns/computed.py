"""What is computed of a column rather than collected: volume, panel, alerts, sources."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from workbench.collectors import collector_of
from workbench.columns import mood, panels, pinned, stories, strips, told, trends
from workbench.columns.wire import to_millis
from workbench.decks import COMPUTED, VISITED, Column, Deck, is_hidden
from workbench.documents import Shelf
from workbench.states import SourceState
from workbench.store import Pin, Store

__all__ = ["HELP", "NOTHING", "Computed"]

_HOUR: Final = timedelta(hours=1)
_ROWS: Final = 50
_SIFTED: Final = 500  # alerts among which those of some columns are looked for
_BADGED: Final = timedelta(days=7)
"""How far back alerts are counted for whoever has not seen them."""
# Seconds for which a costly part is good enough.
_FRESH: Final = {
    "volume": 15.0,
    "trending": 10.0,
    "sentiment": 20.0,
    "share-of-voice": 20.0,
    "source-health": 5.0,
    "briefings": 5.0,
    "alerts": 1.0,
    "told": 1.0,
    "pins": 1.0,
    "pinned": 5.0,  # else each like of a post would send them all again
    "stories": 5.0,
    "sources": 1.0,
}

HELP: Final = {
    "search": "Every post, article and release that the query matches, newest first.",
    "hashtag": "Posts that carry one of these hashtags, newest first.",
    "people": "What these accounts say, newest first.",
    "list": "What the accounts of this list say, newest first.",
    "merged": "What several columns show, as one, newest first.",
    "newswire": "Releases as companies and authorities put them on the newswires.",
    "filings": "Documents that companies must file with a regulator, newest first.",
    "trending": "Words and hashtags that come up far more often now than they usually do.",
    "sentiment": "How much of what is said reads negative or positive, hour by hour.",
    "share-of-voice": "How much of what is said falls to each of several names.",
    "stories": "What happens, each event once, with who had it first.",
    "source-health": "What each source is doing, and how much of the last day it covered.",
    "briefings": "The documents that scheduled runs have left, the newest first.",
    "alerts": "What a column's rule found worth telling, the newest first.",
    "since-last-visit": "What has come since you last looked here, newest first.",
    "pinned": "What an analyst has put here for you, with their notes, the newest first.",
}
"""One plain sentence per column type."""

NOTHING: Final = {
    "trending": "Nothing stands out just now.",
    "share-of-voice": "Nothing was said yet of any of these names.",
    "stories": "Nothing that two have told came in the last 24 hours.",
    "source-health": "The deck names no sources, so that there is nothing to listen to.",
    "briefings": "No briefing has been made yet. The command that makes one is: workbench brief",
    "alerts": "No alert has been told yet; one appears here as soon as it is.",
    "pinned": "Nothing is pinned any more.",
}
"""What a column says that has nothing to show, and what would change that."""


class Computed:
    """What is computed of a deck's columns over a store, each part kept for some seconds.

    Parameters
    ----------
    deck : Deck
    store : Store
    shelf : Shelf
        The documents that scheduled runs have left.
    base : str
        Path under which a page shows them; empty where there is no page.
    media : {"off", "small", "large"}
        How pictures of what is pinned are previewed.
    """

    def __init__(
        self, deck: Deck, store: Store, *, shelf: Shelf, base: str, media: str = "off"
    ) -> None:
        self._deck = deck
        self._store = store
        self._shelf = shelf
        self._base = base
        self._kept: dict[tuple[str, str], tuple[float, Any]] = {}
        self._pins: list[Pin] = []
        self._told_before: dict[str, stories.Known] = {}
        self._media = media

    def become(self, deck: Deck, columns: Collection[str]) -> None:
        """Compute another version of the deck from now on; of these columns what was goes on."""
        self._deck = deck
        self._kept = {at: part for at, part in self._kept.items() if at[0] in columns}
        self._told_before = {at: part for at, part in self._told_before.items() if at in columns}

    def parts(self, column: Column, now: datetime) -> dict[str, Any]:
        """Return what a column shows besides its items: volume or nodes, as elements, and note."""
        if column.type == "trending":
            return self._keep(
                column.key,
                "trending",
                lambda: self._trending(column, now),
            )
        if column.type == "sentiment":
            return self._keep(column.key, "sentiment", lambda: self._mood(column, now))
        if column.type == "pinned":
            return self._pinned(column.key, now)
        if column.type in COMPUTED:
            return self._keep(column.key, column.type, lambda: self._panel(column, now))
        if column.type == VISITED:
            return {}
        parts = self._keep(column.key, "volume", lambda: self._volume(column, now))
        if column.alert:
            parts |= self._keep(column.key, "told", lambda: self._told(column, now))
        return parts

    def _told(self, column: Column, now: datetime) -> dict[str, Any]:
        """Return when the column's alerts were told: each viewer's browser counts its own."""
        found = self._store.alerts(
            deck=self._deck.name, column=column.key, since=now - _BADGED, limit=_ROWS
        )
        return {"alerts": [to_millis(alert.fired) for alert in found]}

    def _alerts(self, column: Column, now: datetime) -> dict[str, Any]:
        named = set(column.columns)
        found = self._store.alerts(deck=self._deck.name, limit=_ROWS if not named else _SIFTED)
        shown = [alert for alert in found if not named or alert.column in named][:_ROWS]
        titles = {each.key: each.title for each in self._deck.columns}
        rows = told.rows(
            shown,
            self._store,
            titles=titles,
            now=now,
            zone=self._deck.zone,
            is_hidden=partial(is_hidden, self._deck),
        )
        return {"nodes": rows}

    def _pinned(self, key: str, now: datetime) -> dict[str, Any]:
        """Return what is pinned, anew at once where a pin or a note is."""
        pins = self._keep(key, "pins", lambda: {"pins": self._store.pins(self._deck.name)})["pins"]
        if pins != self._pins:
            self._pins = pins
            self._kept.pop((key, "pinned"), None)
        return self._keep(key, "pinned", lambda: self._standing(pins, now))

    def _standing(self, pins: list[Pin], now: datetime) -> dict[str, Any]:
        found = pinned.standing(self._store, self._deck, pins, now=now)
        return {"nodes": pinned.nodes(found, media=self._media, now=now)}

    def is_pinned(self, key: str) -> bool:
        """Return whether an item is pinned, by its key, or a story, by ``story:`` and its id."""
        marks = {"item": "", "story": stories.MARK}
        return any(f"{marks[pin.kind]}{pin.key}" == key for pin in self._pins)

    def _trending(self, column: Column, now: datetime) -> dict[str, Any]:
        found = trends.rows(
            self._store,
            column.query,
            window=column.window,
            baseline=column.baseline,
            now=now,
            lists=self._deck.lists,
            coordinated=column.coordinated,
            zone=self._deck.zone,
        )
        return {"nodes": trends.draw(found["rows"]), "note": found["note"]}

    def _mood(self, column: Column, now: datetime) -> dict[str, Any]:
        lists = self._deck.lists
        every, since = column.every, column.since
        return mood.draw(
            self._store.tally(column.query, every=every, since=now - since, lists=lists),
            every=every,
            now=now,
            zone=self._deck.zone,
            width=column.width,
            day=self._store.tally(
                column.query, every=_HOUR, since=now - min(24 * _HOUR, since), lists=lists
            ),
        )

    def _panel(self, column: Column, now: datetime) -> dict[str, Any]:
        """Return the elements of a column that is made of anything but items."""
        if column.type == "share-of-voice":
            since = now - column.since
            found = [
                panels.Voice.of(
                    self._store, name, query, since=since, until=now, lists=self._deck.lists
                )
                for name, query in column.queries
            ]
            nodes, note = panels.voices(found, days=f"the last {mood.per(column.since)}")
            return {"nodes": nodes, "note": note}
        if column.type == "source-health":
            return {
                "nodes": panels.sources(self.sources(), self._store, now=now, zone=self._deck.zone)
            }
        if column.type == "briefings":
            return {
                "nodes": panels.papers(self._shelf.about(self._deck.name)[:_ROWS], base=self._base)
            }
        if column.type == "stories":
            return self._stories(column, now)
        if column.type == "alerts":
            return self._alerts(column, now)
        return {"nodes": []}

    def _stories(self, column: Column, now: datetime) -> dict[str, Any]:
        since = now - stories.LOOKED_BACK
        known = self._told_before.setdefault(column.key, {})
        found = stories.standing(self._store, self._deck, column, now, since=since, known=known)
        return {
            "nodes": stories.draw(found, width=column.width, now=now),
            "note": stories.waiting(self._store) or stories.note(found),
        }

    def _volume(self, column: Column, now: datetime) -> dict[str, Any]:
        buckets = self._store.tally(
            column.query,
            every=_HOUR,
            since=now - 24 * _HOUR,
            lists=self._deck.lists,
            has_tones=False,
        )
        points = [(b.time, b.n if b.measured else None) for b in buckets]
        return {"volume": strips.volume(points, every=_HOUR, zone=self._deck.zone)}

    def _keep(
        self, column: str, part: str, compute: Callable[[], dict[str, Any]]
    ) -> dict[str, Any]:
        """Return a costly part, computed anew when it is no longer fresh."""
        tick = time.monotonic()
        made, value = self._kept.get((column, part), (-1e9, {}))
        if tick - made >= _FRESH[part]:
            value = compute()
            self._kept[column, part] = tick, value
        return dict(value)

    def sources(self) -> dict[str, Any]:
        """Return what each source of the deck is and does, by key."""
        return self._keep("", "sources", self._read_sources)

    def _states(self) -> dict[str, SourceState]:
        wanted = {source.key for source in self._deck.sources}
        return {state.key: state for state in self._store.sources() if state.key in wanted}

    def _read_sources(self) -> dict[str, Any]:
        states = self._states()
        known = {}
        for source in self._deck.sources:
            kind = collector_of(source.collector)
            state = states.get(source.key)
            known[source.key] = {
                "name": source.collector,
                "label": source.label,
                "tier": source.tier,
                "hashtag": kind.hashtag_url if kind else "",
                "state": state.state if state else "starting",
                "reason": state.reason if state else "",
                "since": to_millis(state.since) if state else None,
                "last_item": to_millis(state.last_item) if state and state.last_item else None,
                "next_try": to_millis(state.next_try) if state and state.next_try else None,
            }
        return known
