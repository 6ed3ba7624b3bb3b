"""Which pairs of words are one thing, by NLTK's measure and by ours alike."""

import random

import pytest

from workbench.text.phrases import fold, likelihoods, nltk_likelihoods


def test_a_phrase_takes_the_place_of_both_its_words():
    counts = {"bleed": 30, "sensor": 36, "#grounded": 30, "crew": 12}
    assert fold(counts, {("bleed", "sensor"): 28}) == {
        "#grounded": 30,
        "crew": 12,
        "bleed sensor": 28,
    }


@pytest.mark.parametrize(
    ("counts", "pairs", "why"),
    [
        ({"the": 400, "strike": 25}, {("the", "strike"): 25}, "the is said without it"),
        ({"bleed": 4, "sensor": 4}, {("bleed", "sensor"): 4}, "too rare"),
        ({"fire": 9}, {("fire", "fire"): 9}, "a word said twice"),
        ({"bleed": 30, "sensor": 40}, {("bleed", "sensor"): 30}, "more than 1.3 times as many"),
        ({"a": 9, "b": 9}, {("a", "b"): 7}, "chance would bring them together as often"),
        ({}, {("a", "b"): 9}, "words that nobody counted"),
    ],
)
def test_what_is_no_phrase_leaves_its_words(counts, pairs, why):
    assert fold(counts, pairs) == counts, why


def test_the_stronger_of_two_phrases_that_share_a_word_has_it():
    counts = {"bleed": 30, "sensor": 30, "fault": 25}
    pairs = {("bleed", "sensor"): 30, ("sensor", "fault"): 24}
    assert fold(counts, pairs) == {"fault": 25, "bleed sensor": 30}


def test_our_measure_is_nltks():
    made = random.Random(7)
    words = {f"w{n}": made.randint(5, 300) for n in range(40)}
    pairs = {
        (a, b): made.randint(1, min(words[a], words[b]))
        for a in words
        for b in words
        if a != b and made.random() < 0.3
    }
    ours, theirs = likelihoods(words, pairs), nltk_likelihoods(words, pairs)
    assert len(theirs) == len(pairs) > 300
    for pair, ratio in theirs.items():
        assert ours[pair] == pytest.approx(ratio, rel=1e-9, abs=1e-9)


def test_the_measure_is_what_it_is_in_the_literature():
    # Observed 10, 0, 0, 90 of 100: G2 = 2 * (10 ln 10 + 90 ln (90 / 81)) = 65.0
    found = likelihoods({"a": 10, "b": 10, "rest": 80}, {("a", "b"): 10})
    assert found["a", "b"] == pytest.approx(65.0166, abs=1e-3)


def test_without_a_likely_pair_the_measure_is_not_asked():
    assert fold({"a": 9, "b": 90}, {("a", "b"): 9}, score=lambda *_: 1 / 0) == {"a": 9, "b": 90}
