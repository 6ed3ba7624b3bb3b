"""Feed documents of every format, read into one shape.

RSS, Atom and RDF go through feedparser; JSON Feed, which it does not know, is read here.
What would cost feedparser time without bound (entity declarations, miles of white space
before the root, huge documents that are not well-formed) is taken out or refused first.
"""

from __future__ import annotations

import io
import re
import xml.parsers.expat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final, NamedTuple

from workbench.collectors.bases import needs_base
from workbench.collectors.broadcasts import Broadcast, read_broadcast
from workbench.collectors.markup import Plain, absolute, plain, squeeze
from workbench.errors import SourceError
from workbench.items import Media, Problem

__all__ = [
    "LIMIT",
    "MOST",
    "Document",
    "Entry",
    "When",
    "note_cut",
    "read_date",
    "read_xml",
    "what_came",
]

LIMIT: Final = 10_000_000
"""Most bytes of a document."""
MOST: Final = 5_000
"""Most entries of a document that are read."""
_ENTRY_END: Final = re.compile(rb"</(?:\w{1,20}:)?(?:item|entry)\s*>")
_MOST_TAGS: Final = 300_000
_ENDLESS: Final = re.compile(rb"<[A-Za-z_][^<>]{200000}")
_MENDABLE: Final = 2_000_000
_DECLARATION: Final = b'<?xml version="1.0" encoding="utf-8"?>\n'
_ROOT: Final = re.compile(rb"<([A-Za-z_][\w.:-]*)")
_TITLE: Final = re.compile(r"<title[^>]*>([^<]{1,200})", re.IGNORECASE)
_OFFSET: Final = re.compile(r"(?:[+-]\d\d:?\d\d|Z)\s*$")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")
_NOTHING: Final = Plain("")


class When(NamedTuple):
    """A time, and how exact its source gave it, in seconds."""

    time: datetime
    precision: float


@dataclass(slots=True, kw_only=True)
class Entry:
    """One entry of a feed, its text plain, nothing filled in that the feed does not say."""

    guid: str = ""
    link: str | None = None
    title: str = ""
    body: Plain = _NOTHING
    published: When | None = None
    updated: When | None = None
    outlet: str = ""
    outlet_url: str | None = None
    lang: str | None = None
    stocks: list[str] = field(default_factory=list)
    isins: list[str] = field(default_factory=list)
    issuer: str = ""
    media: list[Media] = field(default_factory=list)
    broadcast: Broadcast | None = None


@dataclass(slots=True, kw_only=True)
class Document:
    """A feed: what it says of itself, and its entries in its own order."""

    title: str = ""
    link: str | None = None
    address: str | None = None
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_date(text: str) -> When | None:
    """Return the time that an ISO 8601 text gives, UTC where it names no zone."""
    try:
        when = datetime.fromisoformat(text.strip())
        when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return When(when, _precision(text))


def _precision(text: str) -> float:
    clock = _OFFSET.sub("", text.strip()).count(":")
    return 1.0 if clock >= 2 else 60.0 if clock else 86_400.0


def language(tag: str | None) -> str | None:
    """Return a language tag in BCP 47's customary case, or None if it is none.

    Examples
    --------
    >>> language("pt_br"), language("zh-hant"), language("all languages")
    ('pt-BR', 'zh-Hant', None)
    """
    if not tag or not _LANGUAGE.fullmatch(tag.strip()):
        return None
    first, *rest = tag.strip().replace("_", "-").split("-")
    cased = [p.upper() if len(p) == 2 else p.title() if len(p) == 4 else p.lower() for p in rest]
    return "-".join([first.lower(), *cased])


def what_came(data: bytes) -> str:
    """Return in a few words what a body is that is no feed."""
    data = data.removeprefix(b"<?xml version='1.0' encoding='utf-8'?>")  # feedparser's own
    head = data[:10_000].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if not head:
        return "an empty body"
    if re.match(r"<!doctype html|<html", head, re.IGNORECASE):
        title = _TITLE.search(head)
        return f"an HTML page titled {plain(title[1]).text[:80]!r}" if title else "an HTML page"
    kind = "JSON" if head[0] in "{[" else "XML of another kind" if head[0] == "<" else "text"
    return f"{kind} that begins {squeeze(head[:60])!r}"


