from datetime import UTC, datetime, timedelta

import pytest

from workbench import store
from workbench.collectors import Covered
from workbench.errors import DiskFull
from workbench.service.notes import Notes

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def span(start, end, status="ok", reason=""):
    return Covered(NOW + timedelta(seconds=start), NOW + timedelta(seconds=end), status, reason)


@pytest.fixture
def opened(tmp_path):
    with store.open(tmp_path / "s.db", floor=0) as made:
        yield made


def covered(opened):
    return [
        (s.query, (s.start - NOW).seconds, (s.end - NOW).seconds, s.status)
        for s in opened.coverage()
    ]


def test_notes_are_written_when_asked_for(opened):
    notes = Notes(opened, "k")
    notes.cover("", span(0, 1))
    notes.cover("", span(1, 2))
    notes.resume_at("a")
    assert (covered(opened), opened.load_cursor("k")) == ([], None)
    notes.write()
    assert (covered(opened), opened.load_cursor("k")) == ([("", 0, 2, "ok")], "a")


def test_spans_that_do_not_adjoin_stay_apart(opened):
    notes = Notes(opened, "k")
    notes.cover("q", span(0, 1))
    notes.cover("q", span(1, 5, "gap", "asleep"))
    notes.cover("q", span(5, 6))
    notes.cover("r", span(3, 4))
    notes.write()
    assert covered(opened) == [
        ("q", 0, 1, "ok"),
        ("q", 1, 5, "gap"),
        ("q", 5, 6, "ok"),
        ("r", 3, 4, "ok"),
    ]


def test_a_note_that_cannot_be_written_is_kept(opened):
    notes = Notes(opened, "k")
    notes.cover("", span(0, 1))
    notes.resume_at("a")
    opened._connections._floor = 1 << 62
    with pytest.raises(DiskFull):
        notes.write()
    opened._connections._floor = 0
    notes.write()
    assert (covered(opened), opened.load_cursor("k")) == ([("", 0, 1, "ok")], "a")


def test_the_first_note_is_due_at_once_and_the_next_a_while_later(opened):
    notes = Notes(opened, "k")
    notes.resume_at("a")
    notes.write_if_due()
    notes.resume_at("b")
    notes.write_if_due()
    assert opened.load_cursor("k") == "a"
