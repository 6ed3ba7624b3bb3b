"""Newswires: one release in many feeds, whose it is, and what is listed."""

import threading
from datetime import UTC, datetime

import pytest
from rawserver import reply, running

from workbench.collectors import Covered, feeds
from workbench.collectors.listings import is_isin, isins_in, issuer_of
from workbench.collectors.newswires import Newswires, parse
from workbench.errors import SettingError, SourceError
from workbench.http import Client
from workbench.query import parse as query

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

GLOBE = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://dublincore.org/documents/dcmi-namespace/"><channel>
<title>GlobeNewswire - News about Public Companies</title>
<item>
  <guid isPermaLink="true">https://www.globenewswire.com/news-release/2026/11/22/31/0/en/nova.html</guid>
  <link>https://www.globenewswire.com/news-release/2026/11/22/31/0/en/nova.html</link>
  <category
    domain="https://www.globenewswire.com/rss/stock">Nasdaq:NOVA</category>
  <category domain="https://www.globenewswire.com/rss/stock">Nasdaq:NOT A SYMBOL</category>
  <category domain="https://www.globenewswire.com/rss/ISIN">US0378331005</category>
  <category domain="https://www.globenewswire.com/rss/ISIN">US0378331006</category>
  <title>Nova Reports Third Quarter Results</title>
  <description><![CDATA[<p align="justify">OAKHALLOW, Nov. 22, 2026 (GLOBE NEWSWIRE) -- Nova
    Corp. (NASDAQ: NOVA) said.<script>alert(1)</script></p>]]></description>
  <pubDate>Sun, 22 Nov 2026 09:06 GMT</pubDate>
  <dc:language>en</dc:language>
  <dc:contributor>Nova Corp.</dc:contributor>
  <dc:publisher>GlobeNewswire Inc.</dc:publisher>
</item>
</channel></rss>"""

PLAIN = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>All News</title><language>en</language>
<item><title>Acme and Globex Join Hands</title><guid>20261122005001en</guid>
<link>https://www.businesswire.com/news/home/20261122005001/en/Acme</link>
<description>SALTBURY--(BUSINESS WIRE)--Acme &amp;amp; Co., Inc. ("Acme") (NYSE: ACM.B) and Globex
SE (Xetra: GBX; ISIN: DE0007164600) &lt;img src=x onerror=alert(1)&gt; today.</description>
<pubDate>Sun, 22 Nov 2026 09:00:05 UT</pubDate></item>
<item><title>株式会社ノヴァ、新社長を発表</title><guid>2</guid>
<description>Tokyo. (TSE: 7203)</description></item>
<item><title>Cures &amp; Rumours (rated A: good)</title><guid>3</guid>
<description>A ratio of 3:1</description></item>
</channel></rss>"""


def test_a_release_says_whose_it_is_and_what_is_listed():
    (item,) = parse(GLOBE.encode(), wire="globenewswire", collected=NOON)
    assert (item.source, item.kind, item.tier) == ("newswires", "release", "wire")
    assert item.author_name == "Nova Corp."
    assert item.tickers == ("NOVA", "US0378331005")
    assert (item.published, item.published_precision) == (
        datetime(2026, 11, 22, 9, 6, tzinfo=UTC),
        60.0,
    )
    assert "alert" not in item.text
    assert query("ticker:US0378331005 tier:wire domain:globenewswire.com").matches(item)


def test_the_company_is_found_in_prose_where_the_feed_does_not_name_it():
    acme, nova, rumours = parse(PLAIN.encode(), wire="businesswire", collected=NOON)
    assert acme.author_name == "Acme & Co., Inc."
    assert acme.tickers == ("ACM.B", "GBX", "DE0007164600")
    assert "<img" not in acme.text
    assert (nova.title, nova.tickers) == ("株式会社ノヴァ、新社長を発表", ("7203",))
    assert (nova.published, nova.published_precision) == (NOON, None)
    assert (rumours.author_name, rumours.tickers) == ("Business Wire", ())


def test_a_release_is_the_same_in_whichever_feed_it_stands():
    ids = {parse(body.encode(), wire="globenewswire")[0].id for body in (GLOBE, GLOBE + "<!-- -->")}
    assert ids == {
        "globenewswire#https://www.globenewswire.com/news-release/2026/11/22/31/0/en/nova.html"
    }


