"""A deck in JupyterLab, live: 50 posts a second for 60 s into six columns.

From the return of the store's commit to the painted post in Chromium, batching included. Beside
one ipywidgets.HTML per column over the same store, renewed with each of its posts. Bars: p95 at
most 300 ms; every post seen; the page's work at most 1/4 of the peer's; its nodes and its heap
stay level.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from page import COLUMNS, FLAGS, POSTS, deck_file, fill
from playwright.sync_api import Browser, BrowserContext, CDPSession, sync_playwright
from seeded import words

from workbench import store
from workbench.items import Item

sys.path.append(str(Path(__file__).parent.parent / "tests"))

from lab import Lab, lab, write_notebook

RATE = 50
SECONDS = 60
HELD = 60
BAR_MILLIS = 300
BAR_LEVEL = 1.05
BAR_WORK = 0.25
PEER_NAME = "one ipywidgets.HTML per column"
PEER = """
import sys
sys.path.append({peers!r})
from peers.html_columns import follow
follow({address!r}, {columns}, {posts})
"""
SHOW = "import workbench as wb\nwb.deck({file!r})"
# A post counts as seen when the frame that holds it has been painted.
WATCH = """() => {
  window.seen = {};
  new MutationObserver((records) => {
    const keys = records.flatMap(({ addedNodes }) => [...addedNodes])
      .map((node) => node.dataset?.item).filter(Boolean);
    if (!keys.length) return;
    requestAnimationFrame(() => setTimeout(() => {
      const now = performance.timeOrigin + performance.now();
      for (const key of keys) window.seen[key] ??= now;
    }));
  }).observe(document.querySelector(".wb-deck"), { childList: true, subtree: true });
}"""


def main() -> None:
    """Measure, and print the figures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        sys.exit("Chromium is needed: install Debian's package chromium")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "notebooks"
        folder.mkdir()
        address = str(folder / "bench.db")
        write_notebook(folder / "bench.ipynb", SHOW.format(file=str(deck_file(folder))))
        peers = str(Path(__file__).parent)
        show = PEER.format(peers=peers, address=address, columns=COLUMNS, posts=POSTS)
        write_notebook(folder / "peer.ipynb", show)
        settings = {"WORKBENCH_STORE": address}
        with (
            store.open(address) as opened,
            lab(folder, home=Path(name) / "home", environment=settings) as running,
            sync_playwright() as playwright,
        ):
            fill(opened)
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            context = browser.new_context(viewport={"width": 1440, "height": 1000})
            page = running.open(context, "bench.ipynb")
            running.run(page, 0)
            # Columns as full as they get, so that what is measured is a deck that has run for long.
            full = f"() => document.querySelectorAll('[data-item]').length === {COLUMNS * HELD}"
            page.wait_for_selector("[data-item]")
            opened.add(post(n, f"column{n % COLUMNS}") for n in range(COLUMNS * HELD))
            page.wait_for_function(full, timeout=60_000)
            page.evaluate(WATCH)
            session = context.new_cdp_session(page)
            before = metrics(browser, session)
            committed = write(opened, 100_000)
            page.wait_for_timeout(2000)
            seen = page.evaluate("window.seen")
            after = metrics(browser, session)
            page.close()
            peer = watch_peer(running, browser, context, opened)
            browser.close()
    report(committed, seen, before, after, peer)


def watch_peer(
    running: Lab, browser: Browser, context: BrowserContext, opened: store.Store
) -> float:
    """Return the seconds of work that the peer's page has with as many posts."""
    page = running.open(context, "peer.ipynb")
    running.run(page, 0)
    page.wait_for_function(
        f"() => document.querySelectorAll('[data-item]').length >= {COLUMNS * POSTS}"
    )
    session = context.new_cdp_session(page)
    before = metrics(browser, session)
    write(opened, 200_000)
    page.wait_for_timeout(2000)
    return metrics(browser, session)["until"] - before["from"]


def write(opened: store.Store, first: int) -> dict[str, float]:
    """Add one post after another at the rate asked for; return when each was committed."""
    committed = {}
    start = time.monotonic()
    for n in range(RATE * SECONDS):
        time.sleep(max(0.0, start + n / RATE - time.monotonic()))
        item = post(first + n, f"column{n % COLUMNS}")
        opened.add([item])
        committed[f"{item.source}:{item.id}"] = time.time() * 1000
    return committed


def post(n: int, text: str) -> Item:
    """Return a post of now, in words of its own: what says the same would be one entry."""
    said = random.Random(n).choices(words(4_000), k=9)
    return Item(
        source="bluesky",
        id=f"at://did:plc:live/app.bsky.feed.post/{n}",
        published=datetime.now(UTC),
        author=f"author{n % 400}.example",
        author_name=f"Author {n % 400}",
        text=" ".join((text, *said, str(n))),
        lang="en",
    )


def metrics(browser: Browser, session: CDPSession) -> dict[str, float]:
    """Return the page's figures: the CPU seconds it has used; its nodes and heap without garbage.

    Seconds of the processor, since on a busy machine a page waits as much as it works; before
    and after the garbage was collected, which is work that we cause.
    """
    until = _cpu(browser)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    found = session.send("Performance.getMetrics")["metrics"]
    return {each["name"]: each["value"] for each in found} | {"until": until, "from": _cpu(browser)}


def _cpu(browser: Browser) -> float:
    known = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    return float(sum(each["cpuTime"] for each in known if each["type"] == "renderer"))


def report(
    committed: dict[str, float],
    seen: dict[str, float],
    before: dict[str, float],
    after: dict[str, float],
    peer: float,
) -> None:
    """Print the figures; exit with 1 where a bar is missed."""
    missing = committed.keys() - seen.keys()
    waits = sorted(seen[key] - at for key, at in committed.items() if key in seen)
    if not waits:
        sys.exit("no post was seen")
    p95 = statistics.quantiles(waits, n=20)[-1]
    work = after["until"] - before["from"]
    growth = [after[name] / before[name] for name in ("Nodes", "JSHeapUsedSize")]
    print(f"p50 {statistics.median(waits):.0f} ms, p95 {p95:.0f} ms (bar {BAR_MILLIS})")
    print(f"{len(committed) - len(missing)} of {len(committed)} posts seen")
    print(f"page's work {work:.1f} s, {PEER_NAME} {peer:.1f} s")
    print(f"ratio {work / peer:.2f} (bar {BAR_WORK})")
    print(f"after / before: nodes {growth[0]:.2f}, heap {growth[1]:.2f} (bar {BAR_LEVEL})")
    is_held = p95 <= BAR_MILLIS and work <= BAR_WORK * peer and max(growth) <= BAR_LEVEL
    sys.exit(bool(missing) or not is_held)


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
