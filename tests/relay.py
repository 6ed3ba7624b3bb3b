"""A wire between a browser and a server that a test can cut."""

from __future__ import annotations

import contextlib
import socket
import threading


class Relay:
    """Passes bytes between a port of its own and a server's; cut, it refuses and drops all."""

    def __init__(self, target: int) -> None:
        self.target = target
        self._whole = True
        self._pairs: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            if not self._whole:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                near.close()
                continue
            with self._lock:
                self._pairs |= {near, far}
            for ends in ((near, far), (far, near)):
                thread = threading.Thread(target=self._pass, args=ends, daemon=True)
                thread.start()
                self._threads.append(thread)

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
            with self._lock:
                self._pairs.discard(end)

    def cut(self) -> None:
        """Drop every connection and refuse new ones."""
        self._whole = False
        with self._lock:
            pairs = list(self._pairs)
        for end in pairs:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Let connections through again."""
        self._whole = True

    def close(self) -> None:
        """Cut for good."""
        self.cut()
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for thread in self._threads:
            thread.join(timeout=5)
