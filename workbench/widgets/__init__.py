"""The front end: the scripts and styles that show a deck, on the page and in notebooks."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

__all__ = ["script", "style"]

PARTS: Final = (
    "words",
    "links",
    "merge",
    "charts",
    "dom",
    "draw",
    "post",
    "feed",
    "boards",
    "top",
    "keys",
    "view",
    "stream",
    "page",
)
"""The scripts in their order; each is plain functions, without imports."""

_STATIC: Final = files(__name__) / "static"
# What need not travel: comments, which stand on lines of their own; indentation, since no text
# spans lines; blanks around operators and after keys, where no text has any; line ends within
# statements. Tests hold the sources to this.
_COMMENT: Final = re.compile(
    r"^\s*(?://[^\n]*|/\*\*(?:(?!\*/).)*\*/)$\n?", re.MULTILINE | re.DOTALL
)
_MARGIN: Final = re.compile(r"^\s+", re.MULTILINE)
_BLANKS: Final = re.compile(
    r" (=>|===|!==|&&|\|\||[<>+*/-]?=|[?:+<>*/]|-) |(?<=\w:) (?=\S)|(?<=\{) | (?=\})|(?<=\)) (?=\{)"
)
# Lines without any text or regular expression take more.
_TEXT: Final = re.compile(r"[\"'`/]")
_LOOSE: Final = re.compile(r" ?([,;(){}\[\]=<>*?:|&]) ?")
_BREAKS: Final = re.compile(r"(?<=[;{,(\[=>&|])\n|\n(?=[})\].?:])")


def _lean(source: str) -> str:
    return _MARGIN.sub("", _COMMENT.sub("", source))


def _leaner(source: str) -> str:
    lines = _BLANKS.sub(r"\1", _lean(source)).split("\n")
    lines = [line if _TEXT.search(line) else _LOOSE.sub(r"\1", line) for line in lines]
    return _BREAKS.sub("", "\n".join(lines))


@cache
def script() -> str:
    """Return the page's script: all parts in one closed function, as short as needs no parser.

    It leaves one name behind, ``workbench.view({root, state, transport, signal})``, and
    starts by itself where it finds the page's state (``#wb-state``) and its place
    (``.wb-deck``).
    """
    parts = "".join(_leaner((_STATIC / f"{name}.js").read_text("utf-8")) for name in PARTS)
    return f'(() => {{\n"use strict";\n{parts}globalThis.workbench = {{ view }};\npage();\n}})();\n'


@cache
def style() -> str:
    """Return the style sheet of a deck; each class in it begins with ``wb-``."""
    return _lean((_STATIC / "deck.css").read_text("utf-8"))
