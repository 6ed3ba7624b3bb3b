"""Alerts as they come: follows what is stored, and tells each once."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from workbench import alerts
from workbench.clock import Clock, from_micros, to_micros
from workbench.decks import Column, Deck
from workbench.errors import StoreError
from workbench.items import Item
from workbench.query import parse
from workbench.query.many import Many
from workbench.store import Alert, Store, Watch

__all__ = ["Watcher"]

_log = logging.getLogger(__name__)

_PACE: Final = 0.5
"""Seconds between two looks at the store."""
_BATCH: Final = 1000
_EVERYTHING: Final = parse("a OR -a")
_MOST: Final = 2000  # items of one column that are looked at together
_SAVE: Final = 5.0
"""Seconds after which it is written how far the alerts have come, even if there were none."""


@dataclass(frozen=True, slots=True)
class _Memory:
    """What is remembered of a deck's alerts from one look to the next.

    Attributes
    ----------
    checked : datetime
        All that was stored until then has been looked at.
    rules : dict of str to (str, int)
        By the column's key: the rule in words, and from when it holds, in microseconds.
    """

    checked: datetime
    rules: dict[str, tuple[str, int]]

    @classmethod
    def load(cls, text: str) -> _Memory:
        """Read what :meth:`dump` wrote."""
        told = json.loads(text)
        rules = {key: (rule, since) for key, (rule, since) in told["rules"].items()}
        return cls(from_micros(told["checked"]), rules)

    def dump(self) -> str:
        """Return it as text."""
        return json.dumps({"checked": to_micros(self.checked), "rules": self.rules})

    def since(self, column: Column) -> datetime:
        """Return from when a column's rule holds."""
        return from_micros(self.rules[column.key][1])


class Watcher:
    """The alerts of some decks.

    Where several processes watch the same deck over the same store, each alert is told by one
    of them: whoever comes second finds that the store's mark has moved, and looks again.

    Parameters
    ----------
    decks : iterable of Deck
    store : Store
    now : Clock
    """

    def __init__(self, decks: Iterable[Deck], store: Store, *, now: Clock) -> None:
        self._store = store
        self._now = now
        self._decks: tuple[Deck, ...] = tuple(decks)
        # By deck: the mark as it is stored, how far we are beyond it, and when it was written.
        self._places: dict[str, tuple[Watch | None, int, float]] = {}
        self._many: dict[str, tuple[Deck, Many]] = {}
        self._is_well = True

    def replace(self, decks: Iterable[Deck]) -> None:
        """Watch these decks from now on."""
        self._decks = tuple(decks)

    def run(self, stop: threading.Event) -> None:
        """Look until told to stop."""
        while not stop.wait(0.0 if self.look() else _PACE):
            pass

    def look(self) -> bool:
        """Tell what is due; return whether there is more to look at."""
        more = False
        for deck in self._decks:
            try:
                more |= self._follow(deck)
            except StoreError as error:
                if self._is_well:
                    _log.warning("deck %s: alerts wait until it works: %s", deck.name, error)
                self._is_well = False
                return False
            except Exception:  # noqa: BLE001 - one deck's rule must not end the alerts of all
                if self._is_well:
                    _log.exception("deck %s: its alerts cannot be told; tried again", deck.name)
                self._is_well = False
                return False
        self._is_well = True
        return more

    def _follow(self, deck: Deck) -> bool:
        columns = [column for column in deck.columns if column.alert]
        now = self._now()
        seen, at, written = self._place(deck)
        if not columns and (seen is None or not _Memory.load(seen.state).rules):
            return False
        memory, is_new = _memory(seen, columns, now)
        if seen is None or is_new:
            at = self._store.seq()
        items, deletions, seq = self._store.changes(at, limit=_BATCH)
        is_all = len(items) + len(deletions) < _BATCH
        told: list[Alert] = []
        found = self._matching(deck, columns, items, now)
        for column, hits in zip(columns, found, strict=True):
            told += self._due(deck, column, hits, memory, now)
        checked = _Memory(now if is_all else memory.checked, memory.rules)
        is_same = seen is not None and _Memory.load(seen.state).rules == memory.rules
        if not told and is_same and (seq == at or time.monotonic() - written < _SAVE):
            self._places[deck.name] = seen, seq, written
            return not is_all
        mark = Watch(seq, checked.dump())
        if self._store.fire(deck.name, told, seen=seen, now=mark):
            self._places[deck.name] = mark, seq, time.monotonic()
            for alert in told:
                if not alert.id:
                    _log.info("deck %s: alert in %s (%d)", deck.name, alert.title, alert.n)
            return not is_all
        self._places.pop(deck.name, None)
        return True

    def _place(self, deck: Deck) -> tuple[Watch | None, int, float]:
        if deck.name not in self._places:
            seen = self._store.watched(deck.name)
            self._places[deck.name] = seen, seen.seq if seen else 0, 0.0
        return self._places[deck.name]

    def _matching(
        self, deck: Deck, columns: Sequence[Column], items: Sequence[Item], now: datetime
    ) -> list[list[Item]]:
        """Return for each column which of the items are in it."""
        known = self._many.get(deck.name)
        if known is None or known[0] is not deck:
            asked = [(column.query or _EVERYTHING, deck.lists) for column in columns]
            known = self._many[deck.name] = deck, Many(asked)
        found: list[list[Item]] = [[] for _ in columns]
        for item in items:
            for n in known[1].matching(item, now=now):
                found[n].append(item)
        return found

    def _due(
        self, deck: Deck, column: Column, hits: Sequence[Item], memory: _Memory, now: datetime
    ) -> list[Alert]:
        """Return the alerts that items of a column make which have come or changed."""
        rule, query, lists = column.alert, column.query, deck.lists
        if rule is None or not hits:
            return []
        since = memory.since(column)
        if rule.at_least:
            # All that may lie in one stretch with what has come since the last look. It is read
            # from the store, so that one that is told again counts once.
            start = max(since, memory.checked - 2 * rule.within)
            hits = self._store.search(query, since=start, limit=_MOST, lists=lists)
            earliest = start - rule.within
        else:
            earliest = min(i.collected or i.time for i in hits) - timedelta(minutes=1)
        told = self._store.alerts(deck=deck.name, column=column.key, since=earliest)
        seen = map(alerts.sighting, hits)
        return alerts.due(column, seen, told, deck=deck.name, since=since, now=now)


def _memory(seen: Watch | None, columns: Sequence[Column], now: datetime) -> tuple[_Memory, bool]:
    """Return what is known of the columns' rules, and whether all of them are new."""
    before = _Memory.load(seen.state) if seen else _Memory(now, {})
    rules = {}
    is_new = True
    for column in columns:
        told = f"{column.alert} {column.query}"
        known = before.rules.get(column.key, ("", 0))
        is_new &= known[0] != told
        rules[column.key] = known if known[0] == told else (told, to_micros(now))
    return _Memory(now if is_new else before.checked, rules), is_new
