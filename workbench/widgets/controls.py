"""The explorer's controls: ordinary widgets, each with its label."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any, Final

import ipywidgets as widgets

from workbench.collectors import available
from workbench.errors import QueryTimeout, StoreError, WorkbenchError
from workbench.widgets.asked import DATES, WINDOWS

__all__ = ["Controls", "in_words"]

_TIERS: Final = {"social": "Social posts", "wire": "Newswire", "filing": "Filings", "news": "News"}
_STYLE: Final = """<style>
.wb-x { font: 14px/20px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
.wb-x p { margin: 0 }
.wb-x-where { color: var(--jp-ui-font-color2, #5d636e) }
.wb-x-error pre { margin: 0; white-space: pre-wrap; color: var(--jp-error-color0, #b3382c);
  font: 13px/18px ui-monospace, Menlo, Consolas, monospace }
.wb-x-table { overflow: auto }
.wb-x-table table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%;
  line-height: 18px }
.wb-x-table th, .wb-x-table td { text-align: left; vertical-align: top; padding: 4px 12px 4px 0;
  border-bottom: 1px solid var(--jp-border-color2, #e2ded5) }
.wb-x-table th { font-weight: 600; color: var(--jp-ui-font-color2, #5d636e) }
.wb-x-table td:first-child { white-space: nowrap }
.wb-x-table td:nth-child(3) { min-width: 16em; overflow-wrap: anywhere }
</style>"""


def _row() -> widgets.Layout:
    """Return a layout of its own: one that several share would hide them all together."""
    return widgets.Layout(flex_flow="row wrap", align_items="center")


class Controls:
    """The boxes that are filled in, and the places where words are said.

    Parameters
    ----------
    file : str
        Name of the deck's file that columns are saved to; "" where nothing may be saved.
    """

    def __init__(self, file: str) -> None:
        wide = widgets.Layout(width="auto")
        label = {"description_width": "5em"}
        self.where = widgets.HTML()
        self.where.add_class("wb-x-where")
        self.query = widgets.Text(
            description="Query",
            placeholder='acme OR #acme -crypto lang:en "price rise" …',
            layout=wide,
            style=label,
        )
        self.error = widgets.HTML(layout=widgets.Layout(margin="0 0 0 5.5em", display="none"))
        self.error.add_class("wb-x-error")
        known = available()
        sources = [("All sources", "")] + [(known[name].label, name) for name in known]
        tiers = [("All kinds", ""), *((words, tier) for tier, words in _TIERS.items())]
        narrow = widgets.Layout(width="auto", min_width="16em")
        self.source = widgets.Dropdown(
            description="Source", options=sources, layout=narrow, style=label
        )
        self.tier = widgets.Dropdown(description="Kind", options=tiers, layout=narrow, style=label)
        self.window = widgets.Dropdown(
            description="Window",
            options=[(words, name) for name, words in WINDOWS.items()],
            layout=narrow,
            style=label,
        )
        self.start = widgets.DatePicker(description="From", style=label)
        self.end = widgets.DatePicker(description="To", style=label)
        self.dates = widgets.HBox([self.start, self.end], layout=_row())
        self.again = widgets.Button(description="Ask again", icon="refresh")
        self.title = widgets.Text(
            description="Title",
            placeholder="the query, unless given",
            layout=widgets.Layout(width="22em"),
            style=label,
        )
        self.save = widgets.Button(
            description="Save as column",
            icon="columns",
            tooltip=f"Adds the query to {file}, so that the page shows it",
            layout=widgets.Layout(width="auto"),
        )
        self.saved = widgets.HTML()
        self.status = widgets.HTML()
        self.table = widgets.HTML(layout=widgets.Layout(max_height="420px", overflow="auto"))
        self.table.add_class("wb-x-table")
        saved = [self.title, self.save, self.saved] if file else []
        self.saving = widgets.HBox(saved, layout=_row())
        self.asked = {
            "query": self.query,
            "source": self.source,
            "tier": self.tier,
            "window": self.window,
            "start": self.start,
            "end": self.end,
        }

    def on_change(self, handler: Callable[[Any], None]) -> None:
        """Have a change of what is asked for told."""
        for box in self.asked.values():
            box.observe(handler, "value")

    def laid_out(self, column: widgets.Widget, plot: widgets.Widget) -> list[widgets.Widget]:
        """Return all of it from top to bottom, around what shows the answer."""
        right = widgets.VBox(
            [plot, self.table], layout=widgets.Layout(flex="1 1 480px", min_width="0")
        )
        return [
            widgets.HTML(_STYLE, layout=widgets.Layout(display="none")),
            self.where,
            self.query,
            self.error,
            widgets.HBox([self.source, self.tier, self.window, self.again], layout=_row()),
            self.dates,
            self.saving,
            self.status,
            widgets.HBox(
                [column, right],
                layout=widgets.Layout(flex_flow="row wrap", grid_gap="16px", width="100%"),
            ),
        ]

    def show(self, asked: dict[str, Any]) -> None:
        """Have the boxes say what is asked; a choice that a box does not offer is left out."""
        for name, box in self.asked.items():
            offered = getattr(box, "options", None)
            if offered is None or asked[name] in {value for _, value in offered}:
                box.value = asked[name]
        self.dates.layout.display = None if asked["window"] == DATES else "none"

    def values(self) -> dict[str, Any]:
        """Return what the boxes say."""
        return {name: box.value for name, box in self.asked.items()}

    def tell_error(self, words: str) -> None:
        """Say at the query what is wrong with it, or nothing."""
        self.error.value = f'<pre role="alert">{escape(words)}</pre>' if words else ""
        self.error.layout.display = None if words else "none"

    def tell_saved(self, words: str, *, is_wrong: bool) -> None:
        """Say beside the button what came of saving."""
        told = f"<pre>{escape(words)}</pre>" if is_wrong else f"<span>{escape(words)}</span>"
        self.saved.value = (
            f'<div class="{"wb-x-error" if is_wrong else ""}" role="status">{told}</div>'
        )

    def tell(self, words: str) -> None:
        """Say what is going on."""
        self.status.value = f'<p role="status">{escape(words)}</p>'


def in_words(error: WorkbenchError, *, is_public: bool) -> str:
    """Return an error in words; for readers who do not run it, without the store's path."""
    if not (is_public and isinstance(error, StoreError)):
        return str(error)
    if isinstance(error, QueryTimeout):
        return "This search took too long and was given up."
    return "The store cannot be read just now; ask again."
