"""10,000 posts loaded into one column of the page by scrolling, in Chromium.

The reader turns the wheel all the way down, a screen a frame, while older posts are asked for
and come. Bars: no frame over 50 ms, be it by script, layout or paint; at most 300 posts in the
page at any time. Beside them, what one column of all these posts at once costs the browser.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from page import FLAGS, server
from playwright.sync_api import Page, sync_playwright
from seeded import words

from workbench import store
from workbench.items import Item

POSTS = 10_000
BAR_MILLIS = 50
BAR_HELD = 300
PORT = 8793
DECK = """\
title: Benchmark
sources: [{collector: bluesky}]
columns: [{type: search, title: Posts, query: post}]
"""
# A task that takes 50 ms or more is what the browser calls long: no frame comes meanwhile.
SCROLL = """async (posts) => {
  const list = document.querySelector(".wb-list");
  const long = [];
  new PerformanceObserver((found) => long.push(...found.getEntries().map((e) => e.duration)))
    .observe({ type: "longtask" });
  const gaps = [];
  let [most, seen, still, last] = [0, 0, 0, performance.now()];
  while (seen < posts && still < 600) {
    list.scrollTop += list.clientHeight;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    gaps.push(now - last);
    last = now;
    const shown = list.querySelectorAll("[data-item]");
    most = Math.max(most, shown.length);
    // What stands in the page as a whole has no numbers.
    const place = Number(shown[shown.length - 1].getAttribute("aria-posinset")) || shown.length;
    still = place === seen ? still + 1 : 0;
    seen = Math.max(seen, place);
  }
  return { long, gaps, most, seen };
}"""
AT_ONCE = """(posts) => {
  const list = document.createElement("div");
  document.body.append(list);
  const one = document.querySelector("[data-item]");
  const start = performance.now();
  for (let n = 0; n < posts; n += 1) list.append(one.cloneNode(true));
  list.getBoundingClientRect();
  return performance.now() - start;
}"""


def fill(path: Path) -> None:
    """Store the posts of one column, ten a minute, in words of their own: alike is one entry."""
    now = datetime.now(UTC)
    draw = random.Random(11)
    known = words(4_000)
    with store.open(path) as opened:
        opened.add(
            Item(
                source="bluesky",
                id=f"at://did:plc:bench/app.bsky.feed.post/{n}",
                published=now - timedelta(seconds=6 * n),
                author=f"author{n % 400}.example",
                author_name=f"Author {n % 400}",
                text=f"post {n} " + " ".join(draw.choices(known, k=20)),
                lang="en",
                likes=n % 300,
            )
            for n in range(POSTS)
        )


def scroll(page: Page, address: str) -> dict[str, object]:
    """Scroll to the end of the column, and return what it cost."""
    page.goto(address)
    page.wait_for_selector("[data-item]")
    page.wait_for_timeout(3000)
    found: dict[str, object] = page.evaluate(SCROLL, POSTS)
    return found | {"at_once": page.evaluate(AT_ONCE, POSTS)}


def main() -> None:
    """Measure, and print the figures; exit with 1 where a bar is missed."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        sys.exit("Chromium is needed: install Debian's package chromium")
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        (folder / "bench.yaml").write_text(DECK, encoding="utf-8")
        fill(folder / "bench.db")
        serve = ["workbench", "serve", "--deck", str(folder / "bench.yaml"), "--no-browser"]
        serve += ["--store", str(folder / "bench.db"), "--port", str(PORT)]
        address = f"http://127.0.0.1:{PORT}/"
        stack.enter_context(server([sys.executable, "-m", *serve], address, {}))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(600_000)
        found = scroll(page, address)
        browser.close()
    report(found)


def report(found: dict[str, object]) -> None:
    """Print the figures; exit with 1 where a bar is missed."""
    long, gaps, most, seen = (found[name] for name in ("long", "gaps", "most", "seen"))
    assert isinstance(long, list)
    assert isinstance(gaps, list)
    assert isinstance(most, int)
    worst = max(long, default=0)
    print(f"{seen:,} of {POSTS:,} posts came into sight in {sum(gaps) / 1000:.1f} s")
    print(f"  frames: median {statistics.median(gaps):.0f} ms, longest {max(gaps):.0f} ms")
    print(f"  tasks over {BAR_MILLIS} ms: {len(long)}, longest {worst:.0f} ms")
    print(f"  posts in the page at once: {most} (bar {BAR_HELD})")
    print(f"  all {POSTS:,} at once: {found['at_once']:.0f} ms")
    sys.exit(seen != POSTS or bool(long) or max(gaps) > BAR_MILLIS or most > BAR_HELD)


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
