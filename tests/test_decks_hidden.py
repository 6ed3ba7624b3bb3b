"""What a deck hides: no column, chart, count or briefing shows it, and nothing of it is lost."""

import pytest
from boards import HOUR, NOW, Setting
from boards import column as column_of

from workbench import decks
from workbench.briefings import briefing
from workbench.columns.opened import opened
from workbench.columns.tree import strings
from workbench.decks import Draft
from workbench.errors import DeckError
from workbench.items import Item
from workbench.query import parse
from workbench.service.keep import Wants

HIDDEN = """
title: Northwind Air
lists: {board: [ana.example]}
sources:
  - {collector: bluesky, keep: all}
columns:
  - {type: search, title: Northwind, query: northwind OR fares}
  - {type: newswire, title: Newswire}
  - {type: trending, title: Trending}
  - {type: sentiment, title: Mood, query: tier:social}
  - {type: share-of-voice, title: Voices, queries: {N: northwind, F: fares}}
  - {type: merged, title: All, columns: [northwind, newswire]}
  - {type: since-last-visit, title: New}
  - {type: alerts, title: Alerts}
hidden:
  posts:
    - bluesky:1
    - key: "bluesky:at://b/2"
      text: hidden by ana
  authors: ["@Spam.example"]
"""
HIDES = "-list:hidden-authors -id:hidden-posts"


def refused(tmp_path, text):
    path = tmp_path / "ceo.yaml"
    path.write_text(text)
    with pytest.raises(DeckError) as caught:
        decks.load(path)
    return caught.value


def load(tmp_path, text=HIDDEN):
    path = tmp_path / "ceo.yaml"
    path.write_text(text)
    return decks.load(path)


def test_every_query_of_the_deck_leaves_out_what_is_hidden_and_readers_are_not_shown_how(tmp_path):
    deck = load(tmp_path)
    told = {column.key: (column.text, str(column.query)) for column in deck.columns}
    assert told["northwind"] == ("northwind OR fares", f"(northwind OR fares) {HIDES}")
    assert told["newswire"] == ("tier:wire", f"tier:wire {HIDES}")
    assert told["trending"] == ("", HIDES)
    assert told["mood"] == ("tier:social", f"tier:social {HIDES}")
    assert told["all"][1] == f"(northwind OR fares OR tier:wire) {HIDES}"
    voices = {name: str(query) for name, query in deck.columns[4].queries}
    assert voices == {"N": f"northwind {HIDES}", "F": f"fares {HIDES}"}
    assert not deck.columns[2].asks
    assert parse(told["northwind"][1]) == deck.columns[0].query
    assert deck.people == {"board": ("ana.example",)}
    assert [each.text for each in deck.hidden.posts] == ["", "hidden by ana"]
    assert deck.hidden.authors == ("Spam.example",)


def test_a_deck_that_hides_nothing_asks_as_ever(tmp_path):
    for end in ("", "hidden: {}\n", "hidden: {posts: [], authors: []}\n"):
        deck = load(tmp_path, HIDDEN.partition("hidden:")[0] + end)
        assert str(deck.columns[0].query) == "northwind OR fares"
        assert deck.columns[2].query is None
    deck = load(tmp_path, HIDDEN.partition("hidden:")[0] + "hidden: {authors: [a]}\n")
    assert str(deck.columns[2].query) == "-list:hidden-authors"


