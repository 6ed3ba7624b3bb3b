"""When a run is due: cron lines, zones, clocks that are put forward and back."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from workbench.errors import SettingError
from workbench.schedule.cron import Cron, local_zone, zone_of

ZURICH = "Europe/Zurich"


def at(*when):
    return datetime(*when, tzinfo=UTC)


def following(line, zone, begin, count):
    cron, found = Cron(line, zone), [begin]
    for _ in range(count):
        found.append(cron.next(found[-1]))
    return found[1:]


def test_weekdays_at_seven_in_the_reader_s_zone():
    # Friday, Monday, Tuesday: summer time until 25 October 2026.
    assert following("0 7 * * 1-5", ZURICH, at(2026, 10, 22, 12), 3) == [
        at(2026, 10, 23, 5),
        at(2026, 10, 26, 6),
        at(2026, 10, 27, 6),
    ]


def test_a_time_that_autumn_repeats_comes_once():
    # 02:30 stands on the clock twice on 25 October: at 00:30 and at 01:30 UTC.
    found = following("30 2 * * *", ZURICH, at(2026, 10, 24, 12), 3)
    assert found == [at(2026, 10, 25, 0, 30), at(2026, 10, 26, 1, 30), at(2026, 10, 27, 1, 30)]
    within = Cron("30 2 * * *", ZURICH).next(at(2026, 10, 25, 1, 10))
    assert within == at(2026, 10, 26, 1, 30)


def test_a_time_that_spring_skips_comes_all_the_same():
    # 02:30 does not exist on 29 March 2026: the clock goes from 02:00 to 03:00 at 01:00 UTC.
    found = following("30 2 * * *", ZURICH, at(2026, 3, 28, 12), 2)
    assert found == [at(2026, 3, 29, 1, 0), at(2026, 3, 30, 0, 30)]


def test_every_quarter_of_an_hour_goes_on_through_both_changes():
    for day in (at(2026, 3, 28, 23), at(2026, 10, 24, 23)):
        found = following("*/15 * * * *", ZURICH, day, 30)
        assert {b - a for a, b in pairwise(found)} == {timedelta(minutes=15)}


def test_the_last_time_that_was_due():
    cron = Cron("0 7 * * 1-5", ZURICH)
    assert cron.last(at(2026, 11, 30, 5, 59)) == at(2026, 11, 27, 6)
    assert cron.last(at(2026, 11, 30, 6)) == at(2026, 11, 30, 6)
    assert cron.last(at(2026, 11, 30, 6, 0, 30)) == at(2026, 11, 30, 6)


def test_names_lists_and_last_days():
    assert following("0 9 L * *", "UTC", at(2026, 1, 31, 10), 1) == [at(2026, 2, 28, 9)]
    assert following("0 9 * FEB MON", "UTC", at(2026, 1, 1), 1) == [at(2026, 2, 2, 9)]
    assert following("5,35 * * * *", "UTC", at(2026, 1, 1), 2) == [
        at(2026, 1, 1, 0, 5),
        at(2026, 1, 1, 0, 35),
    ]
    assert following("@weekly", "UTC", at(2026, 11, 26), 1) == [at(2026, 11, 29)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("61 7 * * *", r"'61' is no minute; write 0 to 59.*\n  61 7 \* \* \*\n  \^\^$"),
        ("0 25 * * 1-5", r"'25' is no hour; write 0 to 23.*\n  0 25 \* \* 1-5\n    \^\^$"),
        ("0 7 0 * *", r"'0' is no day of the month.*\n      \^$"),
        ("0 7 * 13 *", r"'13' is no month.*JAN to DEC"),
        ("0 7 * * mon-funday", r"'mon-funday' is no day of the week.*\n          \^{10}$"),
        ("0  7 * * 9", r"'9' is no day of the week.*\n  0 7 \* \* 9\n          \^$"),
        ("0 7 * *", r"has 4 fields; five fields are needed, as in \"0 7 \* \* 1-5\""),
        ("0 0 7 * * 1", "has 6 fields"),
        ("tomorrow", "has one field"),
        ("", "has 0 fields"),
        ("0 7 31 2 *", "names a day that never comes"),
        ("0 7 30 2 *", "names a day that never comes"),
        ("@reboot", "has one field"),
        ("*/0 * * * *", r"'\*/0' is no minute"),
        ("0 7 * * 1-5\n", None),
    ],
)
def test_a_line_that_cannot_be_read_points_at_the_field(line, message):
    if message is None:
        assert Cron(line).line == line.strip()
        return
    with pytest.raises(SettingError, match=f"(?s){message}"):
        Cron(line)


@pytest.mark.parametrize("name", ["Zurich", "", "../UTC", "Europe", "/etc/localtime", "a\0b"])
def test_an_unknown_zone_is_refused(name):
    with pytest.raises(SettingError, match="is no time zone; write a name such as Europe/Zurich"):
        zone_of(name)


def test_this_machine_s_zone_has_a_name(monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    assert local_zone() == "America/New_York"
    monkeypatch.setenv("TZ", "nonsense")
    assert zone_of(local_zone())
