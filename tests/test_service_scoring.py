"""What is collected is scored by the engines that decks name."""

from datetime import UTC, datetime

import pytest

from workbench import store
from workbench.decks import Deck
from workbench.items import Item
from workbench.plugins import Available
from workbench.service.scoring import score_by
from workbench.text import engines
from workbench.text.engines import available, engine
from workbench.text.lexicon import Lexicon

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Other(Lexicon):
    name = "other"
    fixed = None


@pytest.fixture
def opened(tmp_path, monkeypatch):
    found = Available("sentiment engine")
    found |= available() | {"other": Other}
    monkeypatch.setattr(engines, "available", lambda: found)
    engine.cache_clear()
    with store.open(tmp_path / "w.db", floor=0) as made:
        yield made
    engine.cache_clear()


def deck(name, **sentiment):
    return Deck(name=name, title=name, sentiment=sentiment)


def scored(opened, ident, **fields):
    fields = {"source": "x", "text": "I love it", "lang": "en", "published": NOW} | fields
    opened.add([Item(id=ident, **fields)])
    return opened.get("x", ident).engine.partition(" ")[0]


def test_a_deck_says_what_scores_a_tier_and_the_rest_stays(opened):
    score_by(opened, [deck("ceo", social=("other",))])
    assert scored(opened, "1") == "other"
    before = scored(opened, "2", tier="report")
    score_by(opened, [deck("ceo")])
    assert scored(opened, "3") != "other"
    assert scored(opened, "4", tier="report") == before != "other"


def test_decks_that_differ_are_told_and_the_first_holds(opened, caplog):
    score_by(opened, [deck("ceo", social=("other",)), deck("cfo", social=("lexicon",))])
    assert scored(opened, "1") == "other"
    assert "deck cfo has lexicon score tier social, but other does already" in caplog.text


def test_an_engine_that_is_gone_changes_nothing(opened, caplog):
    score_by(opened, [deck("ceo", social=("other",))])
    score_by(opened, [deck("ceo", social=("nosuch",))])
    assert scored(opened, "1") == "other"
    assert "scored as before: there is no sentiment engine 'nosuch'" in caplog.text
