"""LinkedIn's payloads to items, whichever of the ways in they came by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from workbench import clock
from workbench.collectors.linkedin_files import (
    instead,
    read_lines,
    read_objects,
    read_table,
    read_zip,
)
from workbench.collectors.linkedin_posts import Name, Told, read_elements
from workbench.collectors.linkedin_rows import Context
from workbench.collectors.markup import squeeze
from workbench.errors import SourceError
from workbench.items import ParseResult

__all__ = ["parse"]

_NOBODY: Final[Mapping[str, Name]] = {}
_NONE: Final[Mapping[str, Mapping[str, int]]] = {}


def parse(
    data: bytes,
    *,
    collected: datetime | None = None,
    tier: str | None = None,
    seen: datetime | None = None,
    author: str | None = None,
    lang: str | None = None,
    organizations: Mapping[str, Name] = _NOBODY,
    counts: Mapping[str, Mapping[str, int]] = _NONE,
) -> ParseResult:
    """Return the posts and comments that an answer or a file holds.

    Where only "18h" or "2d" is said, `published` is that long before it was read, and
    `published_precision` the unit: the true time lies up to so much earlier.

    Parameters
    ----------
    data : bytes
        An answer of the Posts API; the ZIP of a member's export, or a table out of it; any
        other table (CSV) with a heading such as ``text``; JSON objects, as a list or one per
        line, with such names, or as LinkedIn's pages hold them.
    collected : datetime, optional
        When it came in.
    tier : str, optional
        ``social`` if not given.
    seen : datetime, optional
        When a file was read off LinkedIn, for rows that do not say it; else `collected`.
    author : str, optional
        Who wrote what names nobody, as a member's own export does.
    lang : str, optional
        What it is written in, where it does not say.
    organizations : Mapping of str to Name
        What pages are called, by urn.
    counts : Mapping
        Likes and replies by urn of a post, which the Posts API has elsewhere.

    Returns
    -------
    ParseResult
        In the payload's order, with a problem for each row that was left out.

    Raises
    ------
    SourceError
        If it holds no posts; the message says what came instead.
    """
    at = collected or clock.now()
    result = ParseResult()
    context = Context(at, seen or at, tier or "social", author, lang)
    if data.startswith(b"PK\x03\x04"):
        read_zip(data, context, result)
        return result
    head = data[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if head not in {b"{", b"["}:
        read_table(data, context, result)
        return result
    try:
        given: Any = json.loads(data)
    except (ValueError, RecursionError):
        read_lines(data, context, result)
        return result
    match given:
        case {"elements": [*elements]}:
            told = Told(at, tier or "social", lang, organizations, counts)
            read_elements(elements, told, result)
        case {"message": str(message), "status": _} | {"message": str(message), "code": _}:
            said = squeeze(message)[:200]
            raise SourceError(f"linkedin: answered with an error instead of posts: {said}")
        case [*objects]:
            read_objects(objects, context, result)
        case {}:
            read_objects([given], context, result)
        case _:
            raise SourceError(instead(data))
    return result
