"""What words say beside each other: what a convolution finds, and how it is learned."""

import random
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from windows import odds

from workbench.text import convolving, traits
from workbench.text.convolution import UNKNOWN, Filters, packed
from workbench.text.convolving import BY_LABELS, Learner, Plan, Vectors, learn

WORDS = ["good", "not", "bad", "very", "the", "hotel"]
HASHES = np.array(sorted(traits.word(name)[0] for name in WORDS))
CHANCE = np.random.default_rng(4)
SMALL = packed(
    HASHES,
    CHANCE.normal(size=(7, 5)).astype(np.float32),
    kernel=CHANCE.normal(size=(3, 5, 4)).astype(np.float32),
    bias=CHANCE.normal(size=4).astype(np.float32),
    out=CHANCE.normal(size=(4, 2)).astype(np.float32),
    base=CHANCE.normal(size=2).astype(np.float32),
)
FILTERS = Filters(SMALL)

posts = st.lists(
    st.lists(st.sampled_from([*WORDS, "unheard"]), min_size=1, max_size=9).map(" ".join),
    min_size=1,
    max_size=9,
)


def hashes(text):
    return np.array([traits.word(name)[0] for name in traits.words(text)])


@settings(max_examples=60, deadline=None)
@given(posts)
def test_each_filter_counts_where_a_window_has_the_most_of_it(texts):
    expected = np.array([odds(SMALL, text) for text in texts])
    numbers = [FILTERS.numbers(hashes(text)) for text in texts]
    together = FILTERS.many(np.concatenate(numbers), np.array([len(each) for each in numbers]))
    assert together == pytest.approx(expected, rel=1e-3, abs=5e-3)
    alone = [FILTERS.one(each.tolist()) for each in numbers]
    assert np.array(alone) == pytest.approx(expected, rel=1e-3, abs=5e-3)


@settings(max_examples=60, deadline=None)
@given(posts)
def test_the_shares_of_words_are_all_that_is_not_there_without_them(texts):
    for text in texts:
        numbers = FILTERS.numbers(hashes(text)).tolist()
        shares, none = FILTERS.shares(numbers), FILTERS.one(())
        assert len(shares) == len(numbers)
        whole = sum(shares) + complex(*none)
        assert (whole.real, whole.imag) == pytest.approx(FILTERS.one(numbers), rel=1e-6, abs=1e-6)


def drawn(sizes):
    """Return posts of as many words as these."""
    dice = random.Random(6)
    return [" ".join(dice.choices([*WORDS, "unheard"], k=size)) for size in sizes]


def test_posts_beyond_those_looked_at_together_say_what_each_does_alone():
    texts = drawn([1 + n % 23 for n in range(600)])
    numbers = [FILTERS.numbers(hashes(text)) for text in texts]
    many = FILTERS.many(np.concatenate(numbers), np.array([len(each) for each in numbers]))
    alone = [FILTERS.one(each.tolist()) for each in numbers]
    assert many == pytest.approx(np.array(alone), rel=1e-12)


@pytest.mark.parametrize("size", [60, 61, 150, 3_000])
def test_a_long_post_says_what_its_stretches_do_on_average(size):
    (text,) = drawn([size])
    numbers = FILTERS.numbers(hashes(text)).tolist()
    assert FILTERS.one(numbers) == pytest.approx(odds(SMALL, text), rel=1e-3, abs=5e-3)
    whole = sum(FILTERS.shares(numbers)) + complex(*FILTERS.one(()))
    assert (whole.real, whole.imag) == pytest.approx(FILTERS.one(numbers))


def test_three_words_with_the_most_of_it_are_not_too_much():
    most = packed(
        HASHES,
        np.full((7, 2), 3, np.float32),
        kernel=np.full((3, 2, 1), 2, np.float32),
        bias=np.zeros(1, np.float32),
        out=np.ones((1, 2), np.float32),
        base=np.zeros(2, np.float32),
    )
    assert Filters(most).one([2, 3, 4]) == pytest.approx((36, 36), rel=1e-3)


def test_few_numbers_that_are_not_nothing_are_kept():
    vectors = np.zeros((7, 700), np.float32)
    vectors[3, 5] = 0.2
    few = packed(
        HASHES,
        vectors,
        kernel=np.ones((3, 700, 1), np.float32),
        bias=np.zeros(1, np.float32),
        out=np.ones((1, 2), np.float32),
        base=np.zeros(2, np.float32),
    )
    assert Filters(few).one([4]) == pytest.approx((0.2, 0.2), rel=1e-2)


