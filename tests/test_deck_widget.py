"""The deck as a widget, without a browser: its traits, its messages, its still picture."""

import logging
import threading
import time
from datetime import UTC, datetime, timedelta

import ipywidgets as widgets
import pytest
from traitlets import TraitError

import workbench as wb
from workbench import store
from workbench.errors import DeckError, QueryError
from workbench.items import Item
from workbench.widgets import editor_module, editor_style, module, module_style, published
from workbench.widgets.deck import DeckWidget
from workbench.widgets.published import is_published, keep_log

DECK = """
title: Northwind <Air>
zone: Europe/Berlin
lists: {board: [ana.example]}
sources:
  - {collector: bluesky, keep: all}
columns:
  - {type: search, title: Northwind, query: northwind, alike: shown}
  - {type: hashtag, title: Tags, any: [delay, fares], width: narrow}
  - {type: people, title: Board, list: board}
  - {type: newswire, title: Wire}
  - {type: trending, title: Trending, window: 90m}
  - {type: sentiment, title: Mood, since: 14d}
"""


@pytest.fixture(autouse=True)
def nowhere(monkeypatch):
    """Neither under Voila nor on the page, whatever the tests run in."""
    for name in (*published._VOILA, "SERVER_SOFTWARE", "WORKBENCH_PAGE", "WORKBENCH_DECK"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def logging_as_before():
    """Undo what a published kernel does to its loggers."""
    loggers = [logging.getLogger(name) for name in published._LOGGERS]
    keep_log.cache_clear()
    yield
    for logger in loggers:
        logger.propagate = True
        # pytest puts handlers of its own to those that do not propagate.
        for handler in [each for each in logger.handlers if type(each) is logging.StreamHandler]:
            logger.removeHandler(handler)
            handler.stream.close()
    keep_log.cache_clear()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "air.yaml"
    path.write_text(DECK)
    return str(path)


@pytest.fixture
def address(tmp_path):
    address = str(tmp_path / "w.db")
    with store.open(address) as opened:
        opened.add([post(1, "northwind <script>alert(1)</script>", author="<b>ana</b>")])
    return address


@pytest.fixture
def deck(file, address):
    deck = wb.deck(file, address=address)
    yield deck
    deck.close()


def post(n, text="northwind", **fields):
    return Item(
        **{
            "source": "bluesky",
            "id": str(n),
            "published": datetime.now(UTC) - timedelta(minutes=5),
            "text": text,
            "author": "ana.example",
            "lang": "en",
        }
        | fields
    )


def sends(deck, data, buffers=()):
    """Let the front end send a message."""
    deck._handle_msg({"content": {"data": data}, "buffers": list(buffers)})


def sets(deck, **state):
    sends(deck, {"method": "update", "state": state})


def test_it_is_an_ordinary_widget(deck):
    assert isinstance(deck, DeckWidget)
    assert isinstance(deck, widgets.DOMWidget)
    assert widgets.VBox([deck]).children == (deck,)
    word = widgets.Text()
    widgets.link((word, "value"), (deck, "query"))
    word.value = "fare"
    assert deck.query == "fare"
    seen = []
    deck.observe(lambda change: seen.append(change.new), "selected")
    sets(deck, selected="bluesky:1")
    deck.selected = ""
    assert seen == ["bluesky:1", ""]


def test_its_columns_are_plain_data_that_can_be_set_again(deck):
    assert [column["type"] for column in deck.columns] == [
        "search",
        "hashtag",
        "people",
        "newswire",
        "trending",
        "sentiment",
    ]
    assert deck.columns[1] == {
        "key": "tags",
        "type": "hashtag",
        "title": "Tags",
        "query": "(#delay OR #fares)",
        "width": "narrow",
    }
    assert deck.columns[4]["window"] == "90m"
    assert deck.columns[5]["since"] == "2w"
    before = deck.columns
    deck.columns = [dict(column) for column in before]
    assert deck.columns == before


def test_a_changed_column_keeps_what_was_not_changed(deck):
    tags, wire = (dict(deck.columns[n]) for n in (1, 3))
    deck.columns = [tags | {"title": "Hashtags", "width": "wide"}, wire | {"title": "Newswires"}]
    assert [column["query"] for column in deck.columns] == ["(#delay OR #fares)", "tier:wire"]
    assert [column["key"] for column in deck.columns] == ["tags", "wire"]
    assert deck.columns[0]["width"] == "wide"


def test_a_column_may_be_given_as_in_a_deck_file(deck):
    deck.columns = (
        {"type": "hashtag", "title": "Any", "any": ["delay"], "none": ["ad"]},
        {"type": "people", "title": "One", "accounts": ["bob.example"]},
        {"type": "hashtag", "title": "Own", "query": "#x OR #y"},
    )
    assert [column["query"] for column in deck.columns] == [
        "#delay -#ad",
        "from:bob.example",
        "#x OR #y",
    ]
    assert [column["type"] for column in deck.columns] == ["hashtag", "people", "hashtag"]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ([{"type": "serch", "title": "A"}], "columns[1].type: 'serch' is not one of"),
        ([{"type": "search", "title": "A"}], "columns[1]: a search column needs a query"),
        ([{"type": "search", "title": "A", "query": "b ("}], "columns[1].query: this parenthesis"),
        ([{"type": "search", "title": "A", "query": "b", "with": 9}], "columns[1].with: unknown"),
        ([{"type": "people", "title": "A", "list": "bord"}], "did you mean board?"),
        ([{"title": "A"}], "columns[1]: has no type"),
        (["acme"], "columns[1]: is 'acme'; a column is a dict"),
        ([], "the deck has no columns"),
        ([{"type": "search", "title": object(), "query": "b"}], "is no list of columns"),
    ],
)
def test_columns_that_cannot_be_are_refused_and_said_under_it(deck, columns, told):
    before = deck.columns
    with pytest.raises(DeckError) as caught:
        deck.columns = columns
    assert isinstance(caught.value, TraitError)
    assert told in str(caught.value)
    assert told in deck._problem
    assert deck.columns == before


