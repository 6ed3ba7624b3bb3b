"""The thread that tells a widget's views what is new: one, and only while somebody looks."""

import sys
import threading
import time

import pytest

from workbench import store
from workbench.decks import load
from workbench.widgets.live import WAITING, Live

DECK = "title: T\ncolumns:\n  - {type: search, title: A, query: a}\n"


@pytest.fixture
def live(tmp_path):
    address = str(tmp_path / "w.db")
    with store.open(address):
        pass
    (tmp_path / "ceo.yaml").write_text(DECK)
    told = []
    made = Live(load(tmp_path / "ceo.yaml"), address=address, send=told.append, is_public=False)
    made.told = told
    yield made
    made.close()


@pytest.fixture
def hasty():
    """Let threads take turns so often that whatever can come between comes between."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def wait_for(condition):
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


def threads():
    return [each for each in threading.enumerate() if each.name == "deck"]


@pytest.mark.usefixtures("hasty")
def test_a_view_that_comes_back_at_once_has_one_thread_and_is_answered(live):
    live.here("v", "")
    wait_for(lambda: live.told)
    for _ in range(60):
        live.away("v")
        while live.is_running:  # without a pause: its end takes no longer than one
            pass
        live.told.clear()
        live.here("v", "")
        wait_for(lambda: any(each["kind"] == "state" for each in live.told))
    wait_for(lambda: len(threads()) == 1)
    live.away("v")
    wait_for(lambda: not threads())


def test_messages_without_end_fill_no_memory(live):
    deck = load("demo")
    for _ in range(10 * WAITING):
        live.away("nobody")
        live.show(deck)
    assert live._asked.qsize() <= WAITING
    live.here("v", "")
    wait_for(lambda: any(each["kind"] == "state" for each in live.told))
