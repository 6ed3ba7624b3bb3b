"""What may stand between a browser and a server: a wire that a test can cut, a reverse proxy."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


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
            self._threads = [thread for thread in self._threads if thread.is_alive()]

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


class Proxy(ThreadingHTTPServer):
    """A reverse proxy as a company has one: another name, HTTPS outside, plain HTTP inside."""

    daemon_threads = True

    def __init__(self, target: int) -> None:
        super().__init__(("127.0.0.1", 0), _Forward)
        self.target = target
        self.port = self.server_port
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Serve no more."""
        self.shutdown()
        self.server_close()


class _Forward(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        inner = http.client.HTTPConnection("127.0.0.1", self.server.target, timeout=30)
        dropped = {"connection", "host"}
        headers = {k: v for k, v in self.headers.items() if k.lower() not in dropped}
        known = {"Host": self.headers["Host"], "X-Forwarded-Proto": "https", "Connection": "close"}
        with contextlib.closing(inner), contextlib.suppress(OSError):
            inner.request(self.command, self.path, headers=headers | known)
            answer = inner.getresponse()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in {"connection", "transfer-encoding"}:
                    self.send_header(name, value)
            self.end_headers()
            while data := answer.read1(65536):  # as it comes: a stream of events must not wait
                self.wfile.write(data)
                self.wfile.flush()
        self.close_connection = True

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *args: object) -> None:
        """Keep the tests' output clean."""
