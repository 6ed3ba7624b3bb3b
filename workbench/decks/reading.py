"""Deck files: YAML read into places that know their file, line and key."""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from workbench import clock
from workbench.errors import DeckError, SettingError

__all__ = ["LARGEST", "Place", "decode", "nearest", "plain", "read", "read_text"]

LARGEST: Final = 128 * 1024
"""Bytes of a deck file."""

_DEEPEST: Final = 12
_LONGEST_NUMBER: Final = 40
_NUMBER: Final = re.compile(r"[-+]?(0x[\da-fA-F_]+|0[ob][\d_]+|[\d_.,:eE+-]+)")


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a half sentence that suggests the known name most like this one, or nothing."""
    found = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {found[0]}?" if found else ""


@dataclass(frozen=True, slots=True)
class Place:
    """One value of a deck file, and where it stands.

    Parameters
    ----------
    value : object
        What YAML made of it.
    file : str
        The deck's file, as named by whoever asked for it.
    line : int
        Line, from 1.
    key : str
        Path of the key, as in ``columns[2].query``.
    """

    value: Any
    file: str
    line: int
    key: str = ""

    def error(self, message: str, *, position: int | None = None) -> DeckError:
        """Return an error that points here, and into a query if that is what stands here."""
        return DeckError(message, file=self.file, line=self.line, key=self.key, position=position)

    def _wrong(self, wanted: str) -> DeckError:
        if self.value is None:
            return self.error(
                f"is empty; it needs {wanted}. A value that begins with # is a comment to "
                "YAML: put it in quotes"
            )
        return self.error(f"is {_kind(self.value)}; it needs {wanted}")

    def mapping(self, allowed: Collection[str] | None = None) -> dict[str, Place]:
        """Return what stands under each key; a key that is not allowed is an error.

        With `allowed` None every key will do.
        """
        if not isinstance(self.value, Mapping):
            wanted = "keys and values" if allowed is None else f"keys ({', '.join(allowed)})"
            raise self._wrong(wanted)
        found: dict[str, Place] = {}
        for key, value in self.value.items():
            line = self.value.lc.key(key)[0] + 1  # type: ignore[attr-defined]  # ruamel's own
            place = Place(value, self.file, line, f"{self.key}.{key}" if self.key else str(key))
            if not isinstance(key, str):
                raise place.error(f"the key is {_kind(key)}; a key is text, so put it in quotes")
            if allowed is not None and key not in allowed:
                guess = nearest(key, allowed) or "."
                raise place.error(f"unknown key{guess} Allowed here: {', '.join(allowed)}")
            _check_comment(place, self.value, key, 2)
            found[key] = place
        return found

    def sequence(self) -> list[Place]:
        """Return the entries of a list."""
        if isinstance(self.value, str) or not isinstance(self.value, Sequence):
            raise self._wrong("a list, one entry to a line, each after a dash")
        lines = self.value.lc  # type: ignore[attr-defined]  # ruamel's own
        found = []
        for n, value in enumerate(self.value):
            place = Place(value, self.file, lines.item(n)[0] + 1, f"{self.key}[{n + 1}]")
            _check_comment(place, self.value, n, 0)
            found.append(place)
        return found

    def words(self) -> list[Place]:
        """Return the entries of a list of texts; a single text is a list of one."""
        return [self] if isinstance(self.value, str) else self.sequence()

    def text(self) -> str:
        """Return a text that is not blank."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self._wrong("text; put it in quotes if YAML takes it for something else")
        return str(self.value).strip()

    def choice(self, options: Collection[str]) -> str:
        """Return a text that is one of the options."""
        if self.value not in options:
            shown = self.value if isinstance(self.value, str) else _kind(self.value)
            guess = nearest(shown, options)
            raise self.error(f"{shown!r} is not one of {', '.join(options)}{guess}")
        return str(self.value)

    def switch(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            raise self.error(f"is {self.value!r}; it needs true or false")
        return self.value

    def span(self, *, least: timedelta, most: timedelta) -> timedelta:
        """Return a span of time such as ``5m``, within bounds."""
        try:
            found = clock.span(self.text())
        except SettingError as error:
            raise self.error(str(error)) from None
        if not least <= found <= most:
            raise self.error(f"{self.value} is out of bounds; it may be {least} to {most}")
        return found


def plain(value: Any) -> Any:
    """Return what YAML made of a value as plain data, that JSON can hold: dates become text."""
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Sequence):
        return [plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or value is None:
        return value
    return int(value) if isinstance(value, int) else float(value)


def _check_comment(place: Place, holder: Any, key: object, slot: int) -> None:
    """Refuse a hashtag that YAML took for a comment, as in ``query: acme OR #acme``.

    What is left of such a value may well be a query, but not the one that was meant.
    """
    if isinstance(place.value, Mapping) or (
        isinstance(place.value, Sequence) and not isinstance(place.value, str)
    ):
        return
    token = holder.ca.items.get(key, [None] * 4)[slot]
    comment = getattr(token, "value", "")
    if re.match(r"#\w", comment):
        cut = comment.splitlines()[0]
        raise place.error(
            f"YAML takes {cut!r} for a comment; put the whole value in quotes, or write a "
            "blank after # if it is a comment"
        )


def _kind(value: object) -> str:
    """Say what a value is, in words for somebody who wrote YAML."""
    if isinstance(value, bool):
        return "yes or no"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, Mapping):
        return "a group of keys"
    if isinstance(value, str):
        return "text" if value.strip() else "blank"
    if isinstance(value, Sequence):
        return "a list"
    return "nothing" if value is None else "a date" if hasattr(value, "year") else "no plain value"


