"""Where the files lie that come with the package: fixtures, labelled texts, decks, notebooks."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from workbench.errors import SettingError

__all__ = ["is_installed", "path"]

_PACKAGE: Final = Path(__file__).parent
_IN_CHECKOUT: Final = {
    "fixtures": "data/fixtures",
    "labelled": "data/labelled",
    "decks": "decks",
    "notebooks": "notebooks",
}


def is_installed() -> bool:
    """Return whether what comes along lies inside an installed package, not in a checkout."""
    return (_PACKAGE / "share").is_dir()


def path(kind: str) -> Path:
    """Return the folder of what comes along, in an installed wheel or in a checkout.

    Parameters
    ----------
    kind : {"fixtures", "labelled", "decks", "notebooks"}
        What is looked for.

    Raises
    ------
    SettingError
        If nothing of that kind comes along.
    """
    inside = _IN_CHECKOUT.get(kind)
    if inside is None:
        raise SettingError(f"{kind!r} is not one of {', '.join(_IN_CHECKOUT)}")
    # The wheel's own folder goes first: beside an installed package, `decks` may be anybody's.
    for folder in (_PACKAGE / "share" / kind, _PACKAGE.parent / inside):
        if folder.is_dir():
            return folder
    raise SettingError(
        f"the {kind} that come with the workbench are missing; install boardroom-workbench anew, "
        "or run it from a whole checkout"
    )
