"""How collectors are found, what each must have, and the one of the documentation."""

import importlib.util
import json
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest
from rawserver import reply, running

from workbench.collectors import GROUP, Covered, available, collector_of, load
from workbench.errors import SettingError, SourceError
from workbench.http import Client

HOW_TO = Path(__file__).parent.parent / "docs" / "how-to" / "collector.md"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_the_built_in_ones_are_there():
    assert {"bluesky", "feeds"} <= available().keys()


@pytest.mark.parametrize("kind", available().values(), ids=list(available()))
def test_each_says_in_one_line_what_bounds_it_and_what_it_owes(kind):
    for text in (kind.label, kind.limits, kind.terms):
        assert text
        assert "\n" not in text
    assert isinstance(kind.needs, tuple)
    assert isinstance(kind.live, bool)
    assert kind.hashtag_url == "" or kind.hashtag_url.count("{}") == 1


def test_an_unknown_name_tells_the_known_ones():
    with pytest.raises(SettingError, match=r"no collector 'telegraph'; there are: .*feeds"):
        available()["telegraph"]
    assert available().get("telegraph") is None


def test_one_can_be_had_without_loading_the_others():
    assert collector_of("feeds") is available()["feeds"]
    assert collector_of("telegraph") is None
    code = "import sys; from workbench.collectors import collector_of as of; print(of('hackernews')"
    code += ".label, [m for m in sys.modules if m.startswith('workbench.collectors.x')])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "Hacker News []\n"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """An installed package with collectors, most of which cannot be used."""
    (tmp_path / "strange.py").write_text(
        "class Lacking:\n    name = 'lacking'\n    label = 'x'\n"
        "def broken():\n    raise AssertionError\n"
    )
    info = tmp_path / "strange-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strange\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        f"[{GROUP}]\ngone = strange:Gone\nabsent = no_such_module:X\nlacking = strange:Lacking\n"
        "feeds = strange:Lacking\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("strange", None)


@pytest.mark.usefixtures("package")
def test_one_that_fails_to_load_says_why_and_stops_no_other():
    found = load(entry_points(group=GROUP))
    assert {"bluesky", "feeds"} <= found.keys()
    assert found["feeds"].__module__ == "workbench.collectors.feeds"
    assert "No module named 'no_such_module'" in found.failed["absent"]
    assert "AttributeError" in found.failed["gone"]
    assert "strange:Lacking of strange lacks needs, limits" in found.failed["lacking"]
    assert "taken" in found.failed["feeds (strange:Lacking of strange)"]
    with pytest.raises(SettingError, match="gone cannot be used: strange:Gone"):
        found["gone"]


def test_one_that_goes_by_another_name_cannot_be_used():
    entry = EntryPoint("atom", "workbench.collectors.feeds:Feeds", GROUP)
    assert "calls itself 'feeds'" in load([entry]).failed["atom"]


@pytest.fixture
def notices(tmp_path, monkeypatch):
    """The collector of the how-to, as a module of its own."""
    code = HOW_TO.read_text().split("```python\n")[1].split("```")[0]
    (tmp_path / "notices.py").write_text(code)
    spec = importlib.util.spec_from_file_location("notices", tmp_path / "notices.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "notices", module)
    spec.loader.exec_module(module)
    return module


def test_the_one_of_the_documentation_works(notices):
    (kind,) = load([EntryPoint("notices", "notices:Notices", GROUP)]).values()
    body = json.dumps(
        [{"id": 1, "time": "2026-11-22T09:00:00Z", "text": "A rule"}, {"id": 2}, "odd"]
    )
    with running() as server:
        server.says(reply(body.encode()))
        client = Client(hosts={"regulator.example": server.address})
        (batch,) = kind("https://regulator.example/").collect(
            client, None, now=lambda: NOON, stop=threading.Event()
        )
    (item,) = batch.result
    assert (item.key, item.text, item.collected) == (("notices", "1"), "A rule", NOON)
    assert len(batch.result.problems) == 2
    assert batch.spans == (Covered(NOON - timedelta(hours=3), NOON),)
    with pytest.raises(SourceError, match="expected a JSON list"):
        notices.parse(b"<html>")
