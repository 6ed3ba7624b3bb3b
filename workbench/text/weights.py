"""The weights of an engine like ``social``, and the file that holds them."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from workbench.errors import SettingError
from workbench.text import traits
from workbench.text.bending import FIGURES, TERMS, Bend

__all__ = ["NEGATED", "READY", "Weights", "read", "write"]

_MAGIC: Final = b"workbench sentiment weights 2\n"

READY: Final = struct.Struct("<ffBIIb?")
"""What is held ready of a part: what it adds to both log odds, and of :class:`traits.Part` how
many traits, its first and last word, its value, and whether what follows is negated."""

NEGATED: Final = " "
"""What stands before a part that is held ready as it is after a negation."""


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
    bend : Bend or None
        How sums become log odds; as they are if there is none.
    """

    name: str
    version: str
    about: str
    bias: tuple[float, float]
    most: float
    table: bytes
    common: tuple[str, ...] = ()
    ready: bytes = b""
    bend: Bend | None = None

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
    }
    if weights.bend is not None:
        lows, highs, by = weights.bend
        head["bend"] = [lows, highs, [(worth.real, worth.imag) for worth in by]]
    line = json.dumps(head, ensure_ascii=False, sort_keys=True).encode()
    texts = "\n".join(weights.common).encode()
    body = zlib.compress(weights.table + weights.ready + texts, 6)
    data = line + b"\n" + body
    path.write_bytes(_MAGIC + zlib.crc32(data).to_bytes(4, "big") + data)


def read(path: Path) -> Weights:
    """Read a model.

    Raises
    ------
    SettingError
        If there is no such file, or it is none of ours, damaged, or of another version.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SettingError(f"{path}: cannot be read ({error.strerror})") from error
    if not data.startswith(_MAGIC):
        raise SettingError(f"{path} holds no weights of this version; train them anew")
    check, data = data[len(_MAGIC) :][:4], data[len(_MAGIC) + 4 :]
    try:
        line, _, body = data.partition(b"\n")
        head = json.loads(line)
        table, ready, texts = _split(check, data, body, int(head["common"]))
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
            _bend(head.get("bend")),
        )
    except (ValueError, KeyError, TypeError, struct.error, zlib.error) as error:
        raise SettingError(f"{path} is damaged; train it anew, or get another copy") from error


def _bend(held: Any) -> Bend | None:
    if held is None:
        return None
    lows, highs, by = held
    worth = tuple(complex(negative, positive) for negative, positive in by)
    bend = Bend(tuple(map(float, lows)), tuple(map(float, highs)), worth)
    if [*map(len, bend)] != [FIGURES, FIGURES, TERMS]:
        raise ValueError
    return bend


def _split(
    check: bytes, data: bytes, packed: bytes, common: int
) -> tuple[bytes, bytes, tuple[str, ...]]:
    """Return the table, what is held ready of common parts, and their texts."""
    if int.from_bytes(check, "big") != zlib.crc32(data):
        raise ValueError
    body = zlib.decompress(packed)
    start = 2 * traits.SIZE
    end = start + common * READY.size
    texts = tuple(body[end:].decode().split("\n")) if common else ()
    if len(body) < end or len(texts) != common:
        raise ValueError
    return body[:start], body[start:end], texts
