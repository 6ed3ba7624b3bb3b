"""`import workbench` beside `import pandas`: bar ≤ 1.0 of the time, and nothing heavy loaded."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 15
HEAVY = ("pandas", "plotly", "nltk", "voila", "numpy")


def seconds(statement: str) -> float:
    """Return the seconds that a fresh interpreter needs for the statement."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def main() -> None:
    """Run both in turn, and print the medians."""
    own, peer = [], []
    for _ in range(RUNS):
        own.append(seconds("import workbench"))
        peer.append(seconds("import pandas"))
    ratio = statistics.median(own) / statistics.median(peer)
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys, workbench; print([m for m in {HEAVY} if m in sys.modules])",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    print(f"import workbench  {statistics.median(own) * 1000:7.0f} ms")
    print(f"import pandas     {statistics.median(peer) * 1000:7.0f} ms")
    print(f"ratio {ratio:.2f} (bar 1.00); heavy modules loaded: {loaded} (bar [])")
    sys.exit(ratio > 1 or loaded != "[]")


if __name__ == "__main__":
    main()
