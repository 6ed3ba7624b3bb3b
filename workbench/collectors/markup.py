"""HTML to plain text, in one pass whose time grows no faster than the text.

Nothing is executed or fetched. The scanner is our own because html.parser, on the Python
versions that we support, takes quadratic time over unclosed comments and tags, and feeds are
written by strangers.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from typing import Final, NamedTuple
from urllib.parse import urljoin, urlsplit

__all__ = ["Plain", "absolute", "cut", "plain", "squeeze"]

_TAG: Final = re.compile(r"</?([a-zA-Z][^\s/>]*+)")
_ATTRIBUTE: Final = re.compile(
    r"""\s*+/?+([^\s=/>"'][^\s=/>]*+)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s>"']*+))?+"""
)
# fmt: off
_BLOCKS: Final = frozenset([
    "address", "article", "aside", "blockquote", "br", "center", "dd", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "li", "main", "nav", "ol", "option", "p", "pre", "section", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul",
])
_SILENT: Final = frozenset([
    "script", "style", "template", "noscript", "iframe", "object", "svg", "math", "textarea",
])
# fmt: on
_SPACES: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r" ?\n[ \n]*")
# C0 and C1 controls, and what a lone surrogate would break: nothing that is written.
_UNWRITTEN: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff]")
_ENDLESS: Final = re.compile(r"&#[0-9]{8,};?")
_MOST_LINKS: Final = 100


class Plain(NamedTuple):
    """Plain text, and where its links lead: absolute, http or https, each once."""

    text: str
    links: tuple[str, ...] = ()


def squeeze(text: str) -> str:
    r"""Return the text without control characters, each run of space as one.

    Line breaks stay, but never two in a row.

    Examples
    --------
    >>> squeeze(" a \x00 b\n\n c ")
    'a b\nc'
    """
    if not text.isprintable():
        text = _UNWRITTEN.sub("", text).replace("\r\n", "\n")
        text = _LINES.sub("\n", _SPACES.sub(" ", text))
    elif "  " in text or not text.isascii():
        text = _SPACES.sub(" ", text)
    return text.strip()


def cut(text: str, longest: int) -> str:
    """Return a text of at most so many characters, cut between words where there are some.

    Examples
    --------
    >>> cut("one two three", 10)
    'one two …'
    """
    if len(text) <= longest:
        return text
    head = text[:longest]
    return head[: max(head.rfind(" "), longest // 2)].rstrip() + " …"


def absolute(link: str, base: str = "") -> str | None:
    """Return a link joined to its base, or None unless it is http or https to some host.

    Examples
    --------
    >>> absolute("/a", "https://x.example/feed"), absolute("javascript:alert(1)")
    ('https://x.example/a', None)
    """
    link = _UNWRITTEN.sub("", link).strip()
    if not link or len(link) > 8_000:
        return None
    try:
        joined = urljoin(base, link)
        parts = urlsplit(joined)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            return None
    except ValueError:  # a bracket in the host, say
        return None
    return re.sub(r"\s", "%20", joined)


class _Links:
    """The links of a document as they are met: absolute, each once."""

    def __init__(self, base: str, unlinked: Collection[str]) -> None:
        self.found: dict[str, None] = {}
        self._base = base
        self._unlinked = frozenset(unlinked)

    def take(self, href: str, classes: str) -> None:
        """Take where an anchor leads, unless it is of a class that is left out."""
        if self._unlinked and not self._unlinked.isdisjoint(classes.split()):
            return
        link = absolute(_decoded(href), self._base)
        if link and len(self.found) < _MOST_LINKS:
            self.found[link] = None


def plain(markup: str, *, base: str = "", unlinked: Collection[str] = ()) -> Plain:
    r"""Return the text that a reader of the HTML would see.

    Block elements become line breaks, entities their characters, runs of white space one
    space; scripts, styles and comments are dropped with their content.

    Parameters
    ----------
    markup : str
    base : str
        Address that relative links are joined to.
    unlinked : Collection of str
        Classes of anchors that are not taken for links, such as ``mention``.

    Examples
    --------
    >>> plain("<p>A &amp; B</p><script>x()</script>3 < 4 <a href='/c'>C</a>", base="https://x.y")
    Plain(text='A & B\n3 < 4 C', links=('https://x.y/c',))
    >>> plain("")
    Plain(text='', links=())
    """
    if "<" not in markup:
        return Plain(squeeze(_text(markup)))
    parts: list[str] = []
    links = _Links(base, unlinked)
    here = 0
    while True:
        sign = markup.find("<", here)
        if sign < 0:
            parts.append(_text(markup[here:]))
            break
        parts.append(_text(markup[here:sign]))
        here = _element(markup, sign, parts, links)
    return Plain(squeeze("".join(parts)), tuple(links.found))


def _text(raw: str) -> str:
    # A line break in HTML's source is a space.
    return _decoded(raw).replace("\n", " ").replace("\r", " ")


def _decoded(raw: str) -> str:
    if "&" not in raw:
        return raw
    try:
        return html.unescape(raw)
    except ValueError:  # a number of thousands of digits
        return html.unescape(_ENDLESS.sub("\ufffd", raw))


def _element(markup: str, sign: int, parts: list[str], links: _Links) -> int:
    """Take what begins with a ``<``; return where it ends."""
    if markup.startswith("<!--", sign):
        return _after(markup, "-->", sign + 4)
    if markup.startswith("<![CDATA[", sign):
        end = _after(markup, "]]>", sign)
        parts.append(markup[sign + 9 : end].removesuffix("]]>"))
        return end
    if markup.startswith(("<!", "<?"), sign):
        return _after(markup, ">", sign)
    tag = _TAG.match(markup, sign)
    if not tag:
        parts.append("<")
        return sign + 1
    name = tag[1].lower()
    closing = markup.startswith("</", sign)
    end = _attributes(markup, tag.end(), None if closing or name != "a" else links)
    if name in _BLOCKS:
        parts.append("\n")
    elif name == "img":
        parts.append(" ")
    elif name in _SILENT and not closing and not markup.endswith("/>", 0, end):
        return _silence(markup, name, end)
    return end


def _attributes(markup: str, here: int, links: _Links | None) -> int:
    """Pass a tag's attributes, taking a link's address; return where the tag ends."""
    href = classes = ""
    while True:
        found = _ATTRIBUTE.match(markup, here)
        if not found:
            break
        here = found.end()
        if links is not None and found[2]:
            name, value = found[1].lower(), found[2].strip("\"'")
            # Of an attribute that is given twice, HTML takes the first.
            if name == "href":
                href = href or value
            elif name == "class":
                classes = classes or value
    if links is not None and href:
        links.take(href, classes)
    return _after(markup, ">", here)


def _silence(markup: str, name: str, here: int) -> int:
    """Return where an element ends whose content is not for reading."""
    found = re.compile(rf"</{re.escape(name)}(?=[\s/>])", re.IGNORECASE).search(markup, here)
    return _after(markup, ">", found.end()) if found else len(markup)


def _after(markup: str, sign: str, here: int) -> int:
    end = markup.find(sign, here)
    return len(markup) if end < 0 else end + len(sign)
