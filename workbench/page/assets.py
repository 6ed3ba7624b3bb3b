"""The page's script and style sheet: put together once, compressed once, named by content."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

from workbench import widgets

__all__ = ["Asset", "load"]


@dataclass(frozen=True, slots=True)
class Asset:
    """One file that the page links.

    Attributes
    ----------
    type : str
        Its media type.
    plain, packed : bytes
        As it is, and by gzip.
    mark : str
        Changes with the content, so that browsers may keep the file for good.
    """

    type: str
    plain: bytes
    packed: bytes
    mark: str


def _asset(kind: str, text: str) -> Asset:
    plain = text.encode()
    packed = gzip.compress(plain, 9, mtime=0)
    return Asset(f"{kind}; charset=utf-8", plain, packed, sha256(plain).hexdigest()[:12])


def load() -> dict[str, Asset]:
    """Return the files under ``static/``, by name: the script, and a style sheet per theme."""
    style = f"{widgets.style()}\n{_sheet('page.css')}"
    sheets = {f"deck-{theme}.css": _themed(style, theme) for theme in ("auto", "light", "dark")}
    return {
        "deck.js": _asset("text/javascript", widgets.script()),
        "notebook.js": _asset("text/javascript", widgets.notebook_script()),
        "notebook.css": _asset("text/css", f"{style}\n{_sheet('notebook.css')}"),
        **{name: _asset("text/css", sheet) for name, sheet in sheets.items()},
    }


def _sheet(name: str) -> str:
    return widgets.lean_style((files("workbench.page") / name).read_text("utf-8"))


def _themed(style: str, theme: str) -> str:
    """Return a style sheet that is light or dark whatever the reader's system is."""
    if theme == "auto":
        return style
    return style.replace("color-scheme:light dark", f"color-scheme:{theme}")
