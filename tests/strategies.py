"""Random items and queries that meet often: both are made of the same few words."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from workbench.items import KINDS, TIERS, Item
from workbench.query import parse

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""The moment for within_time:."""

LISTS = {
    "analysts": ("alice.bsky.social", "@Bob", "Ünal"),
    "the board": ("bob@fosstodon.org",),
    "nobody": (),
    "hidden": ("bluesky:1", "x:0", "feeds:7", "no key"),
}
"""People lists for list:, and one of items for id:."""

WORDS = (
    *("a", "b", "acme", "Acme", "acmes", "globex", "bank", "banks", "BANKING", "or", "near"),
    *("café", "cafe", "Straße", "strasse", "ﬁnance", "naïve", "I\u0307stanbul", "ΟΔΟΣ", "42"),
    *("москва", "Йога", "東京", "京", "日本東京", "ไทย", "ที่นี่", "한국", "हिन्दी", "عَرَبِيّ", "٣٤"),
    *("state-of-the-art", "AT&T", "Acme's", "b-a", "東京-bank", "e\u0301tude", "x²"),
)
"""Words of several scripts, some of several tokens."""

HANDLES = (
    "alice.bsky.social",
    "bob",
    "bob@fosstodon.org",
    "Bob@other.example",
    "ÜNAL",
    "did:plc:x",
)
TAGS = ("Mars", "mars", "CAFÉ", "Straße", "東京", "acme", "a_b", "RKLB", "BRK.B")
HOSTS = ("reuters.com", "www.reuters.com", "uk.reuters.com", "notreuters.com", "münchen.example")
LANGS = ("en", "en-GB", "EN-us", "de", "zh-Hant-TW")
SEPARATORS = (" ", " ", " ", "  ", "\n", "-", ", ", "'", " #", " @", "…", "\u200b", "/", " 🚀 ")

words = st.sampled_from(WORDS)


@st.composite
def texts(draw, most=9):
    """Text of a few words, now and then with whatever Unicode has."""
    parts = []
    for _ in range(draw(st.integers(0, most))):
        parts.append(draw(words) if draw(st.integers(0, 9)) else draw(st.text(max_size=4)))
        parts.append(draw(st.sampled_from(SEPARATORS)))
    return "".join(parts)


def unknown_or(strategy):
    return st.none() | strategy


def some(values):
    return st.lists(st.sampled_from(values), max_size=2).map(tuple)


moments = st.builds(
    lambda minutes, seconds: NOW - timedelta(minutes=minutes, seconds=seconds),
    st.sampled_from((-1, 0, 1, 30, 60, 719, 720, 1440, 2160, 10_000)),
    st.sampled_from((0, 0, 1, 59)),
)
counts = unknown_or(st.sampled_from((0, 1, 9, 10, 11, 1000, 10**12)))
scores = unknown_or(st.sampled_from((-1.0, -0.3, -0.05, -0.049, 0.0, 0.049, 0.05, 0.3, 1.0)))
links = st.builds(
    "{}://{}{}".format,
    st.sampled_from(("https", "HTTP")),
    st.sampled_from(HOSTS),
    st.sampled_from(("", "/", "/News-Release/x?q=reuters.com", ":8080/a", "/@reuters.com")),
)
items = st.builds(
    Item,
    source=st.sampled_from(("bluesky", "feeds", "x")),
    id=(st.integers(0, 9) | st.integers(0, 10**9)).map(str),
    kind=st.sampled_from(KINDS),
    tier=st.sampled_from(TIERS),
    published=moments,
    collected=st.none() | st.just(NOW),
    author=unknown_or(st.sampled_from(HANDLES)),
    reply_to_author=unknown_or(st.sampled_from(HANDLES)),
    verified=unknown_or(st.booleans()),
    sensitive=unknown_or(st.booleans()),
    followers=counts,
    likes=counts,
    reposts=counts,
    replies=counts,
    compound=scores,
    title=unknown_or(texts(most=5)),
    text=texts(),
    url=unknown_or(links),
    links=st.lists(links, max_size=2).map(tuple),
    lang=unknown_or(st.sampled_from(LANGS)),
    hashtags=some(TAGS),
    cashtags=some(TAGS),
    mentions=some(HANDLES),
    tickers=some(TAGS),
    form=unknown_or(st.sampled_from(("8-K", "10-q"))),
    media=some(("image", "video", "poll", "gifv")),
)
"""Items of which any field may be unknown."""

