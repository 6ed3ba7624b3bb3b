"""The stories column: each event once, with who had it first, and what opens behind it."""

from datetime import timedelta
from itertools import pairwise

import pytest
from boards import HOUR, NOW, inside, nodes, setting

from workbench.columns import pinned, stories
from workbench.columns.sighted import ahead, axis, long
from workbench.columns.tree import strings, to_html
from workbench.decks import withhold
from workbench.service.telling import Telling
from workbench.text.telling import Sighting, Story

__all__ = ["setting"]  # the fixture, found here by pytest

DECK = """
title: Northwind Air
zone: Europe/Berlin
sources:
  - {collector: bluesky, keep: all}
  - {collector: mastodon, instance: wing.example, keep: all, confidential: true}
  - {collector: feeds, url: "https://wire.example/rss", tier: wire, label: Harbour Wire}
columns:
  - {type: stories, title: Stories}
  - {type: stories, title: Rivals, query: vesper}
  - {type: stories, title: Calm, mutes: [{word: smoke}]}
"""
MINUTE = timedelta(minutes=1)


def post(setting, text, story, *, ago, **fields):
    """Store a post of a story, the way that the service puts it there."""
    item = setting.post(text, ago=ago, published_precision=0.0, **fields)
    setting.store.put_in(
        {item.key: story},
        seen=setting.store.told_until(),
        now=setting.store.seq(),
    )
    return item


def tell(setting):
    Telling(setting.store, now=lambda: setting.time).finish()


def fire(setting):
    """An event that two post, and that a wire has 41 minutes later."""
    post(setting, "Smoke over the Northwind hangar", "s1", ago=50 * MINUTE)
    post(setting, "Northwind hangar on fire", "s1", ago=30 * MINUTE, author="ben.example")
    post(
        setting,
        "Northwind confirms a fire in a hangar.",
        "s1",
        ago=9 * MINUTE,
        source="feeds",
        tier="wire",
        kind="release",
        title="Northwind on the fire",
        author="Harbour Wire",
        url="https://wire.example/fire",
    )


def cards(setting, n=0):
    state = setting.board().state()
    return [row for node in nodes(state["columns"][n]) for row in node[2:]]


def test_a_story_says_what_happened_and_who_had_it_first(setting):
    fire(setting)
    tell(setting)
    (card,) = cards(setting)
    told = setting.board().state()["columns"][0]["note"]
    assert (
        told == "Social networks first in 1 of 1 that both they and the wires had; the wires in 0."
    )
    text = strings(card)
    assert "On social networks 41 min before the wires." in text
    assert "2 posts, 1 release" in text
    assert card[1]["data-about"] == "story:s1"
    assert [strings(each) for each in inside(card, "wb-open")] == ["Northwind on the fire"]
    assert inside(card, "wb-chart")[0][1]["aria-label"].startswith("First on social networks")


def test_a_click_opens_summary_times_and_members(setting):
    fire(setting)
    tell(setting)
    opened = setting.board().opened("stories", "story:s1")
    text = "\n".join(map(strings, opened))
    assert text.index("In short") < text.index("First seen") < text.index("Newest first")
    assert "On social networks: 12:40, ana.example" in text
    assert text.index("Northwind confirms") > 0
    articles = [node for node in opened if node and node[0] == "article"]
    assert [strings(each).count("hangar") > 0 for each in articles] == [True, True, True]
    linked = [part[1]["href"] for node in opened for part in inside(node, "wb-url")]
    assert "https://wire.example/fire" in linked


def test_what_is_said_day_after_day_stands_below_what_broke_today(setting):
    for n in range(12):
        post(setting, f"Sunset no. {n} by the hangar", "s9", ago=n * 20 * HOUR, author=f"a{n}")
    for n in range(3):
        post(setting, f"Smoke over hangar {n}", "s1", ago=2 * HOUR, author=f"b{n}")
    tell(setting)
    assert [card[1]["data-about"] for card in cards(setting)] == ["story:s1", "story:s9"]


