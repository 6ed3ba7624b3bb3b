"""The schedule: notebooks that run by themselves, each run once, with a document of each."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from workbench import clock
from workbench.clock import Clock
from workbench.errors import WorkbenchError
from workbench.schedule.cron import Cron
from workbench.schedule.execute import Job, Outcome, execute
from workbench.schedule.table import Run, Runs

__all__ = ["Cron", "Job", "Run", "Runs", "keep", "once"]

_LOOK: Final = 20.0  # seconds; a machine that slept is noticed by the clock, and by that alone
_LONGEST_PAUSE: Final = timedelta(hours=1)

Wait = Callable[[float], bool]
"""Waits so many seconds, and returns whether it was told to stop meanwhile."""


def once(
    job: Job,
    *,
    runs: Runs,
    stop: threading.Event,
    due: datetime | None = None,
    now: Clock = clock.now,
    wait: Wait | None = None,
    has_progress: bool = False,
) -> Run | None:
    """Run a job now, with its retries, and enter it into the table.

    Parameters
    ----------
    job : Job
    runs : Runs
    stop : threading.Event
        Ends it when set.
    due : datetime, optional
        The moment of the cron line that it is run for; no other process then runs it for the
        same.
    now : Clock
    wait : callable, optional
        Waits so many seconds between tries, and returns whether to stop; else by `stop`.
    has_progress : bool
        Show a bar on stderr.

    Returns
    -------
    Run or None
        None if another process runs it at this moment, or has run it for this due time.
    """
    wait = wait or stop.wait
    name = str(job.notebook)
    with runs.claim(job.key, notebook=name, parameters=job.parameters, due=due) as run:
        if run is None:
            return None
        for tried in range(1, job.retries + 2):
            outcome = _attempt(job, stop=stop, now=now, has_progress=has_progress)
            ended = _after(run, outcome, tried, is_last=tried > job.retries, now=now)
            runs.save(ended)
            if ended.state != "running":
                return ended
            pause = min(job.pause * 2 ** (tried - 1), _LONGEST_PAUSE)
            if wait(pause.total_seconds()):
                ended = replace(ended, state="stopped", ended=now())
                runs.save(ended)
                return ended
    raise AssertionError("the last try ends a run")


def _after(run: Run, outcome: Outcome, tried: int, *, is_last: bool, now: Clock) -> Run:
    """Return what a run is after one of its tries."""
    is_over = is_last or outcome.state != "failed"
    return replace(
        run,
        tries=tried,
        state=outcome.state if is_over else "running",
        document=str(outcome.document or ""),
        reason=outcome.reason,
        ended=now() if is_over else None,
    )


def _attempt(job: Job, *, stop: threading.Event, now: Clock, has_progress: bool) -> Outcome:
    """Execute once; what leaves no document is an outcome too."""
    try:
        return execute(job, started=now(), stop=stop, has_progress=has_progress)
    except WorkbenchError as error:
        return Outcome(state="failed", reason=str(error))


def keep(
    job: Job,
    cron: Cron,
    *,
    runs: Runs,
    stop: threading.Event,
    told: Callable[[Run], None],
    say: Callable[[str], None],
    now: Clock = clock.now,
    wait: Wait | None = None,
) -> None:
    """Run a job whenever it is due, until told to stop.

    After a sleep of the machine it is run once for all the times that it missed.

    Parameters
    ----------
    job : Job
    cron : Cron
    runs : Runs
    stop : threading.Event
    told : callable
        Gets each run when it has ended.
    say : callable
        Gets a sentence on what comes next.
    now : Clock
    wait : callable, optional
        Waits so many seconds, and returns whether to stop; else by `stop`.
    """
    wait = wait or stop.wait
    due = cron.next(now())
    say(f"next run: {_words(due, cron)}")
    while True:
        left = (due - now()).total_seconds()
        if left > 0:
            # In short steps: the clock that waits stands still while a machine sleeps.
            if wait(min(math.ceil(left * 1000) / 1000, _LOOK)):
                return
            continue
        latest = cron.last(now()) or due
        if latest > due:
            say(f"due at {_words(due, cron)} and missed; made up for once")
            due = latest
        run = once(job, runs=runs, stop=stop, due=due, now=now, wait=wait)
        if run is None:
            say(f"the run of {_words(due, cron)} is another process's; left to it")
        else:
            told(run)
        if stop.is_set():
            return
        due = cron.next(now())
        say(f"next run: {_words(due, cron)}")


def _words(moment: datetime, cron: Cron) -> str:
    return f"{moment.astimezone(cron.zone):%a %d %b %Y %H:%M} {cron.zone.key}"
