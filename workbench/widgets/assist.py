"""What is told to whoever types a query: how it may go on, what is wrong, what it would bring."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from workbench import clock, store
from workbench.decks import QUERIED, TYPES, Column, Deck
from workbench.decks.columns import any_of
from workbench.decks.told import Clause, tell_column
from workbench.errors import QueryError, StoreError
from workbench.query import Query, parse
from workbench.query.complete import complete
from workbench.query.parse import LONGEST
from workbench.store import Store
from workbench.widgets.known import Names
from workbench.widgets.live import missing
from workbench.widgets.outlook import rate, sources
from workbench.widgets.plain import parsed

__all__ = ["Assistant"]

_log = logging.getLogger(__name__)

PATIENCE: Final = 0.5
"""Seconds that one read may take."""
IDLE: Final = 30.0
"""Seconds without a question after which the thread ends."""
BOXES: Final = 64
"""Questions that may wait, one of each box; more boxes nobody has open."""

_FAILED: Final = "What is typed could not be looked at; the kernel's log says why."

Message = Mapping[str, Any]
Send = Callable[[dict[str, Any]], None]


class Assistant:
    """Answers the query boxes of one widget, in a thread that counting may hold up.

    Neither the kernel's cells nor the deck's own thread wait for it. Of the questions of one box
    that have not been answered yet the newest alone is.

    Parameters
    ----------
    deck : callable
        Gives the deck as it is now.
    address : str or None
        The store.
    send : callable
        Takes a message to all views; called from the thread.
    """

    def __init__(self, deck: Callable[[], Deck], *, address: str | None, send: Send) -> None:
        self._deck = deck
        self._address = address
        self._send = send
        self._names = Names()
        self._changed = threading.Condition()
        self._waiting: dict[tuple[str, str, str], tuple[str, Message]] = {}
        self._thread: threading.Thread | None = None
        self._is_closed = False

    @property
    def is_running(self) -> bool:
        """Whether its thread is there."""
        with self._changed:
            return self._thread is not None

    def ask(self, view: str, request: str, asked: Message) -> None:
        """Have a question answered, unless the same box asks again before it is.

        Parameters
        ----------
        view, request : str
        asked : mapping
            ``text``, ``at``, ``column`` (settings), all of which may be missing; ``box``, which of
            a view's boxes it is; ``part``, ``complete`` if nothing but how the query may go on is
            asked for.
        """
        box, part = _text(asked, "box", 100), _text(asked, "part", 20)
        with self._changed:
            if self._is_closed:
                return
            self._waiting.pop((view, box, part), None)
            if len(self._waiting) < BOXES:
                self._waiting[view, box, part] = request, asked
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deck-assist", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """End the thread, and the connection to the store with it."""
        with self._changed:
            self._is_closed = True
            self._waiting.clear()
            self._changed.notify()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=10)

    # What follows runs in the thread.

    def _run(self) -> None:
        opened: Store | None = None
        try:
            while (asked := self._next()) is not None:
                if opened is None:
                    opened = self._open()
                self._answer(*asked, opened)
        finally:
            if opened is not None:
                opened.close()
            with self._changed:
                if self._thread is threading.current_thread():  # it failed
                    self._thread = None

    def _next(self) -> tuple[str, Message] | None:
        """Return the next question, what is quick to answer first; None if there is none."""
        with self._changed:
            if not self._waiting and not self._is_closed:
                self._changed.wait(IDLE)
            if not self._waiting or self._is_closed:
                self._thread = None
                return None
            quick = (key for key in self._waiting if key[2] == "complete")
            return self._waiting.pop(next(quick, next(iter(self._waiting))))

    def _open(self) -> Store | None:
        """Return the store; None if there is none, or none that can be read."""
        try:
            if missing(self._address):
                return None
            return store.open(self._address, read_limit=PATIENCE, is_lean=True)
        except StoreError as error:
            _log.warning("query box: %s", error)
            return None

    def _answer(self, request: str, asked: Message, opened: Store | None) -> None:
        message: dict[str, Any] = {"kind": "assisted", "request": request}
        try:
            message["json"] = orjson.dumps(self.told(asked, opened)).decode()
        except Exception:  # noqa: BLE001 - whoever waits for an answer must get one
            _log.exception("query box: a question could not be answered")
            message["error"] = _FAILED
        self._send(message)

    def told(self, asked: Message, opened: Store | None) -> dict[str, Any]:
        """Return the answer to a question, without a thread; see :meth:`ask`."""
        deck = self._deck()
        settings = asked.get("column")
        settings = dict(settings) if isinstance(settings, Mapping) else {}
        text = asked.get("text", settings.get("query"))
        # Half a character, as keyboards send it for a moment, is none that can be sent back.
        text = (
            text[: LONGEST + 1].encode(errors="replace").decode() if isinstance(text, str) else ""
        )
        place = asked.get("at")
        place = place if isinstance(place, int) else len(text)
        told: dict[str, Any] = {
            "completions": self._completions(text, place, deck, opened),
            "error": _wrong(text, deck),
        }
        if asked.get("part") == "complete":
            return told
        if "query" in TYPES.get(str(settings.get("type", "search")), ()):
            settings["query"] = text
            if not text.strip():
                del settings["query"]
        return told | _of_column(settings, deck, opened)

    def _completions(
        self, text: str, place: int, deck: Deck, opened: Store | None
    ) -> list[dict[str, Any]]:
        today = clock.now().astimezone(ZoneInfo(deck.zone)).date()
        try:
            known = self._names.at(text, place, deck=deck, store=opened)
        except StoreError:
            known = self._names.at(text, place, deck=deck, store=None)
        return [
            {"text": each.text, "from": each.start, "to": each.end, "help": each.help}
            for each in complete(text, place, known=known, today=today)
        ]


def _text(asked: Message, name: str, longest: int) -> str:
    value = asked.get(name)
    return value[:longest] if isinstance(value, str) else ""


def _wrong(text: str, deck: Deck) -> dict[str, Any] | None:
    """Return what is wrong with a query and where, in the parser's words."""
    try:
        parsed(text, deck)
    except QueryError as error:
        return {"message": error.message, "position": error.position}
    return None


def _of_column(settings: Mapping[str, Any], deck: Deck, opened: Store | None) -> dict[str, Any]:
    """Return what a column would look for, what its sources can say of it, and how much it is."""
    told = tell_column(settings, deck)
    answer: dict[str, Any] = {
        "query": "",
        "problem": None,
        "filters": {name: _clause(clause) for name, clause in told.filters.items()},
        "mutes": [_clause(clause) for clause in told.mutes],
        "sources": [],
        "rate": None,
    }
    if told.error is not None:
        return answer | {"problem": {"message": told.error.message, "key": told.error.key}}
    if told.column is None or told.column.type not in QUERIED:
        return answer
    query = _whole(told.column)
    return answer | {
        "query": "" if query is None else str(query),
        "sources": sources(query, deck),
        "rate": rate(query, deck.lists, opened),
    }


def _clause(clause: Clause) -> dict[str, str]:
    return {"query": clause.query, "error": clause.error}


def _whole(column: Column) -> Query | None:
    """Return what finds all that a column shows."""
    if column.queries:
        return parse(any_of([f"({query})" for _, query in column.queries]))
    return column.query
