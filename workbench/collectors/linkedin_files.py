"""What somebody brings of LinkedIn, as bytes: an export, a table, or one object per line."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, Final

import chardet

from workbench.collectors.linkedin_posts import flatten
from workbench.collectors.linkedin_rows import Context, read_rows
from workbench.collectors.markup import squeeze
from workbench.errors import SourceError
from workbench.items import ParseResult, Problem

__all__ = ["instead", "read_lines", "read_objects", "read_table", "read_zip"]

_LARGEST: Final = 50_000_000  # bytes of one table, unpacked
_SURE: Final = 0.8
_ENOUGH: Final = 200  # bytes
_MOST_ROWS: Final = 500_000
_WANTED: Final = re.compile(r"(shares|comments)(?:[_ -]?\d+)?\.csv")
_COMMENTS: Final = frozenset(("date", "link", "message"))
_SAYING: Final = frozenset(
    (
        *("text", "body", "commentary", "sharecommentary", "share_commentary", "message"),
        *("content", "post_text", "post", "post_content", "description", "title", "headline"),
    )
)


def read_zip(data: bytes, context: Context, result: ParseResult) -> None:
    """Add what a member's own export holds of posts and comments.

    Raises
    ------
    SourceError
        If it is no archive, or holds neither.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            tables = {
                PurePosixPath(info.filename.replace("\\", "/")).name.lower(): info
                for info in archive.infolist()
                if not info.is_dir()
            }
            named = _owner(archive, tables.get("profile.csv")) or context.author
            context = replace(context, author=named)
            wanted = [name for name in sorted(tables) if _WANTED.fullmatch(name)]
            for name in wanted:
                try:
                    read_table(_unpacked(archive, tables[name]), context, result, what=name)
                except SourceError as error:
                    result.problems.append(Problem(name, str(error)))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError) as error:
        raise SourceError(f"linkedin: the archive cannot be read ({str(error)[:100]})") from None
    if not wanted:
        raise SourceError(
            "linkedin: the archive holds neither Shares.csv nor Comments.csv; ask LinkedIn for "
            "the larger export, under Settings, Data privacy"
        )


def _owner(archive: zipfile.ZipFile, info: zipfile.ZipInfo | None) -> str | None:
    """Return the name of the member whose export it is."""
    if info is None:
        return None
    try:
        row = next(_rows(_decoded(_unpacked(archive, info))), {})
    except (SourceError, csv.Error):
        return None
    names = (str(row.get(field) or "").strip() for field in ("First Name", "Last Name"))
    return squeeze(" ".join(filter(None, names)))[:300] or None


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return a table; what it says of its own size is not believed."""
    with archive.open(info) as packed:
        data = packed.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise SourceError(f"is larger than {_LARGEST // 1_000_000} MB unpacked, and is left out")
    return data


def read_table(data: bytes, context: Context, result: ParseResult, *, what: str = "row") -> None:
    """Add the posts of a table with a line of headings.

    Raises
    ------
    SourceError
        If no heading says where a post's text is.
    """
    text = _decoded(data)
    headings = {_plain(name) for name in next(_reader(text, ""), []) if name}
    if not headings & _SAYING:
        raise SourceError(instead(data))
    rows: Iterable[Mapping[str, Any]] = _rows(text)
    if headings >= _COMMENTS and "shares" not in what:
        rows = ({**row, "answers": row.get("Link")} for row in rows)
    try:
        read_rows(_bounded(rows, result, what), context, result, what=_line(what))
    except csv.Error as error:
        result.problems.append(Problem(what, f"ends in what is no table ({str(error)[:80]})"))


def _line(what: str) -> str:
    return what if what == "row" else f"{what} row"


def _plain(name: str) -> str:
    return re.sub(r"\W+", "_", name.strip().lower().lstrip("\ufeff"))


def _rows(text: str) -> Iterator[dict[str, Any]]:
    head = {_plain(name) for name in next(_reader(text, ""), []) if name}
    # In the table of comments quotes are written with a backslash.
    lines = _reader(text, "\\" if head >= _COMMENTS else "")
    names = next(lines, [])
    for line in lines:
        if line:
            yield dict(zip(names, line, strict=False))


def _reader(text: str, escape: str) -> Iterator[list[str]]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    return iter(
        csv.reader(
            io.StringIO(text.replace("\x00", "")), delimiter=delimiter, escapechar=escape or None
        )
    )


def _decoded(data: bytes) -> str:
    for name in ("utf-8-sig", "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"):
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    # Of a few letters nobody can tell; then it is what spreadsheets in the West write.
    guess = chardet.detect(data[:100_000])
    is_sure = (guess["confidence"] or 0) > _SURE and len(data) > _ENOUGH
    try:
        return data.decode((is_sure and guess["encoding"]) or "windows-1252", "replace")
    except LookupError:
        return data.decode("windows-1252", "replace")


def _bounded(
    rows: Iterable[Mapping[str, Any]], result: ParseResult, what: str
) -> Iterator[Mapping[str, Any]]:
    for number, row in enumerate(rows):
        if number == _MOST_ROWS:
            result.problems.append(Problem(what, f"has more than {_MOST_ROWS:,} rows, cut"))
            return
        yield row


def read_objects(given: list[Any], context: Context, result: ParseResult) -> None:
    """Add the posts of a list of objects."""
    rows = (flatten(each) if isinstance(each, dict) else {} for each in given)
    read_rows(_bounded(rows, result, "object"), context, result, what="object")


def read_lines(data: bytes, context: Context, result: ParseResult) -> None:
    """Add the posts of one object per line; a line that is none is a problem, as is a cut one.

    Raises
    ------
    SourceError
        If no line is an object.
    """
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
        except (ValueError, RecursionError):
            given = None
        if isinstance(given, dict):
            rows.append(flatten(given))
        else:
            result.problems.append(Problem(f"line {number}", "is no object"))
    if not rows and result.problems:
        raise SourceError(instead(data))
    read_rows(_bounded(rows, result, "object"), context, result, what="object")


def instead(data: bytes) -> str:
    """Return what came instead of posts."""
    head = squeeze(data[:200].decode("utf-8", "replace"))[:60]
    if head.lower().startswith(("<!doctype html", "<html")):
        return "linkedin: got a web page instead of posts"
    return (
        f"linkedin: what was given holds no posts, it begins {head!r}; bring the export's ZIP, a "
        "table with a heading such as text, or one JSON object per line"
    )
