"""What the server answers: the page, its events, older items and two files. All read-only."""

from __future__ import annotations

import asyncio
import gzip
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlencode

from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, RequestHandler

from workbench.decks.check import THEMES
from workbench.documents import Shelf
from workbench.errors import QueryTimeout, WorkbenchError
from workbench.page.assets import Asset, sheet
from workbench.page.frame import Frames
from workbench.page.guard import Guard
from workbench.page.joined import Joined, join
from workbench.page.look import encode
from workbench.page.notebooks import Notebook
from workbench.page.notices import STYLE_HASH, notice, style_hash
from workbench.page.seeking import Seekers
from workbench.page.stream import PACE, Hub, Shared

__all__ = ["PICTURED", "NotFound", "Site", "routes"]

_log = logging.getLogger(__name__)

STALLED: Final = 30.0
"""Seconds after which a viewer that takes nothing is cut off."""
SIGNED_IN_DAYS: Final = 30
# Where a table's cells stand in what a notebook says: the only styles that Markdown itself sets.
_ALIGNED: Final = " ".join(style_hash(f"text-align:{side}") for side in ("left", "center", "right"))
_SHEETS: Final = " ".join(style_hash(sheet(name)) for name in ("auto", "contrast"))
POLICY: Final = (
    f"default-src 'none'; script-src 'self'; style-src 'self' {STYLE_HASH} {_SHEETS}; "
    f"style-src-attr 'unsafe-hashes' {_ALIGNED}; "
    "img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

# Of a deck's page: pictures that its posts carry, over https.
PICTURED: Final = POLICY.replace("img-src 'self' data:", "img-src 'self' data: https:")


@dataclass(slots=True)
class Site:
    """What all routes share.

    Attributes
    ----------
    base : str
        Path under which the page is served, with slashes around it.
    hubs : dict of str to Hub
        By deck's name; the first is the one at the base itself. Decks that stand in notebooks
        come along later.
    pages : Mapping of str to Shared
        The finished page of each deck.
    cookie : str
        Name of the cookie; two pages on one machine must not share it.
    shelf : Shelf
        The documents that runs have left.
    notebooks : dict of str to Notebook
        Those published, by name.
    primer : Notebook or None
        The one that explains the page.
    seekers : Seekers
        Who looks for something.
    """

    base: str
    guard: Guard
    frames: Frames
    assets: Mapping[str, Asset]
    hubs: dict[str, Hub]
    cookie: str
    shelf: Shelf
    notebooks: dict[str, Notebook] = field(default_factory=dict)
    primer: Notebook | None = None
    seekers: Seekers = field(default_factory=Seekers)
    pages: dict[str, Shared[Joined]] = field(default_factory=dict)
    _made: dict[str, Joined] = field(default_factory=dict)

    def show_decks(self) -> None:
        """Give each deck that is there a page of its own."""
        for name in self.frames.names():
            self.pages.setdefault(name, Shared(PACE, partial(self._page, name)))

    @property
    def zone(self) -> str:
        """The time zone of what belongs to no deck: that of the first."""
        return next((hub.deck.zone for hub in self.hubs.values()), "UTC")

    def link(self, file: str) -> str:
        """Return the path of a file under ``static/``, such that browsers may keep it."""
        return f"{self.base}static/{file}?v={self.assets[file].mark}"

    async def _page(self, name: str) -> Joined:
        frame, snapshot = await self.frames.get(name), await self.hubs[name].snapshot()
        made = self._made.get(name)
        if made is None or made.frame is not frame or made.snapshot is not snapshot:
            made = self._made[name] = await asyncio.to_thread(join, frame, snapshot)
        return made


class Handler(RequestHandler):
    """What holds for every route: who may ask, for what, and what an answer may do."""

    SUPPORTED_METHODS = ("GET", "HEAD")

    def initialize(self, site: Site) -> None:
        """Take what all routes share."""
        self.site = site

    def set_default_headers(self) -> None:
        """Let a browser do with the answer only what our page needs."""
        self.clear_header("Server")
        self.set_header("Content-Security-Policy", POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Cache-Control", "no-store")

    async def prepare(self) -> None:
        """Refuse whoever may not ask; sign in whoever brings the token."""
        guard = self.site.guard
        if not guard.knows_host(self.request.host):
            raise HTTPError(HTTPStatus.MISDIRECTED_REQUEST)
        if guard.is_open:
            return
        # Whoever opens a page that asks for a token gets no hold on its window. A page that
        # anybody may open gives nothing away by it, and a process of its own costs 40 ms.
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        given = self.get_query_argument("token", None)
        if given is not None:
            if not guard.is_token(given):
                raise HTTPError(HTTPStatus.UNAUTHORIZED)
            self._sign_in()
            return
        authorization = self.request.headers.get("Authorization")
        if not guard.admits(cookie=self.get_cookie(self.site.cookie), authorization=authorization):
            raise HTTPError(HTTPStatus.UNAUTHORIZED)

    def _sign_in(self) -> None:
        forwarded = self.request.headers.get("X-Forwarded-Proto", "")
        self.set_cookie(
            self.site.cookie,
            self.site.guard.cookie,
            path=self.site.base,
            expires_days=SIGNED_IN_DAYS,
            httponly=True,
            samesite="Strict",
            secure="https" in (self.request.protocol, forwarded.split(",")[0].strip().lower()),
        )
        kept = [
            (k, v)
            for k in self.request.query_arguments
            if k != "token"
            for v in self.get_query_arguments(k)
        ]
        clean = "/" + self.request.path.lstrip("/\\")  # "//host" would lead elsewhere
        self.redirect(clean + (f"?{urlencode(kept)}" if kept else ""), status=HTTPStatus.SEE_OTHER)

    def head(self, *args: str) -> Any:
        """Answer as to GET; tornado leaves the body out."""
        return self.get(*args)

    def compute_etag(self) -> str | None:
        """Make none: what changes each second is not worth a hash."""
        return None

    def send(self, plain: bytes, packed: bytes) -> None:
        """Answer with whichever of the two the browser understands."""
        self.set_header("Vary", "Accept-Encoding")
        if re.search(
            r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))",
            self.request.headers.get("Accept-Encoding", ""),
        ):
            self.set_header("Content-Encoding", "gzip")
            plain = packed
        self.set_header("Content-Length", str(len(plain)))
        self.finish(plain)

    def theme(self) -> str:
        """Return the theme that the reader has chosen in this browser, or nothing."""
        wanted = self.get_cookie("wb-theme", "")
        return wanted if wanted in THEMES else ""

    def send_json(self, value: object) -> None:
        """Answer with JSON."""
        plain = encode(value)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.send(plain, gzip.compress(plain, 6, mtime=0))

    def hub(self, name: str | None) -> Hub:
        """Return a deck's hub, the first deck's without a name."""
        found = next(iter(self.site.hubs.values())) if not name else self.site.hubs.get(name)
        if found is None:
            raise HTTPError(HTTPStatus.NOT_FOUND)
        return found

    def write_error(self, status_code: int, **_: Any) -> None:
        """Say what is wrong and what can be done; never how it came about."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        if status_code == HTTPStatus.UNAUTHORIZED:
            self.set_header("WWW-Authenticate", "Bearer")
            # A browser that followed a link on another site keeps a strict cookie back; once it
            # asks from here by itself, it brings it along.
            site = self.request.headers.get("Sec-Fetch-Site")
            self.finish(
                notice(
                    "Sign in",
                    "This page is for those who have its link, the one with ?token= in it. Ask "
                    "whoever runs the workbench for that, and open it once: this browser then "
                    "stays signed in.",
                    again=site == "cross-site",
                )
            )
        elif status_code == HTTPStatus.NOT_FOUND:
            base = self.site.base
            links = [
                (f"{base}deck/{quote(name, safe='')}", self.site.hubs[name].deck.title)
                for name in self.site.pages
            ]
            links += [
                (f"{base}notebook/{quote(name, safe='')}", each.latest.title)
                for name, each in self.site.notebooks.items()
            ]
            self.finish(notice("No such page", "These are here:", links=links))
        elif status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            self.set_header("Allow", "GET, HEAD")
            self.finish(notice("Read-only", "This page can be read, and nothing else."))
        elif status_code == HTTPStatus.MISDIRECTED_REQUEST:
            self.finish(
                notice(
                    "Not under this name",
                    "Without a token the page answers to localhost and 127.0.0.1 only. Open it "
                    "under the address that the workbench printed when it started.",
                )
            )
        elif status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            self.finish(notice("Not understood", "The address is not one that this page gives."))
        else:
            self.finish(
                notice(
                    "Not available just now",
                    "The page could not be made. It works again as soon as the store can be read; "
                    "whoever runs the workbench finds the reason in its log.",
                )
            )

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log what failed without the request's query, which may hold the token."""
        if not isinstance(value, HTTPError):
            _log.error("%s: %s", self.request.path, value, exc_info=(typ, value, tb))


