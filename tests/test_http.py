"""Requests over loopback to servers that behave, and to many that do not."""

import gzip
import logging
import re
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from rawserver import reply, running

from workbench.errors import RateLimited, SettingError, SourceError, UnsafeAddress
from workbench.http import LIMIT, Client, redact
from workbench.http.addresses import is_private
from workbench.http.dial import dial
from workbench.http.waits import Waits

HOST = "feeds.example"


@pytest.fixture
def server(raw_server):
    return raw_server


@pytest.fixture
def client(server):
    return Client(hosts={HOST: server.address}, interval=0)


def get(client, path="/", **options):
    return client.get(f"https://{HOST}{path}", **options)


# --- what is sent and what comes back


def test_a_mapped_host_keeps_its_name_and_gets_what_was_asked(server, client):
    server.says(reply(b"body", ETag='"1"', Last_Modified="then", X_More="yes"))
    answer = get(client, "/a?b=1", params={"actors": ["x", "y z"]}, headers={"Accept": "text/xml"})
    (head,) = server.heads
    assert re.match(r"GET /a\?b=1&actors=x&actors=y(\+|%20)z HTTP/1\.1\r\n", head)
    assert f"Host: {HOST}\r\n" in head
    assert "Accept: text/xml\r\n" in head
    assert re.search(r"^User-Agent: boardroom-workbench/\d", head, re.MULTILINE)
    assert (answer.status, answer.content, answer.etag, answer.modified) == (
        200,
        b"body",
        '"1"',
        "then",
    )
    assert answer.url.startswith(f"https://{HOST}/a?b=1")
    assert answer.headers["x-more"] == "yes"


def test_what_has_not_changed_is_not_sent_again(server, client):
    server.says(reply(status="304 Not Modified"))
    answer = get(client, etag='"1"', modified="Thu, 19 Nov 2026 10:00:00 GMT")
    assert (answer.status, answer.content) == (304, b"")
    assert 'If-None-Match: "1"\r\n' in server.heads[0]
    assert "If-Modified-Since: Thu, 19 Nov 2026 10:00:00 GMT\r\n" in server.heads[0]


def test_gzip_is_unpacked(server, client):
    server.says(reply(gzip.compress(b"body" * 1000), Content_Encoding="gzip"))
    assert get(client).content == b"body" * 1000


def test_an_address_in_the_users_own_network_is_opened(server):
    assert Client().get(f"http://{server.address}/").content == b"ok"


# --- retries


def test_a_failure_that_passes_is_tried_again(server, client):
    server.says(b"", reply(status="500 Internal Server Error"), reply(b"at last"))
    assert get(client).content == b"at last"
    assert len(server.heads) == 3


@pytest.mark.parametrize(
    ("answer", "tries", "message"),
    [
        (reply(status="500 Internal Server Error"), 3, "500 Internal Server Error"),
        (reply(status="599 Odd"), 3, "answered 599"),
        (reply(status="404 Not Found"), 1, "404 Not Found; check the address"),
        (reply(status="401 Unauthorized"), 1, "asks for a sign-in"),
        (reply(status="300 Multiple Choices"), 1, "300"),
        (b"", 3, "the connection failed"),
        (b"SSH-2.0-OpenSSH_9\r\n\r\n", 3, "the connection failed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort", 3, "the connection failed"),
    ],
)
def test_failures_name_the_address_and_what_was_wrong(server, client, answer, tries, message):
    server.says(answer)
    with pytest.raises(SourceError, match=message) as caught:
        get(client, "/rss")
    assert str(caught.value).startswith(f"https://{HOST}/rss: ")
    assert len(server.heads) == tries


@pytest.mark.usefixtures("server")
def test_nobody_there_is_an_error_that_says_so():
    with running() as gone:
        pass
    with pytest.raises(SourceError, match=r"the connection failed.*refused"):
        Client(hosts={HOST: gone.address}).get(f"http://{HOST}/")
    with pytest.raises(SourceError, match=r"the name nowhere\.invalid is not known"):
        Client().get("http://nowhere.invalid/")


