"""Tokenising and counting a million posts, ranking what was counted, and asking a store.

The same million posts are counted by polars: lower case, `extract_all` of letters, digits and
marks, and a count of the tokens. It uses all processors, and so do we; ours are counted once
per post, and polars' figure with that (`list.unique`) stands beside it. A fifth of the posts
holds emoji, typographic quotes, accents or Japanese.

Bars: counting at most 1.2 times polars' plain count; scoring at most 100 ms;
`wb.rank_terms` of an hour against seven days over a store of a million posts at most 250 ms. That
is asked of posts spread over three months, as the store's own benchmark has them, and once more
of a million within eleven and a half days, eight times as dense.

``BENCH_POSTS`` says how many posts; ``--write`` puts the tables into docs/reference/text.md.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

import polars as pl
import seeded
import tables

import workbench as wb
from workbench import store
from workbench.text.counting import count_tokens
from workbench.text.trending import rank
from workbench.tokens import tokenize

COUNT: Final = int(os.environ.get("BENCH_POSTS", "1000000"))
BATCH: Final = 2_000
RUNS: Final = 3
TOKENS: Final = r"[\p{L}\p{N}\p{M}]+"
SPICE: Final = (
    " \U0001f600",
    " it\u2019s",
    " caf\u00e9",
    " \u6771\u4eac",
    " \u201cquoted\u201d\u2026",
)
BARS: Final = {"counting": 1.2, "scoring": 100.0, "asking": 250.0}


def texts(count: int) -> list[str]:
    """Return the posts' texts."""
    dice = random.Random(3)
    made = [item.text for item in seeded.posts(count)]
    for place in range(0, count, 5):
        made[place] += dice.choice(SPICE)
    return made


def best(work: Callable[[], object]) -> float:
    """Return the seconds of the quickest of some runs."""
    return min(timed(work)[0] for _ in range(RUNS))


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of a run, by the clock and of the processors."""
    begin, spent = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begin, time.process_time() - spent


def beside(*works: Callable[[], object]) -> list[tuple[float, float]]:
    """Return the least seconds of each work, by clock and processors, run in turns."""
    runs = [[timed(work) for work in works] for _ in range(RUNS)]
    return [(min(c for c, _ in each), min(p for _, p in each)) for each in zip(*runs, strict=True)]


def peer(frame: pl.DataFrame, *, is_once: bool) -> Callable[[], object]:
    """Return what counts tokens with polars."""
    tokens = pl.col("text").str.to_lowercase().str.extract_all(TOKENS)
    tokens = (tokens.list.unique() if is_once else tokens).alias("token")
    asked = frame.lazy().select(tokens).explode("token").group_by("token").len()
    return asked.collect


def counting() -> bool:
    """Count, beside polars; then rank what was counted."""
    posts = texts(COUNT)
    frame = pl.DataFrame({"text": posts})
    (ours, our_work), (plain, plain_work) = beside(
        lambda: count_tokens(iter(posts)), peer(frame, is_once=False)
    )
    once = best(peer(frame, is_once=True))
    sample = posts[: COUNT // 20]
    slow: Counter[str] = Counter()
    begin = time.perf_counter()
    for text in sample:
        slow.update(set(tokenize(text)))
    one_by_one = (time.perf_counter() - begin) * COUNT / len(sample)
    assert count_tokens(sample, few=0) == slow
    current, before = count_tokens(posts[: COUNT // 10], few=0), count_tokens(posts, few=0)
    # Without its frame, whose library is loaded once.
    rank({}, {}, exposure=0.1)
    scoring = best(lambda: rank(current, before, exposure=0.1)) * 1000
    ratio = ours / plain
    threads = pl.thread_pool_size()
    tables.show(
        "trending-speed",
        [
            {"figure": f"{COUNT:,} posts, each token once per post, s", "value": ours, "bar": ""},
            {"figure": f"polars, every token, {threads} threads, s", "value": plain, "bar": ""},
            {"figure": "ours over polars", "value": ratio, "bar": f"≤ {BARS['counting']}"},
            {
                "figure": "ours over polars, by processor time",
                "value": our_work / plain_work,
                "bar": "",
            },
            {"figure": "polars, each token once per post, s", "value": once, "bar": ""},
            {"figure": "one by one in Python, one thread, s", "value": one_by_one, "bar": ""},
            {
                "figure": f"scoring {len(current):,} terms, ms",
                "value": scoring,
                "bar": f"≤ {BARS['scoring']:g}",
            },
        ],
    )
    return ratio <= BARS["counting"] and scoring <= BARS["scoring"]


def fill(path: Path, start: datetime | None) -> None:
    """Put the posts into a new store, moved so that the last of them come while it is filled."""
    shift = datetime.now(UTC) + timedelta(minutes=3) - seeded.END
    source = seeded.posts(COUNT, start=start)
    first = None
    with store.open(path, floor=0) as opened:
        while batch := list(islice(source, BATCH)):
            first = first or batch[0].published + shift
            opened.add(
                replace(each, published=(at := each.published + shift), collected=at)
                for each in batch
            )
        assert first
        opened.cover("bluesky", "", first, seeded.END + shift, "ok")


def asking() -> bool:
    """Rank an hour against seven days over a store."""
    rows = []
    for name, start in (
        ("over three months", None),
        ("one a second", seeded.END - timedelta(seconds=COUNT)),
    ):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "s.db"
            fill(path, start)
            with store.open(path, floor=0) as opened:
                hour = opened.count(None, since="1h", until="0s")
            wb.rank_terms(window="1h", baseline="7d", address=str(path))
            times = []
            for _ in range(7):
                begin = time.perf_counter()
                found = wb.rank_terms(window="1h", baseline="7d", address=str(path))
                times.append((time.perf_counter() - begin) * 1000)
            rows.append(
                {
                    "store": f"{COUNT:,} posts {name}",
                    "posts in the hour": hour,
                    "terms ranked": len(found),
                    "median ms": statistics.median(times),
                    "bar": f"≤ {BARS['asking']:g}" if start is None else "",
                }
            )
    tables.show("trending-store", rows)
    return rows[0]["median ms"] <= BARS["asking"]


def main() -> None:
    """Measure, and exit with 1 if a bar is missed."""
    held = [counting(), asking()]
    print("bars:", "held" if all(held) else "MISSED")
    sys.exit(not all(held))


if __name__ == "__main__":
    main()
