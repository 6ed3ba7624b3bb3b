"""Memory of a kernel that shows a deck, 6 columns x 50 posts, live in a view.

Beside a kernel that shows ipywidgets alone: the same posts, one HTML widget per column. In turn,
in one run; a kernel each. Bar: at most 1.35 of the peer's resident memory.
"""

from __future__ import annotations

import json
import os
import queue
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager
from page import COLUMNS, POSTS, deck_file, fill
from peers.html_columns import html_columns

from workbench import store

RUNS = 3
WATCHED = 5.0
BAR = 1.35
OURS = """
import workbench as wb
deck = wb.deck({file!r})
display(deck)
"""
PEER = """
import json, pathlib
import ipywidgets as widgets
columns = json.loads(pathlib.Path({file!r}).read_text())
display(widgets.HBox([widgets.HTML(column) for column in columns]))
"""


def main() -> None:
    """Measure both in turn, and print the medians."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        address = str(folder / "bench.db")
        with store.open(address) as opened:
            fill(opened)
            plain = folder / "columns.json"
            plain.write_text(json.dumps(html_columns(opened, COLUMNS, POSTS)), encoding="utf-8")
        os.environ["WORKBENCH_STORE"] = address
        # As anywhere else, what is imported is compiled once, not in each kernel anew.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(folder / "compiled"))
        for code in (PEER.format(file=str(plain)), OURS.format(file=str(deck_file(folder)))):
            measure(code)
        own, other = [], []
        for _ in range(RUNS):
            other.append(measure(PEER.format(file=str(plain))))
            own.append(measure(OURS.format(file=str(deck_file(folder))), is_viewed=True))
    ours, theirs = statistics.median(own), statistics.median(other)
    print(f"deck        {ours / 1e6:6.1f} MB")
    print(f"ipywidgets  {theirs / 1e6:6.1f} MB")
    print(f"ratio {ours / theirs:.2f} (bar {BAR})")
    sys.exit(ours / theirs > BAR)


def measure(code: str, *, is_viewed: bool = False) -> int:
    """Return the bytes that a kernel holds once it has run this, and is watched for a while."""
    manager = KernelManager()
    manager.start_kernel()
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=120)
        opened: list[str] = []

        def told(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "error":
                sys.exit("\n".join(content["traceback"]))
            if message["msg_type"] == "comm_open" and "_esm" in content["data"]["state"]:
                opened.append(content["comm_id"])

        client.execute_interactive(code, output_hook=told, timeout=120)
        if is_viewed:
            look(client, opened[0])
        time.sleep(WATCHED)
        return int(psutil.Process(manager.provisioner.pid).memory_info().rss)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def look(client: BlockingKernelClient, deck: str) -> None:
    """Open a view as a browser does, and wait until all of it has come."""
    content = {"kind": "here", "view": "bench", "seen": ""}
    data = {"method": "custom", "content": content}
    client.shell_channel.send(client.session.msg("comm_msg", {"comm_id": deck, "data": data}))
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            message = client.get_iopub_msg(timeout=1)
        except queue.Empty:
            continue
        told = message["content"].get("data", {}).get("content", {})
        if told.get("kind") == "state":
            state = json.loads(told["json"])
            counts = [len(column["items"]) for column in state["columns"]]
            if counts != [POSTS] * COLUMNS:
                sys.exit(f"the deck shows {counts} posts")
            return
    sys.exit("the deck sends nothing")


if __name__ == "__main__":
    main()
