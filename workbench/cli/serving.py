"""Commands that publish the page: demo, up, serve."""

from __future__ import annotations

import atexit
import gc
import logging
import os
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from workbench import clock, documents
from workbench.cli import options
from workbench.cli.common import choose, hearing, starting, stopping
from workbench.cli.logs import log_to_stderr
from workbench.cli.replaying import play
from workbench.errors import SettingError, StoreError

if TYPE_CHECKING:
    from workbench.decks import Deck
    from workbench.demo.replay import Replay
    from workbench.page import Page
    from workbench.store import Store

__all__ = ["demo", "make_page", "publish", "serve", "up"]


class _Span(click.ParamType[timedelta]):
    """A span of time of a second at least, such as 5m."""

    name = "span"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        try:
            found = clock.span(value)
        except SettingError as error:
            self.fail(str(error), param, ctx)
        if found < timedelta(seconds=1):
            self.fail(f"{value!r} is too short; give a second (1s) or more", param, ctx)
        return found


_SPAN: Final = _Span()


@click.command(
    epilog="Example: workbench demo --port 8899 --no-browser --speed 30",
)
@options.page
@options.deck
@click.option(
    "--store",
    "address",
    metavar="ADDRESS",
    help="Keep the demo's items in this file. Else they go when the demo ends.",
)
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="How many times faster than life it plays.",
)
def demo(*, names: tuple[str, ...], address: str | None, speed: float, **options: Any) -> None:
    """Replay an invented industry, offline, and open the page.

    Needs no key and no network. An invented airline, and those who compete with it, watch
    it and complain about it: fourteen days of them, replayed over real HTTP and WebSocket
    on this machine, through the real collectors, into a real store. The page says "replay".
    A briefing is written aside, and linked in the top bar as soon as it is there.
    """
    with starting():
        from workbench import decks
        from workbench.schedule.aside import written_aside

        import_module("workbench.page")

    log_to_stderr(options["log_format"])
    with stopping() as asked, ExitStack() as stack:
        named = names or ("demo",)
        chosen = [decks.load(name) for name in named]
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="workbench-demo-")))
        address = address or str(folder / "demo.db")
        # Its briefing is no real one, and goes with it unless a folder is named.
        options["briefings"] = options["briefings"] or folder / "briefings"

        def page(opened: Store, replay: Replay) -> Page:
            return make_page(chosen, opened, options, now=replay.clock, mode=replay.mode)

        made = play(stack, chosen, address=address, speed=speed, make_page=page, asked=asked)
        aside = written_aside(named[0], address=address, folder=options["briefings"])
        stack.enter_context(aside)
        publish(stack, made, options, asked)
    _leave(made)


@click.command(epilog="Example: workbench up --deck ceo --store /srv/workbench.db --no-browser")
@options.page
@options.deck
@options.store
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65535),
    envvar="WORKBENCH_METRICS_PORT",
    help="Port of /metrics on 127.0.0.1; 0 takes a free one. Else 9866, or none if that is taken.",
)
def up(
    *, names: tuple[str, ...], address: str | None, metrics_port: int | None, **options: Any
) -> None:
    """Collect from a deck's live sources and publish its page.

    Of several that share a store one collects each source; when it ends another goes on. On
    SIGHUP the decks are read anew, and what fails is tried at once.
    """
    with starting():
        from workbench import store
        from workbench.http import Client
        from workbench.service import Service
        from workbench.service.metrics import Metrics

        import_module("workbench.page")

    log_to_stderr(options["log_format"])
    with stopping() as asked, ExitStack() as stack:
        chosen = choose(names)
        opened = stack.enter_context(store.open(address))
        news: list[Callable[[Deck], None]] = []
        page = make_page(chosen, opened, options, coming=_coming(names, chosen, news))
        client = stack.enter_context(closing(Client()))
        folder = options["briefings"] or documents.folder()
        service = Service(chosen, opened, client, briefings=lambda: _written(folder))
        news.append(service.add)
        metrics = Metrics(
            service.runners,
            opened,
            now=clock.now,
            viewers=lambda: page.viewers,
            port=metrics_port,
        )
        stack.enter_context(service)
        stack.enter_context(metrics)
        stack.enter_context(hearing(service.replan))
        publish(stack, page, options, asked)
        service.cease()  # while the page says goodbye
    _leave(page)


