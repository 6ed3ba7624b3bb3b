"""Pinning from a script or notebook."""

from datetime import UTC, datetime

import pandas as pd
import pytest

import workbench as wb
from workbench import store
from workbench.errors import DeckError, SettingError
from workbench.items import Item
from workbench.store import Move

NOW = datetime.now(UTC).replace(microsecond=0)
POST = Item(source="bluesky", id="at://1", text="northwind is late", author="ana", published=NOW)


@pytest.fixture
def address(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WORKBENCH_DECK", raising=False)
    folder = tmp_path / "decks"
    folder.mkdir()
    for name in ("ceo", "cfo"):
        (folder / f"{name}.yaml").write_text(
            "title: T\ncolumns:\n  - {type: search, title: A, query: northwind}\n"
        )
    path = str(tmp_path / "w.db")
    with store.open(path, floor=0) as opened:
        opened.add([POST])
    return path


def test_a_post_is_pinned_by_its_row_its_item_or_its_key(address):
    before = pd.Timestamp.now("UTC").floor("s")
    posts = wb.search("northwind", address=address)
    for n, what in enumerate(
        (posts.iloc[0], POST, "bluesky:at://1", {"source": "bluesky", "id": "at://1"})
    ):
        wb.pin(what, note=f"Note {n}.", deck="ceo", address=address)
        (row,) = wb.pins(address=address).to_dict("records")
        assert (row["key"], row["note"]) == ("bluesky:at://1", f"Note {n}.")
    assert (row["deck"], row["kind"], row["gone"]) == ("ceo", "item", False)
    assert (row["author"], row["text"], row["published"]) == ("ana", "northwind is late", NOW)
    assert before <= row["pinned"] <= pd.Timestamp.now("UTC")


def test_what_was_deleted_is_gone_and_its_note_stays(address):
    wb.pin(POST, note="Ask Bob.", deck="ceo", address=address)
    with store.open(address, floor=0) as opened:
        opened.purge("bluesky", "at://1")
    (row,) = wb.pins(deck="ceo", address=address).astype(object).to_dict("records")
    assert row["gone"]
    assert row["note"] == "Ask Bob."
    assert "late" not in str(row)
    assert "ana" not in str(row)


def told(address):
    """Put the post into a story, and return its id."""
    with store.open(address, floor=0) as opened:
        opened.put_in({POST.key: "s1"}, seen=None, now=opened.seq())
    return "s1"


def test_a_story_is_pinned_by_the_id_that_it_has_now_and_none_that_is_not_there(address):
    with pytest.raises(SettingError, match=r"no story 's0'; wb\.stories\(\) returns"):
        wb.pin("s0", kind="story", deck="ceo", address=address)
    told(address)
    with store.open(address, floor=0) as opened:
        merged = Move(NOW, "merge", "s2", "s1", 0)
        opened.put_in({}, [(merged, ())], seen=opened.told_until(), now=opened.seq())
    wb.pin("s1", kind="story", deck="ceo", address=address)
    assert wb.pins(deck="ceo", address=address)["key"].to_list() == ["s2"]
    with store.open(address, floor=0) as opened:
        opened.purge("bluesky", "at://1")
    wb.pin("s2", kind="story", note="It was so.", deck="ceo", address=address)
    assert wb.pins(deck="ceo", address=address)["note"].to_list() == ["It was so."]


def test_pins_are_taken_away_where_they_are(address):
    wb.pin(POST, deck="ceo", address=address)
    story = told(address)
    wb.pin(story, kind="story", deck="cfo", address=address)
    assert not wb.unpin(POST, deck="cfo", address=address)
    assert wb.unpin(POST, deck="ceo", address=address)
    assert wb.unpin(story, kind="story", deck="cfo", address=address)
    frame = wb.pins(address=address)
    assert frame.empty
    assert "note" in frame
    assert str(frame["gone"].dtype) == "boolean"


def test_without_a_deck_it_is_the_one_that_the_page_publishes(address, monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBENCH_DECK", str(tmp_path / "decks" / "cfo.yaml"))
    wb.pin(POST, address=address)
    assert wb.pins(address=address)["deck"].tolist() == ["cfo"]
    monkeypatch.delenv("WORKBENCH_DECK")
    wb.pin(POST, address=address)
    assert set(wb.pins(address=address)["deck"]) == {"cfo", "demo"}


def test_what_cannot_be_pinned_is_refused_in_words(address):
    with pytest.raises(DeckError, match=r"did you mean ceo\?"):
        wb.pin(POST, deck="ceoo", address=address)
    with pytest.raises(DeckError):
        wb.pins(deck="ceoo", address=address)
    with pytest.raises(SettingError, match="float is nothing to pin; give an item, its key"):
        wb.pin(1.5, deck="ceo", address=address)
    with pytest.raises(SettingError, match="dict is nothing to pin"):
        wb.pin({"id": 1}, deck="ceo", address=address)
    with pytest.raises(SettingError, match="kind='post' is not one of"):
        wb.pin(POST, kind="post", deck="ceo", address=address)
    with pytest.raises(SettingError, match="is not in the store"):
        wb.pin("bluesky:2", deck="ceo", address=address)
    assert wb.pins(address=address).empty
