"""The command `workbench`."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any, Final

import click

from workbench import __version__
from workbench.errors import WorkbenchError

__all__ = ["group", "main"]

# Where each command lives. It is imported when it is asked for, so that help is quick.
_HOMES: Final = {
    "init": "starting",
    "demo": "serving",
    "up": "serving",
    "serve": "serving",
    "collect": "collecting",
    "search": "asking",
    "stories": "telling",
    "import": "importing",
    "export": "exporting",
    "run": "running",
    "brief": "running",
    "doctor": "doctor",
    "lab": "desk",
    "status": "asking",
    "deck": "decks",
    "train-sentiment": "training",
}


class _Commands(click.Group):
    """The commands, found where they live; our own errors become one clear message."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        return list(_HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        home = _HOMES.get(cmd_name)
        if home is None:
            return None
        # The language's own word, and a sign that no name of it may have.
        name = "import_files" if cmd_name == "import" else cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"workbench.cli.{home}"), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except WorkbenchError as error:
            raise click.ClickException(_harmless(str(error))) from error


def _harmless(message: str) -> str:
    """Return a message without signs that steer a terminal; lines and places stay."""
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in message)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, package_name="boardroom-workbench", prog_name="workbench")
def group() -> None:
    r"""Listen to an industry, and show it as live columns.

    \b
    workbench demo                  an invented industry, offline, without a key
    workbench up --deck ceo         collect from live sources and publish the page
    workbench search 'acme -crypto' --since 24h
    """
    # Each retry is a warning to it; what comes of them in the end is said by us.
    logging.getLogger("stamina").setLevel(logging.ERROR)


def main() -> None:
    """Run the command line."""
    group(prog_name="workbench")
