"""Google News: headlines of its search, what each poll asks for and covers."""

import threading
from datetime import UTC, datetime, timedelta
from html import escape
from urllib.parse import parse_qs, urlsplit

import pytest
import rawserver

from workbench.collectors import Covered
from workbench.collectors.googlenews import GoogleNews, parse
from workbench.errors import RateLimited, SettingError, SourceError
from workbench.http import Client
from workbench.query import parse as read

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)


def at(minute):
    return NOON + timedelta(minutes=minute)


def entry(number, title="Acme buys Globex - The Ledger", outlet="The Ledger", when="", more=""):
    link = f"https://news.google.com/rss/articles/CBMi{number}?oc=5"
    about = f'<a href="{link}" target="_blank">{title}</a>&nbsp;&nbsp;<font>{outlet}</font>'
    return (
        f"<item><title>{escape(title)}</title><link>{link}</link>"
        f"<guid isPermaLink='false'>CBMi{number}</guid>"
        f"<pubDate>{when or 'Thu, 19 Nov 2026 10:20:30 GMT'}</pubDate>"
        f"<description>{escape(about)}</description>"
        f"<source url='https://www.ledger.example'>{outlet}</source>{more}</item>"
    )


def feed(*entries):
    return (
        "<?xml version='1.0'?><rss version='2.0'><channel><generator>NFE/5.0</generator>"
        "<title>&quot;acme&quot; - Google News</title><link>https://news.google.com/search</link>"
        f"<language>en-US</language>{''.join(entries)}</channel></rss>"
    ).encode()


def test_an_article_has_its_outlets_name_and_a_headline_without_it():
    (item,) = parse(feed(entry(1)), collected=NOON)
    assert (item.source, item.id, item.kind, item.tier) == (
        "googlenews", "CBMi1", "article", "news",
    )  # fmt: skip
    assert (item.title, item.text, item.lang) == ("Acme buys Globex", "", "en-US")
    assert (item.author_name, item.author_url) == ("The Ledger", "https://www.ledger.example")
    assert item.published == datetime(2026, 11, 19, 10, 20, 30, tzinfo=UTC)
    assert item.published_precision == 1
    assert item.url == "https://news.google.com/rss/articles/CBMi1?oc=5"
    assert item.links == (item.url, "https://www.ledger.example")
    assert read("acme domain:ledger.example").matches(item)


@pytest.mark.parametrize(
    ("title", "outlet", "shown"),
    [
        ("Up - and down - The Ledger", "The Ledger", "Up - and down"),
        ("Up - The Ledger online", "The Ledger", "Up - The Ledger online"),
        ("北風が値上げ - 朝のしお", "朝のしお", "北風が値上げ"),
        ("<b>Acme</b> & <script>x()</script>co - L", "L", "Acme & co"),
    ],
)
def test_only_the_outlets_own_name_is_cut_off(title, outlet, shown):
    (item,) = parse(feed(entry(1, title, outlet)))
    assert item.title == shown


def test_what_is_missing_is_null_and_no_link_runs():
    body = feed(
        "<item><title>Bare</title></item>",
        "<item><title>Odd</title><link>javascript:alert(1)</link><source url='data:x'>O</source>"
        "<pubDate>Sat, 01 Jan 0000 00:00:00 GMT</pubDate></item>",
    )
    bare, odd = parse(body, collected=NOON)
    assert (bare.url, bare.links, bare.published, bare.published_precision) == (
        None, (), NOON, None,
    )  # fmt: skip
    assert (odd.url, odd.author_url, odd.links) == (None, None, ())
    assert odd.time == NOON


def test_what_is_no_feed_says_what_came():
    page = b"<!doctype html><html><title>Before you continue to Google</title>"
    with pytest.raises(SourceError, match="an HTML page titled 'Before you continue to Google'"):
        parse(page)
    with pytest.raises(SourceError, match="11 MB"):
        parse(b"<rss>" + b" " * 11_000_000)


class Search:
    def __init__(self):
        self.asked, self.bodies = [], {}

    def __call__(self, connection, head):
        given = parse_qs(urlsplit(head.split()[1]).query)
        given = {name: values[0] for name, values in given.items()}
        self.asked.append(given)
        words = given["q"].rpartition(" when:")[0]
        connection.sendall(rawserver.reply(self.bodies.get(words, feed())))


