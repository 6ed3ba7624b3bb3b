"""Streams of events over loopback, with servers that behave and some that do not."""

import shutil
import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rawserver import reply, running

from workbench.errors import RateLimited, SourceError, UnsafeAddress
from workbench.http import Client, Event
from workbench.http.events import Lines
from workbench.http.streams import LARGEST

HOST = "stream.example"
URL = f"https://{HOST}/api/v1/streaming/public"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"


def chunk(data):
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


@contextmanager
def streaming(*pieces, head=HEAD + b"Transfer-Encoding: chunked\r\n\r\n", linger=True, **options):
    """Open a stream whose server sends these pieces, each as a chunk, and then says nothing."""
    over = threading.Event()

    def answer(connection, _):
        connection.sendall(head)
        for piece in pieces:
            connection.sendall(chunk(piece) if b"chunked" in head else piece)
        if linger:
            over.wait(10)

    with running() as server:
        server.answer = answer
        client = Client(hosts={HOST: server.address})
        try:
            with client.events(URL, **options) as stream:
                stream.server = server
                yield stream
        finally:
            over.set()


def test_events_come_one_by_one_and_silence_as_none():
    pieces = (b":)\n", b"event: update\ndata: {}\n", b"\nevent: del", b"ete\ndata: 7\n\n:thump\n")
    headers = {"Authorization": "Bearer s3cret"}
    with streaming(*pieces, params={"tag": "a b"}, headers=headers) as stream:
        assert stream.receive(5) == Event("update", b"{}")
        assert stream.receive(5) == Event("delete", b"7")
        assert stream.receive(0) is None
        assert stream.receive(0.01) is None
        (head,) = stream.server.heads
    assert head.startswith("GET /api/v1/streaming/public?tag=a+b HTTP/1.1\r\n")
    lines = {
        line.partition(": ")[0].lower(): line.partition(": ")[2] for line in head.split("\r\n")
    }
    assert lines["host"] == HOST
    assert lines["authorization"] == "Bearer s3cret"
    assert lines["accept"] == "text/event-stream"
    assert lines["user-agent"].startswith("boardroom-workbench/")


def test_a_stream_without_chunks_is_read_too():
    with streaming(b"data: 1\n\n", b"data: 2\n\n", head=HEAD + b"\r\n") as stream:
        assert [stream.receive(5).data, stream.receive(5).data] == [b"1", b"2"]


def test_a_wait_that_ends_loses_nothing_of_what_comes_later():
    go = threading.Event()

    def answer(connection, _):
        connection.sendall(HEAD + b"\r\ndata: half")
        go.wait(10)
        connection.sendall(b" and half\n\n")
        go.clear()
        go.wait(10)

    with running() as server:
        server.answer = answer
        with Client(hosts={HOST: server.address}).events(URL) as stream:
            assert stream.receive(0.05) is None
            go.set()
            assert stream.receive(5).data == b"half and half"
            go.set()


def test_an_end_is_an_error_so_that_nobody_waits_for_ever():
    with streaming(b"data: 1\n\n", head=HEAD + b"\r\n", linger=False) as stream:
        assert stream.receive(5).data == b"1"
        with pytest.raises(SourceError, match="ended"):
            stream.receive(5)


def test_a_connection_that_breaks_in_a_chunk_is_an_error():
    head = HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\ndata"
    with (
        streaming(head=head, linger=False) as stream,
        pytest.raises(SourceError, match=r"broke|failed|ended"),
    ):
        stream.receive(5)


def test_nonsense_instead_of_chunks_is_an_error():
    head = HEAD + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n"
    with streaming(head=head) as stream, pytest.raises(SourceError, match="broke"):
        stream.receive(5)


def test_silence_without_a_heartbeat_ends_the_stream():
    with streaming(idle=60.0) as stream:
        assert stream.receive(0.01) is None
        stream._heard -= 100.0
        with pytest.raises(SourceError, match="silent"):
            stream.receive(0.01)


