"""A deck's board in a thread of its own, told to whoever views it, and to nobody else.

The kernel is busy with cells most of the time, so that nothing here waits for it: the thread
looks at the store and sends by itself. It runs while somebody looks, and not a minute longer.
"""

from __future__ import annotations

import ctypes
import logging
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

import orjson

from workbench import clock, store
from workbench.columns import Board
from workbench.columns.shell import frame
from workbench.columns.wire import to_millis
from workbench.decks import Deck
from workbench.errors import StoreError, WorkbenchError
from workbench.store import Store

__all__ = ["LONGEST_KEY", "Live", "missing"]

_log = logging.getLogger(__name__)

PACE: Final = 0.2
"""Seconds between two updates, at least."""
LOOK: Final = 0.05
"""Seconds between two looks at whether anything is new."""
QUIET: Final = 1.0
"""Seconds after which the board is asked even though the store has not changed."""
BEAT: Final = 10.0
"""Seconds between two signs of life."""
LEASE: Final = 60.0
"""Seconds after which a view that has not been heard of is gone."""
RETRY: Final = 2.0
"""Seconds until a store that failed is tried again."""
VIEWS: Final = 64
"""Views of one deck at once; more are none of ours."""
LONGEST_KEY: Final = 4096
"""Characters of an item's key; more has none."""
WAITING: Final = 64
"""Requests that may wait; more than that no reader makes."""

_UNREADABLE: Final = "The deck's data cannot be read just now. It is tried again."

Send = Callable[[dict[str, Any]], None]


def missing(address: str | None) -> str:
    """Return the path of a store's file that is not there, else nothing."""
    where = address or store.default_address()
    return "" if "://" in where or Path(where).expanduser().exists() else where


def _give_back() -> None:
    """Return to the system what a first state has freed; glibc would keep it for the kernel."""
    with suppress(AttributeError, OSError, TypeError):  # another C library has no such function
        ctypes.CDLL(None).malloc_trim(0)


