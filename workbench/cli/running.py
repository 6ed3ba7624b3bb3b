"""Commands that run notebooks: run, brief."""

from __future__ import annotations

import logging
import sys
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbench import clock, documents
from workbench.cli import options
from workbench.cli.asking import as_line
from workbench.cli.common import stopping
from workbench.cli.logs import log_to_stderr
from workbench.cli.text import clean, table, when
from workbench.errors import RunError, SettingError

if TYPE_CHECKING:
    from workbench.schedule import Job, Run, Runs

__all__ = ["brief", "run"]

_log = logging.getLogger("workbench.schedule")


class _Span(click.ParamType[timedelta]):
    """A span such as 30s, 10m or 2h."""

    name = "span"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        try:
            span = clock.span(value)
        except SettingError as error:
            self.fail(str(error), param, ctx)
        if not span:
            self.fail("it must be longer than nothing", param, ctx)
        return span


_RUNNING = (
    click.option(
        "--every",
        metavar="CRON",
        help='When to run, as a cron line: "0 7 * * 1-5". Else it runs once, now.',
    ),
    click.option(
        "--zone",
        metavar="ZONE",
        help="Time zone of the cron line and of the documents' dates, such as Europe/Zurich.",
    ),
    click.option(
        "--to",
        "folder",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="FOLDER",
        help="Where the documents go. Else briefings in your own data folder.",
    ),
    click.option(
        "--timeout",
        type=_Span(),
        default="1h",
        show_default=True,
        metavar="SPAN",
        help="What one try may take.",
    ),
    click.option(
        "--retries",
        type=click.IntRange(0, 20),
        default=0,
        show_default=True,
        help="Further tries after one that failed.",
    ),
    click.option(
        "--pause",
        type=_Span(),
        default="30s",
        show_default=True,
        metavar="SPAN",
        help="Before the second try; doubled before each further one.",
    ),
)


def _runs_notebooks(command: Any) -> Any:
    for option in reversed(_RUNNING):
        command = option(command)
    return command


@click.command(
    epilog='Example: workbench run report.ipynb -p company=Acme --every "0 7 * * 1-5" --to reports',
)
@click.argument("notebook", required=False)
@click.option(
    "-p",
    "--parameter",
    "typed",
    multiple=True,
    metavar="NAME=VALUE",
    help="Sets a parameter. True, False, None and numbers are taken as such.",
)
@click.option(
    "-r",
    "--raw",
    multiple=True,
    metavar="NAME=TEXT",
    help="Sets a parameter to a text, whatever it looks like.",
)
@_runs_notebooks
@click.option("--list", "is_list", is_flag=True, help="Show the runs there have been.")
@options.as_json
def run(
    *,
    notebook: str | None,
    typed: tuple[str, ...],
    raw: tuple[str, ...],
    is_list: bool,
    is_json: bool,
    **given: Any,
) -> None:
    """Run NOTEBOOK and leave what it says as a document, once or by a cron line.

    The document is an .ipynb and an .html file that opens offline. A run that fails leaves
    it too, with the cell that failed marked, and the exit code is 1 then. With --every the
    command stays until SIGTERM or SIGINT end it.
    """
    from workbench.schedule import parameters

    if is_list:
        _show_runs(notebook, is_json=is_json)
        return
    if notebook is None:
        raise click.UsageError("name the notebook to run; --list shows the runs there have been")
    path = parameters.find(notebook)
    _run(path, parameters.typed(typed, raw), is_json=is_json, **given)


