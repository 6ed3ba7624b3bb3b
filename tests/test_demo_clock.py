from datetime import UTC, datetime, timedelta

import pytest

from workbench.demo.clock import ReplayClock
from workbench.errors import SettingError

START = datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_starts_where_it_is_told_and_only_goes_on():
    clock = ReplayClock(START)
    first = clock()
    assert START <= first <= clock()
    assert first.tzinfo is UTC


def test_starts_now_unless_told():
    before = datetime.now(UTC)
    clock = ReplayClock()
    assert before <= clock.start <= clock() + timedelta(seconds=1)


def test_a_fast_clock_outruns_real_time():
    fast, slow = ReplayClock(START, speed=1e6), ReplayClock(START)
    while slow() - START < timedelta(milliseconds=1):
        pass
    assert fast() - START >= timedelta(seconds=1000)


def test_tells_how_long_to_wait_in_real_seconds():
    clock = ReplayClock(START, speed=60)
    assert 9 < clock.until(START + timedelta(minutes=10)) <= 10
    assert clock.until(START - timedelta(minutes=10)) <= -10


@pytest.mark.parametrize("speed", [0, -1, float("inf"), float("nan")])
def test_a_speed_that_cannot_be_is_said(speed):
    with pytest.raises(SettingError, match=r"speed=.* cannot be; give a number above 0"):
        ReplayClock(speed=speed)
