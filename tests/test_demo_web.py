import json
import socket
import threading
from datetime import UTC, datetime, timedelta

import feedparser
import httpx
import pytest

from workbench.clock import to_micros
from workbench.demo.feeds import FeedTape
from workbench.demo.timeline import Reel
from workbench.demo.web import WebServer, serve_feed, serve_profiles

BASE = datetime(2026, 11, 16, 6, tzinfo=UTC)  # the recording's live part begins here
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOST = "feeds.harbour.example"
REEL = Reel.aligned(
    to_micros(BASE - timedelta(days=2)),
    to_micros(BASE),
    to_micros(BASE + timedelta(hours=6)),
    at=to_micros(NOW),
)


class Hand:
    """A clock that is set by hand."""

    def __init__(self, when=NOW):
        self.when = when

    def __call__(self):
        return self.when


def rss(*entries, encoding="UTF-8"):
    """Make a feed of (minutes after BASE, title, more markup), newest first."""
    items = "".join(
        f"<item><title>{title}</title><link>https://{HOST}/{n}</link>"
        f"<pubDate>{BASE + minutes * MINUTE:%a, %d %b %Y %H:%M:%S} GMT</pubDate>{more}</item>\n"
        for n, (minutes, title, more) in enumerate(entries)
    )
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<rss version="2.0"><channel>'
        "<title>Harbour Wire</title>"
        "<lastBuildDate>Mon, 16 Nov 2026 12:00:00 GMT</lastBuildDate>\n"
        f"{items}</channel></rss>"
    )
    return text.encode(encoding)


def every_ten_minutes(first=-600, last=350):
    minutes = range(last, first, -10)
    return rss(*((m, f"At {m}", f'<guid isPermaLink="false">g{m}</guid>') for m in minutes))


def titles(document):
    return [entry.title for entry in feedparser.parse(document).entries]


def test_a_feed_shows_its_newest_twenty_as_of_the_clock():
    tape = FeedTape(every_ten_minutes(), REEL)
    document, when = tape.show(NOW + 25 * MINUTE)
    assert titles(document) == [f"At {minute}" for minute in range(20, -180, -10)]
    assert when == NOW + 20 * MINUTE
    read = feedparser.parse(document)
    assert read.entries[0].published == "Sun, 22 Nov 2026 09:20:00 GMT"
    assert read.feed.updated == "Sun, 22 Nov 2026 09:20:00 GMT"
    assert read.entries[0].id == "g20"
    assert not read.bozo


def test_entries_appear_as_the_clock_goes_on():
    tape = FeedTape(every_ten_minutes(), REEL)
    assert titles(tape.show(NOW + 9 * MINUTE)[0])[0] == "At 0"
    assert titles(tape.show(NOW + 10 * MINUTE)[0])[0] == "At 10"


def test_at_its_end_a_feed_begins_anew_with_new_ids():
    tape = FeedTape(every_ten_minutes(), REEL)
    read = feedparser.parse(tape.show(NOW + timedelta(hours=6, minutes=10))[0])
    assert [entry.title for entry in read.entries[:4]] == ["At 10", "At 0", "At 350", "At 340"]
    assert [entry.id for entry in read.entries[:4]] == ["g10-2", "g0-2", "g350", "g340"]
    assert read.entries[0].published == "Sun, 22 Nov 2026 15:10:00 GMT"
    assert read.entries[0].link == f"https://{HOST}/34"


def test_an_entry_without_an_id_gets_a_new_link_on_a_new_lap():
    tape = FeedTape(rss((10, "One", "")), REEL)
    later = feedparser.parse(tape.show(NOW + timedelta(hours=12, minutes=10))[0])
    assert later.entries[0].link == f"https://{HOST}/0?lap=3"


def test_the_document_keeps_its_character_set():
    document = rss((10, "Сообщение 北".replace(" 北", ""), ""), encoding="windows-1251")
    shown, _ = FeedTape(document, REEL).show(NOW + 10 * MINUTE)
    assert "Сообщение".encode("windows-1251") in shown
    assert titles(shown) == ["Сообщение"]