def _written(folder: Path) -> set[Path]:
    """Return where documents lie: in a folder, and wherever runs were told to leave theirs."""
    from workbench.schedule.table import Runs, default_path

    found = {folder.absolute()}
    if default_path().exists():
        with suppress(StoreError):
            runs = Runs().listed()
            found |= {Path(run.document).absolute().parent for run in runs if run.document}
    return found


@click.command(
    epilog="Example: workbench serve --deck ceo --store /srv/workbench.db\n\n"
    "Example: workbench serve fares.ipynb rivals.ipynb",
)
@click.argument(
    "notebooks",
    nargs=-1,
    metavar="[NOTEBOOK]...",
    type=click.Path(dir_okay=False, path_type=Path),
)
@options.page
@options.deck
@options.store
@click.option(
    "--every",
    type=_SPAN,
    default="5m",
    show_default=True,
    metavar="SPAN",
    help="How often the notebooks are run anew; they are at once when they or their decks change.",
)
@click.option(
    "--timeout",
    type=_SPAN,
    default="2m",
    show_default=True,
    metavar="SPAN",
    help="How long a notebook may run.",
)
def serve(
    *,
    notebooks: tuple[Path, ...],
    names: tuple[str, ...],
    address: str | None,
    every: timedelta,
    timeout: timedelta,
    **options: Any,
) -> None:
    """Publish decks or notebooks, of a store that another process fills.

    Each NOTEBOOK is run here and shown read-only: its text, tables, pictures and decks, in
    the order of its cells. No viewer has a kernel. Without a NOTEBOOK the deck's page is
    published; with --deck as well, both.
    """
    with starting():
        from workbench import store

        import_module("workbench.page")

    log_to_stderr(options["log_format"])
    with stopping() as asked, ExitStack() as stack:
        chosen = choose(names) if names or not notebooks else []
        opened = stack.enter_context(store.open(address))
        page = make_page(
            chosen,
            opened,
            options,
            notebooks=notebooks,
            coming=_coming(names, chosen, []) if chosen else None,
            every=every.total_seconds(),
            limit=timeout.total_seconds(),
        )
        publish(stack, page, options, asked)
    _leave(page)


def _coming(
    names: Sequence[str], known: Sequence[Deck], news: Sequence[Callable[[Deck], None]]
) -> Callable[[], list[Deck]] | None:
    """Return what finds decks written later, and tells of them; none come if some were named."""
    from workbench.decks import Coming, load

    if names:
        return None
    coming = Coming([deck.name for deck in known], load)

    def look() -> list[Deck]:
        found = coming.look()
        for deck in found:
            for tell in news:
                tell(deck)
        return found

    return look


def _leave(page: Page) -> None:
    """See to it that the process ends soon, now that all is closed."""
    # Letting go of each object takes seconds; the system takes all at once.
    atexit.register(gc.freeze)
    if page.is_left_behind:
        # It may be in the middle of an import, and would break as the interpreter is taken down.
        logging.shutdown()
        sys.stdout.flush()
        os._exit(0)


def make_page(decks: Sequence[Any], store: Store, given: dict[str, Any], **more: Any) -> Page:
    """Return the page, not yet started; settings that cannot work are refused here."""
    from workbench.page import Page

    return Page(
        decks,
        store,
        host=given["host"],
        port=given["port"],
        token=given["token"],
        base_path=given["base_path"],
        sign_in=not given["is_open"],
        is_public=given["is_public"],
        briefings=given["briefings"],
        **more,
    )


def publish(stack: ExitStack, page: Page, given: dict[str, Any], asked: threading.Event) -> None:
    """Start the page, say where it is, and stay until told to stop."""
    stack.callback(page.stop)
    page.start(unless=asked)
    if asked.is_set():
        return
    # Without its token: what is printed ends in logs.
    click.echo(page.address.partition("?")[0])
    sys.stdout.flush()
    if given["token"]:
        click.echo("Viewers sign in once by adding ?token=… to it.", err=True)
    if not given["no_browser"]:
        # In a thread of its own: a browser that runs in the terminal holds up whoever opens it.
        threading.Thread(target=webbrowser.open, args=(page.address,), daemon=True).start()
    asked.wait()
