"""Who collects a source: one at a time, whatever becomes of the others."""

import os
import subprocess
import sys
from datetime import timedelta

import apsw
import pytest

from workbench import store
from workbench.store import schema

SPAN = timedelta(seconds=20)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "s.db"


@pytest.fixture
def opened(path):
    with store.open(path, floor=0) as made:
        yield made


def held(opened):
    return {(lease.source, lease.holder): lease.is_held for lease in opened.leases()}


def edit(path, change, *values):
    """Change a lease as if another process, machine or time had written it."""
    raw = apsw.Connection(str(path))
    raw.execute(f"UPDATE leases SET {change}", values)
    raw.close()


def test_the_first_has_a_source_and_the_next_waits_until_it_is_given_up(opened):
    assert opened.claim(["a", "b"], "one", span=SPAN) == {}
    others = opened.claim(["b", "c"], "two", span=SPAN)
    assert {source: lease.holder for source, lease in others.items()} == {"b": "one"}
    assert others["b"].process == os.getpid()
    assert held(opened) == {
        ("a", "one"): True,
        ("b", "one"): True,
        ("b", "two"): False,
        ("c", "two"): True,
    }
    assert opened.claim(["a", "b"], "one", span=SPAN) == {}
    opened.release("one")
    assert held(opened) == {("b", "two"): False, ("c", "two"): True}
    assert opened.claim(["b", "c"], "two", span=SPAN) == {}
    assert held(opened) == {("b", "two"): True, ("c", "two"): True}


def test_what_is_no_longer_asked_for_is_free(opened):
    opened.claim(["a", "b"], "one", span=SPAN)
    opened.claim(["b"], "one", span=SPAN)
    assert opened.claim(["a"], "two", span=SPAN) == {}


def test_renewing_keeps_since_when_it_is_held(opened):
    opened.claim(["a"], "one", span=SPAN)
    (before,) = opened.leases()
    opened.claim(["a"], "one", span=2 * SPAN)
    (after,) = opened.leases()
    assert after.since == before.since
    assert after.until - before.until >= SPAN


def test_who_is_silent_too_long_loses_it_and_waits_when_it_comes_back(opened):
    opened.claim(["a"], "one", span=timedelta(0))
    assert opened.leases() == []
    assert opened.claim(["a"], "two", span=SPAN) == {}
    assert opened.claim(["a"], "one", span=SPAN)["a"].holder == "two"


def test_who_has_died_loses_it_at_once(opened, path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    opened.claim(["a"], "one", span=SPAN)
    edit(path, "process = ?", ended.pid)
    assert opened.leases() == []
    assert opened.claim(["a"], "two", span=SPAN) == {}


def test_of_another_machine_only_silence_says_that_it_has_died(opened, path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    opened.claim(["a"], "one", span=SPAN)
    edit(path, "process = ?, place = 'elsewhere'", ended.pid)
    assert opened.claim(["a"], "two", span=SPAN)["a"].place == "elsewhere"
    edit(path, "until = 0 WHERE holder = 'one'")
    assert opened.claim(["a"], "two", span=SPAN) == {}


def test_processes_that_ask_together_never_both_have_it(path):
    with store.open(path, floor=0):
        pass
    code = (
        "import sys; from datetime import timedelta; from workbench import store\n"
        "with store.open(sys.argv[1], floor=0) as opened:\n"
        "    print(len(opened.claim(['a'], sys.argv[2], span=timedelta(minutes=9))), flush=True)\n"
        "    sys.stdin.read()"
    )
    asking = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(path), str(n)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(3)
    ]
    try:
        assert sorted(int(each.stdout.readline()) for each in asking) == [0, 1, 1]
    finally:
        for each in asking:
            each.communicate()


def test_a_store_from_before_leases_takes_them(path):
    at = schema.STEPS.index(next(s for s in schema.STEPS if "leases" in s.__code__.co_names))
    raw = apsw.Connection(str(path))
    schema.prepare(raw, str(path), schema.STEPS[:at])
    raw.close()
    with store.open(path, floor=0) as opened:
        assert opened.claim(["a"], "one", span=SPAN) == {}
        assert opened.check() == []
