"""Pins in the store: keys and notes, and nothing of what they lead to."""

from datetime import UTC, datetime, timedelta

import apsw
import pytest

from workbench import store
from workbench.errors import SettingError
from workbench.items import Account, Item, ParseResult
from workbench.store import Pin, schema

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY = "bluesky:at://did:plc:a/app.bsky.feed.post/1"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "w.db"


@pytest.fixture
def clock():
    class Clock:
        time = NOW

        def __call__(self):
            return self.time

    return Clock()


@pytest.fixture
def opened(path, clock):
    with store.open(path, now=clock, floor=0) as made:
        made.add(
            [
                Item(source="bluesky", id=KEY.partition(":")[2], text="secret", published=NOW),
                Item(source="feeds", id="https://a.example/rss 2", text="news", published=NOW),
            ]
        )
        yield made


def test_a_pin_is_there_again_when_the_store_is_opened_anew(opened, path):
    opened.pin("ceo", KEY, note="Ask Bob.")
    opened.pin("ceo", "s-12", kind="story")
    with store.open(path, floor=0) as again:
        assert again.pins() == [
            Pin("ceo", "item", KEY, "Ask Bob.", NOW),
            Pin("ceo", "story", "s-12", "", NOW),
        ]
        assert again.check() == []


def test_pins_are_of_one_deck_and_newest_first(opened, clock):
    opened.pin("ceo", KEY)
    clock.time += timedelta(hours=1)
    opened.pin("ceo", "feeds:https://a.example/rss 2")
    opened.pin("cfo", KEY, note="Cash.")
    assert [pin.key[:5] for pin in opened.pins("ceo")] == ["feeds", "blues"]
    assert [pin.note for pin in opened.pins("cfo")] == ["Cash."]
    assert opened.pins("cmo") == []
    assert len(opened.pins()) == 3


def test_pinned_again_it_has_the_new_note_and_its_time_is_when_that_changed(opened, clock):
    opened.pin("ceo", KEY, note="First.")
    clock.time += timedelta(hours=1)
    opened.pin("ceo", KEY, note="First.")
    assert opened.pins("ceo")[0].time == NOW
    opened.pin("ceo", KEY, note="Second.")
    assert opened.pins("ceo") == [Pin("ceo", "item", KEY, "Second.", clock.time)]


def test_a_pin_that_is_taken_away_leaves_the_others(opened):
    opened.pin("ceo", KEY)
    opened.pin("cfo", KEY)
    opened.pin("ceo", KEY, kind="story")
    assert opened.unpin("ceo", KEY)
    assert not opened.unpin("ceo", KEY)
    assert [pin[:2] for pin in opened.pins()] == [("ceo", "story"), ("cfo", "item")]


@pytest.mark.parametrize("key", ["bluesky:nowhere", "bluesky", "", "x" * 5000, "bluesky:\ud800"])
def test_what_is_not_in_the_store_cannot_be_pinned(opened, key):
    with pytest.raises(SettingError, match="is not in the store; a pin needs the key"):
        opened.pin("ceo", key)
    assert opened.pins() == []


def test_a_pin_of_what_was_deleted_keeps_the_note_and_nothing_of_the_post(opened, path):
    opened.pin("ceo", KEY, note="Ask Bob.")
    source, _, ident = KEY.partition(":")
    opened.purge(source, ident)
    assert opened.pins("ceo") == [Pin("ceo", "item", KEY, "Ask Bob.", NOW)]
    raw = apsw.Connection(str(path))
    rows = raw.execute("SELECT * FROM pins").fetchall()
    raw.close()
    assert "secret" not in str(rows)
    # It can no longer be pinned anew, but what is pinned keeps what its analyst says of it.
    with pytest.raises(SettingError, match="was deleted at its source"):
        opened.pin("cfo", KEY)
    opened.pin("ceo", KEY, note="Asked.")
    assert opened.pins("ceo")[0].note == "Asked."


def test_a_post_of_a_hidden_account_cannot_be_pinned(opened):
    told = ParseResult()
    told.accounts.append(Account("bluesky", "at://did:plc:a/", hidden=True))
    opened.apply(told)
    with pytest.raises(SettingError, match="is not in the store"):
        opened.pin("ceo", KEY)


def test_a_note_that_is_too_long_is_refused(opened):
    opened.pin("ceo", KEY, note="x" * 2000)
    with pytest.raises(SettingError, match="the note has 2,001 characters; 2,000 are the most"):
        opened.pin("ceo", KEY, note="x" * 2001)
    assert opened.pins()[0].note == "x" * 2000


def test_a_note_with_half_a_character_is_stored_without_it(opened):
    opened.pin("ceo", KEY, note="a\ud800b")
    assert opened.pins()[0].note == "a\ufffdb"


def test_a_deck_has_fifty_pins_at_most(opened):
    for n in range(50):
        opened.pin("ceo", f"s{n}", kind="story")
    opened.pin("ceo", "s7", kind="story", note="Another note is no other pin.")
    with pytest.raises(SettingError, match="the deck ceo has 50 pins, as many as it may"):
        opened.pin("ceo", KEY)
    opened.pin("cfo", KEY)


def test_a_store_from_before_pins_takes_them_once_it_is_opened(path):
    before = next(
        n
        for n in range(len(schema.STEPS), 0, -1)
        if not _has_pins(path.with_suffix(f".{n}"), schema.STEPS[:n])
    )
    raw = apsw.Connection(str(path))
    schema.prepare(raw, str(path), schema.STEPS[:before])
    raw.close()
    with store.open(path, floor=0) as opened:
        assert opened.pins() == []
        opened.pin("ceo", "s", kind="story")
        assert opened.check() == []


def _has_pins(path, steps):
    raw = apsw.Connection(str(path))
    schema.prepare(raw, str(path), steps)
    names = {name for (name,) in raw.execute("SELECT name FROM sqlite_schema")}
    raw.close()
    return "pins" in names
