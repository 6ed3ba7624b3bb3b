"""What an export is made of: named fields, and rows of plain values in batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from workbench.items import FIELDS, Field, Item

__all__ = ["LISTS", "Row", "Table", "of_items"]

Row = tuple[Any, ...]
"""One value per field: text, number, flag, aware datetime, tuple of texts or media, or None."""

LISTS: Final = ("list[str]", "list[Media]")
"""Dtypes of fields that hold several values."""

_NAMES: Final = tuple(each.name for each in FIELDS)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows to be written, made while they are written.

    Parameters
    ----------
    fields : tuple of Field
        Name, dtype, unit and meaning of each value of a row. Dtypes are those of
        :data:`workbench.items.FIELDS`.
    batches : iterable of list of Row
        Gone through once.
    name : str
        What it is called: of the sheet, for one.
    zone : str
        Time zone for formats that hold none.
    notes : mapping of str to str
        Where the rows come from, for formats that have a place for it.
    """

    fields: tuple[Field, ...]
    batches: Iterable[list[Row]]
    name: str = "Items"
    zone: str = "UTC"
    notes: Mapping[str, str] = field(default_factory=dict)


def of_items(items: Iterable[Item]) -> list[Row]:
    """Return items as rows of :data:`workbench.items.FIELDS`."""
    return [tuple(getattr(item, name) for name in _NAMES) for item in items]
