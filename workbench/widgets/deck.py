"""The deck as a widget: the page's columns in a notebook, live over its kernel."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any, Final

import anywidget
import orjson
import traitlets
from traitlets import TraitError

from workbench.decks import Deck, Followed, column_of, load
from workbench.errors import DeckError, QueryError
from workbench.query import Query
from workbench.widgets import editor_module, editor_style, module, module_style
from workbench.widgets.assist import Assistant
from workbench.widgets.editing import Editing
from workbench.widgets.errands import Errands
from workbench.widgets.live import LONGEST_KEY, Live
from workbench.widgets.plain import narrow, parsed, to_columns, to_plain
from workbench.widgets.published import is_page, is_published, keep_log
from workbench.widgets.refused import NoColumn, WrongColumns, WrongQuery, in_words, unknown
from workbench.widgets.still import still

if TYPE_CHECKING:
    from workbench.analyst.column import ColumnData

__all__ = ["DeckWidget", "NoColumn", "WrongColumns", "WrongQuery", "deck"]

_log = logging.getLogger(__name__)

OFFERED: Final = ("columns", "selected", "query", "layout", "tooltip", "tabbable")
"""Traits that may be given when a deck is made."""
VIEWERS: Final = frozenset({"selected", "query"})
"""Traits that a published page's viewer may set: what they themselves see."""


