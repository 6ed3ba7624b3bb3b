"""The command that opens JupyterLab for the analyst: lab."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from workbench.cli import options
from workbench.cli.common import stopping
from workbench.cli.logs import log_to_stderr
from workbench.cli.replaying import began, play
from workbench.errors import SettingError, StoreError

if TYPE_CHECKING:
    from workbench.demo.replay import Replay
    from workbench.page import Page
    from workbench.store import Store

__all__ = ["lab"]

_FIRST: Final = "explore.ipynb"
_PATIENCE: Final = 15.0  # seconds that JupyterLab has to end its kernels and itself


@click.command(epilog="Example: workbench lab --port 8888 --no-browser")
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address JupyterLab listens on."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port of JupyterLab; 0 takes a free one. Else 8888, or the next that is free.",
)
@click.option("--no-browser", is_flag=True, help="Do not open JupyterLab in a browser.")
@click.option(
    "--deck", "name", metavar="NAME", help="The deck that the notebooks show and save columns to."
)
@options.store
def lab(
    *,
    folder: Path | None,
    host: str,
    port: int | None,
    no_browser: bool,
    name: str | None,
    address: str | None,
) -> None:
    """Open JupyterLab on the notebooks in FOLDER.

    Until there is a store of your own it plays the demo, as `workbench demo` does, publishes
    its page, and opens on that; with one it opens on yours. FOLDER gets the notebooks that it
    lacks. Without FOLDER it is the workspace in which you are, else `lab` in your data folder.
    JupyterLab's own settings hold, its token included.
    """
    log_to_stderr()
    with stopping() as asked, ExitStack() as stack:
        desk = _furnish(folder)
        own = _own_store(address)
        if own is not None:
            told = {"WORKBENCH_STORE": own, **_deck_of(desk, name)}
            click.echo(f"JupyterLab on your own store {own}, in {desk}", err=True)
        else:
            told = _demo(stack, desk, name, asked)
        if not asked.is_set():
            raise SystemExit(
                _jupyter(desk, told, asked, host=host, port=port, no_browser=no_browser)
            )


def _furnish(folder: Path | None) -> Path:
    """Return the folder to work in, with the notebooks that it lacked."""
    from platformdirs import user_data_path

    from workbench import share

    shipped = share.path("notebooks")
    if folder is None:
        here = Path.cwd()
        is_workspace = (here / "notebooks").is_dir() and any((here / "decks").glob("*.y*ml"))
        # The workbench's own checkout looks like a workspace, but its notebooks stay clean.
        if is_workspace and not (here / "notebooks").samefile(shipped):
            folder = here
        else:
            folder = user_data_path("workbench", appauthor=False) / "lab"
    desk = folder.expanduser().resolve()
    try:
        (desk / "notebooks").mkdir(parents=True, exist_ok=True)
        for notebook in sorted(shipped.glob("*.ipynb")):
            with suppress(FileExistsError):
                _copy(notebook, desk / "notebooks" / notebook.name)
    except OSError as error:
        raise SettingError(
            f"{error.filename or desk} cannot be written: {error.strerror}; name another folder: "
            "workbench lab FOLDER"
        ) from None
    return desk


def _copy(source: Path, target: Path) -> None:
    with target.open("xb") as stream:
        stream.write(source.read_bytes())


def _own_store(address: str | None) -> str | None:
    """Return the store that is the user's own: a named one, or the usual one if it holds items."""
    from workbench import store

    if address or os.environ.get("WORKBENCH_STORE"):
        named = address or store.default_address()
        with store.open(named) as opened:  # refused here if it cannot be
            return str(opened.path.resolve())
    usual = Path(store.default_address())
    if not usual.exists():
        return None
    try:
        with store.open(usual) as opened:
            return str(usual) if opened.seq() else None
    except StoreError as error:
        raise SettingError(
            f"your store cannot be opened: {error}; name another with --store"
        ) from None


def _deck_of(desk: Path, name: str | None) -> dict[str, str]:
    """Return the deck of the notebooks: the one named, else the only one in the folder."""
    from workbench import decks

    if name is None:
        found = sorted(path for path in (desk / "decks").glob("*.y*ml") if path.stem != "demo")
        if len(found) != 1:
            return {}
        return {"WORKBENCH_DECK": str(found[0])}
    path = _named(desk, name)
    decks.load(path)  # refused here if it cannot be
    return {"WORKBENCH_DECK": str(path)}


def _named(desk: Path, name: str) -> Path:
    """Return the file of a deck: the folder's own before any other of that name."""
    from workbench import decks

    inside = desk / "decks" / f"{name}.yaml"
    return (inside if inside.is_file() else decks.find(name)).resolve()


def _demo(stack: ExitStack, desk: Path, name: str | None, asked: threading.Event) -> dict[str, str]:
    """Play the demo into a store of the folder's, and publish its page until the stack ends."""
    from workbench import decks, share
    from workbench.schedule.aside import written_aside

    deck = desk / "decks" / "demo.yaml"
    deck.parent.mkdir(exist_ok=True)
    with suppress(FileExistsError):
        _copy(share.path("decks") / "demo.yaml", deck)
    if name is not None:
        deck = _named(desk, name)
    chosen = [decks.load(deck)]
    address = desk / "demo.db"
    _drop_if_over(address)

    def make_page(opened: Store, replay: Replay) -> Page:
        from workbench.page import Page

        return Page(
            chosen, opened, now=replay.clock, mode=replay.mode, briefings=desk / "briefings"
        )

    page = play(stack, chosen, address=str(address), speed=1.0, make_page=make_page, asked=asked)
    stack.enter_context(page)
    stack.enter_context(written_aside(str(deck), address=str(address), folder=desk / "briefings"))
    click.echo(page.address)
    click.echo(
        "There is no store of your own yet: the demo is played, and this is its page.", err=True
    )
    click.echo(f"JupyterLab on the demo's store {address}", err=True)
    sys.stdout.flush()
    return {"WORKBENCH_STORE": str(address), "WORKBENCH_DECK": str(deck)}


def _drop_if_over(address: Path) -> None:
    """Delete the store of a demo that has ended: it is the folder's own, and made anew."""
    from workbench import store

    if not address.exists():
        return
    try:
        with store.open(address) as held:
            if not held.is_demo():
                return
            began(held, str(address))
    except SettingError:
        for path in (address, Path(f"{address}-wal"), Path(f"{address}-shm")):
            path.unlink(missing_ok=True)


def _jupyter(
    desk: Path,
    told: Mapping[str, str],
    asked: threading.Event,
    *,
    host: str,
    port: int | None,
    no_browser: bool,
) -> int:
    """Run JupyterLab until it ends or is asked to; return its exit code, 0 if it was asked."""
    command = [sys.executable, "-m", "jupyterlab"]
    command += [f"--LabApp.default_url=/lab/tree/notebooks/{_FIRST}"]
    command += [f"--ServerApp.root_dir={desk}", f"--ServerApp.ip={host}"]
    # Nothing is fetched from anywhere unasked.
    command += ["--LabApp.news_url=None"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    if port is not None:
        command.append(f"--ServerApp.port={port}")
    if no_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # whoever runs this as root has chosen to
    with _running(command, desk, told) as process:
        while not asked.wait(0.2):
            code = process.poll()
            if code is not None:
                return code
    return 0


@contextmanager
def _running(
    command: list[str], desk: Path, told: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process of a session of its own: Ctrl-C reaches us alone, and we end it."""
    given: dict[str, Any] = {"cwd": desk, "env": {**os.environ, **told}}
    process = subprocess.Popen(command, start_new_session=True, **given)  # noqa: S603 - our own words
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
