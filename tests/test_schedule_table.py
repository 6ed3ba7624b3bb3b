"""The table of runs and its lock, shared by processes."""

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from workbench.errors import StoreError
from workbench.schedule.table import Runs, default_path

NOW = datetime(2026, 11, 26, 7, tzinfo=UTC)
HOLD = """
import sys, time
from pathlib import Path
from workbench.schedule.table import Runs
with Runs(Path(sys.argv[1])).claim("job", notebook="n", parameters={}, due=None) as run:
    print(run is not None, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def runs(tmp_path):
    return Runs(tmp_path / "runs.db", now=lambda: NOW)


def claim(runs, *, job="job", due=None, parameters=None):
    return runs.claim(job, notebook="/n.ipynb", parameters=parameters or {}, due=due)


def hold(path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "True\n"
    return holder


def end(holder):
    holder.send_signal(signal.SIGKILL)
    holder.communicate()


def test_a_run_is_entered_and_saved(runs):
    given = {"q": 'it\'s "q"\nand more', "n": 3}
    with claim(runs, parameters=given) as run:
        assert (run.state, run.tries, run.due, run.started) == ("running", 0, None, NOW)
        assert runs.running("job") == run
        ended = replace(run, state="done", tries=1, document="/d.html", ended=NOW)
        runs.save(ended)
    assert runs.listed() == [ended]
    assert runs.listed()[0].parameters == given
    assert runs.running("job") is None


def test_the_same_due_time_is_run_once(runs):
    with claim(runs, due=NOW) as run:
        runs.save(replace(run, state="failed"))
    with claim(runs, due=NOW) as again:
        assert again is None
    with claim(runs, due=NOW + timedelta(minutes=1)) as later:
        assert later is not None
    with claim(runs, job="other", due=NOW) as other:
        assert other is not None
    with claim(runs) as by_hand, claim(runs, job="other") as by_hand_too:
        assert by_hand is not None
        assert by_hand_too is not None


def test_while_one_process_runs_it_another_does_not(runs):
    holder = hold(runs.path)
    try:
        with claim(runs) as refused:
            assert refused is None
        with claim(runs, job="other") as other:
            assert other is not None
        assert runs.running("job").process == holder.pid
    finally:
        end(holder)


def test_what_a_dead_process_held_is_taken_over(runs):
    end(hold(runs.path))
    assert runs.running("job") is None
    (lost,) = runs.listed()
    assert (lost.state, lost.reason) == ("lost", "its process ended without a word")
    with claim(runs) as run:
        assert run is not None
        assert [each.state for each in runs.listed()] == ["running", "lost"]


def test_looking_at_the_table_takes_no_lock_away(runs):
    for _ in range(50):
        with claim(runs) as run:
            assert [each.state for each in runs.listed(1)] == ["running"]
            runs.save(replace(run, state="done"))


def test_it_does_not_grow_for_ever(runs, monkeypatch):
    monkeypatch.setattr("workbench.schedule.table._KEPT", 3)
    for n in range(6):
        with claim(runs, parameters={"n": n}) as run:
            runs.save(replace(run, state="done"))
    assert [each.parameters["n"] for each in runs.listed(100)] == [5, 4, 3]


def test_a_file_that_is_none_is_named_with_the_remedy(tmp_path):
    path = tmp_path / "runs.db"
    path.write_text("no database at all, but long enough to be taken for one" * 40)
    with pytest.raises(StoreError, match=r"runs\.db cannot be used .*move the file away"):
        Runs(path)


def test_it_lies_among_the_users_data(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_path() == tmp_path / "workbench" / "runs.db"
