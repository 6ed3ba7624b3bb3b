"""Feeds to items, each case a file and what must come of it; polls over real HTTP."""

import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from loopback import serving

from workbench.collectors import Covered
from workbench.collectors.feeds import Feeds, parse
from workbench.errors import SettingError, SourceError
from workbench.http import Client
from workbench.items import Media

DATA = Path(__file__).parent / "data" / "feeds"
NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
URL = "https://feeds.example/all"
FRENCH = (
    "L’usine d’Ampère a été inaugurée à Östwald : « un succès », déclare la société, qui élève"
    " ses prévisions."
)
JAPANESE = "電池工場が本日開業した。従業員は四百人。"


def read(name, **context):
    context = {"url": URL, "collected": NOON} | context
    return parse((DATA / name).read_bytes(), **context)


def at(hour, minute=0, second=0):
    return datetime(2026, 11, 19, hour, minute, second, tzinfo=UTC)


# --- parse, format by format


def test_rss_of_a_newswire():
    new, old = read("wire.xml", tier="wire")
    assert new.key == ("feeds", f"{URL}#release-2")
    assert (new.kind, new.tier, new.lang) == ("release", "wire", "en-US")
    assert (new.published, new.published_precision) == (at(11, 28), 60.0)
    assert (new.collected, new.edited) == (NOON, None)
    assert (new.author, new.author_name) == (None, "Harbour Wire & Cable")
    assert new.author_url == "https://wire.example/"
    assert new.title == "Ampere Cells Opens Second Plant at R&D Park"
    assert new.text == (
        "OSTWALD, Nov. 19 — Ampere Cells (Nasdaq: AMPC; TSX-V:DEX) today opened a plant.\n"
        "400 jobs\n9 GWh"
    )
    assert new.url == "https://wire.example/release/2?utm=rss"
    assert new.links == (new.url, "https://wire.example/plant")
    assert new.tickers == ("AMPC", "DEX")
    assert new.media == (
        Media("audio", "https://wire.example/call.mp3"),
        Media("image", "https://wire.example/plant.jpg"),
    )
    assert old.id == f"{URL}#https://wire.example/release/1"
    assert (old.published, old.published_precision) == (at(9, 0, 30), 1.0)
    assert old.title == "Volt & Sons reports third quarter"
    assert old.text == "Volt & Sons (NYSE American: NVA | ASX: NVA) earned 3 < 4 cents."
    assert old.tickers == ("NVA",)


def test_atom():
    new, old = read("press.atom")
    assert new.id == f"{URL}#tag:bote.example,2026:17"
    assert (new.kind, new.tier) == ("article", "news")
    assert new.title == "Werk in Östwald <eröffnet>"
    assert new.text == "Größer als gedacht."
    assert (new.published, new.edited) == (at(8), at(9, 15))
    assert (new.lang, new.author_name) == ("de", "Batterie-Bote")
    assert new.url == "https://feeds.example/artikel/17"
    assert (old.lang, old.text) == ("fr-CH", "Il y a 3 < 4 usines & plus")
    assert (old.published.day, old.published_precision, old.edited) == (18, 86_400.0, None)


def test_json_feed():
    result = read("notes.json")
    new, old = result
    assert new.id == f"{URL}#https://notes.example/2"
    assert (new.title, new.text) == ("Second note", "See the first & more")
    assert new.links == ("https://notes.example/2", "https://notes.example/1")
    assert new.published == at(8) + timedelta(milliseconds=250)
    assert (new.edited, new.lang) == (at(9, 30), "en-GB")
    assert new.media == (
        Media("image", "https://notes.example/2.png"),
        Media("video", "https://notes.example/2.mp4"),
    )
    assert (old.id, old.title, old.text) == (f"{URL}#1", None, "First note, 3 < 4")
    assert (old.published_precision, old.lang) == (60.0, "nl")
    assert [problem.where for problem in result.problems] == ["entry 3", "entry 3"]


def test_rdf():
    (only,) = read("old.rdf")
    assert (only.id, only.lang) == (f"{URL}#https://rdf.example/a", "es")
    assert (only.published, only.text) == (at(7, 45, 10), "Abre hoy.")


def test_outlets_of_a_collecting_feed_are_their_own_authors():
    (only,) = read("outlets.xml")
    assert only.title == "Ampere Cells - a second plant"
    assert (only.author_name, only.author_url) == (
        "The Ostwald Times",
        "https://ostwald-times.example",
    )


def test_without_an_address_the_feeds_own_word_for_it_begins_the_ids():
    assert parse((DATA / "wire.xml").read_bytes())[0].id == "https://wire.example/rss/all#release-2"
    assert parse((DATA / "old.rdf").read_bytes())[0].id.startswith("https://rdf.example/#")


# --- parse, what is missing or wrong


