"""From bytes to stored, scored and indexed: the fixture's Jetstream events, and its feeds.

Bars: Jetstream in batches of 1,000 posts, and what else came between them, at least 1/4 as
fast as a bare insert of the very rows and index columns that come of it, in batches of 1,000
rows (aim 5,000 posts a second); feeds at least 1/2 as fast
as feedparser alone. Each runs several times, in turn with its peer; the medians count.
"""

from __future__ import annotations

import json
import lzma
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from pathlib import Path

import apsw
import feedparser

from workbench import store
from workbench.collectors import bluesky, feeds
from workbench.store.rows import COLUMNS, SELECT, addresses_of, index_of, month_of, to_item
from workbench.store.schema import STEPS, create_month, index_name
from workbench.text.tiers import DEFAULTS, shown

FIXTURES = Path(__file__).parent.parent / "data" / "fixtures"
BATCH = 1_000
RUNS = 3
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=4000", "cache_size=-32768")


def seconds(work: Callable[[], object]) -> float:
    """Return how long the work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def batches(lines: list[bytes]) -> list[bytes]:
    """Return the events in runs that hold 1,000 posts each."""
    found: list[list[bytes]] = [[]]
    posts = 0
    for line in lines:
        if posts == BATCH:
            found.append([])
            posts = 0
        found[-1].append(line)
        posts += b'"operation":"create"' in line and b'"app.bsky.feed.post"' in line
    return [b"\n".join(run) for run in found]


def parse(payloads: list[bytes], end: datetime) -> int:
    """Only read the events, and return how many posts they hold."""
    return sum(len(bluesky.parse(payload, collected=end)) for payload in payloads)


def store_events(payloads: list[bytes], end: datetime, path: Path) -> None:
    """Take the events in as the service does."""
    with store.open(path, now=lambda: end) as opened:
        for payload in payloads:
            opened.apply(bluesky.parse(payload, collected=end))


class Rows:
    """All rows and index columns of a store, for inserting them again without any work."""

    def __init__(self, path: Path) -> None:
        source = apsw.Connection(str(path))
        self.columns = ", ".join(("row", "seq", "time", *COLUMNS))
        wanted = f"i.row, i.seq, i.time, {SELECT}"
        self.items = source.execute(f"SELECT {wanted} FROM items i ORDER BY row").fetchall()
        self.indexed = [
            (row, *index_of(item), addresses_of(item))
            for row, item in ((values[0], to_item(values[3:])) for values in self.items)
            if item.deleted is None
        ]
        self.others = {
            name: source.execute(f"SELECT * FROM {name}").fetchall()
            for name in ("events", "versions", "tombstones", "hidden")
        }
        source.close()

    def insert(self, path: Path) -> None:
        """Insert them in batches into a new file with the same tables."""
        target = apsw.Connection(str(path))
        for pragma in PRAGMAS:
            target.execute(f"PRAGMA {pragma}")
        STEPS[0](target)
        for month in {month_of(row) for row, *_ in self.indexed}:
            create_month(target, month)
        slots = ", ".join("?" * len(self.items[0]))
        items, indexed = iter(self.items), iter(self.indexed)
        while batch := list(islice(items, BATCH)):
            target.execute("BEGIN IMMEDIATE")
            target.executemany(f"INSERT INTO items({self.columns}) VALUES({slots})", batch)
            by_month: dict[int, list[tuple[object, ...]]] = {}
            for row, title, text, meta, urls in islice(indexed, BATCH):
                by_month.setdefault(month_of(row), []).append((row, title, text, meta))
                if urls:
                    target.execute("INSERT INTO addresses VALUES(?, ?)", (row, urls))
            for month, part in by_month.items():
                target.executemany(
                    f"INSERT INTO {index_name(month)}(rowid, title, text, meta) VALUES(?, ?, ?, ?)",
                    part,
                )
            target.execute("COMMIT")
        for name, rows in self.others.items():
            slots = ", ".join("?" * len(rows[0])) if rows else ""
            for at in range(0, len(rows), BATCH):
                target.execute("BEGIN IMMEDIATE")
                target.executemany(f"INSERT INTO {name} VALUES({slots})", rows[at : at + BATCH])
                target.execute("COMMIT")
        target.close()


def measure_jetstream(folder: Path, end: datetime) -> bool:
    """Print how Jetstream's bytes and a bare insert compare."""
    lines = lzma.decompress((FIXTURES / "jetstream.jsonl.xz").read_bytes()).splitlines()
    payloads = batches(lines)
    store_events(payloads, end, folder / "first.db")
    rows = Rows(folder / "first.db")
    own, bare = [], []
    for n in range(RUNS):
        own.append(seconds(lambda n=n: store_events(payloads, end, folder / f"own{n}.db")))
        bare.append(seconds(lambda n=n: rows.insert(folder / f"bare{n}.db")))
    mine, peer, posts = statistics.median(own), statistics.median(bare), len(rows.items)
    ratio = peer / mine
    print(f"Jetstream: {len(lines):,} events, {posts:,} posts")
    print(f"  bytes to stored, scored, indexed {mine:7.2f} s {posts / mine:8,.0f} posts/s")
    print(f"    of which parsing               {seconds(lambda: parse(payloads, end)):7.2f} s")
    print(f"  bare insert of the same          {peer:7.2f} s {posts / peer:8,.0f} posts/s")
    print(f"  ratio {ratio:.2f} (bar 0.25: {'held' if ratio >= 0.25 else 'MISSED'})")
    return ratio >= 0.25


def measure_feeds(folder: Path, manifest: dict[str, object], end: datetime) -> bool:
    """Print how the feeds' bytes and feedparser alone compare."""
    known = manifest["feeds"]
    assert isinstance(known, dict)
    documents = [
        (feed["url"], feed["tier"], lzma.decompress((FIXTURES / feed["file"]).read_bytes()))
        for feed in known.values()
        if feed["format"] != "json"  # feedparser reads JSON Feed no more than we need it to
    ]

    def take_in(n: int) -> None:
        with store.open(folder / f"feeds{n}.db", now=lambda: end) as opened:
            for url, tier, data in documents:
                opened.apply(feeds.parse(data, url=url, tier=tier, collected=end))

    def read() -> int:
        return sum(len(feedparser.parse(data).entries) for _, _, data in documents)

    own, alone = [], []
    for n in range(RUNS):
        own.append(seconds(lambda n=n: take_in(n)))
        alone.append(seconds(read))
    mine, peer = statistics.median(own), statistics.median(alone)
    ratio = peer / mine
    print(f"feeds: {len(documents)} documents, {read():,} entries")
    print(f"  bytes to stored, scored, indexed {mine:7.2f} s")
    print(f"  feedparser alone                 {peer:7.2f} s")
    print(f"  ratio {ratio:.2f} (bar 0.50: {'held' if ratio >= 0.5 else 'MISSED'})")
    return ratio >= 0.5


def main() -> None:
    """Run both."""
    manifest = json.loads((FIXTURES / "manifest.json").read_text("utf-8"))
    end = datetime.fromisoformat(manifest["end"])
    for name in {name for names in DEFAULTS.values() for name in names}:
        shown(name).scores(["What an engine knows is read once, before the clock starts."])
    with tempfile.TemporaryDirectory() as folder:
        held = measure_jetstream(Path(folder), end)
        held &= measure_feeds(Path(folder), manifest, end)
    sys.exit(not held)


if __name__ == "__main__":
    main()
