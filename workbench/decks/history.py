"""What a deck looked like each time it was saved: the last versions, kept beside the decks."""

from __future__ import annotations

import difflib
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from workbench import clock
from workbench.decks.files import replace
from workbench.errors import DeckError

__all__ = ["MOST", "Version", "compare", "keep", "shelf", "version", "versions"]

MOST: Final = 20
"""Versions of a deck that are kept."""

_HEAD: Final = "# workbench version "
_ID: Final = re.compile(r"\d{8}T\d{12}")
_LONGEST_NOTE: Final = 300


@dataclass(frozen=True, slots=True)
class Version:
    """A deck as it was saved once.

    Attributes
    ----------
    id : str
        Names it among the versions of its deck.
    saved : datetime
        When, UTC.
    columns : int
        How many columns it had.
    note : str
        What was done to it since the version before.
    who : str
        Who saved it, as the system knows them; "" if it does not.
    text : str
        The deck's file.
    """

    id: str
    saved: datetime
    columns: int
    note: str
    who: str
    text: str


def shelf(path: Path) -> Path:
    """Return the folder where a deck's versions lie, and drafts of it that are not saved."""
    path = path.resolve()
    return path.parent / ".versions" / path.stem


def keep(path: Path, text: str, *, columns: int, note: str, who: str) -> Version:
    """Keep a version of a deck, and let the oldest go where there are too many.

    Parameters
    ----------
    path : Path
        The deck's file.
    text : str
        What it holds.
    columns : int
    note : str
    who : str

    Raises
    ------
    DeckError
        If it cannot be written.
    """
    now = clock.now()
    made = Version(f"{now:%Y%m%dT%H%M%S%f}", now, columns, note[:_LONGEST_NOTE], who, text)
    told = {
        "saved": now.isoformat(),
        "columns": columns,
        "note": made.note,
        "who": who,
    }
    folder = shelf(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DeckError(f"cannot be written: {error.strerror}", file=str(folder)) from None
    replace(folder / f"{made.id}.yaml", f"{_HEAD}{json.dumps(told)}\n{text}".encode())
    for each in sorted(_files(folder), reverse=True)[MOST:]:
        with suppress(OSError):
            each.unlink()
    return made


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*.yaml") if _ID.fullmatch(path.stem)]


def versions(path: Path) -> list[Version]:
    """Return the versions of a deck that are kept, the newest first; what is damaged is left out.

    Parameters
    ----------
    path : Path
        The deck's file.
    """
    read = (_read(each) for each in sorted(_files(shelf(path)), reverse=True))
    return [each for each in read if each]


def version(path: Path, ident: str) -> Version:
    """Return a version of a deck.

    Raises
    ------
    DeckError
        If there is none of that id, or it cannot be read.
    """
    found = _read(shelf(path) / f"{ident}.yaml") if _ID.fullmatch(ident) else None
    if found is None:
        raise DeckError(
            f"there is no version {ident[:40]!r}; only the last {MOST} are kept", file=path.name
        )
    return found


def _read(path: Path) -> Version | None:
    try:
        head, _, text = path.read_bytes().decode().partition("\n")
        told: dict[str, Any] = json.loads(head.removeprefix(_HEAD))
        return Version(
            id=path.stem,
            saved=datetime.fromisoformat(told["saved"]),
            columns=int(told["columns"]),
            note=str(told["note"]),
            who=str(told["who"]),
            text=text,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def compare(before: str, after: str, *, names: tuple[str, str]) -> str:
    r"""Return what has to change for one text to become another, as a unified diff.

    Examples
    --------
    >>> print(compare("a\nb\n", "a\nc\n", names=("now", "then")), end="")
    --- now
    +++ then
    @@ -1,2 +1,2 @@
     a
    -b
    +c
    """
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), *names, lineterm="", n=3)
    return "".join(f"{line}\n" for line in lines)
