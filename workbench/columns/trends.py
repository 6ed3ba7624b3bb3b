"""The trending column: which words and hashtags stand out now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from workbench.query import Query, parse
from workbench.store import Store
from workbench.text.trending import ranked

__all__ = ["rows"]

_CANDIDATES: Final = 500
_SHOWN: Final = 10
_Z_LEAST: Final = 2.5
_MINIMUM: Final = 5
# A word in more than so large a part of all items is grammar, or what the deck is about anyway.
_COMMON: Final = 0.05
_HOUR: Final = timedelta(hours=1)


def _is_term(term: str) -> bool:
    """Whether a token can stand for a topic: no number, no single letter or character."""
    word = term.removeprefix("#")
    return len(word) > 2 and not word.isdigit() and not word.startswith(("http", "www"))


def _without_twins(counts: Mapping[str, int]) -> dict[str, int]:
    """Drop the word of a hashtag where the hashtag accounts for most of it."""
    return {term: n for term, n in counts.items() if n > 1.3 * counts.get(f"#{term}", 0)}


def _spark(
    store: Store,
    term: str,
    query: Query | None,
    *,
    lists: Mapping[str, Collection[str]],
    since: datetime,
    until: datetime,
) -> list[int | None]:
    text = term if term.startswith("#") else f'"{term}"'
    whole = parse(f"({query}) {text}") if query else parse(text)
    buckets = store.tally(whole, every=_HOUR, since=since, until=until, lists=lists)
    return [bucket.n if bucket.measured else None for bucket in buckets]


def _words(window: timedelta) -> str:
    hours = window / _HOUR
    return (
        "this hour"
        if hours == 1
        else f"in {hours:g} hours"
        if hours < 48
        else f"in {hours / 24:g} days"
    )


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
) -> dict[str, Any]:
    """Return the rows and the note of a trending column.

    Terms in at least five items of the window are ranked against the measured part of the
    baseline before it (:func:`workbench.text.trending.ranked`).

    Returns
    -------
    dict
        ``rows`` (term, n, usual, times, new, why, spark), highest first, at most ten, and
        ``note``.
    """
    start = now - window
    before = start - baseline
    found = store.term_counts(since=start, until=now, query=query, lists=lists)
    counts = _without_twins({t: n for t, n in found.items() if n >= _MINIMUM and _is_term(t)})
    leading = dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_CANDIDATES])
    spans = store.tally(query, every=_HOUR, since=before, until=start, lists=lists)
    measured = sum(bucket.measured for bucket in spans) * _HOUR
    days = f"{baseline / timedelta(days=1):g} days" if baseline >= timedelta(days=2) else "a day"
    if measured < window:
        return {"rows": [], "note": f"Not enough was measured before: {days} are the yardstick."}
    usual = store.term_counts(
        since=before, until=start, query=query, terms=list(leading), lists=lists
    )
    exposure = window / measured
    recent = store.tally(query, every=window, since=start, until=now, lists=lists)
    told = sum(bucket.n for bucket in spans if bucket.measured)
    busy = sum(bucket.n for bucket in recent) / told if told else exposure
    topics = {t: n for t, n in leading.items() if t[0] == "#" or usual[t] <= _COMMON * told}
    # Where all of them talk more than usual, a term must outgrow the talk, not only the clock.
    found_out = ranked(topics, usual, exposure=max(exposure, busy), minimum=_MINIMUM)
    shown: list[dict[str, Any]] = []
    for row in found_out[:_SHOWN]:
        if row.z < _Z_LEAST:
            break
        n, term = row.n, row.term
        expected = usual[term] * exposure
        shown.append(
            {
                "term": term,
                "n": n,
                "usual": round(expected, 1),
                # Against less than one an hour any count is a hundredfold: that says nothing.
                "times": round(n / max(expected, 1), 1) if expected else None,
                "new": expected == 0,
                "why": f"{n} {_words(window)}, {_usual(expected)}",
                "spark": _spark(
                    store, term, query, lists=lists, since=now - timedelta(days=1), until=now
                ),
            }
        )
    note = f"Against the {days} before, at least {_MINIMUM} posts"
    if measured < baseline:
        note += f"; {measured / _HOUR:.0f} of {baseline / _HOUR:.0f} hours were measured"
    return {"rows": shown, "note": note + "."}