def test_a_query_that_cannot_be_shows_its_place_and_changes_nothing(deck):
    deck.query = "fare"
    with pytest.raises(QueryError) as caught:
        deck.query = "fare ("
    assert isinstance(caught.value, TraitError)
    assert caught.value.position == 5
    assert deck._problem.splitlines()[1:] == ["  fare (", "       ^"]
    assert deck.query == "fare"
    deck.query = "delay"
    assert deck._problem == ""


def test_a_query_with_an_unknown_list_is_refused(deck):
    with pytest.raises(QueryError, match="there is no people list 'bord'"):
        deck.query = "list:bord"


def test_a_bad_query_among_other_changes_takes_none_of_them(deck):
    held = deck.hold_trait_notifications()
    held.__enter__()
    deck.selected = "bluesky:1"
    deck.query = "fare ("
    with pytest.raises(QueryError):
        held.__exit__(None, None, None)
    assert (deck.query, deck.selected) == ("", "")


@pytest.mark.parametrize("key", ["no colon", "x:" + "y" * 5000])
def test_what_is_chosen_is_a_key(deck, key):
    with pytest.raises(TraitError, match="source:id"):
        deck.selected = key


def test_an_unknown_option_names_the_likeliest(file):
    with pytest.raises(TypeError, match="no option 'colums'; did you mean 'columns'"):
        wb.deck(file, colums=())
    with pytest.raises(TypeError, match="There are: address, columns, selected, query, layout"):
        wb.deck(file, zzz=1)


def test_options_are_its_traits(file, address):
    deck = wb.deck(file, address=address, query="fare", layout={"height": "900px"})
    assert (deck.query, deck.layout.height) == ("fare", "900px")
    deck.close()
    with pytest.raises(QueryError):
        wb.deck(file, query="fare (")


def test_a_missing_deck_is_an_error_that_names_those_there_are():
    with pytest.raises(DeckError, match=r"did you mean demo\?"):
        wb.deck("dmeo")


def test_an_error_in_a_callback_stands_under_it_and_the_next_change_clears_it(deck):
    def fail(change):
        if change.new == "bluesky:1":
            raise ZeroDivisionError("by nought")

    deck.observe(fail, "selected")
    sets(deck, selected="bluesky:1")
    assert deck._problem.splitlines()[-1] == "ZeroDivisionError: by nought"
    assert "in fail" in deck._problem
    sets(deck, selected="bluesky:2")
    assert deck._problem == ""