def test_heartbeats_are_no_silence():
    go, over = threading.Event(), threading.Event()

    def answer(connection, _):
        connection.sendall(HEAD + b"\r\n")
        go.wait(10)
        connection.sendall(b":thump\n")
        over.wait(10)

    with running() as server:
        server.answer = answer
        with Client(hosts={HOST: server.address}).events(URL, idle=60.0) as stream:
            stream._heard -= 100.0
            assert stream.silent >= 100.0
            go.set()
            assert stream.receive(2.0) is None
            assert stream.silent < 60.0
        over.set()


def test_an_event_that_is_too_large_ends_the_stream():
    with (
        streaming(b"data: " + b"x" * LARGEST, head=HEAD + b"\r\n") as stream,
        pytest.raises(SourceError, match="more than 2 MB"),
    ):
        stream.receive(10)


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (reply(status="401 Unauthorized"), SourceError, "401 Unauthorized; it asks for a sign-in"),
        (reply(status="404 Not Found"), SourceError, "404 Not Found; check the address"),
        (reply(status="502 Bad Gateway"), SourceError, "502 Bad Gateway"),
        (reply(status="429 Too Many", Retry_After="7"), RateLimited, "wait 7 s"),
        (reply(status="302 Found", Location="https://127.0.0.1/"), SourceError, "302 Found"),
        (reply(b"<html>", Content_Type="text/html"), SourceError, "sends text/html instead of"),
        (reply(b"x"), SourceError, "sends no type instead of a stream"),
        (
            HEAD + b"Content-Encoding: gzip\r\n\r\n",
            SourceError,
            "'gzip', which was not asked for",
        ),
        (b"", SourceError, "closed before it answered|connection failed"),
        (b"nonsense\r\n\r\n", SourceError, "does not speak HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000, SourceError, "does not speak HTTP"),
    ],
)
def test_what_does_not_open_says_why(answer, error, message):
    with running() as server:
        server.says(answer)
        client = Client(hosts={HOST: server.address})
        with (
            pytest.raises(error, match=message) as caught,
            client.events(f"{URL}?access_token=s3cret"),
        ):
            pass
    assert "s3cret" not in str(caught.value)
    assert HOST in str(caught.value)


def test_a_refusal_knows_its_status():
    with running() as server:
        server.says(reply(status="401 Unauthorized"))
        client = Client(hosts={HOST: server.address})
        with pytest.raises(SourceError) as caught, client.events(URL):
            pass
        assert caught.value.status == 401
        with pytest.raises(SourceError) as caught:
            client.get(URL)
        assert caught.value.status == 401


def test_a_server_that_says_nothing_at_all_is_given_up():
    over = threading.Event()
    with running() as server:
        server.answer = lambda *_: over.wait(10)
        client = Client(hosts={HOST: server.address}, connect_timeout=0.1)
        with pytest.raises(SourceError, match="given up"), client.events(URL):
            pass
        over.set()


def test_a_server_that_talks_on_without_an_answer_is_given_up():
    over = threading.Event()

    def answer(connection, _):
        while not over.is_set():
            connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n" * 100)

    with running() as server:
        server.answer = answer
        client = Client(hosts={HOST: server.address}, connect_timeout=0.5)
        with pytest.raises(SourceError, match="given up"), client.events(URL):
            pass
        over.set()


@pytest.mark.parametrize("url", ["ftp://x.example/", "wss://x.example/", "https://a:b@x.example/"])
def test_addresses_that_are_not_opened(url):
    with pytest.raises(UnsafeAddress), Client().events(url):
        pass


# --- the format


def events(data):
    return Lines("x").feed(data)


def test_lines_end_in_any_of_three_ways():
    assert events(b"data: 1\r\n\r\ndata: 2\r\rdata: 3\n\n") == [
        Event("message", b"1"),
        Event("message", b"2"),
        Event("message", b"3"),
    ]


