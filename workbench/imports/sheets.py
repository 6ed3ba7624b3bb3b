"""Excel workbooks and Parquet, row by row."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final

from workbench.errors import SettingError
from workbench.imports.opened import Row, named, refused
from workbench.items import Problem

__all__ = ["Parquet", "Workbook"]

_BATCH: Final = 100  # rows; a long text that many share is small in a file, and large here
_MOST_BYTES: Final = 2 << 30  # of a workbook, unpacked
_SMALL: Final = 50 << 20  # bytes that any workbook may unpack to
_DENSEST: Final = 100  # times its size in the file; what people enter packs to a tenth or so
_MOST_TEXTS: Final = 1 << 30  # of the texts that openpyxl must hold at once
_WIDEST: Final = 16_384


class Workbook:
    """A sheet of a workbook; see :class:`~.opened.Readable`.

    Parameters
    ----------
    path : Path
    sheet : str, optional
        The first one unless given.

    Raises
    ------
    SettingError
        If it cannot be opened, is too large, or has no such sheet.
    """

    kind = "xlsx"
    unit = " rows"
    notes: Sequence[str] = ()

    def __init__(self, path: Path, *, sheet: str | None = None) -> None:
        self.path = path
        self.done = 0
        self._check()
        with self._open() as book:
            names = [each.title for each in book.worksheets]
            if not names or (sheet is not None and sheet not in names):
                raise SettingError(f"{path}: has no sheet {sheet!r}; it has {', '.join(names)}")
            self._sheet = sheet or names[0]
            head = self._head(book[self._sheet])
        self.names: Sequence[str] = named(list(head[:_WIDEST]))
        if not any(cell is not None for cell in head):
            raise SettingError(f"{path}: the first row of sheet {self._sheet!r} is empty")
        others = "" if len(names) < 2 else f" (of {', '.join(names)})"
        self.told: Mapping[str, str] = {"format": "Excel", "sheet": f"{self._sheet}{others}"}

    def _check(self) -> None:
        """Refuse what would unpack to more than can be read."""
        try:
            with zipfile.ZipFile(self.path) as archive:
                sizes = {each.filename: each.file_size for each in archive.infolist()}
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise refused(self.path, error) from None
        texts = sum(size for name, size in sizes.items() if "sharedstrings" in name.lower())
        whole = sum(sizes.values())
        is_dense = whole > max(_SMALL, _DENSEST * self.path.stat().st_size)
        if whole > _MOST_BYTES or texts > _MOST_TEXTS or is_dense:
            raise SettingError(
                f"{self.path}: unpacks to {whole / 1e6:,.0f} MB, which is too much; "
                "save the sheet as CSV and import that"
            )

    @contextmanager
    def _open(self) -> Iterator[Any]:
        from openpyxl import load_workbook

        # A stream: by its name openpyxl would judge it.
        with self.path.open("rb") as stream:
            try:
                with warnings.catch_warnings():
                    # Of what it leaves out: styles, validation, drawings.
                    warnings.simplefilter("ignore")
                    book = load_workbook(stream, read_only=True, data_only=True)
            except Exception as error:  # whatever a broken workbook makes it raise
                raise refused(self.path, error) from error
            try:
                yield book
            finally:
                book.close()

    def _head(self, sheet: Any) -> tuple[Any, ...]:
        try:
            # What a writer says of the size may be missing, or wrong.
            self.total = max(0, (sheet.max_row or 1) - 1)
            return next(sheet.iter_rows(values_only=True), ())
        except Exception as error:
            raise refused(self.path, error) from error

    def rows(self) -> Iterator[Row | Problem]:
        """Yield the rows below the head."""
        self.done = 0
        with self._open() as book:
            rows = book[self._sheet].iter_rows(min_row=2, values_only=True)
            for number in count(2):
                try:
                    cells = next(rows, None)
                except Exception as error:  # noqa: BLE001 - whatever a broken one makes it raise
                    said = str(error)[:200] or type(error).__name__
                    yield Problem(f"row {number}", f"and all below cannot be read: {said}")
                    return
                if cells is None:
                    return
                self.done = number - 1
                if any(cell is not None for cell in cells):
                    yield Row(f"row {number}", dict(zip(self.names, cells, strict=False)))


class Parquet:
    """A Parquet file; see :class:`~.opened.Readable`.

    Raises
    ------
    SettingError
        If it cannot be opened.
    """

    kind = "parquet"
    unit = " rows"
    notes: Sequence[str] = ()

    def __init__(self, path: Path) -> None:
        self.path = path
        self.done = 0
        with self._open() as file:
            self.total = file.metadata.num_rows
            self.names: Sequence[str] = file.schema_arrow.names
        self.told: Mapping[str, str] = {"format": "Parquet"}

    def _open(self) -> Any:
        from pyarrow import ArrowException, parquet

        try:
            return parquet.ParquetFile(self.path)
        except (ArrowException, OSError) as error:
            raise refused(self.path, error) from None

    def rows(self) -> Iterator[Row | Problem]:
        """Yield the rows."""
        from pyarrow import ArrowException

        self.done = 0
        with self._open() as file:
            try:
                for batch in file.iter_batches(batch_size=_BATCH):
                    for values in batch.to_pylist():
                        self.done += 1
                        yield Row(f"row {self.done}", values)
            except (ArrowException, OSError, ValueError) as error:
                said = str(error).partition("\n")[0][:200]
                yield Problem(f"row {self.done + 1}", f"and all below cannot be read: {said}")
