"""The recorded filings, what is true of them, and the EDGAR that replays them."""

import json
import lzma
import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from edgarlists import entry

from workbench.clock import to_micros
from workbench.collectors import edgar
from workbench.demo.edgar import EdgarServer, FilingPast, FilingTape
from workbench.demo.timeline import Reel
from workbench.demo.web import WebServer
from workbench.http import Client

FOLDER = Path(__file__).parent.parent / "data" / "fixtures"
MANIFEST = json.loads((FOLDER / "manifest.json").read_bytes())
TRUTH = json.loads((FOLDER / "truth.json").read_bytes())
START, LIVE_FROM, END = (
    datetime.fromisoformat(MANIFEST[key]) for key in ("start", "live_from", "end")
)
TOLD = MANIFEST["edgar"]
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
REEL = Reel.aligned(*map(to_micros, (START, LIVE_FROM, END)), at=to_micros(NOW))
SHIFT = NOW - LIVE_FROM
LAP = END - LIVE_FROM
WHO = "Acme Research desk@acme.example"


@pytest.fixture(scope="module")
def lines():
    packed = (FOLDER / TOLD["file"]).read_bytes()
    return [json.loads(line) for line in lzma.decompress(packed).splitlines()]


@pytest.fixture(scope="module")
def items(lines):
    """Every recorded filing as the collector reads it, by its number."""
    page = "".join(entry for line in lines for entry in line["entries"])
    result = edgar.parse(f'<feed xmlns="http://www.w3.org/2005/Atom">{page}</feed>'.encode())
    assert result.problems == []
    return {item.id: item for item in result}


def test_the_recording_is_what_its_manifest_says(lines, items):
    entries = sum(len(line["entries"]) for line in lines)
    assert MANIFEST["counts"]["edgar"] == {"filings": len(lines), "entries": entries}
    assert len(items) == len(lines) < entries
    for line in lines:
        item = items[line["number"]]
        assert item.form == line["form"]
        assert item.published == datetime.fromtimestamp(line["time"], UTC)
    times = [line["time"] for line in lines]
    assert times == sorted(times)
    assert START.timestamp() < times[0]
    assert times[-1] < END.timestamp()
    assert sum(when > LIVE_FROM.timestamp() for when in times) >= 15


def test_filings_come_when_the_regulator_takes_them(items):
    for item in items.values():
        clock = item.published - timedelta(hours=4)  # New York in June
        assert clock.weekday() < 5
        assert 6 <= clock.hour < 22


def test_no_event_is_filed_before_it_broke(items):
    events = {event["id"]: event for event in TRUTH["events"]}
    filed = TRUTH["edgar"]["events"]
    assert len(filed) >= 12
    for name, told in filed.items():
        broke = [when for when in events[name]["broke"].values() if when]
        first = items[told["first"]]
        assert first.published == datetime.fromisoformat(told["at"])
        assert told["at"] > max(broke) or name == "tarrant-delay"
        assert told["at"] > min(broke)


def test_everything_filed_is_invented(lines, items):
    for line in lines:
        for each in line["entries"]:
            for host in re.findall(r"https?://([^/\s\"<]+)", each):
                assert host.endswith(".example"), host
    for item in items.values():
        # Numbers that high were never given to anybody.
        assert all(9_900_000 < int(cik) < 10_000_000 for cik in (item.author, *item.mentions))


def test_forms_are_said_in_plain_words(items):
    assert not [item.title for item in items.values() if item.title.endswith(": filing")]
    assert len({item.form for item in items.values()}) >= 12


class Hand:
    """A clock that is set by hand."""

    def __init__(self):
        self.when = NOW

    def __call__(self):
        return self.when


@pytest.fixture(scope="module")
def served(lines):
    clock = Hand()
    server = EdgarServer(FilingTape(lines, TOLD["tickers"], REEL), clock)
    with WebServer(server.routes()) as web:
        yield web.address, clock


