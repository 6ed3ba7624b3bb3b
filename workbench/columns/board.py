"""The board: all columns of one deck, evaluated over a store, whole or as what has changed."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from workbench import clock
from workbench.clock import Clock
from workbench.columns.computed import HELP, NOTHING, Computed
from workbench.columns.post import item_key
from workbench.columns.shell import note, place, rows, say, section, top
from workbench.columns.tree import Node
from workbench.columns.wire import to_millis, to_wire
from workbench.decks import COMPUTED, VISITED, Column, Deck
from workbench.documents import Shelf, folder
from workbench.errors import QueryTimeout, StoreError
from workbench.items import Item
from workbench.query.tree import Expires, leaves
from workbench.store import Store

__all__ = ["Board"]

_SHOWN: Final = 50
_BATCH: Final = 500
_LOOKED: Final = 100  # items among which those that came since a visit are looked for,
_LOOKS: Final = 20  # so many times for one answer
_LATE: Final = timedelta(days=1)
# As many as a browser holds of a column: what a longer burst pushes out is older than all it
# shows, and is asked for on scrolling.
_HELD: Final = 250
# No deck's column has such a key.
_PINNED: Final = Column(key="-pinned", title="Pinned", type="pinned")
_KEPT: Final = 5000  # keys remembered per column, so that an item is new only once


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
    shown : int
        Items of a column in a state.

    Attributes
    ----------
    problem : dict
        What is told before the sources, and in their way; whoever serves the deck may set it.

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
        shown: int = _SHOWN,
    ) -> None:
        self.deck = deck
        self.store = store
        self.mode = mode
        self._shown = shown
        self._computed = Computed(deck, store, shelf=shelf or Shelf(folder()), base=base)
        self._now = now
        self._known: dict[str, dict[str, None]] = {column.key: {} for column in deck.columns}
        self._oldest: dict[str, datetime | None] = {}
        self._began = self._looked = now()
        self._expiries = {column.key: _expiries(column) for column in deck.columns}
        self._sent: dict[tuple[str, str], Any] = {}
        self._has_pins = False
        self.problem: dict[str, Any] = {}
        self._seq = store.seq()

    def state(self) -> dict[str, Any]:
        """Return the whole board: deck, mode, now, sources and columns."""
        self.shape()
        now = self._now()
        return self._top(now) | {
            "mode": self.mode,
            "columns": [self._column(column, now) for column in self._columns()],
        }

    def shape(self) -> tuple[str, ...]:
        """Return the keys of the columns that are shown.

        What is pinned stands first, while anything is; so a column may come or go by itself, and
        whoever was told a state needs another one.
        """
        # What cannot be read just now is not gone.
        with suppress(StoreError):
            self._has_pins = bool(self._computed.parts(_PINNED, self._now())["nodes"])
        return tuple(column.key for column in self._columns())

    def _columns(self) -> tuple[Column, ...]:
        return (_PINNED, *self.deck.columns) if self._has_pins else self.deck.columns

    def _top(self, now: datetime) -> dict[str, Any]:
        """Return what is said of the deck as a whole: itself, its sources, and that in words."""
        deck = self.deck
        told = {
            "deck": {
                "name": deck.name,
                "title": deck.title,
                "zone": deck.zone,
                "theme": deck.theme,
                "times": deck.times,
                "media": deck.media,
            },
            "now": to_millis(now),
            "sources": self.problem | self._computed.sources(),
        }
        return told | {"top": top(told)}

    def advance(self) -> dict[str, Any] | None:
        """Return what has changed since the last call, or None."""
        now = self._now()
        columns, changed, gone = self._arrivals(now)
        self._return(now, columns)
        for column in self._columns():
            told, drawn = self._parts(column, now)
            if "alerts" in told and self._differs(column.key, "alerts", told["alerts"]):
                columns.setdefault(column.key, {})["alerts"] = told["alerts"]
            if fresh := [node for node in drawn if self._differs(column.key, place(node), node)]:
                columns.setdefault(column.key, {})["parts"] = fresh
        above = self._top(now)
        update = {
            "columns": columns,
            "changed": changed,
            "gone": gone,
            "top": above["top"] if self._differs("", "sources", above["sources"]) else None,
        }
        told = {name: value for name, value in update.items() if value}
        return {"now": to_millis(now), **told} if told else None

    def older(self, column_key: str, before: str, since: str = "") -> dict[str, Any]:
        """Return the next older items of a column: ``items`` and ``more``.

        Parameters
        ----------
        column_key : str
        before : str
            A cursor or a time.
        since : str
            A time: only items that came after it.

        Raises
        ------
        KeyError
            If the deck has no such column of items.
        """
        column = {each.key: each for each in self.deck.columns}[column_key]
        if column.type in COMPUTED:
            raise KeyError(column_key)
        if since:
            return self._came(column, before, clock.moment(since, at=self._now()))
        found = self.store.search(column.query, limit=_SHOWN, before=before, lists=self.deck.lists)
        return {"items": [to_wire(item) for item in found], "more": found.cursor}

    def _came(self, column: Column, before: str, since: datetime) -> dict[str, Any]:
        """Return items that came after a time, newest first, about as many as a column shows.

        Those that came late are found if they were published a day before that at most, and
        are not too few among many: `more` leads on only where some were found.
        """
        came: list[Item] = []
        more: str | None = before
        for _ in range(_LOOKS):
            if not more or len(came) >= _SHOWN:
                break
            found = self.store.search(
                column.query, limit=_LOOKED, before=more, since=since - _LATE, lists=self.deck.lists
            )
            came += [item for item in found if (item.collected or item.time) > since]
            more = found.cursor
        return {"items": [to_wire(item) for item in came], "more": more if came else None}

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

    def _return(self, now: datetime, columns: dict[str, dict[str, Any]]) -> None:
        """Put what was muted for a while where it shows from now on."""
        due = [
            column
            for column in self.deck.columns
            if any(self._looked < when <= now for when in self._expiries[column.key])
        ]
        try:
            for column in due:
                for item in self.store.search(column.query, limit=_SHOWN, lists=self.deck.lists):
                    key = item_key(item.source, item.id)
                    if key not in self._known[column.key]:
                        part = columns.setdefault(column.key, {})
                        part.setdefault("add", []).append(to_wire(item))
                        self._remember(column.key, key)
        except StoreError:
            return  # tried again the next time
        self._looked = now

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
            if column.type == VISITED and (item.collected or item.time) < self._began:
                continue  # known to those who asked, if new to us
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
        if column.type == "alerts" and column.columns:
            whole["of"] = list(column.columns)
        if column.colour:
            whole["colour"] = column.colour
        if column.is_collapsed:
            whole["collapsed"] = True
        if not column.badge:
            whole["badge"] = False
        if column.sound:
            whole["sound"] = True
        if column.sensitive == "shown":
            whole["sensitive"] = True
        whole["node"] = node = section(whole)
        whole |= {"look": node[1]["class"], "shape": node[1]["data-shape"]}
        try:
            shown = {} if column.type in COMPUTED else self._items(column)
        except StoreError as error:
            state = _failing(error)
            return whole | {"items": [], "more": None, "state": state, "parts": say(state)}
        told, drawn = self._parts(column, now)
        return whole | shown | told | {"parts": drawn}

    def _items(self, column: Column) -> dict[str, Any]:
        """Return the newest items of a column; of what each viewer has to ask for, none."""
        if column.type == VISITED:
            return {"items": [], "more": None}
        found = self.store.search(column.query, limit=self._shown, lists=self.deck.lists)
        if column.key not in self._oldest:
            # The first time only: what a later viewer's state holds must still be told as
            # an arrival to those who watch already.
            for item in found:
                self._remember(column.key, item_key(item.source, item.id))
            self._oldest[column.key] = found[-1].time if len(found) == self._shown else None
        return {"items": [to_wire(item) for item in found], "more": found.cursor}

    def _parts(self, column: Column, now: datetime) -> tuple[dict[str, Any], list[Node]]:
        """Return what is computed of a column: state, note, alerts; and all drawn."""
        try:
            parts = self._computed.parts(column, now)
        except StoreError as error:
            state = _failing(error)
            return {"state": state}, say(state)
        state = self._state(column, parts)
        drawn = say(state)
        if "volume" in parts:
            drawn.append(parts["volume"])
        if "nodes" in parts:
            drawn.append(rows(parts["nodes"]))
        if "note" in parts:
            drawn.append(note(parts["note"]))
        told = {name: parts[name] for name in ("note", "alerts") if name in parts}
        return told | {"state": state}, drawn

    def _state(self, column: Column, parts: dict[str, Any]) -> dict[str, Any]:
        """Say in one sentence how far the column can be trusted now."""
        sources = {} if column is _PINNED else self._computed.sources()
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
        if not parts.get("nodes", True):
            return {"level": "empty", "text": self._nothing(column), "since": None}
        if column.type not in (*COMPUTED, VISITED) and not self._known[column.key]:
            text = "Nothing that matches has been collected yet; it appears here as soon as it is."
            return {"level": "empty", "text": text, "since": None}
        return {"level": "live", "text": "", "since": None}

    def _nothing(self, column: Column) -> str:
        if column.type == "alerts" and not any(each.alert for each in self.deck.columns):
            return "No column of this deck is set to tell alerts yet."
        return NOTHING[column.type]

    def _clock(self, millis: int) -> str:
        moment = datetime.fromtimestamp(millis / 1000, ZoneInfo(self.deck.zone))
        return f"{moment:%H:%M}"


def _expiries(column: Column) -> tuple[datetime, ...]:
    """Return when mutes of a column of items run out."""
    if column.query is None or column.type in (*COMPUTED, VISITED):
        return ()
    return tuple(leaf.when for leaf in leaves(column.query.tree) if isinstance(leaf, Expires))


def _failing(error: StoreError) -> dict[str, Any]:
    """Return the state of a column that cannot be read; the error's own words name the file."""
    if isinstance(error, QueryTimeout):
        text = "This search took too long and was given up. It is tried again."
    else:
        text = "The store cannot be read just now. It is tried again."
    return {"level": "failing", "text": text, "since": None}
