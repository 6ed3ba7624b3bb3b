"""What all viewers of a deck share: snapshots, events, replay after a gap, slow viewers."""

import asyncio
import json
import time
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import pytest
from publishing import deck, post, said

from workbench import store
from workbench.decks import Draft, add_column
from workbench.page import stream
from workbench.page.look import encode
from workbench.page.stream import Hub, Shared, Viewer


@pytest.fixture
def opened(tmp_path):
    with store.open(str(tmp_path / "w.db")) as opened:
        yield opened


@asynccontextmanager
async def hub_of(opened, folder, now=lambda: datetime.now(UTC)):
    shown = deck(folder)
    hub = Hub(
        shown,
        opened,
        now=now,
        mode="live",
        decks=lambda: [hub.deck],
        version=lambda: "v1",
    )
    running = asyncio.create_task(hub.run())
    try:
        yield hub
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await hub.close()


async def told(viewer, text):
    """Return all that a viewer is told until some text comes."""
    got = b""
    while text.encode() not in got:
        part = await viewer.next()
        assert part, "the stream has ended"
        got += part
    return got.decode()


def until(is_so):
    while not is_so():
        time.sleep(0.01)


def ids(got):
    return [line.partition(": ")[2] for line in got.splitlines() if line.startswith("id: ")]


def test_json_stays_inside_its_element_and_means_the_same():
    value = {"a": "</script><!-- & \u2028\u2029 \U0001f680 é", "b": None, "c": "\ud800"}
    text = encode(value).decode()
    assert not set(text) & set("<>&\u2028\u2029\n")
    assert json.loads(text) == value | {"c": "?"}


def test_what_is_no_number_is_no_json():
    with pytest.raises(ValueError, match="JSON"):
        encode(float("nan"))


def test_all_who_ask_at_once_share_one_making():
    made = []

    async def make():
        made.append(1)
        await asyncio.sleep(0.01)
        return len(made)

    async def ask():
        shared = Shared(60, make)
        assert set(await asyncio.gather(*(shared.get() for _ in range(200)))) == {1}
        assert await shared.get() == 1
        none_kept = Shared(0, make)
        assert [await none_kept.get() for _ in range(2)] == [2, 3]

    asyncio.run(ask())


def test_a_failure_is_told_to_all_and_not_kept():
    made = []

    async def make():
        made.append(1)
        await asyncio.sleep(0)
        if len(made) == 1:
            raise OSError("gone")
        return "well"

    async def ask():
        shared = Shared(60, make)
        got = await asyncio.gather(shared.get(), shared.get(), return_exceptions=True)
        assert [str(each) for each in got] == ["gone", "gone"]
        assert await shared.get() == "well"

    asyncio.run(ask())


