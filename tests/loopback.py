"""A server of this process, which answers while a test asks it; ports for those of others."""

import random
import socket
import threading
from contextlib import contextmanager, suppress


@contextmanager
def serving(server):
    """Have a server answer from a thread of its own; close it at the end, whatever comes."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def free_port():
    """Return a port that nothing listens on, from below those that a system gives by itself.

    One of these could be somebody else's by the time that it is listened on, or listened on anew.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
