"""X over real HTTP: searches merged and paged, limits, budget, second looks, parameters."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from xserver import TOKEN, Polling, at, own_id, post

from workbench import store
from workbench.collectors import Covered
from workbench.collectors.x import X
from workbench.errors import RateLimited, SettingError, SourceError
from workbench.http import Client
from workbench.query import parse
from workbench.service.patience import remember

DAY = 24 * 60


def asking(*texts, lists=None, **settings):
    return X(**settings).ask([parse(text) for text in texts], lists or {})


def test_a_first_poll_takes_one_page_of_the_last_day(x_server, x_client):
    x_server.put(
        post(at(-DAY - 60), "acme old"), post(at(-30), "acme grows"), post(at(-5), "other")
    )
    poll = Polling(x_client, asking("acme lang:en"))
    assert poll(0) == ["acme grows"]
    assert poll.spans == [Covered(at(-DAY), at(0), queries=("acme lang:en",))]
    ((path, given, headers),) = x_server.asked
    assert path == "/2/tweets/search/recent"
    assert given["query"] == "acme lang:en"
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert {"note_tweet", "referenced_tweets", "edit_history_tweet_ids"} <= {
        *given["tweet.fields"].split(",")
    }
    assert "referenced_tweets.id.author_id" in given["expansions"]


def test_the_next_poll_reads_from_the_last_one_on_and_a_little_more(x_server, x_client):
    poll = Polling(x_client, asking("acme"))
    poll(0)
    x_server.put(post(at(-1, 40), "acme late"), post(at(3), "acme new"))
    assert poll(5) == ["acme new", "acme late"]
    assert poll.spans == [Covered(at(0), at(5), queries=("acme",))]
    assert x_server.searches()[-1]["since_id"] == own_id(at(-1, 30), 0)


def test_what_the_search_learns_late_is_paid_once(x_server, x_client):
    poll = Polling(x_client, asking("acme"))
    x_server.put(post(at(-1, 50), "acme"))
    poll(0)
    assert poll(1) == ["acme"]  # again, for it lies in the last half minute
    assert poll.spent == pytest.approx(0.005)


def test_pages_follow_each_other_by_their_tokens(x_server, x_client):
    poll = Polling(x_client, asking("acme", budget=100.0))
    poll(0)
    x_server.put(*(post(at(1), "acme", low=n) for n in range(250)))
    assert len(poll(5)) == 250
    assert [given.get("next_token") for given in x_server.searches()[1:]] == [None, "b100", "b200"]
    assert poll.spent == pytest.approx(250 * 0.005)


def test_more_than_ten_pages_between_two_polls_is_a_gap(x_server, x_client):
    poll = Polling(x_client, asking("acme", budget=100.0))
    poll(0)
    x_server.put(*(post(at(1) + timedelta(milliseconds=50 * n), "acme") for n in range(1_100)))
    assert len(poll(5)) == 1_000
    oldest = at(1) + timedelta(milliseconds=50 * 100)
    gap, rest = poll.spans
    assert (gap.start, gap.status, gap.reason) == (
        at(0), "gap", "more was posted than 10 pages of 100 hold",
    )  # fmt: skip
    assert abs(gap.end - oldest) < timedelta(seconds=1)
    assert rest == Covered(gap.end, at(5), queries=("acme",))


def test_one_search_serves_all_columns(x_server, x_client):
    x_server.put(post(at(-9), "acme"), post(at(-8), "globex"), post(at(-7), "other"))
    poll = Polling(
        x_client, asking("acme", "globex -is:repost", "tier:wire", "source:mastodon rail")
    )
    assert sorted(poll(0)) == ["acme", "globex"]
    (given,) = x_server.searches()
    assert given["query"] == "acme OR (globex -is:retweet)"
    assert poll.spans[-1].queries == ("acme", "globex -is:repost")


def test_a_column_that_is_new_buys_nothing_again_for_the_others(x_server, x_client):
    source = asking("acme")
    poll = Polling(x_client, source)
    poll(0)
    poll.collector = source.ask([parse("acme"), parse("globex")], {})
    poll(5)
    assert [given["query"] for given in x_server.searches()[1:]] == ["acme", "globex"]
    poll(10)
    assert x_server.searches()[-1]["query"] == "acme OR globex"


def test_people_of_a_list_are_asked_for_by_name(x_server, x_client):
    people = {"heads": ["@Ana", "bo", "someone@wing.example", "a.name.example"]}
    x_server.put(post(at(-3), "one"), post(at(-2), "two", "12"), post(at(-1), "three", "13"))
    poll = Polling(x_client, asking("source:x list:heads", lists=people))
    assert poll(0) == ["two", "one"]
    assert x_server.searches()[0]["query"] == "from:ana OR from:bo"


def test_long_queries_are_split_where_x_allows_no_more(x_server, x_client):
    people = {"heads": [f"person_{number:08}" for number in range(80)]}
    poll = Polling(x_client, asking("list:heads", lists=people))
    poll(0)
    asked = [given["query"] for given in x_server.searches()]
    assert len(asked) == 4
    assert all(len(query) <= 512 for query in asked)
    assert poll.spans == [Covered(at(-DAY), at(0), queries=("list:heads",))]


def test_a_column_of_several_searches_is_covered_where_all_of_them_are(x_server, x_client):
    people = {"heads": ["ana", *(f"person_{number:08}" for number in range(80))]}
    poll = Polling(x_client, asking("list:heads", lists=people, budget=100.0))
    poll(0)
    x_server.put(*(post(at(1), "hm", low=n) for n in range(990)))
    x_server.put(*(post(at(2) + timedelta(milliseconds=n), "hm") for n in range(100)))
    poll(5)
    gap, rest = poll.spans
    assert (gap.status, gap.start, gap.end) == ("gap", at(0), at(1))
    assert rest == Covered(at(1), at(5), queries=("list:heads",))


def test_what_x_cannot_be_asked_is_said_to_be_a_gap(x_server, x_client):
    poll = Polling(x_client, asking("bank*", "acme"))
    poll(0)
    assert [given["query"] for given in x_server.searches()] == ["acme"]
    assert poll.spans[-1] == Covered(
        at(-DAY), at(0), "gap", "X's search cannot be asked for this query", ("bank*",)
    )
    poll(5)
    assert poll.spans[-1].start == at(0)


def test_own_settings_are_asked_instead_of_the_columns(x_server, x_client):
    x_server.put(
        *(post(at(-n), f"post {n}", author) for n, author in enumerate(("11", "12", "13"), 1)),
        post(at(-9), "acme", "13"),
    )
    x_server.lists["77"] = {"12"}
    source = X(query="acme lang:en", users=["@Ana"], lists=["77"]).ask([parse("globex")], {})
    poll = Polling(x_client, source)
    assert sorted(poll(0)) == ["acme", "post 1", "post 2"]
    assert x_server.paths() == [
        "/2/users/by", "/2/tweets/search/recent", "/2/users/11/tweets", "/2/lists/77/tweets",
    ]  # fmt: skip
    assert {span.queries for span in poll.spans} == {None}
    poll(5)
    assert x_server.paths().count("/2/users/by") == 1
    assert source.key == "x:acme lang:en @ana list:77"


def test_a_list_is_read_back_to_where_the_last_poll_was(x_server, x_client):
    x_server.lists["77"] = {"11"}
    poll = Polling(x_client, X(lists=["77"], budget=100.0))
    poll(0)
    x_server.put(*(post(at(-60) - timedelta(seconds=n), "old") for n in range(300)))
    x_server.put(post(at(3), "new"))
    poll(5)
    assert poll.items[0].text == "new"
    assert x_server.paths().count("/2/lists/77/tweets") == 2  # not on and on into the past


def test_an_account_that_is_not_there_is_looked_up_once(x_server, x_client):
    poll = Polling(x_client, X(users=["ana", "nobody"]))
    poll(0)
    poll(5)
    assert x_server.paths().count("/2/users/by") == 1
    assert poll.spent == pytest.approx(0.02)


def test_an_account_that_has_gone_stops_no_other(x_server, x_client):
    poll = Polling(x_client, X(users=["ana", "bo"]))
    poll(0)
    x_server.put(post(at(2), "here", "12"))
    x_server.answers.append((404, {}, None))
    assert poll(5) == ["here"]
    assert "no such account" in poll.problems[0].reason
    assert poll.spans == [Covered(at(0), at(5))]  # of what is not there, nothing is missed


def test_a_refused_query_stops_no_other(x_server, x_client):
    source = asking("acme", *(f"{'globex' * 80}{n}" for n in range(2)))
    poll = Polling(x_client, source)
    poll(0)
    x_server.put(post(at(2), "acme"))
    x_server.answers += [None, (400, {"title": "Invalid Request"}, None)]
    assert poll(5) == ["acme"]
    assert len([span for span in poll.spans if span.status == "gap"]) == 1
    assert Covered(at(0), at(5), queries=("acme",))[:3] in [span[:3] for span in poll.spans]


@pytest.mark.parametrize(
    ("status", "remedy"),
    [(401, "make a new bearer token"), (402, "buy some"), (403, "belong to a project")],
)
def test_refusals_say_what_to_do(x_server, x_client, status, remedy):
    x_server.answers.append((status, {"title": "No"}, None))
    with pytest.raises(SourceError, match=remedy) as caught:
        Polling(x_client, asking("acme"))(0)
    assert caught.value.status == status
    assert TOKEN not in str(caught.value)


def test_the_limit_of_requests_is_kept(x_server, x_client):
    reset = str(int(datetime.now(UTC).timestamp()) + 600)
    headers = {"x-rate-limit-limit": "450", "x-rate-limit-remaining": "0"}
    x_server.answers.append((429, {"title": "Too Many"}, headers | {"x-rate-limit-reset": reset}))
    poll = Polling(x_client, asking("acme"))
    with pytest.raises(RateLimited) as caught:
        poll(0)
    assert 590 < caught.value.retry_after <= 601
    with pytest.raises(RateLimited):  # and X is not even asked
        poll(0)
    assert len(x_server.asked) == 1


def test_the_last_request_of_a_window_is_not_overstepped(x_server, x_client):
    reset = str(int(datetime.now(UTC).timestamp()) + 300)
    headers = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": reset}
    x_server.answers.append((200, {"meta": {"result_count": 0}}, headers))
    poll = Polling(x_client, asking("acme"))
    assert poll(0) == []
    with pytest.raises(RateLimited) as caught:
        poll(5)
    assert 290 < caught.value.retry_after <= 301
    assert len(x_server.asked) == 1


def test_a_page_that_fails_leaves_the_rest_for_the_next_poll(x_server, x_client):
    x_server.put(*(post(at(-60), "acme", low=n) for n in range(5)))
    poll = Polling(x_client, asking("acme"))
    poll(0)
    x_server.put(*(post(at(1), "acme", low=n) for n in range(150)))
    x_server.answers.append(None)
    x_server.answers.append((200, b"<html>Over capacity</html>", None))
    with pytest.raises(SourceError, match="<html>Over capacity"):
        poll(5)
    assert not poll.spans
    assert len(poll(6)) == 150
    assert poll.spans == [Covered(at(0), at(6), queries=("acme",))]


def test_the_budget_is_never_overstepped(x_server, x_client):
    poll = Polling(x_client, asking("acme", budget=0.60))
    poll(0)
    x_server.put(*(post(at(n // 10), "acme", low=n) for n in range(150)))
    with pytest.raises(RateLimited, match=r"budget of \$0.6 for 2026-11 is spent; .* 01 December"):
        poll(20)
    assert len(poll.items) == 120
    gap, rest = poll.spans
    assert gap.reason == "the budget of $0.6 for 2026-11 is spent"
    assert rest.start == gap.end
    sizes = [given["max_results"] for given in x_server.searches()]
    assert sizes == ["100", "100", "20"]


def test_a_source_that_is_called_otherwise_finds_no_purse_filled_anew(x_server, tmp_path):
    def client(opened):
        made = Client(hosts={"api.x.com": x_server.address}, interval=0)
        remember(made, opened, now=lambda: at(0))
        return made

    x_server.put(*(post(at(-9), "acme", low=n) for n in range(100)))
    with store.open(tmp_path / "s.db", floor=0) as opened:
        Polling(client(opened), asking("acme", budget=0.5))(0)
        assert opened.spent() == {("x", "2026-11"): pytest.approx(0.5)}
    with store.open(tmp_path / "s.db", floor=0) as opened:  # no cursor was written
        for source in (asking("acme", budget=0.5), X(query="acme", budget=0.5)):
            with pytest.raises(RateLimited, match="is spent"):
                Polling(client(opened), source)(5)
        assert len(x_server.searches()) == 1
        raised = Polling(client(opened), X(query="acme", budget=0.75))
        assert len(raised(6)) == 50
        assert opened.spent() == {("x", "2026-11"): pytest.approx(0.75)}


def test_a_purse_holds_over_a_restart_and_fills_with_the_month(x_server, x_client):
    x_server.put(*(post(at(-9), "acme", low=n) for n in range(100)))
    first = Polling(x_client, asking("acme", budget=0.5))
    first(0)
    second = Polling(x_client, asking("acme", budget=0.5))
    second.cursor = first.cursor
    with pytest.raises(RateLimited) as caught:
        second(5)
    assert caught.value.retry_after == 1_800
    assert second.items == []
    assert [span.status for span in second.spans] == ["gap"]
    december = (datetime(2026, 12, 1, 0, 1, tzinfo=UTC) - at(0)) // timedelta(minutes=1)
    x_server.posts.clear()
    x_server.put(post(at(december - 5), "acme again"))
    assert second(december) == ["acme again"]


def test_being_away_for_longer_than_the_search_looks_back_is_a_gap(x_client):
    poll = Polling(x_client, asking("acme"))
    poll(0)
    poll(9 * DAY)
    gap, rest = poll.spans
    assert gap.start == at(0)
    assert gap.end == rest.start == at(2 * DAY + 5)
    assert "7 days" in gap.reason


def test_a_broken_cursor_begins_anew(x_server, x_client):
    x_server.put(post(at(-3), "acme"))
    poll = Polling(x_client, asking("acme"))
    for cursor in ("", "{", "[]", '{"marks": 1}', '{"marks": {"acme": "noon"}}'):
        poll.cursor = cursor
        assert poll(0) == ["acme"]


def test_the_token_stands_nowhere(x_client):
    source = asking("acme")
    poll = Polling(x_client, source)
    poll(0)
    assert TOKEN not in repr(source) + source.key + poll.cursor + repr(poll.spans)


def test_without_a_token_it_says_where_one_is_needed(monkeypatch):
    monkeypatch.delenv("WORKBENCH_X_TOKEN", raising=False)
    with pytest.raises(SettingError, match="WORKBENCH_X_TOKEN is not set"):
        Polling(Client(), asking("acme"))(0)
    monkeypatch.setenv("WORKBENCH_X_TOKEN", "two words")
    with pytest.raises(SettingError, match="copy it into it") as caught:
        Polling(Client(), asking("acme"))(0)
    assert "two words" not in str(caught.value)


def test_a_source_that_nobody_asks_says_so(x_client):
    with pytest.raises(SettingError, match="nothing to ask for"):
        Polling(x_client, X())(0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"users": ["no such name"]}, "no handle on X"),
        ({"lists": ["https://x.com/i/lists/1"]}, "the number at the end"),
        ({"query": "a " * 300}, "X takes 512"),
        ({"budget": -1.0}, "write 0 or more"),
        ({"per_post": float("nan")}, "write 0 or more"),
        ({"users": [f"n{n}" for n in range(101)]}, "name 100 at most"),
        ({"every": "soon"}, "no span of time"),
        ({"mode": "stream", "lists": ["7"]}, "cannot be streamed"),
        ({"mode": "radio"}, "neither search nor stream"),
    ],
)
def test_settings_that_cannot_be(settings, message):
    with pytest.raises(SettingError, match=message):
        X(**settings)


def test_the_cursor_is_json_that_another_process_takes_up(x_server, x_client):
    x_server.put(post(at(-3), "acme"))
    first = Polling(x_client, asking("acme"))
    first(0)
    assert json.loads(first.cursor)["marks"] == {"acme": "2026-11-19T12:00:00+00:00"}
    second = Polling(x_client, asking("acme"))
    second.cursor = first.cursor
    second(13 * 60)
    assert [item.text for item in second.items] == ["acme"]  # by its second look
