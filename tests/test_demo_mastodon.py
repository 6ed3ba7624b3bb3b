import json
import re
import threading
from datetime import datetime, timedelta

import httpx
import pytest
from networks import HERE, account, at, came, deleted, edited, own, stamp, status
from recording import END, LIVE_FROM, START

from workbench.clock import to_micros
from workbench.collectors import mastodon
from workbench.demo.clock import ReplayClock
from workbench.demo.mastodon import MastodonServer
from workbench.demo.statuses import StatusTape
from workbench.demo.timeline import Reel
from workbench.demo.web import WebServer

NOW = datetime.fromisoformat("2026-11-22T09:00:00+00:00")
REEL = Reel.aligned(*map(to_micros, (START, LIVE_FROM, END)), at=to_micros(NOW))
SHIFT = NOW - LIVE_FROM
MINUTE = timedelta(minutes=1)
LAP = timedelta(hours=6)
STREAMING = f"streaming.{HERE}"

OLD = status(-600, text="Old")
BOOST = status(-60, "bo", "hangar.example", reblog=OLD, content="")
REPLY = status(
    2,
    "bo",
    "hangar.example",
    "@anna yes #AvGeek",
    ["avgeek"],
    in_reply_to_id=OLD["id"],
    in_reply_to_account_id=account("anna")["id"],
)
POLL = status(
    -30,
    poll={
        "id": "1",
        "expires_at": stamp(at(10)),
        "expired": False,
        "multiple": False,
        "votes_count": 0,
        "voters_count": 0,
        "options": [{"title": "Yes", "votes_count": 0}, {"title": "No", "votes_count": 0}],
    },
)
GONE = status(3, text="Gone soon")
LINES = [
    came(OLD, 100),
    came(BOOST),
    came(POLL, votes=[8, 4]),
    came(REPLY, 10),
    came(GONE),
    edited(5, OLD, "Old, and edited"),
    deleted(7, GONE),
    came(status(9, text="Last", tags=["avgeek", "hub"], media_attachments=[{"type": "image"}])),
]


class Hand(ReplayClock):
    """A replay's clock that is set by hand."""

    def __init__(self, minutes=0):
        super().__init__(NOW)
        self.set(minutes)

    def set(self, minutes):
        self.when = NOW + minutes * MINUTE

    def __call__(self):
        return self.when


@pytest.fixture
def served():
    clock = Hand(10)
    server = MastodonServer(StatusTape(LINES, HERE, REEL), clock)
    with WebServer(server.routes()) as web, httpx.Client(trust_env=False) as client:

        def get(path, host=HERE, **options):
            headers = {"Host": host, **options.pop("headers", {})}
            return client.get(f"http://{web.address}{path}", headers=headers, **options)

        get.web, get.client = web, client
        yield get, clock


def words(answer):
    return [re.sub("<[^>]+>", "", s["content"]) for s in answer.json()]


def moved(minutes, lap=0):
    return str(int(own(minutes)) + (round((SHIFT + lap * LAP).total_seconds() * 1000) << 16))


def public(get, **parameters):
    return get("/api/v1/timelines/public", params=parameters)


def test_the_timeline_is_newest_first_and_as_of_the_clock(served):
    get, clock = served
    assert words(public(get)) == ["Last", "@anna yes #AvGeek", "Hello", "", "Old, and edited"]
    clock.set(4)
    assert words(public(get)) == ["Gone soon", "@anna yes #AvGeek", "Hello", "", "Old"]


def test_times_ids_and_addresses_move_together(served):
    get, _ = served
    found = {s["id"]: s for s in public(get).json()}
    old, reply = found[moved(-600)], found[moved(2)]
    assert old["created_at"] == stamp(at(-600) + SHIFT)
    assert old["edited_at"] == stamp(at(5) + SHIFT)
    assert old["uri"] == f"https://{HERE}/users/anna/statuses/{moved(-600)}"
    assert old["url"] == f"https://{HERE}/@anna/{moved(-600)}"
    assert old["account"]["last_status_at"] == "2026-11-21"
    assert reply["in_reply_to_id"] == old["id"]
    # At home it has a number of its own, which moves as well.
    assert reply["uri"] == f"https://hangar.example/users/bo/statuses/{int(moved(2)) + 1}"
    boost = found[moved(-60)]
    assert (boost["reblog"]["id"], boost["reblog"]["uri"]) == (old["id"], old["uri"])


def test_a_status_says_what_its_author_wants_now():
    first = status(-20, "shy", account=account("shy", noindex=False))
    second = status(3, "shy", account=account("shy", noindex=True))
    tape = StatusTape([came(first), came(second)], HERE, REEL)
    for minute, wanted in ((2, [False]), (4, [True, True])):
        now = NOW + minute * MINUTE
        found = [tape.status(place, now)["account"]["noindex"] for place in tape.newest(now)]
        assert found == wanted


