"""Finding stories in 100,000 items, against scikit-learn's hashed TF-IDF alone on the same text.

The text is the recorded industry's, one fortnight after another until there are enough items;
the window holds 20,000, so none of them meets itself again. Bars: at most 12 times the
processor time of scikit-learn's HashingVectorizer and TfidfTransformer, which find no story
yet; and an item at the end costs at most 1.25 times what one costs once the window is full.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

import seeds
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from stories_events import items_of
from tables import show

from workbench.items import Item
from workbench.text.stories import Teller

ITEMS: Final = 100_000
WINDOW: Final = 20_000
BAR: Final = 12.0
LEVEL: Final = 1.25


def enough(items: Sequence[Item], n: int) -> list[Item]:
    """Return so many items, fortnight after fortnight."""
    found: list[Item] = []
    turn = 0
    while len(found) < n:
        later = timedelta(days=14 * turn)
        found += [replace(item, id=f"{turn}:{item.id}", published=item.published + later,
                          collected=None, **_moved(item, turn)) for item in items]  # fmt: skip
        turn += 1
    return found[:n]


def _moved(item: Item, turn: int) -> dict[str, str | None]:
    names = ("reply_to", "repost_of", "quote_of")
    return {name: old and f"{turn}:{old}" for name in names for old in (getattr(item, name),)}


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=ITEMS)
    parser.add_argument("--write", action="store_true", help="put the table into the docs")
    asked = parser.parse_args()
    items = enough(items_of(seeds.COMMITTED), asked.items)
    texts = [f"{item.title or ''} {item.text}" for item in items]
    begin = time.process_time()
    TfidfTransformer().fit_transform(HashingVectorizer().transform(texts))
    peer = time.process_time() - begin
    teller = Teller(window=WINDOW)
    costs: list[float] = []
    for start in range(0, len(items), WINDOW):
        begin = time.process_time()
        for item in items[start : start + WINDOW]:
            teller.add(item)
        costs.append(time.process_time() - begin)
    own, level = sum(costs), costs[-1] / costs[min(1, len(costs) - 1)]
    rows = [
        {"": "scikit-learn, hashed TF-IDF alone", "seconds": f"{peer:.1f}", "times": "1"},
        {"": "stories", "seconds": f"{own:.1f}", "times": f"{own / peer:.1f}"},
    ]
    print(f"{len(items):,} items, window {WINDOW:,}: {own:.1f} s, scikit-learn {peer:.1f} s")
    print(f"{own / peer:.1f} times (bar {BAR}); by {WINDOW:,}: {[round(c, 1) for c in costs]}")
    print(f"the last against the second: {level:.2f} (bar {LEVEL})")
    show("stories-speed", rows)
    sys.exit(own > BAR * peer or level > LEVEL)


if __name__ == "__main__":
    main()
