"""What all viewers of one deck share: its board, snapshots of it, and one stream of events."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Generic, Literal, TypeVar

from workbench.clock import Clock, to_micros
from workbench.columns import Board
from workbench.columns.shell import frame
from workbench.decks import Deck, Followed
from workbench.documents import Shelf
from workbench.page.look import Look, encode, first_look
from workbench.store import Store

__all__ = ["Hub", "Shared", "Snapshot", "Viewer"]

_T = TypeVar("_T")
_log = logging.getLogger(__name__)

PACE: Final = 0.25
"""Seconds between two looks at the store while somebody watches."""
SAME: Final = 5.0
"""Seconds for which a snapshot serves while nothing new is stored: a visit then waits for none."""
IDLE: Final = 5.0
"""The same while nobody does."""
QUIET: Final = 1.0
"""Seconds after which the board is asked even though the store has not changed."""
BEAT: Final = 10.0
"""Seconds between two signs of life."""
KEPT_LINKS: Final = 2.0
"""Seconds between two looks at what the top bar links."""
KEPT_EVENTS: Final = 256
KEPT_BYTES: Final = 1_000_000
WAITING: Final = 128
"""Events that may wait for one viewer; a slower one is cut off, and catches up by id."""


class Shared(Generic[_T]):
    """A value made once for all who ask within `kept` seconds, or while it is being made."""

    def __init__(self, kept: float, make: Callable[[], Awaitable[_T]]) -> None:
        self._kept = kept
        self._make = make
        self._making: asyncio.Future[_T] | None = None
        self._until = 0.0

    async def get(self) -> _T:
        """Return the value, or raise what its making raised."""
        making = self._making
        if making is None or (making.done() and time.monotonic() >= self._until):
            making = self._making = asyncio.ensure_future(self._timed())
        return await asyncio.shield(making)

    async def _timed(self) -> _T:
        self._until = 0.0  # a failure is not kept
        value = await self._make()
        self._until = time.monotonic() + self._kept
        return value


class Kept(Generic[_T]):
    """A value that is made anew at most every so many seconds, by whoever asks then."""

    def __init__(self, seconds: float, make: Callable[[], _T]) -> None:
        self._seconds = seconds
        self._make = make
        self._made: tuple[float, _T] | None = None

    def get(self) -> _T:
        """Return the value."""
        tick = time.monotonic()
        if self._made is None or tick - self._made[0] >= self._seconds:
            self._made = tick, self._make()
        return self._made[1]


@dataclass(frozen=True)
class Snapshot:
    """A board's whole state, and the number of the last event that it contains."""

    number: int
    state: Mapping[str, Any]

    @cached_property
    def json(self) -> bytes:
        """The state as JSON."""
        return encode(self.state)

    @cached_property
    def look(self) -> Look:
        """The state as a page holds it: posts as HTML, all else as JSON."""
        return first_look(self.state)


