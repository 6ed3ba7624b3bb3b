"""Tokens counted in bulk: the same as one by one, whatever is written."""

import subprocess
import sys
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.text.counting import count_tokens
from workbench.tokens import tokenize

# What has gone wrong in tokenisers before: marks, compositions, joiners, width, emoji, our own
# separator, words that differ only behind a variation selector, blanks of all kinds.
_ODD = (
    *("a", "B", "\u00e9", "e\u0301", "\u00df", "\ufb01", "\u00bd", "\u017f", "\u0345"),
    *("\u200d", "\ufe0f", "\U0001f600", "\U0001f469\u200d\U0001f680", "\u6771", "\u4eac"),
    *("\uff76\uff9e", "\ud55c", "\u1161", "\u0e44", "\u05ea", "\x00", "\x1c", "\x85"),
    *(
        "\u00a0",
        "\u2028",
        "\u3000",
        " ",
        "\n",
        "'",
        "\u2019",
        "\u2026",
        "\u201c",
        "#",
        "$",
        "_",
        "1",
    ),
    *("\u0130", "\u01c5", "\u03a3", "\u03c2", "\ud800", "<", "=", ">", "\u0338", "J", "\u030c"),
)
_TEXTS = st.lists(
    st.lists(st.sampled_from(_ODD), max_size=12).map("".join) | st.text(max_size=20), max_size=30
)


def one_by_one(texts):
    found = Counter()
    for text in texts:
        found.update(set(tokenize(text)))
    return found


@given(_TEXTS)
@settings(max_examples=60, deadline=None)
def test_in_bulk_the_counts_are_those_of_one_by_one(texts):
    assert count_tokens(texts, few=0, threads=1) == one_by_one(texts)


def test_several_blocks_on_several_threads_add_up():
    said = "x\u2019s "
    words = ["strike", "Fuel", "café", "東京", "a\x00b", "crew" * 60]
    texts = [f"{words[n % 6]} {n % 977} {words[n % 5]}, {said * (n % 3)}" for n in range(9_000)]
    found = count_tokens(iter(texts), few=0, threads=3)
    assert found == one_by_one(texts)
    assert found["strike"] == 3_000  # every sixth text, every fifth, and once where both


def test_long_texts_with_piles_of_marks_are_read_as_a_whole():
    texts = ["a" + "\u0301" * 40 + " b", ("a" + "\u0301" * 40 + " b ") * 30]
    assert count_tokens(texts, few=0) == one_by_one(texts)


def test_a_long_text_is_folded_but_once():
    # Without its variation selector the two would be put together.
    texts = ["\u1112\ufe0f\u1161 " + "x" * 1_000, "\u1112\u1161", "a<\u0338b"]
    found = count_tokens(texts, few=0)
    assert found == one_by_one(texts)
    assert found["\u1112\u1161"] == found["\ud558"] == 1
    assert found["b"] == 1


def test_texts_of_all_lengths_are_counted_once_each():
    texts = [" ".join(f"w{k % 40}" for k in range(length)) for length in (0, 1, 31, 32, 33, 900)]
    found = count_tokens(texts, few=0)
    assert found == one_by_one(texts)
    assert found["w0"] == 5
    assert found["w39"] == 1


def test_nothing_is_counted_of_nothing():
    assert count_tokens([]) == count_tokens([], few=0) == Counter()


def test_a_page_that_counts_few_texts_needs_neither_numpy_nor_arrow():
    code = (
        "import sys; from workbench.text.counting import count_tokens; count_tokens(['a b'] * 99);"
        "print([m for m in ('numpy', 'pyarrow') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
