"""What a search for articles is asked so that all columns have theirs, and what that covers."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final, NamedTuple

from workbench.collectors import Covered
from workbench.query import Query
from workbench.query.dialect import dialect
from workbench.query.resolve import resolve
from workbench.query.tree import Account, AtLeast, Entity, InList, Is, Node, Value

__all__ = ["Ask", "Reached", "asks_of", "queries_of"]

# What no article of a list has: a query that needs it finds nothing there.
_ABSENT: Final = (Account, InList, Entity, AtLeast, Is)
_OWN: Final = {"tier": "news", "kind": "article"}

_Stretch = tuple[datetime, datetime]


class Ask(NamedTuple):
    """One text that is asked for, and the queries that need it; None if all do."""

    text: str
    queries: tuple[str, ...] | None


def asks_of(
    source: str, queries: Sequence[Query], *, decided: Callable[[Node], bool | None] | None = None
) -> tuple[Ask, ...]:
    """Return what a search is to be asked, so that each query has its own.

    A query that nothing there can match, or of which the search can be told nothing, is left
    out.

    Parameters
    ----------
    source : str
        The collector's name.
    queries : sequence of Query
    decided : callable, optional
        What of a query is true or false of all that is found there; None where that depends.
        Unless given it is a search for articles, of the tier ``news`` and without accounts.

    Examples
    --------
    >>> from workbench.query import parse
    >>> queries = [parse(text) for text in ("acme OR #acme", "acme globex", "from:ana", "lang:en")]
    >>> for ask in asks_of("gdelt", queries):
    ...     print(ask)
    Ask(text='acme', queries=('acme OR #acme',))
    Ask(text='acme globex', queries=('acme globex',))
    """
    own = partial(_decided, source)
    found: dict[str, dict[str, None]] = {}
    for query in queries:
        tree = resolve(query.tree, lambda leaf, _: (decided or own)(leaf))
        if isinstance(tree, bool):
            continue
        for text in dialect(source, Query(tree, query.text, str(query))).upstream or ():
            found.setdefault(text, {})[str(query)] = None
    return tuple(Ask(text, tuple(needing)) for text, needing in found.items())


def _decided(source: str, leaf: Node) -> bool | None:
    if isinstance(leaf, Value):
        return leaf.value == (source if leaf.field == "source" else _OWN[leaf.field])
    return False if isinstance(leaf, _ABSENT) else None


def queries_of(asks: Iterable[Ask]) -> tuple[str, ...] | None:
    """Return the queries that need some texts, each once; None if all do."""
    found: dict[str, None] = {}
    for ask in asks:
        if ask.queries is None:
            return None
        found |= dict.fromkeys(ask.queries)
    return tuple(found)


class Reached:
    """Until when each text's articles are here, and until when that is noted of each query.

    Both are in the cursor: a pass that is cut short loses nothing of what it covered.

    Parameters
    ----------
    cursor : str or None
        Of the last batch; one that cannot be read counts as none.
    """

    def __init__(self, cursor: str | None) -> None:
        self._texts, self._queries, self._gaps = _recall(cursor)
        self._before: dict[str, datetime] = {}

    def begin(self, texts: Iterable[str]) -> dict[str, datetime | None]:
        """Return since when each text is to be asked for; None if it never was."""
        wanted = dict.fromkeys(texts)
        self._before = {text: when for text, when in self._texts.items() if text in wanted}
        self._texts = dict(self._before)
        self._gaps = {text: gaps for text, gaps in self._gaps.items() if text in wanted}
        return {text: self._before.get(text) for text in wanted}

    def move(self, texts: Iterable[str], until: datetime) -> None:
        """Note that texts' articles are here until a moment."""
        for text in texts:
            self._texts[text] = max(until, self._texts.get(text, until))

    def miss(self, texts: Iterable[str], start: datetime, end: datetime) -> None:
        """Note that not all of texts' articles of a stretch are here: it is never covered."""
        for text in texts:
            if start < end:
                self._gaps.setdefault(text, []).append((start, end))

    def covered(
        self, asks: Sequence[Ask], first: datetime, *, refused: Collection[str] = ()
    ) -> tuple[Covered, ...]:
        """Return what is covered now and was not noted before, a span for several queries.

        What was missed of a text is cut out of what its queries cover.

        Parameters
        ----------
        asks : sequence of Ask
        first : datetime
            Since when a text is asked for that is new.
        refused : Collection of str
            Texts whose queries cover nothing this time.
        """
        own: dict[str, list[str]] = {}
        for ask in asks:
            for query in ask.queries or ("",):
                own.setdefault(query, []).append(ask.text)
        known, self._queries = self._queries, {}
        spans: dict[tuple[datetime, datetime], list[str]] = {}
        for query, texts in own.items():
            start = known.get(query)
            if start is None:
                start = max(self._before.get(text) or first for text in texts)
            end = min(self._texts.get(text, start) for text in texts)
            self._queries[query] = max(start, end)
            if not any(text in refused for text in texts):
                missed = [gap for text in texts for gap in self._gaps.get(text, ())]
                for piece in _without((start, end), missed):
                    spans.setdefault(piece, []).append(query)
        self._forget(own)
        return tuple(
            Covered(*span, queries=None if queries == [""] else tuple(queries))
            for span, queries in spans.items()
        )

    def _forget(self, own: Mapping[str, Sequence[str]]) -> None:
        """Forget what was missed before all that is still to be noted as covered."""
        noted = self._queries
        since = {text: min(noted[q] for q in own if text in own[q]) for q in own for text in own[q]}
        left = {
            text: [gap for gap in gaps if text in since and gap[1] > since[text]]
            for text, gaps in self._gaps.items()
        }
        self._gaps = {text: gaps for text, gaps in left.items() if gaps}

    def save(self) -> str:
        """Return the cursor."""
        return json.dumps({
            "texts": {text: when.isoformat() for text, when in self._texts.items()},
            "queries": {query: when.isoformat() for query, when in self._queries.items()},
            "gaps": {
                text: [(start.isoformat(), end.isoformat()) for start, end in gaps]
                for text, gaps in self._gaps.items()
            },
        })  # fmt: skip


def _without(whole: _Stretch, missed: Iterable[_Stretch]) -> list[_Stretch]:
    """Return what is left of a stretch of time, oldest first."""
    start, end = whole
    left = []
    for begin, until in sorted(missed):
        if start < min(begin, end):
            left.append((start, min(begin, end)))
        start = max(start, until)
    return [*left, (start, end)] if start < end else left


def _recall(
    cursor: str | None,
) -> tuple[dict[str, datetime], dict[str, datetime], dict[str, list[_Stretch]]]:
    """Return until when texts and queries are covered, and gaps; nothing if it cannot be read."""
    try:
        given = json.loads(cursor or "")
        texts, queries = (
            {str(key): _moment(when) for key, when in part.items()}
            for part in (given["texts"], given["queries"])
        )
        gaps = {
            str(text): [(_moment(start), _moment(end)) for start, end in each]
            for text, each in given.get("gaps", {}).items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return {}, {}, {}
    return texts, queries, gaps


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
