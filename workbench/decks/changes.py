"""Changes of a deck file: small steps that are taken on its data and on its text alike."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from workbench.decks import surgery
from workbench.decks.reading import Place, plain, read_text
from workbench.decks.surgery import Path, Unwritable
from workbench.errors import DeckError

__all__ = ["Change", "Drop", "Extend", "Insert", "Move", "Put", "changed", "settled", "tidy"]


_HALF: Final = re.compile("[\ud800-\udfff]")


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


@dataclass(frozen=True, slots=True)
class Put:
    """A key gets a value, be there one already or not.

    Parameters
    ----------
    path : Path
    value : object
    order : sequence of str
        Keys as they usually follow each other, for one that is new.
    """

    path: Path
    value: Any
    order: Sequence[str] = ()

    def on_data(self, data: Any) -> None:
        """Take the step on what YAML has read."""
        _at(data, self.path[:-1])[self.path[-1]] = self.value

    def on_text(self, text: str) -> str:
        """Take the step on the file's text."""
        return surgery.put(text, self.path, self.value, order=self.order)


@dataclass(frozen=True, slots=True)
class Drop:
    """A key or an entry of a list goes."""

    path: Path

    def on_data(self, data: Any) -> None:
        """Take the step on what YAML has read."""
        del _at(data, self.path[:-1])[self.path[-1]]

    def on_text(self, text: str) -> str:
        """Take the step on the file's text."""
        return surgery.drop(text, self.path)


@dataclass(frozen=True, slots=True)
class Insert:
    """A list gets one more entry at a position."""

    path: Path
    at: int
    value: Any

    def on_data(self, data: Any) -> None:
        """Take the step on what YAML has read."""
        _at(data, self.path).insert(self.at, self.value)

    def on_text(self, text: str) -> str:
        """Take the step on the file's text."""
        return surgery.insert(text, self.path, self.at, self.value)


@dataclass(frozen=True, slots=True)
class Extend:
    """A list gets more entries at its end."""

    path: Path
    values: Sequence[Any]

    def on_data(self, data: Any) -> None:
        """Take the step on what YAML has read."""
        _at(data, self.path).extend(self.values)

    def on_text(self, text: str) -> str:
        """Take the step on the file's text."""
        return surgery.extend(text, self.path, self.values)


@dataclass(frozen=True, slots=True)
class Move:
    """An entry of a list goes to another position."""

    path: Path
    start: int
    to: int

    def on_data(self, data: Any) -> None:
        """Take the step on what YAML has read."""
        entries = _at(data, self.path)
        entries.insert(self.to, entries.pop(self.start))

    def on_text(self, text: str) -> str:
        """Take the step on the file's text."""
        return surgery.move(text, self.path, self.start, self.to)


Change = Put | Drop | Insert | Extend | Move


def _by_surgery(text: str, changes: Sequence[Change]) -> str:
    for change in changes:
        text = change.on_text(text)
    return text


def _by_rewriting(text: str, changes: Sequence[Change]) -> str:
    """Return the file as the YAML library writes it: comments stay, spacing may not."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000
    whole = yaml.load(text)
    for change in changes:
        change.on_data(whole)
    out = io.StringIO()
    yaml.dump(whole, out)
    return out.getvalue()


_WAYS: Final[Sequence[Callable[[str, Sequence[Change]], str]]] = (_by_surgery, _by_rewriting)


def changed(text: str, data: Any, changes: Sequence[Change], *, file: str) -> tuple[str, Place]:
    """Return a deck file's text after changes, and what YAML makes of it.

    Lines that no change is about stay as they are, where the file is written line by line; a
    file whose columns stand in braces is written anew by the YAML library, comments kept. What
    comes of it is read again, and taken only if it says what it should.

    Parameters
    ----------
    text : str
    data : mapping
        The same as plain data.
    changes : sequence of Change
    file : str
        How errors shall name it.

    Raises
    ------
    DeckError
        If it cannot be done.
    """
    wanted = deepcopy(data)
    for change in changes:
        change.on_data(wanted)
    if _HALF.search(json.dumps(wanted, ensure_ascii=False)):
        raise DeckError("holds half of a sign, which no file can", file=file)
    for way in _WAYS:
        try:
            made = way(text, changes)
            place = read_text(made, file)
            if plain(place.value) == wanted:
                return made, place
        except (Unwritable, DeckError, YAMLError):
            continue
    raise DeckError(
        "holds something that cannot be written, or is written in a way that cannot be changed "
        "here; change it by hand",
        file=file,
    )


def tidy(column: Mapping[str, Any], order: Sequence[str]) -> dict[str, Any]:
    """Return a new column's settings in the usual order, without those that say nothing."""
    told = {str(name): each for name, each in column.items() if not _is_nothing(name, each)}
    first = {name: told[name] for name in order if name in told}
    return first | told


def _is_nothing(name: str, value: Any) -> bool:
    """Return whether a value says no more than a setting that is not there."""
    is_off = name == "collapsed" and value is False
    return value is None or is_off or (isinstance(value, str | list | Mapping) and not value)


def settled(
    path: Path,
    before: Mapping[str, Any],
    wanted: Mapping[str, Any],
    order: Sequence[str],
) -> list[Change]:
    """Return the changes by which settings become others; None takes one away.

    Parameters
    ----------
    path : Path
        Where the settings stand.
    before, wanted : mapping
        What stands there; what shall, of those settings that are to change.
    order : sequence of str
        Names as they usually follow each other.
    """
    changes: list[Change] = []
    for name, value in wanted.items():
        if _is_nothing(name, value):
            if name in before:
                changes.append(Drop((*path, name)))
        elif before.get(name) != value or name not in before:
            changes.append(Put((*path, name), value, order))
    return changes
