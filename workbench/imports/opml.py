"""Lists of feeds as OPML, which every feed reader exports, as sources of a deck.

Format: OPML 2.0 (opml.org/spec2.opml); outlines with an ``xmlUrl`` are feeds, those around
them folders. Nothing that the file declares itself is expanded, and nothing it names is opened.
"""

from __future__ import annotations

import re
import xml.parsers.expat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

from workbench.collectors import available
from workbench.collectors.markup import cut, squeeze
from workbench.errors import SettingError, WorkbenchError
from workbench.http.addresses import redact
from workbench.items import Problem

__all__ = ["LARGEST", "Feed", "Subscriptions", "is_opml", "read", "sources"]

LARGEST: Final = 10_000_000
"""Most bytes of a list."""
_DEEPEST: Final = 50
_MOST: Final = 100_000
_LONGEST: Final = 80
_BARE: Final = re.compile(rb"&(?!#?\w{1,31};)")
_FILMS: Final = re.compile(r"(?:www\.)?youtube\.com")


class Feed(NamedTuple):
    """A feed of a list: its address, its title, and the folders that it lies in."""

    url: str
    title: str
    folders: tuple[str, ...]

    @property
    def label(self) -> str:
        """What readers call it: its title, behind its folders."""
        return cut(": ".join(filter(None, (" / ".join(self.folders), self.title))), _LONGEST)


@dataclass
class Subscriptions:
    """The feeds of a list, in its order, and what of it was left out."""

    feeds: list[Feed] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def is_opml(data: bytes) -> bool:
    """Return whether a file seems to be such a list."""
    return b"<opml" in data[:4_096].lower().replace(b"\0", b"")


def read(data: bytes) -> Subscriptions:
    """Return the feeds of a list.

    Raises
    ------
    SettingError
        If it is no OPML, or not to be trusted.
    """
    if len(data) > LARGEST:
        raise SettingError(f"has over {LARGEST // 1_000_000} MB; no list of feeds is that large")
    if not is_opml(data):
        raise SettingError("is no OPML: there is no <opml> at its beginning")
    reader = _Reader()
    try:
        reader.parser.Parse(data if b"\0" in data else _BARE.sub(b"&amp;", data), True)
    except xml.parsers.expat.ExpatError as error:
        raise SettingError(f"is not well-formed XML ({error}); export it anew") from None
    return reader.found


class _Reader:
    """Takes outlines as the parser meets them; no deeper than some folders."""

    def __init__(self) -> None:
        self.found = Subscriptions()
        self._open: list[str | None] = []  # names of folders; None where there is none
        self.parser = xml.parsers.expat.ParserCreate()
        self.parser.EntityDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _refuse(self, *_: object) -> None:
        raise SettingError("declares entities of its own, which no list of feeds needs")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag.lower() != "outline":
            return
        if len(self._open) >= _DEEPEST:
            raise SettingError(f"has outlines more than {_DEEPEST} deep")
        given = {name.lower(): value for name, value in attributes.items()}
        name = squeeze(given.get("title") or given.get("text") or "").replace("\n", " ")
        self._open.append(None if "xmlurl" in given else name)
        if "xmlurl" in given:
            self._take(given["xmlurl"], name)

    def _end(self, tag: str) -> None:
        if tag.lower() == "outline":
            self._open.pop()

    def _take(self, address: str, name: str) -> None:
        where = f"line {self.parser.CurrentLineNumber}"
        if len(self.found.feeds) >= _MOST:
            raise SettingError(f"lists more than {_MOST:,} feeds")
        url = _plain(address)
        try:
            parts = urlsplit(url)
            is_one = parts.scheme in {"http", "https"} and bool(parts.hostname)
        except ValueError:
            is_one = False
        if not is_one or not url.isprintable() or " " in url:
            self.found.problems.append(Problem(where, f"{redact(url)[:80]!r} is no feed's address"))
            return
        folders = tuple(filter(None, self._open))
        self.found.feeds.append(Feed(url, name or str(parts.hostname), folders))


def _plain(address: str) -> str:
    """Return an address without the sign of feeds that some readers put before it."""
    address = address.strip()
    if address[:5].lower() != "feed:":
        return address
    rest = address[5:]
    return rest if rest[:4].lower() == "http" else f"https:{rest}"


def sources(
    feeds: Iterable[Feed], *, known: Iterable[str] = (), tier: str = ""
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Return feeds as sources of a deck, each once, and why the others are none.

    A channel of YouTube's is one of the collector ``youtube``.

    Parameters
    ----------
    feeds : iterable of Feed
    known : iterable of str
        Keys of the sources that the deck has already.
    tier : str
        Of what they bring; empty for the collectors' own.
    """
    keys = dict.fromkeys(known, "is in the deck already")
    made: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for feed in feeds:
        settings = _settings(feed.url)
        try:
            kind = available()[settings["collector"]]
            parameters = {name: value for name, value in settings.items() if name != "collector"}
            key = kind(**parameters, **({"tier": tier} if tier else {})).key
        except WorkbenchError as error:
            problems.append(Problem(feed.label, str(error)))
            continue
        if key in keys:
            problems.append(Problem(feed.label, keys[key]))
            continue
        keys[key] = "stands in the list twice"
        first = {"collector": settings.pop("collector"), "label": feed.label}
        made.append(first | settings | ({"tier": tier} if tier else {}))
    return made, problems


def _settings(url: str) -> dict[str, str]:
    parts = urlsplit(url)
    if _FILMS.fullmatch(parts.hostname or "") and parts.path == "/feeds/videos.xml":
        asked: Mapping[str, Sequence[str]] = parse_qs(parts.query)
        for name in ("channel", "playlist"):
            if asked.get(f"{name}_id"):
                return {"collector": "youtube", name: asked[f"{name}_id"][0]}
    return {"collector": "feeds", "url": url}
