"""The engine for business news on labelled sentences, beside vaderSentiment.

By default on sentences of invented companies: those that its rules were written with, and those
that were written later and for which nothing in the rules was changed; then those that come
along, of which data/labelled/README.md says how they were made. ``--file FILE.tsv`` takes
others: a label (negative, neutral, positive), a tab and the text on each line.

Bars, on sentences of somebody else: macro-averaged recall at least 0.75, and 0.15 above
vaderSentiment; 10,000 sentences a second on one core.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import tables
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from workbench import share
from workbench.text import engines

LABELS = ("negative", "neutral", "positive")
DATA = Path(__file__).parent / "data"
FILES = (
    DATA / "business-rules.tsv",
    DATA / "business-blind.tsv",
    share.path("labelled") / "business.tsv",
    share.path("labelled") / "business-apart.tsv",
    share.path("labelled") / "financial.tsv",
)
LEAST = 20_000  # sentences that speed is measured over


def labelled(path: Path) -> list[tuple[str, str]]:
    """Return each line's label and text."""
    lines = path.read_text("utf-8").removeprefix("label\ttext\n").splitlines()
    found = [(label, text) for label, _, text in (line.partition("\t") for line in lines if line)]
    if strange := {label for label, _ in found}.difference(LABELS):
        raise SystemExit(f"{path.name} has labels that are none: {', '.join(sorted(strange))}")
    return found


def label_of(compound: float) -> str:
    """Return the label of a compound score."""
    return LABELS[1 + (compound >= 0.05) - (compound <= -0.05)]


def row(path: Path, name: str, score: Callable[[str], float]) -> dict[str, object]:
    """Return one row: the recall of each label, their mean, and the rate."""
    pairs = labelled(path)
    texts = [text for _, text in pairs]
    begun = time.perf_counter()
    found = [label_of(score(text)) for text in texts]
    for _ in range(LEAST // len(texts)):
        for text in texts:
            score(text)
    taken = time.perf_counter() - begun
    recalls = {}
    for label in LABELS:
        of = [got for got, (wanted, _) in zip(found, pairs, strict=True) if wanted == label]
        recalls[label] = of.count(label) / len(of) if of else 0.0
    rate = len(texts) * (1 + LEAST // len(texts)) / taken
    return {
        "sentences": f"{path.stem} ({len(texts)})",
        "engine": name,
        "macro recall": sum(recalls.values()) / len(LABELS),
        **{f"of {label}": recall for label, recall in recalls.items()},
        "sentences/s": round(rate),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, help="labelled sentences of your own")
    parser.add_argument("--write", action="store_true", help="put the table into the docs")
    given = parser.parse_args()
    peer = SentimentIntensityAnalyzer()

    def vader(text: str) -> float:
        return float(peer.polarity_scores(text)["compound"])

    ours = engines.engine("business").compound
    files = [given.file] if given.file else [path for path in FILES if path.exists()]
    rows = [
        row(path, name, score)
        for path in files
        for name, score in (("business", ours), ("vaderSentiment", vader))
    ]
    tables.show("sentiment-business", rows)


if __name__ == "__main__":
    main()
