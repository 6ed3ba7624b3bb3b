"""Between items and rows: conversion, and what is worked out once when an item is stored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any, Final

from workbench.clock import EPOCH, to_micros
from workbench.entities import extract
from workbench.items import Draft, Item, Media
from workbench.query.marks import marks
from workbench.text.tiers import Scorer, whole
from workbench.tokens import fold, spaced

__all__ = [
    "COLUMNS",
    "SELECT",
    "WIDTH",
    "addresses_of",
    "arrivals_of",
    "changed",
    "clean",
    "clean_text",
    "edit",
    "index_of",
    "month_of",
    "place_of",
    "put",
    "to_item",
    "to_row",
]

COLUMNS: Final = tuple(field.name for field in fields(Item))
"""The columns of `items` that hold an item, in the order of its fields."""

WIDTH: Final = len(COLUMNS)

SELECT: Final = ", ".join(f"i.{name}" for name in COLUMNS)
"""What :func:`to_item` takes."""

_LISTS: Final = ("hashtags", "mentions", "cashtags", "tickers", "links")
_DRAWN: Final = ("hashtags", "mentions", "cashtags", "links")
_REPLACED: Final = (*_LISTS, "media")
_SCORED: Final = ("compound", "engine")
# Never changed once an item is stored: who had it first, and its row, hang on them.
_FIXED: Final = ("source", "id", "published", "published_precision", "collected")
_SETTLED: Final = (*_FIXED, "title", "text", "edited", "deleted", *_SCORED, *_REPLACED)
_SCALARS: Final = tuple(name for name in COLUMNS if name not in _SETTLED)
_LARGEST: Final = 2**63 - 1
_INTS: Final = ("followers", "likes", "reposts", "replies")

_TIMES: Final = tuple(map(COLUMNS.index, ("published", "collected", "edited", "deleted")))
_FLAGS: Final = tuple(map(COLUMNS.index, ("verified", "sensitive")))
_LISTED: Final = tuple(map(COLUMNS.index, _LISTS))
_MEDIA: Final = COLUMNS.index("media")

_SETTERS: Final = {name: vars(Item)[name].__set__ for name in COLUMNS}
_values: Final = attrgetter(*COLUMNS)
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_read = json.JSONDecoder().raw_decode


def _texts(values: Iterable[str]) -> str:
    """Return texts as a JSON array; the encoder would take four times as long to begin."""
    return f"[{','.join(map(encode_basestring, values))}]"


def to_row(item: Item) -> tuple[object, ...]:
    """Return an item's values, in the order of :data:`COLUMNS`."""
    return (
        item.source,
        item.id,
        item.kind,
        item.tier,
        to_micros(item.published),
        item.published_precision,
        None if item.collected is None else to_micros(item.collected),
        None if item.edited is None else to_micros(item.edited),
        None if item.deleted is None else to_micros(item.deleted),
        item.author,
        item.author_name,
        item.author_url,
        item.verified,
        item.followers,
        item.title,
        item.text,
        item.url,
        item.lang,
        _texts(item.hashtags) if item.hashtags else None,
        _texts(item.mentions) if item.mentions else None,
        _texts(item.cashtags) if item.cashtags else None,
        _texts(item.tickers) if item.tickers else None,
        item.form,
        _texts(item.links) if item.links else None,
        _write(item.media) if item.media else None,
        item.reply_to,
        item.reply_to_author,
        item.repost_of,
        item.quote_of,
        item.likes,
        item.reposts,
        item.replies,
        item.sensitive,
        item.compound,
        item.engine,
        item.story,
    )


def _copy_of(item: Item) -> Item:
    """Return an item like another that is nobody's yet, so that :func:`put` may change it."""
    made: Item = Draft(*_values(item)).closed()
    return made


def put(item: Item, name: str, value: object) -> None:
    """Set a field of an item that nobody else has, to a value of the right type."""
    _SETTERS[name](item, value)


def changed(item: Item, changes: Mapping[str, Any]) -> Item:
    """Return an item with some fields changed to values of the right types."""
    made = _copy_of(item)
    for name, value in changes.items():
        put(made, name, value)
    return made


def _list(text: str) -> tuple[str, ...]:
    return tuple(_read(text)[0])


def to_item(row: Sequence[Any]) -> Item:
    """Return the item of a row that was read by :data:`SELECT`."""
    values = list(row)
    for place in _TIMES:
        if values[place] is not None:
            values[place] = EPOCH + timedelta(microseconds=values[place])
    for place in _FLAGS:
        if values[place] is not None:
            values[place] = values[place] == 1
    for place in _LISTED:
        values[place] = () if values[place] is None else _list(values[place])
    media = values[_MEDIA]
    values[_MEDIA] = () if media is None else tuple(Media(*each) for each in _read(media)[0])
    made: Item = Draft(*values).closed()
    return made


