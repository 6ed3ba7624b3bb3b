"""LinkedIn over real HTTP and from files: pages, counts, second looks, limits, parameters."""

import json
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from loopback import serving
from polls import Polls

from workbench.collectors import Covered
from workbench.collectors.linkedin import LinkedIn, parse
from workbench.errors import RateLimited, SettingError, SourceError
from workbench.http import Client

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
SECRET = "AQX-token-of-ours"


def at(minute, second=0):
    return NOON + timedelta(minutes=minute, seconds=second)


def millis(when):
    return int(when.timestamp() * 1000)


def urn(own):
    return f"urn:li:share:{7_000_000_000 + own}"


def post(own, when, text="We land", **more):
    return {
        "id": urn(own),
        "author": "urn:li:organization:77",
        "commentary": text,
        "createdAt": millis(when),
        "publishedAt": millis(when),
        "lastModifiedAt": millis(when),
        "lifecycleState": "PUBLISHED",
        "lifecycleStateInfo": {"isEditedByAuthor": False},
        "visibility": "PUBLIC",
        "isReshareDisabledByAuthor": False,
    } | more


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        address = urlsplit(self.path)
        server.asked.append((address.path, self.path, dict(self.headers)))
        if address.path.startswith("/rest") and self.headers["Authorization"] != f"Bearer {SECRET}":
            return self.send(401, {"status": 401, "message": "Invalid access token"})
        if address.path in server.refusals:
            return self.send(server.refusals[address.path], {"status": 0, "message": "no"})
        if address.path == "/desk/brought.csv":
            return self.send(304 if self.headers["If-None-Match"] else 200, b"text\r\nHello\r\n")
        if server.body is not None:
            return self.send(200, server.body)
        if address.path == "/rest/organizations/77":
            return self.send(200, {"vanityName": "acme-air", "localizedName": "Acme Air"})
        if "ids=List(" in self.path:
            inner = self.path.partition("ids=List(")[2].rstrip(")").split(",")
            ids = [unquote(each) for each in inner]
            assert self.headers["X-RestLi-Method"] == "BATCH_GET"
            given = server.counts if "socialMetadata" in address.path else server.posts
            found = {each: given[each] for each in ids if each in given}
            errors = {each: {"status": 404} for each in ids if each not in given}
            return self.send(200, {"results": found, "errors": errors})
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        assert (asked["q"], asked["author"]) == ("author", "urn:li:organization:77")
        assert self.headers["X-RestLi-Method"] == "FINDER"
        found = sorted(server.posts.values(), key=lambda each: -each["lastModifiedAt"])
        start = int(asked["start"])
        page = found[start : start + int(asked["count"])]
        return self.send(200, {"paging": {"start": start}, "elements": page})

    def send(self, status, value):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(body if status != 304 else b"")

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def clear(self):
        self.posts, self.counts, self.asked, self.refusals, self.body = {}, {}, [], {}, None

    def put(self, *posts):
        self.posts |= {each["id"]: each for each in posts}

    def listed(self):
        return [whole for path, whole, _ in self.asked if path == "/rest/posts" and "q=" in whole]


@pytest.fixture(scope="module")
def running():
    with serving(Server(("127.0.0.1", 0), Handler)) as server:
        yield server


@pytest.fixture
def server(running, monkeypatch):
    running.clear()
    monkeypatch.setenv("WORKBENCH_LINKEDIN_TOKEN", SECRET)
    return running


@pytest.fixture
def client(server):
    return Client(hosts={"api.linkedin.com": f"127.0.0.1:{server.server_port}"}, interval=0)


class Polling(Polls):
    at = staticmethod(at)

    @staticmethod
    def usual():
        return LinkedIn(page="77", lang="en")


