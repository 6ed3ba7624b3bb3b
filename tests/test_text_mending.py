"""The lexicon's fixes, each with the cases that the documentation shows."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from workbench.text.lexicon import Lexicon
from workbench.text.mending import BARRIER
from workbench.text.mending_phrases import PHRASES
from workbench.text.mending_words import EMOJIS
from workbench.text.sentiment import score

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "text.md"
CASES = re.findall(
    r"^\| [^|]*\| ([^|]+) \| (-?\d\.\d{4}) \| (-?\d\.\d{4}) \|$",
    PAGE.read_text("utf-8"),
    re.MULTILINE,
)
PEER = SentimentIntensityAnalyzer()
FIXED = Lexicon().fixed

# What the fixes look for, in any company.
pieces = st.one_of(
    st.sampled_from(sorted({word for words, *_ in PHRASES for word in words.split()})),
    st.sampled_from(sorted(text for text, *_ in CASES)),
    st.sampled_from(sorted(EMOJIS)),
    st.sampled_from(
        [". ", "! ", "\n", "\0", " :) ", "#NotGood", "#notgood", "…", "’", "“", "\ufe0f"]
    ),
    st.sampled_from(["good", "BAD", "not", "so", "no", "very", "but", "least", "doubt", "sooo"]),
    st.text(max_size=3),
)
texts = st.lists(pieces, max_size=10).map(" ".join) | st.lists(pieces, max_size=6).map("".join)


def test_the_documentation_shows_every_fix():
    assert len(CASES) > 35


@pytest.mark.parametrize(("text", "plain", "fixed"), CASES)
def test_a_case_of_the_documentation_is_as_it_says(text, plain, fixed):
    assert f"{PEER.polarity_scores(text)['compound']:.4f}" == plain
    assert f"{FIXED.compound(text):.4f}" == fixed


@settings(max_examples=120, deadline=None)
@given(st.lists(texts, min_size=1, max_size=4))
def test_one_text_and_many_have_the_same_scores_and_the_shares_add_up(many):
    scores = FIXED.scores(many)
    for text, row in zip(many, scores, strict=True):
        assert FIXED.compound(text) == row[3]
        assert sum(row[:3]) == pytest.approx(1, abs=0.002) or not sum(row[:3])
        shares = FIXED.explain(text)
        assert sum(share.value for share in shares) == pytest.approx(row[3], abs=6e-5)
        for share in shares:
            assert 0 <= share.start <= share.end <= len(text)
            assert BARRIER not in text[share.start : share.end].strip("\0")


def told(text):
    return [(text[s.start : s.end], s.value > 0) for s in FIXED.explain(text)]


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("All good. No complaints!", [("good.", True), ("No complaints!", True), ("", True)]),
        ("The crew isn’t great", [("great", False)]),
        ("Landed💔 sadly", [("💔", False), ("sadly", False)]),
        ("so #NotGood", [("Good", False)]),
        ("a sooo goooood day", [("goooood", True)]),
    ],
)
def test_the_words_are_pointed_at_as_they_stood(text, shares):
    assert told(text) == shares


def test_capitals_of_a_phrase_still_shout():
    assert FIXED.compound("it was NO PROBLEM at all") > FIXED.compound("it was no problem at all")


def test_whatever_a_text_holds_nothing_of_it_passes_for_the_end_of_a_sentence():
    assert FIXED.compound("not \0 good") == FIXED.compound("not good") < 0


def test_an_emoji_that_is_said_ten_times_counts_thrice():
    assert FIXED.compound("💓" * 10) == FIXED.compound("💓" * 3) > FIXED.compound("💓" * 2)


def test_skin_and_joiners_change_nothing_of_an_emoji():
    assert FIXED.compound("thumbs 👍🏽") == FIXED.compound("thumbs 👍")
    assert FIXED.scores(["❤️ flight"]).tolist() == FIXED.scores(["❤ flight"]).tolist()


def test_a_frame_says_that_fixes_were_on():
    frame = score(["No issues", None], fixes=True)
    assert frame.attrs["engine"] == "lexicon 3.3.2+fixes.2"
    assert frame["label"][0] == "positive"
    assert frame["label"].isna().tolist() == [False, True]
