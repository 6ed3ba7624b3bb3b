"""A deck as one file to hand on: its text, with a line that says which format it has."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from workbench.errors import DeckError

__all__ = ["pack", "unpack"]

_FORMAT: Final = 1
_HEAD: Final = re.compile(r"# workbench deck, format (\d{1,4})(?:: ([\w-]{1,64}))?[^\n]*\n")


def pack(text: str, *, name: str, when: datetime) -> str:
    r"""Return a deck's file to hand on: people lists, filters and all else that it refers to.

    Whatever a deck refers to stands in its own file, so that nothing has to be added but what it
    is; only collectors that somebody has written themselves must be installed where it is read.

    Parameters
    ----------
    text : str
        The deck's file.
    name : str
        The deck's name, offered to whoever takes it in.
    when : datetime
        When it is handed on.

    Examples
    --------
    >>> from datetime import UTC
    >>> print(pack("title: T\n", name="ceo", when=datetime(2026, 11, 26, 9, 14, tzinfo=UTC)))
    # workbench deck, format 1: ceo, exported 2026-11-26 09:14 UTC
    title: T
    <BLANKLINE>
    """
    return (
        f"# workbench deck, format {_FORMAT}: {name}, exported {when:%Y-%m-%d %H:%M} UTC\n"
        f"{_HEAD.sub('', text, count=1) if _HEAD.match(text) else text}"
    )


def unpack(text: str, *, file: str) -> tuple[str, str]:
    """Return the name and the text of a deck that was handed on.

    A deck's file without the line is taken as it is; its name is then "".

    Raises
    ------
    DeckError
        If its format is newer than what can be read here.
    """
    text = text.removeprefix("\ufeff")
    found = _HEAD.match(text)
    if found is None:
        return "", text
    if int(found[1]) > _FORMAT:
        raise DeckError(
            f"has format {found[1]}, and this workbench reads {_FORMAT} at most; install a newer "
            "one",
            file=file,
            line=1,
        )
    return found[2] or "", text[found.end() :]