def test_an_article_that_a_post_links_to_stands_below_what_several_tell(setting):
    about = {"source": "feeds", "tier": "news", "kind": "article", "author": None}
    post(setting, "The galley.", "s9", ago=HOUR, title="Thirty years in the galley", **about)
    post(setting, "Thirty years in the galley https://a.example/g", "s9", ago=HOUR / 2)
    for n in range(4):
        post(setting, f"Smoke over hangar {n}", "s1", ago=HOUR, author=f"b{n}")
    tell(setting)
    assert [card[1]["data-about"] for card in cards(setting)] == ["story:s1", "story:s9"]


def test_a_query_shows_the_stories_that_some_post_of_theirs_matches(setting):
    fire(setting)
    post(setting, "Vesper strikes", "s2", ago=8 * MINUTE)
    post(setting, "Crews walk out", "s2", ago=7 * MINUTE, author="ben.example")
    tell(setting)
    assert [card[1]["data-about"] for card in cards(setting, 1)] == ["story:s2"]
    board = setting.board()
    assert board.opened("rivals", "story:s2")
    for column, key in (("rivals", "story:s1"), ("rivals", "story:no"), ("no", "story:s1")):
        with pytest.raises(KeyError):
            board.opened(column, key)


def test_what_a_column_keeps_out_is_no_part_of_its_stories(setting):
    fire(setting)
    tell(setting)
    (card,) = cards(setting, 2)
    assert "1 post, 1 release" in strings(card)
    assert "On social networks about 21 min before the wires" in strings(card)
    opened = "".join(map(strings, setting.board().opened("calm", "story:s1")))
    assert "Smoke" not in opened


def test_what_has_not_changed_is_told_once_for_a_column(setting, monkeypatch):
    fire(setting)
    tell(setting)
    board = setting.board()
    board.state()
    made = []
    real = stories.made_of
    monkeypatch.setattr(stories, "made_of", lambda *args: made.append(args) or real(*args))
    board._computed._kept.clear()
    board.state()
    assert made == []
    post(setting, "Northwind hangar smoke again", "s1", ago=MINUTE, author="cy.example")
    post(setting, "Northwind hangar is out", "s1", ago=MINUTE, author="di.example")
    tell(setting)
    board._computed._kept.clear()
    assert "2 posts, 1 release" in strings(nodes(board.state()["columns"][2])[0])
    assert len(made) == 1


def test_what_stays_in_the_house_is_in_no_public_story(setting):
    fire(setting)
    post(
        setting,
        "Internal: the hangar is ours",
        "s1",
        ago=55 * MINUTE,
        source="mastodon",
        url="https://wing.example/@a/1",
    )
    tell(setting)
    assert "3 posts" in strings(cards(setting)[0])
    setting.deck = withhold(setting.deck)
    assert "2 posts" in strings(cards(setting)[0])
    assert "Internal" not in str(setting.board().opened("stories", "story:s1"))


def test_words_of_a_withdrawn_post_go_at_once(setting):
    fire(setting)
    tell(setting)
    first = setting.store.members("s1")[0][0]
    setting.store.purge(*first.key)
    assert cards(setting) == []
    tell(setting)
    assert "On social networks 21 min before" in strings(cards(setting)[0])


def test_without_stories_it_says_why(setting):
    state = setting.board().state()["columns"][0]
    assert state["state"]["level"] == "empty"
    assert "came in the last 24 hours" in state["state"]["text"]
    setting.post("Northwind")
    assert "workbench stories" in setting.board().state()["columns"][0]["note"]


def test_what_is_hostile_stays_text(setting):
    for n, author in enumerate(("a", "b")):
        post(
            setting,
            "<img src=x onerror=alert(1)> \u202efire fire fire",
            "s1",
            ago=n * MINUTE,
            author=author,
            url="javascript:alert(1)",
        )
    tell(setting)
    html = to_html(cards(setting)[0], now=NOW, zone="UTC")
    assert "\u202e" not in html
    html += "".join(
        to_html(node, now=NOW, zone="UTC")
        for node in setting.board().opened("stories", "story:s1")
        if node
    )
    assert "<img" not in html
    assert "javascript" not in html