def test_what_is_missing_is_filled_in_or_null():
    result = read("gaps.xml")
    link, bare, twice, nought, late, day = result
    assert link.id == f"{URL}#https://patchy.example/1"
    assert (link.published, link.published_precision) == (NOON, None)
    assert bare.title is None
    assert bare.url is None
    assert bare.id == read("gaps.xml")[1].id
    assert twice.title == "Twice"
    assert (nought.published, nought.published_precision) == (NOON, None)
    assert (late.published.year, late.time) == (3000, NOON)
    assert day.published_precision == 86_400.0
    assert [problem.where for problem in result.problems] == ["entry 4", "entry 5"]
    assert "entry 3" in result.problems[0].reason


def test_a_guid_that_tells_nothing_apart_gives_way_to_the_link():
    assert [entry.id for entry in read("shared-guid.xml")] == [
        f"{URL}#https://lazy.example/b",
        f"{URL}#https://lazy.example/a",
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("declared-utf8-is-cp1252.xml", FRENCH),
        ("declared-latin1-is-utf8.xml", FRENCH),
        ("shift-jis.xml", JAPANESE),
        ("utf-16.xml", JAPANESE),
    ],
)
def test_encodings_declared_rightly_or_wrongly(name, text):
    assert read(name)[0].text == text


def test_a_headers_charset_helps_where_the_document_says_nothing():
    body = (
        "<rss version='2.0'><channel><item><title>Завод открыт</title></item></channel></rss>"
    ).encode("koi8-r")
    (only,) = parse(body, content_type="text/xml; charset=koi8-r")
    assert only.title == "Завод открыт"


def test_a_feed_that_is_cut_short_gives_what_came_and_says_so():
    result = read("truncated.xml")
    assert [entry.title for entry in result] == ["Whole", "Half"]
    assert result[0].text == "Bread & butter"
    assert "not well-formed" in result.problems[0].reason


def test_hostile_markup_leaves_plain_text_and_no_address_that_runs():
    (only,) = read("hostile.xml")
    assert only.title == "Look"
    assert only.text == "ab c d <script>e"
    assert only.url is None
    assert only.links == ("https://user@ok.example/x",)
    assert only.media == ()
    assert (only.author_name, only.author_url) == ("Evil", None)


def test_entities_of_a_documents_own_are_not_expanded():
    (only,) = read("bomb.xml")
    assert len(only.title) < 20
    assert only.text.startswith("tock")
    assert len(only.text) < 20


def test_a_newswires_text_is_cut_to_a_teaser():
    body = (
        "<rss version='2.0'><channel><item><title>x</title><description>"
        + "word " * 5000
        + "</description></item></channel></rss>"
    ).encode()
    (teaser,) = parse(body, tier="wire")
    assert len(teaser.text) <= 1_002
    assert teaser.text.endswith("word …")
    assert len(parse(body)[0].text) > 10_000


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ((DATA / "error.html").read_bytes(), "an HTML page titled '503 — Be right back'"),
        (b"", "an empty body"),
        (b"  \n", "an empty body"),
        (b"Service unavailable", "text that begins 'Service unavailable'"),
        (b'{"error": "no"}', "JSON that begins"),
        (b"[" * 100_000, "JSON that begins"),
        (b"<catalog><book/></catalog>", "XML of another kind"),
        (b"\x89PNG\r\n\x1a\n", "text that begins"),
        (b"\x00" * 100, "text that begins"),
    ],
)
def test_what_is_no_feed_raises_and_says_what_came(body, what):
    with pytest.raises(SourceError) as caught:
        parse(body, url=URL)
    assert str(caught.value).startswith(f"{URL}: is no feed but {what}")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<rss>" + b" " * 20_000_000, "20 MB"),
        (b"<rss version='2.0'><channel>" + b"<item/>" * 20_001, "more than 20,000 entries"),
        (b"<rss version='2.0'><channel>" + b"<a>" * 300_001, "more than 300,000 tags"),
        (
            b"<rss version='2.0'><channel><item><title>" + b"<a b=c c=d " * 250_000,
            "too large to be mended",
        ),
    ],
)
def test_what_would_take_too_long_is_refused_at_once(body, why):
    with pytest.raises(SourceError, match=why):
        parse(body)


def test_an_empty_feed_is_no_error():
    result = parse(b"<rss version='2.0'><channel><title>x</title></channel></rss>")
    assert (list(result), result.problems) == ([], [])


# --- the collector


class Handler(BaseHTTPRequestHandler):
    """Serves what the server was given, with an ETag."""

    def do_GET(self):
        self.server.asked.append(dict(self.headers))
        body = self.server.body
        tag = f'"{hash(body)}"'
        is_known = self.headers.get("If-None-Match") == tag
        self.send_response(304 if is_known else 200)
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(0 if is_known else len(body)))
        self.end_headers()
        if not is_known:
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        yield server


