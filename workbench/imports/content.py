"""What a file is, by what is in it; its name says nothing that counts."""

from __future__ import annotations

import re
import zipfile
from contextlib import closing
from pathlib import Path
from typing import IO, Final

from workbench.errors import SettingError
from workbench.imports.delimited import SEPARATORS, Delimited
from workbench.imports.opened import BROKEN, Packed, Readable, peek, raw, refused
from workbench.imports.plain import known
from workbench.imports.records import Document, Objects, loads
from workbench.imports.reports import Report
from workbench.imports.sheets import Parquet, Workbook

__all__ = ["opened"]

_HEAD: Final = 4_096
_LINE: Final = 1 << 24
_OLE: Final = b"\xd0\xcf\x11\xe0"
_LINKEDIN: Final = re.compile(r"(shares|comments)([_ -]?\d+)?\.csv")
_MARK: Final = b"\xef\xbb\xbf"


def opened(
    path: Path,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    title: str | None = None,
) -> Readable:
    """Open a file: rows as CSV, JSON, JSON Lines, Excel or Parquet, or a report as PDF.

    Parameters
    ----------
    path : Path
    encoding, separator : str, optional
        Of CSV; guessed unless given. A separator may be given by its name, such as ``tab``.
    sheet : str, optional
        Of a workbook; the first unless given.
    title : str, optional
        Of a report; else what it calls itself.

    Raises
    ------
    SettingError
        If it cannot be read, or is nothing that can be imported; the message says what it is.
    """
    if path.is_dir():
        raise SettingError(f"{path} is a folder; name the files in it")
    below, inside = raw(path)
    with closing(below):
        head = peek(inside, _HEAD)
        text = head.removeprefix(_MARK).lstrip()
        if b"%PDF-" in head[:1024]:
            return Report(path, title=title)
        if title is not None:
            raise SettingError(f"{path}: title={title!r} is for a PDF; rows have their own")
        if head.startswith(b"PAR1"):
            return Parquet(path)
        if head.startswith(b"PK\x03\x04"):
            return _unpacked(path, sheet)
        if text.startswith(b"{"):
            inside.seek(0)
            is_listed = _is_object(_read_line(path, inside)) and _read_line(path, inside)
            return Objects(path) if is_listed else Document(path)
        if text.startswith(b"[") and text[1:].lstrip()[:1] in {b"{", b"]"}:
            return Document(path)
    _refuse(path, head, text)
    if separator is not None:
        separator = SEPARATORS.get(separator, separator)
        if len(separator) != 1 or separator in '"\r\n':
            raise SettingError(
                f"separator={separator!r} is not one character, nor {', '.join(SEPARATORS)}"
            )
    return Delimited(path, encoding=encoding and known(encoding), separator=separator)


def _read_line(path: Path, stream: IO[bytes]) -> bytes:
    try:
        while (line := stream.readline(_LINE)).strip() in {b"", _MARK}:
            if not line:
                break
    except BROKEN as error:
        raise refused(path, error) from None
    return line


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(loads(line.removeprefix(_MARK)), dict)
    except ValueError:
        # A broken first line of many is one row lost, if the line ends as an object does.
        return line.rstrip().endswith(b"}") and line.startswith(b"{") and line.rstrip() != b"{}"


def _unpacked(path: Path, sheet: str | None) -> Readable:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise refused(path, error) from None
    if any(name.startswith("xl/") for name in names):
        return Workbook(path, sheet=sheet)
    bare = {name.rpartition("/")[2].lower() for name in names}
    if any(_LINKEDIN.fullmatch(name) for name in bare):
        return Packed(path, {"format": "ZIP", "holds": "LinkedIn's own export"})
    shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
    raise SettingError(f"{path}: is a ZIP of {shown}; unpack it and import the files in it")


def _refuse(path: Path, head: bytes, text: bytes) -> None:
    """Refuse what is no text of rows."""
    start = text[:200].lower()
    if not head and path.stat().st_size:
        raise SettingError(f"{path}: cannot be read: what is packed in it is damaged")
    if not head.strip():
        raise SettingError(f"{path}: is empty")
    if head.startswith(_OLE):
        raise SettingError(
            f"{path}: is an old or protected Excel file; save it as .xlsx or CSV, without password"
        )
    if start.startswith((b"<!doctype html", b"<html", b"<?xml", b"<rss", b"<svg")):
        raise SettingError(f"{path}: is a page or XML, no table; save the rows as CSV or JSON")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    zeros = head.count(0)
    odd = sum(byte < 9 or 13 < byte < 32 for byte in head) - zeros
    # In UTF-16 every second byte is a NUL, in binary files some are.
    if odd > len(head) // 20 or len(head) // 20 < zeros < len(head) // 4:
        raise SettingError(
            f"{path}: is no CSV, JSON, Excel, Parquet or PDF; it begins {head[:8]!r}"
        )