def test_one_who_leaves_while_it_is_made_takes_it_from_nobody():
    async def make():
        await asyncio.sleep(0.01)
        return "made"

    async def ask():
        shared = Shared(60, make)
        first, second = (asyncio.create_task(shared.get()) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        assert await second == "made"

    asyncio.run(ask())


def test_each_viewer_gets_each_event_once_in_order(opened, tmp_path):
    async def watch():
        async with hub_of(opened, tmp_path) as hub:
            viewers = [await hub.join("") for _ in range(5)]
            for n in range(3):
                post(opened, n, f"northwind lands {n}")
                for viewer in viewers:
                    got = await told(viewer, f"northwind lands {n}")
                    assert got.count(f"northwind lands {n}") == 1
            assert len(hub) == 5

    asyncio.run(watch())


def test_a_gap_is_filled_by_id(opened, tmp_path):
    async def watch():
        async with hub_of(opened, tmp_path) as hub:
            first = await hub.join("")
            post(opened, 1, "northwind one")
            seen = ids(await told(first, "northwind one"))[-1]
            hub.leave(first)
            post(opened, 2, "northwind two")
            again = await hub.join(seen)
            got = await told(again, "northwind two")
            assert "event: state" not in got
            assert "northwind one" not in got
            boot, _, number = seen.partition("-")
            assert ids(got) == [f"{boot}-{n}" for n in range(int(number) + 1, int(number) + 2)]

    asyncio.run(watch())


def test_a_gap_too_long_is_filled_by_the_whole_state(opened, tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "KEPT_EVENTS", 2)

    async def watch():
        async with hub_of(opened, tmp_path) as hub:
            viewer = await hub.join("")
            start = ids(await told(viewer, "event: state"))[-1]
            for n in range(4):
                post(opened, n, f"northwind lands {n}")
                last = ids(await told(viewer, f"northwind lands {n}"))[-1]
            got = await told(await hub.join(start), "event: state")
            assert ids(got)[0] == last or int(ids(got)[0].partition("-")[2]) > 4
            assert "northwind lands 3" in got
            kept = await told(await hub.join(last), "event: beat")
            assert "event: state" not in kept

    asyncio.run(watch())


def added(got):
    """Return the texts of the posts that events add to columns."""
    lines = [line for line in got.splitlines() if line.startswith('data: {"now"')]
    parts = [json.loads(line[6:]).get("columns", {}).values() for line in lines]
    return [said(item) for columns in parts for part in columns for item in part.get("add", [])]


def test_snapshots_for_some_take_nothing_from_the_others(opened, tmp_path):
    async def watch():
        async with hub_of(opened, tmp_path) as hub:
            viewer = await hub.join("")
            texts = [f"northwind lands {n}." for n in range(12)]
            for n, text in enumerate(texts):
                await asyncio.sleep(0.07)  # in and out of step with the looks at the store
                post(opened, n, text)
                await (await hub.join("")).next()
            got = await told(viewer, texts[-1])
            assert sorted(added(got)) == sorted(texts)

    asyncio.run(watch())


def test_a_state_and_the_events_after_it_leave_nothing_out(opened, tmp_path):
    async def watch():
        async with hub_of(opened, tmp_path) as hub:
            for n in range(12):
                text = f"northwind lands {n}."
                post(opened, n, text)
                snapshot = await hub.snapshot()
                late = await hub.join(json.loads(snapshot.json)["seq"])
                if text.encode() not in snapshot.json:
                    await told(late, text)
                hub.leave(late)

    asyncio.run(watch())


def test_one_who_takes_nothing_is_cut_off_and_the_others_go_on():
    slow, quick = Viewer(), Viewer()

    async def watch():
        for n in range(stream.WAITING * 3):
            for viewer in (slow, quick):
                viewer.offer(f"{n};".encode())
            assert await quick.next() == f"{n};".encode()
        assert await slow.next() == b""
        assert not quick.is_ended

    asyncio.run(watch())


def test_what_cannot_be_read_is_logged_once_keeps_silent_and_comes_back(
    opened, tmp_path, caplog, monkeypatch
):
    for name in ("PACE", "IDLE", "QUIET", "BEAT"):
        monkeypatch.setattr(stream, name, 0.01)
    broken = []

    def now():
        if broken:
            raise OSError("the clock has stopped")
        return datetime.now(UTC)

    async def watch():
        async with hub_of(opened, tmp_path, now) as hub:
            viewer = await hub.join("")
            await told(viewer, "event: beat")
            broken.append(True)
            post(opened, 1, "northwind later")
            await asyncio.to_thread(until, lambda: caplog.records)
            with suppress(TimeoutError):
                async with asyncio.timeout(0.3):
                    while True:  # what was told before
                        await viewer.next()
            waiting = asyncio.create_task(viewer.next())
            await asyncio.sleep(0.2)
            assert not waiting.done()
            broken.clear()
            assert await waiting
            await told(await hub.join(""), "northwind later")

    asyncio.run(watch())
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "tried again" in caplog.text


def test_a_snapshot_serves_until_something_new_is_stored(opened, tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "PACE", 0.0)
    monkeypatch.setattr(stream, "SAME", 3600.0)

    async def watch():
        async with hub_of(opened, tmp_path) as hub:
            # Its first look at the store is told as an event.
            await asyncio.to_thread(until, lambda: hub._next_beat)
            first = await hub.snapshot()
            await asyncio.sleep(0.02)
            assert await hub.snapshot() is first
            post(opened, 1, "northwind lands.")
            await asyncio.sleep(0.02)
            assert b"northwind lands." in (await hub.snapshot()).json

    asyncio.run(watch())


async def states(viewer, wanted):
    """Return the first state that a viewer is told and that is as wanted."""
    while True:
        for event in (await viewer.next()).decode().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in event.splitlines() if ": " in line)
            if lines.get("event") == "state" and wanted(state := json.loads(lines["data"])):
                return state


def titles(state):
    return [column["title"] for column in state["columns"]]


