"""Which engine scores which item, and what is told of its score."""

import math
from datetime import UTC, datetime

import pytest

from workbench.errors import SettingError
from workbench.items import TIERS, Item
from workbench.plugins import Available
from workbench.text import engines
from workbench.text.engines import Share, available, engine, label_of
from workbench.text.sentiment import LONGEST
from workbench.text.tiers import DEFAULTS, Scorer, explain, shown

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LABEL = label_of(shown("lexicon"))


class German:
    """An engine for German as somebody else's package has it."""

    name = "german"
    version = "2"
    languages = frozenset({"de"})

    def __init__(self):
        self.asked = []

    def scores(self, texts):
        self.asked += texts
        return engine("lexicon").scores(texts) * 0 + 0.25

    def compound(self, text):
        self.asked.append(text)
        return {"schlecht": math.nan, "zu viel": 7.0}.get(text, 0.25)

    def explain(self, text):
        return [Share(0, len(text), 0.25, 1.0)]


class Broken(German):
    name = "broken"

    def compound(self, text):
        raise RuntimeError(f"cannot read {text}")


@pytest.fixture
def german(monkeypatch):
    made = German()
    found = Available("sentiment engine")
    found |= available() | {"german": lambda: made, "broken": Broken}
    monkeypatch.setattr(engines, "available", lambda: found)
    engine.cache_clear()
    yield made
    engine.cache_clear()


def item(text="I love it", *, lang="en", **fields):
    return Item(source="bluesky", id="1", text=text, lang=lang, published=NOW, **fields)


LEXICON = dict.fromkeys(TIERS, ("lexicon",))


def scores(*items, **names):
    return [tuple(scored) for scored in Scorer(LEXICON | names).score(items)]


@pytest.mark.parametrize("lang", ["en", "en-GB", "EN_us"])
def test_english_is_scored_and_the_score_names_its_engine(lang):
    assert scores(item(lang=lang)) == [(0.6369, LABEL)]


@pytest.mark.parametrize("lang", [None, "", "de", "eng", "e", "ja-en"])
def test_what_no_engine_knows_is_unknown_and_not_neutral(lang):
    assert scores(item(lang=lang)) == [(None, None)]


def test_nothing_to_read_is_unknown():
    assert scores(item(""), item(" \n"), item("the flight")) == [
        (None, None),
        (None, None),
        (0.0, LABEL),
    ]


def test_a_headline_counts_as_the_text_does():
    assert scores(item("the flight", title="I love it"))[0][0] > 0.5


def test_only_the_beginning_of_a_long_text_is_read_and_explained():
    long = item("x " * LONGEST + "bad")
    assert scores(long) == [(0.0, LABEL)]
    assert explain(item(long.text, compound=0.0, engine=LABEL)) == []


def test_many_items_have_the_scores_that_each_has_alone():
    texts = ["I love it", "so bad!", "the flight", "I love it", "😀 fine", "not good"] * 3
    many = Scorer().score([item(text) for text in texts])
    assert many == [Scorer().score([item(text)])[0] for text in texts]


@pytest.mark.parametrize("name", ["social", "business", "lexicon"])
def test_every_score_of_ours_is_explained_by_its_words(name):
    for text in ("Great crew, not bad!", "Net loss narrowed; sales rose", "😀 the flight", "no"):
        (scored,) = Scorer({"social": (name,)}).score([item(text)])
        found = explain(item(text, **scored._asdict()))
        assert sum(share.value for share in found) == pytest.approx(scored.compound, abs=1e-4)


def test_a_score_that_came_with_an_item_stays_and_one_that_cannot_be_does_not():
    given = item(compound=-0.5)
    named = item(compound=0.5, engine="other 3")
    assert scores(given, named, item(compound=3.0)) == [
        (-0.5, None),
        (0.5, "other 3"),
        (0.6369, LABEL),
    ]


@pytest.mark.usefixtures("german")
def test_the_first_engine_that_reads_the_language_scores():
    names = {"social": ("german", "lexicon")}
    posts = [item("Gut", lang="de-AT"), item(), item(lang="fr")]
    assert scores(*posts, **names) == [(0.25, "german 2"), (0.6369, LABEL), (None, None)]
    assert scores(item("Gut", lang="de", tier="news"), **names) == [(None, None)]


def test_posts_are_scored_as_posts_and_the_rest_as_business():
    found = Scorer().score([item(tier=tier) for tier in TIERS])
    named = [scored.engine.partition(" ")[0] for scored in found]
    assert dict(zip(TIERS, named, strict=True)) == {
        "social": "social",
        "wire": "business",
        "filing": "business",
        "news": "business",
        "report": "business",
    }


def test_a_text_that_comes_again_is_scored_once(german):
    scorer = Scorer({"social": ("german",)})
    for _ in range(2):
        scorer.score([item("Gut", lang="de"), item("Gut", lang="de"), item("Ja", lang="de")])
    assert german.asked == ["Gut", "Ja"]


@pytest.mark.usefixtures("german")
def test_an_engine_that_fails_costs_the_score_and_not_the_item(caplog):
    posts = [item("Gut", lang="de"), item()]
    assert scores(*posts, social=("broken", "lexicon")) == [(None, None), (0.6369, LABEL)]
    assert "the sentiment engine broken fails" in caplog.text


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(("text", "kept"), [("schlecht", None), ("zu viel", 1.0)])
def test_a_score_beyond_what_can_be_is_none(text, kept):
    assert scores(item(text, lang="de"), social=("german",))[0][0] == kept


def test_a_tier_or_an_engine_that_does_not_exist_is_told():
    with pytest.raises(SettingError, match="'tv' is no tier; there are social, wire"):
        Scorer({"tv": ("lexicon",)})
    with pytest.raises(SettingError, match="no sentiment engine 'nosuch'; there are:"):
        Scorer({"social": ("nosuch",)})


def test_every_tier_has_an_engine_that_is_there():
    assert set(DEFAULTS) == set(TIERS)
    assert {name for names in DEFAULTS.values() for name in names} <= set(available())


def test_the_words_of_a_score_are_told_by_the_engine_that_made_it():
    text = "Not good at first, great today"
    (scored,) = Scorer(LEXICON).score([item(text)])
    found = explain(item(text, **scored._asdict()))
    assert [text[s.start : s.end] for s in found] == ["good", "great"]
    assert sum(s.value for s in found) == pytest.approx(scored.compound, abs=1e-4)


@pytest.mark.parametrize(
    "fields",
    [
        {"compound": 0.6369},
        {"compound": 0.6369, "engine": "lexicon"},
        {"compound": 0.6369, "engine": "lexicon 1.0"},
        {"compound": 0.6369, "engine": "nosuch 1"},
        {"compound": 0.5, "engine": LABEL},
        {"engine": LABEL},
    ],
)
def test_a_score_that_this_engine_did_not_make_is_not_explained(fields):
    assert explain(item(**fields)) is None
