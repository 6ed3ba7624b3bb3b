"""What the explorer's controls amount to: one query."""

from datetime import date

import pytest

from workbench.widgets.asked import Asked


@pytest.mark.parametrize(
    ("asked", "standing", "whole"),
    [
        (Asked(), "", "within_time:7d"),
        (Asked(query=" a OR b "), "a OR b", "(a OR b) within_time:7d"),
        (Asked(query="a OR b", tier="wire"), "(a OR b) tier:wire", None),
        (Asked(source="feeds"), "source:feeds", "(source:feeds) within_time:7d"),
        (
            Asked(query="a", window="dates", start=date(2026, 11, 1), end=date(2026, 11, 2)),
            "a",
            "(a) since:2026-11-01 until:2026-11-03",
        ),
    ],
)
def test_what_is_asked_as_a_query(asked, standing, whole):
    assert asked.standing == standing
    assert whole is None or asked.whole == whole