def test_fields_as_the_standard_has_them():
    assert events(b"\xef\xbb\xbfdata:a\ndata:  b\ndata\n\n") == [Event("message", b"a\n b\n")]
    assert events(b"event: x\n\ndata: 1\n\n") == [Event("message", b"1")]
    assert events(b"id: 7\ndata: 1\n\ndata: 2\nid: 8\0\n\n") == [
        Event("message", b"1", "7"),
        Event("message", b"2", "7"),
    ]
    assert events(b"retry: 10\nother: x\n: data: no\n\n") == []
    assert events(b"data: never ended\n") == []


def test_what_no_data_is_does_not_add_up():
    lines = Lines("x")
    for _ in range(30):
        assert lines.feed(b":" + b"x" * 100_000 + b"\n") == []


def test_many_small_lines_of_one_event_add_up():
    lines = Lines("x")
    assert lines.feed(b"data: xx\n" * 200_000) == []
    with pytest.raises(SourceError, match="2 MB"):
        lines.feed(b"data: xx\n" * 100_000)


@given(st.lists(st.binary(max_size=12).map(lambda b: b.replace(b"\0", b"")), max_size=8))
def test_where_the_pieces_are_cut_changes_nothing(pieces):
    text = b"event: a\r\ndata: 1\r\n\r\n" + b"".join(pieces) + b"\r\n\ndata: 2\r\r"
    whole = Lines("x").feed(text)
    lines = Lines("x")
    bytewise = [event for i in range(len(text)) for event in lines.feed(text[i : i + 1])]
    assert bytewise == whole
    assert whole[0] == Event("a", b"1")


# --- on the way


@pytest.fixture
def certificate(tmp_path):
    """A certificate of this host's own making, and its key."""
    if not shutil.which("openssl"):
        pytest.skip("openssl makes the certificate, and is not here")
    paths = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command += ["-out", str(paths[0]), "-keyout", str(paths[1])]
    subprocess.run(command, check=True, capture_output=True)
    return paths


@contextmanager
def encrypted(certificate, serve):
    """Listen with a certificate and hand on each connection; yield the address."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)

    def accept():
        with suppress(OSError):  # a client that does not trust us leaves
            connection, _ = listening.accept()
            with context.wrap_socket(connection, server_side=True) as wrapped:
                wrapped.recv(65_536)
                serve(wrapped)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=accept)
        thread.start()
        yield f"https://localhost:{listening.getsockname()[1]}/a"
        thread.join(10)


def test_an_encrypted_stream_outlives_waits_that_end(certificate, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    go, over = threading.Event(), threading.Event()

    def serve(connection):
        connection.sendall(HEAD + b"\r\ndata: ha")
        go.wait(10)
        connection.sendall(b"lf\n\n" + b"data: " + b"x" * 100_000 + b"\n\n")
        over.wait(10)

    client = Client()
    client.__dict__["_tls"] = ssl.create_default_context(cafile=certificate[0])
    with encrypted(certificate, serve) as url, client.events(url) as stream:
        assert stream.receive(0.05) is None
        go.set()
        assert stream.receive(5).data == b"half"
        assert len(stream.receive(5).data) == 100_000
        assert stream.receive(0.05) is None
        over.set()


def test_a_stream_from_whom_nobody_vouches_is_not_opened(certificate, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    with (
        encrypted(certificate, lambda _: None) as url,
        pytest.raises(SourceError, match="not to be trusted"),
        Client().events(url),
    ):
        pass


def test_a_stream_goes_through_the_proxy_of_the_environment(monkeypatch):
    def answer(connection, _):
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        asked = connection.recv(65_536)
        server.heads.append(asked.decode("ascii"))
        connection.sendall(HEAD + b"\r\ndata: 1\n\n")

    with running() as server:
        monkeypatch.setenv("HTTP_PROXY", f"http://ana:s3cret@{server.address}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        server.answer = answer
        with Client().events("http://93.184.215.14/a") as stream:
            assert stream.receive(5).data == b"1"
    assert server.heads[0].startswith("CONNECT 93.184.215.14:80 HTTP/1.1\r\n")
    assert server.heads[1].startswith("GET /a HTTP/1.1\r\nHost: 93.184.215.14\r\n")
    assert "Proxy-Authorization" not in server.heads[1]