def read_xml(data: bytes, *, url: str = "", charset: str = "") -> Document:
    """Read RSS, Atom or RDF.

    Parameters
    ----------
    data : bytes
    url : str
        The feed's address, which relative links are joined to.
    charset : str
        What the transport said of the encoding.

    Raises
    ------
    SourceError
        If it is no feed, or one that cannot be read within bounds.
    """
    import feedparser

    text, problem = _utf8(data, charset)
    body = text[_prolog_end(text) :]
    root = _ROOT.match(body)
    if not root or root[1].lower() == b"html":
        raise SourceError(f"{url or 'the feed'}: is no feed but {what_came(text)}")
    body, is_cut = _shortened(body, root[1])
    _check(body, url)
    try:
        parsed = feedparser.parse(
            # A stream: feedparser takes bytes for a file's name first.
            io.BytesIO(_DECLARATION + body),
            # Only plain text is taken out of it, so neither is needed.
            sanitize_html=False,
            resolve_relative_uris=False,
            response_headers={"content-type": "application/xml"}
            | ({"content-location": url} if needs_base(body) else {}),
        )
    except Exception as error:
        raise SourceError(
            f"{url or 'the feed'}: cannot be read ({type(error).__name__}: {str(error)[:100]})"
        ) from error
    if not parsed.entries and not parsed.version:
        raise SourceError(f"{url or 'the feed'}: is no feed but {what_came(text)}")
    about: Mapping[str, Any] = parsed.feed
    # Atom says which texts are HTML; in the others each may be.
    is_typed = parsed.version.startswith("atom")
    document = Document(
        title=_plain(about, "title", url, is_typed=is_typed).text,
        link=absolute(about.get("link") or "", url),
        address=next(
            (
                absolute(link.get("href") or "", url)
                for link in about.get("links", ())
                if link.get("rel") == "self"
            ),
            None,
        ),
    )
    if problem:
        document.problems.append(problem)
    if parsed.bozo:
        reason = squeeze(str(parsed.bozo_exception))[:200]
        document.problems.append(Problem("document", f"is not well-formed ({reason})"))
    lang = language(about.get("language"))
    document.entries = [
        _entry(_simple(raw), lang, url, is_typed=is_typed) for raw in parsed.entries
    ]
    if is_cut:
        note_cut(document, url)
    return document


def _shortened(body: bytes, root: bytes) -> tuple[bytes, bool]:
    """Return a document of no more entries than can be read in time, and whether it had more."""
    ends = islice(_ENTRY_END.finditer(body), MOST - 1, MOST + 1)
    last = next(ends, None)
    if last is None or next(ends, None) is None:
        return body, False
    closing = b"</channel></" if root.lower() == b"rss" else b"</"
    return body[: last.end()] + closing + root + b">", True


def note_cut(document: Document, url: str) -> None:
    """Say that there was more, unless what was cut off is the newest."""
    dates = [entry.published.time for entry in document.entries if entry.published]
    if dates and dates[0] < dates[-1]:
        raise SourceError(
            f"{url or 'the feed'}: lists more than {MOST:,} entries, the oldest first"
        )
    reason = f"lists more than {MOST:,} entries, of which the first are read"
    document.problems.append(Problem("document", reason))


def _utf8(data: bytes, charset: str) -> tuple[bytes, Problem | None]:
    """Return the document in UTF-8, and what was wrong with its own word for its encoding.

    What reads as UTF-8 is UTF-8, whatever header and declaration say: other encodings
    hardly ever read so by chance.
    """
    if b"\0" not in data and b"\x1b" not in data:
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return data.removeprefix(b"\xef\xbb\xbf"), None
    from feedparser.encodings import convert_to_utf8

    headers = {"content-type": f"application/xml; charset={charset}"} if charset else {}
    result: dict[str, Any] = {}
    text: bytes = convert_to_utf8(headers, data, result)
    wrong = result.get("bozo_exception")
    return text, Problem("document", squeeze(str(wrong))[:200]) if wrong else None


def _prolog_end(text: bytes) -> int:
    """Return where the root element begins: after declarations, comments and DOCTYPE."""
    here = 0
    space = re.compile(rb"\s*")
    while True:
        found = space.match(text, here)
        here = found.end() if found else here
        if text.startswith(b"<!--", here):
            sign = b"-->"
        elif text.startswith(b"<?", here):
            sign = b"?>"
        elif text.startswith(b"<!", here):
            end = text.find(b">", here)
            inner = text.find(b"[", here)
            if 0 <= inner < end:
                here = text.find(b"]", inner)
            sign = b">"
        else:
            return here
        end = text.find(sign, here) if here >= 0 else -1
        if end < 0:
            return len(text)
        here = end + len(sign)