def test_a_pinned_story_stands_first_opens_and_follows_a_merge(setting):
    fire(setting)
    tell(setting)
    setting.store.pin("deck", "s1", kind="story", note="Watch this.")
    board = setting.board()
    state = board.state()
    assert state["columns"][0]["key"] == "-pinned"
    (node,) = nodes(state["columns"][0])
    assert strings(node).startswith("Analyst’s noteWatch this.")
    assert node[1]["data-pin"] == "story:s1"
    assert inside(node, "wb-entry")[0][1]["data-about"] == "story:s1"
    assert board.opened("-pinned", "story:s1")
    with pytest.raises(KeyError):
        board.opened("-pinned", "story:s2")


def test_of_a_pinned_story_that_is_gone_the_note_stays(setting):
    setting.store.pin("deck", "s1", kind="story", note="Watch this.")
    setting.store.pin("deck", "s2", kind="story")
    found = pinned.standing(setting.store, setting.deck, setting.store.pins("deck"), now=NOW)
    (node,) = pinned.nodes(found, now=NOW)
    assert "nothing left that tells it" in strings(node)


def story(**seen):
    sightings = {
        tier: Sighting(("a", tier), NOW + minutes * MINUTE, doubt)
        for tier, (minutes, doubt) in seen.items()
    }
    return Story(
        **dict.fromkeys(("id", "headline"), "s"),
        **dict.fromkeys(("summary", "entities", "spark", "sources", "authors"), ()),
        **dict.fromkeys(("compound", "lead")),
        n=2,
        tiers={},
        sightings=sightings,
        state="rumour",
        first=NOW,
        last=NOW,
        is_told=True,
    )


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        ({"social": (0, 1), "wire": (41, 1)}, "On social networks 41 min before the wires"),
        ({"social": (90, 1), "wire": (0, 1)}, "On the wires 1 h 30 min before social networks"),
        (
            {"social": (0, 0), "wire": (20, 300)},
            "On social networks about 20 min before the wires (known to ± 5 min)",
        ),
        (
            {"social": (0, 1), "wire": (0.01, 1)},
            "On social networks and on the wires at the same minute",
        ),
        (
            {"social": (0, 0), "wire": (3, 300)},
            "On social networks and on the wires at about the same time, as far as ± 5 min tells",
        ),
        ({"social": (0, 1), "wire": (0.5, 1)}, "On social networks 30 s before the wires"),
        ({"social": (0, 1), "news": (180, 1)}, "On social networks 3 h before news sites"),
        ({"filing": (0, 1), "news": (1, 1)}, "In a filing 1 min before news sites"),
        ({"social": (0, 1)}, "On social networks only"),
        (
            {"social": (0, 1), "wire": (5, 1), "report": (20_000, 1)},
            (
                "On social networks 5 min before the wires; in a report 13 days after the first "
                "word of it"
            ),
        ),
        (
            {"social": (9, 1), "report": (0, 1)},
            "On social networks only; a report had it before all others",
        ),
        ({"report": (0, 1)}, "In a report only"),
        ({}, "When it began is not known: none of its items has a time"),
    ],
)
def test_who_had_it_first_in_words(seen, said):
    assert ahead(story(**seen)) == said


def test_names_below_the_line_stand_apart_and_inside():
    drawing = axis(
        story(social=(0, 1), wire=(1, 1), filing=(2, 1), news=(3, 1), report=(900, 1)), width=294
    )
    places = [float(part[1]["x"]) for part in drawing[2:] if part[0] == "text"]
    assert all(b - a >= 46 for a, b in pairwise(places))
    assert min(places) >= 0
    assert max(places) <= 294 - 30
    assert axis(story(social=(0, 1)), width=294) is None


def test_spans_are_as_exact_as_it_matters():
    assert long(HOUR - timedelta(seconds=20)) == "1 h"
    assert long(3 * HOUR + 10 * MINUTE) == "3 h"
