"""The engine of the documentation, by a tiny ONNX model that is made here."""

import re
import sys
import tomllib
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from workbench import decks, store
from workbench.cli import scoring
from workbench.cli.examining import Finding
from workbench.errors import SettingError
from workbench.items import Item
from workbench.text import engines
from workbench.text.engines import Engine, Share, engine, leave_out
from workbench.text.sentiment import score

PAGE = (Path(__file__).parent.parent / "docs" / "how-to" / "sentiment-engine.md").read_text("utf-8")
CODE = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
POINTS = tomllib.loads(re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)[1])
WORDS = {"good": 2.0, "gut": 2.0, "bad": -2.0}


def model(path):
    """A model that adds up the worth of a text's words: it takes texts and gives probabilities."""
    nodes = [
        helper.make_node("StringSplit", ["texts"], ["words", "count"], delimiter=" "),
        helper.make_node(
            "LabelEncoder",
            ["words"],
            ["values"],
            domain="ai.onnx.ml",
            keys_strings=list(WORDS),
            values_floats=list(WORDS.values()),
            default_float=0.0,
        ),
        helper.make_node("ReduceSum", ["values", "axis"], ["sums"], keepdims=1),
        helper.make_node("MatMul", ["sums", "sides"], ["odds"]),
        helper.make_node("Add", ["odds", "usual"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("texts", TensorProto.STRING, ["n"])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", 3])],
        [
            helper.make_tensor("axis", TensorProto.INT64, [1], [1]),
            helper.make_tensor("sides", TensorProto.FLOAT, [1, 3], [-1.0, 0.0, 1.0]),
            helper.make_tensor("usual", TensorProto.FLOAT, [3], [0.0, 1.0, 0.0]),
        ],
    )
    versions = [helper.make_opsetid("", 20), helper.make_opsetid("ai.onnx.ml", 2)]
    made = helper.make_model(graph, opset_imports=versions, ir_version=9)
    onnx.checker.check_model(made)
    onnx.save(made, path)


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The example, registered as its page says; where its model is to lie."""
    ((name, points),) = POINTS["project"]["entry-points"].items()
    (tmp_path / "ours_sentiment.py").write_text(CODE, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    found = engines.load([EntryPoint(*point, name) for point in points.items()])
    found |= engines.available()
    monkeypatch.setattr(engines, "available", lambda: found)
    monkeypatch.setenv("OURS_MODEL", str(tmp_path / "model.onnx"))
    engine.cache_clear()
    yield tmp_path / "model.onnx"
    engine.cache_clear()
    sys.modules.pop("ours_sentiment", None)


def test_the_example_scores_labels_and_explains(installed):
    model(installed)
    found = engine("ours")
    assert isinstance(found, Engine)
    scored = score(["good day", "bad bad", "the day", None], engine="ours")
    assert list(scored["label"][:3]) == ["positive", "negative", "neutral"]
    assert scored.attrs["engine"] == "ours 1"
    # e² / (e⁻² + e¹ + e²): what is added up is 2, and neutral has 1 to begin with.
    assert scored["pos"][0] == pytest.approx(0.7214, abs=1e-4)
    assert found.scores([]).shape == (0, 4)
    text = "good day"
    assert found.compound(text) == scored["compound"][0]
    shares = found.explain(text)
    assert sum(share.value for share in shares) == pytest.approx(scored["compound"][0])
    assert [text[s.start : s.end] for s in shares if s.end] == ["good"]


def test_a_deck_has_it_score_what_others_do_not_read(installed, tmp_path):
    model(installed)
    path = tmp_path / "d.yaml"
    told = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1]
    path.write_text(f"title: T\n{told}columns:\n  - {{type: search, title: A, query: acme}}\n")
    with store.open(tmp_path / "w.db", engines=decks.load(path).sentiment) as opened:
        posted = {"source": "x", "published": datetime(2026, 11, 22, tzinfo=UTC)}
        opened.add(
            Item(id=lang, text="gut good", lang=lang, **posted) for lang in ("de", "en", "fr")
        )
        told = [opened.get("x", lang).engine or "" for lang in ("de", "en", "fr")]
    assert [label.partition(" ")[0] for label in told] == ["ours", "social", ""]


@pytest.mark.usefixtures("installed")
def test_without_its_model_it_says_what_to_do_and_so_does_the_doctor():
    with pytest.raises(SettingError, match="no model; name its file in OURS_MODEL"):
        engine("ours")
    deck = decks.Deck(name="d", title="D", sentiment={"news": ("lexicon", "ours")})
    told = {finding.what: finding for finding in scoring.engines([deck])}
    assert told["sentiment ours"] == Finding(
        "broken",
        "sentiment ours",
        "the sentiment engine ours has no model",
        "name its file in OURS_MODEL",
    )
    assert told["sentiment social"].text.endswith(", reads en; scores social")
    assert told["sentiment business"].text.endswith("; scores wire, filing, report")
    assert told["sentiment lexicon"].text.endswith("; scores news")
    (unused,) = [each for each in scoring.engines([]) if each.what == "sentiment ours"]
    assert unused.level == "note"
    assert {each.level for each in scoring.engines([])} <= {"ok", "note"}


def test_what_no_word_has_of_a_score_stands_at_the_end():
    together = {"very good": 0.9, "very": 0.0, "good": 0.5}
    found = leave_out("very good", lambda texts: [together[each.strip()] for each in texts])
    assert found[:2] == [
        Share(0, 4, pytest.approx(0.4), 0.0),
        Share(5, 9, pytest.approx(0.9), 0.5),
    ]
    assert found[2] == Share(0, 0, pytest.approx(-0.4), 0.0)
    assert leave_out("", lambda texts: np.zeros(len(texts))) == []
