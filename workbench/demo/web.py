"""The replay's web on loopback: feeds with ETag and Last-Modified, getProfiles, others' routes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from hashlib import blake2b
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self
from urllib.parse import parse_qs, urlsplit

from workbench.clock import Clock
from workbench.demo.feeds import FeedTape

__all__ = ["Answer", "Asked", "Route", "WebServer", "json_answer", "serve_feed", "serve_profiles"]

_BOTH_WAYS: Final = 2  # socket.SHUT_RDWR; this module opens no connection and needs no socket
_TYPES: Final = {"json": "application/feed+json", "atom": "application/atom+xml"}
_MOST_ACTORS: Final = 25


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its path, its parameters, and its headers by lower-case name."""

    path: str
    parameters: Mapping[str, list[str]]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back.

    A body in pieces has no end of its own: it is sent piece by piece until the client goes or
    the server stops, which it looks for between two pieces; an empty one gives it the time to.
    """

    status: HTTPStatus
    body: bytes | Iterator[bytes] = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Route = Callable[[Asked], Answer]


def serve_feed(tape: FeedTape, format: str, clock: Clock) -> Route:  # noqa: A002
    """Return the route of one feed, as of the clock, answering 304 to who has it already.

    Parameters
    ----------
    tape : FeedTape
        The feed's recording.
    format : str
        As the manifest has it; tells the content type. No character set is sent along, so
        that the document's own word for it holds.
    clock : Clock
        The replay's.
    """
    kind = next((type_ for name, type_ in _TYPES.items() if name in format.lower()), None)

    def route(asked: Asked) -> Answer:
        body, when = tape.show(clock())
        etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
        headers = {
            "Content-Type": kind or "application/rss+xml",
            "ETag": etag,
            "Last-Modified": format_datetime(when, usegmt=True),
        }
        if _has_it(asked.headers, etag, when):
            return Answer(HTTPStatus.NOT_MODIFIED, headers=headers)
        return Answer(HTTPStatus.OK, body, headers)

    return route


def _has_it(headers: Mapping[str, str], etag: str, when: datetime) -> bool:
    # A tag is exact and so goes before a date, which cannot tell two changes in one second.
    if "if-none-match" in headers:
        tags = {tag.strip().removeprefix("W/") for tag in headers["if-none-match"].split(",")}
        return etag in tags or "*" in tags
    try:
        since = parsedate_to_datetime(headers.get("if-modified-since", ""))
    except ValueError:
        return False
    since = since.replace(tzinfo=UTC) if since.tzinfo is None else since
    return when.replace(microsecond=0) <= since


def serve_profiles(profiles: Iterable[Mapping[str, Any]]) -> Route:
    """Return the route of ``app.bsky.actor.getProfiles`` over these profiles.

    As there, unknown actors are left out, and more than 25 are refused.
    """
    known = {str(profile[key]): profile for profile in profiles for key in ("did", "handle")}

    def route(asked: Asked) -> Answer:
        actors = asked.parameters.get("actors", [])
        if not 1 <= len(actors) <= _MOST_ACTORS:
            return json_answer(
                {
                    "error": "InvalidRequest",
                    "message": f"actors must be 1 to {_MOST_ACTORS}, not {len(actors)}",
                },
                HTTPStatus.BAD_REQUEST,
            )
        return json_answer({"profiles": [known[actor] for actor in actors if actor in known]})

    return route


def json_answer(
    value: Any, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Answer:
    """Return a value as JSON."""
    body = json.dumps(value, ensure_ascii=False).encode()
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return Answer(status, body, {**kind, **(headers or {})})


class WebServer:
    """Serves routes by host and path, one thread per request.

    Parameters
    ----------
    routes : mapping of (str, str) to Route
        The host as the Host header names it, and the path. A path that ends in ``/`` stands
        for all below it that have no route of their own.
    """

    def __init__(self, routes: Mapping[tuple[str, str], Route]) -> None:
        self._server = _Server(("127.0.0.1", 0), partial(_Handler, routes))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="replay web", daemon=True
        )
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it listens, as host:port."""
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    def stop(self) -> None:
        """End every request, and itself, within a second."""
        self._server.stopping.set()
        self._server.shutdown()
        self._server.cut()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that server_close() waits for them

    def __init__(self, *args: Any) -> None:
        self.stopping = threading.Event()
        self._open: set[Any] = set()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away."""

    def cut(self) -> None:
        """Wake the threads whose clients say nothing."""
        for request in list(self._open):
            with suppress(OSError):
                request.shutdown(_BOTH_WAYS)


class _Handler(BaseHTTPRequestHandler):
    server_version = "replay"
    sys_version = ""
    timeout = 30

    def __init__(self, routes: Mapping[tuple[str, str], Route], *args: Any) -> None:
        self._routes = routes
        super().__init__(*args)

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        route = self._route(host.lower(), address.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = (
            route(Asked(address.path, parse_qs(address.query), headers))
            if route
            else Answer(HTTPStatus.NOT_FOUND, b"nothing is here\n")
        )
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if not isinstance(answer.body, bytes):
            self._send_pieces(answer.body)
            return
        if answer.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _route(self, host: str, path: str) -> Route | None:
        while (route := self._routes.get((host, path))) is None and path:
            path = path[: path.rstrip("/").rfind("/") + 1]
        return route

    def _send_pieces(self, body: Iterator[bytes]) -> None:
        self.send_header("Connection", "close")
        self.end_headers()
        stopping = self.server.stopping  # type: ignore[attr-defined]  # it is our own
        with suppress(OSError):
            for piece in body:
                if stopping.is_set():
                    break
                if piece:
                    self.wfile.write(piece)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Keep the terminal for the page's address."""
