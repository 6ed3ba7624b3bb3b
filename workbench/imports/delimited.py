"""CSV and its like: values with commas, semicolons, tabs or bars between them."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from workbench.errors import SettingError
from workbench.imports.opened import BROKEN, LONGEST_CELL, Row, Streamed, named, peek, refused
from workbench.imports.plain import Lines, encoding_of
from workbench.imports.times import is_time
from workbench.items import Problem

__all__ = ["SEPARATORS", "Delimited"]

SEPARATORS: Final = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
"""What may stand between values, by its name."""

_LONGEST: Final = 1 << 20  # characters of a line
_SAMPLE: Final = 1 << 16
_TRIED: Final = 50  # rows
_TOO_LONG: Final = f"has a cell of more than {LONGEST_CELL:,} characters"


class Delimited(Streamed):
    """A file of rows with a separator between values; see :class:`~.opened.Readable`.

    Parameters
    ----------
    path : Path
    encoding, separator : str, optional
        Guessed unless given.

    Raises
    ------
    SettingError
        If it cannot be opened, or holds nothing.
    """

    kind = "csv"

    def __init__(
        self, path: Path, *, encoding: str | None = None, separator: str | None = None
    ) -> None:
        super().__init__(path)
        try:
            with self.inside() as inside:
                self._encoding = encoding or encoding_of(inside)
                inside.seek(0)
                decoder = codecs.getincrementaldecoder(self._encoding)("replace")
                sample = decoder.decode(peek(inside, _SAMPLE))
        except BROKEN as error:
            raise refused(path, error) from None
        self._separator, self._skipped = _guessed(sample, separator)
        head = next(_records(sample, self._separator, self._skipped), [])
        if not any(cell.strip() for cell in head):
            raise SettingError(f"{path}: holds no rows: its first line is empty")
        # What is a time or an address names no field.
        self.has_head = not any(is_time(cell) or "://" in cell for cell in head)
        self.names: Sequence[str] = named(head if self.has_head else [None] * len(head))
        said = next(name for name, sign in SEPARATORS.items() if sign == self._separator)
        self.told: Mapping[str, str] = {
            "format": "CSV",
            "encoding": self._encoding,
            "separator": said,
            **({} if self.has_head else {"head": "none; fields are called by their numbers"}),
        }

    def rows(self) -> Iterator[Row | Problem]:
        """Yield the rows, and a problem for each that cannot be read."""
        with self.inside() as inside:
            lines = Lines(inside, self._encoding, _LONGEST)
            try:
                yield from self._read(lines)
            except BROKEN as error:  # of gzip
                yield Problem(f"line {lines.number + 1}", f"and all below cannot be read: {error}")

    def _read(self, lines: Lines) -> Iterator[Row | Problem]:
        reader = csv.reader(iter(lines), delimiter=self._separator)
        waiting = self._skipped + self.has_head
        width = len(self.names)
        while True:
            last = lines.number
            where = f"line {last + 1}"
            try:
                cells = next(reader)
            except StopIteration:
                break
            except csv.Error:
                yield Problem(where, f"{_TOO_LONG}, or a quote is opened and never closed")
                continue
            if lines.passed:
                yield from _passed(lines)
                if lines.number - last > 1 and len(cells) != width:
                    continue
            if waiting:
                waiting -= 1
            elif len(cells) == width:
                yield Row(where, dict(zip(self.names, cells, strict=True)))
            elif any(cells):
                yield self._ragged(cells, where, lines.number - last)
        yield from _passed(lines)

    def _ragged(self, cells: list[str], where: str, spanned: int) -> Row | Problem:
        """Return a row that has more or fewer cells than the head, if it can be one."""
        width = len(self.names)
        if len(cells) > width and any(cells[width:]):
            return Problem(where, f"has {len(cells)} cells, the head has {width}")
        if len(cells) < width and spanned > 1:
            return Problem(where, f"has {len(cells)} of {width} cells; is a quote never closed?")
        return Row(where, dict(zip(self.names, cells, strict=False)))


def _passed(lines: Lines) -> Iterator[Problem]:
    for number in lines.passed:
        yield Problem(f"line {number}", f"has more than {_LONGEST:,} characters")
    lines.passed.clear()


def _records(text: str, separator: str, skipped: int) -> Iterator[list[str]]:
    lines = text.splitlines(keepends=True)[skipped:]
    with suppress(csv.Error):
        yield from csv.reader(lines, delimiter=separator)


def _guessed(sample: str, given: str | None) -> tuple[str, int]:
    """Return the separator, and how many lines above the head say it (Excel's ``sep=;``)."""
    first = sample.lstrip("\ufeff").partition("\n")[0].strip().strip('"')
    says = first[4:] if first.lower().startswith("sep=") and len(first) == 5 else ""
    skipped = 1 if says else 0
    if given:
        return given, skipped
    if says in SEPARATORS.values():
        return says, skipped
    return max(SEPARATORS.values(), key=lambda sign: _fit(sample, sign)), skipped


def _fit(sample: str, separator: str) -> tuple[float, int]:
    """Return how well a separator explains a sample: rows as wide as the first, and how wide."""
    widths: list[Any] = []
    for record in _records(sample, separator, 0):
        widths.append(len(record))
        if len(widths) > _TRIED:
            break
    if not widths or widths[0] < 2:
        return 0.0, 0
    if len(widths) > 2:
        del widths[-1]  # the sample may end within it
    return sum(width == widths[0] for width in widths) / len(widths), widths[0]
