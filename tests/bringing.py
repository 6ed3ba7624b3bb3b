"""Files of rows for the tests of importing, and what becomes of them."""

import csv
import io
from datetime import UTC, datetime

import openpyxl
import pyarrow as pa
from pyarrow import parquet

from workbench import imports
from workbench.items import Item, Problem

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ROWS = [
    {"created_at": "2026-11-03T09:30:00Z", "username": "ana", "body": "Northwind recalls", "n": 1},
    {"created_at": "2026-11-04T10:00:00Z", "username": "bob", "body": "Œuvre, 東京 “x”", "n": 2},
]


def write(tmp_path, content, name="rows.dat"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path, **options):
    """The items and problems of a file."""
    made = list(imports.look(path, **options).items(NOW))
    return [m for m in made if isinstance(m, Item)], [m for m in made if isinstance(m, Problem)]


def as_csv(rows, separator=","):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_excel(rows):
    book = openpyxl.Workbook()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_parquet(rows):
    stream = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows), stream)
    return stream.getvalue()
