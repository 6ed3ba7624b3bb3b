"""Reddit's things to items: posts and comments, in listings and by themselves.

Formats: listings, links (``t3``) and comments (``t1``) of Reddit's API
(reddit.com/dev/api, github.com/reddit-archive/reddit/wiki/json).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from workbench import clock
from workbench.clock import from_micros
from workbench.collectors.lanes import Reading
from workbench.collectors.ledger import Seen
from workbench.collectors.markup import absolute, cut, plain, squeeze
from workbench.errors import SourceError
from workbench.items import Deletion, Item, Media, ParseResult, Problem

__all__ = ["NAME", "parse", "read"]

NAME: Final = re.compile(r"t[13]_[0-9a-z]{1,13}")
"""A post or a comment as Reddit calls it: its fullname."""

_PAGE: Final = "https://www.reddit.com"
_PERSON: Final = re.compile(r"[\w-]{1,30}", re.ASCII)
_MENTION: Final = re.compile(r"(?<![\w/])/?u/([\w-]{3,20})(?![\w-])", re.ASCII)
_LANG: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}")
_GONE: Final = frozenset(("[deleted]", "[removed]", "[ removed by reddit ]"))
_NOBODY: Final = "[deleted]"
_MOST: Final = 100
_LONGEST: Final = 40_000  # a post's; a comment has 10,000 characters at most
_LONGEST_SOURCE: Final = 400_000
_LONGEST_TITLE: Final = 1_000
_LONGEST_ALT: Final = 2_000
_LATEST: Final = 2**33  # seconds: the year 2242


class _Context(NamedTuple):
    collected: datetime | None
    tier: str
    lang: str | None


def parse(
    data: bytes,
    *,
    collected: datetime | None = None,
    tier: str | None = None,
    lang: str | None = None,
) -> ParseResult:
    """Return the posts and comments of a listing.

    A post is a post with a title, a comment a reply. A crosspost is a repost with its
    original's title and text. What was deleted or removed is a deletion. `likes` is the
    score, null while Reddit hides it; `replies` are a post's comments.

    Parameters
    ----------
    data : bytes
        A listing, several of them, or a single post or comment.
    collected : datetime, optional
        When it came in.
    tier : str, optional
        ``social`` if not given.
    lang : str, optional
        What it is written in; Reddit does not say.

    Returns
    -------
    ParseResult
        In the listing's order, with a problem for each thing that was skipped.

    Raises
    ------
    SourceError
        If it is no listing; the message says what came instead.
    """
    return read(data, collected=collected, tier=tier, lang=lang).result


def read(
    data: bytes,
    *,
    collected: datetime | None = None,
    tier: str | None = None,
    lang: str | None = None,
) -> Reading:
    """Return what :func:`parse` does, and what else a listing says."""
    try:
        given = json.loads(data)
    except (ValueError, RecursionError):
        given = ...
    things, after = _things(given, data)
    if lang is not None and not _LANG.fullmatch(lang):
        lang = None
    context = _Context(collected, tier or "social", lang)
    reading = _Reader(context)
    for number, thing in enumerate(things, start=1):
        reading.take(number, thing)
    return Reading(reading.result, reading.seen, list(reading.found), reading.oldest, after)


def _things(given: object, data: bytes) -> tuple[list[Any], str | None]:
    """Return the things of a listing, or of a page of comments, which is two of them."""
    match given:
        case {"kind": "Listing", "data": {"children": [*children]} as inner}:
            after = inner.get("after")
            is_name = isinstance(after, str) and NAME.fullmatch(after)
            return children, after if is_name else None
        case {"kind": "t1" | "t3", "data": {}}:
            return [given], None
        case [{"kind": "Listing"}, *_]:
            return [thing for each in given for thing in _things(each, data)[0]], None
    raise SourceError(f"reddit: {_instead(data, given)}")


def _instead(data: bytes, given: object) -> str:
    """Return what came instead of a listing."""
    said = given.get("message") or given.get("error") if isinstance(given, dict) else None
    if isinstance(said, str):
        return f"answered with an error instead of posts: {squeeze(said)[:200]}"
    head = squeeze(data[:200].decode("utf-8", "replace"))[:60]
    if head.lower().startswith(("<!doctype html", "<html")):
        return "answered with a web page instead of posts"
    return f"answered with what is no listing, it begins {head!r}"


class _Reader:
    """Takes things one by one."""

    def __init__(self, context: _Context) -> None:
        self.result = ParseResult()
        self.seen: list[Seen] = []
        self.found: dict[str, int] = {}
        self.oldest: datetime | None = None
        self._context = context

    def take(self, number: int, thing: Any) -> None:
        """Take a thing; what is neither a post nor a comment is passed over."""
        where = f"thing {number}"
        try:
            kind, raw = thing["kind"], thing["data"]
            if kind not in {"t1", "t3"} or raw.get("promoted") is True:
                return
            name = _name(kind, raw)
            if name in self.found:
                self.result.problems.append(Problem(where, f"is thing {self.found[name]} again"))
                return
            self.found[name] = number
            self._take(name, raw)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            reason = f"is malformed ({type(error).__name__}: {str(error)[:80]})"
            self.result.problems.append(Problem(where, reason))

    def _take(self, name: str, raw: Mapping[str, Any]) -> None:
        context = self._context
        at = _time(raw.get("created_utc"))
        if at and (self.oldest is None or at < self.oldest):
            self.oldest = at
        if _is_gone(raw):
            when = context.collected or clock.now()
            self.result.deletions.append(Deletion("reddit", name, when))
            return
        item = _comment(name, raw, context) if name.startswith("t1") else _post(name, raw, context)
        self.result.append(item)
        self.seen.append(Seen(name, name, item.time))


def _name(kind: str, raw: Mapping[str, Any]) -> str:
    given = raw.get("name") or f"{kind}_{raw['id']}"
    if not NAME.fullmatch(given) or not given.startswith(kind):  # it becomes part of addresses
        raise ValueError("its name is none")
    return str(given)


def _is_gone(raw: Mapping[str, Any]) -> bool:
    """Return whether its author deleted it, or somebody removed it."""
    text = raw["body"] if "body" in raw else raw.get("selftext")
    return raw.get("removed_by_category") is not None or (
        isinstance(text, str) and text.strip().lower() in _GONE
    )


def _post(name: str, raw: Mapping[str, Any], context: _Context) -> Item:
    title = _text(raw["title"])
    if not title:
        raise ValueError("it says nothing")
    body = _body(raw, "selftext")
    links = dict.fromkeys((*_addresses(raw), *body[1]))
    item = Item(
        id=name,
        kind="post",
        title=cut(title, _LONGEST_TITLE),
        text=body[0],
        links=tuple(links),
        media=tuple(_media(raw)),
        replies=_count(raw, "num_comments"),
        reposts=_count(raw, "num_crossposts"),
        **_shared(raw, f"{title}\n{body[0]}", context),
    )
    original = _original(raw)
    if original is None:
        return item
    parent, of_it = original
    if of_it is None:
        return replace(item, kind="repost", repost_of=parent)
    whole = _post(parent, of_it, context)
    words = "" if whole.title == item.title else f"{whole.title}\n"
    return replace(
        item,
        kind="repost",
        repost_of=parent,
        text=(words + whole.text).strip(),
        links=whole.links,
        media=whole.media or item.media,
        mentions=tuple(dict.fromkeys((*item.mentions, *whole.mentions))),
        sensitive=item.sensitive or whole.sensitive,
    )


def _original(raw: Mapping[str, Any]) -> tuple[str, Mapping[str, Any] | None] | None:
    """Return what a crosspost shows: its name, and itself unless it is gone."""
    parent = raw.get("crosspost_parent")
    if not isinstance(parent, str) or not NAME.fullmatch(parent):
        return None
    for each in _dicts(raw.get("crosspost_parent_list")):
        if each.get("name", parent) == parent and not _is_gone(each):
            # Of a crosspost of a crosspost Reddit names the first of all.
            return parent, {**each, "crosspost_parent": None}
    return parent, None


def _comment(name: str, raw: Mapping[str, Any], context: _Context) -> Item:
    text, links = _body(raw, "body")
    if not text:
        raise ValueError("it says nothing")
    parent = raw.get("parent_id")
    is_name = isinstance(parent, str) and NAME.fullmatch(parent)
    to_post = is_name and str(parent).startswith("t3")
    return Item(
        id=name,
        kind="reply",
        text=text,
        links=links,
        reply_to=parent if is_name else None,
        reply_to_author=_person(raw.get("link_author")) if to_post else None,
        media=tuple(_media(raw)),
        **_shared(raw, text, context),
    )


def _shared(raw: Mapping[str, Any], text: str, context: _Context) -> dict[str, Any]:
    """Return what posts and comments have in common."""
    published = _time(raw.get("created_utc"))
    link = raw.get("permalink")
    author = _person(raw.get("author"))
    # Whoever left is called so there as well; this takes the place of the name that we hold.
    shown = _NOBODY if raw.get("author") == _NOBODY else author
    is_hidden = raw.get("score_hidden") is True or raw.get("hide_score") is True
    score = raw.get("score")
    return {
        "source": "reddit",
        "tier": context.tier,
        "published": published or context.collected or clock.now(),
        "published_precision": 1.0 if published else None,
        "collected": context.collected,
        "edited": _time(raw.get("edited")),
        "author": shown,
        "author_name": shown,
        "author_url": f"{_PAGE}/user/{shown}" if shown else None,
        "url": absolute(link, _PAGE) if isinstance(link, str) and link.startswith("/r") else None,
        "lang": context.lang,
        "mentions": tuple(dict.fromkeys(_MENTION.findall(text))),
        # A score may fall below zero, which no number of likes does.
        "likes": None if is_hidden or score.__class__ is not int else max(score or 0, 0),
        "sensitive": raw.get("over_18") is True,
    }


def _body(raw: Mapping[str, Any], name: str) -> tuple[str, tuple[str, ...]]:
    """Return a text without its marks, and where its links lead."""
    made = raw.get(f"{name}_html")
    if isinstance(made, str) and made:
        # Escaped as a whole, or not at all: then what it escapes is meant to be read.
        is_escaped = made.lstrip().startswith("&lt;")
        source = _unescaped(made) if is_escaped else made
        body = plain(source[:_LONGEST_SOURCE], base=_PAGE)
        return cut(body.text, _LONGEST), body.links
    given = raw.get(name)
    return cut(_text(given), _LONGEST) if given else "", ()


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise TypeError("its text is none")
    return squeeze(_unescaped(given[:_LONGEST_SOURCE]))


def _unescaped(text: str) -> str:
    """Return what was meant: unless asked not to, Reddit escapes these three in all it sends."""
    if "&" not in text:
        return text
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _addresses(raw: Mapping[str, Any]) -> Iterator[str]:
    """Yield the page that a post points to, if it is none of its own."""
    if raw.get("is_self") is True or raw.get("crosspost_parent"):
        return
    for name in ("url_overridden_by_dest", "url"):
        given = raw.get(name)
        address = absolute(_unescaped(given), _PAGE) if isinstance(given, str) else None
        if address and raw.get("permalink") not in {address, address.removeprefix(_PAGE)}:
            yield address
            return


def _media(raw: Mapping[str, Any]) -> Iterator[Media]:
    """Yield what a post or comment carries."""
    if raw.get("is_video") is True:
        yield Media("video")
    elif raw.get("post_hint") == "image":
        yield Media("image", next(_addresses(raw), None))
    if isinstance(raw.get("poll_data"), dict):
        yield Media("poll")
    pictures = raw.get("media_metadata")
    if not isinstance(pictures, dict):
        return
    gallery = raw.get("gallery_data")
    captions = {
        str(each.get("media_id")): each.get("caption")
        for each in _dicts(gallery.get("items") if isinstance(gallery, dict) else None)
    }
    for own, each in list(pictures.items())[:_MOST]:
        if not isinstance(each, dict):
            continue
        shown = each.get("s")
        place = shown.get("u") or shown.get("gif") if isinstance(shown, dict) else None
        caption = captions.get(str(own))
        yield Media(
            "video" if each.get("e") == "RedditVideo" else "image",
            absolute(_unescaped(place)) if isinstance(place, str) else None,
            squeeze(caption)[:_LONGEST_ALT] or None if isinstance(caption, str) else None,
        )


def _person(given: object) -> str | None:
    return given if isinstance(given, str) and _PERSON.fullmatch(given) else None


def _time(given: object) -> datetime | None:
    """Return a time in seconds since 1970; of what was never edited Reddit says false."""
    if given.__class__ not in {int, float} or not 0 < given < _LATEST:
        return None
    return from_micros(int(given) * 1_000_000)


def _count(raw: Mapping[str, Any], name: str) -> int | None:
    value = raw.get(name)
    return value if value.__class__ is int and value >= 0 else None


def _dicts(value: object) -> list[dict[str, Any]]:
    given = value[:_MOST] if isinstance(value, list) else []
    return [each for each in given if isinstance(each, dict)]
