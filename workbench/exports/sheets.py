"""Exports as an Excel workbook."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import IO, Any, Final
from zoneinfo import ZoneInfo

from workbench.errors import SettingError
from workbench.exports.formulas import neutral, printable
from workbench.exports.lines import cell, iso
from workbench.exports.table import Table

__all__ = ["MOST_ROWS", "write_excel"]

MOST_ROWS: Final = 1_048_575
"""Rows that a sheet holds below its head."""

_MOST_SIGNS: Final = 32_767  # of one cell, counted as UTF-16 does
_EXACT: Final = 2**53  # beyond which Excel rounds whole numbers
_FIRST: Final = 1900  # the year in which its calendar begins
_TIME: Final = "yyyy-mm-dd hh:mm:ss"
_ESCAPED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NAMED: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_WIDTHS: Final = {"datetime": 19, "int": 10, "float": 10, "bool": 9, "list[str]": 24}
_WIDE: Final = {"text": 60, "title": 40, "url": 30, "note": 40}


def write_excel(table: Table, stream: IO[bytes]) -> int:
    """Write a table as a workbook; return how many rows.

    Numbers, flags and times are Excel's own; times are those of the table's zone, which the
    head names. All else is text, of which no part is a formula or a link. A second sheet,
    About, holds the table's notes.

    Raises
    ------
    SettingError
        If there are more rows than a sheet holds.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    try:
        n = _fill(book, table)
        book.save(stream)
    except BaseException:
        _give_up(book)
        raise
    return n


def _fill(book: Any, table: Table) -> int:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(_sheet_name(table.name))
    for n, field in enumerate(table.fields, start=1):
        width = _WIDE.get(field.name) or _WIDTHS.get(field.dtype, 16)
        sheet.column_dimensions[get_column_letter(n)].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_bold(sheet, _head(field, table.zone)) for field in table.fields])
    n = 0
    for row in _rows(table):
        n += 1
        if n > MOST_ROWS:
            raise SettingError(
                f"there are more than the {MOST_ROWS:,} rows that an Excel sheet holds; take a "
                "shorter span, or write CSV or Parquet"
            )
        sheet.append([_cell(sheet, value) for value in row])
    last = get_column_letter(len(table.fields))
    sheet.auto_filter.ref = f"A1:{last}{n + 1}"
    about = book.create_sheet("About")
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 20, 100
    for name, said in table.notes.items():
        about.append([_bold(about, name), _cell(about, _text(said))])
    return n


def _give_up(book: Any) -> None:
    """Close what openpyxl has begun, and delete the files that it writes it to meanwhile."""
    for sheet in book.worksheets:
        with suppress(Exception):
            sheet.close()
        with suppress(Exception):
            sheet._writer.cleanup()  # noqa: SLF001 - it has no other way


def _cell(sheet: Any, value: Any) -> Any:
    """Return what openpyxl takes for a value; a text it takes as it is, but for two things.

    It would take what begins with = for a formula, which no text here does any more, and what
    is called like one of Excel's errors for that error.
    """
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ERROR_CODES

    if isinstance(value, datetime):
        held = WriteOnlyCell(sheet, value=value)
        held.number_format = _TIME
        return held
    if isinstance(value, str) and (value in ERROR_CODES or value.startswith("=")):
        held = WriteOnlyCell(sheet, value=value)
        held.data_type = "s"
        return held
    return value


def _bold(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    held = WriteOnlyCell(sheet, value=text)
    held.font = Font(bold=True)
    return held


def _sheet_name(name: str) -> str:
    """Return a name that a sheet may have: at most 31 signs, some of them barred."""
    plain = _NAMED.sub(" ", printable(name)).strip(" '")[:31].strip(" '")
    # Two sheets may not share a name, and History is Excel's own.
    return plain if plain and plain.casefold() not in {"about", "history"} else f"{plain} items"


def _head(field: Any, zone: str) -> str:
    return f"{field.name} ({zone})" if field.dtype == "datetime" else str(field.name)


def _rows(table: Table) -> Iterator[list[Any]]:
    zone = ZoneInfo(table.zone)
    makers = [_maker(field.dtype, zone) for field in table.fields]
    for batch in table.batches:
        for row in batch:
            yield [None if v is None else make(v) for make, v in zip(makers, row, strict=True)]


def _maker(dtype: str, zone: ZoneInfo) -> Callable[[Any], Any]:
    if dtype == "datetime":
        return lambda value: _local(value, zone)
    if dtype == "bool":
        return bool
    if dtype == "int":
        return lambda value: value if abs(value) <= _EXACT else str(value)
    if dtype == "float":
        return lambda value: value if math.isfinite(value) else str(value)
    return lambda value: _text(cell(value, dtype))


def _local(when: datetime, zone: ZoneInfo) -> datetime | str:
    """Return a time in a zone, without it; as text where Excel's calendar does not reach."""
    try:
        local = when.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        return iso(when)
    return local if local.year > _FIRST else iso(when)


def _text(text: str) -> str:
    """Return a text as a cell can hold it; what is too long ends with an ellipsis."""
    # In XML a lone carriage return is a line end as well.
    held = printable(text).replace("\r\n", "\n").replace("\r", "\n")
    held = neutral(held, is_split=False)
    coded = held.encode("utf-16-le")
    if len(coded) > 2 * _MOST_SIGNS:
        held = coded[: 2 * (_MOST_SIGNS - 1)].decode("utf-16-le", "ignore") + "…"
    # What looks like Excel's own way to write a sign by its number is to stay what it is.
    return _ESCAPED.sub("_x005F_", held)
