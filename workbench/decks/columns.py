"""Column types: which settings each has, and the one query that they amount to."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from workbench.collectors import available
from workbench.decks.model import Column
from workbench.decks.reading import Place, nearest
from workbench.entities import extract
from workbench.errors import QueryError
from workbench.query import Query, parse
from workbench.query.tree import InList, Key, leaves
from workbench.tokens import fold

__all__ = [
    "COLUMN_SETTINGS",
    "COMPUTED",
    "FOLDED",
    "HANDLE",
    "QUERIED",
    "TYPES",
    "VISITED",
    "Context",
    "about",
    "any_of",
    "compile_column",
    "compile_queries",
    "follow",
    "kept_out",
    "merge",
    "parse_at",
    "unknown_list",
]

COLUMN_SETTINGS: Final = ("type", "title", "key", "width", "colour", "collapsed", "badge")
"""What every column may have."""

READING: Final = ("alike", "media")
"""What every column of items may have."""

ALERTS: Final = ("alert", "sound")
"""What every column of items may have, that of the last visit aside."""

_ITEMS: Final = (*ALERTS, *READING)

TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "search": ("query", *_ITEMS),
    "hashtag": ("any", "all", "none", "query", *_ITEMS),
    "people": ("accounts", "list", "query", *_ITEMS),
    "list": ("list", "query", *_ITEMS),
    "merged": ("columns", "query", *_ITEMS),
    "newswire": ("sources", "query", *_ITEMS),
    "filings": ("forms", "tickers", "query", *_ITEMS),
    "trending": ("query", "window", "baseline", "coordinated"),
    "sentiment": ("query", "since", "every"),
    "share-of-voice": ("queries", "since"),
    "stories": ("query",),
    "source-health": (),
    "briefings": (),
    "alerts": ("columns",),
    "since-last-visit": ("columns", "query", *READING),
}
"""Column types, and what each may have besides."""

QUERIED: Final = frozenset(kind for kind, own in TYPES.items() if {"query", "queries"} & {*own})
"""Those that look for something, and may have filters and mutes."""

COMPUTED: Final = (
    "trending",
    "sentiment",
    "share-of-voice",
    "stories",
    "source-health",
    "briefings",
    "alerts",
    "pinned",
)
"""Those that show no items, but something made of them; `pinned` is in no deck's file."""

FOLDED: Final = ("search", "hashtag", "list", "merged")
"""Those that fold what says the same, unless their setting says otherwise."""

VISITED: Final = "since-last-visit"
"""The one whose items differ from viewer to viewer: a browser asks for its own."""

_LONG: Final = 1000
_FEWEST, _MOST = 2, 8  # voices that can be compared
HANDLE: Final = re.compile(r"@?[\w.:@-]*\w")
_FORM: Final = re.compile(r"\w[\w./-]*(?: [\w./-]*\w)*")
"""What an account's handle looks like."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a column is read in: the deck's zone and people lists."""

    zone: str
    lists: Mapping[str, Collection[str]]


def compile_column(
    place: Place, kind: str, given: Mapping[str, Place], context: Context
) -> tuple[Query | None, str]:
    """Return a column's query and its text; None and nothing if it shows everything."""
    if kind == "search" and "query" not in given:
        raise place.error("a search column needs a query")
    if kind == "list" and "list" not in given:
        raise place.error("a list column needs list:, the name of a people list of the deck")
    parts: list[str] = []
    if kind == "hashtag":
        parts = _hashtags(place, given)
    elif kind in {"people", "list"}:
        parts = _people(place, given, context)
    elif kind == "newswire":
        parts = _newswire(given)
    elif kind == "filings":
        parts = _filings(given)
    if "query" in given:
        typed = given["query"].text()
        query = parse_at(given["query"], typed, context)
        if not parts:
            return query, typed
        parts.append(f"({typed})")
    if not parts:
        return None, ""
    text = " ".join(parts)
    return parse_at(place, text, context), text


def parse_at(place: Place, text: str, context: Context) -> Query:
    """Return a query; what is wrong with it, a people list that is not there too, is so here."""
    try:
        query = parse(text, zone=context.zone)
    except QueryError as error:
        # With the place below it, unless the query is longer than a screen.
        told = str(error) if len(text) < _LONG else error.message
        is_whole = isinstance(place.value, str) and place.value.strip() == text
        raise place.error(told, position=error.position if is_whole else None) from None
    known = {fold(name) for name in context.lists}
    for leaf in leaves(query.tree):
        if isinstance(leaf, InList) and leaf.name not in known:
            raise place.error(unknown_list(leaf.name, context))
        if isinstance(leaf, Key) and leaf.is_list and leaf.value not in known:
            raise place.error(f"id:{leaf.value} names no item; write source and id")
    return query


def unknown_list(name: str, context: Context) -> str:
    """Say that there is no such people list, and which there are."""
    known = ", ".join(context.lists) or "none"
    return f"the deck has no people list {name!r}{nearest(name, context.lists)} Lists: {known}"


def any_of(parts: Collection[str]) -> str:
    """Return what finds whatever one of several parts of a query finds."""
    text = " OR ".join(parts)
    return f"({text})" if len(parts) > 1 else text


def _hashtags(place: Place, given: Mapping[str, Place]) -> list[str]:
    tags = {name: _tags(given[name]) for name in ("any", "all", "none") if name in given}
    if not tags.get("any") and not tags.get("all"):
        raise place.error("a hashtag column needs any: or all:, with at least one hashtag")
    parts = [any_of(tags["any"])] if tags.get("any") else []
    return parts + tags.get("all", []) + [f"-{tag}" for tag in tags.get("none", [])]


