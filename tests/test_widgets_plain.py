"""A deck's columns as plain data, and back."""

import pytest

from workbench import decks
from workbench.widgets.plain import to_columns, to_plain

DECK = """
title: T
lists: {voices: [ana.example]}
mutes:
  - word: giveaway
  - {account: bot.example, until: 2026-12-01}
columns:
  - type: search
    title: A
    query: acme OR globex
    filters: {lang: en, sensitive: shown}
    alert: {at_least: 3, within: 1h}
  - {type: newswire, title: B, filters: {sensitive: excluded}, mutes: [{domain: spam.example}]}
  - {type: people, title: C, list: voices, filters: {exclude: [a, b c]}}
  - {type: hashtag, title: D, any: [x, y], filters: {media: image}}
  - {type: merged, title: E, columns: [a, b], filters: {since: 7d}}
  - {type: trending, title: F}
  - {type: sentiment, title: G, filters: {regex: 'a|b'}}
  - {type: share-of-voice, title: H, queries: {X: x OR y, Z: z}, filters: {lang: en}}
  - {type: since-last-visit, title: I, filters: {is_repost: exclude}}
  - {type: alerts, title: J}
"""


@pytest.fixture
def deck(tmp_path):
    path = tmp_path / "ceo.yaml"
    path.write_text(DECK)
    return decks.load(path)


def test_columns_with_filters_and_mutes_come_back_as_they_were(deck):
    assert to_columns([to_plain(column) for column in deck.columns], deck) == deck.columns


def test_mutes_of_the_deck_hold_for_a_column_that_is_added(deck):
    added = {"type": "search", "title": "New", "query": "fares", "filters": {"lang": "de"}}
    *_, found = to_columns([*map(to_plain, deck.columns), added], deck)
    assert found.text == (
        "fares lang:de -giveaway -(from:bot.example expires:2026-12-01T00:00:00Z)"
    )


def test_a_query_that_is_changed_keeps_the_mutes_of_the_deck_once(deck):
    plain = to_plain(deck.columns[0])
    plain["query"] = plain["query"].replace("globex", "initech")
    (found,) = to_columns([plain], deck)
    assert found.text == plain["query"]
    assert found.sensitive == "shown"
