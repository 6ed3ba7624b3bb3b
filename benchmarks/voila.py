"""Stock Voila, preheated, fresh visit: 6 columns x 50 posts until the last post is visible.

A deck under our template and settings, beside the same posts as one ipywidgets.HTML per column
under Voila's own, in turn, in one run. Bar: at most the peer's time.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socket import create_server

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_notebook
from page import COLUMNS, FLAGS, POSTS, SEEN, deck_file, fill, visit, wait_for
from peers.html_columns import html_columns
from playwright.sync_api import sync_playwright

from workbench import store
from workbench.page.template import TEMPLATES

RUNS = 5
SETTINGS = Path(__file__).parent.parent / "voila.json"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
OURS = "import workbench as wb\nwb.deck({file!r})"
PEER = """
import json, pathlib
import ipywidgets as widgets
columns = json.loads(pathlib.Path({file!r}).read_text())
widgets.HBox([widgets.HTML(column) for column in columns])
"""


def main() -> None:
    """Measure both in turn, and print the medians."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        sys.exit("Chromium is needed: install Debian's package chromium")
    # What is imported is compiled once, not in each kernel anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(folder / "compiled"))
        address = str(folder / "bench.db")
        with store.open(address) as opened:
            fill(opened)
            plain = folder / "columns.json"
            plain.write_text(json.dumps(html_columns(opened, COLUMNS, POSTS)), encoding="utf-8")
        code = {
            "ours": OURS.format(file=str(deck_file(folder))),
            "peer": PEER.format(file=str(plain)),
        }
        sites = {
            who: stack.enter_context(site(folder / who, text, address))
            for who, text in code.items()
        }
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        took: dict[str, list[float]] = {who: [] for who in sites}
        sizes: dict[str, list[float]] = {who: [] for who in sites}
        for run in range(RUNS + 1):
            for who, (url, process) in sites.items():
                settle(process)
                millis, size = visit(browser, url, SEEN)
                if run:  # the first visit compiles
                    took[who].append(millis)
                    sizes[who].append(size / 1e6)
        browser.close()
    ours, theirs = (statistics.median(took[who]) for who in ("ours", "peer"))
    print(f"deck, our template    {ours:7.0f} ms  {statistics.median(sizes['ours']):5.1f} MB")
    print(f"HTML, Voila's own     {theirs:7.0f} ms  {statistics.median(sizes['peer']):5.1f} MB")
    print(f"ratio {ours / theirs:.2f} (bar 1.00)")
    sys.exit(ours > theirs)


@contextmanager
def site(folder: Path, code: str, address: str) -> Iterator[tuple[str, psutil.Process]]:
    """Run a preheated Voila that shows one notebook."""
    folder.mkdir()
    if "workbench" in code:
        shutil.copy(SETTINGS, folder)
    notebook = new_notebook(cells=[new_code_cell(code)], metadata={"kernelspec": KERNEL})
    nbformat.write(notebook, folder / "bench.ipynb")
    with create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    command = [sys.executable, "-m", "voila", "bench.ipynb", "--no-browser", f"--port={port}"]
    command += ["--VoilaConfiguration.preheat_kernel=True"]
    environment = os.environ | {"WORKBENCH_STORE": address, "JUPYTER_PATH": str(TEMPLATES)}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        wait_for(f"{url}voila/static/voila.js")
        yield url, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def settle(process: psutil.Process) -> None:
    """Wait until a kernel is heated: the server and its children have nothing left to do."""
    end, quiet = time.monotonic() + 120, 0
    while quiet < 3 and time.monotonic() < end:
        before = worked(process)
        time.sleep(1)
        quiet = quiet + 1 if worked(process) - before < 0.05 and process.children() else 0


def worked(process: psutil.Process) -> float:
    """Return the seconds of work that a process and its children have done."""
    total = 0.0
    for each in (process, *process.children(recursive=True)):
        try:
            times = each.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


if __name__ == "__main__":
    main()
