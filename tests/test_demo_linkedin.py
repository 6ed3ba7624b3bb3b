"""The brought table of the demo: what it holds, its past, and how it is played and read."""

import csv
import io
import json
import lzma
import threading
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from recording import END, LIVE_FROM, START

from workbench.clock import to_micros
from workbench.collectors import linkedin
from workbench.demo.linkedin import RowPast, RowTape, serve_rows
from workbench.demo.timeline import Reel
from workbench.demo.web import WebServer
from workbench.http import Client

FOLDER = Path(__file__).parent.parent / "data" / "fixtures"
MANIFEST = json.loads((FOLDER / "manifest.json").read_bytes())
TRUTH = json.loads((FOLDER / "truth.json").read_bytes())
STORIES = {event["id"]: event for event in TRUTH["events"] + TRUTH["rumours"]}
NOW = datetime.fromisoformat("2026-11-22T09:00:00+00:00")
REEL = Reel.aligned(*map(to_micros, (START, LIVE_FROM, END)), at=to_micros(NOW))
ADDRESS = "https://desk.acme.example/saved.csv"
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def recorded():
    return lzma.decompress((FOLDER / MANIFEST["linkedin"]["file"]).read_bytes())


@pytest.fixture(scope="module")
def items(recorded):
    return linkedin.parse(recorded, lang="en")


def test_the_table_holds_posts_of_leaders_with_intervals(recorded, items):
    rows = list(csv.DictReader(io.StringIO(recorded.decode())))
    assert len(rows) == len(items) == MANIFEST["counts"]["linkedin"]["posts"] >= 120
    assert items.problems == []
    assert len({item.author for item in items}) >= 20
    assert {item.published_precision for item in items} >= {60, 3_600, 86_400}
    assert len({item.text for item in items}) == len(items)
    saved = [row["collected_at"] for row in rows]
    assert saved == sorted(saved)
    start, end = (datetime.fromisoformat(MANIFEST[key]) for key in ("start", "end"))
    for item in items:
        assert start - timedelta(days=1) <= item.published < end
        # No number that LinkedIn gives before 2037, so that none leads to somebody's post.
        assert int(item.id.rpartition(":")[2]) >= 9 * 10**18


def test_no_event_is_met_there_before_it_broke(items):
    told = TRUTH["linkedin"]["events"]
    assert len(told) >= 15
    by_id = {item.id: item for item in items}
    for event, first in told.items():
        at = datetime.fromisoformat(first["at"])
        assert by_id[first["first"]].published == at
        broke = STORIES[event]["broke"]
        assert at > datetime.fromisoformat(broke["social"] or broke["wire"] or broke["news"])
    assert sum(first["posts"] for first in told.values()) < len(items)


def table(*rows):
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(["urn", "author_name", "text", "time_ago", "collected_at"])
    for minutes, number, ago in rows:
        saved = LIVE_FROM + minutes * MINUTE
        urn = f"urn:li:activity:{9_000_000_000_000_000_000 + number}"
        writer.writerow([urn, "Ana Díaz", f"Post {number}", ago, saved.isoformat()])
    return made.getvalue().encode()


TAPE = RowTape(
    table((-900, 1, "2d"), (-900, 2, "18h"), (-30, 3, "1h"), (10, 4, "5m"), (20, 5, "1w")),
    ADDRESS,
    REEL,
)


def read(minutes):
    body, _ = TAPE.show(NOW + minutes * MINUTE)
    return linkedin.parse(body, collected=NOW + minutes * MINUTE)


def test_rows_are_there_once_they_were_saved():
    assert [item.text for item in read(0)] == ["Post 1", "Post 2", "Post 3"]
    assert [item.text for item in read(10)] == ["Post 1", "Post 2", "Post 3", "Post 4"]
    (_, second, *_) = read(30)
    assert second.published == NOW - 900 * MINUTE - timedelta(hours=18)


def test_on_the_next_lap_the_same_rows_are_new_posts_of_a_later_time():
    lap = (END - LIVE_FROM) // MINUTE
    first, again = (
        next(i for i in reversed(read(m)) if i.text == "Post 4") for m in (15, lap + 15)
    )
    assert first.id != again.id
    assert again.published - first.published == lap * MINUTE


def test_the_past_is_brought_as_it_was_saved():
    payloads = list(RowPast(TAPE).payloads())
    assert [payload.number for payload in payloads] == [2, 1]
    results = [payload.read() for payload in payloads]
    assert Counter(item.collected for result in results for item in result) == {
        NOW - 900 * MINUTE: 2,
        NOW - 30 * MINUTE: 1,
    }
    assert {item.lang for result in results for item in result} == {"en"}


def test_the_collector_reads_it_over_http_when_it_has_changed():
    at = [NOW]
    routes = {("desk.acme.example", "/saved.csv"): serve_rows(TAPE, lambda: at[0])}
    source = linkedin.LinkedIn(file=ADDRESS, lang="en")
    cursor, found = None, []
    with WebServer(routes) as web:
        client = Client(hosts={"desk.acme.example": web.address}, interval=0)
        for minutes in (0, 5, 12):
            at[0] = NOW + minutes * MINUTE
            number = 0
            for batch in source.collect(client, cursor, now=lambda: at[0], stop=threading.Event()):
                number += len(batch.result)
                cursor = batch.cursor or cursor
            found.append(number)
    assert found == [3, 0, 4]
