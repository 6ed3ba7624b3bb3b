"""Archives in networks' own formats: twarc's, 4CAT's, Zeeschuimer's, LinkedIn's."""

import json

import pytest
from bringing import NOW, read, write

from workbench import imports, store
from workbench.collectors import x
from workbench.errors import SettingError
from workbench.items import Item

USERS = [
    {
        "id": "11",
        "username": "ana_plant",
        "name": "Ana <b>P</b>",
        "verified": True,
        "public_metrics": {"followers_count": 70},
    },
    {"id": "12", "username": "bob_air", "name": "Bob"},
]
ORIGINAL = {
    "id": "1900000000000000001",
    "author_id": "12",
    "text": "Northwind &amp; Globex: " + "a long report " * 18,
    "created_at": "2026-11-03T09:00:00.000Z",
    "lang": "en",
    "public_metrics": {"like_count": 9, "retweet_count": 2, "reply_count": 1},
}
REPOST = {
    "id": "1900000000000000002",
    "author_id": "11",
    "text": "RT @bob_air: Northwind &amp; Globex: a long…",
    "created_at": "2026-11-03T10:00:00.000Z",
    "referenced_tweets": [{"type": "retweeted", "id": "1900000000000000001"}],
}
REPLY = {
    "id": "1900000000000000003",
    "author_id": "11",
    "in_reply_to_user_id": "12",
    "text": "@bob_air see https://t.co/abc #recall",
    "created_at": "2026-11-03T11:00:00.000Z",
    "referenced_tweets": [{"type": "replied_to", "id": "1900000000000000001"}],
    "entities": {
        "urls": [
            {
                "start": 13,
                "end": 29,
                "url": "https://t.co/abc",
                "expanded_url": "https://a.example/1",
            }
        ],
        "hashtags": [{"start": 30, "end": 37, "tag": "recall"}],
        "mentions": [{"start": 0, "end": 8, "username": "bob_air", "id": "12"}],
    },
    "attachments": {"media_keys": ["3_7"]},
}
MEDIA = [
    {"media_key": "3_7", "type": "photo", "url": "https://p.example/7.jpg", "alt_text": "Gate"}
]
PAGE = {
    "data": [REPOST, REPLY],
    "includes": {"users": USERS, "tweets": [ORIGINAL], "media": MEDIA},
    "errors": [
        {
            "resource_id": "1900000000000000009",
            "value": "1900000000000000009",
            "parameter": "ids",
            "resource_type": "tweet",
            "type": "https://api.twitter.com/2/problems/resource-not-found",
        }
    ],
    "meta": {"result_count": 2},
    "__twarc": {"url": "https://api.twitter.com/2/tweets/search/all", "version": "2.14.1"},
}


def flattened(post, author="author", *, is_fourcat=False):
    """A post as twarc or 4CAT flattens it."""
    users = {user["id"]: user for user in USERS}
    made = {**post, author: users[post["author_id"]], "__twarc": {}}
    if "in_reply_to_user_id" in post:
        made["in_reply_to_user"] = users[post["in_reply_to_user_id"]]
    if "referenced_tweets" in post:
        inner = {**ORIGINAL, author: users[ORIGINAL["author_id"]]}
        made["referenced_tweets"] = [{**inner, "type": post["referenced_tweets"][0]["type"]}]
    if "attachments" in post:
        made["attachments"] = (
            {"media_keys": MEDIA} if is_fourcat else {"media_keys": ["3_7"], "media": MEDIA}
        )
    return made


FLAT = [flattened(REPOST), flattened(REPLY)]
FOURCAT = [flattened(p, "author_user", is_fourcat=True) for p in (REPOST, REPLY)]


def v1(**changes):
    """A post of version 1.1."""
    user = {
        "id_str": "11",
        "screen_name": "ana_plant",
        "name": "Ana <b>P</b>",
        "verified": True,
        "followers_count": 70,
    }
    return {
        "id_str": "1900000000000000003",
        "created_at": "Tue Nov 03 11:00:00 +0000 2026",
        "full_text": "@bob_air see https://t.co/abc #recall https://t.co/pic",
        "user": user,
        "in_reply_to_status_id_str": "1900000000000000001",
        "in_reply_to_user_id_str": "12",
        "in_reply_to_screen_name": "bob_air",
        "entities": {
            "urls": [
                {
                    "indices": [13, 29],
                    "url": "https://t.co/abc",
                    "expanded_url": "https://a.example/1",
                }
            ],
            "hashtags": [{"indices": [30, 37], "text": "recall"}],
            "user_mentions": [{"indices": [0, 8], "screen_name": "bob_air", "id_str": "12"}],
            "media": [{"indices": [38, 54], "url": "https://t.co/pic", "id_str": "7"}],
        },
        "extended_entities": {
            "media": [
                {
                    "id_str": "7",
                    "type": "photo",
                    "url": "https://t.co/pic",
                    "media_url_https": "https://p.example/7.jpg",
                    "ext_alt_text": "Gate",
                }
            ]
        },
        "favorite_count": 3,
        "retweet_count": 1,
        "lang": "en",
        **changes,
    }


ORIGINAL_V1 = v1(
    id_str=ORIGINAL["id"],
    created_at="Tue Nov 03 09:00:00 +0000 2026",
    user={"id_str": "12", "screen_name": "bob_air", "name": "Bob"},
    full_text=ORIGINAL["text"],
    in_reply_to_status_id_str=None,
    entities={},
    extended_entities={},
)
REPOST_V1 = v1(
    id_str=REPOST["id"],
    full_text=REPOST["text"],
    in_reply_to_status_id_str=None,
    entities={},
    extended_entities={},
    retweeted_status=ORIGINAL_V1,
)


