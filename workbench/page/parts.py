"""What a published notebook says, cell by cell, made safe for a page that runs no script of it.

Text stays text. HTML, a frame's table for one, goes through a sanitiser; drawings become
pictures, in which no script runs and no link leads away.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape, unescape
from mimetypes import guess_type
from pathlib import Path
from typing import Any, Final

import nh3
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from workbench.charts.published import drawings

__all__ = ["HIDDEN", "Part", "clean", "failure", "parts", "title"]

HIDDEN: Final = "wb-notes"
"""The tag of cells that the page leaves out."""

MOST_TEXT: Final = 20_000
"""Characters of plain text that one output shows."""
MOST_PICTURE: Final = 2_000_000
"""Bytes of a picture beside the notebook."""

_DECK: Final = re.compile(r'\s*<div class="wb-deck" data-deck="([^"]*)"')
_SVG: Final = re.compile(r"<svg\b", re.IGNORECASE)
_SVG_END: Final = re.compile(r"</svg\s*>", re.IGNORECASE)
_LABEL: Final = re.compile(r"<svg\b[^>]*?\baria-label=(\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_NUMBER: Final = re.compile(r"<td>(\s*[-+−]?[\d.,]*\d(?:\s*%)?\s*)</td>")
_ALIGN: Final = re.compile(r"(?:^|;)\s*text-align:\s*(left|center|right)\s*(?:;|$)")
_HEADING: Final = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL)
_PICTURE: Final = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[\w+/=\s]*")
_PLOTLY: Final = "application/vnd.plotly.v1+json"
_PICTURES: Final = ("image/png", "image/jpeg", "image/gif", "image/webp")
_SCRIPTED: Final = re.compile(r"<(script|iframe|canvas|object|embed)\b", re.IGNORECASE)

_NEEDS_A_SCRIPT: Final = (
    "Something stands here that needs a script of its own, and a published page runs none. Show "
    "it as a picture instead: a chart of the workbench (wb.chart_…, unchanged), an SVG or a PNG."
)
_WIDGET: Final = (
    "A control stands here in JupyterLab. A published page has no kernel behind it, so that "
    "there is nothing to control."
)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that the page shows.

    Attributes
    ----------
    html : str
        Safe as it is.
    deck : str
        Instead of it: name or path of a deck that stands here.
    """

    html: str = ""
    deck: str = ""


def parts(cell: Mapping[str, Any], markdown: str, folder: Path) -> list[Part]:
    """Return what a page shows of a cell that has run.

    Parameters
    ----------
    cell : Mapping
        As nbformat has it.
    markdown : str
        A text cell's source as HTML.
    folder : Path
        Where the notebook lies; its pictures are looked for there and below.
    """
    if HIDDEN in cell["metadata"].get("tags", []):
        return []
    if cell["cell_type"] == "markdown":
        return [Part(clean(markdown, folder))] if markdown.strip() else []
    if cell["cell_type"] != "code":
        return []
    shown = (_output(output, folder) for output in cell["outputs"])
    return [part for part in shown if part is not None]


