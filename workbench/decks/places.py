"""Where decks lie, and where one that came along is saved once it is changed."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

import platformdirs

from workbench import share
from workbench.decks.reading import nearest
from workbench.errors import DeckError

__all__ = ["copied", "find", "is_packaged", "names", "own", "own_folders", "place_for"]

_ENDINGS: Final = (".yaml", ".yml")
_NAME: Final = re.compile(r"[^\W_][\w-]{0,63}")


def own_folders() -> list[Path]:
    """Return where decks of the user's own may lie: here, and the user's configuration.

    A workspace has its notebooks beside its decks, and a notebook runs in its own folder.
    """
    here = [Path("decks")]
    if Path.cwd().name == "notebooks":
        here.append(Path("..") / "decks")
    return [*here, platformdirs.user_config_path("workbench", appauthor=False) / "decks"]


def names() -> list[str]:
    """Return the names of all decks that :func:`load` finds, each once, in order."""
    found = {
        path.stem
        for folder in (*own_folders(), share.path("decks"))
        for ending in _ENDINGS
        for path in folder.glob(f"*{ending}")
    }
    return sorted(found)


def find(deck: str | Path) -> Path:
    """Return the file of a deck, found as :func:`load` finds it.

    Raises
    ------
    DeckError
        If there is no deck of that name.
    """
    text = os.fspath(deck)
    if isinstance(deck, Path) or text.endswith(_ENDINGS) or os.sep in text or "/" in text:
        return Path(deck)
    return _named(text)


def _named(name: str) -> Path:
    for folder in (*own_folders(), share.path("decks")):
        for ending in _ENDINGS:
            path = folder / f"{name}{ending}"
            if path.is_file():
                return path
    known = names()
    raise DeckError(
        f"there is no deck of that name{nearest(name, known)} Decks: {', '.join(known) or 'none'}; "
        "or give the path of a YAML file",
        file=name,
    )


def is_packaged(path: Path) -> bool:
    """Return whether a deck came along with the workbench, and is not to be written into."""
    shipped = share.path("decks").resolve()
    path = path.resolve()
    return path.parent == shipped and (share.is_installed() or path.stem == "demo")


def own(path: Path) -> Path:
    """Return where a deck is saved: its own file, or for one that came along a copy's.

    The copy lies where it is found under the same name from then on; where that cannot be, as
    in a checkout, it has another name.
    """
    if not is_packaged(path):
        return path
    shipped = path.resolve().parent
    folders = own_folders()
    for folder in folders:
        if folder.resolve() == shipped:  # found there first, whatever lies elsewhere
            return folders[-1] / f"my-{path.stem}.yaml"
        if folder.is_dir():
            return folder / f"{path.stem}.yaml"
    return folders[-1] / f"{path.stem}.yaml"


def copied(path: Path) -> Path:
    """Return the file into which a deck may be written; of one that came along a copy is made."""
    here = own(path)
    if here != path and not here.exists():
        here.parent.mkdir(parents=True, exist_ok=True)
        here.write_bytes(path.read_bytes())
    return here


def place_for(name: str) -> Path:
    """Return the file that a new deck of this name gets, in a folder of the user's own.

    Raises
    ------
    DeckError
        If it is no name for a deck, or there is one of that name.
    """
    if not _NAME.fullmatch(name):
        raise DeckError(
            "a deck's name is letters, digits, - and _, at most 64; it is the name of its file "
            "and part of its page's address",
            file=name[:80],
        )
    if name in names():
        raise DeckError("there is a deck of that name already; choose another", file=name)
    folders = own_folders()
    shipped = share.path("decks").resolve()
    there = [each for each in folders if each.is_dir() and each.resolve() != shipped]
    return (there or folders[-1:])[0] / f"{name}.yaml"