def test_feeds_find_isins_too():
    (item,) = feeds.parse(GLOBE.encode(), url="https://feeds.example/a", tier="wire")
    assert item.tickers == ("NOVA", "US0378331005")


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("US0378331005", True), ("DE0007164600", True), ("GB0002634946", True),
        ("JP3633400001", True), ("US0378331006", False), ("us0378331005", False),
        ("US037833100", False), ("000378331005", False), ("", False),
    ],
)  # fmt: skip
def test_an_isins_check_digit_is_verified(code, right):
    assert is_isin(code) is right


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("ISIN: US0378331005", ("US0378331005",)),
        ("(ISIN DE0007164600, GB0002634946)", ("DE0007164600", "GB0002634946")),
        ("ISIN US0378331006", ()),
        ("code US0378331005", ()),
        ("ISIN XUS0378331005X", ()),
        ("ISIN" + " ISIN" * 50_000, ()),
    ],
)
def test_isins_in_prose(text, codes):
    assert isins_in(text) == codes


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("KVR, Nov. 22 /PRNewswire/ -- Northwind Air, Inc. (NYSE: NWND), an airline",
         "Northwind Air, Inc."),
        ("PARIS — Société de l'Air (Euronext Paris: SDA)", "Société de l'Air"),
        ("A -- Nova Corp. (the company) said that Acme (NYSE: ACM)", None),
        ("A -- lower case corp (NYSE: ACM)", None),
        ("A -- Acme, NYSE: ACM", None),
        ("Acme Corp (NYSE: ACM) rose", None),
        ("A -- " + "Word " * 5_000 + "(NYSE: ACM)", None),
        ("", None),
    ],
)  # fmt: skip
def test_whose_release_it_is(text, name):
    assert issuer_of(text) == name


@pytest.mark.parametrize("body", [b"<html><title>Sorry</title></html>", b"{}", b""])
def test_what_is_no_feed_is_an_error(body):
    with pytest.raises(SourceError, match="is no feed but"):
        parse(body, wire="prnewswire")


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({"wire": "prnewswire"}, "https://www.prnewswire.com/rss/news-releases-list.rss"),
        ({"wire": "prnewswire", "feed": "energy"},
         "https://www.prnewswire.com/rss/energy-latest-news/energy-latest-news-list.rss"),
        ({"wire": "globenewswire", "feed": "subjectcode/27-Mergers And Acquisitions"},
         "https://www.globenewswire.com/RssFeed/subjectcode/27-Mergers%20And%20Acquisitions"),
        ({"wire": "globenewswire", "feed": "https://www.globenewswire.com/RssFeed/industry/9572-A%20B"},
         "https://www.globenewswire.com/RssFeed/industry/9572-A%20B"),
        ({"wire": "businesswire", "feed": "G1QFDERJXkJeGVtXWw=="},
         "https://feed.businesswire.com/rss/home/?rss=G1QFDERJXkJeGVtXWw=="),
    ],
)  # fmt: skip
def test_a_feed_is_named_by_what_its_address_ends_in(given, url):
    assert Newswires(**given).url == url


def test_sources_are_told_apart_by_wire_and_feed():
    assert Newswires(wire="prnewswire").key == "newswires:prnewswire"
    assert Newswires(wire="prnewswire", feed=" energy ").key == "newswires:prnewswire energy"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"wire": "telex"}, "wire='telex' is none of prnewswire, globenewswire, businesswire"),
        ({"wire": "prnewswire", "feed": "https://evil.example/rss/x"}, "is no feed of PR Newswire"),
        ({"wire": "prnewswire", "feed": "../../x"}, "write what its address ends in"),
        ({"wire": "businesswire", "feed": "x" * 301}, "is no feed of Business Wire"),
        ({"wire": "globenewswire", "feed": "a?b"}, "is no feed of GlobeNewswire"),
    ],
)
def test_settings_that_cannot_work_are_refused(given, said):
    with pytest.raises(SettingError, match=said):
        Newswires(**given)


def test_it_is_polled_as_feeds_are():
    source = Newswires(wire="globenewswire")
    with running() as server:
        client = Client(hosts={"www.globenewswire.com": server.address}, interval=0)
        server.says(reply(GLOBE.encode(), ETag='"1"'), reply(status="304 Not Modified"))
        cursor, spans, found = None, [], []
        for minute in (0, 3):
            clock = NOON.replace(minute=minute)
            (batch,) = source.collect(client, cursor, now=lambda: clock, stop=threading.Event())  # noqa: B023 - used at once
            cursor = batch.cursor
            spans += batch.spans
            found += batch.result
        assert "GET /RssFeed/orgclass/1/" in server.heads[0]
        assert 'If-None-Match: "1"' in server.heads[1]
    assert len(found) == 1
    assert spans[1] == Covered(NOON, NOON.replace(minute=3))