def _check(body: bytes, url: str) -> None:
    """Refuse what would keep feedparser busy for minutes."""
    if body.count(b"<item") + body.count(b"<entry") > 4 * MOST:
        raise SourceError(f"{url or 'the feed'}: lists more than {4 * MOST:,} entries")
    if body.count(b"<") > _MOST_TAGS:
        raise SourceError(f"{url or 'the feed'}: holds more than {_MOST_TAGS:,} tags")
    if _ENDLESS.search(body):
        raise SourceError(f"{url or 'the feed'}: holds a tag of more than 200,000 bytes")
    if len(body) <= _MENDABLE:
        return
    try:
        xml.parsers.expat.ParserCreate().Parse(_DECLARATION + body, True)
    except xml.parsers.expat.ExpatError as error:
        raise SourceError(
            f"{url or 'the feed'}: is not well-formed ({error}), and too large to be mended"
        ) from None


def _simple(value: Any) -> Any:
    """Return plain dicts: feedparser's own are slow, and give one date for another."""
    if isinstance(value, dict):
        return {key: _simple(inner) for key, inner in value.items()}
    return [_simple(inner) for inner in value] if isinstance(value, list) else value


def _entry(raw: Mapping[str, Any], lang: str | None, url: str, *, is_typed: bool) -> Entry:
    link = absolute(raw.get("feedburner_origlink") or raw.get("link") or "", url)
    source = raw.get("source") or {}
    title = _plain(raw, "title", url, is_typed=is_typed)
    body = _plain(raw, "summary", link or url, is_typed=is_typed)
    contents = raw.get("content") or ()
    if not body.text and contents:
        body = _convert(contents[0], link or url, is_typed=is_typed)
    details = (raw.get("title_detail"), raw.get("summary_detail"), *contents)
    own = next((d["language"] for d in details if d and d.get("language")), raw.get("language"))
    updated = _when(raw.get("updated"), raw.get("updated_parsed"))
    return Entry(
        guid=squeeze(raw.get("id") or ""),
        link=link,
        title=title.text.replace("\n", " "),
        body=body,
        published=_when(raw.get("published"), raw.get("published_parsed"))
        or updated
        or _when(raw.get("created"), raw.get("created_parsed")),
        updated=updated,
        outlet=plain(source.get("title") or "").text,
        outlet_url=absolute(source.get("href") or source.get("link") or "", url),
        lang=language(own) or lang,
        stocks=_terms(raw, "/rss/stock"),
        isins=_terms(raw, "/rss/isin"),
        issuer=next(
            (
                plain(each["name"]).text
                for each in raw.get("contributors") or ()
                if each.get("name")
            ),
            "",
        ),
        media=list(_media(raw, url)),
        broadcast=read_broadcast(raw, url),
    )


def _terms(raw: Mapping[str, Any], scheme: str) -> list[str]:
    """Return the categories of an entry that are of one kind, told by how its name ends."""
    return [
        squeeze(tag.get("term") or "")
        for tag in raw.get("tags") or ()
        if (tag.get("scheme") or "").lower().rstrip("/").endswith(scheme)
    ]


def _plain(raw: Mapping[str, Any], name: str, base: str, *, is_typed: bool) -> Plain:
    detail = raw.get(f"{name}_detail") or {"value": raw.get(name)}
    return _convert(detail, base, is_typed=is_typed)


def _convert(detail: Mapping[str, Any], base: str, *, is_typed: bool) -> Plain:
    value = detail.get("value") or ""
    if is_typed and detail.get("type") == "text/plain":
        return Plain(squeeze(value))
    return plain(value, base=base)


def _when(text: str | None, parsed: Any) -> When | None:
    if not parsed:
        return None
    try:
        year, month, day, hour, minute, second = parsed[:6]
        # A leap second is one that datetime does not know.
        time = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return When(time, _precision(text or ""))


def _media(raw: Mapping[str, Any], url: str) -> Iterator[Media]:
    enclosures = [link for link in raw.get("links") or () if link.get("rel") == "enclosure"]
    seen = set()
    for each in (*enclosures, *(raw.get("media_content") or ())):
        address = absolute(each.get("href") or each.get("url") or "", url)
        kind = (each.get("medium") or each.get("type") or "").partition("/")[0].lower()
        if address and kind and address not in seen:
            seen.add(address)
            yield Media(kind, address)
    for each in raw.get("media_thumbnail") or ():
        address = absolute(each.get("url") or "", url)
        if address and address not in seen:
            seen.add(address)
            yield Media("image", address)
