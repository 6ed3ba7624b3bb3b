"""Rules as pure functions: what is due was worked out by hand, minute by minute."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from workbench.alerts import BURST, Sighting, due, is_live, sighting, state
from workbench.decks import Column, Rule
from workbench.items import Item
from workbench.query import parse

DAY = datetime(2026, 11, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def at(text, seconds=0):
    hours, minutes = map(int, text.split(":"))
    return DAY + timedelta(hours=hours, minutes=minutes, seconds=seconds)


def column(rule):
    return Column(key="acme", title="Acme", type="search", query=parse("acme"), alert=rule)


def seen(*times):
    """Return items published at these times, each seen five seconds later."""
    return [Sighting(at(t), at(t, 5), f"x:{n}-{t}") for n, t in enumerate(times)]


def ask(rule, sightings, told=(), *, since="00:00", now="12:00"):
    return due(column(rule), sightings, list(told), deck="ceo", since=at(since), now=at(now))


def shown(alerts):
    return [(f"{a.first:%H:%M}", f"{a.until:%H:%M}", a.n) for a in alerts]


THREE = Rule(3, HOUR)


def test_two_of_three_are_not_enough():
    assert ask(THREE, seen("09:02", "09:40")) == []


def test_the_third_within_the_hour_is_an_alert_from_the_first_on():
    (alert,) = ask(THREE, seen("09:02", "09:40", "10:01"), now="10:01")
    assert shown([alert]) == [("09:02", "10:02", 3)]
    assert (alert.deck, alert.column, alert.title, alert.at_least) == ("ceo", "acme", "Acme", 3)
    assert alert.fired == at("10:01")
    assert alert.items == ("x:0-09:02", "x:1-09:40", "x:2-10:01")
    assert alert.id == 0


def test_an_hour_ends_before_it_begins_anew():
    assert ask(THREE, seen("09:02", "09:40", "10:02")) == []


def test_the_stretch_slides_until_it_holds_enough():
    # 08:00 is alone; from 09:10 on there are three within the hour.
    assert shown(ask(THREE, seen("08:00", "09:10", "09:20", "10:05"))) == [("09:10", "10:10", 3)]


def test_it_fires_once_per_stretch_and_counts_what_still_comes():
    before = seen("09:00", "09:10", "09:20")
    (alert,) = ask(THREE, before, now="09:20")
    assert ask(THREE, before, [alert._replace(id=4)], now="09:21") == []
    (grown,) = ask(
        THREE, [*before, *seen("09:30", "09:59", "10:00")], [alert._replace(id=4)], now="10:00"
    )
    assert (grown.id, grown.n, grown.fired) == (4, 5, at("09:20"))


def test_a_storm_that_lasts_is_told_once_an_hour():
    storm = seen(*(f"{h:02}:{m:02}" for h in (9, 10, 11) for m in range(0, 60, 10)))
    assert shown(ask(THREE, storm)) == [
        ("09:00", "10:00", 6),
        ("10:00", "11:00", 6),
        ("11:00", "12:00", 6),
    ]


def test_what_belongs_to_one_alert_begins_no_other():
    storm = seen("09:00", "09:10", "09:20", "10:05", "10:10")
    (alert,) = ask(THREE, storm)
    assert shown([alert]) == [("09:00", "10:00", 3)]
    # 09:20, 10:05 and 10:10 lie within an hour, but the first of them was told already.
    assert ask(THREE, storm, [alert]) == []


def test_the_order_in_which_items_come_does_not_matter():
    items = seen("09:00", "09:10", "09:20", "09:58")
    assert len({tuple(ask(THREE, order)) for order in permutations(items)}) == 1


def test_history_does_not_count():
    live = seen("09:00", "09:10")
    imported = Sighting(at("09:05"), at("10:30"), "x:late")  # 85 minutes after it was published
    assert ask(THREE, [*live, imported]) == []
    assert ask(THREE, seen("09:00", "09:10", "09:20"), since="09:05") == []


@pytest.mark.parametrize(
    ("published", "came", "precision", "live"),
    [
        ("09:00", "09:00", 0, True),
        ("09:00", "10:00", 0, True),
        ("09:00", "10:01", 0, False),
        ("07:59", "08:30", 0, False),  # before the rule
        ("07:59", "08:30", 60, True),  # some time within that minute
    ],
)
def test_an_item_is_live_if_it_comes_in_time(published, came, precision, live):
    each = Sighting(at(published), at(came), "x:1", timedelta(seconds=precision))
    assert is_live(each, within=HOUR, since=at("08:00")) is live


def test_an_item_is_seen_by_when_it_was_published_and_when_it_came():
    item = Item(
        source="x", id="1", text="", published=DAY, collected=DAY + HOUR, published_precision=60.0
    )
    assert sighting(item) == (DAY, DAY + HOUR, "x:1", MINUTE)


def test_an_alert_fires_until_its_stretch_is_over():
    (alert,) = ask(THREE, seen("09:00", "09:10", "09:20"))
    assert state(alert, at("09:59")) == "firing"
    assert state(alert, at("10:00")) == "resolved"


def test_a_column_without_a_rule_tells_nothing():
    assert due(column(None), seen("09:00"), [], deck="ceo", since=DAY, now=at("09:01")) == []


def singles(n, *, of="09:00", step=1, first=0):
    return [Sighting(at(of, step * i), at(of, step * i), f"x:{first + i}") for i in range(n)]


def test_each_item_is_an_alert_and_none_is_told_twice():
    items = singles(2)
    alerts = ask(Rule(), items, now="09:01")
    assert [(a.n, a.items, a.at_least) for a in alerts] == [(1, ("x:0",), 0), (1, ("x:1",), 0)]
    assert ask(Rule(), items, alerts, now="09:02") == []
    (third,) = ask(Rule(), [*items, *seen("09:02")], alerts, now="09:03")
    assert third.items == ("x:0-09:02",)


def test_twenty_in_a_minute_are_told_singly_and_more_as_one():
    assert len(ask(Rule(), singles(BURST), now="09:01")) == 20
    (burst,) = ask(Rule(), singles(BURST + 1), now="09:01")
    assert burst.n == 21
    assert (burst.first, burst.until) == (at("09:00"), at("09:00", 20))


def test_a_burst_that_goes_on_grows_and_ends_with_its_minute():
    first = ask(Rule(), singles(BURST, step=0), now="09:00")
    (burst,) = ask(Rule(), singles(5, first=20), first, now="09:00")
    assert burst.n == 5
    (grown,) = ask(Rule(), singles(150, first=100), [burst._replace(id=9), *first], now="09:00")
    assert (grown.id, grown.n, len(grown.items)) == (9, 155, 100)
    # Not all of its keys are kept, and still none of its items is told again.
    assert ask(Rule(), singles(150, first=100), [grown, *first], now="09:00") == []
    (later,) = ask(Rule(), singles(1, of="09:05", first=999), [grown, *first], now="09:05")
    assert (later.n, later.items) == (1, ("x:999",))


def test_what_comes_a_day_late_is_no_alert_each():
    late = Sighting(at("09:00") - timedelta(days=1, seconds=1), at("09:00"), "x:1")
    on_time = late._replace(came=at("09:00") - timedelta(seconds=1))
    told = [
        due(column(Rule()), [each], [], deck="ceo", since=DAY - 7 * 24 * HOUR, now=at("09:00"))
        for each in (late, on_time)
    ]
    assert [len(alerts) for alerts in told] == [0, 1]
