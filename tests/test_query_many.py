"""Asking many queries at once gives what asking each gives."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import LISTS, NOW, items, queries, texts, words

from workbench.errors import QueryError
from workbench.items import Item
from workbench.query import parse
from workbench.query.glance import Glance, skeleton
from workbench.query.many import Many
from workbench.query.needs import needs
from workbench.tokens import tokenize


def post(text, **fields):
    return Item(**{"source": "x", "id": "1", "text": text, "published": NOW} | fields)


def asked(*typed):
    return Many([(parse(text), LISTS) for text in typed])


def holding(many, item):
    return list(many.matching(item, now=NOW))


@settings(max_examples=150)
@given(st.lists(queries, max_size=8), st.lists(items, min_size=1, max_size=4))
def test_it_agrees_with_asking_one_after_the_other(each, found):
    many = Many([(query, LISTS) for query in each])
    for item in found:
        one_by_one = [
            n for n, query in enumerate(each) if query.matches(item, now=NOW, lists=LISTS)
        ]
        assert holding(many, item) == one_by_one
        assert many.any(item, now=NOW) == bool(one_by_one)


@settings(max_examples=200)
@given(st.lists(words, min_size=1, max_size=4), texts() | st.text(max_size=12))
@example(["strasse"], "STRAßE")
@example(["istanbul"], "I\u0307stanbul")
@example(["acme"], "𝐀𝐜𝐦𝐞")
@example(["acme"], "acme\u0301")
@example(["ガス"], "ｶﾞｽ")
@example(["한국"], "\u1112\u1161\u11ab국")
@example(["οδος"], "ΟΔΟΣ")
@example(["acme"], "acme\ud800")
def test_a_glance_never_misses_a_word(sought, text):
    tokens = [token for word in sought for token in tokenize(word)]
    found = Glance([*((token, False) for token in tokens), ("ac", True)]).find(text)
    if found is not None:
        held = tokenize(text)
        assert {n for n, token in enumerate(tokens) if token in held} <= set(found)
        assert len(tokens) in found or not any(token.startswith("ac") for token in held)


def test_every_sign_of_unicode_is_seen():
    """Each as a word of its own, and between letters; those that need a look are few."""
    glance = Glance([("acme", False), ("москва", False), ("cafe", False), ("x", False)])
    looked = 0
    for code in (*range(0x20, 0xD800), *range(0xE000, 0x20000), *range(0xE0000, 0xE0200)):
        text = f"ac{chr(code)}e x{chr(code)}"
        found = glance.find(text)
        looked += found is None
        assert found is None or [*tokenize(text)].count("acme") == (0 in found)
        assert found is None or "x" not in tokenize(text) or 3 in found
    assert looked < 4000


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Crème at CAFÉ noir ☕️", [1]),
        ("Acme’s café — “good”…", [0, 1]),
        ("acmes #cafes notacme", []),
        ("МОСКВА, Москва", [2]),
        ("東京の天気 🚀", []),
        ("", []),
    ],
)
def test_what_people_write_needs_no_second_look(text, found):
    assert sorted(Glance([("acme", False), ("cafe", False), ("москва", False)]).find(text)) == found


def test_a_letter_under_marks_needs_one():
    glance = Glance([("acme", False)])
    assert glance.find("acme\u0301") is None
    assert glance.find("हिन्दी عَرَبِيّ ❤️") == []


def test_words_beyond_measure_are_looked_up_one_by_one():
    many = asked(*(f"word{n}" for n in range(4001)))
    assert holding(many, post("Word17, word4000 and word4001")) == [17, 4000]


def test_skeletons_of_parts_make_the_skeleton_of_the_whole():
    text = "Straße ﬁnance I\u0307 ᾳ 한국 ｶﾞ é"
    assert skeleton(text) == "".join(map(skeleton, text))


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("acme lang:en", {"acme"}),
        ('"state of the art"', {"state"}),
        ("a #acme", {"acme"}),
        ("acme OR globex", {"acme", "globex"}),
        ("acme OR lang:en", {"acme", "en"}),
        ("acme OR -globex", None),
        ("acme (globex OR strike) -fun", {"acme"}),
        ("acme -globex", {"acme"}),
        ("bank* NEAR/3 acquisition", {"acquisition"}),
        ("list:analysts", {"alice.bsky.social", "bob", "ünal"}),
        ("list:nobody", set()),
        ("w?rd", {"w"}),
        ("?cme", None),
        ("min_likes:3 has:link regex:acme", None),
        ("domain:reuters.com tier:news", {"reuters.com"}),
    ],
)
def test_a_query_waits_for_what_fewest_items_have(query, wanted):
    parsed = parse(query)
    found = needs(parsed.tree, parsed.bind(LISTS)[1])
    assert ({need.value for need in found[0]} if found else None) == wanted


def test_of_alternatives_each_must_be_met_in_full():
    found = needs(parse('"load factor" OR "seat capacity" OR yield*').tree, {})
    assert {frozenset(need.value for need in each) for each in found} == {
        frozenset({one, other, "yield"})
        for one in ("load", "factor")
        for other in ("seat", "capacity")
    }
    pairs = " OR ".join(f'"one{n} two{n}"' for n in range(5))  # 32 choices: one set has to do
    assert [{need.value for need in each} for each in needs(parse(pairs).tree, {})] == [
        {f"one{n}" for n in range(5)}
    ]


def test_words_that_settle_a_query_need_no_second_look():
    many = asked('"walk out"', "acme OR (globex -strike)", "bank*", "café")
    texts = (
        "Acme, of course",
        "banking",
        "un café",
        "globex",
        "acmes",
        "globex strike",
        "walks out",
    )
    assert [many.any(post(text), now=NOW) for text in texts] == [True] * 4 + [False] * 3
    assert [holding(many, post(text)) for text in texts[:4]] == [[1], [2], [3], [1]]


def test_more_values_than_are_remembered_are_told_apart():
    many = asked("from:author7 OR from:author9999")
    authors = [f"Author{n}" for n in range(10_000)] * 2
    found = [name for name in authors if many.any(post("a", author=name), now=NOW)]
    assert found == ["Author7", "Author9999"] * 2


def test_a_tag_that_its_source_gives_need_not_stand_in_the_text():
    many = asked("#mars #acme", "acme #mars", "from:bob banking #mars", "@bob #mars")
    item = post("Banking", author="bob", hashtags=("Mars", "acme"), mentions=("bob",))
    assert holding(many, item) == [0, 2, 3]


def test_a_list_that_is_not_there_is_an_error_at_once():
    with pytest.raises(QueryError, match="there is no people list 'board'"):
        Many([(parse("acme list:board"), {})])


def test_of_no_queries_none_matches():
    assert holding(asked(), post("acme")) == []
    assert len(asked()) == 0
