"""The demo's replay, as `demo` and `lab` run it: loaded into a store, then played and collected."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import click

from workbench import clock
from workbench.errors import SettingError

if TYPE_CHECKING:
    from workbench.decks import Deck
    from workbench.demo.load import Progress
    from workbench.demo.replay import Replay
    from workbench.page import Page
    from workbench.store import Store

__all__ = ["FRESH", "began", "play"]

FRESH: Final = timedelta(hours=6)
"""How long a replay can go on where it was left."""


def play(
    stack: ExitStack,
    decks: Sequence[Deck],
    *,
    address: str,
    speed: float,
    make_page: Callable[[Store, Replay], Page],
    asked: threading.Event,
) -> Page:
    """Load the demo into a store and collect what it plays, until the stack ends.

    Returns the page, which is made before anything is loaded, so that settings which cannot
    work are said at once; it is not started.
    """
    from workbench import store
    from workbench.demo.replay import Replay
    from workbench.http import Client
    from workbench.service import Service

    with store.open(address) as before:
        start = began(before, address)
    # One that goes on keeps its times and ids, so that nothing is told twice.
    replay = Replay(speed=speed, start=start)
    opened = stack.enter_context(store.open(address, now=replay.clock))
    page = make_page(opened, replay)
    if start is None:
        opened.save_cursor(store.DEMO, "")
        with _progress("Loading fourteen days", asked) as progress:
            replay.load(opened, progress)
        opened.save_cursor(store.DEMO, replay.began.isoformat())
    stack.enter_context(replay)
    client = stack.enter_context(closing(Client(hosts=replay.hosts, now=replay.clock)))
    stack.enter_context(Service(decks, opened, client, now=replay.clock))
    return page


def began(held: Store, address: str) -> datetime | None:
    """Return when the demo began that a store holds and that can go on, as after a restart.

    Raises
    ------
    SettingError
        If it holds anything but a demo, or one whose fortnight ended too long ago.
    """
    from workbench import store

    mark = held.load_cursor(store.DEMO)
    began = datetime.fromisoformat(mark) if mark else None
    if began and clock.now() - began < FRESH:
        return began
    if mark is not None:
        raise SettingError(
            f"the store {address} holds an earlier demo, or one that was not loaded to its end; "
            "delete the file or name another"
        )
    if held.seq():
        raise SettingError(
            f"the store {address} holds items that are not the demo's; the demo would put "
            "invented ones among them. Name another file, or leave --store out"
        )
    return None


@contextmanager
def _progress(label: str, asked: threading.Event) -> Iterator[Progress]:
    """Show progress: a bar in a terminal, else a line for each quarter. Ends if asked to."""
    with ExitStack() as stack:
        told = 0
        bar: Any = None
        if sys.stderr.isatty():
            bar = stack.enter_context(click.progressbar(length=100, label=label, file=sys.stderr))

        def tell(done: int, total: int) -> None:
            nonlocal told
            if asked.is_set():
                raise SystemExit(0)
            percent = 100 * done // max(total, 1)
            if bar:
                bar.update(percent - bar.pos)
            elif percent // 25 > told // 25:
                click.echo(f"{label}: {percent // 25 * 25} %", err=True)
            told = percent

        yield tell
