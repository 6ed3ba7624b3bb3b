import threading
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from loopback import serving

from workbench import clock, decks, store
from workbench.collectors import Batch, Covered, available
from workbench.decks import Column, Deck, Source
from workbench.errors import RateLimited, SourceError
from workbench.http import Client
from workbench.items import Deletion, Item, ParseResult
from workbench.query import parse
from workbench.service import Service, collect

HOUR = timedelta(hours=1)


def deck(*queries, name="d", sources=(), lists=None):
    columns = tuple(
        Column(key=f"c{n}", title=f"C{n}", type="search", query=query and parse(query))
        for n, query in enumerate(queries)
    )
    return Deck(name=name, title=name, columns=columns, sources=sources, lists=lists or {})


@pytest.fixture
def opened(tmp_path):
    with store.open(tmp_path / "s.db", floor=0) as made:
        yield made


@pytest.fixture
def client():
    made = Client()
    yield made
    made.close()


def until(true, *, seconds=90.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.01)


ITEM = (
    "<item><guid>{0}</guid><title>{0}</title>"
    "<pubDate>Sun, 22 Nov 2026 09:00:00 GMT</pubDate></item>"
)


@pytest.fixture
def site():
    """A web site that answers each path as told: /feed, /error, /html, /limit, /hang."""
    hang = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, headers, body = 200, {"Content-Type": "application/rss+xml"}, b""
            if self.path.startswith("/feed"):
                items = "".join(map(ITEM.format, ("one", "two", "three")))
                body = (
                    f"<rss version='2.0'><channel><title>F</title>{items}</channel></rss>".encode()
                )
            elif self.path == "/error":
                status = 500
            elif self.path == "/limit":
                status, headers["Retry-After"] = 429, "3600"
            elif self.path == "/html":
                headers["Content-Type"] = "text/html"
                body = b"<!doctype html><html><body><h1>Not here</h1></body></html>"
            else:
                hang.wait(30)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    with serving(server):
        yield f"http://127.0.0.1:{server.server_port}"
        hang.set()


def feed(url, **fields):
    return Source(collector="feeds", parameters={"url": url}, every=HOUR, **fields)


def test_one_source_never_stops_another(opened, site):
    # A host that asks us to wait is left alone as a whole: so that one goes by another name.
    addresses = [site + path for path in ("/hang", "/error", "/html", "/feed")]
    addresses.append(site.replace("127.0.0.1", "localhost") + "/limit")
    shown = deck("one OR two", sources=tuple(map(feed, addresses)))
    client = Client(total_timeout=3.0)
    with Service(shown, opened, client) as service:
        until(lambda: {s.state for s in service.states()} == {"live", "failing", "waiting"})
        until(lambda: all(s.state != "starting" for s in service.states()))
        states = {s.key.rpartition("/")[2]: s for s in service.states()}
    assert {path: state.state for path, state in states.items()} == {
        "hang": "failing",
        "error": "failing",
        "html": "failing",
        "limit": "waiting",
        "feed": "live",
    }
    assert all(s.reason and s.next_try for p, s in states.items() if p != "feed")
    assert (states["feed"].seen, states["feed"].matched, states["feed"].stored) == (3, 2, 2)
    assert sorted(item.title for item in opened.search(None)) == ["one", "two"]


def test_a_source_of_several_decks_is_followed_once_and_the_most_is_kept(opened, site, client):
    both = [
        deck("one", name="a", sources=(feed(site + "/feed"),)),
        deck("two", name="b", sources=(feed(site + "/feed", keep="all"), feed(site + "/feed2"))),
    ]
    with Service(both, opened, client) as service:
        until(lambda: [s.state for s in service.states()] == ["live", "live"])
        assert sorted(s.stored for s in service.states()) == [2, 3]


def test_stopping_ends_every_thread(opened, site, client):
    before = set(threading.enumerate())
    service = Service(deck("one", sources=(feed(site + "/feed"),)), opened, client)
    service.start()
    service.stop()
    assert {t for t in set(threading.enumerate()) - before if t.name.startswith("source ")} == set()


def test_stopping_gives_up_what_hangs_in_an_answer(opened, site, client):
    shown = deck("one", sources=tuple(feed(f"{site}{path}") for path in ("/hang", "/hang2")))
    service = Service(shown, opened, client)
    service.start()
    until(lambda: threads("source ") >= {f"source feeds:{site}/hang"})
    service.stop(patience=600)  # nothing but being given up ends them before
    assert not [runner for runner, _ in service.runners() if runner.is_alive()]
    assert all(runner.errors == 0 for runner, _ in service.runners())


def test_collecting_once_says_what_came_of_it(opened, site, client):
    source = feed(site + "/feed", keep="all")
    assert collect(source, opened, client) == (3, 0, 0)
    with pytest.raises(SourceError, match="500"):
        collect(feed(site + "/error"), opened, client)


def test_the_demos_deck_can_be_served_from_its_file(opened, client):
    deck = decks.load("demo")
    service = Service(deck, opened, client)
    assert [state.key for state in service.states()] == [source.key for source in deck.sources]
    assert {state.state for state in service.states()} == {"starting"}


