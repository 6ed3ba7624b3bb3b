"""The lists of business words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.text.business_figures import figure
from workbench.text.business_marks import MOVES, POLARITY
from workbench.text.business_words import forms, tokens, vocabulary

KINDS = (
    MOVES
    | POLARITY.keys()
    | {
        *(
            "peak",
            "trough",
            "good",
            "bad",
            "approve",
            "clear",
            "calm",
            "failing",
            "over",
            "authority",
            "turn",
            "not",
            "perhaps",
            "but",
        ),
        *("although", "and", "against", "be", "much", "nothing"),
    }
)


def words():
    for entry in vocabulary().values():
        yield from (word for phrases in entry.phrases.values() for _, word in phrases)
        yield from (word for _, _, word in entry.apart)
        if entry.alone:
            yield entry.alone


def test_every_section_is_one_that_the_rules_know():
    assert {word.kind for word in words()} == KINDS


def test_worth_has_the_sign_of_its_section():
    assert all(word.value > 0 for word in words() if word.kind == "good")
    assert all(word.value < 0 for word in words() if word.kind == "bad")
    assert all(word.value <= 0 for word in words() if word.kind == "bads")


def test_longer_phrases_come_first():
    for entry in vocabulary().values():
        for phrases in entry.phrases.values():
            lengths = [len(rest) for rest, _ in phrases]
            assert lengths == sorted(lengths, reverse=True)


def test_forms_of_verbs_and_nouns():
    assert [form for form, _ in forms("drop~")][:4] == ["drop", "drops", "dropping", "dropped"]
    assert [form for form, _ in forms("rise~")] == ["rise", "rises", "rising", "rised"]
    assert [form for form, _ in forms("launch~")] == ["launch", "launches", "launching", "launched"]
    assert [form for form, _ in forms("penalty+")] == ["penalty", "penalties"]


def test_tokens_part_hyphens_and_figures_from_units():
    assert tokens("Acme's write-down: €1.2bn (5%)") == [
        "acme", "write", "down", ":", "€", "1.2", "bn", "(", "5", "%", ")",
    ]  # fmt: skip
    assert tokens("+5% 3-5") == ["+", "5", "%", "3", "5"]


def test_figures_in_several_styles():
    def value(text):
        found = tokens(text)
        place = next(i for i, token in enumerate(found) if token[0].isdigit())
        return figure(found, place).value

    assert value("EUR 1.2bn") == 1.2e9
    assert value("$3M") == 3e6
    assert value("1,2 mn") == 1.2e6
    assert value("1,250") == 1250
    assert value("1.234.567") == 1234567
    assert value("EUR -4.1 mn") == pytest.approx(-4.1e6)


@given(st.text(alphabet="0123456789.,", min_size=1, max_size=12))
def test_no_figure_is_too_odd(text):
    for place, token in enumerate(found := tokens(text)):
        if token[0].isdigit():
            figure(found, place)
