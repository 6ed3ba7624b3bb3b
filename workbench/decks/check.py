"""From a deck file's places to a deck; each thing that is wrong is an error that says where."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from workbench.decks.columns import (
    COLUMN_SETTINGS,
    FOLDED,
    QUERIED,
    TYPES,
    VISITED,
    Context,
    about,
    compile_column,
    compile_queries,
    follow,
    kept_out,
    merge,
)
from workbench.decks.filters import SENSITIVE, Filters, read_filters, read_mutes, with_clauses
from workbench.decks.hidden import hide, lists_of, read_hidden
from workbench.decks.model import HIDDEN_LISTS, Column, Deck, Hidden
from workbench.decks.reading import Place
from workbench.decks.rules import read_rule, read_sound
from workbench.decks.sources import read_sources
from workbench.errors import DeckError
from workbench.items import TIERS
from workbench.text import engines
from workbench.tokens import fold, tokenize

__all__ = [
    "ALIKE",
    "COLOURS",
    "COORDINATED",
    "MEDIA",
    "NARROWING",
    "SETTINGS",
    "THEMES",
    "TIMES",
    "WIDTHS",
    "check",
    "check_column",
    "check_columns",
]

SETTINGS: Final = (
    *("title", "zone", "theme", "times", "media", "sentiment"),
    *("sources", "lists", "mutes", "hidden", "columns"),
)
NARROWING: Final = ("filters", "mutes")
THEMES: Final = ("auto", "light", "dark", "contrast")
TIMES: Final = ("relative", "exact")
MEDIA: Final = ("off", "small", "large")
ALIKE: Final = ("folded", "shown")
COORDINATED: Final = ("marked", "left-out")
WIDTHS: Final = ("narrow", "medium", "wide")
COLOURS: Final = ("blue", "teal", "green", "amber", "red", "violet")

_DAY: Final = timedelta(days=1)
_KEY: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LIST: Final = re.compile(r"[^\W_][\w-]*")


def check(place: Place, *, name: str, path: Path | None) -> Deck:
    """Return the deck that a file describes.

    Parameters
    ----------
    place : Place
        The whole file.
    name : str
        The deck's name.
    path : Path or None
        Where the file lies.

    Raises
    ------
    DeckError
        At the first thing that is wrong.
    """
    given = place.mapping(SETTINGS)
    for needed in ("title", "columns"):
        if needed not in given:
            raise place.error(f"the deck has no {needed}")
    zone = _zone(given["zone"]) if "zone" in given else "UTC"
    lists = _lists(given["lists"]) if "lists" in given else {}
    context = Context(zone=zone, lists=lists)
    mutes = read_mutes(given["mutes"], context) if "mutes" in given else ()
    hidden = read_hidden(given["hidden"]) if "hidden" in given else Hidden()
    lists_and_hidden = {**lists, **lists_of(hidden)}
    return Deck(
        name=name,
        title=given["title"].text(),
        zone=zone,
        theme=given["theme"].choice(THEMES) if "theme" in given else "auto",
        times=given["times"].choice(TIMES) if "times" in given else "relative",
        media=given["media"].choice(MEDIA) if "media" in given else "",
        sentiment=_sentiment(given["sentiment"]) if "sentiment" in given else {},
        lists=lists_and_hidden,
        hidden=hidden,
        sources=read_sources(given["sources"]) if "sources" in given else (),
        mutes=mutes,
        columns=hide(
            given["columns"], _columns(given["columns"], context, mutes), lists_and_hidden
        ),
        path=path,
    )


def check_columns(
    entries: Sequence[Mapping[str, Any]],
    *,
    of: str,
    zone: str = "UTC",
    lists: Mapping[str, Collection[str]] | None = None,
    mutes: Collection[str] = (),
) -> tuple[Column, ...]:
    """Return the columns that plain data describes, with the settings of a deck file.

    Parameters
    ----------
    entries : sequence of mapping
        One per column, as under ``columns:`` in a deck file.
    of : str
        How errors shall name the whole, as in ``deck ceo``.
    zone : str
        In which dates are read.
    lists : mapping of str to collection of str, optional
        The deck's people lists.
    mutes : collection of str, optional
        The deck's mutes, as :attr:`Deck.mutes` has them.

    Raises
    ------
    DeckError
        At the first thing that is wrong, with its key but without a line.

    Examples
    --------
    >>> check_columns([{"type": "search", "title": "Acme", "query": "acme"}], of="deck ceo")[0].key
    'acme'
    """
    # By way of YAML, so that plain data is read as a file is, and refused in the same words.
    yaml, buffer = YAML(), io.StringIO()
    try:
        yaml.dump({"columns": [dict(entry) for entry in entries]}, buffer)
        value = yaml.load(buffer.getvalue())
        place = Place(value, of, 1).mapping()["columns"]
        columns = _columns(place, Context(zone=zone, lists=lists or {}), tuple(mutes))
        return hide(place, columns, lists or {})
    except DeckError as error:
        raise DeckError(error.message, file=of, key=error.key, position=error.position) from None
    except (YAMLError, ValueError, TypeError) as error:
        told = " ".join(str(error).split())
        raise DeckError(f"is no list of columns: {told}", file=of, key="columns") from None


def check_column(place: Place, deck: Deck) -> Column:
    """Return the column that a place describes, as the deck would have it beside its others.

    Raises
    ------
    DeckError
        At the first thing that is wrong.
    """
    context = Context(zone=deck.zone, lists=deck.people)
    key = place.value.get("key") if isinstance(place.value, Mapping) else None
    others = [column for column in deck.columns if column.key != key]
    return _narrowed(place, _column(place, context, others), deck.mutes, context)


def _zone(place: Place) -> str:
    try:
        return ZoneInfo(place.text()).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise place.error(
            f"{place.value!r} is no time zone; write one of the IANA database, such as "
            "Europe/Berlin or UTC"
        ) from None


def _sentiment(place: Place) -> dict[str, tuple[str, ...]]:
    """Return the engines that score each tier."""
    found: dict[str, tuple[str, ...]] = {}
    for tier, entry in place.mapping(TIERS).items():
        found[tier] = tuple(map(_engine, entry.words()))
        if not found[tier]:
            raise entry.error(f"names no engine; there are: {', '.join(engines.available())}")
    return found


def _engine(place: Place) -> str:
    known = engines.available()
    if isinstance(place.value, str) and place.value in known.failed:
        raise place.error(f"cannot be used: {known.failed[place.value]}")
    return place.choice(list(known))


def _lists(place: Place) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, entry in place.mapping().items():
        if name in HIDDEN_LISTS:
            raise entry.error("the name stands for what the deck hides; take another")
        if not _LIST.fullmatch(name):
            raise entry.error("a list's name is letters, digits, - and _, so that list: finds it")
        if fold(name) in map(fold, found):
            raise entry.error("another list has that name already; capitals do not tell them apart")
        found[name] = tuple(handle.text().removeprefix("@") for handle in entry.words())
        if not found[name]:
            raise entry.error("the list is empty; name at least one account")
    return found


def _columns(place: Place, context: Context, mutes: Sequence[str]) -> tuple[Column, ...]:
    found: list[Column] = []
    lines: dict[str, int] = {}
    entries = place.sequence()
    made: dict[int, Column] = {}
    for later in ((), ("merged",), (VISITED, "alerts")):
        made |= {
            n: _column(entry, context, tuple(made.values()))
            for n, entry in enumerate(entries)
            if n not in made and _is_due(entry, later)
        }
    for n, entry in enumerate(entries):
        column = made[n]
        if column.key in lines:
            raise entry.error(
                f"the column of line {lines[column.key]} has the key {column.key} already; "
                "give this one a title or a key of its own"
            )
        if any(column.title == other.title for other in found):
            raise entry.error(f"another column has the title {column.title!r} already")
        lines[column.key] = entry.line
        found.append(_with_bars(_narrowed(entry, column, mutes, context), mutes))
    if not found:
        raise place.error("the deck has no columns; name at least one")
    return tuple(found)


def _is_due(place: Place, later: Collection[str]) -> bool:
    """Return whether a column can be read: some need to know those that they are made of."""
    kind = place.value.get("type") if isinstance(place.value, Mapping) else None
    return kind in later if later else kind not in ("merged", VISITED, "alerts")


def _column(place: Place, context: Context, others: Collection[Column] = ()) -> Column:
    kind = place.mapping().get("type")
    if kind is None:
        raise place.error(f"has no type; there are: {', '.join(TYPES)}")
    own = TYPES[kind.choice(list(TYPES))]
    given = place.mapping((*COLUMN_SETTINGS, *own, *(NARROWING if kind.value in QUERIED else ())))
    if "title" not in given:
        raise place.error("the column has no title")
    title = given["title"].text()
    if "key" in given:
        key = given["key"].text()
        if not _KEY.fullmatch(key):
            raise given["key"].error("a key is small letters and digits, joined by -")
    else:
        key = "-".join(tokenize(title))
        if not key:
            raise given["title"].error("has no letters to make a key from; give the column a key")
    columns: tuple[str, ...] = ()
    if kind.value == "merged":
        query, text = merge(place, given, others, context)
    elif kind.value == VISITED:
        query, text, columns = follow(place, given, others, context)
    elif kind.value == "alerts":
        query, text, columns = None, "", about(given, others)
    else:
        query, text = compile_column(place, kind.value, given, context)
    queries = compile_queries(place, given, context) if kind.value == "share-of-voice" else ()
    rule = read_rule(given["alert"]) if "alert" in given else None
    filters = read_filters(given["filters"], context) if "filters" in given else Filters()
    mutes = read_mutes(given["mutes"], context) if "mutes" in given else ()
    column = Column(
        key=key,
        title=title,
        type=kind.value,
        query=query,
        text=text,
        queries=queries,
        alert=rule,
        sound="sound" in given and read_sound(given["sound"], has_rule=rule is not None),
        columns=columns,
        width=given["width"].choice(WIDTHS) if "width" in given else "medium",
        colour=given["colour"].choice(COLOURS) if "colour" in given else "",
        is_collapsed="collapsed" in given and given["collapsed"].switch(),
        badge="badge" not in given or given["badge"].switch(),
        asks=bool(query or queries),
        sensitive=filters.sensitive,
        is_folding=_is_folding(kind.value, given),
        media=given["media"].choice(MEDIA) if "media" in given else "",
        coordinated="left-out" if _is_left_out(given) else "marked",
        keeps_out=kept_out(place, others),
        **_spans(given),
    )
    barred = tuple(clause for clause in filters.clauses if clause == SENSITIVE)
    narrowed = _narrowed(place, column, (*filters.clauses, *mutes), context)
    return _with_bars(narrowed, (*barred, *mutes))


def _is_folding(kind: str, given: Mapping[str, Place]) -> bool:
    if "alike" in given:
        return given["alike"].choice(ALIKE) == "folded"
    return kind in FOLDED


def _is_left_out(given: Mapping[str, Place]) -> bool:
    return "coordinated" in given and given["coordinated"].choice(COORDINATED) == "left-out"


def _with_bars(column: Column, clauses: Sequence[str]) -> Column:
    return replace(column, keeps_out=tuple(dict.fromkeys((*column.keeps_out, *clauses))))


def _narrowed(place: Place, column: Column, clauses: Sequence[str], context: Context) -> Column:
    """Return a column that shows of what it shows only what also matches these clauses."""
    if column.type not in QUERIED or not clauses:
        return column
    if column.queries:
        both = (
            (name, with_clauses(place, q, str(q), clauses, context)) for name, q in column.queries
        )
        return replace(column, queries=tuple((name, query) for name, (query, _) in both if query))
    query, text = with_clauses(place, column.query, column.text, clauses, context)
    return replace(column, query=query, text=text)


_SPANS: Final[Mapping[str, tuple[timedelta, timedelta]]] = {
    "window": (timedelta(minutes=15), 30 * _DAY),
    "baseline": (timedelta(hours=1), 366 * _DAY),
    "since": (timedelta(hours=1), 366 * _DAY),
    "every": (timedelta(minutes=5), 31 * _DAY),
}


def _spans(given: Mapping[str, Place]) -> dict[str, timedelta]:
    found = {
        name: given[name].span(least=least, most=most)
        for name, (least, most) in _SPANS.items()
        if name in given
    }
    plain = Column(key="plain", title="Plain", type="search")
    for short, long in (("window", "baseline"), ("every", "since")):
        if found.get(short, getattr(plain, short)) >= found.get(long, getattr(plain, long)):
            place = given.get(short) or given[long]
            raise place.error(f"{short} must be shorter than {long}")
    return found
