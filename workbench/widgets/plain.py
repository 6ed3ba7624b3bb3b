"""Columns as plain data, for the widget's `columns` trait: from a deck's columns, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from workbench import clock
from workbench.decks import COMPUTED, FOLDED, TYPES, VISITED, Column, Deck, check_columns
from workbench.errors import DeckError, QueryError
from workbench.items import Item
from workbench.query import Query, parse

__all__ = ["narrow", "parsed", "to_columns", "to_plain"]

_UNITS: Final = (("w", 7 * 86400), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
_SPANS: Final = ("window", "baseline", "since", "every")
_SHOWN: Final = ("key", "type", "title", "query", "width")
_OWN: Final = frozenset(
    ("any", "all", "none", "accounts", "list", "sources", "columns", "forms", "tickers")
)
# In a deck file these say what they look for by settings of their own, of which a plain column
# holds the outcome: one query.
_COMPILED: Final = ("hashtag", "people", "list", "merged", "filings", VISITED)


def _written(span: timedelta) -> str:
    """Return a span as a deck file has it.

    Examples
    --------
    >>> _written(timedelta(hours=24)), _written(timedelta(minutes=90))
    ('1d', '90m')
    """
    seconds = round(span.total_seconds())
    unit, size = next((u, n) for u, n in _UNITS if seconds % n == 0)
    return f"{seconds // size}{unit}"


def to_plain(column: Column) -> dict[str, Any]:
    """Return a column as plain data: key, type, title, query, width; and what else it has.

    The query is the whole of what it shows, hashtags and accounts included; "" is everything.
    """
    plain: dict[str, Any] = {
        "key": column.key,
        "type": column.type,
        "title": column.title,
        "query": column.text,
        "width": column.width,
    }
    own = TYPES[column.type]
    plain |= {name: _written(getattr(column, name)) for name in _SPANS if name in own}
    if column.sensitive != "folded":
        plain["filters"] = {"sensitive": column.sensitive}
    if column.queries:
        plain["queries"] = {name: str(query) for name, query in column.queries}
    if rule := column.alert:
        many = {"at_least": rule.at_least, "within": _written(rule.within)}
        plain["alert"] = many if rule.at_least else "each"
    folded = "folded" if column.is_folding else "shown"
    settings = (
        ("sound", column.sound, False),
        ("colour", column.colour, ""),
        ("collapsed", column.is_collapsed, False),
        ("badge", column.badge, True),
        ("media", column.media, ""),
        ("coordinated", column.coordinated, "marked"),
        ("alike", folded, "folded" if column.type in FOLDED else "shown"),
    )
    plain |= {name: value for name, value, usual in settings if value != usual}
    if column.type == "alerts" and column.columns:
        plain["columns"] = list(column.columns)
    return plain


def to_columns(entries: Sequence[Any], deck: Deck) -> tuple[Column, ...]:
    """Return the columns that plain data describes.

    Parameters
    ----------
    entries : sequence of mapping
        As from :func:`to_plain`, or with any setting that a deck file allows a column.
    deck : Deck
        Whose zone, people lists and columns are known. A column of one of its keys whose query
        is unchanged keeps it as it was compiled.

    Raises
    ------
    DeckError
        At the first thing that is wrong.
    """
    known = {column.key: column for column in deck.columns}
    of = f"deck {deck.name}"
    wanted: list[dict[str, Any]] = []
    kept: list[Column | None] = []
    for n, entry in enumerate(entries, start=1):
        if not isinstance(entry, Mapping):
            raise DeckError(
                f"is {entry!r}; a column is a dict such as "
                "{'type': 'search', 'title': 'Acme', 'query': 'acme'}",
                file=of,
                key=f"columns[{n}]",
            )
        before = known.get(entry.get("key", ""))
        told, same = _readable(entry, before)
        wanted.append(told)
        kept.append(before if same else None)
    made = check_columns(wanted, of=of, zone=deck.zone, lists=deck.lists, mutes=deck.mutes)
    return tuple(map(_restored, made, kept, entries))


def _restored(new: Column, old: Column | None, entry: Mapping[str, Any]) -> Column:
    """Return a column as it was meant: of its own type, and with the query that it had."""
    kind = entry["type"]
    made = replace(new, type=kind)
    if "alike" not in entry:
        made = replace(made, is_folding=kind in FOLDED)
    if old is None:
        return made
    kept = {name: getattr(old, name) for name in ("query", "text", "asks", "keeps_out")}
    return replace(made, **kept)


def _readable(entry: Mapping[str, Any], before: Column | None) -> tuple[dict[str, Any], bool]:
    """Return an entry as a deck file could hold it, and whether its query is the one before."""
    told = {str(name): value for name, value in entry.items()}
    kind = told.get("type")
    own = _OWN & told.keys()
    same = (
        before is not None
        and not own
        and before.type == kind
        and told.get("query", "") == before.text
    )
    if told.get("query") == "" and kind != "search":
        del told["query"]
    if kind in _COMPILED and not own and told.get("query"):
        told["type"] = "search"
    elif same and kind == "newswire":
        told.pop("query", None)
    return told, same


def parsed(text: str, deck: Deck) -> Query | None:
    """Return a query read in a deck's zone; None if there is none.

    Raises
    ------
    QueryError
        If it cannot be read, or names a people list that the deck does not have.
    """
    if not text.strip():
        return None
    query = parse(text, zone=deck.zone)
    # Lists are looked up when something is matched; what is looked for here is their names.
    query.matches(Item(source="", id="", text="", published=clock.EPOCH), lists=deck.lists)
    return query


def narrow(deck: Deck, columns: Sequence[Column], query: Query | None) -> Deck:
    """Return a deck of these columns, those of items narrowed to what a query matches as well.

    Raises
    ------
    QueryError
        If the two together are longer than a query may be.
    """
    if query is None:
        return replace(deck, columns=tuple(columns))
    narrowed = []
    for column in columns:
        if column.type in COMPUTED:
            narrowed.append(column)
            continue
        try:
            both = parse(f"({column.query}) ({query})") if column.query else query
        except QueryError as error:
            raise QueryError(
                f"column {column.title!r} cannot be narrowed: {error.message}"
            ) from None
        narrowed.append(replace(column, query=both))
    return replace(deck, columns=tuple(narrowed))