def test_what_speaks_no_tls_is_not_trusted_and_not_tried_again(server):
    server.says(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    with pytest.raises(SourceError, match="not to be trusted"):
        Client().get(f"https://{server.address}/")


# --- waiting when asked to


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "120"}, 120),
        ({"Retry_After": "0"}, 0),
        ({"Retry_After": "999999999"}, 86_400),
        ({"Retry_After": "Thu, 19 Nov 2026 10:02:00 GMT"}, 90),
        (
            {
                "Retry_After": "Thu, 19 Nov 2026 10:02:00 GMT",
                "Date": "Thu, 19 Nov 2026 10:01:00 GMT",
            },
            60,
        ),
        ({"Retry_After": "Thu, 19 Nov 2020 10:02:00 GMT"}, 0),
        ({"Retry_After": "soon"}, 60),
        ({}, 60),
    ],
)
def test_a_host_that_asks_us_to_wait(server, headers, seconds):
    now = datetime(2026, 11, 19, 10, 0, 30, tzinfo=UTC)
    server.says(reply(status="429 Too Many Requests", **headers))
    with pytest.raises(RateLimited, match=f"asks us to wait {seconds} s") as caught:
        get(Client(hosts={HOST: server.address}, now=lambda: now))
    assert caught.value.retry_after == seconds
    assert len(server.heads) == 1


def test_who_asked_us_to_wait_is_left_in_peace_and_others_are_not(server):
    client = Client(hosts={HOST: server.address, "other.example": server.address})
    server.says(reply(status="503 Service Unavailable", Retry_After="100"), reply(b"ok"))
    with pytest.raises(RateLimited):
        get(client)
    with pytest.raises(RateLimited, match=f"{HOST} asked us to wait") as caught:
        get(client, "/other")
    assert 90 < caught.value.retry_after <= 100
    assert len(server.heads) == 1
    assert client.get("https://other.example/").content == b"ok"


def test_requests_to_one_host_keep_their_distance(server):
    times = []
    server.answer = lambda connection, _: (
        times.append(time.monotonic()),
        connection.sendall(reply()),
    )
    client = Client(hosts={HOST: server.address}, interval=0.1)
    get(client)  # with all that is loaded for the first one
    begun = time.monotonic()
    for _ in range(4):
        get(client)
    # Whatever is late, none arrives early: the last begins three distances after the second.
    assert times[4] - begun >= 0.29


def test_no_more_requests_at_a_time_than_a_host_may_have(server):
    under_way, most, lock = [0], [0], threading.Lock()
    both = threading.Barrier(2, timeout=60)

    def answer(connection, _):
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        both.wait()
        time.sleep(0.05)
        with lock:
            under_way[0] -= 1
        connection.sendall(reply())

    server.answer = answer
    client = Client(hosts={HOST: server.address}, interval=0, concurrent=2)
    threads = [threading.Thread(target=get, args=(client,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 2


# --- too slow, too much


def drip(connection, before=b""):
    connection.sendall(before)
    with suppress(OSError):
        while True:
            time.sleep(0.02)
            connection.sendall(b"x")


@pytest.mark.parametrize(
    "before", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: ", b""], ids=repr
)
def test_a_server_that_drips_holds_no_thread(server, before):
    server.answer = lambda connection, _: drip(connection, before)
    with pytest.raises(SourceError, match="took too long as a whole"):
        get(Client(hosts={HOST: server.address}, total_timeout=0.3))


def test_a_server_that_hangs_is_given_up(server):
    let_go = threading.Event()
    server.answer = lambda *_: let_go.wait(10)
    with pytest.raises(SourceError, match="fell silent"):
        get(Client(hosts={HOST: server.address}, read_timeout=0.1))
    let_go.set()
    assert len(server.heads) == 1


def many(connection, head):
    connection.sendall(head)
    with suppress(OSError):
        for _ in range(300):
            connection.sendall(b"x" * 100_000)


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"],
    ids=["announced", "unannounced"],
)
def test_a_body_that_is_too_large_is_not_taken(server, client, head):
    server.answer = lambda connection, _: many(connection, head)
    with pytest.raises(SourceError, match="more than 10 MB"):
        get(client)


def test_a_bomb_does_not_go_off(server, client):
    bomb = gzip.compress(b"\0" * (LIMIT + 1))
    assert len(bomb) < 20_000
    server.says(reply(bomb, Content_Encoding="gzip"))
    with pytest.raises(SourceError, match="more than 10 MB"):
        get(client)
    server.says(reply(gzip.compress(b"\0" * LIMIT), Content_Encoding="gzip"))
    assert len(get(client).content) == LIMIT


@pytest.mark.parametrize(
    ("body", "coding", "message"),
    [
        (b"not gzip", "gzip", "not the gzip it says"),
        (gzip.compress(b"x" * 1000, mtime=0)[:-8], "gzip", "cut short"),
        (b"...", "br", "'br', which was not asked for"),
        (b"...", "gzip, gzip", "which was not asked for"),
    ],
)
def test_a_body_that_cannot_be_unpacked(server, client, body, coding, message):
    server.says(reply(body, Content_Encoding=coding))
    with pytest.raises(SourceError, match=message):
        get(client)


# --- what an address may be


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "ftp://x.example/", "//x.example/", "https://", "https://["),
        *("javascript:alert(1)", "gopher://x.example:70/", "http://x.example:99999/", "x", ""),
        "http://xn--a/",
    ],
)
def test_only_http_and_https_are_opened(url):
    with pytest.raises(UnsafeAddress):
        Client().get(url)


