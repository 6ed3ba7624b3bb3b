"""Mastodon's statuses to items, each case a file and what must come of it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workbench.collectors.mastodon import parse
from workbench.errors import SourceError
from workbench.items import Account, Deletion, Media

DATA = Path(__file__).parent / "data" / "mastodon"
NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
HOST = "harbour.example"
ILSE = f"https://{HOST}/users/ilse/statuses"


def read(name, **context):
    context = {"instance": HOST, "collected": NOON} | context
    return parse((DATA / name).read_bytes(), **context)


def reasons(result):
    return {problem.where: problem.reason for problem in result.problems}


def test_a_post_with_all_that_it_may_have():
    post = read("timeline.json")[0]
    assert post.key == ("mastodon", f"{ILSE}/115500000000000030")
    assert (post.kind, post.tier, post.lang) == ("post", "social", "en")
    assert post.published == datetime(2026, 11, 19, 10, 30, 0, 250_000, tzinfo=UTC)
    assert (post.published_precision, post.collected) == (0.001, NOON)
    assert post.edited == datetime(2026, 11, 19, 10, 45, 10, tzinfo=UTC)
    assert (post.author, post.author_name) == ("ilse@harbour.example", "Ilse Brandt :wave:")
    assert post.author_url == "https://harbour.example/@ilse"
    assert (post.followers, post.verified) == (120, None)
    assert post.title is None
    assert post.text == (
        "Second plant opens in #Ostwald & we are hiring,\n"
        "says @tomas and @nell\n"
        "https://www.ampere.example/plant?a=1&b=2"
    )
    assert post.url == "https://harbour.example/@ilse/115500000000000030"
    assert post.hashtags == ("Ostwald",)
    assert post.mentions == ("tomas@quay.example", "nell@harbour.example")
    assert post.links == ("https://www.ampere.example/plant?a=1&b=2",)
    assert post.media == (
        Media("image", "https://files.harbour.example/plant.png", "The plant at night"),
        Media("video", "https://quay.example/robot.mp4"),
        Media("file"),
    )
    assert (post.likes, post.reposts, post.replies, post.sensitive) == (5, 3, 2, False)


def test_a_reply_names_whom_it_answers_and_what_only_where_that_is_known():
    remote, thread = read("timeline.json")[1:3]
    assert (remote.kind, remote.reply_to) == ("reply", None)
    assert remote.reply_to_author == "nell@harbour.example"
    assert remote.author == "tomas@quay.example"
    assert remote.id == "https://quay.example/users/tomas/statuses/929"
    known = {"115500000000000012": f"https://{HOST}/users/nell/statuses/115500000000000012"}
    assert read("timeline.json", known=known)[1].reply_to == known["115500000000000012"]
    assert (thread.kind, thread.reply_to) == ("reply", f"{ILSE}/115500000000000012")
    assert thread.reply_to_author == "ilse@harbour.example"


def test_a_content_warning_is_the_first_line_and_makes_it_sensitive():
    warned = read("timeline.json")[3]
    assert (warned.text, warned.sensitive) == ("Spider, photo\nIn the switchboard.", True)
    assert warned.lang is None


def test_the_choices_of_a_poll_are_its_last_lines():
    poll = read("timeline.json")[4]
    assert poll.text == "Which site next?\n○ Kehl\n○ Colmar"
    assert poll.media == (Media("poll"),)


def test_a_boost_holds_its_originals_full_text():
    boost = read("timeline.json")[5]
    assert boost.id == f"https://{HOST}/users/nell/statuses/115500000000000025/activity"
    assert (boost.kind, boost.author) == ("repost", "nell@harbour.example")
    assert boost.author_name == "nell"
    assert boost.text == "Auch von uns: Glückwunsch!"
    assert boost.repost_of == "https://quay.example/users/tomas/statuses/929"
    assert boost.url == "https://quay.example/@tomas/929"
    assert (boost.lang, boost.published.minute) == ("de", 25)
    assert (boost.reply_to_author, boost.likes, boost.reposts, boost.replies) == (None,) * 4


def test_a_quote_counts_once_its_author_has_agreed():
    quote, pending = read("timeline.json")[6:]
    assert (quote.kind, quote.text) == ("quote", "This.")
    assert quote.quote_of == "https://quay.example/users/tomas/statuses/929"
    assert quote.links == ()
    assert (pending.kind, pending.quote_of) == ("post", None)


def test_what_is_not_for_everybody_is_left_out():
    result = read("private.json")
    assert [item.author for item in result] == ["nell@harbour.example"]
    left = reasons(result)
    assert {left[f"status {number}"] for number in (1, 2, 3, 4)} == {"is not for everybody"}
    assert not any("Post" in reason for reason in left.values())


def test_accounts_that_ask_not_to_be_indexed_are_hidden_with_all_that_is_held():
    result = read("private.json")
    assert result.accounts == [
        Account("mastodon", f"https://{HOST}/users/shy/", hidden=True),
    ]
    # Where no account stands in the uri, the post itself goes.
    assert result.deletions == [Deletion("mastodon", f"https://{HOST}/objects/77", NOON)]
    left = reasons(result)
    assert {left[f"status {n}"] for n in (5, 6, 7, 8)} == {
        "is of an account that asks not to be indexed"
    }


@pytest.mark.parametrize("uri", ["https://harbour.example/statuses/5", "https://[/statuses/5"])
def test_no_uri_hides_everybody(uri):
    (raw,) = [s for s in json.loads((DATA / "private.json").read_bytes()) if "shy" in s["uri"]][:1]
    raw |= {"uri": uri}
    raw["account"]["uri"] = "https://harbour.example"
    result = parse(json.dumps([raw]).encode(), instance=HOST)
    assert [deletion.id for deletion in result.deletions] in ([uri], [])
    assert all(len(account.prefix) > len("https://harbour.example/") for account in result.accounts)


@pytest.mark.timeout(10)
def test_a_page_of_very_many_hidden_accounts_is_read_without_delay():
    account = f'{{"acct":"%s","uri":"https://{HOST}/users/%s","noindex":%s}}'
    status = f'{{"id":"%d","uri":"https://{HOST}/users/%s/statuses/%d","visibility":"public","account":{account}}}'
    page = ",".join(status % (n, f"u{n}", n, f"u{n}", f"u{n}", "true") for n in range(40_000))
    result = parse(f"[{page}]".encode())
    assert len(result.accounts) == 40_000
    assert result.accounts[7] == Account("mastodon", f"https://{HOST}/users/u7/", hidden=True)


def test_what_is_malformed_is_skipped_and_said():
    result = read("malformed.json")
    first, rest = result
    assert first.id == f"{ILSE}/115500000000000020"
    left = reasons(result)
    assert left["status 13"] == "is status 1 again"
    assert left.keys() == {f"status {n}" for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13)}
    assert (rest.published, rest.published_precision, rest.edited) == (NOON, None, None)
    assert (rest.likes, rest.reposts, rest.replies, rest.lang) == (None, None, None, None)
    assert (rest.hashtags, rest.mentions, rest.links) == ((), (), ())
    assert rest.media == (Media("file"),)


def test_hostile_markup_leaves_plain_text_and_no_address_that_runs():
    (post,) = read("hostile.json")
    assert post.text == "<i>CW</i>\nLook here <b>bold</b> \u202eevil"
    assert post.links == ()
    assert post.media == (Media("image", None, "<script>"),)
    assert post.url.startswith("https://harbour.example/users/")
    assert post.author_url is None
    assert post.author_name == "<img src=x onerror=alert(3)>"


def test_other_scripts_stay_as_they_are():
    japanese, arabic, chinese = read("scripts.json")
    assert japanese.text == "電池工場が本日開業した #電池"
    assert (japanese.hashtags, japanese.author_name) == (("電池",), "春 🔋")
    assert (arabic.text, arabic.lang) == ("افتتاح المصنع اليوم", "ar")
    assert (chinese.author, chinese.lang) == ("zhang@火.example", "zh-CN")


def test_without_the_instance_a_handle_takes_the_host_of_its_page():
    assert read("timeline.json", instance="")[0].author == "ilse@harbour.example"


def test_an_empty_timeline_is_no_error():
    result = parse(b"[]")
    assert (list(result), result.problems) == ([], [])


def test_a_very_long_text_is_cut():
    (raw, *_) = json.loads((DATA / "timeline.json").read_bytes())
    raw["content"] = "<p>" + "word " * 100_000
    (post,) = parse(json.dumps([raw]).encode())
    assert len(post.text) <= 20_002
    assert post.text.endswith("word …")


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (
            b'{"error": "The access token is\\u0000 invalid"}',
            "an error instead of posts: The access",
        ),
        (b"<!DOCTYPE html><html><title>Hi", "a web page instead of posts"),
        (b"", "no list of posts, it begins ''"),
        (b"Retry later", "it begins 'Retry later'"),
        (b"{}", "it begins '{}'"),
        (b"[" * 100_000, "it begins '[[["),
        (b"\xff\xfe\x00", "no list of posts"),
        (b"7", "it begins '7'"),
    ],
)
def test_what_is_no_timeline_raises_and_says_what_came(body, what):
    with pytest.raises(SourceError) as caught:
        parse(body, instance=HOST)
    assert str(caught.value).startswith(f"{HOST}: answered with ")
    assert what in str(caught.value)


# --- events of a stream


def test_an_event_brings_one_status():
    (raw, *_) = json.loads((DATA / "timeline.json").read_bytes())
    for event in ("update", "status.update"):
        (post,) = parse(json.dumps(raw).encode(), instance=HOST, event=event)
        assert post.id == f"{ILSE}/115500000000000030"


def test_a_deletion_names_an_id_and_needs_to_know_its_uri():
    known = {"115500000000000030": f"{ILSE}/115500000000000030"}
    result = parse(b"115500000000000030", event="delete", known=known, collected=NOON)
    assert result.deletions == [Deletion("mastodon", f"{ILSE}/115500000000000030", NOON)]
    assert parse(b'"115500000000000030"', event="delete", known=known).deletions
    assert not parse(b"99", event="delete", known=known).deletions
    assert not parse(b"\xff", event="delete").deletions


@pytest.mark.parametrize("event", ["notification", "filters_changed", "announcement.delete", "x"])
def test_events_about_other_things_say_nothing(event):
    result = parse(b"undefined", event=event)
    assert (list(result), result.deletions, result.problems) == ([], [], [])
