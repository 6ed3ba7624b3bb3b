"""Reddit over real HTTP: signing in, lists, searches, second looks, limits, parameters."""

from datetime import UTC, datetime, timedelta

import pytest
import redditserver
from polls import Polls
from redditserver import comment, post

from workbench.collectors import Covered
from workbench.collectors.reddit import Reddit
from workbench.errors import RateLimited, SettingError, SourceError
from workbench.http import Client
from workbench.query import parse

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)


def at(minute, second=0):
    return NOON + timedelta(minutes=minute, seconds=second)


@pytest.fixture(scope="module")
def running():
    with redditserver.running() as server:
        yield server


@pytest.fixture
def server(running, monkeypatch):
    running.clear()
    monkeypatch.setenv("WORKBENCH_REDDIT_ID", redditserver.ID)
    monkeypatch.setenv("WORKBENCH_REDDIT_SECRET", redditserver.SECRET)
    return running


def ask(server):
    hosts = dict.fromkeys(("www.reddit.com", "oauth.reddit.com"), server.address)
    return Client(hosts=hosts, interval=0)


@pytest.fixture
def client(server):
    return ask(server)


class Polling(Polls):
    at = staticmethod(at)


def aviation(**more):
    return Reddit(subreddits=["aviation"], **more)


def test_a_first_poll_signs_in_and_takes_the_last_day(server, client):
    server.put(post("a", at(-60 * 25)), post("b", at(-60)), comment("c", at(-1), parent="t3_b"))
    poll = Polling(client, aviation(user="/u/acme_desk"))
    assert poll(0) == ["t3_b", "t3_a", "t1_c"]
    assert poll.spans == [Covered(at(-60 * 24), at(0))]
    ((sent, headers),) = server.signed_in
    assert sent == "grant_type=client_credentials"
    assert headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    agents = {each["User-Agent"] for each in (headers, *(h for _, _, h in server.asked))}
    (agent,) = agents
    assert agent.startswith("python:boardroom-workbench:v")
    assert agent.endswith(" (by /u/acme_desk)")
    assert server.paths() == ["/r/aviation/new", "/r/aviation/comments"]
    assert server.asked[0][1] == {"limit": "100", "raw_json": "1"}


def test_the_next_poll_asks_one_page_of_each_list(server, client):
    server.put(*(post(f"p{n}", at(-300 + n)) for n in range(250)))
    poll = Polling(client, aviation())
    assert len(poll(0)) == 250
    server.put(post("new", at(1)))
    server.asked.clear()
    assert "t3_new" in poll(2)
    assert poll.spans == [Covered(at(0), at(2))]
    assert server.paths()[:2] == ["/r/aviation/new", "/r/aviation/comments"]


def test_pages_go_on_where_the_last_ended_though_what_was_newest_is_deleted(server, client):
    server.put(post("a", at(-10)))
    poll = Polling(client, aviation(comments=False))
    poll(0)
    del server.things["t3_a"]
    server.put(*(post(f"p{n}", at(1) + timedelta(seconds=n)) for n in range(230)))
    assert len(poll(10)) == 230
    assert server.asked[-2][1]["after"] == "t3_p30"
    assert poll.spans == [Covered(at(0), at(10))]


def test_what_a_list_of_a_thousand_does_not_reach_is_a_gap(server, client):
    poll = Polling(client, aviation(comments=False))
    poll(-60)
    server.put(*(post(f"p{n}", at(-50) + timedelta(seconds=n)) for n in range(1_500)))
    assert len(poll(0)) == 1_000
    reason = "more was written than its lists show"
    reached = at(-50) + timedelta(seconds=500)
    assert poll.spans == [Covered(at(-60), reached, "gap", reason), Covered(reached, at(0))]


