"""Stories as they come: put together from what is stored, and told."""

import threading
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench import store
from workbench.items import Account, Item, ParseResult
from workbench.service import backlog, telling
from workbench.service.telling import Telling
from workbench.text.stories import Teller

NOW = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)
FIRE = "Smoke rises over the Northwind hangar at Kestrel Valley airport #KestrelFire"
STRIKE = "Vesper crews in Port Amery walk out over rest hours #AmeryStrike"
MENU = "Recipe of the day: pumpkin soup with ginger and chestnuts"


def post(ident, text, minute=0, **fields):
    return Item(
        source="bluesky",
        id=ident,
        text=text,
        author=f"{ident}.example",
        published=NOW - timedelta(hours=1) + timedelta(minutes=minute),
        published_precision=0.0,
        **fields,
    )


@pytest.fixture
def opened(tmp_path):
    with store.open(tmp_path / "w.db", now=lambda: NOW) as made:
        yield made


def finish(opened, **options):
    return Telling(opened, now=lambda: NOW, **options).finish()


def add(opened, *items):
    opened.add(items)


def story_of(opened, ident):
    return opened.get("bluesky", ident).story


def test_what_belongs_together_is_told_once_and_a_post_by_itself_is_no_story(opened):
    add(
        opened,
        post("a", FIRE),
        post("b", STRIKE, 1),
        post("c", FIRE + "!", 2),
        post("d", STRIKE + " now", 3),
        post("e", MENU, 4),
    )
    assert finish(opened) == opened.told_until() == 5
    assert story_of(opened, "a") == story_of(opened, "c")
    assert story_of(opened, "b") == story_of(opened, "d") != story_of(opened, "a")
    assert [story.n for story in opened.stories()] == [2, 2]
    assert opened.due_stories() == []
    assert opened.check() == []
    assert finish(opened) == 0


def test_after_a_restart_it_goes_on_where_it_was(opened):
    add(opened, post("a", FIRE), post("b", MENU, 1))
    finish(opened)
    add(opened, post("c", FIRE + "!", 2))
    finish(opened)
    assert story_of(opened, "c") == story_of(opened, "a")
    assert [story.n for story in opened.stories()] == [2]


@pytest.mark.parametrize(("window", "joined"), [(2, False), (8, True)])
def test_a_story_s_like_is_looked_for_among_as_many_items_as_it_is_told(opened, window, joined):
    others = ["Harbour strike at dawn", "Parliament debates budget", "Chess final is a draw"]
    add(opened, post("a", FIRE), *(post(f"o{n}", text, n + 1) for n, text in enumerate(others)))
    finish(opened, window=window)
    add(opened, post("c", FIRE + "!", 9))
    finish(opened, window=window)  # which begins anew with what the window holds
    assert (story_of(opened, "c") == story_of(opened, "a")) == joined


def test_likes_make_nothing_due_and_an_edit_is_told_anew(opened):
    add(opened, post("a", FIRE), post("c", FIRE + "!", 2))
    finish(opened)
    opened.add([post("a", FIRE, likes=9)])
    finish(opened)
    assert opened.get("bluesky", "a").story
    assert opened.due_stories() == []
    (before,) = opened.stories()
    for each, minute in (("a", 0), ("c", 2)):
        opened.add([post(each, "Hangar doors stuck again at Kestrel Valley", minute, edited=NOW)])
    finish(opened)
    (after,) = opened.stories()
    assert after.id == before.id
    assert "Hangar doors" in after.headline


def test_of_two_that_tell_the_same_store_one_is_too_late_and_reads_what_the_other_did(opened):
    add(opened, post("a", FIRE))
    first, second = (Telling(opened, now=lambda: NOW) for _ in range(2))
    first.finish()
    second.finish()
    add(opened, post("c", FIRE + "!", 2))
    first.finish()
    add(opened, post("d", FIRE + "!!", 3))
    second.finish()
    assert {story_of(opened, each) for each in "acd"} == {story_of(opened, "a")}
    assert [story.n for story in opened.stories()] == [3]


def test_where_none_ever_was_it_begins_some_days_back(opened):
    add(opened, post("old", FIRE, -5000), post("older", FIRE + "!", -5001), post("a", MENU))
    finish(opened, back=timedelta(hours=2))
    assert story_of(opened, "old") is None
    assert story_of(opened, "a")


def test_what_is_withdrawn_goes_from_its_story_and_that_from_the_store(opened):
    add(opened, post("a", FIRE), post("c", FIRE + "!", 2))
    finish(opened)
    opened.purge("bluesky", "a")
    finish(opened)
    assert opened.stories() == []
    assert opened.check() == []
    assert opened.due_stories() == []


def test_how_often_a_source_is_asked_is_told_as_doubt(opened):
    wire = post("r", FIRE, tier="wire", kind="release", title="A fire")
    add(opened, wire)
    finish(opened, polls=lambda: {"bluesky": 300.0})
    (story,) = opened.stories()
    assert story.sightings["wire"].uncertainty == 300.0


def until(done, seconds=90):
    end = monotonic() + seconds
    while not done():
        assert monotonic() < end, "it did not come"
        sleep(0.02)


def test_it_follows_what_comes_stops_at_once_and_leaves_it_to_whoever_else_does(
    opened, monkeypatch
):
    monkeypatch.setattr(telling, "_PACE", 0.01)
    stop, is_ours = threading.Event(), threading.Event()
    thread = threading.Thread(
        target=Telling(opened, now=lambda: NOW).run, args=(stop, is_ours.is_set)
    )
    thread.start()
    try:
        add(opened, post("a", FIRE), post("c", FIRE + "!", 2))
        sleep(0.1)
        assert opened.told_until() is None
        is_ours.set()
        until(opened.stories)
        add(opened, post("d", FIRE + "!!", 3))
        until(lambda: opened.stories()[0].n == 3)
    finally:
        stop.set()
        thread.join(60)
    assert not thread.is_alive()


