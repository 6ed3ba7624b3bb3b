"""The versions of a deck that are kept, and a deck as one file to hand on."""

from datetime import UTC, datetime, timedelta

import pytest

from workbench import clock
from workbench.decks import Draft, add_column, history, load
from workbench.decks.bundle import pack, unpack
from workbench.decks.history import MOST, shelf, version, versions
from workbench.errors import DeckError

DECK = "title: T # kept\ncolumns:\n  - {type: newswire, title: Wire}\n"
NINE = datetime(2026, 11, 26, 9, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "ceo.yaml"
    made.write_text(DECK)
    return made


@pytest.fixture(autouse=True)
def minutes(monkeypatch):
    """Let each look at the clock be a minute later."""
    times = (NINE + timedelta(minutes=n) for n in range(10_000))
    monkeypatch.setattr(clock, "now", lambda: next(times))


def test_each_save_is_a_version_with_what_was_done_and_the_first_keeps_what_was_there(path):
    draft = Draft(path)
    draft.add({"type": "trending", "title": "Up"})
    draft.set("wire", {"width": "wide"})
    draft.save()
    draft.undo()
    draft.save()
    told = [(each.columns, each.note) for each in versions(path)]
    assert told == [
        (2, "Undo Change “Wire”: width"),
        (2, "Add “Up”; Change “Wire”: width"),
        (1, "As it was found"),
    ]
    assert versions(path)[-1].text == DECK
    assert versions(path)[0].text == draft.text == path.read_text()
    assert versions(path)[0].saved > versions(path)[1].saved > NINE
    assert versions(path)[0].who == path.owner()


def test_what_was_changed_by_other_means_between_two_saves_is_a_version_too(path):
    draft = Draft(path)
    draft.set("wire", {"width": "wide"})
    draft.save()
    by_hand = path.read_text().replace("title: T", "title: By hand")
    path.write_text(by_hand)
    draft.reload()
    draft.set("wire", {"width": "narrow"})
    draft.save()
    assert [each.note for each in versions(path)] == [
        "Change “Wire”: width",
        "Changed elsewhere",
        "Change “Wire”: width",
        "As it was found",
    ]
    assert versions(path)[1].text == by_hand


def test_a_column_that_the_explorer_saves_is_a_version_as_well(path):
    add_column(path, {"type": "search", "title": "Acme", "query": "acme"})
    assert [each.note for each in versions(path)] == ["Add “Acme”", "As it was found"]


def test_the_last_twenty_versions_are_kept(path):
    draft = Draft(path)
    for n in range(MOST + 5):
        draft.configure({"title": f"Title {n}"})
        draft.save()
    kept = versions(path)
    assert len(kept) == MOST == 20
    assert [load_title(each.text) for each in kept] == [
        f"Title {n}" for n in reversed(range(5, MOST + 5))
    ]


def load_title(text):
    return text.splitlines()[0].removeprefix('title: "').partition('"')[0]


def test_many_steps_are_told_by_their_last_ones(path):
    draft = Draft(path)
    for n in range(9):
        draft.set("wire", {"title": f"Wire {n}"})
    draft.save()
    assert versions(path)[0].note.startswith("Rename “Wire 4” to “Wire 5”; ")
    assert versions(path)[0].note.endswith("to “Wire 8”; and 5 more")


def test_a_version_can_be_looked_at_and_restored_as_a_step(path):
    draft = Draft(path)
    draft.configure({"title": "Other", "zone": "Europe/Berlin"})
    draft.save()
    first = versions(path)[-1]
    assert version(path, first.id) == first
    assert draft.compared(first) == (
        f"--- now\n+++ version {first.id}\n@@ -1,4 +1,3 @@\n"
        '-title: "Other" # kept\n-zone: Europe/Berlin\n+title: T # kept\n columns:\n'
        "   - {type: newswire, title: Wire}\n"
    )
    draft.restore(first.id)
    assert draft.text == DECK
    assert draft.undoes == "Restore the version of 26 Nov 2026, 10:00"
    assert load(path).title == "Other"
    draft.undo()
    assert draft.deck.title == "Other"
    draft.redo()
    draft.save()
    assert path.read_text() == DECK
    assert len(versions(path)) == 3


@pytest.mark.parametrize("ident", ["", "20261126T091500000000", "../ceo", "../../etc/passwd"])
def test_a_version_that_is_none_is_said(path, ident):
    with pytest.raises(DeckError, match="there is no version"):
        version(path, ident)


def test_what_is_damaged_is_left_out(path):
    draft = Draft(path)
    draft.configure({"title": "Other"})
    draft.save()
    first, second = sorted(shelf(path).glob("*.yaml"))
    first.write_bytes(b"\xff\xfe")
    (shelf(path) / "20261126T091500000000.yaml").write_text("# workbench version []\ntitle: x")
    (shelf(path) / "notes.yaml").write_text("mine")
    assert [each.id for each in versions(path)] == [second.stem]


def test_a_version_of_a_deck_that_can_no_longer_be_read_is_refused_and_changes_nothing(path):
    made = history.keep(path, "title: T\npanels: []\n", columns=0, note="", who="")
    draft = Draft(path)
    with pytest.raises(DeckError, match="unknown key"):
        draft.restore(made.id)
    assert draft.text == DECK


def test_versions_of_a_deck_that_is_a_link_lie_beside_what_it_leads_to(path, tmp_path):
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "mine.yaml"
    link.symlink_to(path)
    draft = Draft(link)
    draft.configure({"title": "Other"})
    draft.save()
    assert link.is_symlink()
    assert len(versions(link)) == len(versions(path)) == 2


def test_a_folder_that_cannot_be_written_is_said(path):
    (path.parent / ".versions").write_text("a file")
    draft = Draft(path)
    draft.configure({"title": "Other"})
    with pytest.raises(DeckError, match="cannot be written"):
        draft.save()


def test_a_deck_is_handed_on_as_one_file_and_taken_in_as_a_step(path, tmp_path):
    draft = Draft(path)
    packed = draft.packed()
    head, _, rest = packed.partition("\n")
    assert head.startswith("# workbench deck, format 1: ceo, exported 2026-11-26 ")
    assert rest == DECK
    other = tmp_path / "cfo.yaml"
    other.write_text(DECK.replace("title: T", "title: Money"))
    taker = Draft(other)
    taker.take_in(packed)
    assert (taker.text, taker.undoes) == (DECK, "Import “ceo”")
    taker.undo()
    taker.take_in(DECK)
    assert taker.undoes == "Import a deck"
    assert pack(packed, name="b", when=NINE).count("format 1") == 1


def test_what_is_no_deck_or_of_a_newer_format_is_not_taken_in(path):
    draft = Draft(path)
    with pytest.raises(DeckError, match="has format 2, and this workbench reads 1 at most"):
        draft.take_in("# workbench deck, format 2: x\n" + DECK)
    with pytest.raises(DeckError, match="unknown key"):
        draft.take_in("panels: []")
    with pytest.raises(DeckError, match="larger than 128 kB"):
        draft.take_in(f"# {'x' * 200_000}\n{DECK}")
    assert draft.text == DECK
    assert unpack("\ufeff# workbench deck, format 1\ntitle: T", file="f") == ("", "title: T")
