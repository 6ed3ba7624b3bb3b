"""JSON: an object to a line, or one document with a list of objects in it."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

import orjson

from workbench.errors import SettingError
from workbench.imports.opened import BROKEN, Row, Streamed, refused
from workbench.items import Problem

__all__ = ["Document", "Objects", "loads"]

_LONGEST: Final = 1 << 24  # bytes of one object
_CHUNK: Final = 1 << 20
_LISTS: Final = ("data", "items", "posts", "results", "statuses", "records", "entries", "rows")


def loads(text: bytes | str) -> Any:
    """Return what a JSON text says; lone surrogates and NaN are read too.

    Raises
    ------
    ValueError
        If it is none.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            return json.loads(text)
        except RecursionError:
            raise ValueError("is nested too deeply") from None


class Objects(Streamed):
    """A file with an object to a line; see :class:`~.opened.Readable`."""

    kind = "jsonl"
    names: Sequence[str] = ()

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.told: Mapping[str, str] = {"format": "JSON Lines"}

    def rows(self) -> Iterator[Row | Problem]:
        """Yield the objects, as they are, and a problem for each line that is none."""
        number = 0
        with self.inside() as inside:
            try:
                while line := inside.readline(_LONGEST):
                    number += 1
                    where = f"line {number}"
                    if len(line) == _LONGEST and not line.endswith(b"\n"):
                        while (line := inside.readline(_LONGEST)) and not line.endswith(b"\n"):
                            pass
                        yield Problem(where, f"has more than {_LONGEST:,} bytes")
                    elif not line.isspace():
                        yield _object(line, where)
            except BROKEN as error:  # of gzip
                yield Problem(f"line {number + 1}", f"and all below cannot be read: {error}")


def _object(line: bytes, where: str) -> Row | Problem:
    try:
        said = loads(line.removeprefix(b"\xef\xbb\xbf"))
    except ValueError as error:
        return Problem(where, f"is no JSON: {str(error)[:100]}")
    if not isinstance(said, dict):
        return Problem(where, f"is no object but {type(said).__name__}")
    return Row(where, said)


class Document(Streamed):
    """A JSON document: a list of objects, or an object that holds one.

    A list is read piece by piece, so that its size does not matter. An object is read whole,
    and may have 16 MB.
    """

    kind = "json"
    names: Sequence[str] = ()

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.told: Mapping[str, str] = {"format": "JSON"}

    def rows(self) -> Iterator[Row | Problem]:
        """Yield the objects, and a problem for what is none."""
        with self.inside() as inside:
            try:
                head = inside.read(_CHUNK).removeprefix(b"\xef\xbb\xbf").lstrip()
                if head.startswith(b"["):
                    yield from _listed(inside, head[1:])
                else:
                    yield from _held(self.path, head + inside.read(_LONGEST))
            except BROKEN as error:
                raise refused(self.path, error) from None


def _held(path: Path, data: bytes) -> Iterator[Row | Problem]:
    """Yield the rows of an object: those of the list that it holds, else itself."""
    if len(data) > _LONGEST:
        raise SettingError(
            f"{path}: is one JSON object of more than {_LONGEST:,} bytes; a list of objects, or "
            "an object to a line, may be of any size"
        )
    try:
        said = loads(data)
    except ValueError as error:
        raise SettingError(f"{path}: is no JSON: {str(error)[:100]}") from None
    lists = [said.get(name) for name in _LISTS]
    rows = next((each for each in lists if isinstance(each, list) and each), [said])
    if isinstance(said.get("includes"), dict):  # a page of X's, which belongs together
        rows = [said]
    for number, each in enumerate(rows, start=1):
        where = f"object {number}"
        yield Row(where, each) if isinstance(each, dict) else Problem(where, "is no object")


_BETWEEN: Final = re.compile(r"[ \t\r\n,]*")


def _listed(stream: IO[bytes], head: bytes) -> Iterator[Row | Problem]:
    """Yield the objects of a list whose bracket has been read."""
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    read = json.JSONDecoder().raw_decode
    held, place, number = decode(head), 0, 1
    size = _CHUNK
    while True:
        place = _after(held, place)
        if held.startswith("]", place):
            return
        try:
            said, place = read(held, place)
            size = _CHUNK
        except RecursionError:
            yield Problem(f"object {number}", "and all below cannot be read: nested too deeply")
            return
        except ValueError as error:
            # It goes on beyond what has been read, or is broken.
            data = stream.read(size) if len(held) - place <= _LONGEST else b""
            if not data:
                if held[place:].strip():
                    reason = f"and all below cannot be read: {str(error)[:100]}"
                    yield Problem(f"object {number}", reason)
                return
            held, place, size = held[place:] + decode(data), 0, size * 2
            continue
        where = f"object {number}"
        yield Row(where, said) if isinstance(said, dict) else Problem(where, "is no object")
        number += 1


def _after(held: str, place: int) -> int:
    """Return where the next thing begins, behind blanks and a comma."""
    found = _BETWEEN.match(held, place)
    return found.end() if found else place