def lines(*objects):
    return "\n".join(map(json.dumps, objects))


@pytest.mark.parametrize(
    "objects", [[PAGE, {**PAGE, "data": []}], FLAT, FOURCAT], ids=["pages", "twarc", "4cat"]
)
def test_archives_of_x_give_the_items_that_the_collector_would(tmp_path, objects):
    items, problems = read(write(tmp_path, lines(*objects)))
    assert not problems
    whole = {name: value for name, value in PAGE.items() if name not in {"errors", "__twarc"}}
    assert items == list(x.parse(json.dumps(whole).encode(), collected=NOW))
    repost, reply = items
    assert repost.text.startswith("Northwind & Globex: a long report a long")
    assert (repost.kind, repost.repost_of) == ("repost", ORIGINAL["id"])
    assert reply.text == "@bob_air see https://a.example/1 #recall"
    assert reply.reply_to_author == "bob_air"
    assert reply.media[0].alt == "Gate"


def test_posts_of_version_1_are_read_with_the_full_text_of_what_they_repost(tmp_path):
    (repost, reply), problems = read(write(tmp_path, lines(REPOST_V1, v1())))
    assert not problems
    assert (repost.kind, repost.id, repost.author) == ("repost", REPOST["id"], "ana_plant")
    assert repost.text.startswith("Northwind & Globex: a long report a long")
    assert repost.repost_of == ORIGINAL["id"]
    assert reply == Item(
        source="x",
        id="1900000000000000003",
        kind="reply",
        published="2026-11-03T11:00:00Z",
        published_precision=1.0,
        collected=NOW,
        author="ana_plant",
        author_name="Ana <b>P</b>",
        author_url="https://x.com/ana_plant",
        verified=True,
        followers=70,
        text="@bob_air see https://a.example/1 #recall",
        url="https://x.com/ana_plant/status/1900000000000000003",
        lang="en",
        hashtags=("recall",),
        mentions=("bob_air",),
        links=("https://a.example/1",),
        media=(("image", "https://p.example/7.jpg", "Gate"),),
        reply_to="1900000000000000001",
        reply_to_author="bob_air",
        likes=3,
        reposts=1,
    )


def test_streamed_posts_of_version_1_have_their_whole_text_elsewhere(tmp_path):
    post = v1(text="cut off…", extended_tweet={"full_text": "the whole text", "entities": {}})
    del post["full_text"]
    assert read(write(tmp_path, lines(post, post)))[0][0].text == "the whole text"


def test_what_x_own_site_sends_is_read_as_captured(tmp_path):
    def result(post):
        legacy = {k: v for k, v in post.items() if k not in {"user", "retweeted_status", "id_str"}}
        user = post["user"]
        held = {"rest_id": user["id_str"], "legacy": user}
        made = {"rest_id": post["id_str"], "legacy": legacy}
        if "retweeted_status" in post:
            legacy["retweeted_status_result"] = {"result": result(post["retweeted_status"])}
        return {**made, "core": {"user_results": {"result": held}}}

    rows = [
        {"source_platform": "x.com", "item_id": "1", "data": result(REPOST_V1)},
        {"source_platform": "x.com", "item_id": "2", "data": {"tweet": result(v1()), "rest_id": 0}},
    ]
    (repost, reply), problems = read(write(tmp_path, lines(*rows)))
    assert not problems
    assert repost.text.startswith("Northwind & Globex: a long report a long")
    assert (reply.id, reply.author, reply.likes) == ("1900000000000000003", "ana_plant", 3)
    noted = {**result(v1()), "note_tweet": {"note_tweet_results": {"result": {"text": "long"}}}}
    assert read(write(tmp_path, lines({**rows[0], "data": noted})))[0][0].text == "long"


def test_what_an_archive_says_of_posts_that_are_gone_deletes_nothing(tmp_path):
    with store.open(tmp_path / "s.db", floor=0) as opened:
        opened.add([Item(source="x", id="1900000000000000009", text="y", published="2026-11-03")])
        imports.look(write(tmp_path, lines(PAGE))).load(opened)
        assert opened.get("x", "1900000000000000009").deleted is None


def test_lines_that_are_broken_or_of_another_kind_are_told(tmp_path):
    broken = {**PAGE, "data": [{**REPLY, "text": 7}, REPOST]}
    path = write(tmp_path, lines(PAGE, broken, {"hello": 1}, PAGE) + '\n{"data": [')
    items, problems = read(path)
    assert len(items) == 5
    assert [p.where for p in problems] == ["line 2, post 1", "line 3", "line 5"]
    assert problems[1].reason == "is no post of X"


def test_an_archive_needs_no_mapping_and_takes_none(tmp_path):
    path = write(tmp_path, lines(*FLAT))
    assert not imports.look(path).doubt
    with pytest.raises(SettingError, match="posts of X, API 2, flattened, which need no mapping"):
        imports.look(path, fields={"text": "text"})
    assert {item.source for item in read(path, source="panel")[0]} == {"panel"}


def test_what_was_collected_is_never_changed_by_an_older_file(tmp_path):
    held = Item(source="x", id=REPLY["id"], text="as it is now", likes=90, published="2026-11-03")
    with store.open(tmp_path / "s.db", floor=0) as opened:
        opened.add([held])
        done = imports.look(write(tmp_path, lines(*FLAT))).load(opened)
        now = opened.get("x", REPLY["id"])
    assert (done.new, done.updated, done.unchanged) == (1, 0, 1)
    assert (now.text, now.likes) == ("as it is now", 90)
