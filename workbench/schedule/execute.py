"""One execution of a notebook: two files, whether it goes well or not."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from workbench import documents
from workbench.errors import RunError
from workbench.schedule import export, parameters
from workbench.schedule.cron import zone_of
from workbench.schedule.table import State

__all__ = ["Job", "Outcome", "execute"]

_START: Final = 60  # seconds for a kernel to be there


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be run, and how.

    Attributes
    ----------
    notebook : Path
    folder : Path
        Where its documents go; made if missing.
    parameters : Mapping
    zone : str
        In which the documents are dated.
    timeout : timedelta
        What one try may take.
    retries : int
        Further tries after one that failed.
    pause : timedelta
        Before the second try; doubled before each further one, up to an hour.
    """

    notebook: Path
    folder: Path
    parameters: Mapping[str, Any] = field(default_factory=dict)
    zone: str = "UTC"
    timeout: timedelta = timedelta(hours=1)
    retries: int = 0
    pause: timedelta = timedelta(seconds=30)

    @property
    def key(self) -> str:
        """What its lock hangs on: the notebook's file and the parameters."""
        told = json.dumps([os.path.realpath(self.notebook), self.parameters], sort_keys=True)
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:24]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one execution.

    Attributes
    ----------
    state : {"done", "failed", "stopped"}
    document : Path or None
        The HTML file; the notebook lies beside it.
    reason : str
        Why it failed or was stopped.
    """

    state: State
    document: Path | None = None
    reason: str = ""


def execute(
    job: Job, *, started: datetime, stop: threading.Event, has_progress: bool = False
) -> Outcome:
    """Run a notebook once and leave its documents.

    They are ``<notebook>-<date>-<time>.ipynb`` and ``.html`` in the job's folder. Where a cell
    fails they end there, and it is marked in both.

    Parameters
    ----------
    job : Job
    started : datetime
        The moment that dates the documents.
    stop : threading.Event
        Ends the run when it is set.
    has_progress : bool
        Show a bar on stderr.

    Raises
    ------
    RunError
        If no document could be left: a notebook that cannot be read, a folder that cannot be
        written.
    """
    # Takes a second to import.
    from papermill import execute_notebook
    from papermill.exceptions import PapermillExecutionError

    from workbench.schedule.engine import ENGINE, Watch

    notebook = parameters.load(job.notebook)
    parameters.check(notebook, job.parameters, path=job.notebook)
    path = _free(job, zone_of(job.zone), started)
    watch = Watch(job.timeout.total_seconds(), stop)
    state: State = "done"
    reason = ""
    try:
        execute_notebook(
            _literal(job.notebook),
            _literal(path),
            parameters=dict(job.parameters),
            kernel_name=notebook.metadata.kernelspec["name"],
            language=notebook.metadata.kernelspec["language"],
            engine_name=ENGINE,
            progress_bar=has_progress,
            start_timeout=_START,
            watch=watch,
        )
    except PapermillExecutionError as error:
        state = "stopped" if watch.is_stopped else "failed"
        reason = watch.reason or f"{error.ename}: {error.evalue}"
        reason = f"cell {error.exec_count}: {reason}"
    except OSError as error:
        raise RunError(
            f"{job.folder}: the document cannot be written ({error.strerror or error}); make room, "
            "or name another folder with --to"
        ) from error
    except Exception as error:  # noqa: BLE001 - whatever a kernel's start can raise
        state = "stopped" if watch.is_stopped else "failed"
        reason = watch.reason or f"its kernel could not be started: {error or type(error).__name__}"
    return Outcome(state=state, document=_publish(job, path, started, reason), reason=reason)


def _literal(path: Path) -> str:
    """Return a path in which papermill finds no placeholder, and no address of a network."""
    return str(path.absolute()).replace("{", "{{").replace("}", "}}")


def _shown(value: Any) -> Any:
    """Return a value as others may read it: of a path only its name."""
    return Path(value).name if isinstance(value, str) and Path(value).is_absolute() else value


def _deck(job: Job, notebook: Any) -> str:
    """Return the name of the deck that a document is about, by the parameter of that name."""
    told = job.parameters.get("deck", parameters.defaults(notebook).get("deck", ""))
    name = Path(str(told))
    return name.stem if name.suffix in {".yaml", ".yml"} else str(told)


def _free(job: Job, zone: ZoneInfo, started: datetime) -> Path:
    """Take a name for the documents that no other run has."""
    stem = f"{job.notebook.stem}-{started.astimezone(zone):%Y-%m-%d-%H%M%S}"
    try:
        job.folder.mkdir(parents=True, exist_ok=True)
        for n in itertools.count(1):
            path = job.folder / f"{stem}{f'-{n}' if n > 1 else ''}.ipynb"
            try:
                path.touch(exist_ok=False)
            except FileExistsError:
                continue
            return path
    except OSError as error:
        raise RunError(
            f"{job.folder}: no document can be written there ({error.strerror}); "
            "name another folder with --to"
        ) from error
    raise AssertionError("there is always a further number")


def _publish(job: Job, path: Path, started: datetime, reason: str) -> Path | None:
    """Write the HTML beside the notebook, whole or not at all."""
    import nbformat

    if not path.stat().st_size:
        path.unlink()
        return None
    notebook = nbformat.reads(path.read_text("utf-8"), as_version=4)
    there = started.astimezone(zone_of(job.zone))
    given = ", ".join(f"{name} = {_shown(value)!r}" for name, value in job.parameters.items())
    foot = f"Run of {job.notebook.name}, {there.day} {there:%B %Y, %H:%M} ({job.zone})"
    mark = documents.mark(
        notebook=job.notebook.stem,
        deck=_deck(job, notebook),
        made=started,
        is_failed=bool(reason),
    )
    foot = f"{foot}, with {given}." if given else f"{foot}."
    try:
        html = export.to_html(notebook, name=path.name, mark=mark, foot=foot, failure=reason)
    except Exception as error:
        # What a notebook shows is anybody's: nothing in it may leave the run without an end.
        raise RunError(f"{path} could not be made into HTML ({error}); it is kept") from error
    target = path.with_suffix(".html")
    part = path.with_suffix(".html.part")
    try:
        part.write_text(html, "utf-8", "replace")
        part.replace(target)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise RunError(
            f"{target} cannot be written ({error.strerror or error}); make room, or name another "
            f"folder with --to. Its notebook is {path}"
        ) from error
    return target