def test_markup_that_a_text_only_speaks_of_splits_nothing():
    more = "<description><![CDATA[<item> and </item> <b>x</b>]]></description><!-- </item> -->"
    tape = FeedTape(rss((20, "Two", more), (10, "One", more)), REEL)
    assert titles(tape.show(NOW + 20 * MINUTE)[0]) == ["Two", "One"]


def test_an_undated_or_forged_entry_appears_with_the_one_below_it():
    document = rss((20, "Three", ""), (15, "Two", ""), (10, "One", ""))
    undated = document.replace(b"<pubDate>Mon, 16 Nov 2026 06:15:00 GMT</pubDate>", b"")
    forged = document.replace(b"16 Nov 2026 06:15", b"16 Nov 3000 06:15")
    for broken in (undated, forged):
        tape = FeedTape(broken, REEL)
        assert titles(tape.show(NOW + 9 * MINUTE)[0]) == []
        assert titles(tape.show(NOW + 10 * MINUTE)[0]) == ["Two", "One"]


def test_atom_keeps_its_form():
    atom = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>A</title>
<id>urn:feed</id><updated>2026-11-16T12:00:00Z</updated>
<entry><id>urn:2</id><title>Two</title><updated>2026-11-16T08:30:00.5+02:00</updated></entry>
<entry><id>urn:1</id><title>One</title><updated>2026-11-16T06:10:00Z</updated></entry></feed>"""
    shown, _ = FeedTape(atom, REEL).show(NOW + 30 * MINUTE + timedelta(seconds=1))
    read = feedparser.parse(shown)
    assert [entry.updated for entry in read.entries] == [
        "2026-11-22T11:30:00.5+02:00",
        "2026-11-22T09:10:00Z",
    ]
    assert read.feed.updated == "2026-11-22T09:30:00Z"
    later = feedparser.parse(FeedTape(atom, REEL).show(NOW + timedelta(hours=7))[0])
    assert [entry.id for entry in later.entries] == ["urn:2-2", "urn:1-2", "urn:2", "urn:1"]


def test_a_change_still_to_come_does_not_show_and_a_forged_date_does():
    atom = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title>
<entry><id>urn:1</id><title>One</title><published>2026-11-16T06:10:00Z</published>
<updated>2026-11-16T06:24:00Z</updated></entry></feed>"""
    tape = FeedTape(atom, REEL)
    before = feedparser.parse(tape.show(NOW + 23 * MINUTE)[0]).entries[0]
    assert (before.published, before.updated) == ("2026-11-22T09:10:00Z",) * 2
    after = feedparser.parse(tape.show(NOW + 24 * MINUTE)[0]).entries[0]
    assert after.updated == "2026-11-22T09:24:00Z"
    forged = FeedTape(atom.replace(b"2026-11-16T06:24", b"2999-12-31T06:24"), REEL)
    shown = feedparser.parse(forged.show(NOW + 24 * MINUTE)[0]).entries[0]
    assert shown.updated == "3000-01-06T09:24:00Z"


def test_json_feed_keeps_its_form():
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "J",
        "items": [
            {"id": 2, "content_text": "Zwei ü", "date_published": "2026-11-16T06:20:00+00:00"},
            {"id": "1", "content_text": "Eins", "date_published": "2026-11-16T06:10:00Z"},
        ],
    }
    tape = FeedTape(json.dumps(feed).encode(), REEL)
    shown = json.loads(tape.show(NOW + 20 * MINUTE)[0])
    assert shown["title"] == "J"
    assert shown["items"] == [
        {"id": 2, "content_text": "Zwei ü", "date_published": "2026-11-22T09:20:00+00:00"},
        {"id": "1", "content_text": "Eins", "date_published": "2026-11-22T09:10:00Z"},
    ]
    later = json.loads(tape.show(NOW + timedelta(hours=6, minutes=20))[0])
    assert [item["id"] for item in later["items"]] == ["2-2", "1-2", 2, "1"]


