"""Plain Voila with our settings: what a viewer who forges messages can do, which is nothing."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from lab import write_notebook
from stockvoila import Viewer, voila

from workbench import store
from workbench.items import Item

pytestmark = pytest.mark.timeout(300)
ROOT = Path(__file__).parent.parent
DECK = """
title: Northwind Air
sources:
  - {collector: bluesky, keep: all}
columns:
  - {type: search, title: Northwind, query: northwind, alike: shown}
  - {type: search, title: Calder, query: calder}
"""
SHOWS = "import workbench as wb\ndeck = wb.deck('air.yaml')\ndeck"


def post(n, text):
    return Item(
        source="bluesky",
        id=f"at://did:plc:a/app.bsky.feed.post/{n}",
        published=datetime.now(UTC) - timedelta(minutes=n + 2),
        text=text,
        author="ana.example",
        lang="en",
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    (folder / "air.yaml").write_text(DECK)
    write_notebook(folder / "air.ipynb", SHOWS)
    shutil.copy(ROOT / "notebooks" / "deck.ipynb", folder)
    write_notebook(folder / "boxes.ipynb", f"{SHOWS}\nimport ipywidgets\nipywidgets.IntText(41)")
    address = str(folder / "w.db")
    with store.open(address) as opened:
        opened.add([post(n, f"northwind {n}") for n in range(60)] + [post(61, "calder")])
        home = tmp_path_factory.mktemp("home")
        with voila(folder, home=home, environment={"WORKBENCH_STORE": address}) as url:
            yield url, opened, home / "voila.log"


@pytest.fixture(scope="module")
def viewer(site):
    url, *_ = site
    with Viewer(url, "air.ipynb") as viewer:
        yield viewer


def deck_of(states):
    """Return the id and the state of the only deck."""
    decks = {key: each["state"] for key, each in states.items() if "columns" in each["state"]}
    ((key, state),) = decks.items()
    return key, state


def custom(viewer, deck, content):
    viewer.send("comm_msg", {"comm_id": deck, "data": {"method": "custom", "content": content}})


def told(kind):
    """Return a test for a custom message of the deck's of this kind."""
    return lambda message: (
        message["msg_type"] == "comm_msg"
        and message["content"]["data"].get("content", {}).get("kind") == kind
    )


def told_of(message):
    """Return what the deck said, its data read."""
    content = message["content"]["data"]["content"]
    return content | {"data": json.loads(content.get("json", "{}"))}


def test_a_deck_comes_to_life_for_whoever_asks_in_the_right_words(site, viewer):
    _, opened, _ = site
    deck, _ = deck_of(viewer.state())
    custom(viewer, deck, {"kind": "here", "view": "v1", "seen": ""})
    state = told_of(viewer.until(told("state"))[-1])["data"]
    assert [column["key"] for column in state["columns"]] == ["northwind", "calder"]
    assert [len(column["items"]) for column in state["columns"]] == [50, 1]
    opened.add([post(-1, "northwind breaks")])
    while True:
        update = told_of(viewer.until(told("update"))[-1])["data"]
        if added := update["columns"].get("northwind", {}).get("add"):
            break
    assert [item["key"] for item in added] == ["bluesky:at://did:plc:a/app.bsky.feed.post/-1"]
    assert "northwind breaks" in str(added[0]["node"])
    before = state["columns"][0]["more"]
    ask = {"kind": "older", "request": "r1", "column": "northwind", "before": before}
    custom(viewer, deck, ask)
    older = told_of(viewer.until(told("older"))[-1])
    assert older["request"] == "r1"
    assert len(older["data"]["items"]) == 10


FORGED = {
    "columns": [],
    "_esm": "alert(1)",
    "_css": "* { display: none }",
    "_problem": "Call this number",
    "_draft": '{"dirty": true}',
    "_model_name": "ButtonModel",
    "_view_name": None,
    "_anywidget_id": "x",
    "_dom_classes": ["x"],
    "layout": None,
    "tooltip": "x",
    "tabbable": True,
    "keys": [],
    "comm": None,
    "name": "x",
}


