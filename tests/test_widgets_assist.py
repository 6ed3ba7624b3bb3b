"""What the kernel answers to whoever types a query."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

import workbench as wb
from workbench import decks, store
from workbench.items import Item
from workbench.query import parse
from workbench.widgets import published
from workbench.widgets.assist import BOXES, Assistant

DECK = """
title: T
zone: Europe/Berlin
lists: {board: [ana.example, bo.example]}
mutes: [{word: giveaway}]
sources:
  - {collector: bluesky, keep: all}
  - {collector: hackernews, label: Hacker News}
  - {collector: feeds, url: "https://a.example/rss", label: Wire A}
  - {collector: feeds, url: "https://b.example/rss", label: Wire B}
columns:
  - {type: search, title: Acme, query: acme}
  - {type: newswire, title: Wire}
"""
pytestmark = pytest.mark.usefixtures("the_present")

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


def post(n, text="acme", *, hours=1.0, **fields):
    return Item(
        **{
            "source": "bluesky",
            "id": str(n),
            "published": NOW - hours * HOUR,
            "text": text,
            "author": "ilse.example",
            "author_name": "Ilse Brandt",
            "lang": "en",
        }
        | fields
    )


@pytest.fixture
def deck(tmp_path):
    path = tmp_path / "d.yaml"
    path.write_text(DECK)
    return decks.load(path)


@pytest.fixture
def address(tmp_path):
    return str(tmp_path / "w.db")


@pytest.fixture
def filled(address):
    with store.open(address) as opened:
        opened.add([post(n, f"acme #Fares {n}", hours=n) for n in range(1, 49)])
        opened.add([post(100, "globex #fares", hours=2, author="otto.example", author_name="")])
        opened.cover("bluesky", "", NOW - 8 * 24 * HOUR, NOW + HOUR, "ok")
    return address


class Answers:
    """An assistant, and what it has sent."""

    def __init__(self, deck, address):
        self.sent = []
        self.came = threading.Condition()
        self.assistant = Assistant(lambda: deck, address=address, send=self.take)
        self.asked = 0

    def take(self, message):
        with self.came:
            self.sent.append(message)
            self.came.notify_all()

    def to(self, text=None, **asked):
        """The answer to one question."""
        self.asked += 1
        request = f"r{self.asked}"
        if text is not None:
            asked["text"] = text
        self.assistant.ask("view", request, asked)
        with self.came:
            assert self.came.wait_for(lambda: request in self.requests, 20)
            (message,) = [each for each in self.sent if each["request"] == request]
        assert message["kind"] == "assisted"
        return json.loads(message["json"])

    @property
    def requests(self):
        return [each["request"] for each in self.sent]


@pytest.fixture
def ask(deck, filled):
    made = Answers(deck, filled)
    yield made.to
    made.assistant.close()


def test_people_hashtags_lists_and_operators_are_offered_with_what_they_stand_for(ask):
    found = ask("acme #fa", at=8, part="complete")["completions"]
    assert found == [{"text": "#Fares", "from": 5, "to": 8, "help": "49 lately"}]
    (person,) = ask("from:bra", part="complete")["completions"]
    assert (person["text"], person["help"]) == ("from:ilse.example", "Ilse Brandt, 48 lately")
    assert [each["text"] for each in ask("list:", part="complete")["completions"]] == ["list:board"]
    listed = ask("from:a", part="complete")["completions"]
    assert listed == [{"text": "from:ana.example", "from": 0, "to": 6, "help": "of the list board"}]
    first = ask("source:", part="complete")["completions"][0]
    assert (first["text"], first["help"]) == ("source:bluesky", "Bluesky")
    assert ask("lang:e", part="complete")["completions"][0]["help"] == "English, 49 lately"
    assert "sources" not in ask("acme", part="complete")


def test_what_is_seldom_is_found_by_the_index(deck, address):
    with store.open(address) as opened:
        opened.add([post(1, "https://press.acme.example/a", hours=20 * 24)])
    answers = Answers(deck, address)
    (found,) = answers.to("domain:pre", part="complete")["completions"]
    assert (found["text"], found["help"]) == ("domain:press.acme.example", "1 in two months")
    answers.assistant.close()


def test_an_error_is_told_with_its_place_in_the_parsers_words(ask):
    assert ask("acme OR")["error"] == {
        "message": "OR needs something after it to search for",
        "position": 5,
    }
    wrong = ask("acme list:bord")["error"]
    assert wrong["position"] == 5
    assert "did you mean board?" in wrong["message"]
    assert ask("acme")["error"] is None
    assert ask("")["error"] is None


def test_the_whole_query_is_that_of_the_column_with_filters_and_mutes(ask):
    column = {"type": "search", "query": "old", "filters": {"lang": "en", "likes": {"at_least": 5}}}
    told = ask("(Acme OR #ACME)", column=column)
    assert told["query"] == "(acme OR #acme) lang:en min_likes:5 -giveaway"
    assert told["filters"] == {
        "lang": {"query": "lang:en", "error": ""},
        "likes": {"query": "min_likes:5", "error": ""},
    }
    assert ask(column=column)["query"].startswith("old lang:en")
    tagged = ask("", column={"type": "hashtag", "any": ["fares"], "mutes": [{"word": "x"}]})
    assert (tagged["query"], tagged["mutes"]) == (
        "#fares -x -giveaway",
        [{"query": "-x", "error": ""}],
    )
    voices = {"type": "share-of-voice", "queries": {"A": "acme", "G": "globex"}}
    assert ask(column=voices)["query"] == "(acme -giveaway) OR (globex -giveaway)"


def test_a_setting_that_is_wrong_is_told_with_its_key(ask):
    told = ask("acme", column={"filters": {"likes": 5}})
    assert told["problem"]["key"] == "column.filters.likes"
    assert told["filters"]["likes"]["error"] == told["problem"]["message"]
    assert told["error"] is None
    assert (told["sources"], told["rate"]) == ([], None)


def test_each_source_says_what_it_cannot_be_asked_for(ask):
    bluesky, hackernews, feeds = ask("acme lang:en min_likes:1000")["sources"]
    assert (bluesky["label"], bluesky["upstream"]) == ("Bluesky", None)
    assert bluesky["left"] == ["acme", "lang:en", "min_likes:1000", "-giveaway"]
    assert "has no search" in bluesky["text"]
    assert (hackernews["upstream"], hackernews["left"]) == (["acme"], bluesky["left"])
    assert hackernews["unsaid"] == ["lang:en", "min_likes:1000", "-giveaway"]
    assert hackernews["text"] == (
        "Its search cannot be asked that an item is in English, has at least 1,000 likes and does "
        "not say “giveaway”; that is looked at here."
    )
    assert feeds["label"] == "Wire A, Wire B"


def test_what_a_search_is_asked_more_widely_is_said_too(filled, tmp_path):
    (tmp_path / "d.yaml").write_text(DECK.replace("mutes: [{word: giveaway}]", ""))
    answers = Answers(decks.load(tmp_path / "d.yaml"), filled)
    _, hackernews, _ = answers.to("acme globex")["sources"]
    assert "brings more than this" in hackernews["text"]
    _, hackernews, _ = answers.to("lang:en")["sources"]
    assert "nothing of this" in hackernews["text"]
    everything = answers.to("", column={"type": "trending"})["sources"]
    assert {each["text"] for each in everything} == {"Everything it brings is shown."}
    answers.assistant.close()


def test_how_many_an_hour_is_counted_in_the_hours_that_were_measured(ask, filled):
    rate = ask("acme")["rate"]
    assert rate["per_hour"] == pytest.approx(48 / 168, rel=0.02)
    assert rate["text"] == "About 6.9 a day in the last 7 days."
    with store.open(filled) as opened:
        opened.cover("bluesky", "", NOW - 200 * HOUR, NOW - 24 * HOUR, "gap")
    rate = ask("acme")["rate"]
    assert rate["hours"] == pytest.approx(24, abs=1.1)
    assert rate["per_hour"] == pytest.approx(1, rel=0.1)
    assert "h of the last 7 days that were measured" in rate["text"]
    assert ask("nothing-like-it")["rate"]["text"].startswith("None in ")
    assert ask("globex")["rate"]["text"].startswith("About 1 a day in ")


def test_what_nobody_listened_for_is_not_measured_rather_than_nothing(deck, address):
    with store.open(address) as opened:
        opened.add([post(1), post(2)])
        opened.cover("bluesky", "globex", NOW - 24 * HOUR, NOW, "ok")
    answers = Answers(deck, address)
    rate = answers.to("acme")["rate"]
    assert rate["per_hour"] is None
    assert "Not measured" in rate["text"]
    assert "2 items that were kept for others match" in rate["text"]
    answers.assistant.close()


def test_without_a_store_the_language_is_completed_all_the_same(deck, tmp_path):
    missing = str(tmp_path / "none.db")
    answers = Answers(deck, missing)
    told = answers.to("acme lang:en tie")
    assert told["completions"][0]["text"] == "tier:"
    assert "no store yet" in told["rate"]["text"]
    assert not (tmp_path / "none.db").exists()
    with store.open(missing) as opened:
        opened.cover("bluesky", "", NOW - 2 * HOUR, NOW, "ok")
    assert answers.to("acme")["rate"]["text"].startswith("None in ")
    answers.assistant.close()


def test_columns_that_look_for_nothing_have_no_query_and_no_rate(ask):
    told = ask("", column={"type": "source-health", "title": "Sources"})
    assert (told["query"], told["sources"], told["rate"]) == ("", [], None)
    told = ask("", column={"type": "newswire", "title": "Wire"})
    assert told["query"] == "tier:wire -giveaway"


def test_of_the_questions_of_one_box_the_newest_alone_is_answered(deck, filled):
    answers = Answers(deck, filled)
    with answers.came:  # so that the first answer cannot be given before all are asked
        answers.assistant.ask("v", "first", {"text": "a"})
        until = time.monotonic() + 20
        while answers.assistant._waiting:
            assert time.monotonic() < until
            time.sleep(0.005)
        for n in range(100):
            answers.assistant.ask("v", f"r{n}", {"text": f"acme {n}"})
            answers.assistant.ask("w", f"w{n}", {"text": f"acme {n}", "box": "filters"})
        answers.assistant.ask("v", "quick", {"text": "acme", "part": "complete"})
        assert answers.came.wait_for(lambda: len(answers.sent) == 4, 20)
    assert answers.requests == ["first", "quick", "r99", "w99"]
    answers.assistant.close()


def test_boxes_without_end_fill_no_memory(deck, filled):
    answers = Answers(deck, filled)
    with answers.came:
        for n in range(10 * BOXES):
            answers.assistant.ask(f"v{n}", "r", {"text": "a"})
        assert len(answers.assistant._waiting) <= BOXES
    answers.assistant.close()


def test_its_end_ends_the_thread_and_answers_nothing_more(deck, filled):
    answers = Answers(deck, filled)
    answers.to("acme")
    assert answers.assistant.is_running
    answers.assistant.close()
    answers.assistant.close()
    assert not answers.assistant.is_running
    answers.assistant.ask("view", "late", {"text": "acme"})
    assert "late" not in answers.requests


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"text": 7, "at": "x", "column": []},
        {"text": "a\ud800b", "at": -5},
        {"text": "a" * 20_000, "at": 10**9, "column": {"type": 7, "filters": [], "mutes": {}}},
        {"text": "\x00", "column": {"title": {"a": 1}, "filters": {"match": {"x": [None]}}}},
        {"text": "(" * 5_000, "box": {}, "part": 9},
    ],
)
def test_a_question_of_any_shape_is_answered(ask, asked):
    told = ask(**asked)
    assert {"completions", "error", "query", "rate"} <= told.keys()


def test_what_is_offered_leads_to_a_query_that_can_be_read(ask):
    for text in ("from:", "#", "lang:", "is:", "list:", "sentiment:", "acme ", "fa", "domain:e"):
        for each in ask(text, part="complete")["completions"]:
            made = text[: each["from"]] + each["text"] + text[each["to"] :]
            assert made.endswith((":", "#", "@")) or parse(made)


@pytest.fixture
def shown(tmp_path, filled, monkeypatch):
    """Make a deck's widget, in a kernel of this environment."""
    made = []

    def show(**environment):
        for name in (*published._VOILA, "SERVER_SOFTWARE", "WORKBENCH_PAGE"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        (tmp_path / "d.yaml").write_text(DECK)
        widget = wb.deck(str(tmp_path / "d.yaml"), address=filled)
        made.append(widget)
        return widget

    yield show
    for widget in made:
        widget.close()


def says(widget, **content):
    widget._handle_msg({"content": {"data": {"method": "custom", "content": content}}})


def threads():
    return [each for each in threading.enumerate() if each.name == "deck-assist"]


def test_the_widget_answers_and_its_end_ends_the_thread(shown):
    widget = shown()
    says(widget, kind="assist", view="v", request="r", text="acme la")
    assert threads()
    widget.close()
    assert not threads()


def test_a_published_kernel_answers_no_query_box(shown):
    widget = shown(SERVER_SOFTWARE="voila/0.5.13")
    says(widget, kind="assist", view="v", request="r", text="acme la")
    assert not threads()
    assert widget._assistant is None
