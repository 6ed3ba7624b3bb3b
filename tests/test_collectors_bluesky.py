"""Jetstream events to items; the stream over a real WebSocket."""

import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from workbench.clock import to_micros
from workbench.collectors import Covered
from workbench.collectors.bluesky import Bluesky, parse
from workbench.errors import ItemError, SettingError, SourceError
from workbench.http import Client
from workbench.items import Account, Count, Media

DATA = Path(__file__).parent / "data" / "bluesky"
ANA, BEA = "did:plc:anaaaaaaaaaaaaaaaaaaaaaa", "did:plc:beabbbbbbbbbbbbbbbbbbbbb"
KEN = "did:web:ken.example"
TEN = datetime(2026, 11, 19, 10, tzinfo=UTC)
P1 = f"at://{ANA}/app.bsky.feed.post/p1"
HANDLES = {ANA: ("ana.example", "Ana"), BEA: ("bea.example", None)}
STREAM = "jetstream.example"


def read(name, **context):
    return parse((DATA / name).read_bytes(), **context)


def by_key(result):
    return {item.id.rpartition("/")[2]: item for item in result}


def event(seconds, **changes):
    """Return an event that came so many seconds after ten."""
    commit = {
        "operation": "create",
        "collection": "app.bsky.feed.post",
        "rkey": f"k{seconds}",
        "record": {"text": f"{seconds} s", "createdAt": "2026-11-19T10:00:00Z"},
    }
    time_us = to_micros(TEN) + int(seconds * 1_000_000)
    return json.dumps(
        {"did": ANA, "time_us": time_us, "kind": "commit", "commit": commit, **changes}
    )


# --- parse


def test_a_tier_and_a_first_sighting_are_those_of_items():
    post = read("stream.jsonl", tier="wire", collected=datetime(2026, 11, 19, 10))[0]  # noqa: DTZ001
    assert (post.tier, post.collected) == ("wire", TEN)
    with pytest.raises(ItemError, match="tier='blog' is not one of"):
        read("stream.jsonl", tier="blog")


def test_a_post_keeps_author_times_language_and_addresses():
    post = read("stream.jsonl", handles=HANDLES, collected=TEN)[0]
    assert post.key == ("bluesky", P1)
    assert (post.kind, post.tier) == ("post", "social")
    assert (post.author, post.author_name) == ("ana.example", "Ana")
    assert post.published == TEN - timedelta(seconds=0.5)
    assert post.collected == TEN
    assert post.lang == "de"
    assert post.url == f"https://bsky.app/profile/{ANA}/post/p1"
    assert post.author_url == f"https://bsky.app/profile/{ANA}"
    assert (post.likes, post.sensitive, post.title) == (None, None, None)


def test_facets_are_cut_at_utf8_bytes():
    first, second, third = read("stream.jsonl")[:3]
    assert first.hashtags == ("Zellfabrik",)
    assert first.mentions == ("bea.example",)
    assert first.links == ("https://ampere.example/werk?x=1",)
    assert second.hashtags == ("開業",)
    assert (third.hashtags, third.links) == ((), ())


def test_a_mention_takes_the_handle_that_its_did_has_now():
    assert read("stream.jsonl", handles={BEA: ("bea.new.example", None)})[0].mentions == (
        "bea.new.example",
    )


def test_who_is_not_known_is_called_by_the_did():
    post = read("stream.jsonl")[0]
    assert (post.author, post.author_name) == (ANA, None)


def test_a_reply_names_what_and_whom_it_answers():
    reply = read("stream.jsonl", handles=HANDLES)[3]
    assert (reply.kind, reply.reply_to, reply.reply_to_author) == ("reply", P1, "ana.example")
    assert read("stream.jsonl")[3].reply_to_author == ANA


def test_an_update_is_an_edit():
    edited = read("stream.jsonl")[4]
    assert edited.id == P1
    assert edited.text == "🔋 Größer, berichtigt"
    assert edited.edited == TEN + timedelta(seconds=5)


def test_likes_reposts_and_replies_are_counts_once_each_and_taken_back():
    like, repost = f"at://{BEA}/app.bsky.feed.like/l1", f"at://{BEA}/app.bsky.feed.repost/s1"
    reply = f"at://{KEN}/app.bsky.feed.post/r1"
    result = read("stream.jsonl")
    assert result.counts == [
        Count(reply, P1, "replies", 1, "bluesky"),
        Count(like, P1, "likes", 1, "bluesky"),
        Count(repost, P1, "reposts", 1, "bluesky"),
        Count(like, "", "likes", -1, "bluesky"),
        Count(repost, "", "reposts", -1, "bluesky"),
        Count(reply, "", "replies", -1, "bluesky"),
    ]
    assert result.deletions == [("bluesky", reply, TEN + timedelta(seconds=10))]
    assert len(result) == 5
    assert result.problems == []
    assert result.cursor == str(to_micros(TEN) + 24_000_000)


