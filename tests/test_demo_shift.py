import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from recording import micros_of, tid

from workbench.demo.shift import EventShift, made_keys, read_stamp, shift_stamp, shift_tid

HOUR = 3_600_000_000
DAY = 24 * HOUR


T0 = 1_795_000_000_000_000


def post(when, did="did:plc:anna", **record):
    body = {
        "did": did,
        "time_us": when,
        "kind": "commit",
        "commit": {
            "rev": tid(when, 1),
            "operation": "create",
            "collection": "app.bsky.feed.post",
            "rkey": tid(when - 400_000),
            "record": {"$type": "app.bsky.feed.post", "text": "Hello", **record},
            "cid": "bafyreiaaaa",
        },
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def test_a_key_moves_by_its_time_and_keeps_its_clock():
    moved = shift_tid(tid(T0, 77).encode(), DAY + 1).decode()
    assert micros_of(moved) == (T0 + DAY + 1, 77)


def test_different_keys_stay_different_and_in_order():
    seeded = random.Random(7)
    keys = {tid(T0 + seeded.randrange(DAY), seeded.randrange(1024)) for _ in range(5000)}
    keys |= {tid(T0 + near, clock) for near in range(20) for clock in range(20)}
    moved = [shift_tid(key.encode(), 123 * HOUR) for key in sorted(keys)]
    assert len(set(moved)) == len(keys)
    assert moved == sorted(moved)


def test_a_key_that_cannot_move_stays():
    assert shift_tid(b"2222222222222", -HOUR) == b"2222222222222"
    assert shift_tid(b"jzzzzzzzzzzzz", HOUR) == b"jzzzzzzzzzzzz"


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("Mon, 16 Nov 2026 23:30:00 GMT", "Tue, 17 Nov 2026 01:30:30 GMT"),
        ("Mon, 16 Nov 2026 23:30 GMT", "Tue, 17 Nov 2026 01:30 GMT"),
        ("16 Nov 2026 09:30:00 +0900", "16 Nov 2026 11:30:30 +0900"),
        ("Thu, 31 Dec 2026 23:00:00 EST", "Fri, 01 Jan 2027 01:00:30 EST"),
        ("\n 2026-11-16T23:30:00.123456789Z ", "\n 2026-11-17T01:30:30.123456789Z "),
        ("2026-11-16T23:30:00-05:00", "2026-11-17T01:30:30-05:00"),
        ("2026-11-16 23:30", "2026-11-17 01:30"),
        ("yesterday", "yesterday"),
        ("", ""),
        ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
        ("Mon, 99 Nov 2026 23:30:00 GMT", "Mon, 99 Nov 2026 23:30:00 GMT"),
    ],
)
def test_a_written_time_moves_in_its_own_form(stamp, expected):
    assert shift_stamp(stamp, timedelta(hours=2, seconds=30)) == expected


def test_a_written_time_is_read_with_its_zone():
    assert read_stamp("Mon, 16 Nov 2026 09:30:00 +0900") == datetime(
        2026, 11, 16, 0, 30, tzinfo=UTC
    )
    assert read_stamp("2026-11-16T09:30:00") == datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
    assert read_stamp(" 2026-11-16T09:30:00Z\n") == datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
    assert read_stamp("0001-01-01T00:00:00+14:00") is None
    assert read_stamp("soon") is None


def test_an_event_moves_whole_and_nothing_else_changes():
    event = post(
        T0,
        createdAt="2026-11-18T05:06:39.6001Z",
        text='um {"time_us":5} 語 at 2026-11-18T05:06:39Z',
        reply={"parent": {"uri": f"at://did:plc:bo/app.bsky.feed.post/{tid(T0 - HOUR)}"}},
    )
    expected = post(
        T0 + DAY,
        createdAt="2026-11-19T05:06:39.6001Z",
        text='um {"time_us":5} 語 at 2026-11-18T05:06:39Z',
        reply={"parent": {"uri": f"at://did:plc:bo/app.bsky.feed.post/{tid(T0 + 23 * HOUR)}"}},
    )
    assert EventShift(DAY)(event) == expected


def test_without_an_offset_the_bytes_are_the_same():
    assert EventShift(0)(b'{"time_us": "not ours"}') == b'{"time_us": "not ours"}'


def test_bad_times_and_keys_that_are_none_pass():
    event = (
        b'{"did":"x","time_us":1795000000000000,"commit":{"rkey":"self","rev":"short",'
        b'"record":{"createdAt":"0000-00-00T00:00:00Z","url":"at://d/app.bsky.feed.post/nokey"}}}'
    )
    assert EventShift(DAY)(event) == event.replace(b"1795000000000000", b"1795086400000000")


def test_a_later_lap_makes_new_posts_and_keeps_what_is_older():
    ours = tid(T0 - 400_000)
    older = tid(T0 - DAY)
    like_of = "at://did:plc:anna/app.bsky.feed.post/"
    event = post(T0, subject=[like_of + ours, like_of + older])
    shift = EventShift(DAY, lap=6 * HOUR, again=made_keys([event]))
    texts = [shift(event, lap).decode() for lap in range(3)]
    for lap, text in enumerate(texts):
        own = tid(T0 - 400_000 + DAY + lap * 6 * HOUR)
        assert f'"rkey":"{own}"' in text
        assert f'"{like_of}{own}"' in text
        assert f'"{like_of}{tid(T0)}"' in text
        assert f'"time_us":{T0 + DAY + lap * 6 * HOUR}' in text
    assert len(set(texts)) == 3


def test_a_later_edit_of_an_older_post_keeps_its_key_and_its_day():
    stamp = "2026-11-17T00:00:00Z"
    event = post(T0, createdAt=stamp).replace(b'"create"', b'"update"')
    event = event.replace(tid(T0 - 400_000).encode(), tid(T0 - DAY).encode())
    moved = json.loads(EventShift(DAY, lap=6 * HOUR)(event, 2))
    assert moved["time_us"] == T0 + DAY + 12 * HOUR
    assert moved["commit"]["rkey"] == tid(T0)
    assert moved["commit"]["rev"] == tid(T0 + DAY + 12 * HOUR, 1)
    assert moved["commit"]["record"]["createdAt"] == "2026-11-18T00:00:00Z"


def test_only_creations_make_keys():
    made = post(T0)
    edited = post(T0 + 1).replace(b'"create"', b'"update"')
    assert made_keys([made, edited, b'{"kind":"identity"}']) == {tid(T0 - 400_000).encode()}


def test_an_offset_with_a_fraction_of_a_second_is_refused():
    with pytest.raises(ValueError, match="must be whole seconds"):
        EventShift(1)