def _tags(place: Place) -> list[str]:
    found = []
    for entry in place.words():
        tag = entry.text().removeprefix("#")
        if extract(f"#{tag}").hashtags != (tag,):
            raise entry.error(f"{tag!r} is no hashtag; letters, digits and _, at least one letter")
        found.append(f"#{tag}")
    return found


def _people(place: Place, given: Mapping[str, Place], context: Context) -> list[str]:
    if ("accounts" in given) is ("list" in given):
        raise place.error("a people column needs accounts: or list:, one of them")
    if "list" in given:
        name = given["list"].text()
        if name not in context.lists:
            raise given["list"].error(unknown_list(name, context))
        return [f"list:{name}"]
    handles = []
    for entry in given["accounts"].words():
        handle = entry.text()
        if not HANDLE.fullmatch(handle):
            raise entry.error(f"{handle!r} is no account; write its handle, such as ana.example")
        handles.append(f"from:{handle.removeprefix('@')}")
    if not handles:
        raise given["accounts"].error("names no account; name at least one")
    return [any_of(handles)]


def _filings(given: Mapping[str, Place]) -> list[str]:
    parts = ["tier:filing"]
    for setting, operator, pattern in (("forms", "form", _FORM), ("tickers", "ticker", HANDLE)):
        if setting in given:
            names = [_named(entry, pattern) for entry in given[setting].words()]
            parts.append(any_of([f"{operator}:{_quoted(name)}" for name in names]))
    return parts


def _named(place: Place, pattern: re.Pattern[str]) -> str:
    name = place.text().removeprefix("$")
    if not pattern.fullmatch(name):
        raise place.error(f"{name!r} is none; write it as filings do, such as 8-K or ACME")
    return name


def _quoted(name: str) -> str:
    """Return a name as an operator takes it: in quotes if it is of several words."""
    return f'"{name}"' if " " in name else name


def compile_queries(
    place: Place, given: Mapping[str, Place], context: Context
) -> tuple[tuple[str, Query], ...]:
    """Return the named queries of a share-of-voice column, in their order."""
    if "queries" not in given:
        raise place.error("a share-of-voice column needs queries:, a name and a query for each")
    entries = given["queries"].mapping()
    if not _FEWEST <= len(entries) <= _MOST:
        raise given["queries"].error(
            f"names {len(entries)}; {_FEWEST} to {_MOST} can be compared, each with its query"
        )
    return tuple((name, parse_at(entry, entry.text(), context)) for name, entry in entries.items())


def merge(
    place: Place, given: Mapping[str, Place], columns: Collection[Column], context: Context
) -> tuple[Query | None, str]:
    """Return the query of a merged column: what any of the columns that it names shows."""
    known = _of_items(columns)
    if "columns" not in given:
        raise place.error("a merged column needs columns:, the keys of those that it shows")
    names = _names(given["columns"], known)
    if len(names) < 2:
        raise given["columns"].error("names one column; a merged column shows two or more")
    return _either(place, given, [known[name] for name in names], context)


def follow(
    place: Place, given: Mapping[str, Place], columns: Collection[Column], context: Context
) -> tuple[Query | None, str, tuple[str, ...]]:
    """Return the query of a since-last-visit column, and the columns that it names, if any.

    It is what any of these shows; without names, what any column of items does.
    """
    known = _of_items(columns)
    names = _names(given["columns"], known) if "columns" in given else ()
    shown = [known[name] for name in names or known if names or known[name].type != "merged"]
    if not shown:
        raise place.error("the deck has no column of items that it could follow; add one")
    return *_either(place, given, shown, context), names


def about(given: Mapping[str, Place], columns: Collection[Column]) -> tuple[str, ...]:
    """Return the columns that an alerts column names; nothing if it shows the alerts of all."""
    if "columns" not in given:
        return ()
    names = _names(given["columns"], _of_items(columns))
    silent = {column.key for column in columns if not column.alert}
    for entry in given["columns"].words():
        if entry.value in silent:
            raise entry.error(f"the column {entry.value} has no alert: that could show here")
    return names


def _of_items(columns: Collection[Column]) -> dict[str, Column]:
    return {c.key: c for c in columns if c.type not in COMPUTED and c.type != VISITED}


def _names(place: Place, known: Mapping[str, Column]) -> tuple[str, ...]:
    """Return the columns named, each once."""
    names = tuple(dict.fromkeys(entry.choice(list(known)) for entry in place.words()))
    if not names:
        raise place.error("names no column; name at least one, or leave it out")
    return names


def _either(
    place: Place, given: Mapping[str, Place], shown: Collection[Column], context: Context
) -> tuple[Query | None, str]:
    texts = [column.text for column in shown]
    either = any_of([f"({text})" for text in texts]) if all(texts) else ""
    typed = given["query"].text() if "query" in given else ""
    text = " ".join(filter(None, (either, f"({typed})" if typed and either else typed)))
    return (parse_at(place, text, context), text) if text else (None, "")


def kept_out(place: Place, columns: Collection[Column]) -> tuple[str, ...]:
    """Return what every one of the columns that a column is made of leaves out."""
    if place.value.get("type") not in ("merged", VISITED):
        return ()
    known = _of_items(columns)
    named = place.mapping().get("columns")
    keys = _names(named, known) if named else tuple(known)
    each = list(dict.fromkeys(known[key].keeps_out for key in keys))
    if len(each) < 2 or not all(each):
        return each[0] if len(each) == 1 else ()
    return (any_of([f"({' '.join(clauses)})" for clauses in each]),)


def _newswire(given: Mapping[str, Place]) -> list[str]:
    if "sources" not in given:
        return ["tier:wire"]
    names = [entry.choice(list(available())) for entry in given["sources"].words()]
    return ["tier:wire", any_of([f"source:{name}" for name in names])]
