"""The wheel alone, without a checkout and without the dev groups, gives a running demo."""

import os
import signal
import subprocess
import sys
import threading
import urllib.request
import zipfile
from pathlib import Path

import pytest
from publishing import read_state

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "data" / "fixtures"
UV = [sys.executable, "-m", "uv"]
PATIENCE = 300  # seconds; only to end a test that hangs


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    command = [*UV, "build", "--quiet", "--wheel", "--out-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True)
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_carries_all_that_the_demo_needs_and_no_more(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for wanted in (
        "workbench/share/decks/demo.yaml",
        "workbench/share/notebooks/deck.ipynb",
        "workbench/share/notebooks/primer.ipynb",
        "workbench/page/notebook.css",
        "workbench/page/notebook.html.j2",
        *(
            f"workbench/share/fixtures/{recorded.name}"
            for recorded in FIXTURES.glob("*.xz")
            if recorded.name != "members.json.xz"
        ),  # for measuring alone
        "workbench/share/fixtures/manifest.json",
        "workbench/share/labelled/business.tsv",
        "workbench/share/labelled/financial.tsv",
        "workbench/text/social.weights",
        "workbench/widgets/static/deck.css",
        "workbench/widgets/static/view.js",
        "workbench/py.typed",
    ):
        assert wanted in names
    assert any(name.endswith("index.html.j2") for name in names)
    assert not [name for name in names if "test" in name or "generate" in name or "banks" in name]


@pytest.mark.timeout(600)
def test_installed_alone_it_serves_the_demo_and_ends_when_told(wheel, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    subprocess.run([*UV, "venv", "--quiet", "--python", sys.executable, tmp_path / "v"], check=True)
    python = tmp_path / "v" / "bin" / "python"
    lock = ROOT / "requirements.lock"
    install = [*UV, "pip", "install", "--quiet", "--python", python, "-c", lock, wheel]
    subprocess.run(install, check=True)
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("WORKBENCH_", "PYTHON"))
    }
    process = subprocess.Popen(
        [python.parent / "workbench", "demo", "--no-browser", "--port", "0"],
        cwd=home,
        env=environment | {"HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    watch = threading.Timer(PATIENCE, process.kill)
    watch.start()
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), "the demo printed no address"
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            state = read_state(answer.read().decode())
        assert sum(len(column.get("items", [])) for column in state["columns"]) > 100
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=120) == 0
    finally:
        watch.cancel()
        process.kill()
        process.communicate()
