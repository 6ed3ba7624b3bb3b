"""Exports as text: CSV, and JSON as one array or as an object to a line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import IO, Any

import orjson

from workbench.exports.formulas import neutral, printable
from workbench.exports.table import Table
from workbench.items import Media

__all__ = ["cell", "iso", "write_csv", "write_json", "write_lines"]


def iso(when: datetime) -> str:
    """Return a time as ISO 8601 in UTC.

    Examples
    --------
    >>> iso(datetime(2026, 11, 22, 9, 30, tzinfo=UTC))
    '2026-11-22T09:30:00Z'
    """
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _said(value: Any) -> str:
    """Return one value of a list as text."""
    if isinstance(value, Media):
        alt = f" ({' '.join(value.alt.split())})" if value.alt else ""
        return f"{value.type}{f' {value.url}' if value.url else ''}{alt}"
    return str(value)


def cell(value: Any, dtype: str) -> str:
    """Return a value of one of the list dtypes, or a text, as the text of one cell."""
    if dtype == "list[Media]":
        return "\n".join(map(_said, value))
    return " ".join(map(_said, value)) if dtype == "list[str]" else str(value)


def write_csv(table: Table, stream: IO[bytes]) -> int:
    """Write a table as CSV, RFC 4180, UTF-8; return how many rows.

    Numbers and times stand as they are, times in UTC; unknown is empty; whatever would be a
    formula is text.
    """
    text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=True)
    # Of line ends the writer quotes those alone that it ends lines with itself.
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(field.name for field in table.fields)
    makers = [_maker(field.dtype) for field in table.fields]
    n = 0
    for batch in table.batches:
        writer.writerows(
            ["" if v is None else make(v) for make, v in zip(makers, row, strict=True)]
            for row in batch
        )
        n += len(batch)
    text.detach()
    return n


def _maker(dtype: str) -> Callable[[Any], Any]:
    if dtype == "datetime":
        return iso
    if dtype == "bool":
        return lambda value: "true" if value else "false"
    if dtype in {"int", "float"}:
        return lambda value: value
    return lambda value: neutral(printable(cell(value, dtype)))


def write_json(table: Table, stream: IO[bytes]) -> int:
    """Write a table as one array of objects, one to a line; return how many."""
    n = 0
    for line in _objects(table):
        stream.write((b",\n" if n else b"[\n") + line)
        n += 1
    stream.write(b"\n]\n" if n else b"[]\n")
    return n


def write_lines(table: Table, stream: IO[bytes]) -> int:
    """Write a table as JSON Lines: one object to a line; return how many."""
    n = 0
    for line in _objects(table):
        stream.write(line + b"\n")
        n += 1
    return n


def _objects(table: Table) -> Iterator[bytes]:
    names = [field.name for field in table.fields]
    for batch in table.batches:
        for row in batch:
            yield orjson.dumps(
                dict(zip(names, map(_value, row), strict=True)), option=orjson.OPT_UTC_Z
            )


def _value(value: Any) -> Any:
    if isinstance(value, tuple):
        return [each._asdict() if isinstance(each, Media) else each for each in value]
    return value
