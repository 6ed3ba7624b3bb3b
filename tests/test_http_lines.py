"""Streams of lines over loopback, with servers that behave and some that do not."""

import itertools
import threading
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rawserver import reply, running

from workbench.errors import RateLimited, SourceError
from workbench.http import Client
from workbench.http.lines import Records

HOST = "stream.example"
URL = f"https://{HOST}/2/tweets/search/stream"
CHUNKED = "Transfer-Encoding: chunked\r\n\r\n"


@contextmanager
def streaming(*pieces, kind="application/json; charset=utf-8", end=b"", linger=True, **options):
    """Open a stream whose server sends these pieces, each as a chunk."""
    over = threading.Event()

    def answer(connection, _):
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{CHUNKED}".encode())
        for piece in pieces:
            connection.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        connection.sendall(end)
        if linger:
            over.wait(10)

    with running() as server:
        server.answer = answer
        client = Client(hosts={HOST: server.address})
        try:
            with client.lines(URL, **options) as stream:
                stream.server = server
                yield stream
        finally:
            over.set()


def test_lines_come_one_by_one_and_heartbeats_as_nothing():
    pieces = (b'{"data": 1}\r\n{"da', b'ta": 2}\r\n', b"\r\n", b"\r\n\r\n", b'{"data": 3}')
    with streaming(
        *pieces, params={"expansions": "author_id"}, headers={"Authorization": "Bearer k"}
    ) as stream:
        assert stream.receive(5) == b'{"data": 1}'
        assert stream.receive(5) == b'{"data": 2}'
        assert stream.receive(0.05) is None
        assert stream.receive(0) is None
        assert stream.silent < 5
        (head,) = stream.server.heads
    assert head.startswith("GET /2/tweets/search/stream?expansions=author_id HTTP/1.1\r\n")
    assert "Authorization: Bearer k\r\n" in head
    assert "Accept: application/json\r\n" in head


@pytest.mark.parametrize(
    ("end", "message"),
    [(b"0\r\n\r\n", "the stream has ended"), (b"", "the stream broke"), (b"zz\r\n", "broke")],
)
def test_a_stream_that_is_cut_in_mid_line_ends_without_that_line(end, message):
    with streaming(b'{"data": 1}\n{"data', end=end, linger=False) as stream:
        assert stream.receive(5) == b'{"data": 1}'
        with pytest.raises(SourceError, match=message):
            stream.receive(5)


def test_a_stream_without_heartbeats_counts_as_dead():
    with streaming(b"1\n", idle=0.05) as stream:
        assert stream.receive(5) == b"1"
        with pytest.raises(SourceError, match="not even a heartbeat"):
            stream.receive(0.1)


@pytest.mark.parametrize("kind", ["text/html", "text/event-stream", ""])
def test_what_is_no_stream_of_lines_is_refused(kind):
    with pytest.raises(SourceError, match="instead of a stream of lines"), streaming(kind=kind):
        pass


def test_a_line_that_never_ends_is_not_gathered_for_ever():
    with streaming(*[b"x" * 500_000] * 5) as stream, pytest.raises(SourceError, match="2 MB"):
        stream.receive(10)


def test_a_server_that_asks_us_to_wait_is_waited_for():
    with running() as server:
        server.says(reply(status="429 Too Many Requests", Retry_After="60"))
        client = Client(hosts={HOST: server.address})
        with pytest.raises(RateLimited) as caught, client.lines(URL):
            pass
        assert caught.value.retry_after == 60
        with pytest.raises(RateLimited, match="asked us to wait"):
            client.get(URL)
        assert len(server.heads) == 1


def test_no_key_stands_in_an_error():
    with running() as server:
        server.says(reply(status="401 Unauthorized"))
        client = Client(hosts={HOST: server.address})
        headers = {"Authorization": "Bearer s3cret"}
        with pytest.raises(SourceError) as caught, client.lines(URL, headers=headers):
            pass
    assert "s3cret" not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert "check the key" in str(caught.value)


@settings(max_examples=50)
@given(
    st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b" "))),
    st.lists(st.integers(0, 200)),
)
def test_in_whatever_pieces_lines_come_they_are_the_same(lines, cuts):
    whole = b"".join(line + b"\n" for line in lines) + b"rest"
    places = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    records = Records("x")
    found = [
        line for start, end in itertools.pairwise(places) for line in records.feed(whole[start:end])
    ]
    assert found == [line.strip() for line in lines if line.strip()]
