"""LinkedIn's posts as its API has them, and as its pages hold them, to items and rows.

Formats: the elements of the Posts API (learn.microsoft.com/linkedin, Community Management),
whose texts are written in its "little text", and the objects behind the pages, which
Zeeschuimer and others save.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from workbench.collectors.linkedin_rows import PAGE, urn_of
from workbench.collectors.markup import absolute, cut, squeeze
from workbench.items import Item, Media, ParseResult, Problem

__all__ = ["Name", "Told", "flatten", "little", "read_elements"]

_ELEMENT: Final = re.compile(
    r"\\(.)|\{hashtag\|\\?[#＃]\|([^{}|]{1,300})\}|@\[((?:\\.|[^\]\\]){1,300})\]\((urn:li:[\w:]+)\)",
    re.DOTALL,
)
_OWN: Final = re.compile(r"urn:li:(?:share|ugcPost|activity):\d{6,25}")
_LONGEST: Final = 20_000
_LONGEST_NAME: Final = 300
_LATEST: Final = 2**43  # milliseconds: the year 2248
_MOST: Final = 100


class Name(NamedTuple):
    """What an organization is called: at the end of its address, and for readers."""

    handle: str
    name: str | None


class Told(NamedTuple):
    """What is known of posts beside themselves.

    Attributes
    ----------
    collected : datetime
        When they came in.
    tier : str
    lang : str or None
    organizations : Mapping of str to Name
        What pages are called, by urn.
    counts : Mapping of str to Mapping
        Likes and replies by urn of a post.
    """

    collected: datetime
    tier: str
    lang: str | None
    organizations: Mapping[str, Name]
    counts: Mapping[str, Mapping[str, int]]


def little(text: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    r"""Return what a text says, its hashtags, and whom it mentions.

    Examples
    --------
    >>> little(r"We at @[Acme \(Air\)](urn:li:organization:7) land {hashtag|\#|onTime} \#1")
    ('We at Acme (Air) land #onTime #1', ('onTime',), ('Acme (Air)',))
    """
    hashtags: dict[str, None] = {}
    mentions: dict[str, None] = {}

    def say(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        if found[2]:
            tag = re.sub(r"\\(.)", r"\1", found[2])
            hashtags[tag] = None
            return f"#{tag}"
        name = re.sub(r"\\(.)", r"\1", found[3])
        mentions[name] = None
        return name

    return _ELEMENT.sub(say, text), tuple(hashtags), tuple(mentions)


def read_elements(elements: list[Any], told: Told, result: ParseResult) -> None:
    """Add the posts of an answer, and a problem for each that was left out."""
    for number, raw in enumerate(elements, start=1):
        where = f"element {number}"
        try:
            state = raw.get("lifecycleState", "PUBLISHED")
            if state != "PUBLISHED":
                result.problems.append(Problem(where, f"is not published ({str(state)[:40]})"))
                continue
            item = _post(raw, told)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            reason = f"is malformed ({type(error).__name__}: {str(error)[:80]})"
            result.problems.append(Problem(where, reason))
            continue
        result.append(item)


def _post(raw: Mapping[str, Any], told: Told) -> Item:
    own = raw["id"]
    if not _OWN.fullmatch(own):  # it becomes part of addresses
        raise ValueError("its id is none")
    said, hashtags, mentions = little(str(raw.get("commentary") or "")[: _LONGEST * 2])
    content = raw.get("content")
    title, links, media = _content(content if isinstance(content, dict) else {})
    text = cut(squeeze(said), _LONGEST)
    context = raw.get("reshareContext")
    parent = context.get("parent") if isinstance(context, dict) else None
    parent = parent if isinstance(parent, str) and _OWN.fullmatch(parent) else None
    if not (text or title or media or parent):
        raise ValueError("it says nothing")
    published = _time(raw.get("publishedAt")) or _time(raw.get("createdAt"))
    changed = _time(raw.get("lastModifiedAt"))
    info = raw.get("lifecycleStateInfo")
    is_edited = isinstance(info, dict) and info.get("isEditedByAuthor") is True
    who = told.organizations.get(str(raw.get("author")))
    number = told.counts.get(own, {})
    return Item(
        source="linkedin",
        id=own,
        kind=("quote" if text else "repost") if parent else "post",
        tier=told.tier,
        published=published or told.collected,
        published_precision=0.001 if published else None,
        collected=told.collected,
        edited=changed if is_edited else None,
        author=who.handle if who else None,
        author_name=who.name if who else None,
        author_url=f"https://www.linkedin.com/company/{who.handle}" if who else None,
        title=title,
        text=text,
        url=f"{PAGE}{own}",
        lang=told.lang,
        hashtags=hashtags,
        mentions=mentions,
        links=links,
        media=media,
        repost_of=parent if not text else None,
        quote_of=parent if text else None,
        likes=number.get("likes"),
        replies=number.get("replies"),
    )


def _content(
    content: Mapping[str, Any],
) -> tuple[str | None, tuple[str, ...], tuple[Media, ...]]:
    """Return the title, the links and the media of what a post carries."""
    title, links, media = None, [], []
    article = content.get("article")
    if isinstance(article, dict):
        title = squeeze(str(article.get("title") or "")) or None
        address = absolute(str(article.get("source") or ""))
        links += [address] if address else []
    single = content.get("media")
    several = content.get("multiImage")
    shown = [single] if isinstance(single, dict) else []
    if isinstance(several, dict) and isinstance(several.get("images"), list):
        shown += [each for each in several["images"][:_MOST] if isinstance(each, dict)]
    for each in shown:
        own = str(each.get("id") or "")
        kind = "video" if ":video:" in own else "file" if ":document:" in own else "image"
        alt = squeeze(str(each.get("altText") or each.get("title") or ""))[:2_000] or None
        media.append(Media(kind, None, alt))
    if isinstance(content.get("poll"), dict):
        media.append(Media("poll"))
    return title and cut(title, 1_000), tuple(links), tuple(media)


def _time(given: object) -> datetime | None:
    if given.__class__ is not int or not 0 < given < _LATEST:
        return None
    return datetime.fromtimestamp(given / 1_000, UTC)


def flatten(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object as its pages hold it as a row; one that is none of these as it is.

    Zeeschuimer puts it under ``data``, beside when it was captured.
    """
    inner = raw.get("data")
    seen = raw.get("timestamp_collected")
    meta = raw.get("__import_meta")
    if isinstance(meta, dict):
        seen = meta.get("timestamp_collected", seen)
    post = inner if isinstance(inner, dict) and "actor" in inner else raw
    actor = post.get("actor")
    if not isinstance(actor, dict) or "commentary" not in post:
        return dict(raw)
    told = _text(actor.get("subDescription"))
    counts = _counts(post)
    reshared = post.get("resharedUpdate") or post.get("*resharedUpdate")
    words = _text(post.get("commentary"))
    original = _text(reshared.get("commentary")) if isinstance(reshared, dict) else ""
    origin = _urn(reshared) if isinstance(reshared, dict) else None
    return {
        "id": _urn(post),
        "text": "\n".join(each for each in (words, original) if each),
        "ago": told,
        "is_promoted": "" if any(letter.isdigit() for letter in told) or not told else "yes",
        "timestamp_collected": seen,
        "author_name": _text(actor.get("name")),
        "author_url": _address(actor),
        "link_url": _link(post.get("content")),
        "kind": ("quote" if words else "repost") if origin else "post",
        "reshared": None if words else origin,
        "quoted": origin if words else None,
        **counts,
    }


