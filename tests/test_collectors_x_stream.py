"""X's filtered stream over real HTTP: rules in step with the columns, posts, ends, budget."""

import json
import threading
from datetime import UTC, datetime

import pytest
from xserver import Polling, own_id, post, user

from workbench.collectors.x import X
from workbench.errors import RateLimited, SourceError
from workbench.query import parse

OTHER = {"value": "cats", "tag": "a colleague's"}
ANOTHER = {"value": "dogs", "tag": "workbench 0123456789ab 00"}  # of another store


def asking(*texts, **settings):
    return X(mode="stream", **settings).ask([parse(text) for text in texts], {})


class Following(Polling):
    """Follows until so many posts have come, or the stream ends."""

    def __init__(self, x_client, collector, wanted=1):
        super().__init__(x_client, collector)
        self.wanted = wanted

    def __call__(self):
        self.items, self.problems, self.spans = [], [], []
        self.stop = threading.Event()
        patience = threading.Timer(20, self.stop.set)
        patience.start()
        try:
            for batch in self.collector.collect(
                self.client, self.cursor, now=lambda: datetime.now(UTC), stop=self.stop
            ):
                self.items += self.collector.refine(self.client, batch.result)
                self.problems += batch.result.problems
                self.spans += batch.spans
                self.cursor = batch.cursor or self.cursor
                if len(self.items) >= self.wanted and batch.spans:
                    self.stop.set()
        finally:
            patience.cancel()
        return [item.text for item in self.items]


def line(raw, *tags):
    answer = {
        "data": raw,
        "includes": {"users": [user(raw["author_id"])]},
        "matching_rules": [{"id": str(n), "tag": tag} for n, tag in enumerate(tags)],
    }
    return json.dumps(answer).encode() + b"\r\n"


def owned(x_client, x_server, *texts, wanted=1, **settings):
    """Return one whose rules are there already, and the tag of the first."""
    following = Following(x_client, asking(*texts, **settings), wanted)
    x_server.sends = []
    following.wanted = 0
    following()
    following.wanted = wanted
    tag = next(rule["tag"] for rule in x_server.rules.values() if rule != OTHER)
    return following, tag


def now(low=1):
    return post(datetime.now(UTC), "acme now", low=low)


def test_rules_are_added_and_no_other_is_touched(x_server, x_client):
    x_server.rules = {"1": OTHER, "2": ANOTHER}
    following = Following(x_client, asking("acme", "globex -is:repost", "bank*"), 0)
    following()
    ours = [rule for rule in x_server.rules.values() if rule not in (OTHER, ANOTHER)]
    assert [rule["value"] for rule in ours] == ["acme OR (globex -is:retweet)"]
    assert x_server.rules["1"] == OTHER
    assert x_server.rules["2"] == ANOTHER
    assert ours[0]["tag"].startswith(f"workbench {json.loads(following.cursor)['owner']} ")


def test_rules_follow_the_columns(x_server, x_client):
    x_server.rules = {"1": OTHER}
    following = Following(x_client, asking("acme"), 0)
    following()
    following()
    assert len(x_server.posted) == 1  # nothing to be changed the second time
    following.collector = following.collector.ask([parse("globex")], {})
    following()
    assert sorted(rule["value"] for rule in x_server.rules.values()) == ["cats", "globex"]
    assert [sorted(what) for what in x_server.posted] == [["add"], ["add"], ["delete"]]


def test_posts_of_our_rules_are_taken_and_those_of_others_are_paid_all_the_same(x_server, x_client):
    following, tag = owned(x_client, x_server, "acme")
    spent = following.spent
    whole = line(now(3), OTHER["tag"], tag)
    heartbeat = b"\r\n"
    x_server.sends = [heartbeat, line(now(1), OTHER["tag"]), heartbeat * 2, whole[:40], whole[40:]]
    assert following() == ["acme now"]
    assert following.items[0].author == "ana"
    assert following.spent - spent == pytest.approx(0.01)
    assert {span.queries for span in following.spans} == {("acme",)}


def test_what_was_missed_is_searched_for_first(x_server, x_client):
    following, _ = owned(x_client, x_server, "acme")
    x_server.put(now())
    assert following() == ["acme now"]
    paths = x_server.paths()
    assert paths.index("/2/tweets/search/stream") < len(paths) - 1 - paths[::-1].index(
        "/2/tweets/search/recent"
    )


