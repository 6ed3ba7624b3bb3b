"""Second looks at what is young: counts brought up to date and deletions found, over real HTTP."""

import json
import threading
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from rawserver import reply, running

from workbench import clock, store
from workbench.collectors.bluesky import Bluesky
from workbench.errors import SourceError
from workbench.http import Client
from workbench.items import Deletion, Item, ParseResult
from workbench.service.renew import Renewal

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def opened(tmp_path):
    with store.open(tmp_path / "s.db", floor=0, now=lambda: NOW) as made:
        yield made


def uri(n):
    return f"at://did:plc:{n:024d}/app.bsky.feed.post/3k{n}"


def post(n, hours=1.0, source="bluesky", **fields):
    when = NOW - hours * HOUR
    return Item(
        source=source, id=uri(n), text=f"Acme {n}", published=when, collected=when, **fields
    )


def view(address, **fields):
    did = address.split("/")[2]
    return {
        "uri": address,
        "author": {"did": did, "handle": "ana.example"},
        "record": {"text": f"Acme {int(did[8:])}", "createdAt": "2026-11-26T11:00:00Z"},
        "indexedAt": "2026-11-26T11:00:00Z",
        **fields,
    }


class Asked:
    """A server of getPosts that knows all but some posts; what it was asked is kept."""

    def __init__(self, server, gone=(), broken=()):
        self.asked = []
        self._gone, self._broken = gone, broken
        server.answer = self._answer

    def _answer(self, connection, head):
        target = urlsplit(head.split(" ")[1])
        assert target.path == "/xrpc/app.bsky.feed.getPosts"
        uris = parse_qs(target.query)["uris"]
        self.asked.append(uris)
        posts = [
            {"uri": each} if each in self._broken else view(each, likeCount=7, replyCount=2)
            for each in uris
            if each not in self._gone
        ]
        connection.sendall(reply(json.dumps({"posts": posts}).encode()))


@pytest.fixture
def server():
    with running() as made:
        yield made


@pytest.fixture
def client(server):
    return Client(hosts={"public.api.bsky.app": server.address}, interval=0)


def renewal(opened, client, *collectors):
    return Renewal(opened, client, lambda: collectors, now=lambda: NOW)


def test_counts_of_what_is_young_are_renewed_and_what_is_gone_goes(opened, client, server):
    repost = Item(
        source="bluesky",
        id="at://did:plc:a/app.bsky.feed.repost/1",
        kind="repost",
        text="Acme",
        published=NOW,
    )
    young = [post(n, likes=1, author="ana.example") for n in range(30)]
    opened.add([*young, post(40, hours=25), post(41, source="x"), repost])
    asked = Asked(server, gone={uri(3), uri(28)})
    looks = renewal(opened, client, Bluesky())
    looks.round()
    assert sorted(map(len, asked.asked)) == [5, 25]
    assert {each for part in asked.asked for each in part} == {uri(n) for n in range(30)}
    assert (opened.get("bluesky", uri(0)).likes, opened.get("bluesky", uri(0)).replies) == (7, 2)
    for gone in (3, 28):
        assert opened.get("bluesky", uri(gone)).text == ""
    assert opened.get("bluesky", uri(40)).likes is None
    assert opened.get("bluesky", uri(0)).edited is None
    looks.round()  # not due again
    assert len(asked.asked) == 2
    assert opened.check() == []


@pytest.mark.parametrize(
    ("gone", "broken"),
    [({uri(0), uri(1)}, ()), ({uri(0)}, {uri(1)})],  # it knows none; it answers what is none
)
def test_nothing_is_deleted_by_an_answer_that_is_not_to_be_believed(
    opened, client, server, gone, broken
):
    opened.add([post(0), post(1)])
    Asked(server, gone=gone, broken=broken)
    renewal(opened, client, Bluesky()).round()
    assert all(opened.get("bluesky", uri(n)).text for n in (0, 1))


def test_polled_accounts_are_looked_at_by_their_own_polls(opened, client, server):
    opened.add([post(0), post(1)])
    asked = Asked(server)
    renewal(opened, client, Bluesky(authors=("ana.example",))).round()
    assert asked.asked == []


class Counted:
    """A source that answers what it is told to."""

    name = "counted"

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def renew(self, _client, ids, *, now):  # noqa: ARG002 - the collectors' signature
        self.asked.append(list(ids))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_only_what_was_asked_for_is_changed(opened, client):
    opened.add([post(0, source="counted")])
    told = ParseResult([post(5, source="counted"), post(0, source="bluesky", likes=3)])
    told.deletions = [Deletion("bluesky", uri(0), NOW), Deletion("counted", uri(7), NOW)]
    renewal(opened, client, Counted(told)).round()
    assert opened.get("counted", uri(5)) is None
    assert opened.get("bluesky", uri(0)) is None
    assert opened.add([post(7, source="counted")]).new == 1


def test_the_longest_not_looked_at_go_first_and_no_more_than_a_round_holds(opened, client):
    opened.add([post(n, hours=1 + n / 1000, source="counted") for n in range(700)])
    counted = Counted(ParseResult())
    looks = renewal(opened, client, counted)
    for _ in range(3):
        looks.round()
    assert [len(ids) for ids in counted.asked] == [500, 200]
    assert counted.asked[0][0] == uri(0)
    assert set(counted.asked[0]) | set(counted.asked[1]) == {uri(n) for n in range(700)}


@pytest.mark.parametrize(
    "error",
    [SourceError("https://x.example/?uris=at: answered 502", status=502), ValueError("key=s3cret")],
)
def test_a_source_that_fails_stops_no_other_and_is_asked_again(opened, client, caplog, error):
    class Other(Counted):
        name = "other"

    opened.add([post(0, source="counted"), post(0, source="other")])
    counted, other = Counted(error), Other(ParseResult())
    looks = renewal(opened, client, counted, other)
    caplog.set_level("INFO")
    looks.round()
    looks.round()
    assert (len(counted.asked), len(other.asked)) == (2, 1)
    assert "s3cret" not in caplog.text
    assert caplog.text.count("counts wait for the next round") == isinstance(error, SourceError)
    assert "counted: " in caplog.text
    assert "uris" not in caplog.text


def test_it_ends_when_told_to(opened, client):
    stop = threading.Event()
    looks = Renewal(opened, client, list, now=clock.now)
    thread = threading.Thread(target=looks.run, args=(stop,))
    thread.start()
    stop.set()
    thread.join(60)
    assert not thread.is_alive()
