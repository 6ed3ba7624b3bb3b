"""What the query box offers while a query is typed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.query import parse
from workbench.query.complete import MOST, asks, complete
from workbench.query.offers import HELP, JOINING, SAME, VALUES, Offer
from workbench.query.values import OPERATORS, SIGNS

TODAY = date(2026, 11, 22)
KNOWN = {
    "#": [Offer("NorthwindAir", "212 lately"), Offer("Northern"), Offer("mañana")],
    "@": [Offer("ilse.northwindair.example")],
    "from": [
        Offer("ilse.northwindair.example", "31 posts lately", "Ilse Brandt"),
        Offer("crews@wing.example", "4 posts lately"),
    ],
    "list": [Offer("voices", "19 accounts"), Offer("the board")],
    "source": [Offer("bluesky", "Bluesky"), Offer("feeds", "Feeds")],
}


def offered(text, at=None):
    at = len(text) if at is None else at
    return complete(text, at, known=KNOWN, today=TODAY)


def taken(text, wanted, at=None):
    """The text once a completion has been taken."""
    found = next(each for each in offered(text, at) if each.text == wanted)
    return text[: found.start] + found.text + text[found.end :]


def texts(text, at=None):
    return [each.text for each in offered(text, at)]


def test_every_operator_and_sign_has_a_line_of_help():
    assert HELP.keys() == OPERATORS.keys() | SIGNS.keys()
    assert all(said and len(said) < 70 for said in HELP.values())


def test_operators_are_completed_by_their_beginning_with_a_line_of_help():
    assert texts("acme la") == ["lang:"]
    assert offered("acme la")[0].help == "the language it is written in"
    assert taken("acme la", "lang:") == "acme lang:"
    assert taken("acme -fr", "from:") == "acme -from:"
    assert taken("(acme OR li)", "list:", 11) == "(acme OR list:)"
    assert "min_likes:" in texts("acme MIN")


def test_an_empty_box_offers_what_is_asked_for_most():
    assert texts("")[:3] == ["#", "@", "from:"]
    assert len(texts("")) == MOST
    assert texts("acme ") == texts("")


def test_capitals_complete_what_joins_words_and_small_letters_do_not():
    assert texts("acme O") == ["OR"]
    assert "NEAR/5" in texts("acme NE")
    assert "OR" not in texts("acme o")
    assert JOINING.keys() == {"OR", "NOT", "NEAR/5"}
    assert all(parse(f"a {joining} b") for joining in JOINING)


@pytest.mark.parametrize(
    ("text", "wanted", "becomes"),
    [
        ("from:il", "from:ilse.northwindair.example", "from:ilse.northwindair.example"),
        ("from:brandt", "from:ilse.northwindair.example", "from:ilse.northwindair.example"),
        ("to:@cre", "to:crews@wing.example", "to:crews@wing.example"),
        ("@il", "@ilse.northwindair.example", "@ilse.northwindair.example"),
        ("mentions:i", "mentions:ilse.northwindair.example", None),
        ("#NOR", "#NorthwindAir", "#NorthwindAir"),
        ("＃nor", "#Northern", "#Northern"),
        ('list:"the', 'list:"the board"', 'list:"the board"'),
        ("list:t", 'list:"the board"', None),
        ("source:b", "source:bluesky", None),
        ("tier:", "tier:wire", None),
        ("kind:re", "kind:release", None),
        ("has:im", "has:image", None),
        ("filter:im", "filter:image", None),
        ("is:re", "is:reply", None),
        ("lang:ger", "lang:de", None),
        ("sentiment:neg", "sentiment:negative", None),
        ("sentiment:<", "sentiment:<-0.3", None),
        ("within_time:2", "within_time:24h", None),
        ("since:", "since:2026-11-21", None),
        ("before:2026-11-1", "before:2026-11-15", None),
        ("expires:", "expires:2026-11-23", None),
        ("min_likes:1", "min_likes:10", None),
        ("min_replies:", "min_replies:5", None),
        ("form:8", "form:8-K", None),
    ],
)
def test_values_are_completed_and_can_be_read(text, wanted, becomes):
    made = taken(f"acme {text}", wanted)
    assert made == f"acme {becomes or wanted}"
    assert parse(made)


def test_a_value_in_the_middle_of_a_query_is_replaced_whole():
    assert taken("acme lang:en fares", "lang:es", 11) == "acme lang:es fares"
    assert taken("acme nor fares", "#Northern", 8) == "acme #Northern fares"
    assert texts("acme lang:en fares", 5)[:1] == ["#"]  # before the token: nothing is typed


def test_a_word_finds_hashtags_people_lists_and_values_that_begin_so():
    assert texts("nor") == ["#NorthwindAir", "#Northern"]
    assert texts("ilse") == ["from:ilse.northwindair.example"]
    assert texts("voi") == ["list:voices"]
    assert "is:reply" in texts("repl")
    assert texts("wire") == ["tier:wire"]
    assert not texts("n")  # a letter is the beginning of too much


@pytest.mark.parametrize(
    "text", ['"acme ', '"acme', "url:", "regex:", "intitle:", "nothing:", "acme 🚀"]
)
def test_nothing_is_offered_where_anything_may_stand(text):
    assert not offered(text)


def test_what_is_written_already_is_not_offered():
    assert texts("list:voices") == []


def test_a_value_with_a_quote_in_it_is_not_offered():
    known = {"list": [Offer('say "hi"'), Offer("plain")]}
    found = complete("list:", 5, known=known, today=TODAY)
    assert [each.text for each in found] == ["list:plain"]


def test_what_is_asked_of_the_store_is_the_value_that_is_typed():
    assert asks("acme -from:il", 13) == ("from", "il")
    assert asks("to:@cre", 7) == ("from", "@cre")
    assert asks("#nor", 4) == ("#", "nor")
    assert asks('list:"the b', 11) == ("list", "the b")
    assert asks("nor", 3) == ("", "nor")
    assert asks('"nor', 4) == ("", "")


@pytest.mark.parametrize("name", [*VALUES, *SAME])
def test_every_value_that_is_offered_can_be_read(name):
    for each in complete(f"{name}:", len(name) + 1, known=KNOWN, today=TODAY):
        assert parse(each.text)


@given(st.text(max_size=60), st.integers(-3, 70))
def test_whatever_is_typed_is_completed_within_bounds_and_in_place(text, at):
    for each in offered(text, at):
        assert 0 <= each.start <= max(0, min(at, len(text))) <= each.end <= len(text)
        assert each.text != text[each.start : each.end]
