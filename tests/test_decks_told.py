"""What the settings of one column amount to, part by part."""

import pytest

from workbench import decks
from workbench.decks import FILTERS, MUTES
from workbench.decks.told import tell_column

DECK = """
title: T
zone: Europe/Berlin
lists: {board: [ana.example]}
mutes: [{word: giveaway}]
columns:
  - {type: search, title: Acme, query: acme}
  - {type: search, title: Globex, query: globex, filters: {lang: en}}
"""
SETTINGS = {
    "match": "fares",
    "exclude": ["hiring", "#ad"],
    "regex": r"\bQ[1-4]",
    "media": ["image", "video"],
    "lang": ["en", "de"],
    "since": "7d",
    "until": "2026-12-01",
    "author": ["list:board", "verified"],
    "followers": {"at_least": 10, "at_most": 99},
    "mentioning": "@ana.example",
    "likes": {"at_least": 5},
    "reposts": {"at_most": 100},
    "replies": {"at_least": 1},
    "is_repost": "exclude",
    "is_reply": "only",
    "is_quote": "include",
    "source": "bluesky",
    "tier": ["wire", "news"],
    "kind": "release",
    "sentiment": "negative",
    "sensitive": "excluded",
}
CLAUSES = {
    "match": "fares",
    "exclude": "-hiring -#ad",
    "regex": r'regex:"\bQ[1-4]"',
    "media": "(has:image OR has:video)",
    "lang": "(lang:en OR lang:de)",
    "since": "within_time:1w",
    "until": "until:2026-11-30T23:00:00Z",
    "author": "(list:board OR is:verified)",
    "followers": "min_followers:10 -min_followers:100",
    "mentioning": "mentions:ana.example",
    "likes": "min_likes:5",
    "reposts": "min_reposts:0 -min_reposts:101",
    "replies": "min_replies:1",
    "is_repost": "-is:repost",
    "is_reply": "is:reply",
    "is_quote": "",
    "source": "source:bluesky",
    "tier": "(tier:wire OR tier:news)",
    "kind": "kind:release",
    "sentiment": "sentiment:negative",
    "sensitive": "-is:sensitive",
}


@pytest.fixture(scope="module")
def deck(tmp_path_factory):
    path = tmp_path_factory.mktemp("decks") / "d.yaml"
    path.write_text(DECK)
    return decks.load(path)


def test_each_filter_is_told_with_the_query_that_it_makes(deck):
    assert SETTINGS.keys() == FILTERS.keys()
    told = tell_column({"query": "acme", "filters": SETTINGS}, deck)
    assert {name: clause.query for name, clause in told.filters.items()} == CLAUSES
    assert not any(clause.error for clause in told.filters.values())
    assert told.error is None
    assert told.column.text == f"acme {' '.join(filter(None, CLAUSES.values()))} -giveaway"


def test_a_filter_that_is_wrong_is_told_by_itself_and_hides_no_other(deck):
    told = tell_column(
        {"query": "acme", "filters": {"likes": {"at_least": 5, "at_most": 3}, "lang": "en"}}, deck
    )
    assert "less than at_least: 5" in told.filters["likes"].error
    assert told.filters["likes"].query == ""
    assert told.filters["lang"].query == "lang:en"
    assert told.column is None
    assert told.error.key == "column.filters.likes.at_most"


def test_each_mute_is_told_with_the_query_that_it_makes(deck):
    mutes = [
        {"word": "strike", "until": "2026-12-01"},
        {"regex": "win (big"},
        {"account": "@bot.example"},
        {"domain": "spam.example"},
        {"source": "feeds"},
    ]
    assert {name for mute in mutes for name in mute} == {*MUTES, "until"}
    told = tell_column({"query": "acme", "mutes": mutes}, deck)
    assert [clause.query for clause in told.mutes] == [
        "-(strike expires:2026-11-30T23:00:00Z)",
        "",
        "-from:bot.example",
        "-domain:spam.example",
        "-source:feeds",
    ]
    assert "missing )" in told.mutes[1].error
    assert "\n" not in told.mutes[1].error


def test_a_column_may_be_made_of_the_others_of_the_deck_but_not_of_itself(deck):
    merged = {"type": "merged", "key": "both", "columns": ["acme", "globex"]}
    told = tell_column(merged, deck)
    assert told.column.text == "((acme -giveaway) OR (globex lang:en -giveaway)) -giveaway"
    assert "not one of globex" in tell_column({**merged, "key": "acme"}, deck).error.message


def test_type_and_title_may_be_missing(deck):
    assert str(tell_column({"query": "acme"}, deck).column.query) == "acme -giveaway"
    assert "needs a query" in tell_column({}, deck).error.message


@pytest.mark.parametrize(
    "settings",
    [
        {"filters": "none"},
        {"filters": {"likes": None}},
        {"filters": {"nothing": 1}},
        {"filters": {"match": {"a": ["b"]}}},
        {"mutes": {"word": "a"}},
        {"mutes": ["a"]},
        {"mutes": [{}]},
        {"type": ["search"]},
        {"type": "nothing"},
        {"title": 7},
        {"query": {"a": 1}},
        {"query": object()},
        {"query": "\x00"},
        {"nothing": True},
    ],
)
def test_whatever_no_column_can_have_is_an_error_and_no_failure(deck, settings):
    told = tell_column({"query": "acme", **settings}, deck)
    assert told.column is None
    assert str(told.error)


def test_settings_without_a_bottom_are_an_error(deck):
    deep = {}
    at = deep
    for _ in range(5000):
        at["a"] = {}
        at = at["a"]
    assert "cannot be written" in tell_column({"query": "a", "filters": deep}, deck).error.message
