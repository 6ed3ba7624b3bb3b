"""The engine for social posts beside vaderSentiment: how often right, how fast, how large.

On labelled tweets that are no part of the repository: `python benchmarks/sentiment_social.py
val.tsv`, or their folder in ``WORKBENCH_TWEETS``, of which val.tsv is taken. Speed is that of
posts met for the first time, one by one, by an engine that has met none yet.

Bars: macro-averaged recall 0.70; 0.6 times as many posts a second as vaderSentiment.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import tables
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer as Original

from workbench.text.social import Social
from workbench.text.training import Labelled, read_labels

PACKED = Path(sys.modules[Social.__module__].__file__ or "").with_name("social.weights")
TURNS = 5


def recall(compounds: Sequence[float], labels: Sequence[int]) -> float:
    """Return the mean share of each class that was found."""
    scores, truth = np.array(compounds), np.array(labels)
    told = np.where(scores >= 0.05, 2, np.where(scores <= -0.05, 0, 1))
    return float(np.mean([(told[truth == label] == label).mean() for label in range(3)]))


def rate(make: Callable[[], Callable[[str], object]], texts: Sequence[str]) -> float:
    """Return how many posts a second are scored, the middle of some turns."""
    rates = []
    for _ in range(TURNS):
        compound = make()
        start = time.perf_counter()
        for text in texts:
            compound(text)
        rates.append(len(texts) / (time.perf_counter() - start))
    return statistics.median(rates)


def opened() -> float:
    """Return how many milliseconds the engine takes to be made, the first time apart."""
    start = time.perf_counter()
    Social().compound("a word")
    return (time.perf_counter() - start) * 1000


def tweets() -> Labelled | None:
    """Return the labelled tweets, if there are some here."""
    named = [Path(name) for name in sys.argv[1:] if not name.startswith("--")]
    if not named and (folder := os.environ.get("WORKBENCH_TWEETS")):
        named = [Path(folder) / "val.tsv"]
    return read_labels(named[0]) if named else None


def main() -> None:
    """Measure both, print the table."""
    found = tweets()
    if found is None:
        print("no labelled tweets given: sentiment_social.py val.tsv, or WORKBENCH_TWEETS")
        return
    original, engine = Original(), Social()

    def peer(text: str) -> float:
        return float(original.polarity_scores(text)["compound"])

    rows = []
    for name, compound, make, size in (
        ("`social`", engine.compound, lambda: Social().compound, PACKED.stat().st_size),
        ("vaderSentiment 3.3.2", peer, lambda: peer, 0),
    ):
        rows.append(
            {
                "engine": name,
                "macro-averaged recall": recall([compound(t) for t in found.texts], found.labels),
                "first-seen posts a second": round(rate(make, found.texts)),
                "weights, MB": round(size / 1e6, 2) or "",
                "tweets": len(found.texts),
            }
        )
    tables.show("sentiment-social", rows)
    print(f"opened in {opened():.0f} ms")


if __name__ == "__main__":
    main()
