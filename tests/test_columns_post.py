"""A post as plain data and as HTML: who, when, what, how much; and what of it may never run."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from workbench import widgets
from workbench.clock import EPOCH
from workbench.columns import words
from workbench.columns.post import draw
from workbench.columns.shell import frame, say, top
from workbench.columns.tree import ATTRIBUTES, DRAWN, TAGS, strings, to_html
from workbench.columns.wire import to_wire
from workbench.items import Item, Media
from workbench.page.look import first_look

NOW = EPOCH + timedelta(days=20_000)
EVIL = "<img src=x onerror=\"alert(1)\"></article><script>alert('1')</script>"
EVERY_TAG = set(
    re.findall(
        r"\w+",
        "a abbr acronym address applet area article aside audio b base bdi bdo big "
        "blockquote body br button canvas caption center cite code col colgroup data "
        "datalist dd del details dfn dialog dir div dl dt em embed fieldset figcaption "
        "figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr "
        "html i iframe img input ins kbd label legend li link main map mark marquee math "
        "menu meta meter nav noembed noframes noscript object ol optgroup option output p "
        "param picture plaintext pre progress q rp rt ruby s samp script search section "
        "select slot small source span strike strong style sub summary sup svg table "
        "tbody td template textarea tfoot th thead time title tr track tt u ul var video "
        "wbr xmp ",
    )
)
STATIC = Path(widgets.__file__).parent / "static"


def item(**fields):
    known = {"source": "bluesky", "id": "1", "text": "No water.", "published": NOW}
    return Item(**known | fields)


class Seen(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


def html_of(node, **options):
    seen = Seen()
    seen.feed(to_html(node, **{"now": NOW, "zone": "UTC"} | options))
    return seen


def html(known, **options):
    return html_of(draw(known), **options)


def hostile():
    fields = dict.fromkeys(
        ("author", "author_name", "author_url", "title", "url", "lang", "reply_to_author"), EVIL
    )
    lists = {name: [EVIL] for name in ("hashtags", "mentions", "links")}
    for kind in ("post", "release", "repost"):
        for sensitive in (None, True):
            yield item(
                id=EVIL,
                source=EVIL,
                text=EVIL,
                kind=kind,
                sensitive=sensitive,
                media=[Media(EVIL, alt=EVIL)],
                likes=3,
                edited=NOW,
                **fields,
                **lists,
            )


def test_a_filing_names_its_company_once_its_form_and_where_it_lies():
    filed = item(
        source="edgar",
        kind="filing",
        tier="filing",
        form="8-K",
        author="1234567",
        author_name="Acme Corp",
        title="Acme Corp: results",
        text="",
        url="https://www.sec.gov/a.htm",
    )
    seen = html(filed)
    assert seen.text.count("Acme Corp") == 1
    assert "Form 8-K · sec.gov" in seen.text
    assert ("title", "View on SEC EDGAR. Documents filed with a regulator.") in seen.attributes
    assert "edited" not in html(replace(filed, edited=NOW + timedelta(hours=1))).text
    assert "Schedule 13D · sec.gov" in html(replace(filed, form="SCHEDULE 13D")).text
    other = html(replace(filed, title="Results of the year"))
    assert "Acme Corp · sec.gov" in other.text


@pytest.mark.parametrize("known", list(hostile()))
def test_hostile_fields_make_no_element_and_no_attribute_of_their_own(known):
    seen = html(known)
    assert set(seen.tags) <= TAGS
    names = {name for name, _ in seen.attributes}
    assert {n for n in names if not n.startswith(("aria-", "data-"))} <= ATTRIBUTES
    assert "href" not in names
    assert "<script>alert('1')</script>" in seen.text


def test_the_scripts_grow_the_same_tags_and_attributes():
    source = (STATIC / "dom.js").read_text()
    pattern = {
        name: re.compile(re.search(rf"^const {name} = /\^(.*)\$/;$", source, re.MULTILINE)[1])
        for name in ("TAGS", "DRAWN", "ATTRIBUTES")
    }
    assert {tag for tag in EVERY_TAG | TAGS if pattern["TAGS"].fullmatch(tag)} == TAGS
    assert set(pattern["DRAWN"].pattern.strip("()").split("|")) == DRAWN
    known = pattern["ATTRIBUTES"].pattern.removeprefix("(").partition("|(aria")[0]
    assert set(known.split("|")) == ATTRIBUTES


def test_a_post_says_who_when_and_what():
    known = item(
        author="martao.example",
        author_name="Marta Oduya",
        published=NOW - timedelta(minutes=4),
        edited=NOW - timedelta(minutes=2),
        compound=-0.6,
        likes=12_345,
        url="https://bsky.app/profile/martao.example/post/4",
    )
    seen = html(known)
    assert seen.text == (
        "MOMarta Oduya@martao.example4 minNo water.12.3K− negativeedited 2 minBluesky"
    )
    assert ("aria-label", "12,345 likes") in seen.attributes
    assert ("data-item", "bluesky:1") in seen.attributes


def test_a_mood_tells_what_made_it():
    said = "How the words read, judged by a program, which can be wrong."
    assert ("data-why", said) in html(item(compound=-0.6)).attributes
    told = html(item(compound=-0.6, engine="<lexicon> 3.3.2")).attributes
    assert ("data-why", f"{said} Scored by <lexicon> 3.3.2.") in told


def test_unknown_counts_and_scores_leave_nothing():
    seen = html(item(likes=0, compound=None))
    assert seen.text == "UAunknown authornowNo water.Bluesky"


def test_a_release_leads_with_its_headline_and_has_no_mood():
    known = item(
        source="feeds",
        kind="release",
        tier="wire",
        title="Northwind confirms checks",
        author_name="Harbour Business Wire",
        url="https://www.harbour.example/1",
        compound=0.9,
    )
    seen = html(known)
    assert seen.text == (
        "Northwind confirms checksHarbour Business Wire · harbour.exampleNo water.now · Newswire"
    )
    assert "positive" not in seen.text


def test_an_outlet_that_is_known_by_its_domain_alone_is_named_once():
    known = item(
        source="gdelt",
        kind="article",
        tier="news",
        title="Northwind confirms checks",
        text="",
        author_name="harbour.example",
        url="https://www.harbour.example/1",
    )
    assert html(known).text == "Northwind confirms checksharbour.examplenow · News"


def test_a_channel_goes_by_its_name_and_not_by_the_id_that_queries_know_it_by():
    known = item(source="youtube", author="UC" + "a" * 22, author_name="Acme Air", title="A film")
    seen = html(known)
    assert "Acme Air" in seen.text
    assert "@UC" not in seen.text


def test_a_post_with_a_title_of_its_own_shows_it_once():
    assert "Ask: who" in html(item(title="Ask: who", text="Body")).text
    assert html(item(title="No water.")).text.count("No water.") == 1


def test_a_sensitive_post_is_folded_before_any_script_runs():
    seen = html(item(sensitive=True))
    assert "details" in seen.tags
    assert "open" not in dict(seen.attributes)
    assert "Marked as sensitive." in seen.text
    assert "details" not in html_of(draw(item(sensitive=True), is_open=True)).tags


def test_text_beyond_a_bound_is_cut_and_says_so():
    text = strings(draw(item(text="word " * 1000)))
    assert len(text) < 1600
    assert "word…" in text


def test_the_version_changes_with_all_but_the_foot():
    plain = to_wire(item(likes=1))
    assert to_wire(item(likes=2))["v"] == plain["v"]
    assert to_wire(item(likes=2))["node"][-1] != plain["node"][-1]
    assert to_wire(item(text="Said otherwise"))["v"] != plain["v"]


def test_the_first_look_holds_each_post_once_and_the_state_the_rest():
    wire = to_wire(item(text=EVIL))
    column = {
        "key": "a",
        "type": "search",
        "title": EVIL,
        "query": EVIL,
        "help": "",
        "width": "wide",
        "items": [wire],
        "more": "c1",
        "parts": say({"level": "stale", "text": EVIL}),
    }
    deck = {"name": "demo", "title": EVIL, "zone": "UTC"}
    state = {"now": wire["published"], "deck": deck, "columns": [column], "sources": {}}
    state |= {"mode": "live", "top": top(state | {"sources": {}})}
    state["frame"] = frame(state, base="/")
    look = first_look(state)
    seen = Seen()
    seen.feed(look.html.decode())
    assert "script" not in seen.tags
    assert ("data-at", str(wire["published"])) in seen.attributes
    assert ("data-v", wire["v"]) in seen.attributes
    assert seen.tags.count("article") == 1
    assert seen.text.count(EVIL) == 5  # titles of deck, column; query, sentence, post
    assert b'"more":"c1"' in look.json
    assert b"items" not in look.json
    assert b"<" not in look.json


def test_white_letters_stand_on_every_avatar_at_4_5_to_1():
    css = (STATIC / "deck.css").read_text()
    colours = re.findall(r"\.wb-a\d+ \{ background: #([0-9a-f]{3}); \}", css)
    assert len(colours) == words.AVATARS

    def light(part):
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    for colour in colours:
        r, g, b = (light(part * 2) for part in colour)
        assert 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05) >= 4.5, colour
    assert words.avatar("martao") == words.avatar("martao")
    assert len({words.avatar(f"author{n}") for n in range(200)}) == words.AVATARS


def test_the_moods_bounds_are_vaders_and_what_is_not_scored_has_none():
    assert [words.mood(c) for c in (0.05, 0.049, -0.049, -0.05)] == ["pos", "neu", "neu", "neg"]
    assert words.mood(None) == ""


def test_a_name_loses_what_could_make_it_pass_for_another():
    assert words.plain("CEO\u202eriA\u200b\u2066 x") == "CEOriA x"
    assert words.plain("a\nb\u0000c") == "a b c"
    assert words.plain(None) == ""


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "Pacific/Kiritimati"])
@pytest.mark.parametrize(
    "edited", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59.999999+00:00"]
)
def test_a_forged_date_of_an_edit_is_left_out_and_breaks_no_page(zone, edited):
    known = item(edited=datetime.fromisoformat(edited))
    seen = html(known, zone=zone)
    assert "edited" not in seen.text
    assert "edited now" in html(item(edited=NOW), zone=zone).text
