"""What a query can be expected to bring: what sources can be asked for, and how many items."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from workbench import clock
from workbench.columns.words import counted
from workbench.decks import Deck, Source
from workbench.errors import QueryTimeout, StoreError
from workbench.query import Query, dialect, parse, unsaid
from workbench.query.telling import tell
from workbench.query.terms import SOURCES
from workbench.store import Store

__all__ = ["rate", "sources"]

_HOUR: Final = timedelta(hours=1)
_SPANS: Final = ((timedelta(days=7), "7 days"), (timedelta(days=1), "24 hours"))
_NO_STORE: Final = "There is no store yet, so that nothing can be counted."

Lists = Mapping[str, Collection[str]]


def sources(query: Query | None, deck: Deck) -> list[dict[str, Any]]:
    """Return for the sources of a deck what each could be asked for, and what is left to us.

    Those of one collector are told together: they understand the same.

    Returns
    -------
    list of dict
        ``source``, ``label``, ``upstream`` (list of str or None), ``left``, the clauses that are
        applied here, ``unsaid``, those of which nothing can be asked upstream, ``words``, the same
        in words, and ``text``, a sentence.
    """
    labels: dict[tuple[str, str], list[str]] = {}
    for source in deck.sources:
        labels.setdefault((source.collector, _search_of(source)), []).append(source.label)
    told = []
    for (name, known), found in labels.items():
        upstream, left = dialect(known, query) if query else (None, ())
        clauses = unsaid(known, query) if query else ()
        words = [tell(parse(clause).tree, zone=deck.zone) for clause in clauses]
        several = f" and {len(found) - 2} more" if len(found) > 3 else ""
        told.append(
            {
                "source": name,
                "label": ", ".join(found[: 2 if several else 3]) + several,
                "upstream": None if upstream is None else list(upstream),
                "left": list(left),
                "unsaid": list(clauses),
                "words": words,
                "text": _sentence(SOURCES[known] is not None, upstream, left, words)
                if query
                else "Everything it brings is shown.",
            }
        )
    return told


def _search_of(source: Source) -> str:
    """Return by which search a source is asked for what columns want; one of none is `feeds`."""
    given = source.parameters
    if source.collector == "bluesky" and given.get("search") and not given.get("query"):
        return "bluesky_search"
    if source.collector == "reddit" and (given.get("subreddits") or given.get("query")):
        return "feeds"  # what is followed is read whole
    # Of somebody's own collector no search is known: it is as one that has none.
    return source.collector if source.collector in SOURCES else "feeds"


def _sentence(
    has_search: bool,  # noqa: FBT001 - the first of four things that decide
    upstream: Sequence[str] | None,
    left: Sequence[str],
    words: Sequence[str],
) -> str:
    if not has_search:
        return "It has no search: all that it brings is read, and the whole query applied here."
    if upstream is None:
        return "Its search can be asked nothing of this; the whole query is applied here."
    if words:
        *first, last = words
        listed = f"{', '.join(first)} and {last}" if first else last
        return f"Its search cannot be asked that an item {listed}; that is looked at here."
    if left:
        return "Its search brings more than this; what it brings is looked at again here."
    return "Its search can be asked all of this."


def rate(query: Query | None, lists: Lists, opened: Store | None) -> dict[str, Any]:
    """Return how many items an hour a query would have had, by what was measured.

    Returns
    -------
    dict
        ``per_hour`` (float, or None if that cannot be said), ``hours`` that were measured, and
        ``text``, a sentence.
    """
    if opened is None:
        return {"per_hour": None, "hours": 0, "text": _NO_STORE}
    for span, words in _SPANS:
        try:
            return _counted(query, lists, opened, span, words)
        except QueryTimeout:
            continue
        except StoreError:
            break
    else:
        text = "Not counted: even one day of it takes longer than may be spent on it."
        return {"per_hour": None, "hours": 0, "text": text}
    return {"per_hour": None, "hours": 0, "text": "The store cannot be read just now."}


def _counted(
    query: Query | None, lists: Lists, opened: Store, span: timedelta, words: str
) -> dict[str, Any]:
    now = clock.now()
    buckets = opened.tally(query, every=_HOUR, since=now - span, lists=lists, has_tones=False)
    measured = [bucket for bucket in buckets if bucket.measured]
    lengths = (min(bucket.time + _HOUR, now) - max(bucket.time, now - span) for bucket in measured)
    hours = round(sum(lengths, timedelta()) / _HOUR, 1)
    n = sum(bucket.n for bucket in measured)
    if not hours:
        kept = sum(bucket.n for bucket in buckets)
        others = f"; {counted(kept, 'item')} that were kept for others match" if kept else ""
        return {
            "per_hour": None,
            "hours": 0,
            "text": f"Not measured: in the last {words} no source was followed for this{others}.",
        }
    per_hour = n / hours
    return {"per_hour": per_hour, "hours": hours, "text": _pace(n, per_hour, hours, span, words)}


def _pace(n: int, per_hour: float, hours: float, span: timedelta, words: str) -> str:
    whole = span / _HOUR
    of = f"the last {words}"
    if hours < 0.99 * whole:
        of = f"the {hours:,.0f} h of {of} that were measured"
    if not n:
        return f"None in {of}."
    if per_hour >= 1:
        pace = f"About {_short(per_hour)} an hour"
    elif per_hour * 24 >= 1:
        pace = f"About {_short(per_hour * 24)} a day"
    else:
        pace = counted(n, "item")
    return f"{pace} in {of}."


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.1f}".removesuffix(".0")