def test_an_error_in_a_message_callback_stands_under_it(deck):
    deck.on_msg(lambda *_: {}["missing"])
    sends(deck, {"method": "custom", "content": {"kind": "mine"}})
    assert deck._problem.splitlines()[-1] == "KeyError: 'missing'"


def test_its_owner_may_set_columns_from_the_front_end_and_nobody_its_script(deck):
    sets(deck, columns=[{"type": "search", "title": "A", "query": "a"}], _esm="x", _problem="y")
    assert [column["title"] for column in deck.columns] == ["A"]
    assert (deck._esm, deck._css) == (editor_module(), editor_style())
    assert deck._problem == ""


@pytest.mark.parametrize(
    "environment",
    [{"SERVER_SOFTWARE": "voila/0.5.13"}, *({name: "x"} for name in published._VOILA)],
)
def test_under_voila_it_takes_from_viewers_what_they_see_alone(
    file, address, monkeypatch, environment
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    deck = wb.deck(file, address=address)
    assert (deck._esm, deck._css, deck._draft) == (module(), module_style(), "")
    before = deck.columns
    sets(deck, columns=[], query="fare", selected="bluesky:1", tooltip="x", _esm="y")
    assert (deck.columns, deck.tooltip) == (before, None)
    assert (deck.query, deck.selected) == ("fare", "bluesky:1")
    deck.observe(lambda _: 1 / 0, "selected")
    sets(deck, selected="bluesky:2")
    assert "Traceback" not in deck._problem
    assert "Zero" not in deck._problem
    deck.observe(lambda _: wb.search("fare", address=str(file)), "query")
    sets(deck, query="fares")
    assert deck._problem
    assert "/" not in deck._problem
    deck.close()


def test_elsewhere_it_is_not_published():
    assert not is_published({"PATH": "/bin", "SERVER_SOFTWARE": "jupyter"})
    assert is_published({"WORKBENCH_PAGE": "1"})


def test_what_a_published_kernel_logs_is_kept_from_its_viewers(capfd):
    keep_log()
    for name in published._LOGGERS:
        assert not logging.getLogger(name).propagate
    logging.getLogger("workbench.widgets.deck").warning("a path: %s", "/srv/x")
    assert "workbench.widgets.deck: a path: /srv/x" in capfd.readouterr().err


@pytest.mark.parametrize(
    "data",
    [None, [], {}, {"method": "update"}, {"method": "update", "state": []}, {"method": 5}],
)
def test_a_message_of_another_shape_is_dropped(deck, data):
    before = deck.get_state()
    sends(deck, data)
    deck._handle_msg({})
    assert deck.get_state() == before


def test_the_still_picture_stands_beside_the_live_deck(deck):
    data, _ = deck._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == deck.model_id
    html = data["text/html"]
    assert "Northwind &lt;Air&gt;" in html
    assert "northwind &lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script" not in html
    assert "<b>ana" not in html
    assert "Europe/Berlin" in html
    assert "class=" not in html
    assert "http" not in html


def test_the_still_picture_shows_what_the_widget_shows(deck):
    deck.columns = deck.columns[:1]
    deck.query = "delay"
    html = deck._repr_mimebundle_()[0]["text/html"]
    assert "Northwind &lt;Air&gt;" in html
    assert "alert(1)" not in html
    assert ">Tags<" not in html


def test_without_a_store_the_still_picture_is_a_sentence(file, tmp_path):
    deck = wb.deck(file, address=str(tmp_path / "none.db"))
    html = deck._repr_mimebundle_()[0]["text/html"]
    assert "There is no store in" in html
    assert "none.db" in html
    assert not (tmp_path / "none.db").exists()
    deck.close()


def test_on_the_page_it_is_the_place_for_the_columns(deck, monkeypatch):
    monkeypatch.setenv("WORKBENCH_PAGE", "1")
    data, _ = deck._repr_mimebundle_()
    assert data["text/html"] == f'<div class="wb-deck" data-deck="{deck.name}"></div>'
    assert set(data) == {"text/plain", "text/html"}


def test_closing_ends_its_thread(deck):
    sends(deck, {"method": "custom", "content": {"kind": "here", "view": "v", "seen": ""}})
    assert deck._live.is_running
    deck.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "deck"]
    sends(deck, {"method": "custom", "content": {"kind": "here", "view": "v", "seen": ""}})
    time.sleep(0.1)
    assert not deck._live.is_running