def test_accounts_are_renamed_hidden_and_shown_again():
    assert read("stream.jsonl").accounts == [
        Account("bluesky", f"at://{ANA}/", handle="ana.example"),
        Account("bluesky", f"at://{KEN}/", hidden=True),
        Account("bluesky", f"at://{BEA}/", hidden=False),
    ]


def test_embeds_give_media_links_and_quotes():
    posts = by_key(read("embeds.jsonl"))
    image = Media(
        "image",
        f"https://cdn.bsky.app/img/feed_thumbnail/plain/{ANA}/bafkreiinvented@jpeg",
        "A plant",
    )
    quoted = f"at://{BEA}/app.bsky.feed.post/p2"
    assert posts["e1"].media == (image, Media("image"))
    assert (posts["e1"].sensitive, posts["e1"].hashtags) == (True, ("Extra",))
    assert (posts["e2"].media, posts["e2"].sensitive) == ((Media("video", None, "A film"),), None)
    assert posts["e3"].links == ("https://paper.example/a",)
    assert (posts["e4"].kind, posts["e4"].quote_of) == ("quote", quoted)
    assert (posts["e5"].quote_of, len(posts["e5"].media)) == (quoted, 2)
    assert (posts["e6"].kind, posts["e6"].quote_of) == ("post", None)
    assert posts["e7"].kind == "post"
    assert (posts["e8"].kind, posts["e8"].quote_of) == ("reply", quoted)


def test_foreign_facets_are_passed_over_and_malformed_ones_reported():
    result = read("odd.jsonl")
    posts = by_key(result)
    assert (posts["o1"].hashtags, posts["o1"].cashtags, posts["o1"].links) == (
        ("tag",),
        ("AMPC",),
        (),
    )
    assert posts["o2"].hashtags == ()
    assert [problem.where for problem in result.problems] == ["line 2"] * 7


def test_published_is_never_after_it_was_seen_and_odd_dates_give_way():
    posts = by_key(read("odd.jsonl"))

    def seen(number):
        return datetime.fromtimestamp(json.loads(lines[number])["time_us"] / 1e6, UTC)

    lines = (DATA / "odd.jsonl").read_text().splitlines()
    assert posts["o3"].published == seen(2)
    assert posts["o4"].published == seen(3)
    assert posts["o5"].published == TEN - timedelta(hours=1) + timedelta(microseconds=123456)
    assert posts["o6"].published == TEN - timedelta(hours=2)
    assert (posts["o7"].published, posts["o7"].lang) == (seen(6), None)
    assert posts["o8"].published.year == 2019


def test_malformed_lines_are_problems_and_the_rest_goes_on():
    result = read("malformed.jsonl")
    assert [item.id.rpartition("/")[2] for item in result] == ["m1", "m8", "m9"]
    lines = [int(problem.where.removeprefix("line ")) for problem in result.problems]
    assert lines == [2, 3, 4, 5, 6, 7, *range(9, 18)]
    assert result[2].text == "lone ? half, zero  and 🔋"


@pytest.mark.parametrize(
    "body", [b"<html>502 Bad Gateway</html>", b"{}", b"\xff\xfe\x00", b"[" * 9999]
)
def test_what_is_no_payload_at_all_raises(body):
    with pytest.raises(SourceError, match="no Jetstream event"):
        parse(body)


def test_nothing_gives_nothing():
    assert parse(b"\n\n") == []


# --- the stream


class Stream:
    """A Jetstream of given events; it tells what it was asked."""

    def __init__(self, events, *, stays=True):
        self.events = events
        self.stays = stays
        self.asked = []

    def __call__(self, connection):
        self.asked.append(parse_qs(urlsplit(connection.request.path).query))
        try:
            for each in self.events:
                connection.send(each)
            if self.stays:
                connection.recv()
        except ConnectionClosed:
            pass


