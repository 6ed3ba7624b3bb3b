from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.clock import from_micros, moment, now, span, to_micros
from workbench.errors import SettingError

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@given(st.integers(min_value=-(10**16), max_value=10**16))
def test_microseconds_carry_every_moment_exactly(micros):
    assert to_micros(from_micros(micros)) == micros


def test_now_is_aware():
    assert now().tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("5m", 300), ("24h", 86400), ("7d", 604800), (" 2 W ", 1209600)],
)
def test_spans_are_read(text, seconds):
    assert span(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "h", "1y", "-3h", "3.5h", "999999999w"])
def test_what_is_no_span_is_refused(text):
    with pytest.raises(SettingError, match=r"span|longer"):
        span(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("24h", NOON - timedelta(days=1)),
        (timedelta(hours=1), NOON - timedelta(hours=1)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        (date(2026, 11, 20), datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T10:00:00+02:00", datetime(2026, 11, 20, 8, tzinfo=UTC)),
        (NOON, NOON),
    ],
)
def test_moments_are_read(value, expected):
    assert moment(value, at=NOON) == expected


def test_a_moment_without_zone_is_in_the_zone_given():
    assert moment("2026-11-20T10:00", at=NOON, zone="Europe/Berlin").hour == 9


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "150000w"]
)
def test_a_moment_beyond_all_years_is_refused(text):
    with pytest.raises(SettingError, match="outside of the years"):
        moment(text, at=datetime(2026, 11, 22, tzinfo=UTC))


def test_what_is_no_moment_is_refused_with_the_remedy():
    with pytest.raises(SettingError, match=r"'yesterday' is neither.*write 2026-11-22"):
        moment("yesterday", at=NOON)
