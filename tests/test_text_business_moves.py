"""The engine for business news: every way to say that something rose or fell, with all that can.

What is good and bad when it rises, and how a movement is said, are multiplied out: what the
engine must find follows from both.
"""

from itertools import product

import pytest

from workbench.text.business import Business

COMPOUND = Business().compound
THINGS = {
    1: ("Operating profit", "Net sales", "The order backlog", "Cash flow", "Market share"),
    -1: ("Costs", "The net loss", "Unemployment", "The number of complaints"),
}
VERBS = {
    1: (
        *("rose", "more than doubled", "is on the rise", "has been rising since May", "edged up"),
        *("continued to rise", "is set to rise", "ticked higher", "came in higher", "mushroomed"),
        *("rose for the fifth month in a row", "advanced 5 %", "reached an all-time high"),
        *("exceeded expectations", "rose to EUR 6 mn from EUR 4 mn", "hit a record"),
        *("was EUR 6 mn, compared with EUR 4 mn", "amounted to EUR 6 mn (EUR 4 mn)"),
    ),
    -1: (
        *("fell", "was halved", "is on the decline", "has been falling since May", "edged down"),
        *("continued to fall", "is set to fall", "ticked lower", "came in lower", "melted"),
        *("fell for the fifth month in a row", "thinned out", "reached an all-time low"),
        *("missed expectations", "fell to EUR 4 mn from EUR 6 mn", "hit a record low"),
        *("was EUR 4 mn, compared with EUR 6 mn", "amounted to EUR 4 mn (EUR 6 mn)"),
    ),
}
OBJECTS = {
    1: ("profit", "net sales", "demand", "cash flow", "order intake", "the dividend"),
    -1: ("costs", "net debt", "churn", "credit losses", "delays"),
}
PHRASES = {
    1: (
        *("A rise of 5 % in {}", "Growth in {}", "Higher {}", "Acme expects {} to grow"),
        *("Acme boosted {}", "{} up 5 %", "There was a clear increase in {}", "{} at record"),
    ),
    -1: (
        *("A fall of 5 % in {}", "A decline in {}", "Lower {}", "Acme expects {} to fall"),
        *("Acme reduced {}", "{} down 5 %", "There was a clear decrease in {}", "{} at record low"),
    ),
}
CASES = [
    (f"{thing} {verb}.", good * up)
    for good, up in product(THINGS, VERBS)
    for thing, verb in product(THINGS[good], VERBS[up])
] + [
    (phrase.format(thing), good * up)
    for good, up in product(OBJECTS, PHRASES)
    for thing, phrase in product(OBJECTS[good], PHRASES[up])
]
FACTS = (
    *("Acme's {} was EUR 5 mn", "Acme will publish its {} figures on 3 May", "{} by country"),
    *("The {} is described on page 12", "The parties did not disclose the {}"),
    *("A third of the {} comes from Norway", "Acme publishes {} data every month"),
)
TOLD = ("profit", "net sales", "dividend", "costs", "debt", "contract", "loan", "forecast", "tax")

LIKED = (
    *("long {}", "adding to my {}", "{} breaking out", "{} bullish", "bought {} calls", "{} +5%"),
    *("{} short squeeze", "{} higher lows", "{} buyers", "{} up big", "{} FDA approval"),
)
DISLIKED = (
    *("short {}", "sold all my {}", "{} breaking down", "{} bearish", "bought {} puts", "{} -5%"),
    *("{} rolling over", "{} lower highs", "{} sellers", "{} down big", "{} FDA rejection"),
)


def test_posts_on_shares_say_what_they_are_said_for():
    assert [post for post in LIKED if COMPOUND(post.format("$ACME")) < 0.05] == []
    assert [post for post in DISLIKED if COMPOUND(post.format("$ACME")) > -0.05] == []


def test_a_movement_is_as_good_as_what_moves_however_it_is_said():
    wrong = {text: COMPOUND(text) for text, sign in CASES if COMPOUND(text) * sign < 0.05}
    assert not wrong
    assert len(CASES) > 400


@pytest.mark.parametrize("fact", FACTS)
def test_what_does_not_move_is_neither_good_nor_bad(fact):
    assert {COMPOUND(fact.format(thing)) for thing in TOLD} == {0.0}
