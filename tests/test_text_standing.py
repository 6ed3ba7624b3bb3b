from datetime import UTC, datetime, timedelta

import pytest

from workbench.items import Item
from workbench.text.naming import capitals
from workbench.text.telling import tell

NINE = datetime(2026, 6, 17, 9, tzinfo=UTC)
RUMOUR = "Hearing that Acme files for insolvency on Friday"
TALK = ("They say that Acme is broke", "Is it true that Acme goes under?", "Poor Acme, so it ends")


def item(after, text, **more):
    return Item(
        source=more.pop("source", "net"),
        id=str(after),
        text=text,
        author=more.pop("author", f"a{after}"),
        published=NINE + timedelta(minutes=after),
        published_precision=1.0,
        story="s",
        **more,
    )


def talk():
    return [item(n, text) for n, text in enumerate(TALK)]


def state(*items):
    return tell(items, now=NINE + timedelta(days=1)).state


def article(after, title, text="", **more):
    more.setdefault("tier", "news")
    return item(after, text, title=title, kind="article", source="paper", **more)


def test_what_one_voice_says_is_a_rumour_however_often_it_is_repeated():
    first = item(0, RUMOUR)
    assert state(first) == "rumour"
    assert state(first, item(1, RUMOUR, kind="repost"), item(2, "No!", kind="reply")) == "rumour"
    assert state(first, item(1, RUMOUR)) == "rumour"  # the same words are no second source


def test_several_who_say_it_in_their_own_words_bear_it_out():
    assert state(*talk()) == "corroborated"


def test_a_newswire_puts_it_on_the_wire():
    assert state(*talk(), article(9, "Creditors of Acme meet", tier="wire")) == "wire"


@pytest.mark.parametrize(
    "said",
    [
        {"text": "8-K", "title": "8-K - ACME CORP", "kind": "filing", "tier": "filing"},
        {"text": "It is so.", "title": "Acme Updates Outlook", "kind": "release", "tier": "wire"},
        {"text": "Our update on today's news.", "author": "acme.example", "author_name": "Acme"},
    ],
)
def test_a_filing_or_whom_it_is_about_makes_it_official(said):
    assert state(*talk(), item(9, said.pop("text"), **said)) == "official"


@pytest.mark.parametrize(
    "said",
    [
        item(9, "The rumour about our finances is false.", author="acme", author_name="Acme"),
        item(9, "There is no insolvency.", author="bank", author_name="Banking Authority"),
        article(9, "Acme denies insolvency rumour"),
        article(9, "No insolvency at Acme, regulator says"),
        article(9, "Friday", "The company has dismissed the reports."),
    ],
)
def test_a_denial_by_one_who_can_know_denies_it(said):
    assert state(*talk(), said) == "denied"


@pytest.mark.parametrize(
    "said",
    [
        item(9, "This is fake, do not believe it"),
        item(9, "The rumour is false.", author="bob", author_name="Bob"),
        article(9, "Acme passengers denied boarding"),
        article(9, "Neighbour rejects the claim that cats are wise"),
    ],
)
def test_others_deny_nothing(said):
    assert state(*talk(), said) == "corroborated"


@pytest.mark.parametrize(
    "said",
    [
        {"text": "Talks go on. There is no certainty that an agreement will be reached."},
        {"text": "There is no need to call us, and no change."},
        {"text": "There are no further details yet."},
        {"text": "There is no lounge at Ham."},
        {"text": "There is no evidence."},
        {"text": "There is no sign at the gate."},
        {"text": "There is no app in Welsh."},
    ],
)
def test_a_firm_that_says_there_is_none_of_what_nobody_spoke_of_denies_nothing(said):
    spoken = [*talk(), item(4, "In the app it says that Acme will be bust")]
    assert state(*spoken, item(9, author="acme", author_name="Acme", **said)) == "official"
    release = item(9, title="Acme Informs", kind="release", tier="wire", **said)
    assert state(*spoken, release) == "official"