prefixes = st.sampled_from(
    ("acm*", "BAN*", "banking*", "caf*", "мос*", "한*", "strasse*", "東京*", "หน*")
)
wildcards = st.sampled_from(("b?nk", "ba?k*", "ac?e?", "?cme", "caf?", "моск?а", "4?2"))
phrases = st.lists(words, min_size=1, max_size=3).map(lambda parts: f'"{" ".join(parts)}"')
gapped = st.builds(
    '"{} * {}{}"'.format, words, words, st.sampled_from(("", "", " * bank", " ban*"))
)
near_phrases = st.builds(
    '"{}"~{}'.format,
    st.lists(words, min_size=2, max_size=4).map(" ".join),
    st.sampled_from((0, 1, 2, 5, 9999)),
)
operands = st.recursive(
    words | prefixes | wildcards | phrases | gapped,
    lambda each: st.lists(each, min_size=2, max_size=3).map(lambda ors: f"({' OR '.join(ors)})"),
    max_leaves=3,
)
nears = st.builds(
    "({} NEAR/{} {})".format, operands, st.sampled_from(("0", "1", "2f", "3", "0f", "20")), operands
)


def operators(*pairs):
    """Return leaves of operators, each with one of its values, in quotes where it must be."""
    return st.one_of(
        st.builds(
            lambda name, value: f'{name}"{value}"' if set(value) & set(' ()"') else name + value,
            st.sampled_from(names.split()),
            st.sampled_from(values),
        )
        for names, values in pairs
    )


DATES = ("2026-11-21", "2026-11-22", "2026-11-22T11:59:00Z", "2026-11-22T13:00:00+01:00")
named = operators(
    ("# $ ticker:", tuple(tag for tag in TAGS if tag[0].isalpha())),
    ("@ from: to: mentions: From:@", HANDLES),
    ("id:", ("bluesky:1", "X:0", "feeds:7", "hidden", "Hidden", "feeds:a (b) c")),
    ("list:", ("analysts", "THE BOARD", "nobody")),
    ("lang:", ("en", "EN-gb", "zh", "zh-hant", "de")),
    ("domain: site:", (*HOSTS, "com", "Reuters.com")),
    ("url:", ("news-release", "https://", "REUTERS.com/", "(x) y")),
    ("source:", ("bluesky", "X", "nowhere")),
    ("tier:", TIERS),
    ("kind:", KINDS),
    ("form:", ("8-k", "10-Q")),
    ("since: until: before: after: expires:", DATES),
    ("during:", DATES[:2]),
    ("within_time:", ("0s", "30m", "12h", "1d", "999999999d")),
    ("min_likes: min_faves: min_reposts: min_retweets: min_replies: min_followers:",
     ("0", "1", "10", "999999999999")),
    ("sentiment:", ("positive", "neutral", "negative", "<-0.3", "<=-.3", ">0", ">=0.05", "=0")),
    ("has: filter:",
     ("image", "videos", "media", "links", "hashtag", "cashtags", "mention", "polls")),
    ("is:", ("repost", "reply", "quote", "verified", "sensitive")),
)  # fmt: skip
PATTERNS = (
    *("acme", "^a", r"b[ae]nk|glob", r"acme\z", r"a.?b", "ACME(s|)", "(?-i)Acme", "caf[eé]"),
    *("東京?", r"\x{22}|\bbank\b", "x{3}", "^$"),
)
regexes = st.sampled_from(PATTERNS).map('regex:"{}"'.format)
titles = st.builds("intitle:{}".format, words | prefixes | phrases | gapped)
leaf_texts = st.one_of(
    words, words, phrases, prefixes, wildcards, gapped, near_phrases, nears, named, titles, regexes
)


def _joined(each):
    group = each.map(lambda text: f"({text})")
    part = st.builds("{}{}".format, st.sampled_from(("", "", "-", "!", "NOT ")), leaf_texts | group)
    sign = st.sampled_from((" ", " AND ", " OR ", "\n "))
    return st.builds("{}{}{}".format, part, sign, part) | part


query_texts = st.recursive(leaf_texts, _joined, max_leaves=6)
"""Texts that are queries."""

queries = query_texts.map(parse)
"""Queries with trees of every shape."""

hostile_texts = st.lists(
    st.one_of(
        leaf_texts,
        st.text(max_size=5),
        st.sampled_from(
            (
                '"',
                "(",
                ")",
                "OR",
                "AND",
                "NOT",
                "NEAR/2",
                "NEAR",
                "-",
                "!",
                "*",
                "?",
                "~3",
                " ",
                ":",
            )
        ),
    ),
    max_size=8,
).flatmap(lambda parts: st.sampled_from((" ", "")).map(lambda sign: sign.join(parts)))
"""Texts that may or may not be queries."""