@pytest.mark.parametrize("name", FORGED)
def test_no_synced_trait_but_what_they_see_can_be_overwritten(viewer, name):
    deck, before = deck_of(viewer.state())
    data = {"method": "update", "state": {name: FORGED[name]}, "buffer_paths": []}
    viewer.send("comm_msg", {"comm_id": deck, "data": data})
    assert deck_of(viewer.state()) == (deck, before)


def test_their_own_choice_and_query_are_theirs(site, viewer):
    url, *_ = site
    deck, before = deck_of(viewer.state())
    with Viewer(url, "air.ipynb") as other:
        theirs = deck_of(other.state())
        state = {"query": "calder", "selected": "bluesky:a", "columns": 1}
        viewer.send("comm_msg", {"comm_id": deck, "data": {"method": "update", "state": state}})
        _, after = deck_of(viewer.state())
        assert after == before | {"query": "calder", "selected": "bluesky:a"}
        assert deck_of(other.state()) == theirs


@pytest.mark.parametrize(
    "state",
    [
        {"query": "a ("},
        {"query": 5},
        {"query": "a " * 6000},
        {"selected": "x" * 9000},
        {"selected": []},
    ],
)
def test_a_value_that_cannot_be_changes_nothing_and_leaks_nothing(viewer, state):
    deck, before = deck_of(viewer.state())
    viewer.send("comm_msg", {"comm_id": deck, "data": {"method": "update", "state": state}})
    _, after = deck_of(viewer.state())
    problem = after.pop("_problem")
    del before["_problem"]
    assert after == before
    assert problem
    assert "Traceback" not in problem
    assert "/" not in problem


DECK_MESSAGES = [
    {},
    {"data": None},
    {"data": []},
    {"data": {"method": "update"}},
    {"data": {"method": "update", "state": [1]}},
    {"data": {"method": "update", "state": {"query": "x"}, "buffer_paths": [["columns", 0]]}},
    {"data": {"method": "erase"}},
    {"data": {"method": "custom"}},
    *(
        {"data": {"method": "custom", "content": content}}
        for content in (
            None,
            "save",
            [1, 2],
            {"kind": "save", "columns": []},
            {"kind": "edit", "column": "northwind", "query": "x"},
            *(
                {"kind": "edit", "request": "r", **step}
                for step in (
                    {"do": "remove", "column": "calder"},
                    {"do": "deck", "settings": {"title": "Hacked"}},
                    {"do": "hide", "author": "ana.example"},
                    {"do": "import", "text": "title: T\ncolumns: [{type: newswire, title: W}]"},
                    {"do": "new", "name": "theirs", "template": "copy"},
                    {"do": "open", "name": "demo"},
                    {"do": "export"},
                    {"do": "versions"},
                    {"do": "save", "over": True},
                )
            ),
            {"kind": "here"},
            {"kind": "here", "view": {"a": 1}, "seen": []},
            {"kind": "here", "view": "v" * 5000, "seen": ""},
            {"kind": "older", "request": "r", "column": "northwind", "before": "'; drop table"},
            {"kind": "older", "request": "r", "column": "../etc", "before": "x"},
            {"kind": "open", "request": "r", "column": "northwind", "item": {"$ne": 1}},
            {"kind": "open", "request": "r", "column": "../etc", "item": "x"},
            {"kind": "open", "request": ["r"], "column": "northwind", "item": "bluesky:1"},
            {"kind": "anywidget-command", "name": "close", "msg": None, "id": "1"},
        )
    ),
]


def test_messages_that_nobody_sends_change_neither_deck_nor_store(site, viewer):
    _, opened, log = site
    deck, before = deck_of(viewer.state())
    seq, counts = opened.seq(), opened.search(None, limit=500)
    custom(viewer, deck, {"kind": "here", "view": "v1", "seen": ""})
    viewer.until(told("state"))
    for content in DECK_MESSAGES:
        viewer.send("comm_msg", {"comm_id": deck, **content})
    _, after = deck_of(viewer.state())
    # A query is the one thing in them that a viewer may set; buffers that come along are none.
    assert after == before | {"query": "x", "_problem": ""}
    assert (opened.seq(), opened.search(None, limit=500)) == (seq, counts)
    folder = opened.path.parent
    assert (folder / "air.yaml").read_text() == DECK
    assert not [path for name in (".versions", "decks") for path in folder.rglob(name)]
    assert "Traceback" not in log.read_text().partition("Connecting to kernel")[2]


