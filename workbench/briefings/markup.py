"""How a briefing is written: HTML in which what others said stays text, and Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from html import escape
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

from workbench import documents
from workbench.collectors import collector_of
from workbench.columns.links import address_of
from workbench.columns.words import counted, mood, plain
from workbench.items import Item

__all__ = ["Section", "card", "line", "said", "short", "spark", "style", "when", "words"]

_SHORT: Final = 150
_LONG: Final = 320
_BLANKS: Final = re.compile(r"\s+")
_MARKS: Final = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~])")
_TIERS: Final = {"wire": "newswire", "filing": "filing", "news": "news", "report": "report"}


@cache
def style() -> str:
    """Return the briefing's style sheet; each class in it begins with ``wb-``."""
    return (files("workbench.briefings") / "style.css").read_text("utf-8")


class Section:
    """A part of a briefing, as a notebook displays it.

    Parameters
    ----------
    html : str
        Finished, with whatever others said escaped.
    text : str
        The same in Markdown, in short.
    """

    def __init__(self, html: str, text: str) -> None:
        self._html = html
        self._text = text

    def _repr_html_(self) -> str:
        return f'<div class="wb-brief">{self._html}</div>'

    def _repr_markdown_(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return self._text


def said(text: str) -> str:
    r"""Return a text as Markdown that reads as it stands.

    Examples
    --------
    >>> print(said("[a](javascript:b)"))
    \[a\]\(javascript:b\)
    """
    return _MARKS.sub(r"\\\1", plain(text))


def words(span: timedelta) -> str:
    """Return a span as it stands after "the last": ``hour``, ``24 hours``, ``7 days``.

    Examples
    --------
    >>> words(timedelta(hours=1)), words(timedelta(hours=24)), words(timedelta(days=7))
    ('hour', '24 hours', '7 days')
    """
    hours = span / timedelta(hours=1)
    if hours == 1:
        return "hour"
    return f"{hours:g} hours" if hours < 48 else f"{hours / 24:g} days"


def when(moment: datetime, zone: str, *, has_day: bool = True) -> str:
    """Return a time as a reader's clock shows it: ``Wed 06:12``."""
    there = moment.astimezone(ZoneInfo(zone))
    return f"{there:%a %H:%M}" if has_day else f"{there:%H:%M}"


def short(text: str, most: int) -> str:
    """Return a text on one line, cut after a word, or within one that is longer than that."""
    text = _BLANKS.sub(" ", plain(text))
    if len(text) <= most:
        return text
    return f"{text[:most].rpartition(' ')[0] or text[:most]} …"


def _name(item: Item) -> str:
    return plain(item.author_name or item.author) or "unknown"


def source_of(item: Item) -> str:
    """Return where an item comes from, in a reader's words."""
    if item.tier in _TIERS:
        return _TIERS[item.tier]
    collector = collector_of(item.source)
    return collector.label if collector else item.source


def _href(item: Item) -> str:
    address = address_of(item.url)
    return address.href if address else ""


def _linked(words: str, href: str) -> str:
    if not href:
        return escape(words)
    # In a window of its own, which learns nothing of where the reader came from.
    rel = 'target="_blank" rel="noopener noreferrer"'
    return f'<a href="{escape(href)}" {rel}>{escape(words)}</a>'


def _counts(item: Item) -> str:
    told = [
        counted(item.likes, "like") if item.likes else "",
        counted(item.reposts, "repost") if item.reposts else "",
        counted(item.replies, "reply", "replies") if item.replies else "",
    ]
    return " · ".join(each for each in told if each)


def _words(item: Item) -> str:
    """Return what an item says first: its headline, or its text."""
    if item.sensitive and not item.title:
        return "Its author has marked this post as sensitive; it can be read at its source."
    if item.title:
        return item.title
    return item.text or "A post without words."


def line(item: Item, *, keys: Iterable[str], marks: str, zone: str) -> str:
    """Return an item as one entry of the list behind the numbers.

    Parameters
    ----------
    item : Item
    keys : iterable of str
        Classes by which the list is narrowed.
    marks : str
        The numbers that it stands behind, as paper shows them.
    zone : str
    """
    counts = _counts(item)
    return (
        f'<li {documents.item(item.key)} class="{" ".join(keys)}">'
        f"<time>{when(item.time, zone)}</time> "
        f"<b>{escape(short(_name(item), 40))}</b> <span>{escape(source_of(item))}</span> "
        f"{_linked(short(_words(item), _SHORT), _href(item))}"
        f"{f' <small>{counts}</small>' if counts else ''}<sup>{escape(marks)}</sup></li>"
    )


def card(item: Item, *, zone: str) -> str:
    """Return an item as one of the leading ones."""
    href = _href(item)
    address = address_of(item.url)
    tone = mood(item.compound) if item.tier == "social" else ""
    head = (
        f"<p class='wb-by'><b>{escape(short(_name(item), 40))}</b> "
        f"<span>{escape(source_of(item))} · {when(item.time, zone)}</span></p>"
    )
    if item.title:
        body = f"<h4>{_linked(short(item.title, _SHORT), href)}</h4>"
        if item.text and not item.sensitive:
            body += f"<p>{escape(short(item.text, _LONG * 2 // 3))}</p>"
    else:
        body = f"<p>{escape(short(_words(item), _LONG))}</p>"
    foot = [_counts(item), {"neg": "reads negative", "pos": "reads positive"}.get(tone, "")]
    told = " · ".join(each for each in foot if each)
    where = "" if item.title or not href else _linked("Read at its source", href)
    if where:
        where = f"<span>{' · ' if told else ''}{where}</span>"  # not on paper
    printed = f"<cite>{escape(address.href)}</cite>" if address else ""
    return (
        f'<li {documents.item(item.key)} class="{tone}">{head}{body}'
        f'<p class="wb-foot">{told}{where}</p>{printed}</li>'
    )


def spark(values: Sequence[int | None], *, alt: str) -> str:
    """Return a row of numbers as a small line; what was not measured is left blank."""
    known = [value for value in values if value is not None]
    if len(values) < 2 or not known:
        return ""
    top = max(known) or 1
    step = 96 / (len(values) - 1)
    runs: list[list[str]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{place * step:.1f} {21 - 19 * value / top:.1f}")
    drawn = "".join(f"M{'L'.join(run)}{'h.1' if len(run) == 1 else ''}" for run in runs if run)
    return (
        f'<svg class="wb-spark" width="98" height="22" viewBox="-1 0 98 22" role="img" '
        f'aria-label="{escape(alt)}">'
        f'<path fill="none" stroke="currentColor" d="{drawn}"/></svg>'
    )
