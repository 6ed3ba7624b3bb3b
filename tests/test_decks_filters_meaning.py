"""What each filter and mute leaves, told by plain Python on random items."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache

from hypothesis import given, settings
from strategies import NOW, items

from workbench.decks import check_columns
from workbench.tokens import fold

LISTS = {"board": ("alice.bsky.social", "bob")}


def is_from(item, *handles):
    author = fold(item.author or "")
    return bool({author, author.split("@")[0]} & {*handles})


def within(n, least, most):
    return n is not None and least <= n <= most


MEANINGS = [
    ({"media": "any"}, lambda i: len(i.media) > 0),
    ({"media": ["image", "link"]}, lambda i: "image" in [m.type for m in i.media] or i.links),
    ({"lang": ["en", "zh"]}, lambda i: (i.lang or "").lower().split("-")[0] in {"en", "zh"}),
    ({"since": "2026-11-21"}, lambda i: i.time >= datetime(2026, 11, 21, tzinfo=UTC)),
    ({"since": "12h"}, lambda i: timedelta(0) <= NOW - i.time <= timedelta(hours=12)),
    ({"until": "2026-11-22T12:00Z"}, lambda i: i.time < NOW),
    ({"author": "all"}, lambda _: True),
    ({"author": "verified"}, lambda i: i.verified is True),
    ({"author": "@Bob"}, lambda i: is_from(i, "bob")),
    ({"author": "list:board"}, lambda i: is_from(i, "bob", "alice.bsky.social")),
    ({"author": ["verified", "bob"]}, lambda i: i.verified is True or is_from(i, "bob")),
    ({"followers": {"at_least": 10}}, lambda i: within(i.followers, 10, 10**99)),
    ({"likes": {"at_most": 10}}, lambda i: within(i.likes, 0, 10)),
    ({"reposts": {"at_least": 1, "at_most": 9}}, lambda i: within(i.reposts, 1, 9)),
    ({"replies": {"at_most": 0}}, lambda i: within(i.replies, 0, 0)),
    ({"mentioning": "bob"}, lambda i: "bob" in i.mentions),
    ({"is_repost": "exclude"}, lambda i: i.kind != "repost"),
    ({"is_reply": "only"}, lambda i: i.kind == "reply"),
    ({"is_quote": "include"}, lambda _: True),
    ({"source": "feeds"}, lambda i: i.source == "feeds"),
    ({"tier": ["wire", "news"]}, lambda i: i.tier in {"wire", "news"}),
    ({"kind": "filing"}, lambda i: i.kind == "filing"),
    ({"sentiment": "negative"}, lambda i: within(i.compound, -1, -0.05)),
    ({"sentiment": ["negative", "neutral"]}, lambda i: within(i.compound, -1, 0.0499)),
    ({"sentiment": "<-0.05"}, lambda i: i.compound is not None and i.compound < -0.05),
    ({"sentiment": {"at_least": -0.3, "at_most": 0}}, lambda i: within(i.compound, -0.3, 0)),
    ({"sensitive": "excluded"}, lambda i: i.sensitive is not True),
    ({"sensitive": "shown"}, lambda _: True),
    ({"exclude": ["is:quote", "tier:wire"]}, lambda i: i.kind != "quote" and i.tier != "wire"),
    ({"match": ["is:quote", "tier:wire"]}, lambda i: i.kind == "quote" or i.tier == "wire"),
    ({"regex": "^$"}, lambda i: "" in (i.text, i.title)),
]  # fmt: skip
MUTES = [
    ({"account": "@BOB"}, lambda i: is_from(i, "bob")),
    ({"word": "#Mars"}, lambda i: "mars" in map(fold, i.hashtags)),
    ({"source": "feeds"}, lambda i: i.source == "feeds"),
    ({"regex": "^$"}, lambda i: "" in (i.text, i.title)),
    ({"source": "feeds", "until": "2026-11-22T11:00Z"}, lambda _: False),
    ({"source": "feeds", "until": "2026-11-22T12:00Z"}, lambda _: False),
    ({"source": "feeds", "until": "2026-11-22T12:01Z"}, lambda i: i.source == "feeds"),
]


def leaves(item, **given):
    """Return whether a column that shows everything shows an item with these settings."""
    return query_of(json.dumps(given)).matches(item, now=NOW, lists=LISTS)


@cache
def query_of(settings):
    everything = {"type": "search", "title": "A", "query": "tier:social OR -tier:social"}
    (column,) = check_columns([everything | json.loads(settings)], of="deck ceo", lists=LISTS)
    return column.query


@given(item=items)
@settings(max_examples=300)
def test_each_filter_leaves_what_it_says(item):
    shown = [each for each, _ in MEANINGS if leaves(item, filters=each)]
    assert shown == [each for each, meaning in MEANINGS if meaning(item)]


@given(item=items)
@settings(max_examples=300)
def test_each_mute_hides_what_it_says(item):
    hidden = [each for each, _ in MUTES if not leaves(item, mutes=[each])]
    assert hidden == [each for each, meaning in MUTES if meaning(item)]


@given(item=items)
def test_filters_must_all_be_passed_and_mutes_hide_each_for_itself(item):
    filters = [({"lang": "en"}), ({"is_repost": "exclude"}), ({"likes": {"at_least": 1}})]
    together = leaves(item, filters={name: f[name] for f in filters for name in f})
    assert together is all(leaves(item, filters=each) for each in filters)
    mutes = [{"account": "bob"}, {"source": "feeds"}]
    assert leaves(item, mutes=mutes) is all(leaves(item, mutes=[each]) for each in mutes)
