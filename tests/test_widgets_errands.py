"""What the front end has the kernel do: columns as files, pins; for nobody but its owner."""

import base64
import io
import json
import logging
import threading
import time
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

import workbench as wb
from workbench import store
from workbench.items import Item
from workbench.widgets import errands, published
from workbench.widgets.published import keep_log

DECK = """\
title: Northwind Air
zone: Asia/Tokyo
columns:
  - {type: search, title: Northwind, query: northwind}
  - {type: share-of-voice, title: Share, queries: {Northwind: northwind, Calder: calder}}
"""


@pytest.fixture(autouse=True)
def nowhere(monkeypatch):
    """Neither under Voila nor on the page, whatever the tests run in."""
    for name in (*published._VOILA, "SERVER_SOFTWARE", "WORKBENCH_PAGE", "WORKBENCH_DECK"):
        monkeypatch.delenv(name, raising=False)


class Analyst:
    """A deck in a notebook, and the front end that asks for something."""

    def __init__(self, folder):
        path = folder / "air.yaml"
        path.write_text(DECK)
        self.address = str(folder / "w.db")
        self.sent = []
        self.came = threading.Semaphore(0)
        self.deck = wb.deck(str(path), address=self.address)
        self.deck.send = self.send
        if self.deck._errands:
            self.deck._errands._send = self.send

    def send(self, message):
        self.sent.append(message)
        self.came.release()

    def says(self, kind, **content):
        message = {"kind": kind, "request": "r1", **content}
        self.deck._handle_msg({"content": {"data": {"method": "custom", "content": message}}})

    def asks(self, kind, **content):
        """Ask for an errand and return the kind of the answer, and the answer."""
        self.says(kind, **content)
        assert self.came.acquire(timeout=30)
        message = self.sent.pop()
        assert message["request"] == "r1"
        return message["kind"], json.loads(message["json"])


@pytest.fixture
def analyst(tmp_path):
    made = Analyst(tmp_path)
    now = datetime.now(UTC)
    with store.open(made.address, floor=0) as opened:
        opened.add(
            Item(
                source="bluesky",
                id=str(n),
                text=f"=northwind {n}",
                published=now - timedelta(days=n),
                author="ana",
            )
            for n in range(10)
        )
    yield made
    made.deck.close()


def content(told):
    return base64.b64decode(told["base64"])


def test_a_column_comes_as_a_file_named_after_it_and_the_day(analyst):
    kind, told = analyst.asks("export", column="northwind", format="csv", since="150h")
    assert kind == "exported"
    assert told["name"].startswith("northwind-20")
    assert told["name"].endswith(".csv")
    assert told["type"] == "text/csv;charset=utf-8"
    lines = content(told).decode().splitlines()
    assert lines[0].startswith("\ufeffsource,id,")
    assert len(lines) == 1 + 7
    assert all("'=northwind" in line for line in lines[1:])


def test_excel_parquet_and_json_come_as_such(analyst):
    _, told = analyst.asks("export", column="northwind", format="xlsx", since="30d")
    assert told["type"].endswith("spreadsheetml.sheet")
    sheet = openpyxl.load_workbook(io.BytesIO(content(told))).worksheets[0]
    assert (sheet.title, sheet.max_row) == ("Northwind", 11)
    _, told = analyst.asks("export", column="northwind", format="parquet", since="30d")
    assert content(told).startswith(b"PAR1")
    _, told = analyst.asks("export", column="share", format="json", since="30d")
    assert [row["name"] for row in json.loads(content(told))] == ["Northwind", "Calder"]


def test_what_is_exported_is_what_the_deck_shows(analyst):
    analyst.deck.query = "calder"
    _, told = analyst.asks("export", column="northwind", format="json", since="30d")
    assert json.loads(content(told)) == []


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"column": "none", "format": "csv", "since": "7d"}, "no such column"),
        ({"column": "northwind", "format": "exe", "since": "7d"}, "'exe' is not one of csv, xlsx"),
        ({"column": "northwind", "format": "csv", "since": "soon"}, "neither a time nor a span"),
        ({"column": ["northwind"], "format": {}, "since": 7}, "no such column"),
        ({}, "no such column"),
    ],
)
def test_what_cannot_be_exported_is_said_in_words(analyst, asked, told):
    kind, answer = analyst.asks("export", **asked)
    assert kind == "exported"
    assert told in answer["error"]["message"]
    assert set(answer["error"]) == {"message", "remedy"}


