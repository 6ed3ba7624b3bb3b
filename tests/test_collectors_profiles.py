"""Who stands behind DIDs, asked of a directory over real HTTP."""

import json
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import stamina
from loopback import serving

from workbench.collectors.bluesky import Bluesky
from workbench.collectors.profiles import Profiles
from workbench.http import Client
from workbench.items import Item

ANA, BEA = "did:plc:anaaaaaaaaaaaaaaaaaaaaaa", "did:plc:beabbbbbbbbbbbbbbbbbbbbb"
KEN = "did:web:ken.example"
TEN = datetime(2026, 11, 19, 10, tzinfo=UTC)
PROFILES = "profiles.example"


@pytest.fixture(autouse=True)
def _no_waiting():
    with stamina.set_testing(True, attempts=3):
        yield


class Directory(BaseHTTPRequestHandler):
    """getProfiles, with a handle for every DID but one."""

    def do_GET(self):
        actors = parse_qs(urlsplit(self.path).query)["actors"]
        self.server.asked.append(actors)
        body = self.server.answer(actors)
        self.send_response(200 if body else 500)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(ConnectionError):  # who asked may have given up
            self.wfile.write(body)

    def log_message(self, *_):
        pass


def profiles_of(actors):
    return json.dumps(
        {
            "profiles": [
                {
                    "did": did,
                    "handle": f"{did[8:11]}.example",
                    "displayName": "",
                    "followersCount": 7,
                    "verification": {"verifiedStatus": "valid"},
                }
                for did in actors
                if did != KEN
            ]
        }
    ).encode()


@contextmanager
def directory(answer=profiles_of):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Directory)
    server.asked, server.answer = [], answer
    with serving(server):
        yield server, Client(hosts={PROFILES: f"127.0.0.1:{server.server_port}"})


def item(number, author, **fields):
    return Item(source="bluesky", id=str(number), text="", published=TEN, author=author, **fields)


def test_authors_are_looked_up_once_in_batches_of_25():
    collector = Bluesky(profiles=f"https://{PROFILES}/xrpc/app.bsky.actor.getProfiles")
    posts = [item(n, f"did:plc:a{n:02}") for n in range(30)]
    with directory() as (server, client):
        found = collector.refine(client, posts)
        again = collector.refine(client, posts)
    assert [len(actors) for actors in server.asked] == [25, 5]
    assert [post.id for post in found] == [post.id for post in posts]
    assert found[3].author == "a03.example"
    assert (found[3].author_name, found[3].followers, found[3].verified) == (None, 7, True)
    assert again == found
    assert found.problems == []


def test_whom_a_reply_answers_is_looked_up_and_who_is_gone_keeps_the_did():
    collector = Bluesky(profiles=f"https://{PROFILES}/x")
    with directory() as (server, client):
        found = collector.refine(client, [item(1, KEN, reply_to_author=ANA)])
        collector.refine(client, [item(2, KEN)])
    assert (found[0].author, found[0].reply_to_author) == (KEN, "ana.example")
    assert len(server.asked) == 1


@pytest.mark.parametrize("answer", [b"", b"<html>", b'{"profiles":[{"did":1}]}'])
def test_a_directory_that_fails_is_a_problem_and_left_in_peace(answer):
    collector = Bluesky(profiles=f"https://{PROFILES}/x")
    posts = [item(1, ANA)]
    with directory(lambda _: answer) as (server, client):
        found = collector.refine(client, posts)
        tries = len(server.asked)
        again = collector.refine(client, posts)
    assert list(found) == list(again) == posts
    assert found.problems[0].where == "authors"
    assert "rests" in again.problems[0].reason
    assert len(server.asked) == tries


def test_authors_need_not_be_looked_up():
    posts = [item(1, ANA)]
    assert list(Bluesky(resolve=False).refine(Client(), posts)) == posts


def test_a_new_handle_replaces_the_one_that_was_looked_up():
    known = Profiles()
    with directory() as (_, client):
        known.look_up(client, f"https://{PROFILES}/x", [ANA], seconds=5)
    assert known[ANA].handle == "ana.example"
    known.rename(ANA, "new.example")
    known.rename(BEA, "unknown.example")
    assert known[ANA].handle == "new.example"
    assert BEA not in known


def test_what_was_not_asked_for_long_is_forgotten_first():
    known = Profiles(size=2)
    with directory() as (_, client):
        for did in (ANA, BEA):
            known.look_up(client, f"https://{PROFILES}/x", [did], seconds=5)
        assert known[ANA]
        known.look_up(client, f"https://{PROFILES}/x", ["did:plc:new"], seconds=5)
    assert sorted(known) == [ANA, "did:plc:new"]


def test_a_slow_directory_holds_nobody_up():
    with directory(lambda _: time.sleep(1) or b"") as (_, client):
        trouble = Profiles().look_up(client, f"https://{PROFILES}/x", [ANA], seconds=0.2)
    assert trouble.startswith("1 authors were not looked up")
