"""Engines of one's own labels: what is learned, reported, and refused."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from labelling import posts
from windows import odds

from workbench.cli import group
from workbench.errors import SettingError
from workbench.text import traits
from workbench.text.convolving import Lessons, Vectors
from workbench.text.labelled import Labelled, read_labels
from workbench.text.quality import report
from workbench.text.social import Linear
from workbench.text.trained import Trained
from workbench.text.training import FEWEST, Likeness, train
from workbench.text.weights import read, write


@pytest.fixture(scope="module")
def trained():
    return train(posts(240), name="ours", version="2", about="Of <our> own writing.")


def test_what_was_learned_is_right_on_posts_that_it_has_not_seen(trained):
    later = posts(90, seed=2)
    found = Linear(trained.weights).scores(later.texts)[:, :3].argmax(axis=1)
    assert (found == later.labels).mean() > 0.85
    assert trained.recall > 0.85
    assert trained.confusion.sum() == 240


def test_the_same_posts_and_seed_give_the_same_bytes(trained, tmp_path):
    again = train(posts(240), name="ours", version="2", about="Of <our> own writing.")
    write(tmp_path / "a", trained.weights)
    write(tmp_path / "b", again.weights)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert np.array_equal(trained.chances, again.chances)


def test_a_word_is_read_like_those_that_are_said_to_be_alike(trained):
    good, bad, unseen = (traits.word_places(word)[1] for word in ("lovely", "rude", "stellar"))
    alike = Likeness(np.array([good, bad, unseen]), np.array([[9.0], [-9.0], [9.0]], np.float32))
    taught = train(posts(240), likeness=alike)
    text = "the hotel is stellar"
    before, after = (Linear(each.weights).scores([text])[0] for each in (trained, taught))
    assert after[2] > before[2] + 0.05
    assert Linear(taught.weights).compound("the hotel is lovely") >= 0.05


def test_what_a_larger_model_says_is_learned_and_tried_on_what_it_has_not_seen():
    given = posts(240)
    further = ["the hotel is stellar", "the hotel is dire"] * 60
    names = {name for text in (*given.texts, *further) for name in traits.words(text)}
    hashes = np.array(sorted(traits.word(name)[0] for name in names))
    dice = np.random.default_rng(5)
    vectors = Vectors(hashes, dice.normal(scale=0.1, size=(len(hashes), 8)).astype(np.float32))
    apart = np.arange(240) % 4 == 0
    chances = np.eye(3, dtype=np.float32)
    lessons = Lessons(apart, chances[given.labels], further, chances[[2, 0] * 60])
    taught = train(given, vectors=vectors, lessons=lessons)
    assert taught.labels.tolist() == np.array(given.labels)[apart].tolist()
    assert taught.recall > 0.85
    windows = taught.weights.convolution
    found = [odds(windows, text) for text in further[:2]]
    assert found[0][1] > max(0, found[0][0])
    assert found[1][0] > max(0, found[1][1])


def test_what_posts_do_not_say_stays_as_it_was_in_what_it_began_with(trained):
    few = posts(66, seed=3)
    few = Labelled([text.replace("hotel", "zeppelin") for text in few.texts], few.labels)
    later = train(few, name="later", base=trained.weights)
    assert later.recall > 0.9
    assert Linear(later.weights).compound("my flight is worth every penny") >= 0.05
    assert Linear(trained.weights).compound("my flight is worth every penny") >= 0.05
    assert later.weights.convolution == trained.weights.convolution


def test_labels_that_are_easy_to_tell_apart_make_an_engine_sure_of_nothing_else(trained):
    easy = Labelled(["zig", "zag", "zog"] * FEWEST, [0, 1, 2] * FEWEST)
    later = train(easy, name="later", base=trained.weights)
    assert later.recall == 1
    before, after = (
        Linear(each.weights).scores(["the flight is on the runway"])[0, :3].max()
        for each in (trained, later)
    )
    assert abs(after - before) < 0.2


def test_recall_and_calibration_are_what_one_counts_by_hand(trained):
    labels = np.array([0, 0, 0, 0, 1, 1, 2])
    chances = np.array(
        [
            [0.9, 0.05, 0.05],
            [0.9, 0.05, 0.05],
            [0.2, 0.7, 0.1],
            [0.2, 0.7, 0.1],
            [0.2, 0.7, 0.1],
            [0.1, 0.1, 0.8],
            [0.1, 0.1, 0.8],
        ]
    )
    found = Trained(trained.weights, labels, chances, 1.0)
    assert found.confusion.tolist() == [[2, 2, 0], [0, 1, 1], [0, 0, 1]]
    assert found.recall == pytest.approx((0.5 + 0.5 + 1) / 3)
    # Each negative post weighs a quarter, each neutral one a half, the positive one 1.
    low, middle, high = found.calibration(0)
    assert low == (pytest.approx(0.1), 0.0, 2)
    assert middle == (pytest.approx(0.2), pytest.approx(0.5 / 1.0), 3)
    assert high == (pytest.approx(0.9), 1.0, 2)


def test_probabilities_are_drawn_towards_what_is_true(trained):
    said, true, _ = max(trained.calibration(2), key=lambda part: part[2])
    assert abs(said - true) < 0.1
    assert (
        0.02 < trained.temperature < 1
    )  # little was learned of each post, and is made the most of


def test_the_report_tells_names_as_text_and_draws_each_class(trained):
    page = report(trained)
    assert "Of &lt;our&gt; own writing." in page
    assert f"{trained.recall:.3f}" in page
    assert page.count("<polyline") == 3
    assert not re.search(r"<script|https?:|javascript:", page)
    for number, row in enumerate(trained.confusion.tolist()):
        assert "".join(f"<td>{count}</td>" for count in row) in page, number


def test_traits_lie_in_the_table_and_a_word_that_comes_again_has_the_same():
    found = traits.places(
        "Not GOOOOD at all… #NotHappy :( 😂 @acme 3.5% https://a.example/x \ud800"
    )
    assert all(0 <= place < traits.SIZE for place in found)
    once, twice = traits.places("very"), traits.places("very very")
    assert twice[: len(once) - traits.TAIL] == once[: -traits.TAIL]


@pytest.mark.parametrize("name", ["labels.csv", "labels.tsv"])
def test_labels_are_read_from_either_kind_of_table(tmp_path, name):
    path = tmp_path / name
    sign = "," if name.endswith("csv") else "\t"
    rows = [
        ["id", "text", "label"],
        ["1", "good", "Positive"],
        ["2", " ", "neu"],
        ["3", "bad", "-1"],
    ]
    path.write_text("".join(sign.join(row) + "\n" for row in rows), "utf-8")
    assert read_labels(path) == (["good", "bad"], [2, 0])


def test_a_table_that_cannot_be_used_says_where_and_why(tmp_path):
    path = tmp_path / "l.csv"
    with pytest.raises(SettingError, match=r"l\.csv: cannot be read"):
        read_labels(path)
    for text, said in (
        ("mood,text\n", "first line does not name label"),
        ("", "first line does not name label and text"),
        ("label,text\npositive,a\nhappy,b\n", r"line 3: 'happy' is no label; they are negative"),
    ):
        path.write_text(text)
        with pytest.raises(SettingError, match=said):
            read_labels(path)
    path.write_bytes(b"label,text\nneg,\xff\n")
    with pytest.raises(SettingError, match="is not UTF-8"):
        read_labels(path)


def test_an_engine_of_an_older_kind_is_learned_anew_as_the_next_version(tmp_path, trained):
    (tmp_path / "l.csv").write_text(
        "label,text\n" + "neutral,so\npositive,good\nnegative,bad\n" * 20
    )
    path = tmp_path / "ours.weights"
    write(path, replace(trained.weights, version="6"))
    path.write_bytes(path.read_bytes().replace(b"weights 3\n", b"weights 2\n", 1))
    with pytest.raises(SettingError, match="holds no weights of this version"):
        read(path)
    arguments = ["train-sentiment", str(tmp_path / "l.csv"), "--to", str(path), "--base", "none"]
    done = CliRunner().invoke(group, arguments)
    assert done.exit_code == 0, done.stderr
    assert read(path).version == "7"
    path.write_text("no engine")
    refused = CliRunner().invoke(group, arguments)
    assert "ours.weights holds no weights of an engine; take another name" in refused.stderr
    path.unlink()
    path.mkdir()
    refused = CliRunner().invoke(group, arguments)
    assert "ours.weights: cannot be read" in refused.stderr


def test_posts_without_a_word_in_common_teach_no_vectors():
    texts = [f"{chr(0x4E00 + n)}{chr(0x4E01 + 3 * n)}" for n in range(60)]
    learned = train(Labelled(texts, [0, 1, 2] * 20)).weights
    assert learned.convolution.words == 0
    assert Linear(learned).scores(texts[:2]).shape == (2, 4)


def test_a_version_that_cannot_be_counted_on_from_is_asked_for(tmp_path, trained):
    (tmp_path / "l.csv").write_text("label,text\n")
    write(tmp_path / "ours.weights", replace(trained.weights, version="2 b"))
    arguments = ["train-sentiment", str(tmp_path / "l.csv"), "--to", str(tmp_path / "ours.weights")]
    done = CliRunner().invoke(group, arguments)
    assert done.exit_code == 1
    assert "is version '2 b'; say with --release" in done.stderr


def test_a_class_with_too_few_posts_is_named():
    few = posts(3 * FEWEST)
    with pytest.raises(SettingError, match="no posts are neutral; 20 of each"):
        train(Labelled(few.texts[::3] * 2, [0, 2] * FEWEST))
    with pytest.raises(SettingError, match="19 posts are negative"):
        train(Labelled(few.texts[1:], few.labels[1:]))


def test_the_command_writes_the_next_version_of_an_engine_and_a_report(
    tmp_path, monkeypatch, trained
):
    monkeypatch.setenv("WORKBENCH_SENTIMENT", str(tmp_path / "own"))
    (tmp_path / "own").mkdir()
    write(tmp_path / "own" / "ours.weights", replace(trained.weights, version="9"))
    made = posts(66)
    names = ("negative", "neutral", "positive")
    rows = [f"{names[label]}\t{text}" for text, label in zip(*made, strict=True)]
    (tmp_path / "l.tsv").write_text("label\ttext\n" + "\n".join(rows) + "\n")
    done = CliRunner().invoke(
        group,
        ["train-sentiment", str(tmp_path / "l.tsv"), "--name", "ours", "--base", "none", "--json"],
    )
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["posts"] == 66
    assert np.array(told["confusion"]).sum() == 66
    learned = read(tmp_path / "own" / "ours.weights")
    assert (learned.name, learned.version) == ("ours", "10")
    assert (tmp_path / "own" / "ours.html").read_text("utf-8").startswith("<!doctype html>")


def test_the_command_begins_only_with_what_it_can(tmp_path):
    (tmp_path / "l.csv").write_text("label,text\n")
    arguments = ["train-sentiment", str(tmp_path / "l.csv"), "--base", "lexicon"]
    done = CliRunner().invoke(group, arguments)
    assert done.exit_code == 1
    assert "cannot begin with lexicon" in done.stderr


@pytest.mark.parametrize(
    ("name", "said"), [("../x", "is no name for an engine"), ("lexicon", "is installed already")]
)
def test_the_command_refuses_names_that_no_engine_may_have(tmp_path, name, said):
    done = CliRunner().invoke(group, ["train-sentiment", str(tmp_path / "l.csv"), "--name", name])
    assert done.exit_code == 1
    assert said in done.stderr
