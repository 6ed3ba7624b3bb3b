"""JSON Feed (jsonfeed.org, versions 1 and 1.1), read into the shape of every feed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.collectors.documents import (
    MOST,
    Document,
    Entry,
    language,
    note_cut,
    read_date,
    what_came,
)
from workbench.collectors.markup import Plain, absolute, plain, squeeze
from workbench.errors import SourceError
from workbench.items import Media, Problem

__all__ = ["read_json"]


def read_json(data: bytes, *, url: str = "") -> Document:
    """Read a JSON Feed.

    Raises
    ------
    SourceError
        If it is none.
    """
    try:
        feed = json.loads(data.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        feed = None
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise SourceError(f"{url or 'the feed'}: is no feed but {what_came(data)}")
    document = Document(
        title=plain(_text(feed, "title")).text,
        link=absolute(_text(feed, "home_page_url"), url),
        address=absolute(_text(feed, "feed_url"), url),
    )
    lang = language(_text(feed, "language"))
    for number, raw in enumerate(feed["items"][:MOST], start=1):
        if isinstance(raw, dict):
            document.entries.append(_entry(raw, lang, url))
        else:
            document.problems.append(Problem(f"entry {number}", "is no object"))
    if len(feed["items"]) > MOST:
        note_cut(document, url)
    return document


def _entry(raw: Mapping[str, Any], lang: str | None, url: str) -> Entry:
    link = absolute(_text(raw, "url") or _text(raw, "external_url"), url)
    markup = _text(raw, "content_html")
    text = _text(raw, "summary") or _text(raw, "content_text")
    guid = raw.get("id")
    return Entry(
        # The standard asks for text, but numbers occur.
        guid=squeeze(str(guid)) if isinstance(guid, str | int) else "",
        link=link,
        title=squeeze(_text(raw, "title")).replace("\n", " "),
        body=Plain(squeeze(text), ()) if text else plain(markup, base=link or url),
        published=read_date(_text(raw, "date_published")) or read_date(_text(raw, "date_modified")),
        updated=read_date(_text(raw, "date_modified")),
        lang=language(_text(raw, "language")) or lang,
        media=list(_media(raw, url)),
    )


def _media(raw: Mapping[str, Any], url: str) -> Iterator[Media]:
    image = absolute(_text(raw, "image") or _text(raw, "banner_image"), url)
    if image:
        yield Media("image", image)
    attachments = raw.get("attachments")
    for each in attachments if isinstance(attachments, list) else ():
        if isinstance(each, dict):
            address = absolute(_text(each, "url"), url)
            kind = _text(each, "mime_type").partition("/")[0].lower()
            if address and kind and address != image:
                yield Media(kind, address)


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    return value if isinstance(value, str) else ""
