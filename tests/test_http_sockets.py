"""WebSockets over loopback, with servers that behave and some that do not."""

import logging
import threading
from contextlib import contextmanager

import pytest
from rawserver import reply, running
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from workbench.errors import RateLimited, SourceError, UnsafeAddress
from workbench.http import LIMIT, Client

HOST = "stream.example"
URL = f"wss://{HOST}/subscribe"


@contextmanager
def serving(handler, **options):
    with serve(handler, "127.0.0.1", 0, **options) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()
        thread.join()


@contextmanager
def connected(handler, url=URL, params=None, **options):
    with (
        serving(handler, **options) as address,
        Client(hosts={HOST: address}).websocket(url, params=params) as connection,
    ):
        yield connection


def wait(connection):
    try:
        for _ in connection:
            pass
    except ConnectionClosed:
        pass


def test_messages_come_as_bytes_and_silence_as_none():
    asked = []

    def handler(connection):
        asked.append(connection.request)
        connection.send("ä")
        connection.send(b"\x00")
        wait(connection)

    with connected(handler, params={"wanted": ["a", "b"]}) as connection:
        assert connection.receive(5) == "ä".encode()
        assert connection.receive(5) == b"\x00"
        assert connection.receive(0) is None
        assert connection.receive(0.01) is None
        assert connection.is_alive(5)
    (request,) = asked
    assert request.path == "/subscribe?wanted=a&wanted=b"
    assert request.headers["Host"] == HOST
    assert request.headers["User-Agent"].startswith("boardroom-workbench/")


def test_it_can_be_iterated_until_it_closes():
    def handler(connection):
        for word in "abc":
            connection.send(word)
        connection.close(1013, "try again later")

    heard = []
    with connected(handler) as connection, pytest.raises(SourceError) as caught:
        heard.extend(connection)
    assert heard == [b"a", b"b", b"c"]
    assert str(caught.value).startswith(f"ws://{HOST}/subscribe: the connection closed")
    assert "try again later" in str(caught.value)


def test_a_closed_connection_is_not_alive():
    with connected(lambda connection: connection.close()) as connection:
        with pytest.raises(SourceError):
            connection.receive(5)
        with pytest.raises(SourceError, match="closed"):
            connection.is_alive(5)


def test_a_message_that_is_too_large_ends_the_connection():
    def handler(connection):
        try:
            connection.send(b"\0" * LIMIT)
            connection.send(b"\0" * (LIMIT + 1))  # 10 kB on the way: it is compressed
        except ConnectionClosed:
            pass

    with connected(handler) as connection:
        assert len(connection.receive(10)) == LIMIT
        with pytest.raises(SourceError, match="1009"):
            connection.receive(10)


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (reply(status="404 Not Found"), SourceError, "404 Not Found; check the address"),
        (reply(status="502 Bad Gateway"), SourceError, "502 Bad Gateway"),
        (reply(status="429 Too Many", Retry_After="7"), RateLimited, "wait 7 s"),
        (reply(status="302 Found", Location="ws://127.0.0.1/"), SourceError, "WebSocket|302"),
        (reply(b"<html>"), SourceError, "200 OK"),
        (b"", SourceError, "does not speak WebSocket|connection failed"),
        (b"nonsense\r\n\r\n", SourceError, "does not speak WebSocket"),
    ],
)
def test_what_does_not_open_says_why(answer, error, message):
    with running() as server:
        server.says(answer)
        client = Client(hosts={HOST: server.address})
        with (
            pytest.raises(error, match=message) as caught,
            client.websocket(f"{URL}?token=s3cret", headers={"Authorization": "s3cret"}),
        ):
            pass
    assert HOST in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert len(server.heads) == 1


def test_a_host_that_asked_us_to_wait_is_left_in_peace():
    with running() as server:
        server.says(reply(status="429 Too Many Requests", Retry_After="7"))
        client = Client(hosts={HOST: server.address})
        for _ in range(2):
            with pytest.raises(RateLimited), client.websocket(URL):
                pass
    assert len(server.heads) == 1


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 101 Switching"], ids=["hangs", "stops"])
def test_an_opening_that_takes_too_long_is_given_up(answer):
    let_go = threading.Event()
    with running() as server:
        server.answer = lambda connection, _: (connection.sendall(answer), let_go.wait(10))
        client = Client(hosts={HOST: server.address}, connect_timeout=0.2)
        with pytest.raises(SourceError, match="given up"), client.websocket(URL):
            pass
        let_go.set()


@pytest.mark.parametrize("url", ["https://x.example/", "ws://", "wss://a:s3cret@x.example/"])
def test_only_websockets_are_opened(url):
    with pytest.raises(UnsafeAddress) as caught, Client().websocket(url):
        pass
    assert "s3cret" not in str(caught.value)


def test_no_secret_stands_in_the_log(caplog):
    caplog.set_level(logging.DEBUG)
    silent = logging.getLogger("test.silent")
    silent.propagate = False
    with (
        serving(wait, logger=silent) as address,
        Client(hosts={HOST: address}).websocket(
            f"{URL}?token=s3cret", headers={"Authorization": "s3cret"}
        ) as connection,
    ):
        assert connection.is_alive(5)
    assert "s3cret" not in caplog.text


def test_errors_of_the_block_are_not_taken_for_the_connections():
    with pytest.raises(ZeroDivisionError), connected(wait):
        1 / 0  # noqa: B018
