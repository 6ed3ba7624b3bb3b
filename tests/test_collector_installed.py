"""The collector of the documentation, packed and installed as a stranger's, at work."""

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rawserver import reply, running

from workbench import store

PAGE = (Path(__file__).parent.parent / "docs" / "how-to" / "collector.md").read_text()
PATIENCE = 60  # seconds; only to end a test that hangs
CODE = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
NOTICES = [
    {
        "id": 7,
        "time": (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
        "text": "A <b>rule</b>",
    },
    {"id": 8, "time": "soon", "text": "lost"},
]
DECK = """\
title: Regulators
sources:
  - {{collector: notices, url: "http://{address}/", every: 10m, keep: all, label: The regulator}}
columns:
  - {{type: search, title: Rules, query: "rule source:notices"}}
"""


def packed(folder):
    """The example as a wheel, its entry point as the page's own pyproject.toml names it."""
    project = tomllib.loads(re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)[1])
    ((group, points),) = project["project"]["entry-points"].items()
    lines = [f"{name} = {target}" for name, target in points.items()]
    info = "notices_collector-1.0.dist-info"
    files = {
        "notices.py": CODE,
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: notices-collector\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "\n".join([f"[{group}]", *lines, ""]),
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    wheel = folder / "notices_collector-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return wheel


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder into which an installer has put it."""
    folder = tmp_path_factory.mktemp("notices")
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-index"]
    target = ["--no-deps", "--target", str(folder / "site"), str(packed(folder))]
    subprocess.run([*command, *target], check=True)
    return folder / "site"


@pytest.fixture
def here(tmp_path, installed):
    """A folder with a deck on it, a server that publishes notices, and how to call the command."""
    with running() as server:
        server.says(reply(json.dumps(NOTICES).encode()))
        (tmp_path / "d.yaml").write_text(DECK.format(address=server.address))

        def call(*arguments):
            return subprocess.run(
                [sys.executable, "-m", "workbench", *arguments, "--store", "s.db"],
                cwd=tmp_path,
                env=os.environ | {"PYTHONPATH": str(installed)},
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=True,
            ).stdout

        yield tmp_path, call, server


def test_the_example_is_as_short_as_it_says():
    (promised,) = re.findall(r"in (\d+) lines", PAGE)
    assert len([line for line in CODE.splitlines() if line.strip()]) <= int(promised)


def test_installed_beside_the_workbench_it_collects(here):
    folder, call, server = here
    said = call("collect", "--deck", "d.yaml")
    assert said == "The regulator: 1 new, 0 updated, 0 unchanged\n"
    with store.open(folder / "s.db") as opened:
        (item,) = opened.search("rule")
        (span,) = opened.coverage()
    assert (item.key, item.text, item.tier) == (("notices", "7"), "A <b>rule</b>", "filing")
    assert span.source == f"notices:http://{server.address}/"
    assert span.status == "ok"


def test_doctor_knows_it(here):
    _, call, _ = here
    said = call("doctor", "--offline", "--deck", "d.yaml", "--json")
    told = [json.loads(line) for line in said.splitlines()]
    about = [each for each in told if "The regulator" in each["what"] or "notices" in each["what"]]
    assert about
    assert all(each["level"] != "broken" for each in about)
