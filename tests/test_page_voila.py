"""What is relied on of Voila: one render without a request, and no route of its own."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import nbformat
import psutil
import pytest
from loopback import free_port
from processes import is_of
from publishing import SHOWS_THE_DECK, deck, fetch, markdown, notebook

from workbench import store
from workbench.page import Page
from workbench.page.template import TEMPLATES

ROOT = Path(__file__).parent.parent
DRAWN = '<div class="wb-deck" data-deck="demo"[^>]*><header'
FAILS = "import os\nraise RuntimeError('no such file: ' + os.getcwd())"


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with store.open(str(tmp_path_factory.mktemp("store") / "w.db")) as opened:
        yield opened


@pytest.fixture
def publish(opened, tmp_path):
    pages = []

    def start(file, **options):
        page = Page([deck(tmp_path)], opened, port=0, notebook=file, **options)
        page.start()
        pages.append(page)
        return page

    yield start
    for page in pages:
        page.stop()
    assert not kernels()


def kernels():
    children = psutil.Process().children(recursive=True)
    return [child for child in children if is_of(child, "ipykernel")]


def html_of(page, until=""):
    """Return the page once it holds something; the test's time limit is the limit."""
    while until not in (html := fetch(page.address).text):
        time.sleep(0.1)
    return html


def test_a_deck_from_a_file_anywhere_is_shown_without_saying_where_it_lies(publish, tmp_path):
    html = html_of(publish(None), until='"><header class="wb-bar"')
    assert re.search(DRAWN, html)
    assert 'class="wb-page-notice"' not in html.partition("<noscript>")[0]
    assert str(tmp_path) not in html


def test_the_notebooks_kernel_reads_the_pages_store(publish, opened, tmp_path):
    told = "import os\nprint('reads', os.environ['WORKBENCH_STORE'].rpartition('/')[2])"
    html = html_of(publish(notebook(tmp_path, told, SHOWS_THE_DECK)), until="wb-page-said")
    assert f"reads {opened.path.name}" in html


def test_the_notebook_that_comes_along_shows_the_deck_and_hides_its_notes(publish):
    html = html_of(publish(None))
    assert re.search(DRAWN, html)
    assert 'class="wb-page-notice"' not in html.partition("<noscript>")[0]
    assert 'class="wb-page-band"' not in html
    assert "executives" not in html


def test_a_deck_given_by_its_path_is_shown_without_naming_it(opened, tmp_path, caplog):
    shown = deck(tmp_path, "air")
    with Page([shown], opened, port=0) as page:
        html = fetch(page.address).text
    assert html.count('class="wb-deck"') == 1
    assert 'data-deck="air"' in html
    assert str(tmp_path) not in html
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_it_is_committed_without_outputs_and_says_for_whom():
    made = nbformat.read(ROOT / "notebooks" / "deck.ipynb", 4)
    nbformat.validate(made)
    first, code = made.cells
    assert first.cell_type == "markdown"
    assert first.metadata.tags == ["wb-notes"]
    assert code.source == "import workbench as wb\n\nwb.deck()"
    assert (code.outputs, code.execution_count) == ([], None)


def test_what_else_it_says_stands_above_the_columns_in_order(publish, tmp_path):
    file = notebook(
        tmp_path,
        markdown("For whoever runs it", metadata={"tags": ["wb-notes"]}),
        markdown("## First *words*\n\n|a|b|\n|-|-|\n|1|2|"),
        SHOWS_THE_DECK,
        "print('1 < 2')",
        "from IPython.display import SVG\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>')",
        "{'a': '<i>'}",
        markdown("Last words"),
    )
    html = html_of(publish(file))
    assert "For whoever runs it" not in html
    places = [
        html.index(part)
        for part in (
            "First <em>words</em>",
            "<td>1</td>",
            '<pre class="wb-page-said">1 &lt; 2',
            "<svg xmlns",
            "&lt;i&gt;",
            "<p>Last words</p>",
            'class="wb-deck"',
            'id="wb-state"',
        )
    ]
    assert places == sorted(places)


def test_a_cell_that_fails_is_left_out_and_the_rest_stays(publish, tmp_path, caplog):
    html = html_of(publish(notebook(tmp_path, FAILS, SHOWS_THE_DECK, markdown("Still here"))))
    assert "A part of this page&#39;s notebook failed" in html
    assert "Still here" in html
    assert 'data-deck="demo"' in html
    assert not re.search(f"RuntimeError|Traceback|{re.escape(str(tmp_path))}", html)
    assert "RuntimeError: no such file" in caplog.text


@pytest.mark.parametrize("text", ["no notebook at all", None])
def test_without_a_notebook_the_columns_are_shown_all_the_same(publish, tmp_path, text):
    file = tmp_path / "deck.ipynb"
    if text:
        file.write_text(text)
    html = html_of(publish(file), until="could not be run")
    assert re.search(r'<div class="wb-deck" data-deck="demo"[^>]*><header', html)
    assert re.search(r'id="wb-state">\{.*"deck":\{"name":"demo"', html)
    assert str(tmp_path) not in html


def test_a_cell_added_to_the_file_appears_and_the_version_with_it(publish, tmp_path):
    file = notebook(tmp_path, SHOWS_THE_DECK)
    page = publish(file)
    before = html_of(page)
    notebook(tmp_path, SHOWS_THE_DECK, markdown("Board meets at ten"))
    after = html_of(page, until="Board meets at ten")
    versions = [re.search(r'"version":"(\w+)"', html)[1] for html in (before, after)]
    assert versions[0] != versions[1]


def test_a_restart_keeps_the_version(publish, tmp_path):
    file = notebook(tmp_path, SHOWS_THE_DECK)
    found = [re.search(r'"version":"(\w+)"', html_of(publish(file)))[1] for _ in range(2)]
    assert found[0] == found[1]


def test_plain_voila_shows_the_notebook_with_our_settings_and_template(tmp_path):
    settings = json.loads((ROOT / "voila.json").read_text())["VoilaConfiguration"]
    assert settings["allow_template_override"] == settings["allow_theme_override"] == "NO"
    port = free_port()
    notebook(tmp_path, SHOWS_THE_DECK, markdown("Plain words"))
    (tmp_path / "voila.json").write_text((ROOT / "voila.json").read_text())
    command = [sys.executable, "-m", "voila", "deck.ipynb", "--no-browser", f"--port={port}"]
    environment = {"JUPYTER_PATH": str(TEMPLATES), "WORKBENCH_DECK": "demo", "HOME": str(tmp_path)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            while True:
                assert process.poll() is None, process.stdout.read()
                try:
                    html = httpx.get(f"http://127.0.0.1:{port}/", timeout=60).text
                    break
                except httpx.TransportError:
                    time.sleep(0.2)
        finally:
            process.terminate()
    assert "Plain words" in html
    assert 'data-deck=\\"demo\\"' in html
    assert "wb-state" not in html
    config = html.partition('id="jupyter-config-data"')[2].partition(">")[2]
    loaded = json.loads(config.partition("</script>")[0])["federated_extensions"]
    assert {each["name"] for each in loaded} <= set(settings["extension_allowlist"])
    assert not re.search(r'<link[^>]+href="https?:', html)
