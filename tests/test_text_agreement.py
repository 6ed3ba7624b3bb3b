import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.text.agreement import b_cubed

LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=30)


def test_agreement_by_hand():
    # Precision: a, a of {x, x, y} 2/3 each, y 1/3, z 1. Recall: x 1, 1, y of {y, y} 1/2, 1/2.
    told = b_cubed(["a", "a", "a", "b"], ["x", "x", "y", "y"])
    assert told.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert told.recall == pytest.approx(3 / 4)
    assert told.f == pytest.approx(2 * told.precision * told.recall / (told.precision + 3 / 4))


def test_nothing_agrees_with_nothing():
    assert b_cubed([], []) == (1, 1, 1)


def test_answers_of_another_length_are_refused():
    with pytest.raises(ValueError, match=r"shorter|longer"):
        b_cubed(["a"], ["x", "y"])


@given(LABELS)
def test_finding_too_much_costs_recall_and_lumping_costs_precision(pairs):
    found, truth = [p[0] for p in pairs], [p[1] for p in pairs]
    assert b_cubed(truth, truth) == (1, 1, 1)
    assert b_cubed(range(len(truth)), truth).precision == 1
    assert b_cubed([0] * len(truth), truth).recall == 1
    straight, turned = b_cubed(found, truth), b_cubed(truth, found)
    assert straight[:2] == pytest.approx(turned[1::-1])