def test_words_without_a_vector_are_all_alike():
    assert FILTERS.numbers(hashes("zig zag")).tolist() == [UNKNOWN, UNKNOWN]
    none = packed(
        HASHES[:0],
        np.ones((1, 2), np.float32),
        kernel=np.ones((3, 2, 1), np.float32),
        bias=np.zeros(1, np.float32),
        out=np.ones((1, 2), np.float32),
        base=np.zeros(2, np.float32),
    )
    assert Filters(none).numbers(hashes("good")).tolist() == [UNKNOWN]


def test_the_order_of_words_is_learned():
    """Where it is all that tells one class from the other."""
    texts, labels = [], []
    for one, other in product(["good", "fine", "nice"], ["bad", "poor", "sad"]):
        texts += [f"{one} not {other}", f"{other} not {one}", f"{one} and {other}"]
        labels += [2, 0, 1]
    texts, labels = texts * 20, np.array(labels * 20)
    learner = Learner(texts, labels, None, None, 0)
    learned = learner.learned(np.ones(len(labels), dtype=bool))
    assert learned == learner.learned(np.ones(len(labels), dtype=bool))
    filters = Filters(learned)
    numbers = [filters.numbers(hashes(text)) for text in texts]
    found = filters.many(np.concatenate(numbers), np.array([len(each) for each in numbers]))
    told = np.column_stack([found[:, 0], np.zeros(len(found)), found[:, 1]]).argmax(axis=1)
    assert (told == labels).mean() > 0.9


def test_words_begin_with_the_vectors_given():
    """Those that no post has stay as they were, so that like words are read alike."""
    begin = Vectors(HASHES, np.eye(6, dtype=np.float32)[:, :5])
    goals = np.eye(3, dtype=np.float32)[[0, 2] * 40]
    texts = [hashes("bad").tolist(), hashes("good").tolist()] * 40
    learned = learn(
        texts, goals, np.ones(80, np.float32), begin, plan=BY_LABELS._replace(filters=8)
    )
    place = HASHES.tolist().index(traits.word("hotel")[0])
    row = np.frombuffer(learned.data, np.int8, 7 * 5, 4 * 6).reshape(7, 5)[place + 1]
    assert row * learned.step == pytest.approx(np.eye(6)[place, :5], abs=learned.step)


def loss(network, posts, goals):
    """Return what one step goes down, worked out post by post in double precision."""
    vectors, kernel, bias, out, base = (
        getattr(network, name).values.astype(float)
        for name in ("_vectors", "_kernel", "_bias", "_out", "_base")
    )
    whole = 0.0
    for post, goal in zip(posts, goals, strict=True):
        padded = vectors[[0, *post, 0]]
        windows = [padded[at : at + 3].ravel() @ kernel + bias for at in range(len(post))]
        odds = np.maximum(np.max(windows, axis=0), 0) @ out + base
        whole -= (goal * (odds - np.log(np.exp(odds).sum()))).sum() / len(posts)
    return whole


def test_each_step_goes_down_the_slope():
    dice = np.random.default_rng(2)
    vectors = dice.normal(size=(4, 3)).astype(np.float32)
    network = convolving._Network(vectors, Plan(filters=5, rounds=1, faded=0, hidden=0), dice)
    posts = [np.array(post) for post in ([2], [3, 4, 5, 2], [1, 3], [5, 5, 4])]
    goals = np.array([[1, 0, 0], [0, 0.5, 0.5], [0, 0, 1], [0.2, 0.8, 0]], np.float32)
    expected = {}
    for name in ("_vectors", "_kernel", "_bias", "_out", "_base"):
        values = getattr(network, name).values
        slope = expected[name] = np.zeros(values.shape)
        for place in np.ndindex(values.shape):
            if name == "_vectors" and not place[0]:
                continue  # what stands outside of a post stays nothing
            before, sides = values[place], []
            for step in (1e-3, -1e-3):
                values[place] = before + step
                sides.append(loss(network, posts, goals))
            values[place] = before
            slope[place] = (sides[0] - sides[1]) / 2e-3
    network.move(posts, goals, np.full(4, 0.25, np.float32), 0.0)
    for name, slope in expected.items():
        assert getattr(network, name)._mean / 0.1 == pytest.approx(slope, abs=2e-3), name
