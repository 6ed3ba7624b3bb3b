"""Small writes of many threads, put into one transaction: most of each is waiting for the disk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import apsw

__all__ = ["Together"]


class _Job:
    def __init__(self, work: Callable[[apsw.Connection], None]) -> None:
        self.work = work
        self.is_done = False
        self.error: BaseException | None = None


class Together:
    """Does what several threads ask at the same time in one transaction.

    Parameters
    ----------
    begin : callable
        Gives a connection inside a transaction.
    """

    def __init__(self, begin: Callable[[], AbstractContextManager[apsw.Connection]]) -> None:
        self._begin = begin
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._waiting: list[_Job] = []

    def write(self, work: Callable[[apsw.Connection], None]) -> None:
        """Do some work; return when it is on disk.

        While one transaction is under way others wait, and the next to come takes them all.

        Raises
        ------
        Exception
            What this work itself came to; others' mistakes touch it not.
        """
        job = _Job(work)
        with self._lock:
            self._waiting.append(job)
        with self._turn:
            if not job.is_done:
                with self._lock:
                    jobs, self._waiting = self._waiting, []
                self._do(jobs)
        if job.error is not None:
            raise job.error

    def _do(self, jobs: list[_Job]) -> None:
        try:
            with self._begin() as connection:
                for job in jobs:
                    job.work(connection)
        except BaseException as error:  # noqa: BLE001 - whoever asked gets it
            if len(jobs) == 1:
                jobs[0].error = error
                jobs[0].is_done = True
                return
            for job in jobs:  # one of them is at fault
                self._do([job])
        for job in jobs:
            job.is_done = True