def test_a_stream_that_ends_in_the_middle_of_a_line_gives_what_came_before(x_server, x_client):
    following, tag = owned(x_client, x_server, "acme", wanted=9)
    x_server.sends = [line(now(), tag), line(now(2), tag)[:50]]
    x_server.ended.set()
    with pytest.raises(SourceError, match="ended"):
        following()
    assert [item.text for item in following.items] == ["acme now"]
    assert following.spans


def test_what_x_says_of_the_stream_is_told(x_server, x_client):
    following, _ = owned(x_client, x_server, "acme", wanted=9)
    detail = "This stream has been disconnected for operational reasons."
    told = {"errors": [{"title": "operational-disconnect", "detail": detail}]}
    x_server.sends = [json.dumps(told).encode() + b"\r\n"]
    with pytest.raises(SourceError, match="disconnected for operational reasons"):
        following()


def test_html_instead_of_a_stream_is_an_error(x_server, x_client):
    following, _ = owned(x_client, x_server, "acme", wanted=9)
    x_server.sends = [b"<html>\n<p>Over capacity\n"]
    with pytest.raises(SourceError, match="no posts, it begins '<html>'"):
        following()


def test_a_spent_budget_closes_the_stream(x_server, x_client):
    following, tag = owned(x_client, x_server, "acme", wanted=9, budget=0.05)
    x_server.sends = [line(now(n), tag) for n in range(1, 30)]
    with pytest.raises(RateLimited, match="is spent"):
        following()
    # What is on its way already comes in the same moment; nothing is asked for any more.
    assert following.spent == pytest.approx(0.05)
    streams = x_server.paths().count("/2/tweets/search/stream")
    with pytest.raises(RateLimited):
        following()
    assert following.spans[-1].status == "gap"
    assert x_server.paths().count("/2/tweets/search/stream") == streams


def test_a_rule_that_x_refuses_is_told(x_client):
    following = Following(x_client, X(mode="stream", query="(acme"), 0)
    with pytest.raises(SourceError, match=r"does not take a rule: .*missing \)"):
        following()


def test_two_streams_of_one_app_are_one_too_many(x_server, x_client):
    following = Following(x_client, asking("acme"), 0)
    told = {"title": "ConnectionException", "connection_issue": "TooManyConnections"}
    x_server.answers += [None, (429, told, None)]
    with pytest.raises(RateLimited):
        following()


def test_own_query_and_users_are_rules(x_server, x_client):
    source = X(mode="stream", query="acme lang:en", users=["ana", "bo"])
    following = Following(x_client, source, 0)
    following()
    assert sorted(rule["value"] for rule in x_server.rules.values()) == [
        "acme lang:en", "from:ana OR from:bo",
    ]  # fmt: skip
    assert source.live is True
    assert X().live is False
    assert {span.queries for span in following.spans} == {None}
    assert own_id(datetime.now(UTC)).isdigit()


def test_without_anything_to_ask_no_stream_is_opened(x_server, x_client):
    source = asking("bank*", every="1s")
    following = Following(x_client, source, 0)
    following()
    assert "/2/tweets/search/stream" not in x_server.paths()
    assert following.spans[0].reason == "X's search cannot be asked for this query"


def test_what_a_stream_brings_counts_for_the_estimate(x_server, x_client):
    following, tag = owned(x_client, x_server, "acme", "globex", wanted=3)
    x_server.sends = [line(now(n), tag) for n in (1, 2, 3)]
    following()
    rates = json.loads(following.cursor)["rates"]
    assert {name: rate[0] for name, rate in rates.items()} == {"acme": 3, "globex": 0}


def test_a_probe_buys_nothing(x_server, x_client):
    x_server.rules = {"1": OTHER}
    assert X(query="acme").probe(x_client) == (
        "answers, and takes the token; 1 rule of the stream there; nothing was bought"
    )
    assert x_server.paths() == ["/2/tweets/search/stream/rules"]


def test_rules_may_be_twice_as_long_as_searches(x_server, x_client):
    people = {"heads": [f"person_{number:08}" for number in range(80)]}
    source = X(mode="stream").ask([parse("list:heads")], people)
    Following(x_client, source, 0)()
    lengths = [len(rule["value"]) for rule in x_server.rules.values()]
    assert len(lengths) == 2
    assert max(lengths) <= 1_024
    asked = [given["query"] for given in x_server.searches()]
    assert len(asked) == 4
    assert max(map(len, asked)) <= 512