@contextmanager
def streaming(events, **options):
    stream = Stream(events, **options)
    with serve(stream, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield stream, Client(hosts={STREAM: f"127.0.0.1:{server.socket.getsockname()[1]}"})
        server.shutdown()
        thread.join()


def collect(client, cursor, *, count, now=lambda: TEN + timedelta(minutes=5)):
    """Return the first batches that a collector yields."""
    stop = threading.Event()
    batches = Bluesky(url=f"wss://{STREAM}/subscribe").collect(client, cursor, now=now, stop=stop)
    try:
        return list(islice(batches, count))
    finally:
        batches.close()


def test_the_stream_asks_for_posts_likes_and_reposts_and_covers_from_now_on():
    with streaming([event(1), event(2)]) as (stream, client):
        (batch,) = collect(client, None, count=1, now=lambda: TEN + timedelta(seconds=1))
    assert sorted(stream.asked[0]["wantedCollections"]) == [
        "app.bsky.feed.like",
        "app.bsky.feed.post",
        "app.bsky.feed.repost",
    ]
    assert "cursor" not in stream.asked[0]
    assert [item.text for item in batch.result] == ["1 s", "2 s"]
    assert batch.cursor == str(to_micros(TEN) + 2_000_000)
    assert batch.spans == ()  # nothing lies between the start and now, which stands still


def test_it_resumes_a_little_before_where_it_was_left_and_covers_what_came_since():
    left = str(to_micros(TEN))
    with streaming([event(-1), event(0), event(100)]) as (stream, client):
        (batch,) = collect(client, left, count=1)
    assert stream.asked[0]["cursor"] == [str(to_micros(TEN) - 5_000_000)]
    assert batch.spans == (Covered(TEN, TEN + timedelta(seconds=100)),)


def test_a_time_far_ahead_does_not_move_the_cursor():
    """Else all that comes until then would be passed over after a restart."""
    with streaming([event(1), event(10**6)]) as (_, client):
        (batch,) = collect(client, str(to_micros(TEN)), count=1)
    assert len(batch.result) == 2
    assert batch.cursor == str(to_micros(TEN))


def test_a_cursor_that_was_moved_up_is_a_gap():
    left = str(to_micros(TEN - timedelta(hours=40)))
    with streaming([event(0), event(9)]) as (_, client):
        (batch,) = collect(client, left, count=1)
    gap, covered = batch.spans
    assert gap[:3] == (TEN - timedelta(hours=40), TEN, "gap")
    assert "does not reach back" in gap.reason
    assert covered == Covered(TEN, TEN + timedelta(seconds=9))


@pytest.mark.parametrize(
    "cursor", ["soon", "17", "٣" * 16, str(to_micros(TEN + timedelta(days=9)))]
)
def test_a_cursor_that_cannot_be_is_left_out(cursor):
    with streaming([event(1)]) as (stream, client):
        collect(client, cursor, count=1)
    assert "cursor" not in stream.asked[0]


def test_silence_is_covered_while_the_server_answers():
    times = iter([TEN, TEN, TEN + timedelta(seconds=3)])
    with streaming([]) as (_, client):
        (batch,) = collect(client, None, count=1, now=partial(next, times))
    assert batch == ([], None, (Covered(TEN, TEN + timedelta(seconds=3)),))


def test_silence_proves_nothing_beyond_the_look_back():
    left = str(to_micros(TEN - timedelta(hours=40)))
    with streaming([]) as (_, client):
        (batch,) = collect(client, left, count=1)
    assert batch == ([], left, ())


def test_a_dropped_connection_raises_after_what_had_come():
    with streaming([event(1), "nonsense"], stays=False) as (_, client):
        stop = threading.Event()
        batches = Bluesky(url=f"wss://{STREAM}/subscribe").collect(
            client, None, now=lambda: TEN, stop=stop
        )
        batch = next(batches)
        assert [item.text for item in batch.result] == ["1 s"]
        assert [problem.where for problem in batch.result.problems] == ["line 2"]
        with pytest.raises(SourceError, match=f"{STREAM}.*closed"):
            next(batches)


def test_it_ends_when_told_to_stop():
    stop = threading.Event()
    with streaming([event(1)]) as (_, client):
        batches = Bluesky(url=f"wss://{STREAM}/subscribe").collect(
            client, None, now=lambda: TEN, stop=stop
        )
        next(batches)
        stop.set()
        assert list(batches) == []


def test_a_handle_that_changes_in_the_stream_is_noted():
    renamed = {
        "did": ANA,
        "time_us": to_micros(TEN),
        "kind": "identity",
        "identity": {"handle": "new.example"},
    }
    with streaming([json.dumps(renamed)]) as (_, client):
        (batch,) = collect(client, None, count=1)
    assert batch.result.accounts == [Account("bluesky", f"at://{ANA}/", handle="new.example")]


def test_addresses_with_passwords_or_other_schemes_are_refused_without_showing_them():
    for options in ({"url": "wss://ana:s3cret@x.example/"}, {"profiles": "file:///s3cret"}):
        with pytest.raises(SettingError) as caught:
            Bluesky(**options)
        assert "s3cret" not in str(caught.value)
