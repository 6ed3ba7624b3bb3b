"""What the settings of one column amount to, told part by part to whoever is setting them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from workbench.decks.check import check_column
from workbench.decks.columns import Context
from workbench.decks.filters import FILTERS, read_mutes
from workbench.decks.model import Column, Deck
from workbench.decks.reading import Place
from workbench.errors import DeckError

__all__ = ["Clause", "Told", "tell_column"]

_UNNAMED: Final = {"type": "search", "title": "New"}


class Clause(NamedTuple):
    """The part of a query that a setting becomes; "" if it becomes none; or what is wrong."""

    query: str = ""
    error: str = ""


class Told(NamedTuple):
    """What a column's settings amount to.

    Attributes
    ----------
    column : Column or None
        As the deck would have it; None if something is wrong.
    error : DeckError or None
        What is wrong.
    filters : Mapping of str to Clause
        By name of the filter.
    mutes : tuple of Clause
        In their order.
    """

    column: Column | None
    error: DeckError | None
    filters: Mapping[str, Clause]
    mutes: tuple[Clause, ...]


def tell_column(settings: Mapping[str, Any], deck: Deck) -> Told:
    """Return what the settings of a column amount to.

    Parameters
    ----------
    settings : mapping
        As a deck file has them. Type and title may be missing.
    deck : Deck
        Whose zone, people lists, mutes and other columns hold.
    """
    context = Context(zone=deck.zone, lists=deck.people)
    column, error = None, None
    try:
        column = check_column(_placed({**_UNNAMED, **settings}), deck)
    except DeckError as raised:
        error = raised
    filters, mutes = settings.get("filters"), settings.get("mutes")
    return Told(
        column,
        error,
        {
            str(name): _clause(value, partial(_filter, str(name), context))
            for name, value in (filters.items() if isinstance(filters, Mapping) else ())
        },
        tuple(
            _clause([mute], partial(_mute, context))
            for mute in (mutes if isinstance(mutes, list) else ())
        ),
    )


def _mute(context: Context, place: Place) -> str:
    return " ".join(read_mutes(place, context))


def _filter(name: str, context: Context, place: Place) -> str:
    if name not in FILTERS:
        raise place.error(f"unknown filter; there are: {', '.join(FILTERS)}")
    return " ".join(FILTERS[name](place, context))


def _clause(value: Any, read: Callable[[Place], str]) -> Clause:
    try:
        return Clause(query=read(_placed(value)))
    except DeckError as error:
        # What points into a query points into one that nobody has typed.
        return Clause(error=error.message.partition("\n")[0])


def _placed(value: Any) -> Place:
    """Return plain data as it would be read from a file.

    Raises
    ------
    DeckError
        If no file could hold it.
    """
    yaml, buffer = YAML(), io.StringIO()
    try:
        yaml.dump({"column": value}, buffer)
        return Place(yaml.load(buffer.getvalue()), "the column", 1).mapping()["column"]
    except (YAMLError, ValueError, TypeError, RecursionError) as error:
        told = " ".join(str(error).split())
        raise DeckError(f"cannot be written: {told}", file="the column") from None
