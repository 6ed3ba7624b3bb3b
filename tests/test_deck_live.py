"""A deck's board in a thread of its own: when it runs, and what it tells."""

import json
import queue
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from publishing import deck as make_deck

from workbench import decks, store
from workbench.items import Item, Media
from workbench.query import parse
from workbench.store import DEMO
from workbench.widgets import live
from workbench.widgets.live import Live


@pytest.fixture
def address(tmp_path):
    return str(tmp_path / "w.db")


@pytest.fixture
def opened(address):
    with store.open(address) as opened:
        yield opened


class Ear:
    """Hears what is told, in order."""

    def __init__(self):
        self.told = queue.Queue()

    def __call__(self, message):
        self.told.put(message)

    def next(self, *kinds):
        """Return the next message of these kinds, its data read."""
        while True:
            message = self.told.get(timeout=30)
            if message["kind"] in kinds:
                return message | {"data": json.loads(message.get("json", "{}"))}


@pytest.fixture
def ear():
    return Ear()


@pytest.fixture
def follow(tmp_path, address, ear):
    started = []

    def start(**options):
        known = {"address": address, "send": ear, "is_public": False}
        started.append(Live(make_deck(tmp_path), **known | options))
        return started[-1]

    yield start
    for each in started:
        each.close()
        assert not each.is_running


def post(n, text="northwind"):
    return Item(
        source="bluesky",
        id=str(n),
        published=datetime.now(UTC) - timedelta(minutes=5),
        text=text,
        lang="en",
    )


def added(update, column="northwind"):
    return [item["key"] for item in update["data"]["columns"].get(column, {}).get("add", [])]


def until(condition):
    """Wait until something holds; the test's own time limit is the limit."""
    while not condition():
        time.sleep(0.01)


def test_it_runs_from_the_first_view_to_the_last(opened, follow, ear):
    opened.add([post(1)])
    board = follow()
    assert not board.is_running
    board.here("a", "")
    state = ear.next("state")
    assert [item["key"] for item in state["data"]["columns"][0]["items"]] == ["bluesky:1"]
    assert state["data"]["seq"] == state["seq"]
    board.here("b", "")
    ear.next("state")
    board.away("a")
    assert board.is_running
    board.away("b")
    until(lambda: not board.is_running)
    board.here("c", "")
    assert ear.next("state")["seq"] != state["seq"]


@pytest.mark.parametrize(("filled_by", "mode"), [(DEMO, "replay"), ("bluesky", "live")])
def test_what_is_made_up_is_said_to_be_a_replay(opened, follow, ear, filled_by, mode):
    opened.save_cursor(filled_by, "1")
    board = follow()
    board.here("a", "")
    assert ear.next("state")["data"]["mode"] == mode


def test_what_comes_is_told_once_with_what_went_before_it(opened, follow, ear):
    board = follow()
    board.here("a", "")
    last = ear.next("state")["seq"]
    opened.add([post(1)])
    keys = []
    while len(keys) < 2:
        update = ear.next("update")
        assert update["before"] == last
        last = update["seq"]
        if new := added(update):
            keys += new
            opened.add([post(2)])
    assert keys == ["bluesky:1", "bluesky:2"]


def test_it_tells_no_more_than_five_times_a_second(opened, follow, ear):
    board = follow()
    board.here("a", "")
    ear.next("state")
    keys, updates, start = [], 0, time.monotonic()
    for n in range(60):
        opened.add([post(n)])
        time.sleep(0.02)
    while len(keys) < 60:
        keys += added(ear.next("update"))
        updates += 1
    assert len(set(keys)) == 60
    assert updates <= (time.monotonic() - start) / live.PACE + 1


@pytest.mark.usefixtures("opened")
def test_a_view_that_has_seen_all_gets_a_sign_of_life_and_no_state(follow, ear):
    board = follow()
    board.here("a", "")
    seen = ear.next("state")["seq"]
    while True:
        board.here("a", seen)
        answer = ear.next("beat", "state", "update")
        if answer["kind"] == "beat":
            break
        seen = answer["seq"]
    assert (answer["view"], answer["seq"]) == ("a", seen)
    board.here("a", "elsewhere-5")
    assert ear.next("state", "beat")["kind"] == "state"


