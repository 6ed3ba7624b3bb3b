"""A draft outlives its cell and its kernel, and a deck that is not edited follows its file."""

import subprocess
import sys

import pytest
from analysts import DECK, Analyst

from workbench import decks, share
from workbench.decks import kept
from workbench.decks.history import shelf
from workbench.widgets import desk, published


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
def analysts():
    made = []

    def come(deck, **options):
        made.append(Analyst(deck, **options))
        return made[-1]

    yield come
    for each in made:
        each.deck.close()


def forget_kernel():
    """Let this kernel know as little as a new one: locks of the old one are free."""
    for each in desk._DESKS.values():
        each._keeper.close()
    desk._DESKS.clear()


def test_a_cell_that_runs_again_finds_the_draft_as_it_was_left(analysts, file):
    first = analysts(file)
    first.asks("add", column={"type": "newswire", "title": "Wire"})
    first.deck.close()
    again = analysts(file)
    assert again.keys == ["northwind", "tags", "wire"]
    assert again.draft["undo"] == "Add “Wire”"
    again.asks("undo")
    assert again.keys == ["northwind", "tags"]


def test_two_widgets_of_one_kernel_show_the_same_draft(analysts, file):
    one, other = analysts(file), analysts(file)
    one.asks("remove", column="tags")
    assert other.keys == ["northwind"]
    assert other.draft["dirty"]
    other.asks("undo")
    assert one.keys == ["northwind", "tags"]
    other.deck.columns = other.deck.columns[:1]
    one.asks("add", column={"type": "newswire", "title": "Wire"})
    assert other.keys == ["northwind"]


