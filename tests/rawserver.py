"""A server that sends raw bytes, so that anything can go wrong."""

import socketserver
from contextlib import contextmanager, suppress

from loopback import serving


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.settimeout(10)
        head = b""
        with suppress(OSError):
            while b"\r\n\r\n" not in head and head[:1] != b"\x16":  # a TLS handshake
                piece = self.request.recv(65_536)
                if not piece:
                    return
                head += piece
            self.server.heads.append(head.decode("latin-1"))
            self.server.answer(self.request, head.decode("latin-1"))


class Server(socketserver.ThreadingTCPServer):
    """Sends what `answer` has for each request's head, and keeps the heads."""

    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server_address[1]}"
        self.reset()

    def reset(self):
        self.heads = []
        self.answer = lambda connection, _: connection.sendall(reply(b"ok"))

    def says(self, *answers):
        """Give each answer once, the last again and again."""
        left = list(answers)

        def answer(connection, _):
            connection.sendall(left.pop(0) if len(left) > 1 else left[0])

        self.answer = answer


def reply(body=b"", status="200 OK", **headers):
    fields = {"Content-Length": len(body)} | {k.replace("_", "-"): v for k, v in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


@contextmanager
def running():
    with serving(Server()) as server:
        yield server
