"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

__all__ = ["as_json", "deck", "page", "store"]

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

store: Final[Decorator] = click.option(
    "--store",
    "address",
    metavar="ADDRESS",
    help="The store: path of its file. Else WORKBENCH_STORE, else your own data folder.",
)
deck: Final[Decorator] = click.option(
    "--deck",
    "names",
    metavar="NAME",
    multiple=True,
    help="A deck's name or the path of its YAML file. May be given several times.",
)
as_json: Final[Decorator] = click.option(
    "--json", "is_json", is_flag=True, help="Write JSON, one object to a line."
)

_PAGE: Final = (
    click.option(
        "--host",
        default="127.0.0.1",
        show_default=True,
        help="Address to listen on. Any but this machine's own needs a token.",
    ),
    click.option(
        "--port",
        type=click.IntRange(0, 65535),
        help="Port to listen on; 0 takes a free one. Else 8866, or the next that is free.",
    ),
    click.option(
        "--token",
        envvar="WORKBENCH_TOKEN",
        metavar="TOKEN",
        help="What viewers must show. Better given as WORKBENCH_TOKEN, which no list of "
        "processes shows.",
    ),
    click.option(
        "--base-path",
        default="/",
        show_default=True,
        metavar="PATH",
        help="Path under which a proxy serves the page.",
    ),
    click.option(
        "--no-sign-in",
        "is_open",
        is_flag=True,
        help="Let anybody who reaches the page read it, on any host.",
    ),
    click.option(
        "--public",
        "is_public",
        is_flag=True,
        help="Leave out what confidential sources bring: outsiders may read the page.",
    ),
    click.option(
        "--briefings",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="FOLDER",
        help="Where the documents of workbench run and brief lie, for the page to link. "
        "Else your own data folder.",
    ),
    click.option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        envvar="WORKBENCH_LOG_FORMAT",
        help="How stderr is written: lines to read, or one JSON object to a line.",
    ),
    click.option("--no-browser", is_flag=True, help="Do not open the page in a browser."),
)


def page(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a command that publishes the page."""
    for option in reversed(_PAGE):
        command = option(command)
    return command
