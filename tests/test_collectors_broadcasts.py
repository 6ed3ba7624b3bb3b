"""Films of YouTube's channels and episodes of podcasts, read from their feeds."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import rawserver

from workbench.collectors import Covered, feeds, youtube
from workbench.collectors.broadcasts import duration
from workbench.collectors.youtube import YouTube
from workbench.errors import SettingError, SourceError
from workbench.http import Client
from workbench.items import Media
from workbench.query import parse

DATA = Path(__file__).parent / "data" / "feeds"
CHANNEL = "UCabcdefghijklmnopqrstuv"
NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
WATCH = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
THUMBNAIL = Media("image", "https://i2.ytimg.com/vi/dQw4w9WgXcQ/hqdefault.jpg")


def films():
    return youtube.parse((DATA / "youtube.xml").read_bytes(), collected=NOON)


def test_a_film_is_a_post_of_its_channel_with_likes_and_its_description_line_by_line():
    film = films()[0]
    assert (film.source, film.id, film.kind, film.tier) == (
        "youtube", "dQw4w9WgXcQ", "post", "social",
    )  # fmt: skip
    assert (film.title, film.text) == (
        "Results & outlook", "Our quarter.\nhttps://acme.example/q3 #results",
    )  # fmt: skip
    assert (film.author, film.author_name) == (CHANNEL, "Acme Air")
    assert film.author_url == f"https://www.youtube.com/channel/{CHANNEL}"
    assert film.published == datetime(2026, 11, 19, 10, tzinfo=UTC)
    assert (film.likes, film.replies, film.edited) == (1_431, None, None)
    assert film.url == WATCH
    assert film.links == (WATCH, "https://acme.example/q3")
    assert film.media == (Media("video"), THUMBNAIL)
    assert parse("has:video min_likes:1000 domain:acme.example").matches(film)


def test_a_hostile_film_is_plain_text_without_addresses_that_run():
    _, film, other = films()
    assert film.title == "<script>alert(1)</script>北風の決算"  # plain text, and shown as such
    assert film.text == "<img src=x onerror=alert(1)> 3 < 4"
    assert (film.url, film.author, film.likes, film.links) == (None, None, None, ())
    assert film.media == (Media("video"),)
    assert film.time == NOON
    assert (other.id, other.title, other.text) == ("../../etc", "No such film", "")


def test_the_feeds_collector_reads_such_a_channel_as_richly():
    film = feeds.parse((DATA / "youtube.xml").read_bytes(), url="https://y.example/f")[0]
    assert (film.source, film.kind, film.likes) == ("feeds", "article", 1_431)
    assert film.media == (Media("video"), THUMBNAIL)
    assert film.text.startswith("Our quarter.\n")
    assert film.edited is None


def test_an_episode_has_its_sound_with_its_length_its_notes_and_its_transcript():
    episode, _, _ = feeds.parse((DATA / "podcast.xml").read_bytes(), collected=NOON)
    assert (episode.title, episode.text) == ("Episode 7", "Long notes")
    assert episode.media == (
        Media("audio", "https://cdn.example/7.mp3", "1 h 2 min"),
        Media("image", "https://cdn.example/7.jpg"),
    )
    assert episode.links == ("https://cdn.example/7.html",)
    assert episode.sensitive is True
    assert (episode.author_name, episode.lang) == ("Airline talk", "en")


def test_episodes_that_say_less_or_worse_are_read_all_the_same():
    _, bare, film = feeds.parse((DATA / "podcast.xml").read_bytes(), url="https://p.example/rss")
    assert (bare.title, bare.media, bare.sensitive, bare.links) == ("Bare", (), None, ())
    assert film.media == (
        Media("video", "https://cdn.example/f.mp4", "13 min"),
        Media("image", "https://cdn.example/f.jpg"),
    )
    assert (film.text, film.links) == ("Notes more", ("https://p.example/more",))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("62:03", "1 h 2 min"), ("3723.5", "1 h 2 min"), ("0:10", "1 min"), ("0", None), ("", None),
        ("-5", None), ("9" * 30, None), ("1:2:3:4", None), ("999:99:99", None),
    ],
)  # fmt: skip
def test_lengths_are_told_in_hours_and_minutes(text, told):
    assert duration(text) == told


def test_what_is_no_feed_says_what_came():
    with pytest.raises(SourceError, match="an HTML page titled 'Sorry'"):
        youtube.parse(b"<html><title>Sorry</title>")
    with pytest.raises(SourceError, match="11 MB"):
        youtube.parse(b"<feed>" + b" " * 11_000_000)


def test_a_channel_and_a_playlist_are_polled_by_their_ids():
    body = (DATA / "youtube.xml").read_bytes()
    with rawserver.running() as server:
        server.says(rawserver.reply(body, ETag='"1"'), rawserver.reply(status="304 Not Modified"))
        client = Client(hosts={"www.youtube.com": server.address}, interval=0)
        collector, cursor = YouTube(channel=CHANNEL), None
        for minute in (0, 15):
            now = NOON.replace(minute=minute)
            (batch,) = collector.collect(
                client, cursor, now=lambda now=now: now, stop=threading.Event()
            )
            cursor = batch.cursor
            if not minute:
                assert batch.result[0].id == "dQw4w9WgXcQ"
                assert batch.spans == (Covered(NOON.replace(hour=10), NOON),)
        assert (batch.result, batch.spans) == ([], (Covered(NOON, NOON.replace(minute=15)),))
        playlist = YouTube(playlist="PLabcdefghijklmnop")
        server.says(rawserver.reply(body))
        list(playlist.collect(client, None, now=lambda: NOON, stop=threading.Event()))
        assert [head.split()[1] for head in server.heads] == [
            *[f"/feeds/videos.xml?channel_id={CHANNEL}"] * 2,
            "/feeds/videos.xml?playlist_id=PLabcdefghijklmnop",
        ]


def test_a_channel_is_known_by_its_id_or_its_pages_address():
    assert YouTube(channel=CHANNEL).key == f"youtube:{CHANNEL}"
    page = f"https://www.youtube.com/channel/{CHANNEL}/videos"
    assert YouTube(channel=page) == YouTube(channel=CHANNEL)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "needs a channel: or a playlist:"),
        ({"channel": CHANNEL, "playlist": "PLabcdefghijklmnop"}, "one of the two"),
        ({"channel": "@acme"}, "begins with UC and stands on the channel's page under About"),
        ({"playlist": "https://www.youtube.com/playlist?list=PL1"}, "behind list="),
        ({"channel": CHANNEL, "tier": "film"}, "is not one of social"),
        ({"channel": CHANNEL, "every": "often"}, "no span of time"),
    ],
)
def test_parameters_that_cannot_be_are_refused(options, told):
    with pytest.raises(SettingError, match=told):
        YouTube(**options)