class Live:
    """Follows a store for the views of one widget.

    Parameters
    ----------
    deck : Deck
        What is shown.
    address : str or None
        The store.
    send : callable
        Takes a message to all views; called from the thread.
    is_public : bool
        Whether those who look are not those who run it: errors then name no file.
    each_look : callable, optional
        Called with each look, in the thread.
    """

    def __init__(
        self,
        deck: Deck,
        *,
        address: str | None,
        send: Send,
        is_public: bool,
        each_look: Callable[[], None] = lambda: None,
    ) -> None:
        self._deck = deck
        self._shape = 0
        self._address = address
        self._tell = send
        self._is_public = is_public
        self._each_look = each_look
        self._lock = threading.Lock()
        self._views: dict[str, float] = {}
        self._asked: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._is_closed = False
        # What follows belongs to the thread.
        self._boot = ""
        self._number = 0

    @property
    def is_running(self) -> bool:
        """Whether the board is being evaluated."""
        with self._lock:
            return self._thread is not None

    def show(self, deck: Deck) -> None:
        """Show other columns from now on; every view begins anew."""
        with self._lock:
            self._deck = deck
            self._shape += 1
        self._ask(None)

    def warm(self) -> None:
        """Read everything once, in a thread, so that the first view need not wait for it."""
        threading.Thread(target=self._read_once, name="deck-warm", daemon=True).start()

    def here(self, view: str, seen: str) -> None:
        """Note that a view is open, and what it has seen; it gets a state if it lacks any."""
        with self._lock:
            if self._is_closed or (view not in self._views and len(self._views) >= VIEWS):
                return
            self._views[view] = time.monotonic()
            self._ask(lambda: self._answer(view, seen))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deck", daemon=True)
                self._thread.start()

    def away(self, view: str) -> None:
        """Note that a view is closed, or cannot be seen."""
        with self._lock:
            self._views.pop(view, None)
        self._ask(None)

    def older(self, request: str, column: str, before: str, since: str = "") -> None:
        """Send the items of a column that lie before a cursor, and came after `since` if given."""
        with self._lock:
            if self._thread is not None:
                self._ask(lambda: self._find_older(request, column, before, since))

    def opened(self, request: str, column: str, item: object) -> None:
        """Send an item of a column with all that belongs to it."""
        if isinstance(item, str) and len(item) <= LONGEST_KEY:
            with self._lock:
                if self._thread is not None:
                    self._ask(lambda: self._find_opened(request, column, item))

    def close(self) -> None:
        """End the thread, and the connection to the store with it."""
        with self._lock:
            self._is_closed = True
            self._views.clear()
            thread = self._thread
        self._asked.put(None)
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=10)

    def _ask(self, work: Callable[[], None] | None) -> None:
        """Have the thread do something; nothing wakes it, which a full queue does as well."""
        if self._asked.qsize() < WAITING:
            self._asked.put(work)

    # What follows runs in the thread.

    def _read_once(self) -> None:
        # What cannot be read is said to the first view.
        with suppress(StoreError):
            if not missing(self._address):
                with store.open(self._address, is_lean=True) as opened:
                    Board(self._deck, opened).state()

    def _run(self) -> None:
        while self._is_watched():
            try:
                self._follow()
            except StoreError as error:
                self._trouble(_UNREADABLE if self._is_public else str(error))
            except Exception:  # noqa: BLE001 - see below
                # A bug in one column must not end the deck without a word.
                _log.exception("deck %s: what is new cannot be read; tried again", self._deck.name)
                self._trouble(_UNREADABLE)
            else:
                return  # nobody looks; whoever comes next has a thread of their own
            self._wait(RETRY)

    def _is_watched(self) -> bool:
        """Whether anybody looks; if not, the thread is over from here on."""
        with self._lock:
            if self._thread is not threading.current_thread():
                return False
            late = time.monotonic() - LEASE
            self._views = {view: at for view, at in self._views.items() if at >= late}
            if not self._views:
                self._thread = None
            return bool(self._views)

    def _wait(self, seconds: float) -> None:
        """Drop requests for a while: there is nothing to answer them from."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and self._views:
            try:
                self._asked.get(timeout=left)
            except Empty:
                return

    def _follow(self) -> None:
        """Open the store and tell what it holds until nobody looks."""
        if where := missing(self._address):
            hint = "" if self._is_public else f" in {where}; workbench up --store {where} fills one"
            raise StoreError(
                f"There is no store yet{hint}. This deck comes to life by itself once there is one."
            )
        with store.open(self._address, is_lean=True) as opened:
            self._store: Store = opened
            shape = self._begin()
            while self._is_watched():
                if shape != self._shape:
                    shape = self._go_on()
                self._look()
                self._serve()

    def _go_on(self) -> int:
        """Show the present columns, and tell every view what of them is new."""
        with self._lock:
            deck, shape = self._deck, self._shape
        state = self._board.become(deck)
        if state is None:
            return self._begin()
        before = self._id
        self._number += 1
        self._told = shape
        self._shown = self._board.shape()
        self._sent = self._looked = self._beaten = time.monotonic()
        self._send("laid", before=before, data=self._framed(state))
        return shape

    def _begin(self) -> int:
        """Make the board of the present columns, and tell every view all of them."""
        with self._lock:
            deck, shape = self._deck, self._shape
        # Whoever asked until now is told with all the others.
        while not self._asked.empty():
            self._asked.get_nowait()
        mode = "replay" if self._store.is_demo() else "live"
        self._board = Board(
            deck,
            self._store,
            now=clock.now,
            mode=mode,
            media="off" if self._is_public else "small",
        )
        self._shown = self._board.shape()
        self._boot = secrets.token_hex(4)
        self._number = 0
        self._told = shape
        self._seen = self._store.seq()
        self._sent = self._looked = self._beaten = time.monotonic()
        self._send_state("")
        _give_back()
        return shape

    def _look(self) -> None:
        """Tell what is new, at most five times a second."""
        tick = time.monotonic()
        if tick - self._sent < PACE:
            return
        self._each_look()
        seq = self._store.seq()
        if seq != self._seen or tick - self._looked >= QUIET:
            self._seen, self._looked = seq, tick
            was, self._shown = self._shown, self._board.shape()
            if was != self._shown:
                self._number += 1
                self._sent = self._beaten = tick
                self._send_state("")
            elif (update := self._board.advance()) is not None:
                before = self._id
                self._number += 1
                self._sent = self._beaten = tick
                self._send("update", before=before, data=update)
        if tick - self._beaten >= BEAT:
            self._beaten = tick
            self._send("beat", before=self._id, data={"now": to_millis(clock.now())})

    def _serve(self) -> None:
        """Answer requests until it is time for the next look."""
        tick = time.monotonic()
        until = tick + LOOK if tick >= self._sent + PACE else min(tick + LOOK, self._sent + PACE)
        while (left := until - time.monotonic()) > 0:
            try:
                work = self._asked.get(timeout=left)
            except Empty:
                return
            if work is None:
                return
            work()

    @property
    def _id(self) -> str:
        return f"{self._boot}-{self._number}"

    def _answer(self, view: str, seen: str) -> None:
        if seen == self._id:
            self._send("beat", before=seen, data={"now": to_millis(clock.now())}, view=view)
        else:
            self._send_state(view)

    def _send_state(self, view: str) -> None:
        self._send("state", before=self._id, data=self._framed(self._board.state()), view=view)

    def _framed(self, state: dict[str, Any]) -> dict[str, Any]:
        whole = state | {"seq": self._id, "shape": self._told}
        return whole | {"frame": frame(whole, base="", has_choice=True)}

    def _find_older(self, request: str, column: str, before: str, since: str) -> None:
        try:
            page = self._board.older(column, before, since)
        except (WorkbenchError, LookupError, ValueError, OverflowError):
            self._post({"kind": "older", "request": request, "error": "they cannot be read"})
        else:
            self._post({"kind": "older", "request": request}, page)

    def _find_opened(self, request: str, column: str, item: str) -> None:
        told = {"kind": "opened", "request": request}
        try:
            nodes = self._board.opened(column, item)
        except LookupError:
            self._post(told | {"error": "the column does not show it, or does not any more"})
        except WorkbenchError:
            self._post(told | {"error": "it cannot be read just now"})
        else:
            self._post(told, {"nodes": nodes})

    def _trouble(self, text: str) -> None:
        self._post({"kind": "trouble", "text": text})

    def _send(self, kind: str, *, before: str, data: dict[str, Any], view: str = "") -> None:
        self._post({"kind": kind, "view": view, "before": before, "seq": self._id}, data)

    def _post(self, message: dict[str, Any], data: dict[str, Any] | None = None) -> None:
        # As text: plain data a kernel would copy piece by piece; binary parts make Voila 0.5.13
        # run out of memory where a client speaks the older protocol.
        if data is not None:
            message["json"] = orjson.dumps(data).decode()
        if not self._is_closed:
            self._tell(message)
