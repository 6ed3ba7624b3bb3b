"""The list of what is kept of a source, and what of it is to be looked at again."""

from datetime import UTC, datetime, timedelta

import pytest

from workbench.collectors.ledger import Ledger, Seen

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def filled(count, size=50_000):
    ledger = Ledger(size)
    for number in range(count):
        ledger.meet(
            [Seen(str(number), f"key {number}", NOON + number * HOUR)], NOON + number * HOUR
        )
        ledger.keep([f"key {number}"])
        ledger.settle()
    return ledger


def due(ledger, now, most=10):
    found = ledger.due(now, least=HOUR, oldest=24 * HOUR, most=most)
    return [seen.id for seen in found]


def test_what_is_met_is_known_until_it_turns_out_not_to_be_kept():
    ledger = Ledger()
    ledger.meet([Seen("1", "a", NOON), Seen("2", "b", NOON)], NOON)
    assert (ledger["1"], ledger.get("2"), ledger.get("3")) == ("a", "b", None)
    ledger.keep(["b", "unheard of"])
    assert (list(ledger), len(ledger)) == (["2", "1"], 2)
    ledger.settle()
    assert dict(ledger) == {"2": "b"}
    ledger.drop("2")
    ledger.drop("2")
    assert dict(ledger) == {}
    with pytest.raises(KeyError):
        ledger["2"]


def test_the_longest_not_looked_at_is_due_first():
    ledger = filled(4)
    assert due(ledger, NOON + 3 * HOUR) == ["0", "1", "2"]
    ledger.look(["0", "none"], NOON + 3 * HOUR)
    assert due(ledger, NOON + 4 * HOUR, most=3) == ["1", "2", "0"]
    assert due(ledger, NOON + 26 * HOUR) == ["2", "3"]


def test_what_is_met_again_is_not_thereby_looked_at():
    ledger = filled(2)
    ledger.meet([Seen("0", "key 0", NOON)], NOON + 5 * HOUR)
    ledger.keep(["key 0"])
    assert due(ledger, NOON + 5 * HOUR) == ["0", "1"]


def test_the_longest_unseen_go_first_when_there_is_no_room():
    assert list(filled(5, size=3)) == ["2", "3", "4"]


def test_the_newest_thousand_are_saved_and_loaded():
    ledger = filled(1_200)
    fresh = Ledger()
    fresh.load(ledger.save())
    assert list(fresh) == [str(number) for number in range(200, 1_200)]
    assert fresh.save() == ledger.save()
    # Who knows more already forgets nothing.
    ledger.load([])
    assert len(ledger) == 1_200


@pytest.mark.parametrize("entries", [None, "x", 7, {"a": 1}, [None, [], [1, 2, 3, 4], ["a", "b"]]])
def test_nonsense_is_not_loaded(entries):
    ledger = Ledger()
    ledger.load(entries)
    assert len(ledger) == 0
