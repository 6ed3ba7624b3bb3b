"""What Reddit's listings hold, as items."""

import json
from datetime import UTC, datetime

import pytest
from redditserver import comment, listing, post

from workbench.collectors import reddit
from workbench.errors import SourceError
from workbench.items import Deletion, Media

NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)
WRITTEN = datetime(2026, 11, 19, 11, 30, 5, tzinfo=UTC)


def parse(*things, **context):
    return reddit.parse(json.dumps(listing(things)).encode(), collected=NOW, **context)


def one(thing, **context):
    result = parse(thing, **context)
    assert result.problems == []
    (item,) = result
    return item


def test_a_post_is_a_post_with_title_time_and_counts():
    thing = post(
        "1abc",
        WRITTEN,
        "Müller &amp; Söhne buys Acme",
        selftext="See **this**",
        selftext_html='<div class="md"><p>See <strong>this</strong>, /u/bob '
        '<a href="https://acme.example/news">news</a> <a href="/r/air">r/air</a></p></div>',
        score=17,
        num_comments=4,
        num_crossposts=2,
        edited=WRITTEN.timestamp() + 60,
        over_18=True,
    )
    item = one(thing, lang="en")
    assert (item.source, item.id, item.kind, item.tier) == ("reddit", "t3_1abc", "post", "social")
    assert (item.title, item.text) == ("Müller & Söhne buys Acme", "See this, /u/bob news r/air")
    assert (item.published, item.published_precision, item.collected) == (WRITTEN, 1.0, NOW)
    assert item.edited == WRITTEN.replace(minute=31)
    assert (item.author, item.author_url) == ("ilse", "https://www.reddit.com/user/ilse")
    assert item.url == "https://www.reddit.com/r/aviation/comments/1abc/a_post/"
    assert item.links == ("https://acme.example/news", "https://www.reddit.com/r/air")
    assert (item.likes, item.replies, item.reposts, item.sensitive) == (17, 4, 2, True)
    assert (item.mentions, item.lang) == (("bob",), "en")


def test_escaped_and_plain_html_say_the_same():
    made = '<div class="md"><p>if a &lt;b&gt; c &amp; d</p></div>'
    escaped = made.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for html in (made, escaped):
        assert one(post("1", WRITTEN, selftext_html=html)).text == "if a <b> c & d"


def test_without_html_the_text_is_taken():
    assert one(post("1", WRITTEN, selftext="1 &lt; 2")).text == "1 < 2"


def test_a_link_points_to_its_page_and_hostile_ones_to_nothing():
    link = one(post("1", WRITTEN, is_self=False, url="https://news.example/a?b=1&amp;c=2"))
    assert link.links == ("https://news.example/a?b=1&c=2",)
    for bad in ("javascript:alert(1)", "data:text/html,x", 7, None):
        assert one(post("1", WRITTEN, is_self=False, url=bad)).links == ()


def test_hostile_text_stays_text():
    title = "<img src=x onerror=alert(1)> \u202e\x00"
    item = one(post("1", WRITTEN, title, selftext_html="<script>alert(1)</script><p>hi</p>"))
    assert item.title.startswith("<img src=x onerror=alert(1)>")
    assert "\x00" not in item.title
    assert item.text == "hi"


def test_a_comment_is_a_reply():
    item = one(comment("9z", WRITTEN, "新しい電池 is good", parent="t3_1abc"))
    assert (item.id, item.kind, item.reply_to) == ("t1_9z", "reply", "t3_1abc")
    assert (item.reply_to_author, item.title, item.replies) == ("ilse", None, None)
    assert item.text == "新しい電池 is good"
    nested = one(comment("9z", WRITTEN, parent="t1_8y"))
    assert (nested.reply_to, nested.reply_to_author) == ("t1_8y", None)


def test_a_hidden_score_is_unknown_and_one_below_zero_is_no_likes():
    assert one(comment("1", WRITTEN, score_hidden=True)).likes is None
    assert one(post("1", WRITTEN, hide_score=True, score=5)).likes is None
    assert one(comment("1", WRITTEN, score=-8)).likes == 0
    assert one(post("1", WRITTEN, score=None)).likes is None


def test_a_crosspost_shows_its_originals_text():
    original = post("old", WRITTEN, "Acme grounds its fleet", selftext="All of it", author="pat")
    thing = post(
        "new",
        WRITTEN,
        "Look at this",
        crosspost_parent="t3_old",
        crosspost_parent_list=[original["data"]],
    )
    item = one(thing)
    assert (item.kind, item.repost_of, item.author) == ("repost", "t3_old", "ilse")
    assert (item.title, item.text) == ("Look at this", "Acme grounds its fleet\nAll of it")
    original["data"]["selftext"] = "[removed]"
    assert one(thing).text == ""
    del thing["data"]["crosspost_parent_list"]
    assert one(thing).repost_of == "t3_old"


