"""Mastodon's streams over real server-sent events, and where tokens go."""

import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from mastodonserver import HOST, running, status

from workbench import store
from workbench.collectors.mastodon import TOKEN, Mastodon, variable_for
from workbench.errors import SettingError, SourceError, UnsafeAddress
from workbench.http import Client
from workbench.service.keep import Wants
from workbench.service.pace import Pace
from workbench.service.runner import Runner

NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)
OWN = f"{TOKEN}_HARBOUR_EXAMPLE"
SECRET = "s3cret-t0ken"


def uri(own, name="ilse"):
    return f"https://{HOST}/users/{name}/statuses/{own}"


@pytest.fixture
def server(monkeypatch):
    monkeypatch.delenv(TOKEN, raising=False)
    monkeypatch.setenv(OWN, SECRET)
    with running() as server:
        yield server


@pytest.fixture
def client(server):
    hosts = {HOST: server.address, f"streaming.{HOST}": server.address}
    return Client(hosts=hosts, interval=0)


@contextmanager
def following(client, tmp_path, collector=None):
    """Follow a server into a store as the service does, until the block ends."""
    stop = threading.Event()
    with store.open(tmp_path / "s.db") as opened:
        runner = Runner(
            collector or Mastodon(HOST),
            keep="all",
            wants=Wants([]),
            store=opened,
            client=client,
            now=lambda: datetime.now(UTC),
            stop=stop,
            pace=Pace(0.05, 0.1),
        )
        runner.start()
        opened.runner = runner
        try:
            yield opened
        finally:
            stop.set()
            runner.join(60)
            assert not runner.is_alive()


def until(condition):
    """Wait until something is so; fail if it never is."""
    for _ in range(6_000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never was so")


def texts(opened):
    return [item.text for item in opened.search(None, limit=50)]


def ago(seconds):
    return datetime.now(UTC) - timedelta(seconds=seconds)


@pytest.mark.usefixtures("server")
def test_with_a_token_it_is_a_stream(monkeypatch):
    assert Mastodon(HOST).live
    assert not Mastodon("other.example").live
    assert not Mastodon.live
    monkeypatch.delenv(OWN)
    assert not Mastodon(HOST).live
    monkeypatch.setenv(TOKEN, f"other.example:x {HOST}:{SECRET}")
    assert Mastodon(HOST).live


def test_posts_edits_and_deletions_come_by_the_stream(server, client, tmp_path):
    server.put(status(1, ago(60), "before"))
    with following(client, tmp_path) as opened:
        server.say("public", "update", status(2, ago(1), "first"))
        until(lambda: texts(opened) == ["first", "before"])
        edited = status(2, ago(1), "second", edited_at=ago(0).isoformat())
        server.say("public", "status.update", edited)
        until(lambda: texts(opened) == ["second", "before"])
        server.say("public", "delete", "2")
        until(lambda: texts(opened) == ["before"])
        server.say("public", "delete", "1")  # which only the timeline has brought
        until(lambda: texts(opened) == [])
        server.say("public", "update", status(2, ago(1), "first"))
        server.say("public", "update", status(3, ago(1), "last"))
        until(lambda: texts(opened) == ["last"])
        assert opened.runner.state.state == "live"
        spans = opened.coverage()
    assert {span.status for span in spans} == {"ok"}
    (stream,) = [h for path, _, h in server.asked if "streaming" in path]
    assert stream["Authorization"] == f"Bearer {SECRET}"


def test_the_stream_is_open_before_the_timeline_is_read(server, client, tmp_path):
    with following(client, tmp_path):
        server.await_stream("public")
        until(lambda: any("timelines" in path for path in server.paths()))
    paths = server.paths()
    assert paths.index("/api/v1/streaming/public") < paths.index("/api/v1/timelines/public")


def test_after_a_drop_the_timeline_makes_up_for_what_was_missed(server, client, tmp_path):
    server.put(status(1, ago(60), "before"))
    with following(client, tmp_path) as opened:
        server.say("public", "update", status(2, ago(1), "heard"))
        until(lambda: texts(opened) == ["heard", "before"])
        server.put(status(2, ago(1), "heard"), status(3, ago(0), "missed"))
        server.hang_up()
        until(lambda: "missed" in texts(opened))
        server.say("public", "update", status(4, ago(0), "again"))
        until(lambda: "again" in texts(opened))
        spans = opened.coverage()
    assert {span.status for span in spans} == {"ok"}


def test_nonsense_on_the_stream_is_passed_over(server, client, tmp_path):
    with following(client, tmp_path) as opened:
        server.say("public", "update", "{broken")
        server.say("public", "update", "[" * 5_000)
        server.say("public", "filters_changed", "undefined")
        server.say("public", "notification", "{}")
        server.say("public", "delete", "../../x")
        server.say("public", "update", status(5, ago(0), "private", visibility="private"))
        server.say("public", "update", status(4, ago(0), "good"))
        until(lambda: texts(opened) == ["good"])


def test_each_hashtag_has_its_stream_and_who_has_two_comes_once(server, client, tmp_path):
    collector = Mastodon(HOST, tags=["cells", "grid"], none=["spam"])
    with following(client, tmp_path, collector) as opened:
        both = status(1, ago(2), "both", tags=["Cells", "Grid"])
        server.await_stream("hashtag#cells")
        server.await_stream("hashtag#grid")
        server.say("hashtag#cells", "update", both)
        server.say("hashtag#grid", "update", both)
        server.say("hashtag#grid", "update", status(2, ago(1), "buy", tags=["Grid", "SPAM"]))
        server.say("hashtag#grid", "update", status(3, ago(0), "one", tags=["Grid"]))
        until(lambda: len(texts(opened)) == 2)
        assert texts(opened) == ["one #Grid", "both #Cells #Grid"]


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"local": True}, "public/local"),
        ({"remote": True}, "public/remote"),
        ({"tags": ["a"], "local": True}, "hashtag/local#a"),
    ],
)
def test_what_is_followed_has_a_stream_of_its_own(server, client, tmp_path, options, name):
    with following(client, tmp_path, Mastodon(HOST, **options)):
        server.await_stream(name)


