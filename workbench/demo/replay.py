"""The recorded industry, played as if it happened now, by servers on loopback."""

from __future__ import annotations

import os
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

from workbench import share
from workbench.clock import now
from workbench.collectors.edgar import CONTACT
from workbench.collectors.x import TOKEN
from workbench.demo.clock import ReplayClock
from workbench.demo.edgar import EdgarServer
from workbench.demo.fixture import Fixture
from workbench.demo.gdelt import GdeltServer
from workbench.demo.hackernews import HackerNewsServer
from workbench.demo.jetstream import JetstreamServer
from workbench.demo.linkedin import serve_rows
from workbench.demo.load import Progress, load_history
from workbench.demo.mastodon import MastodonServer
from workbench.demo.web import WebServer, serve_feed, serve_profiles
from workbench.demo.x import XServer
from workbench.store import Store

__all__ = ["Replay"]

_JETSTREAMS: Final = tuple(
    f"jetstream{number}.us-{coast}.bsky.network" for number in (1, 2) for coast in ("east", "west")
)
_PROFILES: Final = "public.api.bsky.app"
_KEYS: Final = {
    CONTACT: "A replay of recorded filings demo@replay.example",
    TOKEN: "a-replay-of-recorded-posts",
}
"""What collectors look for in the environment, for servers that are the replay's own."""


class Replay:
    """Plays a recording over real HTTP and WebSocket, on loopback alone.

    The recording is moved so that its live part begins now: every time and every id made
    from one moves by the same whole seconds. At its end the live part begins anew, as new
    posts and entries, and so on without end.

    Parameters
    ----------
    folder : Path or None
        The recording; None takes the one that comes along.
    speed : float
        How many times faster than real time it plays.
    start : datetime or None
        The real moment at which its live part begins; None takes the present one. With the
        one at which an earlier replay began it goes on as if that had never stopped.

    Attributes
    ----------
    began : datetime
        The moment at which its live part begins, UTC.
    clock : ReplayClock
        What the service, the store and the page are to take for the time.
    hosts : dict of str to str
        Where each host of the recording is found while it is served; empty otherwise.
    mode : str
        ``replay``, as the page says it.

    Raises
    ------
    SettingError
        If the folder holds no recording, or the speed is not a positive number.
    """

    mode: Final = "replay"

    def __init__(
        self,
        folder: str | Path | None = None,
        *,
        speed: float = 1.0,
        start: datetime | None = None,
    ) -> None:
        present = now()
        self.began = present if start is None else start
        # Checked by the clock before anything is reckoned with it.
        self.clock = ReplayClock(self.began, speed=speed)
        if self.began < present:
            self.clock = ReplayClock(self.began + (present - self.began) * speed, speed=speed)
        self.hosts: dict[str, str] = {}
        self._fixture = Fixture(
            share.path("fixtures") if folder is None else Path(folder), at=self.began
        )
        self._servers = ExitStack()

    def load(self, store: Store, progress: Progress | None = None) -> None:
        """Put all that lies before the live part into a store; see :func:`load_history`."""
        load_history(self._fixture, store, progress)

    def start(self) -> None:
        """Serve, until :meth:`stop`."""
        fixture = self._fixture
        jetstream = self._servers.enter_context(
            JetstreamServer(fixture.recent, clock=self.clock, reel=fixture.reel)
        )
        routes = {(_PROFILES, "/xrpc/app.bsky.actor.getProfiles"): serve_profiles(fixture.profiles)}
        for feed in fixture.feeds:
            address = urlsplit(feed.url)
            place = (address.hostname or "", address.path)
            routes[place] = serve_feed(feed.tape, feed.format, self.clock)
        if fixture.mastodon:
            routes |= MastodonServer(fixture.mastodon, self.clock).routes()
        if fixture.hackernews:
            routes |= HackerNewsServer(fixture.hackernews, self.clock).routes()
        if fixture.gdelt:
            routes |= GdeltServer(fixture.gdelt, self.clock).routes()
        if fixture.linkedin:
            table = urlsplit(fixture.linkedin.address)
            route = serve_rows(fixture.linkedin, self.clock)
            routes[table.hostname or "", table.path] = route
        if fixture.edgar:
            routes |= EdgarServer(fixture.edgar, self.clock).routes()
        if fixture.x:
            routes |= XServer(fixture.x, self.clock).routes()
        web = self._servers.enter_context(WebServer(routes))
        self.hosts |= dict.fromkeys(_JETSTREAMS, jetstream.address)
        self.hosts |= {host: web.address for host, _ in routes}
        for name in _KEYS.keys() - os.environ.keys():
            os.environ[name] = _KEYS[name]
            self._servers.callback(os.environ.pop, name, None)

    def stop(self) -> None:
        """End every server and every thread of theirs."""
        self.hosts.clear()
        self._servers.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
