"""Which stories of a column come first, and what a card says: answers worked out by hand."""

from dataclasses import replace
from datetime import timedelta
from math import log2

import pytest
from boards import HOUR, NOW, inside, nodes, setting

from workbench.columns import stories
from workbench.columns.tree import strings
from workbench.decks import poll_of
from workbench.service.telling import Telling
from workbench.text.telling import Sighting, Story

__all__ = ["setting"]  # the fixture, found here by pytest

DECK = """
title: Northwind Air
zone: UTC
sources:
  - {collector: bluesky, keep: all}
columns:
  - {type: stories, title: Stories}
  - {type: stories, title: Calm, mutes: [{word: smoke}]}
"""
MINUTE = timedelta(minutes=1)


def story(*spark, ago=0.0, authors=0, kinds=("social",), **fields):
    """Return a story of so many items in each hour, by so many, whose last is hours old."""
    n = sum(spark)
    known = {
        "id": "s",
        "headline": "Smoke",
        "summary": (),
        "entities": (),
        "compound": None,
        "spark": spark,
        "n": n,
        "sources": ("x",),
        "authors": tuple(map(str, range(authors))),
        "tiers": {kinds[0]: n},
        "sightings": {kind: Sighting(("x", kind), NOW, 0.0) for kind in kinds},
        "lead": None,
        "state": "rumour",
        "first": NOW,
        "last": NOW - ago * HOUR,
        "is_told": True,
    }
    return Story(**known | fields)


QUIET = [0] * 22


@pytest.mark.parametrize(
    ("told", "weight"),
    [
        (story(1, 3, 2, authors=6), log2(6.5)),
        # Half of it after six hours, a quarter after twelve.
        (story(1, 3, 2, authors=6, ago=6), log2(6.5) / 2),
        (story(1, 3, 2, authors=6, ago=12), log2(6.5) / 4),
        # Another kind of sources adds half as much, a third as much again.
        (story(1, 3, 2, authors=6, kinds=("social", "wire")), log2(6.5) * 1.5),
        (story(1, 3, 2, authors=6, kinds=("social", "wire", "news")), log2(6.5) * 2),
        # No more than tell it; one at least.
        (story(1, 3, 2, authors=4), log2(4.5)),
        (story(6, authors=0), log2(1.5)),
        # Of what names nobody two are one, beside those who are named or not.
        (story(6, kinds=("wire",)), log2(3.5)),
        (story(6, authors=2, kinds=("wire",)), log2(3.5)),
        (story(6, authors=2, kinds=("social",), tiers={"social": 2, "news": 4}), log2(2.5)),
        # The busiest 24 hours, by their part of the whole; the 25th is another day's.
        (story(1, *QUIET, 1, authors=2), log2(2.5)),
        (story(1, *QUIET, 0, 1, authors=2), log2(1.5) / 2),
        (story(5, *QUIET, 0, 0, 3, 2, authors=9), log2(5.5) / 2),
    ],
)
def test_the_weight_of_a_story_is_how_many_tell_it_how_lately(told, weight):
    assert stories._weight(told, NOW) == pytest.approx(weight)


@pytest.mark.parametrize(
    ("told", "drawn"),
    [
        (story(2, 5), [2, 5]),
        (story(2, 5, ago=3.5), [2, 5, 0, 0, 0]),
        (story(4), [0, 4]),
        (story(4, ago=1), [4, 0]),
        (story(4, ago=23), [4, *[0] * 23]),
        (story(4, ago=24), [0] * 24),
        (story(4, ago=400), [0] * 24),
        (story(*range(30)), [*range(6, 30)]),
    ],
)
def test_a_cards_line_is_of_the_last_day(told, drawn):
    assert stories._lately(told, NOW) == drawn


@pytest.mark.parametrize(("n", "lines"), [(2, 0), (3, 1)])
def test_of_two_items_no_line_is_drawn(n, lines):
    assert len(inside(stories.card(story(n), width="medium", now=NOW), "wb-spark")) == lines


@pytest.mark.parametrize(("width", "column"), [("narrow", 260), ("medium", 320), ("wide", 400)])
def test_the_line_of_first_sightings_is_as_wide_as_its_column_leaves_it(width, column):
    card = stories.card(story(3, kinds=("social", "wire")), width=width, now=NOW)
    (drawing,) = inside(card, "wb-chart")
    # A column's edge and a card's padding on either side take 26.
    assert drawing[1]["viewBox"] == f"0 0 {column - 26} 36"


def test_a_card_says_by_how_many_it_is_told_and_what_it_holds():
    assert stories.voices(story(3, authors=1)) == "1 account"
    assert stories.voices(story(3, authors=2)) == "2 accounts"
    assert stories.voices(story(3)) == "1 source"
    assert stories.voices(story(3, sources=("x", "y"))) == "2 sources"
    tiers = {"report": 1, "filing": 2, "wire": 1, "news": 1, "social": 2}
    held = "2 posts, 1 article, 1 release, 2 filings, 1 report"
    assert stories.holds(story(7, tiers=tiers)) == held


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("rumour", "one source so far"),
        ("corroborated", "several sources"),
        ("wire", "on the wire"),
        ("official", "official"),
        ("denied", "denied"),
    ],
)
def test_a_card_says_in_plain_words_how_sure_it_is(state, words):
    card = stories.card(story(3, state=state), width="medium", now=NOW)
    (who,) = inside(card, "wb-who")
    assert strings(who) == words
    assert who[2][1]["data-why"].endswith(".")


