import math
import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workbench.errors import SettingError
from workbench.text.trending import rank, ranked


def test_scores_follow_the_formula():
    table = rank({"strike": 30, "flight": 50}, {"strike": 40, "flight": 400}, exposure=0.1)
    assert list(table.columns) == ["term", "n", "expected", "lift", "z"]
    assert list(table["term"]) == ["strike", "flight"]
    # e = 4: (30 - 4) / sqrt(4 + 1 + 2²) = 26/3; e = 40: 10 / sqrt(41 + 400)
    assert table["z"][0] == pytest.approx(26 / 3)
    assert table["z"][1] == pytest.approx(10 / 21)
    assert table["lift"].tolist() == [7.5, 1.25]


def test_a_term_never_seen_before_expects_nothing():
    table = rank({"new": 9}, {}, exposure=0.5)
    assert table["expected"][0] == 0
    assert math.isinf(table["lift"][0])
    assert table["z"][0] == 9


def test_rare_terms_are_left_out_and_ties_are_settled():
    table = rank({"b": 5, "a": 5, "rare": 4}, {}, exposure=1)
    assert table["term"].tolist() == ["a", "b"]


def test_empty_input_gives_no_rows():
    table = rank({}, {}, exposure=1)
    assert table.empty
    assert list(table.columns) == ["term", "n", "expected", "lift", "z"]


@pytest.mark.parametrize("exposure", [0, -1, math.nan])
def test_an_exposure_that_cannot_be_is_refused(exposure):
    with pytest.raises(SettingError, match="exposure="):
        rank({"a": 9}, {}, exposure=exposure)


@settings(max_examples=50)
@given(
    st.dictionaries(st.text(max_size=3), st.integers(0, 60), max_size=30),
    st.dictionaries(st.text(max_size=3), st.integers(0, 900)),
    st.sampled_from((1 / 168, 0.1, 0.37, 3.0)),
    st.integers(0, 8),
)
@example({"strike": 30, "flight": 50, "new": 9, "rare": 2}, {"strike": 40, "flight": 400}, 0.1, 5)
def test_plain_rows_say_the_same_as_the_frame(counts, usual, exposure, minimum):
    # Python's own arithmetic, one after another, against NumPy's: to the last digit.
    table = rank(counts, usual, exposure=exposure, minimum=minimum)
    assert [tuple(row) for row in ranked(counts, usual, exposure=exposure, minimum=minimum)] == (
        list(table.itertuples(index=False, name=None))
    )


def test_columns_are_made_without_data_frames_and_network_libraries():
    code = (
        "import sys, workbench.columns; from workbench import decks; decks.load('demo'); "
        "print([m for m in ('pandas', 'numpy', 'plotly', 'nltk', 'httpx', 'websockets', "
        "'feedparser') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
