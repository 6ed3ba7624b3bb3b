"""What a client is made of, and the connections of it that stay open."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import httpx
import truststore

from workbench import clock
from workbench.clock import Clock
from workbench.errors import RateLimited, SourceError
from workbench.http import sockets
from workbench.http.addresses import parse_mapping, proxy_for, read, redact
from workbench.http.answers import LIMIT, refusal
from workbench.http.events import EventStream, open_events
from workbench.http.limits import Limits
from workbench.http.lines import LineStream, open_lines
from workbench.http.spending import Spending
from workbench.http.transfer import explained
from workbench.http.waits import Waits

__all__ = ["USER_AGENT", "Opener", "joined"]

try:
    _VERSION = version("boardroom-workbench")
except PackageNotFoundError:  # run from a folder that was never installed
    _VERSION = "0"
USER_AGENT: Final = f"boardroom-workbench/{_VERSION}"


class Opener:
    """The half of :class:`workbench.http.Client` that opens streams; see there."""

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
        self.spending = Spending()
        self.limits = self._limits = Limits(interval=interval, concurrent=concurrent)
        self._waits = Waits()

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

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

    @contextmanager
    def lines(
        self,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        idle: float = 60.0,
    ) -> Iterator[LineStream]:
        """Open an answer that never ends, of one record a line, and close it with the block.

        Parameters
        ----------
        url : str
            http or https.
        params : Mapping, optional
            Joined to the address; a value may be a list.
        headers : Mapping, optional
        idle : float
            Seconds of silence, without as much as an empty line, after which it counts as dead.

        Raises
        ------
        RateLimited
            If the host asks us to wait.
        SourceError
            If it cannot be opened, or is none. Redirects are not followed.
        """
        opened = self._open(open_lines, url, ("http", "https"), params, headers, idle=idle)
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
        address = joined(url, params, schemes)
        mapped = self._hosts.get(address.host)
        if mapped:
            address = address.copy_with(scheme=plain)
        where = redact(str(address))
        is_secure = address.scheme == secure
        proxy = None if mapped else proxy_for("https" if is_secure else "http", address.host)
        deadline = time.monotonic() + self._connect_timeout
        waits = self._waits
        with self._limits.turn(address.host, deadline, waits):
            try:
                with explained(where, deadline):
                    return opener(
                        address,
                        mapped=mapped,
                        proxy=proxy,
                        tls=self._tls if is_secure else None,
                        headers={"User-Agent": USER_AGENT, **(headers or {})},
                        deadline=deadline,
                        waits=waits,
                        **options,
                    )
            except sockets.RefusedError as refused:
                raise self._refusal(
                    refused.status, httpx.Headers(refused.headers), address
                ) from None


def joined(
    url: str, params: Mapping[str, Any] | None, schemes: tuple[str, str] = ("http", "https")
) -> httpx.URL:
    """Return an address that was read, with these parameters."""
    address = read(url, schemes)
    return address.copy_merge_params(params) if params else address
