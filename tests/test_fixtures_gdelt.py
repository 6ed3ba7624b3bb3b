"""The fixture's GDELT holds what its README and ground truth say."""

import json
import lzma
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from workbench import decks
from workbench.collectors import gdelt

FOLDER = Path(__file__).parent.parent / "data" / "fixtures"
MANIFEST = json.loads((FOLDER / "manifest.json").read_bytes())
TRUTH = json.loads((FOLDER / "truth.json").read_bytes())
STORIES = {event["id"]: event for event in TRUTH["events"] + TRUTH["rumours"]}


@pytest.fixture(scope="module")
def lines():
    packed = (FOLDER / MANIFEST["gdelt"]["file"]).read_bytes()
    return [json.loads(line) for line in lzma.decompress(packed).splitlines()]


def test_there_is_as_much_as_is_said_in_steps_of_a_quarter_of_an_hour(lines):
    assert len(lines) == MANIFEST["counts"]["gdelt"] > 500
    times = [line["time"] for line in lines]
    assert times == sorted(times)
    assert not any(time % 900 for time in times)
    assert MANIFEST["start"] < stamp(times[0]) < stamp(times[-1]) < MANIFEST["end"]
    for line in lines:
        seen = datetime.fromtimestamp(line["time"], UTC)
        assert line["article"]["seendate"] == f"{seen:%Y%m%dT%H%M%SZ}"


def stamp(seconds):
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def test_no_event_is_met_before_news_sites_had_it(lines):
    met = {line["article"]["url"]: stamp(line["time"]) for line in lines}
    events = TRUTH["gdelt"]["events"]
    assert len(events) > 15
    for name, event in events.items():
        story = STORIES[name]
        assert met[event["first"]] == event["at"]
        assert event["at"] > (story["broke"]["news"] or story.get("denied_at"))


def test_most_of_it_is_of_sites_that_no_feed_brings_and_some_in_spanish(lines):
    feeds = {urlsplit(feed["url"]).hostname.removeprefix("feeds.")
             for feed in MANIFEST["feeds"].values()}  # fmt: skip
    domains = Counter(line["article"]["domain"] in feeds for line in lines)
    assert 0.2 < domains[True] / domains.total() < 0.6
    languages = Counter(line["article"]["language"] for line in lines)
    assert languages["English"] > languages["Spanish"] > 20
    assert all(line["article"]["domain"].endswith(".example") for line in lines)


def test_all_of_it_can_be_read_and_pages_of_the_same_article_are_one(lines):
    body = json.dumps({"articles": [line["article"] for line in lines]}).encode()
    result = gdelt.parse(body)
    assert 0.85 < len(result) / len(lines) < 0.99
    assert {problem.reason.partition(" ")[0] for problem in result.problems} == {"is"}
    assert len({item.id for item in result}) == len(result)
    hostile = [item for item in result if item.author_name == "mirror.nowhere.example"]
    assert len(hostile) == len(TRUTH["gdelt"]["hostile"]) == 4
    for item in hostile:
        assert not item.url or item.url.startswith("https://")


def test_the_demos_deck_asks_for_what_was_recorded():
    (source,) = (
        source
        for source in decks.load(FOLDER.parent.parent / "decks" / "demo.yaml").sources
        if source.collector == "gdelt"
    )
    assert source.build() == gdelt.Gdelt(query=MANIFEST["gdelt"]["query"], every="5s")