class Viewer:
    """One open stream: what waits to be sent to it."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue()
        self.is_ended = False

    def offer(self, event: bytes) -> None:
        """Put an event into the line, or give this viewer up if the line is too long."""
        if self._waiting.qsize() >= WAITING:
            self.end()
        if not self.is_ended:
            self._waiting.put_nowait(event)

    def end(self) -> None:
        """Let the stream end."""
        self.is_ended = True
        self._waiting.put_nowait(b"")  # wakes whoever waits

    async def next(self) -> bytes:
        """Return all that waits, as soon as something does; nothing at the end."""
        parts = [await self._waiting.get()]
        while not self._waiting.empty():
            parts.append(self._waiting.get_nowait())
        return b"" if self.is_ended else b"".join(parts)


class Hub:
    """One deck for all its viewers.

    Parameters
    ----------
    deck : Deck
    store : Store
    now : Clock
    mode : {"live", "replay"}
    decks : callable
        Returns all decks of the page, for the tabs.
    version : callable
        Returns what changes when a browser should load the page anew.
    links : callable, optional
        Returns what the top bar links besides the decks: ``text`` and ``href`` of each.
    changed : callable, optional
        Takes the deck when its file was edited; called on the event loop.
    shelf : Shelf, optional
        The documents that scheduled runs have left.
    base : str
        Path under which the page is served, with slashes around it.
    shown : callable
        What of a deck is shown.

    Notes
    -----
    The board lives in one thread of its own; everything else on the server's event loop.
    Ids of events are ``boot-n``: another boot means another server, whose numbers say
    nothing about ours.
    """

    def __init__(
        self,
        deck: Deck,
        store: Store,
        *,
        now: Clock,
        mode: str,
        decks: Callable[[], Sequence[Deck]],
        version: Callable[[], str],
        links: Callable[[], list[dict[str, str]]] = list,
        changed: Callable[[Deck], None] = lambda _: None,
        shelf: Shelf | None = None,
        base: str = "/",
        shown: Callable[[Deck], Deck] = lambda deck: deck,
    ) -> None:
        self._followed = Followed(deck)
        self._shown = shown
        self._was_edited = False
        self._changed = changed
        self._shelf = shelf
        self._base = base
        self._store = store
        self._now = now
        self._mode = mode
        self._decks = decks
        self._version = version
        self._links = Kept(KEPT_LINKS, links)
        self._told_links: object = None
        self._told_shape: tuple[str, ...] | None = None
        self._boot = secrets.token_hex(4)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"board-{deck.name}")
        self._board: Board | None = None
        self._number = 0
        self._ring: deque[tuple[int, bytes]] = deque()
        self._ring_bytes = 0
        self._viewers: set[Viewer] = set()
        self._joined = asyncio.Event()
        self._seen = -1
        self._asked = 0.0
        self._next_beat = 0.0
        self._is_well = True
        self._last: tuple[object, float, Snapshot] = (None, 0.0, Snapshot(0, {}))
        self._snapshot = Shared(PACE, lambda: self._call(self._state))

    @property
    def deck(self) -> Deck:
        """The deck, as its file was last read without error."""
        return self._shown(self._followed.deck)

    async def snapshot(self) -> Snapshot:
        """Return the state, at most a quarter of a second old, made once for all who ask."""
        return await self._snapshot.get()

    async def ask(self, question: Callable[[Board], _T]) -> _T:
        """Return what the board says to a question, in its own thread."""
        return await self._call(lambda: question(self._made()))

    async def alerts(self) -> dict[str, Any]:
        """Return when the alerts of each column that has a rule were told, as an update has it."""
        columns = (await self.snapshot()).state["columns"]
        told = {c["key"]: {"alerts": c["alerts"]} for c in columns if "alerts" in c}
        return {"columns": told}

    def __len__(self) -> int:
        return len(self._viewers)

    async def join(self, last: str) -> Viewer:
        """Open a stream.

        Parameters
        ----------
        last : str
            The id of the last event that the viewer has seen, or the ``seq`` of its state.
            What came since is sent again; if that is no longer known, a whole state.
        """
        boot, _, digits = last.partition("-")
        known = boot == self._boot and digits.isascii() and digits.isdigit() and len(digits) < 18
        seen = int(digits) if known else -1
        first = b""
        while not self._holds_after(seen):
            state = await self.snapshot()
            seen = state.number
            first = self._event("state", state.json, seen)
        viewer = Viewer()
        missed = b"".join(event for number, event in self._ring if number > seen)
        viewer.offer(b"retry: 2000\n\n" + self._beat() + first + missed)
        self._viewers.add(viewer)
        self._joined.set()
        return viewer

    def _holds_after(self, number: int) -> bool:
        """Return whether every event after this one can be told again."""
        oldest = self._ring[0][0] if self._ring else self._number + 1
        return oldest - 1 <= number <= self._number

    def leave(self, viewer: Viewer) -> None:
        """Close a stream."""
        viewer.end()
        self._viewers.discard(viewer)

    async def run(self) -> None:
        """Look for news and tell them, until cancelled."""
        while True:
            try:
                await self._look()
                self._is_well = True
            except Exception:  # noqa: BLE001 - a bug in one column included
                # The viewers' page must not freeze unnoticed: while this lasts there is no beat,
                # so that the page says it hears nothing.
                if self._is_well:
                    name = self.deck.name
                    _log.exception("deck %s: what is new cannot be read; tried again", name)
                self._is_well = False
            if self._viewers and self._is_well:
                await asyncio.sleep(PACE)
                continue
            self._joined.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(IDLE):
                    await self._joined.wait()

    async def close(self) -> None:
        """End all streams and the board's thread."""
        for viewer in list(self._viewers):
            self.leave(viewer)
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)

    async def _call(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _look(self) -> None:
        kind, data = await self._call(self._advance)
        if data is not None:
            self._number += 1
            event = self._event("update" if kind == "update" else "state", data, self._number)
            if kind == "edit":
                self._changed(self.deck)
                # Whoever was away must not be told of columns that are no more.
                self._ring.clear()
                self._ring_bytes = 0
            self._ring.append((self._number, event))
            self._ring_bytes += len(event)
            while len(self._ring) > KEPT_EVENTS or self._ring_bytes > KEPT_BYTES:
                self._ring_bytes -= len(self._ring.popleft()[1])
            self._tell(event)
        if time.monotonic() >= self._next_beat:
            self._tell(self._beat())
            self._next_beat = time.monotonic() + BEAT

    def _tell(self, event: bytes) -> None:
        for viewer in self._viewers:
            viewer.offer(event)

    def _beat(self) -> bytes:
        told = {"now": to_micros(self._now()) // 1000, "version": self._version()}
        return b"event: beat\ndata: " + encode(told) + b"\n\n"

    def _event(self, kind: str, data: bytes, number: int) -> bytes:
        return f"id: {self._boot}-{number}\nevent: {kind}\ndata: ".encode() + data + b"\n\n"

    # What follows runs in the board's thread.

    def _made(self) -> Board:
        if self._followed.look() or (self._board and self._board.deck != self.deck):
            self._was_edited = True
            self._board = None
            self._last = (None, 0.0, self._last[2])
        if self._board is None:
            self._board = Board(
                self.deck,
                self._store,
                now=self._now,
                mode=self._mode,
                shelf=self._shelf,
                base=self._base,
            )
        return self._board

    def _state(self) -> Snapshot:
        board = self._made()
        # Read first: an event told while the state is made may be in it too, which does no harm.
        number = self._number
        links = self._links.get()
        decks = [{"name": each.name, "title": each.title} for each in self._decks()]
        marks = (number, self._version(), self._store.seq(), links, decks)
        tick = time.monotonic()
        made, at, snapshot = self._last
        if made == marks and tick - at < SAME:
            return snapshot
        board.problem = self._problem()
        state = board.state() | {
            "version": marks[1],
            "decks": decks,
            "links": links,
            "seq": f"{self._boot}-{number}",
        }
        state["frame"] = frame(state, base=self._base)
        snapshot = Snapshot(number, state)
        self._last = marks, tick, snapshot
        return snapshot

    def _problem(self) -> dict[str, Any]:
        """Return an edit of the deck that waits, told like a source."""
        if not self._followed.problem:
            return {}
        reason = (
            "it cannot be read, so that you see the deck as it was; whoever runs the workbench "
            "finds the reason in its log"
        )
        told = {"name": "", "label": "An edited deck", "state": "waiting", "reason": reason}
        return {"deck": told}

    def _advance(self) -> tuple[Literal["update", "state", "edit"], bytes | None]:
        """Return what is new; everything, if links, columns or the deck's file did."""
        board = self._made()
        if self._was_edited:
            snapshot = self._state()
            self._was_edited, self._told_shape = False, None
            return "edit", snapshot.json
        links = self._links.get(), [(each.name, each.title) for each in self._decks()]
        told, self._told_links = self._told_links, links
        if told not in (None, links):
            return "state", self._state().json
        seq = self._store.seq()
        tick = time.monotonic()
        if seq == self._seen and tick - self._asked < QUIET:
            return "update", None
        shape = board.shape()
        before, self._told_shape = self._told_shape, shape
        if before not in (None, shape):
            self._last = (None, 0.0, self._last[2])
            return "state", self._state().json
        board.problem = self._problem()
        update = board.advance()
        self._seen, self._asked = seq, tick
        return "update", None if update is None else encode(update)
