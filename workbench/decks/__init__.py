"""Decks: columns side by side and the sources they live on, one YAML file each."""

from __future__ import annotations

from pathlib import Path

from workbench.decks.check import (
    COLOURS,
    NARROWING,
    SETTINGS,
    check,
    check_columns,
)
from workbench.decks.columns import (
    COLUMN_SETTINGS,
    COMPUTED,
    FOLDED,
    QUERIED,
    TYPES,
    VISITED,
)
from workbench.decks.coming import Coming
from workbench.decks.editing import Draft
from workbench.decks.filters import FILTERS, MUTES
from workbench.decks.follow import Followed
from workbench.decks.hidden import is_hidden, visible, withhold
from workbench.decks.model import Column, Deck, Rule, Source, column_of
from workbench.decks.places import copied, find, is_packaged, names
from workbench.decks.polls import poll_of, polls_of
from workbench.decks.reading import read
from workbench.decks.saving import add_column, add_sources
from workbench.decks.secrecy import note_confidential, noted_confidential
from workbench.decks.sources import SOURCE_SETTINGS

__all__ = [
    "COLOURS",
    "COLUMN_SETTINGS",
    "COMPUTED",
    "FILTERS",
    "FOLDED",
    "MUTES",
    "NARROWING",
    "QUERIED",
    "SETTINGS",
    "SOURCE_SETTINGS",
    "TYPES",
    "VISITED",
    "Column",
    "Coming",
    "Deck",
    "Draft",
    "Followed",
    "Rule",
    "Source",
    "add_column",
    "add_sources",
    "check_columns",
    "column_of",
    "copied",
    "find",
    "is_hidden",
    "is_packaged",
    "load",
    "names",
    "note_confidential",
    "noted_confidential",
    "poll_of",
    "polls_of",
    "visible",
    "withhold",
]


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