class NotFound(Handler):
    """Whatever else is asked for."""

    def get(self) -> None:
        """Say which decks there are."""
        raise HTTPError(HTTPStatus.NOT_FOUND)


class ToBase(Handler):
    """The base without its closing slash."""

    def get(self) -> None:
        """Lead to the page."""
        self.redirect(self.site.base, permanent=True)


class PageHandler(Handler):
    """A deck's page."""

    async def get(self, name: str | None = None) -> None:
        """Answer with the notebook's render around a fresh snapshot."""
        hub = self.hub(name)
        if hub.deck.name not in self.site.pages:
            raise HTTPError(HTTPStatus.NOT_FOUND)
        page = await self.site.pages[hub.deck.name].get()
        self.set_header("Content-Security-Policy", PICTURED)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        wanted = self.theme()
        if not wanted:
            self.send(page.plain, page.packed)
        else:
            self.send(*await asyncio.to_thread(page.of, wanted))


class EventsHandler(Handler):
    """A deck's stream of events."""

    async def get(self) -> None:
        """Send what is new until the viewer goes."""
        hub = self.hub(self.get_query_argument("deck", None))
        self.set_header("Content-Type", "text/event-stream; charset=utf-8")
        self.set_header("Cache-Control", "no-store, no-transform")
        self.set_header("X-Accel-Buffering", "no")
        if self.request.method == "HEAD":
            return
        asked = self.get_query_argument("after", "")
        viewer = await hub.join(self.request.headers.get("Last-Event-ID") or asked)
        self.viewer = viewer
        try:
            while told := await viewer.next():
                self.write(told)
                async with asyncio.timeout(STALLED):
                    await self.flush()
        except (StreamClosedError, TimeoutError):
            pass
        finally:
            hub.leave(viewer)
            # Cut rather than finished: a viewer who is behind should not have to read on first.
            self.detach().close()

    def on_connection_close(self) -> None:
        """End the stream of a viewer who has gone."""
        if viewer := getattr(self, "viewer", None):
            viewer.end()


