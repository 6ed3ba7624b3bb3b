"""Whether feedparser must know a feed's address to read its entries."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["needs_base"]

_BASE: Final = re.compile(rb"base\s*=", re.IGNORECASE)
_EMPTY: Final = re.compile(
    rb"(?:href|url|uri)\s*=\s*(?:\"(?:\s|&#\w+;)*\"|'(?:\s|&#\w+;)*')", re.IGNORECASE
)
# Joining takes the end of an entity for parameters that are empty.
_ENTITY: Final = re.compile(
    rb"&(?:amp|#38);(?:[?#]|\s*(?:\]\]>\s*)?</(?:[\w.-]+:)?(?:link|url))", re.IGNORECASE
)
_ID: Final = re.compile(
    rb"<(?:[\w.-]+:)?(?:id|guid)(?=[\s/>])([^<>]*+)(?:>(?:\s*+<!\[CDATA\[)?([^<]*+)(</)?)?",
    re.IGNORECASE,
)
_OWN: Final = re.compile(rb"\sisPermaLink\s*=\s*[\"']false[\"']", re.IGNORECASE)
# What stays as it is, whatever it is joined to: it holds nothing that joining drops, such as a "?"
# at its end.
_WHOLE: Final = re.compile(
    rb"\s*(?:(?:tag|urn|yt):[^\s\[\]&]+|https?://[\w.-]+(?::\d+)?(?:/[^\s\[\]?#;&]*)?"
    rb"(?:\?(?:[^\s\[\]?#;&]|&amp;)+)?(?:#(?:[^\s\[\]?#;&]|&amp;)+)?)\s*(?:\]\]>\s*)?"
)


def needs_base(body: bytes) -> bool:
    """Return whether a document's ids and links hang on its address.

    feedparser joins each tag anew to the address that it is given, which takes a quarter of its
    time. Links are joined by us in any case; so only what else it makes of the address counts:
    ids that are relative, links that are empty, and bases that the document sets itself.

    Parameters
    ----------
    body : bytes
        In UTF-8. What cannot be told for sure needs the address.

    Examples
    --------
    >>> needs_base(b"<rss><item><guid>https://x.example/1</guid></item></rss>")
    False
    >>> needs_base(b"<rss><item><guid>1</guid></item></rss>")
    True
    >>> needs_base(b"<rss><item><guid isPermaLink='false'>1</guid></item></rss>")
    False
    """
    if _BASE.search(body) or _EMPTY.search(body) or _ENTITY.search(body):
        return True
    return any(
        not (_OWN.search(found[1]) or (found[3] and _WHOLE.fullmatch(found[2])))
        for found in _ID.finditer(body)
    )
