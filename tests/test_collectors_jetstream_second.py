"""The second version of Jetstream: its frames, and how it is resumed."""

import json
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from workbench.clock import to_micros
from workbench.collectors.bluesky import Bluesky, parse
from workbench.http import Client

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
ANA = "did:plc:anaaaaaaaaaaaaaaaaaaaaaa"


def at(minute):
    return NOON + timedelta(minutes=minute)


def stamp(when):
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


KIND = "network.bsky.jetstream.subscribeEvents"


def frame(number, minute, kind="commit", **more):
    payload = {"$type": f"{KIND}#{kind}", "did": ANA, "seq": number, "time": stamp(at(minute))}
    if kind == "commit":
        payload |= {
            "rev": "3m",
            "operation": "create",
            "collection": "app.bsky.feed.post",
            "rkey": f"k{number}",
            "cid": "bafyreiaaaa",
            "record": {"text": f"Post {number}", "createdAt": stamp(at(minute))},
        }
    return json.dumps({"$type": "message", "payload": payload | more})


def test_both_versions_say_the_same():
    second = [
        frame(1, 0),
        frame(2, 1, operation="delete", record=None),
        frame(3, 2, "account", account={"did": ANA, "active": False, "seq": 9}),
        frame(4, 3, "identity", identity={"did": ANA, "handle": "ana.new.example"}),
        frame(5, 4, "sync", sync={"did": ANA, "rev": "3m"}),
        json.dumps({"$type": "message", "payload": {"$type": f"{KIND}#info", "name": "Old"}}),
        json.dumps({"$type": "error", "error": "ConsumerTooSlow", "message": "be quick"}),
        json.dumps({"$type": "later"}),
        frame(0, 5),
    ]
    result = parse("\n".join(second).encode(), collected=at(9))
    assert [item.id for item in result] == [f"at://{ANA}/app.bsky.feed.post/k1"]
    assert [d.id for d in result.deletions] == [f"at://{ANA}/app.bsky.feed.post/k2"]
    assert [(a.hidden, a.handle) for a in result.accounts] == [
        (True, None),
        (None, "ana.new.example"),
    ]
    assert [(p.where, p.reason) for p in result.problems] == [
        ("line 7", "says: ConsumerTooSlow be quick"),
        ("line 9", "is no event"),
    ]
    assert result.cursor == str(to_micros(at(4)))


@contextmanager
def streaming(frames, refused=()):
    asked = []

    def talk(connection):
        with suppress(ConnectionClosed):
            for each in frames:
                connection.send(each)
            connection.recv()

    def admit(connection, request):
        asked.append(parse_qs(urlsplit(request.path).query))
        if asked[-1].get("cursor", [""])[0] in refused:
            return connection.respond(400, '{"error": "CursorTooOld"}')
        return None

    with serve(talk, "127.0.0.1", 0, process_request=admit) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        host = f"127.0.0.1:{server.socket.getsockname()[1]}"
        yield asked, Client(hosts={"jet.example": host, "other.example": host})
        server.shutdown()
        thread.join()


def follow(client, cursor, host="jet.example"):
    url = f"wss://{host}/xrpc/{KIND}"
    batches = Bluesky(url=url).collect(client, cursor, now=lambda: at(60), stop=threading.Event())
    try:
        return next(islice(batches, 1))
    finally:
        batches.close()


def test_the_second_version_is_resumed_by_the_number_of_its_last_event():
    with streaming([frame(41, 0), frame(42, 1)]) as (asked, client):
        first = follow(client, None)
        assert first.cursor == f"{to_micros(at(1))} 42 jet.example"
        follow(client, first.cursor)
        # Another server counts in another way.
        elsewhere = follow(client, first.cursor, host="other.example")
    assert sorted(asked[0]["collections"])[1] == "app.bsky.feed.post"
    assert [each.get("cursor") for each in asked] == [None, ["42"], None]
    assert elsewhere.cursor == f"{to_micros(at(1))} 42 other.example"


def test_a_cursor_that_is_too_old_is_a_gap():
    left = f"{to_micros(at(-500))} 7 jet.example"
    with streaming([frame(42, 1)], refused=("7",)) as (asked, client):
        batch = follow(client, left)
    assert [each.get("cursor") for each in asked] == [["7"], None]
    assert batch.spans[0][:3] == (at(-500), at(1), "gap")