@click.command(epilog='Example: workbench brief --deck ceo --every "0 7 * * 1-5"')
@click.option(
    "--deck",
    "name",
    metavar="NAME",
    help="Name or path of the deck that it is about. Else your only one, else the demo's.",
)
@click.option(
    "--since",
    default="24h",
    show_default=True,
    metavar="SPAN",
    help="How far it looks back.",
)
@options.store
@_runs_notebooks
@options.as_json
def brief(
    *, name: str | None, since: str, address: str | None, is_json: bool, **given: Any
) -> None:
    """Write the briefing of a deck: what was said in the last 24 hours, on one page.

    The short form of workbench run briefing; it takes the time zone from the deck.
    """
    from workbench import decks
    from workbench.schedule import parameters

    if name is None:
        own = [each for each in decks.names() if each != "demo"]
        name = own[0] if len(own) == 1 else "demo"
    loaded = decks.load(name)
    clock.span(since)
    values = {"deck": name, "since": since}
    if address:
        values["store"] = address
    given["zone"] = given["zone"] or loaded.zone
    _run(parameters.find("briefing"), values, is_json=is_json, **given)


def _run(
    path: Path,
    values: dict[str, Any],
    *,
    every: str | None,
    zone: str | None,
    folder: Path | None,
    timeout: timedelta,
    retries: int,
    pause: timedelta,
    is_json: bool,
) -> None:
    from workbench.schedule import Cron, Job, Runs, cron, parameters

    zone = zone or cron.local_zone()
    cron.zone_of(zone)
    line = Cron(every, zone) if every is not None else None
    parameters.check(parameters.load(path), values, path=path)
    job = Job(
        notebook=path,
        folder=folder or documents.folder(),
        parameters=values,
        zone=zone,
        timeout=timeout,
        retries=retries,
        pause=pause,
    )
    log_to_stderr()
    if line is None:
        _once(job, Runs(), is_json=is_json)
    else:
        _keep(job, line, Runs(), is_json=is_json)


def _once(job: Job, runs: Runs, *, is_json: bool) -> None:
    from workbench.schedule import once

    with stopping() as asked:
        ended = once(job, runs=runs, stop=asked, has_progress=sys.stderr.isatty())
    if ended is None:
        other = runs.running(job.key)
        since = f" since {when(other.started)} UTC, as process {other.process}" if other else ""
        raise RunError(
            f"{job.notebook.name} is running already with these parameters{since}; wait for it, "
            "or end that process"
        )
    _tell(ended, is_json=is_json)
    if ended.state != "done":
        raise RunError(_failure(ended))


def _keep(job: Job, line: Any, runs: Runs, *, is_json: bool) -> None:
    from workbench.schedule import keep

    def told(ended: Run) -> None:
        _tell(ended, is_json=is_json)
        if ended.state == "failed":
            _log.error("%s", clean(_failure(ended)))

    with stopping() as asked:
        keep(job, line, runs=runs, stop=asked, told=told, say=_log.info)


def _tell(ended: Run, *, is_json: bool) -> None:
    if is_json:
        click.echo(as_line({field.name: getattr(ended, field.name) for field in fields(ended)}))
    elif ended.document:
        click.echo(ended.document)
    sys.stdout.flush()


def _failure(ended: Run) -> str:
    tries = f" after {ended.tries} tries" if ended.tries > 1 else ""
    shown = f"\nThe document shows where: {ended.document}" if ended.document else ""
    word = "was stopped" if ended.state == "stopped" else "failed"
    return f"{Path(ended.notebook).name} {word}{tries}: {ended.reason}{shown}"


def _show_runs(notebook: str | None, *, is_json: bool) -> None:
    from workbench.schedule import Runs

    found = Runs().listed()
    if notebook:
        found = [each for each in found if Path(each.notebook).stem == Path(notebook).stem]
    if is_json:
        for each in found:
            click.echo(as_line({field.name: getattr(each, field.name) for field in fields(each)}))
        return
    rows = [
        (
            when(each.started),
            Path(each.notebook).stem,
            each.state,
            ", ".join(f"{name}={value}" for name, value in each.parameters.items()) or "-",
            each.reason or each.document or "-",
        )
        for each in found
    ]
    for line in table(("started (UTC)", "notebook", "state", "parameters", "came of it"), rows):
        click.echo(line)
    if not rows:
        click.echo("Nothing has been run yet.", err=True)
