"""The page's scripts and style sheets: put together once, compressed once, named by content."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from workbench import widgets

__all__ = ["Asset", "load", "sheet"]


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


@cache
def sheet(theme: str = "auto") -> str:
    """Return the style sheet of a deck's page, which stands in the page itself.

    All themes but contrast share one; whether it is light or dark the page says.
    """
    return _themed(f"{widgets.style()}\n{_sheet('page.css')}", theme)


def load() -> dict[str, Asset]:
    """Return the files under ``static/``, by name."""
    return {
        "deck.js": _asset("text/javascript", widgets.script()),
        "notebook.js": _asset("text/javascript", widgets.notebook_script()),
        "notebook.css": _asset("text/css", _notebook("auto")),
        "notebook-contrast.css": _asset("text/css", _notebook("contrast")),
    }


def _notebook(theme: str) -> str:
    return f"{sheet(theme)}\n{_sheet('notebook.css')}"


def _themed(style: str, theme: str) -> str:
    # What is for readers whose system asks for more contrast is then for all.
    return style.replace("(prefers-contrast:more)", " all") if theme == "contrast" else style


def _sheet(name: str) -> str:
    return widgets.lean_style((files("workbench.page") / name).read_text("utf-8"))