def test_counts_and_polls_grow_with_time(served):
    get, clock = served
    clock.set(-480)  # two hours after the first
    assert public(get).json()[0]["favourites_count"] == 50
    clock.set(2)
    assert public(get).json()[0]["favourites_count"] == 0
    clock.set(12)
    poll = next(s["poll"] for s in public(get).json() if s["poll"])
    assert poll["expires_at"] == stamp(at(10) + SHIFT)
    assert poll["expired"] is True
    clock.set(1_200)
    boost = next(s for s in public(get, limit=40).json() if s["id"] == moved(-60))
    assert boost["reblog"]["favourites_count"] == 100
    poll = next(s["poll"] for s in public(get, limit=40).json() if s["poll"])
    assert [option["votes_count"] for option in poll["options"]] == [8, 4]
    assert poll["votes_count"] == 12


def test_pages_follow_each_other_by_their_links(served):
    get, _ = served
    first = public(get, limit=2)
    assert words(first) == ["Last", "@anna yes #AvGeek"]
    links = first.headers["link"]
    assert links == (
        f'<https://{HERE}/api/v1/timelines/public?limit=2&max_id={moved(2)}>; rel="next", '
        f'<https://{HERE}/api/v1/timelines/public?limit=2&min_id={moved(9)}>; rel="prev"'
    )
    second = public(get, limit=2, max_id=moved(2))
    assert words(second) == ["Hello", ""]
    last = public(get, limit=2, max_id=moved(-60))
    assert words(last) == ["Old, and edited"]
    assert "next" not in last.headers["link"]
    assert "link" not in public(get, max_id=moved(-600)).headers


def test_since_gives_the_newest_and_min_the_next_ones(served):
    get, _ = served
    assert words(public(get, limit=2, since_id=moved(-600))) == ["Last", "@anna yes #AvGeek"]
    assert words(public(get, limit=2, min_id=moved(-600))) == ["Hello", ""]
    assert words(public(get, since_id=moved(9))) == []


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"local": "true"}, ["Last", "Hello", "Old, and edited"]),
        ({"remote": "true"}, ["@anna yes #AvGeek", ""]),
        ({"only_media": "1"}, ["Last"]),
        ({"limit": "1"}, ["Last"]),
        ({"limit": "0"}, ["Last"]),
        ({"limit": "soon", "max_id": "nonsense"}, ["Last", "@anna yes #AvGeek", "Hello", "",
                                                   "Old, and edited"]),
    ],
)  # fmt: skip
def test_timelines_are_narrowed_as_there(served, parameters, expected):
    get, _ = served
    assert words(public(get, **parameters)) == expected


def test_a_page_holds_forty_at_most():
    lines = [came(status(n / 10)) for n in range(90)]
    server = MastodonServer(StatusTape(lines, HERE, REEL), Hand(20))
    with WebServer(server.routes()) as web, httpx.Client(trust_env=False) as client:
        address = f"http://{web.address}/api/v1/timelines/public"
        for asked, given in (({}, 20), ({"limit": 40}, 40), ({"limit": 80}, 40)):
            answer = client.get(address, params=asked, headers={"Host": HERE})
            assert len(answer.json()) == given


def test_a_hashtag_has_a_timeline_of_its_own(served):
    get, _ = served

    def tagged(tag, **parameters):
        return words(get(f"/api/v1/timelines/tag/{tag}", params=parameters))

    assert tagged("AvGeek") == ["Last", "@anna yes #AvGeek"]
    assert tagged("hub") == ["Last"]
    assert tagged("nobody") == []
    assert tagged("nobody", **{"any[]": ["hub"]}) == ["Last"]
    assert tagged("avgeek", **{"all[]": ["Hub"]}) == ["Last"]
    assert tagged("avgeek", **{"none[]": ["hub"]}) == ["@anna yes #AvGeek"]


def test_single_statuses_are_there_until_they_are_deleted(served):
    get, clock = served
    clock.set(4)
    gone = f"/api/v1/statuses/{moved(3)}"
    assert get(gone).json()["id"] == moved(3)
    several = get("/api/v1/statuses", params={"id[]": [moved(3), moved(-600), "1", "x"]})
    assert [s["id"] for s in several.json()] == [moved(3), moved(-600)]
    clock.set(8)
    answer = get(gone)
    assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"})
    assert get(f"/api/v1/statuses/{moved(9)}").status_code == 404  # yet to come
    several = get("/api/v1/statuses", params={"id[]": [moved(3), moved(-600)]})
    assert [s["id"] for s in several.json()] == [moved(-600)]
    assert get("/api/v1/statuses", params={"id[]": [*range(21)]}).status_code == 422


