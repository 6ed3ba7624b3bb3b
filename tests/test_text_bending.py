"""How figures of a post are bent into its log odds, and how that is learned."""

from itertools import combinations_with_replacement

import numpy as np
import pytest

from workbench.text.bending import FIGURES, TERMS, Bend, crossed, fit, straight

BEND = Bend(
    (-2.0, -3.0, 0.0, 0.0, -4.0, -5.0),
    (2.0, 3.0, 1.0, 1.5, 4.0, 5.0),
    tuple(complex(n + 1, -n) / 10 for n in range(TERMS)),
)
FIGURE_ROWS = [
    (0.5, -1.0, 0.25, 1.0, 2.0, -3.0),
    (0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    (-1.5, 2.0, 0.75, 0.5, -1.0, 0.5),
]


def worked_out(figures):
    terms = [1.0, *figures]
    terms += [one * other for one, other in combinations_with_replacement(figures[:4], 2)]
    return sum(worth * term for worth, term in zip(BEND.by, terms, strict=True))


@pytest.mark.parametrize("figures", FIGURE_ROWS)
def test_the_log_odds_are_the_polynomial_of_the_figures(figures):
    assert BEND.odds(figures) == pytest.approx(worked_out(figures))
    assert BEND.of_many(np.array([figures]))[0] == pytest.approx(worked_out(figures))


def test_what_lies_beyond_all_that_was_learned_counts_as_its_end():
    beyond, held = (-9.0, 9.0, -1.0, 0.5, -9.0, 2.0), [-2.0, 3.0, 0.0, 0.5, -4.0, 2.0]
    assert BEND.held(beyond) == held
    assert BEND.odds(beyond) == BEND.odds(held)
    assert BEND.of_many(np.array([beyond]))[0] == pytest.approx(worked_out(held))


@pytest.mark.parametrize("figures", FIGURE_ROWS)
def test_slopes_are_what_the_log_odds_gain_with_each_figure(figures):
    for place, slope in enumerate(BEND.slopes(figures)):
        step = np.eye(FIGURES)[place] * 1e-3
        gained = worked_out(np.array(figures) + step) - worked_out(np.array(figures) - step)
        assert slope == pytest.approx(gained / 2e-3)


def test_a_straight_bend_leaves_log_odds_as_they_are():
    bend = straight((0.0, 1.0, 0.0, 0.0, -1.0, -1.0), (2.0, -1.0, 1.0, 1.0, 1.0, 1.0))
    assert bend.odds((1.5, -0.5, 0.5, 0.5, 1.0, -1.0)) == 1.5 - 0.5j


def posts(count):
    """Return posts that are negative where one word says much, whatever they say together."""
    dice = np.random.default_rng(7)
    sums, most = dice.normal(size=(count, 2)), dice.random((count, 2))
    figures = np.column_stack([sums, most, np.zeros((count, 2))])
    labels = np.where(most.max(axis=1) > 0.6, most.argmax(axis=1) * 2, 1)
    return figures, labels


def told(odds):
    return np.column_stack([odds.real, np.zeros(len(odds)), odds.imag]).argmax(axis=1)


def test_what_sums_do_not_show_is_learned_of_the_most_that_one_word_adds():
    figures, labels = posts(3_000)
    folds = np.arange(3_000) % 4
    summed = (told(figures[:, 0] + 1j * figures[:, 1]) == labels).mean()
    assert summed < 0.5
    assert (told(crossed(figures, labels, folds)) == labels).mean() > 0.85


def test_each_post_is_told_without_its_own_label():
    figures, labels = posts(400)
    folds = np.arange(400) % 4
    other = labels.copy()
    other[folds == 2] = np.roll(other[folds == 2], 1)
    before, after = (crossed(figures, each, folds)[folds == 2] for each in (labels, other))
    assert np.array_equal(before, after)


def test_few_posts_move_less_of_where_one_begins_than_many():
    begin = straight((-3.0, -3.0, 0.0, 0.0, -1.0, -1.0), (3.0, 3.0, 1.0, 1.0, 1.0, 1.0))
    few, many = (fit(*posts(count), begin) for count in (6, 3_000))
    assert few.lows == many.lows == begin.lows
    moved = [
        sum(abs(one - other) for one, other in zip(bend.by, begin.by, strict=True))
        for bend in (few, many)
    ]
    assert 0 < moved[0] < moved[1] / 2
