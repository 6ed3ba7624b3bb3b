"""The command that takes in files: import."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from workbench.cli import options
from workbench.cli.asking import as_line
from workbench.cli.subscribing import refuse_lists, subscribe
from workbench.cli.text import clean, table, when
from workbench.errors import SettingError, WorkbenchError

if TYPE_CHECKING:
    from workbench.imports import Coverage, Import, Loaded
    from workbench.items import Item
    from workbench.store import Store

__all__ = ["import_files"]

_TOLD: Final = 20  # problems
_SETTINGS: Final = ("source", "tier", "zone", "dates", "lang", "date")


@click.command(
    "import",
    epilog="Example: workbench import mentions.csv --map time=Date,text='Hit Sentence'",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--map",
    "pairs",
    metavar="PAIRS",
    multiple=True,
    help="What holds what: time=created_at,text=body. The rest is guessed; title= leaves it out.",
)
@click.option(
    "--mapping", type=click.Path(path_type=Path), metavar="FILE", help="A mapping that was saved."
)
@click.option(
    "--save-mapping",
    "target",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Save the mapping, for the next file of this kind.",
)
@click.option("--source", metavar="NAME", help="What queries call it: source:NAME. Else files.")
@click.option("--tier", metavar="TIER", help="social, wire, filing, news or report.")
@click.option("--zone", metavar="ZONE", help="Time zone of times that name none. Else UTC.")
@click.option("--dates", metavar="ORDER", help="dmy or mdy: what 3/11/2026 is.")
@click.option("--lang", metavar="TAG", help="Language of what names none, such as en.")
@click.option("--date", metavar="DATE", help="When what bears no date was published.")
@click.option("--title", metavar="TITLE", help="Of a report; else what the PDF calls itself.")
@click.option("--encoding", metavar="NAME", help="Of CSV, where it is not to be guessed.")
@click.option("--separator", metavar="SIGN", help="Of CSV: a sign, or tab, comma, semicolon, bar.")
@click.option("--sheet", metavar="NAME", help="Of a workbook; the first unless given.")
@click.option(
    "--covers",
    metavar="FROM/TO",
    help="The file holds all that matches --query from then to then: counts are measured there.",
)
@click.option("--query", metavar="QUERY", help="What --covers is true of; '' is everything.")
@click.option(
    "--deck", metavar="NAME", help="Of OPML, a list of feeds: the deck that gets them as sources."
)
@click.option("--folder", metavar="NAME", help="Of OPML: take in the feeds of this folder alone.")
@click.option("--yes", "is_sure", is_flag=True, help="Ask nothing.")
@options.as_json
@options.store
def import_files(
    *,
    files: tuple[Path, ...],
    pairs: tuple[str, ...],
    mapping: Path | None,
    target: Path | None,
    encoding: str | None,
    separator: str | None,
    sheet: str | None,
    title: str | None,
    covers: str | None,
    query: str | None,
    deck: str | None,
    folder: str | None,
    is_sure: bool,
    is_json: bool,
    address: str | None,
    **settings: str | None,
) -> None:
    """Take in FILES: CSV, JSON, JSON Lines, Excel, Parquet; reports as PDF.

    What a file is, is told by what is in it. Which of its fields holds what is guessed, shown
    with the first rows as they will be, and asked in a terminal; a script says --yes. Imported
    again, a file changes nothing. A row that cannot be read is told and left out.
    """
    from workbench import imports, store

    if deck is not None:
        subscribe(files, deck, tier=settings["tier"] or "", folder=folder, is_json=is_json)
        return
    fields: dict[str, str] = {}
    for each in pairs:
        fields |= imports.read_pairs(each)
    covered = imports.coverage(covers, query, zone=settings["zone"] or "UTC")
    failed = False
    agreed: Import | None = None
    with store.open(address, is_lean=True) as opened:
        for path in files:
            try:
                refuse_lists(path)
                found = imports.look(
                    path,
                    fields=fields,
                    saved=mapping,
                    encoding=encoding,
                    separator=separator,
                    sheet=sheet,
                    title=title,
                    **settings,
                )
                # What was agreed of one file holds for others with the same fields.
                if agreed is not None and agreed.is_like(found):
                    found = found.by(agreed.plan)
                elif not is_sure:
                    found = agreed = _agreed(found)
                done = _load(found, opened, covered)
                if target is not None and found.archive is None:
                    found.plan.save(target)
            except WorkbenchError as error:
                failed = True
                click.echo(clean(str(error)), err=True)
                continue
            _tell(found, done, is_json=is_json)
            failed = failed or (done.skipped > 0 and not done.total)
    if failed:
        raise SystemExit(1)


def _load(found: Import, opened: Store, covered: Coverage | None) -> Loaded:
    with _bar(found) as watch:
        done = found.load(opened, watch=watch)
    if covered is not None and done.total:
        covered.note(opened, found.plan.source)
    return done


@contextmanager
def _bar(found: Import) -> Iterator[Callable[[int], None]]:
    """Tell a terminal how far it is, if that takes longer than a moment."""
    from tqdm import tqdm

    is_bytes = found.file.unit == "B"
    with tqdm(
        total=found.file.total or None,
        unit=found.file.unit,
        unit_scale=is_bytes,
        delay=1.0,
        disable=None,
        desc=clean(found.file.path.name)[:30],
    ) as bar:
        yield lambda done: bar.update(done - bar.n) and None


def _agreed(found: Import) -> Import:
    """Return the import as whoever is asked wants it."""
    is_asked = sys.stdin.isatty() and sys.stderr.isatty()
    while True:
        _show(found)
        if not is_asked:
            raise SettingError(
                f"{found.file.path}: nothing was imported. --yes imports it as shown, --map "
                "time=NAME,text=NAME changes what holds what"
            )
        answer = click.prompt(
            "Import it? y, n, or a change such as time=NAME or zone=Europe/Berlin",
            default="" if found.doubt else "y",
            show_default=not found.doubt,
            err=True,
        ).strip()
        if answer.lower() in {"y", "yes"}:
            if not found.doubt:
                return found
        elif answer.lower() in {"n", "no"}:
            raise click.Abort
        else:
            try:
                found = _changed(found, answer)
            except SettingError as error:
                click.echo(clean(str(error)), err=True)


def _changed(found: Import, answer: str) -> Import:
    from workbench.imports import read_pairs

    name, sign, value = answer.partition("=")
    if sign and name.strip() in _SETTINGS:
        change: dict[str, Any] = {name.strip(): value.strip() or None}
        return found.by(replace(found.plan, **change))
    return found.by(found.plan.changed(read_pairs(answer)))


def _show(found: Import) -> None:
    """Show how a file would be imported."""
    from workbench import clock
    from workbench.items import Item

    plan = found.plan
    what = [found.archive.label] if found.archive else []
    said = ", ".join(
        value if name == "format" else f"{name} {value}" for name, value in _about(found)
    )
    lines = [clean(f"{found.file.path}: {', '.join([said, *what])}")]
    first = found.sample[0].values
    rows = [(name, held, str(first.get(held) or "")) for name, held in plan.fields.items()]
    lines += table(("field", "is", "for example"), rows) if rows else []
    unused = [name for name in found.names if name not in plan.fields.values()]
    if unused:
        lines.append(clean(f"left out: {', '.join(unused[:40])}"))
    lines.append(f"source {plan.source}, tier {plan.tier}, times without a zone are in {plan.zone}")
    lines.append("")
    shown = found.shown(clock.now())
    items = [each for each in shown if isinstance(each, Item)]
    lines += table(("time (UTC)", "kind", "author", "text"), [_row(item) for item in items])
    lines += [clean(f"{e.where} {e.reason}") for e in shown if not isinstance(e, Item)]
    if found.doubt:
        lines.append(clean(f"Before that: {found.doubt}."))
    for line in lines:
        click.echo(line, err=True)


def _about(found: Import) -> Iterator[tuple[str, str]]:
    yield from found.file.told.items()


def _row(item: Item) -> tuple[str, str, str, str]:
    said = f"{item.title} · {item.text}" if item.title else item.text
    time = when(item.time) if item.published_precision is not None else "now (no date)"
    return time, item.kind, item.author or item.author_name or "-", said[:200]


def _tell(found: Import, done: Loaded, *, is_json: bool) -> None:
    """Say what came of an import."""
    path = found.file.path
    for problem in done.problems[:_TOLD]:
        click.echo(f"{clean(str(path))}: {problem.where} {clean(problem.reason)}", err=True)
    if done.skipped > _TOLD:
        click.echo(f"{clean(str(path))}: and {done.skipped - _TOLD:,} more", err=True)
    for note in done.notes:
        click.echo(f"{clean(str(path))}: {clean(note)}", err=True)
    if is_json:
        told = {name: value for name, value in asdict(done).items() if isinstance(value, int)}
        click.echo(as_line({"file": str(path), "source": found.plan.source, **told}))
        return
    counts = f"{done.new:,} new, {done.updated:,} updated, {done.unchanged:,} unchanged"
    skipped = f", {done.skipped:,} skipped" if done.skipped else ""
    click.echo(f"{clean(str(path))}: {counts}{skipped}")
    if done.undated:
        click.echo(
            f"{done.undated:,} without a date count as published when they were first imported",
            err=True,
        )
