"""Finding stories in 100,000 items, against scikit-learn's hashed TF-IDF alone on the same text.

The text is the recorded industry's, one fortnight after another until there are enough items;
the window holds 20,000, so none of them meets itself again. Bars: with the extra ``fast`` at most
12 times the processor time of scikit-learn's HashingVectorizer and TfidfTransformer, which find
no story yet; and an item at the end costs at most 1.25 times what one costs once the window is
full. Both ways must tell the same stories. What is compiled was compiled before, as on any
machine on which it has run once; without Numba there is the pure way alone, and no bar for it.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from importlib.util import find_spec
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
    rows = [{"": "scikit-learn, hashed TF-IDF alone", "seconds": f"{peer:.1f}", "times": "1"}]
    print(f"{len(items):,} items, window {WINDOW:,}; scikit-learn {peer:.1f} s")
    ways = {"stories": False}
    if find_spec("numba") is not None:
        ways["stories, with the extra fast"] = True
        Teller(is_compiled=True)  # which compiles what was not
    is_good, told = True, []
    for name, is_compiled in ways.items():
        stories, costs = _tell(items, is_compiled=is_compiled)
        told.append(stories)
        own, level = sum(costs), costs[-1] / costs[min(1, len(costs) - 1)]
        rows.append({"": name, "seconds": f"{own:.1f}", "times": f"{own / peer:.1f}"})
        bar = f" (bar {BAR})" if is_compiled else ""
        print(f"{name}: {own:.1f} s, {own / peer:.1f} times{bar}")
        print(f"by {WINDOW:,}: {[round(c, 1) for c in costs]}; the last against the second: "
              f"{level:.2f} (bar {LEVEL})")  # fmt: skip
        is_good &= level <= LEVEL and (not is_compiled or own <= BAR * peer)
    is_good &= all(stories == told[0] for stories in told)
    print(f"the same stories both ways: {told[0] == told[-1]}")
    show("stories-speed", rows)
    sys.exit(not is_good)


def _tell(items: Sequence[Item], *, is_compiled: bool) -> tuple[object, list[float]]:
    """Return each item's story with what changed, and what each window's items cost."""
    # What lies there already, as all of the items, is none of what collecting garbage costs here.
    gc.collect()
    gc.freeze()
    teller = Teller(window=WINDOW, is_compiled=is_compiled)
    costs: list[float] = []
    stories: list[str | None] = []
    for start in range(0, len(items), WINDOW):
        begin = time.process_time()
        stories += [teller.add(item) for item in items[start : start + WINDOW]]
        costs.append(time.process_time() - begin)
    return (stories, teller.changes()), costs


if __name__ == "__main__":
    main()