def test_a_pages_posts_come_with_its_name_and_their_counts(server, client):
    text = r"We at @[Globex \(EU\)](urn:li:organization:5) land {hashtag|\#|OnTime} \(really\)"
    article = {"article": {"source": "https://acme.example/a", "title": "On time"}}
    server.put(post(1, at(-90), text, content=article))
    server.counts[urn(1)] = {
        "reactionSummaries": {"LIKE": {"count": 5}, "PRAISE": {"count": 2}},
        "commentSummary": {"count": 3, "topLevelCount": 1},
    }
    poll = Polling(client)
    assert poll(0) == [urn(1)]
    (item,) = poll.items
    assert (item.author, item.author_name) == ("acme-air", "Acme Air")
    assert item.author_url == "https://www.linkedin.com/company/acme-air"
    assert item.text == "We at Globex (EU) land #OnTime (really)"
    assert (item.hashtags, item.mentions) == (("OnTime",), ("Globex (EU)",))
    assert (item.title, item.links) == ("On time", ("https://acme.example/a",))
    assert (item.published, item.published_precision) == (at(-90), 0.001)
    assert (item.likes, item.replies, item.edited, item.lang) == (7, 3, None, "en")
    assert item.url == f"https://www.linkedin.com/feed/update/{urn(1)}"
    assert poll.spans == [Covered(at(-30 * 24 * 60), at(0))]
    assert poll.problems == []
    for _, _, headers in server.asked:
        assert headers["LinkedIn-Version"] == "202601"
        assert headers["X-Restli-Protocol-Version"] == "2.0.0"


def test_the_next_poll_reads_what_was_changed_since(server, client):
    server.put(*(post(n, at(-1_000 + n)) for n in range(60)))
    poll = Polling(client)
    assert len(poll(0)) == 60
    server.asked.clear()
    edited = {"isEditedByAuthor": True}
    server.put(post(3, at(-997), "Edited", lastModifiedAt=millis(at(5)), lifecycleStateInfo=edited))
    poll(10)
    assert len(server.listed()) == 1
    assert (poll.items[0].id, poll.items[0].text, poll.items[0].edited) == (
        urn(3),
        "Edited",
        at(5),
    )
    assert poll.spans == [Covered(at(0), at(10))]


def test_more_changes_than_are_read_are_a_gap(server, client):
    poll = Polling(client)
    poll(0)
    server.put(*(post(n, at(1, n)) for n in range(700)))
    assert len(poll(60)) == 500
    assert [(s.start, s.status) for s in poll.spans] == [(at(0), "gap"), (at(1, 200), "ok")]


def test_second_looks_bring_counts_and_deletions(server, client):
    server.put(post(1, at(-5)), post(2, at(-4)))
    poll = Polling(client)
    poll(0)
    server.counts[urn(1)] = {"reactionSummaries": {}, "commentSummary": {"count": 9}}
    del server.posts[urn(2)]
    poll(61)
    assert (poll.items[-1].id, poll.items[-1].likes, poll.items[-1].replies) == (urn(1), 0, 9)
    assert [(d.source, d.id) for d in poll.deletions] == [("linkedin", urn(2))]
    poll.collector = LinkedIn(page="77")
    del server.posts[urn(1)]
    poll(130)
    assert [d.id for d in poll.deletions] == [urn(1)]


def test_reshares_media_polls_and_drafts(server, client):
    parent = {"parent": "urn:li:share:123456789"}
    server.put(
        post(1, at(-1), "", reshareContext=parent),
        post(2, at(-2), "Indeed", reshareContext=parent),
        post(3, at(-3), content={"media": {"id": "urn:li:video:C5", "title": "Film"}}),
        post(
            4,
            at(-4),
            content={"multiImage": {"images": [{"id": "urn:li:image:C6", "altText": "A wing"}]}},
        ),
        post(5, at(-5), content={"poll": {"question": "Why?"}}),
        post(6, at(-6), lifecycleState="DRAFT"),
        post(7, at(-7), "", content={}),
        post(8, at(-8), "ok", publishedAt="soon", createdAt=2**60),
    )
    poll = Polling(client)
    poll(0)
    told = {item.id: item for item in poll.items}
    assert (told[urn(1)].kind, told[urn(1)].repost_of) == ("repost", "urn:li:share:123456789")
    assert (told[urn(2)].kind, told[urn(2)].quote_of) == ("quote", "urn:li:share:123456789")
    assert [m.type for n in (3, 4, 5) for m in told[urn(n)].media] == ["video", "image", "poll"]
    assert told[urn(4)].media[0].alt == "A wing"
    assert told[urn(8)].published_precision is None
    assert [p.reason for p in poll.problems] == [
        "is not published (DRAFT)",
        "is malformed (ValueError: it says nothing)",
    ]


