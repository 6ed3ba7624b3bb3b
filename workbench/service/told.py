"""The states of sources and what they covered, written down together by a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Final

from workbench.errors import StoreError
from workbench.states import SourceState
from workbench.store import Note, Store

__all__ = ["Told"]

_log = logging.getLogger("workbench.service")

_GATHERED: Final = 0.02
"""Seconds in which what comes next is gathered: a transaction takes about as long."""

_TRIED: Final = 5.0  # seconds

Done = Callable[[Exception | None], object]


class Told:
    """What sources do and covered, on its way into the store: of each state only the latest.

    Hundreds of sources tell something at the same moment, when a service starts or ends, or all
    of its feeds answer at once; one transaction takes it all.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._waiting: dict[str, SourceState] = {}
        self._notes: list[tuple[Note, Done]] = []
        self._is_any = threading.Event()
        self._over = threading.Event()

    def put(self, state: SourceState) -> None:
        """Have a state written down soon."""
        with self._lock:
            self._waiting[state.key] = state
        self._is_any.set()

    def note(self, note: Note, done: Done) -> None:
        """Have what a source covered written down soon.

        Parameters
        ----------
        note : Note
        done : callable
            Called by the thread that writes: with None once it is on disk, or with what went
            wrong. It never raises.
        """
        with self._lock:
            self._notes.append((note, done))
        self._is_any.set()

    def run(self) -> None:
        """Write until told to end."""
        while not self._over.is_set():
            self._is_any.wait()
            self._is_any.clear()
            self.write()
            self._over.wait(_GATHERED)
        self.write()

    def end(self) -> None:
        """Let the thread end, after what waits is written."""
        self._over.set()
        self._is_any.set()

    def write(self) -> None:
        """Write all that waits."""
        with self._lock:
            states, self._waiting = self._waiting, {}
            notes, self._notes = self._notes, []
        if notes:
            try:
                self._store.note_all([note for note, _ in notes], states.values())
            except Exception as error:  # noqa: BLE001 - of one of them, perhaps: told to whose it is
                self._write_each(notes, error)
            else:
                for _, done in notes:
                    done(None)
                return
        # They are still held by their sources; a store without room takes later ones.
        try:
            if states:
                self._store.report(*states.values())
        except StoreError as error:
            _log.debug("states of %d sources not written: %s", len(states), error)
        except Exception:  # noqa: BLE001 - one of them holds what no store can
            for state in states.values():
                try:
                    self._store.report(state)
                except Exception as error:  # noqa: BLE001 - that one
                    _log.debug("%s: state not written: %s", state.key, type(error).__name__)

    def _write_each(self, notes: Iterable[tuple[Note, Done]], failure: Exception) -> None:
        """Write notes one by one: what is wrong with one of them concerns no other.

        A store that is locked for long keeps all of them from being written: the rest is told so.
        """
        end = time.monotonic() + _TRIED
        for note, done in notes:
            error: Exception | None = failure
            if time.monotonic() < end:
                try:
                    self._store.note(*note)
                except Exception as own:  # noqa: BLE001 - told to whose it is
                    error = own
                else:
                    error = None
            done(error)