def test_a_feed_without_entries_is_shown_as_it_is():
    shown, when = FeedTape(rss(), REEL).show(NOW)
    assert titles(shown) == []
    assert when == NOW - timedelta(days=2)


def test_history_is_what_fetching_every_five_minutes_brought():
    tape = FeedTape(rss(*((m, f"At {m}", "") for m in (10, 0, -1, -2, -5, -6, -11))), REEL)
    fetched = [
        ((tick - to_micros(BASE)) // 60_000_000, number, titles(document))
        for tick, number, document in tape.history()
    ]
    assert fetched == [
        (-10, 1, ["At -11"]),
        (-5, 2, ["At -5", "At -6"]),
        (0, 2, ["At -1", "At -2"]),
    ]


@pytest.fixture
def served():
    clock = Hand()
    profiles = [{"did": f"did:plc:{n}", "handle": f"user{n}.example"} for n in range(40)]
    routes = {
        (HOST, "/wire.xml"): serve_feed(FeedTape(every_ten_minutes(), REEL), "rss", clock),
        ("api.example", "/xrpc/profiles"): serve_profiles(profiles),
    }
    with WebServer(routes) as server, httpx.Client(trust_env=False) as client:

        def get(path, host=HOST, **options):
            headers = {"Host": host, **options.pop("headers", {})}
            return client.get(f"http://{server.address}{path}", headers=headers, **options)

        yield get, clock


def test_who_has_a_feed_already_is_told_so(served):
    get, clock = served
    first = get("/wire.xml")
    assert first.status_code == 200
    assert first.headers["content-type"] == "application/rss+xml"
    assert first.headers["last-modified"] == "Sun, 22 Nov 2026 09:00:00 GMT"
    etag, modified = first.headers["etag"], first.headers["last-modified"]
    for headers in (
        {"If-None-Match": etag},
        {"If-None-Match": f'"other", W/{etag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": modified},
        {"If-None-Match": etag, "If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
    ):
        again = get("/wire.xml", headers=headers)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
    clock.when += 10 * MINUTE
    for headers in (
        {"If-None-Match": etag},
        {"If-None-Match": etag, "If-Modified-Since": "Sat, 01 Jan 2050 00:00:00 GMT"},
        {"If-Modified-Since": modified},
        {"If-Modified-Since": "lately"},
    ):
        new = get("/wire.xml", headers=headers)
        assert new.status_code == 200
        assert new.headers["etag"] != etag


def test_what_is_not_there_is_not_found(served):
    get, _ = served
    assert get("/other.xml").status_code == 404
    assert get("/wire.xml", host="elsewhere.example").status_code == 404


def test_profiles_come_in_batches_of_25_at_most(served):
    get, _ = served
    actors = [f"did:plc:{n}" for n in range(24)] + ["did:plc:unknown"]
    answer = get("/xrpc/profiles", host="api.example:443", params={"actors": actors})
    assert [p["handle"] for p in answer.json()["profiles"]] == [
        f"user{n}.example" for n in range(24)
    ]
    by_handle = get("/xrpc/profiles", host="api.example", params={"actors": "user7.example"})
    assert by_handle.json()["profiles"][0]["did"] == "did:plc:7"
    for wrong in ([], [*actors, "did:plc:39"]):
        refused = get("/xrpc/profiles", host="api.example", params={"actors": wrong})
        assert refused.status_code == 400
        assert refused.json()["error"] == "InvalidRequest"


def test_stopping_leaves_no_thread():
    threads = set(threading.enumerate())
    server = WebServer({})
    host, port = server.address.split(":")
    with socket.create_connection((host, int(port))) as silent:
        silent.sendall(b"GET / HT")
        server.stop()
    assert set(threading.enumerate()) == threads
