"""Reddit's search and a brought file under the real service: asked for what columns want."""

import time
from datetime import UTC, datetime, timedelta

import pytest
import redditserver
from redditserver import post

from workbench import decks, store
from workbench.http import Client
from workbench.service import Service

DECK = """
title: T
sources:
  - {{collector: reddit, every: 1s, lang: en}}
  - {{collector: linkedin, file: {file}, every: 1s}}
columns:
  - {{type: search, title: A, query: acme}}
  - {{type: search, title: G, query: "globex min_likes:5"}}
  - {{type: search, title: D, query: "lang:de"}}
"""


def until(condition):
    """Wait until something is so; fail if it never is."""
    for _ in range(3_000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never was so")


@pytest.fixture
def reddit(monkeypatch):
    monkeypatch.setenv("WORKBENCH_REDDIT_ID", redditserver.ID)
    monkeypatch.setenv("WORKBENCH_REDDIT_SECRET", redditserver.SECRET)
    with redditserver.running() as server:
        yield server


def test_one_search_serves_the_columns_and_follows_an_edited_deck(reddit, tmp_path):
    now = datetime.now(UTC)
    file, path = tmp_path / "brought.csv", tmp_path / "t.yaml"
    file.write_text("text,author,time_ago\nAcme lands well,bo,2d\nOther,bo,1d\n")
    path.write_text(DECK.format(file=file))
    reddit.put(
        post("a", now - timedelta(minutes=9), "Acme buys"),
        post("b", now - timedelta(minutes=8), "Globex sells"),
    )
    hosts = dict.fromkeys(("www.reddit.com", "oauth.reddit.com"), reddit.address)
    with store.open(tmp_path / "s.db") as opened:

        def held():
            return {item.title or item.text for item in opened.search(None, limit=20)}

        def covered():
            return {span.query for span in opened.coverage(source="reddit")}

        with Service(decks.load(path), opened, Client(hosts=hosts, interval=0)):
            until(lambda: len(held()) == 3)
            path.write_text(path.read_text().replace('"lang:de"', "initech"))
            reddit.put(post("i", datetime.now(UTC), "Initech here"))
            until(lambda: "Initech here" in held())
        # What matches may be liked later, so it is kept now; a language cannot be asked for.
        assert held() == {"Acme buys", "Globex sells", "Initech here", "Acme lands well"}
        assert covered() == {"acme", "globex min_likes:5", "initech"}
        (brought,) = opened.search("source:linkedin")
        assert brought.published_precision == 86_400
    asked = [given["q"] for where, given, _ in reddit.asked if where == "/search"]
    assert (asked[0], asked[-1]) == ("acme OR globex", "acme OR globex OR initech")