def test_on_a_new_lap_the_live_part_has_new_ids_and_the_past_keeps_its_own(served):
    get, clock = served
    clock.set(6 * 60 + 8)
    found = public(get, limit=4)
    assert words(found) == ["@anna yes #AvGeek", "Last", "@anna yes #AvGeek", "Hello"]
    again, first = found.json()[0], found.json()[2]
    assert (again["id"], first["id"]) == (moved(2, lap=1), moved(2))
    assert again["created_at"] == stamp(at(2) + SHIFT + LAP)
    assert again["in_reply_to_id"] == first["in_reply_to_id"] == moved(-600)
    assert get(f"/api/v1/statuses/{moved(2, lap=1)}").json()["uri"] == again["uri"]
    assert get(f"/api/v1/statuses/{moved(3, lap=1)}").status_code == 404  # deleted once more


def test_requests_are_counted(served):
    get, clock = served
    told = public(get).headers
    assert (told["x-ratelimit-limit"], told["x-ratelimit-remaining"]) == ("300", "299")
    assert told["x-ratelimit-reset"] == stamp(NOW + 15 * MINUTE)[:-1] + "000Z"
    for _ in range(299):
        answer = get("/api/v1/statuses/1")
    assert (answer.status_code, answer.headers["x-ratelimit-remaining"]) == (404, "0")
    answer = public(get)
    assert (answer.status_code, answer.json()) == (429, {"error": "Too many requests"})
    clock.set(15)
    assert public(get).status_code == 200


def test_the_server_says_where_its_streams_are(served):
    get, _ = served
    told = get("/api/v2/instance").json()
    assert told["domain"] == HERE
    assert told["configuration"]["urls"]["streaming"] == f"wss://{STREAMING}"
    assert get("/api/v1/streaming/health", STREAMING).text == "OK"


@pytest.mark.parametrize("header", [{}, {"Authorization": "Basic x"}, {"Authorization": "Bearer"}])
def test_streams_need_a_token(served, header):
    get, _ = served
    answer = get("/api/v1/streaming/public", STREAMING, headers=header)
    assert (answer.status_code, answer.json()) == (401, {"error": "Missing access token"})


def test_a_stream_of_a_hashtag_needs_one(served):
    get, _ = served
    answer = get("/api/v1/streaming/hashtag", STREAMING, headers={"Authorization": "Bearer x"})
    assert answer.status_code == 400


def listen(path, wanted, *, begin, until):
    """Open a stream, let time pass, read so many events: (name, data) each."""
    clock = Hand(begin)
    server = MastodonServer(StatusTape(LINES, HERE, REEL), clock)
    found, name = [], ""
    headers = {"Host": STREAMING, "Authorization": "Bearer any"}
    with (
        WebServer(server.routes()) as web,
        httpx.Client(trust_env=False, timeout=60) as client,
        client.stream("GET", f"http://{web.address}{path}", headers=headers) as answer,
    ):
        assert answer.headers["content-type"] == "text/event-stream"
        for line in answer.iter_lines():
            if line == ":)":
                clock.set(until)
            elif line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                found.append((name, line.removeprefix("data: ")))
                if len(found) == wanted:
                    break
    return found


def test_a_stream_tells_what_happens_as_it_happens():
    found = listen("/api/v1/streaming/public", 5, begin=1, until=10)
    names = [name for name, _ in found]
    assert names == ["update", "update", "status.update", "delete", "update"]
    assert json.loads(found[0][1])["id"] == moved(2)
    edit = json.loads(found[2][1])
    assert (edit["id"], edit["edited_at"]) == (moved(-600), stamp(at(5) + SHIFT))
    assert found[3][1] == moved(3)
    known = {moved(3): json.loads(found[1][1])["uri"]}
    read = mastodon.parse(found[3][1].encode(), event="delete", known=known)
    assert [deletion.id for deletion in read.deletions] == [known[moved(3)]]


def test_streams_are_narrowed_as_there():
    found = listen("/api/v1/streaming/hashtag?tag=AvGeek", 2, begin=1, until=10)
    assert [json.loads(data)["id"] for _, data in found] == [moved(2), moved(9)]
    found = listen("/api/v1/streaming/public/remote", 1, begin=1, until=10)
    assert json.loads(found[0][1])["id"] == moved(2)


def test_a_stream_goes_on_into_the_next_lap():
    found = listen("/api/v1/streaming/public?only_media=true", 1, begin=355, until=370)
    assert json.loads(found[0][1])["id"] == moved(9, lap=1)


def test_stopping_ends_streams_and_threads():
    threads = set(threading.enumerate())
    server = MastodonServer(StatusTape(LINES, HERE, REEL), Hand(1))
    web = WebServer(server.routes())
    with httpx.Client(trust_env=False) as client:
        request = client.build_request(
            "GET",
            f"http://{web.address}/api/v1/streaming/public",
            headers={"Host": STREAMING, "Authorization": "Bearer any"},
        )
        answer = client.send(request, stream=True)
        assert next(answer.iter_raw()).startswith(b":)")
        web.stop()
        answer.close()
    assert set(threading.enumerate()) == threads
