"""Alerts in the store: told once, whoever tells them, and found again."""

from datetime import UTC, datetime, timedelta

import apsw
import pytest

from workbench import store
from workbench.store import Alert, Watch, schema

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def alert(column="acme", *, ago=timedelta(0), **fields):
    told = {
        "deck": "ceo",
        "title": "Acme",
        "at_least": 2,
        "fired": NOW - ago,
        "first": NOW - ago - HOUR / 2,
        "until": NOW - ago + HOUR / 2,
        "n": 2,
        "items": ("x:1", 'x:"2"'),
    }
    return Alert(**told | {"column": column} | fields)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "w.db"


@pytest.fixture
def opened(path):
    with store.open(path, now=lambda: NOW, floor=0) as made:
        yield made


def test_an_alert_is_there_again_when_the_store_is_opened_anew(opened, path):
    assert opened.watched("ceo") is None
    assert opened.fire("ceo", [alert()], seen=None, now=Watch(7, "{}"))
    with store.open(path) as again:
        assert again.watched("ceo") == Watch(7, "{}")
        (found,) = again.alerts()
    assert found == alert(id=found.id)
    assert found.id > 0


def test_of_two_who_have_seen_the_same_only_the_first_tells(opened, path):
    seen = Watch(7, "{}")
    assert opened.fire("ceo", [], seen=None, now=seen)
    with store.open(path) as other:
        assert other.fire("ceo", [alert()], seen=seen, now=Watch(9, "{}"))
    assert not opened.fire("ceo", [alert()], seen=seen, now=Watch(9, "{}"))
    assert len(opened.alerts()) == 1
    assert opened.watched("ceo") == Watch(9, "{}")
    assert not opened.fire("ceo", [alert()], seen=None, now=Watch(9, "{}"))


def test_an_alert_that_changes_stays_one(opened):
    opened.fire("ceo", [alert()], seen=None, now=Watch(1, "a"))
    (before,) = opened.alerts()
    opened.fire("ceo", [before._replace(n=9)], seen=Watch(1, "a"), now=Watch(2, "a"))
    assert [(each.id, each.n) for each in opened.alerts()] == [(before.id, 9)]


def test_alerts_are_asked_for_by_deck_column_and_time_newest_first(opened):
    told = [alert(ago=3 * HOUR), alert("globex", ago=HOUR), alert(ago=2 * HOUR)]
    opened.fire("ceo", told, seen=None, now=Watch(1, ""))
    opened.fire("cfo", [alert("cash")], seen=None, now=Watch(1, ""))
    assert [each.column for each in opened.alerts()] == ["cash", "globex", "acme", "acme"]
    assert [each.fired for each in opened.alerts(deck="ceo", column="acme")] == [
        NOW - 2 * HOUR,
        NOW - 3 * HOUR,
    ]
    # The one of two hours ago was still counted until an hour and a half ago.
    assert len(opened.alerts(deck="ceo", since="90m")) == 2
    assert len(opened.alerts(deck="ceo", since=NOW - HOUR)) == 1
    assert len(opened.alerts(limit=1)) == 1


def test_a_store_from_before_alerts_takes_them_once_it_is_opened(path):
    raw = apsw.Connection(str(path))
    schema.prepare(raw, str(path), schema.STEPS[:3])
    raw.close()
    with store.open(path, floor=0) as opened:
        assert opened.alerts() == []
        assert opened.fire("ceo", [alert()], seen=None, now=Watch(0, ""))
        assert opened.check() == []


def test_the_newest_ten_thousand_of_a_deck_are_kept(opened):
    many = [alert(ago=timedelta(seconds=n)) for n in range(10_002)]
    opened.fire("ceo", many, seen=None, now=Watch(1, ""))
    assert len(opened.alerts(limit=20_000)) == 10_000
    assert opened.alerts(limit=20_000)[-1].fired == NOW - timedelta(seconds=9_999)
