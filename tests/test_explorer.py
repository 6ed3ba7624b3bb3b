"""The explorer without a kernel: what is asked, and what its parts then show."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from html import unescape

import ipywidgets
import pytest
import traitlets

import workbench as wb
from workbench import decks, store
from workbench.errors import SettingError
from workbench.items import Item
from workbench.widgets.explorer import Explorer

pytestmark = pytest.mark.usefixtures("the_present")

NOW = datetime.now(UTC).replace(microsecond=0)


DECK = """
title: Air
zone: Europe/Berlin
sources:
  - {collector: bluesky, keep: all}
lists:
  voices: [ana.example]
columns:
  - {type: search, title: Northwind, query: northwind}  # ours
"""
HOSTILE = "calder <script>alert(1)</script> <img src=x onerror=alert(1)>"


def item(n, text, *, hours=1.0, **fields):
    known = {"source": "bluesky", "author": "ana.example", "lang": "en"} | fields
    return Item(**{"id": str(n), "text": text, "published": NOW - timedelta(hours=hours)} | known)


@pytest.fixture
def address(tmp_path):
    path = str(tmp_path / "w.db")
    with store.open(path) as opened:
        opened.add(item(n, f"northwind is great {n}", hours=n + 1) for n in range(20))
        opened.add([item("wire", "northwind orders", source="feeds", tier="wire", kind="release")])
        opened.add([item("old", "northwind long ago", hours=24 * 20)])
        opened.add([item("bad", HOSTILE, author="<b>eve</b>")])
        opened.cover("bluesky", "", NOW - timedelta(days=3), NOW + timedelta(hours=1), "ok")
    return path


@pytest.fixture
def deck(tmp_path):
    path = tmp_path / "air.yaml"
    path.write_text(DECK)
    return path


@pytest.fixture
def explorer(address, deck):
    made = wb.explore(str(deck), address=address)
    yield made
    made.close()


def words(widget):
    return unescape(widget.value)


def test_it_shows_everything_of_the_last_week_at_first(explorer):
    assert len(explorer.frame) == 22
    assert explorer.counts["n"].sum() == 22
    assert explorer.error == ""
    assert not explorer.busy
    assert "22 found, all of them in the frame" in words(explorer._controls.status)
    assert explorer._column.columns[0]["query"] == "within_time:7d"


def test_column_chart_and_frame_follow_the_query(explorer):
    seen = []
    explorer.observe(lambda change: seen.append(len(change.new)), "frame")
    explorer.query = "northwind"
    assert seen == [21]
    assert explorer._column.columns[0]["query"] == "(northwind) within_time:7d"
    volume, tone = explorer._plot.charts
    assert sum(value or 0 for _, value in volume.series[0].points) == sum(
        n
        for n, measured in zip(explorer.counts["n"], explorer.counts["measured"], strict=True)
        if measured
    )
    assert volume.gaps
    assert tone.gaps == volume.gaps
    assert explorer._plot.alt
    assert explorer._controls.query.value == "northwind"


def test_source_kind_and_window_narrow_it(explorer):
    explorer.query = "northwind OR calder"
    explorer.source = "feeds"
    assert explorer.frame["id"].tolist() == ["wire"]
    explorer.source = ""
    explorer.tier = "wire"
    assert explorer.frame["id"].tolist() == ["wire"]
    explorer.tier = ""
    explorer.window = "6h"
    assert len(explorer.frame) == 7  # of the last five hours, the release, and one more
    assert explorer._column.columns[0]["query"] == "(northwind OR calder) within_time:6h"
    explorer.window = "30d"
    assert "old" in explorer.frame["id"].tolist()


def test_two_dates_are_whole_days_of_the_decks_zone(explorer):
    explorer.window = "dates"
    assert "choose the first and the last day" in explorer.error
    day = (NOW - timedelta(hours=24 * 20)).date()
    explorer.start = explorer.end = day
    assert explorer.error in {"", "choose the first and the last day"}
    explorer.start, explorer.end = day - timedelta(days=1), day + timedelta(days=1)
    assert explorer.error == ""
    assert explorer.frame["id"].tolist() == ["old"]
    assert f"until:{day + timedelta(days=2)}" in explorer._column.columns[0]["query"]
    assert explorer._controls.dates.layout.display is None
    assert explorer._controls.saving.layout is not explorer._controls.dates.layout
    explorer.end = day - timedelta(days=9)
    assert "lies after the last" in explorer.error
    explorer.start, explorer.end = date(2999, 1, 1), date(2999, 1, 2)
    assert "still to come" in explorer.error


def test_a_mistake_is_marked_at_its_place_and_the_last_answer_stays(explorer):
    explorer.query = "northwind"
    before = explorer.frame
    explorer.query = "northwind AND <b>("
    line, typed, caret = explorer.error.splitlines()
    assert typed == "  northwind AND <b>("
    assert caret.index("^") > typed.index("AND")
    assert explorer.frame is before
    shown = explorer._controls.error
    assert "&lt;b&gt;" in shown.value
    assert 'role="alert"' in shown.value
    assert shown.layout.display is None
    assert "What is shown is the last answer" in words(explorer._controls.status)
    assert line
    explorer.query = "calder"
    assert explorer.error == shown.value == ""
    assert shown.layout.display == "none"


def test_text_of_posts_stays_text(explorer):
    explorer.query = "calder"
    for html in (explorer._controls.table.value, explorer._repr_mimebundle_()[0]["text/html"]):
        assert "&lt;script&gt;" in html
        assert "<script" not in html
        assert "<img" not in html
        assert "<b>eve" not in html


def test_an_empty_answer_names_store_newest_item_and_what_would_fill_it(explorer, address):
    explorer.query = "nobody says this"
    assert explorer.frame.empty
    said = words(explorer._controls.status)
    assert f"Nothing matches this query and window in {address}" in said
    assert "Its newest item is of" in said
    assert f"workbench up --deck NAME --store {address}" in said


def test_a_store_that_is_not_there_is_a_sentence_and_none_is_made(deck, tmp_path):
    missing = tmp_path / "none.db"
    explorer = wb.explore(str(deck), address=str(missing))
    assert f"There is no store at {missing} yet" in explorer.error
    assert not missing.exists()
    explorer.close()


def test_saved_columns_stand_in_the_decks_file(explorer, deck):
    explorer.query, explorer.source = "calder OR fares", "bluesky"
    said = explorer.save("Rivals")
    assert said.startswith("Saved “Rivals” as column 2 of ")
    assert str(deck) in said
    column = decks.load(deck).columns[1]
    assert (column.title, column.text) == ("Rivals", "(calder OR fares) source:bluesky")
    assert "# ours" in deck.read_text()
    explorer._controls.title.value = "Twice"
    explorer._controls.save.click()
    assert "Saved “Twice”" in words(explorer._controls.saved)
    explorer._controls.save.click()
    assert "air.yaml has a column “Twice” already" in words(explorer._controls.saved)
    assert "wb-x-error" in explorer._controls.saved.value
    assert len(decks.load(deck).columns) == 3


def test_people_lists_of_the_deck_can_be_asked_and_saved(explorer, deck):
    explorer.query = "list:voices"
    assert len(explorer.frame) == 21
    explorer.save()
    assert decks.load(deck).columns[1].title == "list:voices"


def test_nothing_is_not_saved(explorer):
    with pytest.raises(SettingError, match="type a query first"):
        explorer.save()


def test_into_a_deck_that_came_along_a_column_is_saved_in_a_copy(address, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    shipped = decks.find("demo")
    before = shipped.read_bytes()
    demo = wb.explore("demo", address=address, query="northwind")
    assert str(tmp_path / "config") in demo.save("First")
    demo.save("Second")
    demo.close()
    assert [each.title for each in decks.load("demo").columns][-2:] == ["First", "Second"]
    assert shipped.read_bytes() == before


def test_published_it_saves_nothing(address, deck, monkeypatch):
    monkeypatch.setenv("VOILA_REQUEST_URL", "http://127.0.0.1/")
    explorer = wb.explore(str(deck), address=address, query="northwind")
    assert explorer._controls.saving.children == ()
    with pytest.raises(SettingError, match="published"):
        explorer.save("Forged")
    assert len(decks.load(deck).columns) == 1
    explorer.close()


def shown(explorer):
    boxes = explorer._controls
    return " ".join(words(box) for box in (boxes.where, boxes.status, boxes.error, boxes.table))


def test_published_it_names_no_folder_of_the_machine_even_if_the_store_is_gone(
    address, deck, monkeypatch, tmp_path
):
    monkeypatch.setenv("VOILA_REQUEST_URL", "http://127.0.0.1/")
    monkeypatch.setenv("WORKBENCH_DECK", str(deck))
    explorer = wb.explore(address=address, query="northwind")
    assert "w.db" in shown(explorer)
    told = [shown(explorer)]
    explorer.query = "nothing like it"
    told.append(shown(explorer))
    path = tmp_path / "w.db"
    path.rename(tmp_path / "away.db")
    explorer.refresh()
    told.append(shown(explorer))
    path.write_bytes(b"no database at all" * 100)
    explorer.refresh()
    told.append(shown(explorer))
    assert "cannot be read" in told[-1]
    assert not [each for each in told if str(tmp_path) in each]
    explorer.close()


@pytest.mark.parametrize(
    ("start", "end"),
    [(date(1, 1, 1), date(9999, 12, 31)), (date(9999, 12, 31),) * 2, (date(1, 1, 1),) * 2],
)
def test_days_that_nobody_can_reckon_with_are_said(explorer, start, end):
    explorer._controls.window.value = "dates"
    explorer._controls.start.value, explorer._controls.end.value = start, end
    assert "choose days from 1970-01-01 to 9998-12-31" in words(explorer._controls.error)


@pytest.mark.parametrize("year", [1, 9999])
@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_a_post_with_a_forged_date_stands_where_it_came(address, deck, zone, year):
    forged = datetime(year, 1, 1, tzinfo=UTC) if year < 9 else datetime.max.replace(tzinfo=UTC)
    with store.open(address) as opened:
        opened.add([item("forged", "lies", published=forged, collected=datetime.now(UTC))])
    deck.write_text(DECK.replace("Europe/Berlin", zone))
    explorer = wb.explore(str(deck), address=address, query="lies")
    assert not explorer.error
    assert "lies" in words(explorer._controls.table)
    explorer.close()


@pytest.mark.parametrize("at", ["0001-01-01", "9999-12-31T23:59:59", "2026-11-25T00:00+23:59", "x"])
def test_a_point_that_is_on_no_chart_shows_nothing(explorer, at):
    explorer._plot._told(None, {"at": at}, None)
    assert "nothing at that point" in shown(explorer) or "below" in shown(explorer)


def test_on_the_executives_page_it_is_a_picture(explorer, monkeypatch):
    monkeypatch.setenv("WORKBENCH_PAGE", "1")
    data, _ = explorer._repr_mimebundle_()
    assert set(data) == {"text/plain", "text/html"}
    assert data["text/html"].count("<svg") == 2


def test_traits_link_and_unknown_options_are_refused(explorer, address, deck):
    box = ipywidgets.Text()
    link = traitlets.link((box, "value"), (explorer, "query"))
    box.value = "calder"
    assert explorer.frame["id"].tolist() == ["bad"]
    link.unlink()
    with pytest.raises(TypeError, match="no option 'qeury'; did you mean 'query'"):
        wb.explore(str(deck), address=address, qeury="x")
    with pytest.raises(traitlets.TraitError):
        explorer.window = "5y"
    with pytest.raises(traitlets.TraitError):
        explorer.frame = None


def test_what_is_typed_is_answered_once_after_a_pause(explorer):
    answers = []
    explorer.observe(lambda _: answers.append(explorer.query), "frame")

    async def type_in():
        answered = asyncio.Event()
        explorer.observe(lambda _: answered.set(), "frame")
        for text in ("c", "ca", "cal", "calder"):
            explorer._controls.query.value = text
            await asyncio.sleep(0)
        assert explorer.busy
        assert "your typing" in words(explorer._controls.status)
        assert not answers
        async with asyncio.timeout(20):
            await answered.wait()

    asyncio.run(type_in())
    assert answers == ["calder"]
    assert explorer.frame["id"].tolist() == ["bad"]


def test_a_choice_in_a_box_is_answered(explorer):
    explorer._controls.window.value = "6h"
    assert explorer.window == "6h"
    explorer._controls.tier.value = "wire"
    assert explorer.frame["id"].tolist() == ["wire"]
    explorer._controls.again.click()
    assert explorer.frame["id"].tolist() == ["wire"]


def test_a_callback_that_fails_is_shown_and_ends_nothing(explorer):
    def fail(_):
        raise RuntimeError("my <b>mistake</b>")

    explorer.observe(fail, "frame")
    explorer._controls.query.value = "calder"
    assert "RuntimeError: my &lt;b&gt;mistake&lt;/b&gt;" in explorer._controls.error.value
    assert not explorer.busy
    with pytest.raises(RuntimeError, match="mistake"):
        explorer.query = "northwind"  # set from Python it is Python's
    explorer.unobserve(fail, "frame")
    explorer._controls.query.value = "calder"
    assert explorer._controls.error.value == ""


def test_a_point_of_the_chart_opens_its_items(explorer):
    explorer.query = "northwind"
    row = explorer.counts[explorer.counts["n"] > 0].iloc[-3]
    there = row["time"].tz_convert("Europe/Berlin").strftime("%Y-%m-%d %H:%M")
    explorer._plot._handle_custom_msg({"at": there}, [])
    rows = explorer._controls.table.value.count("<tr>") - 1
    assert rows == row["n"]
    assert f"{row['n']} below. Ask again for all." in words(explorer._controls.status)
    explorer._plot._handle_custom_msg({"at": "1999-01-01"}, [])
    assert "nothing at that point any more" in words(explorer._controls.status)
    before = explorer._controls.table.value
    for forged in ({"at": "<b>"}, {"at": 7}, {"at": "x" * 10**6}, {}, [], None):
        explorer._plot._handle_custom_msg(forged, [])
    assert explorer._controls.table.value == before
    explorer.refresh()
    assert explorer._controls.table.value.count("<tr>") == 13


def test_it_is_an_ordinary_widget(explorer):
    assert isinstance(explorer, ipywidgets.VBox)
    assert isinstance(explorer, Explorer)
    data, _ = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    for box in explorer._controls.asked.values():
        assert box.description


def test_the_line_says_which_store_it_is(address, tmp_path, monkeypatch):
    own = wb.where(address=address)
    assert own.kind == "own"
    assert str(own).startswith(f"Your own store. {address}, newest item ")
    with store.open(address) as opened:
        opened.save_cursor(store.DEMO, NOW.isoformat())
    demo = wb.where(address=address)
    assert str(demo).startswith("Demo replay, invented: nothing in it is real.")
    assert "workbench lab brings newer ones" in demo.nothing()
    empty = tmp_path / "e.db"
    with store.open(empty):
        pass
    assert "holds nothing yet" in str(wb.where(address=str(empty)))
    assert f"workbench up --deck NAME --store {empty} fills it" in str(wb.where(address=str(empty)))
    monkeypatch.setenv("WORKBENCH_DECK", "/d/my deck.yaml")
    assert "--deck '/d/my deck.yaml' --store" in str(wb.where(address=str(empty)))
    assert "&lt;b&gt;" in wb.where(address=str(tmp_path / "<b>.db"))._repr_html_()
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no store" * 1000)
    assert str(wb.where(address=str(broken))).startswith("The store cannot be read")
