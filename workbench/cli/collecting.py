"""The command that collects once: collect."""

from __future__ import annotations

from contextlib import closing

import click

from workbench.cli import options
from workbench.cli.asking import as_line
from workbench.cli.common import choose
from workbench.errors import WorkbenchError

__all__ = ["collect"]


@click.command(
    epilog="Example: workbench collect https://example.com/rss --store news.db",
)
@click.argument("url", required=False)
@options.deck
@options.store
@click.option(
    "--seconds",
    type=click.FloatRange(min=0.1),
    default=10.0,
    show_default=True,
    help="How long a source that sends by itself is followed.",
)
@options.as_json
def collect(
    *,
    url: str | None,
    names: tuple[str, ...],
    address: str | None,
    seconds: float,
    is_json: bool,
) -> None:
    """Fetch once: the feed at URL, or each source of the decks named.

    Says for each source how many items were new, updated and unchanged. A source that fails
    stops no other; the exit code is 1 then.
    """
    from workbench import service, store
    from workbench.decks import Source
    from workbench.http import Client

    if url and names:
        raise click.UsageError("give a URL or --deck, not both")
    decks = [] if url else choose(names)
    sources = (
        [Source(collector="feeds", parameters={"url": url}, keep="all")]
        if url
        else [source for deck in decks for source in deck.sources]
    )
    failed = False
    with store.open(address) as opened, closing(Client()) as client:
        for source in sources:
            try:
                added = service.collect(source, opened, client, decks=decks, seconds=seconds)
            except WorkbenchError as error:
                failed = True
                click.echo(f"{source.label}: {error}", err=True)
                continue
            if is_json:
                click.echo(as_line({"source": source.key, **added._asdict()}))
            else:
                told = f"{added.new} new, {added.updated} updated, {added.unchanged} unchanged"
                click.echo(f"{source.label}: {told}")
    if failed:
        raise SystemExit(1)
