"""What requests wait for, so that all of them can be told at once to wait no longer."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from weakref import WeakSet

import httpcore

from workbench.errors import SourceError

__all__ = ["Waits"]


class Waits:
    """The waits of requests that are under way: for an answer, for a turn."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._over = threading.Event()

    @property
    def is_over(self) -> bool:
        """Whether nobody is to wait any longer."""
        return self._over.is_set()

    def hold(self, stream: httpcore.NetworkStream) -> httpcore.NetworkStream:
        """Return a connection, which breaks once the waits are over.

        Raises
        ------
        httpcore.ConnectError
            If they are over already.
        """
        with self._lock:
            if not self.is_over:
                opened = stream.get_extra_info("socket")
                self._sockets.add(opened)
                return stream
        stream.close()
        raise httpcore.ConnectError("it was given up")

    def sleep(self, seconds: float, where: str) -> None:
        """Wait so many seconds.

        Raises
        ------
        SourceError
            If the waits are over before.
        """
        if self._over.wait(seconds):
            raise SourceError(f"{where}: the request was given up, for all are to end")

    def end(self) -> None:
        """Have whoever reads or writes fail at once, and whoever sleeps wake up."""
        with self._lock:
            self._over.set()
            opened = list(self._sockets)
        for each in opened:
            # Past the TLS layer, whose own way of closing is not for two threads.
            with suppress(OSError):
                socket.socket.shutdown(each, socket.SHUT_RDWR)
