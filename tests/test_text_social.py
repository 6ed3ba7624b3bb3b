"""The engine for social posts: what it says of posts, and how it explains it."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from windows import odds

from workbench.errors import SettingError
from workbench.text import engines, linearbatch, social, traits, weighing
from workbench.text.sentiment import score
from workbench.text.social import Linear, Social, compound_of
from workbench.text.weights import NEGATED, read, write

ENGINE = Social()
STRAIGHT = Linear(replace(ENGINE.weights, bend=None))  # whose log odds are sums
BARE = Linear(replace(ENGINE.weights, convolution=None))
PLAIN = Linear(replace(STRAIGHT.weights, common=(), ready=b"", hashes=b""))  # holds nothing ready

POSTS = {
    "positive": [
        "I love this airline, best crew ever!",
        "So happy with the new phone :)",
        "What a great morning, thank you all",
        "Can't wait for the concert tonight!!",
    ],
    "negative": [
        "Worst service ever. I hate this company",
        "My flight is cancelled again, so angry",
        "this is not good at all",
        "I'm so sad and disappointed :(",
    ],
    "neutral": [
        "The meeting is on Tuesday at the town hall",
        "Watching the news on Channel 4 at 6",
        "Annual report to be published on 3 March https://a.example/r",
    ],
}

words = st.one_of(
    st.sampled_from(
        [
            "not",
            "never",
            "good",
            "bad",
            "great",
            "the",
            "@acme",
            "#NotHappy",
            ":)",
            "😂",
            "!",
            "?!",
            ".",
            "soooo",
            "http://a.b",
        ]
    ),
    st.text(max_size=6),
)
texts = st.lists(words, max_size=12).map(" ".join)


@pytest.mark.parametrize("label", POSTS)
def test_what_plainly_reads_one_way_is_labelled_so(label):
    assert set(score(POSTS[label], engine="social")["label"]) == {label}


def test_a_negation_turns_a_word():
    assert ENGINE.compound("this is good") > 0.05 > ENGINE.compound("this is not good")


@settings(max_examples=100, deadline=None)
@given(texts)
def test_the_label_is_the_most_probable_class_and_probabilities_add_up(text):
    (row,) = ENGINE.scores([text])
    assert row[:3].sum() == pytest.approx(1)
    assert row[3] == ENGINE.compound(text)
    best = row[:3].max()
    label = 2 if row[3] >= 0.05 else 0 if row[3] <= -0.05 else 1
    if (row[:3] > best - 1e-9).sum() == 1:
        assert row[label] == best


@settings(max_examples=100, deadline=None)
@given(texts)
def test_the_shares_of_the_words_and_of_the_rest_add_up_to_the_compound(text):
    for engine in (BARE, ENGINE):
        shares = engine.explain(text)
        whole = sum(share.value for share in shares)
        assert whole == pytest.approx(engine.compound(text), abs=1e-9)
    for share in shares[:-1]:
        assert text[share.start : share.end].split() == [text[share.start : share.end]]
    assert shares[-1][:2] == (0, 0)


@settings(max_examples=100, deadline=None)
@given(texts)
def test_a_text_costs_what_its_traits_weigh(text):
    """Worked out from all traits at once, without what is kept of words."""
    weights = STRAIGHT.weights
    places = traits.places(text)
    norm = min(1 / 20, 20 / max(len(places), 1))
    odds = [
        bias + norm * sum(weights.sizes[weights.table[2 * place + half]] for place in places)
        for half, bias in enumerate(weights.bias)
    ]
    raised = np.exp([odds[0], 0.0, odds[1]])
    assert STRAIGHT.scores([text])[0, :3] == pytest.approx(raised / raised.sum())


@settings(max_examples=50, deadline=None)
@given(texts)
def test_the_score_rests_on_sums_and_the_most_that_one_word_adds(text):
    """Each word as the end of a text without the last word's own traits."""
    sums, most = STRAIGHT._odds(text), [0.0, 0.0]
    before, parts, norm = traits.START, PLAIN._parts, traits.faintness(len(traits.places(text)))
    for each in text.split():
        own, _, first, last, _, _, parts = parts[each]
        step = own + PLAIN._table.of([traits.meeting(before, first)])
        most = [max(most[0], step.real * norm), max(most[1], step.imag * norm)]
        before = last
    beside = odds(ENGINE.weights.convolution, text)
    figures = [sums.real, sums.imag, *most, *beside]
    for found in (ENGINE.figures([text])[0], ENGINE._figures(text)):
        assert found[:4] == pytest.approx(figures[:4], rel=1e-5, abs=1e-6)
        assert found[4:] == pytest.approx(figures[4:], abs=0.02)  # by small whole numbers
    assert ENGINE._odds(text) == pytest.approx(ENGINE.weights.bend.odds(ENGINE._figures(text)))


