"""The briefing from JupyterLab's own panel of jobs, through Jupyter Scheduler's REST API."""

import os
import re
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import nbformat
import pytest
from loopback import free_port

from workbench import store
from workbench.items import Item

NOTEBOOK = Path(__file__).parent.parent / "notebooks" / "briefing.ipynb"
PATIENCE = 150
TOKEN = "panel"
DECK = """
title: Acme Works
sources:
  - {collector: bluesky, keep: all}
columns:
  - {type: search, title: Acme, query: acme}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A Jupyter server with the scheduler's extension, in a home of its own; its folder."""
    home = tmp_path_factory.mktemp("panel")
    root = home / "notebooks"
    root.mkdir()
    shutil.copy(NOTEBOOK, root)
    now = datetime.now(UTC)
    with store.open(home / "w.db") as opened:
        opened.add(
            Item(
                source="bluesky",
                id=f"at://did:plc:a/app.bsky.feed.post/{n}",
                published=now - timedelta(minutes=5 + n),
                text=f"acme {n}",
                url=f"https://bsky.example/{n}",
                lang="en",
            )
            for n in range(3)
        )
    (home / "acme.yaml").write_text(DECK)
    folders = ("DATA_DIR", "RUNTIME_DIR", "CONFIG_DIR")
    env = os.environ | {f"JUPYTER_{name}": str(home / name.lower()) for name in folders}
    env |= {"HOME": str(home), "WORKBENCH_STORE": str(home / "w.db"), "JUPYTER_TOKEN": TOKEN}
    port = free_port()
    command = [sys.executable, "-m", "jupyter_server", f"--port={port}", "--ip=127.0.0.1"]
    command += ["--ServerApp.port_retries=0", "--allow-root", f"--ServerApp.root_dir={root}"]
    command += ["--ServerApp.jpserver_extensions={'jupyter_scheduler': True}", "--no-browser"]
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(command, env=env, cwd=root, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(lambda: is_up(address), (home / "server.log").read_text)
            yield address, home
        finally:
            process.terminate()
            process.wait(timeout=120)


def is_up(address):
    try:
        return ask(address, "runtime_environments").status_code == 200
    except httpx.TransportError:
        return False


def ask(address, path, method="GET", **more):
    headers = {"Authorization": f"token {TOKEN}"}
    return httpx.request(method, f"{address}/scheduler/{path}", headers=headers, timeout=60, **more)


def wait_for(condition, told=str):
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end, told()
        time.sleep(0.3)
    return found


def job(server, **parameters):
    """Create a job as the panel does, and return what became of it."""
    address, home = server
    environment = ask(address, "runtime_environments").json()[0]["name"]
    made = ask(
        address,
        "jobs",
        "POST",
        json={
            "input_uri": "briefing.ipynb",
            "runtime_environment_name": environment,
            "name": "Morning briefing",
            "output_formats": ["ipynb", "html"],
            "parameters": parameters,
        },
    )
    assert made.status_code == 200, made.text
    ident = made.json()["job_id"]

    def ended():
        found = ask(address, f"jobs/{ident}").json()
        return found if found["status"] in {"COMPLETED", "FAILED"} else None

    return wait_for(ended, (home / "server.log").read_text)


def fetched(home, pattern, end):
    """Return a file of the job, once another process has written it to its end."""

    def whole():
        texts = [p.read_text("utf-8") for p in (home / "notebooks" / "jobs").rglob(pattern)]
        return [text for text in texts if text.rstrip().endswith(end)]

    (text,) = wait_for(whole)
    return text


def test_a_job_with_parameters_leaves_the_briefing(server):
    address, home = server
    done = job(server, deck=f'"{home / "acme.yaml"}"', since='"24h"')
    assert done["status"] == "COMPLETED", done["status_message"]
    ask(address, f"jobs/{done['job_id']}/download_files")
    html = fetched(home, "briefing-*.html", "</html>")
    notebook = nbformat.reads(fetched(home, "briefing-*.ipynb", "}"), as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    shown = "".join(output.data["text/html"] for output in outputs)
    assert "Acme Works" in shown
    assert re.search(r'<a class="wb-n" href="#f-c0">3<', shown)
    assert "https://bsky.example/2" in html


def test_a_job_that_cannot_go_well_says_why(server):
    failed = job(server, deck='"nothere"')
    assert failed["status"] == "FAILED"
    assert "there is no deck of that name" in failed["status_message"]
