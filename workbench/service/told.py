"""The states of sources, written down together and by a thread of its own."""

from __future__ import annotations

import logging
import threading

from workbench.errors import StoreError
from workbench.states import SourceState
from workbench.store import Store

__all__ = ["Told"]

_log = logging.getLogger("workbench.service")


class Told:
    """What sources do, on its way into the store: of each only the latest.

    Hundreds of sources tell something at the same moment, when a service starts or ends; one
    transaction takes it all.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._waiting: dict[str, SourceState] = {}
        self._is_any = threading.Event()
        self._is_over = False

    def put(self, state: SourceState) -> None:
        """Have a state written down soon."""
        with self._lock:
            self._waiting[state.key] = state
        self._is_any.set()

    def run(self) -> None:
        """Write until told to end."""
        while not self._is_over:
            self._is_any.wait()
            self._is_any.clear()
            self.write()

    def end(self) -> None:
        """Let the thread end, after what waits is written."""
        self._is_over = True
        self._is_any.set()

    def write(self) -> None:
        """Write all that waits."""
        with self._lock:
            states, self._waiting = self._waiting, {}
        if not states:
            return
        try:
            self._store.report(*states.values())
        except StoreError as error:
            # They are still held by their sources; a store without room takes later ones.
            _log.debug("states of %d sources not written: %s", len(states), error)
