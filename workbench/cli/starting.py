"""The command that begins: init."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Final

import click

from workbench.cli.text import clean
from workbench.workspace import ROLES, Wish, split_names, split_tags, write

__all__ = ["init"]

_ZONES: Final = "/zoneinfo/"


@click.command(
    epilog='Example: workbench init --role ceo --company "Acme" --rivals "Globex, Initech" '
    '--hashtags "#batteries"',
)
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--role",
    type=click.Choice(list(ROLES)),
    help="For whom the deck is: which columns it gets.",
)
@click.option("--company", metavar="NAME", help="Your company, as people write it.")
@click.option("--rivals", metavar="NAMES", help="Companies to watch, with commas between them.")
@click.option(
    "--rival",
    "more_rivals",
    metavar="NAME",
    multiple=True,
    help="One more, whose name may hold a comma. May be given several times.",
)
@click.option("--hashtags", metavar="TAGS", help='Of your industry, such as "#batteries #lithium".')
@click.option(
    "--feed",
    "feeds",
    metavar="URL",
    multiple=True,
    help="RSS or Atom feed of a news site. May be given several times.",
)
@click.option(
    "--wire",
    "wires",
    metavar="URL",
    multiple=True,
    help="RSS or Atom feed of a newswire. May be given several times.",
)
@click.option(
    "--mastodon",
    "instance",
    default="mastodon.social",
    show_default=True,
    metavar="HOST",
    help="The Mastodon server whose public timelines are read.",
)
@click.option("--zone", metavar="ZONE", help="Time zone of the page. Else this machine's.")
@click.option("--force", is_flag=True, help="Write over files that are there.")
def init(
    *,
    folder: Path | None,
    role: str | None,
    company: str | None,
    rivals: str | None,
    more_rivals: tuple[str, ...],
    hashtags: str | None,
    feeds: tuple[str, ...],
    wires: tuple[str, ...],
    instance: str,
    zone: str | None,
    force: bool,
) -> None:
    """Write a workspace for your own industry into FOLDER.

    A deck on sources that need no key, the notebooks, and a README that says what is where.
    FOLDER is workbench-COMPANY here unless given; . is the present one. In a terminal, what
    is not given is asked for; nothing that is there is written over without --force.
    """
    is_asked = sys.stdin.isatty() and sys.stdout.isatty()
    if company is None:
        if not is_asked:
            raise click.UsageError('name your company: --company "Acme"')
        company = click.prompt("Your company, as people write it")
    if is_asked:
        if role is None:
            for name, shows in ROLES.items():
                click.echo(f"  {name:<9} {shows}")
            role = click.prompt("For whom", type=click.Choice(list(ROLES)), default="ceo")
        if rivals is None and not more_rivals:
            rivals = click.prompt(
                "Rivals, with commas between them", default="", show_default=False
            )
        if hashtags is None:
            hashtags = click.prompt("Hashtags of your industry", default="", show_default=False)
        if not (feeds or wires):
            feeds = _addresses("Feeds of news sites, their addresses (RSS)")
    wish = Wish(
        company=company,
        role=role or "ceo",
        rivals=(*split_names(rivals or ""), *more_rivals),
        hashtags=split_tags(hashtags or ""),
        feeds=feeds,
        wires=wires,
        instance=instance,
        zone=zone or _zone(),
    )
    there = folder or Path(f"workbench-{_slug(wish.company)}")
    for path in write(there, wish, is_forced=force):
        click.echo(f"wrote {clean(str(path))}")
    _tell_next(there, wish)


def _addresses(words: str) -> tuple[str, ...]:
    return tuple(click.prompt(words, default="", show_default=False).replace(",", " ").split())


def _slug(name: str) -> str:
    return re.sub(r"[^\w]+", "-", name.casefold()).strip("-_") or "own"


def _zone() -> str:
    """Return this machine's time zone; UTC if it does not say."""
    try:
        link = os.readlink("/etc/localtime")  # noqa: PTH115 - a link's text, not its path
    except OSError:
        return "UTC"
    _, found, name = link.partition(_ZONES)
    return name if found else "UTC"


def _tell_next(folder: Path, wish: Wish) -> None:
    click.echo("\nWhat next:")
    if folder.resolve() != Path.cwd():
        quoted = f"'{folder}'" if re.search(r"[^\w./-]", str(folder)) else str(folder)
        click.echo(f"  cd {clean(quoted)}")
    steps = (
        ('export WORKBENCH_STORE="$PWD/workbench.db"', "what is collected stays in this folder"),
        (f"workbench doctor --deck {wish.role}", "does each source answer?"),
        (f"workbench up --deck {wish.role}", "collect, and publish the page"),
    )
    for step, why in steps:
        click.echo(f"  {step:<44}# {why}")
    if not (wish.feeds or wish.wires):
        click.echo(
            f"\nNo news site is read yet: add feeds to decks/{wish.role}.yaml, where an example "
            "stands. Without them the page shows social networks and headlines alone."
        )