def test_many_texts_are_scored_as_each_alone():
    many = [*(text for each in POSTS.values() for text in each), "", "not", "@a http://b.c/d :)"]
    many = [*many, "We did not, ever! like\u2019n this… #NoWay \ud800 İstanbul 3.5% x" * 3, " "]
    many *= 90
    together = Social().scores(many)
    assert together[:, 3].tolist() == [ENGINE.compound(text) for text in many]
    assert together == pytest.approx(
        np.array([ENGINE.scores([text])[0] for text in many[:16]] * 90)
    )


def test_the_words_that_make_a_score_are_told():
    text = "The crew was wonderful"
    strongest = max(ENGINE.explain(text), key=lambda share: share.value)
    assert text[strongest.start : strongest.end] == "wonderful"
    assert strongest.plain > 0


def test_the_shares_of_words_leave_little_to_what_no_word_has():
    for text in (text for each in POSTS.values() for text in each):
        for engine in (ENGINE, STRAIGHT):
            told = sum(share.value for share in engine.explain(text)[:-1])
            assert told == pytest.approx(engine.compound(text) - engine.compound(""), abs=2e-3)


def test_no_texts_give_no_rows_and_an_empty_text_what_nothing_says():
    assert ENGINE.scores([]).shape == (0, 4)
    assert ENGINE.compound("") == ENGINE.compound(" \n") == compound_of(*ENGINE.scores([""])[0, :3])
    assert sum(share.value for share in ENGINE.explain("")) == ENGINE.compound("")


@pytest.mark.parametrize(
    ("chances", "compound"),
    [
        ((0.0, 0.0, 1.0), 1.0),
        ((1.0, 0.0, 0.0), -1.0),
        ((0.0, 1.0, 0.0), 0.0),
        ((0.2, 0.2, 0.6), 0.43),
        ((0.3, 0.4, 0.3), 0.0),
        ((0.0, 0.5, 0.5), 0.0499),
        ((0.45, 0.1, 0.45), 0.0),
    ],
)
def test_the_compound_is_made_of_the_probabilities(chances, compound):
    assert compound_of(*chances) == compound


def test_what_is_hardly_negative_is_zero_without_a_sign():
    chances = 0.30001, 0.4, 0.3
    assert str(compound_of(*chances)) == "0.0"
    assert str(social._compounds(np.array([chances]))[0]) == "0.0"


def test_a_long_text_says_no_more_than_its_mean():
    line = "The meeting was at noon and the food was okay, they say. "
    odds = [ENGINE._odds(line * times).imag for times in (30, 60)]
    assert odds[0] == pytest.approx(odds[1], rel=0.02)
    summed = [STRAIGHT._odds(line * 30 + more).imag for more in ("", "wonderful")]
    assert abs(summed[1] - summed[0]) < 0.2
    short, long = (
        ENGINE._odds(line * times + "wonderful").imag - ENGINE._odds(line * times).imag
        for times in (1, 30)
    )
    assert 0 < long < short / 5


def test_what_is_kept_of_words_is_bounded(monkeypatch):
    monkeypatch.setattr(weighing, "_KEPT", 10)
    monkeypatch.setattr(linearbatch, "_KEPT", 10)
    many = [f"word{n} isn't great" for n in range(40)]
    engine = Linear(replace(ENGINE.weights, common=(), ready=b"", hashes=b""))
    found = [engine.compound(text) for text in many]
    for start in range(0, 40, 4):
        together = engine.scores(many[start : start + 4])[:, 3]
        assert together == pytest.approx(found[start : start + 4])
        assert len(engine._batch._plain) + len(engine._batch._negated) <= 14
    assert len(engine._parts) <= 10
    assert found == pytest.approx([ENGINE.compound(text) for text in many], abs=2e-4)


@settings(max_examples=100, deadline=None)
@given(st.lists(texts, max_size=8))
def test_texts_of_any_words_are_scored_together_as_each_alone(many):
    PLAIN._batch._forget()
    for engine in (PLAIN, ENGINE, BARE):
        together = engine.scores(many)[:, 3]
        assert together == pytest.approx([engine.compound(text) for text in many])
        assert engine.scores(many)[:, 3].tolist() == together.tolist()


@pytest.mark.parametrize(
    "text",
    [
        "not video):",
        "tomorrow:) x) xo)",
        '\u201cGreat\u201d """Wonderful!" (Bad) [SOOOO]',
        "NOT, Never\u2019 good. xDDD! Www.. www..",
        "1\u00b2 \u00b2 http:// \u0130stanbul",
        "never didn't-like-it ,bad",
    ],
)
def test_parts_that_are_alike_or_joined_show_what_each_does_by_itself(text):
    worth = PLAIN._table.of(traits.places(text)) * traits.faintness(len(traits.places(text)))
    assert PLAIN._odds(text) == pytest.approx(PLAIN._bias + worth)
    assert PLAIN._batch.added([text])[0, :2] == pytest.approx([worth.real, worth.imag])


