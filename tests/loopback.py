"""A server of this process, which answers while a test asks it; ports for those of others."""

import socket
import threading
from contextlib import contextmanager


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
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        return held.getsockname()[1]
