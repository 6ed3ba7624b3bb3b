"""The page's server, in a thread with an event loop of its own."""

from __future__ import annotations

import asyncio
import errno
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from pathlib import Path
from socket import AF_INET, AF_INET6, create_server, socket
from typing import Any, Final, Self
from urllib.parse import quote

from workbench import clock, documents, share
from workbench.clock import Clock
from workbench.decks import Deck, noted_confidential, withhold
from workbench.documents import Shelf
from workbench.errors import SettingError
from workbench.page import assets, briefings, library, posts
from workbench.page.frame import Frames
from workbench.page.guard import Guard
from workbench.page.notebooks import EVERY, LIMIT, Notebook, named
from workbench.page.routes import NotFound, Site, routes
from workbench.page.stream import Hub
from workbench.store import Store

__all__ = ["Page"]

_log = logging.getLogger(__name__)

PORT: Final = 8866
PATIENCE: Final = 2.0
"""Seconds that the page may take to end."""
KERNELS: Final = 2
"""Notebooks that may run at once."""
ARRIVE: Final = 2.0
"""Seconds between two looks for decks that have come."""
TRIED: Final = 20
"""Ports tried from the usual one on, when none was asked for."""


class Page:
    """The executives' page of some decks.

    Parameters
    ----------
    decks : sequence of Deck
        The first is shown at the page's own address. Without any, notebooks must be given:
        then their list is shown there.
    store : Store
    now : Clock
        What tells the time; a replay's tells the replay's.
    mode : {"live", "replay"}
    host : str
        Address to bind.
    port : int, optional
        0 is any free port. Without one it is 8866, or the next that is free.
    token : str, optional
        What viewers must show; needed wherever others than this machine can reach the page.
    base_path : str
        Path under which a reverse proxy hands the page on.
    sign_in : bool
        False lets whoever reaches the page read it.
    is_public : bool
        True leaves out what confidential sources bring.
    notebook : Path, optional
        What Voila renders around the columns; else the workbench's own.
    notebooks : sequence of Path
        Notebooks to publish, each at a path of its own.
    every, limit : float
        Seconds after which these are rendered anew, and that one may run.
    primer : Path, optional
        The notebook that explains the page; else the workbench's own.
    briefings : Path, optional
        Folder of the documents that runs leave; else the one among the user's data.
    coming : callable, optional
        Returns decks that have been written since it was asked last; each gets its tab and page.

    Raises
    ------
    SettingError
        If the settings cannot work together.

    Examples
    --------
    ::

        with Page([deck], store) as page:
            print(page.address)
    """

    def __init__(
        self,
        decks: Sequence[Deck],
        store: Store,
        *,
        now: Clock = clock.now,
        mode: str = "live",
        host: str = "127.0.0.1",
        port: int | None = None,
        token: str | None = None,
        base_path: str = "/",
        sign_in: bool = True,
        is_public: bool = False,
        notebook: Path | None = None,
        notebooks: Sequence[Path] = (),
        every: float = EVERY,
        limit: float = LIMIT,
        primer: Path | None = None,
        briefings: Path | None = None,
        coming: Callable[[], Sequence[Deck]] | None = None,
    ) -> None:
        names = [deck.name for deck in decks]
        if not names and not notebooks:
            raise SettingError("the page has no deck to show; name at least one, or a notebook")
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise SettingError(f"two decks are named {twice!r}; rename one of the files")
        self._decks = tuple(decks)
        self._store = store
        self._now = now
        self._mode = mode
        self._host = host
        self._wanted = port
        self._token = token
        self._guard = Guard(host, token, sign_in=sign_in)
        self._is_public = is_public
        self._base = f"/{base_path.strip('/')}/".replace("//", "/")
        self._notebook = notebook or share.path("notebooks") / "deck.ipynb"
        self._notebooks = named(notebooks)
        self._every = every
        self._limit = limit
        self._primer = primer or share.path("notebooks") / "primer.ipynb"
        self._coming = coming
        self._tasks: list[asyncio.Task[None]] = []
        self._hubs: Mapping[str, Hub] = {}
        self._shelf = Shelf(briefings or documents.folder())
        self._port = 0
        self._thread: threading.Thread | None = None
        self._left: threading.Thread | None = None
        self._stop: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    @property
    def address(self) -> str:
        """Where the page is, with the token that opens it; known once it is started."""
        shown = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._host, self._host)  # noqa: S104
        host = f"[{shown}]" if ":" in shown else shown
        query = f"?token={quote(self._token, safe='')}" if self._token else ""
        return f"http://{host}:{self._port}{self._base}{query}"

    @property
    def viewers(self) -> int:
        """How many pages follow a deck now."""
        return sum(map(len, list(self._hubs.values())))

    @property
    def is_left_behind(self) -> bool:
        """Whether something of it is still at work although it was stopped, or never began."""
        return self._left is not None and self._left.is_alive()

    def start(self, *, unless: threading.Event | None = None) -> None:
        """Serve from a thread of its own; return as soon as the page can be opened.

        Parameters
        ----------
        unless : threading.Event, optional
            Once it is set the page is waited for no longer: it may take seconds.

        Raises
        ------
        SettingError
            If the port is taken or not allowed, or the host is not this machine's.
        """
        if self._thread is not None:
            return
        bound = self._bind()
        self._port = bound.getsockname()[1]
        up: Future[None] = Future()
        self._thread = threading.Thread(
            target=self._serve, args=(bound, up), name="page", daemon=True
        )
        self._thread.start()
        try:
            while not wait([up], 0.1).done:
                if unless is not None and unless.is_set():
                    return
            up.result()
        except BaseException:
            self._thread.join()
            self._thread = None
            bound.close()
            raise

    def stop(self) -> None:
        """Stop serving and leave nothing behind; harmless if it does not serve."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._left = thread  # one that has no loop yet ends as soon as it has
        if self._stop is not None:
            loop, stop = self._stop
            with suppress(RuntimeError):  # the loop has ended by itself
                loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE)
        if thread.is_alive():  # a render that will not be given up holds nobody up
            _log.warning("the page did not end in time, and was left behind")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _bind(self) -> socket:
        wanted = self._wanted
        if wanted is not None and not 0 <= wanted <= 65_535:
            raise SettingError(f"{wanted} is no port; give one from 0 to 65535")
        host = self._host.strip("[]")
        family = AF_INET6 if ":" in host else AF_INET
        tried = [wanted] if wanted is not None else [*range(PORT, PORT + TRIED), 0]
        for port in tried:
            try:
                bound = create_server((host, port), family=family, backlog=512)
            except OSError as error:
                if error.errno != errno.EADDRINUSE or port == tried[-1]:
                    raise SettingError(self._why_not(port, error)) from None
            else:
                bound.setblocking(False)
                return bound
        raise AssertionError("the last port is either bound or refused")

    def _why_not(self, port: int, error: OSError) -> str:
        if error.errno == errno.EADDRINUSE:
            return (
                f"port {port} on {self._host} is taken, perhaps by another workbench; stop that, "
                "or choose another with --port (0 takes any that is free)"
            )
        if error.errno == errno.EACCES:
            return f"port {port} may not be used without more rights; choose one above 1023"
        return (
            f"{self._host} is no address of this machine; "
            "leave --host out for 127.0.0.1, or give one of the machine's own"
        )

    def _serve(self, bound: socket, up: Future[None]) -> None:
        # Kernels are spoken to through sockets that a selector must watch, on Windows too.
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(self._main(bound, up))

    async def _main(self, bound: socket, up: Future[None]) -> None:
        stop = asyncio.Event()
        self._stop = asyncio.get_running_loop(), stop
        if self._left is threading.current_thread():
            stop.set()
        try:
            # Takes seconds to import: here, so that settings that cannot work are said at once.
            from workbench.page.voila import PageApplication

            files = assets.load()
            frames = Frames(self._notebook, self._decks, files, self._base, self._told())
            cookie = f"workbench-{self._port}"
            site = Site(self._base, self._guard, frames, files, {}, cookie, self._shelf)
            self._hubs = site.hubs
            self._open(site)
            application = PageApplication(
                self._notebook,
                routes=[
                    *library.routes(site),
                    *posts.routes(site),
                    *routes(site),
                    *briefings.routes(site),
                ],
                settings={
                    "default_handler_class": NotFound,
                    "default_handler_args": {"site": site},
                    "log_function": lambda _: None,  # would write addresses with their token
                },
                bound=bound,
            )
            application.start()
        except BaseException as error:  # noqa: BLE001 - the caller of start() gets it, whatever it is
            up.set_exception(error)
            return
        self._tasks.append(asyncio.create_task(frames.run(application)))
        kernels = asyncio.Semaphore(KERNELS)
        for notebook in (*site.notebooks.values(), site.primer):
            if notebook:
                run = notebook.run(application, self._base, kernels)
                self._tasks.append(asyncio.create_task(run))
        if self._coming:
            self._tasks.append(asyncio.create_task(self._welcome(site, self._coming)))
        up.set_result(None)
        await stop.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(hub.close() for hub in site.hubs.values()))
        await site.seekers.close()
        await application.close()

    def _outside(self, deck: Deck) -> Deck:
        """Return a deck without what stays in the house, by what is known of that now."""
        return withhold(deck, noted_confidential(self._store))

    def _told(self) -> dict[str, str]:
        """Return what the kernels of notebooks are told."""
        # They run in their notebook's folder, from where a relative path would lead elsewhere.
        store = str(Path(self._store.path).absolute())
        return {"WORKBENCH_STORE": store, "PLOTLY_RENDERER": "plotly_mimetype"}

    def _open(self, site: Site) -> None:
        """Put decks and notebooks into the site."""
        for deck in self._decks:
            self._follow(deck, site, is_page=True)
        site.show_decks()
        told = self._told()
        if self._decks:
            told["WORKBENCH_DECK"] = str(
                (self._decks[0].path or Path(self._decks[0].name)).absolute()
            )
        given: dict[str, Any] = {
            "environment": told,
            "place": lambda deck: self._place(deck, site),
            "now": self._now,
            "every": self._every,
            "limit": self._limit,
        }
        for name, path in self._notebooks.items():
            site.notebooks[name] = Notebook(name, path, **given)
        if self._primer.is_file():
            site.primer = Notebook(library.PRIMER, self._primer, is_lazy=True, **given)

    async def _welcome(self, site: Site, coming: Callable[[], Sequence[Deck]]) -> None:
        """Give each deck that comes a tab and a page, until cancelled."""
        while True:
            await asyncio.sleep(ARRIVE)
            for deck in await asyncio.to_thread(coming):
                if deck.name in site.hubs:  # a notebook shows it already
                    continue
                site.frames.add(deck)
                self._follow(deck, site, is_page=True)
                self._decks = (*self._decks, deck)
                site.show_decks()

    def _place(self, deck: Deck, site: Site) -> str:
        """Return under what name a deck of a notebook is live, from now on at the latest."""
        known = site.hubs.get(deck.name)
        if known is None:
            self._follow(deck, site, is_page=False)
        elif known.deck.path != deck.path:
            raise SettingError(
                f"two decks are named {deck.name!r} ({known.deck.path} and {deck.path}); "
                "rename one of the files"
            )
        return deck.name

    def _follow(self, deck: Deck, site: Site, *, is_page: bool) -> None:
        hub = self._hub(deck, site, is_page=is_page)
        site.hubs[deck.name] = hub
        self._tasks.append(asyncio.create_task(hub.run()))

    def _hub(self, deck: Deck, site: Site, *, is_page: bool) -> Hub:
        def links() -> list[dict[str, str]]:
            if not is_page:
                return []
            newest = briefings.links(self._shelf, self._base, deck=deck.name, zone=deck.zone)
            return [*newest, *library.links(site)]

        return Hub(
            deck,
            self._store,
            now=self._now,
            mode=self._mode,
            decks=lambda: [site.hubs[each.name].deck for each in self._decks if is_page],
            version=lambda: site.frames.version(deck.name) if is_page else "",
            links=links,
            shelf=self._shelf,
            base=self._base,
            changed=site.frames.update if is_page else lambda _: None,
            shown=self._outside if self._is_public else lambda deck: deck,
        )