@pytest.mark.parametrize(
    ("text", "key", "says"),
    [
        ("hidden: {post: []}", "hidden.post", "did you mean posts?"),
        ("hidden: {posts: [5]}", "hidden.posts[1]", "needs keys (key, text)"),
        ("hidden: {posts: [nothing]}", "hidden.posts[1]", "'nothing' is no post"),
        ("hidden: {posts: [{text: x}]}", "hidden.posts[1]", "has no key"),
        ("hidden: {authors: ['a b']}", "hidden.authors[1]", "'a b' is no account"),
        (f"hidden: {{authors: [{', '.join(f'a{n}' for n in range(501))}]}}", "hidden.authors",
         "hides 501; at most 500"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_where_it_stands(tmp_path, text, key, says):
    error = refused(tmp_path, HIDDEN.partition("hidden:")[0] + text)
    assert error.key == key
    assert says in error.message


def test_its_lists_are_nobody_s_to_name_or_to_ask_for(tmp_path):
    error = refused(tmp_path, HIDDEN.replace("board:", "hidden-authors:"))
    assert "stands for what the deck hides" in error.message
    for asked in ("list:hidden-authors", "id:hidden-posts"):
        error = refused(tmp_path, HIDDEN.replace("northwind OR fares", asked))
        assert error.key == "columns[1].query"


@pytest.fixture
def shown(tmp_path):
    made = Setting(tmp_path, HIDDEN)
    yield made
    made.store.close()


def keys(state, column="Northwind"):
    return [item["key"] for item in column_of(state, column)["items"]]


def test_no_column_shows_it_nor_counts_it_and_none_of_it_comes_in_live(shown):
    shown.live()
    shown.cover(24)
    shown.post("northwind one", id="1")
    shown.post("northwind two", id="at://b/2")
    shown.post("northwind three", author="spam.example")
    shown.post("northwind flies again", id="4")
    shown.post("fares up at another airline, says a paper", id="1", source="mastodon")
    board = shown.board()
    state = board.state()
    assert keys(state) == keys(state, "All") == ["mastodon:1", "bluesky:4"]
    deck = shown.deck
    for query in (deck.columns[0].query, deck.columns[3].query):
        asked = {"lists": deck.lists, "since": NOW - HOUR}
        assert sum(each.n for each in shown.store.tally(query, every="1h", **asked)) == 2
        assert len(shown.store.search(query, lists=deck.lists)) == 2
    shown.post("northwind five", author="Spam.example", id="5")
    shown.post("northwind again", id="1")
    shown.post("northwind six", id="6")
    update = board.advance()
    assert [each["key"] for each in update["columns"]["northwind"]["add"]] == ["bluesky:6"]


def test_nothing_around_an_opened_post_shows_it_and_no_reason_speaks_of_it(shown):
    shown.live()
    shown.post("northwind begins", id="1", author="bob.example")
    answered = shown.post("northwind is answered", id="2", reply_to="1", kind="reply")
    shown.post("secret answer", id="3", reply_to="2", kind="reply", author="spam.example")
    shown.post("plain answer", id="4", reply_to="2", kind="reply", author="cy.example")
    nodes = opened(
        shown.store, shown.deck, shown.deck.columns[0], f"bluesky:{answered.id}", now=shown.time
    )
    said = strings(["div", {}, *nodes])
    assert "northwind is answered" in said
    assert "plain answer" in said
    assert "northwind begins" not in said
    assert "secret" not in said
    assert "hidden-" not in said
    assert "A post before this one is not shown here." in said
    for key in ("bluesky:1", "bluesky:3"):
        assert opened(shown.store, shown.deck, shown.deck.columns[0], key, now=shown.time) is None


def test_what_is_hidden_is_kept_and_what_was_measured_stays_so(shown):
    deck = shown.deck
    wants = Wants([deck])
    item = Item(source="bluesky", id="1", text="northwind", published=NOW, author="spam.example")
    assert wants.may_match(item, NOW)
    assert wants.matches(item, NOW)
    query = deck.columns[0].query
    before, after = NOW - 2 * HOUR, NOW - HOUR
    shown.store.cover("bluesky", "northwind OR fares", before, after, "ok")
    shown.store.cover("bluesky", str(query), after, NOW, "ok")
    span = {"since": before, "until": NOW, "every": "30m"}
    plain = parse("northwind OR fares")
    for asked in (query, plain):
        buckets = shown.store.tally(asked, lists=deck.lists, **span)
        assert all(bucket.measured for bucket in buckets)


def test_a_briefing_shows_nothing_of_it(shown):
    shown.live()
    shown.cover(24 * 8)
    for n in range(4):
        shown.post(f"northwind fares seen{n}", id=f"s{n}", url=f"https://a.example/s{n}", ago=HOUR)
    shown.post("northwind secretword", id="1", likes=900, url="https://a.example/1", ago=HOUR)
    shown.post("northwind otherword", author="spam.example", likes=800, id="9", ago=HOUR)
    made = briefing(shown.deck.path, address=str(shown.store.path), now=lambda: NOW)
    parts = ("front", "volumes", "voices", "mood", "trending", "posts", "items")
    html = "".join(getattr(made, part)()._repr_html_() for part in parts)
    made.store.close()
    assert "seen1" in html
    assert "secretword" not in html
    assert "otherword" not in html


def test_hiding_and_showing_again_are_steps_that_note_who_and_when_and_nothing_that_was_said(
    tmp_path,
):
    path = tmp_path / "ceo.yaml"
    text = HIDDEN.partition("hidden:")[0]
    path.write_text(text)
    draft = Draft(path)
    draft.hide(post="bluesky:at://x/1")
    draft.hide(author="@newsbot.example")
    draft.hide(post="bluesky:at://x/1")
    draft.hide(author="newsbot.example")
    (post,) = draft.deck.hidden.posts
    assert post.key == "bluesky:at://x/1"
    assert post.text.startswith("hidden ")
    assert post.text.endswith(f" by {path.owner()}")
    assert draft.deck.hidden.authors == ("newsbot.example",)
    assert draft.steps == ["Hide a post", "Hide the posts of newsbot.example"]
    draft.unhide(post="bluesky:at://x/1")
    assert draft.undoes == "Show a hidden post again"
    draft.unhide(author="newsbot.example")
    draft.unhide(author="nobody")
    assert draft.text == text
    for _ in range(4):
        draft.undo()
    assert draft.text == text
    with pytest.raises(DeckError, match="is no post"):
        draft.hide(post="nothing")


def test_two_decks_hide_each_their_own(tmp_path):
    one = load(tmp_path, HIDDEN)
    other = load(tmp_path, HIDDEN.replace("bluesky:1", "bluesky:7"))
    item = Item(source="bluesky", id="7", text="northwind", published=NOW)
    assert one.columns[0].query.matches(item, now=NOW, lists=one.lists)
    assert not other.columns[0].query.matches(item, now=NOW, lists=other.lists)
    assert not decks.is_hidden(one, item)
    assert decks.is_hidden(other, item)
