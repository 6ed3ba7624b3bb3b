from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.text.agreement import b_cubed, sightings_right

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


def test_first_sightings_by_hand():
    nine = datetime(2026, 6, 1, 9, tzinfo=UTC)
    rows = [
        # x: found as a but for its first wire, which stands alone; b holds less of it.
        (("social", 0), "a", "x"),
        (("wire", 5), "b", "x"),
        (("wire", 9), "a", "x"),
        # y: c begins with what is none of it, two minutes before.
        (("social", 18), "c", None),
        (("social", 20), "c", "y"),
        (None, "c", "y"),
        # z is undated, and n told by none that counts.
        (None, "d", "z"),
        (("news", 30), "e", "y"),
    ]
    sighted = [at and (at[0], nine + timedelta(minutes=at[1])) for at, *_ in rows]
    found, truth = [row[1] for row in rows], [row[2] for row in rows]

    def right(minutes, tiers=("social", "wire")):
        return sightings_right(
            sighted, found, truth, tiers=tiers, within=timedelta(minutes=minutes)
        )

    assert right(0) == (1, 3)  # of x on social networks
    assert right(2) == (2, 3)  # and of y
    assert right(4) == (3, 3)  # and of x on the wire
    assert right(60, ("news",)) == (0, 1)  # its cluster has none of that tier


@given(LABELS)
def test_finding_too_much_costs_recall_and_lumping_costs_precision(pairs):
    found, truth = [p[0] for p in pairs], [p[1] for p in pairs]
    assert b_cubed(truth, truth) == (1, 1, 1)
    assert b_cubed(range(len(truth)), truth).precision == 1
    assert b_cubed([0] * len(truth), truth).recall == 1
    straight, turned = b_cubed(found, truth), b_cubed(truth, found)
    assert straight[:2] == pytest.approx(turned[1::-1])
