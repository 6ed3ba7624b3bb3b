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
_BLOCK: Final = 8_192  # what is looked up at random then still lies in the processor's cache
_MOST_PIECES: Final = 200_000
_LONG: Final = 1_000  # beyond it the tokeniser looks at a text as a whole
_STROKE: Final = "\u0338"  # the one mark that composes with what separates: < > =
_NARROW: Final = 32
_UNSETTLED: Final = 300_000  # what is settled last, nothing else is done beside
_END: Final = "\0"
_NO_TOKENS: Final = frozenset((b"\0 ", b" "))
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


class _Speller(dict[bytes, bytes]):
    """The tokens of each piece that is not ASCII, so that each is folded but once."""

    def __missing__(self, piece: bytes) -> bytes:
        if len(self) >= _MOST_PIECES:
            self.clear()
        made = " ".join(tokenize(piece.decode("utf-8", "surrogatepass")))
        self[piece] = found = made.encode()
        return found

    def spell(self, raw: bytes) -> bytes:
        """Return UTF-8 as its tokens, in order, with blanks between; ends of texts are kept."""
        import numpy as np

        plain = raw.translate(_PLAIN)
        is_high = np.frombuffer(plain, np.uint8) > 127
        parts = []
        end = 0
        # Nothing reaches across what separates: neither composition nor a mark.
        for place in (np.flatnonzero(is_high[1:] > is_high[:-1]) + 1).tolist():
            if place < end:
                continue
            start = plain.rfind(b" ", end, place) + 1
            parts.append(plain[end:start])
            end = plain.find(b" ", place)
            parts.append(self[raw[start:end]])
        parts.append(plain[end:])
        return b"".join(parts)


def _count(texts: list[str], speller: _Speller) -> tuple[pa.Array, np.ndarray]:
    """Return the tokens of some texts, and in how many of these each stands."""
    import numpy as np
    import pyarrow as pa

    odd: Counter[str] = Counter()
    joined = f" {_END} ".join(texts)
    if _STROKE in joined or max(map(len, texts)) > _LONG:
        for place, text in enumerate(texts):
            if not text.isascii() and (_STROKE in text or len(text) > _LONG):
                odd.update(set(tokenize(text)))
                texts[place] = ""
        joined = f" {_END} ".join(texts)
    if joined.count(_END) >= len(texts):  # some text holds one of its own
        joined = f" {_END} ".join(text.replace(_END, " ") for text in texts)
    spelled = speller.spell(f"{_END} {joined} {_END} ".encode("utf-8", "surrogatepass"))
    # Each token with the blank behind it; where blanks follow each other, these are told as well.
    held = np.frombuffer(spelled, np.uint8)
    ends = np.flatnonzero(held == 32)
    bounds = np.zeros(len(ends) + 1, np.int32)
    np.add(ends, 1, out=bounds[1:], casting="unsafe")
    encoded = pa.BinaryArray.from_buffers(
        pa.binary(), len(ends), [None, pa.py_buffer(bounds), pa.py_buffer(held)]
    ).dictionary_encode()
    # `to_numpy` would import pandas, which takes a second.
    codes = np.frombuffer(encoded.indices.buffers()[1], np.int32, len(ends))
    words = encoded.dictionary
    counts = _holders(codes, len(words))
    if odd:
        others = pa.array([f"{word} ".encode() for word in odd], pa.binary())
        words = pa.concat_arrays([words, others])
        counts = np.concatenate([counts, np.fromiter(odd.values(), np.int64, len(odd))])
    return words, counts


def _holders(codes: np.ndarray, words: int) -> np.ndarray:
    """Return in how many texts each of so many words stands; the first, 0, parts the texts.

    The codes of each text are put into a row of a table, texts of about the same length into one
    table, and each row is sorted: a short row is sorted in a moment, and then each code is new
    where it follows another one.
    """
    import numpy as np

    stops = np.flatnonzero(codes == 0)
    lengths = np.diff(stops)
    starts = stops[:-1]
    counts = np.zeros(words, np.int64)
    shortest, width = 0, _NARROW
    while shortest < lengths.max():
        rows = np.flatnonzero((lengths > shortest) & (lengths <= width))
        if len(rows):
            places = np.arange(width)
            table = codes.take(starts[rows, None] + places, mode="clip")
            table[places >= lengths[rows, None]] = 0
            table.sort(axis=1)
            is_new = table[:, 1:] != table[:, :-1]
            counts += np.bincount(table[:, 1:][is_new], minlength=words)
        shortest, width = width, width * 2
    return counts


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
        codes = np.frombuffer(encoded.indices.buffers()[1], np.int32, len(encoded))
        counts = np.bincount(codes, np.concatenate(self._counts))
        self._words, self._counts = [encoded.dictionary], [counts]
        self._held = self._settled = len(counts)

    def as_counter(self) -> Counter[str]:
        """Return what was counted, without what parts the texts."""
        self._settle()
        words = self._words[0].to_pylist()
        counts = self._counts[0].astype(int).tolist()
        held = zip(words, counts, strict=True)
        return Counter({word[:-1].decode(): n for word, n in held if word not in _NO_TOKENS})
