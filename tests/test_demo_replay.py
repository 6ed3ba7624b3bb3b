import json
import threading
from bisect import bisect_left
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import recording
from recording import LIVE_FROM, WIRE

from workbench import store
from workbench.collectors.bluesky import Bluesky
from workbench.collectors.feeds import Feeds
from workbench.demo import Replay
from workbench.demo.jetstream import event_times
from workbench.demo.shift import EventShift, made_keys
from workbench.errors import SettingError
from workbench.http import Client

MINUTE = timedelta(minutes=1)
PATIENCE = 30


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "recording"
    place.mkdir()
    return recording.write(place)


def opened(tmp_path, replay):
    return store.open(tmp_path / "s.db", now=replay.clock)


def follow(replay, kept, until):
    """Let the real collector follow the stream into the store until enough is there."""
    stop = threading.Event()
    timer = threading.Timer(PATIENCE, stop.set)
    timer.start()
    bluesky = Bluesky()
    with closing(Client(hosts=replay.hosts, now=replay.clock)) as client:
        for batch in bluesky.collect(
            client, kept.load_cursor("bluesky"), now=replay.clock, stop=stop
        ):
            batch.result[:] = bluesky.refine(client, batch.result)
            kept.apply(batch.result)
            for span in batch.spans:
                kept.cover("bluesky", "", *span[:4])
            if until():
                stop.set()
    timer.cancel()


def base(when, replay):
    """Minutes after LIVE_FROM in the recording, of a time in the replay's first lap."""
    offset = replay._fixture.reel.offset / 1e6
    return (when - timedelta(seconds=offset) - LIVE_FROM) / MINUTE


def test_the_past_is_loaded_each_payload_at_its_own_time(folder, tmp_path):
    replay, told = Replay(folder), []
    with opened(tmp_path, replay) as kept:
        replay.load(kept, lambda done, total: told.append((done, total)))
        assert told[-1] == (9, 9)
        assert kept.check() == []
        found = {item.title or item.text: item for item in kept.search(None)}
        assert list(found) == [
            *("Just before", "Wire -3", "Wire -60", "Wire -700", "Wire -710"),
            "Yesterday's flight",
        ]
        post = found["Yesterday's flight"]
        assert (post.author, post.author_name, post.followers) == ("anna.example", "Anna", 7)
        assert post.likes == 1
        assert base(post.published, replay) == -1440
        assert base(post.collected, replay) == pytest.approx(-1440 + 0.5 / 60)
        key = post.id.rpartition("/")[2]
        moved = recording.micros(-1440) + replay._fixture.reel.offset
        assert recording.micros_of(key) == (moved, 5)
        release = found["Wire -3"]
        assert (release.tier, release.kind, release.author_name) == (
            *("wire", "release"),
            "Harbour Wire",
        )
        assert base(release.collected, replay) == 0
        assert base(found["Wire -60"].collected, replay) == -60
        # Published while nobody asked: the first fetch after the gap brought both.
        assert base(found["Wire -700"].collected, replay) == -690
        assert base(found["Wire -710"].collected, replay) == -690


def test_what_was_covered_is_written_down(folder, tmp_path):
    replay = Replay(folder)
    with opened(tmp_path, replay) as kept:
        replay.load(kept)
        for source in ("bluesky", f"feeds:{WIRE}"):
            spans = [
                (base(span.start, replay), base(span.end, replay), span.status)
                for span in kept.coverage(source=source)
            ]
            assert spans == [(-2880, -710, "ok"), (-710, -690, "gap"), (-690, 0, "ok")]


def test_the_live_part_begins_now(folder):
    before = datetime.now(UTC)
    replay = Replay(folder)
    assert before <= replay.began <= datetime.now(UTC)
    shown = replay._fixture.reel.shown(recording.micros(0))
    assert timedelta() <= replay.began - shown < timedelta(seconds=1)
    assert replay.clock() >= replay.began
    assert replay.mode == "replay"


def test_a_collector_goes_on_where_the_past_ended_without_gap_or_double(folder, tmp_path):
    with Replay(folder, speed=1200) as replay, opened(tmp_path, replay) as kept:
        replay.load(kept)
        follow(replay, kept, lambda: kept.search('"answer to the answer"'))
        texts = [item.text for item in kept.search("source:bluesky")]
        assert texts == [
            *("Answer to the answer", "Answer to the past", "Just before", "Yesterday's flight"),
        ]
        answer = kept.search('"answer to the past"')[0]
        past = kept.search('"just before"')[0]
        assert answer.reply_to == past.id
        assert answer.reply_to_author == "anna.example"
        assert (answer.author, answer.followers) == ("bo.example", 7)
        assert (answer.likes, answer.replies, past.replies) == (1, 1, 1)
        gaps = [span for span in kept.coverage(source="bluesky") if span.status == "gap"]
        assert [base(span.start, replay) for span in gaps] == [-710]


