"""GDELT over real HTTP: many columns in few requests, gaps, refusals and limits."""

import json
import re
import threading
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import rawserver

from workbench import decks, service, store
from workbench.collectors import Covered
from workbench.collectors.asking import Ask, Reached
from workbench.collectors.gdelt import Gdelt
from workbench.errors import RateLimited, SettingError, SourceError
from workbench.http import Client
from workbench.query import parse

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
HOST = "api.gdeltproject.org"


def at(minute):
    return NOON + timedelta(minutes=minute)


class Search:
    """Finds by title what it was given, as the service does: newest first, 250 at most."""

    def __init__(self):
        self.articles, self.asked, self.refused, self.body = [], [], "", None
        self.volume = b"{}"

    def put(self, title, minute):
        self.articles.append((at(minute), title))

    def __call__(self, connection, head):
        given = parse_qs(urlsplit(head.split()[1]).query)
        given = {name: values[0] for name, values in given.items()}
        self.asked.append(given)
        answer = self.answer(given) if given["mode"] == "artlist" else self.volume
        connection.sendall(rawserver.reply(self.body or answer))

    def answer(self, given):
        text = given["query"]
        if self.refused and self.refused in text:
            return b"The specified phrase is too short."
        words = re.sub(r" source\w+:\w+", "", text).strip("()").replace('"', "").split(" OR ")
        start, end = (
            datetime.strptime(given[f"{edge}datetime"], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            for edge in ("start", "end")
        )
        found = [
            (when, title)
            for when, title in self.articles
            if start <= when <= end
            and any(all(w in title.lower() for w in case.split()) for case in words)
        ]
        found.sort(reverse=True)
        return json.dumps({
            "articles": [
                {
                    "url": f"https://news.example/{title.replace(' ', '-')}",
                    "title": title,
                    "seendate": when.strftime("%Y%m%dT%H%M%SZ"),
                    "domain": "news.example",
                }
                for when, title in found[: int(given["maxrecords"])]
            ]
        }).encode()  # fmt: skip


@pytest.fixture(scope="module")
def running():
    with rawserver.running() as server:
        yield server


@pytest.fixture
def search(running):
    running.answer = search = Search()
    return search


class Polling:
    """Polls again and again, as the service does."""

    def __init__(self, server, collector):
        self.client = Client(hosts={HOST: server.address}, interval=0)
        self.collector = collector
        self.cursor = None
        self.stop = threading.Event()

    def __call__(self, minute):
        self.spans, self.problems, titles = [], [], []
        for batch in self.collector.collect(
            self.client, self.cursor, now=lambda: at(minute), stop=self.stop
        ):
            titles += [item.title for item in batch.result]
            self.problems += [problem.reason for problem in batch.result.problems]
            self.spans += batch.spans
            self.cursor = batch.cursor or self.cursor
        return titles


def asking(*texts, **options):
    return Gdelt(**options).ask([parse(text) for text in texts], {})


def test_one_request_serves_all_columns_that_want_words(running, search):
    search.put("acme one", -60)
    search.put("north wind two", -30)
    search.put("others", -30)
    texts = ("acme lang:en", '"north wind" OR acme', "from:ana", "lang:en", "tier:social acme")
    poll = Polling(running, asking(*texts))
    assert poll(0) == ["north wind two", "acme one"]
    (given,) = search.asked
    assert given == {
        "query": '(acme OR "north wind")',
        "mode": "artlist",
        "format": "json",
        "sort": "datedesc",
        "maxrecords": "250",
        "startdatetime": "20261118110000",
        "enddatetime": "20261119120000",
    }
    queries = ("acme lang:en", '"north wind" OR acme')
    assert poll.spans == [Covered(at(-60 * 24), at(-15), queries=queries)]


def test_words_that_must_all_be_there_are_asked_for_by_themselves(running, search):
    poll = Polling(running, asking("acme globex", "initech"))
    poll(0)
    assert [given["query"] for given in search.asked] == ["initech", "acme globex"]


def test_what_a_wider_text_brings_is_not_asked_for_by_itself(running, search):
    search.put("acme profit", -60)
    poll = Polling(running, asking("acme (profit OR loss)", "acme", '"acme corp" globex'))
    assert poll(0) == ["acme profit"]
    assert [given["query"] for given in search.asked] == ["acme", '"acme corp" globex']
    (covered,) = poll.spans
    assert set(covered.queries) == {"acme (profit OR loss)", "acme", '"acme corp" globex'}


def test_the_next_poll_begins_where_the_last_was_sure_and_covers_from_there(running, search):
    poll = Polling(running, asking("acme"))
    poll(0)
    search.put("acme late", -30)
    search.put("acme new", 14)
    assert poll(16) == ["acme new", "acme late"]
    assert search.asked[-1]["startdatetime"] == "20261119104500"
    assert poll.spans == [Covered(at(-15), at(0), queries=("acme",))]
    assert poll(17) == ["acme new", "acme late"]
    assert poll.spans == []


def test_a_column_that_comes_later_is_looked_for_further_back_by_itself(running, search):
    poll = Polling(running, asking("acme"))
    poll(0)
    poll.collector = asking("acme", "globex")
    search.put("globex old", -600)
    assert poll(15) == ["globex old"]
    assert [given["query"] for given in search.asked[1:]] == ["globex", "acme"]
    assert poll.spans == [
        Covered(at(-15), at(0), queries=("acme",)),
        Covered(at(15 - 60 * 24), at(0), queries=("globex",)),
    ]


def test_more_articles_than_one_answer_holds_are_asked_for_by_time(running, search):
    for number in range(700):
        search.put(f"acme {number}", -15 * (number // 10) - 15)
    poll = Polling(running, asking("acme"))
    assert sorted(poll(0)) == sorted(title for _, title in search.articles)
    assert len(search.asked) == 3
    assert poll.spans == [Covered(at(-60 * 24), at(-15), queries=("acme",))]


def test_words_that_find_too_much_together_are_asked_for_apart(running, search):
    for number in range(200):
        search.put(f"acme {number}", -15)
        search.put(f"globex {number}", -15)
    poll = Polling(running, asking("acme", "globex"))
    assert len(poll(0)) == 400
    assert [given["query"] for given in search.asked] == ["(acme OR globex)", "acme", "globex"]
    assert [span.status for span in poll.spans] == ["ok"]


def test_more_articles_of_one_step_than_one_answer_holds_are_a_gap(running, search):
    for number in range(300):
        search.put(f"acme {number}", -60)
    search.put("acme before", -90)
    poll = Polling(running, asking("acme"))
    assert len(poll(0)) == 251
    gap, *covered = poll.spans
    assert gap == Covered(at(-60), at(-45), "gap", "more than 250 articles in one step", ("acme",))
    # What is told last holds, so a gap must not be told as covered after it.
    assert covered == [
        Covered(at(-60 * 24), at(-60), queries=("acme",)),
        Covered(at(-45), at(-15), queries=("acme",)),
    ]


def test_a_gap_stays_one_though_a_limit_came_before_the_pass_had_ended():
    asks = [Ask("acme", ("acme",)), Ask("globex", ("globex", "acme globex"))]
    first = Reached(None)
    first.begin(["acme", "globex"])
    first.move(["acme", "globex"], at(-60))
    assert [span[:2] for span in first.covered(asks, at(-90))] == [(at(-90), at(-60))]
    cut_short = Reached(first.save())
    cut_short.begin(["acme", "globex"])
    cut_short.miss(["acme"], at(-50), at(-40))
    cut_short.move(["acme"], at(0))
    later = Reached(cut_short.save())
    later.begin(["acme", "globex"])
    later.move(["acme", "globex"], at(15))
    assert later.covered(asks, at(-90)) == (
        Covered(at(-60), at(-50), queries=("acme",)),
        Covered(at(-40), at(15), queries=("acme",)),
        Covered(at(-60), at(15), queries=("globex", "acme globex")),
    )
    assert json.loads(later.save())["gaps"] == {}


def test_more_articles_than_all_requests_bring_are_a_gap(running, search):
    for number in range(2_400):
        search.put(f"acme {number}", -30 - number // 2)
    poll = Polling(running, asking("acme"))
    found = poll(0)
    assert len(search.asked) == 8
    assert 1_980 < len(found) <= 2_000
    gap, covered = poll.spans
    assert (gap.start, gap.status) == (at(-60 * 24), "gap")
    assert at(-30 - 1_000) <= gap.end <= at(-30 - 985)
    assert covered == Covered(gap.end, at(-15), queries=("acme",))


def test_a_word_that_is_refused_stops_no_other_and_says_why(running, search):
    search.refused = "odd"
    search.put("acme one", -60)
    poll = Polling(running, asking("acme", "odd", "globex"))
    assert poll(0) == ["acme one"]
    (reason,) = poll.problems
    assert "phrase is too short" in reason
    assert "search for longer words" in reason
    gap, covered = poll.spans
    assert gap[:3] == (at(-60 * 24), at(-15), "gap")
    assert gap.queries == ("odd",)
    assert set(covered.queries) == {"acme", "globex"}


def test_if_all_is_refused_the_source_fails(running, search):
    search.refused = "acme"
    with pytest.raises(SourceError, match="too short"):
        Polling(running, asking("acme"))(0)
    with pytest.raises(SourceError, match="too short"):
        Polling(running, Gdelt(query="acme"))(0)


def test_a_limit_in_plain_text_or_as_429_makes_it_wait_and_covers_nothing(running, search):
    poll = Polling(running, asking("acme globex", "initech corp"))
    search.body = b"Please limit requests to one every 5 seconds."
    with pytest.raises(RateLimited):
        poll(0)
    assert (poll.spans, poll.cursor) == ([], None)
    running.says(rawserver.reply(b"slowly", status="429 Too Many Requests", Retry_After="30"))
    with pytest.raises(RateLimited) as caught:
        poll(0)
    assert caught.value.retry_after == 30


def test_what_was_asked_before_a_limit_is_not_asked_again(running, search):
    search.put("acme globex", -30)
    poll = Polling(running, asking("acme globex", "initech corp"))
    first = rawserver.reply(search.answer({
        "query": "acme globex", "maxrecords": "250",
        "startdatetime": "20261118000000", "enddatetime": "20261119120000",
    }))  # fmt: skip
    running.says(first, rawserver.reply(b"Please limit requests to one every 5 seconds."))
    with pytest.raises(RateLimited):
        poll(0)
    assert poll.cursor
    running.answer = search
    poll(15)
    assert [given["query"] for given in search.asked] == ["initech corp", "acme globex"]
    assert {span.queries: span.start for span in poll.spans} == {
        ("acme globex",): at(-15),  # until when it was here, though that was not yet noted
        ("initech corp",): at(15 - 60 * 24),
    }


def test_a_query_of_the_decks_own_is_asked_instead_and_covers_all(running, search):
    collector = asking("globex", query=" acme  theme:ECON ", languages=["ES", "en"])
    assert collector.key == 'gdelt "acme theme:ECON" es en'
    poll = Polling(running, collector)
    poll(0)
    (given,) = search.asked
    assert given["query"].startswith("acme theme:ECON (sourcelang:spanish OR sourcelang:english)")
    assert poll.spans == [Covered(at(-60 * 24), at(-15))]


def test_a_stop_leaves_the_rest_for_the_next_time(running, search):
    poll = Polling(running, asking("acme globex", "initech corp"))
    batches = poll.collector.collect(poll.client, None, now=lambda: at(0), stop=poll.stop)
    next(batches)
    poll.stop.set()
    rest = list(batches)
    assert len(search.asked) == 1
    assert json.loads(rest[-1].cursor)["texts"].keys() == {"acme globex"}


def test_columns_are_served_through_the_service_and_covered_one_by_one(running, search, tmp_path):
    search.put("acme one", -60)
    search.put("globex and acme", -45)
    path = tmp_path / "d.yaml"
    path.write_text(
        "title: T\nsources:\n  - collector: gdelt\ncolumns:\n"
        "  - {type: search, title: A, query: acme -globex}\n"
        "  - {type: search, title: B, query: 'acme tier:social'}\n"
    )
    deck = decks.load(path)
    client = Client(hosts={HOST: running.address}, interval=0)
    with store.open(tmp_path / "s.db", now=lambda: at(0)) as kept:
        (source,) = deck.sources
        added = service.collect(source, kept, client, decks=[deck], now=lambda: at(0))
        assert added.new == 1
        assert [item.title for item in kept.search("source:gdelt")] == ["acme one"]
        (span,) = kept.coverage(source="gdelt")
        assert (span.query, span.end) == ("acme -globex", at(-15))


def test_counts_are_asked_for_where_they_are_wanted_of_words_alone(running, search, tmp_path):
    quarters = [divmod(40 + n, 4) for n in range(8)]  # from ten to twelve
    steps = [f"20261119T{hour:02}{15 * quarter:02}00Z" for hour, quarter in quarters]
    data = [{"date": date, "value": 5, "norm": 900} for date in steps]
    search.volume = json.dumps({"timeline": [{"data": data}]}).encode()
    search.put("acme one", -60)
    path = tmp_path / "d.yaml"
    path.write_text(
        "title: T\nsources:\n  - {collector: gdelt, volume: true}\ncolumns:\n"
        "  - {type: search, title: A, query: acme OR globex}\n"
        "  - {type: search, title: B, query: acme lang:en}\n"
        "  - {type: search, title: C, query: acme -globex}\n"
    )
    deck = decks.load(path)
    client = Client(hosts={HOST: running.address}, interval=0)
    with store.open(tmp_path / "s.db", now=lambda: at(0)) as kept:
        service.collect(deck.sources[0], kept, client, decks=[deck], now=lambda: at(0))
        told = kept.tally("acme OR globex", every="1h", since=at(-180), has_tones=False)
    assert [given["query"] for given in search.asked if given["mode"] != "artlist"] == [
        "(acme OR globex)"
    ]
    assert [bucket.n for bucket in told][:3] == [0, 20, 1]
    assert told[1].measured


def test_with_nothing_to_ask_for_it_says_what_it_needs(running):
    for collector in (Gdelt(), asking("from:ana", "ab", "#acme")):
        with pytest.raises(SourceError, match="nothing to ask for; give it a query:"):
            Polling(running, collector)(0)


@pytest.mark.parametrize(
    "cursor", ["nonsense", "[]", '{"texts": 7, "queries": {}}', '{"texts": {"acme": "noon"}}']
)
@pytest.mark.usefixtures("search")
def test_a_cursor_that_cannot_be_read_is_none(running, cursor):
    poll = Polling(running, asking("acme"))
    poll.cursor = cursor
    poll(0)
    assert poll.spans == [Covered(at(-60 * 24), at(-15), queries=("acme",))]


def test_what_names_a_source_says_all_that_tells_it_from_others():
    assert Gdelt().key == "gdelt"
    assert asking("acme").key == "gdelt"
    assert Gdelt(query="a  b", languages=["ES"], countries=["mx"]).key == 'gdelt "a b" es MX'
    assert Gdelt(every="30m").every == timedelta(minutes=30)


@pytest.mark.parametrize(
    "options",
    [
        {"query": "x" * 251},
        {"languages": ["klingon"]},
        {"countries": ["Atlantis"]},
        {"every": "often"},
    ],
)
def test_parameters_that_cannot_be_are_refused(options):
    with pytest.raises(SettingError):
        Gdelt(**options)
