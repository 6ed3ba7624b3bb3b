"""Published notebooks: each rendered when it or its decks change and every few minutes.

What worked last is shown meanwhile, and for as long as the notebook fails.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from workbench import clock, decks
from workbench.clock import Clock
from workbench.decks import Deck
from workbench.errors import SettingError, WorkbenchError
from workbench.page.parts import Part, failure, parts, title

if TYPE_CHECKING:
    from workbench.page.voila import PageApplication

__all__ = ["EVERY", "LIMIT", "Edition", "Failure", "Notebook", "named"]

EVERY: Final = 300.0
"""Seconds after which a notebook is rendered anew."""
LIMIT: Final = 120.0
"""Seconds that a notebook may run."""
WATCH: Final = 1.0
"""Seconds between two looks at the files."""
WARM: Final = 30.0
"""Seconds after which a notebook that waits to be asked for is rendered the first time anyway."""
PATIENCE: Final = 10.0
"""Seconds that a viewer waits for the first render before being told that it is being made."""

_NO_DECK: Final = (
    "<p><em>A deck stands here that cannot be shown; whoever runs the workbench finds the reason "
    "in its log.</em></p>"
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a notebook could not be rendered, in words for its readers.

    Attributes
    ----------
    reason : str
        A sentence without its full stop, without anything of the notebook in it.
    at, again : datetime
        When it failed, and when it is tried again.
    """

    reason: str
    at: datetime
    again: datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """A render of a notebook.

    Attributes
    ----------
    title : str
    parts : tuple of Part
        In the order of the cells; decks by the name under which the page has them.
    at : datetime or None
        When it was made; None before the first.
    failure : Failure or None
        What has gone wrong since, or in making this very one.
    is_whole : bool
        Whether the notebook ran to its end.
    """

    title: str
    parts: tuple[Part, ...] = ()
    at: datetime | None = None
    failure: Failure | None = None
    is_whole: bool = False

    @property
    def mark(self) -> str:
        """Changes with what a reader sees."""
        return sha256(repr(self).encode("utf-8", "replace")).hexdigest()[:12]


class Notebook:
    """A notebook that is published.

    Parameters
    ----------
    name : str
        Part of its address.
    path : Path
    environment : Mapping of str to str
        For its kernel: which store it reads.
    place : callable
        Takes a deck that it shows and returns the name under which the page has it live.
    now : Clock
    every, limit : float
        Seconds between two renders, and that one may take.
    is_lazy : bool
        Render only when somebody has asked since the last time.
    """

    def __init__(
        self,
        name: str,
        path: Path,
        *,
        environment: Mapping[str, str],
        place: Callable[[Deck], str],
        now: Clock = clock.now,
        every: float = EVERY,
        limit: float = LIMIT,
        is_lazy: bool = False,
    ) -> None:
        self.name = name
        self.path = path.absolute()
        self._environment = environment
        self._place = place
        self._now = now
        self.every = every
        self._limit = limit
        self._is_lazy = is_lazy
        self._edition = Edition(title=_words(path.stem))
        self._decks: dict[str, Deck] = {}
        self._first = asyncio.Event()
        self._asked = asyncio.Event()
        if not is_lazy:
            self._asked.set()

    @property
    def latest(self) -> Edition:
        """The last good render with what has gone wrong since; an empty one before the first."""
        return self._edition

    async def get(self) -> Edition:
        """Return the latest render; wait some seconds for the first."""
        self._asked.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._first.wait()
        return self._edition

    async def run(
        self, application: PageApplication, base: str, kernels: asyncio.Semaphore
    ) -> None:
        """Render whenever it is due, until cancelled.

        Parameters
        ----------
        application : PageApplication
        base : str
            Path under which the page is served.
        kernels : asyncio.Semaphore
            How many notebooks may run at once.
        """
        done: dict[Path, object] | None = None
        due = 0.0
        while True:
            await self._wanted(is_first=done is None)
            files = await asyncio.to_thread(self._files)
            if files != done or time.monotonic() >= due:
                async with kernels:
                    if self._is_lazy:
                        self._asked.clear()
                    self._edition = await self._made(application, base)
                # A deck that was found only now counts as it is now; all else as it was before.
                found = await asyncio.to_thread(self._files)
                done = {path: files.get(path, stamp) for path, stamp in found.items()}
                due = time.monotonic() + self.every
                self._first.set()
            await asyncio.sleep(WATCH)

    async def _wanted(self, *, is_first: bool) -> None:
        """Wait until somebody asks; for the first time not too long, so that nobody waits then."""
        with suppress(TimeoutError):
            async with asyncio.timeout(WARM if is_first else None):
                await self._asked.wait()

    def _files(self) -> dict[Path, object]:
        shown = (deck.path for deck in self._decks.values())
        return {path: _stamp(path) for path in (self.path, *shown) if path}

    async def _made(self, application: PageApplication, base: str) -> Edition:
        """Run the notebook once; what worked last stays if it fails."""
        run = _Run(self.path)
        try:
            await application.run(
                self.path,
                {"take": run.take},
                base=base,
                environment=self._environment,
                limit=self._limit,
                is_over=lambda: bool(run.reason),
            )
        except TimeoutError as error:
            run.fail(f"it ran for more than {self._limit:g} seconds and was stopped", error)
        except Exception as error:  # noqa: BLE001 - a notebook is its owner's and fails in any way
            run.fail(_unreadable(error), error)
        at = self._now()
        loaded = await asyncio.to_thread(self._loaded, run.parts)
        self._decks = {**self._decks, **loaded} if run.reason else loaded
        parts = tuple(self._placed(part) for part in run.parts)
        made = Edition(run.title or _words(self.path.stem), parts, at, is_whole=not run.reason)
        if not run.reason:
            return made
        _log.error("notebook %s failed: %s", self.path, run.error)
        failed = Failure(run.reason, at, at + timedelta(seconds=self.every))
        return replace(self._edition if self._edition.is_whole else made, failure=failed)

    def _loaded(self, parts: Sequence[Part]) -> dict[str, Deck]:
        """Return the decks that stand among the parts, by what the notebook calls them."""
        found: dict[str, Deck] = {}
        for name in dict.fromkeys(part.deck for part in parts if part.deck):
            try:
                found[name] = self._deck(name)
            except WorkbenchError as error:
                self._blame(error)
                # One that was edited into nonsense is shown as it was.
                if name in self._decks:
                    found[name] = self._decks[name]
        return found

    def _placed(self, part: Part) -> Part:
        """Return a part with its deck by the name under which the page has it."""
        if not part.deck:
            return part
        if part.deck not in self._decks:
            return Part(_NO_DECK)
        try:
            return Part(deck=self._place(self._decks[part.deck]))
        except WorkbenchError as error:
            self._blame(error)
            return Part(_NO_DECK)

    def _blame(self, error: WorkbenchError) -> None:
        _log.error("notebook %s shows a deck that cannot be used: %s", self.path, error)

    def _deck(self, name: str) -> Deck:
        """Return a deck by its name or by its file, as the notebook sees it."""
        beside = self.path.parent / name
        is_file = name.endswith((".yaml", ".yml")) and beside.is_file()
        return decks.load(beside if is_file else name)


