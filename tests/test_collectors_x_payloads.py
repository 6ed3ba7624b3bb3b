"""X's answers to items: full texts, entities of escaped text, edit chains, what is gone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from workbench.collectors.tweets import written_at
from workbench.collectors.x import parse
from workbench.collectors.x_payloads import read, read_accounts, read_hours
from workbench.errors import SourceError
from workbench.items import Deletion, Media

DATA = Path(__file__).parent / "data" / "x"
SEEN = datetime(2025, 11, 16, 10, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def items():
    found = parse((DATA / "search.json").read_bytes(), collected=SEEN)
    return {item.id: item for item in found}


def test_a_post_has_its_author_numbers_and_address(items):
    item = items["1990000000000000005"]
    assert (item.source, item.tier, item.kind, item.lang) == ("x", "social", "post", "en")
    assert (item.author, item.author_name) == ("ana_acme", "Ana 🌱 Acme")
    assert (item.verified, item.followers) == (True, 1200)
    assert (item.likes, item.reposts, item.replies) == (40, 3, 2)
    assert item.published == datetime(2025, 11, 16, 10, tzinfo=UTC)
    assert item.published_precision == 1.0
    assert item.collected == SEEN
    assert item.edited is None
    assert item.sensitive is None
    assert item.url == "https://x.com/ana_acme/status/1990000000000000005"
    assert item.author_url == "https://x.com/ana_acme"


def test_links_are_placed_by_code_points_of_the_escaped_text(items):
    item = items["1990000000000000005"]
    assert item.text == (
        "🚀🚀 R&D at <Acme> 👩‍🔬 beats the plan, says @bo_acme $ACME #Rotors "
        "https://news.example/plan?a=1&b=2"
    )
    assert item.links == ("https://news.example/plan?a=1&b=2",)
    assert (item.hashtags, item.cashtags, item.mentions) == (("Rotors",), ("ACME",), ("bo_acme",))


def test_pictures_and_films_come_with_their_words(items):
    assert items["1990000000000000005"].media == (
        Media("image", "https://pbs.twimg.example/a.jpg", "A rotor\nin a hall"),
        Media("video", "https://pbs.twimg.example/b.jpg", None),
    )


def test_a_repost_holds_the_whole_text_of_its_original(items):
    item = items["1990000000000000004"]
    assert item.kind == "repost"
    assert item.text.endswith("after a night of talks #Rotors")
    assert "RT @" not in item.text
    assert "…" not in item.text
    assert (item.author, item.repost_of) == ("bo_acme", "1980000000000000001")
    assert item.published == datetime(2025, 11, 16, 9, 59, tzinfo=UTC)
    assert item.url == "https://x.com/bo_acme/status/1990000000000000004"
    assert item.hashtags == ("Rotors",)
    assert (item.likes, item.reposts) == (None, None)


def test_a_repost_whose_original_is_not_there_keeps_what_it_has(items):
    item = items["1990000000000000003"]
    assert (item.kind, item.repost_of) == ("repost", "1980000000000000009")
    assert item.text == "What the original said is cut …"
    assert (item.author, item.author_name) == ("bo_acme", "Bo")


def test_a_long_post_is_whole(items):
    item = items["1990000000000000002"]
    assert item.text.count("Details follow.") == 25
    assert item.text.startswith("Orders for the K-9 rotor rose by a third & we hire")
    assert item.text.endswith("Read on: https://acme.example/rotor")
    assert item.links == ("https://acme.example/rotor",)


def test_a_reply_names_whom_it_answers_and_what_it_quotes(items):
    item = items["1989999999999000000"]
    assert item.kind == "reply"
    assert (item.reply_to, item.reply_to_author) == ("1980000000000000001", "ana_acme")
    assert item.quote_of == "1980000000000000002"
    assert item.hashtags == ("新型",)
    assert item.text == "@ana_acme वाह! 東京でも #新型 を見た"
    assert item.lang == "ja"
    assert item.sensitive is True


def test_an_edited_post_is_one_item_under_its_first_id(items):
    item = items["1989999999999000000"]
    assert item.published == written_at("1989999999999000000")
    assert abs(item.published - datetime(2025, 11, 16, 10, tzinfo=UTC)) < timedelta(days=1)
    assert item.published_precision == 0.001
    assert item.edited == datetime(2025, 11, 16, 9, 56, tzinfo=UTC)
    assert item.url.endswith("/status/1990000000000000001")


def test_a_poll_shows_its_choices_and_an_unknown_author_is_null(items):
    item = items["1990000000000000000"]
    assert item.text == "Which one?\n○ Left\n○ Right"
    assert item.media == (Media("poll"),)
    assert (item.kind, item.quote_of) == ("quote", "1980000000000000002")
    assert (item.author, item.author_name, item.followers, item.likes) == (None,) * 4
    assert item.lang is None
    assert item.url == "https://x.com/i/web/status/1990000000000000000"


def test_a_missing_reference_deletes_nothing():
    reading = read((DATA / "search.json").read_bytes(), collected=SEEN)
    assert not reading.result.deletions
    assert not reading.result.problems
    assert reading.token == "b26v89c19zqg8o3f"
    assert len(reading.bought) == 6


def test_ids_tell_the_millisecond():
    # The id and time that X's documentation of its ids is read with everywhere.
    assert written_at("1541815603606036480") == datetime(2022, 6, 28, 16, 7, 40, 105000, UTC)
    assert written_at("20") is None


def test_what_was_asked_for_and_is_gone_is_deleted():
    known = {"1990000000000000030": "1980000000000000030"}
    reading = read((DATA / "lookup.json").read_bytes(), collected=SEEN, known=known)
    assert [item.text for item in reading.result] == ["still here"]
    assert reading.result.deletions == [
        Deletion("x", "1980000000000000030", SEEN),  # by the key under which we hold it
        Deletion("x", "1990000000000000031", SEEN),  # protected or suspended: not for us
    ]  # the third could not be looked up, which says nothing
    assert reading.outdated == ["1990000000000000022"]


def test_lines_of_the_stream_are_read_and_a_cut_one_is_told():
    reading = read((DATA / "stream.jsonl").read_bytes(), collected=SEEN)
    assert [item.id[-1] for item in reading.result] == ["5", "0"]
    assert [problem.reason for problem in reading.result.problems] == ["is cut or malformed"]
    assert reading.tags == {"workbench ab12 1", "someone else's"}


def test_hostile_text_is_text():
    result = parse((DATA / "hostile.json").read_bytes(), collected=SEEN)
    first, second, selfish = result
    assert first.text.startswith("<img src=x onerror=alert(1)> <script>alert(1)</script>")
    assert first.text.endswith("https://t.co/aaaaaaaaaa")
    assert first.links == ("https://t.co/aaaaaaaaaa",)
    assert (first.mentions, first.hashtags, first.author) == ((), (), None)
    assert first.published == written_at(first.id)
    assert "\x00" not in first.text
    assert (second.author, second.verified, second.likes, second.reposts) == (
        "evil", None, None, None,
    )  # fmt: skip
    assert second.lang is None
    assert second.text == '=HYPERLINK("https://sheet.example")'
    assert second.time <= SEEN  # a forged date pins nothing to the top
    assert selfish.kind == "repost"
    assert [problem.where for problem in result.problems] == [
        "post 3", "post 4", "post 5", "post 6", "post 7",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html><title>Over capacity</title>", "are no posts, it begins '<html>"),
        (b"", "are no posts"),
        (b"[]", "are no posts"),
        (b"[" * 100_000, "are no posts"),
        (b'{"title":"Unauthorized","detail":"Unauthorized","status":401}', "Unauthorized"),
        (b'{"errors":[{"message":"since_id must be newer"}],"title":"Invalid"}', "Invalid"),
        (b'{"data":{}, "errors": 3, "title": 4}', None),
    ],
)
def test_what_is_no_answer_is_an_error(body, message):
    if message is None:
        assert parse(body)[:] == []
        return
    with pytest.raises(SourceError, match=message):
        parse(body)


def test_nothing_found_is_no_error():
    assert parse(b'{"meta":{"result_count":0}}') == []


def test_counts_are_hours():
    body = b"""{"data":[
        {"end":"2025-11-16T11:00:00.000Z","start":"2025-11-16T10:00:00.000Z","tweet_count":5},
        {"end":"2025-11-16T10:00:00.000Z","start":"2025-11-16T09:00:00.000Z","tweet_count":0}
    ],"meta":{"total_tweet_count":5}}"""
    hours = read_hours(body)
    assert [hour.n for hour in hours] == [0, 5]
    assert hours[0].start == datetime(2025, 11, 16, 9, tzinfo=UTC)
    for broken in (b"<html>", b'{"data":[{}]}', body.replace(b"5}", b"-5}", 1), b"3"):
        with pytest.raises(SourceError, match="no counts"):
            read_hours(broken)


def test_accounts_are_found_by_small_handles():
    body = b'{"data":[{"id":"7","name":"N","username":"Ana"}],"errors":[{"value":"bo"}]}'
    assert read_accounts(body) == {"ana": "7"}
    assert read_accounts(b'{"errors":[{"value":"bo"}]}') == {}
    for broken in (b"<html>", b"{}", b'{"data":[{"id":"x","username":"a"}]}', b"[]"):
        with pytest.raises(SourceError, match="no accounts"):
            read_accounts(broken)