def test_what_a_stream_cannot_leave_out_is_left_out_here(server, client, tmp_path):
    collector = Mastodon(HOST, tags=["a"], only_media=True, remote=True)
    picture = {"media_attachments": [{"type": "image", "url": "https://x.example/a.png"}]}
    with following(client, tmp_path, collector) as opened:
        name = "hashtag#a"
        server.say(name, "update", status(1, ago(3), "own", tags=["a"], **picture))
        bare = status(2, ago(2), "bare", name="tom@quay.example", tags=["a"])
        server.say(name, "update", bare)
        whole = status(3, ago(1), "whole", name="tom@quay.example", tags=["a"], **picture)
        server.say(name, "update", whole)
        until(lambda: texts(opened))
        assert texts(opened) == ["whole #a"]


# --- where tokens go


def authorized(server):
    return [path for path, _, headers in server.asked if "Authorization" in headers]


def test_a_token_goes_to_the_server_that_it_names_and_to_no_other(monkeypatch):
    with running() as ours, running() as other:
        monkeypatch.delenv(OWN, raising=False)
        monkeypatch.setenv(TOKEN, f"{HOST}:{SECRET}")
        asking = Client(hosts={HOST: ours.address, "other.example": other.address}, interval=0)
        for host in (HOST, "other.example"):
            collector = Mastodon(host)
            next(collector.collect(asking, None, now=lambda: NOW, stop=threading.Event()))
        assert authorized(ours)
        assert other.asked
        assert not authorized(other)


def test_a_token_that_names_no_server_goes_to_none(server, client, monkeypatch):
    monkeypatch.delenv(OWN)
    monkeypatch.setenv(TOKEN, SECRET)
    batches = Mastodon(HOST).collect(client, None, now=lambda: NOW, stop=threading.Event())
    with pytest.raises(SettingError, match="does not say which server") as caught:
        next(batches)
    assert SECRET not in str(caught.value)
    assert server.asked == []


def test_the_variables_of_two_servers_are_never_the_same():
    hosts = ["a-b.example", "a.b.example", "a.b-example", "ab.example", "a.b.example:3000"]
    assert len({variable_for(host) for host in hosts}) == len(hosts)


def test_what_no_token_can_be_is_refused_without_being_shown(monkeypatch):
    monkeypatch.setenv(OWN, "s3cret\r\nX: y")
    with pytest.raises(SettingError, match=OWN) as caught:
        Mastodon(HOST)
    assert "s3cret" not in str(caught.value)


@pytest.mark.usefixtures("server")
def test_a_token_stands_in_no_representation_and_no_key():
    collector = Mastodon(HOST)
    assert SECRET not in repr(collector) + collector.key + str(vars(collector))


def test_a_stream_may_be_on_another_host_that_the_server_names(server, client, tmp_path):
    server.streaming = f"wss://streaming.{HOST}"
    with following(client, tmp_path):
        server.await_stream("public")
    (stream,) = [h for path, _, h in server.asked if "streaming" in path]
    assert stream["Host"] == f"streaming.{HOST}"


@pytest.mark.parametrize("address", [f"ws://{HOST}", "http://x.example", "wss://a@b", "wss://["])
def test_a_stream_that_is_not_encrypted_gets_no_token(server, client, address):
    server.streaming = address
    server.put(status(1, ago(1)))
    with pytest.raises(SourceError, match="no encrypted address, so the token is not sent"):
        list(Mastodon(HOST).collect(client, None, now=lambda: NOW, stop=threading.Event()))
    assert not any("streaming" in path for path in server.paths())
    assert any("timelines" in path for path in server.paths())


def test_a_server_cannot_point_into_our_own_network(server, client):
    server.streaming = f"wss://{server.address}"
    with pytest.raises(UnsafeAddress, match="not on the public internet"):
        list(Mastodon(HOST).collect(client, None, now=lambda: NOW, stop=threading.Event()))
    assert not any("streaming" in path for path in server.paths())


@pytest.mark.parametrize("code", [401, 403])
def test_a_refused_token_says_what_to_do_and_the_timeline_is_read_all_the_same(
    server, client, tmp_path, code
):
    server.refusals["/api/v1/streaming"] = code
    server.put(status(1, ago(1), "polled"))
    with following(client, tmp_path) as opened:
        until(lambda: texts(opened) == ["polled"])
        until(lambda: opened.runner.state.state == "failing")
        reason = opened.runner.state.reason
    assert f"does not show its stream ({code}); it refuses the token in {OWN}" in reason
    assert SECRET not in reason


def test_a_server_that_says_nothing_of_its_streams_has_them_itself(server, client, tmp_path):
    server.refusals["/api/v2/instance"] = 404
    with following(client, tmp_path):
        server.await_stream("public")
