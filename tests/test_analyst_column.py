"""A deck's column as an analyst takes it: frame, chart, files."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pandas as pd
import pytest

import workbench as wb
from workbench import decks, store
from workbench.columns import data
from workbench.documents import mark
from workbench.errors import DeckError, SettingError
from workbench.exports import plain
from workbench.items import FIELDS, Item
from workbench.states import SourceState
from workbench.store import Alert, Watch
from workbench.widgets.deck import NoColumn

HOUR = timedelta(hours=1)
DECK = """
title: Northwind Air
zone: Asia/Tokyo
lists: {voices: [ana.example]}
sources:
  - {collector: bluesky, keep: all}
columns:
  - {type: search, title: Northwind, query: northwind, key: own}
  - {type: list, title: Voices, list: voices}
  - {type: newswire, title: Newswire}
  - {type: trending, title: Trending}
  - {type: sentiment, title: Mood, since: 2d, every: 1h}
  - type: share-of-voice
    title: Share
    since: 1d
    queries: {Northwind: northwind, Calder: calder}
  - {type: source-health, title: Health}
  - {type: briefings, title: Papers}
  - {type: alerts, title: Alarms}
  - {type: stories, title: Stories}
  - {type: since-last-visit, title: New}
"""


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch, tmp_path):
    """Keep the documents of whoever runs the tests out of it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in ("WORKBENCH_PAGE", "WORKBENCH_RUN", "WORKBENCH_DECK"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def now():
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def address(tmp_path, now):
    path = str(tmp_path / "w.db")
    with store.open(path, floor=0) as opened:
        said = ["northwind is great", "calder is terrible", "northwind and calder"]
        opened.add(
            Item(
                source="bluesky",
                id=str(n),
                text=f"{said[n % 3]} {n}",
                published=now - n * HOUR,
                author="ana.example" if n % 2 else "bob.example",
                lang="en",
                likes=n,
            )
            for n in range(12)
        )
        opened.cover("bluesky", "", now - 12 * HOUR, now + HOUR, "ok")
        opened.report(
            SourceState(key="bluesky", collector="bluesky", state="failing", reason="no", since=now)
        )
    return path


@pytest.fixture
def deck(tmp_path, address):
    path = tmp_path / "air.yaml"
    path.write_text(DECK)
    deck = wb.deck(str(path), address=address)
    yield deck
    deck.close()


def test_a_column_is_found_by_its_title_by_its_key_and_without_capitals(deck):
    for name in ("Northwind", "own", "northwind"):
        assert deck[name].column.key == "own"
    assert repr(deck["own"]) == "<Northwind, search column of the deck air>"
    assert deck._ipython_key_completions_()[:2] == ["Northwind", "Voices"]


def test_a_title_goes_before_a_key_that_reads_the_same():
    first, second = (
        decks.Column(key=key, title=title, type="search") for key, title in (("b", "a"), ("a", "b"))
    )
    deck = decks.Deck(name="d", title="D", columns=(first, second))
    assert decks.column_of(deck, "a") is first
    assert decks.column_of(deck, "b") is second


def test_a_column_that_is_not_there_is_an_error_that_names_the_likeliest(deck):
    with pytest.raises(NoColumn) as caught:
        deck["Nothwind"]
    assert isinstance(caught.value, KeyError)
    assert isinstance(caught.value, DeckError)
    assert str(caught.value).endswith(
        "the deck has no column 'Nothwind'; did you mean Northwind? Columns: Northwind, Voices, "
        "Newswire, Trending, Mood, Share, Health, Papers, Alarms, Stories, New"
    )
    with pytest.raises(TypeError, match="not iterable"):
        list(deck)


def test_the_frame_of_a_column_of_items_is_what_a_search_gives(deck, address):
    frame = deck["Northwind"].frame(since="150m")
    assert frame["id"].tolist() == ["0", "2"]
    same = wb.search("northwind", since="150m", address=address)
    assert frame.dtypes.tolist() == same.dtypes.tolist()
    assert frame.columns.tolist() == [field.name for field in FIELDS]
    notes = frame.attrs["workbench"]
    assert (notes["deck"], notes["column"], notes["query"]) == ("air", "Northwind", "northwind")
    assert notes["gaps"] == []
    assert not notes["is_cut"]
    cut = deck["Northwind"].frame(limit=2)
    assert len(cut) == 2
    assert cut.attrs["workbench"]["is_cut"]
    assert deck["Northwind"].frame(until="150m")["id"].tolist() == ["3", "5", "6", "8", "9", "11"]


def test_people_lists_are_the_decks(deck):
    assert set(deck["Voices"].frame()["author"]) == {"ana.example"}
    assert "ana.example" in deck["Voices"].to_csv()


def test_dates_are_those_of_the_decks_zone(deck, now):
    tokyo = now.astimezone(ZoneInfo("Asia/Tokyo"))
    midnight = tokyo.replace(hour=0, minute=0, second=0)
    frame = deck["Northwind"].frame(since=f"{tokyo:%Y-%m-%d}")
    assert (frame["published"] >= midnight).all()
    expected = sum(n % 3 != 1 and now - n * HOUR >= midnight for n in range(12))
    assert len(frame) == expected


def test_the_frame_is_of_what_the_deck_shows_now(deck):
    deck.query = "calder"
    assert deck["Northwind"].frame()["id"].tolist() == ["2", "5", "8", "11"]
    deck.query = ""
    deck.columns = ({"type": "search", "title": "Calder", "query": "calder -northwind"},)
    assert deck["Calder"].frame()["id"].tolist() == ["1", "4", "7", "10"]


@pytest.mark.parametrize(
    "title", ["Trending", "Mood", "Share", "Health", "Papers", "Alarms", "Stories"]
)
def test_every_other_column_has_a_frame_of_its_own_fields(deck, title):
    frame = deck[title].frame()
    kind = deck[title].column.type
    assert frame.columns.tolist() == [field.name for field in data.FIELDS_OF[kind]]
    dtypes = {"str": "str", "int": "Int64", "float": "Float64", "bool": "boolean"}
    for field in data.FIELDS_OF[kind]:
        wanted = dtypes.get(field.dtype, "object")
        wanted = "datetime64[us, UTC]" if field.dtype == "datetime" else wanted
        assert str(frame[field.name].dtype) == wanted
    assert frame.attrs["workbench"]["column"] == title


def test_a_mood_counts_by_tone_and_says_what_was_measured(deck, now):
    frame = deck["Mood"].frame()
    assert frame["n"].sum() == 12
    assert frame[["positive", "negative"]].sum().tolist() == [4, 4]
    assert frame[frame["time"] < now - 13 * HOUR]["measured"].sum() == 0
    assert frame[frame["time"] > now - 10 * HOUR]["measured"].all()
    assert deck["Mood"].frame(since="4h")["n"].sum() in {4, 5}


def test_shares_are_of_what_was_said_of_all(deck):
    frame = deck["Share"].frame()
    assert frame["name"].tolist() == ["Northwind", "Calder"]
    assert frame["n"].tolist() == [8, 8]
    assert frame["share"].tolist() == [0.5, 0.5]
    assert frame["measured"].tolist() == pytest.approx([0.5, 0.5], abs=0.02)


def test_terms_are_those_that_the_column_shows(deck, address, now):
    with store.open(address, floor=0) as opened:
        opened.cover("bluesky", "", now - timedelta(days=8), now + HOUR, "ok")
        opened.add(
            Item(source="x", id=f"t{n}", text="grounded everywhere", published=now - n * HOUR / 60)
            for n in range(8)
        )
    frame = deck["Trending"].frame()
    assert "grounded" in frame["term"].iloc[0]
    assert frame["n"].iloc[0] == 8
    assert (frame["z"] == frame["z"].sort_values(ascending=False)).all()
    assert "stands out most" in deck["Trending"].chart().layout.meta["alt"]
    with pytest.raises(SettingError, match="its window must be shorter"):
        deck["Trending"].frame(since="8d")


def test_health_says_state_reason_and_hours(deck):
    (row,) = deck["Health"].frame().to_dict("records")
    assert (row["source"], row["state"], row["reason"]) == ("bluesky", "failing", "no")
    assert row["covered"] == pytest.approx(12, abs=0.1)
    assert deck["Health"].frame(since="2h")["covered"].tolist() == pytest.approx([2], abs=0.1)
    assert "Bluesky was heard least: 12.0 of 24 hours" in deck["Health"].chart().layout.meta["alt"]


def test_alerts_lead_to_their_items(deck, address, now):
    told = Alert("air", "own", "Northwind", 2, now, now - HOUR, now, 2, ("bluesky:0", "bluesky:2"))
    with store.open(address, floor=0) as opened:
        opened.fire(
            "air",
            [
                told,
                told._replace(fired=now - 30 * HOUR, first=now - 31 * HOUR, until=now - 30 * HOUR),
            ],
            seen=None,
            now=Watch(1, ""),
        )
    frame = deck["Alarms"].frame()
    assert frame["items"].tolist()[0] == ("bluesky:0", "bluesky:2")
    assert frame["state"].tolist()[1] == "resolved"
    assert len(deck["Alarms"].frame(since="1d")) == 1
    assert deck["Alarms"].chart().layout.meta["alt"].startswith("2 alerts told")
    assert deck["Alarms"].chart(since="1d").layout.meta["alt"].startswith("1 alert told")


def test_papers_are_the_documents_about_the_deck(deck, tmp_path, now):
    folder = tmp_path / "data" / "workbench" / "briefings"
    folder.mkdir(parents=True)
    for name, of in (("a", "air"), ("b", "other")):
        head = mark(notebook="morning-brief", deck=of, made=now - HOUR, is_failed=False)
        (folder / f"{name}.html").write_text(f"<!doctype html><head>{head}")
    frame = deck["Papers"].frame()
    assert frame["title"].tolist() == ["Morning brief"]
    assert frame["path"].tolist() == [str(folder / "a.html")]
    assert deck["Papers"].frame(until="2h").empty


def test_the_chart_of_a_column_of_items_is_its_volume_with_the_gaps_hatched(deck):
    drawn = deck["Northwind"].chart(since="2d", every="1h")
    assert drawn.layout.meta["alt"].startswith("8 found, most on")
    assert "One span was not measured" in drawn.layout.meta["alt"]
    assert sum(y or 0 for y in drawn.data[0].y) <= 8
    named = deck["Northwind"].chart(title="How loud it was", theme="dark")
    assert "How loud it was" in named.layout.meta["alt"]
    assert deck["Mood"].chart(title="Own words").layout.meta["alt"].startswith("Own words. ")
    assert "50" in deck["Share"].chart().layout.meta["alt"]


def test_what_is_no_numbers_has_no_chart_and_says_why(deck):
    with pytest.raises(SettingError, match=r"has no chart: .* frame\(\) gives what it shows"):
        deck["Papers"].chart()


def test_files_hold_all_of_a_column_in_batches(deck, tmp_path, monkeypatch):
    monkeypatch.setattr(data, "_BATCH", 3)
    own = deck["Northwind"]
    ids = ["0", "2", "3", "5", "6", "8", "9", "11"]
    own.to_csv(tmp_path / "a.csv")
    assert pd.read_csv(tmp_path / "a.csv", dtype=str)["id"].tolist() == ids
    own.to_parquet(tmp_path / "a.parquet")
    assert pd.read_parquet(tmp_path / "a.parquet")["id"].tolist() == ids
    own.to_json(tmp_path / "a.json")
    assert [row["id"] for row in json.loads((tmp_path / "a.json").read_text())] == ids
    own.to_json(str(tmp_path / "a.jsonl"))
    assert [json.loads(row)["id"] for row in (tmp_path / "a.jsonl").read_text().splitlines()] == ids
    own.to_excel(tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == ids
    assert sheet.title == "Northwind"
    assert sheet["E1"].value == "published (Asia/Tokyo)"
    for made, n in ((own.to_csv(limit=4), 5), (own.to_csv(since="150m"), 3)):
        assert len(made.splitlines()) == n
    assert own.to_json(limit=0) == "[]\n"
    assert own.to_parquet(limit=1).startswith(b"PAR1")


def test_a_workbook_says_where_its_rows_come_from_and_what_was_not_measured(deck, tmp_path):
    deck["Northwind"].to_excel(tmp_path / "a.xlsx", since="2d")
    about = openpyxl.load_workbook(tmp_path / "a.xlsx")["About"]
    told = dict(about.iter_rows(values_only=True))
    assert (told["deck"], told["column"], told["query"]) == (
        "Northwind Air",
        "Northwind",
        "northwind",
    )
    assert told["not measured"].count(" to ") == 1
    assert told["source"] == "live"
    deck["Northwind"].to_excel(tmp_path / "b.xlsx", since="2h")
    about = openpyxl.load_workbook(tmp_path / "b.xlsx")["About"]
    assert dict(about.iter_rows(values_only=True))["not measured"] == "nothing: all was measured"


@pytest.mark.parametrize("title", ["Share", "Mood", "Health", "Alarms", "Stories", "Papers"])
def test_every_column_can_be_written(deck, title, tmp_path):
    deck[title].to_excel(tmp_path / "a.xlsx")
    deck[title].to_parquet(tmp_path / "a.parquet")
    frame = deck[title].frame()
    assert len(pd.read_parquet(tmp_path / "a.parquet")) == len(frame)
    assert len(json.loads(deck[title].to_json())) == len(frame)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"since": "1h", "until": "2h"}, "does not lie before"),
        ({"since": "soon"}, "neither a time nor a span"),
        ({"limit": -1}, "limit=-1 is less than nothing"),
    ],
)
@pytest.mark.parametrize("title", ["Northwind", "Share"])
def test_what_makes_no_sense_is_refused(deck, title, asked, told):
    with pytest.raises(SettingError, match=told):
        deck[title].frame(**asked)
    with pytest.raises(SettingError, match=told):
        deck[title].to_csv(**asked)


