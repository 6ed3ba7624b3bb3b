"""The command that says what is missing, and what to do: doctor."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from workbench.cli import options
from workbench.cli.asking import as_line
from workbench.cli.common import choose
from workbench.cli.examining import About, Finding, sources
from workbench.cli.scoring import engines
from workbench.cli.text import clean, when
from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from workbench.decks import Deck

__all__ = ["doctor"]

_NOTHING: Final = {
    "needs": "nothing",
    "limits": "none",
    "price": "free",
    "terms": "none",
    "retention": "nothing has to go",
}
_ROOM: Final = 1024**3  # bytes below which a full disk is near
_SAFE_SQLITE: Final = (3, 51, 3)


@click.command(epilog="Example: workbench doctor --deck ceo")
@options.deck
@options.store
@click.option("--offline", is_flag=True, help="Ask no source whether it answers.")
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Ask those too that are in no deck, and those that cannot be asked without paying.",
)
@options.as_json
def doctor(
    *,
    names: tuple[str, ...],
    address: str | None,
    offline: bool,
    everything: bool,
    is_json: bool,
) -> None:
    """Say what is missing or broken, and what to do about it.

    Looks at Python, SQLite and what is compiled, the store and its disk, the decks named, what
    scores sentiment, and all sources, the decks' first: what each needs, whether it answers, its
    limits, its price and its terms.
    The exit code is 1 if something is broken.
    """
    is_broken = False
    told: set[About] = set()
    for finding in _look(names, address, offline=offline, everything=everything):
        is_broken |= finding.level == "broken"
        about = _lines(finding.about)
        if is_json:
            found = {name: value for name, value in finding._asdict().items() if name != "about"}
            click.echo(as_line(found | about))
            continue
        click.echo(f"{finding.level:<7} {clean(finding.what)}: {clean(finding.text)}")
        if finding.remedy:
            click.echo(f"{'':7} → {clean(finding.remedy)}")
        if finding.about in told:  # of fifty feeds once
            continue
        for name, value in about.items():
            words = ", ".join(value) if isinstance(value, list) else value
            click.echo(f"{'':7} {name + ':':<10} {clean(words) or _NOTHING[name]}")
        if finding.about:
            told.add(finding.about)
    if is_broken:
        raise SystemExit(1)


def _lines(about: About | None) -> dict[str, Any]:
    if about is None:
        return {}
    return about._asdict() | {"needs": list(about.needs)}


def _look(
    names: Sequence[str], address: str | None, *, offline: bool, everything: bool
) -> Iterator[Finding]:
    yield from _machine()
    yield from _store(address)
    chosen: Sequence[Deck] = ()
    try:
        chosen = choose(names)
        for deck in chosen:
            told = f"{deck.title}: {len(deck.columns)} columns, {len(deck.sources)} sources"
            yield Finding("ok", f"deck {deck.name}", told)
    except WorkbenchError as error:
        yield Finding("broken" if names else "note", "deck", str(error))
    yield from engines(chosen)
    yield from sources(chosen, offline=offline, everything=everything)


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
    yield _compiled()


def _compiled() -> Finding:
    """Return whether Numba is there, which the extra ``fast`` brings."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return Finding("ok", "compiled parts", f"Numba {version('numba')}")
    except PackageNotFoundError:
        told = "none; finding stories in 10,000 items and more at once takes twice as long"
        return Finding("ok", "compiled parts", told, "pip install 'boardroom-workbench[fast]'")


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