@pytest.mark.parametrize("target", ["127.0.0.1", "here:", ":80", "a:b"])
def test_a_mapping_names_address_and_port(target):
    with pytest.raises(SettingError, match=r"such as 127\.0\.0\.1:4711"):
        Client(hosts={HOST: target})


@pytest.mark.parametrize(
    ("address", "private"),
    [
        *[(ip, True) for ip in ("127.0.0.1", "10.0.0.1", "172.16.9.9", "192.168.1.1", "0.0.0.0")],
        *[(ip, True) for ip in ("169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255")],
        *[(ip, True) for ip in ("::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1")],
        *[(ip, True) for ip in ("::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::")],
        *[(ip, True) for ip in ("::7f00:1", "::ffff:0:7f00:1", "64:ff9b:1::1", "fec0::1")],
        *[(ip, False) for ip in ("93.184.215.14", "2606:4700::1111", "64:ff9b::5db8:d70e")],
    ],
)
def test_what_is_private(address, private):
    assert is_private(address) is private


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1", "0x7f000001", "2130706433"])
def test_a_guarded_connection_judges_what_the_name_resolves_to(server, host):
    port = server.server_address[1]
    with pytest.raises(UnsafeAddress, match="not on the public internet"):
        dial(host, port, guarded=True, deadline=time.monotonic() + 5, patience=5, waits=Waits())
    dial(
        host, port, guarded=False, deadline=time.monotonic() + 5, patience=5, waits=Waits()
    ).close()


@pytest.mark.parametrize("mark", ["caf\u00e9", "\u2028"])
def test_a_mark_that_no_header_can_carry_is_left_out(server, client, mark):
    assert client.get(f"https://{HOST}/", etag=mark, modified=mark).content == b"ok"
    assert "If-" not in server.heads[0]


def test_what_follows_the_end_of_a_gzip_body_is_not_taken(server, client):
    ended = threading.Event()

    def answer(connection, _):
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
        connection.sendall(head + gzip.compress(b"body"))
        with suppress(OSError):
            while True:
                connection.sendall(b"\0" * 65_536)
        ended.set()

    server.answer = answer
    assert client.get(f"https://{HOST}/").content == b"body"
    assert ended.wait(60)


# --- secrets


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a:b@x.example/@c", "https://x.example/@c"),
        ("https://x.example/?key=1&page=2", "https://x.example/?key=…&page=2"),
        ("https://x.example/?API_Key=1;sig=2", "https://x.example/?API_Key=…;sig=…"),
        ("https://x.example/?accessToken=1#key=2", "https://x.example/?accessToken=…#key=2"),
        ("https://x.example/?design=1&passage=2", "https://x.example/?design=1&passage=2"),
    ],
)
def test_addresses_are_shown_without_secrets(url, shown):
    assert redact(url) == shown


@pytest.mark.parametrize(
    "answer",
    [
        reply(b"ok"),
        reply(status="403 Forbidden"),
        reply(status="429 Too Many Requests"),
        reply(status="302 Found", Location="file:///x?token=s3cret"),
        reply(status="302 Found", Location="https://ana:s3cret@x.example/"),
        b"",
    ],
)
def test_no_secret_stands_in_an_error_a_log_or_a_representation(server, client, caplog, answer):
    server.says(answer)
    caplog.set_level(logging.DEBUG)
    shown = repr(client)
    try:
        shown += repr(get(client, "/?token=s3cret", headers={"Authorization": "Bearer s3cret"}))
    except SourceError as error:
        cause = error
        while cause:
            shown += f"{cause!r} {cause}"
            cause = cause.__cause__ or cause.__context__
    assert "s3cret" not in shown
    assert "s3cret" not in caplog.text + "".join(str(vars(each)) for each in caplog.records)
