"""EDGAR over real HTTP: pages, companies, its search, who asks, and what goes wrong."""

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from edgarlists import NOON, UNAVAILABLE, at, company, entry, feed, found, hit
from loopback import serving

from workbench import store
from workbench.collectors import Covered
from workbench.collectors.edgar import CONTACT, Edgar
from workbench.errors import RateLimited, SettingError, SourceError
from workbench.http import Client
from workbench.query import parse as query

INDEXED = datetime(2026, 6, 8, tzinfo=UTC)  # two days before, by the day
WHO = "Acme Research desk@acme.example"
TICKERS = {"0": {"cik_str": 1234567, "ticker": "ACME", "title": "Acme Corp"},
           "1": {"cik_str": 88, "ticker": "BF-B", "title": "Big Fund LP"}}  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server, address = self.server, urlsplit(self.path)
        given = {name: values[0] for name, values in parse_qs(address.query).items()}
        server.asked.append((self.headers["Host"], address.path, given, self.headers["User-Agent"]))
        if server.refusal:
            return self.send(*server.refusal)
        if address.path.endswith("company_tickers.json"):
            return self.send(200, json.dumps(server.tickers).encode())
        if address.path == "/cgi-bin/browse-edgar":
            return self.send(*server.page(given))
        if address.path == "/LATEST/search-index":
            begin = int(given.get("from", 0))
            hits = server.hits[begin : begin + 2]
            return self.send(200, found(*hits, total=len(server.hits)))
        body = server.companies.get(address.path.removeprefix("/submissions/"))
        return self.send(404 if body is None else 200, body or b"NoSuchKey")

    def send(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    """Shows current filings as EDGAR does: by page, by the beginning of a form's name."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.reset()

    def reset(self):
        self.asked, self.entries, self.companies, self.hits = [], [], {}, []
        self.tickers, self.refusal, self.is_bare = TICKERS, None, False

    def page(self, given):
        if self.is_bare:
            return 200, UNAVAILABLE
        start, count = int(given["start"]), int(given["count"])
        fitting = [body for form, body in self.entries if form.startswith(given.get("type", ""))]
        if start and start >= len(fitting):
            return 503, UNAVAILABLE
        return 200, feed(*fitting[start : start + count])

    def put(self, n, minutes, form="8-K", **more):
        self.entries.insert(0, (form, entry(n, minutes, form, **more)))

    def paths(self):
        return [path for _, path, *_ in self.asked]


@pytest.fixture(scope="module")
def running():
    with serving(Server()) as server:
        yield server


@pytest.fixture
def server(running, monkeypatch):
    monkeypatch.setenv(CONTACT, WHO)
    running.reset()
    return running


@pytest.fixture
def client(server):
    address = f"127.0.0.1:{server.server_port}"
    hosts = dict.fromkeys(("www.sec.gov", "data.sec.gov", "efts.sec.gov"), address)
    return Client(hosts=hosts, interval=0)


class Polling:
    """Polls again and again, with the cursor that the last one left."""

    def __init__(self, client, collector=None):
        self.client, self.collector, self.cursor = client, collector or Edgar(), None
        self.stop = threading.Event()

    def __call__(self, minute):
        self.items, self.problems, self.spans = [], [], ()
        batches = self.collector.collect(
            self.client, self.cursor, now=lambda: at(minute), stop=self.stop
        )
        for batch in batches:
            self.items += batch.result
            self.problems += batch.result.problems
            self.spans += batch.spans
            self.cursor = batch.cursor or self.cursor
        return [int(item.id[-6:]) for item in self.items]


def test_a_first_poll_takes_what_the_feed_shows_and_names_who_asks(server, client):
    server.put(1, -600)
    server.put(2, -5)
    poll = Polling(client)
    assert poll(0) == [2, 1]
    assert {who for *_, who in server.asked} == {WHO}
    assert poll.items[0].tickers == ("ACME",)
    assert poll.spans == (Covered(at(-720), at(0)),)


def test_the_next_poll_goes_on_from_there_and_fetches_no_tickers_again(server, client):
    server.put(1, -5)
    poll = Polling(client)
    poll(0)
    server.put(2, 1)
    server.asked.clear()
    assert poll(2) == [2]
    assert server.paths() == ["/cgi-bin/browse-edgar"]
    assert poll.spans == (Covered(at(0), at(2)),)


def test_a_filing_whose_parties_stand_on_two_pages_is_one(server, client):
    for n in range(99):
        server.put(n, -50)
    server.entries.append(("4", entry(500, -60, "4", "Doe Jane", 77, role="Reporting")))
    server.entries.append(("4", entry(500, -60, "4", "Acme Corp", role="Issuer")))
    poll = Polling(client)
    assert poll(0).count(500) == 1
    assert poll.items[-1].title.startswith("Acme Corp: change in an insider's shares")
    assert len(poll.items) == 100


def test_past_the_last_page_is_no_failure_and_only_what_came_is_covered(server, client):
    for n in range(100):
        server.put(n, -50)
    poll = Polling(client)
    assert len(poll(0)) == 100
    assert poll.spans == (Covered(at(-50), at(0)),)


def test_a_later_poll_reads_no_further_back_than_it_must(server, client):
    for n in range(150):
        server.put(n, n - 150)
    poll = Polling(client)
    assert len(poll(0)) == 150
    server.asked.clear()
    poll(1)
    assert [given["start"] for *_, given, _ in server.asked] == ["0"]


def test_after_a_long_break_what_the_feed_no_longer_shows_is_a_gap(server, client):
    poll = Polling(client)
    poll(0)
    day = 60 * 24
    server.put(1, day - 5)
    poll(day)
    gap, covered = poll.spans
    assert (gap.start, gap.end, gap.status) == (at(0), at(day - 720), "gap")
    assert covered == Covered(at(day - 720), at(day))


def test_forms_are_asked_for_one_by_one_with_their_amendments_and_no_others(server, client):
    server.put(1, -5, "4")
    server.put(2, -4, "424B2")
    server.put(3, -3, "4/A")
    server.put(4, -2, "8-K")
    poll = Polling(client, Edgar(forms=("4", "8-k")))
    assert sorted(poll(0)) == [1, 3, 4]


def test_without_tickers_the_rest_still_works(server, client):
    server.tickers = []
    server.put(1, -5)
    poll = Polling(client)
    assert poll(0) == [1]
    assert [p.where for p in poll.problems] == ["tickers"]
    assert poll.items[0].tickers == ()


def test_companies_are_read_by_their_own_lists(server, client):
    server.companies["CIK0001234567.json"] = company(
        (3, "2026-06-10T01:10:00.000Z", "8-K", "2.02"),
        (2, "2026-06-09T20:10:00.000Z", "4", ""),
        (1, "2026-01-09T20:10:00.000Z", "10-K", ""),
    )
    poll = Polling(client, Edgar(companies=("$acme", "4711"), forms=("8-K", "10-K")))
    assert poll(0) == [3]  # the annual report is older than thirty days
    assert poll.problems[0].reason == "EDGAR knows no such number"
    assert poll.spans == (Covered(NOON - timedelta(days=30), NOON),)
    assert poll(5) == []
    assert poll.spans == (Covered(at(0), at(5)),)


def test_a_ticker_that_nobody_has_is_a_setting_that_cannot_work(client):
    with pytest.raises(SettingError, match=r"'ZZZ', which EDGAR lists as nobody's ticker"):
        Polling(client, Edgar(companies=("ZZZ",)))(0)


def test_the_search_reads_all_pages_and_finds_each_filing_once(server, client):
    server.hits = [hit(1), hit(1, file="b.htm"), hit(2), hit(3)]
    poll = Polling(client, Edgar(query="wing  box", forms=("8-K",), companies=("BF.B",)))
    assert poll(0) == [1, 2, 3]
    asked = server.asked[1][2]
    assert asked == {
        "q": "wing box", "forms": "8-K", "ciks": "0000000088",
        "dateRange": "custom", "startdt": "2026-05-11", "enddt": "2026-06-11",
    }  # fmt: skip
    server.hits.append(hit(4))
    assert poll(5) == [1, 2, 3, 4]


def test_the_search_covers_only_days_of_which_all_is_surely_indexed(server, client):
    poll = Polling(client, Edgar(query="acme"))
    poll(0)
    assert poll.spans == (Covered(NOON - timedelta(days=30), INDEXED),)
    poll(5)
    assert poll.spans == ()
    days = [given["startdt"] for _, path, given, _ in server.asked if "LATEST" in path]
    assert days == ["2026-05-11", "2026-06-08"]
    # The next day: what came late was asked for all the while.
    poll(24 * 60)
    assert poll.spans == (Covered(INDEXED, INDEXED + timedelta(days=1)),)


def test_a_refusal_says_what_may_be_the_reason(server, client):
    server.refusal = (403, b"<html>Undeclared Automated Tool</html>")
    with pytest.raises(SourceError, match=r"asked too often.*WORKBENCH_EDGAR_CONTACT") as told:
        Polling(client, Edgar(companies=("ACME",)))(0)
    assert "desk@acme" not in str(told.value)
    assert told.value.retry_after == 600


def test_a_feed_that_refuses_is_not_asked_a_second_time(server, client):
    server.refusal = (403, b"")
    with pytest.raises(RateLimited):
        Polling(client)(0)
    assert len(server.asked) == 1


def test_the_error_page_is_an_error_though_its_status_is_200(server, client):
    server.is_bare = True
    poll = Polling(client)
    with pytest.raises(SourceError, match=r"HTML page titled 'SEC.gov \| File Unavailable'"):
        poll(0)
    assert poll.cursor is None


def test_who_asks_too_often_waits_as_long_as_edgar_says(server, client):
    server.put(1, -5)
    poll = Polling(client)
    poll(0)
    server.refusal = (429, b"")
    with pytest.raises(RateLimited):
        poll(1)


@pytest.mark.parametrize("contact", ["", "Acme Research", "Ä desk@acme.example", "a@b"])
def test_nobody_is_asked_without_saying_who_asks(server, client, monkeypatch, contact):
    monkeypatch.setenv(CONTACT, contact)
    with pytest.raises(SettingError, match="WORKBENCH_EDGAR_CONTACT must say who asks"):
        Polling(client)(0)
    assert server.asked == []


def test_who_asks_stands_in_no_repr_key_or_cursor(server, client):
    server.put(1, -5)
    poll = Polling(client)
    poll(0)
    for text in (repr(poll.collector), poll.collector.key, poll.cursor):
        assert "acme.example" not in text


def test_a_cursor_that_cannot_be_read_begins_anew(server, client):
    server.put(1, -5)
    poll = Polling(client)
    for poll.cursor in ("{", '{"polled": "never", "seen": []}', "[]", '{"polled": 3}'):
        assert poll(0) == [1]


def test_one_that_is_stopped_leaves_no_cursor(server, client):
    server.put(1, -5)
    poll = Polling(client)
    poll.stop.set()
    poll(0)
    assert (poll.cursor, poll.spans) == (None, ())


def test_the_search_is_asked_for_what_columns_want_once_for_all(server, client):
    texts = (
        '"wing box" tier:filing lang:en', '(acme OR #acme) "wing box"', "form:8-K",
        '"wing box" tier:wire', "globex min_likes:5", '"wing box" form:8-K',
    )  # fmt: skip
    queries = [query(text) for text in texts]
    server.hits = [hit(1)]
    source = Edgar(full_text=True).ask(queries, {})
    assert source.key == "edgar full_text"
    poll = Polling(client, source)
    assert poll(0) == [1]
    asked = [given["q"] for _, path, given, _ in server.asked if "LATEST" in path]
    assert asked == ['"wing box"', 'acme "wing box"']
    (item,) = poll.items
    assert item.text.splitlines() == [
        'Found by a search of its documents for: "wing box"',
        'Found by a search of its documents for: acme "wing box"',
    ]
    matching = [number for number, each in enumerate(queries) if each.matches(item)]
    assert matching == [0, 1, 2, 5]
    (span,) = poll.spans
    assert (span.start, span.end) == (NOON - timedelta(days=30), INDEXED)
    assert set(span.queries) == {str(queries[n]) for n in (0, 1, 5)}


def test_what_another_search_finds_later_keeps_what_the_first_one_said(server, client):
    server.hits = [hit(1)]
    poll = Polling(client, Edgar(full_text=True).ask([query("acme")], {}))
    poll(0)
    poll.collector = Edgar(full_text=True).ask([query("acme"), query("globex")], {})
    assert poll(2) == [1]
    assert [line.rpartition(": ")[2] for line in poll.items[0].text.splitlines()] == [
        "acme",
        "globex",
    ]
    assert poll(4) == [1]


def test_what_a_search_says_of_a_filing_stays_though_the_feed_lists_it_on(server, client, tmp_path):
    server.put(1, -1, lines=("Item 2.02: Results",))
    server.hits = [hit(1, items=["2.02"])]
    feed_poll, search = Polling(client), Polling(client, Edgar(query='"wing box"'))
    with store.open(tmp_path / "s.db") as kept:
        for minute, poll in enumerate((search, feed_poll, search, feed_poll, feed_poll)):
            poll(minute)
            kept.add(poll.items)
        (item,) = kept.search(query('"wing box" form:8-K'))
    assert item.tickers == ("ACME",)


def test_a_party_that_is_listed_later_is_added(server, client):
    server.put(1, -1, "4", who="Doe Jane", cik=77, role="Reporting")
    poll = Polling(client)
    poll(0)
    server.put(1, -1, "4", role="Issuer")
    assert poll(1) == [1]
    assert poll.items[0].title.startswith("Acme Corp: ")
    assert poll(2) == []


def test_of_a_search_that_finds_too_much_the_rest_is_a_gap(server, client):
    server.hits = [hit(n) for n in range(60)]
    poll = Polling(client, Edgar(query="acme"))
    assert len(poll(0)) == 40  # twenty pages of two
    (gap,) = poll.spans
    assert (gap.status, gap.end) == ("gap", INDEXED)
    assert "more than 40 documents" in gap.reason


def test_a_search_for_columns_that_have_no_words_says_so(client):
    source = Edgar(full_text=True).ask([query("form:8-K"), query("#acme")], {})
    with pytest.raises(SourceError, match="nothing to search for"):
        Polling(client, source)(0)
    assert Edgar(forms=("8-K",)).ask([query("acme")], {}) == Edgar(forms=("8-K",))
