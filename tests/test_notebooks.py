"""Each notebook runs from top to bottom, and shows what it should, without the page."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from workbench import store
from workbench.items import Item

FOLDER = Path(__file__).parent.parent / "notebooks"


@pytest.fixture
def kernel_sees(tmp_path, monkeypatch):
    """A store with one post, hostile, that the notebooks' kernels find."""
    address = str(tmp_path / "w.db")
    now = datetime.now(UTC)
    with store.open(address) as opened:
        opened.add(
            [
                Item(
                    source="bluesky",
                    id="at://did:plc:a/app.bsky.feed.post/1",
                    published=now - timedelta(minutes=5),
                    text="Northwind <script>alert(1)</script>",
                    author="<b>ana</b>",
                    lang="en",
                )
            ]
        )
    monkeypatch.setenv("WORKBENCH_STORE", address)
    monkeypatch.delenv("WORKBENCH_PAGE", raising=False)


def executed(path):
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(FOLDER)}})
    # nbclient leaves the event loop that it made to the garbage collector.
    client.execute()
    return notebook


@pytest.mark.usefixtures("kernel_sees")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_it_runs(path):
    notebook = executed(path)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert outputs
    assert all(output.output_type != "error" for output in outputs)


@pytest.mark.usefixtures("kernel_sees")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_without_a_kernel_the_deck_is_a_still_picture_with_text_as_text():
    notebook = executed(FOLDER / "deck.ipynb")
    data = notebook.cells[-1].outputs[0].data
    assert "application/vnd.jupyter.widget-view+json" in data
    html = data["text/html"]
    assert "Northwind Air" in html
    assert "Northwind &lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>" not in html
    assert "<b>ana" not in html
