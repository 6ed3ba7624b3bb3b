"""A Mastodon account's home and lists, and what trends on its server."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from mastodonserver import HOST, running, status

from workbench.collectors import Covered
from workbench.collectors.mastodon import TOKEN, Mastodon
from workbench.errors import SettingError, SourceError
from workbench.http import Client

NOW = datetime.now(UTC).replace(microsecond=0)
OWN = f"{TOKEN}_HARBOUR_EXAMPLE"


def at(minute):
    return NOW + timedelta(minutes=minute)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.delenv(TOKEN, raising=False)
    monkeypatch.setenv(OWN, "s3cret-t0ken")
    with running() as server:
        yield server


@pytest.fixture
def client(server):
    return Client(hosts={HOST: server.address}, interval=0)


def poll(client, collector, cursor=None, *, minute=0):
    """Return what comes before the stream begins, and the cursor."""
    found, spans = [], []
    stop = threading.Event()
    reading = collector.collect(client, cursor, now=lambda: at(minute), stop=stop)
    for batch in reading:
        found += [item.text for item in collector.refine(client, batch.result)]
        spans += batch.spans
        if batch.cursor:
            cursor = batch.cursor
            break
    reading.close()
    return found, spans, cursor


def test_home_and_lists_are_read_and_followed_with_the_token(server, client):
    server.put(status(1, at(-30), "one"), status(2, at(-20), "two"))
    collector = Mastodon(HOST, home=True, lists=["42"])
    assert collector.live is True
    assert collector.key == f"mastodon:{HOST} home list/42"
    found, spans, cursor = poll(client, collector)
    assert set(found) == {"two", "one"}
    assert spans == [Covered(at(-30), at(0))]
    read = [path for path in server.paths() if "timelines" in path]
    assert set(read) == {"/api/v1/timelines/home", "/api/v1/timelines/list/42"}
    streams = [(path, given) for path, given, _ in server.asked if "streaming" in path]
    assert [(path.rpartition("/")[2], given) for path, given in streams] == [
        ("user", {}),
        ("list", {"list": ["42"]}),
    ]
    server.asked.clear()
    poll(client, collector, cursor, minute=1)
    since = {path: given for path, given, _ in server.asked if "timelines" in path}
    assert {given["since_id"][0] for given in since.values()} == {"2"}


def test_posts_that_are_not_for_everybody_stay_out_of_a_home_timeline(server, client):
    server.put(status(1, at(-30), "all"), status(2, at(-20), "few", visibility="private"))
    assert poll(client, Mastodon(HOST, home=True))[0] == ["all"]


def test_trends_are_a_choice_that_covers_nothing_and_needs_no_token(server, client, monkeypatch):
    server.put(*(status(n, at(-n), f"no {n}") for n in range(60)))
    found, spans, cursor = poll(client, Mastodon(HOST, trends=True))
    assert len(found) == 40
    assert spans == []
    poll(client, Mastodon(HOST, trends=True), cursor, minute=1)
    asked = [given for path, given, _ in server.asked if path == "/api/v1/trends/statuses"]
    assert asked == [{"limit": ["40"]}] * 2
    assert not any("streaming" in path for path in server.paths())
    monkeypatch.delenv(OWN)
    assert Mastodon(HOST, trends=True).live is False


def test_without_a_token_an_account_has_neither_home_nor_lists(client, monkeypatch):
    monkeypatch.delenv(OWN)
    with pytest.raises(SettingError, match="read:lists"):
        poll(client, Mastodon(HOST, lists=["42"]))


def test_a_list_that_is_not_there_is_named(server, client):
    server.refusals["/api/v1/timelines/list/42"] = 404
    with pytest.raises(SourceError, match="does not know the list 42"):
        poll(client, Mastodon(HOST, lists=["42"]))
    server.refusals["/api/v1/timelines/list/42"] = 403
    with pytest.raises(SourceError, match="does not show the list 42"):
        poll(client, Mastodon(HOST, lists=["42"]))


@pytest.mark.parametrize(
    "options",
    [
        {"lists": ["../home"]},
        {"lists": ["4 2"]},
        {"trends": True, "home": True},
        {"home": True, "tags": ["acme"]},
        {"trends": True, "local": True},
        {"lists": ["42"], "only_media": True},
    ],
)
def test_what_cannot_be_asked_for_together_is_refused(options):
    with pytest.raises(SettingError):
        Mastodon(HOST, **options)
