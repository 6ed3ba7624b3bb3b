"""What an analyst has the kernel do besides reading: pin a post, take a column as a file."""

from __future__ import annotations

import logging
import threading
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from workbench import clock, exports, store
from workbench.columns import data
from workbench.columns.stories import MARK
from workbench.decks import Deck
from workbench.errors import QueryTimeout, SettingError, WorkbenchError
from workbench.exports import Row
from workbench.store.pins import PinKind
from workbench.widgets.live import missing

__all__ = ["ANSWERS", "Errands"]

_log = logging.getLogger(__name__)

ANSWERS: Final = {"export": "exported", "pin": "pinned", "unpin": "pinned"}
"""The kinds of message that are errands, and of what kind the answer is."""

WAITING: Final = 8
"""Errands that may wait; more nobody has clicked together."""
PATIENCE: Final = 120.0
"""Seconds that one read for a file may take."""
MOST_BYTES: Final = 20_000_000
"""Of a file that travels through the notebook's connection, which the live columns share."""
MOST_ROWS: Final = 200_000

_FAILED: Final = "it failed; the kernel's log says why"

Message = Mapping[str, Any]
Send = Callable[[dict[str, Any]], None]


class Errands:
    """Does one errand after another, in a thread that is there as long as there are any.

    Neither the kernel's cells nor the deck's own thread wait for it.

    Parameters
    ----------
    address : str or None
        The store.
    send : callable
        Takes a message to all views; called from the thread.
    """

    def __init__(self, *, address: str | None, send: Send) -> None:
        self._address = address
        self._send = send
        self._lock = threading.Lock()
        self._waiting: deque[tuple[Deck, str, Message]] = deque()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    @property
    def is_running(self) -> bool:
        """Whether its thread is there."""
        with self._lock:
            return self._thread is not None

    def ask(self, deck: Deck, request: str, asked: Message) -> None:
        """Have an errand done, and its request answered.

        Parameters
        ----------
        deck : Deck
            As it is shown now.
        request : str
        asked : mapping
            ``kind`` is one of :data:`ANSWERS`; of an export ``column`` (its key), ``format`` and
            ``since``; of a pin ``item`` (its key) and ``note``.
        """
        with self._lock:
            if self._is_closed:
                return
            if len(self._waiting) >= WAITING:
                is_full = True
            else:
                is_full = False
                self._waiting.append((deck, request, asked))
                if self._thread is None:
                    self._thread = threading.Thread(
                        target=self._run, name="deck-errands", daemon=True
                    )
                    self._thread.start()
        if is_full:
            self._answer(request, asked, _error("too much is asked for at once", "try it again"))

    def close(self) -> None:
        """Do nothing more; what is being done ends, and is told to nobody."""
        with self._lock:
            self._is_closed = True
            self._waiting.clear()

    # What follows runs in the thread.

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                deck, request, asked = self._waiting.popleft()
            try:
                done = self._do(deck, asked)
            except QueryTimeout:
                done = _error("it took too long and was given up", "take a shorter span")
            except WorkbenchError as error:
                done = _error(str(error))
            except Exception:  # noqa: BLE001 - whoever asked is told, and the log says what
                _log.exception("deck %s: %s failed", deck.name, asked["kind"])
                done = _error(_FAILED)
            self._answer(request, asked, done)

    def _answer(self, request: str, asked: Message, told: dict[str, Any]) -> None:
        if not self._is_closed:
            text = orjson.dumps(told).decode()
            self._send({"kind": ANSWERS[asked["kind"]], "request": request, "json": text})

    def _do(self, deck: Deck, asked: Message) -> dict[str, Any]:
        if where := missing(self._address):
            raise SettingError(f"there is no store in {where}")
        return self._export(deck, asked) if asked["kind"] == "export" else self._pin(deck, asked)

    def _pin(self, deck: Deck, asked: Message) -> dict[str, Any]:
        item, note = _text(asked, "item"), _text(asked, "note")
        kind: PinKind = "story" if item.startswith(MARK) else "item"
        key = item.removeprefix(MARK)
        with store.open(self._address, is_lean=True) as opened:
            if asked["kind"] == "unpin":
                opened.unpin(deck.name, key, kind=kind)
            else:
                opened.pin(deck.name, key, note=note, kind=kind)
        return {}

    def _export(self, deck: Deck, asked: Message) -> dict[str, Any]:
        key, kind, since = (_text(asked, name) for name in ("column", "format", "since"))
        column = next((each for each in deck.columns if each.key == key), None)
        if column is None:
            raise SettingError("the deck has no such column any more")
        now = clock.now()
        span = data.between(since or None, None, now, zone=deck.zone)
        with store.open(self._address, read_limit=PATIENCE, is_lean=True) as opened:
            whole = data.table(deck, column, opened, span)
            made = exports.to_bytes(
                replace(whole, batches=_bounded(whole.batches)), kind, has_mark=True
            )
        if len(made) > MOST_BYTES:
            raise _too_much()
        day = now.astimezone(ZoneInfo(deck.zone))
        return {
            "name": f"{column.key}-{day:%Y-%m-%d}.{kind}",
            "type": exports.TYPES[kind],
            "base64": b64encode(made).decode(),
        }


def _text(asked: Message, name: str) -> str:
    value = asked.get(name)
    return value if isinstance(value, str) else ""


def _bounded(batches: Iterable[list[Row]]) -> Iterator[list[Row]]:
    n = 0
    for batch in batches:
        n += len(batch)
        if n > MOST_ROWS:
            raise _too_much()
        yield batch


def _too_much() -> SettingError:
    return SettingError(
        "this is more than a notebook's connection should carry; take a shorter span, or write "
        'the file from a cell: deck["…"].to_csv("….csv", since="…")'
    )


def _error(message: str, remedy: str = "") -> dict[str, Any]:
    return {"error": {"message": message, "remedy": remedy}}
