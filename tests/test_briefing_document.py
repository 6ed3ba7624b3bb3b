"""The briefing of the demo as a file: made by the command and by plain papermill."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from workbench.documents import read

NOTEBOOK = Path(__file__).parent.parent / "notebooks" / "briefing.ipynb"
PATIENCE = 170


@pytest.fixture(scope="module")
def demo(tmp_path_factory, demo_store):
    return demo_store(tmp_path_factory.mktemp("demo") / "demo.db")


def run(folder, *command, **settings):
    env = os.environ | {"XDG_DATA_HOME": str(folder / "data")} | settings
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_leaves_one_small_file_that_opens_offline(demo, tmp_path):
    out = run(tmp_path, "workbench", "brief", "--store", demo, "--to", tmp_path / "out", "--json")
    told = json.loads(out)
    assert told["parameters"]["deck"] == "demo"
    path = Path(told["document"])
    html = path.read_text("utf-8")
    assert path.stat().st_size <= 300_000
    document = read(path)
    assert (document.notebook, document.deck, document.is_failed) == ("briefing", "demo", False)
    # Nothing is fetched, nothing runs.
    assert "<script" not in html
    assert '<link rel="stylesheet"' not in html
    assert not re.search(r"""(?:src|srcset|data|action)=["'](?!data:)""", html)
    assert "url(http" not in html
    assert "@import" not in html
    # Each number leads to a list of items; each link outward is http(s).
    targets = set(re.findall(r'class="wb-n" href="#([^"]+)"', html))
    assert len(targets) >= 15
    assert all(f'id="{target}"' in html for target in targets)
    outward = re.findall(r'href="((?!#)[^"]+)"', html)
    assert all(re.match(r"https?://|data:,$", link) for link in outward)
    assert len(outward) > 200
    # It says that it is a replay, what it shows, and where it comes from.
    assert "a replay: an invented industry, nothing here is real" in html
    for said in ("Northwind Air", "How much was said", "Mood", "What stands out", "Most noticed"):
        assert said in html
    assert "Where this comes from" in html
    assert html.count("<svg") > 10
    assert str(demo) not in html
    assert "For those who make the briefing" not in html
    assert "import workbench" not in html
    # An executive reads words, not statistics.
    shown = re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)
    assert not re.search(
        r"\b(z-score|lift|compound|tier:|baseline)\b", shown.partition("items behind")[0]
    )


def test_plain_papermill_makes_it_too(demo, tmp_path):
    command = ["papermill", NOTEBOOK, "out.ipynb", "-p", "deck", "demo", "--no-progress-bar"]
    run(tmp_path, *command, WORKBENCH_STORE=str(demo))
    notebook = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert len(outputs) == 10
    assert all({"text/html", "text/markdown"} <= output.data.keys() for output in outputs)


def test_the_notebook_without_parameters_is_about_the_demo(demo, tmp_path):
    run(tmp_path, "workbench", "run", "briefing", "--to", "out", WORKBENCH_STORE=str(demo))
    (path,) = (tmp_path / "out").glob("*.html")
    assert read(path).deck == "demo"
