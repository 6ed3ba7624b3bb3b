"""A Mastodon server that is asked for what columns look for: by hashtags, which it knows alone."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from mastodonserver import HOST, running, status

from workbench.collectors import Covered
from workbench.collectors.mastodon import TOKEN, Mastodon
from workbench.errors import SettingError
from workbench.http import Client
from workbench.query import parse

TEN = datetime(2026, 11, 19, 10, tzinfo=UTC)


@pytest.fixture
def server(monkeypatch):
    for name in (TOKEN, f"{TOKEN}_HARBOUR_EXAMPLE"):
        monkeypatch.delenv(name, raising=False)
    with running() as made:
        yield made


def asked(*texts, **options):
    return Mastodon(HOST, asks=True, **options).ask([parse(text) for text in texts], {})


def poll(collector, server, cursor=None, *, minute=10):
    client = Client(hosts={HOST: server.address}, interval=0)
    now = TEN + timedelta(minutes=minute)
    batches = collector.collect(client, cursor, now=lambda: now, stop=threading.Event())
    items, spans, left = [], [], None
    for batch in batches:
        items += collector.refine(client, batch.result)
        spans += batch.spans
        left = batch.cursor or left
    return [item.text for item in items], spans, left


def lanes(server):
    return [(p, given.get("any[]", [])) for p, given, _ in server.asked if "/timelines/" in p]


def test_one_request_serves_several_columns_and_only_they_are_covered(server):
    server.put(
        status(1, TEN, "one", tags=["Acme"]),
        status(2, TEN + timedelta(minutes=1), "two", tags=["globex"]),
        status(3, TEN + timedelta(minutes=2), "acme without a tag"),
        status(4, TEN + timedelta(minutes=3), "three", tags=["initech"]),
    )
    collector = asked("#acme", "(#globex OR #initech) merger", "acme OR #umbrella", "lang:en")
    found, spans, cursor = poll(collector, server)
    assert sorted(found) == ["one #Acme", "three #initech", "two #globex"]
    ((path, others),) = {(p, tuple(o)) for p, o in lanes(server)}
    assert {path.rpartition("/")[2], *others} == {"acme", "globex", "initech"}
    wanted = ("#acme", "(#globex OR #initech) merger")
    assert [(span.start, set(span.queries)) for span in spans] == [(TEN, set(wanted))]

    # A column more: it is covered from where the server was left.
    more = asked(*wanted, "#umbrella")
    server.put(status(5, TEN + timedelta(minutes=11), "four", tags=["umbrella"]))
    found, spans, _ = poll(more, server, cursor, minute=20)
    assert "four #umbrella" in found
    queries = tuple(spans[0].queries)
    start, end = TEN + timedelta(minutes=10), TEN + timedelta(minutes=20)
    assert spans == [Covered(start, end, queries=queries)]
    assert set(queries) == {*wanted, "#umbrella"}


def test_many_hashtags_need_several_requests_and_too_many_cover_nothing(server):
    poll(asked(*(f"#tag{n}" for n in range(7))), server)
    assert [len(others) for _, others in lanes(server)] == [4, 1]
    most = asked(" OR ".join(f"#a{n}" for n in range(20)), *(f"#tag{n}" for n in range(120)))
    _, spans, _ = poll(most, server, minute=12)
    (span,) = spans or [Covered(TEN, TEN, queries=())]
    assert len(most._followed) == 100
    assert "#tag119" not in (span.queries or ())


def test_all_and_none_hold_for_what_is_asked_for(server):
    poll(asked("#acme", none=("ads",), local=True), server)
    ((_, given, _),) = [each for each in server.asked if "/timelines/" in each[0]]
    assert given["none[]"] == ["ads"]
    assert given["local"] == ["true"]


def test_where_no_column_names_a_hashtag_it_says_so(server):
    with pytest.raises(SettingError, match="no column looks for a hashtag"):
        poll(asked("acme"), server)
    with pytest.raises(SettingError, match="with asks the hashtags are those"):
        Mastodon(HOST, asks=True, tags=("acme",))


@pytest.mark.usefixtures("server")
def test_what_is_not_asked_for_is_the_same_whatever_columns_want(monkeypatch):
    whole = Mastodon(HOST)
    assert whole.ask([parse("#acme")], {}) is whole
    assert asked("#acme").key == asked("#globex").key != whole.key
    monkeypatch.setenv(TOKEN, f"{HOST}:secret")
    assert asked("#acme").live
    assert [path for path, _ in asked("#acme")._filter().streams()] == ["/hashtag"]
    assert not asked(*(f"#tag{n}" for n in range(21))).live
