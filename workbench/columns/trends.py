"""The trending column: which words, hashtags and phrases stand out now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from workbench.columns.strips import bar, spark
from workbench.columns.tree import Node, el
from workbench.columns.words import plain
from workbench.query import Query, parse
from workbench.store import Store
from workbench.text.phrases import Score, fold
from workbench.text.trending import Ranked, ranked

__all__ = ["MARK", "MINIMUM", "Standing", "asking_for", "draw", "rows", "standing", "words_of"]

MARK: Final = "term:"
"""How the key of a term begins, where others are those of posts."""
_CANDIDATES: Final = 500
_SHOWN: Final = 10
_Z_LEAST: Final = 2.5
MINIMUM: Final = 5
"""Items that a term must stand in to be ranked."""
# A word in more than so large a part of all items is grammar, or what the deck is about anyway.
_COMMON: Final = 0.05
_HOUR: Final = timedelta(hours=1)


def _is_term(term: str) -> bool:
    """Whether a token can stand for a topic: no number, no single letter, nothing with quotes."""
    word = term.removeprefix("#")
    is_word = len(word) > 2 and not word.isdigit() and '"' not in word
    return is_word and not word.startswith(("http", "www"))


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
    whole = asking_for(term, query)
    buckets = store.tally(whole, every=_HOUR, since=since, until=until, lists=lists)
    return [bucket.n if bucket.measured else None for bucket in buckets]


def asking_for(term: str, query: Query | None) -> Query:
    """Return the query for what holds a term, narrowed to another query."""
    text = f'#"{term[1:]}"' if term.startswith("#") else f'"{term}"'
    return parse(f"({query}) {text}") if query else parse(text)


def words_of(window: timedelta) -> str:
    """Return a window as it stands after a number: ``this hour``, ``in 6 hours``."""
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


class Standing(NamedTuple):
    """How the terms of a window stand against those of the baseline.

    Attributes
    ----------
    ranked : list of Ranked
        Highest z first; none where less of the baseline was measured than the window is long.
    usual : dict of str to int
        Items of the baseline that hold each term.
    exposure : float
        Length of the window over the measured length of the baseline; 0 without any.
    measured : timedelta
        How much of the baseline was measured.
    """

    ranked: list[Ranked]
    usual: dict[str, int]
    exposure: float
    measured: timedelta


def standing(
    store: Store,
    query: Query | None,
    *,
    window: timedelta,
    baseline: timedelta,
    now: datetime,
    lists: Mapping[str, Collection[str]],
    minimum: int = MINIMUM,
    score: Score | None = None,
) -> Standing:
    """Rank words, hashtags and phrases of the window before `now` against what came before.

    Terms in at least `minimum` items of the window are ranked against the measured part of
    the baseline (:func:`workbench.text.trending.ranked`), each item counting once. A phrase
    stands in the place of the words that it explains (:func:`workbench.text.phrases.fold`), a
    hashtag in that of its word. Left out are words of one or two letters, numbers, and words
    in more than a twentieth of all items of the baseline.

    Parameters
    ----------
    store : Store
    query : Query or None
        Items must match it, before and now.
    window, baseline : timedelta
    now : datetime
    lists : mapping of str to collection of str
        Handles by the name of their people list.
    minimum : int
    score : Score, optional
        What tells phrases from chance.
    """
    start = now - window
    before = start - baseline
    spans = store.tally(query, every=_HOUR, since=before, until=start, lists=lists)
    measured = sum(bucket.measured for bucket in spans) * _HOUR
    if not measured or measured < window:
        return Standing([], {}, 0.0, measured)
    found = store.term_counts(since=start, until=now, query=query, lists=lists)
    counts = _without_twins({t: n for t, n in found.items() if n >= minimum and _is_term(t)})
    leading = dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_CANDIDATES])
    usual = store.term_counts(
        since=before, until=start, query=query, terms=list(leading), lists=lists
    )
    exposure = window / measured
    recent = store.tally(query, every=window, since=start, until=now, lists=lists)
    told = sum(bucket.n for bucket in spans if bucket.measured)
    busy = sum(bucket.n for bucket in recent) / told if told else exposure
    topics = {t: n for t, n in leading.items() if t[0] == "#" or usual[t] <= _COMMON * told}
    if topics:
        pairs = store.pair_counts(topics, since=start, until=now, query=query, lists=lists)
        topics = fold(topics, pairs, score=score, minimum=minimum)
        phrases = [term for term in topics if term not in usual]
        usual |= store.term_counts(
            since=before, until=start, query=query, terms=phrases, lists=lists
        )
    # Where all of them talk more than usual, a term must outgrow the talk, not only the clock.
    table = ranked(topics, usual, exposure=max(exposure, busy), minimum=minimum)
    return Standing(table, usual, exposure, measured)


def rows(
    store: Store,
    query: Query | None,
    *,
    window: timedelta,
    baseline: timedelta,
    now: datetime,
    lists: Mapping[str, Collection[str]],
) -> dict[str, Any]:
    """Return the rows and the note of a trending column; takes what :func:`standing` takes.

    Returns
    -------
    dict
        ``rows`` (term, n, usual, times, new, why, spark), highest first, at most ten, and
        ``note``.
    """
    found = standing(store, query, window=window, baseline=baseline, now=now, lists=lists)
    days = f"{baseline / timedelta(days=1):g} days" if baseline >= timedelta(days=2) else "a day"
    if not found.exposure:
        return {"rows": [], "note": f"Not enough was measured before: {days} are the yardstick."}
    shown: list[dict[str, Any]] = []
    for row in found.ranked[:_SHOWN]:
        if row.z < _Z_LEAST:
            break
        n, term = row.n, row.term
        expected = found.usual[term] * found.exposure
        shown.append(
            {
                "term": term,
                "n": n,
                "usual": round(expected, 1),
                # Against less than one an hour any count is a hundredfold: that says nothing.
                "times": round(n / max(expected, 1), 1) if expected else None,
                "new": expected == 0,
                "why": f"{n} {words_of(window)}, {_usual(expected)}",
                "spark": _spark(
                    store, term, query, lists=lists, since=now - timedelta(days=1), until=now
                ),
            }
        )
    note = f"Against the {days} before, at least {MINIMUM} posts"
    if found.measured < baseline:
        hours = found.measured / _HOUR
        note += f"; {hours:.0f} of {baseline / _HOUR:.0f} hours were measured"
    return {"rows": shown, "note": note + "."}


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
            {"type": "button", "title": "Show what holds it"},
            el("bdi", "", plain(row["term"]), {"dir": "auto"}),
            el("span", "wb-new wb-s", "new") if row["new"] else None,
        ),
        el("span", "wb-times", _times(row["times"])),
        bar(row["n"], most, usual=row["usual"]),
        el("span", "wb-under", spark(row["spark"]), el("span", "wb-why wb-s wb-cut", row["why"])),
    )


def _times(lift: float | None) -> str:
    """Return by how much a term outdoes itself.

    Beyond 100 the figure says more about how seldom the word was than about now.
    """
    if lift is None:
        return ""
    told = "100+" if lift > 100 else f"{lift:.1f}" if lift < 10 else f"{lift:.0f}"
    return f"{told} ×"