class _Run:
    """What one run of a notebook has shown so far."""

    def __init__(self, path: Path) -> None:
        self.parts: list[Part] = []
        self.title = ""
        self.reason = ""
        self.error = ""
        self._path = path
        self._number = 0
        # Handed through Voila's renderer, which copies what it is given, but no function.
        self.take = lambda cell, html: self._take(cell, html)  # noqa: PLW0108 - no bound method

    def _take(self, cell: Mapping[str, Any], html: str) -> str:
        self._number += cell["cell_type"] == "code"
        shown = parts(cell, html, self._path.parent)
        self.title = self.title or (title(html) if shown else "")
        self.parts += shown
        if failed := failure(cell):
            name, message = failed
            self.reason = _reason(name, message, self._number)
            self.error = f"code cell {self._number}: {name}: {message}"
        return ""

    def fail(self, reason: str, error: Exception) -> None:
        """Take down what ended the run as a whole; a cell may have failed of it too."""
        self.reason = reason
        self.error = f"{type(error).__name__}: {error}"


def named(paths: Sequence[Path]) -> dict[str, Path]:
    """Return notebooks by the name that each has in its address.

    Raises
    ------
    SettingError
        If one is missing or is no notebook, or two have one name.
    """
    found: dict[str, Path] = {}
    for path in paths:
        if path.suffix != ".ipynb":
            raise SettingError(f"{path} is no notebook; name a file that ends with .ipynb")
        if not path.is_file():
            raise SettingError(f"there is no notebook {path}; give the path of one")
        if path.stem in found:
            raise SettingError(
                f"two notebooks are named {path.stem!r}, and each needs an address of its own; "
                "rename one of them"
            )
        found[path.stem] = path
    return found


def _words(stem: str) -> str:
    words = " ".join(stem.replace("_", " ").replace("-", " ").split())
    return words[:1].upper() + words[1:]


def _stamp(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino


def _reason(name: str, message: str, number: int) -> str:
    if name == "TooMuchOutput":
        return f"{message} (in its code cell {number})"
    if name == "DeadKernelError":
        return f"its kernel ended in code cell {number}"
    return f"its code cell {number} failed"


def _unreadable(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "its file is not there"
    if isinstance(error, OSError):
        return "its file cannot be read"
    if isinstance(error, ValueError):
        return "its file is not a notebook that can be read"
    return "it could not be started"
