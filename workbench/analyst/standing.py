"""Which store is asked, and how fresh it is: the line that stands above an analyst's work."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path

from workbench import clock, store
from workbench.errors import StoreError

__all__ = ["Standing", "where"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is to be known of a store before anything is read out of it.

    A notebook shows it as one line.

    Attributes
    ----------
    address : str
        The store's file.
    kind : {"demo", "own", "empty", "missing", "unreadable"}
    newest : datetime or None
        When its newest item was published, UTC.
    now : datetime
        When this was looked up.
    reason : str
        Why it cannot be read.
    deck : str
        Name or path of the deck that is at hand; empty if none is.
    """

    address: str
    kind: str
    newest: datetime | None
    now: datetime
    reason: str = ""
    deck: str = ""

    @property
    def remedy(self) -> str:
        """The command that would fill it, by the deck that is at hand if there is one."""
        if self.kind == "demo":
            return "workbench lab"
        deck = shlex.quote(self.deck or "NAME")
        return f"workbench up --deck {deck} --store {shlex.quote(self.address)}"

    def __str__(self) -> str:
        match self.kind:
            case "missing":
                return f"There is no store at {self.address} yet. {self.remedy} fills one."
            case "empty":
                return f"The store {self.address} holds nothing yet. {self.remedy} fills it."
            case "unreadable":
                return f"The store cannot be read: {self.reason}"
            case "demo":
                begin = "Demo replay, invented: nothing in it is real"
            case _:
                begin = "Your own store"
        return f"{begin}. {self.address}, newest item {_when(self.newest, self.now)}."

    def _repr_html_(self) -> str:
        return self.to_html()

    def to_html(self) -> str:
        """Return the line as HTML."""
        return f"<p>{escape(str(self))}</p>"

    def nothing(self, what: str = "Nothing matches") -> str:
        """Return the sentence for an empty answer: which store, how fresh, what would fill it."""
        if self.kind in {"missing", "empty", "unreadable"}:
            return str(self)
        return (
            f"{what} in {self.address}. Its newest item is of {_when(self.newest, self.now)}; "
            f"{self.remedy} brings newer ones."
        )


def _when(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "unknown"
    day = "" if moment.date() == now.date() else f"{moment.day} {moment:%b %Y} "
    return f"{day}{moment:%H:%M:%S} UTC"


def where(*, address: str | None = None, is_public: bool = False) -> Standing:
    """Return which store is asked, whether it is the demo's, and how fresh it is.

    Parameters
    ----------
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.
    is_public : bool
        Whether those who read it are not those who run it: it then names files without their
        folders, and no reason, which may name that too.

    Returns
    -------
    Standing
        Its text is one line, which a notebook shows. It makes no store where there is none.
    """
    known = address or store.default_address()
    now = clock.now()
    deck = os.environ.get("WORKBENCH_DECK", "")
    shown = Path(known).name if is_public else known
    deck = Path(deck).name if is_public else deck
    if "://" not in known and not Path(known).expanduser().exists():
        return Standing(shown, "missing", None, now, deck=deck)
    try:
        with store.open(known) as opened:
            newest = next(iter(opened.search(None, limit=1)), None)
            kind = "demo" if opened.is_demo() else "own" if newest else "empty"
    except StoreError as error:
        reason = "it is tried again when you ask again." if is_public else str(error)
        return Standing(shown, "unreadable", None, now, reason, deck)
    return Standing(shown, kind, newest.time if newest else None, now, deck=deck)
