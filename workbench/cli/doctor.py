"""The command that says what is missing, and what to do: doctor."""

from __future__ import annotations

import os
import platform
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import click

from workbench.cli import options
from workbench.cli.asking import as_line
from workbench.cli.common import choose
from workbench.cli.text import clean, when
from workbench.errors import SettingError, WorkbenchError

if TYPE_CHECKING:
    from workbench.decks import Deck, Source
    from workbench.http import Client
    from workbench.service.keep import Wants

__all__ = ["doctor"]

_PATIENCE: Final = 8.0  # seconds that a source has to answer
_ROOM: Final = 1024**3  # bytes below which a full disk is near
_SAFE_SQLITE: Final = (3, 51, 3)


class Finding(NamedTuple):
    """One thing that was looked at."""

    level: Literal["ok", "note", "broken"]
    what: str
    text: str
    remedy: str = ""


@click.command(epilog="Example: workbench doctor --deck ceo")
@options.deck
@options.store
@click.option("--offline", is_flag=True, help="Ask no source whether it answers.")
@options.as_json
def doctor(*, names: tuple[str, ...], address: str | None, offline: bool, is_json: bool) -> None:
    """Say what is missing or broken, and what to do about it.

    Looks at Python and SQLite, the store and its disk, the decks named, and what each of
    their sources needs. The exit code is 1 if something is broken.
    """
    is_broken = False
    for finding in _look(names, address, offline=offline):
        is_broken |= finding.level == "broken"
        if is_json:
            click.echo(as_line(finding._asdict()))
            continue
        click.echo(f"{finding.level:<7} {clean(finding.what)}: {clean(finding.text)}")
        if finding.remedy:
            click.echo(f"{'':7} → {clean(finding.remedy)}")
    if is_broken:
        raise SystemExit(1)


def _look(names: Sequence[str], address: str | None, *, offline: bool) -> Iterator[Finding]:
    yield from _machine()
    yield from _store(address)
    found: list[Deck] = []
    try:
        for deck in choose(names):
            told = f"{deck.title}: {len(deck.columns)} columns, {len(deck.sources)} sources"
            yield Finding("ok", f"deck {deck.name}", told)
            found.append(deck)
    except WorkbenchError as error:
        yield Finding("broken" if names else "note", "deck", str(error))
    yield from _sources(found, offline=offline)


def _machine() -> Iterator[Finding]:
    import apsw

    yield Finding("ok", "Python", platform.python_version())
    version = apsw.sqlite_lib_version()
    if tuple(map(int, version.split("."))) >= _SAFE_SQLITE:
        yield Finding("ok", "SQLite", version)
    else:
        yield Finding(
            "broken",
            "SQLite",
            f"{version} can damage a store that several processes write",
            "pip install --upgrade apsw",
        )


def _store(address: str | None) -> Iterator[Finding]:
    from workbench import store

    try:
        with store.open(address) as opened:
            path = opened.path
            newest = next(iter(opened.search(None, limit=1)), None)
            problems = opened.check()
    except WorkbenchError as error:
        yield Finding("broken", "store", str(error))
        return
    size = path.stat().st_size / 1e6
    told = f"newest item of {when(newest.time)} UTC" if newest else "no items yet"
    yield Finding("ok", "store", f"{path}, {size:,.1f} MB, {told}")
    for problem in problems:
        yield Finding("broken", "store", problem, "restore the file from a backup")
    free = shutil.disk_usage(path.parent).free
    yield Finding(
        "ok" if free >= _ROOM else "note",
        "disk",
        f"{free / 1e9:,.1f} GB free beside the store",
        "" if free >= _ROOM else "make room; below 64 MB the store stops writing",
    )


def _sources(decks: Sequence[Deck], *, offline: bool) -> Iterator[Finding]:
    from workbench.collectors import available
    from workbench.http import Client
    from workbench.service.keep import Wants

    wants = Wants(decks)
    with closing(Client()) as client:
        for source in (source for deck in decks for source in deck.sources):
            what = f"{source.collector} ({source.label})"
            missing = [
                name for name in available()[source.collector].needs if not os.environ.get(name)
            ]
            if missing:
                yield Finding(
                    "broken",
                    what,
                    f"needs {', '.join(missing)}, not set",
                    f"set it in the environment: export {missing[0]}=…",
                )
            elif offline:
                yield Finding("note", what, "not asked")
            else:
                yield _reach(source, what, client, wants)


def _reach(source: Source, what: str, client: Client, wants: Wants) -> Finding:
    """Ask a source for its first answer, through its own collector and for what columns want."""
    from workbench import clock

    stop = threading.Event()
    told: list[Finding] = []

    def ask() -> None:
        collector: Any = source.build()
        if hasattr(collector, "ask"):
            asked = wants.asked(collector)
            collector = collector.ask(asked.queries, asked.lists)
        probe = getattr(collector, "probe", None)
        batches = collector.collect(client, None, now=clock.now, stop=stop)
        try:
            if probe:  # what an ordinary request brings would be charged
                told.append(Finding("ok", what, probe(client)))
                return
            first = next(batches, None)
        except WorkbenchError as error:
            # Where a server answered, or a setting is wrong, the error says what to do.
            is_told = isinstance(error, SettingError) or getattr(error, "status", None)
            remedy = "" if is_told else "look at its address and your network"
            told.append(Finding("broken", what, str(error), remedy))
            return
        got = len(first.result) if first else 0
        told.append(Finding("ok", what, f"answers; {got} items"))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(_PATIENCE)
    stop.set()
    if told:
        return told[0]
    return Finding(
        "broken",
        what,
        f"no answer within {_PATIENCE:g} seconds",
        "look at its address and your network; behind a proxy set HTTPS_PROXY",
    )
