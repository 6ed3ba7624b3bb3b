"""`workbench serve NOTEBOOK`, as it is typed."""

import subprocess
import sys
import time

import httpx
import pytest
from click.testing import CliRunner
from publishing import deck, markdown, notebook, post

from workbench import store
from workbench.cli import group


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a store and a notebook, in which commands are run."""
    with store.open(str(tmp_path / "w.db")) as opened:
        post(opened, 1)
    code = "import workbench as wb\nprint(len(wb.search('northwind')), 'found')"
    notebook(tmp_path, markdown("# Fares"), code).rename(tmp_path / "fares.ipynb")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def serve(folder):
    started = []

    def start(*arguments):
        command = [sys.executable, "-m", "workbench", "serve", *arguments, "--no-browser"]
        process = subprocess.Popen(
            [*command, "--port", "0", "--store", "w.db"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        started.append(process)
        return process, process.stdout.readline().strip()

    yield start
    for process in started:
        process.kill()
        process.communicate()


def text_of(address, until):
    while until not in (text := httpx.get(address, timeout=60, follow_redirects=True).text):
        time.sleep(0.1)
    return text


def test_it_prints_the_address_shows_the_notebook_and_ends_when_told(serve):
    process, address = serve("fares.ipynb", "--every", "1h", "--timeout", "90s")
    text = text_of(address, "1 found")
    assert "<title>Fares</title>" in text
    assert "made anew every 60 minutes" in text
    process.terminate()
    assert process.wait(60) == 0


def test_with_a_deck_the_deck_stands_there_and_links_the_notebook(serve, folder):
    deck(folder, "ceo")
    _, address = serve("fares.ipynb", "--deck", "ceo.yaml")
    text = text_of(address, "/notebook/fares")
    assert '<div class="wb-deck" data-deck="ceo"' in text
    assert "1 found" in text_of(f"{address}notebook/fares", "1 found")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nosuch.ipynb"], 1, "there is no notebook nosuch.ipynb"),
        (["w.db"], 1, "w.db is no notebook; name a file that ends with .ipynb"),
        (["fares.ipynb", "fares.ipynb"], 1, "two notebooks are named 'fares'"),
        (["fares.ipynb", "--every", "often"], 2, "'often' is no span of time"),
        (["fares.ipynb", "--timeout", "0s"], 2, "'0s' is too short"),
        (["fares.ipynb", "--deck", "nosuch"], 1, "there is no deck of that name"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_cannot_be_served_is_said_at_once(arguments, code, message):
    done = CliRunner().invoke(group, ["serve", *arguments, "--store", "w.db", "--no-browser"])
    assert done.exit_code == code
    assert message in " ".join(done.output.split())
