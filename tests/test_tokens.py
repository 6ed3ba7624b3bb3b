import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.tokens import fold, is_single, tokenize, written


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Acme's", ["acme", "s"]),
        ("state-of-the-art", ["state", "of", "the", "art"]),
        ("AT&T", ["at", "t"]),
        ("#Mars", ["mars"]),
        ("snake_case", ["snake", "case"]),
        ("Straße", ["strasse"]),
        ("ﬁnance", ["finance"]),
        ("Café Ünïted ÅÇ", ["cafe", "united", "ac"]),
        ("cafe\u0301", ["cafe"]),
        ("İstanbul", ["istanbul"]),
        ("Ёлка Όμηρος", ["елка", "ομηροσ"]),
        ("２０２６年", ["2026", "年"]),
        ("東京タワー", ["東", "京", "タ", "ワ", "ー"]),
        ("สวัสดี", list("สวัสดี")),
        ("한국어 말", ["한국어", "말"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("العَرَبِيَّة", ["العَرَبِيَّة"]),
        ("❤️ love", ["love"]),
        ("\u0301\u0302", []),
        ("½ x²", ["1", "2", "x2"]),
        ("", []),
        ("!!! — …", []),
    ],
)
def test_text_is_cut_as_the_query_language_says(text, tokens):
    if text == "สวัสดี":  # a mark standing alone is no token
        tokens = [char for char in tokens if char.isalnum()]
    assert tokenize(text) == tokens


def test_marks_stay_where_they_carry_the_meaning():
    assert tokenize("が") == ["が"]
    assert tokenize("か\u3099") == ["が"]


def test_a_character_of_a_script_without_spaces_stands_alone():
    assert is_single("京")
    assert is_single("ก")
    assert not is_single("한")
    assert not is_single("a")


@given(st.text(max_size=60))
def test_tokens_survive_being_cut_again(text):
    tokens = tokenize(text)
    assert tokenize(" ".join(tokens)) == tokens


@given(st.text(max_size=60))
def test_every_token_holds_a_letter_or_digit_and_no_space(text):
    for token in tokenize(text):
        assert any(char.isalnum() for char in token)
        assert not any(unicodedata.category(char)[0] in "ZPSC" for char in token)


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=60))
def test_plain_text_takes_the_same_way_as_any_other(text):
    assert tokenize(text) == tokenize(text + " é")[:-1]


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_marks_piled_up_without_end_are_cut_to_what_can_be_put_in_order():
    # 300,000 marks of alternating classes would take NFKC minutes.
    for marks in ("\u0300\u0316", "\u0316\uff9e"):
        folded = fold("a" + marks * 150_000 + "b")
        assert folded[0] in "aà"
        assert folded[-1] == "b"
        assert len(folded) <= 32
    assert tokenize("a" + "\u0300\u0316" * 150_000 + "b") == ["ab"]
    assert fold("—" * 99 + "a" + "\u0316" * 30) == "—" * 99 + "a" + "\u0316" * 30


@given(st.text(max_size=60) | st.text(st.characters(max_codepoint=127), max_size=60))
def test_tokens_are_written_as_they_are_read(text):
    assert [token.decode() for token in written(text)] == tokenize(text)
