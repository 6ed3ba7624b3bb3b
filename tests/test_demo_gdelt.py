"""GDELT's replay: its search as of the clock, refusals in plain text, and what a store gets."""

import json
import threading
from contextlib import closing
from datetime import timedelta

import httpx
import networks
import pytest
import recording
from recording import LIVE_FROM

from workbench import store
from workbench.collectors import gdelt
from workbench.collectors.gdelt_articles import read_volume
from workbench.demo import Replay
from workbench.http import Client

QUERY = "(northwind OR calder)"
URL = "https://news.example/"


def met(minutes, title, text="", url=None, **more):
    when = LIVE_FROM + timedelta(minutes=minutes)
    article = {
        "url": f"{URL}{minutes}" if url is None else url, "url_mobile": "", "title": title,
        "seendate": f"{when:%Y%m%dT%H%M%SZ}", "socialimage": "", "domain": "news.example",
        "language": "English", "sourcecountry": "",
    } | more  # fmt: skip
    return {"time": int(when.timestamp()), "article": article, "text": text}


LINES = [
    met(-1_500, "Northwind buys jets"),
    met(-1_500, "Northwind buys jets", url=f"{URL}-1500?utm_source=rss"),
    met(-60, "A hub stands still", "Calder Jet blames fog"),
    met(-45, "Cherries by air", language="Spanish"),
    met(15, "Calder sues"),
    met(30, "Northwind answers", language="Spanish"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("recording")
    recording.write(place)
    networks.pack(place, "gdelt", LINES, query=QUERY)
    return place


@pytest.fixture(scope="module")
def served(folder):
    """A replay far along on its first lap, and what asks it."""
    with Replay(folder, speed=0.001) as replay:

        def ask(query, **given):
            host = "api.gdeltproject.org"
            told = {"query": query, "mode": "artlist", "format": "json", **given}
            address = f"http://{replay.hosts[host]}/api/v2/doc/doc"
            return httpx.get(address, params=told, headers={"Host": host})

        yield ask, replay


def titles(answer):
    return [article["title"] for article in answer.json().get("articles", [])]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("northwind", ["Northwind buys jets", "Northwind buys jets"]),
        ("calder", ["A hub stands still"]),
        (QUERY, ["A hub stands still", "Northwind buys jets", "Northwind buys jets"]),
        ('"hub stands" fog', ["A hub stands still"]),
        ('"stands hub"', []),
        ("(hub OR cherries) -fog", ["Cherries by air"]),
        ("(hub OR cherries) sourcelang:spanish", ["Cherries by air"]),
        ("sues", []),
    ],
)
def test_what_was_met_so_far_is_found_newest_first(served, query, expected):
    assert titles(served[0](query)) == expected


def test_spans_and_numbers_bound_what_is_listed(served):
    ask, replay = served
    stamp = (replay.began - timedelta(hours=2)).strftime("%Y%m%d%H%M%S")
    assert titles(ask(QUERY, startdatetime=stamp)) == ["A hub stands still"]
    assert titles(ask(QUERY, enddatetime=stamp)) == ["Northwind buys jets"] * 2
    assert titles(ask(QUERY, maxrecords="1")) == ["A hub stands still"]


@pytest.mark.parametrize(
    ("query", "given", "said"),
    [
        ("at", {}, "The specified phrase is too short."),
        ("", {}, "Your query was too short or too long."),
        ("a OR b", {}, "The specified phrase is too short."),
        ("hub OR fog", {}, "Queries containing OR'd terms must be surrounded by ()."),
        ("hub", {"mode": "tonechart"}, "Invalid mode."),
        ("hub", {"startdatetime": "noon"}, "Invalid query start or end date."),
    ],
)
def test_what_is_refused_is_plain_text_with_status_200(served, query, given, said):
    answer = served[0](query, **given)
    assert (answer.status_code, answer.text) == (200, f"{said}\n")


def test_volumes_count_each_step(served):
    ask, replay = served
    stamp = (replay.began - timedelta(hours=3)).strftime("%Y%m%d%H%M%S")
    volumes = read_volume(ask("calder", mode="timelinevolraw", startdatetime=stamp).content)
    assert 10 <= len(volumes) <= 13
    assert all(volume.total for volume in volumes)


def test_the_past_is_loaded_and_the_collector_goes_on_lap_after_lap(folder, tmp_path):
    collector, stop = gdelt.Gdelt(query=QUERY), threading.Event()
    timer = threading.Timer(60, stop.set)
    timer.start()
    with (
        Replay(folder, speed=14_400) as replay,
        store.open(tmp_path / "s.db", now=replay.clock) as kept,
    ):
        replay.load(kept)
        past = kept.search("source:gdelt")
        assert [item.title for item in past] == ["A hub stands still", "Northwind buys jets"]
        assert (past[0].published - replay.began) / timedelta(minutes=1) == pytest.approx(
            -60, abs=0.1
        )
        assert past[0].published_precision == 900
        assert json.loads(kept.load_cursor(collector.key))["texts"].keys() == {QUERY}
        spans = kept.coverage(source=collector.key)
        assert [span.status for span in spans] == ["ok"]
        client = Client(hosts=replay.hosts, now=replay.clock, interval=0)
        with closing(client):
            while len(kept.search("source:gdelt sues")) < 2 and not stop.is_set():
                cursor = kept.load_cursor(collector.key)
                for batch in collector.collect(client, cursor, now=replay.clock, stop=stop):
                    kept.apply(batch.result)
                    kept.save_cursor(collector.key, batch.cursor or cursor or "")
                    for span in batch.spans:
                        kept.cover(collector.key, "", *span[:4])
        later, first = kept.search("source:gdelt sues")[:2]
        assert later.published - first.published == timedelta(hours=6)
        assert later.id != first.id
        assert {span.status for span in kept.coverage(source=collector.key)} == {"ok"}
    timer.cancel()
