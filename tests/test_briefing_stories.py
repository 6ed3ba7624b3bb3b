"""Stories in a briefing: what happened, who had it first, and what can go again."""

from datetime import UTC, datetime, timedelta

import pytest

from workbench import documents, store
from workbench.briefings import briefing
from workbench.items import Item
from workbench.service.telling import Telling

NOW = datetime(2026, 11, 26, 7, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DECK = """
title: Acme
sources:
  - {collector: bluesky, keep: all}
  - {collector: mastodon, instance: in.example, confidential: true}
columns: [{type: search, title: Acme, query: acme}]
"""
FIRE = "Smoke over the Acme <hangar> at Kestrel Valley #KestrelFire"


def item(ident, text, minute, **fields):
    known = {"source": "bluesky", "author": f"{ident}.example", "published_precision": 1.0}
    when = NOW - timedelta(hours=3) + minute * MINUTE
    return Item(**(known | {"id": ident, "text": text, "published": when} | fields))


@pytest.fixture
def made(tmp_path):
    path = tmp_path / "acme.yaml"
    path.write_text(DECK)
    address = str(tmp_path / "w.db")
    with store.open(address, now=lambda: NOW) as opened:
        opened.add(
            [
                item("a", FIRE, 0),
                item("b", f"{FIRE} again", 5),
                item(
                    "c",
                    f"Seen from our own gate: {FIRE}",
                    2,
                    source="mastodon",
                    url="https://in.example/1",
                ),
                item(
                    "w", FIRE, 41, source="feeds", tier="wire", kind="release", title="Acme on fire"
                ),
            ]
        )
        Telling(opened, now=lambda: NOW).finish()
    return lambda **options: briefing(str(path), address=address, now=lambda: NOW, **options)


def test_it_tells_what_happened_and_who_had_it_first(made):
    report = made()
    html = report.stories()._repr_html_()
    assert "<h2>What happened</h2>" in html
    assert "<h4>Acme on fire</h4>" in html
    assert "On social networks 41 min before the wires." in html
    assert "Social networks first in 1 of 1" in html
    assert "<hangar>" not in html
    assert 'href="#f-s0">2 posts, 1 release<sup>1</sup>' in html
    listed = report.items()._repr_html_()
    assert listed.count("<li data-item") == 3
    assert "The items behind" in listed
    assert repr(report.stories()).startswith("## What happened\n\n- Acme on fire (")


def test_what_is_confidential_is_in_no_story_of_a_briefing_that_leaves_the_house(made):
    assert "our own gate" not in made().stories()._repr_html_()
    assert "2 posts" in made().stories()._repr_html_()
    assert "3 posts" in made(confidential=True).stories()._repr_html_()


def test_words_of_what_is_withdrawn_can_be_taken_out_again(made):
    html = made().stories()._repr_html_()
    keys = documents.keys(html)
    assert ("feeds", "w") in keys
    left = documents.without(html, keys)
    assert "Acme on fire" not in left
    assert "Smoke" not in left


def test_without_stories_there_is_no_such_part(made):
    assert repr(made(since="1h").stories()) == ""


def test_a_headline_goes_with_the_post_whose_words_it_is(tmp_path):
    path = tmp_path / "acme.yaml"
    path.write_text(DECK)
    words = "Smoke https://x.example/1 over the Acme hangar at Kestrel Valley since noon, they say"
    with store.open(tmp_path / "w.db", now=lambda: NOW) as opened:
        opened.add(
            [
                item("a", "What is that cloud above Kestrel Valley, by the Acme hangar?", 0),
                item("b", f"@ana {words}", 5),
                item("c", "Smoke over the Acme hangar at Kestrel Valley", 9, kind="reply"),
            ]
        )
        Telling(opened, now=lambda: NOW).finish()
        (story,) = opened.stories()
    assert story.headline == "Smoke over the Acme hangar at Kestrel Valley since noon, they say"
    report = briefing(str(path), address=str(tmp_path / "w.db"), now=lambda: NOW)
    left = documents.without(report.stories()._repr_html_(), {("bluesky", "b")})
    assert "since noon" not in left
    assert "What is that cloud" in left


@pytest.mark.parametrize(("query", "is_told"), [("kestrel", True), ("vesper", False)])
def test_it_tells_what_the_decks_own_column_of_stories_has(made, tmp_path, query, is_told):
    text = DECK.replace("columns: [", f"columns: [{{type: stories, title: S, query: {query}}}, ")
    (tmp_path / "acme.yaml").write_text(text)
    assert bool(repr(made().stories())) is is_told
