from datetime import UTC, datetime

import pytest

from workbench.demo.timeline import Reel, Timeline

S = 1_000_000
# History at 10 s and 20 s; the live part, 30 s to 40 s, holds 30, 33 and 39. Shown 1000 s later.
REEL = Reel(0, 30 * S, 40 * S, 1000 * S)
TIMES = [10 * S, 20 * S, 30 * S, 33 * S, 39 * S]


def played(count, start=0):
    timeline = Timeline(TIMES, REEL)
    places = [timeline.place(number) for number in range(start, start + count)]
    return [timeline.time(*place) // S for place in places]


def test_the_live_part_is_played_again_and_again():
    assert played(11) == [1010, 1020, 1030, 1033, 1039, 1040, 1043, 1049, 1050, 1053, 1059]


@pytest.mark.parametrize(
    ("at", "number"),
    [(0, 0), (1010, 0), (1011, 1), (1039, 4), (1040, 5), (1041, 6), (1049, 7), (1050, 8)],
)
def test_a_moment_leads_to_what_happens_at_or_after_it(at, number):
    assert Timeline(TIMES, REEL).before(at * S) == number


def test_numbers_and_moments_agree_far_out():
    timeline = Timeline(TIMES, REEL)
    for number in range(3000):
        assert timeline.before(timeline.time(*timeline.place(number))) == number


def test_without_a_live_part_it_ends():
    timeline = Timeline([10 * S, 20 * S], REEL)
    assert timeline.place(1) == (0, 1)
    assert timeline.place(2) is None
    assert timeline.place(-1) is None
    assert timeline.before(9999 * S) == 2


def test_nothing_at_all():
    assert Timeline([], REEL).before(9999 * S) == 0
    assert Timeline([], REEL).place(0) is None


def test_what_lies_at_or_after_the_end_is_left_out():
    timeline = Timeline([*TIMES, 40 * S, 99 * S], REEL)
    assert [timeline.place(number) for number in (4, 5)] == [(0, 4), (1, 2)]


def test_the_live_part_begins_at_the_whole_second_before():
    reel = Reel.aligned(0, 30 * S, 40 * S, at=1_700_000_000_700_000)
    assert reel.shown(30 * S) == datetime.fromtimestamp(1_700_000_000, UTC)
    assert reel.offset % S == 0
    assert reel.lap == 10 * S
