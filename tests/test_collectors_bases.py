"""Ids and links of feeds hang on the feed's address where they are relative, and only there."""

import pytest

from workbench.collectors.bases import needs_base
from workbench.collectors.feeds import parse

URL = "https://feeds.example/all"


def rss(inside, **attributes):
    said = "".join(f" {name.replace('_', ':')}='{value}'" for name, value in attributes.items())
    return f"<rss version='2.0'{said}><channel><title>F</title>{inside}</channel></rss>".encode()


def entry(inside):
    return rss(f"<item><title>T</title>{inside}</item>")


@pytest.mark.parametrize(
    ("inside", "own", "link"),
    [
        ("<guid>17</guid>", "https://feeds.example/17", "https://feeds.example/17"),
        ("<guid isPermaLink='false'>17</guid><link>/17</link>", "17", "https://feeds.example/17"),
        ("<guid>https://x.example/1?</guid>", "https://x.example/1", "https://x.example/1"),
        ("<guid>https://x.example/1</guid><link>b</link>", None, "https://feeds.example/b"),
        ("<guid><![CDATA[https://x.example/1]]></guid>", None, "https://x.example/1"),
        ("<guid>https://x.example/1<!-- or --></guid>", None, "https://x.example/1"),
        ("<guid>https://x.example/1?a=2&amp;b=3</guid><link>//y.example</link>", None, None),
    ],
)
def test_relative_addresses_are_joined_to_the_feeds(inside, own, link):
    made = parse(entry(inside), url=URL)[0]
    assert made.url == (link or "https://y.example")
    assert made.id.startswith(f"{URL}#{own or 'https://x.example/1'}")


def test_a_base_that_the_document_sets_is_joined_to_the_feeds():
    body = rss("<item><title>T</title><link>a</link></item>", xml_base="/news/")
    assert parse(body, url=URL)[0].url == "https://feeds.example/news/a"


def test_an_empty_link_is_the_feed_itself():
    body = (
        b"<feed xmlns='http://www.w3.org/2005/Atom'><title>F</title><entry><id>tag:x,2026:1</id>"
        b"<title>T</title><link href=''/></entry></feed>"
    )
    assert parse(body, url=URL)[0].url == URL


@pytest.mark.parametrize(
    "inside",
    [
        "<guid>https://x.example/a/b?c=1&amp;d=2#e</guid>",
        "<guid isPermaLink='false'>1</guid>",
        "<id>urn:uuid:1</id><atom:id>tag:x.example,2026:1</atom:id>",
        "<guid>\n  <![CDATA[ http://x.example:80/ ]]> </guid><link>/relative</link>",
    ],
)
def test_whole_ids_need_no_address(inside):
    assert not needs_base(entry(inside))


@pytest.mark.parametrize(
    "inside",
    [
        "<guid>1</guid>",
        "<GUID isPermaLink='true'>1</GUID>",
        "<guid>https://x.example/1;</guid>",
        "<guid>https://x.example/1#</guid>",
        "<guid>https://x.example/1<!-- -->#</guid>",
        "<guid>https://[x.example/1</guid>",
        "<guid>https://x.example/&#49;</guid>",
        "<guid/>",
        "<guid ",
        "<link>https://x.example/AT&amp;</link>",
        "<enclosure url=' '/>",
        "<description xml:base = 'a'/>",
    ],
)
def test_whatever_is_not_surely_whole_needs_the_address(inside):
    assert needs_base(entry(inside))
