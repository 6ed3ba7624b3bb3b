"""The page, fresh visit in Chromium: 6 columns x 50 posts until the last post is visible.

Beside Panel showing the same posts, in turn, in one run. Bars: at most 1/3 of Panel's time;
at most 60 kB over the wire, content-encoded.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from workbench import store
from workbench.items import Item

RUNS = 7
COLUMNS = 6
POSTS = 50
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WORDS = (
    "checks delay crew gate fleet freighter route fare lounge baggage engine sensor report quiet "
    "morning airport runway statement passengers refund union talks results weather apron"
)
SEEN = """() => {
  const all = document.querySelectorAll('[data-item]');
  return all.length >= %d && all[all.length - 1].getBoundingClientRect().height > 0
    && performance.now();
}"""
# Panel's panes live in shadow roots.
SEEN_IN_SHADOWS = """() => {
  const find = (root) => [...root.querySelectorAll('*')].flatMap((e) =>
    [...(e.dataset && e.dataset.item ? [e] : []), ...(e.shadowRoot ? find(e.shadowRoot) : [])]);
  const all = find(document);
  return all.length >= %d && all[all.length - 1].getBoundingClientRect().height > 0
    && performance.now();
}"""


def fill(opened: store.Store) -> None:
    """Put the posts of six columns into the store."""
    draw = random.Random(7)
    now = datetime.now(UTC)
    opened.add(
        Item(
            source="bluesky",
            id=f"at://did:plc:bench/app.bsky.feed.post/{column}-{n}",
            published=now - timedelta(seconds=30 * n + column),
            author=f"author{draw.randrange(400)}.example",
            author_name=f"Author {draw.randrange(400)}",
            text=f"column{column} " + " ".join(draw.choices(WORDS.split(), k=24)),
            lang="en",
            likes=draw.randrange(300),
        )
        for column in range(COLUMNS)
        for n in range(POSTS)
    )


def shown(opened: store.Store, column: int) -> dict[str, object]:
    """Return what the peer shows of a column."""
    found = opened.search(f"column{column}", limit=POSTS)
    items = [
        {
            "key": f"{item.source}:{item.id}",
            "name": item.author_name,
            "author": item.author,
            "text": item.text,
        }
        for item in found
    ]
    return {"title": f"Column {column}", "items": items}


def deck_file(folder: Path) -> Path:
    """Write a deck of six search columns."""
    lines = ["title: Benchmark", "sources:", "  - collector: bluesky", "columns:"]
    for column in range(COLUMNS):
        lines += ["  - type: search", f"    title: Column {column}", f"    query: column{column}"]
    path = folder / "bench.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def visit(browser: Browser, address: str, seen: str) -> tuple[float, int]:
    """Return the milliseconds until the last post is visible, and the bytes over the wire."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address, wait_until="commit")
    took = page.wait_for_function(seen % (COLUMNS * POSTS), polling="raf").json_value()
    page.wait_for_timeout(300)
    context.close()
    return float(took), int(sum(sizes))


def wait_for(address: str) -> None:
    """Wait until a server answers."""
    for _ in range(200):
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit(f"{address} does not answer")


def main() -> None:
    """Measure both in turn, and print the medians."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        sys.exit("Chromium is needed: install Debian's package chromium")
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        with store.open(str(folder / "bench.db")) as opened:
            fill(opened)
            columns = [shown(opened, column) for column in range(COLUMNS)]
        ours = "http://127.0.0.1:8791/"
        serve = ["workbench", "serve", "--deck", str(deck_file(folder))]
        serve += ["--store", str(folder / "bench.db"), "--port", "8791", "--no-browser"]
        stack.enter_context(server([sys.executable, "-m", *serve], ours, {}))
        (folder / "columns.json").write_text(json.dumps(columns), encoding="utf-8")
        theirs = "http://localhost:8790/panel_page"
        script = str(Path(__file__).parent / "peers" / "panel_page.py")
        panel = [sys.executable, "-m", "panel", "serve", script, "--port", "8790"]
        stack.enter_context(server(panel, theirs, {"BENCH_COLUMNS": str(folder / "columns.json")}))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        own, other = [], []
        for _ in range(RUNS):
            own.append(visit(browser, ours, SEEN))
            other.append(visit(browser, theirs, SEEN_IN_SHADOWS))
        browser.close()
    report(own, other)


@contextmanager
def server(command: list[str], address: str, settings: dict[str, str]) -> Iterator[None]:
    """Run a server until the block ends; begin when it answers."""
    process = subprocess.Popen(
        command,
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(address)
        yield
    finally:
        process.terminate()
        process.wait()


def report(own: list[tuple[float, int]], other: list[tuple[float, int]]) -> None:
    """Print medians and the ratio; exit with 1 where a bar is missed."""
    ours = statistics.median(took for took, _ in own)
    theirs = statistics.median(took for took, _ in other)
    size = statistics.median(size for _, size in own)
    print(f"workbench  {ours:7.0f} ms  {size / 1000:8.1f} kB")
    print(f"panel      {theirs:7.0f} ms  {statistics.median(s for _, s in other) / 1000:8.1f} kB")
    print(f"ratio {ours / theirs:.2f} (bar 0.33); {size / 1000:.1f} kB (bar 60)")
    sys.exit(ours / theirs > 1 / 3 or size > 60_000)


if __name__ == "__main__":
    main()
