"""The front end: the scripts and styles that show a deck, on the page and in notebooks."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

__all__ = [
    "editor_module",
    "editor_style",
    "lean_style",
    "module",
    "module_style",
    "notebook_script",
    "script",
    "style",
]

_VIEW: Final = (
    "words",
    "links",
    "merge",
    "dom",
    "post",
    "opened",
    "feed",
    "visits",
    "boards",
    "top",
    "keys",
    "view",
)
PARTS: Final = (*_VIEW, "stream", "page")
"""The page's scripts in their order; each is plain functions, without imports."""
NOTEBOOK_PARTS: Final = (*_VIEW, "stream", "notebook")
"""The same of a published notebook's page."""
WIDGET_PARTS: Final = (*_VIEW, "make", "kernel", "widget")
"""The same of the widget's, where it is published."""
EDITOR_PARTS: Final = (
    *WIDGET_PARTS,
    "edit-parts",
    "edit-query",
    "edit-filters",
    "edit-menus",
    "edit-settings",
    "edit-add",
    "edit-columns",
    "edit-drag",
    "edit-deck",
    "edit-versions",
    "edit-posts",
    "edit-palette",
    "edit-bar",
    "edit",
)
"""The same of the widget's, where its deck can be edited."""
ALONE: Final = ("plot",)
"""Scripts that are modules by themselves."""

_STATIC: Final = files(__name__) / "static"
# What need not travel: comments, which stand on lines of their own; indentation, since no text
# spans lines; blanks around operators and after keys, where no text has any; line ends within
# statements. Tests hold the sources to this.
_COMMENT: Final = re.compile(
    r"^\s*(?://[^\n]*|/\*\*(?:(?!\*/).)*\*/)$\n?", re.MULTILINE | re.DOTALL
)
_BLANKS: Final = re.compile(
    r" (=>|===|!==|&&|\|\||[<>+*/-]?=|[?:+<>*/]|-) |(?<=\w:) (?=\S)|(?<=\{) | (?=\})|(?<=\)) (?=\{)"
)
# Names that are given on lines that follow one another need the word once, and that nothing else
# is given one is seen where it is written.
_CONST: Final = re.compile(r"\bconst\b")
_NAMING: Final = re.compile(r" *let ")
# Beside texts, on lines without regular expressions, more goes; and a line end after a brace,
# which ends a block, since what ends a value is followed by a sign.
_PLAIN: Final = re.compile(
    r"""(?:[^"'`/\\]|(?<=[\w)])/(?=[\w(])|"[^"\\]*"|`[^`\\]*`)*"""  # what divides is no text
)
_QUOTED: Final = re.compile(r'("[^"]*"|`[^`]*`)')
_LOOSE: Final = re.compile(r" ?([,;(){}\[\]=<>*?:|&]) ?")
_BREAKS: Final = re.compile(r"(?<=[;{},(\[=>&|])\n|\n(?=[})\].?:])")
# A list's and a block's last part need no sign at their end, one parameter no parentheses.
_LISTED: Final = re.compile(r",\n(?=[})\]])")
_LAST: Final = re.compile(r";(?=\})")
_ALONE: Final = re.compile(r"(?<!async)\((\w+)\)=>")
# The same of a style sheet, whose texts have none of these signs beside blanks.
_NOTE: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_AROUND: Final = re.compile(r"\s*([{};])\s*")
_AFTER: Final = re.compile(
    r"([:,]) | (?=[>~/] |\+ \.|!)|(?<=[>~/]) |(?<=\+) (?=\.)|;(?=\})|(?<=@media) (?=\()"
)


def _leaner(source: str) -> str:
    lines: list[str] = []
    before = None
    for line in _CONST.sub("let", _COMMENT.sub("", source)).split("\n"):
        text = _BLANKS.sub(r"\1", line.strip())
        text = _loose(text) if _PLAIN.fullmatch(text) else text
        named = _NAMING.match(line)
        if named and before and named[0] == before[0] and lines[-1].endswith(";"):
            lines[-1] = f"{lines[-1][:-1]},{text.removeprefix('let').lstrip()}"
        elif text:
            lines.append(text)
            before = named
    joined = _LISTED.sub("\n", "\n".join([*lines, ""]))
    return _LAST.sub("", _ALONE.sub(r"\1=>", _BREAKS.sub("", joined)))