def other(tmp_path, before, after):
    """The same deck with something in its file written otherwise."""
    path = tmp_path / "demo.yaml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))
    return decks.load(path)


COLUMNS = "  - {type: search, title: Northwind, query: northwind, alike: shown}\n"
CALDER = "  - {type: search, title: Calder, query: calder, width: wide, alike: shown}\n"


@pytest.mark.usefixtures("opened")
def test_a_deck_that_is_another_as_a_whole_begins_every_view_anew(follow, ear, tmp_path):
    board = follow()
    board.here("a", "")
    first = ear.next("state")["data"]
    board.show(other(tmp_path, "columns:", "zone: Europe/Berlin\ncolumns:"))
    second = ear.next("state", "laid")
    assert (second["kind"], second["view"]) == ("state", "")
    assert second["data"]["deck"]["zone"] == "Europe/Berlin"
    assert second["data"]["shape"] > first["shape"]
    # Under the head that it has stands something else: a browser could not tell.
    deck = decks.load(tmp_path / "demo.yaml")
    query = parse("northwind fares")
    board.show(replace(deck, columns=(replace(deck.columns[0], query=query), deck.columns[1])))
    assert ear.next("state", "laid")["kind"] == "state"


def test_of_another_column_no_more_is_told_than_views_need(opened, follow, ear, tmp_path):
    opened.add([post(1), post(2, "calder")])
    board = follow()
    board.here("a", "")
    first = ear.next("state")
    board.show(other(tmp_path, COLUMNS, CALDER + COLUMNS.replace("}", ", width: narrow}")))
    second = ear.next("laid", "state")
    assert (second["kind"], second["before"]) == ("laid", first["seq"])
    new, known, trending = second["data"]["columns"]
    assert (new["key"], [item["key"] for item in new["items"]]) == ("calder", ["bluesky:2"])
    assert "wb-narrow" in known["look"]
    assert known["shape"] == first["data"]["columns"][0]["shape"]
    for column in (known, trending):
        assert not {"items", "parts", "alerts", "more"} & column.keys()
    # What comes is told of old and new columns alike, once, and what is older is found.
    opened.add([post(3), post(4, "northwind and calder")])
    told = {"northwind": [], "calder": []}
    while len(told["northwind"]) < 2:
        update = ear.next("update")
        for key, keys in told.items():
            keys.extend(added(update, key))
    assert sorted(told["northwind"]) == ["bluesky:3", "bluesky:4"]
    assert told["calder"] == ["bluesky:4"]
    board.here("b", "")
    whole = ear.next("state")["data"]["columns"]
    assert [len(column["items"]) for column in whole[:2]] == [2, 3]
    board.older("r1", "calder", datetime.now(UTC).isoformat())
    assert len(ear.next("older")["data"]["items"]) == 2


def test_a_column_that_is_taken_out_is_told_of_no_more(opened, follow, ear, tmp_path):
    board = follow()
    board.here("a", "")
    ear.next("state")
    board.show(other(tmp_path, COLUMNS, ""))
    assert [column["key"] for column in ear.next("laid")["data"]["columns"]] == ["trending"]
    board.show(other(tmp_path, "columns:\n", "columns:\n" + CALDER))
    assert "items" in ear.next("laid")["data"]["columns"][0]
    opened.add([post(1), post(2, "calder")])
    update = ear.next("update")
    while not added(update, "calder"):
        update = ear.next("update")
    assert not added(update, "northwind")


