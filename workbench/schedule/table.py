"""The table of runs: which there were, how they ended, and where their documents lie."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

import apsw

from workbench import clock, locks
from workbench.clock import Clock, from_micros, to_micros
from workbench.errors import StoreError

__all__ = ["Run", "Runs", "State", "default_path"]

State = Literal["running", "done", "failed", "stopped", "lost"]

_KEPT: Final = 2_000  # rows; older ones go
_BUSY_MILLIS: Final = 10_000
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY,
    job TEXT NOT NULL,
    notebook TEXT NOT NULL,
    parameters TEXT NOT NULL,
    due INTEGER,
    started INTEGER NOT NULL,
    ended INTEGER,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL,
    document TEXT NOT NULL,
    reason TEXT NOT NULL,
    process INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS runs_due ON runs (job, due) WHERE due IS NOT NULL;
"""
_ENTER: Final = """
INSERT INTO runs
    (job, notebook, parameters, due, started, state, tries, document, reason, process)
VALUES (?, ?, ?, ?, ?, 'running', 0, '', '', ?)
ON CONFLICT DO NOTHING
"""
_LOST: Final = "its process ended without a word"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a notebook.

    Attributes
    ----------
    id : int
    job : str
        What its lock hangs on: the notebook and its parameters.
    notebook : str
        Path of the notebook.
    parameters : Mapping
    due : datetime or None
        The moment of the cron line, UTC; None if it was asked for by hand.
    started, ended : datetime or None
        UTC.
    state : {"running", "done", "failed", "stopped", "lost"}
        Lost means that its process ended without a word.
    tries : int
    document : str
        Path of the HTML file; empty while there is none.
    reason : str
        Why it failed or was stopped.
    process : int
        Number of the process that runs it.
    """

    id: int
    job: str
    notebook: str
    parameters: Mapping[str, Any]
    due: datetime | None
    started: datetime
    ended: datetime | None
    state: State
    tries: int
    document: str
    reason: str
    process: int


_COLUMNS: Final = ", ".join(field.name for field in fields(Run))


def _run(row: tuple[Any, ...]) -> Run:
    values = dict(zip((field.name for field in fields(Run)), row, strict=True))
    values["parameters"] = json.loads(values["parameters"])
    for name in ("due", "started", "ended"):
        values[name] = None if values[name] is None else from_micros(values[name])
    return Run(**values)


def default_path() -> Path:
    """Return where the table lies: ``runs.db`` in the user's data folder."""
    from platformdirs import user_data_path

    return user_data_path("workbench", appauthor=False) / "runs.db"


class Runs:
    """The table of runs, shared by any number of processes.

    Parameters
    ----------
    path : Path, optional
        Its file, made if missing; else ``runs.db`` in the user's data folder.
    now : Clock

    Raises
    ------
    StoreError
        If the file cannot be opened.
    """

    def __init__(self, path: Path | None = None, *, now: Clock = clock.now) -> None:
        self.path = path or default_path()
        self._now = now
        with self._connection() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(_SCHEMA)

    @contextmanager
    def _connection(self) -> Iterator[apsw.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = apsw.Connection(str(self.path))
            try:
                connection.set_busy_timeout(_BUSY_MILLIS)
                yield connection
            finally:
                connection.close()
        except (apsw.Error, OSError) as error:
            raise StoreError(
                f"the table of runs {self.path} cannot be used ({error}); look whether its folder "
                "may be written, or move the file away"
            ) from error

    def _lock(self, job: str) -> Path:
        return self.path.parent / "locks" / f"{job}.lock"

    @contextmanager
    def claim(
        self, job: str, *, notebook: str, parameters: Mapping[str, Any], due: datetime | None
    ) -> Iterator[Run | None]:
        """Enter a run, for as long as the block lasts; None if another has it.

        Another process that runs the same job at this moment has it, and so has one that has
        run it for the same due time already.
        """
        with locks.taken(self._lock(job)) as got:
            yield self._enter(job, notebook, parameters, due) if got else None

    def _enter(
        self, job: str, notebook: str, parameters: Mapping[str, Any], due: datetime | None
    ) -> Run | None:
        moment = to_micros(self._now())
        with self._connection() as connection:
            # Whoever has the lock knows that no other is at work on this job.
            connection.execute(
                "UPDATE runs SET state = 'lost', reason = ?, ended = coalesce(ended, started)"
                " WHERE job = ? AND state = 'running'",
                (_LOST, job),
            )
            entered = connection.execute(
                f"{_ENTER} RETURNING {_COLUMNS}",
                (
                    job,
                    notebook,
                    json.dumps(parameters),
                    None if due is None else to_micros(due),
                    moment,
                    os.getpid(),
                ),
            ).fetchall()
            connection.execute(
                "DELETE FROM runs WHERE id <= (SELECT max(id) FROM runs) - ?", (_KEPT,)
            )
        return _run(entered[0]) if entered else None

    def save(self, run: Run) -> None:
        """Write what has become of a run."""
        with self._connection() as connection:
            connection.execute(
                "UPDATE runs SET ended = ?, state = ?, tries = ?, document = ?, reason = ?"
                " WHERE id = ?",
                (
                    None if run.ended is None else to_micros(run.ended),
                    run.state,
                    run.tries,
                    run.document,
                    run.reason,
                    run.id,
                ),
            )

    def running(self, job: str) -> Run | None:
        """Return the run of a job that is under way, if there is one."""
        return next((r for r in self.listed() if r.job == job and r.state == "running"), None)

    def listed(self, limit: int = _KEPT) -> list[Run]:
        """Return the runs, newest first; one whose process is gone is said to be lost."""
        with self._connection() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM runs ORDER BY id DESC LIMIT ?",  # noqa: S608 - names of ours
                (limit,),
            ).fetchall()
        return [self._seen(_run(row)) for row in rows]

    def _seen(self, run: Run) -> Run:
        if run.state != "running" or locks.is_held(self._lock(run.job)):
            return run
        return replace(run, state="lost", reason=_LOST)
