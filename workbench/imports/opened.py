"""What every kind of file is read as: rows of named values, one after another."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, Protocol, cast

from workbench.errors import SettingError
from workbench.items import Problem

__all__ = [
    "BROKEN",
    "LONGEST_CELL",
    "Packed",
    "Readable",
    "Row",
    "Streamed",
    "flat",
    "named",
    "peek",
    "raw",
    "refused",
]

BROKEN: Final = (OSError, EOFError, zlib.error)
"""What reading a file raises that is damaged or cut off."""

LONGEST_CELL: Final = 131_072
"""Characters of one cell; a row with a longer one is refused."""

_DEEPEST: Final = 4
_MOST: Final = 1_000
_LARGEST: Final = 200 << 20
_BLANK: Final = re.compile(r"\s+")


class Row(NamedTuple):
    """One row: where it stands in its file, and its values by the names of their fields."""

    where: str
    values: Mapping[str, Any]


class Readable(Protocol):
    """A file whose rows can be gone through, from the beginning each time."""

    path: Path

    @property
    def kind(self) -> str:
        """What it is: csv, jsonl, json, xlsx, parquet or pdf."""

    @property
    def names(self) -> Sequence[str]:
        """Its fields, where its head names them; else the rows do."""

    @property
    def told(self) -> Mapping[str, str]:
        """How it is read, for whoever is asked whether that is right."""

    @property
    def notes(self) -> Sequence[str]:
        """What is to be known of it, once it is read."""

    @property
    def total(self) -> int:
        """How much there is to be read; 0 if that is not known."""

    @property
    def unit(self) -> str:
        """In what it is counted: ``B`` or `` rows``."""

    @property
    def done(self) -> int:
        """How much of it has been read."""

    def rows(self) -> Iterator[Row | Problem]:
        """Yield the rows, and a problem for each that cannot be read."""


def raw(path: Path) -> tuple[IO[bytes], IO[bytes]]:
    """Return a file as it lies there, and what is in it if that is gzipped.

    Raises
    ------
    SettingError
        If it cannot be opened.
    """
    try:
        below = path.open("rb", buffering=1 << 16)
        is_packed = below.read(2) == b"\x1f\x8b"
        below.seek(0)
    except OSError as error:
        raise refused(path, error) from None
    if not is_packed:
        return below, below
    return below, cast("IO[bytes]", gzip.GzipFile(fileobj=below))


class Streamed:
    """What is read from one end to the other, gzipped or not, and tells how far it has come.

    Parameters
    ----------
    path : Path
    """

    unit = "B"
    notes: Sequence[str] = ()

    def __init__(self, path: Path) -> None:
        self.path = path
        self.total = path.stat().st_size
        self._below: IO[bytes] | None = None

    @property
    def done(self) -> int:
        """Bytes of the file that were read."""
        return self._below.tell() if self._below and not self._below.closed else 0

    @contextmanager
    def inside(self) -> Iterator[IO[bytes]]:
        """Open it from the beginning, and close it with the block."""
        self._below, inside = raw(self.path)
        with closing(self._below):
            yield inside


def peek(stream: IO[bytes], size: int) -> bytes:
    """Return the next so many bytes of a file, as far as it can be read."""
    data = b""
    with suppress(*BROKEN):
        # All at once would be lost where the file is cut off.
        while len(data) < size and (more := stream.read1(size - len(data))):  # type: ignore[attr-defined]
            data += more
    return data


def refused(path: Path, error: Exception) -> SettingError:
    """Return what to say of a file that cannot be read."""
    reason = getattr(error, "strerror", None) or str(error)[:200] or type(error).__name__
    return SettingError(f"{path}: cannot be read: {reason}")


class Packed:
    """A file that a network's own code reads as a whole: one row, its bytes as ``data``.

    Raises
    ------
    SettingError
        If it is larger than 200 MB.
    """

    kind = "zip"
    unit = " rows"
    total = 1
    names: Sequence[str] = ("data",)
    notes: Sequence[str] = ()

    def __init__(self, path: Path, told: Mapping[str, str]) -> None:
        self.path = path
        self.told = told
        self.done = 0
        if path.stat().st_size > _LARGEST:
            raise SettingError(f"{path}: has more than {_LARGEST >> 20} MB; unpack it")

    def rows(self) -> Iterator[Row | Problem]:
        """Yield the one row."""
        try:
            yield Row("the archive", {"data": self.path.read_bytes()})
        except OSError as error:
            raise refused(self.path, error) from None
        self.done = 1


def named(head: list[Any]) -> list[str]:
    """Return the names of fields by a head line: each of its own, none empty.

    Examples
    --------
    >>> named(["text", "", "text", None])
    ['text', 'column 2', 'text (2)', 'column 4']
    """
    names: dict[str, None] = {}
    met: dict[str, int] = {}
    for number, cell in enumerate(head, start=1):
        plain = _BLANK.sub(" ", "" if cell is None else str(cell)).strip().lstrip("\ufeff")[:200]
        name = plain = plain or f"column {number}"
        while name in names:
            met[plain] = met.get(plain, 1) + 1
            name = f"{plain} ({met[plain]})"
        names[name] = None
    return list(names)


def flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record whose values are records as one, with dots in the names.

    Examples
    --------
    >>> flat({"a": {"b": 1, "c": {"d": 2}}, "e": [3]})
    {'a.b': 1, 'a.c.d': 2, 'e': [3]}
    """
    found: dict[str, Any] = {}
    _put(record, "", 0, found)
    return found


def _put(record: Mapping[str, Any], before: str, depth: int, found: dict[str, Any]) -> None:
    for name, value in record.items():
        if len(found) >= _MOST:
            return
        if isinstance(value, dict) and depth < _DEEPEST:
            _put(value, f"{before}{name}.", depth + 1, found)
        else:
            found[f"{before}{name}"[:200]] = value
