from datetime import datetime, timedelta

import httpx
import pytest
from networks import at, hit, seconds, told
from recording import END, LIVE_FROM, START

from workbench.clock import to_micros
from workbench.collectors import hackernews
from workbench.demo.hackernews import HackerNewsServer, HitTape
from workbench.demo.timeline import Reel
from workbench.demo.web import WebServer

NOW = datetime.fromisoformat("2026-11-22T09:00:00+00:00")
REEL = Reel.aligned(*map(to_micros, (START, LIVE_FROM, END)), at=to_micros(NOW))
SHIFT = NOW - LIVE_FROM
MINUTE = timedelta(minutes=1)
SEARCH, ITEMS = "hn.algolia.com", "hacker-news.firebaseio.com"

STORY = hit(100, -300, title="Show HN: A jar", url="https://blog.example/jar", points=1)
COMMENT = hit(110, 5, parent_id=100, story_id=100, comment_text="Water sinks&#x27; <i>slowly</i>")
LINES = [
    told(STORY, points=100, num_comments=2),
    told(hit(105, -10, title="Spam", author="dull")),
    {"time": seconds(-8), "item": {"id": 105, "time": seconds(-10), "type": "story",
                                   "by": "dull", "dead": True, "title": "[flagged]"}},
    told(hit(106, 1, title="LIVE: A hub stands still", url=None, story_text="Why?"), points=7,
         num_comments=0),
    told(COMMENT),
    {"time": seconds(8), "hit": hit(106, 1, title="A hub stands still"),
     "later": {"points": 7, "num_comments": 0}},
    told(hit(112, 9, parent_id=110, story_id=100, comment_text="To be withdrawn")),
    {"time": seconds(11), "item": {"id": 112, "time": seconds(9), "type": "comment",
                                   "parent": 110, "deleted": True}},
]  # fmt: skip


@pytest.fixture
def served():
    class Hand:
        def __call__(self):
            return self.when

        def set(self, minutes):
            self.when = NOW + minutes * MINUTE

    clock = Hand()
    clock.set(10)
    server = HackerNewsServer(HitTape(LINES, REEL), clock)
    with WebServer(server.routes()) as web, httpx.Client(trust_env=False) as client:

        def search(**parameters):
            address = f"http://{web.address}/api/v1/search_by_date"
            return client.get(address, params=parameters, headers={"Host": SEARCH})

        def item(number):
            address = f"http://{web.address}/v0/item/{number}.json"
            return client.get(address, headers={"Host": ITEMS}).json()

        yield search, item, clock


def ids(answer):
    return [found["objectID"] for found in answer.json()["hits"]]


def test_hits_are_newest_first_and_as_of_the_clock(served):
    search, _, clock = served
    assert ids(search()) == ["112", "110", "106", "100"]
    clock.set(2)
    assert ids(search()) == ["106", "100"]
    assert search().json()["hits"][0]["title"] == "LIVE: A hub stands still"
    clock.set(10)
    assert search(tags="story").json()["hits"][0]["title"] == "A hub stands still"
    clock.set(12)
    assert ids(search()) == ["110", "106", "100"]


def test_times_move_and_numbers_stay(served):
    search, _, _ = served
    comment = search(tags="comment").json()["hits"][-1]
    assert comment["created_at_i"] == seconds(5) + SHIFT.total_seconds()
    assert comment["created_at"] == (at(5) + SHIFT).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (comment["objectID"], comment["parent_id"], comment["story_id"]) == ("110", 100, 100)


