"""How the primer's examples look: HTML that needs no style sheet, in which posts are text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from html import escape
from typing import Any, Final

from workbench.columns.words import counted, plain
from workbench.decks import Column
from workbench.items import Item

__all__ = [
    "Said",
    "day",
    "event_row",
    "listing",
    "minutes",
    "nothing",
    "question",
    "quote",
]

_LISTED: Final = 8
_LONGEST: Final = 420
_TAG: Final = re.compile(r"(?<![\w&])[#＃]\w+")
_MARKUP: Final = re.compile(r"<style>.*?</style>|<[^>]+>", re.DOTALL)


class Said:
    """Something to show as the last line of a cell; the posts in it are text and no more."""

    def __init__(self, html: str) -> None:
        self._html = html

    def _repr_html_(self) -> str:
        return self._html

    def __repr__(self) -> str:
        return " ".join(_MARKUP.sub(" ", self._html).split())


def nothing(what: str) -> Said:
    """Return that the store has none of a kind."""
    return Said(f"<p>The store has no {what} of the last 24 hours.</p>")


def day(moment: datetime) -> str:
    """Return a day without its year."""
    return f"{moment.day} {moment:%B}"


def minutes(span: timedelta) -> str:
    """Return a span in hours and minutes.

    Examples
    --------
    >>> minutes(timedelta(minutes=34)), minutes(timedelta(minutes=170))
    ('34 minutes', '2 h 50 min')
    """
    whole = round(span.total_seconds() / 60)
    if whole < 60:
        return counted(whole, "minute")
    return f"{whole // 60} h {whole % 60} min"


def event_row(event: dict[str, Any], names: dict[str, str]) -> str:
    """Return the cells of an event: what, who had it first, and when each had it."""
    broke = {tier: datetime.fromisoformat(at) for tier, at in event["broke"].items() if at}
    first = min(broke.values())
    cells = [escape(event["title"]), names.get(event["first"], "within 2 minutes")]
    for tier in ("social", "news", "wire"):
        after = (broke[tier] - first) // timedelta(minutes=1) if tier in broke else None
        cells.append("never" if after is None else f"{after}")
    return "".join(f"<td>{cell}</td>" for cell in cells)


def question(column: Column) -> str:
    """Return what a column asks for."""
    asked = f"<code>{escape(column.text)}</code>" if column.text else "everything"
    return f"<p>The column <b>{escape(column.title)}</b> asks for {asked}.</p>"


def text_of(item: Item) -> str:
    """Return an item's text as HTML, its hashtags set off."""
    text = (item.title or item.text).strip()
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST].rsplit(' ', 1)[0]} …"
    parts: list[str] = []
    at = 0
    for tag in _TAG.finditer(text):
        parts += [escape(text[at : tag.start()]), f"<b>{escape(tag[0])}</b>"]
        at = tag.end()
    return "".join([*parts, escape(text[at:])]).replace("\n", "<br>")


def quote(item: Item, inside: str = "") -> str:
    """Return an item as a quotation: who, when, what, how it was taken up, what answers it."""
    name = plain(item.author_name or item.author) or item.source
    handle = f" @{plain(item.author)}" if item.author and item.tier == "social" else ""
    counts = [
        counted(n, one, many)
        for n, one, many in (
            (item.likes, "like", None),
            (item.reposts, "repost", None),
            (item.replies, "reply", "replies"),
        )
        if n
    ]
    foot = f"<p><small>{' · '.join(counts)}</small></p>" if counts else ""
    at = f"{day(item.time)}, {item.time:%H:%M}"
    return (
        f'<blockquote><p><b dir="auto">{escape(name)}</b> '
        f"<small>{escape(handle)} · {at}</small></p>"
        f'<p dir="auto">{text_of(item)}</p>{foot}{inside}</blockquote>'
    )


def listing(told: str, items: Iterable[Item]) -> str:
    """Return a number with the items behind it, folded."""
    rows = [
        f"<li>{item.time:%H:%M} <b>{escape(plain(item.author_name or item.author))}</b>: "
        f'<span dir="auto">{text_of(item)}</span></li>'
        for item in list(items)[:_LISTED]
    ]
    newest = f" The newest {len(rows)}:" if len(rows) == _LISTED else ""
    return f"<details><summary>{told}.{newest}</summary><ul>{''.join(rows)}</ul></details>"
