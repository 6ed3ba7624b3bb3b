"""Mastodon's timelines over real HTTP: pages, gaps, second looks, refusals and parameters."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from mastodonserver import HOST, running, status
from polls import Polls

from workbench.collectors import Covered
from workbench.collectors.ledger import Ledger
from workbench.collectors.mastodon import TOKEN, Mastodon
from workbench.collectors.mastodon_polls import State
from workbench.collectors.timelines import Reading
from workbench.errors import RateLimited, SettingError, SourceError
from workbench.http import Client
from workbench.items import Account, ParseResult

TEN = datetime(2026, 11, 19, 10, tzinfo=UTC)


def at(minute, second=0):
    return TEN + timedelta(minutes=minute, seconds=second)


def uri(own, name="ilse"):
    return f"https://{HOST}/users/{name}/statuses/{own}"


@pytest.fixture
def server(monkeypatch):
    for name in (TOKEN, f"{TOKEN}_HARBOUR_EXAMPLE"):
        monkeypatch.delenv(name, raising=False)
    with running() as server:
        yield server


@pytest.fixture
def client(server):
    return Client(hosts={HOST: server.address}, interval=0)


class Polling(Polls):
    at = staticmethod(at)

    @staticmethod
    def usual():
        return Mastodon(HOST)


def pages(server):
    return [given for path, given, _ in server.asked if "/timelines/" in path]


def test_a_first_poll_takes_the_newest_pages_and_covers_from_their_oldest_on(server, client):
    server.put(*(status(n, at(0, n)) for n in range(1, 301)))
    poll = Polling(client)
    found = poll(10)
    assert found == [uri(n) for n in range(300, 100, -1)]
    assert poll.spans == [Covered(at(0, 101), at(10))]
    first, *others = pages(server)
    assert first == {"limit": ["40"]}
    assert [given["max_id"] for given in others] == [["261"], ["221"], ["181"], ["141"]]


def test_the_next_poll_reads_from_where_the_last_one_ended(server, client):
    server.put(status(1, at(1)), status(2, at(2)))
    poll = Polling(client)
    assert poll(20) == [uri(2), uri(1)]
    server.put(status(3, at(20, 30)))
    server.asked.clear()
    assert poll(21) == [uri(3)]
    assert poll.spans == [Covered(at(20), at(21))]
    assert pages(server)[0] == {"limit": ["40"], "since_id": ["2"]}
    assert poll(22) == [uri(3)]  # not five minutes old: read once more
    assert poll(28) == [uri(3)]
    assert poll(29) == []
    assert poll.spans == [Covered(at(28), at(29))]


def test_posts_of_other_servers_that_arrive_late_are_found(server, client):
    server.put(status(10, at(1)), status(30, at(9)))
    poll = Polling(client)
    poll(10)
    server.put(status(20, at(8), name="tomas@quay.example"))
    assert "https://quay.example/users/tomas/statuses/20" in poll(11)


def test_pages_go_back_until_all_that_is_new_is_read(server, client):
    server.put(status(1, at(0)))
    poll = Polling(client)
    poll(10)
    server.put(*(status(n, at(10, n)) for n in range(2, 102)))
    assert poll(12) == [uri(n) for n in range(101, 1, -1)]
    assert poll.spans == [Covered(at(10), at(12))]


def test_what_more_is_posted_than_is_paged_through_is_a_gap(server, client):
    server.put(status(1, at(0)))
    poll = Polling(client)
    poll(10)
    server.put(*(status(n, at(10) + timedelta(seconds=n / 10)) for n in range(2, 1002)))
    found = poll(12)
    assert found == [uri(n) for n in range(1001, 201, -1)]
    gap, covered = poll.spans
    oldest = at(10) + timedelta(seconds=20.2)
    assert gap[:3] == (at(10), oldest, "gap")
    assert "more was posted than 20 pages" in gap.reason
    assert covered == Covered(oldest, at(12))
    assert poll(20) is not None
    assert poll.spans == [Covered(at(12), at(20))]


def test_without_links_the_last_status_tells_where_the_next_page_begins(server, client):
    server.has_links = False
    server.put(*(status(n, at(0, n)) for n in range(1, 60)))
    assert len(Polling(client)(10)) == 59


def test_a_server_that_gives_the_same_page_again_and_again_is_left(server, client, monkeypatch):
    server.put(*(status(n, at(0, n)) for n in range(1, 41)))
    monkeypatch.setitem(server.headers, "Link", f'<https://{HOST}/x?max_id=999>; rel="next"')
    assert len(set(Polling(client)(10))) == 40
    assert len(pages(server)) <= 3


def test_hashtags_are_asked_for_five_at_a_time(server, client):
    tags = ("Ostwald", "cells", "plant", "jobs", "grid", "strom")
    server.put(
        status(1, at(1), tags=["cells"]),
        status(2, at(2), tags=["strom", "Ostwald"]),
        status(3, at(3), tags=["other"]),
        *(status(n, at(3, n), tags=["grid"]) for n in range(4, 60)),
    )
    poll = Polling(client, Mastodon(HOST, tags=tags, none=["spam"], local=True))
    found = poll(10)
    assert sorted(set(found)) == sorted(uri(n) for n in range(1, 60) if n != 3)
    asked = [path for path in server.paths() if "timelines" in path]
    assert set(asked) == {"/api/v1/timelines/tag/Ostwald", "/api/v1/timelines/tag/strom"}
    for given in pages(server):
        assert (given["none[]"], given["local"]) == (["spam"], ["true"])
    # Links leave the other tags out; they are asked for all the same.
    assert pages(server)[1]["any[]"] == ["cells", "plant", "jobs", "grid"]
    assert poll.spans == [Covered(at(1), at(10))]


def test_a_first_poll_covers_no_further_back_than_its_fullest_lane_was_read(server, client):
    tags = ("cells", "plant", "jobs", "grid", "Ostwald", "strom")
    server.put(
        status(1, at(0), tags=["strom"]),
        *(status(n, at(2, n), tags=["cells"]) for n in range(2, 302)),
    )
    poll = Polling(client, Mastodon(HOST, tags=tags))
    assert len(poll(10)) == 201
    assert poll.spans == [Covered(at(2, 102), at(10))]


def test_a_hashtag_that_nobody_has_used_is_no_error(server, client):
    server.refusals["/api/v1/timelines/tag"] = 404
    poll = Polling(client, Mastodon(HOST, tags=["nobody"]))
    assert poll(10) == []
    assert poll(11) == []
    assert poll.spans == [Covered(at(10), at(11))]


def test_counts_and_edits_of_what_is_kept_are_looked_up_again(server, client):
    server.put(status(1, at(1), "old", favourites_count=1), status(2, at(2), "other"))
    poll = Polling(client, keep=lambda item: item.id == uri(1))
    poll(20)
    server.statuses[0] |= {
        "content": "<p>new</p>",
        "edited_at": "2026-11-19T10:25:00Z",
        "favourites_count": 7,
    }
    assert poll(25) == []  # not again so soon
    assert poll(31) == [uri(1)]
    (item,) = poll.items
    assert (item.text, item.edited, item.likes) == ("new", at(25), 7)
    asked = [given["id[]"] for path, given, _ in server.asked if path == "/api/v1/statuses"]
    assert asked == [["1"]]  # of what is not kept nothing is asked


@pytest.mark.parametrize("has_many", [True, False])
def test_what_the_server_no_longer_has_is_deleted(server, client, has_many):
    server.has_many = has_many
    server.put(status(1, at(1)), status(2, at(2)), status(3, at(29)))
    poll = Polling(client)
    poll(15)
    server.remove(1)
    poll(30)
    assert [(d.source, d.id, d.time) for d in poll.deletions] == [("mastodon", uri(1), at(30))]
    poll(45)
    assert poll.deletions == []


def test_a_server_that_shows_no_single_posts_deletes_none(server, client):
    server.put(status(1, at(1)), status(2, at(14)))
    poll = Polling(client)
    poll(15)
    server.has_many = server.has_singles = False
    server.put(status(3, at(29)))
    poll(30)
    assert poll.deletions == []


def test_a_restart_remembers_what_is_kept(server, client):
    server.put(status(1, at(1)), status(2, at(2)))
    poll = Polling(client)
    poll(15)
    server.remove(1)
    poll.collector = Mastodon(HOST)
    poll(30)
    assert [deletion.id for deletion in poll.deletions] == [uri(1)]


def test_nothing_is_looked_up_while_few_requests_are_left(server, client):
    server.put(status(1, at(1)))
    poll = Polling(client)
    poll(15)
    server.headers["X-RateLimit-Remaining"] = "20"
    poll(30)
    assert "/api/v1/statuses" not in server.paths()
    server.headers["X-RateLimit-Remaining"] = "200"
    poll(31)
    assert "/api/v1/statuses" in server.paths()


def test_who_no_longer_asks_not_to_be_indexed_is_shown_again(server, client):
    shy = status(1, at(1), name="shy")
    shy["account"]["noindex"] = True
    server.put(shy, status(2, at(2)))
    poll = Polling(client)
    assert poll(3) == [uri(2)]
    prefix = f"https://{HOST}/users/shy/"
    assert poll.accounts == [Account("mastodon", prefix, hidden=True)]
    shy["account"]["noindex"] = False
    poll.collector = Mastodon(HOST)
    assert poll(4) == [uri(2), uri(1, "shy")]
    assert poll.accounts == [Account("mastodon", prefix, hidden=False)]
    poll(5)
    assert poll.accounts == []


def test_a_stop_in_the_middle_leaves_no_cursor(server, client):
    server.put(*(status(n, at(0, n)) for n in range(1, 101)))
    poll = Polling(client)
    batches = poll.collector.collect(client, None, now=lambda: at(10), stop=poll.stop)
    assert next(batches).cursor is None
    poll.stop.set()
    assert [batch.cursor for batch in batches] == []


@pytest.mark.parametrize("cursor", ["", "nonsense", "[]", '{"polled": "noon"}', "{}", "null"])
def test_a_cursor_that_cannot_be_read_is_none(server, client, cursor):
    server.put(status(1, at(1)))
    poll = Polling(client)
    poll.cursor = cursor
    assert poll(10) == [uri(1)]
    assert poll.spans == [Covered(at(1), at(10))]


def test_hostile_cursors_put_nothing_into_addresses(server, client):
    server.put(status(1, at(1)))
    poll = Polling(client)
    poll.cursor = (
        '{"polled": "2026-11-19T10:00:00+00:00", "since": {"": "../../x?y=1"}, "hidden": [],'
        ' "known": [["../admin", "u", 1, 1], [1, 2], "x", null]}'
    )
    poll(10)
    assert all(".." not in path for path in server.paths())


# --- refusals


@pytest.mark.parametrize("code", [401, 403, 422])
def test_a_closed_timeline_says_what_to_do(server, client, code):
    server.refusals["/api/v1/timelines"] = code
    with pytest.raises(SourceError) as caught:
        Polling(client)(10)
    said = str(caught.value)
    assert f"{HOST}: does not show its public timeline ({code})" in said
    assert "set WORKBENCH_MASTODON_TOKEN_HARBOUR_EXAMPLE to a token" in said
    with pytest.raises(SourceError, match="does not show posts with hashtags"):
        Polling(client, Mastodon(HOST, tags=["a"]))(10)


def test_what_is_no_mastodon_says_so(server, client):
    server.refusals["/api/v1/timelines"] = 404
    with pytest.raises(SourceError, match="404 Not Found"):
        Polling(client)(10)
    server.refusals["/api/v1/timelines"] = 200
    with pytest.raises(SourceError, match=f"{HOST}: answered with an error instead of posts: no"):
        Polling(client)(10)


def test_a_server_that_asks_us_to_wait_is_waited_for(server, client):
    server.refusals["/api/v1/timelines"] = 429
    server.headers["X-RateLimit-Reset"] = "2999-01-01T00:00:00Z"
    with pytest.raises(RateLimited):
        Polling(client)(10)


# --- parameters


def test_what_names_a_source_says_all_that_tells_it_from_others():
    assert Mastodon(HOST).key == "mastodon:harbour.example"
    full = Mastodon(HOST, tags=["#Jobs", "grid"], all=["a"], none=["b"], remote=True)
    assert full.key == "mastodon:harbour.example #Jobs #grid +a -b remote"
    assert full.tags == ("Jobs", "grid")
    assert full == replace(full)
    assert Mastodon(HOST, every="90s").every == timedelta(seconds=90)


@pytest.mark.parametrize(
    ("given", "host"),
    [
        (" https://Harbour.Example/ ", HOST),
        ("my-town.example:3000", "my-town.example:3000"),
        ("bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_a_server_may_be_written_in_several_ways(given, host):
    assert Mastodon(given).instance == host


@pytest.mark.parametrize(
    "options",
    [
        {"instance": ""},
        {"instance": "http://harbour.example"},
        {"instance": "harbour.example/api"},
        {"instance": "ana:s3cret@harbour.example"},
        {"instance": "harbour.example:99999"},
        {"instance": "a..b"},
        {"instance": HOST, "tags": ["two words"]},
        {"instance": HOST, "tags": ["2026"]},
        {"instance": HOST, "tags": ["../x"]},
        {"instance": HOST, "tags": [f"t{n}" for n in range(21)]},
        {"instance": HOST, "tags": ["a"], "none": list("bcdef")},
        {"instance": HOST, "all": ["a"]},
        {"instance": HOST, "local": True, "remote": True},
        {"instance": HOST, "every": "often"},
    ],
)
def test_parameters_that_cannot_be_are_refused(options):
    with pytest.raises(SettingError):
        Mastodon(**options)


def test_of_hidden_accounts_no_more_are_remembered_than_a_cursor_holds():
    state = State(Ledger())
    for n in range(2_500):
        reading = Reading(ParseResult(), [])
        reading.result.accounts = [Account("mastodon", f"https://{HOST}/users/u{n}/", hidden=True)]
        state.note(reading, TEN)
    assert len(state.hidden) == 1_000
    assert f"https://{HOST}/users/u2499/" in state.hidden
    loaded = State.load(replace(state, polled=TEN).save(), Ledger())
    assert loaded.hidden == state.hidden
