"""Requests that hang are given up when all is to end, and not tried again."""

import threading
import time

import pytest
from rawserver import running

from workbench.errors import SourceError
from workbench.http import Client

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
LONG = 600.0  # seconds, so that nothing but being interrupted ends a test


@pytest.fixture
def server():
    with running() as made:
        yield made


@pytest.fixture
def over():
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def client(server):
    return Client(
        hosts={"a.example": server.address},
        connect_timeout=LONG,
        read_timeout=LONG,
        total_timeout=LONG,
        concurrent=2,
        interval=0,
    )


def run(work):
    """Do something in a thread; return the thread, and what it will have raised."""
    raised = []

    def call():
        try:
            work()
        except SourceError as error:
            raised.append(str(error))

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    return thread, raised


def until(true):
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.005)


@pytest.mark.parametrize("said", [b"", HEAD, HEAD + b"Content-Length: 9\r\n\r\nbeg"])
def test_a_request_that_hangs_ends_at_once_and_is_made_once(server, client, over, said):
    def answer(connection, _):
        connection.sendall(said)
        over.wait(60)

    server.answer = answer
    thread, raised = run(lambda: client.get("https://a.example/"))
    until(lambda: server.heads)
    client.interrupt()
    thread.join(60)
    assert raised
    assert len(server.heads) == 1


def test_who_waits_for_a_turn_waits_no_longer(server, client, over):
    server.answer = lambda *_: over.wait(60)
    asked = [run(lambda: client.get("https://a.example/")) for _ in range(5)]
    until(lambda: len(server.heads) == 2)
    client.interrupt()
    for thread, raised in asked:
        thread.join(60)
        assert raised
    assert len(server.heads) == 2

    apart = Client(hosts={"a.example": server.address}, interval=LONG)
    server.reset()
    assert apart.get("https://a.example/").content == b"ok"
    thread, raised = run(lambda: apart.get("https://a.example/", timeout=2 * LONG))
    apart.interrupt()
    thread.join(60)
    assert raised
    assert "given up" in raised[0] or "failed" in raised[0]
    assert len(server.heads) == 1


def test_a_stream_ends_too_and_later_requests_are_made_as_ever(server, client, over):
    def answer(connection, _):
        connection.sendall(HEAD + b"\r\ndata: 1\n\n")
        over.wait(60)

    def follow():
        with client.events("https://a.example/", idle=LONG) as stream:
            heard.append(stream.receive(LONG))
            stream.receive(LONG)

    server.answer, heard = answer, []
    thread, raised = run(follow)
    until(lambda: heard)
    client.interrupt()
    thread.join(60)
    assert raised
    server.reset()
    assert client.get("https://a.example/").content == b"ok"