def _urn(post: Mapping[str, Any]) -> str | None:
    meta = post.get("updateMetadata")
    given = meta.get("urn") if isinstance(meta, dict) else post.get("preDashEntityUrn")
    return urn_of(str(given or post.get("entityUrn") or ""))


def _text(given: object) -> str:
    """Return a text that stands as such, or under ``text``, once or twice."""
    for _ in range(3):
        if isinstance(given, str):
            return given
        given = given.get("text") if isinstance(given, dict) else ""
    return ""


def _address(holder: object) -> str:
    context = holder.get("navigationContext") if isinstance(holder, dict) else None
    target = context.get("actionTarget") if isinstance(context, dict) else None
    return target.partition("?")[0] if isinstance(target, str) else ""


def _link(content: object) -> str:
    if not isinstance(content, dict):
        return ""
    return _address(content) or _address(content.get("articleComponent"))


def _counts(post: Mapping[str, Any]) -> dict[str, Any]:
    detail = post.get("*socialDetail") or post.get("socialDetail")
    if not isinstance(detail, dict):
        return {}
    total = detail.get("*totalSocialActivityCounts") or detail.get("totalSocialActivityCounts")
    if not isinstance(total, dict):
        return {}
    return {
        "likes": total.get("numLikes"),
        "comment_count": total.get("numComments"),
        "share_count": total.get("numShares"),
    }