@pytest.fixture(scope="module")
def running():
    with rawserver.running() as server:
        yield server


@pytest.fixture
def search(running):
    running.answer = search = Search()
    return search


class Polling:
    def __init__(self, server, collector):
        self.client = Client(hosts={"news.google.com": server.address}, interval=0)
        self.collector, self.cursor, self.stop = collector, None, threading.Event()

    def __call__(self, minute):
        found, self.spans = [], []
        for batch in self.collector.collect(
            self.client, self.cursor, now=lambda: at(minute), stop=self.stop
        ):
            found += [item.title for item in batch.result]
            self.spans += batch.spans
            self.cursor = batch.cursor
        return found


def asking(*texts, **options):
    return GoogleNews(**options).ask([read(text) for text in texts], {})


def test_each_text_is_searched_for_once_whoever_wants_it(running, search):
    search.bodies["acme"] = feed(entry(1), entry(2, "Acme sells - L", "L"))
    texts = ("acme lang:en", "acme -crypto", '"north wind" OR globex', "from:ana", "#acme")
    poll = Polling(running, asking(*texts, lang="pt-br", region="br"))
    assert poll(0) == ["Acme buys Globex", "Acme sells"]
    assert search.asked == [
        {"q": "acme when:25h", "hl": "pt-BR", "gl": "BR", "ceid": "BR:pt-BR"},
        {"q": '"north wind" OR globex when:25h', "hl": "pt-BR", "gl": "BR", "ceid": "BR:pt-BR"},
    ]
    queries = ("acme lang:en", "acme -crypto", '"north wind" OR globex')
    assert poll.spans == [Covered(at(-60 * 24), at(0), queries=queries)]


def test_later_polls_look_back_as_far_as_the_last_and_a_little_more(running, search):
    poll = Polling(running, asking("acme"))
    for minute, when in ((0, "25h"), (15, "2h"), (15 + 60 * 30, "31h"), (60 * 24 * 10, "9d")):
        poll(minute)
        assert search.asked[-1]["q"] == f"acme when:{when}"
    assert search.asked[-1]["hl"] == "en-US"
    assert poll.spans == [Covered(at(15 + 60 * 30), at(60 * 24 * 10), queries=("acme",))]


def test_a_full_answer_is_a_gap_of_the_queries_that_it_is_for(running, search):
    search.bodies["acme"] = feed(*(entry(number) for number in range(100)))
    poll = Polling(running, asking("acme", "globex"))
    assert len(poll(0)) == 100
    reason = "Google lists 100 entries at most"
    assert poll.spans == [
        Covered(at(-60 * 24), at(0), "gap", reason, ("acme",)),
        Covered(at(-60 * 24), at(0), queries=("globex",)),
    ]


def test_a_query_of_the_decks_own_is_searched_for_instead(running, search):
    collector = asking("globex", query="acme  OR intitle:acme")
    assert collector.key == 'googlenews "acme OR intitle:acme" US:en'
    poll = Polling(running, collector)
    poll(0)
    assert [given["q"] for given in search.asked] == ["acme OR intitle:acme when:25h"]
    assert poll.spans == [Covered(at(-60 * 24), at(0))]


def test_a_limit_makes_it_wait_and_keeps_what_was_searched(running, search):
    poll = Polling(running, asking("acme", "globex"))
    limit = rawserver.reply(status="429 Too Many Requests", Retry_After="120")
    running.says(rawserver.reply(feed(entry(1))), limit)
    with pytest.raises(RateLimited):
        poll(0)
    running.answer = search
    poll.client = Client(hosts={"news.google.com": running.address}, interval=0)
    poll(10)
    assert [given["q"] for given in search.asked] == ["globex when:25h", "acme when:2h"]
    assert {span.queries: span.start for span in poll.spans} == {
        ("acme",): at(0), ("globex",): at(10 - 60 * 24),
    }  # fmt: skip


def test_with_nothing_to_search_for_it_says_what_it_needs(running):
    with pytest.raises(SourceError, match="nothing to search for; give it a query:"):
        Polling(running, asking("from:ana"))(0)


@pytest.mark.parametrize(
    "options", [{"query": "x" * 301}, {"lang": "all of them"}, {"region": "USA"}, {"every": "now"}]
)
def test_parameters_that_cannot_be_are_refused(options):
    with pytest.raises(SettingError):
        GoogleNews(**options)