class OlderHandler(Handler):
    """A column's older items, as the reader scrolls down to them."""

    async def get(self) -> None:
        """Answer with the items before a cursor or time."""
        hub = self.hub(self.get_query_argument("deck", None))
        column = self.get_query_argument("column")
        before = self.get_query_argument("before")
        since = self.get_query_argument("since", "")
        try:
            self.send_json(await hub.ask(lambda board: board.older(column, before, since)))
        except KeyError:
            raise HTTPError(HTTPStatus.NOT_FOUND) from None
        except QueryTimeout:
            raise HTTPError(HTTPStatus.SERVICE_UNAVAILABLE) from None
        except (WorkbenchError, ValueError, OverflowError):
            raise HTTPError(HTTPStatus.BAD_REQUEST) from None


class AlertsHandler(Handler):
    """What alerts a deck has told, for a page that is not in sight and holds no stream."""

    async def get(self) -> None:
        """Answer with the times of each column's alerts."""
        self.send_json(await self.hub(self.get_query_argument("deck", None)).alerts())


class StaticHandler(Handler):
    """The script and the style sheet."""

    def get(self, name: str) -> None:
        """Answer with a file, to be kept for good if it is asked for by its mark."""
        asset = self.site.assets.get(name)
        if asset is None:
            raise HTTPError(HTTPStatus.NOT_FOUND)
        named = self.get_query_argument("v", "") == asset.mark
        kept = "private, max-age=31536000, immutable" if named else "no-cache"
        self.set_header("Cache-Control", kept)
        self.set_header("Content-Type", asset.type)
        self.set_header("ETag", f'W/"{asset.mark}"')
        if self.check_etag_header():
            self.set_status(HTTPStatus.NOT_MODIFIED)
            return
        self.send(asset.plain, asset.packed)


class HealthHandler(Handler):
    """Whether the server is up."""

    def get(self) -> None:
        """Say so."""
        self.send_json({"status": "ok", "decks": list(self.site.hubs)})


def routes(site: Site) -> Sequence[tuple[str, type[Handler], dict[str, Any]]]:
    """Return all that the server answers, as tornado wants it."""
    base = re.escape(site.base)
    table: list[tuple[str, type[Handler]]] = [
        (base, PageHandler),
        (f"{base}deck/([^/]+)", PageHandler),
        (f"{base}events", EventsHandler),
        (f"{base}older", OlderHandler),
        (f"{base}alerts", AlertsHandler),
        (f"{base}static/([^/]+)", StaticHandler),
        (f"{base}healthz", HealthHandler),
    ]
    if site.base != "/":
        table.append((base.removesuffix("/"), ToBase))
    return [(pattern, handler, {"site": site}) for pattern, handler in table]
