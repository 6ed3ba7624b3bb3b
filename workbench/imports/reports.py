"""Reports as PDF: their text, as far as they hold any."""

from __future__ import annotations

import hashlib
import io
import logging
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from workbench.collectors.markup import cut, squeeze
from workbench.errors import SettingError
from workbench.imports.opened import Row, refused
from workbench.items import Problem

__all__ = ["LONGEST", "Report"]

LONGEST: Final = 100_000
"""Characters that are kept of a report's text."""

_MOST_PAGES: Final = 500
_PATIENCE: Final = 60.0  # seconds; a few kB can draw without end on each of their pages
_LARGEST: Final = 200 << 20
_LONGEST_NAME: Final = 300
# At a line's end a hyphen that is followed by a small letter parts one word.
_PARTED: Final = re.compile(r"(?<=[^\W\d_])[-\u00ad]\n(?=[^\W\d_A-Z])")


class Report:
    """A PDF as a file of one row; see :class:`~.opened.Readable`.

    Its fields are ``id`` (by its content), ``title``, ``text`` and ``author``.

    Parameters
    ----------
    path : Path
    title : str, optional
        Else what the file calls itself, else the file's name.

    Raises
    ------
    SettingError
        If it cannot be read, or only with a password.
    """

    kind = "pdf"
    unit = " rows"
    total = 1
    names: Sequence[str] = ("id", "title", "text", "author")

    def __init__(self, path: Path, *, title: str | None = None) -> None:
        self.path = path
        self.done = 0
        self.notes: list[str] = []
        self.made: datetime | None = None
        try:
            if path.stat().st_size > _LARGEST:
                raise SettingError(f"{path}: has more than {_LARGEST >> 20} MB; split it")
            data = path.read_bytes()
        except OSError as error:
            raise refused(path, error) from None
        self._values: Mapping[str, Any] = {
            "id": hashlib.sha256(data).hexdigest()[:24],
            **self._read(data, title),
        }
        self.told: Mapping[str, str] = {
            "format": "PDF",
            "pages": f"{self._pages:,}",
            **({"made on": f"{self.made:%Y-%m-%d}"} if self.made else {}),
        }

    def rows(self) -> Iterator[Row | Problem]:
        """Yield the one row."""
        self.done = 1
        yield Row("the report", self._values)

    def _read(self, data: bytes, title: str | None) -> dict[str, str]:
        from pypdf import PdfReader

        # What it finds odd is told by it as a warning for each, and by us once.
        logging.getLogger("pypdf").setLevel(logging.CRITICAL)
        try:
            reader = PdfReader(io.BytesIO(data))
            # Without a password it may be encrypted all the same.
            is_open = not reader.is_encrypted or bool(reader.decrypt(""))
            self._pages = len(reader.pages) if is_open else 0
        except Exception as error:  # whatever a broken file makes it raise
            if b"/Encrypt" not in data:
                raise refused(self.path, error) from error
            is_open = False
        if not is_open:
            raise SettingError(
                f"{self.path}: is encrypted; save it without its password, as by printing it to "
                "a PDF, and import that"
            )
        text = self._text(reader)
        about = _about(reader)
        self.made = about.pop("made", None)
        called = squeeze(title or "") or about.get("title") or self.path.stem
        return {"title": called, "text": text, "author": about.get("author", "")}

    def _text(self, reader: Any) -> str:
        parts: list[str] = []
        length = 0
        broken = 0
        until = time.monotonic() + _PATIENCE
        for number in islice(range(self._pages), _MOST_PAGES):
            if number and time.monotonic() > until:
                self.notes.append(
                    f"takes too long to be read; its text is that up to page {number} of "
                    f"{self._pages:,}"
                )
                break
            try:
                part = squeeze(str(reader.pages[number].extract_text()))
            except Exception:  # noqa: BLE001 - whatever a broken page makes it raise
                broken += 1
                continue
            parts.append(part)
            length += len(part)
            if length > LONGEST:
                self.notes.append(
                    f"its text is kept up to page {number + 1} of {self._pages:,}, the first "
                    f"{LONGEST:,} characters"
                )
                break
        else:
            if self._pages > _MOST_PAGES:
                self.notes.append(f"of its {self._pages:,} pages the first {_MOST_PAGES} are read")
        if broken:
            self.notes.append(f"{broken} of its {self._pages:,} pages cannot be read")
        text = _PARTED.sub("", "\n".join(filter(None, parts)))
        if not any(char.isalnum() for char in text):
            self.notes.append(
                "holds no text, as a scan does: only its title can be searched. Text recognition "
                "(OCR) gives it some; import that file then"
            )
        return cut(text, LONGEST)


def _about(reader: Any) -> dict[str, Any]:
    """Return what a PDF says of itself: title, author and when the file was made."""
    found: dict[str, Any] = {}
    try:
        said = reader.metadata
        for name in ("title", "author"):
            value = getattr(said, name, None)
            if isinstance(value, str) and squeeze(value):
                found[name] = squeeze(value).replace("\n", " ")[:_LONGEST_NAME]
        made = getattr(said, "creation_date", None)
        if isinstance(made, datetime):
            found["made"] = made
    except Exception:  # noqa: BLE001 - whatever a broken file makes it raise
        return found
    return found
