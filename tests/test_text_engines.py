"""Engines of sentiment: which there are, and what is said of those that cannot be used."""

import zipfile
from importlib.metadata import EntryPoint
from pathlib import Path

import nltk
import numpy as np
import pytest
import vaderSentiment
from nltk.sentiment.vader import SentimentIntensityAnalyzer

from workbench.errors import SettingError
from workbench.text import engines
from workbench.text.engines import Engine, Share, available, engine, load
from workbench.text.sentiment import score

TEXTS = ["I love it", "bad, really bad!", "the flight", "", "Not a problem 💓"]


class Yes:
    """An engine as somebody else's package has it."""

    name = "yes"
    version = "1"
    languages = frozenset({"de"})

    def scores(self, texts):
        return np.tile([0.0, 0.0, 1.0, 0.5], (len(texts), 1))

    def compound(self, _text):
        return 0.5

    def explain(self, text):
        return [Share(0, len(text), 0.5, 1.0)]


class Liar(Yes):
    name = "other"


class Half:
    name = "half"
    version = "1"


def broken():
    raise RuntimeError("no model file")


def entry(name, value, group=engines.GROUP):
    return EntryPoint(name=name, value=f"test_text_engines:{value}", group=group)


@pytest.fixture
def theirs(monkeypatch):
    """Engines of another package beside ours."""
    entries = [entry("yes", "Yes"), entry("liar", "Liar"), entry("half", "Half")]
    entries += [entry("broken", "broken"), entry("lexicon", "Yes"), entry("none", "TEXTS")]
    own = [
        EntryPoint(name=name, value=f"{make.__module__}:{make.__name__}", group=engines.GROUP)
        for name, make in available().items()
    ]
    found = load([*entries, EntryPoint("gone", "no.such:Thing", engines.GROUP), *own])
    monkeypatch.setattr(engines, "available", lambda: found)
    engine.cache_clear()
    yield found
    engine.cache_clear()


@pytest.fixture
def nltk_data(tmp_path, monkeypatch):
    """NLTK's data with the lexicon in it, made of vaderSentiment's."""
    folder = tmp_path / "sentiment"
    folder.mkdir()
    source = Path(vaderSentiment.__file__).with_name("vader_lexicon.txt").read_text("utf-8")
    with zipfile.ZipFile(folder / "vader_lexicon.zip", "w") as archive:
        archive.writestr("vader_lexicon/vader_lexicon.txt", source.rstrip("\n"))
    monkeypatch.setattr(nltk.data, "path", [str(tmp_path)])
    nltk.data.clear_cache()
    engine.cache_clear()
    yield
    engine.cache_clear()


@pytest.mark.usefixtures("nltk_data")
@pytest.mark.parametrize("name", available())
def test_every_engine_here_keeps_the_contract(name):
    found = engine(name)
    assert isinstance(found, Engine)
    assert found.name == name
    assert found.version
    assert "en" in found.languages
    scores = found.scores(TEXTS)
    assert scores.shape == (len(TEXTS), 4)
    assert scores.dtype == np.float64
    assert found.scores([]).shape == (0, 4)
    assert (abs(scores[:, 3]) <= 1).all()
    assert (scores[:, :3] >= 0).all()
    for text, row in zip(TEXTS, scores, strict=True):
        assert found.compound(text) == pytest.approx(row[3], abs=1e-9)
        shares = found.explain(text)
        assert sum(share.value for share in shares) == pytest.approx(row[3], abs=1e-4)
        assert all(0 <= share.start <= share.end <= len(text) for share in shares)


@pytest.mark.usefixtures("nltk_data")
def test_nltk_has_nltks_own_numbers_and_tells_its_words():
    peer = SentimentIntensityAnalyzer()
    found = engine("nltk")
    assert found.version == nltk.__version__
    texts = ["The crew was not helpful, but very kind!!", "so BAD a day :(", "I", "Great, great"]
    assert found.scores(texts).tolist() == [list(peer.polarity_scores(t).values()) for t in texts]
    shares = [(texts[0][s.start : s.end], s.value > 0, s.plain) for s in found.explain(texts[0])]
    assert shares == [("helpful,", False, 1.8), ("kind!!", True, 2.4), ("", True, 0.0)]


def test_where_nltk_lacks_the_lexicon_the_error_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setattr(nltk.data, "path", [str(tmp_path)])
    nltk.data.clear_cache()
    engine.cache_clear()
    with pytest.raises(SettingError, match="get it with `python -m nltk"):
        score(["x"], engine="nltk")


@pytest.mark.usefixtures("theirs")
def test_an_engine_of_another_package_scores_and_is_named():
    scored = score(["Ja", None], engine="yes")
    assert scored.attrs["engine"] == "yes 1"
    assert list(scored["compound"].dropna()) == [0.5]
    assert scored["label"][0] == "positive"


def test_nobody_takes_the_name_of_an_engine_of_ours(theirs):
    assert engine("lexicon").compound("bad") < 0
    assert any("the name is taken" in reason for reason in theirs.failed.values())


@pytest.mark.usefixtures("theirs")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nosuch", "there is no sentiment engine 'nosuch'; there are: .*lexicon, .*yes"),
        ("liar", "liar calls itself 'other'; the names must agree"),
        ("half", "half lacks languages, scores, compound, explain"),
        ("broken", r"broken cannot be made \(RuntimeError: no model file\)"),
        ("gone", "gone cannot be used: no.such:Thing of no package fails to load"),
        ("none", "none cannot be used: .* cannot be called"),
    ],
)
def test_an_engine_that_cannot_be_used_says_why(name, said):
    with pytest.raises(SettingError, match=said):
        score(["x"], engine=name)


@pytest.mark.usefixtures("theirs")
def test_an_engine_without_fixes_says_so():
    with pytest.raises(SettingError, match="yes has no fixes; leave fixes out"):
        score(["x"], engine="yes", fixes=True)
