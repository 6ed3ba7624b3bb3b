"""The weights of an engine like ``social``, and the file that holds them."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from workbench.errors import SettingError
from workbench.text import traits
from workbench.text.bending import FIGURES, TERMS, Bend
from workbench.text.convolution import Convolution

__all__ = ["HASH", "NEGATED", "READY", "Weights", "read", "version_of", "write"]

_KIND: Final = b"workbench sentiment weights "
_MAGIC: Final = _KIND + b"3\n"

READY: Final = struct.Struct("<ffBBb?")
"""What is held ready of a part: what it adds to both log odds, and of :class:`traits.Part` how
many traits, how many words, its value, and whether what follows is negated."""

HASH: Final = struct.Struct("<I")
"""A word's hash, as it is held ready."""

NEGATED: Final = " "
"""What stands before a part that is held ready as it is after a negation."""

# What reading a file that is none, or a damaged one, ends in.
_WRONG: Final = (ValueError, KeyError, TypeError, OverflowError, RecursionError, struct.error)


@dataclass(frozen=True)
class Weights:
    """A model as its file holds it.

    Attributes
    ----------
    name, version, about : str
        Of the engine; and what it was learned from, with the attribution that is due.
    bias : tuple of float
        Of the classes negative and positive against neutral.
    most : float
        The largest weight.
    table : bytes
        Weights of these classes against neutral, two bytes for each trait. 128 is 0, and others
        are apart from it as the root of their size, since most are small: 1 and 255 are the
        largest.
    common : tuple of str
        Parts of texts that come so often that what they are worth is held ready; those where
        they are negated with :data:`NEGATED` before them.
    ready : bytes
        What each of them is worth, by :data:`READY`.
    hashes : bytes
        Of the words of each, by :data:`HASH`.
    bend : Bend or None
        How sums become log odds; as they are if there is none.
    convolution : Convolution or None
        What words say beside each other; it counts only by a bend.
    """

    name: str
    version: str
    about: str
    bias: tuple[float, float]
    most: float
    table: bytes
    common: tuple[str, ...] = ()
    ready: bytes = b""
    hashes: bytes = b""
    bend: Bend | None = None
    convolution: Convolution | None = None

    @property
    def sizes(self) -> list[float]:
        """What each byte of the table is worth."""
        steps = [(byte - 128) / 127 for byte in range(256)]
        return [self.most * step * abs(step) for step in steps]


def write(path: Path, weights: Weights) -> None:
    """Write a model; the same model gives the same bytes."""
    head: dict[str, object] = {
        "name": weights.name,
        "version": weights.version,
        "about": weights.about,
        "bias": list(weights.bias),
        "most": weights.most,
        "common": len(weights.common),
        "hashes": len(weights.hashes) // HASH.size,
    }
    if weights.bend is not None:
        lows, highs, by = weights.bend
        head["bend"] = [lows, highs, [(worth.real, worth.imag) for worth in by]]
    filters = b""
    if (found := weights.convolution) is not None:
        head["convolution"] = [found.words, found.size, found.filters, found.step]
        filters = found.data
    line = json.dumps(head, ensure_ascii=False, sort_keys=True).encode()
    texts = "\n".join(weights.common).encode()
    body = zlib.compress(weights.table + weights.ready + weights.hashes + filters + texts, 6)
    data = line + b"\n" + body
    path.write_bytes(_MAGIC + zlib.crc32(data).to_bytes(4, "big") + data)


def read(path: Path) -> Weights:
    """Read a model.

    Raises
    ------
    SettingError
        If there is no such file, or it is none of ours, damaged, or of another version.
    """
    data = _bytes(path)
    if not data.startswith(_MAGIC):
        raise SettingError(f"{path} holds no weights of this version; train them anew")
    check, data = data[len(_MAGIC) :][:4], data[len(_MAGIC) + 4 :]
    try:
        line, _, body = data.partition(b"\n")
        is_whole = int.from_bytes(check, "big") == zlib.crc32(data)
        return _weights(json.loads(line) if is_whole else {}, zlib.decompress(body))
    except (*_WRONG, zlib.error) as error:
        raise SettingError(f"{path} is damaged; train it anew, or get another copy") from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingError(f"{path}: cannot be read ({error.strerror})") from error


def version_of(path: Path) -> str:
    """Return the version of an engine, whichever version its file is of.

    Raises
    ------
    SettingError
        If it cannot be read, is no file of ours, or damaged.
    """
    data = _bytes(path)
    if not data.startswith(_KIND):
        raise SettingError(f"{path} holds no weights of an engine; take another name")
    try:
        line, _, _ = data[len(_MAGIC) + 4 :].partition(b"\n")
        return str(json.loads(line)["version"])
    except _WRONG as error:
        raise SettingError(f"{path} is damaged; take another name, or remove it") from error


def _weights(head: dict[str, Any], body: bytes) -> Weights:
    """Return what a file holds."""
    common = int(head["common"])
    filters = _convolution(head.get("convolution"))
    sizes = (
        2 * traits.SIZE,
        common * READY.size,
        int(head["hashes"]) * HASH.size,
        filters.length if filters else 0,
    )
    table, ready, hashes, data, rest = _cut(body, sizes)
    texts = tuple(rest.decode().split("\n")) if common else ()
    words = [row[3] for row in READY.iter_unpack(ready)]
    if len(texts) != common or not all(texts) or not all(words):
        raise ValueError
    if HASH.size * sum(words) != len(hashes):
        raise ValueError
    if filters:
        filters = replace(filters, data=data)
        filters.check()
    negative, positive = head["bias"]
    return Weights(
        str(head["name"]),
        str(head["version"]),
        str(head["about"]),
        (float(negative), float(positive)),
        float(head["most"]),
        table,
        texts,
        ready,
        hashes,
        _bend(head.get("bend")),
        filters,
    )


def _cut(body: bytes, sizes: Sequence[int]) -> Iterator[bytes]:
    """Return the parts of what is held, each of its size, and the rest."""
    ends = [*accumulate(sizes)]
    if min(sizes) < 0 or len(body) < ends[-1]:
        raise ValueError
    for size, end in zip(sizes, ends, strict=True):
        yield body[end - size : end]
    yield body[ends[-1] :]


def _convolution(held: Any) -> Convolution | None:
    """Return a convolution that has no data yet."""
    if held is None:
        return None
    words, size, filters, step = held
    return Convolution(int(words), int(size), int(filters), float(step), b"")


def _bend(held: Any) -> Bend | None:
    if held is None:
        return None
    lows, highs, by = held
    worth = tuple(complex(negative, positive) for negative, positive in by)
    bend = Bend(tuple(map(float, lows)), tuple(map(float, highs)), worth)
    if [*map(len, bend)] != [FIGURES, FIGURES, TERMS]:
        raise ValueError
    return bend
