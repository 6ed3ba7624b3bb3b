"""Editing a deck from the front end: what is told of the draft, and what a message may do."""

import json
import logging

import pytest
from analysts import DECK, Analyst

from workbench import decks
from workbench.widgets import published
from workbench.widgets.published import keep_log


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    """Neither under Voila nor on the page, in a folder without decks, with decks of nobody's."""
    for name in (*published._VOILA, "SERVER_SOFTWARE", "WORKBENCH_PAGE", "WORKBENCH_DECK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "air.yaml"
    path.write_text(DECK)
    return path


@pytest.fixture
def analyst(file):
    made = Analyst(file)
    yield made
    made.deck.close()


def test_the_draft_is_told_as_the_file_has_it(analyst, file):
    draft = analyst.draft
    assert {name: draft[name] for name in ("name", "title", "file", "zone", "theme")} == {
        "name": "air", "title": "Northwind Air", "file": str(file), "zone": "Europe/Berlin",
        "theme": "auto",
    }  # fmt: skip
    assert (draft["dirty"], draft["undo"], draft["redo"], draft["problem"]) == (
        False, None, None, "",
    )  # fmt: skip
    assert draft["columns"] == [
        {"key": "northwind", "type": "search", "title": "Northwind", "query": "northwind",
         "filters": {"lang": "en"}},
        {"key": "tags", "type": "hashtag", "title": "Tags", "any": ["delay", "fares"],
         "width": "narrow"},
    ]  # fmt: skip
    assert draft["lists"] == {"board": ["ana.example"]}
    assert draft["colours"] == list(decks.COLOURS)


def test_how_many_steps_are_not_saved_is_told_and_when_the_file_was(analyst, file):
    assert (analyst.draft["changes"], analyst.draft["saved"]) == (0, saved(file))
    analyst.asks("move", column="tags", to=0)
    analyst.asks("set", column="tags", settings={"width": "wide"})
    assert analyst.draft["changes"] == 2
    analyst.asks("undo")
    assert analyst.draft["changes"] == 1
    analyst.asks("save")
    assert (analyst.draft["changes"], analyst.draft["saved"]) == (0, saved(file))
    analyst.asks("undo")
    assert analyst.draft["changes"] == 1


def saved(file):
    return round(file.stat().st_mtime * 1000)


def test_every_column_type_is_offered_with_help_an_example_and_its_settings(analyst):
    offered = {each["type"]: each for each in analyst.draft["types"]}
    assert list(offered) == list(decks.TYPES)
    for kind, each in offered.items():
        assert each["help"].endswith(".")
        assert {"type", "title", "width", *decks.TYPES[kind]} <= set(each["settings"])
        assert each["example"]["type"] == kind


@pytest.mark.parametrize("kind", [kind for kind in decks.TYPES if kind not in ("merged", "alerts")])
def test_every_example_can_be_added(analyst, kind):
    (offered,) = [each for each in analyst.draft["types"] if each["type"] == kind]
    assert "key" in analyst.asks("add", column=offered["example"])
    assert analyst.draft["columns"][-1]["type"] == kind


def test_examples_of_what_is_made_of_other_columns_name_columns_that_there_are(analyst):
    analyst.asks("add", column={"type": "search", "title": "B", "query": "b", "alert": "each"})
    for kind in ("merged", "alerts"):
        (offered,) = [each for each in analyst.draft["types"] if each["type"] == kind]
        assert "key" in analyst.asks("add", column=offered["example"])


def test_a_step_shows_at_once_and_changes_nothing_on_disk(analyst, file):
    told = analyst.asks("add", column={"type": "newswire", "title": "Wire"}, at=0)
    assert told == {"key": "wire"}
    assert analyst.keys == ["wire", "northwind", "tags"]
    assert analyst.draft["dirty"]
    assert analyst.draft["undo"] == "Add “Wire”"
    assert file.read_text() == DECK
    assert analyst.asks("undo") == {}
    assert analyst.keys == ["northwind", "tags"]
    assert analyst.draft["redo"] == "Add “Wire”"
    analyst.asks("redo")
    assert analyst.keys == ["wire", "northwind", "tags"]


def test_the_draft_is_told_before_the_columns_that_it_makes(analyst):
    shown, seen = analyst.deck._live, []
    before = shown._shape
    analyst.deck.observe(lambda _: seen.append(shown._shape), "_draft")
    analyst.asks("move", column="tags", to=0)
    assert (seen[0], shown._shape) == (before, before + 1)


def test_every_step_that_the_editor_has_can_be_asked_for(analyst):
    assert analyst.asks("duplicate", column="tags") == {"key": "tags-2"}
    assert analyst.asks("move", column="tags-2", to=0) == {"key": "tags-2"}
    assert analyst.asks("set", column="tags", settings={"title": "Hashtags", "colour": "red"}) == {
        "key": "tags"
    }
    assert analyst.asks("remove", column="northwind") == {"key": "northwind"}
    assert analyst.asks("deck", settings={"title": "Air", "mutes": [{"word": "ad"}]}) == {}
    assert analyst.keys == ["tags-2", "tags"]
    assert analyst.deck.columns[1]["colour"] == "red"
    assert analyst.draft["title"] == "Air"
    assert analyst.draft["mutes"] == [{"word": "ad"}]


def test_what_cannot_be_is_answered_with_its_place_and_remedy(analyst):
    before = analyst.deck._draft
    told = analyst.asks("set", column="northwind", settings={"query": "fare ("})
    assert told == {
        "error": {
            "message": "this parenthesis is never closed",
            "remedy": "add )",
            "key": "columns[1].query",
            "position": 5,
        }
    }
    assert analyst.deck._draft == before


@pytest.mark.parametrize(
    "content",
    [
        {}, {"do": "frob"}, {"do": 5}, {"do": "add"}, {"do": "add", "column": []},
        {"do": "add", "column": {"type": ["search"], "title": {}}},
        {"do": "add", "column": {"type": "search", "title": "A", "query": "a"}, "at": "0"},
        {"do": "add", "column": {"type": "search", "title": "A", "query": "a"}, "at": True},
        {"do": "move", "column": "tags"}, {"do": "move", "column": "tags", "to": 1.5},
        {"do": "set", "column": "tags", "settings": {"filters": {"likes": {"at_least": "x"}}}},
        {"do": "set", "column": "none", "settings": {}}, {"do": "set", "column": "tags"},
        {"do": "set", "column": "tags", "settings": {"a": {"b": {"c": [[[[[[[[[[[1]]]]]]]]]]]}}}},
        {"do": "deck", "settings": {"columns": []}}, {"do": "remove", "column": None},
        {"do": "deck", "settings": {"title": {"a": None}}},
    ],
)  # fmt: skip
def test_a_message_of_any_shape_is_answered_with_an_error_and_changes_nothing(analyst, content):
    before = analyst.deck._draft
    analyst.sent.clear()
    analyst.tells(kind="edit", request="r1", **content)
    (answer,) = analyst.sent
    assert json.loads(answer["json"])["error"]["message"]
    assert analyst.deck._draft == before
    assert analyst.deck._problem == ""


@pytest.mark.parametrize("request_id", [None, "", 5, "x" * 300])
def test_a_step_that_nobody_waits_for_is_none(analyst, request_id):
    analyst.tells(kind="edit", do="remove", column="tags", request=request_id)
    assert analyst.keys == ["northwind", "tags"]
    assert not analyst.draft["dirty"]


def test_saving_writes_the_file_and_a_race_is_refused_with_both(analyst, file):
    analyst.asks("set", column="tags", settings={"width": "wide"})
    assert analyst.asks("save")["file"] == str(file)
    assert decks.load(file).columns[1].width == "wide"
    assert "# ours" in file.read_text()
    assert not analyst.draft["dirty"]
    analyst.asks("remove", column="tags")
    file.write_text(DECK)
    error = analyst.asks("save")["error"]
    assert error["race"] is True
    assert error["theirs"] == DECK
    assert "Tags" not in error["mine"]
    assert error["who"] == file.owner()
    assert error["when"].endswith("+00:00")
    assert file.read_text() == DECK
    assert "error" not in analyst.asks("save", over=True)
    assert len(decks.load(file).columns) == 1


def test_what_somebody_else_saved_can_be_taken(analyst, file):
    analyst.asks("remove", column="tags")
    file.write_text(DECK.replace("Northwind Air", "Other"))
    assert analyst.asks("reload") == {}
    assert analyst.draft["title"] == "Other"
    assert analyst.keys == ["northwind", "tags"]
    assert not analyst.draft["dirty"]


def test_a_list_that_the_reader_narrows_to_may_go_all_the_same(analyst):
    analyst.deck.query = "list:board"
    assert analyst.asks("deck", settings={"lists": None}) == {}
    assert analyst.deck.query == ""


def test_a_deck_whose_columns_were_set_in_code_is_none_to_edit(file):
    analyst = Analyst(file)
    own = analyst.deck.columns
    analyst.deck.columns = own[:1]
    assert analyst.deck._draft == ""
    analyst.deck.columns = own
    assert analyst.draft["name"] == "air"
    analyst.deck.close()


@pytest.fixture
def logging_as_before():
    """Undo what a published kernel does to its loggers."""
    loggers = [logging.getLogger(name) for name in published._LOGGERS]
    keep_log.cache_clear()
    yield
    for logger in loggers:
        logger.propagate = True
        for handler in [each for each in logger.handlers if type(each) is logging.StreamHandler]:
            logger.removeHandler(handler)
            handler.stream.close()
    keep_log.cache_clear()


@pytest.mark.usefixtures("logging_as_before")
@pytest.mark.parametrize("name", ["SERVER_SOFTWARE", "VOILA_PREHEAT", "WORKBENCH_PAGE"])
def test_in_a_published_kernel_no_message_edits_anything(file, monkeypatch, name):
    monkeypatch.setenv(name, "voila/0.5.13")
    viewer = Analyst(file)
    assert viewer.deck._draft == ""
    before = viewer.deck.columns
    for content in (
        {"do": "remove", "column": "tags"}, {"do": "save"}, {"do": "save", "over": True},
        {"do": "deck", "settings": {"title": "Hacked"}}, {"do": "reload"}, {"do": "undo"},
        {"do": "add", "column": {"type": "search", "title": "A", "query": "a"}},
    ):  # fmt: skip
        viewer.tells(kind="edit", request="r1", **content)
    state = {"_draft": '{"dirty": true}', "_editing": None}
    viewer.deck._handle_msg({"content": {"data": {"method": "update", "state": state}}})
    assert viewer.deck.columns == before
    assert viewer.deck._draft == ""
    assert not [each for each in viewer.sent if each.get("kind") == "edited"]
    assert file.read_text() == DECK
    viewer.deck.close()


def test_the_owner_s_front_end_cannot_write_the_draft_behind_the_kernel_s_back(analyst):
    before = analyst.deck._draft
    state = {"_draft": '{"dirty": true}'}
    analyst.deck._handle_msg({"content": {"data": {"method": "update", "state": state}}})
    assert analyst.deck._draft == before


def test_versions_are_listed_looked_at_and_restored(analyst, file):
    analyst.asks("remove", column="tags")
    analyst.asks("save")
    told = analyst.asks("versions")["versions"]
    assert [(each["columns"], each["note"]) for each in told] == [
        (1, "Remove “Tags”"),
        (2, "As it was found"),
    ]
    assert told[0]["who"] == file.owner()
    assert told[0]["saved"].endswith("+00:00")
    found = analyst.asks("version", id=told[1]["id"])
    assert found["text"] == DECK
    assert "+  - {type: hashtag, title: Tags, any: [delay, fares], width: narrow}" in found["diff"]
    assert analyst.asks("restore", id=told[1]["id"]) == {}
    assert analyst.keys == ["northwind", "tags"]
    assert analyst.draft["undo"].startswith("Restore the version of ")
    assert "no version" in analyst.asks("version", id="../x")["error"]["message"]


def test_a_deck_is_exported_and_imported_as_one_file(analyst):
    analyst.asks("deck", settings={"title": "Exported"})
    told = analyst.asks("export")
    assert told["name"] == "air.yaml"
    assert told["text"].startswith("# workbench deck, format 1: air, exported ")
    analyst.asks("undo")
    assert analyst.asks("import", text=told["text"]) == {}
    assert analyst.draft["title"] == "Exported"
    assert analyst.draft["undo"] == "Import “air”"
    assert "error" in analyst.asks("import", text="no: deck")


def test_another_deck_opens_in_this_one_s_place_and_this_one_s_draft_stays(analyst, tmp_path):
    (tmp_path / "decks").mkdir()
    (tmp_path / "decks" / "cfo.yaml").write_text(DECK.replace("Northwind Air", '"Money: all"'))
    analyst.asks("remove", column="tags")
    assert {"name": "cfo", "title": "Money: all"} in analyst.draft["tabs"]
    assert {"name": "air", "title": "Northwind Air"} in analyst.draft["tabs"]
    assert analyst.asks("open", name="cfo") == {"name": "cfo"}
    assert analyst.keys == ["northwind", "tags"]
    assert (analyst.draft["name"], analyst.draft["title"]) == ("cfo", "Money: all")
    assert not analyst.draft["dirty"]
    assert "no deck of that name" in analyst.asks("open", name="none")["error"]["message"]
    assert "name of no deck" in analyst.asks("open", name="../air")["error"]["message"]
    assert analyst.asks("open", name="air") == {"name": "air"}
    assert analyst.keys == ["northwind"]
    assert analyst.draft["undo"] == "Remove “Tags”"


def test_a_new_deck_is_written_when_it_is_saved(analyst, tmp_path):
    (tmp_path / "decks").mkdir()
    assert analyst.asks("new", name="board", template="blank", title="The board") == {
        "name": "board"
    }
    assert analyst.keys == ["trending"]
    assert analyst.draft["title"] == "The board"
    assert {"name": "board", "title": "The board"} in analyst.draft["tabs"]
    assert analyst.draft["dirty"]
    assert not (tmp_path / "decks" / "board.yaml").exists()
    analyst.asks("open", name="air")
    assert analyst.asks("open", name="board") == {"name": "board"}
    analyst.asks("save")
    made = decks.load("board")
    assert made.title == "The board"
    assert made.zone == "Europe/Berlin"
    assert [source.collector for source in made.sources] == ["bluesky"]


def test_every_template_makes_a_deck(analyst, tmp_path):
    (tmp_path / "decks").mkdir()
    for template in analyst.draft["templates"]:
        given = dict.fromkeys(template["asks"], "Acme")
        name = f"a-{template['name']}"
        assert analyst.asks("new", name=name, template=template["name"], **given) == {"name": name}
        assert template["help"].endswith(".")
        analyst.asks("save")
        assert decks.load(name).columns
        given |= {"name": f"b{name}", "title": "As I call it", "template": template["name"]}
        analyst.asks("new", **given)
        assert analyst.draft["title"] == "As I call it"
    assert (
        "letters, digits" in analyst.asks("new", name="../x", template="copy")["error"]["message"]
    )
    error = analyst.asks("new", name="a-copy", template="copy")["error"]
    assert (error["message"], error["remedy"]) == (
        "there is a deck of that name already",
        "choose another",
    )
    assert (
        "'pie' is none of blank, copy"
        in analyst.asks("new", name="x", template="pie")["error"]["message"]
    )
    assert "company" in analyst.asks("new", name="x", template="ceo")["error"]["message"]
