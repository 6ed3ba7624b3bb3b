"""What a text points to: addresses, hashtags, accounts.

Nothing becomes a link by looking like one unless it is http(s) and says where it leads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple
from unicodedata import normalize
from urllib.parse import quote

import idna

from workbench.items import Item

__all__ = ["Address", "Piece", "address_of", "linkify", "other_links", "placed"]

_OTHERS: Final = 3  # links shown beside a text that does not show them itself
_LONGEST: Final = 2000
_MOST: Final = 20
_NAMED: Final = 200  # hashtags and accounts that are looked for in one text
# Only what every browser reads in the same way: no account, no backslash, no brackets, no
# percent signs before the path.
_ADDRESS: Final = re.compile(
    r"([hH][tT][tT][pP][sS]?)://([^\s/?#\\@:%\[\]]+)(:[0-9]{1,5})?([/?#]\S*)?"
)
_HOST: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
# With a leading zero some read octal.
_QUAD: Final = re.compile(r"(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}")
# Browsers read a host that ends in a number, however it is written, as an IPv4 address.
_NUMERIC: Final = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)\.?")
_KEPT: Final = "!#$%&'()*+,-./:;=?@[]^_`{|}~\\"
_IN_PATH: Final = "!'()*-._~"

_MARKS: Final = re.compile(
    r"(?P<url>https?://[^\s<>\"]+)"
    r"|(?<![\w&])[#＃](?P<tag>[^\s#＃@]+)"
    r"|(?<![\w.@/])@(?P<user>[^\W_](?:[\w.-]*\w)?(?:@[\w.-]*[^\W_])?)"
    r"|(?<![\w.@/-])(?P<bare>(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[^\s<>\"]*)?)",
    re.IGNORECASE,
)
_ENDS: Final = ".,;:!?'\"’”»…"
_OPENED_BY: Final = {")": "(", "]": "["}
_SCHEME: Final = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)


class Address(NamedTuple):
    """An http(s) address.

    Attributes
    ----------
    href : str
        As a link takes it.
    domain : str
        Its host without ``www.``, foreign letters as they resolve (``xn--``).
    short : str
        The domain, and an ellipsis for the rest.
    """

    href: str
    domain: str
    short: str


class Piece(NamedTuple):
    """A stretch of a text, and where it points to, if anywhere."""

    text: str
    href: str | None = None


@lru_cache(maxsize=4096)
def address_of(text: str | None) -> Address | None:
    """Return a text as an address, or None if it is not http(s), or read in more than one way.

    Examples
    --------
    >>> address_of("https://www.acme.example/a?b=1")
    Address(href='https://www.acme.example/a?b=1', domain='acme.example', short='acme.example/…')
    >>> address_of("javascript:alert(1)"), address_of("https://bank.example@evil.example/")
    (None, None)
    """
    found = _ADDRESS.fullmatch(text or "")
    if not found:
        return None
    scheme, host, port, rest = found.groups(default="")
    host = host.lower()
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError:
            return None
    if not _HOST.fullmatch(host) or (_NUMERIC.fullmatch(host) and not _QUAD.fullmatch(host)):
        return None
    if not rest.startswith("/"):
        rest = f"/{rest}"
    short = host.removeprefix("www.")
    href = f"{scheme.lower()}://{host}{port}{quote(rest, safe=_KEPT, errors='replace')}"
    return Address(href, short, short if rest == "/" else f"{short}/…")


def linkify(text: str, item: Item, tag_page: str = "") -> list[Piece]:
    """Return a text in pieces, which put together show what was written.

    Hashtags and accounts are linked only where the source named them; a host without a scheme
    only where the source gave the address that it stands for.

    Parameters
    ----------
    text : str
    item : Item
        Its hashtags, mentions, links, author and author_url are used.
    tag_page : str
        Address of a hashtag's page with ``{}`` for the tag, or nothing.
    """
    return [piece for _, piece in placed(text, item, tag_page)]


def placed(text: str, item: Item, tag_page: str = "") -> list[tuple[int, Piece]]:
    """Return a text in pieces, as :func:`linkify` does, each with where it begins."""
    tags = sorted(map(_fold, item.hashtags[:_NAMED]), key=len, reverse=True)
    users = [_fold(user) for user in item.mentions[:_NAMED]]
    links: list[Address] | None = None
    pieces: list[tuple[int, Piece]] = []
    at = 0
    for match in _MARKS.finditer(text):
        start = match.start()
        if start < at:
            continue
        if match["url"]:
            piece = _address_piece(match["url"])
        elif match["tag"]:
            piece = _tag_piece(match[0], match["tag"], tags, tag_page)
        elif match["user"]:
            piece = _user_piece(match["user"], users, item)
        else:
            links = _addresses(item) if links is None else links
            piece = _host_piece(match["bare"], links)
        if piece is None:
            continue
        length, made = piece
        if start > at:
            pieces.append((at, Piece(text[at:start])))
        pieces.append((start, made))
        at = start + length
    if at < len(text):
        pieces.append((at, Piece(text[at:])))
    return pieces


def other_links(item: Item, pieces: Sequence[Piece]) -> list[Address]:
    """Return the addresses that an item names but its text does not show, at most three."""
    seen = {piece.href for piece in pieces}
    own = address_of(item.url)
    if own:
        seen.add(own.href)
    found: list[Address] = []
    for link in _addresses(item):
        if link.href not in seen:
            seen.add(link.href)
            found.append(link)
    return found[:_OTHERS]


def _addresses(item: Item) -> list[Address]:
    """Return what an item links to, as far as a reader is shown any of it."""
    links = [link for link in item.links if len(link) <= _LONGEST][:_MOST]
    return [address for link in links if (address := address_of(link))]


def _fold(text: str) -> str:
    return normalize("NFKC", text).lower()


def _trimmed(found: str) -> str:
    """Cut what ends the sentence rather than the address; a bracket stays if opened inside."""
    while True:
        found = found.rstrip(_ENDS)
        opened = _OPENED_BY.get(found[-1:])
        if not opened or opened in found:
            return found
        found = found[:-1]


def _address_piece(url: str) -> tuple[int, Piece] | None:
    whole = _trimmed(url)
    address = address_of(whole)
    return (len(whole), Piece(address.short, address.href)) if address else None


def _tag_piece(mark: str, tag: str, tags: Sequence[str], tag_page: str) -> tuple[int, Piece] | None:
    folded = _fold(tag)
    known = next((each for each in tags if each and folded.startswith(each)), None)
    page = known and tag_page and address_of(tag_page.replace("{}", quote(known, safe=_IN_PATH)))
    if not (known and page):
        return None
    shown = mark[: len(known) + 1]
    return len(shown), Piece(shown, page.href)


def _user_piece(user: str, users: Sequence[str], item: Item) -> tuple[int, Piece] | None:
    """Link an account to its page on the author's network, drawn from the author's own."""
    if _fold(user) not in users and not any(each.startswith("did:") for each in users):
        return None
    author, page = item.author, item.author_url
    if not (author and page and page.endswith(author)):
        return None
    address = address_of(page.removesuffix(author) + quote(user, safe=_IN_PATH))
    return (len(user) + 1, Piece(f"@{user}", address.href)) if address else None


def _host_piece(host: str, links: Sequence[Address]) -> tuple[int, Piece] | None:
    whole = _trimmed(host)
    start = _bare(whole)
    domain = re.split(r"[/?#]", start, maxsplit=1)[0]
    for link in links:
        if link.domain == domain and _bare(link.href).startswith(start):
            cut = next((end for end in ("…", "...") if host[len(whole) :].startswith(end)), "")
            return len(whole) + len(cut), Piece(link.short, link.href)
    return None


def _bare(address: str) -> str:
    """Return an address as people write it: no scheme, no www., no closing slash."""
    return _SCHEME.sub("", address, count=1).removeprefix("www.").removesuffix("/").lower()