ANY = {
    "_model_module": "anywidget",
    "_model_module_version": "~0.11.*",
    "_model_name": "AnyModel",
    "_view_module": "anywidget",
    "_view_module_version": "~0.11.*",
    "_view_name": "AnyView",
}


@pytest.mark.parametrize(
    ("content", "version"),
    [
        ({}, None),
        ({"comm_id": "c"}, None),
        ({"comm_id": "c", "target_name": "jupyter.widget"}, None),
        ({"comm_id": "c", "target_name": "jupyter.widget", "data": 5}, "2.1.0"),
        ({"comm_id": "c", "target_name": "jupyter.widget", "data": {"state": {}}}, "2.1.0"),
        ({"comm_id": "c", "target_name": "jupyter.widget", "data": {"state": ANY}}, "2.1.0"),
        ({"comm_id": "c", "target_name": "workbench", "target_module": "os", "data": {}}, "2.1.0"),
    ],
)
def test_a_malformed_comm_open_makes_nothing_and_tells_nothing(viewer, content, version):
    before = viewer.state()
    viewer.send("comm_open", content, metadata={"version": version} if version else {})
    comm = "after"
    viewer.send("comm_info_request", {"target_name": comm})
    seen = viewer.until(lambda message: message["msg_type"] == "comm_info_reply")
    assert viewer.state() == before
    assert not [message for message in seen if message["msg_type"] in {"stream", "error"}]


def test_what_they_send_to_an_ordinary_widget_tells_no_path_of_the_machine(site):
    url, *_ = site
    with Viewer(url, "boxes.ipynb") as viewer:
        box = next(k for k, each in viewer.state().items() if each["state"].get("value") == 41)
        for value in ("/x", ["x"], {"a": 1}):
            data = {"method": "update", "state": {"value": value}}
            sent = viewer.send("comm_msg", {"comm_id": box, "data": data})
            said = viewer.until(
                lambda message, sent=sent: (
                    message["parent_header"].get("msg_id") == sent
                    and message["content"].get("execution_state") == "idle"
                )
            )
            assert {message["msg_type"] for message in said} <= {"status", "comm_msg"}
        assert viewer.state()[box]["state"]["value"] == 41


def test_no_code_of_theirs_runs(viewer):
    _, before = deck_of(viewer.state())
    for kind, content in (
        ("execute_request", {"code": "deck.columns = []", "silent": False}),
        ("inspect_request", {"code": "deck", "cursor_pos": 4}),
        ("complete_request", {"code": "deck.", "cursor_pos": 5}),
        ("history_request", {"hist_access_type": "tail", "n": 9}),
    ):
        viewer.send(kind, content)
    _, after = deck_of(viewer.state())
    assert after == before


def test_neither_source_nor_the_way_to_the_store_stands_in_the_page(site, viewer):
    _, opened, _ = site
    assert "import workbench" not in viewer.html
    assert str(opened.path) not in viewer.html


def test_template_and_theme_cannot_be_chosen_by_the_address(site):
    url, *_ = site
    html = httpx.get(f"{url}voila/render/air.ipynb?template=classic&theme=dark", timeout=60).text
    assert 'data-jp-theme-light="true"' in html
    assert not [line for line in html.splitlines() if "<link" in line and "http" in line]


@pytest.mark.parametrize("path", ["", "voila/tree/", "voila/render/nothing.ipynb"])
def test_its_own_pages_are_ours_and_fetch_nothing_from_elsewhere(site, path):
    url, *_ = site
    html = httpx.get(f"{url}{path}", timeout=60).text
    assert "--paper: #f6f4ef" in html
    assert "http" not in html.replace(url, "")


def test_the_list_names_each_notebook_and_nothing_else(site):
    url, *_ = site
    html = httpx.get(url, timeout=60).text
    assert 'href="/voila/render/air.ipynb"' in html
    assert 'href="/voila/render/deck.ipynb"' in html
    assert "air.yaml" not in html
    assert "w.db" not in html
