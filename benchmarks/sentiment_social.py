"""The engine for social posts beside vaderSentiment: how often right, how fast, how large.

On labelled tweets that are no part of the repository: `python benchmarks/sentiment_social.py
val.tsv`, or their folder in ``WORKBENCH_TWEETS``, of which val.tsv is taken. Speed is that of
posts met for the first time, by an engine that has met none yet, in seconds of processor.

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

from workbench.text import traits
from workbench.text.labelled import Labelled, read_labels
from workbench.text.social import Social

PACKED = Path(sys.modules[Social.__module__].__file__ or "").with_name("social.weights")
TURNS = 5


def recall(compounds: Sequence[float], labels: Sequence[int]) -> float:
    """Return the mean share of each class that was found."""
    scores, truth = np.array(compounds), np.array(labels)
    told = np.where(scores >= 0.05, 2, np.where(scores <= -0.05, 0, 1))
    return float(np.mean([(told[truth == label] == label).mean() for label in range(3)]))


def rate(make: Callable[[], Callable[[list[str]], object]], texts: list[str]) -> float:
    """Return how many posts a second of processor are scored, the middle of some turns."""
    rates = []
    for _ in range(TURNS):
        score = make()
        start = time.process_time()
        score(texts)
        rates.append(len(texts) / (time.process_time() - start))
    return statistics.median(rates)


def one_by_one(compound: Callable[[str], float]) -> Callable[[list[str]], object]:
    """Return what scores texts each alone."""
    return lambda texts: [compound(text) for text in texts]


def fresh() -> Social:
    """Return an engine that has met no word yet, but is opened: that is told apart."""
    traits.forget()
    engine = Social()
    engine.scores([""])
    return engine


def opened() -> float:
    """Return how many milliseconds the engine takes to be made, the first time apart."""
    start = time.perf_counter()
    Social().scores(["a word"])
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
    texts = list(dict.fromkeys(found.texts))
    rows: list[dict[str, object]] = []

    def peer(text: str) -> float:
        return float(original.polarity_scores(text)["compound"])

    for name, compound, alone, together, size in (
        (
            "`social`",
            engine.compound,
            lambda: one_by_one(fresh().compound),
            lambda: fresh().scores,
            PACKED.stat().st_size,
        ),
        ("vaderSentiment 3.3.2", peer, lambda: one_by_one(peer), None, 0),
    ):
        rows.append(
            {
                "engine": name,
                "macro-averaged recall": recall([compound(t) for t in found.texts], found.labels),
                "first-seen posts/s, one by one": round(rate(alone, texts)),
                "first-seen posts/s, together": round(rate(together, texts)) if together else "",
                "weights, MB": round(size / 1e6, 2) if size else "",
            }
        )
    tables.show("sentiment-social", rows)
    print(f"opened in {opened():.0f} ms")


if __name__ == "__main__":
    main()
