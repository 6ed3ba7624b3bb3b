"""A second look at what is younger than a day: counts brought up to date, deletions found."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Final

from workbench.clock import Clock
from workbench.collectors import Collector
from workbench.errors import WorkbenchError
from workbench.http import Client
from workbench.items import ParseResult
from workbench.store import Store

__all__ = ["Renewal"]

_log = logging.getLogger("workbench.service")

_FIRST: Final = 60.0  # seconds after the start
_EVERY: Final = 600.0
_AGE: Final = timedelta(days=1)
_LEAST: Final = 3_600.0  # seconds between two looks at one item
_MOST: Final = 500  # items of a source in one round
_CANDIDATES: Final = 20_000


class Renewal:
    """Asks sources again, by id, for what is kept of them and young; those that can be so asked.

    In each round the items go first that were looked at longest ago, or never. A source that
    refuses is left alone until the next round.

    Parameters
    ----------
    store : Store
    client : Client
    collectors : callable
        Returns the collectors that are at work here.
    now : Clock
    """

    def __init__(
        self,
        store: Store,
        client: Client,
        collectors: Callable[[], Iterable[Collector]],
        *,
        now: Clock,
    ) -> None:
        self._store = store
        self._client = client
        self._collectors = collectors
        self._now = now
        self._reasons: dict[str, str] = {}
        self._looked: dict[str, dict[str, float]] = {}

    def run(self, stop: threading.Event) -> None:
        """Make rounds until told to stop."""
        wait = _FIRST
        while not stop.wait(wait):
            self.round()
            wait = _EVERY

    def round(self) -> None:
        """Look once at what is due of each source."""
        by_name = {each.name: each for each in self._collectors() if hasattr(each, "renew")}
        for name, collector in by_name.items():
            try:
                self._renew(name, collector)
            except WorkbenchError as error:
                # Of an address that names 500 posts no more than the answer is told, and that
                # once: a server that has no such thing has none in ten minutes.
                status = getattr(error, "status", None)
                reason = f"it answered {status}" if status else str(error)[:200]
                level = logging.DEBUG if self._reasons.get(name) == reason else logging.INFO
                self._reasons[name] = reason
                _log.log(level, "%s: counts wait for the next round: %s", name, reason)
            except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
                # Its text may hold anything, an address with a key in it too.
                _log.warning("%s: its counts cannot be renewed (%s)", name, type(error).__name__)

    def _renew(self, name: str, collector: Any) -> None:
        young = self._store.young(name, self._now() - _AGE, limit=_CANDIDATES)
        known = self._looked.get(name, {})
        looked = {ident: known[ident] for ident in young if ident in known}
        self._looked[name] = looked
        at = time.monotonic()
        due = [ident for ident in young if at - looked.get(ident, -_LEAST) >= _LEAST]
        due.sort(key=lambda ident: looked.get(ident, -_LEAST))
        due = due[:_MOST]
        if not due:
            return
        found = collector.renew(self._client, due, now=self._now)
        looked.update(dict.fromkeys(due, at))
        asked = set(due)
        told = ParseResult(item for item in found if item.id in asked and item.source == name)
        told.deletions = [d for d in found.deletions if d.source == name and d.id in asked]
        told.accounts = found.accounts
        added = self._store.apply(told)
        _log.info(
            "%s: %d items looked at again, %d changed, %d withdrawn",
            name,
            len(due),
            added.updated,
            len(told.deletions),
        )
