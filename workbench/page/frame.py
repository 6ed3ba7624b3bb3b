"""The notebook's renders, one per deck: made at start, anew when its file changes."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from workbench.decks import Deck
from workbench.page.assets import Asset, sheet
from workbench.page.template import Render, bare

if TYPE_CHECKING:
    from workbench.page.voila import PageApplication

__all__ = ["Frame", "Frames", "theme"]

WATCH: Final = 1.0
"""Seconds between two looks at the notebook's file."""
PATIENCE: Final = 10.0
"""Seconds that a viewer waits for the first render before seeing the columns alone."""
_LATE: Final = "The page's notebook is still being run; what it adds appears when it is done."
_FAILED: Final = (
    "This page's notebook could not be run, so that only the columns are shown. They are live all "
    "the same; whoever runs the workbench finds the reason in its log."
)

_THEME: Final = 'data-theme="{}"'
_DECK: Final = re.compile(r'<div class="wb-deck"[^>]*>')
_log = logging.getLogger(__name__)


def theme(name: str) -> str:
    """Return how a page says in its first lines which theme it has."""
    return _THEME.format(name)


@dataclass(frozen=True, slots=True)
class Frame:
    """A rendered page around the places for its posts and its state.

    Attributes
    ----------
    head, middle, tail : bytes
        The posts stand between the first two, the state between the last two.
    version : str
        Changes with what is rendered, script and style sheet included.
    """

    head: bytes
    middle: bytes
    tail: bytes
    version: str


class Frames:
    """The page of each deck, as Voila rendered it last.

    Parameters
    ----------
    notebook : Path
    decks : sequence of Deck
    assets : Mapping of str to Asset
    base : str
        Path under which the page is served, with slashes around it.
    environment : Mapping of str to str
        For the notebook's kernel: which store it reads.
    """

    def __init__(
        self,
        notebook: Path,
        decks: Sequence[Deck],
        assets: Mapping[str, Asset],
        base: str,
        environment: Mapping[str, str],
    ) -> None:
        self._told = environment
        self._notebook = notebook
        self._decks = {deck.name: deck for deck in decks}
        self._assets = assets
        self._base = base
        self._made = {name: self._frame(name, notice=_LATE) for name in self._decks}
        self._first = {name: asyncio.Event() for name in self._decks}

    async def get(self, deck: str) -> Frame:
        """Return the latest render, or the bare page if the first is not done in time."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._first[deck].wait()
        except TimeoutError:
            pass
        return self._made[deck]

    def names(self) -> list[str]:
        """Return the names of all decks that have a page."""
        return list(self._decks)

    def add(self, deck: Deck) -> None:
        """Take one more deck; its first render follows by itself."""
        self._decks[deck.name] = deck
        self._made[deck.name] = self._frame(deck.name, notice=_LATE)
        self._first[deck.name] = asyncio.Event()

    def update(self, deck: Deck) -> None:
        """Take a deck whose file was edited; what is rendered of it follows by itself."""
        self._decks[deck.name] = deck

    def version(self, deck: str) -> str:
        """Return the version of the latest render."""
        return self._made[deck].version

    async def run(self, application: PageApplication) -> None:
        """Render at once, and whenever the notebook's file has changed, until cancelled."""
        done: object = None
        while True:
            stamp = await asyncio.to_thread(self._stamp)
            if stamp != done:
                for name in list(self._decks):  # more may come meanwhile
                    self._made[name] = await self._rendered(application, name)
                    self._first[name].set()
                done = stamp
            await asyncio.sleep(WATCH)

    def _stamp(self) -> object:
        shown = [(deck.title, deck.theme) for deck in self._decks.values()]
        try:
            found = self._notebook.stat()
        except OSError:
            return shown
        return shown, found.st_mtime_ns, found.st_size, found.st_ino

    async def _rendered(self, application: PageApplication, name: str) -> Frame:
        facts = self._facts(name)
        try:
            render = await application.render(self._environment(self._decks[name]), facts)
        except Exception:  # noqa: BLE001 - see below
            # A notebook is its owner's code and can fail in any way; the columns need none of it.
            _log.exception("%s cannot be rendered; deck %s is shown without it", self._where, name)
            return self._frame(name, notice=_FAILED)
        for failure in render.failures:
            _log.error("%s: a cell failed: %s", self._where, failure)
        return self._split(render, facts)

    def _environment(self, deck: Deck) -> dict[str, str]:
        """Return what the notebook's kernel is told: the store, and the deck by its file."""
        name = str(deck.path.absolute()) if deck.path else deck.name
        return {**self._told, "WORKBENCH_DECK": name}

    @property
    def _where(self) -> str:
        return f"notebook {self._notebook}"

    def _frame(self, name: str, *, notice: str) -> Frame:
        facts = self._facts(name) | {"notice": notice}
        return self._split(bare(facts), facts)

    def _facts(self, name: str) -> dict[str, Any]:
        deck = self._decks[name]

        def link(file: str) -> str:
            return f"{self._base}static/{file}?v={self._assets[file].mark}"

        return {
            "deck": deck.name,
            "title": deck.title,
            "base": self._base,
            "script": link("deck.js"),
            "style": sheet(deck.theme),
            "theme": theme(deck.theme),
            # Cannot be guessed, so that nothing which a notebook shows can pass for the place.
            "state": f"state-{secrets.token_hex(16)}",
        }

    def _split(self, render: Render, facts: Mapping[str, Any]) -> Frame:
        html, _, tail = render.html.partition(facts["state"])
        # The notebook names the deck as it found it, by its file perhaps, which is nobody's matter.
        before, _, after = _DECK.sub("\0", html, count=1).partition("\0")
        at = f'data-deck="{escape(facts["deck"])}" data-base="{escape(facts["base"])}"'
        place = f'<div class="wb-deck" {at}>'
        head, middle, end = (
            part.encode("utf-8", "replace") for part in (before + place, after, tail)
        )
        version = sha256(head + middle + end).hexdigest()[:12]
        return Frame(head, middle, end, version)