def failure(cell: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return name and message of the error that a cell ended with, if it was not meant to."""
    if cell["cell_type"] != "code" or "raises-exception" in cell["metadata"].get("tags", []):
        return None
    for output in cell["outputs"]:
        if output["output_type"] == "error":
            return output["ename"], output["evalue"]
    return None


def title(html: str) -> str:
    """Return the text of the first heading, or nothing.

    Examples
    --------
    >>> title("<h1 id='a'>Fares &amp; <em>fees</em></h1>")
    'Fares & fees'
    """
    found = _HEADING.search(html)
    if not found:
        return ""
    plain = nh3.clean(found[1], tags=set()).replace("¶", "")
    return " ".join(unescape(plain).split())


def _output(output: Mapping[str, Any], folder: Path) -> Part | None:
    if output["output_type"] == "stream":
        return _text(output["text"]) if output["name"] == "stdout" else None
    if output["output_type"] == "error":
        return None
    data = output.get("data", {})
    html = data.get("text/html", "")
    if drawn := drawings(data.get(_PLOTLY, {})):
        return Part(clean(drawn, folder))
    if deck := _DECK.match(html):
        return Part(deck=unescape(deck[1]))
    if html.strip():
        return _html(html, folder)
    if "text/markdown" in data:
        return Part(clean(markdown2html_mistune(data["text/markdown"]), folder))
    return _picture(data, folder) or _other(data)


def _picture(data: Mapping[str, str], folder: Path) -> Part | None:
    if "image/svg+xml" in data:
        return Part(clean(_picture_of(data["image/svg+xml"]), folder))
    for kind in _PICTURES:
        if kind in data:
            address = f"data:{kind};base64,{''.join(data[kind].split())}"
            return Part(clean(f'<img alt="" src="{escape(address)}">', folder))
    return None


def _other(data: Mapping[str, Any]) -> Part | None:
    if any(kind.startswith("application/vnd.jupyter.widget") for kind in data):
        return _says(_WIDGET)
    if any(kind.startswith("application/vnd.") for kind in data):
        return _says(_NEEDS_A_SCRIPT)
    return _text(data.get("text/plain", ""))


def _html(html: str, folder: Path) -> Part:
    safe = clean(html, folder)
    is_blank = not (nh3.clean(safe, tags={"img"}).strip())
    return _says(_NEEDS_A_SCRIPT) if is_blank and _SCRIPTED.search(html) else Part(safe)


def _text(text: str) -> Part | None:
    if not text.strip():
        return None
    rest = len(text) - MOST_TEXT
    shown = Part(f"<pre>{escape(text[:MOST_TEXT])}</pre>")
    if rest <= 0:
        return shown
    return Part(f"{shown.html}<p>{rest:,} characters more are not shown.</p>")


def _says(sentence: str) -> Part:
    return Part(f"<p><em>{escape(sentence)}</em></p>")


def _with_pictures(html: str) -> str:
    """Return HTML with each of its drawings as a picture."""
    out: list[str] = []
    at = 0
    while (start := _SVG.search(html, at)) and (end := _SVG_END.search(html, start.end())):
        out += [html[at : start.start()], _picture_of(html[start.start() : end.end()])]
        at = end.end()
    return "".join([*out, html[at:]])


def _picture_of(svg: str) -> str:
    """Return a drawing as a picture, with its label as what it says to those who do not see it."""
    drawing = svg[max(0, svg.lower().find("<svg")) :]
    if "xmlns=" not in drawing.partition(">")[0]:
        drawing = drawing.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    label = _LABEL.match(drawing)
    words = escape(unescape(label[1][1:-1])) if label else ""
    coded = b64encode(drawing.encode("utf-8", "replace")).decode()
    return f'<img alt="{words}" src="data:image/svg+xml;base64,{coded}">'


_TAGS: Final = (nh3.ALLOWED_TAGS | {"tfoot", "section"}) - {"area", "map"}
_STYLED: Final = ("table", "thead", "tbody", "tr", "th", "td", "p", "div")


def _attributes() -> dict[str, set[str]]:
    known = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
    for tag in _STYLED:
        known[tag] = known.get(tag, set()) | {"style"}
    known["*"] = known.get("*", set()) | {"id", "dir", "lang", "title"}
    known["details"] = {"open"}
    known["time"] = {"datetime"}
    return known


_ATTRIBUTES: Final = _attributes()


def clean(html: str, folder: Path | None = None) -> str:
    """Return HTML without whatever could run, load, send, or pass for a part of the page.

    Ids get a prefix; links lead to http(s), to mail or to a place in the same notebook;
    drawings become pictures, and pictures beside the notebook are put into the page.

    Parameters
    ----------
    html : str
    folder : Path, optional
        Where the notebook lies.
    """

    def kept(tag: str, name: str, value: str) -> str | None:
        if name == "id":
            return f"nb-{value}"
        if name == "style":
            aligned = _ALIGN.search(value)
            return f"text-align:{aligned[1]}" if aligned else None
        if tag == "img" and name == "src":
            return _picture_address(value, folder)
        if name in {"href", "cite", "src"}:
            if value.startswith("#"):
                return f"#nb-{value[1:]}"
            return (
                value if re.match(r"(https?://|mailto:)", value, re.IGNORECASE | re.ASCII) else None
            )
        return value

    drawn = _with_pictures(html)
    aligned = _NUMBER.sub(r'<td style="text-align:right">\1</td>', drawn)
    return nh3.clean(
        aligned,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=kept,
        url_schemes={"http", "https", "mailto", "data"},
        allowed_classes={
            "a": {"anchor-link"},
            "div": {"wb-on-wide", "wb-on-phone"},
            "table": {"dataframe"},
        },
        set_tag_attribute_values={"a": {"target": "_blank"}},
        clean_content_tags={"script", "style", "noscript", "template", "iframe", "object"},
    )


def _picture_address(value: str, folder: Path | None) -> str | None:
    """Return a picture's address as one that holds the picture itself; None is left out."""
    if _PICTURE.fullmatch(value):
        return value
    if folder is None or re.match(r"[a-zA-Z][\w+.-]*:|//", value):
        return None
    try:
        path = (folder / value).resolve()
        kind = guess_type(path.name)[0] or ""
        if not path.is_relative_to(folder.resolve()) or path.stat().st_size > MOST_PICTURE:
            return None
        if kind not in {*_PICTURES, "image/svg+xml"}:
            return None
        return f"data:{kind};base64,{b64encode(path.read_bytes()).decode()}"
    except (OSError, ValueError):
        return None
