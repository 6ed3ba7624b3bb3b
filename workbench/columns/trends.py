"""The trending column: which words, hashtags and phrases stand out now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from workbench.collectors import available
from workbench.columns.rising import MINIMUM, Z_LEAST, Coordinated, Rising, Standing, standing
from workbench.columns.strips import bar, spark
from workbench.columns.tree import Node, el
from workbench.columns.words import counted, plain, since
from workbench.query import Query, parse
from workbench.store import Store

__all__ = ["MARK", "asking_for", "draw", "rows", "words_of"]

MARK: Final = "term:"
"""How the key of a term begins, where others are those of posts."""
_SHOWN: Final = 10
_HOUR: Final = timedelta(hours=1)


def _spark(
    store: Store,
    term: str,
    query: Query | None,
    *,
    lists: Mapping[str, Collection[str]],
    since: datetime,
    until: datetime,
) -> list[int | None]:
    whole = asking_for(term, query)
    buckets = store.tally(whole, every=_HOUR, since=since, until=until, lists=lists)
    return [bucket.n if bucket.measured else None for bucket in buckets]


def asking_for(term: str, query: Query | None) -> Query:
    """Return the query for what holds a term, narrowed to another query."""
    text = f'{term[0]}"{term[1:]}"' if term[0] in "#$" else f'"{term}"'
    return parse(f"({query}) {text}") if query else parse(text)


def words_of(window: timedelta) -> str:
    """Return a window as it stands after a number: ``this hour``, ``in 6 hours``."""
    hours = window / _HOUR
    if hours < 1:
        return f"in {hours * 60:g} minutes"
    if hours == 1:
        return "this hour"
    return f"in {hours:g} hours" if hours < 48 else f"in {hours / 24:g} days"


def _usual(expected: float) -> str:
    if expected == 0:
        return "not seen before"
    return f"usually {expected:.0f}" if expected >= 0.5 else "usually less than 1"


def rows(
    store: Store,
    query: Query | None,
    *,
    window: timedelta,
    baseline: timedelta,
    now: datetime,
    lists: Mapping[str, Collection[str]],
    coordinated: Coordinated = "marked",
    zone: str = "UTC",
) -> dict[str, Any]:
    """Return the rows and the note of a trending column; takes what :func:`standing` takes.

    Parameters
    ----------
    zone : str
        Times are told in it.

    Returns
    -------
    dict
        ``rows`` (term, n, usual, times, new, coordinated, why, authors, about, spark), highest
        first, at most ten, and ``note``.
    """
    found = standing(
        store,
        query,
        window=window,
        baseline=baseline,
        now=now,
        lists=lists,
        coordinated=coordinated,
    )
    days = f"{baseline / timedelta(days=1):g} days" if baseline >= timedelta(days=2) else "a day"
    if not found.is_known:
        return {"rows": [], "note": f"Not enough was measured before: {days} are the yardstick."}
    day = now - timedelta(days=1)
    shown = [
        {
            "term": row.term,
            "n": row.n,
            "usual": round(row.usual, 1),
            # Against less than one an hour any count is a hundredfold: that says nothing.
            "times": round(row.n / max(row.usual, 1), 1) if row.usual else None,
            "new": row.usual == 0,
            "coordinated": row.is_coordinated,
            "why": f"{row.n} {words_of(window)}, {_usual(row.usual)}",
            "authors": counted(row.authors, "account"),
            "about": _about(row, now, zone),
            "spark": _spark(store, row.term, query, lists=lists, since=day, until=now),
        }
        for row in found.rising[:_SHOWN]
        if row.z >= Z_LEAST
    ]
    return {"rows": shown, "note": _note(found, days, baseline)}


def _note(found: Standing, days: str, baseline: timedelta) -> str:
    note = f"Against the {days} before, at least {MINIMUM} posts"
    if found.measured < baseline:
        hours = found.measured / _HOUR
        note += f"; {hours:.0f} of {baseline / _HOUR:.0f} hours were measured"
    if found.unknown:
        note += f"; without {_names(found.unknown)}, heard for too short a time"
    if found.left_out:
        note += f"; {counted(found.left_out, 'near-identical post')} left out as coordinated"
    return note + "."


def _about(row: Rising, now: datetime, zone: str) -> str:
    """Return in words what is behind a term."""
    told = [f"On {_names(row.sources)}, first {since(row.first, now, zone)}."]
    if row.is_coordinated:
        told.append(
            f"{row.coordinated} of {row.n} are near-identical posts of "
            f"{counted(row.accounts, 'account')}."
        )
    if row.forms:
        told.append(f"Also: {', '.join(row.forms[:5])}.")
    return " ".join(told)


def _names(sources: Sequence[str]) -> str:
    """Return collectors as readers know them."""
    known = available()
    names = [known[name].label if name in known else name for name in sources]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def draw(found: Sequence[Mapping[str, Any]]) -> list[Node]:
    """Return the rows of a trending column as elements; takes what :func:`rows` returns of them."""
    most = max([1.0, *(max(row["n"], row["usual"]) for row in found)])
    drawn = [_row(place, row, most) for place, row in enumerate(found, 1)]
    return [el("ol", "wb-rows", *drawn)] if drawn else []


def _row(place: int, row: Mapping[str, Any], most: float) -> Node:
    return el(
        "li",
        "wb-term wb-row wb-entry",
        {"tabindex": "-1", "data-about": MARK + row["term"]},
        el("span", "wb-rank wb-s", str(place)),
        el(
            "button",
            "wb-word wb-cut",
            {"type": "button", "title": f"Show what holds it. {plain(row['about'])}"},
            el("bdi", "", plain(row["term"]), {"dir": "auto"}),
            el("span", "wb-new wb-s", "new") if row["new"] else None,
            el("span", "wb-new wb-s", "coordinated") if row["coordinated"] else None,
        ),
        el("span", "wb-times", _times(row["times"])),
        bar(row["n"], most, usual=row["usual"]),
        el(
            "span",
            "wb-under",
            spark(row["spark"]),
            el("span", "wb-why wb-s wb-cut", f"{row['why']} · {row['authors']}"),
        ),
    )


def _times(lift: float | None) -> str:
    """Return by how much a term outdoes itself.

    Beyond 100 the figure says more about how seldom the word was than about now.
    """
    if lift is None:
        return ""
    told = "100+" if lift > 100 else f"{lift:.1f}" if lift < 10 else f"{lift:.0f}"
    return f"{told} ×"
