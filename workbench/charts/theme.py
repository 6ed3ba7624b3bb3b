"""The colours of all charts, on light and on dark ground."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from workbench.errors import SettingError

__all__ = ["SANS", "SERIF", "THEMES", "Theme", "color_of", "theme_named"]

SANS: Final = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
SERIF: Final = 'ui-serif, Georgia, "Times New Roman", serif'

# Okabe and Ito's, those first that differ most from each other and stand out on both grounds.
_OKABE_ITO: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by what they are for, as ``#rrggbb``."""

    card: str
    ink: str
    grey: str
    hairline: str
    control: str
    gap: str
    accent: str
    negative: str
    positive: str
    palette: tuple[str, ...] = _OKABE_ITO


THEMES: Final[Mapping[str, Theme]] = {
    "light": Theme(
        card="#fffefb",
        ink="#1b1d21",
        grey="#5d636e",
        hairline="#e2ded5",
        control="#85888f",
        gap="#bdb6a6",
        accent="#0b5cad",
        negative="#b3382c",
        positive="#1f7a4d",
    ),
    "dark": Theme(
        card="#1b1e23",
        ink="#eceae5",
        grey="#9aa1ac",
        hairline="#2b2f37",
        control="#727987",
        gap="#454b56",
        accent="#6cb2ff",
        negative="#ff8b7e",
        positive="#5cc48f",
        palette=("#56b4e9", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#f0e442"),
    ),
}
"""The two themes, by name."""


def theme_named(name: str) -> Theme:
    """Return a theme by its name.

    Raises
    ------
    SettingError
        If there is none of that name.
    """
    if name not in THEMES:
        raise SettingError(f"theme={name!r} is not one of {', '.join(THEMES)}")
    return THEMES[name]


def color_of(theme: Theme, meaning: str, place: int, *, of: int = 2) -> str:
    """Return a series' colour: by what it means, else by its place among `of` series."""
    meant = {"neg": theme.negative, "pos": theme.positive, "neu": theme.grey}.get(meaning)
    return meant or (theme.accent if of == 1 else theme.palette[place % len(theme.palette)])
