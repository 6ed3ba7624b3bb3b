import json
import socket
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from workbench.clock import to_micros
from workbench.demo.clock import ReplayClock
from workbench.demo.jetstream import JetstreamServer
from workbench.demo.timeline import Reel

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
AT = to_micros(NOW)
MINUTE = 60_000_000
POST, LIKE = "app.bsky.feed.post", "app.bsky.feed.like"


def commit(when, collection=POST):
    body = {"did": "did:plc:anna", "time_us": when, "kind": "commit"}
    body["commit"] = {"operation": "create", "collection": collection, "rkey": "self"}
    return json.dumps(body).encode()


def identity(when):
    return json.dumps({"did": "did:plc:anna", "time_us": when, "kind": "identity"}).encode()


def subscribe(server, query=""):
    return connect(f"ws://{server.address}/subscribe{query}", proxy=None, close_timeout=0.3)


def times(connection, count):
    return [json.loads(connection.recv(timeout=60))["time_us"] for _ in range(count)]


def is_silent(connection):
    try:
        connection.recv(timeout=0.3)
    except TimeoutError:
        return True
    return False


def test_recorded_events_come_byte_for_byte_and_then_nothing():
    events = [commit(1), identity(2), b"no json at all", commit(3, LIKE)]
    with JetstreamServer([*events, b"\n"]) as server, subscribe(server) as client:
        assert [client.recv(timeout=60).encode() for _ in events] == events
        assert is_silent(client)


def test_wanted_collections_filter_commits_alone():
    events = [commit(1), commit(2, LIKE), commit(3, "app.bsky.graph.follow"), identity(4)]
    with JetstreamServer(events) as server:
        with subscribe(server, f"?wantedCollections={POST}&wantedCollections={LIKE}") as client:
            assert times(client, 3) == [1, 2, 4]
        with subscribe(server, "?wantedCollections=app.bsky.graph.*&compress=true") as client:
            assert times(client, 2) == [3, 4]
        with subscribe(server, "?wantedCollections=com.example.none") as client:
            assert times(client, 1) == [4]


def test_a_cursor_resumes_with_the_event_that_it_names():
    with (
        JetstreamServer(map(commit, range(1, 6))) as server,
        subscribe(server, "?cursor=4") as client,
    ):
        assert times(client, 2) == [4, 5]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 404), ("/xrpc/other?cursor=1", 404), ("/subscribe?cursor=then", 400)],
)
def test_anything_else_is_refused(path, status):
    with JetstreamServer([commit(1)]) as server:
        with pytest.raises(InvalidStatus) as caught:
            connect(f"ws://{server.address}{path}", proxy=None)
        assert caught.value.response.status_code == status


def test_with_a_clock_events_come_at_their_time():
    clock = ReplayClock(NOW, speed=600)
    reel = Reel(0, AT, AT + 60 * MINUTE, 0)
    events = [commit(AT - MINUTE), commit(AT + 2 * MINUTE), commit(AT + 4 * MINUTE)]
    with JetstreamServer(events, clock=clock, reel=reel) as server, subscribe(server) as client:
        for event in (AT + 2 * MINUTE, AT + 4 * MINUTE):
            assert times(client, 1) == [event]
            assert to_micros(clock()) >= event


def test_an_old_cursor_is_moved_up_to_36_hours():
    clock = ReplayClock(NOW)
    reel = Reel(0, AT, AT + 60 * MINUTE, 0)
    ages = (37, 36.5, 35, 1)
    events = [commit(to_micros(NOW - timedelta(hours=age))) for age in ages]
    with JetstreamServer(events, clock=clock, reel=reel) as server:
        with subscribe(server, "?cursor=0") as client:
            assert times(client, 2) == [AT - 35 * 60 * MINUTE, AT - 60 * MINUTE]
        with subscribe(server, f"?cursor={AT + 10**12}") as client:
            assert is_silent(client)


def test_at_its_end_the_live_part_begins_anew():
    clock = ReplayClock(NOW, speed=3600)
    base = AT - 86_400_000_000
    reel = Reel.aligned(base - 60 * MINUTE, base, base + 30 * MINUTE, at=AT)
    events = [commit(base - MINUTE), commit(base + MINUTE), commit(base + 2 * MINUTE)]
    with (
        JetstreamServer(events, clock=clock, reel=reel) as server,
        subscribe(server, f"?cursor={AT - 10 * MINUTE}") as client,
    ):
        expected = [AT - MINUTE]
        expected += [AT + lap * 30 * MINUTE + n * MINUTE for lap in range(3) for n in (1, 2)]
        assert times(client, 7) == expected


def test_clients_are_served_at_once_each_from_its_own_position():
    with JetstreamServer(map(commit, range(1, 301))) as server, ExitStack() as stack:
        clients = [
            stack.enter_context(subscribe(server, f"?cursor={first}")) for first in (1, 101, 201)
        ]
        assert times(clients[2], 100) == list(range(201, 301))
        assert times(clients[0], 300) == list(range(1, 301))
        assert times(clients[1], 200) == list(range(101, 301))


def test_it_answers_pings():
    with JetstreamServer([commit(1)]) as server, subscribe(server) as client:
        assert client.ping().wait(60)


def test_stopping_says_goodbye_and_leaves_no_thread():
    threads = set(threading.enumerate())
    server = JetstreamServer([commit(1)])
    with subscribe(server) as client:
        assert times(client, 1) == [1]
        server.stop()
        with pytest.raises(ConnectionClosed) as caught:
            client.recv(timeout=60)
    assert caught.value.rcvd.code == 1001
    assert left_over(threads) == set()


def test_a_client_that_does_not_read_cannot_hold_up_the_end():
    threads = set(threading.enumerate())
    long = [commit(when)[:-1] + b',"filler":"%s"}' % (b"x" * 5000) for when in range(10_000)]
    server = JetstreamServer(long)
    with subscribe(server) as client:
        assert times(client, 1) == [0]
        time.sleep(1)  # by now the server's thread stands still in the middle of a send
        server.stop()
    assert left_over(threads) == set()


def test_a_client_that_asks_for_nothing_cannot_hold_up_the_end():
    threads = set(threading.enumerate())
    server = JetstreamServer([commit(1)])
    host, port = server.address.split(":")
    with socket.create_connection((host, int(port))):
        server.stop()
    assert left_over(threads) == set()


def left_over(before):
    """Threads that are still there once those that are ending have had time to."""
    for _ in range(3_000):
        if not (rest := set(threading.enumerate()) - before):
            break
        time.sleep(0.02)
    return rest
