"""The briefing over a million posts: from the command to the HTML file.

Beside an empty notebook through papermill's own command, in turn, in one run. Bar: at most
4 times what that takes, plus 5 seconds.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from seeded import COMMON, posts

from workbench import store

ITEMS = int(os.environ.get("BENCH_ITEMS", "1_000_000"))
RUNS = 3
TIMES = 4
PLUS = 5.0
DECK = f"""
title: Benchmark
sources:
  - collector: bluesky
    keep: all
columns:
  - type: search
    title: Carriers
    query: {COMMON} lang:en
  - type: search
    title: Warnings
    query: '"profit warning" OR "safety review" -is:repost'
  - type: search
    title: Everything liked
    query: min_likes:10
  - type: trending
    title: Trending
  - type: sentiment
    title: Mood
    query: {COMMON}
"""


def fill(path: Path) -> None:
    """Store a million posts, one a second up to now: some 86,000 in the last day."""
    start = datetime.now(UTC) - timedelta(seconds=ITEMS)
    with store.open(path) as opened:
        opened.add(posts(ITEMS, start=start))
        opened.cover("bluesky", "", start, datetime.now(UTC), "ok")


def timed(command: list[str], folder: Path) -> float:
    """Return the seconds that a command takes."""
    env = os.environ | {"XDG_DATA_HOME": str(folder / "data")}
    begin = time.perf_counter()
    subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True)
    return time.perf_counter() - begin


def main() -> None:
    """Measure both in turn, and print the medians; exit with 1 where the bar is missed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "bench.yaml").write_text(DECK, encoding="utf-8")
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        empty = new_notebook(cells=[new_code_cell("")], metadata={"kernelspec": kernel})
        nbformat.write(empty, folder / "empty.ipynb")
        fill(folder / "bench.db")
        brief = [sys.executable, "-m", "workbench", "brief", "--deck", "bench.yaml"]
        brief += ["--store", "bench.db", "--to", "out"]
        papermill = [sys.executable, "-m", "papermill", "empty.ipynb", "out.ipynb"]
        ours, theirs = [], []
        for _ in range(RUNS):
            theirs.append(timed(papermill, folder))
            ours.append(timed(brief, folder))
        size = max(path.stat().st_size for path in (folder / "out").glob("*.html"))
    own, other = statistics.median(ours), statistics.median(theirs)
    bar = TIMES * other + PLUS
    print(f"briefing over {ITEMS:,} items  {own:6.1f} s  {size / 1000:6.0f} kB")
    print(f"empty notebook, papermill     {other:6.1f} s")
    print(f"bar {bar:.1f} s ({TIMES} times, plus {PLUS:g} s)")
    sys.exit(own > bar)


if __name__ == "__main__":
    main()