@pytest.mark.parametrize(
    ("compound", "tone", "words"),
    [(0.3, "pos", "positive"), (-0.3, "neg", "negative"), (0.0, "neu", ""), (None, "unread", "")],
)
def test_a_cards_edge_and_foot_say_how_it_reads(compound, tone, words):
    card = stories.card(story(3, compound=compound), width="medium", now=NOW)
    assert f"wb-is-{tone}" in card[1]["class"]
    assert "".join(map(strings, inside(card, "wb-mood")))[2:] == words


def test_a_card_in_a_column_opens_and_the_opened_one_does_not():
    closed = stories.card(story(3, headline=""), width="medium", now=NOW)
    assert closed[1]["data-about"] == "story:s"
    assert [strings(each) for each in inside(closed, "wb-open")] == ["Untitled"]
    opened = stories.card(story(3), width="wide", now=NOW, tag="div", is_closed=False)
    assert "data-about" not in opened[1]
    assert "wb-opened" in opened[1]["class"]
    assert inside(opened, "wb-open") == []


def put(setting, ident, *, ago, n=2, **fields):
    for each in range(n):
        fields = {"published_precision": 0.0} | fields
        item = setting.post(f"Smoke {ident} {each}", ago=ago, author=f"{ident}{each}", **fields)
        told = setting.store.told_until()
        setting.store.put_in({item.key: ident}, seen=told, now=setting.store.seq())


def tell(setting, polls=dict):
    Telling(setting.store, now=lambda: setting.time, polls=polls).finish()


def standing(setting, **options):
    column = setting.deck.columns[0]
    options = {"since": NOW - 24 * HOUR} | options
    found = stories.standing(setting.store, setting.deck, column, NOW, **options)
    return [each.id for each in found]


def test_the_weightiest_come_first_or_those_that_something_came_to_last(setting):
    put(setting, "large", ago=2 * HOUR, n=5)
    put(setting, "late", ago=MINUTE)
    put(setting, "old", ago=30 * HOUR, n=9)
    tell(setting)
    assert standing(setting) == ["large", "late"]
    assert standing(setting, is_ranked=False) == ["late", "large"]
    assert standing(setting, limit=1) == ["large"]
    assert standing(setting, limit=1, is_ranked=False) == ["late"]
    assert standing(setting, since=None) == ["large", "late", "old"]
    (rows,) = nodes(setting.board().state()["columns"][0])
    assert [card[1]["data-about"] for card in rows[2:]] == ["story:large", "story:late"]


def test_a_column_shows_the_twenty_weightiest(setting):
    for place in range(21):
        put(setting, f"s{place:02}", ago=place * MINUTE)
    tell(setting)
    assert standing(setting) == [f"s{place:02}" for place in range(20)]


def test_what_is_still_to_be_gone_through_is_told_from_a_thousand_changes_on(setting):
    assert stories.waiting(setting.store) == ""
    setting.post("Northwind")
    assert "at once by: workbench stories" in stories.waiting(setting.store)
    setting.store.put_in({}, seen=setting.store.told_until(), now=setting.store.seq())
    assert stories.waiting(setting.store) == ""
    item = setting.post("Northwind again")
    told = setting.store.told_until()
    setting.store.add(replace(item, id=f"{item.id}-{n}") for n in range(999))
    assert setting.store.seq() - told == 1_000
    assert stories.waiting(setting.store) == ""
    setting.post("One more")
    said = "Being put together: 1,001 changes are still to be gone through."
    assert stories.waiting(setting.store) == said


def test_times_are_no_more_exact_where_another_decks_source_brought_it(setting):
    wire = {"tier": "wire", "kind": "release", "n": 1}
    put(setting, "s1", ago=50 * MINUTE)
    put(setting, "s1", ago=25 * MINUTE, source="feeds", **wire)
    tell(setting, lambda: {"feeds": 900.0})

    def opened(column):
        return "".join(map(strings, setting.board().opened(column, "story:s1")))

    # The deck has no such source, but whoever told the story knew how often that is asked.
    assert "about 25 min before the wires (known to ± 15 min)" in opened("stories")
    assert "(± 15 min)" in opened("stories")
    # Of what stands first only here nobody told: as often as such a source is asked by itself.
    calm = {"ago": 20 * MINUTE, "source": "newswires", "published_precision": 1.0} | wire
    del calm["n"]
    item = setting.post("All is well", **calm)
    setting.store.put_in({item.key: "s1"}, seen=setting.store.told_until(), now=setting.store.seq())
    tell(setting, lambda: {"feeds": 900.0})
    assert poll_of("newswires") == 180
    assert "(± 3 min)" in opened("calm")
    assert "(± 15 min)" not in opened("calm")
    assert poll_of("bluesky") == poll_of("nothing-installed") == 0
