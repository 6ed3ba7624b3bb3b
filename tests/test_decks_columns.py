"""Column types: the query that each amounts to, and what each needs."""

from datetime import timedelta

import pytest

from workbench import decks
from workbench.errors import DeckError
from workbench.query import parse

OTHERS = """title: T
lists: {voices: [ana.example]}
columns:
  - {type: search, title: A, query: acme OR globex}
  - {type: newswire, title: B}
  - {type: sentiment, title: M}
"""


def load(folder, text):
    path = folder / "ceo.yaml"
    path.write_text(text)
    return decks.load(path)


def refused(folder, text):
    with pytest.raises(DeckError) as caught:
        load(folder, text)
    return caught.value


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("{type: list, title: C, list: voices}", "list:voices"),
        ("{type: list, title: C, list: voices, query: fares}", "list:voices (fares)"),
        ("{type: filings, title: C}", "tier:filing"),
        (
            "{type: filings, title: C, forms: [8-K, 10-Q], tickers: $ACME}",
            "tier:filing (form:8-K OR form:10-Q) ticker:ACME",
        ),
        ("{type: merged, title: C, columns: [a, b]}", "((acme OR globex) OR (tier:wire))"),
        (
            "{type: merged, title: C, columns: [a, b], query: lang:en}",
            "((acme OR globex) OR (tier:wire)) (lang:en)",
        ),
    ],
)
def test_a_column_type_is_one_query(tmp_path, column, text):
    deck = load(tmp_path, f"{OTHERS}  - {column}\n")
    found = deck.columns[-1]
    assert (found.text, str(found.query)) == (text, str(parse(text)))


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("{type: list, title: C}", "needs list:"),
        ("{type: list, title: C, list: nobody}", "no people list 'nobody'"),
        ("{type: merged, title: C}", "needs columns:"),
        ("{type: merged, title: C, columns: [a]}", "two or more"),
        ("{type: merged, title: C, columns: [a, m]}", "'m' is not one of a, b"),
        ("{type: merged, title: C, columns: [a, c]}", "'c' is not one of a, b"),
        ("{type: filings, title: C, forms: ['8 K']}", "'8 K' is not one word"),
        ("{type: share-of-voice, title: C}", "needs queries:"),
        ("{type: share-of-voice, title: C, queries: {A: acme}}", "names 1; 2 to 8"),
        ("{type: share-of-voice, title: C, queries: {A: acme, B: '('}}", "queries.B"),
        ("{type: source-health, title: C, query: acme}", "unknown key"),
    ],
)
def test_what_a_column_type_needs_is_said(tmp_path, column, told):
    assert told in str(refused(tmp_path, f"{OTHERS}  - {column}\n"))


def test_a_merged_column_may_stand_before_those_that_it_shows(tmp_path):
    text = OTHERS.replace(
        "columns:\n", "columns:\n  - {type: merged, title: All, columns: [a, b]}\n"
    )
    deck = load(tmp_path, text)
    assert [column.key for column in deck.columns] == ["all", "a", "b", "m"]
    assert deck.columns[0].text == "((acme OR globex) OR (tier:wire))"


def test_share_of_voice_keeps_its_names_in_order(tmp_path):
    queries = "{Globex: globex, Acme: 'acme OR #acme'}"
    text = f"{OTHERS}  - {{type: share-of-voice, title: C, since: 30d, queries: {queries}}}\n"
    column = load(tmp_path, text).columns[-1]
    assert [(name, str(query)) for name, query in column.queries] == [
        ("Globex", "globex"),
        ("Acme", "acme OR #acme"),
    ]
    assert column.since == timedelta(days=30)
