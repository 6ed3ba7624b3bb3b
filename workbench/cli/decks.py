"""Commands about decks as files: list, versions, show, restore, export, import."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from workbench.cli import options
from workbench.cli.asking import as_line
from workbench.cli.text import clean, table, when
from workbench.errors import DeckError, SettingError

if TYPE_CHECKING:
    from workbench.decks import Draft
    from workbench.decks.history import Version

__all__ = ["deck"]

_LARGEST: Final = 256 * 1024  # characters of a file that may be a deck, with room to say it is not


@click.group(epilog="Example: workbench deck versions ceo")
def deck() -> None:
    """Look at, restore, hand on and take in decks."""


@deck.command("list", epilog="Example: workbench deck list")
@options.as_json
def list_decks(*, is_json: bool) -> None:
    """List the decks that are found by their name, with their titles and files."""
    from workbench import decks

    rows = []
    for name in decks.names():
        path = decks.find(name)
        try:
            title = decks.load(path).title
        except DeckError:
            title = "(cannot be read; workbench doctor says why)"
        rows.append((name, title, str(path)))
    if is_json:
        for name, title, file in rows:
            click.echo(as_line({"name": name, "title": title, "file": file}))
        return
    for line in table(("deck", "title", "file"), rows):
        click.echo(line)


@deck.command(epilog="Example: workbench deck versions ceo --json")
@click.argument("name")
@options.as_json
def versions(*, name: str, is_json: bool) -> None:
    """List the versions that are kept of the deck NAME, the newest first."""
    found = _draft(name).versions()
    if is_json:
        for each in found:
            told = {"id": each.id, "saved": each.saved, "columns": each.columns}
            click.echo(as_line({**told, "who": each.who, "note": each.note}))
        return
    rows = [
        (each.id, when(each.saved), each.who or "-", f"{each.columns}", clean(each.note))
        for each in found
    ]
    for line in table(("id", "saved (UTC)", "by", "columns", "what was done"), rows):
        click.echo(line)
    if not rows:
        click.echo("No version is kept yet; one is with each save.", err=True)


@deck.command(epilog="Example: workbench deck show ceo 20261126T091400000000 --diff")
@click.argument("name")
@click.argument("version", required=False)
@click.option("--diff", "is_diff", is_flag=True, help="What would change if it were restored.")
def show(*, name: str, version: str | None, is_diff: bool) -> None:
    """Write the file of the deck NAME, or of a VERSION of it, to stdout."""
    if is_diff and version is None:
        raise click.UsageError("--diff needs a version; workbench deck versions NAME lists them")
    draft = _draft(name)
    found = draft.version(version) if version else None
    text = draft.compared(found) if found and is_diff else found.text if found else draft.text
    click.echo(_harmless(text), nl=False)


@deck.command(epilog="Example: workbench deck restore ceo 20261126T091400000000")
@click.argument("name")
@click.argument("version")
def restore(*, name: str, version: str) -> None:
    """Make the deck NAME what it was in a VERSION; what it is now is kept as a version."""
    draft = _draft(name)
    found = draft.version(version)
    draft.restore(version)
    if not draft.is_dirty:
        click.echo(f"{draft.path} is so already.")
        return
    draft.save()
    click.echo(f"{clean(str(draft.path))} is as it was on {_told(found)}.")


@deck.command(epilog="Example: workbench deck export ceo ceo-for-berlin.yaml")
@click.argument("name")
@click.argument("target", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def export(*, name: str, target: Path | None, force: bool) -> None:
    """Write the deck NAME as one file to hand on; to stdout without TARGET."""
    packed = _draft(name).packed()
    if target is None:
        click.echo(packed, nl=False)
        return
    try:
        with target.open("w" if force else "x", encoding="utf-8", newline="") as stream:
            stream.write(packed)
    except FileExistsError:
        raise SettingError(f"{target} is there already; write over it with --force") from None
    except OSError as error:
        raise SettingError(f"{target} cannot be written: {error.strerror}") from None
    click.echo(f"wrote {clean(str(target))}", err=True)


@deck.command("import", epilog="Example: workbench deck import ceo-for-berlin.yaml --name berlin")
@click.argument("source", type=click.Path(allow_dash=True, path_type=Path))
@click.option("--name", metavar="NAME", help="What it is to be called. Else what it was.")
@click.option(
    "--over", is_flag=True, help="Write over a deck of that name; what it was is kept as a version."
)
def import_deck(*, source: Path, name: str | None, over: bool) -> None:
    """Take in a deck from the file SOURCE, or from stdin if that is -."""
    from workbench import decks
    from workbench.decks import Draft
    from workbench.decks.bundle import unpack
    from workbench.decks.places import place_for

    called, text = unpack(_read(source), file=str(source))
    name = name or called or source.stem
    if over and name in decks.names():
        draft = Draft(decks.find(name))
        draft.become(text, f"Import {source.name}")
    else:
        draft = Draft(place_for(name), text=text)
    if draft.is_dirty:
        draft.save()
    click.echo(f"{clean(draft.name)} is in {clean(str(draft.path))}")


def _draft(name: str) -> Draft:
    from workbench import decks

    return decks.Draft(decks.find(name))


def _told(version: Version) -> str:
    return f"{when(version.saved)} UTC"


def _read(source: Path) -> str:
    try:
        if str(source) == "-":
            return sys.stdin.read(_LARGEST)
        with source.open(encoding="utf-8", newline="") as stream:
            return stream.read(_LARGEST)
    except UnicodeDecodeError:
        raise SettingError(f"{source} is not UTF-8 text, so that it is no deck") from None
    except OSError as error:
        raise SettingError(f"{source} cannot be read: {error.strerror}") from None


def _harmless(text: str) -> str:
    """Return a deck's text without signs that steer a terminal; lines stay."""
    if not sys.stdout.isatty():
        return text
    return "".join(each if each.isprintable() or each in "\n\t" else "\ufffd" for each in text)