def test_older_items_are_found_and_nonsense_is_answered(opened, follow, ear):
    opened.add(post(n) for n in range(70))
    board = follow()
    board.here("a", "")
    more = ear.next("state")["data"]["columns"][0]["more"]
    board.older("r1", "northwind", more)
    page = ear.next("older")
    assert (page["request"], len(page["data"]["items"]), page["data"]["more"]) == ("r1", 20, None)
    for request, column, before in (
        ("r2", "nowhere", more),
        ("r3", "trending", more),
        ("r4", "northwind", "no moment"),
    ):
        board.older(request, column, before)
        answer = ear.next("older")
        assert (answer["request"], answer["error"]) == (request, "they cannot be read")


def test_a_post_is_opened_and_what_the_column_does_not_show_is_not(opened, follow, ear):
    opened.add([post(1), post(2, "calder")])
    board = follow()
    board.here("a", "")
    ear.next("state")
    board.opened("r1", "northwind", "bluesky:1")
    answer = ear.next("opened")
    assert answer["request"] == "r1"
    assert "Why is this here" in str(answer["data"]["nodes"])
    for request, column, item in (
        ("r2", "northwind", "bluesky:2"),
        ("r3", "northwind", "nonsense"),
        ("r4", "nowhere", "bluesky:1"),
        ("r5", "trending", "bluesky:1"),
    ):
        board.opened(request, column, item)
        answer = ear.next("opened")
        assert answer["request"] == request
        assert "does not show it" in answer["error"]
    for item in (None, 5, ["bluesky:1"], "x" * 5000):
        board.opened("r6", "northwind", item)
    board.opened("r7", "northwind", "bluesky:1")
    assert ear.next("opened")["request"] == "r7"


@pytest.mark.parametrize(("is_public", "shows"), [(False, True), (True, False)])
def test_pictures_are_previewed_to_the_analyst_alone(opened, follow, ear, is_public, shows):
    opened.add([replace(post(1), media=(Media("image", "https://cdn.example/a.jpg"),))])
    follow(is_public=is_public).here("a", "")
    assert ("wb-small" in str(ear.next("state")["data"])) is shows


def test_a_store_that_is_not_there_is_said_and_found_when_it_comes(follow, ear, address):
    board = follow()
    board.here("a", "")
    told = ear.next("trouble")["text"]
    assert "There is no store yet in" in told
    assert f"workbench up --store {address}" in told
    with store.open(address) as opened:
        opened.add([post(1)])
        board.here("a", "")
        state = ear.next("state")
        assert [item["key"] for item in state["data"]["columns"][0]["items"]] == ["bluesky:1"]


@pytest.mark.parametrize("is_public", [True, False])
def test_a_store_that_cannot_be_read_is_said_without_its_path_to_viewers(
    follow, ear, tmp_path, is_public
):
    path = tmp_path / "no store.db"
    path.write_text("no database at all" * 100)
    board = follow(address=str(path), is_public=is_public)
    board.here("a", "")
    told = ear.next("trouble")["text"]
    assert ("no workbench store" in told) is not is_public
    assert (str(path) in told) is not is_public


@pytest.mark.usefixtures("opened")
def test_a_view_that_falls_silent_is_gone(follow, ear, monkeypatch):
    monkeypatch.setattr(live, "LEASE", 0.3)
    board = follow()
    board.here("a", "")
    ear.next("state")
    until(lambda: not board.is_running)


@pytest.mark.usefixtures("opened")
def test_views_without_end_are_not_kept(follow):
    board = follow()
    for n in range(500):
        board.here(f"view {n}", "")
    assert len(board._views) == live.VIEWS


def test_what_is_pinned_comes_and_goes_as_a_whole_state(follow, opened, ear):
    opened.add([post(1)])
    live = follow()
    live.here("v", "")
    first = ear.next("state")
    opened.pin("demo", "bluesky:1", note="Ask Bob.")
    came = ear.next("state")
    assert came["view"] == ""
    assert came["seq"] != first["seq"]
    assert came["data"]["columns"][0]["key"] == "-pinned"
    assert "Ask Bob." in came["json"]
    opened.unpin("demo", "bluesky:1")
    assert "-pinned" not in ear.next("state")["json"]
