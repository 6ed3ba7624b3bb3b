"""The schedule's clockwork: due times, sleeps, retries, an end; the clock is set by hand."""

import json
import threading
from datetime import UTC, datetime, timedelta

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from workbench.schedule import Cron, Job, Runs, keep, once

START = datetime(2026, 11, 26, 6, 59, 30, tzinfo=UTC)


class Time:
    """A clock that moves on when it is waited for."""

    def __init__(self, *, sleeps=None, until=None):
        self.now = START
        self.stop = threading.Event()
        self.waits = []
        self._sleeps = sleeps or {}
        self._until = until

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)
        # The machine sleeps at this moment: the clock jumps, the wait notices nothing.
        for begin, end in self._sleeps.items():
            if begin <= self.now < end:
                self.now = end
        if self._until and self.now >= self._until:
            self.stop.set()
        return self.stop.is_set()


@pytest.fixture
def job(tmp_path):
    """A notebook that cannot be read, so that a run costs nothing and fails at once."""
    path = tmp_path / "a.ipynb"
    path.write_text("none")
    return Job(notebook=path, folder=tmp_path / "out")


def kept(job, tmp_path, line, time, **more):
    ended, said = [], []
    runs = Runs(tmp_path / "runs.db", now=time)
    clockwork = {"stop": time.stop, "now": time, "wait": time.wait}
    keep(job, Cron(line), runs=runs, told=ended.append, say=said.append, **clockwork, **more)
    return ended, said


def test_it_runs_when_it_is_due_and_says_when_that_is(job, tmp_path):
    time = Time(until=START + timedelta(minutes=3))
    ended, said = kept(job, tmp_path, "* * * * *", time)
    minute = timedelta(minutes=1)
    first = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
    assert [run.due for run in ended] == [first, first + minute, first + 2 * minute]
    assert [run.started - run.due for run in ended] == [timedelta(0)] * 3
    assert said[0] == "next run: Thu 26 Nov 2026 07:00 UTC"
    assert all(run.state == "failed" and "no notebook" in run.reason for run in ended)
    assert max(time.waits) <= 20


def test_after_a_sleep_it_makes_up_for_one_run(job, tmp_path):
    awake = datetime(2026, 11, 30, 9, 12, tzinfo=UTC)
    time = Time(sleeps={START + timedelta(seconds=10): awake}, until=awake + timedelta(days=1))
    ended, said = kept(job, tmp_path, "0 7 * * *", time)
    assert [(run.due, run.started) for run in ended] == [
        (datetime(2026, 11, 30, 7, tzinfo=UTC), awake),
        (datetime(2026, 12, 1, 7, tzinfo=UTC), datetime(2026, 12, 1, 7, tzinfo=UTC)),
    ]
    assert "due at Thu 26 Nov 2026 07:00 UTC and missed; made up for once" in said


def test_two_schedules_of_one_job_run_it_once(job, tmp_path):
    first, _ = kept(job, tmp_path, "0 7 * * *", Time(until=START + timedelta(days=2)))
    second, said = kept(job, tmp_path, "0 7 * * *", Time(until=START + timedelta(days=2)))
    assert (len(first), len(second)) == (2, 0)
    assert "the run of Thu 26 Nov 2026 07:00 UTC is another process's; left to it" in said


def test_it_ends_when_told_while_it_waits(job, tmp_path):
    time = Time()
    time.stop.set()
    ended, said = kept(job, tmp_path, "0 7 * * *", time)
    assert (ended, len(said)) == ([], 1)


def test_a_failing_run_is_tried_again_after_longer_and_longer_pauses(job, tmp_path):
    time = Time()
    runs = Runs(tmp_path / "runs.db", now=time)
    patient = Job(notebook=job.notebook, folder=job.folder, retries=4, pause=timedelta(minutes=20))
    run = once(patient, runs=runs, stop=time.stop, now=time, wait=time.wait)
    assert time.waits == [1200, 2400, 3600, 3600]
    assert (run.state, run.tries, run.ended) == ("failed", 5, START + timedelta(hours=3))
    assert runs.listed() == [run]


def test_one_that_is_told_to_stop_between_tries_stops(job, tmp_path):
    time = Time(until=START)
    runs = Runs(tmp_path / "runs.db", now=time)
    patient = Job(notebook=job.notebook, folder=job.folder, retries=4)
    run = once(patient, runs=runs, stop=time.stop, now=time, wait=time.wait)
    assert (run.state, run.tries) == ("stopped", 1)
    assert "no notebook" in run.reason


def test_jobs_differ_by_notebook_and_parameters_alone(tmp_path):
    path = tmp_path / "a.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1")]), path)

    def key(**more):
        return Job(**({"notebook": path, "folder": tmp_path} | more)).key

    assert key() == key(folder=tmp_path / "else", retries=3)
    assert key() == key(notebook=tmp_path / "x" / ".." / "a.ipynb")
    assert key(parameters={"a": 1, "b": 2}) == key(parameters=json.loads('{"b": 2, "a": 1}'))
    keys = {key(), key(parameters={"a": 1}), key(parameters={"a": "1"}), key(notebook=tmp_path)}
    assert len(keys) == 4
    assert key(parameters={"a": "\ud800"})


def test_a_document_that_cannot_be_written_ends_its_run_and_names_the_notebook_that_is_kept(job):
    nbformat.write(new_notebook(cells=[new_code_cell("1")]), job.notebook)
    job.folder.mkdir()
    taken = job.folder / f"{job.notebook.stem}-2026-11-26-065930.html.part"
    taken.mkdir()
    time = Time()
    runs = Runs(job.folder / "runs.db", now=time)
    run = once(job, runs=runs, stop=time.stop, now=time)
    assert run.state == "failed"
    assert "cannot be written" in run.reason
    assert taken.with_suffix("").with_suffix(".ipynb").name in run.reason
    assert [each.state for each in runs.listed()] == ["failed"]
