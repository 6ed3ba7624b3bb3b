"""One request and its answer, over a connection that is opened for it alone."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import NamedTuple

import httpcore
import httpx

from workbench.errors import SourceError, UnsafeAddress
from workbench.http.addresses import redact, resolve
from workbench.http.answers import LIMIT, PassingError, UnsentError, read_body
from workbench.http.dial import Backend
from workbench.http.waits import Waits

__all__ = ["Answer", "Request", "check_beyond_proxy", "explained", "is_inside", "transfer"]


class Request(NamedTuple):
    """What is sent, and the most bytes that may come back."""

    method: str
    address: httpx.URL
    headers: Mapping[str, str]
    content: bytes | None = None
    limit: int = LIMIT


class Answer(NamedTuple):
    """What came back; `private` is whether the peer's address is."""

    status: int
    headers: httpx.Headers
    content: bytes
    private: bool


def transfer(
    asked: Request,
    *,
    mapped: tuple[str, int] | None,
    proxy: httpx.URL | None,
    guarded: bool,
    tls: ssl.SSLContext,
    deadline: float,
    patience: float,
    silence: float,
    waits: Waits,
) -> Answer:
    """Send one request and read the answer; the body only of one that succeeded.

    Parameters
    ----------
    asked : Request
    mapped : tuple of (str, int) or None
        Where to connect instead of the host asked for, without TLS.
    proxy : httpx.URL or None
    guarded : bool
        Whether private addresses are refused.
    tls : ssl.SSLContext
    deadline : float
        When to give up, on the monotonic clock.
    patience, silence : float
        Seconds for one address to answer, and between two pieces of a body.
    waits : Waits
        With which it ends.

    Raises
    ------
    UnsafeAddress
        If `guarded` and the host is private.
    SourceError
        If it cannot be reached, or answers too much, or too slowly.
    """
    address = asked.address
    where = redact(str(address))
    backend = Backend(
        mapped=mapped, guarded=guarded, deadline=deadline, patience=patience, waits=waits
    )
    request = httpcore.URL(
        scheme=b"http" if mapped else address.raw_scheme,
        host=address.raw_host,
        port=address.port,
        target=address.raw_path,
    )
    sent = {**asked.headers, "Accept-Encoding": "gzip", "Connection": "close"}
    # Without a proxy no pool is made for the one connection: that takes as long as the request.
    opened: httpcore.ConnectionPool | httpcore.HTTPConnection = (
        httpcore.ConnectionPool(ssl_context=tls, proxy=_proxy(proxy), network_backend=backend)
        if proxy
        else httpcore.HTTPConnection(request.origin, ssl_context=tls, network_backend=backend)
    )
    with (
        explained(where, deadline),
        closing(opened),
        opened.stream(
            asked.method,
            request,
            headers=[*sent.items()],
            content=asked.content,
            extensions={"timeout": {"connect": patience, "read": silence, "write": silence}},
        ) as raw,
    ):
        received = httpx.Headers(raw.headers)
        is_well = raw.status < 300
        chunks = raw.iter_stream()
        content = read_body(chunks, received, where, limit=asked.limit) if is_well else b""
    return Answer(raw.status, received, content, backend.private)


def _proxy(proxy: httpx.URL) -> httpcore.Proxy:
    url = httpcore.URL(scheme=proxy.raw_scheme, host=proxy.raw_host, port=proxy.port, target=b"/")
    auth = (proxy.username.encode(), proxy.password.encode()) if proxy.username else None
    return httpcore.Proxy(url, auth=auth)


def check_beyond_proxy(address: httpx.URL) -> None:
    """Refuse what is private beyond a proxy, as far as it can be told from here."""
    try:
        resolve(address.host, 0, guarded=True)
    except OSError:
        return  # only the proxy knows the name, and decides


def is_inside(address: httpx.URL) -> bool:
    """Return whether an address beyond a proxy is private, as far as it can be told."""
    try:
        check_beyond_proxy(address)
    except UnsafeAddress:
        return True
    return False


@contextmanager
def explained(where: str, deadline: float) -> Iterator[None]:
    """Turn what httpcore raises into errors that name the address and what was wrong."""
    try:
        yield
    except (httpcore.TimeoutException, TimeoutError) as error:
        if time.monotonic() >= deadline:
            raise SourceError(f"{where}: took too long as a whole, and was given up") from error
        if isinstance(error, httpcore.ConnectTimeout):
            raise UnsentError(f"{where}: did not let us connect in time") from error
        raise SourceError(f"{where}: fell silent in the middle, and was given up") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError, OSError) as error:
        # httpcore wraps what the system raised in an error of its own.
        if any(isinstance(each, ssl.SSLError) for each in (error, *error.args)):
            raise SourceError(
                f"{where}: its certificate or encryption is not to be trusted ({error}); if it "
                "is your own, add its authority to the system's trust store"
            ) from error
        unsent = isinstance(error, httpcore.ConnectError | httpcore.ProxyError)
        kind = UnsentError if unsent else PassingError
        raise kind(f"{where}: the connection failed ({error})") from error