def test_a_crosspost_of_itself_without_end_is_read_once():
    thing = post("a", WRITTEN, "Loop", crosspost_parent="t3_a")
    thing["data"]["crosspost_parent_list"] = [{**thing["data"]}]
    assert one(thing).repost_of == "t3_a"


@pytest.mark.parametrize(
    "thing",
    [
        post("1", WRITTEN, selftext="[deleted]", author="[deleted]"),
        post("1", WRITTEN, selftext="[removed]"),
        post("1", WRITTEN, is_self=False, removed_by_category="moderator"),
        post("1", WRITTEN, removed_by_category="deleted"),
        post("1", WRITTEN, selftext="[ Removed by Reddit ]"),
        comment("1", WRITTEN, "[deleted]", author="[deleted]"),
        comment("1", WRITTEN, "[removed]"),
    ],
)
def test_what_is_deleted_or_removed_is_a_deletion(thing):
    result = parse(thing)
    assert list(result) == []
    assert result.deletions == [Deletion("reddit", thing["data"]["name"], NOW)]


def test_an_account_that_is_gone_takes_its_name_along():
    item = one(post("1", WRITTEN, author="[deleted]", selftext="Still here"))
    assert (item.author, item.author_name, item.text) == ("[deleted]", "[deleted]", "Still here")


def test_pictures_galleries_films_and_polls_are_media():
    image = post("1", WRITTEN, is_self=False, post_hint="image", url="https://i.redd.it/a.jpg")
    assert one(image).media == (Media("image", "https://i.redd.it/a.jpg"),)
    assert one(post("1", WRITTEN, is_video=True)).media == (Media("video"),)
    gallery = post(
        "1",
        WRITTEN,
        media_metadata={
            "m1": {"e": "Image", "s": {"u": "https://preview.redd.it/m1.jpg?a=1&amp;s=2"}},
            "m2": {"e": "Image"},
            "m3": None,
        },
        gallery_data={"items": [{"media_id": "m1", "caption": "The\nplant"}]},
        poll_data={"options": []},
    )
    assert one(gallery).media == (
        Media("poll"),
        Media("image", "https://preview.redd.it/m1.jpg?a=1&s=2", "The\nplant"),
        Media("image"),
    )


def test_missing_and_forged_fields_cost_one_thing_at_most():
    bare = {"kind": "t3", "data": {"id": "7", "title": "Bare"}}
    forged = post("8", WRITTEN, "Forged", created_utc=1e300, permalink="//evil.example/x")
    result = parse(
        bare,
        forged,
        {"kind": "t3", "data": {"name": "t3_../../x", "title": "x"}},
        {"kind": "t3", "data": None},
        {"kind": "t1", "data": {"name": "t1_5", "body": 7}},
        {"kind": "t5", "data": {"display_name": "aviation"}},
        {"kind": "more", "data": {}},
        None,
        bare,
        post("9", WRITTEN, "An advertisement", promoted=True),
    )
    assert [item.id for item in result] == ["t3_7", "t3_8"]
    assert [item.published_precision for item in result] == [None, None]
    assert [item.url for item in result] == [None, None]
    assert [p.where for p in result.problems] == [f"thing {n}" for n in (3, 4, 5, 8, 9)]
    assert result.problems[-1].reason == "is thing 1 again"


def test_a_page_of_comments_and_single_things_are_read_too():
    both = [listing([post("a", WRITTEN)]), listing([comment("b", WRITTEN)])]
    assert [i.id for i in reddit.parse(json.dumps(both).encode())] == ["t3_a", "t1_b"]
    assert [i.id for i in reddit.parse(json.dumps(post("a", WRITTEN)).encode())] == ["t3_a"]


def test_an_endless_text_is_cut():
    assert len(one(post("1", WRITTEN, "x" * 9_000, selftext="y" * 99_000)).text) <= 40_002


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<!doctype html><title>Blocked</title>", "a web page instead of posts"),
        (b'{"message": "Forbidden", "error": 403}', "an error instead of posts: Forbidden"),
        (b'{"kind": "t5", "data": {}}', "what is no listing"),
        (b"[" * 100_000, "what is no listing"),
        (b"", "what is no listing"),
        (b"\xff\xfe", "what is no listing"),
    ],
)
def test_what_is_no_listing_says_what_came(body, said):
    with pytest.raises(SourceError, match=said):
        reddit.parse(body)