@pytest.mark.parametrize(
    "text",
    [
        "There is no insolvency.",
        "There are no filings at Acme.",
        "There was no insolvency filing in this house.",
        "There is no evidence of insolvency.",
        "There is no certainty but this: there is no insolvency.",
    ],
)
def test_a_firm_that_says_there_is_none_of_what_was_spoken_of_denies_it(text):
    spoken = [*talk(), item(4, "Insolvency of Acme: a filing awaits")]
    assert state(*spoken, item(9, text, author="acme", author_name="Acme")) == "denied"
    assert state(*spoken, item(9, text, title="Acme Informs", kind="release", tier="wire")) == (
        "denied"
    )


def test_an_office_needs_nobody_to_have_spoken_of_it_and_says_other_things_too():
    office = {"author": "csa", "author_name": "Banking Authority"}
    assert state(*talk(), item(9, "There is no evidence of a fraud.", **office)) == "denied"
    assert state(*talk(), item(9, "There is no deadline.", **office)) == "corroborated"
    assert state(*talk(), item(9, "There are no injuries.", **office)) == "corroborated"


@pytest.mark.parametrize(
    "title", ["No comment on Friday, company says", "No injuries at Acme, company says"]
)
def test_an_article_on_what_a_firm_does_not_say_or_fear_denies_nothing(title):
    assert state(*talk(), article(9, title)) == "corroborated"


def test_what_was_official_before_a_denial_stays_so_and_what_comes_after_takes_its_place():
    filing = {"title": "8-K - ACME CORP", "kind": "filing", "tier": "filing"}
    denial = article(9, "Acme denies insolvency rumour")
    assert state(*talk(), item(5, "8-K", **filing), denial) == "official"
    assert state(*talk(), denial, item(12, "8-K", **filing)) == "official"


def test_the_headline_is_the_most_central_title():
    told = tell(
        [
            *talk(),
            article(5, "Weather turns fine"),
            article(6, "Acme is broke, it is true"),
            item(7, "8-K", title="8-K - ACME CORP", kind="filing", tier="filing"),
        ],
        now=NINE,
    )
    assert told.headline == "Acme is broke, it is true"


def test_without_titles_a_posts_first_sentence_is_the_headline_cut_at_a_word():
    long = "Acme stops " + "and stops " * 30
    assert tell([item(0, "Acme stops its mill at Ham. Why?")], now=NINE).headline == (
        "Acme stops its mill at Ham."
    )
    headline = tell([item(0, long)], now=NINE).headline
    assert len(headline) <= 121
    assert headline.endswith(("stops…", "and…"))


def test_a_summary_quotes_what_was_written_and_says_where():
    items = [
        item(0, "Acme stops its mill at Ham today. My cat is fine, thanks for asking."),
        item(1, "The mill at Ham is closed, Acme says. https://acme.example/news"),
        item(2, "Acme stops its mill at Ham today!"),
        item(3, "Acme stops its mill at Ham, I read here", kind="reply"),
    ]
    summary = tell(items, now=NINE).summary
    assert 1 <= len(summary) <= 3
    by_key = {each.key: each.text for each in items}
    assert all(sentence.text in by_key[sentence.key] for sentence in summary)
    assert ("net", "3") not in {sentence.key for sentence in summary}
    assert summary[0].text == "Acme stops its mill at Ham today."


def test_entities_are_what_several_items_name():
    items = [
        item(0, "Lorries at Kestrel Valley #Ham", hashtags=("Ham",), cashtags=("acme",)),
        item(1, "Nothing at #kestrelvalley", hashtags=("kestrelvalley",), cashtags=("ACME",)),
        item(2, "We saw Bob Miller there"),
    ]
    assert tell(items, now=NINE).entities == ("$ACME", "Kestrel Valley")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("They met Ana Lopez and Bob.", ["Ana Lopez", "Bob"]),
        ("Acme fell. Shares of Acme's rival rose", ["Acme"]),
        ("ALL OF THIS IS SHOUTED AT EVERYBODY HERE TODAY", []),
        ("on Monday I slept", []),
        ("", []),
    ],
)
def test_names_are_told_by_capitals_within_a_sentence(text, names):
    assert capitals(text) == names


@pytest.mark.parametrize("text", ["\u202e\x00<script>", "a" * 50_000, "A. " * 20_000, "🎉" * 5_000])
def test_hostile_texts_are_told_as_any_other(text):
    told = tell([item(0, text), item(1, text)], now=NINE)
    assert told.n == 2
    assert len(told.headline) <= 121
