"""Bluesky's posts as its API shows them, with counts and authors, to items.

Formats: the lexicons ``app.bsky.feed.getAuthorFeed``, ``.getListFeed``, ``.searchPosts`` and
``.getPosts`` (github.com/bluesky-social/atproto).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from workbench.collectors.lanes import Reading
from workbench.collectors.ledger import Seen
from workbench.collectors.markup import squeeze
from workbench.collectors.posts import Context, read_post
from workbench.collectors.profiles import Profile, profile_of
from workbench.errors import SourceError
from workbench.items import Item, ParseResult, Problem

__all__ = ["read_views"]

_URI: Final = re.compile(
    r"at://(did:[a-z]+:[\w.:%-]{1,250})/app\.bsky\.feed\.post/([\w.~:-]{1,512})"
)
_REPOST: Final = re.compile(
    r"at://did:[a-z]+:[\w.:%-]{1,250}/app\.bsky\.feed\.repost/[\w.~:-]{1,512}"
)
_CURSOR: Final = re.compile(r"[!-~]{1,2000}")
_SHY: Final = "!no-unauthenticated"
_NOBODY: Final[Mapping[str, tuple[Any, ...]]] = {}


def read_views(data: bytes, *, collected: datetime, tier: str = "social") -> Reading:
    """Return the posts of an answer: of a feed, a search, or those that were asked for.

    A repost is an item of its own, with its original's text, where the answer names it.
    Posts of accounts that ask to be shown to nobody who is not signed in are left out.

    Raises
    ------
    SourceError
        If it is no such answer.
    """
    try:
        given = json.loads(data)
    except (ValueError, RecursionError):
        given = None
    entries: list[Any]
    match given:
        case {"feed": [*entries]}:
            pass
        case {"posts": [*posts]}:
            entries = [{"post": post} for post in posts]
        case {"error": str(error)}:
            said = squeeze(f"{error} {given.get('message') or ''}")[:200]
            raise SourceError(f"bluesky: answered with an error instead of posts: {said}")
        case _:
            head = squeeze(data[:200].decode("utf-8", "replace"))[:60]
            raise SourceError(f"bluesky: answered with what are no posts, it begins {head!r}")
    after = given.get("cursor")
    is_cursor = isinstance(after, str) and _CURSOR.fullmatch(after)
    reading = Reading(ParseResult(), [], [], None, after if is_cursor and entries else None)
    oldest: list[datetime] = []
    for number, entry in enumerate(entries, start=1):
        where = f"post {number}"
        try:
            item, at, problems = _item(entry, collected, tier)
            reading.result.problems += [Problem(where, why) for why in problems]
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            reason = f"is malformed ({type(error).__name__}: {str(error)[:80]})"
            reading.result.problems.append(Problem(where, reason))
            continue
        oldest.append(at)
        if isinstance(item, Item):
            reading.named.append(item.id)
            reading.seen.append(Seen(item.id, item.id, item.time))
            reading.result.append(item)
        else:
            reading.named.append(item)
            reading.result.problems.append(Problem(where, "is not for those who are not signed in"))
    return reading._replace(oldest=min(oldest, default=None))


def _item(
    entry: Mapping[str, Any], collected: datetime, tier: str
) -> tuple[Item | str, datetime, list[str]]:
    """Return an item, or the uri of one that is left out; where it stands; what was malformed."""
    post = entry["post"]
    found = _URI.fullmatch(post["uri"])
    if not found:
        raise ValueError("its uri is none")
    did, key = found.groups()
    indexed = _time(post.get("indexedAt")) or collected
    people: dict[str, tuple[Any, ...]] = {}
    author = _meet(post["author"], people)
    _meet_answered(entry.get("reply"), people)
    item, problems = read_post(
        post["record"],
        did=did,
        key=key,
        seen=indexed,
        is_update=False,
        context=Context(collected, tier, people),
    )
    item = replace(
        item,
        likes=_count(post, "likeCount"),
        reposts=_count(post, "repostCount"),
        replies=_count(post, "replyCount"),
        sensitive=item.sensitive or _is_labelled(post),
    )
    reason = _repost(entry.get("reason"))
    at = _time(reason.get("indexedAt")) or indexed
    if _is_shy(author) or _is_shy(reason.get("by")):
        return item.id, at, problems
    uri = reason.get("uri")
    if not isinstance(uri, str) or not _REPOST.fullmatch(uri):
        return item, at, problems
    by = _meet(reason["by"], people)
    who = people.get(str(by["did"])) or (None, None)
    return (
        replace(
            item,
            id=uri,
            kind="repost",
            repost_of=item.id,
            published=at,
            published_precision=0.001,
            author=who[0],
            author_name=who[1],
            author_url=f"https://bsky.app/profile/{by['did']}",
            followers=None,
            verified=None,
            reply_to=None,
            reply_to_author=None,
            quote_of=None,
            likes=None,
            reposts=None,
            replies=None,
        ),
        at,
        problems,
    )


def _repost(reason: object) -> Mapping[str, Any]:
    """Return who reposted it and when; nothing if it stands there for its author's sake."""
    if isinstance(reason, dict) and str(reason.get("$type")).endswith("#reasonRepost"):
        return reason
    return {}


def _meet(raw: Mapping[str, Any], people: dict[str, tuple[Any, ...]]) -> Mapping[str, Any]:
    """Take note of who somebody is."""
    profile: Profile = profile_of(raw)
    if profile.handle and profile.handle != "handle.invalid":
        people[str(raw["did"])] = profile
    return raw


def _meet_answered(reply: object, people: dict[str, tuple[Any, ...]]) -> None:
    parent = reply.get("parent") if isinstance(reply, dict) else None
    author = parent.get("author") if isinstance(parent, dict) else None
    if isinstance(author, dict) and "handle" in author and "did" in author:
        _meet(author, people)


def _labels(raw: object) -> list[str]:
    given = raw.get("labels") if isinstance(raw, dict) else None
    return [
        str(each.get("val"))
        for each in (given[:100] if isinstance(given, list) else [])
        if isinstance(each, dict) and each.get("neg") is not True
    ]


def _is_shy(author: object) -> bool:
    return _SHY in _labels(author)


def _is_labelled(post: object) -> bool | None:
    """Return whether somebody put a label on it; those with ``!`` are about who may see it."""
    return any(label and label[0] != "!" for label in _labels(post)) or None


def _count(raw: Mapping[str, Any], name: str) -> int | None:
    value = raw.get(name)
    return value if value.__class__ is int and value >= 0 else None


def _time(given: object) -> datetime | None:
    try:
        when = datetime.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        return None
    if when is None:
        return None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