@pytest.mark.usefixtures("deck")
def test_a_deck_that_is_never_shown_gives_its_columns_too(tmp_path, address):
    """As in a run by the clock: no view, no thread, no event loop."""
    code = (
        "import workbench as wb\n"
        f"deck = wb.deck({str(tmp_path / 'air.yaml')!r}, address={address!r})\n"
        "print(len(deck['own'].frame()), len(deck['own'].to_csv().splitlines()))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["8", "9"]
    assert told.stderr == ""


def test_the_documentation_names_every_field_of_every_column():
    page = (Path(__file__).parent.parent / "docs" / "reference" / "python.md").read_text()
    for kind, fields in data.FIELDS_OF.items():
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{kind}` |")]
        told = re.findall(r"`(\w+)`", row.split("|")[2])
        assert [name for name in told if name not in {"rank_terms", "share_of_voice"}] == [
            field.name for field in fields
        ]


def test_texts_read_back_from_a_file_are_those_that_were_written(deck, address, tmp_path):
    """As the documentation has it."""
    said = ["=northwind", "'=northwind", "northwind\n- one\n- two", "northwind;=1", "-northwind"]
    with store.open(address, floor=0) as opened:
        opened.add(
            Item(source="x", id=str(n), text=text, published=datetime.now(UTC))
            for n, text in enumerate(said)
        )
    own = deck["Northwind"]
    own.to_csv(tmp_path / "a.csv")
    posts = pd.read_csv(tmp_path / "a.csv", dtype={"text": "str"})
    posts["text"] = posts["text"].map(plain, na_action="ignore")
    assert posts["text"].tolist() == own.frame()["text"].tolist()
    own.to_excel(tmp_path / "a.xlsx")
    sheet = pd.read_excel(tmp_path / "a.xlsx", dtype={"text": "str"})
    texts = [plain(text, is_split=False) for text in sheet["text"]]
    assert texts == own.frame()["text"].tolist()
