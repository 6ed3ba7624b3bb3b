"""Sentiment, beside vaderSentiment itself."""

import string

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import (
    BOOSTER_DICT,
    NEGATE,
    SPECIAL_CASES,
    SentimentIntensityAnalyzer,
)

from workbench.text.sentiment import score
from workbench.text.vader import Vader
from workbench.text.vaderbatch import Batch

PEER = SentimentIntensityAnalyzer()
VADER = Vader()
BATCH = Batch(VADER)
LEXICON = sorted(PEER.lexicon)
EMOJIS = sorted(PEER.emojis)
SMALL = "the a flight no or nor so this without doubt least at very never kind of but shit bomb die"

words = st.one_of(
    st.sampled_from(LEXICON),
    st.sampled_from(LEXICON),
    st.sampled_from(sorted(BOOSTER_DICT)),
    st.sampled_from(NEGATE),
    st.sampled_from(sorted(SPECIAL_CASES)),
    st.sampled_from(SMALL.split()),
    st.sampled_from(SMALL.split()),
    st.sampled_from(EMOJIS),
    st.text(max_size=3),
)
dressed = st.builds(
    lambda word, change, tail: change(word) + tail,
    words,
    st.sampled_from((str, str, str, str.upper, str.title)),
    st.sampled_from(("", "", "", "!", "?", "...", ",", "!!!", "'")),
)
texts = st.builds(
    lambda parts, sign: sign.join(parts),
    st.lists(dressed, max_size=14),
    st.sampled_from((" ", " ", "\n", "")),
)


@settings(max_examples=300, deadline=None)
@given(texts)
def test_the_scores_of_one_text_are_vaders_to_the_last_digit(text):
    assert VADER.scores(text) == tuple(PEER.polarity_scores(text).values())
    assert VADER.compound(text) == VADER.scores(text)[3]


@settings(max_examples=150, deadline=None)
@given(st.lists(texts, min_size=1, max_size=8))
def test_the_scores_of_many_texts_are_vaders_to_the_last_digit(many):
    assert BATCH.scores(many).tolist() == [list(PEER.polarity_scores(t).values()) for t in many]


def test_every_idiom_and_rule_holds_among_many_texts():
    ways = [
        "{} good",
        "{} bad",
        "good {}",
        "so {} great",
        "not {} GREAT",
        "bad but {} great but bad",
    ]
    special = [*SPECIAL_CASES, *BOOSTER_DICT, "without doubt", "without a doubt", "never so"]
    special += [
        "at least",
        "very least",
        "the least",
        "no",
        "neither no nor",
        "kind",
        "of",
        *NEGATE,
    ]
    many = [way.format(each) for way in ways for each in special]
    assert BATCH.scores(many).tolist() == [list(PEER.polarity_scores(t).values()) for t in many]


@settings(max_examples=150, deadline=None)
@given(texts)
def test_the_shares_of_the_words_add_up_to_the_compound(text):
    shares = VADER.explain(text)
    assert sum(share.value for share in shares) == pytest.approx(VADER.compound(text), abs=6e-5)
    words = [share for share in shares if share.end]
    assert [share.start for share in words] == sorted(share.start for share in words)
    for share in words:
        word = text[share.start : share.end]
        assert word
        assert not any(map(str.isspace, word))
    assert len(shares) - len(words) <= 1


@settings(max_examples=100, deadline=None)
@given(texts)
def test_a_word_that_the_lexicon_does_not_know_has_no_share(text):
    for share in VADER.explain(text):
        if share.end and not any(emoji in text for emoji in EMOJIS):
            word = text[share.start : share.end].lower()
            bare = word.strip(string.punctuation)
            assert PEER.lexicon[word if len(bare) <= 2 else bare] == share.plain


def shares(text):
    return [
        (text[share.start : share.end], share.value > 0, share.plain > 0)
        for share in VADER.explain(text)
    ]


def test_a_word_that_is_turned_by_those_around_it_says_so():
    assert shares("The crew was not helpful, later on they were kind!") == [
        ("helpful,", False, True),
        ("kind!", True, True),
        ("", True, False),
    ]


def test_an_emoji_is_a_word_where_it_stands():
    text = "Landed😀fine 💔"
    assert [text[s.start : s.end] for s in VADER.explain(text)] == ["😀", "💔", "💔"]


def test_what_has_no_words_has_no_shares():
    assert VADER.explain("") == VADER.explain("the flight!") == []


def test_a_frame_has_all_four_scores_in_order():
    found = score(["I love it", "bad", "the flight", None])
    assert list(found.columns) == ["neg", "neu", "pos", "compound", "label"]
    for row, text in enumerate(["I love it", "bad", "the flight"]):
        assert dict(found.loc[row, ["neg", "neu", "pos", "compound"]]) == PEER.polarity_scores(text)
    assert list(found["label"][:3]) == ["positive", "negative", "neutral"]
    assert found.loc[3].isna().all()


def test_a_series_keeps_its_index():
    found = score(pd.Series(["bad", "good"], index=["b", "a"]))
    assert list(found.index) == ["b", "a"]


def test_nothing_gives_an_empty_frame():
    assert list(score([]).columns) == ["neg", "neu", "pos", "compound", "label"]
    assert score([]).empty


def test_a_frame_tells_its_engine_and_version():
    assert score(["x"]).attrs["engine"] == "lexicon 3.3.2"
