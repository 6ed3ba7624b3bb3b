from datetime import UTC, datetime, timedelta

import pytest

from workbench.items import Item
from workbench.text.saying import headline_of, sentences_of, summary_of

NINE = datetime(2026, 6, 17, 9, tzinfo=UTC)


def item(number, text, **more):
    return Item(
        source="net", id=str(number), text=text, published=NINE + timedelta(minutes=number), **more
    )


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four… Five", ["One.", "Two!", "Three?", "Four…", "Five"]),
        ("Shares fell 3.5 pct. today. Ours too.", ["Shares fell 3.5 pct. today.", "Ours too."]),
        ("Mr. Bell left. Dr. No stays.", ["Mr. Bell left.", "Dr. No stays."]),
        ("The U.S. Senate votes. J. Bell too.", ["The U.S. Senate votes.", "J. Bell too."]),
        ("It is No. 4 vs. Bath.", ["It is No. 4 vs. Bath."]),
        ("Acme Inc. Holds (Acme Corp. Too). Next", ["Acme Inc. Holds (Acme Corp. Too).", "Next"]),
        ("It fell to 3. We rose.", ["It fell to 3.", "We rose."]),
        ("first line\n  second line \n\nthird", ["first line", "second line", "third"]),
        ("涨了。跌了！真的", ["涨了。", "跌了！", "真的"]),
        ("See https://acme.example/a.b or www.b.example now. Why?", ["See  or  now.", "Why?"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_a_text_is_cut_into_its_sentences(text, sentences):
    assert sentences_of(text) == sentences


def test_of_a_long_text_the_beginning_is_cut():
    assert sentences_of("a" * 1_499 + "bcd. More") == ["a" * 1_499 + "b"]


def test_titles_of_wires_and_news_come_before_those_of_posts_and_these_before_filings():
    filing = item(0, "8-K", title="8-K of Acme", kind="filing", tier="filing")
    post = item(1, "Look", title="Acme closes, I read", tier="social")
    news = item(2, "Text", title="Acme closes its mill", kind="article", tier="news")
    assert headline_of([filing]) == "8-K of Acme"
    assert headline_of([filing, post]) == "Acme closes, I read"
    assert headline_of([filing, post, news]) == "Acme closes its mill"
    assert headline_of([item(3, "t", title=" \n "), news]) == "Acme closes its mill"


def test_the_most_central_title_shares_most_words_with_all_items_and_of_equals_the_first():
    # "closes" and "mill" each stand in three of four items, "harbour" in two, "poem" in one:
    # over the root of five words, the second title is worth 3/4 + 3/4 + 1/2, the first 3/4.
    items = [
        item(0, "x", title="A poem on what closes", tier="news"),
        item(1, "x", title="Mill at harbour closes", tier="news"),
        item(2, "The mill closes"),
        item(3, "Mill! Harbour!"),
    ]
    assert headline_of(items) == "Mill at harbour closes"
    same = [item(n, "x", title=f"{word} closes mill", tier="news") for n, word in enumerate("ab")]
    assert headline_of(same) == "a closes mill"


def test_without_titles_the_first_sentence_that_says_something_is_the_headline():
    assert headline_of([item(0, "@bob @ann Wow. Acme stops its mill at Ham. Why?")]) == (
        "Acme stops its mill at Ham."
    )
    assert headline_of([item(0, "Oh  no\nno")]) == "Oh no no"
    assert headline_of([item(0, "@bob")]) == ""


def test_replies_and_reposts_make_a_headline_only_where_there_is_nothing_else():
    reply = item(0, "Acme stops its mill at Ham, they say", kind="reply")
    repost = item(1, "Acme stops its mill at Ham, they say", kind="repost")
    assert headline_of([reply, repost, item(2, "Look at the closed mill of Acme")]) == (
        "Look at the closed mill of Acme"
    )
    assert headline_of([reply, repost]) == "Acme stops its mill at Ham, they say"


def test_a_long_first_sentence_is_cut_at_a_word_after_120_characters():
    fits = "Acme " + "a" * 115
    assert headline_of([item(0, fits)]) == fits
    assert headline_of([item(0, fits + "b")]) == (fits + "b")[:120] + "…"  # no word to cut at
    words = "mill, " * 30
    assert headline_of([item(0, words)]) == "mill, " * 19 + "mill…"


def test_a_summary_takes_what_says_most_and_not_the_same_again():
    # Of words with four letters or more, in at least two items: mill and acme 3/4, stops and
    # harbour 2/4. The third sentence shares four of its five words with the first.
    items = [
        item(0, "Acme stops mill at harbour."),
        item(1, "Weather is fine over the hills of Ham today, said nobody."),
        item(2, "Stops at harbour mill Acme now."),
        item(3, "The mill of Acme is a museum of paper from tomorrow on."),
    ]
    assert summary_of(items, n=2) == (
        ("Acme stops mill at harbour.", ("net", "0")),
        ("The mill of Acme is a museum of paper from tomorrow on.", ("net", "3")),
    )


def test_a_summary_quotes_no_tags_no_handles_no_links_and_nothing_too_short_or_long():
    items = [
        item(0, "@bob Acme stops its mill at Ham today #acme $ACME @ann"),
        item(1, "Acme stops at Ham mill #acme"),  # 22 characters without its tag
        item(2, "Acme mill " + "stops " * 50),
        item(3, "Acme stops its mill at Ham for good", kind="reply"),
    ]
    assert summary_of(items) == (("Acme stops its mill at Ham today", ("net", "0")),)
