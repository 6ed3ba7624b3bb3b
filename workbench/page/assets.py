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
    """Return the files under ``static/``, by name."""
    around = (files("workbench.page") / "page.css").read_text("utf-8")
    return {
        "deck.js": _asset("text/javascript", widgets.script()),
        "deck.css": _asset("text/css", f"{widgets.style()}\n{around}"),
    }