def _worked_out(items: Sequence[Item], scorer: Scorer) -> list[dict[str, Any]]:
    """Return what is worked out once of each item: entities and sentiment, by field.

    Entities that the source gave are kept; those of which it gave none are drawn from title
    and text.
    """
    found = []
    for item, scored in zip(items, scorer.score(items), strict=True):
        changes = _drawn(item, whole(item))
        if scored.compound != item.compound:
            changes["compound"] = scored.compound
        if scored.engine != item.engine:
            changes["engine"] = scored.engine
        found.append(changes)
    return found


def arrivals_of(items: Iterable[Item], now: datetime, scorer: Scorer) -> list[Item]:
    """Return items as they are first stored, seen now if not before, each open to :func:`put`."""
    arrived = list(map(_copy_of, items))
    for item in arrived:
        if item.collected is None:
            put(item, "collected", now)
    for item, changes in zip(arrived, _worked_out(arrived, scorer), strict=True):
        for name, value in changes.items():
            put(item, name, value)
    return arrived


def _drawn(item: Item, whole: str) -> dict[str, Any]:
    """Return the entities of which the source gave none."""
    if not (
        ("#" in whole and not item.hashtags)
        or ("@" in whole and not item.mentions)
        or ("$" in whole and not item.cashtags)
        or ("://" in whole and not item.links)
        or ("＃" in whole and not item.hashtags)
    ):
        return {}
    found = extract(whole)
    return {
        name: value
        for name in _DRAWN
        if not getattr(item, name) and (value := getattr(found, name))
    }


def edit(old: Item, new: Item, now: datetime, scorer: Scorer, *, is_stale: bool) -> Item:
    """Return a stored item as it is after it was seen again.

    What is null or empty in the new one overwrites nothing; only an edit of title or text
    also replaces entities, links and media by what the new one has.

    Parameters
    ----------
    old : Item
        As stored.
    new : Item
        As seen now.
    now : datetime
        When.
    scorer : Scorer
        What scores a text that has changed.
    is_stale : bool
        The text is one from before an edit that we know already: it is left out.
    """
    changes = _changed(old, new, _SCALARS)
    if not is_stale:
        words = _changed(old, new, ("title", "text"))
        if words:
            changes |= words | {"edited": new.edited or now}
            seen = changed(new, {"title": old.title, "lang": new.lang or old.lang} | words)
            changes |= {name: getattr(seen, name) for name in (*_REPLACED, *_SCORED)}
            changes |= _worked_out([seen], scorer)[0]
        else:
            changes |= _changed(old, new, (*_REPLACED, *_SCORED))
            if new.edited and (old.edited is None or new.edited > old.edited):
                changes["edited"] = new.edited
            if "compound" in changes:
                changes["engine"] = new.engine
            elif "lang" in changes:
                again = changed(old, {"lang": new.lang, **dict.fromkeys(_SCORED)})
                changes |= scorer.score([again])[0]._asdict()
    return changed(old, changes) if changes else old


def _changed(old: Item, new: Item, names: Iterable[str]) -> dict[str, Any]:
    return {
        name: value
        for name in names
        if (value := getattr(new, name)) not in (None, (), "") and value != getattr(old, name)
    }


def index_of(item: Item) -> tuple[str, str, str]:
    """Return what the index holds of an item: words of title and of text, and marks."""
    return spaced(item.title) if item.title else "", spaced(item.text), marks(item)


def addresses_of(item: Item) -> str:
    """Return the item's links and own address, folded, one per line; "" if it has none."""
    if item.url is None:
        return "\n".join(map(fold, item.links))
    return "\n".join(map(fold, (*item.links, item.url)))


def place_of(item: Item) -> int:
    """Return the row that the item's time asks for."""
    second, micro = divmod(to_micros(item.time), 1_000_000)
    return second << 20 | micro


def month_of(row: int) -> int:
    """Return the month of a row, as 202611.

    Examples
    --------
    >>> month_of(1_795_300_000 << 20)
    202611
    """
    when = datetime.fromtimestamp(row >> 20, UTC)
    return when.year * 100 + when.month


def clean(item: Item) -> Item:
    """Return an item that SQLite can hold: no lone surrogates, no number beyond 64 bits."""
    changes: dict[str, Any] = {}
    for name in COLUMNS:
        value = getattr(item, name)
        if isinstance(value, str):
            fit: Any = clean_text(value)
        elif name in _INTS:
            fit = value if value is None or abs(value) <= _LARGEST else None
        elif name == "media":
            fit = tuple(Media(*(each and clean_text(each) for each in media)) for media in value)
        elif isinstance(value, tuple):
            fit = tuple(map(clean_text, value))
        else:
            continue
        if fit != value:
            changes[name] = fit
    return changed(item, changes) if changes else item


def clean_text(text: str) -> str:
    """Return a text with U+FFFD in place of each lone surrogate."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
