"""Learn the convolution of an engine like ``social`` from labelled posts.

Each word begins with a vector, and all is learned together by Adam (Kingma and Ba, 2015), posts
of about the same length at a time, with dropout of words, of vectors and of filters (Srivastava
et al., 2014), each class of the same weight: the network of Kim, "Convolutional Neural Networks
for Sentence Classification", EMNLP 2014, with one width of windows. The same posts, vectors and
seed give the same convolution on the same machine; others add up in another order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.text import traits
from workbench.text.convolution import FIRST, OUTSIDE, UNKNOWN, WIDTH, Convolution, packed

__all__ = ["BY_LABELS", "BY_LESSONS", "Learner", "Lessons", "Plan", "Vectors", "learn"]

_BATCH: Final = 128
_CHUNK: Final = 20  # batches whose posts are sorted by their length
_STEP: Final = 2e-3
_TAUGHT: Final = 0.9  # of what a post is to be is what the teacher says
_SMOOTH: Final = 0.05  # of a label's weight is shared by all three
_SEEN: Final = 2  # posts that a word needs to have a vector
_DIMENSIONS: Final = 32  # of vectors that begin by chance

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]


class Plan(NamedTuple):
    """How is learned.

    Attributes
    ----------
    filters : int
        That are learned.
    rounds : int
        How often each post is looked at.
    faded : float
        The share of vectors' numbers, and of filters, that is left out in each step.
    hidden : float
        The share of words that is unknown in each step.
    """

    filters: int
    rounds: int
    faded: float
    hidden: float


# Chosen by holding out an eighth of the tweets; labels alone are soon learned by heart.
BY_LABELS: Final = Plan(filters=48, rounds=4, faded=0.3, hidden=0.1)
BY_LESSONS: Final = Plan(filters=96, rounds=8, faded=0.1, hidden=0.03)


class Vectors(NamedTuple):
    """With what words begin in a convolution.

    Attributes
    ----------
    hashes : array of int
        Of the words, sorted, each once.
    vectors : array of shape (words, dimensions)
        Of numbers about 0.15 from 0; those that are alike have like vectors.
    """

    hashes: NDArray[np.int64]
    vectors: NDArray[np.float32]


class Lessons(NamedTuple):
    """What a larger model, taught with most of the posts, says of all, and of further texts.

    Attributes
    ----------
    apart : array of bool
        Of the posts, which had no part in teaching it.
    chances : array of shape (posts, 3)
        How probable it holds each class to be, each being as frequent as the others.
    texts : list of str
        Further ones, none of which is put together from what stands apart.
    of_texts : array of shape (texts, 3)
        What it says of these.
    """

    apart: NDArray[np.bool_]
    chances: Floats
    texts: list[str]
    of_texts: Floats


class Learner:
    """What learns a convolution from labelled posts, or from some of them.

    Parameters
    ----------
    texts : sequence of str
    labels : array of int
        0, 1 and 2 for negative, neutral and positive.
    vectors : Vectors or None
        With which words begin; by chance those that two posts have, if not given.
    lessons : Lessons or None
        What a larger model says of the same posts, and of others.
    seed : int
        Of all that is left to chance.
    """

    def __init__(
        self,
        texts: Sequence[str],
        labels: NDArray[np.int64],
        vectors: Vectors | None,
        lessons: Lessons | None,
        seed: int,
    ) -> None:
        self._posts = _hashes(texts)
        self._labels = labels
        self._seed = seed
        self._vectors = vectors or self._by_chance()
        self._lessons = lessons
        self._further = _hashes(lessons.texts) if lessons else []

    def _by_chance(self) -> Vectors:
        met = Counter(chain.from_iterable(map(set, self._posts)))
        hashes = np.array(sorted(word for word, count in met.items() if count >= _SEEN), dtype=int)
        dice = np.random.default_rng(self._seed)
        vectors = dice.normal(scale=0.1, size=(len(hashes), _DIMENSIONS))
        return Vectors(hashes, vectors.astype(np.float32))

    def learned(self, chosen: NDArray[np.bool_]) -> Convolution:
        """Return the convolution that some posts teach."""
        labels = self._labels[chosen]
        posts = [post for post, is_chosen in zip(self._posts, chosen, strict=True) if is_chosen]
        even = (len(labels) / 3 / np.bincount(labels, minlength=3)).astype(np.float32)[labels]
        lessons = self._lessons
        if lessons is None:
            goals = ((1 - _SMOOTH) * np.eye(3) + _SMOOTH / 3).astype(np.float32)[labels]
            return learn(posts, goals, even, self._vectors, seed=self._seed)
        own = (1 - _TAUGHT) * even
        goals = own[:, None] * np.eye(3)[labels] + _TAUGHT * lessons.chances[chosen]
        weight = own + _TAUGHT
        return learn(
            posts + self._further,
            np.concatenate([goals / weight[:, None], lessons.of_texts]).astype(np.float32),
            np.concatenate([weight, np.ones(len(self._further))]).astype(np.float32),
            self._vectors,
            plan=BY_LESSONS,
            seed=self._seed,
        )


def _hashes(texts: Sequence[str]) -> list[list[int]]:
    return [[traits.word(name)[0] for name in traits.words(text)] for text in texts]


def learn(
    posts: Sequence[Sequence[int]],
    goals: Floats,
    weight: Floats,
    begin: Vectors,
    *,
    plan: Plan = BY_LABELS,
    seed: int = 0,
) -> Convolution:
    """Learn a convolution.

    Parameters
    ----------
    posts : sequence of sequence of int
        The hash of each word, in order.
    goals : array of shape (posts, 3)
        How probable each class is to be for each.
    weight : array of shape (posts,)
        What each counts for, 1 on average.
    begin : Vectors
    plan : Plan
    seed : int
        Of all that is left to chance.
    """
    dice = np.random.default_rng(seed)
    rows = [_numbers(np.array(post, dtype=np.int64), begin.hashes) for post in posts]
    network = _Network(begin.vectors, plan, dice)
    steps = plan.rounds * -(-len(rows) // _BATCH)
    for step, batch in enumerate(_batches([len(row) for row in rows], plan.rounds, dice)):
        pace = min(1.0, (step + 1) / (0.05 * steps)) * max(0.01, 1 - step / steps)
        chosen = [rows[post] for post in batch]
        network.move(chosen, goals[batch], weight[batch] / np.float32(len(batch)), _STEP * pace)
    return network.packed(begin.hashes)


def _numbers(words: Numbers, hashes: Numbers) -> Numbers:
    """Return the numbers of words, given their hashes."""
    if not len(words) or not len(hashes):
        return np.full(max(len(words), 1), UNKNOWN)
    place = np.minimum(np.searchsorted(hashes, words), len(hashes) - 1)
    return np.where(hashes[place] == words, place + FIRST, UNKNOWN)


def _batches(sizes: Sequence[int], rounds: int, dice: np.random.Generator) -> Iterator[Numbers]:
    """Return posts that are looked at together, all of them in each round."""
    size = np.array(sizes)
    for _ in range(rounds):
        order = dice.permutation(len(size))
        batches = []
        for start in range(0, len(order), _BATCH * _CHUNK):
            chunk = order[start : start + _BATCH * _CHUNK]
            chunk = chunk[np.argsort(size[chunk], kind="stable")]
            batches += [chunk[at : at + _BATCH] for at in range(0, len(chunk), _BATCH)]
        for number in dice.permutation(len(batches)):
            yield batches[number]


class _Adam:
    """A table of numbers that are learned, and how they moved."""

    def __init__(self, values: Floats) -> None:
        self.values = values
        self._mean = np.zeros_like(values)
        self._square = np.zeros_like(values)
        self._count = 0

    def move(self, slope: Floats, pace: float, rows: Numbers | None = None) -> None:
        """Move down the slope: of some rows, each once, or of all."""
        self._count += 1
        at = slice(None) if rows is None else rows
        mean = self._mean[at] * np.float32(0.9) + slope * np.float32(0.1)
        square = self._square[at] * np.float32(0.999) + slope * slope * np.float32(0.001)
        self._mean[at], self._square[at] = mean, square
        pace *= (1 - 0.999**self._count) ** 0.5 / (1 - 0.9**self._count)
        self.values[at] -= np.float32(pace) * mean / (np.sqrt(square) + np.float32(1e-8))


class _Network:
    """The network while it is learned."""

    def __init__(self, vectors: Floats, plan: Plan, dice: np.random.Generator) -> None:
        self._plan = plan
        self._dice = dice
        filters = plan.filters
        size = vectors.shape[1]
        reach = (WIDTH * size) ** -0.5
        table = np.zeros((len(vectors) + FIRST, size), np.float32)
        table[FIRST:] = vectors
        self._vectors = _Adam(table)
        self._kernel = _Adam(self._chance(reach, WIDTH * size, filters))
        self._bias = _Adam(self._chance(reach, filters))
        self._out = _Adam(self._chance(filters**-0.5, filters, 3))
        self._base = _Adam(np.zeros(3, np.float32))

    def _chance(self, reach: float, *shape: int) -> Floats:
        return self._dice.uniform(-reach, reach, shape).astype(np.float32)

    def _kept(self, shape: tuple[int, ...]) -> Floats:
        """Return what numbers are multiplied by, so that some are faded."""
        kept = self._dice.random(shape, dtype=np.float32) >= self._plan.faded
        return kept.astype(np.float32) / np.float32(1 - self._plan.faded)

    def move(self, posts: list[Numbers], goals: Floats, weight: Floats, pace: float) -> None:
        """Move all towards what some posts are labelled."""
        sizes = np.array([len(post) for post in posts])
        ends = np.array([OUTSIDE])
        words = np.concatenate([*chain.from_iterable((ends, post) for post in posts), ends])
        hidden = (self._dice.random(len(words)) < self._plan.hidden) & (words > UNKNOWN)
        words = np.where(hidden, UNKNOWN, words)
        starts = np.cumsum(sizes + 1) - sizes - 1  # in what follows, a row per window
        seen = self._kept((len(words), self._vectors.values.shape[1]))
        vectors = self._vectors.values[words] * seen
        windows = np.concatenate([vectors[:-2], vectors[1:-1], vectors[2:]], axis=1)
        within = (words[1:-1] != OUTSIDE)[:, None]
        found = np.maximum(windows @ self._kernel.values + self._bias.values, 0) * within
        most = np.maximum.reduceat(found, starts)
        used = self._kept(most.shape)
        shown = most * used
        odds = shown @ self._out.values + self._base.values
        raised = np.exp(odds - odds.max(axis=1, keepdims=True))
        error = (raised / raised.sum(axis=1, keepdims=True) - goals) * weight[:, None]
        slope = (error @ self._out.values.T) * used
        spread = np.diff(np.append(starts, len(found)))
        back = np.where(
            (found == np.repeat(most, spread, axis=0)) & (found > 0),
            np.repeat(slope, spread, axis=0),
            np.float32(0),
        )
        into = back @ self._kernel.values.T
        size = vectors.shape[1]
        moved = np.zeros_like(vectors)
        moved[:-2] += into[:, :size]
        moved[1:-1] += into[:, size : 2 * size]
        moved[2:] += into[:, 2 * size :]
        moved *= seen
        order = np.argsort(words, kind="stable")
        rows, firsts = np.unique(words[order], return_index=True)
        summed = np.add.reduceat(moved[order], firsts)
        known = rows != OUTSIDE
        self._vectors.move(summed[known], pace, rows[known])
        self._kernel.move(windows.T @ back, pace)
        self._bias.move(back.sum(axis=0), pace)
        self._out.move(shown.T @ error, pace)
        self._base.move(error.sum(axis=0), pace)

    def packed(self, hashes: Numbers) -> Convolution:
        """Return what was learned."""
        out, base = self._out.values, self._base.values
        return packed(
            hashes,
            self._vectors.values[1:],
            kernel=self._kernel.values.reshape(WIDTH, -1, self._bias.values.size),
            bias=self._bias.values,
            out=out[:, [0, 2]] - out[:, [1]],
            base=base[[0, 2]] - base[1],
        )