def _loose(line: str) -> str:
    """Return a line without the blanks that stand around signs outside its texts."""
    parts = _QUOTED.split(line)
    return "".join(p if n % 2 else _LOOSE.sub(r"\1", p) for n, p in enumerate(parts))


def _joined(parts: tuple[str, ...]) -> str:
    return "".join(_leaner((_STATIC / f"{name}.js").read_text("utf-8")) for name in parts)


def _closed(parts: tuple[str, ...], start: str) -> str:
    joined = f"{_joined(parts)}globalThis.workbench = {{ view }};"
    return f'(() => {{\n"use strict";\n{joined}\n{start}();\n}})();\n'


@cache
def script() -> str:
    """Return the page's script: all parts in one closed function, as short as needs no parser.

    It leaves one name behind, ``workbench.view({root, state, transport, signal})``, and
    starts by itself where it finds the page's state (``#wb-state``) and its place
    (``.wb-deck``).
    """
    return _closed(PARTS, "page")


@cache
def notebook_script() -> str:
    """Return the script of a published notebook's page, which starts by itself too."""
    return _closed(NOTEBOOK_PARTS, "published")


def lean_style(sheet: str) -> str:
    """Return a style sheet without what need not travel: comments, and blanks around signs."""
    return _AFTER.sub(r"\1", _AROUND.sub(r"\1", _NOTE.sub("", sheet))).strip()


@cache
def style() -> str:
    """Return the style sheet of a deck; each class in it begins with ``wb-``."""
    return lean_style((_STATIC / "deck.css").read_text("utf-8"))


@cache
def module() -> str:
    """Return the widget's script: one module without imports, as anywidget needs it."""
    return f"{_joined(WIDGET_PARTS)}export default {{ render }};\n"


@cache
def editor_module() -> str:
    """Return the same with the editor in it, for a kernel whose deck its owner alone sees."""
    return f"{_joined(EDITOR_PARTS)}export default {{ render }};\n"


_BLOCK: Final = re.compile(r"\.wb-deck,\.wb-page\{(.*?)\}", re.DOTALL)
_TOKEN: Final = re.compile(r"--(\w+):([^;]*?)(light-dark\([^)]*\))([^;]*);")
_PAGE_RULE: Final = re.compile(r"@page\{(?:[^{}]|\{[^}]*\})*\}")
# JupyterLab's own colours go first, but for its greens and reds, too pale for small text.
_THEME: Final = {
    "paper": "layout-color0",
    "card": "layout-color1",
    "ink": "content-font-color1",
    "grey": "content-font-color2",
    "line": "border-color2",
    "accent": "content-link-color",
}


def _themed(block: str) -> str:
    return "".join(
        f"--{name}:{before}var(--jp-{_THEME[name]},{value}){after};"
        for name, before, value, after in _TOKEN.findall(block)
        if name in _THEME
    )


@cache
def module_style() -> str:
    """Return the widget's style sheet: the deck's, light or dark as the notebook around it is."""
    deck = style()
    tokens = _themed(_BLOCK.findall(deck)[0])
    own = f".wb-frame>.wb-deck{{{tokens}}}\n" + "".join(
        f'[data-jp-theme-light="{is_light}"] .wb-frame>.wb-deck{{color-scheme:{scheme}}}\n'
        for is_light, scheme in (("true", "light"), ("false", "dark"))
    )
    lab = lean_style((_STATIC / "widget.css").read_text("utf-8"))
    return _PAGE_RULE.sub("", deck) + own + lab


@cache
def editor_style() -> str:
    """Return the widget's style sheet with the editor's."""
    own = ((_STATIC / name).read_text("utf-8") for name in ("edit.css", "edit-query.css"))
    return module_style() + lean_style("".join(own))