def test_a_token_is_used_until_it_ends_and_renewed_if_it_is_refused(server, client):
    poll = Polling(client, aviation(comments=False))
    poll(0)
    poll(50)
    assert len(server.signed_in) == 1
    poll(60)
    assert len(server.signed_in) == 2
    server.token = "taken back"
    poll(62)
    assert len(server.signed_in) == 3


def test_wrong_credentials_are_told_with_the_remedy_and_without_themselves(client, monkeypatch):
    monkeypatch.setenv("WORKBENCH_REDDIT_SECRET", "not-the-s3cret")
    with pytest.raises(SourceError, match="prefs/apps") as caught:
        Polling(client, aviation())(0)
    assert caught.value.status == 401
    assert "not-the-s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("value", ["", " ", "with space", "with:colon", "ünïcode"])
def test_what_no_credentials_can_be_is_never_sent(server, client, monkeypatch, value):
    monkeypatch.setenv("WORKBENCH_REDDIT_ID", value)
    with pytest.raises(SettingError, match="WORKBENCH_REDDIT_ID") as caught:
        Polling(client, aviation())(0)
    assert not value.strip() or value not in str(caught.value)
    assert server.signed_in == []


@pytest.mark.parametrize(
    "answer", [b"<html>busy", {"error": "unsupported_grant_type"}, {"access_token": "a b"}, []]
)
def test_an_answer_without_a_token_is_an_error(server, client, answer):
    server.token_answer = answer
    with pytest.raises(SourceError, match="reddit: gives no token"):
        Polling(client, aviation())(0)


def test_secrets_stand_in_no_repr_key_or_cursor(server, client):
    poll = Polling(client, aviation())
    server.put(post("a", at(-1)))
    poll(0)
    told = f"{poll.collector!r} {poll.collector.key} {poll.cursor} {poll.collector._token!r}"
    assert redditserver.SECRET not in told
    assert server.token not in told


def test_requests_that_are_used_up_are_waited_for_and_what_was_read_stays_read(server, client):
    server.put(post("a", at(-1)))
    server.refusals["/r/aviation/comments"] = (
        429,
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "77"},
    )
    poll = Polling(client, aviation())
    with pytest.raises(RateLimited) as caught:
        poll(0)
    assert caught.value.retry_after == 77
    assert [item.id for item in poll.items] == ["t3_a"]
    server.clear()
    server.put(comment("c", at(-2)))
    again = Polling(ask(server), aviation())
    again.cursor = poll.cursor
    assert again(3) == ["t1_c"]
    # Posts were read up to noon and comments from yesterday on: both are, from noon on.
    assert again.spans == [Covered(at(0), at(3))]


def test_a_closed_subreddit_stops_no_other_and_is_tried_again_after_an_hour(server, client):
    server.put(post("a", at(-1)))
    server.refusals["/r/secret/"] = (403, {})
    poll = Polling(client, Reddit(subreddits=["secret", "aviation"], comments=False))
    assert poll(0) == ["t3_a"]
    (problem,) = poll.problems
    assert problem.reason == (
        "r/secret is private or closed to applications; take it out of the deck"
    )
    server.asked.clear()
    poll(2)
    assert "/r/secret/new" not in server.paths()
    server.refusals.clear()
    server.put(post("s", at(-1), subreddit="secret"))
    assert "t3_s" in poll(61)


def test_where_all_is_closed_it_fails_and_says_which(server, client):
    server.refusals["/r/aviation/"] = (404, {})
    with pytest.raises(SourceError, match="r/aviation is not there, or was banned"):
        Polling(client, aviation())(0)


def test_a_subreddit_that_leads_to_a_search_is_not_there(server, client):
    server.refusals["/r/aviation/"] = (302, {"Location": "/subreddits/search?q=aviation"})
    with pytest.raises(SourceError, match="r/aviation is not there"):
        Polling(client, aviation())(0)


