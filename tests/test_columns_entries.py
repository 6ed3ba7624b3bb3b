"""Entries of a column over a real store: folded at first, live, and further down."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from boards import HOUR, NOW, Setting, column, setting

from workbench.columns.tree import strings
from workbench.items import Account, Count, Deletion, Item, Media, ParseResult
from workbench.widgets.still import still

__all__ = ["setting"]  # the fixture, found here by pytest

DECK = """
title: Northwind Air
sources:
  - {collector: bluesky, keep: all}
columns:
  - {type: search, title: Northwind, query: northwind}
  - {type: search, title: All, query: northwind, alike: shown, media: large}
  - {type: search, title: Reposts, query: northwind, filters: {is_repost: only}}
  - {type: people, title: Ana, accounts: [ana.example]}
  - {type: since-last-visit, title: New, columns: [northwind]}
"""
TEXT = "Northwind cancels every flight to Kestrel Valley"


class Page:
    """A board and what a browser would hold of one column, by the rules of its scripts."""

    def __init__(self, setting, key="northwind"):
        self.setting, self.key = setting, key
        self.board = setting.board()
        part = next(c for c in self.board.state()["columns"] if c["key"] == key)
        self.board.advance()
        self.held = {item["key"]: item for item in part["items"]}
        self.more = part["more"]

    def follow(self):
        update = self.board.advance() or {}
        part = update.get("columns", {}).get(self.key, {})
        self.news = [item["key"] for item in part.get("add", []) if item["key"] not in self.held]
        for item in (*update.get("changed", []), *part.get("changed", [])):
            if item["key"] in self.held:
                self.held[item["key"]] = item
        self.held |= {item["key"]: item for item in part.get("add", [])}
        for key in (*update.get("gone", []), *part.get("gone", [])):
            self.held.pop(key, None)

    def scroll(self):
        while self.more:
            page = self.board.older(self.key, self.more)
            self.held |= {item["key"]: item for item in page["items"]}
            self.more = page["more"]

    def lines(self):
        order = sorted(self.held.values(), key=lambda i: (i["published"], i["key"]), reverse=True)
        return [read(item) for item in order]


def classed(node, name):
    if isinstance(node, str):
        return []
    own = [node] if name in node[1].get("class", "").split() else []
    return own + [found for part in node[2:] for found in classed(part, name)]


def read(item):
    """Return what an entry says: who reposted it, who wrote what, how much is alike."""
    names = ("wb-note", "wb-name", "wb-text", "wb-alike")
    found = [strings(node) for name in names for node in classed(item["node"], name)]
    return " | ".join(found)


def post(setting, text=TEXT, name="Ana", **fields):
    return setting.post(text, author_name=name, author=f"{name.lower()}.example", **fields)


def repost(setting, of, name, **fields):
    return post(setting, of.text, name, kind="repost", repost_of=of.id, **fields)


def purge(setting, *items):
    gone = ParseResult()
    gone.deletions += [Deletion(item.source, item.id, NOW) for item in items]
    setting.store.apply(gone)


def test_reposts_stand_in_the_originals_entry_where_the_newest_of_them_is(setting):
    original = post(setting, name="Olga", ago=3 * HOUR)
    post(setting, "Northwind meanwhile", ago=2 * HOUR)
    for n, name in enumerate(("Ana", "Ben", "Cleo")):
        repost(setting, original, name, ago=HOUR - n * timedelta(minutes=1))
    page = Page(setting)
    assert page.lines() == [
        f"Cleo and 2 others reposted | Olga | {TEXT}",
        "Ana | Northwind meanwhile",
    ]
    first = page.held[f"bluesky:{original.id}"]
    assert first["published"] == round((NOW - timedelta(minutes=58)).timestamp() * 1000)


def test_one_and_two_reposts_are_told_by_name(setting):
    original = post(setting, name="Olga", ago=HOUR)
    page = Page(setting)
    repost(setting, original, "Ana")
    page.follow()
    assert page.lines() == [f"Ana reposted | Olga | {TEXT}"]
    assert page.news == []
    setting.time += HOUR
    repost(setting, original, "Ben")
    page.follow()
    assert page.lines() == [f"Ben and Ana reposted | Olga | {TEXT}"]


def test_reposts_of_what_is_further_down_show_its_author_and_counts(setting):
    original = post(setting, name="Olga", ago=9 * HOUR, likes=7)
    for n in range(60):
        post(setting, f"Northwind {n} of many that are not alike", f"P{n}", ago=HOUR)
    first = repost(setting, original, "Ana")
    page = Page(setting)
    assert page.lines()[0] == f"Ana reposted | Olga | {TEXT}"
    entry = page.held[f"bluesky:{first.id}"]
    assert "7 likes" in str(entry["node"])
    likes = ParseResult()
    likes.counts.append(Count("like-1", original.id, "likes", 1, "bluesky"))
    setting.store.apply(likes)
    page.follow()
    assert "8 likes" in str(page.held[f"bluesky:{first.id}"]["node"])
    page.scroll()
    assert len(page.lines()) == 61
    purge(setting, original)
    page.follow()
    assert not [line for line in page.lines() if TEXT in line]  # its words are gone with it


def test_reposts_of_what_is_not_stored_are_one_entry(setting):
    unknown = Item(source="bluesky", id="at://elsewhere/1", text=TEXT, published=NOW)
    page = Page(setting)
    for name in ("Ana", "Ben", "Cleo", "Dora"):
        setting.time += HOUR
        repost(setting, unknown, name)
        page.follow()
    assert page.lines() == [f"reposted, as did Dora and 2 others | Ana | {TEXT}"]


@pytest.mark.parametrize(
    "barred",
    [
        "mutes: [{account: eve.example}]",
        "hidden: {authors: [eve.example]}",
        "hidden: {posts: ['bluesky:at://eve/1']}",
    ],
)
def test_who_reposts_what_is_muted_or_hidden_is_not_seen_doing_it(tmp_path, barred):
    setting = Setting(tmp_path, f"{DECK}{barred}\n")
    with setting.store:
        eve = post(setting, name="Eve", ago=HOUR, id="at://eve/1")
        repost(setting, eve, "Ana", ago=timedelta(minutes=9))
        post(setting, "Northwind is on time")
        page = Page(setting)
        assert page.lines() == ["Ana | Northwind is on time"]
        repost(setting, eve, "Ben")
        page.follow()
        assert page.lines() == ["Ana | Northwind is on time"]
        assert page.news == []


def test_a_column_of_reposts_shows_each_post_once(setting):
    original = post(setting, name="Olga", ago=2 * HOUR)
    repost(setting, original, "Ana", ago=HOUR)
    repost(setting, original, "Ben")
    page = Page(setting, "reposts")
    assert page.lines() == [f"Ben and Ana reposted | Olga | {TEXT}"]
    assert Page(setting, "ana").lines() == [f"Ana reposted | Olga | {TEXT}"]


def test_what_says_the_same_is_counted_and_stays_in_its_place(setting):
    first = post(setting, f"{TEXT} https://a.example/1", ago=2 * HOUR)
    post(setting, "Northwind is on time", ago=HOUR)
    for n in range(14):
        post(setting, f"{TEXT} https://b.example/{n}", f"B{n}", ago=HOUR)
    page = Page(setting)
    assert len(page.lines()) == 2
    assert page.held[f"bluesky:{first.id}"]
    assert any(line.endswith("and 14 alike") for line in page.lines())
    assert len(Page(setting, "all").lines()) == 16


def test_what_arrives_joins_its_entry_and_is_no_news(setting):
    post(setting, ago=HOUR)
    page = Page(setting)
    post(setting, f"{TEXT} https://b.example", "Ben")
    page.follow()
    assert page.lines() == [f"Ana | {TEXT} | and 1 alike"]
    assert page.news == []
    post(setting, "Northwind says sorry", "Cleo")
    page.follow()
    assert len(page.news) == 1


def test_each_item_is_told_in_one_entry_however_far_one_scrolls(setting):
    for n in range(400):
        if n % 4 == 0:
            post(setting, f"{TEXT} no. {n % 12}", f"P{n}", ago=n * timedelta(minutes=1))
        else:
            text = f"Northwind flight {n} is late again and nobody knows"
            post(setting, text, f"P{n}", ago=n * timedelta(minutes=1))
    page = Page(setting)
    assert page.more
    page.scroll()
    alike = sum(int(line.split()[-2]) for line in page.lines() if line.endswith(" alike"))
    assert len(page.lines()) == 303
    assert len(page.lines()) + alike == 400


def test_a_column_of_copies_still_has_something_to_read(setting):
    for n in range(120):
        post(setting, TEXT, f"P{n}", ago=n * timedelta(minutes=1))
    for n in range(60):
        text = f"Northwind flight {n} is late again and nobody knows"
        post(setting, text, f"Q{n}", ago=3 * HOUR + n * timedelta(minutes=1))
    assert len(Page(setting).lines()) > 20


def test_what_is_withdrawn_leaves_its_entry(setting):
    original = post(setting, name="Olga", ago=2 * HOUR)
    first = repost(setting, original, "Ana", ago=HOUR)
    copy = post(setting, f"{TEXT} https://b.example", "Ben")
    page = Page(setting)
    assert page.lines() == [f"Ana reposted | Olga | {TEXT} | and 1 alike"]
    purge(setting, first)
    page.follow()
    assert page.lines() == [f"Olga | {TEXT} | and 1 alike"]
    purge(setting, original)
    page.follow()
    assert page.lines() == [f"Ben | {TEXT} b.example"]
    purge(setting, copy)
    page.follow()
    assert page.lines() == []


def test_a_hidden_account_leaves_its_entries(setting):
    post(setting, ago=HOUR, id="at://did:plc:a/1")
    post(setting, f"{TEXT} https://b.example", "Ben", id="at://did:plc:b/1")
    page = Page(setting)
    hidden = ParseResult()
    hidden.accounts.append(Account("bluesky", "at://did:plc:a/", hidden=True))
    setting.store.apply(hidden)
    page.follow()
    assert page.lines() == [f"Ben | {TEXT} b.example"]
    assert Page(setting).lines() == page.lines()


def test_an_edit_that_says_something_else_comes_out_of_its_entry(setting):
    post(setting, ago=HOUR)
    copy = post(setting, TEXT, "Ben")
    page = Page(setting)
    assert page.lines() == [f"Ana | {TEXT} | and 1 alike"]
    setting.store.add([_changed(copy, text="Northwind flies again, all is well")])
    page.follow()
    assert page.lines() == ["Ben | Northwind flies again, all is well", f"Ana | {TEXT}"]
    assert Page(setting).lines() == page.lines()


def _changed(item, **fields):
    return replace(item, edited=NOW, **fields)


def test_an_edit_to_the_same_words_goes_into_the_entry(setting):
    post(setting, ago=HOUR)
    other = post(setting, "Northwind flies again, all is well", "Ben")
    page = Page(setting)
    setting.store.add([_changed(other, text=TEXT)])
    page.follow()
    assert page.lines() == [f"Ana | {TEXT} | and 1 alike"]


def test_every_viewer_sees_the_same_entries_whenever_they_come(setting):
    original = post(setting, name="Olga", ago=5 * HOUR)
    for n in range(70):
        text = f"Northwind flight {n} is late again and nobody knows"
        post(setting, text, f"P{n}", ago=4 * HOUR - n * timedelta(minutes=1))
    early = Page(setting)
    late = None
    for n in range(12):
        setting.time += timedelta(minutes=1)
        repost(setting, original, f"R{n}")
        post(setting, f"{TEXT} https://b.example/{n}", f"C{n}")
        if n == 6:
            part = next(c for c in early.board.state()["columns"] if c["key"] == "northwind")
            late = {item["key"]: item for item in part["items"]}
        early.follow()
    again = next(c for c in early.board.state()["columns"] if c["key"] == "northwind")
    for item in again["items"]:
        assert early.held[item["key"]]["node"] == item["node"]
    assert late
    assert early.lines()[0] == f"R11 and 11 others reposted | Olga | {TEXT} | and 12 alike"


def test_counts_of_an_entry_reach_each_column_as_it_shows_it(setting):
    item = post(setting, media=(Media("image", "https://cdn.example/a.jpg"),), ago=HOUR)
    small, large = Page(setting), Page(setting, "all")
    likes = ParseResult()
    likes.counts.append(Count("like-1", item.id, "likes", 1, "bluesky"))
    setting.store.apply(likes)
    small.follow()
    large.follow()
    key = f"bluesky:{item.id}"
    assert "1 like" in str(small.held[key]["node"])
    assert "1 like" in str(large.held[key]["node"])
    assert classed(large.held[key]["node"], "wb-large")
    assert not classed(small.held[key]["node"], "wb-large")


def test_what_came_since_a_visit_folds_reposts_alone(setting):
    original = post(setting, name="Olga", ago=3 * HOUR)
    board = setting.board()
    board.state()
    setting.time += HOUR
    repost(setting, original, "Ana")
    repost(setting, original, "Ben")
    post(setting, TEXT, "Copy")
    page = board.older("new", (setting.time + HOUR).isoformat(), NOW.isoformat())
    assert [read(item) for item in page["items"]] == [
        f"Copy | {TEXT}",
        f"Ben and Ana reposted | Olga | {TEXT}",
    ]


def test_volume_counts_every_item_whatever_is_folded(setting):
    setting.cover(24)
    for n in range(5):
        post(setting, TEXT, f"P{n}", ago=timedelta(minutes=n))
    board = setting.board()
    part = column(board.state(), "Northwind")
    assert len(part["items"]) == 1
    volume = next(node for node in part["parts"] if "wb-volume" in node[1]["class"])
    assert "at most 5 at" in str(volume)


def test_the_first_of_an_entry_that_no_longer_shows_leads_no_more(setting, tmp_path):
    deck = DECK.replace("query: northwind}", "query: northwind -is:sensitive}", 1)
    setting.store.close()
    setting = Setting(tmp_path, deck)
    with setting.store:
        first = post(setting, ago=HOUR)
        post(setting, TEXT, "Ben")
        page = Page(setting)
        assert page.lines() == [f"Ana | {TEXT} | and 1 alike"]
        setting.store.add([_changed(first, sensitive=True)])
        part = column(page.board.state(), "Northwind")
        assert [read(item) for item in part["items"]] == [f"Ben | {TEXT}"]


def test_a_still_picture_says_what_it_cannot_do(tmp_path):
    setting = Setting(tmp_path, f"media: small\n{DECK}")
    with setting.store:
        media = (Media("image", "https://cdn.example/a.jpg", "a gate"),)
        post(setting, media=media, ago=HOUR)
        post(setting, TEXT, "Ben")
        post(setting, "Northwind and a wreck", "Cleo", sensitive=True)
        html = still(setting.deck, str(setting.store.path))
        assert "picture: a gate" in html
        assert "and 1 alike" in html
        assert "Marked as sensitive." in html
        assert "a wreck" not in html
        assert not re.search("<(img|button|details)", html)
