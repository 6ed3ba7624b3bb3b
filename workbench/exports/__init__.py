"""Tables as files: CSV, Excel, Parquet, JSON."""

from __future__ import annotations

import codecs
import io
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Final

from workbench.errors import SettingError
from workbench.exports.formulas import neutral, plain
from workbench.exports.lines import write_csv, write_json, write_lines
from workbench.exports.parquet import write_parquet
from workbench.exports.sheets import MOST_ROWS, write_excel
from workbench.exports.table import Row, Table, of_items

__all__ = [
    "KINDS",
    "MOST_ROWS",
    "TYPES",
    "Row",
    "Table",
    "kind_of",
    "neutral",
    "of_items",
    "plain",
    "save",
    "to_bytes",
    "write",
]

_WRITERS: Final[Mapping[str, Callable[[Table, IO[bytes]], int]]] = {
    "csv": write_csv,
    "xlsx": write_excel,
    "parquet": write_parquet,
    "json": write_json,
    "jsonl": write_lines,
}

KINDS: Final = tuple(_WRITERS)
"""What a table can be written as, by the ending of the file."""

TYPES: Final = {
    "csv": "text/csv;charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    "jsonl": "application/jsonl",
}
"""The media type of each."""


def kind_of(path: str | os.PathLike[str]) -> str:
    """Return what a file of this name is to be written as.

    Raises
    ------
    SettingError
        If its ending says nothing.

    Examples
    --------
    >>> kind_of("rivals.XLSX"), kind_of("a/b.ndjson")
    ('xlsx', 'jsonl')
    """
    ending = Path(path).suffix.removeprefix(".").lower()
    kind = {"ndjson": "jsonl"}.get(ending, ending)
    if kind not in KINDS:
        raise SettingError(
            f"{os.fspath(path)!r} does not say by its ending what to write; it may be "
            f"{', '.join(f'.{each}' for each in KINDS)}"
        )
    return kind


def write(table: Table, stream: IO[bytes], kind: str, *, has_mark: bool = False) -> int:
    """Write a table to a stream; return how many rows.

    Parameters
    ----------
    table : Table
    stream : binary file
    kind : str
        One of :data:`KINDS`.
    has_mark : bool
        Whether CSV begins with a byte order mark, by which Excel knows UTF-8.

    Raises
    ------
    SettingError
        If there is no such kind, or the rows do not fit into it.
    """
    if kind not in KINDS:
        raise SettingError(f"{kind!r} is not one of {', '.join(KINDS)}")
    if kind == "csv" and has_mark:
        stream.write(codecs.BOM_UTF8)
    return _WRITERS[kind](table, stream)


def to_bytes(table: Table, kind: str, *, has_mark: bool = False) -> bytes:
    """Return a table as a file's content; takes what :func:`write` takes."""
    stream = io.BytesIO()
    write(table, stream, kind, has_mark=has_mark)
    return stream.getvalue()


def save(table: Table, path: str | os.PathLike[str], kind: str | None = None) -> int:
    """Write a table to a file; return how many rows.

    The file is there when it is whole, and not before: what was there stays until then, and
    stays if something fails. CSV begins with a byte order mark, by which Excel knows UTF-8.

    Parameters
    ----------
    table : Table
    path : str or path
    kind : str, optional
        One of :data:`KINDS`; else what the ending says.

    Raises
    ------
    SettingError
        If the ending says nothing, the rows do not fit, or the file cannot be written.
    """
    target = Path(path).expanduser()
    kind = kind or kind_of(target)
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as stream:
            n = write(table, stream, kind, has_mark=True)
        part.replace(target)
    except OSError as error:
        raise SettingError(f"{target} cannot be written: {error.strerror or error}") from None
    finally:
        part.unlink(missing_ok=True)
    return n
