"""A stock Voila for tests: a server of its own, and its websocket as any viewer can use it."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

import httpx
from loopback import free_port
from websockets.sync.client import connect

from workbench.page.template import TEMPLATES

__all__ = ["Viewer", "voila"]

ROOT = Path(__file__).parent.parent


@contextmanager
def voila(folder, *, home, environment=None, cwd=None):
    """Run plain `voila` on a folder, with the committed voila.json, until the block ends."""
    port = free_port()
    where = Path(cwd or folder)
    if not (where / "voila.json").exists():
        shutil.copy(ROOT / "voila.json", where)
    env = os.environ | {
        "HOME": str(home),
        "JUPYTER_PATH": str(TEMPLATES),
        "JUPYTER_CONFIG_DIR": str(Path(home) / "config"),
        "JUPYTER_DATA_DIR": str(Path(home) / "data"),
        "IPYTHONDIR": str(Path(home) / "ipython"),
        **(environment or {}),
    }
    command = [sys.executable, "-m", "voila", str(folder), "--no-browser", f"--port={port}"]
    url = f"http://127.0.0.1:{port}/"
    log = Path(home) / "voila.log"
    with (
        log.open("wb") as told,
        subprocess.Popen(command, cwd=where, env=env, stdout=told, stderr=told) as process,
    ):
        try:
            while True:
                assert process.poll() is None, log.read_text()
                try:
                    httpx.get(url, timeout=60)
                    break
                except httpx.TransportError:
                    time.sleep(0.2)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=60)


class Viewer:
    """Somebody who opened a page, and talks to its kernel by whatever messages they like.

    A context manager.
    """

    def __init__(self, url, notebook):
        html = httpx.get(f"{url}voila/render/{notebook}", timeout=120).text
        config = re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', html, re.DOTALL)[1]
        self.kernel = json.loads(config)["kernelId"]
        self.html = html
        self.session = uuid.uuid4().hex
        address = f"{url.replace('http', 'ws', 1)}api/kernels/{self.kernel}/channels"
        self._connecting = connect(f"{address}?session_id={self.session}", max_size=None)

    def __enter__(self):
        self.socket = self._connecting.__enter__()
        return self

    def __exit__(self, *error):
        self._connecting.__exit__(*error)

    def send(self, kind, content, *, channel="shell", metadata=None):
        """Send a message; return its id."""
        ident = uuid.uuid4().hex
        header = {
            "msg_id": ident,
            "msg_type": kind,
            "username": "",
            "session": self.session,
            "version": "5.4",
            "date": "2026-11-22T12:00:00Z",
        }
        message = {
            "channel": channel,
            "header": header,
            "parent_header": {},
            "metadata": metadata or {},
            "content": content,
            "buffers": [],
        }
        self.socket.send(json.dumps(message))
        return ident

    def next(self, timeout=60):
        """Return the next message."""
        data = self.socket.recv(timeout=timeout)
        return json.loads(data)

    def until(self, test, timeout=60):
        """Return all messages up to the first that passes a test, that one included."""
        end, seen = time.monotonic() + timeout, []
        while True:
            message = self.next(max(0.1, end - time.monotonic()))
            seen.append(message)
            if test(message):
                return seen

    def state(self):
        """Return the state of every widget, as the kernel has it."""
        comm = uuid.uuid4().hex
        metadata = {"version": "1.0.0"}
        self.send(
            "comm_open",
            {"comm_id": comm, "target_name": "jupyter.widget.control", "data": {}},
            metadata=metadata,
        )
        self.send("comm_msg", {"comm_id": comm, "data": {"method": "request_states"}})
        found = self.until(
            lambda message: (
                message["msg_type"] == "comm_msg" and message["content"]["comm_id"] == comm
            )
        )
        self.send("comm_close", {"comm_id": comm, "data": {}})
        return found[-1]["content"]["data"]["states"]
