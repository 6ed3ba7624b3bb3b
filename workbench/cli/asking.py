"""Commands that ask a store: search, status."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from workbench.cli import options
from workbench.cli.text import clean, table, when
from workbench.items import Item

if TYPE_CHECKING:
    from workbench.states import SourceState
    from workbench.store import Lease, Store

__all__ = ["as_line", "search", "status"]


def as_line(values: Mapping[str, Any]) -> str:
    """Return values as one line of JSON, ASCII alone; null and empty ones left out."""
    kept = {key: value for key, value in values.items() if value is not None and value != ()}
    return json.dumps(kept, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


@click.command(
    # So that a query may begin with a minus.
    context_settings={"ignore_unknown_options": True},
    epilog="Example: workbench search '(acme OR #acme) -crypto lang:en' --since 24h",
)
@click.argument("query")
@click.option(
    "--since", metavar="WHEN", help="A time, a date, or a span back from now such as 24h."
)
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help="At most."
)
@options.as_json
@options.store
@options.deck
def search(
    *,
    query: str,
    since: str | None,
    limit: int,
    is_json: bool,
    address: str | None,
    names: tuple[str, ...],
) -> None:
    """Show the items that match QUERY, newest first.

    The query language is that of the decks. People lists (list:) are those of the decks
    named by --deck.
    """
    from workbench import decks, store

    lists: dict[str, tuple[str, ...]] = {}
    for name in names:
        lists |= decks.load(name).lists
    with store.open(address) as opened:
        found = opened.search(query, limit=limit, since=since, lists=lists)
    if is_json:
        for item in found:
            click.echo(as_line({field.name: getattr(item, field.name) for field in fields(item)}))
        return
    rows = [(when(item.time), item.source, _author(item), _said(item)) for item in found]
    for line in table(("time (UTC)", "source", "author", "text"), rows):
        click.echo(line)
    if not rows:
        click.echo("Nothing matches.", err=True)


def _author(item: Item) -> str:
    return item.author or item.author_name or "-"


def _said(item: Item) -> str:
    title = clean(item.title or "")
    return f"{title} · {item.text}" if title and title not in item.text else title or item.text


@click.command(epilog="Example: workbench status --json")
@options.as_json
@options.store
def status(*, is_json: bool, address: str | None) -> None:
    """Show each source: state, items seen, matched, stored."""
    from workbench import store

    with store.open(address) as opened:
        states, leases = opened.sources(), opened.leases()
        stories = _stories(opened)
        more = {state.key: _told(state, opened.load_cursor(state.key)) for state in states}
    if is_json:
        for state in states:
            told = {field.name: getattr(state, field.name) for field in fields(state)}
            held, waiting = _processes(leases, state.key)
            told |= {"process": held[0] if held else None, "waiting": tuple(waiting)}
            told["told"] = tuple(more[state.key])
            click.echo(as_line(told))
        return
    for state in states:
        click.echo(f"{clean(state.key)}: {state.state} since {when(state.since)} UTC")
        counts = f"{state.seen:,} seen, {state.matched:,} matched, {state.stored:,} stored"
        click.echo(f"    {counts}; last item {when(state.last_item)}")
        if state.reason:
            next_try = f"; next try {when(state.next_try)}" if state.next_try else ""
            click.echo(f"    {clean(state.reason)}{next_try}")
        for line in more[state.key]:
            click.echo(f"    {clean(line)}")
        held, waiting = _processes(leases, state.key)
        if held:
            after = f"; {', '.join(map(str, waiting))} would take over" if waiting else ""
            click.echo(f"    collected by process {held[0]}{after}")
        elif state.state != "failing":
            click.echo("    no process collects it now: the one that did has ended")
    for line in stories:
        click.echo(line)
    if not states:
        click.echo("No source has run on this store yet; start one with workbench up.", err=True)


def _stories(opened: Store) -> list[str]:
    """Return how far the stories of what is stored have come, and which process tells them."""
    told = opened.told_until()
    if told is None:
        return []
    behind, waiting = opened.seq() - told, opened.waiting_stories()
    said = f"{behind:,} changes to be gone through" if behind else "up to date"
    if waiting:
        said += f", {waiting:,} to be told"
    held, _ = _processes(opened.leases(), "stories")
    by = f"; told by process {held[0]}" if held else "; no process tells them now"
    return [f"stories: {said}{by}"]


def _told(state: SourceState, cursor: str | None) -> list[str]:
    """Return what a source's collector says of where it stands."""
    from workbench.collectors import available

    kind = available().get(state.collector)
    say = getattr(kind, "told", None)
    return list(say(cursor)) if say and cursor else []


def _processes(leases: Sequence[Lease], key: str) -> tuple[list[int], list[int]]:
    """Return which process collects a source, if any, and which wait for it."""
    of_it = [lease for lease in leases if lease.source == key]
    return [each.process for each in of_it if each.is_held], [
        each.process for each in of_it if not each.is_held
    ]
