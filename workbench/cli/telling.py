"""The command `stories`."""

from __future__ import annotations

import sys
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from workbench.cli import options
from workbench.cli.asking import as_line
from workbench.cli.text import clean, table, when

if TYPE_CHECKING:
    from workbench.store import Store
    from workbench.text.telling import Story

__all__ = ["stories"]


@click.command(epilog="Example: workbench stories --since 7d")
@click.option(
    "--since",
    metavar="WHEN",
    default="24h",
    show_default=True,
    help="A time, a date, or a span back from now: something came to them since.",
)
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help="At most."
)
@options.as_json
@options.store
def stories(*, since: str, limit: int, is_json: bool, address: str | None) -> None:
    """Put what is stored into stories, and show them, those that something came to last first.

    Where `workbench up` runs on the store, it does so as items come, and little is left to do.
    """
    from workbench import store

    with store.open(address) as opened:
        _catch_up(opened)
        found = opened.stories(since=since, limit=limit)
    if is_json:
        for story in found:
            click.echo(as_line({each.name: _plain(story, each.name) for each in fields(story)}))
        return
    rows = [
        (when(story.last), str(story.n), story.state, _first(story), clean(story.headline))
        for story in found
    ]
    for line in table(("last (UTC)", "items", "state", "first", "headline"), rows):
        click.echo(line)
    if not rows:
        click.echo("No story that something came to since then.", err=True)


def _catch_up(opened: Store) -> None:
    from workbench.service.telling import tell_all

    with click.progressbar(
        length=100, label="Putting stories together", file=sys.stderr, hidden=not _is_shown()
    ) as bar:

        def show(done: int, whole: int) -> None:
            bar.update(100 * done // max(whole, 1) - bar.pos)

        tell_all(opened, show, is_whole=True)


def _is_shown() -> bool:
    return sys.stderr.isatty()


def _first(story: Story) -> str:
    """Return which tier had it first."""
    seen = {tier: sighting.time for tier, sighting in story.sightings.items()}
    return min(seen, key=lambda tier: seen[tier]) if seen else "-"


def _plain(story: Story, name: str) -> Any:
    """Return a field of a story as JSON has it: items by their keys, source:id."""
    value = getattr(story, name)
    if name == "summary":
        return [{"text": each.text, "item": ":".join(each.key)} for each in value]
    if name == "sightings":
        return {tier: _seen(*sighting) for tier, sighting in value.items()}
    return dict(value) if name == "tiers" else value


def _seen(key: tuple[str, str], time: datetime, uncertainty: float) -> dict[str, Any]:
    return {"item": ":".join(key), "time": time.isoformat(), "uncertainty": uncertainty}
