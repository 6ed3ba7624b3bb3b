"""Filters and mutes on a board over a real store: what is there, what arrives, what is older."""

from datetime import timedelta

from boards import HOUR, NOW, column, nodes, setting, terms
from publishing import said

from workbench.columns.shell import frame
from workbench.items import Count, ParseResult
from workbench.page.look import first_look
from workbench.service.keep import Wants

__all__ = ["setting"]  # the fixture, found here by pytest

DECK = """
title: Northwind Air
zone: Europe/Berlin
sources:
  - {collector: bluesky}
mutes:
  - word: giveaway
  - word: strike
    until: 2026-11-22T14:30
columns:
  - type: search
    title: Northwind
    query: northwind OR kestrel
    alike: shown
    filters:
      lang: [en, de]
      regex: '\\bQ[1-4]\\b|late'
      is_repost: exclude
      likes: {at_most: 9}
      sensitive: shown
    mutes:
      - account: bot.example
  - {type: search, title: Noticed, query: northwind, filters: {likes: {at_least: 5}}}
  - {type: trending, title: Trending, filters: {exclude: ballot}}
  - {type: sentiment, title: Mood, filters: {lang: en}}
  - type: share-of-voice
    title: Voices
    queries: {Northwind: northwind, Kestrel: kestrel}
    filters: {exclude: ballot}
"""
PASSING = [
    ("Northwind late", {}),
    ("Kestrel in q3", {"lang": "de", "likes": 9}),
    ("Northwind late again", {"kind": "reply", "likes": 0}),
]
FAILING = [
    ("Calder late", {}),
    ("Northwind on time", {}),
    ("Northwind late", {"lang": "fr"}),
    ("Northwind late", {"lang": None}),
    ("Northwind late", {"kind": "repost", "repost_of": "at://x"}),
    ("Northwind late", {"likes": 10}),
    ("Northwind late", {"author": "bot.example"}),
    ("Northwind late, a giveaway", {}),
    ("Northwind late: strike", {}),
]


def fill(setting, *, ago=timedelta(0), n=1):
    """Post what passes and what does not; return the texts of what passes, newest first."""
    known = {"likes": 1}
    texts = []
    for turn in range(n):
        for text, fields in FAILING:
            setting.post(text, ago=ago + turn * timedelta(minutes=1), **known | fields)
        for text, fields in PASSING:
            moment = ago + turn * timedelta(minutes=1) + len(texts) * timedelta(seconds=1)
            setting.post(text, ago=moment, **known | fields)
            texts.append(text)
    return texts


def test_what_is_there_passes_every_filter_and_no_mute(setting):
    texts = fill(setting)
    shown = column(setting.board().state(), "Northwind")
    assert [said(item) for item in shown["items"]] == texts
    assert shown["query"] == (
        "(northwind OR kestrel) (lang:en OR lang:de) "
        'regex:"\\bQ[1-4]\\b|late" -is:repost min_likes:0 -min_likes:10 -from:bot.example '
        "-giveaway -(strike expires:2026-11-22T13:30:00Z)"
    )


def test_what_arrives_passes_them_too(setting):
    board = setting.board()
    board.state()
    board.advance()
    texts = fill(setting)
    added = board.advance()["columns"]["northwind"]["add"]
    assert [said(item) for item in added] == texts
    assert [said(item) for item in column(setting.board().state(), "Northwind")["items"]] == texts


def test_what_is_older_passes_them_too(setting):
    texts = fill(setting, n=40)
    board = setting.board()
    part = column(board.state(), "Northwind")
    found = [said(item) for item in part["items"]]
    while part["more"]:
        part = board.older("northwind", part["more"])
        found += [said(item) for item in part["items"]]
    assert sorted(found) == sorted(texts)
    assert len(found) == 120


def test_an_item_shows_once_it_has_the_likes_that_a_filter_wants(setting):
    item = setting.post("Northwind", likes=4)
    board = setting.board()
    assert column(board.state(), "Noticed")["items"] == []
    board.advance()
    likes = ParseResult()
    likes.counts.append(Count("like-1", item.id, "likes", 1, "bluesky"))
    setting.store.apply(likes)
    (added,) = board.advance()["columns"]["noticed"]["add"]
    assert said(added) == "Northwind"


def test_a_mute_ends_by_the_clock_and_what_it_hid_comes_to_open_pages(setting):
    hidden = setting.post("Northwind late: strike", likes=1)
    board = setting.board()
    assert column(board.state(), "Northwind")["items"] == []
    setting.time = NOW + HOUR - timedelta(seconds=1)
    update = board.advance() or {}
    assert "add" not in update.get("columns", {}).get("northwind", {})
    assert column(board.state(), "Northwind")["items"] == []
    setting.time = NOW + HOUR
    (added,) = board.advance()["columns"]["northwind"]["add"]
    assert added["key"] == f"bluesky:{hidden.id}"
    assert [item["key"] for item in column(board.state(), "Northwind")["items"]] == [added["key"]]
    again = board.advance() or {}
    assert "add" not in again.get("columns", {}).get("northwind", {})
    setting.post("Northwind late, after the strike", likes=1)
    assert len(board.advance()["columns"]["northwind"]["add"]) == 1


def test_what_is_muted_for_a_while_is_kept_and_what_is_filtered_out_is_not(setting):
    wants = Wants([setting.deck])
    posts = {text: setting.post(text, likes=1) for text in ("Northwind late: strike", "Calder")}
    assert wants.matches(posts["Northwind late: strike"], NOW)
    assert not wants.matches(posts["Calder"], NOW)  # the trending column's filter wants nothing
    assert not wants.matches(setting.post("Northwind giveaway, late"), NOW)


def test_computed_columns_count_what_passes(setting):
    setting.cover(6)
    for n in range(8):
        ago = timedelta(minutes=n)
        setting.post("a vote at kestrel", ago=ago, author=f"a{n}.example")
        setting.post("a ballot at kestrel", ago=ago, author=f"b{n}.example")
        setting.post("a giveaway at kestrel", ago=ago, author=f"c{n}.example")
    setting.post("northwind, wonderful", lang="en")
    setting.post("northwind, wunderbar", lang="de")
    state = setting.board().state()
    found = set(terms(column(state, "Trending")))
    assert "vote" in found
    assert not found & {"ballot", "giveaway"}
    told = str(nodes(column(state, "Voices")))
    assert "8 items" in told
    assert "24 items" not in told


def test_sensitive_media_of_a_column_that_shows_them_lie_open_in_the_first_look(setting):
    setting.post("Northwind late", sensitive=True, likes=7)
    state = setting.board().state()
    state["frame"] = frame(state, base="/")
    assert [c.get("sensitive", False) for c in state["columns"]] == [True] + 4 * [False]
    html = first_look(state).html.decode()
    shown, folded, *_ = html.split("<section")[1:]
    assert "<details" not in shown
    assert "Northwind late" in shown
    assert "<details" in folded
