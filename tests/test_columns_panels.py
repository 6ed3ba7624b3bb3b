"""Columns that show something made of items, sources and runs rather than items."""

import pytest
from boards import DECK, HOUR, NOW, column, nodes, setting

from workbench import decks
from workbench.columns import Board
from workbench.columns.tree import strings
from workbench.documents import Shelf, mark
from workbench.states import SourceState

__all__ = ["setting"]  # the fixture, found here by pytest

PANELS = (
    DECK
    + """
  - {type: list, title: Voices, list: voices}
  - type: share-of-voice
    title: Share
    since: 24h
    queries: {Northwind: northwind, Calder: calder}
  - {type: stories, title: Stories}
  - {type: source-health, title: Health}
  - {type: briefings, title: Papers}
lists: {voices: [ana.example]}
"""
)


def panel(setting, title, **options):
    board = Board(setting.deck, setting.store, now=lambda: NOW, **options)
    found = column(board.state(), title)
    return found, " | ".join(map(strings, nodes(found)))


@pytest.fixture
def wide(setting, tmp_path):
    (tmp_path / "deck.yaml").write_text(PANELS)
    setting.deck = decks.load(tmp_path / "deck.yaml")
    return setting


def test_a_share_of_voice_counts_each_name_and_says_of_what(wide):
    wide.cover(25)
    for n in range(3):
        wide.post(f"calder {n}")
    wide.post("northwind and calder")
    wide.post("northwind long ago", ago=30 * HOUR)
    found, text = panel(wide, "Share")
    assert text == "Calder80\N{NO-BREAK SPACE}%4 itemsNorthwind20\N{NO-BREAK SPACE}%1 item"
    assert found["note"] == "Of 5 items in the last day; one that names several counts for each."
    assert found["state"]["level"] == "live"


def test_a_share_of_voice_says_how_little_was_measured(wide):
    wide.cover(6)
    wide.post("calder")
    found, _ = panel(wide, "Share")
    assert ". 25\N{NO-BREAK SPACE}% of the time was measured." in found["note"]


def test_source_health_tells_state_reason_and_what_was_covered(wide):
    wide.cover(6)
    wide.live()
    failing = {"state": "failing", "reason": "answered <b>500", "since": NOW - HOUR}
    wide.store.report(SourceState(key="bluesky", collector="bluesky", **failing))
    found, text = panel(wide, "Health")
    assert "Bluesky" in text
    assert "answered <b>500fails · since 12:30" in text  # Berlin
    assert "6.0 of the last 24 hours covered" in text
    assert "Its limits: after a break the last 36 hours are made up; more is a gap." in str(found)
    assert len(nodes(found)[0]) == 2 + 2


def test_briefings_lead_to_their_pages_and_failures_lead_nowhere(wide, tmp_path):
    for name, deck, is_failed in (("a", "", False), ("b", "deck", True), ("c", "other", False)):
        head = mark(notebook="morning-brief", deck=deck, made=NOW - HOUR, is_failed=is_failed)
        (tmp_path / f"{name} 1.html").write_text(f"<!doctype html><head>{head}")
    found, text = panel(wide, "Papers", shelf=Shelf(tmp_path), base="/b/")
    assert text.count("Morning brief") == 2
    assert text.count("could not be made") == 1
    assert str(nodes(found)).count("/b/briefings/a%201.html") == 1
    assert "href" not in str(nodes(panel(wide, "Papers", shelf=Shelf(tmp_path))[0]))


@pytest.mark.parametrize(
    ("title", "told"), [("Stories", "in the last 24 hours"), ("Papers", "workbench brief")]
)
def test_a_column_with_nothing_to_show_says_what_would_change_that(wide, tmp_path, title, told):
    found, text = panel(wide, title, shelf=Shelf(tmp_path / "none"))
    assert text == ""
    assert found["state"]["level"] == "empty"
    assert told in found["state"]["text"]


def test_a_list_column_holds_what_its_accounts_say(wide):
    wide.post("hello", author="ana.example")
    wide.post("hello", author="bob.example")
    board = Board(wide.deck, wide.store, now=lambda: NOW)
    assert len(column(board.state(), "Voices")["items"]) == 1
