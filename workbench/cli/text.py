"""Text for a terminal: tables, times, and nothing that could drive the terminal itself."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Final

__all__ = ["clean", "cut", "table", "when"]

# Joiners that some scripts need within words; every other invisible sign goes.
_JOINERS: Final = "\u200c\u200d"


def clean(text: str) -> str:
    r"""Return a text on one line, without signs that steer a terminal or turn its direction.

    Examples
    --------
    >>> clean("a\x1b[31mb\nc\u202ed")
    'a[31mb cd'
    """
    kept = []
    for char in text:
        kind = unicodedata.category(char)
        if char.isspace():
            kept.append(" ")
        elif kind[0] != "C" or char in _JOINERS:
            kept.append(char)
    return " ".join("".join(kept).split())


def _width(char: str) -> int:
    if unicodedata.combining(char) or char in _JOINERS:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, width: int) -> str:
    """Return as much of a text as `width` cells of a terminal hold.

    Examples
    --------
    >>> cut("abcdef", 4)
    'abc…'
    >>> cut("東京駅", 4)
    '東…'
    """
    total = 0
    fitting = 0
    for place, char in enumerate(text):
        total += _width(char)
        if total < width:
            fitting = place + 1
        if total > width:
            return text[:fitting] + "…"
    return text


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table; the last field takes what room the terminal leaves."""
    cells = [[clean(cell) for cell in row] for row in (head, *rows)]
    widths = [min(28, max(sum(map(_width, row[n])) for row in cells)) for n in range(len(head))]
    room = shutil.get_terminal_size((120, 24)).columns - sum(widths[:-1]) - 2 * len(widths[:-1])
    widths[-1] = max(room, 20)
    lines = []
    for row in cells:
        fitted = [cut(cell, width) for cell, width in zip(row, widths, strict=True)]
        padded = [
            cell + " " * (width - sum(map(_width, cell)))
            for cell, width in zip(fitted, widths, strict=True)
        ]
        lines.append("  ".join(padded).rstrip())
    return lines


def when(moment: datetime | None) -> str:
    """Return a time as a table shows it, in UTC."""
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else "-"
