"""Opens a connection to an address that was checked, and reads it against a deadline."""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from workbench.http.addresses import is_private, resolve
from workbench.http.waits import Waits

__all__ = ["Backend", "dial"]

# At debug level httpcore tells its log every answer's headers, and keys with them.
logging.getLogger("httpcore").setLevel(logging.INFO)

_TRY: httpcore.NetworkBackend = httpcore.SyncBackend()


def dial(
    host: str, port: int, *, guarded: bool, deadline: float, patience: float, waits: Waits
) -> httpcore.NetworkStream:
    """Connect to the first of a host's addresses that answers.

    What is connected to is the very address that was checked, so that a name which changes
    its mind in between (DNS rebinding) gains nothing.

    Parameters
    ----------
    host : str
    port : int
    guarded : bool
        Whether private addresses are refused.
    deadline : float
        When to give up, on the monotonic clock.
    patience : float
        Seconds to give each address.
    waits : Waits
        With which the connection ends.

    Raises
    ------
    UnsafeAddress
        If `guarded` and the host is private.
    httpcore.ConnectError, httpcore.ConnectTimeout
        If no address can be reached.
    """
    try:
        addresses = resolve(host, port, guarded=guarded)
    except OSError as error:
        raise httpcore.ConnectError(f"the name {host} is not known: {error}") from error
    failure: Exception = httpcore.ConnectError(f"{host} has no address")
    for address, number in addresses:
        left = min(patience, deadline - time.monotonic())
        if left <= 0:
            raise httpcore.ConnectTimeout("no time left to connect")
        try:
            stream = _TRY.connect_tcp(address, number, timeout=left)
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            failure = error
        else:
            return waits.hold(stream)
    raise failure


class Backend(httpcore.NetworkBackend):
    """What httpcore opens connections through, for one request.

    Parameters
    ----------
    mapped : tuple of (str, int) or None
        Where to connect instead of the host asked for.
    guarded : bool
        Whether private addresses are refused.
    deadline : float
        End of the whole request, on the monotonic clock.
    patience : float
        Seconds to give each address.
    waits : Waits
        With which its connections end.

    Attributes
    ----------
    private : bool
        Whether the peer's address is private, once connected.
    """

    def __init__(
        self,
        *,
        mapped: tuple[str, int] | None,
        guarded: bool,
        deadline: float,
        patience: float,
        waits: Waits,
    ) -> None:
        self._mapped = mapped
        self._guarded = guarded
        self._deadline = deadline
        self._patience = patience
        self._waits = waits
        self.private = False

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline rules
        local_address: str | None = None,  # noqa: ARG002 - never given
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - never given
    ) -> httpcore.NetworkStream:
        """Connect, to the mapped address where there is one."""
        host, port = self._mapped or (host, port)
        stream = dial(
            host,
            port,
            guarded=self._guarded,
            deadline=self._deadline,
            patience=self._patience,
            waits=self._waits,
        )
        self.private = is_private(stream.get_extra_info("server_addr")[0])
        return _Stream(stream, self._deadline, self._waits)


class _Stream(httpcore.NetworkStream):
    """A connection on which no read or write outlives the request's deadline.

    Timeouts for single reads alone would let a server that sends a byte now and then, in
    the headers say, hold a thread for ever.
    """

    def __init__(self, stream: httpcore.NetworkStream, deadline: float, waits: Waits) -> None:
        self._stream = stream
        self._deadline = deadline
        self._waits = waits

    def _left(self, timeout: float | None, late: type[Exception]) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise late("the time for the whole request is over")
        return left if timeout is None else min(timeout, left)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._left(timeout, httpcore.ConnectTimeout)
        secured = self._stream.start_tls(ssl_context, server_hostname, left)
        return _Stream(self._waits.hold(secured), self._deadline, self._waits)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