def test_a_file_too_large_for_the_connection_is_refused_with_the_line_that_writes_it(
    analyst, monkeypatch
):
    monkeypatch.setattr(errands, "MOST_ROWS", 5)
    _, answer = analyst.asks("export", column="northwind", format="csv", since="30d")
    assert "to_csv(" in answer["error"]["message"]
    monkeypatch.setattr(errands, "MOST_ROWS", 50)
    monkeypatch.setattr(errands, "MOST_BYTES", 100)
    _, answer = analyst.asks("export", column="northwind", format="csv", since="30d")
    assert "take a shorter span" in answer["error"]["message"]


def test_a_post_or_a_story_is_pinned_with_a_note_and_taken_away_again(analyst):
    assert analyst.asks("pin", item="bluesky:3", note="Ask Bob.") == ("pinned", {})
    with store.open(analyst.address) as opened:
        (pin,) = opened.pins("air")
    assert (pin.kind, pin.key, pin.note) == ("item", "bluesky:3", "Ask Bob.")
    assert analyst.asks("pin", item="story:bluesky:3", note="The story.") == ("pinned", {})
    with store.open(analyst.address) as opened:
        assert {(pin.kind, pin.key) for pin in opened.pins("air")} == {
            ("item", "bluesky:3"),
            ("story", "bluesky:3"),
        }
    assert analyst.asks("unpin", item="story:bluesky:3") == ("pinned", {})
    with store.open(analyst.address) as opened:
        assert [pin.kind for pin in opened.pins("air")] == ["item"]
    assert analyst.asks("unpin", item="bluesky:3") == ("pinned", {})
    with store.open(analyst.address) as opened:
        assert opened.pins() == []


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"item": "bluesky:99", "note": ""}, "is not in the store"),
        ({"item": 7, "note": None}, "is not in the store"),
        ({"item": "bluesky:3", "note": "x" * 2001}, "2,000 are the most"),
    ],
)
def test_what_cannot_be_pinned_is_said_in_words(analyst, asked, told):
    kind, answer = analyst.asks("pin", **asked)
    assert kind == "pinned"
    assert told in answer["error"]["message"]


def test_without_a_store_nothing_is_made(tmp_path):
    analyst = Analyst(tmp_path)
    for kind in ("export", "pin"):
        _, answer = analyst.asks(kind, column="northwind", format="csv", item="bluesky:1")
        assert "there is no store in" in answer["error"]["message"]
    assert not (tmp_path / "w.db").exists()
    analyst.deck.close()


def test_errands_are_done_one_after_another_and_their_thread_ends(analyst):
    for n in range(5):
        analyst.says("pin", item=f"bluesky:{n}", note=str(n))
    for _ in range(5):
        assert analyst.came.acquire(timeout=30)
    with store.open(analyst.address) as opened:
        assert sorted(pin.note for pin in opened.pins("air")) == list("01234")
    until = time.monotonic() + 20
    while analyst.deck._errands.is_running:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_too_many_at_once_are_refused_rather_than_kept(analyst, monkeypatch):
    held = threading.Event()
    done = analyst.deck._errands._do
    monkeypatch.setattr(
        analyst.deck._errands, "_do", lambda *asked: (held.wait(30), done(*asked))[1]
    )
    for _ in range(errands.WAITING + 5):
        analyst.says("unpin", item="bluesky:1")
    held.set()
    for _ in range(errands.WAITING + 5):
        assert analyst.came.acquire(timeout=30)
    refused = [each for each in analyst.sent if "too much" in each["json"]]
    assert 3 <= len(refused) <= 5


def test_a_closed_deck_answers_nothing(analyst):
    analyst.deck.close()
    analyst.says("pin", item="bluesky:3", note="")
    assert not analyst.came.acquire(timeout=0.2)
    with store.open(analyst.address) as opened:
        assert opened.pins() == []


def test_whoever_views_a_published_deck_pins_and_exports_nothing(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("VOILA_KERNEL_ID", "k")
    keep_log.cache_clear()
    loggers = [logging.getLogger(name) for name in published._LOGGERS]
    analyst = Analyst(tmp_path)
    with store.open(analyst.address, floor=0) as opened:
        opened.add([Item(source="bluesky", id="1", text="northwind", published=datetime.now(UTC))])
    analyst.says("pin", item="bluesky:1", note="Forged.")
    analyst.says("unpin", item="bluesky:1")
    analyst.says("export", column="northwind", format="csv", since="7d")
    assert not analyst.came.acquire(timeout=0.5)
    with store.open(analyst.address) as opened:
        assert opened.pins() == []
    analyst.deck.close()
    for logger in loggers:
        logger.propagate = True
        for handler in [each for each in logger.handlers if type(each) is logging.StreamHandler]:
            logger.removeHandler(handler)
            handler.stream.close()
    keep_log.cache_clear()
    told = capfd.readouterr().err
    for kind in ("pin", "unpin", "export"):
        assert f"may not ask to {kind}\n" in told