class DeckWidget(anywidget.AnyWidget):
    """A deck's columns, live: an ordinary widget, for JupyterLab, Notebook and Voila.

    Made by :func:`workbench.deck`. Without a kernel or widgets the notebook shows a still picture
    of the columns.

    Parameters
    ----------
    name : str
        Name of a deck, or the path of its file.
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.
    **options
        Traits, as in ``query="acme"``.

    Raises
    ------
    TypeError
        If an option is none.
    DeckError
        If the deck's file, or the columns given, are wrong.
    QueryError
        If the query cannot be read.

    Notes
    -----
    State is replaced, never changed in place: ``deck.columns = deck.columns[:3]``. Where the
    kernel runs under Voila its viewers can set `selected` and `query` alone, which change what
    they themselves see; see :func:`workbench.widgets.published.is_published`.
    """

    columns = traitlets.Tuple().tag(sync=True)
    """What is shown, from left to right.

    - Type: tuple of dicts with `key`, `type`, `title`, `query` and `width`, and the spans of a
      trending or sentiment column. When set, a dict may have any setting that a deck file allows a
      column; `key` may be left out, `query` is the whole query, "" is everything.
    - Default: the columns of the deck's file.
    """

    selected = traitlets.Unicode().tag(sync=True)
    """Key of the post that the reader chose, by a click or Enter.

    - Type: str, ``source:id`` as in ``bluesky:at://…``; at most 4,096 characters.
    - Default: "", none.
    """

    query = traitlets.Unicode().tag(sync=True)
    """Narrows every column of items to what this matches as well, while it is set.

    - Type: str, in the query language; at most 10,000 characters.
    - Default: "", none.
    """

    _draft = traitlets.Unicode().tag(sync=True)
    _problem = traitlets.Unicode().tag(sync=True)
    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

    def __init__(self, name: str, *, address: str | None = None, **options: Any) -> None:
        for option in options:
            if option not in OFFERED:
                raise TypeError(unknown(option, OFFERED))
        self.name = name
        self.address = address
        self._is_published = is_published()
        if self._is_published:
            keep_log()
        self._deck: Deck = load(name)
        self._live = Live(
            self._deck,
            address=address,
            send=self.send,
            is_public=self._is_published,
            each_look=self._look,
        )
        self._assistant: Assistant | None = None
        self._editing: Editing | None = None
        self._errands: Errands | None = None
        if not self._is_published:
            self._assistant = Assistant(lambda: self._deck, address=address, send=self.send)
            self._editing = Editing(self._deck, show=self._take, fail=self._show)
            self._deck = self._editing.deck
            self._errands = Errands(address=address, send=self.send)
        self._followed = Followed(self._deck)
        super().__init__(**options)

    def __repr__(self) -> str:
        return f"DeckWidget({self.name!r})"

    def __getitem__(self, name: str) -> ColumnData:
        """Return a column as data: its frame, its chart, its files.

        Parameters
        ----------
        name : str
            Its title or its key.

        Raises
        ------
        DeckError
            If the deck has no such column; it is a KeyError as well.
        """
        from workbench.analyst.column import ColumnData

        shown = self._narrowed(parsed(self.query, self._deck))
        try:
            return ColumnData(shown, column_of(shown, str(name)), self.address)
        except DeckError as error:
            raise NoColumn(error.message, file=error.file) from None

    __iter__ = None  # a deck is no sequence, though its columns have names

    def _ipython_key_completions_(self) -> list[str]:
        return [column["title"] for column in self.columns]

    @traitlets.default("_esm")
    def _default_esm(self) -> str:
        return module() if self._is_published else editor_module()

    @traitlets.default("_css")
    def _default_css(self) -> str:
        return module_style() if self._is_published else editor_style()

    @traitlets.default("_draft")
    def _default_draft(self) -> str:
        is_whole = self.columns == self._default_columns()
        return self._editing.told() if self._editing and is_whole else ""

    @traitlets.default("columns")
    def _default_columns(self) -> tuple[dict[str, str], ...]:
        return tuple(map(to_plain, self._deck.columns))

    @traitlets.validate("columns")
    def _check_columns(self, proposal: Mapping[str, Any]) -> tuple[dict[str, str], ...]:
        if proposal["value"] == self._default_columns():
            return self._default_columns()
        try:
            columns = to_columns(proposal["value"], self._deck)
            narrow(self._deck, columns, parsed(self.query, self._deck))
        except DeckError as error:
            self._show(error)
            raise WrongColumns(error.message, file=error.file, key=error.key) from None
        except QueryError as error:
            self._show(error)
            raise WrongQuery(error.message) from None
        return tuple(map(to_plain, columns))

    @traitlets.validate("query")
    def _check_query(self, proposal: Mapping[str, Any]) -> str:
        text: str = proposal["value"]
        try:
            query = parsed(text, self._deck)
            self._narrowed(query)
        except QueryError as error:
            self._show(error)
            raise WrongQuery(error.message, text=error.text, position=error.position) from None
        return text

    @traitlets.validate("selected")
    def _check_selected(self, proposal: Mapping[str, Any]) -> str:
        key: str = proposal["value"]
        if key and (":" not in key or len(key) > LONGEST_KEY):
            raise TraitError(
                f"selected is {key[:80]!r}; it is the key of a post, source:id, or nothing"
            )
        return key

    @traitlets.observe("columns", "query")
    def _renew(self, _: object) -> None:
        # Whoever sees the columns may press a key at once, which goes by the draft: it comes first.
        self._draft = self._default_draft()
        self._live.show(self._narrowed(parsed(self.query, self._deck)))
        self._problem = ""

    def _narrowed(self, query: Query | None) -> Deck:
        """Return what is shown: the deck's own columns, or those that were set, narrowed."""
        is_own = self.columns == self._default_columns()
        columns = self._deck.columns if is_own else to_columns(self.columns, self._deck)
        return narrow(self._deck, columns, query)

    def _look(self) -> None:
        """Follow the deck's file, in the thread that shows it, while its own columns are shown."""
        if self.columns != self._default_columns():
            return
        if self._editing:
            self._editing.look()
            if self._editing.deck is not self._deck:
                self._take(self._editing.deck)
        elif self._followed.look() and self._followed.deck != self._deck:
            self._take(self._followed.deck)

    def _take(self, deck: Deck) -> None:
        """Show a deck as it is after a step of whoever edits it, or in its file."""
        if deck == self._deck or self.columns != self._default_columns():
            self._draft = self._default_draft()
            return
        self._deck, self.name = deck, deck.name if self._deck.name != deck.name else self.name
        try:
            narrow(deck, deck.columns, parsed(self.query, deck))
        except QueryError:
            self.query = ""  # it names a people list that is no more
        before = self.columns
        self.columns = self._default_columns()
        if self.columns == before:
            self._renew(None)

    def close(self) -> None:
        """End the deck: its thread, its connection to the store, its views."""
        if hasattr(self, "_live"):  # what was never made whole is closed as well
            self._live.close()
            if self._assistant:
                self._assistant.close()
            if self._errands:
                self._errands.close()
            if self._editing:
                self._editing.close()
        super().close()

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        if is_page():
            place = f'<div class="wb-deck" data-deck="{escape(self.name)}"></div>'
            return {"text/plain": repr(self), "text/html": place}, {}
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        if self._is_published:
            self._live.warm()
        else:
            shown = self._narrowed(parsed(self.query, self._deck))
            data["text/html"] = still(shown, self.address)
        return data, metadata

    # What comes from the front end, which under Voila is anybody's.

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the front end sets: of a viewer's only what changes their own view.

        An error is shown under the widget, be it of the value or of a callback.
        """
        own = VIEWERS if self._is_published else OFFERED
        taken = {name: value for name, value in sync_data.items() if name in own}
        self._problem = ""
        try:
            super().set_state(taken)
        except Exception as error:  # noqa: BLE001 - callbacks are the analyst's own code
            self._show(error)
        if refused := [name for name in sync_data if name not in own and name in self.keys]:
            _log.warning("deck %s: the front end may not set %s", self.name, ", ".join(refused))
            self.send_state(refused)

    def _handle_msg(self, msg: Mapping[str, Any]) -> None:
        """Take a message of any shape: what is none of a widget's is dropped."""
        data = msg.get("content", {}).get("data")
        match data:
            case {"method": "update", "state": dict() as state}:
                # No trait here holds binary data, so that no buffer can belong into it.
                self.set_state(state)
            case {"method": "request_state"}:
                self.send_state()
            case {"method": "custom", "content": content}:
                self._handle_custom_msg(content, msg.get("buffers", []))
            case _:
                _log.warning("deck %s: a message that is none of a widget's is dropped", self.name)

    def _handle_custom_msg(self, content: Any, buffers: Any) -> None:
        told = content if isinstance(content, dict) else {}
        fields = [
            told.get(name) for name in ("view", "seen", "request", "column", "before", "since")
        ]
        view, seen, request, column, before, since = (
            each if isinstance(each, str) and len(each) <= 200 else "" for each in fields
        )
        match told.get("kind"):
            case "here" if view:
                self._arrive()
                self._live.here(view, seen)
            case "away":
                self._live.away(view)
            case "older" if request:
                self._live.older(request, column, before, since)
            case "open" if request:
                self._live.opened(request, column, told.get("item"))
            case "assist" | "edit" | "export" | "pin" | "unpin" if request:
                self._serve(view, request, told)
            case _:
                self._call(content, buffers)

    def _call(self, content: Any, buffers: Any) -> None:
        """Call whoever else listens to messages."""
        for callback in [*self._msg_callbacks.callbacks]:
            try:
                callback(self, content, buffers)
            except Exception as error:  # noqa: BLE001 - the analyst's own code
                self._show(error)

    def _arrive(self) -> None:
        """Take up what was left unsaved, now that somebody looks who can go on with it."""
        if self._editing and self._draft:
            self._editing.arrive()

    def _serve(self, view: str, request: str, told: dict[str, Any]) -> None:
        """Do what the deck's owner asks for; whoever views what was published asks in vain."""
        if not (self._assistant and self._editing and self._errands):
            _log.warning("deck %s: whoever views it may not ask to %s", self.name, told["kind"])
        elif told["kind"] == "assist":
            self._assistant.ask(view, request, told)
        elif told["kind"] == "edit":
            self._answer(request, self._editing.answer(told))
        else:
            self._errands.ask(self._narrowed(parsed(self.query, self._deck)), request, told)

    def _answer(self, request: str, told: dict[str, Any]) -> None:
        """Tell what came of a step; the draft that it has made was told before."""
        data = orjson.dumps(told).decode()
        self.send({"kind": "edited", "request": request, "json": data})

    def _show(self, error: Exception) -> None:
        """Show an error under the widget: in words if it is ours, else with its traceback."""
        self._problem = in_words(error, deck=self.name, is_public=self._is_published)


def deck(name: str | None = None, *, address: str | None = None, **options: Any) -> DeckWidget:
    """Return a deck's live columns, for the last line of a cell or inside other widgets.

    Parameters
    ----------
    name : str, optional
        Name of a deck, or the path of its file; else the deck that the page publishes
        (``WORKBENCH_DECK``), else ``demo``.
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.
    **options
        Traits of :class:`DeckWidget`, as in ``query="acme"``.

    Raises
    ------
    TypeError
        If an option is none.
    DeckError
        If the deck's file, or the columns given, are wrong.
    QueryError
        If the query cannot be read.
    """
    return DeckWidget(
        name or os.environ.get("WORKBENCH_DECK") or "demo", address=address, **options
    )