def test_the_weights_that_come_along_are_small_and_say_where_they_are_from():
    assert social._PACKED.stat().st_size <= 2 * 2**20
    assert "SemEval-2017" in ENGINE.weights.about
    assert "CC BY 3.0" in ENGINE.weights.about
    assert (ENGINE.name, ENGINE.languages) == ("social", frozenset({"en"}))


def test_what_is_held_ready_of_parts_is_what_their_traits_weigh():
    faces = [
        text for text in ENGINE.weights.common if text[0].isalpha() and text[-2:] in (":)", "):")
    ]
    assert faces
    negated = [text for text in ENGINE.weights.common if text[0] == NEGATED]
    assert negated
    for text in [*faces, *negated[::50], *ENGINE.weights.common[::50]]:
        kept, apart = (
            (parts.other if text in negated else parts)[text.removeprefix(NEGATED)]
            for parts in (ENGINE._parts, PLAIN._parts)
        )
        worth, *rest, following = kept
        expected, *shown, after = apart
        assert worth == pytest.approx(expected, rel=1e-6, abs=1e-6)
        assert (rest, following.is_negated) == (shown, after.is_negated)


@pytest.mark.parametrize("engine", [BARE, STRAIGHT, PLAIN])
def test_weights_without_a_part_are_read_as_they_were(tmp_path, engine):
    write(tmp_path / "a.weights", engine.weights)
    assert read(tmp_path / "a.weights") == engine.weights


def test_weights_that_were_written_are_read_as_they_were(tmp_path):
    write(tmp_path / "a.weights", ENGINE.weights)
    assert read(tmp_path / "a.weights") == ENGINE.weights
    write(tmp_path / "b.weights", read(tmp_path / "a.weights"))
    assert (tmp_path / "a.weights").read_bytes() == (tmp_path / "b.weights").read_bytes()


def test_weights_that_cannot_be_read_say_why(tmp_path):
    path = tmp_path / "a.weights"
    with pytest.raises(SettingError, match=r"a\.weights: cannot be read"):
        read(path)
    path.write_text("label,text\n")
    with pytest.raises(SettingError, match="holds no weights of this version"):
        read(path)
    whole = social._PACKED.read_bytes()
    for cut in (whole[:-1], whole[:40], whole[:-1] + b"\x01"):
        path.write_bytes(cut)
        with pytest.raises(SettingError, match=r"a\.weights is damaged"):
            read(path)
    bent = replace(ENGINE.weights, bend=ENGINE.weights.bend._replace(by=(0j,)))
    write(path, bent)
    with pytest.raises(SettingError, match=r"a\.weights is damaged"):
        read(path)
    line = json.dumps({"crc": 1}).encode()
    path.write_bytes(whole.split(b"\n")[0] + b"\n" + line + b"\n")
    with pytest.raises(SettingError, match=r"a\.weights is damaged"):
        read(path)


FILTERS = ENGINE.weights.convolution
NAN = b"\x00\x00\xc0\x7f"


@pytest.mark.parametrize(
    "wrong",
    [
        {"convolution": replace(FILTERS, words=-1)},
        {"convolution": replace(FILTERS, words=10**9)},
        {"convolution": replace(FILTERS, filters=0)},
        {"convolution": replace(FILTERS, filters=10**6)},
        {"convolution": replace(FILTERS, size=0)},
        {"convolution": replace(FILTERS, step=float("nan"))},
        {"convolution": replace(FILTERS, data=FILTERS.data[:-4] + NAN)},
        {"convolution": replace(FILTERS, data=FILTERS.data[4:8] * 2 + FILTERS.data[8:])},
        {"convolution": replace(FILTERS, words=float("inf"))},
        {"hashes": ENGINE.weights.hashes[:-4]},
        {"hashes": ENGINE.weights.hashes + b"abcd"},
        {"ready": ENGINE.weights.ready[:9] + b"\0" + ENGINE.weights.ready[10:]},
        {"common": ("", *ENGINE.weights.common[1:])},
    ],
    ids=lambda wrong: str(*wrong),
)
def test_weights_whose_parts_do_not_fit_are_damaged(tmp_path, wrong):
    write(tmp_path / "a.weights", replace(ENGINE.weights, **wrong))
    with pytest.raises(SettingError, match=r"a\.weights is damaged"):
        read(tmp_path / "a.weights")


def test_a_file_in_the_folder_of_engines_is_an_engine(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_SENTIMENT", str(tmp_path))
    write(tmp_path / "ours.weights", replace(ENGINE.weights, name="ours", version="7"))
    write(tmp_path / "lexicon.weights", ENGINE.weights)  # a name that is taken
    entries = engines.entry_points(group=engines.GROUP)
    found = engines.load(entry for entry in entries if entry.name in {"social", "lexicon"})
    monkeypatch.setattr(engines, "available", lambda: found)
    scored = score(["I love it"], engine="ours")
    assert scored.attrs["engine"] == "ours 7"
    assert scored["compound"][0] == ENGINE.compound("I love it")
    assert found["lexicon"]().version == "3.3.2"
