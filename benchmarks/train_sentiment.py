"""Make the weights of the engine ``social`` anew from its labelled tweets.

`python benchmarks/train_sentiment.py train.tsv [FILE]`: the tweets are no part of the repository;
docs/reference/text.md says where they are from. FILE is the one in the package unless given. The
report goes beside a FILE that is given. As `workbench train-sentiment`, whose code this is, but
for the name, the attribution and the place.
"""

from __future__ import annotations

import sys
from pathlib import Path

from workbench.text import quality, social, training

PACKED = Path(social.__file__).with_name("social.weights")
VERSION = "1"
ABOUT = (
    "Learned from 47,440 labelled tweets of SemEval-2017 Task 4 (Rosenthal, Farra and Nakov, "
    "2017), as published with cbaziotis/datastories-semeval2017-task4 and cardiffnlp/tweeteval, "
    "CC BY 3.0. The weights hold none of their text."
)


def main() -> None:
    """Train, tell how well it went, write."""
    if len(sys.argv) < 2:
        print("no labelled tweets given, nothing to learn from: train_sentiment.py train.tsv")
        return
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else PACKED
    posts = training.read_labels(Path(sys.argv[1]))
    trained = training.train(
        posts,
        name="social",
        version=VERSION,
        about=ABOUT,
        watch=lambda done: print(f"step {done} of {training.STEPS}", flush=True),
    )
    print(f"macro-averaged recall {trained.recall:.4f}, temperature {trained.temperature:.3f}")
    print(trained.confusion)
    social.write(target, trained.weights)
    if target != PACKED:
        target.with_suffix(".html").write_text(quality.report(trained), "utf-8")


if __name__ == "__main__":
    main()
