"""The board: all columns of one deck, evaluated over a store, whole or as what has changed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from functools import partial
from itertools import product
from typing import Any, Final
from zoneinfo import ZoneInfo

from workbench import clock
from workbench.clock import Clock
from workbench.columns import stories
from workbench.columns.computed import HELP, NOTHING, Computed
from workbench.columns.entries import Entries, Wire
from workbench.columns.found import FIND, found
from workbench.columns.opened import opened
from workbench.columns.pinned import PINNED, pinned_in
from workbench.columns.post import item_key
from workbench.columns.same import going_on
from workbench.columns.shell import note, place, rows, say, section, top
from workbench.columns.storied import opened_story
from workbench.columns.termed import opened_term
from workbench.columns.tree import Node
from workbench.columns.trends import MARK
from workbench.columns.wire import to_millis
from workbench.decks import COMPUTED, VISITED, Column, Deck
from workbench.documents import Shelf, folder
from workbench.errors import QueryTimeout, StoreError
from workbench.store import Store

__all__ = ["Board"]

_SHOWN: Final = 50
_BATCH: Final = 500


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
    media : {"off", "small", "large"}
        How pictures are previewed where neither deck nor column say it.

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
        media: str = "off",
    ) -> None:
        self.deck = deck
        self.store = store
        self.mode = mode
        self._shown = shown
        self._computed = Computed(
            deck, store, shelf=shelf or Shelf(folder()), base=base, media=deck.media or media
        )
        self._now = now
        self._media = media
        began = now()
        self._entries = {
            column.key: Entries(deck, column, store, media=media, began=began)
            for column in deck.columns
            if column.type not in COMPUTED
        }
        self._sent: dict[tuple[str, str], Any] = {}
        self._has_pins = False
        self.problem: dict[str, Any] = {}
        self._seq = store.seq()

    def state(self, *, told: Collection[str] = ()) -> dict[str, Any]:
        """Return the whole board: deck, mode, now, sources and columns.

        Of columns whose keys are in `told` no more than how they look.
        """
        self.shape()
        now = self._now()
        wires: dict[object, Wire] = {}
        columns = [(self._look(column), column) for column in self._columns()]
        return self._top(now) | {
            "mode": self.mode,
            "columns": [
                look if column.key in told else look | self._holds(column, now, wires)
                for look, column in columns
            ],
        }

    def become(self, deck: Deck) -> dict[str, Any] | None:
        """Show another version of the deck from now on, and return a state of what is new in it.

        Columns that are what they were are neither read nor drawn again: the state tells of them
        how they look, without items, alerts and parts.

        Returns
        -------
        dict or None
            None, with nothing changed, if the whole of it has to be told: by a board of its own.
        """
        same = going_on(self.deck, deck)
        if same is None:
            return None
        began = self._now()
        self.deck = deck
        self._computed.become(deck, {*same, PINNED.key, ""})
        self._sent = {at: told for at, told in self._sent.items() if at[0] in {*same, ""}}
        self._entries = {
            column.key: self._entries[column.key]
            if column.key in same
            else Entries(deck, column, self.store, media=self._media, began=began)
            for column in deck.columns
            if column.type not in COMPUTED
        }
        return self.state(told=same)

    def shape(self) -> tuple[str, ...]:
        """Return the keys of the columns that are shown.

        What is pinned stands first, while anything is; so a column may come or go by itself, and
        whoever was told a state needs another one.
        """
        # What cannot be read just now is not gone.
        with suppress(StoreError):
            self._has_pins = bool(self._computed.parts(PINNED, self._now())["nodes"])
        return tuple(column.key for column in self._columns())

    def _columns(self) -> tuple[Column, ...]:
        return (PINNED, *self.deck.columns) if self._has_pins else self.deck.columns

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
                "media": deck.media or self._media,
            },
            "now": to_millis(now),
            "sources": self.problem | self._computed.sources(),
        }
        return told | {"top": top(told)}

    def advance(self) -> dict[str, Any] | None:
        """Return what has changed since the last call, or None."""
        now = self._now()
        columns, changed, gone = self._arrivals(now)
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
        now = self._now()
        entries = self._entries[column_key]
        if since:
            return entries.came(before, clock.moment(since, at=now), now)
        return entries.older(before, now)

    def opened(self, column_key: str, key: str) -> list[Node]:
        """Return an item of a column with its thread, why it is there, and what is alike.

        Of a trending column, with the key ``term:…``, what holds a term; of a stories column, with
        ``story:…``, a story; of no column, with ``find:…``, what all of them show that holds
        these words.

        Raises
        ------
        KeyError
            If the deck has no such column, or it does not show such an item or term.
        """
        now, deck = self._now(), self.deck
        entries = self._entries.get(column_key)
        if key.startswith(FIND) and not column_key:
            return self.finder(key.removeprefix(FIND))()
        is_pinned = column_key == PINNED.key and self._computed.is_pinned(key)
        known = {each.key: each for each in deck.columns}
        column = pinned_in(deck) if is_pinned else known[column_key]
        media = column.media or deck.media or self._media
        if key.startswith(stories.MARK):
            nodes = opened_story(self.store, deck, column, key, now=now, media=media)
        elif key.startswith(MARK):
            term = key.removeprefix(MARK)
            nodes = opened_term(self.store, deck, column, term, now=now, media=media)
        elif entries or is_pinned:
            group = entries.group(key) if entries else None
            nodes = opened(self.store, deck, column, key, now=now, group=group, media=media)
        else:
            raise KeyError(column_key)
        if nodes is None:
            raise KeyError(key)
        return nodes

    def finder(self, words: str) -> Callable[[], list[Node]]:
        """Return what looks for words, in any thread, in all that the columns show."""
        own = [each.column for each in self._entries.values()]
        media = self.deck.media or self._media
        return partial(found, self.store, self.deck, own, words, now=self._now(), media=media)

    def _arrivals(self, now: datetime) -> tuple[dict[str, dict[str, Any]], list[Wire], list[str]]:
        """Return what came, by column; what changed; and what is gone since the last call."""
        gone: list[str] = []
        more = True
        while more:
            items, deletions, self._seq = self.store.changes(self._seq, limit=_BATCH)
            went = [item_key(source, ident) for source, ident, _ in deletions]
            gone += went
            # Item by item, so that each is read once for the queries of all columns.
            for entries, key in product(self._entries.values(), went):
                entries.drop(key)
            for item, entries in product(items, self._entries.values()):
                entries.take(item, now)
            more = len(items) + len(deletions) >= _BATCH
        return *self._settled(now), gone

    def _settled(self, now: datetime) -> tuple[dict[str, dict[str, Any]], list[Wire]]:
        """Return what has become of entries, by column; and those that changed alike in all."""
        columns: dict[str, dict[str, Any]] = {}
        changed: dict[str, list[tuple[str, Wire]]] = {}
        wires: dict[object, Wire] = {}
        for key, entries in self._entries.items():
            with suppress(StoreError):  # tried again the next time
                entries.come_back(now)
            add, altered, gone = entries.settle(now, wires)
            part = {"add": add, "gone": gone}
            if any(part.values()):
                columns[key] = {name: value for name, value in part.items() if value}
            for wire in altered:
                changed.setdefault(wire["key"], []).append((key, wire))
        same: list[Wire] = []
        for told in changed.values():
            if all(wire is told[0][1] for _, wire in told):
                same.append(told[0][1])
                continue
            for key, wire in told:
                columns.setdefault(key, {}).setdefault("changed", []).append(wire)
        return columns, same

    def _differs(self, column: str, name: str, value: object) -> bool:
        if name == "add" or self._sent.get((column, name)) == value:
            return False
        self._sent[column, name] = value
        return True

    def _look(self, column: Column) -> dict[str, Any]:
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
        return whole | {"look": node[1]["class"], "shape": node[1]["data-shape"]}

    def _holds(self, column: Column, now: datetime, wires: dict[object, Wire]) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        try:
            if entries := self._entries.get(column.key):
                shown = entries.newest(self._shown, now, wires)
        except StoreError as error:
            state = _failing(error)
            return {"items": [], "more": None, "state": state, "parts": say(state)}
        told, drawn = self._parts(column, now)
        return shown | told | {"parts": drawn}

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
        sources = {} if column is PINNED else self._computed.sources()
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
        entries = self._entries.get(column.key)
        if entries and column.type != VISITED and entries.is_empty:
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


def _failing(error: StoreError) -> dict[str, Any]:
    """Return the state of a column that cannot be read; the error's own words name the file."""
    if isinstance(error, QueryTimeout):
        text = "This search took too long and was given up. It is tried again."
    else:
        text = "The store cannot be read just now. It is tried again."
    return {"level": "failing", "text": text, "since": None}
