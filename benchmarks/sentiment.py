"""The lexicon engine beside vaderSentiment and NLTK: how fast, and how often another score.

On labelled tweets, one per line behind its label and a tab, which are no part of the repository:
`python benchmarks/sentiment.py train.tsv val.tsv`, or their folder in ``WORKBENCH_TWEETS``.
Without them the posts of the fixture are taken. Each text is met for the first time by each.

Bars: no difference to vaderSentiment 3.3.2 in any of the four scores; as many posts a second as
vaderSentiment twice over one by one or three times over in batches, and six times NLTK's.
"""

from __future__ import annotations

import json
import lzma
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import tables
from nltk.sentiment.vader import SentimentIntensityAnalyzer as Nltk
from nltk.sentiment.vader import VaderConstants
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer as Original

from workbench.text.lexicon import Lexicon

FIXTURE = Path(__file__).parent.parent / "data" / "fixtures" / "jetstream.jsonl.xz"
BATCH = 1_000
PEER, ONE, MANY = "vaderSentiment 3.3.2", "lexicon, one by one", "lexicon, in batches"

Texts = Sequence[str]


def texts() -> list[str]:
    """Return the texts, each once."""
    named = [Path(name) for name in sys.argv[1:] if not name.startswith("--")]
    if not named and (folder := os.environ.get("WORKBENCH_TWEETS")):
        named = sorted(Path(folder).glob("*.tsv"))
    lines = [line for path in named for line in path.read_text("utf-8").split("\n")[1:]]
    found = [line.partition("\t")[2] for line in lines] or list(posts())
    return list(dict.fromkeys(text for text in found if text))


def posts() -> Iterator[str]:
    """Return the texts of the fixture's posts."""
    for line in lzma.decompress(FIXTURE.read_bytes()).splitlines():
        record = json.loads(line).get("commit", {}).get("record") or {}
        if isinstance(text := record.get("text"), str):
            yield text


def nltk_peer() -> Nltk:
    """Return NLTK's analyser; its lexicon, the same words, is not in every installation."""
    peer = Nltk.__new__(Nltk)
    peer.lexicon = Original().lexicon
    peer.constants = VaderConstants()
    return peer


def seconds(work: Callable[[Texts], object], part: Texts) -> float:
    """Return the processor's time."""
    start = time.process_time()
    work(part)
    return time.process_time() - start


def main() -> None:
    """Show speed and differences in one run."""
    found = texts()
    original, nltk = Original(), nltk_peer()
    one, many = Lexicon(), Lexicon()
    fixed = Lexicon(fixes=True)
    ways: dict[str, Callable[[Texts], object]] = {
        PEER: lambda part: [original.polarity_scores(t) for t in part],
        "NLTK": lambda part: [nltk.polarity_scores(t) for t in part],
        ONE: lambda part: [one.compound(t) for t in part],
        MANY: many.scores,
        "lexicon with fixes, in batches": fixed.scores,
    }
    # In turns, so that whatever else the machine does meets all of them.
    turns = [found[at : at + BATCH] for at in range(0, len(found), BATCH)]
    spent = [{name: seconds(work, part) for name, work in ways.items()} for part in turns]
    peer = np.array([tuple(original.polarity_scores(text).values()) for text in found])
    differ = int((many.scores(found) != peer).any(axis=1).sum())
    lone = sum(one.compound(text) != row[3] for text, row in zip(found, peer, strict=True))

    def times(name: str, other: str) -> float:
        return statistics.median(turn[other] / turn[name] for turn in spent)

    rows = [
        {
            "engine": name,
            "first-seen posts/s": round(len(found) / sum(turn[name] for turn in spent)),
            "× vaderSentiment": times(name, PEER),
            "× NLTK": times(name, "NLTK"),
            "differences": {ONE: lone, MANY: differ}.get(name, "–"),
        }
        for name in ways
    ]
    print(f"{len(found):,} texts")
    tables.show("sentiment-speed", rows)
    held = [
        differ == lone == 0,
        times(ONE, PEER) >= 2,
        times(MANY, PEER) >= 3,
        times(MANY, "NLTK") >= 6,
    ]
    told = "0 differences, × 2 one by one, × 3 in batches, × 6 NLTK"
    print(f"bars ({told}): {'held' if all(held) else 'MISSED'}")
    sys.exit(not all(held))


if __name__ == "__main__":
    main()
