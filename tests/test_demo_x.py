"""X of a recording: answers as of the clock, lap after lap, and the past before it."""

import json
import threading
from contextlib import closing
from datetime import datetime, timedelta

import httpx
import pytest
from recording import END, LIVE_FROM, START
from xserver import own_id, post, stamp, user

from workbench.clock import to_micros
from workbench.collectors import Covered
from workbench.collectors.x import X
from workbench.demo.past import XPast
from workbench.demo.timeline import Reel
from workbench.demo.web import WebServer
from workbench.demo.x import XServer, XTape
from workbench.http import Client
from workbench.query import parse

NOW = datetime.fromisoformat("2026-11-22T09:00:00+00:00")
REEL = Reel.aligned(*map(to_micros, (START, LIVE_FROM, END)), at=to_micros(NOW))
SHIFT = NOW - LIVE_FROM
MINUTE = timedelta(minutes=1)


def at(minutes):
    return LIVE_FROM + minutes * MINUTE


def came(raw, likes=0):
    later = {"later": {"like_count": likes}} if likes else {}
    when = next(at(n) for n in range(-3_000, 400) if own_id(at(n)) == raw["id"])
    return {"time": stamp(when), "post": raw} | later


OLD = post(at(-1_500), "acme once")
AGAIN = post(at(-30), "RT @ana: acme once", "12", referenced_tweets=[
    {"type": "retweeted", "id": OLD["id"]}])  # fmt: skip
GONE, TYPO = post(at(-20), "acme gone"), post(at(5), "acme tpyo")
EDIT = TYPO | {
    "id": own_id(at(7)), "text": "acme typo", "created_at": stamp(at(7)),
    "edit_history_tweet_ids": [TYPO["id"], own_id(at(7))],
}  # fmt: skip
SPAM = post(at(9), "acme spam", "13")
LINES = [
    came(OLD, 100),
    came(AGAIN),
    came(GONE),
    {"time": stamp(at(-10)), "gone": GONE["id"]},
    came(TYPO),
    {"time": stamp(at(7)), "edit": EDIT, "of": TYPO["id"]},
    came(SPAM),
    {"time": stamp(at(11)), "gone": SPAM["id"]},
    came(post(at(12), "globex", "12")),
]


class Hand:
    def __call__(self):
        return self.when

    def set(self, minutes):
        self.when = NOW + minutes * MINUTE


@pytest.fixture(scope="module")
def served():
    clock = Hand()
    tape = XTape(LINES, [user(number) for number in ("11", "12", "13")], REEL)
    with WebServer(XServer(tape, clock).routes()) as web:
        yield web, clock, tape


@pytest.fixture
def ask(served):
    web, clock, _ = served
    clock.set(10)
    headers = {"Host": "api.x.com", "Authorization": "Bearer any"}
    with httpx.Client(trust_env=False, headers=headers) as client:

        def get(path, **parameters):
            return client.get(f"http://{web.address}/2/{path}", params=parameters)

        yield get


def texts(answer):
    return [found["text"] for found in answer.json().get("data", ())]


def test_search_shows_what_is_there_newest_first(ask, served):
    found = ask("tweets/search/recent", query="acme", max_results=10)
    assert texts(found) == ["acme spam", "acme typo", "RT @ana: acme once", "acme once"]
    served[1].set(6)
    found = ask("tweets/search/recent", query="acme -is:retweet", max_results=10)
    assert texts(found) == ["acme tpyo", "acme once"]
    served[1].set(12)
    assert texts(ask("tweets/search/recent", query="from:cy OR globex", max_results=10)) == [
        "globex"
    ]


def test_pages_and_bounds_follow_ids(ask):
    newest = ask("tweets/search/recent", query="acme", max_results=10).json()["meta"]["newest_id"]
    since = str(int(newest) - 1)
    assert texts(ask("tweets/search/recent", query="acme", max_results=10, since_id=since)) == [
        "acme spam"
    ]
    assert texts(ask("tweets/search/recent", query="acme", max_results=10, until_id=newest)) == [
        "acme typo", "RT @ana: acme once", "acme once",
    ]  # fmt: skip
    first = ask("users/11/tweets", max_results=5).json()
    assert first["meta"]["result_count"] == 2
    assert "next_token" not in first["meta"]


