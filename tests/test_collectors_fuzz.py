"""Payloads of which any part may be anything: what is read of them can be stored."""

import copy
import json
from datetime import UTC
from pathlib import Path

import pytest
from edgarlists import company, found, hit
from hypothesis import given, settings
from hypothesis import strategies as st
from redditserver import comment, listing, post
from strategies import NOW

from workbench import store
from workbench.collectors import edgar, gdelt, hackernews, linkedin, mastodon, reddit, x
from workbench.errors import SourceError
from workbench.items import Item

DATA = Path(__file__).parent / "data"
STATUSES = json.loads((DATA / "mastodon" / "timeline.json").read_bytes())
HITS = json.loads((DATA / "hackernews" / "search.json").read_bytes())["hits"]
STORY = json.loads((DATA / "hackernews" / "story.json").read_bytes())

POSTS = json.loads((DATA / "x" / "search.json").read_bytes())
ELEMENT = {
    "id": "urn:li:share:7000000001",
    "commentary": r"@[A \(B\)](urn:li:organization:5) {hashtag|\#|c}",
    "publishedAt": 1_763_000_000_000,
    "lifecycleState": "PUBLISHED",
    "reshareContext": {"parent": "urn:li:share:7000000002"},
    "content": {"multiImage": {"images": [{"id": "urn:li:image:1", "altText": "a"}]}},
}
CAPTURED = {
    "updateMetadata": {"urn": "urn:li:activity:7000000000000000001"},
    "actor": {"name": {"text": "A"}, "subDescription": {"text": "2d"}, "navigationContext": {}},
    "commentary": {"text": {"text": "b"}},
    "*socialDetail": {"*totalSocialActivityCounts": {"numLikes": 1}},
}

ARTICLE = {
    "url": "https://www.a.example/1?utm_source=x", "url_mobile": "https://m.a.example/1/amp",
    "title": "A , b ' s c", "seendate": "20261119T101500Z", "domain": "a.example",
    "socialimage": "https://a.example/i.jpg", "language": "Spanish", "sourcecountry": "Mexico",
}  # fmt: skip
THINGS = [
    post("a", NOW, crosspost_parent="t3_b", crosspost_parent_list=[post("b", NOW)["data"]]),
    post("c", NOW, media_metadata={"m": {"s": {"u": "https://i.example/m"}}}, edited=1.5e9),
    comment("d", NOW, "See <a href='https://acme.example'>this</a>"),
]

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(st.characters(codec=None), max_size=8)
    | st.sampled_from(
        ["\ud800", "a" * 3_000, "https://[", "//", "9999-12-31T23:59:59-14:00", "@@"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value, path=()):
    """Return the paths of all that a payload holds."""
    yield path
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in inner:
            yield from places(part, (*path, key))


@st.composite
def broken(draw, whole):
    """Return one of these payloads with up to three of its parts replaced."""
    value = copy.deepcopy(draw(st.sampled_from(whole)))
    for path in draw(st.lists(st.sampled_from([*places(value)][1:]), min_size=1, max_size=3)):
        inner = value
        try:
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = draw(anything)
        except (TypeError, KeyError, IndexError):
            pass  # an earlier one has replaced what held this
    return value


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with store.open(tmp_path_factory.mktemp("fuzz") / "s.db") as opened:
        yield opened


def check(result, opened, source):
    for item in result:
        assert isinstance(item, Item)
        assert item.source == source
        assert item.published.tzinfo is UTC
        for address in (item.url, item.author_url, *item.links, *(m.url for m in item.media)):
            assert address is None or address.startswith(("http://", "https://"))
    for problem in result.problems:
        assert len(problem.reason) < 200
    opened.apply(result)


@settings(max_examples=100)
@given(st.lists(broken(STATUSES), min_size=1, max_size=3))
def test_broken_statuses(opened, statuses):
    body = json.dumps(statuses).encode()
    check(mastodon.parse(body, instance="harbour.example", collected=NOW), opened, "mastodon")


@settings(max_examples=60)
@given(st.lists(broken(HITS), min_size=1, max_size=3))
def test_broken_hits(opened, hits):
    body = json.dumps({"hits": hits}).encode()
    check(hackernews.parse(body, collected=NOW), opened, "hackernews")


@settings(max_examples=40)
@given(broken([STORY]))
def test_broken_single_items(opened, item):
    item |= {"id": item.get("id"), "type": item.get("type")}
    check(hackernews.parse(json.dumps(item).encode(), collected=NOW), opened, "hackernews")


@settings(max_examples=60)
@given(broken([POSTS]))
def test_broken_posts_of_x(opened, answer):
    try:
        result = x.parse(json.dumps(answer).encode(), collected=NOW)
    except SourceError:
        return  # what is left of it is no answer
    check(result, opened, "x")


@settings(max_examples=60)
@given(broken([ELEMENT]), broken([CAPTURED, {"text": "a", "date": "2d", "hashtags": ["b"]}]))
def test_broken_elements_and_rows(opened, element, row):
    for payload in ({"elements": [element]}, [row]):
        result = linkedin.parse(json.dumps(payload).encode(), collected=NOW)
        check(result, opened, "linkedin")


@settings(max_examples=60)
@given(st.lists(broken(THINGS), min_size=1, max_size=3))
def test_broken_things(opened, things):
    check(reddit.parse(json.dumps(listing(things)).encode(), collected=NOW), opened, "reddit")


FILED = json.loads(company((1, "2026-06-10T20:15:00.000Z", "8-K", "2.02,9.01")))
FOUND = json.loads(found(hit(1, items=["2.02"]), hit(2, "Doe  (CIK 77)", "4")))


@settings(max_examples=60)
@given(broken([FILED, FOUND]))
def test_broken_lists_of_filings(opened, listed):
    try:
        result = edgar.parse(json.dumps(listed).encode(), collected=NOW)
    except SourceError:
        return  # what is left of it is no list
    check(result, opened, "edgar")


@settings(max_examples=60)
@given(st.lists(broken([ARTICLE]), min_size=1, max_size=3))
def test_broken_articles(opened, articles):
    body = json.dumps({"articles": articles}).encode()
    check(gdelt.parse(body, collected=NOW), opened, "gdelt")
