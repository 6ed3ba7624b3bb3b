"""The command that takes items out as a file: export."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import click

from workbench.cli import options
from workbench.cli.common import choose
from workbench.errors import SettingError, WorkbenchError

if TYPE_CHECKING:
    from workbench.decks import Column, Deck, Source
    from workbench.exports import Row, Table
    from workbench.store import Store

__all__ = ["export"]

_PATIENCE: Final = 120.0  # seconds that one read may take: nobody waits at a page
_OUT: Final = "-"
_SAYS: Final = "confidential:"
_BINARY: Final = ("xlsx", "parquet")


@click.command(
    # So that a query may begin with a minus.
    context_settings={"ignore_unknown_options": True},
    epilog="Example: workbench export --deck ceo --column Rivals --since 7d --to rivals.xlsx",
)
@click.argument("query", required=False)
@click.option("--column", metavar="TITLE", help="A column of the deck, by its title or its key.")
@click.option(
    "--to",
    "target",
    metavar="FILE",
    required=True,
    help="The file, by its ending: .csv, .xlsx, .parquet, .json, .jsonl; - is stdout.",
)
@click.option(
    "--format", "kind", metavar="FORMAT", help="Else what the ending says; csv on stdout."
)
@click.option("--since", metavar="WHEN", help="A time, a date, or a span back from now: 7d.")
@click.option("--until", metavar="WHEN", help="The same, for where it ends; now unless given.")
@click.option("--limit", type=click.IntRange(0), help="At most so many rows, the newest.")
@click.option(
    "--confidential", "is_whole", is_flag=True, help="With what confidential sources brought."
)
@options.store
@options.deck
def export(
    *,
    query: str | None,
    column: str | None,
    target: str,
    kind: str | None,
    since: str | None,
    until: str | None,
    limit: int | None,
    is_whole: bool,
    address: str | None,
    names: tuple[str, ...],
) -> None:
    """Write a column, or the items that match QUERY, to a file.

    Items come newest first, all that are stored unless --since or --limit says otherwise. In CSV
    and Excel whatever a spreadsheet would take for a formula is made text by an apostrophe. What
    confidential sources brought, of any deck, is left out, unless --confidential is given.
    """
    from workbench import clock, decks, exports, store
    from workbench.columns import data

    kind = _kind(target, kind)
    deck, chosen = _chosen(query, column, names)
    span = data.between(since, until, clock.now(), zone=deck.zone)
    with store.open(address, now=lambda: span.now, read_limit=_PATIENCE) as opened:
        if not is_whole:
            deck = _outside(deck, names, opened, is_query=column is None)
            chosen = decks.column_of(deck, chosen.key)
        table = data.table(deck, chosen, opened, span, limit=limit)
        shown = replace(table, batches=_watched(table.batches))
        n = _to_stdout(shown, kind) if target == _OUT else exports.save(shown, target, kind)
    where = "" if target == _OUT else f" to {target}"
    click.echo(f"{n:,} {'row' if n == 1 else 'rows'} written{where}", err=True)


def _kind(target: str, kind: str | None) -> str:
    from workbench import exports

    if kind is None:
        return "csv" if target == _OUT else exports.kind_of(target)
    if kind not in exports.KINDS:
        raise SettingError(f"--format {kind!r} is not one of {', '.join(exports.KINDS)}")
    return kind


def _chosen(query: str | None, column: str | None, names: tuple[str, ...]) -> tuple[Deck, Column]:
    """Return the column to be written, of a deck or of a query alone, and its deck."""
    from workbench import decks
    from workbench.query import parse

    if (query is None) is (column is None):
        raise click.UsageError("give a QUERY, or a column with --column; one of them")
    if column is not None:
        found = choose(names)
        if len(found) > 1:
            raise click.UsageError("a column is of one deck; give --deck once")
        return found[0], decks.column_of(found[0], column)
    named = [decks.load(name) for name in names]
    lists = {name: handles for deck in named for name, handles in deck.lists.items()}
    zone = named[0].zone if len(named) == 1 else "UTC"
    text = query or ""
    asked = decks.Column(
        key="items", title="Items", type="search", query=parse(text, zone=zone), text=text
    )
    return decks.Deck(name="items", title="", lists=lists, zone=zone, columns=(asked,)), asked


def _outside(deck: Deck, names: tuple[str, ...], opened: Store, *, is_query: bool) -> Deck:
    """Return a deck without what stays in the house."""
    from workbench import decks

    noted = {*decks.noted_confidential(opened)}
    if is_query:  # it names no deck, and may find what any of them brought
        noted |= {source.brings for source in _marked(map(decks.load, names))}
    return decks.withhold(deck, noted)


def _marked(named: Iterable[Deck]) -> Iterator[Source]:
    """Yield the confidential sources of some decks, and of all others that can be found."""
    from workbench import decks

    found = {deck.name: deck for deck in named}
    for name in decks.names():
        # Reading all that came along takes time, and hardly any says so.
        if name not in found and _SAYS in decks.find(name).read_text(errors="replace"):
            with suppress(WorkbenchError):  # one that cannot be read is said elsewhere
                found[name] = decks.load(name)
    for deck in found.values():
        yield from (source for source in deck.sources if source.is_confidential)


def _to_stdout(table: Table, kind: str) -> int:
    from workbench import exports

    out = sys.stdout.buffer
    if kind not in _BINARY:
        n = exports.write(table, out, kind)
    elif sys.stdout.isatty():
        raise SettingError(f"{kind} is nothing for a terminal; name a file with --to")
    else:
        # Both are written with a look back, which a pipe does not allow.
        held = io.BytesIO()
        n = exports.write(table, held, kind)
        out.write(held.getbuffer())
    out.flush()
    return n


def _watched(batches: Iterable[list[Row]]) -> Iterator[list[Row]]:
    """Yield batches, and tell a terminal how far it is if that takes longer than a moment."""
    from tqdm import tqdm

    with tqdm(unit=" rows", delay=1.0, disable=None) as bar:
        for batch in batches:
            yield batch
            bar.update(len(batch))
