"""Decks: columns side by side and the sources they live on, one YAML file each."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from workbench import share
from workbench.decks.check import (
    COLOURS,
    NARROWING,
    SETTINGS,
    check,
    check_columns,
)
from workbench.decks.columns import COLUMN_SETTINGS, COMPUTED, QUERIED, TYPES, VISITED
from workbench.decks.editing import Draft
from workbench.decks.filters import FILTERS, MUTES
from workbench.decks.follow import Followed
from workbench.decks.model import Column, Deck, Rule, Source, column_of
from workbench.decks.reading import nearest, read
from workbench.decks.saving import add_column, is_packaged
from workbench.decks.sources import SOURCE_SETTINGS
from workbench.errors import DeckError

__all__ = [
    "COLOURS",
    "COLUMN_SETTINGS",
    "COMPUTED",
    "FILTERS",
    "MUTES",
    "NARROWING",
    "QUERIED",
    "SETTINGS",
    "SOURCE_SETTINGS",
    "TYPES",
    "VISITED",
    "Column",
    "Deck",
    "Draft",
    "Followed",
    "Rule",
    "Source",
    "add_column",
    "check_columns",
    "column_of",
    "find",
    "is_packaged",
    "load",
    "names",
]

_ENDINGS = (".yaml", ".yml")


def _folders() -> list[Path]:
    """Return where decks lie: here, the user's own, those that came along.

    A workspace has its notebooks beside its decks, and a notebook runs in its own folder.
    """
    here = [Path("decks")]
    if Path.cwd().name == "notebooks":
        here.append(Path("..") / "decks")
    own = platformdirs.user_config_path("workbench", appauthor=False) / "decks"
    return [*here, own, share.path("decks")]


def names() -> list[str]:
    """Return the names of all decks that :func:`load` finds, each once, in order."""
    found = {
        path.stem
        for folder in _folders()
        for ending in _ENDINGS
        for path in folder.glob(f"*{ending}")
    }
    return sorted(found)


def load(deck: str | Path) -> Deck:
    """Read a deck.

    Parameters
    ----------
    deck : str or Path
        A deck's name, looked for in ``decks/`` here, in the user's configuration folder and
        among the decks that came along; or the path of a YAML file.

    Returns
    -------
    Deck

    Raises
    ------
    DeckError
        If there is none, or something in it is wrong.
    """
    path = find(deck)
    return check(read(path, str(path)), name=path.stem, path=path)


def find(deck: str | Path) -> Path:
    """Return the file of a deck, found as :func:`load` finds it.

    Raises
    ------
    DeckError
        If there is no deck of that name.
    """
    text = os.fspath(deck)
    if isinstance(deck, Path) or text.endswith(_ENDINGS) or os.sep in text or "/" in text:
        return Path(deck)
    return _named(text)


def _named(name: str) -> Path:
    for folder in _folders():
        for ending in _ENDINGS:
            path = folder / f"{name}{ending}"
            if path.is_file():
                return path
    known = names()
    raise DeckError(
        f"there is no deck of that name{nearest(name, known)} Decks: {', '.join(known) or 'none'}; "
        "or give the path of a YAML file",
        file=name,
    )
