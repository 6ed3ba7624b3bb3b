"""The fixture's X holds what its README and ground truth say."""

import json
import lzma
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest

from workbench.collectors.tweets import written_at

FOLDER = Path(__file__).parent.parent / "data" / "fixtures"
MANIFEST = json.loads((FOLDER / "manifest.json").read_bytes())
TRUTH = json.loads((FOLDER / "truth.json").read_bytes())
START, LIVE_FROM, END = (
    datetime.fromisoformat(MANIFEST[key]) for key in ("start", "live_from", "end")
)
STORIES = {event["id"]: event for event in TRUTH["events"] + TRUTH["rumours"]}
NAMES = re.compile("|".join(re.escape(name.casefold()) for name in TRUTH["names"]))


def recorded(key):
    return lzma.decompress((FOLDER / MANIFEST["x"][key]).read_bytes())


@pytest.fixture(scope="module")
def lines():
    return [json.loads(line) for line in recorded("file").splitlines()]


@pytest.fixture(scope="module")
def posts(lines):
    return {line["post"]["id"]: line["post"] for line in lines if "post" in line}


@pytest.fixture(scope="module")
def users():
    return {user["id"]: user for user in json.loads(recorded("users"))["users"]}


def referred(post, kind):
    return [r["id"] for r in post.get("referenced_tweets", ()) if r["type"] == kind]


def test_there_is_as_much_as_is_said(lines, posts):
    counts = MANIFEST["counts"]["x"]
    assert counts == {
        "posts": len(posts),
        "reposts": sum(bool(referred(p, "retweeted")) for p in posts.values()),
        "replies": sum(bool(referred(p, "replied_to")) for p in posts.values()),
        "quotes": sum(bool(referred(p, "quoted")) for p in posts.values()),
        "long": sum("note_tweet" in p for p in posts.values()),
        "edits": sum("edit" in line for line in lines),
        "gone": sum("gone" in line for line in lines),
    }
    assert counts["posts"] > 800
    assert min(counts.values()) >= 10


def test_all_happens_in_the_order_of_time_and_ids_tell_it(lines, posts):
    times = [datetime.fromisoformat(line["time"]) for line in lines]
    assert times == sorted(times)
    assert times[0] >= START
    assert times[-1] < END
    for line in lines:
        if "post" in line:
            assert written_at(line["post"]["id"]) == datetime.fromisoformat(line["time"])
        elif "edit" in line:
            chain = line["edit"]["edit_history_tweet_ids"]
            assert chain == [line["of"], line["edit"]["id"]]
            assert written_at(chain[1]) - written_at(chain[0]) < timedelta(hours=1)
        else:
            assert line["gone"] in posts


def test_posts_are_as_x_gives_them(posts, users):
    for post in posts.values():
        assert post["author_id"] in users
        assert set(post["public_metrics"].values()) == {0}  # what they come to stands apart
        for kind in ("retweeted", "replied_to", "quoted"):
            for own in referred(post, kind):
                assert own in posts
                assert int(own) < int(post["id"])
        if referred(post, "retweeted"):
            original = posts[referred(post, "retweeted")[0]]
            head = f"RT @{users[original['author_id']]['username']}: "
            assert post["text"].startswith(head)
            assert len(post["text"]) <= 140
        note = post.get("note_tweet")
        if note:
            assert len(note["text"]) > 280
            assert len(post["text"]) <= 280
        for part in (post, note or {}):
            for kind, sign in (("hashtags", "#"), ("cashtags", "$")):
                for each in part.get("entities", {}).get(kind, ()):
                    assert part["text"][each["start"] : each["end"]] == sign + each["tag"]
            for each in part.get("entities", {}).get("mentions", ()):
                assert part["text"][each["start"] : each["end"]] == f"@{each['username']}"
                assert users[each["id"]]["username"] == each["username"]


def test_nothing_on_an_event_is_earlier_than_its_first_sighting(posts):
    told = TRUTH["x"]["events"]
    assert len(told) >= 20
    for event, first in told.items():
        at = written_at(first["first"])
        assert first["at"] == at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        assert at > datetime.fromisoformat(STORIES[event]["broke"]["social"])
        assert first["first"] in posts
    live = [own for own in posts if written_at(own) >= LIVE_FROM]
    assert len(live) > 100  # what viewers of the demo see come


def test_an_impostor_is_taken_down_with_all_posts(lines, posts):
    told = TRUTH["x"]["suspended"]
    own = {p["id"] for p in posts.values() if p["author_id"] == told["account"]}
    gone = {line["gone"]: line["time"] for line in lines if "gone" in line}
    assert len(own) == 5
    assert {gone[each] for each in own} == {told["at"]}


def test_texts_differ_once_names_and_numbers_are_masked(posts):
    hostile = set(TRUTH["x"]["hostile"])
    said = [
        unescape((post.get("note_tweet") or post)["text"])
        for own, post in posts.items()
        if own not in hostile and not referred(post, "retweeted")
    ]
    plain = [re.sub(r"https?://\S+|\S+\.example\S*|[#@$]\w+|\d+", "¤", t.casefold()) for t in said]
    masked = Counter(re.sub(r"[\s¤]+", " ", NAMES.sub("¤", text)).strip() for text in plain)
    assert len(masked) / len(said) >= 0.97
    assert masked.most_common(1)[0][1] <= 0.005 * len(said)


def test_hostile_posts_are_there_and_times_are_utc(posts):
    texts = " ".join(posts[own]["text"] for own in TRUTH["x"]["hostile"])
    assert "&lt;script&gt;" in texts
    assert "\u202e" in texts
    assert all(datetime.fromisoformat(p["created_at"]).tzinfo == UTC for p in posts.values())