def test_a_draft_is_offered_again_after_the_kernel_has_died(analysts, file):
    code = f"""
import sys; sys.path.insert(0, "tests")
from analysts import Analyst
analyst = Analyst({str(file)!r}, address="none.db")
analyst.asks("add", column={{"type": "newswire", "title": "Wire"}})
import os; os._exit(9)
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, cwd=share._PACKAGE.parent)
    assert done.returncode == 9
    assert file.read_text() == DECK
    analyst = analysts(file)
    assert analyst.keys == ["northwind", "tags"]
    analyst.tells(kind="here", view="v", seen="")
    assert analyst.keys == ["northwind", "tags", "wire"]
    assert analyst.draft["dirty"]
    assert analyst.draft["undo"].startswith("Unsaved changes of ")
    assert analyst.draft["said"].endswith(" are back. Undo takes them away.")
    analyst.asks("undo")
    assert analyst.draft["said"] == ""
    assert not analyst.draft["dirty"]
    assert not [*shelf(file).glob("draft-*")]


def test_a_new_deck_that_was_never_saved_is_there_after_the_kernel_has_died(
    analysts, file, tmp_path
):
    (tmp_path / "decks").mkdir()
    first = analysts(file)
    first.asks("new", name="board", template="blank")
    first.asks("add", column={"type": "newswire", "title": "Wire"})
    forget_kernel()
    assert decks.names() == ["demo"]
    again = analysts(file)
    assert {"name": "board", "title": "board"} in again.draft["tabs"]
    assert again.asks("open", name="board") == {"name": "board"}
    assert again.keys == ["trending", "wire"]
    again.asks("save")
    assert len(decks.load("board").columns) == 2
    assert not [*(tmp_path / "decks").rglob("draft-*")]


def test_a_draft_on_which_somebody_works_is_nobody_else_s(analysts, file):
    analyst = analysts(file)
    analyst.asks("remove", column="tags")
    assert [each.suffix for each in shelf(file).glob("draft-*.json")] == [".json"]
    assert kept.left(file) is None
    forget_kernel()
    assert kept.left(file).text != DECK


def test_a_draft_is_kept_no_longer_than_it_is_unsaved(analysts, file):
    analyst = analysts(file)
    analyst.asks("remove", column="tags")
    analyst.asks("save")
    assert not [*shelf(file).glob("draft-*")]
    analyst.asks("undo")
    assert [*shelf(file).glob("draft-*.json")]
    analyst.asks("redo")
    assert not [*shelf(file).glob("draft-*")]


def test_what_was_left_is_no_lie_about_what_was_saved_since(analysts, file):
    analysts(file).asks("remove", column="tags")
    forget_kernel()
    file.write_text(DECK.replace("Northwind Air", "Other"))
    analyst = analysts(file)
    analyst.tells(kind="here", view="v", seen="")
    assert analyst.keys == ["northwind"]
    error = analyst.asks("save")["error"]
    assert error["race"]
    assert "Other" in error["theirs"]


def test_a_draft_that_is_no_deck_any_more_is_left_alone(analysts, file):
    analysts(file).asks("remove", column="tags")
    forget_kernel()
    (left,) = shelf(file).glob("draft-*.json")
    left.write_text(left.read_text().replace("Northwind", "\\u0000"))
    analyst = analysts(file)
    analyst.tells(kind="here", view="v", seen="")
    assert analyst.keys == ["northwind", "tags"]
    assert left.exists()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"user": 5}', "\x00"])
def test_what_is_no_draft_is_none(file, content):
    shelf(file).mkdir(parents=True)
    (shelf(file) / "draft-0.json").write_text(content)
    assert kept.left(file) is None


def test_a_draft_that_cannot_be_kept_says_so_and_can_be_saved(analysts, file):
    shelf(file).parent.write_text("a file where a folder should be")
    analyst = analysts(file)
    assert analyst.asks("remove", column="tags") == {"key": "tags"}
    assert "cannot be kept on disk, so save it soon" in analyst.draft["problem"]


def test_a_deck_without_a_draft_follows_its_file(analysts, file):
    analyst = analysts(file)
    analyst.looks()
    file.write_text(DECK.replace("Tags", "Hashtags"))
    analyst.looks()
    assert analyst.keys == ["northwind", "hashtags"]
    assert not analyst.draft["dirty"]
    assert analyst.draft["undo"] == "Take the saved deck"
    file.write_text(DECK.replace("# ours", "# of comments alone"))
    analyst.looks()
    analyst.asks("remove", column="tags")
    assert "error" not in analyst.asks("save")
    assert "# of comments alone" in file.read_text()


def test_a_draft_stays_when_its_file_changes_and_says_who_it_was(analysts, file):
    analyst = analysts(file)
    analyst.asks("remove", column="tags")
    file.write_text(DECK.replace("Northwind Air", "Other"))
    analyst.looks()
    assert analyst.keys == ["northwind"]
    assert analyst.draft["problem"].startswith(f"{file.owner()} saved this deck at ")
    analyst.asks("reload")
    assert analyst.draft["problem"] == ""
    assert analyst.draft["title"] == "Other"


def test_nonsense_in_the_file_leaves_the_deck_as_it_was_and_says_so(analysts, file):
    analyst = analysts(file)
    file.write_text(DECK + "colour: red\n")
    analyst.looks()
    assert "air.yaml, line 12: colour: unknown key" in analyst.draft["problem"]
    assert analyst.keys == ["northwind", "tags"]
    file.write_text(DECK)
    analyst.looks()
    assert analyst.draft["problem"] == ""


def test_a_deck_whose_columns_were_set_in_code_does_not_follow_until_it_shows_its_own(
    analysts, file
):
    analyst = analysts(file)
    own = analyst.deck.columns
    analyst.deck.columns = own[:1]
    file.write_text(DECK.replace("Tags", "Hashtags"))
    analyst.looks()
    assert analyst.keys == ["northwind"]
    analyst.deck.columns = own
    analyst.looks()
    assert analyst.keys == ["northwind", "hashtags"]


def test_in_a_published_kernel_a_deck_follows_its_file_too(analysts, file, monkeypatch):
    monkeypatch.setenv("VOILA_PREHEAT", "x")
    viewer = analysts(file)
    viewer.looks()
    file.write_text(DECK.replace("Tags", "Hashtags"))
    viewer.looks()
    assert viewer.keys == ["northwind", "hashtags"]
    assert viewer.deck._draft == ""


def test_it_follows_while_somebody_looks(analysts, file, tmp_path):
    from workbench import store

    address = str(tmp_path / "w.db")
    with store.open(address):
        pass
    analyst = analysts(file, address=address)
    analyst.tells(kind="here", view="v", seen="")
    file.write_text(DECK.replace("Tags", "Hashtags"))
    analyst.waits(lambda: analyst.keys == ["northwind", "hashtags"])


def test_a_deck_that_came_along_is_saved_as_a_copy_that_is_found_from_then_on(
    analysts, tmp_path, monkeypatch
):
    shipped = tmp_path / "share"
    shipped.mkdir()
    (shipped / "demo.yaml").write_text(DECK)
    (tmp_path / "decks").mkdir()
    monkeypatch.setattr(share, "path", lambda _: shipped)
    analyst = analysts("demo")
    followed = decks.Followed(decks.load("demo"), every=0)
    assert [followed.look() for _ in range(3)] == [False] * 3
    analyst.asks("remove", column="tags")
    told = analyst.asks("save")
    assert told["file"] == "decks/demo.yaml"
    assert told["said"].startswith("The deck that came with the workbench stays as it is")
    assert analyst.draft["said"] == told["said"]
    assert (shipped / "demo.yaml").read_text() == DECK
    assert len(decks.load("demo").columns) == 1
    assert [followed.look() for _ in range(3)].count(True) == 1
    assert len(followed.deck.columns) == 1
    assert not (shipped / ".versions").exists()
    analyst.asks("undo")
    assert analyst.asks("save")["said"] == ""
    assert len(analysts("demo").keys) == 2


def test_in_a_checkout_the_copy_has_a_name_of_its_own(analysts, tmp_path, monkeypatch):
    monkeypatch.chdir(share.path("decks").parent)
    analyst = analysts("demo")
    analyst.asks("set", column="newswire", settings={"width": "wide"})
    told = analyst.asks("save")
    assert told["file"] == str(tmp_path / "config" / "workbench" / "decks" / "my-demo.yaml")
    assert analyst.draft["name"] == "my-demo"
    assert repr(analyst.deck) == "DeckWidget('my-demo')"
    assert decks.load("my-demo").columns
