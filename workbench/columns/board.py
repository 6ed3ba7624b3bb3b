"""The board: all columns of one deck, evaluated over a store, whole or as what has changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from workbench import clock
from workbench.clock import Clock
from workbench.collectors import available
from workbench.columns import mood, panels, trends
from workbench.columns.post import item_key
from workbench.columns.wire import to_millis, to_wire
from workbench.decks import COMPUTED, Column, Deck
from workbench.documents import Shelf, folder
from workbench.errors import QueryTimeout, StoreError
from workbench.items import Item
from workbench.states import SourceState
from workbench.store import Store

__all__ = ["Board"]

_SHOWN: Final = 50
_BATCH: Final = 500
# As many as a browser holds of a column: what a longer burst pushes out is older than all it
# shows, and is asked for on scrolling.
_HELD: Final = 250
_HOUR: Final = timedelta(hours=1)
_KEPT: Final = 5000  # keys remembered per column, so that an item is new only once
# Seconds for which a costly part is good enough.
_FRESH: Final = {
    "volume": 15.0,
    "trending": 10.0,
    "sentiment": 20.0,
    "share-of-voice": 20.0,
    "source-health": 5.0,
    "briefings": 5.0,
    "stories": 60.0,
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
}
"""One plain sentence per column type."""


class Board:
    """A deck over a store, as a browser needs it.

    Parameters
    ----------
    deck : Deck
    store : Store
    now : Clock
        What tells the time; a replay's tells the replay's.
    mode : {"live", "replay"}
    shelf : Shelf, optional
        The documents that scheduled runs have left; else those of the user's own folder.
    base : str
        Path under which a page shows them; empty where there is no page.

    Notes
    -----
    Not to be called from two threads at once. Costly parts are kept for some seconds.
    """

    def __init__(
        self,
        deck: Deck,
        store: Store,
        *,
        now: Clock = clock.now,
        mode: str = "live",
        shelf: Shelf | None = None,
        base: str = "",
    ) -> None:
        self.deck = deck
        self.store = store
        self.mode = mode
        self._shelf = shelf or Shelf(folder())
        self._base = base
        self._now = now
        self._kept: dict[tuple[str, str], tuple[float, Any]] = {}
        self._known: dict[str, dict[str, None]] = {column.key: {} for column in deck.columns}
        self._oldest: dict[str, datetime | None] = {}
        self._sent: dict[tuple[str, str], Any] = {}
        self._seq = store.seq()

    def state(self) -> dict[str, Any]:
        """Return the whole board: deck, mode, now, sources and columns."""
        now = self._now()
        deck = self.deck
        return {
            "deck": {"name": deck.name, "title": deck.title, "zone": deck.zone},
            "mode": self.mode,
            "now": to_millis(now),
            "sources": self._sources(),
            "columns": [self._column(column, now) for column in deck.columns],
        }

    def advance(self) -> dict[str, Any] | None:
        """Return what has changed since the last call, or None."""
        now = self._now()
        columns, changed, gone = self._arrivals(now)
        for column in self.deck.columns:
            for name, value in self._parts(column, now).items():
                if self._differs(column.key, name, value):
                    columns.setdefault(column.key, {})[name] = value
        sources = self._sources()
        update = {
            "columns": columns,
            "changed": changed,
            "gone": gone,
            "sources": sources if self._differs("", "sources", sources) else None,
        }
        told = {name: value for name, value in update.items() if value}
        return {"now": to_millis(now), **told} if told else None

    def older(self, column_key: str, before: str) -> dict[str, Any]:
        """Return the next older items of a column: ``items`` and ``more``.

        Raises
        ------
        KeyError
            If the deck has no such column of items.
        """
        column = {each.key: each for each in self.deck.columns}[column_key]
        if column.type in COMPUTED:
            raise KeyError(column_key)
        found = self.store.search(column.query, limit=_SHOWN, before=before, lists=self.deck.lists)
        return {"items": [to_wire(item) for item in found], "more": found.cursor}

    def _arrivals(
        self, now: datetime
    ) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]], list[str]]:
        """Return what came, by column; what changed; and what is gone since the last call."""
        columns: dict[str, dict[str, Any]] = {}
        changed: list[dict[str, Any]] = []
        gone: list[str] = []
        more = True
        while more:
            items, deletions, self._seq = self.store.changes(self._seq, limit=_BATCH)
            gone += [item_key(source, ident) for source, ident, _ in deletions]
            for item in items:
                self._sort_in(item, now, columns, changed)
            more = len(items) + len(deletions) >= _BATCH
        for part in columns.values():
            part["add"] = sorted(part["add"], key=lambda wire: -wire["published"])[:_HELD]
        return columns, changed, gone

    def _sort_in(
        self,
        item: Item,
        now: datetime,
        columns: dict[str, dict[str, Any]],
        changed: list[dict[str, Any]],
    ) -> None:
        """Put an item that came or changed where it shows."""
        key = item_key(item.source, item.id)
        wire: dict[str, Any] | None = None
        seen = False
        for column in self.deck.columns:
            if column.type in COMPUTED or column.query is None:
                continue
            known = self._known[column.key]
            if key in known:
                seen = True
                continue
            oldest = self._oldest.get(column.key)
            if oldest and item.time < oldest:
                continue
            if not column.query.matches(item, now=now, lists=self.deck.lists):
                continue
            wire = wire or to_wire(item)
            columns.setdefault(column.key, {}).setdefault("add", []).append(wire)
            self._remember(column.key, key)
        if seen:
            changed.append(wire or to_wire(item))

    def _remember(self, column: str, key: str) -> None:
        known = self._known[column]
        known[key] = None
        if len(known) > _KEPT:
            del known[next(iter(known))]

    def _differs(self, column: str, name: str, value: object) -> bool:
        if name == "add" or self._sent.get((column, name)) == value:
            return False
        self._sent[column, name] = value
        return True

    def _column(self, column: Column, now: datetime) -> dict[str, Any]:
        whole: dict[str, Any] = {
            "key": column.key,
            "type": column.type,
            "title": column.title,
            "query": column.text,
            "width": column.width,
            "help": HELP[column.type],
        }
        try:
            shown = {} if column.type in COMPUTED else self._items(column)
        except StoreError as error:
            return whole | {"items": [], "more": None, "state": _failing(error)}
        return whole | shown | self._parts(column, now)

    def _items(self, column: Column) -> dict[str, Any]:
        """Return the newest items of a column."""
        found = self.store.search(column.query, limit=_SHOWN, lists=self.deck.lists)
        if column.key not in self._oldest:
            # The first time only: what a later viewer's state holds must still be told as
            # an arrival to those who watch already.
            for item in found:
                self._remember(column.key, item_key(item.source, item.id))
            self._oldest[column.key] = found[-1].time if len(found) == _SHOWN else None
        return {"items": [to_wire(item) for item in found], "more": found.cursor}

    def _parts(self, column: Column, now: datetime) -> dict[str, Any]:
        """Return what is computed of a column: its state, and volume, rows or chart."""
        try:
            parts: dict[str, Any] = self._fresh(column, now)
        except StoreError as error:
            return {"state": _failing(error)}
        return parts | {"state": self._state(column, parts)}

    def _fresh(self, column: Column, now: datetime) -> dict[str, Any]:
        lists = self.deck.lists
        if column.type == "trending":
            return self._keep(
                column.key,
                "trending",
                lambda: trends.rows(
                    self.store,
                    column.query,
                    window=column.window,
                    baseline=column.baseline,
                    now=now,
                    lists=lists,
                ),
            )
        if column.type == "sentiment":
            return self._keep(
                column.key,
                "sentiment",
                lambda: mood.draw(
                    self.store.tally(
                        column.query, every=column.every, since=now - column.since, lists=lists
                    ),
                    every=column.every,
                    now=now,
                    zone=self.deck.zone,
                ),
            )
        if column.type in COMPUTED:
            return self._keep(column.key, column.type, lambda: self._panel(column, now))
        return self._keep(column.key, "volume", lambda: self._volume(column, now))

    def _panel(self, column: Column, now: datetime) -> dict[str, Any]:
        """Return the elements of a column that is made of anything but items."""
        if column.type == "share-of-voice":
            since = now - column.since
            found = [
                panels.Voice.of(
                    self.store, name, query, since=since, until=now, lists=self.deck.lists
                )
                for name, query in column.queries
            ]
            nodes, note = panels.voices(found, days=f"the last {mood.per(column.since)}")
            return {"nodes": nodes, "note": note}
        if column.type == "source-health":
            return {
                "nodes": panels.sources(self._sources(), self.store, now=now, zone=self.deck.zone)
            }
        if column.type == "briefings":
            return {
                "nodes": panels.papers(self._shelf.about(self.deck.name)[:_SHOWN], base=self._base)
            }
        return {"nodes": []}

    def _volume(self, column: Column, now: datetime) -> dict[str, Any]:
        buckets = self.store.tally(
            column.query, every=_HOUR, since=now - 24 * _HOUR, lists=self.deck.lists
        )
        points = [[to_millis(b.time), b.n if b.measured else None] for b in buckets]
        return {"volume": {"every": to_millis(clock.EPOCH + _HOUR), "points": points}}

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

    def _sources(self) -> dict[str, Any]:
        return self._keep("", "sources", self._read_sources)

    def _states(self) -> dict[str, SourceState]:
        wanted = {source.key for source in self.deck.sources}
        return {state.key: state for state in self.store.sources() if state.key in wanted}

    def _read_sources(self) -> dict[str, Any]:
        states = self._states()
        collectors = available()
        told = {}
        for source in self.deck.sources:
            kind = collectors.get(source.collector)
            state = states.get(source.key)
            told[source.key] = {
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
        return told

    def _state(self, column: Column, parts: dict[str, Any]) -> dict[str, Any]:
        """Say in one sentence how far the column can be trusted now."""
        sources = self._sources()
        if column.type == "newswire":
            sources = {k: s for k, s in sources.items() if s["tier"] == "wire"} or sources
        failing = [s for s in sources.values() if s["state"] in {"failing", "waiting"}]
        if failing:
            first = min(failing, key=lambda s: s["since"] or 0)
            text = f"{first['label']}: {first['reason'] or 'no answer'}"
            if first["since"]:
                text += f", since {self._clock(first['since'])}"
            if first["next_try"]:
                text += f"; next try at {self._clock(first['next_try'])}"
            text += ". What is stored is still shown."
            if len(failing) > 1:
                text += f" {len(failing) - 1} more of {len(sources)} sources fail as well."
            level = "failing" if len(failing) == len(sources) else "stale"
            return {"level": level, "text": text, "since": first["since"]}
        if not parts.get("rows", True):
            return {"level": "empty", "text": "Nothing stands out just now.", "since": None}
        if not parts.get("nodes", True):
            return {"level": "empty", "text": _NOTHING[column.type], "since": None}
        if column.type not in COMPUTED and not self._known[column.key]:
            text = "Nothing that matches has been collected yet; it appears here as soon as it is."
            return {"level": "empty", "text": text, "since": None}
        return {"level": "live", "text": "", "since": None}

    def _clock(self, millis: int) -> str:
        moment = datetime.fromtimestamp(millis / 1000, ZoneInfo(self.deck.zone))
        return f"{moment:%H:%M}"


_NOTHING: Final = {
    "share-of-voice": "Nothing was said yet of any of these names.",
    "stories": (
        "Stories are not told yet: this version does not put together what belongs together."
    ),
    "source-health": "The deck names no sources, so that there is nothing to listen to.",
    "briefings": "No briefing has been made yet. The command that makes one is: workbench brief",
}


def _failing(error: StoreError) -> dict[str, Any]:
    """Return the state of a column that cannot be read; the error's own words name the file."""
    if isinstance(error, QueryTimeout):
        text = "This search took too long and was given up. It is tried again."
    else:
        text = "The store cannot be read just now. It is tried again."
    return {"level": "failing", "text": text, "since": None}