def test_an_edit_of_the_deck_is_taken_up_while_it_runs(opened, site, client, tmp_path):
    path = tmp_path / "ceo.yaml"
    source = f"  - {{collector: feeds, url: '{site}/feed', every: 1s}}\n"
    other = f"  - {{collector: feeds, url: '{site}/feed-two', every: 1h, keep: all}}\n"
    columns = "columns:\n  - {type: search, title: A, query: one}\n"
    path.write_text(f"title: T\nsources:\n{source}{columns}")
    with Service(decks.load(path), opened, client) as service:
        until(lambda: [item.title for item in opened.search(None)] == ["one"])
        decks.add_column(path, {"type": "search", "title": "B", "query": "two"})
        until(lambda: {item.title for item in opened.search(None)} == {"one", "two"})
        path.write_text("nonsense")
        time.sleep(1.2)
        assert [s.state for s in service.states()] == ["live"]
        path.write_text(f"title: T\nsources:\n{other}{columns}")
        until(lambda: [s.key for s in service.states()] == [f"feeds:{site}/feed-two"])
        until(lambda: {item.title for item in opened.search(None)} == {"one", "two", "three"})
        until(lambda: threads("source ") == set())


def threads(begin):
    return {t.name for t in threading.enumerate() if t.name.startswith(begin)}


def test_deletions_of_what_was_never_held_are_forgotten_once_no_source_looks_back_so_far(
    opened, client
):
    now = clock.now()
    told = ParseResult()
    for ident, days in (("old", 4), ("young", 2)):
        told.deletions.append(Deletion("bluesky", ident, now - timedelta(days=days)))
    opened.apply(told)
    post = {"source": "bluesky", "text": "acme", "published": now}
    with Service(deck("acme"), opened, client):
        until(lambda: opened.add([Item(id="old", **post)]).new or opened.search("acme"))
    assert opened.add([Item(id="young", **post)]).new == 0
    assert opened.check() == []


@dataclass(frozen=True)
class Searched:
    """A source that is asked; it brings a post for each query, and notes what it was asked."""

    queries: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    every: timedelta = HOUR
    name: ClassVar = "searched"
    label: ClassVar = "Searched"
    key: ClassVar = "searched"
    tier: ClassVar = "social"
    live: ClassVar = False
    begun: ClassVar = []

    def ask(self, queries, lists):
        return replace(self, queries=tuple(map(str, queries)), people=lists.get("leaders", ()))

    def collect(self, _client, cursor, *, now, stop):  # noqa: ARG002 - the collectors' signature
        self.begun.append((self.queries, self.people, cursor))
        at = now()
        items = [
            Item(source="searched", id=query, text=query, published=at, author="ana")
            for query in self.queries
        ]
        span = Covered(at - HOUR, at, queries=self.queries)
        yield Batch(ParseResult(items), f"after {len(self.begun)}", (span,))

    def refine(self, _client, items):
        return ParseResult(items)


class Fixed(Searched):
    """A source that could be asked, but says itself what it brings."""

    name: ClassVar = "fixed"
    key: ClassVar = "fixed"

    def ask(self, _queries, _lists):
        return self


def test_a_source_that_can_be_asked_is_asked_for_what_columns_want_and_anew_when_they_change(
    opened, client, tmp_path, monkeypatch
):
    monkeypatch.setitem(available(), "searched", Searched)
    monkeypatch.setattr(Searched, "begun", [])
    monkeypatch.setitem(available(), "fixed", Fixed)
    monkeypatch.setattr(Fixed, "begun", [])
    path = tmp_path / "ceo.yaml"
    columns = [
        "  - {type: search, title: A, query: 'acme min_likes:5'}\n",
        "  - {type: search, title: B, query: 'list:leaders'}\n",
        "  - {type: search, title: C, query: 'globex tier:wire'}\n",
    ]
    new = "  - {type: search, title: D, query: a OR b}\n"
    head = (
        "title: T\nsources:\n  - {collector: searched, every: 1h}\n"
        "  - {collector: fixed, every: 1h}\n"
        "lists:\n  leaders: [ana]\n  rest: [bob]\ncolumns:\n"
    )
    path.write_text(head + "".join(columns))
    asked = ("acme min_likes:5", "list:leaders")
    with Service(decks.load(path), opened, client) as service:
        until(lambda: opened.load_cursor("searched") == "after 1")
        path.write_text(head + "".join([*columns, new]))
        until(lambda: opened.load_cursor("searched") == "after 2")
        path.write_text(head + "".join([new, *columns[::-1]]))
        until(lambda: service._followed[0].deck.columns[0].title == "D")
    assert Searched.begun == [
        (asked, ("ana",), None),
        (("a OR b", *asked), ("ana",), "after 1"),
    ]
    assert len(Fixed.begun) == 1
    assert {span.query for span in opened.coverage()} == {"a OR b", *asked}
    assert collect(decks.load(path).sources[0], opened, client, decks=[decks.load(path)]).new == 0
    assert Searched.begun[-1] == (("a OR b", *asked), ("ana",), "after 2")


def test_a_host_that_asked_us_to_wait_is_left_alone_after_a_restart_too(opened, site):
    limited, fed = feed(site + "/limit"), feed(site + "/feed", keep="all")
    with pytest.raises(RateLimited):
        collect(limited, opened, Client())
    host = "127.0.0.1"
    assert timedelta(minutes=59) < opened.shut_hosts()[host] - clock.now() <= HOUR
    with Service(deck(sources=(fed,)), opened, Client()) as service:
        until(lambda: [s.state for s in service.states()] == ["waiting"])
        (state,) = service.states()
        assert f"{host} asked us to wait" in state.reason
        assert state.next_try - clock.now() > timedelta(minutes=58)
    opened.shut(host, clock.now() - HOUR)
    assert opened.shut_hosts() == {}
    assert collect(fed, opened, Client()).new == 3
    # A clock that was set back.
    opened.shut(host, clock.now() + 1000 * HOUR)
    with pytest.raises(RateLimited) as caught:
        collect(fed, opened, Client())
    assert caught.value.retry_after <= 24 * 3600