def test_counts_that_cannot_be_had_stop_no_posts(server, client):
    server.put(post(1, at(-1)))
    server.refusals["/rest/socialMetadata"] = 403
    poll = Polling(client)
    assert poll(0) == [urn(1)]
    assert poll.items[0].likes is None
    assert poll.problems[0].where == "counts"


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (401, "ended, as all do after 60 days"),
        (403, "r_organization_social"),
        (404, "no such page"),
        (426, "set version"),
    ],
)
def test_a_refusal_names_the_remedy_and_no_token(server, client, status, remedy):
    server.refusals["/rest/posts"] = status
    with pytest.raises(SourceError, match=remedy) as caught:
        Polling(client)(0)
    assert caught.value.status == status
    assert SECRET not in str(caught.value)


def test_a_days_requests_that_are_used_up_are_waited_for(server, client):
    server.refusals["/rest/posts"] = 429
    with pytest.raises(RateLimited) as caught:
        Polling(client)(0)
    assert caught.value.retry_after == 3_600


def test_what_is_no_answer_says_so(server, client):
    poll = Polling(client)
    poll.collector._names["urn:li:organization:77"] = ("acme", None)
    server.body = b"<html>busy"
    with pytest.raises(SourceError, match="what is no object"):
        poll(0)


@pytest.mark.parametrize(("token", "said"), [("", "is not set"), ("two words", "copy it")])
def test_without_a_token_it_says_what_to_do(client, monkeypatch, token, said):
    monkeypatch.setenv("WORKBENCH_LINKEDIN_TOKEN", token)
    with pytest.raises(SettingError, match=said):
        Polling(client)(0)


def test_an_answer_of_the_api_is_read_without_a_network():
    (item,) = parse(json.dumps({"elements": [post(1, at(0))]}).encode(), collected=NOON)
    assert (item.id, item.author) == (urn(1), None)


def test_a_file_is_read_once_and_again_when_it_changes(tmp_path):
    path = tmp_path / "shares.ndjson"
    path.write_text('{"text": "a", "ago": "2d", "author": "bo"}\n')
    os.utime(path, (at(-60).timestamp(),) * 2)
    poll = Polling(None, LinkedIn(file=str(path), lang="en"))
    poll(0)
    (item,) = poll.items
    assert (item.text, item.lang, item.collected) == ("a", "en", at(0))
    assert (item.published, item.published_precision) == (at(-60) - timedelta(days=2), 86_400)
    assert poll.spans == []
    assert poll(10) == []
    path.write_text('{"text": "a", "author": "bo"}\n{"text": "b", "author": "bo"}\n')
    assert [each == item.id for each in poll(20)] == [True, False]


def test_a_file_may_stand_at_an_address_and_is_asked_for_with_what_is_known_of_it(client):
    address = "https://api.linkedin.com/desk/brought.csv?key=s3cret"
    poll = Polling(client, LinkedIn(file=address))
    assert poll.collector.key == "linkedin:api.linkedin.com/desk/brought.csv"
    assert len(poll(0)) == 1
    assert poll(10) == []
    poll.cursor = "nonsense"
    assert len(poll(20)) == 1


def test_a_file_that_cannot_be_read_is_named_without_its_folder(tmp_path):
    poll = Polling(None, LinkedIn(file=str(tmp_path / "gone.csv")))
    with pytest.raises(SourceError, match=r"gone\.csv cannot be read") as caught:
        poll(0)
    assert str(tmp_path) not in str(caught.value)
    assert str(tmp_path) not in poll.collector.key
    other = LinkedIn(file="elsewhere/gone.csv")
    assert other.key != poll.collector.key
    assert LinkedIn(file="gone.csv").key == "linkedin:gone.csv"


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"page": "77", "file": "a.csv"},
        {"page": "acme"},
        {"page": "77", "version": "2026"},
        {"page": "77", "lang": "English!"},
        {"file": "a\x00b"},
        {"file": "https://bo:secret@desk.example/a.csv"},
        {"file": "https:///a.csv"},
        {"page": "77", "every": "often"},
    ],
)
def test_parameters_that_cannot_be_are_refused(options):
    with pytest.raises(SettingError):
        LinkedIn(**options)
    assert LinkedIn(page="urn:li:organization:77").key == "linkedin:77"
