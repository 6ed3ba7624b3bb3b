"""Column types: the query that each amounts to, and what each needs."""

from datetime import timedelta

import pytest

from workbench import decks
from workbench.decks import Rule
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
        (
            "{type: filings, title: C, forms: [8-K/A, DEF 14A]}",
            'tier:filing (form:8-K/A OR form:"DEF 14A")',
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
        ("{type: filings, title: C, forms: ['8-K*']}", "'8-K*' is none; write it as filings do"),
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


RULES = OTHERS.replace("query: acme OR globex}", "query: acme OR globex, alert: each}")


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ("alert: each", Rule()),
        ("alert: {at_least: 5, within: 1h}", Rule(5, timedelta(hours=1))),
        ("alert: {at_least: 1, within: 7d}, sound: true", Rule(1, timedelta(days=7))),
        ("sound: false", None),
    ],
)
def test_a_column_of_items_may_have_a_rule(tmp_path, given, rule):
    deck = load(tmp_path, f"{OTHERS}  - {{type: search, title: C, query: fares, {given}}}\n")
    assert deck.columns[-1].alert == rule
    assert deck.columns[-1].sound is ("sound: true" in given)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("alert: eech", "line 7: columns[4].alert: 'eech' is neither each nor {at_least: 5"),
        ("alert: eech", "did you mean each?"),
        ("alert: true", "it needs keys (at_least, within)"),
        ("alert: {at_least: 5}", "has no within"),
        ("alert: {within: 1h}", "has no at_least"),
        ("alert: {at_least: 0, within: 1h}", "is 0; it needs a whole number from 1 to 1,000"),
        ("alert: {at_least: five, within: 1h}", "is 'five'; it needs a whole number"),
        ("alert: {at_least: 5, within: 10s}", "out of bounds"),
        ("alert: {at_least: 5, within: 1h, sound: true}", "unknown key"),
        ("sound: true", "give the column alert: as well"),
        ("alert: each, sound: loud", "is 'loud'; it needs true or false"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said(tmp_path, given, told):
    text = f"{OTHERS}  - {{type: search, title: C, query: fares, {given}}}\n"
    assert told in str(refused(tmp_path, text))


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("{type: trending, title: C, alert: each}", "unknown key"),
        ("{type: alerts, title: C, columns: [b]}", "the column b has no alert:"),
        ("{type: alerts, title: C, columns: [m]}", "'m' is not one of a, b"),
        ("{type: alerts, title: C, columns: []}", "names no column"),
        ("{type: since-last-visit, title: C, columns: [m]}", "'m' is not one of a, b"),
        ("{type: since-last-visit, title: C, alert: each}", "unknown key"),
        ("{type: merged, title: C, columns: [a, b, d]}", "'d' is not one of a, b"),
    ],
)
def test_what_columns_of_alerts_and_visits_cannot_show_is_said(tmp_path, column, told):
    text = f"{RULES}  - {column}\n  - {{type: since-last-visit, title: D}}\n"
    assert told in str(refused(tmp_path, text))


def test_since_last_visit_follows_every_column_of_items_or_those_named(tmp_path):
    text = (
        "title: T\ncolumns:\n"
        "  - {type: since-last-visit, title: All}\n"
        "  - {type: since-last-visit, title: Some, columns: [a], query: lang:en}\n"
        "  - {type: alerts, title: Told, columns: [a]}\n"
        "  - {type: merged, title: Both, columns: [a, b]}\n"
    )
    deck = load(tmp_path, RULES.replace("title: T\n", "").replace("columns:\n", text))
    assert [column.text for column in deck.columns[:3]] == [
        "((acme OR globex) OR (tier:wire))",
        "(acme OR globex) (lang:en)",
        "",
    ]
    assert deck.columns[2].columns == ("a",)
    alone = "title: T\ncolumns:\n  - {type: since-last-visit, title: C}\n"
    assert "no column of items" in str(refused(tmp_path, alone))
