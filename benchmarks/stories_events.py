"""Stories against the truth: on recordings made with seeds that no rule was set on, and on files.

Each recording is gone through whole, everyday talk and all, in the order in which its items
were published. Three figures each, over the items that tell of an event or a rumour: B³ among
these items alone; B³ with whatever else was put into their stories counted against precision;
and the share of first sightings on social networks, newswires and news sites that are right to
within two minutes, in the story that holds most of the event.

Bars: B³ F at least 0.85, and 90 % of the first sightings, over the five seeds `a1` … `a5`.

``--file FILE`` measures any labelled table (CSV or Parquet: story, title, text, published) by
the same B³; rows without a story count as what else is said.
"""

from __future__ import annotations

import argparse
import json
import lzma
import sys
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pandas as pd
import seeds
from tables import show

from workbench import store
from workbench.items import Item
from workbench.text.agreement import Agreement, b_cubed, sightings_right
from workbench.text.stories import Split, Teller, cluster

BAR_F: Final = 0.85
BAR_FIRST: Final = 0.9
TIERS: Final = ("social", "wire", "news")


def items_of(seed: str) -> list[Item]:
    """Return everything of a recording, in the order in which it was published."""
    end = seeds.end(seed)
    found: list[Item] = []
    with store.open(seeds.loaded(seed), now=lambda: end) as opened:
        seq = 0
        while True:
            items, _, now = opened.changes(seq, limit=5_000)
            found += items
            if now == seq:
                break
            seq = now
    return sorted((i for i in found if i.deleted is None), key=lambda i: (i.time, i.key))


def truth_of(seed: str, items: Sequence[Item]) -> list[str | None]:
    """Return which event each item tells of; a repost tells what its original does."""
    path = seeds.folder(seed) / "members.json.xz"
    members: dict[str, dict[str, list[str]]] = json.loads(lzma.decompress(path.read_bytes()))
    event = {
        (source, name): event
        for event, told in members.items()
        for source, names in told.items()
        for name in names
    }
    return [event.get((item.source, _named(item))) for item in items]


def _named(item: Item) -> str:
    if item.source in ("feeds", "gdelt"):
        return item.url or ""
    return item.repost_of or item.id


def stories_of(items: Sequence[Item]) -> list[Hashable]:
    """Return the story of each item, as it is once all are told."""
    teller = Teller()
    ids: dict[tuple[str, str], Hashable] = {}
    members: dict[Hashable, set[tuple[str, str]]] = defaultdict(set)
    for number, item in enumerate(items):
        ids[item.key] = teller.add(item) or number
        members[ids[item.key]].add(item.key)
        for change in teller.changes():
            keys = change.keys if isinstance(change, Split) else members[change.story]
            for key in tuple(keys):
                members[change.story].discard(key)
                members[change.into].add(key)
                ids[key] = change.into
    return [ids[item.key] for item in items]


def measure(found: Sequence[Hashable], truth: Sequence[str | None]) -> tuple[Agreement, Agreement]:
    """Return B³ among the labelled items alone, and with all others in their stories."""
    return b_cubed(found, truth), b_cubed(found, truth, beside=True)


def firsts(
    items: Sequence[Item], found: Sequence[Hashable], truth: Sequence[str | None]
) -> tuple[int, int]:
    """Return how many first sightings are right, and of how many."""
    return sightings_right(
        [None if item.published_precision is None else (item.tier, item.time) for item in items],
        found, truth, tiers=TIERS, within=timedelta(minutes=2),
    )  # fmt: skip


def read(path: Path) -> pd.DataFrame:
    """Return a labelled table."""
    table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    if "published" in table:
        table["published"] = pd.to_datetime(table["published"], utc=True, format="mixed")
    return table


def main() -> None:
    """Measure the seeds, or a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", nargs="*", default=list(seeds.COUNTED))
    parser.add_argument("--file", type=Path)
    parser.add_argument("--write", action="store_true", help="put the table into the docs")
    asked = parser.parse_args()
    if asked.file:
        table = read(asked.file)
        labels = [None if pd.isna(story) else str(story) for story in table["story"]]
        told = cluster(table.drop(columns="story"))
        found = [n if pd.isna(story) else story for n, story in enumerate(told)]
        for name, each in zip(("alone", "with the rest"), measure(found, labels), strict=True):
            print(f"{name}: precision {each.precision:.3f} recall {each.recall:.3f} F {each.f:.3f}")
        return
    rows: list[dict[str, Any]] = []
    totals: Counter[str] = Counter()
    scores: list[float] = []
    for seed in asked.seeds:
        items = items_of(seed)
        truth = truth_of(seed, items)
        found = stories_of(items)
        alone, among = measure(found, truth)
        right, of = firsts(items, found, truth)
        totals.update(right=right, of=of)
        scores.append(alone.f)
        rows.append({
            "seed": seed, "items": f"{len(items):,}", "of events": f"{sum(map(bool, truth)):,}",
            "precision": f"{alone.precision:.3f}", "recall": f"{alone.recall:.3f}",
            "B³ F": f"{alone.f:.3f}", "B³ F with the rest": f"{among.f:.3f}",
            "first sightings right": f"{right} of {of}",
        })  # fmt: skip
        print(f"{seed}: F {alone.f:.3f}, {right} of {of} first sightings", flush=True)
    share = totals["right"] / totals["of"]
    print(f"lowest F {min(scores):.3f} (bar {BAR_F})")
    print(f"first sightings right {share:.1%} (bar {BAR_FIRST:.0%})")
    show("stories-events", rows)
    sys.exit(min(scores) < BAR_F or share < BAR_FIRST)


if __name__ == "__main__":
    main()