@pytest.fixture
def collect(served, monkeypatch):
    """Collects with the real collector, as of a time after the live part's beginning."""
    monkeypatch.setenv(edgar.CONTACT, WHO)
    address, clock = served
    hosts = dict.fromkeys(("www.sec.gov", "data.sec.gov", "efts.sec.gov"), address)
    client = Client(hosts=hosts, interval=0)

    def collect(after, cursor=None, **settings):
        clock.when = NOW + after
        collector = edgar.Edgar(**settings)
        batches = list(collector.collect(client, cursor, now=clock, stop=threading.Event()))
        return [item for batch in batches for item in batch.result]

    return collect


def test_the_feed_is_as_of_the_clock_with_its_times_moved(collect, items):
    found = collect(timedelta(hours=3))
    assert len(found) >= 100
    before = {n: item for n, item in items.items() if item.published + SHIFT <= NOW + 3 * HOUR}
    assert {item.id for item in found} == before.keys()
    for item in found:
        assert item.published == before[item.id].published + SHIFT
        assert (item.title, item.text) == (before[item.id].title, before[item.id].text)
    northwind = next(item for item in found if item.author_name == "Northwind Air, Inc.")
    assert northwind.tickers == ("NWND",)


HOUR = timedelta(hours=1)


def test_on_the_next_lap_the_live_filings_are_new_ones(collect, items):
    cursor = json.dumps({"polled": (NOW + 5 * HOUR).isoformat(), "seen": []})
    live = [item for item in items.values() if item.published >= LIVE_FROM]
    again = [i for i in collect(LAP + 6 * HOUR, cursor) if i.published > NOW + LAP]
    assert len(again) == len(live)
    assert not {item.id for item in again} & items.keys()
    assert {item.published - LAP - SHIFT for item in again} == {item.published for item in live}


def test_the_search_finds_the_same_filings_and_companies_lists_are_not_there(collect, items):
    wanted = {
        n for n, item in items.items()
        if item.author == "9900101" and item.form == "8-K" and item.published < LIVE_FROM + 5 * HOUR
    }  # fmt: skip
    found = collect(5 * HOUR, query="northwind", forms=("8-K",), companies=("NWND",))
    assert {item.id for item in found} == wanted
    assert collect(HOUR, companies=("NWND",)) == []


def test_who_does_not_say_who_he_is_is_refused_and_past_the_end_is_an_error_page(served):
    address, _ = served
    place = f"http://{address}/cgi-bin/browse-edgar"
    headers = {"Host": "www.sec.gov", "User-Agent": "somebody"}
    with httpx.Client(trust_env=False) as client:
        assert client.get(place, headers=headers).status_code == 403
        headers["User-Agent"] = WHO
        assert client.get(place, headers=headers).text.count("<entry>") == 40
        beyond = client.get(place, headers=headers, params={"start": "900"})
    assert beyond.status_code == 503
    assert "File Unavailable" in beyond.text


def test_the_past_is_read_by_the_real_parse_and_the_collector_goes_on_from_it(lines):
    past = FilingPast(FilingTape(lines, TOLD["tickers"], REEL))
    payloads = sorted(past.payloads(), key=lambda payload: payload.when)
    assert len(payloads) == sum(line["time"] < LIVE_FROM.timestamp() for line in lines)
    first = payloads[0].read()
    assert first[0].collected == first[0].published
    cursor = json.loads(past.cursor())
    assert datetime.fromisoformat(cursor["polled"]) == NOW
    assert past.key == "edgar"


def test_a_filing_of_several_parties_keeps_them_together():
    both = [entry(1, 0, "4", "Doe", 7, role="Reporting"), entry(1, 0, "4", "Acme", role="Issuer")]
    line = {"time": int(LIVE_FROM.timestamp()) + 60, "number": "0001234567-26-000001",
            "form": "4", "entries": both}  # fmt: skip
    tape = FilingTape([line], [], REEL)
    (place,) = tape.newest(NOW + HOUR)
    assert len(tape.entries(place)) == 2
