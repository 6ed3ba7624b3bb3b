"""Alerts over a real store: told once, through restarts and by several processes."""

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

from workbench import decks, store
from workbench.http import Client
from workbench.items import Item
from workbench.service import Service
from workbench.service.watch import Watcher

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DECK = """
title: T
columns:
  - {type: search, title: Acme, query: acme, alert: {at_least: 3, within: 1h}}
  - {type: search, title: Globex, query: globex, alert: each}
  - {type: search, title: Quiet, query: quiet}
"""


class Setting:
    """A deck, a store and a clock that the test moves."""

    def __init__(self, folder):
        self.time = START
        self.path = folder / "w.db"
        self.file = folder / "ceo.yaml"
        self.made = 0
        self.write(DECK)
        self.store = store.open(self.path, now=lambda: self.time, floor=0)

    def write(self, text):
        self.file.write_text(text)
        self.deck = decks.load(self.file)

    def watcher(self):
        return Watcher([self.deck], self.store, now=lambda: self.time)

    def post(self, text, *, ago=timedelta(0), **fields):
        self.made += 1
        known = {"id": str(self.made), "published": self.time - ago, "collected": self.time}
        self.store.add([Item(**{"source": "x", "text": text} | known | fields)])

    def told(self):
        return [(a.column, a.n, a.items) for a in reversed(self.store.alerts())]


@pytest.fixture
def setting(tmp_path):
    made = Setting(tmp_path)
    yield made
    made.store.close()


def look(watcher):
    while watcher.look():
        pass


def test_history_that_was_there_before_is_not_told(setting):
    for _ in range(5):
        setting.post("acme globex")
    look(setting.watcher())
    assert setting.told() == []


def test_an_alert_is_told_as_soon_as_there_are_enough_and_grows(setting):
    watcher = setting.watcher()
    look(watcher)
    for n in (1, 2, 3, 4):
        setting.time += MINUTE
        setting.post("acme")
        look(watcher)
        look(watcher)
        assert setting.told() == ([("acme", n, ("x:1", "x:2", "x:3", "x:4")[:n])] if n > 2 else [])
    (alert,) = setting.store.alerts()
    assert (alert.first, alert.fired) == (START + MINUTE, START + 3 * MINUTE)
    assert alert.until == START + 61 * MINUTE


def test_each_item_is_told_once_however_often_it_changes(setting):
    watcher = setting.watcher()
    look(watcher)
    setting.post("globex")
    look(watcher)
    for likes in (5, 50):
        setting.made = 0
        setting.post("globex", likes=likes)
        look(watcher)
        look(setting.watcher())
    assert setting.told() == [("globex", 1, ("x:1",))]


def test_what_comes_to_match_later_is_told_then(setting):
    setting.write(DECK.replace("query: globex", "query: 'globex min_likes:10'"))
    watcher = setting.watcher()
    look(watcher)
    setting.post("globex", likes=1)
    look(watcher)
    assert setting.told() == []
    setting.made = 0
    setting.time += MINUTE
    setting.post("globex", likes=20)
    look(watcher)
    assert setting.told() == [("globex", 1, ("x:1",))]


def test_nothing_is_missed_or_told_twice_over_a_restart(setting):
    look(setting.watcher())
    setting.post("acme")
    setting.post("acme")
    setting.post("globex")
    look(setting.watcher())
    # Stored by whoever collects while nobody watches, and watched again only hours later.
    setting.time += MINUTE
    setting.post("acme")
    setting.post("globex")
    setting.time += 6 * 60 * MINUTE
    for _ in range(2):
        look(setting.watcher())
    assert sorted(setting.told()) == [
        ("acme", 3, ("x:1", "x:2", "x:4")),
        ("globex", 1, ("x:3",)),
        ("globex", 1, ("x:5",)),
    ]


def test_after_a_break_a_long_backlog_is_gone_through_to_its_end(setting):
    look(setting.watcher())
    many = [
        Item(source="x", id=f"q{n}", text="quiet", published=setting.time, collected=setting.time)
        for n in range(2500)
    ]
    setting.store.add(many)
    for _ in range(3):
        setting.post("acme")
    look(setting.watcher())
    assert [(column, n) for column, n, _ in setting.told()] == [("acme", 3)]


