"""The briefing: right numbers, each with its items, and nothing of what others wrote gets out."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from workbench import store
from workbench.briefings import briefing, evidence
from workbench.errors import DeckError, SettingError
from workbench.items import Item

NOW = datetime(2026, 11, 26, 7, 0, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DECK = """
title: Acme & <Sons>
zone: Europe/Zurich
sources:
  - {collector: bluesky, keep: all}
  - {collector: feeds, url: "https://wire.example/rss", label: "A <wire>", tier: wire}
columns:
  - {type: search, title: "Acme <b>", query: acme -is:repost}
  - {type: hashtag, title: Tags, any: [strike]}
  - {type: newswire, title: Newswire}
  - {type: trending, title: Trending}
  - {type: sentiment, title: Mood, query: "acme tier:social"}
  - {type: share-of-voice, title: Voices, queries: {"Acme <i>": acme, Strikers: strike}}
  - {type: source-health, title: Sources}
  - {type: briefings, title: Briefings}
"""
HOSTILE = "acme <script>alert(1)</script> [x](javascript:alert(1)) \u202e \"quoted\" 'and' & `more`"


def post(n, ago, text, **fields):
    known = {"source": "bluesky", "id": f"at://did:plc:a/app.bsky.feed.post/{n}", "lang": "en"}
    known |= {"url": f"https://bsky.example/post/{n}", "author": "ana.example"}
    return Item(**(known | {"published": NOW - ago, "text": text} | fields))


def fill(opened):
    opened.add(
        [
            post(1, 1 * HOUR, "acme is a terrible, horrible failure", likes=7),
            post(2, 2 * HOUR, "acme makes me happy, a wonderful day", likes=9, reposts=1),
            post(3, 3 * HOUR, "acme at noon"),
            post(4, 4 * HOUR, "acme auf Deutsch", lang="de"),
            post(5, 5 * HOUR, HOSTILE, author_name="<i>Bob</i>", url="javascript:alert(1)"),
            post(6, 6 * HOUR, "acme again, repeated", kind="repost", repost_of="at://x"),
            post(7, 7 * HOUR, "acme #strike", sensitive=True),
            *(
                post(f"s{n}", 8 * HOUR + n * HOUR / 60, f"the strike grows {n}", author=f"p{n}")
                for n in range(6)
            ),
            post("old", 30 * HOUR, "acme yesterday, a bad and sad day"),
            *(post(f"o{n}", n * 24 * HOUR + HOUR, f"nothing {n}") for n in range(1, 8)),
            Item(
                source="feeds",
                id="https://wire.example/rss#1",
                kind="release",
                tier="wire",
                published=NOW - HOUR,
                author_name="A wire",
                title="Widgets <em>sold</em>",
                text="ZURICH -- Widgets were sold.",
                url="https://wire.example/1?a=1&b=2",
            ),
        ]
    )
    opened.cover("bluesky", "", NOW - 30 * 24 * HOUR, NOW - 12 * HOUR, "ok")
    opened.cover("bluesky", "", NOW - 10 * HOUR, NOW, "ok")
    opened.cover("feeds:https://wire.example/rss", "", NOW - 30 * 24 * HOUR, NOW, "ok")


@pytest.fixture
def deck(tmp_path):
    path = tmp_path / "acme.yaml"
    path.write_text(DECK)
    return str(path)


@pytest.fixture
def made(tmp_path, deck):
    address = str(tmp_path / "w.db")
    with store.open(address, now=lambda: NOW) as opened:
        fill(opened)
    made = briefing(deck, address=address, now=lambda: NOW)
    yield made
    made.store.close()


class Reader(HTMLParser):
    """What a browser finds in a page: links, ids, and the items of the list."""

    def __init__(self, html):
        super().__init__()
        self.links, self.ids, self.items, self.tags = [], [], [], set()
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags.add(tag)
        assert not [name for name in given if name.startswith("on")]
        if tag == "a":
            self.links.append(given["href"])
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "li" and "href" not in given:
            self.items.append((given.get("class") or "").split())


PARTS = ("front", "pinned", "volumes", "voices", "mood", "trending", "posts", "items", "provenance")


def whole(made):
    return "".join(getattr(made, part)()._repr_html_() for part in PARTS)


def numbers(html):
    """Return for each number that leads somewhere: where, and what it says."""
    found = re.findall(r'<a class="wb-n" href="#f-([\w-]+)">([^<]+)<sup>\d+</sup></a>', html)
    return dict(found)


def test_each_number_is_right(made):
    told = numbers(whole(made))
    assert told["c0"] == "6"  # seven with acme in the span, less the repost
    assert told["c1"] == "1"
    assert told["c2"] == "1"
    # Of seven posts with acme one is German and not read.
    with store.open(made.store.path, now=lambda: NOW) as opened:
        found = opened.search("acme tier:social", since="24h", limit=100)
    scores = [item.compound for item in found]
    assert told["m0neg"] == str(sum(s is not None and s <= -0.05 for s in scores))
    assert told["m0pos"] == str(sum(s is not None and s >= 0.05 for s in scores))
    assert told["m0lef"] == str(sum(s is None for s in scores)) == "1"
    assert told["m0sco"] == str(sum(s is not None for s in scores)) == "6"
    strike = next(key for key in told if key.startswith("t"))
    assert told[strike] in {"6", "7"}


def test_voices_are_counted_and_shared(made):
    html = made.voices()._repr_html_()
    assert numbers(html) == {"v0-0": "7", "v0-1": "7"}  # reposts too, and one that names both
    assert html.count("50\N{NO-BREAK SPACE}%") == 2
    assert "An item that names several counts for each of them." in html
    assert "Acme &lt;i&gt;" in html


def test_each_number_leads_to_just_its_items(made):
    html = whole(made)
    read = Reader(html)
    told = numbers(html)
    assert told
    for key, n in told.items():
        assert f"f-{key}" in read.ids
        assert f"#f-{key}:target~ol>:not(.{key})" in html
        listed = sum(key in classes for classes in read.items)
        if not n.endswith("%"):
            assert listed == int(n), key
    assert len(read.ids) == len(set(read.ids))


def test_items_lead_to_their_source_and_by_http_alone(made):
    read = Reader(whole(made))
    outward = [link for link in read.links if not link.startswith("#")]
    assert "https://bsky.example/post/1" in outward
    assert "https://wire.example/1?a=1&b=2" in outward
    assert all(re.match("https?://", link) for link in outward)
    inward = {link[1:] for link in read.links if link.startswith("#")}
    assert inward <= set(read.ids)


def test_what_others_wrote_stays_text(made):
    html = whole(made)
    read = Reader(html)
    assert not {"script", "i", "em", "iframe", "img"} & read.tags
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "&lt;i&gt;Bob&lt;/i&gt;" in html
    assert "Acme &amp; &lt;Sons&gt;" in html
    assert "\u202e" not in html
    assert 'javascript:alert(1)"' not in html
    for part in PARTS:
        text = getattr(made, part)()._repr_markdown_()
        assert "<script" not in text.replace("\\<", "")
        assert "](javascript" not in text


def test_a_sensitive_post_is_not_shown_without_a_warning(made):
    html = made.posts()._repr_html_()
    assert "marked this post as sensitive" in html
    assert "acme #strike" not in html


def test_the_most_noticed_come_first_and_reposts_not_at_all(made):
    html = made.posts()._repr_html_()
    first = html.partition("<li")[2]
    assert "wonderful day" in first.partition("</li>")[0]
    assert "repeated" not in html
    assert "9 likes · 1 repost" in html


def test_times_are_the_reader_s(made, deck):
    head = made.front()._repr_html_()
    assert "Thursday, 26 November 2026" in head
    assert "The 24 hours to 08:00 (Europe/Zurich)" in head
    address = str(made.store.path)
    there = briefing(deck, zone="Pacific/Auckland", address=address, now=lambda: NOW)
    assert "to 20:00 (Pacific/Auckland)" in there.front()._repr_html_()
    there.store.close()


def test_what_was_not_measured_is_said_and_drawn(made):
    html = made.provenance()._repr_html_()
    assert "1 of 2 sources measured throughout" in html
    assert "22 of 24 hours" in html
    assert "not measured Wed 20:00 to Wed 22:00" in html
    assert "A &lt;wire&gt;" in html
    assert "not measured" in made.volumes()._repr_html_()


def test_what_is_usual_rests_on_what_was_measured(made, deck, tmp_path):
    assert "usually\N{NO-BREAK SPACE}less than 1" in made.volumes()._repr_html_()
    address = str(tmp_path / "young.db")
    with store.open(address, now=lambda: NOW) as opened:
        opened.add([post(1, HOUR, "acme")])
        opened.cover("bluesky", "", NOW - 20 * HOUR, NOW, "ok")
    young = briefing(deck, address=address, now=lambda: NOW)
    html = young.volumes()._repr_html_()
    assert "what is usual is not known yet; 20 of 25 hours measured" in html
    assert numbers(html)["c0"] == "1"
    assert "Not enough was measured before" in young.trending()._repr_html_()
    young.store.close()


def test_a_nought_that_nobody_measured_is_none(deck, tmp_path):
    address = str(tmp_path / "deaf.db")
    with store.open(address, now=lambda: NOW) as opened:
        opened.add([post(1, HOUR, "acme")])
    deaf = briefing(deck, address=address, now=lambda: NOW)
    html = deaf.volumes()._repr_html_()
    assert numbers(html) == {"c0": "1"}
    assert "<th>Newswire</th><td>–</td><td>not measured</td>" in html
    deaf.store.close()


def test_an_empty_store_says_what_would_fill_it(deck, tmp_path):
    empty = briefing(deck, address=str(tmp_path / "none.db"), now=lambda: NOW)
    html = whole(empty)
    assert "There is nothing in the store none.db yet. The command workbench up fills it." in html
    assert not numbers(html)
    empty.store.close()


def test_a_store_that_is_no_longer_filled_names_its_newest_item(made, deck):
    later = NOW + 3 * 24 * HOUR
    late = briefing(deck, address=str(made.store.path), now=lambda: later)
    head = late.front()._repr_html_()
    assert (
        "Nothing was collected in these 24 hours. The newest item in the store w.db is of" in head
    )
    assert "26 November 2026, 07:00" in head
    assert "wb-lead" not in head.partition("</style>")[2]
    late.store.close()


def test_thousands_are_not_all_listed_but_the_most_noticed_are(deck, tmp_path, monkeypatch):
    monkeypatch.setattr(evidence, "_WHOLE", 50)
    monkeypatch.setattr(evidence, "_HELD", 20)
    address = str(tmp_path / "w.db")
    with store.open(address, now=lambda: NOW) as opened:
        opened.add([post(n, HOUR + n * HOUR / 3600, f"acme {n}", likes=n) for n in range(200)])
        opened.cover("bluesky", "", NOW - 30 * 24 * HOUR, NOW, "ok")
    made = briefing(deck, address=address, now=lambda: NOW)
    assert numbers(made.volumes()._repr_html_())["c0"] == "200"
    html = made.items()._repr_html_()
    assert "the 20 most noticed of 200." in html
    assert "workbench search &#x27;acme -is:repost&#x27; --since 24h" in html
    shown = [int(n) for n in re.findall(r">acme (\d+)</a>", html)]
    assert sorted(shown) == list(range(180, 200))
    made.store.close()


def test_another_span(made, deck):
    week = briefing(deck, since="2d", address=str(made.store.path), now=lambda: NOW)
    assert numbers(week.volumes()._repr_html_())["c0"] == "7"
    assert "in 2 days" in week.front()._repr_html_()
    week.store.close()


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"since": "soon"}, SettingError, "'soon' is no span of time"),
        ({"since": "5m"}, SettingError, "since='5m' is less than an hour"),
        ({"zone": "Mars"}, SettingError, "zone='Mars' is no time zone"),
        ({"deck": "nothere"}, DeckError, "no deck of that name"),
    ],
)
def test_what_cannot_be_is_refused(deck, tmp_path, given, error, message):
    with pytest.raises(error, match=message):
        briefing(**({"deck": deck, "address": str(tmp_path / "w.db")} | given))
