"""The entries of a column of items: the newest, older ones, and what has become of them since."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from workbench.columns.fold import Folds, Group
from workbench.columns.guard import Guard, item_of
from workbench.columns.post import Folded, item_key
from workbench.columns.wire import to_wire
from workbench.columns.words import plain
from workbench.decks import VISITED, Column, Deck
from workbench.items import Item
from workbench.query.tree import Expires, leaves
from workbench.store import Store

__all__ = ["Entries", "Wire", "Wires"]

_OLDER: Final = 50
_PAGES: Final = 4  # of items that are read for one page of entries
_LOOKED: Final = 100  # items among which those that came since a visit are looked for,
_LOOKS: Final = 20  # so many times for one answer
_LATE: Final = timedelta(days=1)
_NAMES: Final = 2  # of those who reposted something that are told
# As many as a browser holds of a column: what a longer burst pushes out is older than all it
# shows, and is asked for on scrolling.
_HELD: Final = 250
_KEPT: Final = 5000  # keys remembered per column, so that an item is new only once

Wire = dict[str, Any]
Wires = MutableMapping[object, Wire]
"""What was drawn a moment ago: the same entry in several columns is drawn once."""


class Entries:
    """What one column of items shows.

    Parameters
    ----------
    deck : Deck
    column : Column
        Of the deck.
    store : Store
    media : {"off", "small", "large"}
        How pictures are previewed where neither column nor deck say it.
    began : datetime
        Since when it is followed.
    """

    def __init__(
        self, deck: Deck, column: Column, store: Store, *, media: str, began: datetime
    ) -> None:
        self.column = column
        self.media = column.media or deck.media or media
        self._lists = deck.lists
        self._store = store
        self._began = self._looked = began
        self._guard = Guard(deck, column)
        self._folds = Folds(self._find, is_alike=column.is_folding)
        self._known: dict[str, None] = {}
        self._oldest: datetime | None = None
        self._is_first = True
        self._came: dict[str, None] = {}
        self._changed: dict[str, None] = {}
        self._gone: set[str] = set()
        self._at_hand: dict[str, Item | None] = {}
        self._expiries: tuple[datetime, ...] = ()
        if column.query and column.type != VISITED:
            below = leaves(column.query.tree)
            self._expiries = tuple(leaf.when for leaf in below if isinstance(leaf, Expires))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever told."""
        return not self._known

    def group(self, key: str) -> Group | None:
        """Return what stands in the entry of an item, if it is not alone."""
        lead = self._folds.lead(key)
        return self._folds.group(lead) if lead else None

    def newest(self, shown: int, now: datetime, wires: Wires) -> dict[str, Any]:
        """Return the newest entries, ``items``, and where to go on, ``more``."""
        if self.column.type == VISITED:
            return {"items": [], "more": None}
        found, more = self._read(shown, now)
        if self._is_first:
            # The first time only: what a later viewer's state holds must still be told as an
            # arrival to those who watch already.
            self._is_first = False
            for item in found:
                self._remember(item_key(item.source, item.id))
            self._oldest = found[-1].time if len(found) >= shown else None
        return {"items": self._drawn(self._leads(found, now), now, wires), "more": more}

    def older(self, before: str, now: datetime) -> dict[str, Any]:
        """Return the entries before a cursor or time, as :meth:`newest` does.

        What belongs to an entry further up comes as that entry, which has grown by it.
        """
        found, more = self._read(_OLDER, now, before=before)
        return {"items": self._drawn(self._leads(found, now), now, {}), "more": more}

    def came(self, before: str, since: datetime, now: datetime) -> dict[str, Any]:
        """Return entries of what came after a time, newest first, about as many as a page has.

        Those that came late are found if they were published a day before that at most, and
        are not too few among many: `more` leads on only where some were found.
        """
        came: list[Item] = []
        more: str | None = before
        for _ in range(_LOOKS):
            if not more or len(came) >= _OLDER:
                break
            found = self._store.search(
                self.column.query,
                limit=_LOOKED,
                before=more,
                since=since - _LATE,
                lists=self._lists,
            )
            came += [item for item in found if (item.collected or item.time) > since]
            more = found.cursor
        items = self._drawn(self._leads(came, now), now, {})
        return {"items": items, "more": more if came else None}

    def take(self, item: Item, now: datetime) -> None:
        """Take in an item that came or changed, if it shows here."""
        key = item_key(item.source, item.id)
        if self._folds.lead(key) is not None:
            self._at_hand[key] = item
        if key in self._known:
            self._folds.put(item)
            self._change(key)
            return
        self._change(key)  # others may have reposted it
        if self._oldest and item.time < self._oldest:
            return
        if self.column.type == VISITED and (item.collected or item.time) < self._began:
            return  # known to those who asked, if new to us
        if self.column.query is not None and self._guard.shows(item, now):
            self._add(item, now)

    def drop(self, key: str) -> None:
        """Take out an item that is gone."""
        self._at_hand.pop(key, None)
        self._change(key)
        self._folds.drop(key)
        self._gone.add(key)

    def come_back(self, now: datetime) -> None:
        """Take in what was muted for a while, and is not any more."""
        if any(self._looked < when <= now for when in self._expiries):
            for item in self._store.search(self.column.query, limit=_OLDER, lists=self._lists):
                if item_key(item.source, item.id) not in self._known:
                    self._add(item, now)
        self._looked = now

    def settle(self, now: datetime, wires: Wires) -> tuple[list[Wire], list[Wire], list[str]]:
        """Return what has become of entries since the last call.

        Returns
        -------
        add, changed : list of dict
            Entries that something came to, the newest first; and those that stay in their places,
            for whoever has them.
        gone : list of str
            Keys of items that are no entry of their own any more.
        """
        touched, fallen = self._folds.settle()
        came = self._came | {lead: None for lead, is_new in touched.items() if is_new}
        changed = self._changed | touched
        fallen = [key for key in fallen if key in self._known and key not in self._gone]
        self._came, self._changed, self._gone = {}, {}, set()
        add = self._drawn([lead for lead in came if self._folds.lead(lead) == lead], now, wires)
        rest = [lead for lead in changed if lead not in came and self._folds.lead(lead) == lead]
        altered = self._drawn(rest, now, wires)
        self._at_hand.clear()
        return add[:_HELD], altered, fallen

    def _read(
        self, n: int, now: datetime, before: str | None = None
    ) -> tuple[list[Item], str | None]:
        """Return items, so many, or more where they make few entries; and where to go on."""
        found: list[Item] = []
        for _ in range(_PAGES):
            page = self._store.search(self.column.query, limit=n, before=before, lists=self._lists)
            found += page
            before = page.cursor
            if not before or len(self._leads(found, now)) > n // 2:
                break
        return found, before

    def _leads(self, found: Sequence[Item], now: datetime) -> list[str]:
        """Return the leads of the entries in which items stand, each once."""
        here = {item_key(item.source, item.id): item for item in found}
        self._at_hand = {**here}
        leads: dict[str, None] = {}
        for item in reversed(found):  # the oldest leads
            if not self._guard.hands_on(item, now, self._find):
                continue
            lead = self._folds.put(item, is_quiet=True)
            while lead not in here and not self._still_shows(lead, now):
                self._folds.drop(lead)
                lead = self._folds.put(item, is_quiet=True)
            leads[lead] = None
        return list(leads)

    def _still_shows(self, key: str, now: datetime) -> bool:
        item = self._find(key)
        return item is not None and self._guard.shows(item, now)

    def _drawn(self, leads: Iterable[str], now: datetime, wires: Wires) -> list[Wire]:
        """Return entries as a browser needs them, the newest first."""
        made = [wire for lead in leads if (wire := self._draw(lead, now, wires))]
        return sorted(made, key=lambda wire: (wire["published"], wire["key"]), reverse=True)

    def _draw(self, lead: str, now: datetime, wires: Wires) -> Wire | None:
        item = self._find(lead)
        if item is None:
            return None
        group = self._folds.group(lead)
        shown = self._guard.shown_for(item, now, self._find)
        folded = _folded(lead, item, group, is_original=shown is not item)
        time = group.time if group else item.time
        is_open = self.column.sensitive == "shown"
        known = (shown.key, folded, time, self.media, is_open)
        if known not in wires:
            wires[known] = to_wire(
                shown, folded=folded, time=time, media=self.media, is_open=is_open
            )
        return wires[known]

    def _find(self, key: str) -> Item | None:
        if key not in self._at_hand:
            self._at_hand[key] = item_of(self._store, key)
        return self._at_hand[key]

    def _add(self, item: Item, now: datetime) -> None:
        if not self._guard.hands_on(item, now, self._find):
            return
        key = item_key(item.source, item.id)
        self._at_hand[key] = item
        self._came[self._folds.put(item, is_quiet=True)] = None
        self._remember(key)

    def _change(self, key: str) -> None:
        """Note that the entry of an item may look otherwise."""
        lead = self._folds.lead(key)
        if lead is not None:
            self._changed[lead] = None

    def _remember(self, key: str) -> None:
        self._known[key] = None
        if len(self._known) > _KEPT:
            del self._known[next(iter(self._known))]


def _folded(lead: str, item: Item, group: Group | None, *, is_original: bool) -> Folded:
    """Return what is told of an entry; the lead's own repost too, if its original is shown."""
    own = [plain(item.author_name) or plain(item.author) or "Somebody"] if is_original else []
    if group is None:
        return Folded(lead, tuple(own), len(own))
    names = [*group.names[:_NAMES], *own][:_NAMES]
    return Folded(lead, tuple(names), group.count("repost") + len(own), group.count("alike"))
