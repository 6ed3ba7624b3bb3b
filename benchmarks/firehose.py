"""The fixture's Jetstream at full speed: parsed, matched against 50 columns, scored, stored.

Bars: all of it at least half as fast as parsing alone (aim: 3,000 events a second); the matcher
of all columns at least 20 times as fast as a loop of `Query.matches` over them, with the same
answers. Each runs several times, in turn with its peer; the medians count.

How much is stored depends on the columns: what it is where four of them are so wide that every
sixth post is kept is told beside it, without a bar.
"""

from __future__ import annotations

import gc
import json
import lzma
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from workbench import clock, store
from workbench.collectors import bluesky
from workbench.decks import Column, Deck
from workbench.items import Item, ParseResult
from workbench.query import parse
from workbench.query.many import Many
from workbench.service.keep import Wants
from workbench.text.tiers import shown

FIXTURES: Final = Path(__file__).parent.parent / "data" / "fixtures"
BATCH: Final = 1_000
RUNS: Final = 5
LISTS: Final = {"analysts": tuple(f"analyst{n}.example" for n in range(60))}
NAMES: Final = [
    *("acme", "globex", "initech", "umbrella corp", "stark industries", "wayne enterprises"),
    *("hooli", "pied piper", "soylent", "tyrell", "cyberdyne", "wonka", "duff brewing", "vandelay"),
    *("sterling cooper", "bluth company", "dunder mifflin", "oscorp", "aperture science"),
    *("massive dynamic", "monarch", "virtucon", "nakatomi", "weyland", "veridian", "gekko"),
    *("oceanic", "zorg", "rekall", "buy n large"),
]
QUERIES: Final = (
    # What a board in the fixture's industry asks for …
    '"northwind" (strike OR "walk out" OR union)',
    "(northwind OR #northwindair) (refund* OR rebooking) min_likes:50",
    '"safety review" OR "emergency landing" OR grounding',
    "list:analysts (fares OR fuel OR earnings)",
    '"fuel price"~3 lang:en',
    "#aviation (merger OR acquisition OR takeover)",
    "baggage NEAR/4 (lost OR delayed OR missing) -is:reply",
    '"load factor" OR "seat capacity" OR yield*',
    "domain:reuters.com (airline OR airlines)",
    "$NWA OR $BLU OR ticker:NWA",
    # … and what boards elsewhere ask for, of which this stream holds next to nothing.
    *(
        f'("{name}" OR #{name.replace(" ", "")}) -(giveaway OR airdrop) {more}'.strip()
        for name, more in zip(
            NAMES,
            ("lang:en", "", "-is:repost", "min_reposts:5", "has:link", "(results OR profit*)") * 5,
            strict=True,
        )
    ),
    '"interest rate" (cut OR hike OR hold)',
    "(semiconductor* OR chipmaker) (export* OR tariff*)",
    '"supply chain" NEAR/6 (shortage OR disruption)',
    "from:press.example OR from:newsroom.example",
    '"carbon border" OR #cbam OR "emissions trading"',
    "kind:article intitle:lithium",
    "банкротство OR 破産 OR Insolvenz",
    '"data breach" OR ransomware OR "zero day"',
    "sentiment:negative (recall OR lawsuit OR #boycott)",
    "url:press-release (biotech OR pharma)",
)

WIDE: Final = ("northwind", "calder", "#aviation", "airline OR flight")
"""In place of the first ones: what a board asks for that wants to see all of its industry."""


def seconds(work: Callable[[], object]) -> float:
    """Return how long the work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return what processor time the work takes; it waits for nothing.

    Garbage is collected before and not meanwhile, as with timeit: a collection of all that is
    held takes as long as the quicker side's work, and which side meets one is chance.
    """
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        work()
        return time.process_time() - start
    finally:
        gc.enable()


def deck(wide: Sequence[str] = ()) -> Deck:
    """Return a deck of the 50 columns, some of which may be wide."""
    columns = tuple(
        Column(key=f"c{n}", title=f"C{n}", type="search", query=parse(query))
        for n, query in enumerate((*wide, *QUERIES[len(wide) :]))
    )
    return Deck(name="d", title="D", columns=columns, lists=LISTS)


