"""Counting in how many texts each token stands, a million texts in seconds."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from workbench.tokens import tokenize

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

__all__ = ["count_tokens"]

_FEW: Final = 20_000  # so many take a fifth of a second, and no page need hold NumPy and Arrow
_BLOCK: Final = 4_096  # what is looked up at random then lies in the processor's cache
_MOST_WORDS: Final = 200_000
_LONG: Final = 1_000  # beyond it the tokeniser looks at a text as a whole
_SIGNS: Final = "\u2019\u2026\u201c\u201d\u2013\u2014"  # quotes, dashes: all of them separate
_UNSETTLED: Final = 1_000_000
_END: Final = "\0"
_ENDED: Final = b"\0 "
# As `tokenize` does with ASCII: capitals become small, what is no letter or digit separates.
_PLAIN: Final = bytes(
    ord(chr(code).lower()) if chr(code).isalnum() else 0 if code == 0 else 32 for code in range(128)
) + bytes(range(128, 256))


def count_tokens(
    texts: Iterable[str], *, few: int = _FEW, threads: int | None = None
) -> Counter[str]:
    """Return in how many texts each token stands: once per text, however often it is said.

    The tokens are those of :func:`workbench.tokens.tokenize`, exactly. Few texts are counted one
    by one; many go through NumPy and Arrow in blocks, which takes a quarter of the time.

    Parameters
    ----------
    texts : iterable of str
        Gone through once, and never held as a whole.
    few : int
        Fewer than so many are counted one by one.
    threads : int, optional
        How many blocks are counted at the same time; as many as there are processors, at most
        four, unless given.

    Examples
    --------
    >>> count_tokens(["Strike! Strike!", "no strike"])
    Counter({'strike': 2, 'no': 1})
    """
    left = iter(texts)
    found: Counter[str] = Counter()
    first = list(islice(left, few or 1))
    if len(first) < max(few, 1):
        for text in first:
            found.update(set(tokenize(text)))
        return found
    speller, blocks, total = _Speller(), _blocks(chain(first, left)), _Total()
    workers = threads or min(4, os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool:
        waiting = deque(pool.submit(_count, each, speller) for each in islice(blocks, 2 * workers))
        while waiting:
            total.add(*waiting.popleft().result())
            waiting.extend(pool.submit(_count, each, speller) for each in islice(blocks, 1))
    return total.as_counter()


def _blocks(texts: Iterator[str]) -> Iterator[list[str]]:
    while block := list(islice(texts, _BLOCK)):
        yield block


class _Speller(dict[str, str]):
    """The tokens of each word between two blanks, so that each is folded but once."""

    def __missing__(self, word: str) -> str:
        if len(self) >= _MOST_WORDS:
            self.clear()
        self[word] = made = " ".join(tokenize(word))
        return made

    def spell(self, text: str) -> str:
        """Return a text that is not ASCII as one that is cut into its tokens by blanks."""
        if len(text) > _LONG:
            return " ".join(tokenize(text))
        for sign in _SIGNS:  # without them most texts are ASCII
            text = text.replace(sign, " ")
        if text.isascii():
            return text
        # Nothing reaches across a blank: neither composition nor a mark.
        return " ".join([word if word.isascii() else self[word] for word in text.split()])


def _count(texts: list[str], speller: _Speller) -> tuple[pa.Array, np.ndarray]:
    """Return the tokens of some texts, and in how many of these each stands."""
    import numpy as np
    import pyarrow as pa

    spelled = [text if text.isascii() else speller.spell(text) for text in texts]
    joined = f" {_END} ".join(spelled)
    if joined.count(_END) >= len(texts):  # some text holds one of its own
        joined = f" {_END} ".join(text.replace(_END, " ") for text in spelled)
    held = np.frombuffer(f"{_END} {joined} {_END} ".encode().translate(_PLAIN), np.uint8)
    # One blank after each token and none elsewhere: then these are the bounds of all tokens.
    is_blank = held == 32
    is_kept = np.ones(len(held), np.bool_)
    np.logical_not(is_blank[1:] & is_blank[:-1], out=is_kept[1:])
    held, is_blank = held[is_kept], is_blank[is_kept]
    ends = np.flatnonzero(is_blank)
    bounds = np.zeros(len(ends) + 1, np.int32)
    np.add(ends, 1, out=bounds[1:], casting="unsafe")
    encoded = pa.BinaryArray.from_buffers(
        pa.binary(), len(ends), [None, pa.py_buffer(bounds), pa.py_buffer(held)]
    ).dictionary_encode()
    codes = encoded.indices.to_numpy()
    numbers = np.cumsum(codes == 0, dtype=np.int32)  # the first token of all is an end
    counts = np.bincount(codes[_firsts(codes, numbers)], minlength=len(encoded.dictionary))
    return encoded.dictionary, counts


def _firsts(codes: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Return a mask that leaves one place of each different pair of token and text.

    All write their place into a table; whoever reads its own has won. What finds another pair
    there was only unlucky, and goes into the next round.
    """
    import numpy as np

    mixed = numbers.view(np.uint32) * np.uint32(0x9E3779B1)
    mixed += codes.view(np.uint32) * np.uint32(0x85EBCA6B)
    left = np.arange(len(codes), dtype=np.int32)
    is_first = np.zeros(len(codes), np.bool_)
    while len(left):
        bits = len(left).bit_length() + 1
        slots = (mixed >> np.uint32(32 - bits)).astype(np.intp)
        table = np.empty(1 << bits, np.int32)
        table[slots] = left
        winners = table[slots]
        is_mine = winners == left
        is_lost = ~is_mine
        is_first[left if len(left) < len(codes) else slice(None)] |= is_mine
        lost, winners, mixed = left[is_lost], winners[is_lost], mixed[is_lost]
        is_other = (codes[winners] != codes[lost]) | (numbers[winners] != numbers[lost])
        mixed = (mixed[is_other] ^ np.uint32(0x5BD1E995)) * np.uint32(0xC2B2AE35)
        left = lost[is_other]
    return is_first


class _Total:
    """Tokens with their counts, block after block, made one list of each token whenever many."""

    def __init__(self) -> None:
        self._words: list[pa.Array] = []
        self._counts: list[np.ndarray] = []
        self._held = 0
        self._settled = 0

    def add(self, words: pa.Array, counts: np.ndarray) -> None:
        """Add what a block holds."""
        self._words.append(words)
        self._counts.append(counts)
        self._held += len(words)
        if self._held > 2 * self._settled + _UNSETTLED:
            self._settle()

    def _settle(self) -> None:
        import numpy as np
        import pyarrow as pa

        encoded = pa.concat_arrays(self._words).dictionary_encode()
        counts = np.bincount(encoded.indices.to_numpy(), np.concatenate(self._counts))
        self._words, self._counts = [encoded.dictionary], [counts]
        self._held = self._settled = len(counts)

    def as_counter(self) -> Counter[str]:
        """Return what was counted, without the ends of the texts."""
        self._settle()
        words = self._words[0].to_pylist()
        counts = self._counts[0].astype(int).tolist()
        held = zip(words, counts, strict=True)
        return Counter({word[:-1].decode(): n for word, n in held if word != _ENDED})