def test_the_next_lap_brings_new_posts_that_answer_each_other(folder, tmp_path):
    with Replay(folder, speed=14_400) as replay, opened(tmp_path, replay) as kept:
        replay.load(kept)
        follow(replay, kept, lambda: len(kept.search('"answer to the answer"')) >= 2)
        late, early = kept.search('"answer to the answer"')[:2]
        assert late.published - early.published == timedelta(hours=6)
        first, second = (
            kept.search('"answer to the past"')[1],
            kept.search('"answer to the past"')[0],
        )
        assert (early.reply_to, late.reply_to) == (first.id, second.id)
        # What both answer lies before the lap, and is there once.
        assert first.reply_to == second.reply_to == kept.search('"just before"')[0].id
        assert len({late.id, early.id, first.id, second.id}) == 4
        assert (first.likes, second.likes) == (1, 1)


def test_a_feed_is_polled_as_of_the_clock(folder, tmp_path):
    feed = Feeds(url=WIRE, tier="wire")
    with Replay(folder, speed=3600) as replay, opened(tmp_path, replay) as kept:
        replay.load(kept)
        held = len(kept.search("source:feeds"))
        with closing(Client(hosts=replay.hosts, now=replay.clock)) as client:
            cursor = None
            while len(kept.search("source:feeds")) == held:
                for batch in feed.collect(client, cursor, now=replay.clock, stop=threading.Event()):
                    kept.apply(batch.result)
                    cursor = batch.cursor
        newest = kept.search("source:feeds")[0]
        assert (newest.title, base(newest.published, replay) // 1) in {
            ("Wire 5", 4.0),
            ("Wire 5", 5.0),
        }


def test_a_replay_that_began_earlier_goes_on_as_if_it_had_never_stopped(folder):
    began = datetime.now(UTC) - timedelta(hours=1)
    replay = Replay(folder, speed=3, start=began)
    assert replay.began == began
    assert timedelta(hours=3) <= replay.clock() - began < timedelta(hours=3, minutes=5)
    assert replay._fixture.reel == Replay(folder, start=began)._fixture.reel


def test_hosts_are_there_while_it_is_served_and_all_on_loopback(folder):
    threads = set(threading.enumerate())
    replay = Replay(folder)
    assert replay.hosts == {}
    with replay:
        assert replay.hosts.keys() == {
            *("jetstream1.us-east.bsky.network", "jetstream2.us-east.bsky.network"),
            *("jetstream1.us-west.bsky.network", "jetstream2.us-west.bsky.network"),
            *("public.api.bsky.app", "feeds.harbour.example"),
        }
        assert all(address.startswith("127.0.0.1:") for address in replay.hosts.values())
    assert replay.hosts == {}
    assert set(threading.enumerate()) == threads


def test_a_folder_without_a_recording_is_said(tmp_path):
    with pytest.raises(SettingError, match=r"manifest\.json cannot be read .*generate\.py"):
        Replay(tmp_path)


def test_a_damaged_recording_is_said(folder):
    (folder / "jetstream.jsonl.xz").write_bytes(b"no archive")
    with pytest.raises(SettingError, match=r"jetstream\.jsonl\.xz cannot be read"):
        Replay(folder)


def test_a_speed_that_cannot_be_is_said(folder):
    with pytest.raises(SettingError, match="speed=0 cannot be"):
        Replay(folder, speed=0)


@pytest.fixture(scope="module")
def industry():
    return Replay()._fixture


def test_something_happens_within_the_first_two_minutes(industry):
    live_from = industry.reel.live_from
    posts = [
        body["commit"]["record"]["text"]
        for line in industry.recent
        if (body := json.loads(line))["kind"] == "commit"
        and 0 <= body["time_us"] - live_from < 120_000_000
        and body["commit"]["collection"] == "app.bsky.feed.post"
        and body["commit"]["operation"] == "create"
    ]
    assert len(posts) >= 3


def test_keys_stay_different_when_they_move_on_every_lap(industry):
    reel = industry.reel
    times = event_times(industry.recent)
    live = industry.recent[bisect_left(times, reel.live_from) :]
    assert len(live) > 300
    shift = EventShift(reel.offset, reel.lap, made_keys(live))
    played = [(line, 0) for line in industry.read_history()]
    played += [(line, lap) for lap in range(3) for line in live]
    keys = []
    for line, lap in played:
        body = json.loads(shift(line, lap))
        commit = body.get("commit", {})
        if commit.get("operation") == "create":
            keys.append((body["did"], commit["collection"], commit["rkey"]))
    assert len(set(keys)) == len(keys)


def test_every_author_has_a_profile(industry):
    known = {profile["did"] for profile in industry.profiles}
    authors = {json.loads(line)["did"] for line in industry.recent}
    assert authors <= known
