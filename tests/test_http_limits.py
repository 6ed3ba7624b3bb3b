"""Hosts that count requests and say how many are left."""

import threading
import time
from datetime import UTC, datetime

import pytest
from rawserver import reply, running

from workbench.errors import RateLimited
from workbench.http import Client

URL = "https://counts.example/"
NOW = datetime(2026, 11, 19, 10, 0, 30, tzinfo=UTC)


@pytest.fixture
def server():
    with running() as server:
        yield server


def client(server):
    return Client(hosts={"counts.example": server.address}, interval=0, now=lambda: NOW)


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        ("2026-11-19T10:05:00.000000Z", 270),
        ("2026-11-19T12:05:00+02:00", 270),
        (str(int(NOW.timestamp()) + 90), 90),
        (f"{NOW.timestamp() + 90:.3f}", 90),
        ("45", 45),
        ("2026-11-19T09:00:00Z", 0),
        ("9999-01-01T00:00:00Z", 60),  # nonsense: we wait as if nothing were said
        ("soon", 60),
        ("nan", 60),
        ("-5", 60),
    ],
)
def test_a_refusal_without_retry_after_is_waited_out_until_the_count_begins_anew(
    server, reset, seconds
):
    server.says(reply(status="429 Too Many Requests", X_RateLimit_Reset=reset))
    with pytest.raises(RateLimited) as caught:
        client(server).get(URL)
    assert caught.value.retry_after == pytest.approx(seconds, abs=1)
    assert caught.value.status == 429


def test_retry_after_goes_before_the_count(server):
    server.says(reply(status="429 Too Many", Retry_After="7", X_RateLimit_Reset="45"))
    with pytest.raises(RateLimited) as caught:
        client(server).get(URL)
    assert caught.value.retry_after == 7


def test_a_host_that_has_no_requests_left_for_us_is_not_asked_in_vain(server):
    some = reply(b"a", X_RateLimit_Remaining="1", X_RateLimit_Reset="2026-11-19T10:05:00Z")
    none = reply(b"b", X_RateLimit_Remaining="0", X_RateLimit_Reset="2026-11-19T10:05:00Z")
    server.says(some, none, some)
    asking = client(server)
    assert [asking.get(URL).content, asking.get(URL).content] == [b"a", b"b"]
    with pytest.raises(RateLimited, match="left") as caught:
        asking.get(URL)
    assert 260 < caught.value.retry_after <= 270
    assert len(server.heads) == 2


def test_a_count_that_does_not_say_when_it_begins_anew_shuts_nothing(server):
    server.says(reply(b"a", X_RateLimit_Remaining="0"))
    asking = client(server)
    assert [asking.get(URL).content, asking.get(URL).content] == [b"a", b"a"]


def test_a_host_that_wants_its_requests_further_apart_is_given_time_unless_we_stop():
    stop = threading.Event()
    limits = Client().limits
    begun = time.monotonic()
    limits.apart("slow.example", 0.2, stop)
    limits.apart("other.example", 0.2, stop)
    limits.apart("slow.example", 60, stop)
    assert time.monotonic() - begun >= 0.2
    stop.set()
    limits.apart("slow.example", 60, stop)  # would wait for a minute
    Client(interval=0).limits.apart("slow.example", 60, threading.Event())
