"""The primer's examples: chosen from the store, counted, and text whatever a post holds."""

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pytest

from workbench import store
from workbench.items import Item
from workbench.primer import Primer

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> \u202e"


def shown(said):
    return said._repr_html_()


def item(n, **fields):
    known = {"source": "bluesky", "id": f"at://did:plc:a/app.bsky.feed.post/{n}", "lang": "en"}
    given = {"text": f"post {n}", "author": f"p{n}.example", "author_name": f"Person {n}"}
    return Item(**known | given | {"published": NOW - timedelta(minutes=n)} | fields)


@pytest.fixture(scope="module")
def demo(tmp_path_factory, demo_store):
    """A primer of the demo's store."""
    address = str(demo_store(tmp_path_factory.mktemp("demo") / "demo.db"))
    return Primer(address, deck=str(ROOT / "decks" / "demo.yaml"))


@pytest.fixture
def own(tmp_path):
    """A store that is not the demo's, and a primer of it."""
    address = str(tmp_path / "w.db")
    with store.open(address, now=lambda: NOW) as opened:
        yield opened, Primer(address, deck=str(ROOT / "decks" / "demo.yaml"), now=lambda: NOW)


def test_the_notebook_is_short_and_says_for_whom_it_is():
    made = nbformat.read(ROOT / "notebooks" / "primer.ipynb", 4)
    nbformat.validate(made)
    code = [cell for cell in made.cells if cell.cell_type == "code"]
    assert len(code) <= 12
    first = made.cells[0].source
    assert first.startswith("# New here?\n\nFor everybody who reads the page")
    text = " ".join(cell.source for cell in made.cells if cell.cell_type == "markdown")
    for word in ("post", "hashtag", "repost", "like", "reply", "column"):
        assert f"**{word}" in text
    assert not re.search(r"\b(z-score|lift|compound|tier|baseline|sentiment)\b", text.lower())


def test_the_demo_s_examples_are_of_the_day_and_counted(demo):
    assert "invented airline industry" in shown(demo.source)
    spelt = re.search(r"<b>(#\w+)</b> in the last day", shown(demo.hashtag))[1]
    with store.open(demo.address, now=demo.now) as opened:
        recent = opened.search("tier:social", since="24h", limit=5000)
        tagged = opened.search(f"{spelt} tier:social", since="24h", limit=1000)
    tags = Counter(tag.casefold() for post in recent for tag in set(post.hashtags))
    assert spelt.removeprefix("#").casefold() == tags.most_common(1)[0][0]
    assert f"<summary>{len(tagged)} posts carry" in shown(demo.hashtag)
    assert shown(demo.hashtag).count("<li>") == 8
    reposts = int(re.search(r"passed on (\d+) times", shown(demo.repost))[1])
    assert f"{reposts} reposts" in shown(demo.repost)
    likes = int(re.search(r"liked by (\d+) people", shown(demo.like))[1])
    assert f"{likes} likes" in shown(demo.like)
    assert shown(demo.reply).count("<blockquote>") == 2
    assert "<b>Northwind</b> asks for <code>(northwind OR #northwindair)" in shown(demo.column)
    assert re.search(r"\d+ answers in the last day", shown(demo.column))


def test_the_event_is_told_with_the_minutes_that_truth_gives(demo):
    truth = json.loads((ROOT / "data" / "fixtures" / "truth.json").read_text())
    event = next(each for each in truth["events"] if each["id"] == "meridian-218")
    broke = {tier: datetime.fromisoformat(at) for tier, at in event["broke"].items()}
    assert broke["news"] - broke["social"] == timedelta(minutes=34)
    assert broke["wire"] - broke["social"] == timedelta(hours=2, minutes=50)
    html = shown(demo.event)
    places = [
        html.index(words)
        for words in (
            "On the social network 2 h 50 min before the newswire",
            "Loud bang on climb-out at Havenholm",
            "34 minutes later",
            "Meridian jet returns to Havenholm after bang and flames",
            "2 h 50 min later",
            "Meridian Airways Statement on Flight MA218",
        )
    ]
    assert places == sorted(places)
    assert "first post" in html
    worth = shown(demo.worth)
    assert "<b>34 minutes</b>" in worth
    assert "3 days later the authority ordered" in worth
    assert "Of 4 rumours in these two weeks 3 were denied and 1 came to nothing" in worth


def test_who_was_first_is_counted_and_every_event_stands_behind_it(demo):
    truth = json.loads((ROOT / "data" / "fixtures" / "truth.json").read_text())
    first = [event["first"] for event in truth["events"]]
    html = shown(demo.firsts)
    assert f"Social first: {first.count('social')} of {len(first)}" in html
    assert f"{first.count('wire')} of {len(first)}" in html
    assert html.count("<tr>") == len(first) + 1
    assert "<td>never</td>" in html


def test_another_store_says_so_and_uses_what_there_is(own):
    opened, primer = own
    opened.add(
        [
            item(1, text="fares rise #Fares", likes=7, reposts=3),
            item(2, text="indeed", kind="reply", reply_to=item(1).id),
        ]
    )
    assert "your own workbench has collected" in shown(primer.source)
    assert "1 post carries <b>#Fares</b>" in shown(primer.hashtag)
    assert "liked by 7 people" in shown(primer.like)
    assert "passed on 3 times" in shown(primer.repost)
    assert "indeed" in shown(primer.reply)
    assert "this store is not the demo's" in shown(primer.event)
    assert shown(primer.worth) == ""


def test_an_empty_store_names_the_command_that_fills_it(own):
    _, primer = own
    assert "<code>workbench demo</code>" in shown(primer.source)
    for said in (primer.hashtag, primer.repost, primer.like, primer.reply):
        assert shown(said).startswith("<p>The store has no ")
    assert "0 answers in the last day" in shown(primer.column)


def test_what_posts_say_stays_text(own):
    opened, primer = own
    name = {"author": "<b>ana", "author_name": HOSTILE}
    opened.add(
        [
            item(1, text=f"northwind #Fares {HOSTILE}", likes=7, reposts=3, **name),
            item(2, text=HOSTILE, kind="reply", reply_to=item(1).id, **name | {"author": "<b>bo"}),
        ]
    )
    for said in (primer.hashtag, primer.repost, primer.like, primer.reply, primer.column):
        html = shown(said)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
        assert "<script" not in html
        assert not re.search("<b>(ana|bo)", html)


def test_a_deck_that_cannot_be_read_is_a_sentence(tmp_path):
    with store.open(str(tmp_path / "w.db")) as opened:
        opened.add([item(1)])
    primer = Primer(str(tmp_path / "w.db"), deck="nosuch")
    assert "there is no deck of that name" in shown(primer.column)
