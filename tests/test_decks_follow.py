"""A deck that is edited while it is shown: the last good reading of its file."""

import logging
from dataclasses import replace

import pytest

from workbench.decks import Coming, Followed, add_column, load

DECK = "title: T\ncolumns:\n  - {type: search, title: A, query: a}\n"


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "ceo.yaml"
    made.write_text(DECK)
    return made


def looks(followed, times=3):
    return [followed.look() for _ in range(times)]


def test_an_edit_is_taken_up_once_it_has_settled(path):
    followed = Followed(load(path), every=0)
    assert looks(followed) == [False] * 3
    add_column(path, {"type": "search", "title": "B", "query": "b"})
    assert looks(followed) == [False, True, False]
    assert [column.title for column in followed.deck.columns] == ["A", "B"]


def test_nonsense_keeps_the_last_good_one_and_says_so(path, caplog):
    followed = Followed(load(path), every=0)
    looks(followed)
    good = followed.deck
    path.write_text(DECK + "colour: red\n")
    with caplog.at_level(logging.WARNING):
        assert looks(followed) == [False, True, False]
    assert followed.deck is good
    assert "ceo.yaml, line 4: colour: unknown key" in followed.problem
    assert "deck ceo stays as it was" in caplog.text
    path.write_text(DECK + "\n\n")
    assert looks(followed) == [False, True, False]
    assert followed.problem == ""


@pytest.mark.parametrize(
    "number", ["0x" + "f" * 9000, "9" * 6000, "-0o" + "7" * 9000, "1e" + "9" * 60]
)
def test_a_number_that_python_cannot_write_is_nonsense_like_any_other(path, number):
    followed = Followed(load(path), every=0)
    looks(followed)
    path.write_text(
        f"{DECK}    key: {number}\n".replace(
            "{type: search, title: A, query: a}", "type: search\n    title: A\n    query: a"
        )
    )
    assert any(looks(followed))
    assert "digits" in followed.problem
    path.write_text(DECK.replace("query: a", f"query: 0xchange OR {'a' * 60}"))
    assert any(looks(followed))
    assert not followed.problem


def test_a_file_that_goes_is_a_problem_until_it_is_back(path):
    followed = Followed(load(path), every=0)
    looks(followed)
    path.rename(path.with_suffix(".bak"))
    assert any(looks(followed))
    assert "cannot be read" in followed.problem
    path.with_suffix(".bak").rename(path)
    assert any(looks(followed))
    assert not followed.problem


def test_a_change_of_comments_alone_changes_nothing(path):
    followed = Followed(load(path), every=0)
    looks(followed)
    path.write_text("# mine\n" + DECK)
    assert looks(followed) == [False] * 3


def test_a_deck_without_a_file_never_changes(path):
    followed = Followed(replace(load(path), path=None), every=0)
    path.write_text("nonsense")
    assert looks(followed) == [False] * 3


def test_looks_are_paced(path):
    followed = Followed(load(path), every=3600)
    followed.look()
    path.write_text(DECK + "zone: Europe/Berlin\n")
    assert looks(followed) == [False] * 3


def test_a_deck_that_comes_is_found_once_as_soon_as_it_can_be_read(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "decks").mkdir()
    (tmp_path / "decks" / "ceo.yaml").write_text(DECK)
    coming = Coming(["ceo"], load)
    assert coming.look() == []
    path = tmp_path / "decks" / "cfo.yaml"
    path.write_text("title: F\ncolumns: 7\n")
    with caplog.at_level(logging.WARNING):
        assert coming.look() == coming.look() == []
    assert caplog.text.count("the deck is shown once it can be read") == 1
    path.write_text(DECK)
    assert [deck.name for deck in coming.look()] == ["cfo"]
    assert coming.look() == []
