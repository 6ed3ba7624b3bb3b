"""The explorer: a query, and what the store says to it as column, chart and frame."""

from __future__ import annotations

import asyncio
import logging
import os
import traceback
from datetime import datetime
from difflib import get_close_matches
from html import escape
from typing import Any, Final

import ipywidgets as widgets
import traitlets

from workbench import decks
from workbench.analyst import where
from workbench.charts import svg
from workbench.errors import DeckError, SettingError, WorkbenchError
from workbench.items import TIERS
from workbench.widgets.asked import WINDOWS, Answer, Asked, answer, items_of, summary, table
from workbench.widgets.controls import Controls, in_words
from workbench.widgets.deck import DeckWidget
from workbench.widgets.plot import Plot
from workbench.widgets.published import is_page, is_published

__all__ = ["Explorer", "explore"]

_log = logging.getLogger(__name__)

PAUSE: Final = 0.4
"""Seconds without a key pressed after which the store is asked."""
_FAILED: Final = (
    "Something that was to follow the answer failed; its author finds the reason in the log."
)
_ASKED: Final = ("query", "source", "tier", "window", "start", "end")


class Explorer(widgets.VBox):  # type: ignore[misc]
    """A query, and what the store says to it: a live column, a chart and a frame.

    Made by :func:`workbench.explore`. It is built of ordinary widgets, and its traits follow
    them: `observe` and `link` work. What is set from Python is answered at once, what is typed
    after a moment without a key pressed.

    Parameters
    ----------
    deck : str, optional
        The deck that columns are saved to, and whose people lists and time zone hold.
    address : str, optional
        The store.
    **options
        Traits, as in ``query="acme"``.

    Attributes
    ----------
    frame : pandas.DataFrame
        The newest 1,000 that match, as :func:`workbench.search` returns them.
    counts : pandas.DataFrame
        How many match, as :func:`workbench.counts` returns them.

    Raises
    ------
    TypeError
        If an option is none.
    DeckError
        If the deck cannot be read.
    """

    query = traitlets.Unicode()
    """What to look for.

    - Type: str, in the query language.
    - Default: "", everything.
    """

    source = traitlets.Unicode()
    """Only what this collector brought.

    - Type: str, a collector's name such as ``bluesky``.
    - Default: "", all.
    """

    tier = traitlets.Enum(["", *TIERS], default_value="")
    """Only this kind of source.

    - Type: str, one of social, wire, filing, news, report.
    - Default: "", all.
    """

    window = traitlets.Enum(list(WINDOWS), default_value="7d")
    """How far back to look.

    - Type: str, one of 6h, 24h, 7d, 30d, or dates for `start` and `end`.
    - Default: "7d".
    """

    start = traitlets.Any(allow_none=True)
    """The first day, where `window` is ``dates``.

    - Type: datetime.date or None.
    - Default: None.
    """

    end = traitlets.Any(allow_none=True)
    """The last day, itself included, where `window` is ``dates``.

    - Type: datetime.date or None.
    - Default: None.
    """

    frame = traitlets.Any(read_only=True)
    """The newest that match; set anew with each answer.

    - Type: pandas.DataFrame.
    """

    counts = traitlets.Any(read_only=True)
    """How many match over time; set anew with each answer.

    - Type: pandas.DataFrame.
    """

    error = traitlets.Unicode(read_only=True)
    """Why there is no answer; what is shown then is the last one that there was.

    - Type: str.
    - Default: "".
    """

    busy = traitlets.Bool(read_only=True)
    """Whether the store is being asked, or is about to be.

    - Type: bool.
    - Default: False.
    """

    _timer: asyncio.TimerHandle | None = None
    _parts: tuple[widgets.Widget, ...] = ()

    def __init__(
        self, deck: str | None = None, *, address: str | None = None, **options: Any
    ) -> None:
        for option in options:
            if option not in _ASKED:
                raise TypeError(_unknown(option))
        name = deck or os.environ.get("WORKBENCH_DECK") or "demo"
        self._deck = decks.load(name)
        self._path = decks.find(name)
        self._address = address
        self._is_published = is_published()
        self._taking = False
        self._answer: Answer | None = None
        self._controls = Controls("" if self._is_published else self._path.name)
        self._column = DeckWidget(
            name, address=address, layout=widgets.Layout(width="380px", flex="0 0 auto")
        )
        self._plot = Plot()
        self._parts = self._column, self._plot
        super().__init__(
            children=self._controls.laid_out(self._column, self._plot),
            layout=widgets.Layout(width="100%"),
        )
        self.add_class("wb-x")
        with self.hold_trait_notifications():
            for option, value in options.items():
                setattr(self, option, value)
        self._show_asked()
        self._controls.on_change(self._typed)
        self._controls.again.on_click(lambda _: self._answer_front_end())
        self._controls.save.on_click(self._save_clicked)
        self._plot.on_point(self._open)
        self.observe(self._asked_anew, list(_ASKED))
        self.refresh()

    def __repr__(self) -> str:
        return f"Explorer({self.query!r}, window={self.window!r})"

    def refresh(self) -> None:
        """Ask the store again, now."""
        self._cancel()
        self._set(busy=True)
        self._controls.tell("Asking the store …")
        try:
            self._ask()
        except WorkbenchError as error:
            self._set(error=in_words(error, is_public=self._is_published))
            self._controls.tell_error(self.error)
            last = " What is shown is the last answer." if self._answer else ""
            self._controls.tell(f"No answer.{last}")
        finally:
            self._set(busy=False)

    def save(self, title: str | None = None) -> str:
        """Save the query, with source and kind but without its window, as a column of the deck.

        Parameters
        ----------
        title : str, optional
            The column's; else the one in its box, else the query.

        Returns
        -------
        str
            What was written where, in a sentence.

        Raises
        ------
        SettingError
            If there is nothing to save, or this explorer was published.
        DeckError
            If the deck cannot take it.
        """
        if self._is_published:
            raise SettingError(
                "a published explorer saves nothing; open the notebook in JupyterLab"
            )
        asked = self._asked()
        if not asked.standing:
            raise SettingError("there is nothing to save yet; type a query first")
        name = (title or self._controls.title.value).strip() or _short(asked.standing)
        here = self._path = decks.copied(self._path)
        if any(column.title == name for column in decks.load(here).columns):
            raise SettingError(f"{here.name} has a column “{name}” already; choose another title")
        deck = decks.add_column(here, {"type": "search", "title": name, "query": asked.standing})
        return (
            f"Saved “{name}” as column {len(deck.columns)} of {self._path.resolve()}. Pages that "
            "show this deck have it within seconds."
        )

    def close(self) -> None:
        """End the explorer and what it follows."""
        self._cancel()
        for part in self._parts:
            part.close()
        super().close()

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        if is_page():
            return {"text/plain": repr(self), "text/html": self._still()}, {}
        data: dict[str, Any] = super()._repr_mimebundle_(**kwargs) or {}
        if not self._is_published:
            data["text/html"] = self._still()
        return data, {}

    def _still(self) -> str:
        """Return what is shown where no widget can be."""
        told = f"<p><code>{escape(self.query or 'everything')}</code></p>"
        told += str(self._controls.status.value)
        if self._answer is None:
            return told + str(self._controls.error.value)
        charts = "".join(f"<p>{svg(chart)}</p>" for chart in self._answer.charts)
        return f"{told}{charts}{table(self._answer.frame, self._deck.zone)}"

    # What is typed and chosen.

    def _typed(self, _: object) -> None:
        """Take what the controls say, once nothing was typed for a moment."""
        if self._taking:
            return
        self._cancel()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._take()
            return
        self._set(busy=True)
        self._controls.tell("Waiting for the end of your typing …")
        self._timer = loop.call_later(PAUSE, self._take)

    def _take(self) -> None:
        self._timer = None
        before = self._asked()
        self._taking = True
        try:
            for name, value in self._controls.values().items():
                setattr(self, name, value)
        finally:
            self._taking = False
        self._show_asked()
        if self._asked() != before or self.busy:
            self._answer_front_end()

    def _answer_front_end(self) -> None:
        """Answer what was typed or clicked; what fails then has nobody else to be told to."""
        try:
            self.refresh()
        except Exception as error:  # noqa: BLE001 - callbacks are the analyst's own code
            _log.exception("explorer: a callback failed")
            told = "".join(traceback.format_exception(error, limit=-4))
            self._controls.tell_error(_FAILED if self._is_published else told)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _asked_anew(self, _: object) -> None:
        """Answer what was set from Python."""
        if not self._taking:
            self._show_asked()
            self.refresh()

    def _show_asked(self) -> None:
        """Have the controls say what is asked."""
        self._taking = True
        try:
            self._controls.show({name: getattr(self, name) for name in _ASKED})
        finally:
            self._taking = False

    def _asked(self) -> Asked:
        return Asked(zone=self._deck.zone, **{name: getattr(self, name) for name in _ASKED})

    def _save_clicked(self, _: object) -> None:
        try:
            self._controls.tell_saved(self.save(), is_wrong=False)
        except (DeckError, SettingError) as error:
            self._controls.tell_saved(str(error), is_wrong=True)

    # What is answered.

    def _ask(self) -> None:
        place = where(address=self._address, is_public=self._is_published)
        self._controls.where.value = str(place.to_html())
        asked = self._asked()
        if place.kind in {"missing", "unreadable"}:
            raise SettingError(str(place))
        found = answer(asked, address=self._address, lists=self._deck.lists)
        self._column.columns = (
            {
                "key": "explored",
                "type": "search",
                "title": self._controls.title.value.strip() or "What matches",
                "query": asked.whole,
            },
        )
        self._answer = found
        self._plot.show(*found.charts)
        self._controls.table.value = table(found.frame, self._deck.zone)
        self._controls.tell_error("")
        self._controls.tell(summary(found, place))
        self._set(error="", counts=found.counts, frame=found.frame)

    def _open(self, at: datetime) -> None:
        """Show the items behind a point of the chart."""
        if self._answer is None:
            return
        try:
            said, rows = items_of(
                self._asked(), self._answer, at, address=self._address, lists=self._deck.lists
            )
        except WorkbenchError as error:
            said, rows = in_words(error, is_public=self._is_published), self._answer.frame
        self._controls.tell(said)
        self._controls.table.value = table(rows, self._deck.zone)

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            self.set_trait(name, value)


def _short(query: str) -> str:
    return query if len(query) <= 40 else query[:39].rstrip() + "…"


def _unknown(option: str) -> str:
    close = get_close_matches(option, _ASKED, n=1)
    guess = f"; did you mean {close[0]!r}?" if close else "."
    return f"an explorer has no option {option!r}{guess} There are: address, {', '.join(_ASKED)}"


def explore(deck: str | None = None, *, address: str | None = None, **options: Any) -> Explorer:
    """Return controls to explore a store with: query, sources, window; column, chart and frame.

    Parameters
    ----------
    deck : str, optional
        Name of a deck or the path of its file: what columns are saved to, and whose people
        lists and time zone hold. Else ``WORKBENCH_DECK``, else ``demo``.
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.
    **options
        Traits of :class:`Explorer`, as in ``query="acme", window="24h"``.

    Raises
    ------
    TypeError
        If an option is none.
    TraitError
        If an option cannot be what it is given.
    DeckError
        If the deck cannot be read.
    """
    return Explorer(deck, address=address, **options)