def test_an_edited_deck_shows_on_open_pages(opened, tmp_path):
    async def watch():
        async with hub_of(opened, tmp_path) as hub, asyncio.timeout(20):
            viewer = await hub.join((json.loads((await hub.snapshot()).json))["seq"])
            path = tmp_path / "demo.yaml"
            add_column(path, {"type": "search", "title": "Rivals", "query": "calder"})
            state = await states(viewer, lambda state: "Rivals" in titles(state))
            assert state["columns"][-1]["query"] == "calder"
            assert state["decks"] == [{"name": "demo", "title": "Northwind Air"}]
            post(opened, 7, text="calder grows")
            assert "calder grows" in await told(viewer, "calder grows")
            path.write_text(path.read_text().replace("Northwind Air", "Northwind, today"))
            state = await states(viewer, lambda state: state["deck"]["title"] != "Northwind Air")
            assert state["deck"]["title"] == state["decks"][0]["title"] == "Northwind, today"
            # Whoever was away gets the whole, not events about columns that are no more.
            late = await hub.join("other-1")
            assert "Rivals" in titles(await states(late, lambda _: True))

    asyncio.run(watch())


def test_what_an_analyst_hides_leaves_open_pages_and_comes_back(opened, tmp_path):
    async def watch():
        async with hub_of(opened, tmp_path) as hub, asyncio.timeout(20):
            post(opened, 1, text="northwind regrets")
            post(opened, 2, text="northwind flies")
            viewer = await hub.join((json.loads((await hub.snapshot()).json))["seq"])
            draft = Draft(tmp_path / "demo.yaml")
            draft.hide(post="bluesky:at://did:plc:a/app.bsky.feed.post/1")
            draft.set("northwind", {"title": "Ourselves", "colour": "teal", "collapsed": True})
            draft.save()
            state = await states(viewer, lambda state: "Ourselves" in titles(state))
            assert "regrets" not in json.dumps(state)
            assert "flies" in json.dumps(state)
            column = state["columns"][0]
            assert (column["key"], column["colour"], column["collapsed"]) == (
                "northwind", "teal", True,
            )  # fmt: skip
            draft.undo()
            draft.undo()
            draft.save()
            state = await states(viewer, lambda state: "Northwind" in titles(state))
            assert "regrets" in json.dumps(state)

    asyncio.run(watch())


def test_nonsense_in_a_deck_keeps_the_last_good_one_and_is_said(opened, tmp_path, caplog):
    async def watch():
        async with hub_of(opened, tmp_path) as hub, asyncio.timeout(20):
            viewer = await hub.join((json.loads((await hub.snapshot()).json))["seq"])
            path = tmp_path / "demo.yaml"
            good = path.read_text()
            path.write_text(good + "colour: <b>red</b>\n")
            state = await states(viewer, lambda state: "deck" in state["sources"])
            assert titles(state) == ["Northwind", "Trending"]
            said = state["sources"]["deck"]
            assert said["state"] == "waiting"
            assert "you see the deck as it was" in said["reason"]
            assert "demo.yaml, line 8: colour: unknown key" in caplog.text
            assert "colour" not in json.dumps(state)  # that is for those who run it
            assert all(c["state"]["level"] != "stale" for c in state["columns"])
            path.write_text(good)
            state = await states(viewer, lambda state: "deck" not in state["sources"])
            assert titles(state) == ["Northwind", "Trending"]

    asyncio.run(watch())


def test_what_is_pinned_comes_and_goes_on_open_pages_as_a_whole_state(opened, tmp_path):
    async def watch():
        async with hub_of(opened, tmp_path) as hub:
            post(opened, 1)
            key = "bluesky:at://did:plc:a/app.bsky.feed.post/1"
            viewer = await hub.join("")
            await told(viewer, "event: state")
            opened.pin(hub.deck.name, key, note="Ask Bob.")
            got = await told(viewer, "Ask Bob.")
            assert "event: state" in got
            # A page that opens now, while a snapshot is still kept, is told as well.
            later = await hub.join(f"{(await hub.snapshot()).state['seq']}")
            opened.pin(hub.deck.name, key, note="Asked.")
            got = await told(viewer, "Asked.")
            assert "event: update" in got
            await told(later, "Asked.")
            opened.unpin(hub.deck.name, key)
            got = await told(viewer, "event: state")
            assert "-pinned" not in got.rpartition("event: state")[2]
            assert "-pinned" not in str((await hub.snapshot()).state)

    asyncio.run(watch())
