"""A deck of twelve columns over a million posts of three months: their first 50, in the kernel.

From a new board to its state, as a deck in a notebook begins and as each viewer of the page is
answered: items with what is drawn of them, volume lines, states of columns and sources. Bars:
at most 150 ms; a trending column at most 350 ms more. The peer in the same run is the bare
reading of the same 50 items per column.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from seeded import COMMON, END, SPAN, posts, words

from workbench import store
from workbench.columns import Board
from workbench.decks import load
from workbench.store import Store

ITEMS = int(os.environ.get("BENCH_ITEMS", "1_000_000"))
RUNS = 9
BAR_MILLIS = 150
BAR_TRENDING = 350
_SOME = words(60)
QUERIES = (
    COMMON,
    f"{COMMON} lang:en",
    '\'"profit warning" OR "safety review"\'',
    f"{_SOME[3]} OR {_SOME[8]} OR {_SOME[20]}",
    "min_likes:10",
    "sentiment:negative",
    "has:image -is:repost",
    "lang:de",
    "'\"price war\" -lang:ja'",
    f"({COMMON} OR the) of",
    f"{_SOME[40]}",
    "saf* OR delay*",
)


def deck_file(folder: Path, *, trending: bool) -> Path:
    """Write the deck, with or without its trending column."""
    lines = ["title: Benchmark", "sources:", "  - collector: bluesky", "    keep: all", "columns:"]
    for number, query in enumerate(QUERIES):
        lines += ["  - type: search", f"    title: Column {number}", f"    query: {query}"]
    if trending:
        lines += ["  - type: trending", "    title: Trending"]
    path = folder / ("trending.yaml" if trending else "twelve.yaml")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def millis(work: Callable[[], object]) -> float:
    """Return how long the work takes."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def fill(path: Path) -> None:
    """Store the posts of three months, and that all of them were measured."""
    with store.open(path, now=lambda: END) as opened:
        opened.add(posts(ITEMS))
        opened.cover("bluesky", "", END - SPAN, END, "ok")


def measure(opened: Store, folder: Path) -> tuple[float, float, float]:
    """Return the medians, in turn: reading alone, the deck, the deck with trending."""
    decks = [load(str(deck_file(folder, trending=trending))) for trending in (False, True)]

    def read() -> None:
        for column in decks[0].columns:
            opened.search(column.query, limit=50)

    bare, plain, trending = [], [], []
    for _ in range(RUNS):
        bare.append(millis(read))
        plain.append(millis(lambda: Board(decks[0], opened, now=lambda: END).state()))
        trending.append(millis(lambda: Board(decks[1], opened, now=lambda: END).state()))
    return statistics.median(bare), statistics.median(plain), statistics.median(trending)


def main() -> None:
    """Measure, and print the figures; exit with 1 where a bar is missed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder / "bench.db")
        with store.open(folder / "bench.db", now=lambda: END) as opened:
            bare, plain, trending = measure(opened, folder)
    more = trending - plain
    print(f"{len(QUERIES)} columns over {ITEMS:,} posts")
    print(f"  reading their newest 50 alone  {bare:7.0f} ms")
    print(f"  the deck's state               {plain:7.0f} ms (bar {BAR_MILLIS})")
    print(f"  a trending column more         {more:7.0f} ms (bar {BAR_TRENDING})")
    sys.exit(plain > BAR_MILLIS or more > BAR_TRENDING)


if __name__ == "__main__":
    main()
