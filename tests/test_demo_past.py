"""Both networks of a recording: their past is loaded, and their collectors go on from there."""

import threading
from contextlib import closing
from datetime import timedelta

import networks
import pytest
import recording
from networks import HERE, account, at, came, deleted, edited, hit, seconds, status, told
from recording import LIVE_FROM

from workbench import store
from workbench.collectors.hackernews import HackerNews
from workbench.collectors.mastodon import Mastodon
from workbench.demo import Replay
from workbench.http import Client

MINUTE = timedelta(minutes=1)
PATIENCE = 60
MASTODON, HACKERNEWS = Mastodon(instance=HERE), HackerNews()

OLD = status(-1_500, text="Old")
WITHDRAWN = status(-1_200, text="Withdrawn")
SHY = status(-1_100, "shy", text="Please forget me")
SHY_NOW = status(-900, "shy", text="No index", account=account("shy", noindex=True))
BOOST = status(-60, "bo", "hangar.example", reblog=OLD, content="")
LATE = status(
    2, "bo", "hangar.example", "@anna Answer", in_reply_to_id=OLD["id"],
    in_reply_to_account_id=account("anna")["id"],
)  # fmt: skip
STATUSES = [
    came(OLD, 100),
    came(WITHDRAWN),
    deleted(-1_150, WITHDRAWN),
    came(SHY),
    edited(-1_000, OLD, "Old, and edited"),
    came(SHY_NOW),
    came(BOOST),
    came(status(-1, text="Just before"), 5),
    came(LATE),
    came(status(4, text="Last")),
]
STATUSES.sort(key=lambda line: line["time"])
HITS = [
    told(hit(100, -1_600, title="A jar"), points=40, num_comments=1),
    told(hit(101, -1_590, title="Spam")),
    {"time": seconds(-1_580), "item": {"id": 101, "time": seconds(-1_590), "type": "story",
                                       "by": "dull", "dead": True}},
    told(hit(103, -1_000, parent_id=100, story_id=100, comment_text="Water sinks")),
    told(hit(104, 2, parent_id=103, story_id=100, comment_text="Slowly")),
    told(hit(106, 4, title="Last story"), points=3, num_comments=0),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "recording"
    place.mkdir()
    recording.write(place)
    networks.add(place, STATUSES, HITS)
    return place


def opened(tmp_path, replay):
    return store.open(tmp_path / "s.db", now=replay.clock)


def base(when, replay):
    """Minutes after LIVE_FROM in the recording, of a time in the replay's first lap."""
    offset = replay._fixture.reel.offset / 1e6
    return (when - timedelta(seconds=offset) - LIVE_FROM) / MINUTE


def texts(kept, source):
    return [item.title or item.text for item in kept.search(f"source:{source}")]


def poll(replay, kept, collector, until):
    """Let the real collector poll into the store until enough is there."""
    stop = threading.Event()
    timer = threading.Timer(PATIENCE, stop.set)
    timer.start()
    with closing(Client(hosts=replay.hosts, now=replay.clock)) as client:
        while not (until() or stop.is_set()):
            cursor = kept.load_cursor(collector.key)
            for batch in collector.collect(client, cursor, now=replay.clock, stop=stop):
                batch.result[:] = collector.refine(client, batch.result)
                kept.apply(batch.result)
                for span in batch.spans:
                    kept.cover(collector.key, "", *span[:4])
                if batch.cursor:
                    kept.save_cursor(collector.key, batch.cursor)
    timer.cancel()


def test_the_past_is_loaded_with_what_became_of_it(folder, tmp_path):
    replay = Replay(folder)
    with opened(tmp_path, replay) as kept:
        replay.load(kept)
        assert kept.check() == []
        assert texts(kept, "mastodon") == ["Just before", "Old", "Old, and edited"]
        old = next(item for item in kept.search("source:mastodon") if item.likes == 100)
        assert base(old.published, replay) == -1_500
        assert base(old.collected, replay) == -1_500
        assert base(old.edited, replay) == -1_000
        assert old.author == f"anna@{HERE}"
        boost = next(item for item in kept.search("is:repost"))
        assert (boost.author, boost.repost_of) == ("bo@hangar.example", old.id)
        assert texts(kept, "hackernews") == ["Water sinks", "A jar"]
        story = kept.search("source:hackernews jar")[0]
        assert (story.likes, story.replies) == (40, 1)
        assert base(story.published, replay) == -1_600


def test_what_was_covered_is_written_down(folder, tmp_path):
    replay = Replay(folder)
    with opened(tmp_path, replay) as kept:
        replay.load(kept)
        for source in (MASTODON.key, HACKERNEWS.key):
            spans = kept.coverage(source=source)
            assert [(base(s.start, replay), base(s.end, replay), s.status) for s in spans] == [
                (-2_880, 0, "ok")
            ]


@pytest.mark.parametrize(
    ("collector", "last", "expected"),
    [
        (MASTODON, "Last", ["Last", "@anna Answer", "Just before", "Old", "Old, and edited"]),
        (HACKERNEWS, "Last story", ["Last story", "Slowly", "Water sinks", "A jar"]),
    ],
)
def test_a_collector_goes_on_where_the_past_ended(folder, tmp_path, collector, last, expected):
    collector = type(collector)(**({"instance": HERE} if collector is MASTODON else {}))
    with Replay(folder, speed=120) as replay, opened(tmp_path, replay) as kept:
        replay.load(kept)
        poll(replay, kept, collector, lambda: last in texts(kept, collector.name))
        assert texts(kept, collector.name) == expected
        assert {span.status for span in kept.coverage(source=collector.key)} == {"ok"}
        assert len(kept.coverage(source=collector.key)) == 1
        replies = kept.search(f"source:{collector.name} is:reply")
        known = {item.id for item in kept.search(f"source:{collector.name}")}
        assert replies[0].reply_to in known


def test_with_a_token_the_collector_follows_the_stream(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_MASTODON_TOKEN_WING_EXAMPLE", "of-no-account")
    collector, stop = Mastodon(instance=HERE), threading.Event()
    assert collector.live
    timer = threading.Timer(PATIENCE, stop.set)
    timer.start()
    with Replay(folder, speed=30) as replay, opened(tmp_path, replay) as kept:
        replay.load(kept)
        streamed = []
        with closing(Client(hosts=replay.hosts, now=replay.clock)) as client:
            cursor = kept.load_cursor(collector.key)
            for batch in collector.collect(client, cursor, now=replay.clock, stop=stop):
                batch.result[:] = collector.refine(client, batch.result)
                kept.apply(batch.result)
                streamed += [item.text for item in batch.result]
                if "Last" in streamed:
                    stop.set()
        assert streamed[-2:] == ["@anna Answer", "Last"]
        assert texts(kept, "mastodon")[:2] == ["Last", "@anna Answer"]
    timer.cancel()


def test_a_new_lap_brings_new_posts(folder, tmp_path):
    with Replay(folder, speed=14_400) as replay, opened(tmp_path, replay) as kept:
        replay.load(kept)
        poll(replay, kept, MASTODON, lambda: texts(kept, "mastodon").count("Last") >= 2)
        later, first = (i for i in kept.search('source:mastodon "last"')[:2])
        assert later.published - first.published == timedelta(hours=6)
        assert later.id != first.id


def test_its_hosts_are_all_on_loopback(folder):
    replay = Replay(folder)
    with replay:
        assert {HERE, f"streaming.{HERE}", "hn.algolia.com"} <= replay.hosts.keys()
        assert all(address.startswith("127.0.0.1:") for address in replay.hosts.values())
    assert at(0) == LIVE_FROM
