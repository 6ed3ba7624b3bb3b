"""Hacker News over real HTTP: its search split by time, second looks, parameters."""

import json
import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from loopback import serving
from polls import Polls

from workbench.collectors import Covered
from workbench.collectors.hackernews import HackerNews
from workbench.errors import SettingError, SourceError
from workbench.http import Client

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)


def at(minute, second=0):
    return NOON + timedelta(minutes=minute, seconds=second)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        address = urlsplit(self.path)
        given = {name: values[0] for name, values in parse_qs(address.query).items()}
        server.asked.append((self.headers["Host"], address.path, given))
        if server.body is not None:
            return self.send(server.body)
        if address.path == "/api/v1/search_by_date":
            return self.send(json.dumps(self.search(given)).encode())
        own = re.fullmatch(r"/v0/item/(\d+)\.json", address.path)[1]
        if server.is_broken:
            self.send_response(403)
            self.end_headers()
            return None
        return self.send(json.dumps(server.items.get(int(own))).encode())

    def search(self, given):
        """Answer as Algolia does: newest first, a page of them, and how many there are."""
        hits = [item for item in self.server.items.values() if not item.get("deleted")]
        for bound in given["numericFilters"].split(","):
            sign, second = re.fullmatch(r"created_at_i(>=|<=)(\d+)", bound).groups()
            if sign == ">=":
                hits = [item for item in hits if item["time"] >= int(second)]
            else:
                hits = [item for item in hits if item["time"] <= int(second)]
        hits.sort(key=lambda item: -item["time"])
        page = hits[: int(given["hitsPerPage"])]
        return {
            "nbHits": len(hits),
            "hits": [
                {
                    "objectID": str(item["id"]),
                    "created_at_i": item["time"],
                    "_tags": [item["type"]],
                    "author": item["by"],
                    "title": item["title"],
                    "url": None,
                    "story_text": None,
                    "points": item["score"],
                    "num_comments": item["descendants"],
                }
                for item in page
            ],
        }

    def send(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.items, self.asked, self.body, self.is_broken = {}, [], None, False

    def put(self, own, when, **more):
        self.items[own] = {
            "id": own,
            "type": "story",
            "by": "pilar",
            "time": int(when.timestamp()),
            "title": f"Story {own}",
            "score": 1,
            "descendants": 0,
        } | more

    def searches(self):
        return [given for _, path, given in self.asked if "search" in path]


@contextmanager
def running():
    with serving(Server()) as server:
        yield server


@pytest.fixture
def server():
    with running() as server:
        yield server


@pytest.fixture
def client(server):
    address = f"127.0.0.1:{server.server_port}"
    hosts = {"hn.algolia.com": address, "hacker-news.firebaseio.com": address}
    return Client(hosts=hosts, interval=0)


class Polling(Polls):
    at, usual = staticmethod(at), HackerNews

    @staticmethod
    def known(item):
        return int(item.id)


def test_a_first_poll_takes_the_last_day(server, client):
    server.put(1, at(-60 * 25))
    server.put(2, at(-60 * 23))
    server.put(3, at(-1))
    poll = Polling(client)
    assert poll(0) == [3, 2]
    assert poll.spans == [Covered(at(-60 * 24), at(0))]
    (given,) = server.searches()
    assert given["tags"] == "(story,comment)"
    assert "query" not in given or given["query"] == ""


def test_the_next_poll_asks_for_what_is_new_and_a_little_more(server, client):
    server.put(1, at(-60))
    server.put(2, at(-2))
    poll = Polling(client)
    poll(0)
    server.put(3, at(-1))  # which the search did not know yet
    server.put(4, at(1))
    assert poll(1) == [4, 3, 2]
    assert poll.spans == [Covered(at(0), at(1))]
    assert server.searches()[-1]["numericFilters"] == f"created_at_i>={int(at(-15).timestamp())}"


def test_more_hits_than_one_answer_holds_are_split_by_time(server, client):
    for own in range(1, 1_301):
        server.put(own, at(-100) + timedelta(seconds=own // 3))
    poll = Polling(client)
    found = poll(0)
    assert sorted(found) == list(range(1, 1_301))
    assert poll.spans == [Covered(at(-60 * 24), at(0))]
    assert len(server.searches()) == 3


def test_more_hits_in_one_second_than_one_answer_holds_do_not_stop_it(server, client):
    for own in range(1, 601):
        server.put(own, at(-10))
    server.put(700, at(-20))
    poll = Polling(client)
    found = poll(0)
    assert len(found) == 501
    assert 700 in found


def test_what_more_is_written_than_the_requests_bring_is_a_gap(server, client):
    poll = Polling(client)
    poll(-60)
    for own in range(1, 6_001):
        server.put(own, at(-59) + timedelta(seconds=own // 2))
    found = poll(0)
    # Of ten answers nine begin in a second of which one or two are known.
    assert 4_982 <= len(found) <= 4_991
    assert sorted(found) == list(range(6_001 - len(found), 6_001))
    gap, covered = poll.spans
    assert gap[:3] == (at(-60), covered.start, "gap")
    assert "more was written than 10 requests bring" in gap.reason
    assert at(-59, 500) < covered.start < at(-59, 510)
    assert covered.end == at(0)


def test_second_looks_bring_points_and_deletions_of_what_is_kept(server, client):
    for own in (1, 2, 3, 4):
        server.put(own, at(own))
    poll = Polling(client, keep=lambda item: item.id != "4")
    poll(5)
    server.items[1] |= {"score": 50, "descendants": 7, "title": "Better title"}
    server.items[2] |= {"deleted": True}
    server.items[3] |= {"dead": True}
    assert set(poll(40)) >= {1}
    looked = next(item for item in poll.items if item.likes == 50)
    assert (looked.replies, looked.title) == (7, "Better title")
    assert {(d.source, d.id, d.time) for d in poll.deletions} == {
        ("hackernews", "2", at(40)),
        ("hackernews", "3", at(40)),
    }
    assert "/v0/item/4.json" not in [path for _, path, _ in server.asked]
    server.asked.clear()
    poll(60)
    assert [path for host, path, _ in server.asked if "firebase" in host] == ["/v0/item/1.json"]


def test_a_restart_remembers_what_is_kept(server, client):
    server.put(1, at(1))
    poll = Polling(client)
    poll(5)
    server.items[1] |= {"deleted": True}
    poll.collector = HackerNews()
    poll(40)
    assert [deletion.id for deletion in poll.deletions] == ["1"]


def test_second_looks_that_fail_stop_no_search(server, client):
    server.put(1, at(1))
    poll = Polling(client)
    poll(5)
    server.is_broken = True
    poll(40)
    assert "403" in poll.problems[0].reason
    assert poll.spans == [Covered(at(5), at(40))]
    server.is_broken = False
    server.items[1] |= {"deleted": True}
    poll(41)
    assert [deletion.id for deletion in poll.deletions] == ["1"]


def test_an_item_that_the_other_service_does_not_know_yet_stays(server, client):
    server.put(1, at(1))
    poll = Polling(client)
    poll(5)
    server.items.clear()
    poll(40)
    assert (poll.deletions, poll.problems) == ([], [])


def test_words_and_kinds_are_handed_on(server, client):
    poll = Polling(client, HackerNews(query=" solid  state ", tags=["front_page", "author_pg"]))
    poll(0)
    (given,) = server.searches()
    assert (given["query"], given["tags"]) == ("solid state", "(front_page,author_pg)")


def test_what_reaches_the_front_page_hours_later_is_found(server, client):
    poll = Polling(client, HackerNews(tags=["front_page"]))
    poll(0)
    server.put(1, at(-300))
    assert poll(1) == [1]
    assert poll.spans == [Covered(at(0), at(1))]


def test_what_is_no_answer_says_so(server, client):
    server.body = b"<html>busy"
    with pytest.raises(SourceError, match="hackernews: answered with what are no hits"):
        Polling(client)(0)


def test_a_stop_in_the_middle_leaves_no_cursor(server, client):
    for own in range(1, 1_001):
        server.put(own, at(-100) + timedelta(seconds=own))
    poll = Polling(client)
    batches = poll.collector.collect(client, None, now=lambda: at(0), stop=poll.stop)
    assert next(batches).cursor is None
    poll.stop.set()
    assert [batch.cursor for batch in batches] == []


@pytest.mark.parametrize(
    "cursor", ["", "nonsense", "[]", '{"polled": "noon"}', "null", '{"polled": 7, "known": []}']
)
def test_a_cursor_that_cannot_be_read_is_none(server, client, cursor):
    server.put(1, at(-60))
    poll = Polling(client)
    poll.cursor = cursor
    assert poll(0) == [1]
    assert poll.spans == [Covered(at(-60 * 24), at(0))]


def test_what_names_a_source_says_all_that_tells_it_from_others():
    assert HackerNews().key == "hackernews"
    assert HackerNews(tags=["comment", "story"]).key == "hackernews"
    assert HackerNews(query="a b", tags=["story"]).key == 'hackernews "a b" story'
    assert HackerNews(every="90s").every == timedelta(seconds=90)


@pytest.mark.parametrize(
    "options",
    [
        {"query": "x" * 501},
        {"tags": []},
        {"tags": ["story),(comment"]},
        {"tags": ["Story"]},
        {"every": "often"},
    ],
)
def test_parameters_that_cannot_be_are_refused(options):
    with pytest.raises(SettingError):
        HackerNews(**options)
