from datetime import UTC, datetime

import pytest

from workbench.items import Item
from workbench.text.naming import capitals, names_of, shown

NINE = datetime(2026, 6, 17, 9, tzinfo=UTC)


def named(*texts, **more):
    items = [
        Item(source="wire", id=str(n), text=text, published=NINE, **more)
        for n, text in enumerate(texts)
    ]
    return shown(names_of(items), len(items))


@pytest.mark.parametrize(
    "dateline",
    [
        "Havenholm, June 15, 2026 /Lantern Newswire/ -- ",
        "KESTREL VALLEY, June 15, 2026 (Harbour Business Wire) -- ",
        "BLACKMERE, June 15, 2026 (Harbour Business Wire) — ",
        "PORT AMERY--(HARBOUR WIRE)--",
        "LOWBRIDGE, June 15, 2026 /HRWire/ - ",
    ],
)
def test_a_newswire_names_nobody_by_saying_where_and_when_it_writes(dateline):
    assert capitals(f"{dateline}Passengers of Acme fly on") == ["Acme"]


@pytest.mark.parametrize(
    "text",
    [
        "We saw Acme (the best) -- really",
        "The mill of Acme in 2026 (or later) - who knows",
        "They met Acme and/or its rival -- twice",
    ],
)
def test_what_only_looks_like_a_dateline_is_read(text):
    assert capitals(text) == ["Acme"]


def test_a_firms_kind_at_a_sentences_beginning_is_shown_with_the_name_before_it():
    assert named("Meridian Airways filled its seats.") == ("Meridian Airways",)


def test_a_name_that_begins_a_sentence_is_whole_if_others_write_it_so_within_one():
    texts = [
        "Bob Miller resigns today.",
        "It is over, says Bob Miller.",
        "A farewell to Bob Miller",
    ]
    assert named(*texts) == ("Bob Miller",)


def test_a_word_that_only_begins_a_sentence_is_no_part_of_a_name():
    assert named("Yesterday Acme fell.", "Shares of Acme fell.") == ("Acme",)
    assert named("Sadly Acme fell.", "Why Acme fell.") == ("Acme",)


@pytest.mark.parametrize(
    "text", ["It is the Bank that pays", "The Airways pay", "At Group it is so"]
)
def test_a_firms_kind_alone_names_none(text):
    assert named(text) == ()


def test_a_name_that_holds_a_firms_kind_stays():
    assert named("He left the Bank of Blackmere and Acme Air") == ("Acme Air", "Bank of Blackmere")


def test_one_name_of_a_sentences_beginning_does_not_reach_over_the_next():
    assert named("Acme Air pays, Globex Air does not, Acme gains. Initech Air too.") == (
        "Acme Air", "Globex Air", "Initech Air",
    )  # fmt: skip
