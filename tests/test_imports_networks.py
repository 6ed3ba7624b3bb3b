"""Files of networks that 4CAT, Zeeschuimer and LinkedIn itself keep."""

import json
import zipfile
from datetime import UTC, datetime

import pytest
from bringing import NOW, as_csv, read, write

from workbench import imports

COMMON = {"id": "90", "thread_id": "90", "timestamp": "2026-11-03 09:30:00", "body": "Hello"}


@pytest.mark.parametrize(
    ("own", "wanted"),
    [
        (
            {
                "author": "ana_plant",
                "author_fullname": "Ana",
                "author_followers": "70",
                "link": "https://twitter.com/ana_plant/status/90",
                "language_guess": "en",
                "possibly_sensitive": "no",
                "retweet_count": "2",
                "like_count": "3",
                "is_retweet": "no",
                "is_reply": "yes",
                "is_quote_tweet": "no",
                "replied_user": "bob_air",
                "hashtags": "a,b",
                "mentions": "bob_air",
                "urls": "https://a.example",
            },
            {
                "source": "x",
                "kind": "reply",
                "author": "ana_plant",
                "author_name": "Ana",
                "followers": 70,
                "likes": 3,
                "reposts": 2,
                "lang": "en",
                "hashtags": ("a", "b"),
                "reply_to_author": "bob_air",
                "sensitive": False,
            },
        ),
        (
            {
                "author": "ana.example",
                "author_id": "did:plc:ana",
                "author_display_name": "Ana",
                "created_at": "2026-11-03T09:30:00+00:00",
                "replied_to_user": "bob.example",
                "languages": "en",
                "repost_count": "1",
                "like_count": "3",
                "link": "https://bsky.app/profile/ana.example/post/90",
            },
            {"source": "bluesky", "kind": "reply", "author_name": "Ana", "lang": "en", "likes": 3},
        ),
        (
            {
                "chat": "plant",
                "author": "55",
                "author_username": "ana",
                "author_name": "Ana P",
                "views": "7",
            },
            {"source": "telegram", "author": "ana", "author_name": "Ana P", "kind": "post"},
        ),
        (
            {
                "author": "ana",
                "author_full": "Ana P",
                "tiktok_url": "https://tiktok.com/@ana/video/90",
                "likes": "1",
                "comments": "2",
                "shares": "3",
                "plays": "4",
            },
            {"source": "tiktok", "likes": 1, "replies": 2, "reposts": 3},
        ),
        (
            {
                # As a server in Berlin writes it.
                "timestamp": "2026-11-03 10:30:00",
                "unix_timestamp": "1793698200",
                "author": "ana",
                "parent_id": "90",
                "num_media": "1",
                "num_likes": "5",
                "num_comments": "-1",
                "image_url": "https://a.example/1.jpg",
            },
            {"source": "instagram", "likes": 5, "replies": None},
        ),
        ({"author": "anon", "subject": "A board"}, {"source": "fourcat", "title": "A board"}),
    ],
    ids=["x", "bluesky", "telegram", "tiktok", "instagram", "another"],
)
def test_tables_of_4cat_are_known_by_their_datasource(tmp_path, own, wanted):
    found = imports.look(write(tmp_path, as_csv([COMMON | own, COMMON | own | {"id": "91"}])))
    assert not found.doubt
    item = next(found.items(NOW))
    assert {name: getattr(item, name) for name in wanted} == wanted
    assert (item.id, item.text, item.tier) == ("90", "Hello", "social")
    assert item.published == datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


def test_rows_of_linkedin_keep_their_times_as_intervals(tmp_path):
    row = COMMON | {
        "id": "7123456789012345678",
        "timestamp_ago": "2d",
        "timestamp_collected": "2026-11-05 09:30:00",
        "author": "ana-p",
        "author_name": "Ana P",
        "post_url": "https://www.linkedin.com/feed/update/urn:li:activity:7123456789012345678",
        "inclusion_context": "",
    }
    ((item,), problems) = read(write(tmp_path, as_csv([row])))
    assert not problems
    assert (item.source, item.text, item.author_name) == ("linkedin", "Hello", "Ana P")
    assert item.published_precision == 86_400


def test_a_members_own_export_of_linkedin_is_known(tmp_path):
    row = {
        "Date": "2026-11-03 09:30:00",
        "ShareLink": "https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A7123456789012345678",
        "ShareCommentary": "We land",
    }
    ((item,), _) = read(write(tmp_path, as_csv([row])))
    assert (item.source, item.text) == ("linkedin", "We land")


def test_the_zip_of_a_members_own_export_is_read_as_it_came(tmp_path):
    address = "https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A7123456789012345678"
    rows = [{"Date": "2026-11-03 09:30:00", "ShareLink": address, "ShareCommentary": "We land"}]
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("Profile.csv", "First Name,Last Name\nAna,P\n")
        archive.writestr("Shares.csv", as_csv([*rows, rows[0] | {"ShareCommentary": ""}]))
    (item,), problems = read(tmp_path / "export.zip")
    assert (item.source, item.text, item.author_name) == ("linkedin", "We land", "Ana P")
    assert len(problems) == 1
    assert problems[0].where.startswith("the archive, shares.csv row 2")


def test_other_captured_sites_are_guessed_and_called_by_their_name(tmp_path):
    row = {
        "source_platform": "tiktok.com",
        "item_id": "7501",
        "timestamp_collected": 1793698215250,
        "data": {
            "id": "7501",
            "desc": "A clip",
            "createTime": 1793698215,
            "author": {"uniqueId": "ana", "nickname": "Ana P"},
            "stats": {"diggCount": 5, "commentCount": 2, "shareCount": 1},
        },
    }
    ((item,), problems) = read(write(tmp_path, json.dumps(row)))
    assert not problems
    assert (item.source, item.text, item.author, item.author_name) == (
        "tiktok",
        "A clip",
        "ana",
        "Ana P",
    )
    assert (item.likes, item.replies, item.reposts) == (5, 2, 1)
    assert item.published == datetime(2026, 11, 3, 9, 30, 15, tzinfo=UTC)
