"""Hacker News' stories and comments to items: Algolia's search and Firebase's single items.

Formats: the answers of hn.algolia.com/api/v1, and the items of the official API
(github.com/HackerNews/API).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from workbench import clock
from workbench.clock import from_micros
from workbench.collectors.markup import absolute, cut, plain, squeeze
from workbench.errors import SourceError
from workbench.items import Deletion, Item, ParseResult, Problem

__all__ = ["parse", "read"]

_PAGE: Final = "https://news.ycombinator.com"
_ID: Final = re.compile(r"[0-9]{1,18}")
_AUTHOR: Final = re.compile(r"[\w.-]{1,80}")
_KINDS: Final = {"story": "post", "job": "post", "poll": "post", "comment": "reply"}
_LONGEST: Final = 20_000
_LONGEST_SOURCE: Final = 200_000
_LONGEST_TITLE: Final = 1_000
_LATEST: Final = 2**33  # seconds: the year 2242


def parse(
    data: bytes, *, collected: datetime | None = None, tier: str | None = None
) -> ParseResult:
    """Return the stories and comments of an answer.

    Stories, jobs and polls are posts with a title; comments are replies. `likes` are points,
    `replies` comments; comments have neither. What is deleted or dead (flagged) is a
    deletion.

    Parameters
    ----------
    data : bytes
        An answer of Algolia's search, or one item of the official API; ``null`` for an item
        that is not there.
    collected : datetime, optional
        When it came in.
    tier : str, optional
        ``social`` if not given.

    Returns
    -------
    ParseResult
        In the answer's order, with a problem for each hit that was skipped.

    Raises
    ------
    SourceError
        If it is no such answer; the message says what came instead.
    """
    return read(data, collected=collected, tier=tier)[0]


def read(
    data: bytes, *, collected: datetime | None = None, tier: str | None = None
) -> tuple[ParseResult, int]:
    """Return what :func:`parse` does, and how many more hits a search has than it shows."""
    try:
        given = json.loads(data)
    except (ValueError, RecursionError):
        given = ...
    hits: list[Any]
    match given:
        case {"hits": [*hits]}:
            total = given.get("nbHits")
            left = total - len(hits) if total.__class__ is int else 0
        case {"id": _, "type": _} | {"id": _, "deleted": True}:
            hits, left = [_as_hit(given)], 0
        case None:
            hits, left = [], 0
        case _:
            raise SourceError(f"hackernews: {_instead(data, given)}")
    result = ParseResult()
    found: dict[str, int] = {}
    for number, raw in enumerate(hits, start=1):
        where = f"hit {number}"
        try:
            own = _own(raw["objectID"])
            if own in found:
                result.problems.append(Problem(where, f"is hit {found[own]} again"))
                continue
            found[own] = number
            _take(raw, own, collected, tier or "social", result)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            reason = f"is malformed ({type(error).__name__}: {str(error)[:80]})"
            result.problems.append(Problem(where, reason))
    return result, max(left, 0)


def _instead(data: bytes, given: object) -> str:
    """Return what came instead of an answer."""
    said = given.get("message") or given.get("error") if isinstance(given, dict) else None
    if isinstance(said, str):
        return f"answered with an error instead of hits: {squeeze(said)[:200]}"
    head = squeeze(data[:200].decode("utf-8", "replace"))[:60]
    return f"answered with what are no hits, it begins {head!r}"


def _as_hit(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item of the official API in the words of the search."""
    kind = item.get("type")
    text = item.get("text")
    return {
        "objectID": item["id"],
        "_tags": [kind],
        "author": item.get("by"),
        "created_at_i": item.get("time"),
        "title": item.get("title"),
        "url": item.get("url"),
        "comment_text" if kind == "comment" else "story_text": text,
        "parent_id": item.get("parent"),
        "points": item.get("score"),
        "num_comments": item.get("descendants"),
        "gone": item.get("deleted") is True or item.get("dead") is True,
    }


def _own(value: object) -> str:
    own = str(value)
    if not _ID.fullmatch(own):  # it becomes part of addresses
        raise ValueError("its id is none")
    return own


def _take(
    raw: Mapping[str, Any], own: str, collected: datetime | None, tier: str, result: ParseResult
) -> None:
    if raw.get("gone") or raw.get("deleted") is True or raw.get("dead") is True:
        result.deletions.append(Deletion("hackernews", own, collected or clock.now()))
        return
    tags = raw.get("_tags")
    known = [tag for tag in tags if tag in _KINDS] if isinstance(tags, list) else []
    if not known:
        raise ValueError("it is neither a story nor a comment")
    is_comment = known[0] == "comment"
    page = f"{_PAGE}/item?id={own}"
    source = raw.get("comment_text") if is_comment else raw.get("story_text")
    body = plain(str(source or "")[:_LONGEST_SOURCE], base=_PAGE)
    title = None if is_comment else squeeze(str(raw["title"] or ""))
    if not (title or body.text):
        raise ValueError("it says nothing")
    given = raw.get("url")
    address = absolute(given, _PAGE) if isinstance(given, str) and not is_comment else None
    links = (*((address,) if address else ()), *body.links)
    published = _time(raw.get("created_at_i"))
    author = raw.get("author")
    named = author if isinstance(author, str) and _AUTHOR.fullmatch(author) else None
    result.append(
        Item(
            source="hackernews",
            id=own,
            kind=_KINDS[known[0]],
            tier=tier,
            published=published or collected or clock.now(),
            published_precision=1.0 if published else None,
            collected=collected,
            author=named,
            author_name=named,
            author_url=f"{_PAGE}/user?id={quote(named)}" if named else None,
            title=cut(title, _LONGEST_TITLE) if title else None,
            text=cut(body.text, _LONGEST),
            url=page,
            lang=_lang(f"{title or ''}{body.text}"),
            links=tuple(dict.fromkeys(links)),
            reply_to=_own(raw["parent_id"]) if is_comment else None,
            likes=None if is_comment else _count(raw, "points"),
            replies=None if is_comment else _count(raw, "num_comments"),
        )
    )


def _lang(text: str) -> str | None:
    """Return English, which is what is written there, unless the letters are of another script."""
    letters = [letter for letter in text[:2_000] if letter.isalpha()]
    latin = sum(letter < "\u0250" for letter in letters)
    return "en" if letters and latin > 0.9 * len(letters) else None


def _time(value: object) -> datetime | None:
    if value.__class__ is not int or not 0 < value < _LATEST:
        return None
    return from_micros(value * 1_000_000)


def _count(raw: Mapping[str, Any], name: str) -> int | None:
    value = raw.get(name)
    return value if value.__class__ is int and value >= 0 else None
