"""Stories as frames: what happened, who had it first, and who often does."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

import workbench as wb
from workbench import clock, store
from workbench.errors import SettingError
from workbench.items import Item
from workbench.service.telling import STORIES

NOW = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TOPICS = (
    "Smoke over the Northwind hangar at Kestrel Valley #KestrelFire",
    "Vesper crews walk out in Port Amery over rest hours #AmeryStrike",
    "Calder fares double overnight from Dunmarrow to Saltbury #FairFares",
)


def item(ident, text, minute, tier="social", **fields):
    return Item(
        source="feeds" if tier != "social" else "bluesky",
        id=ident,
        text=text,
        tier=tier,
        kind="release" if tier == "wire" else "post",
        title=text if tier == "wire" else None,
        author=fields.pop("author", f"{ident}.example"),
        published=NOW - timedelta(hours=5) + minute * MINUTE,
        published_precision=1.0,
        **fields,
    )


@pytest.fixture
def address(tmp_path, monkeypatch):
    """A store with three events: social 41 min ahead, the wire 20 min ahead, social alone."""
    path = str(tmp_path / "w.db")
    monkeypatch.setattr(clock, "now", lambda: NOW)
    fire, strike, fares = TOPICS
    with store.open(path, now=lambda: NOW) as opened:
        opened.add(
            [
                item("a1", fire, 0, author="ana.example"),
                item("a2", f"{fire} again", 10, author="ben.example"),
                item("aw", fire, 41, tier="wire", author="Harbour"),
                item("bw", strike, 60, tier="wire", author="Harbour"),
                item("b1", f"{strike}. No flight home", 80, author="ben.example"),
                item("c1", fares, 90, author="ana.example"),
                item("c2", f"{fares} Why?", 95, author="dora.example"),
            ]
        )
    return path


def test_stories_come_with_who_had_them_first(address):
    frame = wb.stories(address=address)
    assert frame["n"].tolist() == [2, 2, 3]  # the newest first
    fire = frame.iloc[2]
    assert fire["lead"] == pd.Timedelta(minutes=41)
    assert fire["first_social"] == NOW - timedelta(hours=5)
    assert (fire["sources"], fire["authors"]) == (2, 3)
    assert frame["lead"].dt.total_seconds().fillna(0).tolist() == [0, -1200, 2460]
    # The wire is asked now and then; how often is not known here.
    assert fire["uncertainty"] == pd.Timedelta(seconds=2)
    assert wb.stories("vesper", address=address)["lead"].tolist() == [pd.Timedelta(minutes=-20)]
    assert len(wb.stories(address=address, limit=1)) == 1
    assert wb.stories(address=address, since="1h").empty
    with pytest.raises(SettingError, match="less than nothing"):
        wb.stories(limit=-1)


def test_where_a_process_tells_them_they_are_left_to_it(address):
    with store.open(address) as opened:
        opened.claim([STORIES], "another", span=timedelta(minutes=5))
    assert wb.stories(address=address).empty
    with store.open(address) as opened:
        opened.claim(["bluesky"], "another", span=timedelta(minutes=5))
    assert len(wb.stories(address=address)) == 3


def test_a_story_is_its_items(address):
    frame = wb.stories("hangar", address=address)
    items = wb.story(frame["story"].iloc[0], address=address)
    assert items["id"].tolist() == ["aw", "a2", "a1"]
    with pytest.raises(SettingError, match="there is no story 'x'"):
        wb.story("x", address=address)


def test_the_ledger_counts_who_was_first_with_its_doubt(address):
    ledger = wb.lead_ledger(address=address)
    assert ledger["who"].tolist() == ["social", "wire", "tied"]
    assert ledger["n"].tolist() == [1, 1, 0]
    assert ledger["of"].tolist() == [2, 2, 2]
    # Wilson's interval of 1 of 2: (0.5 + z²/4 ± z·sqrt(0.125 + z²/16)) / (1 + z²/2), z = 1.96.
    assert ledger["low"].tolist()[0] == pytest.approx(0.0945, abs=1e-4)
    assert ledger["high"].tolist()[0] == pytest.approx(0.9055, abs=1e-4)
    assert ledger.attrs["workbench"]["median_lead"] == (2460 - 1200) / 2
    assert ledger.attrs["workbench"]["reports"] == 0


def test_who_is_early_and_right(address):
    voices = wb.early_voices(address=address, minimum=1)
    told = {row["author"]: row for row in voices.to_dict("records")}
    assert told["ana.example"]["hits"] == told["ben.example"]["hits"] == 1
    assert told["ana.example"]["head_start"] == pd.Timedelta(minutes=41)
    assert wb.early_voices(address=address, minimum=3).empty


def test_leads_are_drawn(address):
    drawn = wb.chart_leads(wb.stories(address=address))
    said = drawn.layout.meta["alt"]
    assert said.startswith("Social networks had 1 of 2 first; in the middle social networks were")
    assert "10 min" in said
    for word, who in (("hangar", "Social networks had 1 of 1"), ("vesper", "had 0 of 1")):
        alone = wb.chart_leads(wb.stories(word, address=address))
        assert who in alone.layout.meta["alt"]
    empty = wb.chart_leads(wb.stories(address=address, since="1h"))
    assert "No story that both" in empty.layout.meta["alt"]
    with pytest.raises(SettingError, match="has no field lead"):
        wb.chart_leads(pd.DataFrame())


def test_a_column_of_stories_is_a_frame_a_chart_and_files(address, tmp_path):
    path = tmp_path / "deck.yaml"
    path.write_text("title: A\ncolumns: [{type: stories, title: Stories}]\n")
    wb.stories(address=address)
    column = wb.deck(str(path), address=address)["Stories"]
    frame = column.frame()
    assert frame["lead"].dropna().tolist() == [-20.0, 41.0]
    assert "1 of 2 first" in column.chart().layout.meta["alt"]
    column.to_parquet(tmp_path / "s.parquet")
    assert pd.read_parquet(tmp_path / "s.parquet")["n"].tolist() == [2, 2, 3]
    assert column.to_csv(limit=1).count("\n") == 2
    assert column.frame(until="245m")["n"].tolist() == [3]