def test_points_grow_with_time(served):
    search, _, clock = served
    clock.set(-180)
    story = search(tags="story").json()["hits"][0]
    assert (story["points"], story["num_comments"]) == (50, 1)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"tags": "story"}, ["106", "100"]),
        ({"tags": "(story,comment)"}, ["112", "110", "106", "100"]),
        ({"tags": "comment,story_100"}, ["112", "110"]),
        ({"tags": "comment,author_nobody"}, []),
        ({"query": "jar"}, ["100"]),
        ({"query": "stand"}, ["106"]),
        ({"query": "stand hub"}, []),
        ({"query": '"hub stands"'}, ["106"]),
        ({"query": "WATER sinks"}, ["110"]),
        ({"hitsPerPage": "1"}, ["112"]),
        ({"hitsPerPage": "3", "page": "1"}, ["100"]),
        ({"hitsPerPage": "3", "page": "2"}, []),
        ({"numericFilters": "points>90"}, []),
        ({"numericFilters": "points>50,points<=100"}, ["100"]),
    ],
)
def test_searches_are_answered_as_there(served, parameters, expected):
    search, _, _ = served
    assert ids(search(**parameters)) == expected


def test_searches_are_bounded_by_time(served):
    search, _, _ = served
    begin = int((NOW + MINUTE).timestamp())
    assert ids(search(numericFilters=f"created_at_i>={begin}")) == ["112", "110", "106"]
    assert ids(search(numericFilters=f"created_at_i>{begin}")) == ["112", "110"]
    assert ids(search(numericFilters=f"created_at_i<{begin}")) == ["100"]
    refused = search(numericFilters="created_at_i~3")
    assert (refused.status_code, refused.json()["status"]) == (400, 400)


def test_no_more_than_a_thousand_hits_can_be_paged_to():
    lines = [told(hit(n, n / 100)) for n in range(1, 1_105)]
    server = HackerNewsServer(HitTape(lines, REEL), lambda: NOW + 60 * MINUTE)
    with WebServer(server.routes()) as web, httpx.Client(trust_env=False) as client:
        address = f"http://{web.address}/api/v1/search_by_date"
        for size, page, given in ((1_000, 0, 1_000), (1_000, 1, 0), (300, 3, 100), (300, 4, 0)):
            asked = {"hitsPerPage": size, "page": page}
            answer = client.get(address, params=asked, headers={"Host": SEARCH}).json()
            assert (len(answer["hits"]), answer["nbHits"]) == (given, 1_104)
        assert answer["nbPages"] == 4


def test_items_are_there_in_the_official_form(served):
    _, item, clock = served
    assert item(110) == {
        "by": "cloud",
        "id": 110,
        "parent": 100,
        "text": "Water sinks&#x27; <i>slowly</i>",
        "time": seconds(5) + SHIFT.total_seconds(),
        "type": "comment",
    }
    story = item(100)
    assert (story["title"], story["url"], story["type"]) == (
        *("Show HN: A jar", "https://blog.example/jar", "story"),
    )
    assert "text" not in story
    assert item(105)["dead"] is True
    assert item(112)["type"] == "comment"
    clock.set(11)
    gone = item(112)
    assert (gone["deleted"], gone["time"]) == (True, seconds(9) + SHIFT.total_seconds())
    assert item(999) is None
    clock.set(1)
    assert item(110) is None  # yet to come


def test_on_a_new_lap_the_live_part_has_new_numbers_and_the_past_keeps_its_own(served):
    search, item, clock = served
    clock.set(6 * 60 + 6)
    # Numbers of the live part reach from 106 to 112, so that each lap adds seven.
    assert ids(search()) == ["117", "113", "110", "106", "100"]
    comment = search().json()["hits"][0]
    assert (comment["parent_id"], comment["story_id"]) == (100, 100)
    assert comment["_tags"] == ["comment", "author_cloud", "story_100"]
    assert item(113)["title"] == "LIVE: A hub stands still"
    clock.set(6 * 60 + 11)
    assert item(119)["deleted"] is True
    assert item(119)["parent"] == 117


def test_the_collector_reads_what_is_answered(served):
    search, item, _ = served
    result = hackernews.parse(search().content)
    assert [found.id for found in result] == ["112", "110", "106", "100"]
    assert result.problems == []
    assert result[1].text == "Water sinks' slowly"
    assert result[1].reply_to == "100"
    assert item(105)["dead"] is True
