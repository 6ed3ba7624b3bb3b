"""The client: one request with all its bounds, and the way to streams."""

from __future__ import annotations

import ssl
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import httpcore
import httpx
import stamina
import truststore

from workbench import clock
from workbench.clock import Clock
from workbench.errors import RateLimited, SourceError, UnsafeAddress
from workbench.http import sockets
from workbench.http.addresses import parse_mapping, proxy_for, read, redact, resolve
from workbench.http.answers import LIMIT, PassingError, Response, read_body, refusal, spent
from workbench.http.dial import Backend
from workbench.http.events import EventStream, open_events
from workbench.http.limits import Limits

__all__ = ["USER_AGENT", "Client"]

try:
    _VERSION = version("boardroom-workbench")
except PackageNotFoundError:  # run from a folder that was never installed
    _VERSION = "0"
USER_AGENT: Final = f"boardroom-workbench/{_VERSION}"

_HOPS: Final = 5
_ATTEMPTS: Final = 3
_MOVED: Final = frozenset({301, 302, 303, 307, 308})


class Client:
    """Opens connections for all sources; may be used by many threads at once.

    Parameters
    ----------
    hosts : Mapping
        Hosts and where to find them instead, as in ``{"feeds.example": "127.0.0.1:4711"}``.
        Such a host is reached there without TLS and without a proxy, while requests and
        items keep its name.
    now : Clock
        Tells how far off a date in ``Retry-After`` is.
    connect_timeout, read_timeout : float
        Seconds for one address to answer, and between two pieces of a body.
    total_timeout : float
        Seconds for a request as a whole, with redirects and retries.
    interval : float
        Least seconds between the starts of two requests to one host.
    concurrent : int
        Most requests to one host at a time.
    """

    def __init__(
        self,
        *,
        hosts: Mapping[str, str] | None = None,
        now: Clock = clock.now,
        connect_timeout: float = 10.0,
        read_timeout: float = 20.0,
        total_timeout: float = 60.0,
        interval: float = 0.05,
        concurrent: int = 4,
    ) -> None:
        self._hosts = {
            host.lower(): parse_mapping(host, target) for host, target in (hosts or {}).items()
        }
        self._now = now
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._total_timeout = total_timeout
        self.limits = self._limits = Limits(interval=interval, concurrent=concurrent)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def close(self) -> None:
        """Let go of the client; between requests it holds nothing open."""

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        etag: str | None = None,
        modified: str | None = None,
        allow_private: Collection[str] = frozenset(),
        timeout: float | None = None,
    ) -> Response:
        """Return what a server answers.

        Parameters
        ----------
        url : str
            http or https. It may lie in a private network; where it redirects to may not,
            unless it lies there itself.
        params : Mapping, optional
            Joined to the address; a value may be a list.
        headers : Mapping, optional
            Sent to this host only, and not on to where it redirects.
        etag, modified : str, optional
            Of the last response; the answer may then be 304.
        allow_private : Collection of str
            Hosts that may be private although a public one redirects to them.
        timeout : float, optional
            Seconds for the request as a whole, instead of the client's.

        Raises
        ------
        RateLimited
            If the host asks us to wait, or still does so from before.
        UnsafeAddress
            If the address, or one that it redirects to, is one that we do not open.
        SourceError
            If it cannot be reached, answers with an error, or too much, or too slowly.
        """
        address = read(url, ("http", "https"))
        if params:
            address = address.copy_merge_params(params)
        sent = {"Accept": "*/*", **(headers or {})}
        # What no header can carry, a server may have sent all the same.
        if etag and etag.isascii():
            sent["If-None-Match"] = etag
        if modified and modified.isascii():
            sent["If-Modified-Since"] = modified
        seconds = self._total_timeout if timeout is None else timeout
        deadline = time.monotonic() + seconds
        for attempt in stamina.retry_context(
            on=PassingError, attempts=_ATTEMPTS, timeout=seconds, wait_initial=0.5, wait_max=5.0
        ):
            with attempt:
                return self._follow(address, sent, allow_private, deadline)
        raise AssertionError("unreachable")

    def _follow(
        self,
        address: httpx.URL,
        headers: Mapping[str, str],
        allow_private: Collection[str],
        deadline: float,
    ) -> Response:
        """Follow redirects by hand, for each must be checked before it is opened."""
        first = address
        free = True
        for _ in range(_HOPS + 1):
            guarded = not free and address.host not in allow_private
            with self._limits.turn(address.host, deadline):
                answer, private = self._ask(address, headers, guarded=guarded, deadline=deadline)
            if answer.status not in _MOVED:
                return answer
            free = free and private
            target = answer.headers.get("location")
            if not target:
                raise SourceError(f"{redact(str(address))}: redirects, but does not say where to")
            try:
                following = str(address.join(target))
            except (httpx.InvalidURL, ValueError):
                raise UnsafeAddress(
                    f"{redact(str(address))}: redirects to what is no address"
                ) from None
            before, address = address, read(following, ("http", "https"))
            if _origin(before) != _origin(address):
                headers = {"Accept": headers["Accept"]}
        raise SourceError(f"{redact(str(first))}: redirects more than {_HOPS} times")

    def _ask(
        self, address: httpx.URL, headers: Mapping[str, str], *, guarded: bool, deadline: float
    ) -> tuple[Response, bool]:
        """Send one request; return the answer, and whether a private host redirects."""
        where = redact(str(address))
        mapped = self._hosts.get(address.host)
        proxy = None if mapped else proxy_for(address.scheme, address.host)
        if proxy and guarded:
            _check_beyond_proxy(address)
        backend = Backend(
            mapped=mapped,
            # The proxy is the user's own, whatever its address; what lies beyond is checked.
            guarded=guarded and not proxy,
            deadline=deadline,
            patience=self._connect_timeout,
        )
        request = httpcore.URL(
            scheme=b"http" if mapped else address.raw_scheme,
            host=address.raw_host,
            port=address.port,
            target=address.raw_path,
        )
        sent = {
            "User-Agent": USER_AGENT,
            **headers,
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        timeouts = {
            "connect": self._connect_timeout,
            "read": self._read_timeout,
            "write": self._read_timeout,
        }
        with (
            _explained(where, deadline),
            httpcore.ConnectionPool(
                ssl_context=self._tls,
                proxy=_proxy(proxy) if proxy else None,
                network_backend=backend,
            ) as pool,
            pool.stream(
                "GET", request, headers=[*sent.items()], extensions={"timeout": timeouts}
            ) as raw,
        ):
            received = httpx.Headers(raw.headers)
            if raw.status < 300:
                content = read_body(raw.iter_stream(), received, where)
            elif raw.status in _MOVED or raw.status == HTTPStatus.NOT_MODIFIED:
                content = b""
            else:
                raise self._refusal(raw.status, received, address)
        wait = spent(received, self._now)
        if wait:
            self._limits.shut(address.host, wait)
        answer = Response(
            status=raw.status,
            headers=received,
            content=content,
            url=str(address),
            etag=received.get("etag"),
            modified=received.get("last-modified"),
        )
        moved = raw.status in _MOVED
        return answer, moved and (_is_inside(address) if proxy else backend.private)

    def _refusal(self, status: int, headers: httpx.Headers, address: httpx.URL) -> SourceError:
        """Return the error that an answer amounts to; a host that asks us to wait is shut."""
        error = refusal(status, headers, redact(str(address)), self._now)
        if isinstance(error, RateLimited):
            self._limits.shut(address.host, error.retry_after)
        return error

    @contextmanager
    def websocket(
        self,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[sockets.Connection]:
        """Open a WebSocket, and close it at the end of the block.

        Parameters
        ----------
        url : str
            ws or wss.
        params : Mapping, optional
            Joined to the address; a value may be a list.
        headers : Mapping, optional

        Raises
        ------
        RateLimited
            If the host asks us to wait.
        SourceError
            If it cannot be opened. Redirects are not followed.
        """
        opened = self._open(sockets.open_socket, url, ("ws", "wss"), params, headers, limit=LIMIT)
        with opened as connection:
            yield connection

    @contextmanager
    def events(
        self,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        idle: float = 60.0,
        guarded: bool = False,
    ) -> Iterator[EventStream]:
        """Open a stream of server-sent events, and close it at the end of the block.

        Parameters
        ----------
        url : str
            http or https.
        params : Mapping, optional
            Joined to the address; a value may be a list.
        headers : Mapping, optional
            Sent to this host only.
        idle : float
            Seconds of silence, without a heartbeat, after which it counts as dead.
        guarded : bool
            Whether private addresses are refused, as for one that a server has named.

        Raises
        ------
        RateLimited
            If the host asks us to wait.
        SourceError
            If it cannot be opened, or is none. Redirects are not followed.
        """
        bounds = {"idle": idle, "guarded": guarded}
        opened = self._open(open_events, url, ("http", "https"), params, headers, **bounds)
        with opened as stream:
            yield stream

    def _open(
        self,
        opener: Any,
        url: str,
        schemes: tuple[str, str],
        params: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        **options: Any,
    ) -> Any:
        """Return a context manager of a connection that stays open."""
        plain, secure = schemes
        address = read(url, schemes)
        if params:
            address = address.copy_merge_params(params)
        mapped = self._hosts.get(address.host)
        if mapped:
            address = address.copy_with(scheme=plain)
        where = redact(str(address))
        is_secure = address.scheme == secure
        proxy = None if mapped else proxy_for("https" if is_secure else "http", address.host)
        deadline = time.monotonic() + self._connect_timeout
        with self._limits.turn(address.host, deadline):
            try:
                with _explained(where, deadline):
                    return opener(
                        address,
                        mapped=mapped,
                        proxy=proxy,
                        tls=self._tls if is_secure else None,
                        headers={"User-Agent": USER_AGENT, **(headers or {})},
                        deadline=deadline,
                        **options,
                    )
            except sockets.RefusedError as refused:
                raise self._refusal(
                    refused.status, httpx.Headers(refused.headers), address
                ) from None


def _origin(address: httpx.URL) -> tuple[str, str, int | None]:
    return address.scheme, address.host, address.port


def _proxy(proxy: httpx.URL) -> httpcore.Proxy:
    url = httpcore.URL(scheme=proxy.raw_scheme, host=proxy.raw_host, port=proxy.port, target=b"/")
    auth = (proxy.username.encode(), proxy.password.encode()) if proxy.username else None
    return httpcore.Proxy(url, auth=auth)


def _check_beyond_proxy(address: httpx.URL) -> None:
    """Refuse what is private beyond a proxy, as far as it can be told from here."""
    try:
        resolve(address.host, 0, guarded=True)
    except OSError:
        return  # only the proxy knows the name, and decides


def _is_inside(address: httpx.URL) -> bool:
    try:
        _check_beyond_proxy(address)
    except UnsafeAddress:
        return True
    return False


@contextmanager
def _explained(where: str, deadline: float) -> Iterator[None]:
    """Turn what httpcore raises into errors that name the address and what was wrong."""
    try:
        yield
    except (httpcore.TimeoutException, TimeoutError) as error:
        if time.monotonic() >= deadline:
            raise SourceError(f"{where}: took too long as a whole, and was given up") from error
        if isinstance(error, httpcore.ConnectTimeout):
            raise PassingError(f"{where}: did not let us connect in time") from error
        raise SourceError(f"{where}: fell silent in the middle, and was given up") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError, OSError) as error:
        # httpcore wraps what the system raised in an error of its own.
        if any(isinstance(each, ssl.SSLError) for each in (error, *error.args)):
            raise SourceError(
                f"{where}: its certificate or encryption is not to be trusted ({error}); if it "
                "is your own, add its authority to the system's trust store"
            ) from error
        raise PassingError(f"{where}: the connection failed ({error})") from error
