"""What stands around a deck's posts, as elements: small drawings, chart, bar, columns."""

from datetime import UTC, datetime, timedelta

import pytest

from workbench.charts import Chart, Series
from workbench.columns.picture import picture
from workbench.columns.shell import frame, health, top
from workbench.columns.strips import bar, spark, volume
from workbench.columns.tree import DRAWN, strings

START = datetime(2026, 11, 22, 9, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)


def inside(node, name):
    if isinstance(node, str):
        return []
    own = [node] if name in node[1].get("class", "").split() else []
    return own + [found for part in node[2:] for found in inside(part, name)]


def tags(node):
    return {node[0]} | {tag for part in node[2:] if isinstance(part, list) for tag in tags(part)}


def chart(*points, gaps=(), unit="%", **more):
    times = [(START + n * HOUR, value) for n, value in enumerate(points)]
    lines = (Series("negative", tuple(times), "neg"), *more.pop("others", ()))
    return Chart("Fell", "Share", "It fell.", unit=unit, series=lines, gaps=gaps, **more)


def test_a_gap_is_left_open_and_a_lone_point_is_a_dot():
    drawn = picture(chart(0, 10, None, 20, None, 20), width=294)
    (line,) = inside(drawn, "wb-line")
    assert line[1]["d"] == "M1 172L45.2 94M133.6 16h0M222 16h0"
    assert "wb-neg" in line[1]["class"]
    assert tags(drawn) <= DRAWN


def test_a_chart_names_the_end_of_each_line_and_keeps_labels_apart():
    other = Series("positive", ((START, 21.0), (START + HOUR, 21.0)), "pos")
    drawn = picture(chart(20, 22, others=(other,)), width=294)
    said = [strings(node) for node in drawn[2:] if node[0] == "text"]
    assert {"22\xa0%", "negative", "21\xa0%", "positive", "30\xa0%", "15\xa0%"} <= set(said)
    places = sorted(float(node[1]["y"]) for node in inside(drawn, "wb-value") if "%" in node[2])
    assert round(places[1] - places[0], 1) >= 28
    assert (drawn[1]["role"], drawn[1]["aria-label"]) == ("img", "It fell.")


def test_what_was_not_measured_is_hatched_within_the_chart_and_named():
    gap = (START + 2 * HOUR, START + 4 * HOUR)
    drawn = picture(chart(*[1] * 10, gaps=(gap,)), width=294)
    (hatch,) = inside(drawn, "wb-hatch")
    assert strings(hatch) == "not measured, 22 Nov 11:14 to 22 Nov 13:14"
    numbers = [stroke.split("L") for stroke in hatch[1]["d"][1:].split("M")]
    places = [tuple(map(float, point.split(" "))) for stroke in numbers for point in stroke]
    assert {x for x, _ in places if not 50 <= x <= 100} == set()
    assert {y for _, y in places if not 15.9 <= y <= 172.1} == set()
    assert "not measured" in {strings(node) for node in inside(drawn, "wb-halo")}


def test_a_chart_without_any_value_says_so():
    drawn = picture(Chart("Nothing", "Posts", "x"), width=294)
    assert strings(drawn) == "Nothing has been measured yet."
    assert "M" not in inside(picture(chart(None, None), width=294), "wb-line")[0][1]["d"]


def test_a_volume_line_counts_from_zero_and_tints_what_was_not_measured():
    points = [(START + n * HOUR, None if n == 1 else n) for n in range(4)]
    drawn = volume(points, every=HOUR, zone="Europe/Berlin")
    (gap,) = inside(drawn, "wb-gap")
    assert strings(gap) == "not measured, 11:14–12:14"
    assert (gap[1]["x"], gap[1]["width"]) == ("40.7", "79.3")
    assert drawn[2][-1][1]["d"] == "M1 20h0M159.7 8L239 2"
    why = drawn[1]["aria-label"]
    assert why.startswith("Posts per hour over the last 24 h, at most 3 at 13:14.")
    assert drawn[1]["data-why"] == why


def test_a_volume_of_nothing_is_a_line_at_zero():
    drawn = volume([(START + n * HOUR, 0) for n in range(3)], every=HOUR, zone="UTC")
    assert drawn[2][-1][1]["d"] == "M1 20L120 20L239 20"
    assert "at most 0." in drawn[1]["aria-label"]
    assert spark([])[2][1]["d"] == ""


@pytest.mark.parametrize(("usual", "tick"), [(5, "120"), (10, "238"), (0, "0")])
def test_a_bar_has_a_tick_where_its_term_usually_is(usual, tick):
    drawn = bar(10, 10, usual=usual)
    assert inside(drawn, "wb-count")[0][1]["width"] == "240"
    assert inside(drawn, "wb-usual")[0][1]["x"] == tick


def source(state, reason="", **more):
    return {"label": "Harbour", "state": state, "reason": reason} | more


def test_the_bar_says_what_is_wrong_the_worst_first():
    assert health([source("live")]) == {"level": "live", "text": ""}
    failing = [source("waiting"), source("failing", "answered 503"), source("failing")]
    assert health(failing) == {
        "level": "failing",
        "text": "Harbour fails: answered 503, and 1 more",
    }
    waiting = health([source("waiting", "asked to")])
    assert waiting == {"level": "stale", "text": "Harbour waits: asked to"}


def test_each_source_is_told_in_words():
    now = int(START.timestamp() * 1000)
    told = {"state": "failing", "reason": "answered 503", "since": now - 90_000_000}
    known = {"feeds:https://www.wire.example/rss": source(**told, next_try=now + 60_000)}
    deck = {"name": "demo", "title": "D", "zone": "Europe/Berlin"}
    count, listed = top({"now": now, "deck": deck, "sources": known})["nodes"]
    assert strings(count) == "0 of 1 source live"
    assert strings(listed) == (
        "Harbouranswered 503fails · since 21 Nov, 09:14 · next try 10:15 · wire.example"
    )


def test_other_decks_and_pages_are_linked_and_dots_name_the_columns():
    deck = {"name": "demo", "title": "D", "zone": "UTC"}
    state = {"deck": deck, "now": 0, "mode": "live", "sources": {}}
    state |= {
        "columns": [{"key": "a", "title": "Alpha"}],
        "decks": [deck, {"name": "a b", "title": "\u202eFinance"}],
        "links": [{"text": "New here?", "href": "/b/primer"}],
    }
    bar_, dots, *_ = frame(state, base="/b/")
    (tabs,) = inside(bar_, "wb-tabs")
    assert [(a[1]["href"], strings(a)) for a in tabs[2:]] == [
        ("/b/deck/a%20b", "Finance"),
        ("/b/primer", "New here?"),
    ]
    assert dots[2][1]["aria-label"] == "Alpha"
    assert not inside(frame(state | {"links": []}, base="")[0], "wb-tabs")
