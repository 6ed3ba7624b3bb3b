"""GDELT's answers: lists of articles to items, and how many there were.

Format: the DOC 2.0 API's ``ArtList`` and ``TimelineVolRaw``, as JSON
(blog.gdeltproject.org/gdelt-doc-2-0-api-debuts). It answers with plain text and status 200
where it refuses a query or is asked too often, and with ``{}`` where nothing was found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from workbench import clock
from workbench.collectors.documents import what_came
from workbench.collectors.ids import digest
from workbench.collectors.markup import absolute, cut, plain, squeeze
from workbench.collectors.tongues import tag_of
from workbench.errors import RateLimited, SourceError
from workbench.items import Item, Media, ParseResult, Problem

__all__ = ["STEP", "RefusedError", "Volume", "parse", "read", "read_volume"]

STEP: Final = 900.0
"""Seconds between two crawls: `seendate` is the one that met an article."""

_WAIT: Final = 60.0
_LONGEST_TITLE: Final = 1_000
_LONGEST_HOST: Final = 253
_DATE: Final = re.compile(r"(\d{4})(\d\d)(\d\d)T?(\d\d)(\d\d)(\d\d)Z?")
# What JSON does not know, and what the service leaves in titles all the same. What JSON does know
# is taken whole, or the second of two backslashes would be read as the beginning of another.
_ESCAPE: Final = re.compile(r'(\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))|\\')
# The service takes titles apart: "Acme , Globex and Initech ' s plan".
_APART: Final = re.compile(r" (?=[,.;](?:\s|$))| (?=' s\b)|(?<= ')\s(?=s\b)")
_TRACKING: Final = re.compile(
    r"utm_\w+|fbclid|gclid|mc_[ce]id|cmpid|ocid|amp|outputtype", re.IGNORECASE
)
_MOBILE: Final = re.compile(r"^(?:www|m|mobile|amp)\.(?=[^.]+\.)")
_AMP: Final = re.compile(r"(?:/amp|\.amp)?/?$|^/amp(?=/)", re.IGNORECASE)
_REMEDIES: Final = (
    (re.compile(r"limit requests|too many|quota|throttl", re.IGNORECASE), "ask it less often"),
    (re.compile(r"too short|too common|at least \d", re.IGNORECASE), "search for longer words"),
    (re.compile(r"too (?:long|large|complex|many)", re.IGNORECASE), "shorten the query"),
    (re.compile(r"timespan|date", re.IGNORECASE), "it knows the last three months"),
)


class RefusedError(SourceError):
    """A query that the service does not take."""


class Volume(NamedTuple):
    """How many articles of one step of time matched, and how many there were in all."""

    time: datetime
    n: int
    total: int | None


def parse(
    data: bytes, *, collected: datetime | None = None, tier: str | None = None
) -> ParseResult:
    """Return the articles of an answer of ``mode=artlist&format=json``.

    An article has a headline, but no text. `published` is when the crawler met it, in steps
    of 15 minutes. One article under several addresses (mobile, AMP, with words for tracking)
    comes once, with the first.

    Parameters
    ----------
    data : bytes
    collected : datetime, optional
        When it came in.
    tier : str, optional
        ``news`` if not given.

    Returns
    -------
    ParseResult
        In the answer's order, with a problem for each article that was skipped.

    Raises
    ------
    RateLimited
        If the answer says, in plain text, that it is asked too often.
    SourceError
        If it is no such answer; the message says what came instead.
    """
    return read(data, collected=collected, tier=tier)[0]


def read(
    data: bytes, *, collected: datetime | None = None, tier: str | None = None
) -> tuple[ParseResult, int]:
    """Return what :func:`parse` does, and how many articles the answer lists."""
    match _loaded(data):
        case {"articles": [*articles]}:
            pass
        case {**keys} if not keys:
            articles = []  # nothing was found
        case _:
            raise SourceError(f"gdelt: answered with no list of articles but {what_came(data)}")
    result = ParseResult()
    found: dict[str, int] = {}
    for number, raw in enumerate(articles, start=1):
        where = f"article {number}"
        try:
            item, names = _item(raw, collected, tier or "news")
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            reason = f"is malformed ({type(error).__name__}: {str(error)[:80]})"
            result.problems.append(Problem(where, reason))
            continue
        same = next((found[name] for name in names if name in found), None)
        if same:
            result.problems.append(Problem(where, f"is article {same} again"))
            continue
        found |= dict.fromkeys(names, number)
        result.append(item)
    return result, len(articles)


def read_volume(data: bytes) -> list[Volume]:
    """Return the counts of an answer of ``mode=timelinevolraw&format=json``, in its order.

    Nothing found is an empty list, since the service then names no steps.

    Raises
    ------
    SourceError
        As :func:`parse` does.
    """
    match _loaded(data):
        case {"timeline": [{"data": [*steps]}, *_]}:
            pass
        case {"timeline": []}:
            steps = []
        case {**keys} if not keys:
            steps = []
        case _:
            raise SourceError(f"gdelt: answered with no timeline but {what_came(data)}")
    volumes = []
    for step in steps:
        try:
            when, number, total = _time(step["date"]), step["value"], step.get("norm")
        except (KeyError, TypeError, AttributeError):
            continue
        if when and number.__class__ in {int, float} and 0 <= number < 2**53:
            known = total.__class__ in {int, float} and 0 <= total < 2**53
            volumes.append(Volume(when, int(number), int(total) if known else None))
    return volumes


def _loaded(data: bytes) -> Any:
    """Return what an answer holds.

    Raises
    ------
    SourceError
        If it is no JSON: the service says what is wrong in plain text.
    """
    text = data.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if text[:1] in {"{", "["}:
        try:
            return json.loads(_ESCAPE.sub(lambda it: it[1] or r"\\", text), strict=False)
        except (ValueError, RecursionError):
            raise SourceError(
                f"gdelt: answered with JSON that cannot be read, it begins {squeeze(text)[:60]!r}"
            ) from None
    if text[:1] == "<" or not text:
        raise SourceError(f"gdelt: answered with no list of articles but {what_came(data)}")
    said = cut(squeeze(plain(text).text), 200)
    remedy = next((what for words, what in _REMEDIES if words.search(said)), "")
    told = f"gdelt: answered {said!r}" + (f"; {remedy}" if remedy else "")
    if _REMEDIES[0][0].search(said):
        raise RateLimited(told, retry_after=_WAIT)
    raise RefusedError(told)


def _item(
    raw: Mapping[str, Any], collected: datetime | None, tier: str
) -> tuple[Item, tuple[str, ...]]:
    """Return an article as an item, and all that it is known by."""
    title = _APART.sub("", plain(str(raw.get("title") or "")).text).replace("\n", " ")
    url, mobile = _address(raw.get("url")), _address(raw.get("url_mobile"))
    page = url or mobile
    if not (title or page):
        raise ValueError("it has neither headline nor address")
    domain = _host(raw.get("domain")) or (_host(urlsplit(page).hostname) if page else None)
    seen = _time(raw.get("seendate"))
    own = canonical(page) if page else f"{domain or ''}#{digest(title)}"
    names = {own, *([canonical(mobile)] if mobile else ())}
    if title and domain:
        # Of one day: there are headlines that come back each morning.
        names.add(f"{domain} {title.casefold()} {seen:%Y%m%d}" if seen else f"{domain} {title}")
    picture = _address(raw.get("socialimage"))
    item = Item(
        source="gdelt",
        id=own if len(own) <= 500 else digest(own),
        kind="article",
        tier=tier,
        published=seen or collected or clock.now(),
        published_precision=STEP if seen else None,
        collected=collected,
        author_name=domain,
        author_url=f"https://{domain}/" if domain else None,
        title=cut(title, _LONGEST_TITLE),
        text="",
        url=page,
        lang=tag_of(str(raw.get("language") or "")),
        links=(page,) if page else (),
        media=(Media("image", picture),) if picture else (),
    )
    return item, tuple(names)


def canonical(url: str) -> str:
    """Return an address as one article's several have it in common.

    Examples
    --------
    >>> canonical("http://m.news.example/a/amp/?utm_source=x&id=7#top")
    'https://news.example/a?id=7'
    """
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query) if not _TRACKING.fullmatch(pair[0])]
    host = _MOBILE.sub("", (parts.netloc.rpartition("@")[2]).lower())
    return urlunsplit(("https", host, _AMP.sub("", parts.path), urlencode(kept), ""))


def _address(value: object) -> str | None:
    return absolute(value) if isinstance(value, str) else None


def _host(value: object) -> str | None:
    """Return a domain, unless it cannot be one."""
    if not isinstance(value, str) or len(value) > _LONGEST_HOST:
        return None
    host = value.strip().lower().removeprefix("www.")
    return host if re.fullmatch(r"[\w-]+(\.[\w-]+)+", host) else None


def _time(value: object) -> datetime | None:
    found = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        return None
    try:
        year, month, day, hour, minute, second = map(int, found.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
