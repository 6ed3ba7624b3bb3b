"""WebSockets: opened over a connection that we made ourselves, and read with bounds."""

from __future__ import annotations

import base64
import logging
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import httpcore
import httpx
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from workbench.errors import SourceError
from workbench.http.addresses import redact
from workbench.http.dial import dial
from workbench.http.waits import Waits

__all__ = ["PORTS", "Connection", "RefusedError", "open_socket", "tunnel"]

# The library tells requests and their headers to its log at debug level: keys would be in it.
_QUIET: Final = logging.getLogger(f"{__name__}.library")
_QUIET.setLevel(logging.WARNING)

PORTS: Final = {"ws": 80, "wss": 443, "http": 80, "https": 443}
"""Where each scheme is spoken unless an address says otherwise."""

_ANSWER_LIMIT: Final = 16_384
_GOODBYE: Final = 0.5  # seconds that a server has to say goodbye; one that is mute never does


class RefusedError(Exception):
    """A server that answered the opening with another status than it should."""

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        self.status = status
        self.headers = headers
        super().__init__(status)


class Connection:
    """An open WebSocket.

    Iterating gives the messages as they come, as bytes, until the connection closes, which
    is a SourceError.
    """

    def __init__(self, socket: ClientConnection, where: str) -> None:
        self._socket = socket
        self._where = where

    def receive(self, timeout: float | None = None) -> bytes | None:
        """Return the next message, or None if none came in so many seconds.

        Raises
        ------
        SourceError
            If the connection has closed.
        """
        try:
            return self._socket.recv(timeout, decode=False)
        except TimeoutError:
            return None
        except ConnectionClosed as error:
            raise self._closed(error) from None

    def is_alive(self, timeout: float) -> bool:
        """Return whether the server answers a ping in so many seconds.

        Whatever it had sent before its answer has then arrived too.
        """
        try:
            return self._socket.ping().wait(timeout)
        except ConnectionClosed as error:
            raise self._closed(error) from None

    def __iter__(self) -> Iterator[bytes]:
        while True:
            message = self.receive()
            if message is not None:
                yield message

    def _closed(self, error: ConnectionClosed) -> SourceError:
        return SourceError(f"{self._where}: the connection closed ({str(error)[:200]})")


@contextmanager
def _closing(socket: ClientConnection, where: str) -> Iterator[Connection]:
    with socket:
        yield Connection(socket, where)


def open_socket(
    address: httpx.URL,
    *,
    mapped: tuple[str, int] | None,
    proxy: httpx.URL | None,
    tls: ssl.SSLContext | None,
    headers: Mapping[str, str],
    deadline: float,
    waits: Waits,
    limit: int,
) -> Any:
    """Connect and shake hands; return a context manager that holds the connection.

    Raises
    ------
    RefusedError
        If the server answers with an HTTP status.
    SourceError
        If it does not speak WebSocket.
    TimeoutError, OSError, httpcore.NetworkError
        If it cannot be reached.
    """
    where = redact(str(address))
    port = address.port or PORTS[address.scheme]
    host, number = mapped or (address.host, port)
    if proxy:
        host, number = proxy.host, proxy.port or PORTS[proxy.scheme]
    patience = deadline - time.monotonic()
    stream = dial(host, number, guarded=False, deadline=deadline, patience=patience, waits=waits)
    try:
        if proxy:
            tunnel(stream, proxy, f"{address.raw_host.decode()}:{port}", deadline)
        socket = stream.get_extra_info("socket")
        opened = connect(
            str(address),
            sock=socket,
            ssl=tls,
            server_hostname=address.host if tls else None,
            proxy=None,
            additional_headers={k: v for k, v in headers.items() if k != "User-Agent"},
            user_agent_header=headers["User-Agent"],
            open_timeout=max(0.1, deadline - time.monotonic()),
            close_timeout=_GOODBYE,
            max_size=limit,
            logger=_QUIET,
        )
    except InvalidStatus as error:
        stream.close()
        answer = error.response
        raise RefusedError(answer.status_code, dict(answer.headers.raw_items())) from None
    except (WebSocketException, ValueError) as error:
        stream.close()
        # Its text may hold the whole address, so only its kind is told.
        raise SourceError(
            f"{where}: does not speak WebSocket as it should ({type(error).__name__})"
        ) from None
    except BaseException:
        stream.close()
        raise
    return _closing(opened, where)


def tunnel(stream: httpcore.NetworkStream, proxy: httpx.URL, target: str, deadline: float) -> None:
    """Have an HTTP proxy open a way to the target."""
    if proxy.scheme != "http":
        raise httpcore.ProxyError(
            "for WebSockets the proxy must be one that is itself reached by http://"
        )
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if proxy.username:
        secret = base64.b64encode(f"{proxy.username}:{proxy.password}".encode()).decode()
        lines.append(f"Proxy-Authorization: Basic {secret}")
    stream.write("\r\n".join([*lines, "", ""]).encode(), deadline - time.monotonic())
    answer = b""
    # Byte by byte, so that nothing of what follows the answer is taken with it.
    while not answer.endswith(b"\r\n\r\n"):
        left = deadline - time.monotonic()
        piece = stream.read(1, left) if left > 0 else b""
        if not piece or len(answer) >= _ANSWER_LIMIT:
            raise httpcore.ProxyError("the proxy did not open a way")
        answer += piece
    status = answer.split(b" ", 2)[1:2]
    if status != [b"200"]:
        shown = b"".join(status).decode("ascii", "replace")[:3]
        raise httpcore.ProxyError(f"the proxy answered {shown}")
