"""Adding a column to a deck's file: everything else stays as its owner wrote it."""

import os
import stat
import threading
import time

import pytest

from workbench import decks, share
from workbench.decks import Draft, add_column, load
from workbench.decks.steps import Steps
from workbench.errors import DeckError, DeckRace

DECK = """\
# My industry.
title: Batteries   # as the board knows it
zone: UTC

sources:
  - collector: bluesky

columns:
  # ourselves
  - type: search
    title: "Acme"
    query: '(acme OR #acme)'   # not the dogs

  - type: trending
    title: Trending
    window: 1h   # short

# people come last
lists:
  board: [ana.example]
"""
COLUMN = {"type": "search", "title": 'Rivals: "the" others', "query": 'globex OR "a b" #x'}


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "ceo.yaml"
    made.write_text(DECK)
    return made


def test_the_column_is_added_at_the_end_and_nothing_else_changes(path):
    deck = add_column(path, COLUMN)
    text = path.read_text()
    assert [column.title for column in deck.columns] == ["Acme", "Trending", COLUMN["title"]]
    assert load(path) == deck
    assert deck.columns[-1].text == COLUMN["query"]
    added = [line for line in text.splitlines() if line not in DECK.splitlines()]
    assert text.count("  - type: search") == 2
    assert added == [
        '    title: "Rivals: \\"the\\" others"',
        '    query: "globex OR \\"a b\\" #x"',
    ]
    for line in DECK.splitlines():
        assert line in text.splitlines()
    assert text.index("# short") < text.index("Rivals") < text.index("# people come last")
    assert sorted(each.name for each in path.parent.iterdir()) == [".versions", "ceo.yaml"]


@pytest.mark.parametrize(
    "columns",
    [
        "columns: [{type: search, title: A, query: a}]  # in one line\n",
        "columns:\n- type: search\n  title: A\n  query: a # no margin",
        "columns:\n  - {type: search, title: A, query: a} # in braces\n",
        "columns:\n  -\n    type: search\n    title: A\n    query: a # dash alone\n",
        "columns:\n  - type: search\n    title: A # folded\n    query: >-\n      a\n      OR b\n\n",
        "columns:\r\n  - type: search\r\n    title: A # from Windows\r\n    query: a\r\n",
    ],
)
def test_every_way_of_writing_columns_can_be_added_to(tmp_path, columns):
    path = tmp_path / "d.yaml"
    path.write_bytes(b"title: T # kept\n" + columns.encode())
    before = load(path).columns
    deck = add_column(path, COLUMN)
    assert load(path).columns == deck.columns
    assert deck.columns[:-1] == before
    text = path.read_bytes().decode()
    assert "# kept" in text
    assert columns.partition("#")[2].partition("\n")[0].strip() in text


@pytest.mark.parametrize(
    "sign", ["\x85", "\u2028", "\x7f", "\ufeff", "\U0001f600", "\\u0041", "\t", "'"]
)
def test_any_text_is_read_back_as_it_was_given(path, sign):
    deck = add_column(path, {"type": "search", "title": f"a{sign}b", "query": f'a "a{sign}b"'})
    assert load(path) == deck
    assert (deck.columns[-1].title, deck.columns[-1].text) == (f"a{sign}b", f'a "a{sign}b"')


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ({"type": "search", "title": "Acme", "query": "x"}, "another column has the|has the key"),
        ({"type": "search", "title": "New", "query": "a OR"}, "query"),
        ({"type": "search", "title": "New", "query": " "}, "query"),
        ({"type": "pie", "title": "New"}, "'pie' is not one of"),
    ],
)
def test_a_column_that_cannot_be_leaves_the_file_alone(path, column, said):
    with pytest.raises(DeckError, match=said):
        add_column(path, column)
    assert path.read_text() == DECK
    assert [each.name for each in path.parent.iterdir()] == ["ceo.yaml"]


def test_a_deck_that_is_wrong_already_is_not_written(path):
    path.write_text(DECK.replace("zone: UTC", "zone: Nowhere"))
    with pytest.raises(DeckError, match="no time zone"):
        add_column(path, COLUMN)


def test_the_decks_that_came_along_stay_as_they_are():
    with pytest.raises(DeckError, match="came with the workbench"):
        add_column(decks.find("demo"), COLUMN)
    assert decks.find("demo").samefile(share.path("decks") / "demo.yaml")


def test_a_file_that_is_gone_or_may_not_be_written_is_said(tmp_path):
    with pytest.raises(DeckError, match=r"none\.yaml: cannot be"):
        add_column(tmp_path / "none.yaml", COLUMN)
    with pytest.raises(DeckError, match="cannot be written"):
        add_column(tmp_path / "nowhere" / "none.yaml", COLUMN)


def test_rights_and_links_are_kept(path, tmp_path):
    path.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    add_column(link, COLUMN)
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert len(load(path).columns) == 3


def test_many_who_save_at_once_lose_nothing(path):
    errors = []

    def save(n):
        try:
            add_column(path, {"type": "search", "title": f"Column {n}", "query": f"w{n}"})
        except DeckError as error:
            errors.append(error)

    threads = [threading.Thread(target=save, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    titles = {column.title for column in load(path).columns}
    assert {f"Column {n}" for n in range(12)} <= titles


def test_of_two_who_save_at_once_one_is_refused_and_knows_both(path):
    drafts = [Draft(path) for _ in range(6)]
    for n, draft in enumerate(drafts):
        draft.configure({"title": f"Title {n}"})
    done, refused = [], []

    def save(draft):
        try:
            draft.save()
            done.append(draft)
        except DeckRace as race:
            refused.append(race)

    threads = [threading.Thread(target=save, args=(draft,)) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    assert len(refused) == 5
    assert path.read_text() == done[0].text
    assert {race.theirs for race in refused} == {done[0].text}
    assert not [each for each in path.parent.iterdir() if each.name.endswith(".lock")]


def test_steps_that_are_many_and_large_do_not_fill_memory(monkeypatch):
    monkeypatch.setattr("workbench.decks.steps._MOST_KEPT", 50_000)
    kept = Steps()
    texts = [os.urandom(500).hex() for _ in range(500)]
    for n, text in enumerate(texts):
        kept.push(f"step {n}", text)
    assert 50 < len(kept.names) < 150
    assert kept.pop() == ("step 499", texts[-1])
    assert kept.names[0] != "step 0"


def test_a_lock_left_behind_by_the_dead_is_broken(path):
    lock = path.with_name(".ceo.yaml.lock")
    lock.touch()
    old = time.time() - 3600
    os.utime(lock, (old, old))
    add_column(path, COLUMN)
    assert not lock.exists()