def take_in(payloads: Sequence[bytes], end: datetime, path: Path, wants: Wants) -> int:
    """Take the events in as the service does; return how many posts were kept."""
    kept = 0
    with store.open(path, now=lambda: end) as opened:
        for payload in payloads:
            told = bluesky.parse(payload, collected=end)
            passed = ParseResult(item for item in told if wants.may_match(item, end))
            passed[:] = [item for item in passed if wants.matches(item, end)]
            passed.deletions, passed.counts, passed.accounts = (
                told.deletions,
                told.counts,
                told.accounts,
            )
            kept += opened.apply(passed).new
    return kept


def measure_all(
    folder: Path, lines: list[bytes], end: datetime, *, wide: Sequence[str] = ()
) -> bool:
    """Print how taking in compares with parsing alone."""
    folder.mkdir()
    payloads = [b"\n".join(lines[at : at + BATCH]) for at in range(0, len(lines), BATCH)]
    wants = Wants([deck(wide)])
    kept = take_in(payloads, end, folder / "first.db", wants)
    own, alone = [], []
    for n in range(RUNS):
        path = folder / f"own{n}.db"
        own.append(seconds(lambda path=path: take_in(payloads, end, path, wants)))
        alone.append(seconds(lambda: [bluesky.parse(each, collected=end) for each in payloads]))
    mine, peer = statistics.median(own), statistics.median(alone)
    ratio = peer / mine
    print(f"Jetstream: {len(lines):,} events; {kept:,} posts kept for {len(QUERIES)} columns")
    print(f"  parsed, matched, scored, stored {mine:7.2f} s {len(lines) / mine:8,.0f} events/s")
    print(f"  parsed alone                    {peer:7.2f} s {len(lines) / peer:8,.0f} events/s")
    told = f" (bar 0.50: {'held' if ratio >= 0.5 else 'MISSED'})"
    print(f"  ratio {ratio:.2f}{'' if wide else told}")
    return bool(wide) or ratio >= 0.5


def measure_matcher(items: list[Item]) -> bool:
    """Print how the matcher compares with asking each query."""
    queries = [column.query for column in deck().columns if column.query]
    many = Many([(query, LISTS) for query in queries])
    now = clock.now()
    found: list[list[list[int]]] = [[], []]

    def loop() -> None:
        found[0] = [
            [n for n, query in enumerate(queries) if query.matches(item, now=now, lists=LISTS)]
            for item in items
        ]

    def at_once() -> None:
        found[1] = [list(many.matching(item, now=now)) for item in items]

    own, alone = [], []
    for _ in range(RUNS):
        alone.append(cpu_seconds(loop))
        own.append(cpu_seconds(at_once))
        assert found[0] == found[1]
    mine, peer = statistics.median(own), statistics.median(alone)
    ratio = peer / mine
    hit = sum(map(bool, found[0]))
    print(f"matching: {len(items):,} posts, {len(queries)} queries; {hit:,} posts match some")
    print(f"  all at once        {mine / len(items) * 1e6:7.2f} µs a post")
    print(f"  one after another  {peer / len(items) * 1e6:7.2f} µs a post")
    print(f"  ratio {ratio:.1f} (bar 20: {'held' if ratio >= 20 else 'MISSED'})")
    return ratio >= 20


def main() -> None:
    """Run both."""
    manifest = json.loads((FIXTURES / "manifest.json").read_text("utf-8"))
    end = datetime.fromisoformat(manifest["end"])
    lines = lzma.decompress((FIXTURES / "jetstream.jsonl.xz").read_bytes()).splitlines()
    shown("lexicon").scores(["The lexicon is read once, before the clock starts."])
    items = list(bluesky.parse(b"\n".join(lines), collected=end))
    held = measure_matcher(items)
    with tempfile.TemporaryDirectory() as folder:
        held &= measure_all(Path(folder) / "narrow", lines, end)
        measure_all(Path(folder) / "wide", lines, end, wide=WIDE)
    sys.exit(not held)


if __name__ == "__main__":
    main()