def _check_shape(text: str, file: str) -> None:
    """Refuse what makes a small file large or deep, before anything is built from it."""
    depth = 0
    for event in YAML().parse(io.StringIO(text)):
        kind = type(event).__name__
        depth += kind.endswith("StartEvent") - kind.endswith("EndEvent")
        line = event.start_mark.line + 1
        if kind == "AliasEvent" or getattr(event, "anchor", None):
            raise DeckError(
                "a deck has no anchors (&) or aliases (*); write the value out, "
                "or put it in quotes",
                file=file,
                line=line,
            )
        if kind == "ScalarEvent" and event.value == "<<" and not event.style:
            raise DeckError("a deck has no merges (<<); write them out", file=file, line=line)
        if getattr(event, "tag", None) not in (None, "!"):
            raise DeckError("a deck has no tags (!); put the value in quotes", file=file, line=line)
        if (
            kind == "ScalarEvent"
            and not event.style
            and len(event.value) > _LONGEST_NUMBER
            and _NUMBER.fullmatch(event.value)
        ):
            raise DeckError(
                "a number of so many digits is none that a deck needs", file=file, line=line
            )
        if depth > _DEEPEST:
            raise DeckError("nested too deeply for a deck", file=file, line=line)


def _lines(problem: MarkedYAMLError) -> Iterator[int]:
    for mark in (problem.problem_mark, problem.context_mark):
        if mark is not None:
            yield mark.line + 1


def read(path: Path, file: str) -> Place:
    """Read a deck file.

    Parameters
    ----------
    path : Path
        The file.
    file : str
        How errors shall name it.

    Returns
    -------
    Place
        The whole of it.

    Raises
    ------
    DeckError
        If it cannot be read, is too large, or is no YAML.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise DeckError(f"cannot be read: {error.strerror}", file=file) from None
    if len(data) > LARGEST:
        raise DeckError(f"larger than {LARGEST // 1024} kB, which no deck needs", file=file)
    return read_text(decode(data, file), file)


def decode(data: bytes, file: str) -> str:
    """Return a deck file's bytes as text.

    Raises
    ------
    DeckError
        If they are not UTF-8.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DeckError("is not UTF-8 text; save it as UTF-8", file=file, line=line) from None


def read_text(text: str, file: str) -> Place:
    """Read a deck from text, as :func:`read` does from a file."""
    try:
        _check_shape(text, file)
        value = YAML().load(text)
    except DeckError:
        raise
    except MarkedYAMLError as error:
        problem = " ".join(str(error.problem or error.context or "is no YAML").split())
        raise DeckError(f"{problem} (YAML)", file=file, line=next(_lines(error), None)) from None
    except (YAMLError, ValueError) as error:
        problem = " ".join(str(error).split())
        raise DeckError(f"is no YAML: {problem}", file=file) from None
    return Place(value, file, 1)
