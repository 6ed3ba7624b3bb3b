"""Why an item matches: the clauses that hold, and the words that they are about."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import LISTS, NOW, items, queries, texts
from test_query_properties import is_true, stands

from workbench.items import Item
from workbench.query import QueryError, parse, tree
from workbench.tokens import fold, places, tokenize


@settings(max_examples=200)
@given(texts(most=6) | st.text(max_size=12))
def test_every_token_has_its_place(text):
    found = places(text)
    assert [place.token for place in found] == tokenize(text)
    for place in found:
        assert place.token in tokenize(text[place.start : place.end])


@pytest.mark.parametrize(
    ("text", "token", "part"),
    [
        ("Ein Café!", "cafe", "Café"),
        ("Cafe\u0301s here", "cafes", "Cafe\u0301s"),
        ("die STRAßE", "strasse", "STRAßE"),
        ("in 東京都", "京", "京"),
        ("in ｶﾞｽ", "ガ", "ｶﾞ"),
        ("\u1112\u1161\u11ab글 ok", "한글", "\u1112\u1161\u11ab글"),
        ("the ﬁnance", "finance", "ﬁnance"),
        ("1\u20532 acme", "acme", "acme"),
    ],
)
def test_a_token_stands_where_its_letters_do(text, token, part):
    assert (token, part) in [(found, text[start:end]) for found, start, end in places(text)]


def test_a_pile_of_marks_still_has_its_tokens():
    pile = "acme " + "a" + "\u0301\u0327" * 600 + " globex"
    assert [place.token for place in places(pile)] == tokenize(pile)


def says(node, text, span):
    """Return whether a part of a text is what a clause asks for."""
    part = text[slice(*span)]
    match node:
        case tree.Phrase() | tree.Wildcard():
            tokens = tokenize(part)
            # A sign such as ½ is two tokens, of which the clause may ask for one.
            return bool(stands(node, tokens)) and len(tokens) <= len(str(part)) + 2
        case tree.InTitle(phrase):
            return says(phrase, text, span)
        case tree.Near(operands):
            return any(says(operand, text, span) for operand in operands)
        case tree.Or(parts):
            return any(says(each, text, span) for each in parts)
        case tree.Entity(_, value):
            return fold(part[1:]) == value
        case tree.Regex():
            return 0 <= span[0] < span[1] <= len(text)
    return False


@settings(max_examples=400)
@given(queries, items)
def test_what_matches_has_a_reason_that_is_so_and_stands_where_it_says(query, item):
    found = query.reasons(item, now=NOW, lists=LISTS)
    assert bool(found) is query.matches(item, now=NOW, lists=LISTS)
    assert len(set(found)) == len(found)
    for reason in found:
        assert is_true(reason.node, item)
        for name in ("title", "text"):
            for span in getattr(reason, name):
                assert says(reason.node, getattr(item, name), span)
        if isinstance(reason.node, tree.Phrase | tree.Wildcard | tree.Near | tree.InTitle):
            assert reason.title or reason.text


@settings(max_examples=200)
@given(queries, items)
def test_only_where_nothing_else_is_asked_is_an_absence_the_reason(query, item):
    if isinstance(query.tree, tree.And) and not all(
        isinstance(part, tree.Not | tree.Or) for part in query.tree.parts
    ):
        found = query.reasons(item, now=NOW, lists=LISTS)
        assert not found or any(not isinstance(reason.node, tree.Not) for reason in found)


def told(query, **fields):
    known = {"source": "feeds", "id": "1", "published": NOW, "text": ""}
    item = Item(**known | fields)
    return {
        reason.clause: [
            (name, getattr(item, name)[slice(*span)])
            for name in ("title", "text")
            for span in getattr(reason, name)
        ]
        for reason in parse(query).reasons(item, now=NOW, lists=LISTS)
    }


def test_each_clause_has_its_own_words():
    found = told(
        "(acme OR globex) fare* lang:en -crypto",
        title="Acme raises fares",
        text="The fare at ACME’s desk rose.",
        lang="en",
    )
    assert found == {
        "acme": [("title", "Acme"), ("text", "ACME")],
        "fare*": [("title", "fares"), ("text", "fare")],
        "lang:en": [],
    }


def test_of_words_that_stand_near_only_those_that_do_are_named():
    text = "fares here. " + "so it is said and done again " * 3 + "fares of Acme"
    item = Item(source="x", id="1", published=NOW, text=text)
    (reason,) = parse("acme NEAR/2 fares").reasons(item)
    start = text.rindex("fares")
    assert reason.text == ((start, start + 5), (start + 9, start + 13))


def test_three_words_near_each_other_are_all_named():
    found = told('"profit warning airline"~2', text="A warning: the airline has a profit")
    assert not found
    found = told('"profit warning airline"~3', text="A warning: the airline has a profit")
    (parts,) = found.values()
    assert [part for _, part in parts] == ["warning", "airline", "profit"]


def test_a_pattern_is_found_as_it_is_written():
    found = told(r'regex:"\bac.e"', text="Ünder Acme, acre")
    assert found == {r'regex:"\bac.e"': [("text", "Acme"), ("text", "acre")]}


def test_tags_are_found_with_their_sign_and_none_that_only_begins_so():
    found = told(
        "#mars $ba @ana", text="#Mars #marsh ＃MARS $BA $bac @ana", hashtags=["Mars"],
        cashtags=["BA"], mentions=["ana"],
    )  # fmt: skip
    assert found["#mars"] == [("text", "#Mars"), ("text", "＃MARS")]
    assert found["$ba"] == [("text", "$BA")]
    assert found["@ana"] == [("text", "@ana")]


def test_a_tag_that_the_source_names_beside_the_text_is_a_reason_without_a_place():
    assert told("#mars", text="Look up", hashtags=["Mars"]) == {"#mars": []}


def test_what_is_left_out_is_the_reason_where_nothing_else_is_asked():
    assert told("-crypto -lang:de", text="Acme") == {"-crypto": [], "-lang:de": []}


def test_what_does_not_match_has_no_reason():
    assert told("globex", text="Acme") == {}


def test_a_list_that_is_not_there_is_an_error_here_as_in_matching():
    item = Item(source="x", id="1", published=NOW, text="")
    with pytest.raises(QueryError, match="no people list"):
        parse("list:board").reasons(item)


def test_of_a_hundred_thousand_tags_the_first_places_are_told():
    item = Item(source="x", id="1", published=NOW, text="#a " * 100_000, hashtags=["a"])
    (reason,) = parse("#a").reasons(item)
    assert len(reason.text) == 200