def test_a_store_that_fails_is_tried_again(opened, monkeypatch, caplog):
    told = Telling(opened, now=lambda: NOW)
    monkeypatch.setattr(telling, "_LATER", 0.01)
    add(opened, post("a", FIRE), post("c", FIRE + "!", 2))
    opened._connections._floor = 2**62
    stop = threading.Event()
    thread = threading.Thread(target=told.run, args=(stop,))
    thread.start()
    try:
        until(lambda: "stories wait until it works" in caplog.text)
        opened._connections._floor = 0
        until(opened.stories)
    finally:
        stop.set()
        thread.join(60)
    assert caplog.text.count("stories wait") == 1


def test_what_cannot_be_put_into_a_story_holds_up_none(opened, monkeypatch, caplog):
    real = Teller.add

    def add_but_for_one(teller, item):
        if item.id == "bad":
            raise KeyError(item.id)
        return real(teller, item)

    monkeypatch.setattr(Teller, "add", add_but_for_one)
    monkeypatch.setattr(telling, "_LATER", 0.01)
    monkeypatch.setattr(telling, "_PACE", 0.01)
    add(opened, post("bad", MENU))
    stop = threading.Event()
    thread = threading.Thread(target=Telling(opened, now=lambda: NOW).run, args=(stop,))
    thread.start()
    try:
        until(lambda: opened.told_until() == opened.seq())
        add(opened, *fires(1, 2))
        until(opened.stories)
    finally:
        stop.set()
        thread.join(60)
    assert story_of(opened, "bad") is None
    assert caplog.text.count("stories cannot be told") == 2


def fires(*minutes):
    return [post(f"f{n}", f"{FIRE} {'!' * n}", minute) for n, minute in enumerate(minutes)]


def test_what_is_older_comes_last_and_goes_on_in_what_was_told_first(opened):
    six = fires(-100, -90, -80, 0, 10, 20)
    add(opened, post("x", MENU, -105), post("y", MENU, -104), *six)
    told = Telling(opened, now=lambda: NOW, back=timedelta(minutes=70))
    told.finish()
    assert story_of(opened, "f0") is None
    first = story_of(opened, "f3")
    assert [story.n for story in opened.stories()] == [3]
    told.finish(is_whole=True)
    assert {story_of(opened, f"f{n}") for n in range(6)} == {first}
    assert story_of(opened, "x") == story_of(opened, "y") != first
    assert sorted(story.n for story in opened.stories()) == [2, 6]
    assert [(move.kind, move.story, move.n) for move in opened.story_moves()] == [
        ("merge", first, 3)
    ]
    assert opened.check() == []
    # What comes afterwards still finds it.
    add(opened, post("later", f"{FIRE} at last", 30))
    told.finish()
    assert story_of(opened, "later") == first


def test_what_is_older_goes_on_where_it_was_after_a_restart(opened, monkeypatch):
    monkeypatch.setattr(backlog, "_BATCH", 2)
    add(opened, *fires(-100, -90, -80, -75), post("a", MENU))
    Telling(opened, now=lambda: NOW, back=timedelta(minutes=70)).finish()
    left = backlog.Backlog(opened, now=lambda: NOW)
    left.look()  # begins
    left.look()  # two of the four
    assert story_of(opened, "f1")
    assert story_of(opened, "f3") is None
    again = backlog.Backlog(opened, now=lambda: NOW)
    while again.look():
        pass
    assert {story_of(opened, f"f{n}") for n in range(4)} == {story_of(opened, "f0")}
    assert not backlog.Backlog(opened, now=lambda: NOW).look()


def test_how_far_it_is_stands_in_the_log(opened, monkeypatch, caplog):
    monkeypatch.setattr(telling, "_BATCH", 1)
    monkeypatch.setattr(telling, "_LONG", 4)
    caplog.set_level("INFO", "workbench.service")
    add(opened, *fires(0, 1, 2, 3))
    finish(opened)
    said = [record.getMessage() for record in caplog.records]
    assert said == [f"stories: {n} % of what is stored is put together" for n in (25, 50, 75, 100)]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.integers(0, 11), st.sampled_from([FIRE, STRIKE, MENU])),
            st.tuples(st.sampled_from(["purge", "hide", "show"]), st.integers(0, 11), st.just("")),
            st.tuples(st.sampled_from(["tell", "restart"]), st.just(0), st.just("")),
        ),
        max_size=30,
    )
)
def test_whatever_comes_and_goes_all_that_the_store_says_of_stories_holds(steps):
    with TemporaryDirectory() as folder, store.open(f"{folder}/w.db", now=lambda: NOW) as opened:
        told = Telling(opened, now=lambda: NOW)
        for does, n, text in steps:
            if does == "add":
                opened.add([post(f"p{n:02}", f"{text} {n}", n)])
            elif does == "purge":
                opened.purge("bluesky", f"p{n:02}")
            elif does in {"hide", "show"}:
                result = ParseResult()
                result.accounts = [Account("bluesky", f"p{n:02}", hidden=does == "hide")]
                opened.apply(result)
            elif does == "tell":
                told.finish()
            else:
                told = Telling(opened, now=lambda: NOW)
        told.finish()
        assert opened.check() == []
        assert opened.due_stories() == []
        for story in opened.stories():
            items, n = opened.members(story.id)
            assert story.n == n == len(items)
            shown = " ".join(item.text for item in items)
            assert story.headline.rstrip("…") in shown
