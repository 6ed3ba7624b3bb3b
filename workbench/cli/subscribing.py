"""What `workbench import` does with lists of feeds: they become sources of a deck."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from workbench.cli.asking import as_line
from workbench.cli.text import clean
from workbench.errors import SettingError, WorkbenchError
from workbench.items import TIERS

if TYPE_CHECKING:
    from workbench.items import Problem

__all__ = ["refuse_lists", "subscribe"]

_TOLD: Final = 20
_MANY: Final = 300


def subscribe(
    files: Sequence[Path], deck: str, *, tier: str, folder: str | None, is_json: bool
) -> None:
    """Add the feeds of OPML files to a deck, and say what came of it.

    Raises
    ------
    WorkbenchError
        If a file cannot be read, or the deck not be written.
    """
    from workbench import decks
    from workbench.imports import opml

    if tier and tier not in TIERS:
        raise SettingError(f"--tier {tier!r} is not one of {', '.join(TIERS)}")
    path = decks.find(deck)
    for file in files:
        try:
            with file.open("rb") as stream:
                found = opml.read(stream.read(opml.LARGEST + 1))
        except OSError as error:
            raise SettingError(f"{file}: cannot be read: {error.strerror}") from None
        except SettingError as error:
            raise SettingError(f"{file}: {error}") from None
        feeds = [
            feed for feed in found.feeds if not folder or folder.casefold() in _folded(feed.folders)
        ]
        if folder and not feeds:
            raise SettingError(f"{file}: there is no feed in a folder {folder!r}")
        known = [source.key for source in decks.load(path).sources]
        made, skipped = opml.sources(feeds, known=known, tier=tier)
        try:
            decks.add_sources(path, made, note=f"Add {len(made)} feeds of {file.name}")
        except WorkbenchError as error:
            raise SettingError(
                f"{file}: its {len(made):,} feeds are not added: {error}. --folder NAME takes in "
                "those of one folder; or spread them over several decks"
            ) from None
        _tell(file, deck, len(made), [*found.problems, *skipped], is_json=is_json)


def refuse_lists(file: Path) -> None:
    """Say of a list of feeds what it needs beside itself.

    Raises
    ------
    SettingError
        If it is one.
    """
    if file.suffix.lower() == ".opml":
        raise SettingError(f"{file}: is a list of feeds: --deck NAME says which deck gets them")


def _folded(folders: Sequence[str]) -> list[str]:
    return [folder.casefold() for folder in folders]


def _tell(file: Path, deck: str, added: int, skipped: list[Problem], *, is_json: bool) -> None:
    for problem in skipped[:_TOLD]:
        told = f"{problem.where}: {problem.reason}"
        click.echo(f"{clean(str(file))}: left out {clean(told)}", err=True)
    if len(skipped) > _TOLD:
        click.echo(f"{clean(str(file))}: and {len(skipped) - _TOLD:,} more", err=True)
    if is_json:
        counts = {"added": added, "skipped": len(skipped)}
        click.echo(as_line({"file": str(file), "deck": deck, **counts}))
        return
    left = f", {len(skipped):,} left out" if skipped else ""
    click.echo(f"{clean(str(file))}: {added:,} feeds added to {clean(deck)}{left}")
    if added > _MANY:
        click.echo(f"Each is asked every 5 minutes: {added * 12:,} requests an hour.", err=True)