def test_second_looks_bring_counts_edits_deletions_and_removals(server, client):
    server.put(*(post(own, at(n)) for n, own in enumerate("abcde")), comment("f", at(6)))
    poll = Polling(client, aviation(), keep=lambda item: item.id != "t3_e")
    poll(7)
    server.change("t3_a", score=50, num_comments=9, selftext="Edited", edited=at(30).timestamp())
    server.change("t3_b", selftext="[deleted]", author="[deleted]")
    server.change("t3_c", removed_by_category="moderator")
    server.change("t1_f", body="[removed]")
    del server.things["t3_d"]
    server.asked.clear()
    poll(40)
    (looked,) = (given for path, given, _ in server.asked if path == "/api/info")
    assert set(looked["id"].split(",")) >= {"t3_a", "t3_d"}
    assert "t3_e" not in looked["id"]
    a = next(item for item in poll.items if item.likes == 50)
    assert (a.id, a.replies, a.text, a.edited) == ("t3_a", 9, "Edited", at(30))
    assert {deletion.id for deletion in poll.deletions} == {"t3_b", "t3_c", "t3_d", "t1_f"}
    server.asked.clear()
    poll(60)
    assert [g["id"] for p, g, _ in server.asked if p == "/api/info"] == ["t3_a"]


def test_what_is_older_than_a_day_is_looked_at_once_a_day_for_a_month(server, client):
    server.put(post("a", at(0)))
    poll = Polling(client, aviation(comments=False))
    poll(1)
    day = 24 * 60
    for minute in (10 * day, 10 * day + 60, 11 * day, 40 * day):
        poll(minute)
    assert server.paths().count("/api/info") == 2


def test_an_answer_that_names_nothing_deletes_nothing(server, client):
    server.put(post("a", at(-1)))
    poll = Polling(client, aviation(comments=False))
    poll(0)
    server.things.clear()
    poll(30)
    assert "/api/info" in server.paths()
    assert poll.deletions == []


def test_second_looks_wait_while_requests_are_short_and_stop_no_list(server, client):
    server.put(post("a", at(-1)))
    poll = Polling(client, aviation(comments=False))
    poll(0)
    server.headers["x-ratelimit-remaining"] = "7.0"
    poll(30)
    assert "/api/info" not in server.paths()
    server.headers.clear()
    server.refusals["/api/info"] = (403, {})
    poll(32)
    assert "403" in poll.problems[0].reason
    assert poll.spans == [Covered(at(30), at(32))]


def test_a_restart_remembers_what_is_kept(server, client):
    server.put(post("a", at(-1)), post("b", at(-2)))
    poll = Polling(client, aviation(comments=False))
    poll(0)
    server.change("t3_a", selftext="[deleted]")
    poll.collector = aviation(comments=False)
    poll(30)
    assert [deletion.id for deletion in poll.deletions] == ["t3_a"]


def test_one_search_serves_all_columns_and_each_is_covered(server, client):
    server.put(post("a", at(-5), "Acme lands"), post("b", at(-4), "Globex"), post("c", at(-3)))
    queries = [parse("acme lang:en"), parse('globex OR "new fleet"'), parse("lang:de")]
    asking = Reddit().ask(queries, {})
    assert asking.key == Reddit().key == "reddit"
    poll = Polling(client, asking)
    assert poll(0) == ["t3_b", "t3_a"]
    ((path, given, _),) = server.asked
    assert path == "/search"
    assert given["q"] == 'acme OR (globex OR "new fleet")'
    assert (given["sort"], given["type"]) == ("new", "link")
    # Of the third Reddit can be asked nothing, so it is not covered.
    assert [span[:3] for span in poll.spans] == [(at(-60 * 24), at(0), "ok")]
    assert set(poll.spans[0].queries) == {str(query) for query in queries[:2]}


