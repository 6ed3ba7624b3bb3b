"""Counts by time, tone and term, and whether they were measured."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from workbench import store
from workbench.errors import SettingError, StoreError
from workbench.items import Item
from workbench.query import parse

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def opened(tmp_path):
    with store.open(tmp_path / "w.db", now=lambda: NOW) as made:
        yield made


def post(ident, *, ago, text="acme", **fields):
    return Item(
        **{"source": "x", "id": ident, "text": text, "published": NOW - ago, "collected": NOW - ago}
        | fields
    )


def at(hour, minute=0):
    return datetime(2026, 11, 22, hour, minute, tzinfo=UTC)


QUERIES = ("acme", None, "acme min_likes:3", "-url:nowhere", "acme NEAR/3f buys", "acme lang:de")


@pytest.mark.parametrize("query", QUERIES)
def test_buckets_count_what_lies_between_and_tell_the_tone(opened, query):
    scores = [0.05, 0.9, 0.049, -0.049, -0.05, -1.0, None, None]
    opened.add(
        post(f"{n}-{k}", ago=n * HOUR, text="acme buys", compound=score, likes=4, lang="de")
        for n in range(3)
        for k, score in enumerate(scores)
    )
    opened.add([post("early", ago=3 * HOUR, text="acme buys", likes=4, lang="de")])
    buckets = opened.tally(query, every="1h", since="2h")
    assert [b[:5] for b in buckets] == [
        (at(10), 8, 2, 2, 2),
        (at(11), 8, 2, 2, 2),
        (at(12), 8, 2, 2, 2),
    ]
    assert [b.n for b in opened.tally(query, every="1h", since="2h", until="1h")] == [8, 0]
    assert [b.n for b in opened.tally(query, every="1d", since="90d")][-1] == 25
    assert not any(b.measured for b in buckets)


def test_counts_is_a_frame(opened):
    opened.add([post("1", ago=HOUR), post("2", ago=HOUR), post("3", ago=0 * HOUR)])
    frame = opened.counts("acme", every="1h", since="90m")
    assert list(frame.columns) == ["time", "n", "measured"]
    assert [str(kind) for kind in frame.dtypes] == ["datetime64[us, UTC]", "int64", "bool"]
    assert list(frame["n"]) == [2, 1]
    assert frame["time"][0].to_pydatetime() == at(11)
    assert opened.counts("acme", every="1h", since=NOW + HOUR).empty


def test_what_comes_at_the_very_end_of_an_hour_is_counted(tmp_path):
    with store.open(tmp_path / "w.db", now=lambda: at(12)) as opened:
        opened.add([post("1", ago=timedelta(0), published=at(12), collected=at(12))])
        assert [b[:2] for b in opened.tally("acme", every="1h", since="1h")] == [
            (at(11), 0),
            (at(12), 1),
        ]


def test_spans_that_cannot_be_counted_are_refused(opened):
    with pytest.raises(SettingError, match="whole number of seconds"):
        opened.tally(None, every=timedelta(microseconds=5), since="1h")
    with pytest.raises(SettingError, match="more than 100000"):
        opened.tally(None, every="1s", since="9d")


def test_terms_are_counted_once_per_item(opened):
    opened.add(
        [
            post("1", ago=HOUR, text="acme acme buys #Mars", hashtags=("Mars",)),
            post("2", ago=HOUR, text="Acme", title="Buys 東京"),
            post("3", ago=5 * HOUR, text="acme"),
        ]
    )
    counted = opened.term_counts(since="2h", until=NOW)
    assert counted == {"acme": 2, "buys": 2, "mars": 1, "#mars": 1, "東": 1, "京": 1}
    asked = ["acme", "#mars", "#MARS", "東京", "none", "…", "acme"]
    expected = {"acme": 2, "#mars": 1, "#MARS": 1, "東京": 1, "none": 0, "…": 0}
    assert opened.term_counts(since="2h", until=NOW, terms=asked) == expected
    only = opened.term_counts(since="2h", until=NOW, query="mars", terms=["acme", "東"])
    assert only == {"acme": 1, "東": 0}
    assert opened.term_counts(since="9h", until=NOW, terms=["acme"]) == {"acme": 3}
    assert opened.term_counts(since="2h", until=NOW, query="acme NEAR/1f buys") == {
        "acme": 1,
        "buys": 1,
        "mars": 1,
        "#mars": 1,
    }


def measured(opened, query=None, **span):
    span = {"every": "1h", "since": at(8)} | span
    return "".join(".x"[b.measured] for b in opened.tally(query, **span))


def test_a_stretch_is_measured_where_every_expected_source_covered_all_of_it(opened):
    assert measured(opened) == "....."
    opened.cover("bluesky", "", at(9), at(12, 20), "ok")
    assert measured(opened) == ".xxxx"
    opened.cover("feeds:a", "", at(9, 30), at(11), "ok")
    assert measured(opened) == "..xxx"  # feeds:a began within the hour of 9 and ended at 11
    opened.cover("feeds:a", "", at(11), at(11, 30), "gap", "answered 500")
    assert measured(opened) == "..x.x"
    opened.cover("feeds:a", "", at(11), at(12), "ok")
    assert measured(opened) == "..xxx"


def test_only_the_sources_that_a_query_names_count(opened):
    opened.cover("bluesky", "", at(8), NOW, "ok")
    opened.cover("feeds:a", "", at(10), at(11), "gap")
    assert measured(opened) == "xx.xx"
    assert measured(opened, "acme source:bluesky") == "xxxxx"
    assert measured(opened, "source:bluesky OR source:other") == "xxxxx"
    assert measured(opened, "source:feeds") == "....."
    assert measured(opened, "acme OR source:bluesky") == "xx.xx"


def test_coverage_of_a_query_counts_for_that_query(opened):
    opened.cover("x", "acme (globex OR initech)", at(8), NOW, "ok")
    assert measured(opened) == "....."
    assert measured(opened, "acme") == "....."
    assert measured(opened, "Acme AND (globex OR initech)") == "xxxxx"


def test_coverage_of_a_query_counts_for_what_narrows_it(opened):
    opened.cover("x", "acme -(late expires:2026-12-01T00:00:00Z)", at(8), at(10), "ok")
    opened.cover("x", "acme lang:en", at(10), NOW, "ok")
    opened.cover("y", "(acme", at(8), NOW, "gap")  # no query in this version's language
    assert measured(opened, "acme lang:en -crypto") == "xxxxx"
    # What is left out for a while was kept for afterwards.
    assert measured(opened, "acme") == "xx..."
    assert measured(opened, "acme OR globex") == "....."
    assert measured(opened, "lang:en") == "....."


def test_the_first_stretch_may_be_cut_off(opened):
    opened.cover("x", "", at(8, 30), NOW, "ok")
    assert measured(opened, since=at(8, 30)) == "xxxxx"
    assert measured(opened, since=at(8, 30), until=at(10, 15)) == "xxx"


def spans(opened, **limits):
    return [
        (s.source, s.query, s.start.hour, s.end.hour, s.status, s.reason)
        for s in opened.coverage(**limits)
    ]


def test_adjoining_spans_are_joined_and_the_latest_note_holds(opened):
    for start in (9, 8, 11, 10):
        opened.cover("x", "", at(start), at(start + 1), "ok")
    assert spans(opened) == [("x", "", 8, 12, "ok", "")]
    opened.cover("x", "", at(9), at(10), "gap", "rate limit")
    opened.cover("x", "acme", at(9), at(10), "ok")
    assert spans(opened) == [
        ("x", "", 8, 9, "ok", ""),
        ("x", "", 9, 10, "gap", "rate limit"),
        ("x", "", 10, 12, "ok", ""),
        ("x", "acme", 9, 10, "ok", ""),
    ]
    assert spans(opened, since=at(10), source="x") == [("x", "", 10, 12, "ok", "")]
    assert spans(opened, until=at(9)) == [("x", "", 8, 9, "ok", "")]
    assert spans(opened, source="y") == []
    opened.cover("x", "", at(8), at(13), "ok")
    assert spans(opened, source="x")[0] == ("x", "", 8, 13, "ok", "")


def test_spans_that_cannot_be_are_refused(opened):
    opened.cover("x", "", at(9), at(9), "ok")
    assert opened.coverage() == []
    with pytest.raises(StoreError, match="ends at 2026-11-22 08:00:00, before it begins"):
        opened.cover("x", "", at(9), at(8), "ok")
    with pytest.raises(StoreError, match="'fine' is neither"):
        opened.cover("x", "", at(8), at(9), "fine")


def test_the_canonical_query_is_what_coverage_knows(opened):
    query = parse("lang:EN acme")
    opened.cover("x", str(query), at(8), NOW, "ok")
    assert measured(opened, query) == "xxxxx"


@pytest.mark.parametrize("query", [None, "acme", "-url:nowhere", "acme -url:nowhere"])
def test_phrases_are_counted_where_they_are_asked_for(opened, query):
    opened.add(
        [
            post("1", ago=HOUR, text="Bleed sensor, bleed sensor of acme"),
            post("2", ago=HOUR, text="acme: a sensor for bleed"),
            post("3", ago=HOUR, title="acme bleed", text="sensor"),
            post("4", ago=HOUR, title="acme's bleed-sensor", text="gone"),
        ]
    )
    span = {"since": "2h", "until": NOW, "query": query}
    asked = opened.term_counts(**span, terms=["bleed sensor", "sensor", "no such"])
    assert asked == {"bleed sensor": 2, "sensor": 4, "no such": 0}
    held = opened.holding(["bleed", "sensor", "acme"], **span)
    pairs = {pair: len(places) for pair, places in held.pairs.items()}
    assert pairs == {("bleed", "sensor"): 2, ("sensor", "bleed"): 1, ("acme", "bleed"): 1}
    assert opened.holding([], **span).pairs == {}


def test_terms_are_counted_over_months_and_no_further_than_asked_for(opened):
    # Word n is in n posts of this month and 3 of the last, but for one that went.
    opened.add(
        post(f"{n}-{k}", ago=(k * HOUR if k < n else 30 * 24 * HOUR), text=f"acme w{n} #t{n}")
        for n in range(60)
        for k in range(n + 3)
    )
    opened.purge("x", "5-0")
    span = {"since": "60d", "until": NOW}
    words = [f"w{n}" for n in range(60)] + [f"#t{n}" for n in range(60)]
    true = {word: n + 3 - (n == 5) for word in words for n in (int(word.lstrip("w#t")),)}
    assert opened.count(None, **span) == sum(n + 3 for n in range(60)) - 1
    assert opened.term_counts(**span, terms=words) == true
    assert list(opened.term_counts(**span, terms=words)) == words
    assert opened.term_counts(**span, terms=words[::7]) == {w: true[w] for w in words[::7]}
    for most in (0, 1, 2, 3, 9, 99):
        counted = opened.term_counts(**span, terms=words, at_most=dict.fromkeys(words, most))
        assert counted == {word: min(n, most) for word, n in true.items()}


def test_what_lies_within_a_second_is_counted_to_the_microsecond(opened):
    turn = datetime(2026, 11, 1, tzinfo=UTC)
    times = [turn + timedelta(seconds=n, microseconds=n * n * 1_111) for n in range(-20, 20)]
    times += [turn + timedelta(microseconds=n) for n in (-1, 0, 1, 500_000, 999_999)]
    opened.add(post(str(n), ago=NOW - time, text=f"acme w{n % 3}") for n, time in enumerate(times))
    edges = [turn + timedelta(seconds=n) for n in (-30, -1, -0.25, 0, 1e-6, 2.5, 30)]
    hour = int(turn.timestamp()) // 3600
    for since, until, skipped in product(edges, edges, [(), (hour,), (hour - 1, hour + 5)]):
        held = [
            n
            for n, time in enumerate(times)
            if since <= time < until and int(time.timestamp() // 3600) not in skipped
        ]
        span = {"since": since, "until": until, "skipped": skipped}
        assert opened.count(None, **span) == len(held)
        true = {"acme": len(held), "w0": sum(n % 3 == 0 for n in held), "none": 0}
        assert opened.term_counts(**span, terms=list(true)) == true
        for most in (1, 6, 30):
            counted = opened.term_counts(
                **span, terms=list(true), at_most=dict.fromkeys(true, most)
            )
            assert counted == {term: min(n, most) for term, n in true.items()}


@pytest.mark.parametrize("query", [None, "acme", "-url:nowhere", "acme NEAR/9f mars"])
def test_a_window_says_the_same_whether_or_not_it_is_remembered(opened, query):
    opened.add(
        post(str(n), ago=n * HOUR, text=f"Acme {n} to #Mars {n % 3} buys", title=title)
        for n, title in enumerate(["Straße, strasse", None, "東京 acme", "$ACM to", None])
    )
    span = {"since": "9h", "until": NOW, "query": query}
    kept, read_twice = opened.window(**span), opened.window(**span, most=4)
    assert kept.counts == read_twice.counts == opened.term_counts(**span)
    assert kept.counts["acme"] == 5
    terms = [*kept.counts, "none"]
    assert kept.holding(terms) == read_twice.holding(terms) == opened.holding(terms, **span)
    assert kept.holding(terms).pairs["to", "mars"] == [0, 1, 2, 3, 4]


def test_a_source_that_is_asked_now_and_then_leaves_no_gap_at_the_turn_of_an_hour(opened):
    opened.cover("live", "", at(8), NOW, "ok")
    opened.cover("slow", "", at(8), at(11, 45), "ok")  # is asked every 15 minutes, and lags
    assert measured(opened) == "xxxxx"
    assert opened.gaps(since="4h") == []
    opened.cover("dead", "", at(8), at(11, 29), "ok")  # nothing for more than an hour
    assert measured(opened) == "xxx.x"
    opened.cover("slow", "", at(11, 45), at(11, 50), "gap", "answered 500")
    assert measured(opened, "source:slow") == "xxx.."


def test_gaps_are_what_was_not_measured(opened):
    opened.cover("x", "", NOW - 10 * HOUR, NOW - 6 * HOUR, "ok")
    opened.cover("x", "", NOW - 6 * HOUR, NOW - 4 * HOUR, "gap")
    opened.cover("x", "", NOW - 4 * HOUR, NOW - timedelta(seconds=5), "ok")
    ((start, end),) = opened.gaps(since="8h")
    assert abs(start - (NOW - 6 * HOUR)) <= timedelta(minutes=1)
    assert abs(end - (NOW - 4 * HOUR)) <= timedelta(minutes=1)
    assert opened.gaps(since="3h") == []
    assert opened.gaps(since="3h", until="4h") == []
    ((start, end),) = opened.gaps("acme source:y", since="3h")
    assert (start, end) == (NOW - 3 * HOUR, NOW)
