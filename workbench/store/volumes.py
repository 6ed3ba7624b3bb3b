"""What a source counted for a query, whether or not we hold the items: hour by hour.

Where a source is asked how many posts there were, and not for the posts, its count is the
measured one. It stands in the place of what is held of that source in the same stretch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

import apsw

from workbench.clock import from_micros, to_micros
from workbench.items import Volume
from workbench.query import Query, tree
from workbench.store.connect import fetch
from workbench.store.journal import Span

if TYPE_CHECKING:
    from workbench.store.series import Grid

__all__ = ["TABLES", "counted", "only", "put", "with_volumes"]

TABLES: Final = """
CREATE TABLE IF NOT EXISTS volumes(
    source TEXT NOT NULL,
    query TEXT NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY(query, source, start)
) STRICT, WITHOUT ROWID;
"""


def put(connection: apsw.Connection, given: Iterable[Volume]) -> None:
    """Note what was counted; a later count of the same stretch takes the earlier one's place."""
    connection.executemany(
        "INSERT OR REPLACE INTO volumes(source, query, start, end, n) VALUES(?, ?, ?, ?, ?)",
        [(v.source, v.query, to_micros(v.start), to_micros(v.end), v.n) for v in given],
    )


def counted(connection: apsw.Connection, query: Query, grid: Grid) -> dict[str, dict[int, int]]:
    """Return by source and stretch of a grid what was counted, where all of it was.

    The first and the last stretch of a grid are mostly cut off, and are then left to what is
    held.
    """
    size = grid.seconds * 1_000_000
    sums: dict[str, Counter[int]] = {}
    lengths: Counter[tuple[str, int]] = Counter()
    found = fetch(
        connection,
        "SELECT source, start, end, n FROM volumes WHERE query = ? AND start >= ? AND end <= ?",
        (str(query), grid.start, grid.end),
    )
    for source, start, end, n in found:
        number = start // size
        if end <= (number + 1) * size:
            sums.setdefault(source, Counter())[number] += n
            lengths[source, number] += end - start
    whole = {
        source: {number: n for number, n in each.items() if lengths[source, number] == size}
        for source, each in sums.items()
    }
    return {source: each for source, each in whole.items() if each}


def only(query: Query | None, source: str) -> Query:
    """Return what a query finds of one source."""
    own = tree.Value("source", source)
    if query is None:
        return Query(own, "", str(own))
    return Query(tree.And((own, query.tree)), query.text, f"source:{source} ({query})")


def with_volumes(
    spans: list[Span], query: Query | None, told: Mapping[str, Mapping[int, int]], grid: Grid
) -> list[Span]:
    """Return what was covered, where a count covers as well as the posts would.

    A source's own gaps give way to it: what was not bought was counted all the same.
    """
    if not told:
        return spans
    text = str(query)
    result: list[Span] = []
    pieces = {
        source: [tuple(map(from_micros, grid.span(number))) for number in sorted(numbers)]
        for source, numbers in told.items()
    }
    keys: dict[str, str] = {}
    for span in spans:
        collector = span.source.partition(":")[0]
        if collector not in pieces or span.query not in ("", text):
            result.append(span)
            continue
        keys.setdefault(collector, span.source)
        if span.status == "ok":
            result.append(span)
            continue
        start = span.start
        for begin, end in pieces[collector]:
            if begin < span.end and start < end:
                if start < begin:
                    result.append(span._replace(start=start, end=begin))
                start = end
        if start < span.end:
            result.append(span._replace(start=start))
    for collector, stretches in pieces.items():
        key = keys.get(collector, collector)
        result += [Span(key, text, begin, end, "ok", "") for begin, end in stretches]
    return result
