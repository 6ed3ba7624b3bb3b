"""What strangers can put into a post or a feed to make us slow, large or wrong."""

import json
from datetime import UTC, datetime

import pytest

from workbench.collectors import bluesky, feeds
from workbench.errors import SourceError

NOW = datetime(2026, 11, 19, 10, tzinfo=UTC)
DID = "did:plc:anaaaaaaaaaaaaaaaaaaaaaa"
FACET = "app.bsky.richtext.facet#"


def posted(**record):
    commit = {
        "operation": "create",
        "collection": "app.bsky.feed.post",
        "rkey": "p1",
        "record": {"createdAt": "2026-11-19T09:00:00Z", **record},
    }
    return {"did": DID, "time_us": 1_795_082_400_000_000, "kind": "commit", "commit": commit}


def parse(event):
    return bluesky.parse(json.dumps(event).encode(), collected=NOW)


def test_a_backslash_before_u0000_is_text_like_any_other():
    for text in (r"NUL is \u0000", r'a\u0000"b', r"\\u0000", "a\\"):
        (item,) = parse(posted(text=text))
        assert item.text == text
    (item,) = parse(posted(text="a\0b \\\0c"))
    assert item.text == "ab \\c"


def test_a_post_beyond_what_bluesky_allows_is_cut():
    facets = [
        {
            "index": {"byteStart": 0, "byteEnd": 1},
            "features": [
                {"$type": f"{FACET}link", "uri": f"https://x.example/{n}"} for n in range(5_000)
            ],
        }
    ]
    images = [{"alt": "a" * 100_000}]
    embed = {"$type": "app.bsky.embed.images", "images": images}
    result = parse(posted(text="x" * 1_000_000, facets=facets, embed=embed, tags=["$" + "a" * 999]))
    (item,) = result
    assert len(item.text) == 3_000
    assert len(item.links) == 100
    assert len(item.media[0].alt) == 2_000
    assert item.cashtags == ()
    assert "1,000,000 characters" in result.problems[0].reason


def test_addresses_and_handles_of_no_sane_length_are_left_out():
    endless = "at://" + "a" * 10_000
    event = posted(subject={"uri": endless})
    event["commit"]["collection"] = "app.bsky.feed.like"
    assert parse(event).counts == []
    quoting = {
        "$type": "app.bsky.embed.record",
        "record": {"uri": f"{endless}/app.bsky.feed.post/1"},
    }
    (item,) = parse(posted(text="a", embed=quoting))
    assert item.quote_of is None
    identity = {"did": DID, "time_us": 1, "kind": "identity", "identity": {"handle": "a" * 1_000}}
    assert parse(identity).accounts == []


def test_a_feeds_endless_name_is_not_stored_with_each_entry():
    entry = "<item><guid>{}</guid><title>a</title>{}</item>"
    media = "".join(
        f'<enclosure url="https://x.example/{n}" type="image/png"/>' for n in range(500)
    )
    entries = "".join(entry.format(n, media) for n in range(3))
    title = "endless " * 100_000
    xml = f"<rss version='2.0'><channel><title>{title}</title>{entries}</channel></rss>"
    for item in feeds.parse(xml.encode(), collected=NOW):
        assert len(item.author_name) <= 302
        assert len(item.media) == 100


def test_a_tag_of_attributes_without_end_is_refused():
    attributes = "".join(f" a{n}='1'" for n in range(300_000))
    xml = f"<rss version='2.0'><channel><item{attributes}/></channel></rss>"
    with pytest.raises(SourceError, match="a tag of more than 200,000 bytes"):
        feeds.parse(xml.encode())
