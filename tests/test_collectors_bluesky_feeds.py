"""Bluesky's accounts, lists and search over real HTTP, and the second version of Jetstream."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from loopback import serving
from polls import Polls

from workbench.collectors import Covered
from workbench.collectors.bluesky import Bluesky
from workbench.collectors.views import read_views
from workbench.errors import SettingError, SourceError
from workbench.http import Client
from workbench.query import parse as query

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
ANA, BEA = "did:plc:anaaaaaaaaaaaaaaaaaaaaaa", "did:plc:beabbbbbbbbbbbbbbbbbbbbb"
HANDLES = {ANA: "ana.example", BEA: "bea.example"}
PASSWORD = "abcd-efgh-ijkl-mnop"
FEED, LIST, SEARCH, POSTS = (
    f"/xrpc/app.bsky.feed.{name}"
    for name in ("getAuthorFeed", "getListFeed", "searchPosts", "getPosts")
)


def at(minute, second=0):
    return NOON + timedelta(minutes=minute, seconds=second)


def stamp(when):
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def uri(own, did=ANA):
    return f"at://{did}/app.bsky.feed.post/{own}"


def view(own, when, text="We land", did=ANA, **more):
    record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": stamp(when)}
    return {
        "uri": uri(own, did),
        "cid": "bafyreiaaaa",
        "author": {"did": did, "handle": HANDLES[did], "displayName": "Ana", "labels": []},
        "record": record | more.pop("record", {}),
        "indexedAt": stamp(when),
        "likeCount": 5,
        "repostCount": 2,
        "replyCount": 1,
        "quoteCount": 0,
        "labels": [],
    } | more


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        server = self.server
        sent = self.rfile.read(int(self.headers["Content-Length"] or 0))
        server.asked.append((self.path, sent.decode(), dict(self.headers)))
        if self.path.endswith("refreshSession"):
            if self.headers["Authorization"] != f"Bearer refresh-{server.sessions}":
                return self.send(400, {"error": "ExpiredToken"})
        elif json.loads(sent) != {"identifier": "desk.acme.example", "password": PASSWORD}:
            return self.send(401, {"error": "AuthenticationRequired", "message": "Invalid"})
        server.sessions += 1
        number = server.sessions
        made = {"accessJwt": f"access-{number}", "refreshJwt": f"refresh-{number}", "did": ANA}
        return self.send(200, made)

    def do_GET(self):
        server = self.server
        address = urlsplit(self.path)
        given = parse_qs(address.query)
        server.asked.append((address.path, given, dict(self.headers)))
        if address.path in server.refusals:
            return self.send(server.refusals[address.path], {"error": "InvalidRequest"})
        if address.path == POSTS:
            found = [p for p in server.posts if p["uri"] in given["uris"]]
            return self.send(200, {"posts": found})
        if address.path == SEARCH:
            if self.headers["Authorization"] != f"Bearer access-{server.sessions}":
                return self.send(400, {"error": "ExpiredToken", "message": "Token has expired"})
            word = given["q"][0].strip('"').lower()
            found = [p for p in server.posts if word in p["record"]["text"].lower()]
            return self.page("posts", found, given)
        actor = given.get("actor", [""])[0]
        if actor == "gone.example":
            return self.send(400, {"error": "InvalidRequest", "message": "Profile not found"})
        found = [
            {"post": p} for p in server.posts if not actor or p["author"]["handle"] == actor
        ] + server.entries
        return self.page("feed", found, given)

    def page(self, name, found, given):
        """Answer as the API does: newest first, and where the next page begins."""
        posts = [each.get("post", each) for each in found]
        order = sorted(range(len(found)), key=lambda n: posts[n]["indexedAt"], reverse=True)
        start = int(given.get("cursor", ["0"])[0])
        end = start + int(given["limit"][0])
        answer = {name: [found[n] for n in order[start:end]]}
        if end < len(found):
            answer["cursor"] = str(end)
        self.send(200, answer)

    def send(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def clear(self):
        self.posts, self.entries, self.asked, self.refusals, self.sessions = [], [], [], {}, 0

    def put(self, *posts):
        self.posts += posts

    def paths(self):
        return [path for path, _, _ in self.asked]


@pytest.fixture(scope="module")
def running():
    with serving(Server(("127.0.0.1", 0), Handler)) as server:
        yield server


@pytest.fixture
def server(running, monkeypatch):
    running.clear()
    monkeypatch.setenv("WORKBENCH_BLUESKY_HANDLE", "@desk.acme.example")
    monkeypatch.setenv("WORKBENCH_BLUESKY_APP_PASSWORD", PASSWORD)
    return running


@pytest.fixture
def client(server):
    hosts = dict.fromkeys(("public.api.bsky.app", "bsky.social"), f"127.0.0.1:{server.server_port}")
    return Client(hosts=hosts, interval=0)


class Polling(Polls):
    at = staticmethod(at)

    @staticmethod
    def known(item):
        return item.id.rpartition("/")[2]


def test_an_accounts_posts_come_with_counts_and_names_without_a_key(server, client):
    parent = {"parent": view("q", at(-9), did=BEA)}
    answer = {"reply": {"parent": {"uri": uri("q", BEA)}, "root": {"uri": uri("q", BEA)}}}
    server.put(view("a", at(-60)), view("x", at(-50), did=BEA))
    server.entries.append({"post": view("b", at(-8), record=answer), "reply": parent})
    poll = Polling(client, Bluesky(authors=["@ANA.example"]))
    assert poll(0) == ["b", "a"]
    b, a = poll.items
    assert (a.source, a.id, a.author, a.author_name) == ("bluesky", uri("a"), "ana.example", "Ana")
    assert (a.likes, a.reposts, a.replies) == (5, 2, 1)
    assert (b.kind, b.reply_to, b.reply_to_author) == ("reply", uri("q", BEA), "bea.example")
    assert poll.spans == [Covered(at(-24 * 60), at(0))]
    ((path, given, headers),) = server.asked
    assert (path, given["actor"], given["filter"]) == (
        FEED,
        ["ana.example"],
        ["posts_with_replies"],
    )
    assert "Authorization" not in headers


def test_a_repost_is_an_item_with_its_originals_text_and_a_pin_is_none(server, client):
    repost = f"at://{ANA}/app.bsky.feed.repost/r1"
    by = {"did": ANA, "handle": "ana.example", "displayName": "Ana"}
    reason = {"$type": "app.bsky.feed.defs#reasonRepost", "by": by, "indexedAt": stamp(at(-2))}
    original = view("o", at(-900), "The original", did=BEA)
    server.entries += [
        {"post": original, "reason": reason | {"uri": repost}},
        {"post": view("p", at(-99)), "reason": {"$type": "app.bsky.feed.defs#reasonPin"}},
    ]
    poll = Polling(client, Bluesky(authors=["ana.example"]))
    poll(0)
    told = {item.id: item for item in poll.items}
    item = told[repost]
    assert (item.kind, item.repost_of, item.text) == ("repost", uri("o", BEA), "The original")
    assert (item.author, item.published, item.likes) == ("ana.example", at(-2), None)
    assert told[uri("p")].kind == "post"


def test_who_asks_to_be_hidden_from_strangers_is_left_out(server, client):
    shy = {"did": ANA, "handle": "ana.example", "labels": [{"val": "!no-unauthenticated"}]}
    server.put(view("a", at(-5), author=shy), view("b", at(-4), labels=[{"val": "nudity"}]))
    poll = Polling(client, Bluesky(authors=["ana.example"]))
    assert poll(0) == ["b"]
    assert poll.items[0].sensitive is True
    assert "not signed in" in poll.problems[0].reason


def test_lists_are_read_and_one_that_is_gone_stops_no_other(server, client):
    server.put(*(view(f"p{n}", at(-200 + n)) for n in range(130)))
    page = "https://bsky.app/profile/ana.example/lists/3k"
    collector = Bluesky(authors=["gone.example"], lists=[page])
    assert collector.key == "bluesky @gone.example at://ana.example/app.bsky.graph.list/3k"
    poll = Polling(client, collector)
    assert len(poll(0)) == 130
    assert poll.problems[0].reason == (
        "@gone.example is not there, or is closed; take it out of the deck"
    )
    assert [g.get("cursor") for p, g, _ in server.asked if p == LIST] == [None, ["100"]]
    with pytest.raises(SourceError, match=r"@gone\.example is not there"):
        Polling(client, Bluesky(authors=["gone.example"]))(0)


def test_second_looks_bring_counts_and_deletions(server, client):
    server.put(view("a", at(-5)), view("b", at(-4)))
    poll = Polling(client, Bluesky(authors=["ana.example"]))
    poll(0)
    server.posts = [view("a", at(-5), likeCount=50)]
    poll(30)
    assert {item.likes for item in poll.items} == {50}
    assert [(d.source, d.id) for d in poll.deletions] == [("bluesky", uri("b"))]
    poll.collector = Bluesky(authors=["ana.example"])
    server.posts = [view("c", at(30))]
    poll(50)
    assert POSTS in server.paths()[-1:]


def test_the_search_signs_in_with_an_app_password_and_serves_each_column(server, client):
    server.put(view("a", at(-5), "Acme lands"), view("b", at(-4), "Globex"), view("c", at(-3)))
    queries = [query("acme lang:en"), query("globex OR acme"), query("lang:de")]
    collector = Bluesky(search=True).ask(queries, {})
    assert collector.key == "bluesky search"
    assert collector.live is False
    poll = Polling(client, collector)
    assert set(poll(0)) == {"a", "b"}
    searched = [given["q"] for path, given, _ in server.asked if path == SEARCH]
    assert searched == [["acme"], ["globex"]]
    assert {name for span in poll.spans for name in span.queries} == {
        str(queries[0]),
        str(queries[1]),
    }
    assert {(span.start, span.end) for span in poll.spans} == {(at(-24 * 60), at(0))}
    told = f"{collector!r} {collector._session!r} {poll.cursor}"
    assert PASSWORD not in told
    assert "access-1" not in told


def test_a_session_that_has_ended_is_renewed_and_begun_anew_where_that_fails(server, client):
    poll = Polling(client, Bluesky(query="acme"))
    poll(0)
    server.sessions = 7  # so that what we hold is over, for renewal too
    poll(2)
    posted = [path.rpartition(".")[2] for path in server.paths() if "server." in path]
    assert posted == ["createSession", "refreshSession", "createSession"]
    poll.collector._session.access = "access-1"
    poll(4)
    posted = [path.rpartition(".")[2] for path in server.paths() if "server." in path]
    assert posted[3:] == ["refreshSession"]


def test_a_wrong_password_is_told_with_the_remedy_and_without_itself(client, monkeypatch):
    monkeypatch.setenv("WORKBENCH_BLUESKY_APP_PASSWORD", "wrong-wrong")
    with pytest.raises(SourceError, match="never your own password") as caught:
        Polling(client, Bluesky(query="acme"))(0)
    assert "wrong-wrong" not in str(caught.value)
    monkeypatch.delenv("WORKBENCH_BLUESKY_APP_PASSWORD")
    with pytest.raises(SettingError, match="APP_PASSWORD is not set"):
        Polling(client, Bluesky(query="acme"))(0)


def test_a_probe_says_whether_the_search_lets_us_in_though_no_column_asks(server, client):
    server.put(view("a", at(-5), "News"))
    assert Bluesky(search=True).probe(client) == "lets us in and answers; 1 posts"
    assert Bluesky().probe is None


def test_a_search_that_is_refused_is_an_error_and_no_closed_list(server, client):
    server.refusals[SEARCH] = 400
    with pytest.raises(SourceError, match="400"):
        Polling(client, Bluesky(query="acme"))(0)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>", "what are no posts"),
        (b"[]", "what are no posts"),
        (b'{"error": "InvalidRequest", "message": "no"}', "InvalidRequest no"),
    ],
)
def test_what_are_no_posts_says_what_came(body, said):
    with pytest.raises(SourceError, match=said):
        read_views(body, collected=NOON)


def test_malformed_posts_cost_themselves_alone():
    broken = [None, {}, {"post": {"uri": "at://x"}}, {"post": view("a", at(0), author=None)}]
    odd = view("b", at(0), indexedAt="0000-00-00", likeCount="many", labels={"val": 1})
    data = json.dumps({"feed": [*broken, {"post": odd}], "cursor": "a\nb"}).encode()
    reading = read_views(data, collected=NOON)
    assert [item.likes for item in reading.result] == [None]
    assert len(reading.result.problems) == 4
    assert reading.after is None


@pytest.mark.parametrize(
    "options",
    [
        {"authors": ["no handle"]},
        {"authors": [f"a{n}.example" for n in range(51)]},
        {"lists": ["https://bsky.app/profile/ana.example"]},
        {"query": "x" * 501},
        {"service": "https://ana:word@pds.example"},
        {"search": True, "every": "often"},
    ],
)
def test_parameters_that_cannot_be_are_refused(options):
    with pytest.raises(SettingError):
        Bluesky(**options)