def test_times_and_ids_move_together_and_counts_grow(ask, served):
    old = ask("tweets/search/recent", query="acme", max_results=10).json()["data"][-1]
    assert old["id"] == own_id(at(-1_500) + SHIFT)
    assert datetime.fromisoformat(old["created_at"]) == at(-1_500) + SHIFT
    assert old["public_metrics"]["like_count"] == 100
    served[1].set(365)  # the second lap has begun
    newest = ask("tweets/search/recent", query="acme", max_results=10).json()["data"][0]
    assert newest["id"] == own_id(at(365) + SHIFT)
    assert newest["text"] == "acme tpyo"


def test_look_ups_tell_versions_and_what_is_gone(ask):
    owns = [own_id(at(n) + SHIFT) for n in (5, 7, -20, -1_500)]
    answer = ask("tweets", ids=",".join(owns)).json()
    assert [found["text"] for found in answer["data"]] == ["acme tpyo", "acme typo", "acme once"]
    assert {tuple(f["edit_history_tweet_ids"]) for f in answer["data"][:2]} == {(owns[0], owns[1])}
    assert [error["value"] for error in answer["errors"]] == [owns[2]]


def test_what_is_not_allowed_is_refused(ask, served):
    assert ask("tweets/search/recent", query="acme (", max_results=10).status_code == 400
    assert ask("tweets/search/recent", query="acme", max_results=5).status_code == 400
    assert ask("tweets", ids="x").status_code == 400
    assert ask("users/77/tweets", max_results=5).status_code == 404
    bare = httpx.get(f"http://{served[0].address}/2/tweets", headers={"Host": "api.x.com"})
    assert bare.status_code == 401


def test_counts_are_by_the_hour(ask):
    answer = ask(
        "tweets/counts/recent", query="acme", granularity="hour",
        start_time=stamp(NOW - 2 * 60 * MINUTE), end_time=stamp(NOW + 10 * MINUTE),
    ).json()  # fmt: skip
    assert [hour["tweet_count"] for hour in answer["data"]] == [0, 1, 2]
    assert answer["meta"]["total_tweet_count"] == 3


def test_the_past_is_what_was_posted_edited_and_withdrawn(served):
    past = XPast(served[2])
    payloads = sorted(past.payloads(), key=lambda payload: payload.when)
    results = [payload.read() for payload in payloads]
    items = {item.id: item for result in results for item in result}
    assert [item.text for item in items.values()] == ["acme once", "acme once", "acme gone"]
    assert max(item.likes or 0 for result in results for item in result) == 100
    gone = [deletion.id for result in results for deletion in result.deletions]
    assert gone == [own_id(at(-20) + SHIFT)]
    assert past.key == "x"


def test_the_collector_goes_on_where_the_past_ends(served, monkeypatch):
    monkeypatch.setenv("WORKBENCH_X_TOKEN", "any")
    web, clock, tape = served
    past = XPast(tape)
    for payload in sorted(past.payloads(), key=lambda payload: payload.when):
        payload.read()
    clock.set(10)
    source = X().ask([parse("acme"), parse("list:heads")], {"heads": ["bo"]})
    with closing(Client(hosts={"api.x.com": web.address}, interval=0)) as client:
        batches = [*source.collect(client, past.cursor(), now=clock, stop=threading.Event())]
    assert [item.text for batch in batches for item in batch.result][:2] == [
        "acme spam", "acme typo",
    ]  # fmt: skip
    assert batches[-1].spans == (Covered(NOW, NOW + 10 * MINUTE, queries=("acme", "list:heads")),)
    assert set(json.loads(batches[-1].cursor)["marks"]) == {"", "acme", "list:heads"}