def test_a_new_rule_begins_when_it_is_first_seen(setting):
    watcher = setting.watcher()
    look(watcher)
    setting.post("quiet")
    look(watcher)
    setting.time += MINUTE
    setting.write(DECK.replace("query: quiet", "query: quiet, alert: each"))
    watcher.replace([setting.deck])
    look(watcher)
    setting.made = 0
    setting.post("quiet", likes=9, ago=MINUTE)  # changes, but was there before the rule
    setting.made = 1
    setting.time += MINUTE
    setting.post("quiet")
    look(watcher)
    assert setting.told() == [("quiet", 1, ("x:2",))]


def test_what_came_while_there_was_no_rule_is_not_told_when_there_is_one_again(setting):
    look(setting.watcher())
    setting.write("title: T\ncolumns: [{type: search, title: Acme, query: acme}]")
    look(setting.watcher())
    setting.time += MINUTE
    setting.post("globex")
    setting.write(DECK)
    setting.time += MINUTE
    look(setting.watcher())
    assert setting.told() == []


def test_a_column_that_shows_everything_may_have_a_rule(setting):
    setting.write(
        "title: T\ncolumns:\n  - {type: newswire, title: W}\n"
        "  - {type: hashtag, title: H, any: [a]}\n"
        "  - {type: merged, title: M, columns: [w, h], alert: each}\n"
    )
    watcher = setting.watcher()
    look(watcher)
    setting.post("a release", tier="wire")
    look(watcher)
    assert setting.told() == [("m", 1, ("x:1",))]


def test_a_withdrawn_item_leaves_its_key_alone(setting):
    watcher = setting.watcher()
    look(watcher)
    setting.post("globex")
    look(watcher)
    setting.store.purge("x", "1")
    look(watcher)
    assert setting.told() == [("globex", 1, ("x:1",))]


def test_threads_that_watch_at_once_tell_each_alert_once(setting):
    watchers = [setting.watcher() for _ in range(4)]
    stop = threading.Event()
    for watcher in watchers:
        look(watcher)
    threads = [threading.Thread(target=w.run, args=(stop,)) for w in watchers]
    for thread in threads:
        thread.start()
    for _ in range(10):
        setting.post("globex")
    stop.wait(1.5)
    stop.set()
    for thread in threads:
        thread.join()
    for watcher in watchers:
        look(watcher)
    assert sorted(items for _, _, items in setting.told()) == sorted(
        (f"x:{n}",) for n in range(1, 11)
    )


WATCH = """
import sys
from workbench import decks, store
from workbench.service.watch import Watcher
with store.open(sys.argv[1], floor=0) as opened:
    watcher = Watcher([decks.load(sys.argv[2])], opened, now=opened._now)
    print("ready", flush=True)
    for line in sys.stdin:
        while watcher.look():
            pass
        print("done", flush=True)
"""


def test_two_processes_tell_each_alert_once(tmp_path):
    file = tmp_path / "ceo.yaml"
    file.write_text(DECK)
    path = tmp_path / "w.db"
    command = [sys.executable, "-c", WATCH, str(path), str(file)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with (
        store.open(path, floor=0) as opened,
        subprocess.Popen(command, **pipes) as one,
        subprocess.Popen(command, **pipes) as two,
    ):
        both = (one, two)

        def together():
            for process in both:
                process.stdin.write("look\n")
                process.stdin.flush()
            for process in both:
                assert process.stdout.readline() == "done\n"

        assert [process.stdout.readline() for process in both] == ["ready\n"] * 2
        together()
        for n in range(8):
            now = datetime.now(UTC)
            text = "acme globex"
            opened.add([Item(source="x", id=str(n), text=text, published=now, collected=now)])
            together()
        for process in both:
            process.stdin.close()
        told = opened.alerts()
    assert sorted(a.items for a in told if a.column == "globex") == [(f"x:{n}",) for n in range(8)]
    assert [a.n for a in told if a.column == "acme"] == [8]


def test_the_service_watches_and_begins_before_its_sources_do(setting):
    with Service([setting.deck], setting.store, Client(), now=lambda: setting.time) as service:
        assert setting.store.watched("ceo") is not None
        setting.post("globex")
        done = threading.Event()
        for _ in range(1_200):
            if setting.told() or done.wait(0.05):
                break
        assert setting.told() == [("globex", 1, ("x:1",))]
    assert not service._alerts.is_alive()
