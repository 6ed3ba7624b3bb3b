"""Text files as lines of bounded length: their encoding, and lines that are too long."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import IO, Any, Final, NamedTuple

from workbench.errors import SettingError
from workbench.imports.opened import peek

__all__ = ["Lines", "Long", "encoding_of", "known"]

_CHUNK: Final = 1 << 20
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Long(NamedTuple):
    """A line that was passed over because it is too long: its number, from 1."""

    line: int


def known(encoding: str) -> str:
    """Return an encoding's own name.

    Raises
    ------
    SettingError
        If there is no such encoding, or it is none of text.
    """
    try:
        info = codecs.lookup(encoding)
        "a".encode(info.name)
    except (LookupError, ValueError, TypeError):
        raise SettingError(
            f"{encoding!r} is no encoding of text; write utf-8, utf-16, cp1252 or another"
        ) from None
    return info.name


def encoding_of(stream: IO[bytes]) -> str:
    """Return how a text is encoded, from its beginning to its end.

    A byte order mark settles it. What reads as UTF-8 is UTF-8, also where fewer than one in ten
    of its other than ASCII characters do not; what has a NUL at every second place is UTF-16
    without a mark; all else is cp1252.
    """
    head = peek(stream, _CHUNK)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if head and head.count(0) > len(head) // 4:
        # Of ASCII characters the high byte is the NUL.
        return "utf-16-be" if head[:1000:2].count(0) > head[1:1000:2].count(0) else "utf-16-le"
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    other = lost = 0
    while head:
        if not head.isascii():
            text = decoder.decode(head)
            lost += text.count("\ufffd")
            other += len(text) - len(text.encode("ascii", "ignore"))
        else:
            decoder.reset()
        head = peek(stream, _CHUNK)
    return "utf-8" if lost * 10 < other or not lost else "cp1252"


class Lines:
    """The lines of a text, each with its end; those that are too long are passed over.

    Parameters
    ----------
    stream : binary file
    encoding : str
    longest : int
        Characters.

    Attributes
    ----------
    number : int
        Of the line that was read last, from 1.
    passed : list of int
        Numbers of the lines that were passed over and not asked after yet.
    """

    def __init__(self, stream: IO[bytes], encoding: str, longest: int) -> None:
        # What cannot be decoded is shown as such. Line ends within quotes are the reader's.
        self._text = io.TextIOWrapper(stream, encoding, errors="replace", newline="")
        self._longest = longest
        self.number = 0
        self.passed: list[int] = []

    def __iter__(self) -> Iterator[str]:
        read: Any = self._text.readline
        longest = self._longest
        while line := read(longest):
            self.number += 1
            if len(line) < longest or line[-1] in "\r\n":
                yield line
                continue
            self.passed.append(self.number)
            while (line := read(longest)) and line[-1] not in "\r\n":
                pass
