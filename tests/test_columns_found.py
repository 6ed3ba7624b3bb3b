"""What a reader looks for in all columns: only what these show, and nothing that is kept out."""

import pytest
from boards import HOUR, setting
from test_columns_post import EVIL, Seen

from workbench.columns.found import found
from workbench.columns.tree import strings, to_html

__all__ = ["setting"]  # the fixture, found here by pytest

DECK = """
title: Northwind Air
zone: Europe/Berlin
lists: {crew: [ana.example]}
mutes:
  - word: spam
hidden:
  authors: [mallory.example]
columns:
  - {type: search, title: Northwind, query: northwind, mutes: [{account: eve.example}]}
  - {type: search, title: Calder, query: calder}
  - {type: trending, title: Trending}
"""


def look(setting, text):
    board = setting.board()
    board.state()
    return board.opened("", f"find:{text}")


def texts(nodes):
    """Return the sentence below the heading, and the text of each post."""
    posts = [strings(part) for node in nodes[2:] for part in node[2:] if "wb-text" in str(part[1])]
    return strings(nodes[1]), posts


def test_it_finds_what_any_column_shows_newest_first_and_once(setting):
    setting.post("northwind and calder share a gate", ago=3 * HOUR)
    setting.post("calder opens a gate", ago=2 * HOUR)
    setting.post("northwind has no fuel")
    setting.post("vesper closes a gate")
    said, posts = texts(look(setting, "GATE"))
    assert posts == ["calder opens a gate", "northwind and calder share a gate"]
    assert said == "2 posts."
    assert texts(look(setting, "(gate OR fuel) -share"))[1] == [
        "northwind has no fuel",
        "calder opens a gate",
    ]


def test_columns_for_which_there_was_no_time_are_named(setting, monkeypatch):
    setting.post("northwind opens a gate")
    monkeypatch.setattr("workbench.columns.found._PATIENCE", -1.0)
    said, posts = texts(look(setting, "gate"))
    assert posts == []
    assert said.startswith("Nothing was found. ")
    assert said.endswith(": Northwind, Calder.")


def test_what_columns_keep_out_is_not_found(setting):
    setting.post("northwind gate, by eve", author="eve.example")
    setting.post("northwind gate spam")
    setting.post("northwind gate, by mallory", author="mallory.example")
    said, posts = texts(look(setting, "gate"))
    assert posts == []
    assert said == "Nothing that the columns show holds it."


@pytest.mark.parametrize(
    ("typed", "n"), [('say "gate', 1), ("gate:", 1), ("(gate", 1), ('"', 0), ("", 0), ("?!", 0)]
)
def test_what_is_no_query_is_looked_for_word_by_word(setting, typed, n):
    setting.post("northwind: they say gate 7")
    nodes = look(setting, typed)
    assert len(nodes) == 2 + n
    if not n:
        assert strings(nodes[1]) == "There is no word in it to look for."


def test_a_list_that_the_deck_has_not_finds_nothing(setting):
    setting.post("northwind at the gate")
    assert texts(look(setting, "list:nobody gate"))[1] == []
    assert texts(look(setting, "list:crew gate"))[1] == ["northwind at the gate"]


def test_the_newest_fifty_are_shown_and_said_to_be(setting):
    for n in range(60):
        setting.post(f"northwind gate {n}")
    said, posts = texts(look(setting, "gate"))
    assert (said, len(posts)) == ("The newest 50 posts.", 50)


def test_whatever_is_typed_stays_text(setting):
    setting.post(EVIL + " northwind gate")
    for typed in (EVIL, "gate", "x" * 4000):
        html = to_html(["div", {}, *look(setting, typed)], now=setting.time, zone="UTC")
        seen = Seen()
        seen.feed(html)
        assert "script" not in seen.tags


def test_a_deck_without_columns_of_items_finds_nothing(setting):
    nodes = found(setting.store, setting.deck, [], "gate", now=setting.time, media="off")
    assert texts(nodes)[1] == []
