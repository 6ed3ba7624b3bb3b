"""What sources are sent, and that it is never less than the query."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import LISTS, NOW, items, queries

from workbench.errors import SettingError
from workbench.query import dialect, parse

SEARCHED = (
    "bluesky_search",
    "edgar",
    "gdelt",
    "googlenews",
    "hackernews",
    "mastodon",
    "reddit",
    "x",
)


@pytest.mark.parametrize(
    ("source", "text", "upstream", "left"),
    [
        ("x", "acme AND globex", ["acme globex"], []),
        ("x", "iphone -(apple OR android)", ["iphone -apple -android"], []),
        ("x", "iphone -(apple android)", ["iphone"], ["-(apple android)"]),
        ("x", "apple OR iphone ipad", ["apple OR (iphone ipad)"], []),
        ("x", '"state of the art" -is:repost lang:en',
         ['"state of the art" -is:retweet lang:en'], []),
        ("x", "acme lang:en-GB", ["acme lang:en"], ["lang:en-gb"]),
        ("x", "acme min_faves:10 since:2026-11-21",
         ["acme"], ["min_likes:10", "since:2026-11-21T00:00:00Z"]),
        ("x", "acme domain:reuters.com", ['acme url:"reuters.com"'], ["domain:reuters.com"]),
        ("x", "acme -domain:reuters.com", ["acme"], ["-domain:reuters.com"]),
        ("x", 'acme regex:"air|rail"', ["acme"], ['regex:"air|rail"']),
        ("x", "acme -regex:rail", ["acme"], ['-regex:"rail"']),
        ("x", "acme -(rail expires:2026-12-01)", ["acme"],
         ["-(rail expires:2026-12-01T00:00:00Z)"]),
        ("x", "acme -(rail OR bus)", ["acme -rail -bus"], []),
        ("x", "bank*", None, ["bank*"]),
        ("x", "acme bank*", ["acme"], ["bank*"]),
        ("x", "acme OR bank*", None, ["acme OR bank*"]),
        ("x", "bank NEAR/3 (run OR rush)", ["bank (run OR rush)"], ["bank NEAR/3 (run OR rush)"]),
        ("x", '"bank * river"', ["bank river"], ['"bank * river"']),
        ("x", "lang:en", None, ["lang:en"]),
        ("x", "-acme", None, ["-acme"]),
        ("x", "acme OR -globex", None, ["acme OR -globex"]),
        ("x", "from:@NASA OR to:nasa OR @nasa", ["from:nasa OR to:nasa OR @nasa"], []),
        ("x", "from:bob@fosstodon.org", None, ["from:bob@fosstodon.org"]),
        ("x", '"or" acme', ['"or" acme'], []),
        ("reddit", "acme (globex OR initech) -crypto",
         ["acme AND (globex OR initech)"], ["acme", "globex OR initech", "-crypto"]),
        ("reddit", "acme OR #Globex OR $ACME", ["acme OR globex OR acme"],
         ["acme OR #globex OR $acme"]),
        ("reddit", 'intitle:"to acquire"', ['title:"to acquire"'], ['intitle:"to acquire"']),
        ("hackernews", "acme (globex OR initech)",
         ["acme globex", "acme initech"], ["acme", "globex OR initech"]),
        ("bluesky_search", "acme from:alice.bsky.social -crypto",
         ["acme from:alice.bsky.social"], ["acme", "from:alice.bsky.social", "-crypto"]),
        ("mastodon", "(#acme OR #Globex) lang:en",
         ["acme", "globex"], ["#acme OR #globex", "lang:en"]),
        ("mastodon", "#acme OR globex", None, ["#acme OR globex"]),
        ("mastodon", "#acme #globex", ["acme"], ["#acme", "#globex"]),
        ("gdelt", "acme at domain:reuters.com",
         ["acme domain:reuters.com"], ["acme", "at", "domain:reuters.com"]),
        ("googlenews", 'acme (globex OR intitle:"to buy") domain:reuters.com -crypto',
         ['acme (globex OR intitle:"to buy") site:reuters.com'],
         ["acme", 'globex OR intitle:"to buy"', "domain:reuters.com", "-crypto"]),
        ("edgar", '"material weakness" restat* form:8-K', ['"material weakness" restat*'],
         ['"material weakness"', "restat*", "form:8-k"]),
        ("bluesky", "acme", None, ["acme"]),
        ("feeds", "acme lang:en", None, ["acme", "lang:en"]),
    ],
)  # fmt: skip
def test_what_a_source_is_sent(source, text, upstream, left):
    said = dialect(source, parse(text))
    assert said.upstream == (None if upstream is None else tuple(upstream))
    assert said.left == tuple(left)


def test_an_unknown_source_is_refused_with_the_known_ones():
    with pytest.raises(SettingError, match=r"'myspace' is no source; known are bluesky, .*, x$"):
        dialect("myspace", parse("acme"))


def test_x_is_never_sent_more_than_512_characters():
    words = [f"company{n:03}" for n in range(150)]
    said = dialect("x", parse(" OR ".join(words)))
    assert max(map(len, said.upstream)) <= 512
    assert said.left == ()
    assert re.findall(r"\w+\d", " ".join(said.upstream)) == words


def test_what_does_not_fit_is_left():
    words = [f"company{n:03}" for n in range(100)]
    said = dialect("x", parse(" ".join(words)))
    assert len(said.upstream[0]) <= 512
    assert said.left == tuple(words)


def test_too_many_cases_are_not_sent_one_by_one():
    words = [f"company{n:03}" for n in range(100)]
    assert dialect("hackernews", parse(" OR ".join(words))).upstream is None
    said = dialect("hackernews", parse(f"acme ({' OR '.join(words)})"))
    assert said.upstream == ("acme",)


def as_ours(source, text):
    """What a source's query means, by its documentation, in our own language."""
    if source == "mastodon":
        return f'#"{text}"'
    for theirs, ours in (
        ("is:retweet", "is:repost"),
        ("title:", "intitle:"),
        ("author:", "from:"),
        ("nsfw:yes", "is:sensitive"),
    ):
        text = re.sub(rf"\b{theirs}", ours, text)  # Google's own "intitle:" is ours already
    return text


@settings(max_examples=300)
@given(st.sampled_from(SEARCHED), queries, items)
def test_upstream_is_never_narrower_and_what_is_left_completes_it(source, query, item):
    if source == "reddit":  # which has no tags of its own: what bears one holds the word
        item = replace(item, text=" ".join((item.text, *item.hashtags, *item.cashtags)))
    said = dialect(source, query)
    matches = query.matches(item, now=NOW, lists=LISTS)
    brought = said.upstream is None or any(
        parse(as_ours(source, text)).matches(item, now=NOW, lists=LISTS) for text in said.upstream
    )
    kept = all(parse(text).matches(item, now=NOW, lists=LISTS) for text in said.left)
    assert brought or not matches
    assert matches == (brought and kept)
