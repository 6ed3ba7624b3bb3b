"""`workbench lab`, run as a process: on the demo until there is a store of one's own."""

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import psutil
import pytest
from processes import is_of

from workbench import decks, share, store
from workbench.items import Item

pytestmark = pytest.mark.timeout(300)


@contextmanager
def lab(folder, *args, **environment):
    """Run it; all that it says is gathered in one text."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    told = {key: value for key, value in os.environ.items() if not key.startswith("WORKBENCH_")}
    told |= {"HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "JUPYTER_TOKEN": "secret"}
    command = [sys.executable, "-m", "workbench", "lab", "--no-browser", "--port", "0", *args]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=told | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    said = Said(process)
    try:
        yield said
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()


class Said:
    def __init__(self, process):
        self.process = process
        self.text = ""

    def until(self, pattern, seconds=150):
        """Return the match as soon as it has been said."""
        end = time.monotonic() + seconds
        while not (found := re.search(pattern, self.text)):
            left = end - time.monotonic()
            ready = select.select([self.process.stdout], [], [], max(0, left))[0]
            part = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            assert part, self.text
            self.text += part.decode()
        return found


def ask(address):
    """Return what stands there; JupyterLab tells its address before it listens."""
    end = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return answer.read()
        except urllib.error.URLError as error:
            is_early = isinstance(error.reason, ConnectionRefusedError)
            if not is_early or time.monotonic() > end:
                raise
            time.sleep(0.2)


def test_it_plays_the_demo_on_a_copy_and_ends_with_all_it_started(tmp_path, demo_store):
    (tmp_path / "desk").mkdir()
    demo_store(tmp_path / "desk" / "demo.db")
    with lab(tmp_path, "desk") as said:
        page = said.until(r"(?m)^(http://127\.0\.0\.1:\d+/)$")[1]
        address = said.until(r"(http://127\.0\.0\.1:\d+/)lab/tree/notebooks/explore.ipynb\?token")[
            1
        ]
        desk = tmp_path / "desk"
        assert "There is no store of your own yet" in said.text
        assert f"the demo's store {desk / 'demo.db'}" in said.text
        assert (desk / "notebooks" / "explore.ipynb").is_file()
        assert "Northwind Air" in ask(page).decode()
        status = json.loads(ask(f"{address}api/status?token=secret"))
        assert "kernels" in status
        with store.open(desk / "demo.db") as opened:
            assert opened.is_demo()
            assert opened.search("northwind")
        # What is saved goes into the copy, and onto the page.
        decks.add_column(
            desk / "decks" / "demo.yaml", {"type": "search", "title": "Mine", "query": "calder"}
        )
        end = time.monotonic() + 90
        while "Mine" not in ask(page).decode():
            assert time.monotonic() < end
            time.sleep(0.3)
        assert "Mine" not in (share.path("decks") / "demo.yaml").read_text()
        children = psutil.Process(said.process.pid).children(recursive=True)
        assert any(is_of(child, "jupyterlab") for child in children)
        said.process.send_signal(signal.SIGTERM)
        assert said.process.wait(60) == 0
        assert not psutil.wait_procs(children, timeout=60)[1]


def test_with_a_store_of_ones_own_it_opens_on_that(tmp_path):
    own = tmp_path / "own.db"
    with store.open(own) as opened:
        opened.add([Item(source="x", id="1", text="acme", published="2026-11-22T09:00:00Z")])
    mine = tmp_path / "desk" / "notebooks"
    mine.mkdir(parents=True)
    (mine / "explore.ipynb").write_text("mine")
    with lab(tmp_path, "desk", WORKBENCH_STORE=str(own)) as said:
        said.until(r"lab/tree/notebooks/explore.ipynb\?token")
        assert f"JupyterLab on your own store {own}" in said.text
        assert not (tmp_path / "desk" / "demo.db").exists()
        assert (mine / "explore.ipynb").read_text() == "mine"
        assert (mine / "deck.ipynb").is_file()
        said.process.send_signal(signal.SIGINT)
        assert said.process.wait(60) == 0


def test_a_folder_that_cannot_be_written_is_one_message(tmp_path):
    (tmp_path / "file").write_text("")
    with lab(tmp_path, "file/desk") as said:
        said.until("name another folder: workbench lab FOLDER")
        assert said.process.wait(60) == 1


def test_a_store_that_is_none_is_refused_before_anything_starts(tmp_path):
    (tmp_path / "no.db").write_bytes(b"no store" * 1000)
    with lab(tmp_path, "desk", "--store", "no.db") as said:
        said.until("no.db")
        assert said.process.wait(60) == 1
        assert "Traceback" not in said.text