def rss(*entries):
    """Return a feed of entries, each a guid and the minute after ten at which it came."""
    items = "".join(
        f"<item><title>{guid}</title><guid isPermaLink='false'>{guid}</guid>"
        + (f"<pubDate>Thu, 19 Nov 2026 10:{minute:02}:00 GMT</pubDate>" if minute else "")
        + "</item>"
        for guid, minute in entries
    )
    return f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>".encode()


@contextmanager
def polling(server):
    server.asked = []
    client = Client(hosts={"feeds.example": f"127.0.0.1:{server.server_port}"}, interval=0)
    state = {"cursor": None}

    def poll(body, minute):
        server.body = body
        now = at(10, minute)
        (batch,) = Feeds(URL).collect(client, state["cursor"], now=lambda: now, stop=None)
        state["cursor"] = batch.cursor
        return batch

    yield poll


def test_a_first_poll_covers_from_the_oldest_entry_on(server):
    with polling(server) as poll:
        batch = poll(rss(("b", 9), ("a", 2)), 10)
    assert [entry.title for entry in batch.result] == ["b", "a"]
    assert batch.result[0].collected == at(10, 10)
    assert batch.spans == (Covered(at(10, 2), at(10, 10)),)


def test_a_feed_that_has_not_changed_is_covered_without_being_read(server):
    with polling(server) as poll:
        poll(rss(("a", 2)), 10)
        first = poll(rss(("a", 2)), 15)
        second = poll(rss(("a", 2)), 20)
    assert (list(first.result), first.spans) == ([], (Covered(at(10, 10), at(10, 15)),))
    assert second.spans == (Covered(at(10, 15), at(10, 20)),)
    assert [bool(asked.get("If-None-Match")) for asked in server.asked] == [False, True, True]


def test_a_poll_that_still_shows_what_was_newest_has_missed_nothing(server):
    with polling(server) as poll:
        poll(rss(("a", 2)), 10)
        batch = poll(rss(("c", 13), ("b", 12), ("a", 2)), 15)
    assert batch.spans == (Covered(at(10, 10), at(10, 15)),)


def test_a_feed_that_ran_over_leaves_a_gap(server):
    with polling(server) as poll:
        poll(rss(("a", 2)), 10)
        gap, covered = poll(rss(("z", 14), ("y", 13)), 15).spans
    assert gap[:3] == (at(10, 10), at(10, 13), "gap")
    assert "dropped" in gap.reason
    assert covered == Covered(at(10, 13), at(10, 15))


def test_a_feed_that_ran_over_without_dates_is_a_gap_as_a_whole(server):
    with polling(server) as poll:
        poll(rss(("a", None)), 10)
        spans = poll(rss(("z", None)), 15).spans
    assert [span[:3] for span in spans] == [(at(10, 10), at(10, 15), "gap")]


def test_a_feed_that_was_empty_has_missed_nothing(server):
    with polling(server) as poll:
        assert poll(rss(), 10).spans == ()
        assert poll(rss(("a", 12)), 15).spans == (Covered(at(10, 10), at(10, 15)),)


@pytest.mark.parametrize("cursor", ["", "nonsense", "[]", '{"polled": "noon"}', "{}"])
def test_a_cursor_that_cannot_be_read_is_none(server, cursor):
    server.asked, server.body = [], rss(("a", 2))
    client = Client(hosts={"feeds.example": f"127.0.0.1:{server.server_port}"})
    (batch,) = Feeds(URL).collect(client, cursor, now=lambda: at(10, 10), stop=None)
    assert batch.spans == (Covered(at(10, 2), at(10, 10)),)
    assert json.loads(batch.cursor)["polled"] == at(10, 10).isoformat()


def test_items_need_no_refining():
    items = read("wire.xml")
    assert list(Feeds(URL).refine(Client(), items)) == list(items)


def test_secrets_in_an_address_are_shown_nowhere_and_still_tell_feeds_apart():
    feed, other = (Feeds(f"https://feeds.example/x?token={word}") for word in ("s3cret", "0ther"))
    assert feed.key != other.key
    (only,) = read("old.rdf", url=feed.url)
    for text in (feed.key, repr(feed), only.id):
        assert "s3cret" not in text
        assert "feeds.example/x" in text
    with pytest.raises(SourceError) as caught:
        parse(b"", url=feed.url)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "options",
    [
        {"url": "ftp://x.example/"},
        {"url": "x"},
        {"url": "https://a:s3cret@x.example/"},
        {"url": URL, "tier": "gossip"},
        {"url": URL, "every": "often"},
    ],
)
def test_parameters_that_cannot_be_are_refused(options):
    with pytest.raises(SettingError) as caught:
        Feeds(**options)
    assert "s3cret" not in str(caught.value)


def test_an_interval_may_be_written_as_in_a_deck():
    assert Feeds(URL, every="90s").every == timedelta(seconds=90)
    assert Feeds(URL).every == timedelta(minutes=5)