def test_searches_that_are_too_long_together_are_several(server, client):
    queries = [parse(" OR ".join(f"company{n}x{m}" for m in range(30))) for n in range(3)]
    poll = Polling(client, Reddit().ask(queries, {}))
    poll(0)
    asked = [given["q"] for _, given, _ in server.asked]
    assert len(asked) == 3
    assert all(len(text) <= 512 for text in asked)
    assert {query for span in poll.spans for query in span.queries} == set(map(str, queries))


def test_other_columns_ask_anew_and_keep_what_was_known(server, client):
    server.put(post("a", at(-5), "Acme"), post("b", at(-4), "Globex"))
    asking = Reddit().ask([parse("acme")], {})
    poll = Polling(client, asking)
    poll(0)
    poll.collector = asking.ask([parse("globex")], {})
    assert "t3_b" in poll(2)
    (span,) = poll.spans
    assert (span.start, span.queries) == (at(2 - 60 * 24), (str(parse("globex")),))
    assert len(server.signed_in) == 1
    poll(4)
    assert poll.spans[0].start == at(2)


def test_a_search_that_finds_more_than_it_shows_is_a_gap(server, client):
    poll = Polling(client, Reddit(query="acme"))
    poll(-60)
    server.put(*(post(f"p{n}", at(-40) + timedelta(seconds=n), "Acme") for n in range(400)))
    assert len(poll(0)) == 250
    assert [span.status for span in poll.spans] == ["gap", "ok"]
    assert poll.spans[0].queries is None


def test_a_search_may_keep_to_subreddits(server, client):
    server.put(post("a", at(-5), "Acme"), post("b", at(-4), "Acme", subreddit="funny"))
    poll = Polling(client, Reddit(subreddits=["aviation", "airlines"], query="Acme"))
    assert poll(0) == ["t3_a"]
    path, given, _ = server.asked[0]
    assert (path, given["restrict_sr"]) == ("/r/aviation+airlines/search", "1")


def test_where_nothing_can_be_asked_it_says_what_to_do(client):
    with pytest.raises(SettingError, match="name subreddits, or a query"):
        Polling(client, Reddit().ask([parse("lang:de")], {}))(0)


def test_a_probe_says_whether_it_lets_us_in_though_no_column_asks(server, client):
    server.put(post("a", at(-5), "News"))
    told = "lets us in and answers; 1 posts of its search; 98 requests are left for now"
    assert Reddit().probe(client) == told


def test_subreddits_and_own_queries_ask_the_same_whatever_columns_want():
    for collector in (aviation(), Reddit(query="acme")):
        assert collector.ask([parse("globex")], {}) is collector


@pytest.mark.parametrize("cursor", ["nonsense", "[]", '{"polled": {"x": 7}}', "null"])
def test_a_cursor_that_cannot_be_read_is_none(server, client, cursor):
    server.put(post("a", at(-60)))
    poll = Polling(client, aviation(comments=False))
    poll.cursor = cursor
    assert poll(0) == ["t3_a"]


def test_what_names_a_source_says_all_that_tells_it_from_others():
    keys = [
        Reddit().key,
        aviation().key,
        aviation(comments=False).key,
        Reddit(subreddits=["r/aviation", "/r/Airlines/"]).key,
        Reddit(subreddits=["aviation"], query=" acme  air").key,
    ]
    assert keys == [
        "reddit",
        "reddit r/aviation",
        "reddit r/aviation posts",
        "reddit r/aviation r/Airlines",
        'reddit r/aviation "acme air"',
    ]
    assert Reddit(subreddits=["a_b", "A_B"]).subreddits == ("a_b",)


@pytest.mark.parametrize(
    "options",
    [
        {"query": "x" * 513},
        {"subreddits": ["a/../b"]},
        {"subreddits": [""]},
        {"subreddits": [f"sub{n}" for n in range(26)]},
        {"lang": "English!"},
        {"user": "x y"},
        {"every": "often"},
    ],
)
def test_parameters_that_cannot_be_are_refused(options):
    with pytest.raises(SettingError):
        Reddit(**options)
