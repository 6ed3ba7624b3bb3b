"""One post of X: its object and what the answer includes with it, to an item.

Format: the objects tweet, user, media and poll of X's API, version 2 (docs.x.com). Fields
come only where they were asked for, and any of them may be missing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from workbench import clock
from workbench.clock import from_micros
from workbench.collectors.markup import absolute, cut, squeeze
from workbench.collectors.statuses import time_of
from workbench.items import Item, Media

__all__ = ["FIELDS", "Context", "chain_of", "id_of", "read_tweet", "written_at"]

FIELDS: Final[Mapping[str, str]] = {
    "tweet.fields": "article,attachments,author_id,created_at,edit_history_tweet_ids,entities,"
    "in_reply_to_user_id,lang,note_tweet,possibly_sensitive,public_metrics,referenced_tweets",
    "expansions": "attachments.media_keys,attachments.poll_ids,author_id,in_reply_to_user_id,"
    "referenced_tweets.id,referenced_tweets.id.author_id",
    "user.fields": "name,public_metrics,username,verified",
    "media.fields": "alt_text,preview_image_url,type,url",
    "poll.fields": "options",
}
"""What has to be asked for: without it a post is its id and a text that may be cut."""

_SITE: Final = "https://x.com"
_ID: Final = re.compile(r"[0-9]{1,19}", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z0-9_]{1,30}", re.ASCII)
_LANG: Final = re.compile(r"[a-z]{2}(?:-[A-Za-z]{2,8})?", re.ASCII)
_MEDIA: Final = {"photo": "image", "video": "video", "animated_gif": "video"}
_REPOSTING: Final = re.compile(r"RT @[A-Za-z0-9_]{1,30}: ", re.ASCII)
_EPOCH: Final = 1_288_834_974_657  # milliseconds: from when on the upper bits of an id count
_FIRST: Final = 2**40  # ids below it are older than that, and tell no time
_MOST: Final = 100
_LONGEST: Final = 30_000
_LONGEST_NAME: Final = 300
_LONGEST_ALT: Final = 2_000
_LONGEST_TAG: Final = 640


class Context(NamedTuple):
    """What an answer includes beside its posts, and what is known of them besides.

    Attributes
    ----------
    users, posts, media, polls : Mapping
        By id or key.
    collected : datetime or None
        When they came in.
    tier : str
    """

    users: Mapping[str, Mapping[str, Any]]
    posts: Mapping[str, Mapping[str, Any]]
    media: Mapping[str, Mapping[str, Any]]
    polls: Mapping[str, Mapping[str, Any]]
    collected: datetime | None = None
    tier: str = "social"

    @classmethod
    def of(
        cls, includes: object, *, collected: datetime | None = None, tier: str = "social"
    ) -> Context:
        """Return what ``includes`` of an answer holds; what is malformed in it is left out."""
        given = includes if isinstance(includes, dict) else {}

        def by(name: str, key: str) -> dict[str, Mapping[str, Any]]:
            return {str(each[key]): each for each in _dicts(given.get(name), 1_000) if key in each}

        return cls(
            by("users", "id"),
            by("tweets", "id"),
            by("media", "media_key"),
            by("polls", "id"),
            collected,
            tier,
        )


def id_of(value: object) -> str:
    """Return a post's id, or raise ValueError if it is none."""
    own = str(value)
    if not _ID.fullmatch(own):  # it becomes part of addresses
        raise ValueError("its id is none")
    return str(int(own))


def chain_of(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids of a post's versions, the first one first; its own is among them."""
    own = id_of(raw["id"])
    given = raw.get("edit_history_tweet_ids")
    versions = given[:_MOST] if isinstance(given, list) else []
    known = {int(id_of(each)) for each in versions} | {int(own)}
    return tuple(map(str, sorted(known)))


def written_at(own: str) -> datetime | None:
    """Return when a post was written, by its id: it counts milliseconds."""
    number = int(own)
    if number < _FIRST:
        return None
    return from_micros(((number >> 22) + _EPOCH) * 1_000)


def read_tweet(raw: Mapping[str, Any], context: Context) -> Item:
    """Return a post as an item: the newest version under the id of the first.

    Raises
    ------
    ValueError, KeyError, TypeError, AttributeError
        If it is no post.
    """
    references = _references(raw)
    own = _post(raw, references, context)
    if "retweeted" not in references:
        return own
    original = context.posts.get(references["retweeted"])
    if original is None:
        # It is gone, or not for us: what the repost itself holds is cut, but all there is.
        text = _REPOSTING.sub("", own.text, count=1)
        return replace(own, kind="repost", text=text, repost_of=references["retweeted"])
    full = _post(original, _references(original), context)
    return replace(
        full,
        id=own.id,
        kind="repost",
        published=own.published,
        published_precision=own.published_precision,
        edited=None,
        author=own.author,
        author_name=own.author_name,
        author_url=own.author_url,
        verified=own.verified,
        followers=own.followers,
        url=own.url,
        reply_to=None,
        reply_to_author=None,
        quote_of=None,
        repost_of=full.id,
        likes=None,
        reposts=None,
        replies=None,
    )


def _post(raw: Mapping[str, Any], references: Mapping[str, str], context: Context) -> Item:
    chain = chain_of(raw)
    own, first = id_of(raw["id"]), chain[0]
    is_edited = own != first
    created = time_of(raw.get("created_at"))
    # Of an edited post `created_at` tells the edit; its first id tells when it was written.
    published = written_at(first) if is_edited else created or written_at(own)
    note = raw.get("note_tweet")
    full = note if isinstance(note, dict) and isinstance(note.get("text"), str) else raw
    told = full["text"]
    if not isinstance(told, str):
        raise TypeError("its text is none")
    entities = full.get("entities") or raw.get("entities")
    entities = entities if isinstance(entities, dict) else {}
    media, choices = _media(raw, context)
    text = cut("\n".join((_text(told, entities), *choices)).strip(), _LONGEST)
    article = raw.get("article")
    title = article.get("title") if isinstance(article, dict) else None
    lang = raw.get("lang")
    reply_to = references.get("replied_to")
    counts = raw.get("public_metrics")
    counts = counts if isinstance(counts, dict) else {}
    author = _author(raw, context)
    name = author.get("author")
    return Item(
        source="x",
        id=first,
        kind="reply" if reply_to else "quote" if "quoted" in references else "post",
        tier=context.tier,
        published=published or context.collected or clock.now(),
        published_precision=None if published is None else 0.001 if is_edited else 1.0,
        collected=context.collected,
        edited=(created or written_at(own)) if is_edited else None,
        title=cut(squeeze(title), _LONGEST_NAME) or None if isinstance(title, str) else None,
        text=text,
        url=f"{_SITE}/{name}/status/{own}" if name else f"{_SITE}/i/web/status/{own}",
        lang=lang if isinstance(lang, str) and _LANG.fullmatch(lang) else None,
        hashtags=_values(entities, "hashtags", "tag"),
        mentions=tuple(n for n in _values(entities, "mentions", "username") if _NAME.fullmatch(n)),
        cashtags=_values(entities, "cashtags", "tag"),
        links=_links(entities),
        media=media,
        reply_to=reply_to,
        reply_to_author=_answered(raw, entities, context) if reply_to else None,
        quote_of=references.get("quoted"),
        likes=_count(counts, "like_count"),
        reposts=_count(counts, "retweet_count"),
        replies=_count(counts, "reply_count"),
        sensitive=True if raw.get("possibly_sensitive") is True else None,
        **author,
    )


def _references(raw: Mapping[str, Any]) -> dict[str, str]:
    """Return what a post answers, quotes or reposts: ids by what it does with them."""
    found: dict[str, str] = {}
    for each in _dicts(raw.get("referenced_tweets")):
        kind = each.get("type")
        if isinstance(kind, str):
            found.setdefault(kind, id_of(each["id"]))
    return found


def _author(raw: Mapping[str, Any], context: Context) -> dict[str, Any]:
    user = context.users.get(str(raw.get("author_id")), {})
    name = user.get("username")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return {}
    shown = user.get("name")
    counts = user.get("public_metrics")
    verified = user.get("verified")
    return {
        "author": name,
        "author_name": cut(squeeze(shown), _LONGEST_NAME) or None
        if isinstance(shown, str)
        else None,
        "author_url": f"{_SITE}/{name}",
        "verified": verified if isinstance(verified, bool) else None,
        "followers": _count(counts, "followers_count") if isinstance(counts, dict) else None,
    }


def _answered(raw: Mapping[str, Any], entities: Mapping[str, Any], context: Context) -> str | None:
    """Return whom a reply answers, if that is included or the reply mentions them."""
    person = str(raw.get("in_reply_to_user_id"))
    known = [context.users.get(person, {})]
    known += [each for each in _dicts(entities.get("mentions")) if str(each.get("id")) == person]
    names = [each.get("username") for each in known]
    return next((n for n in names if isinstance(n, str) and _NAME.fullmatch(n)), None)


def _text(raw: str, entities: Mapping[str, Any]) -> str:
    """Return a text as a reader sees it: links in full, those to its own pictures left out.

    Entities are placed by code points of the text as it comes, with ``&amp;`` for &; so they
    are put in first, and then it is unescaped. One that does not fit its place is sought.
    """
    pieces: list[str] = []
    here = 0
    urls = [each for each in _dicts(entities.get("urls")) if isinstance(each.get("url"), str)]
    for each in sorted(urls, key=_start):
        short, start = each["url"], _start(each)
        if not short or raw[start : start + len(short)] != short or start < here:
            start = raw.find(short, here) if short else -1
        if start < here:
            continue
        pieces.append(html.unescape(raw[here:start]))
        if not isinstance(each.get("media_key"), str):
            pieces.append(_expanded(each) or short)
        here = start + len(short)
    pieces.append(html.unescape(raw[here:]))
    return squeeze("".join(pieces))


def _start(entity: Mapping[str, Any]) -> int:
    start = entity.get("start")
    return start if start.__class__ is int and start >= 0 else 0


def _expanded(entity: Mapping[str, Any]) -> str | None:
    """Return where a link leads in the end, as far as X has followed it."""
    for name in ("unwound_url", "expanded_url", "url"):
        given = entity.get(name)
        found = absolute(given) if isinstance(given, str) else None
        if found:
            return found
    return None


def _links(entities: Mapping[str, Any]) -> tuple[str, ...]:
    own = [e for e in _dicts(entities.get("urls")) if not isinstance(e.get("media_key"), str)]
    return tuple(dict.fromkeys(link for each in own if (link := _expanded(each))))


def _values(entities: Mapping[str, Any], name: str, key: str) -> tuple[str, ...]:
    given = [each.get(key) for each in _dicts(entities.get(name))]
    texts = [squeeze(each) for each in given if isinstance(each, str)]
    return tuple(dict.fromkeys(text for text in texts if 0 < len(text) <= _LONGEST_TAG))


def _media(raw: Mapping[str, Any], context: Context) -> tuple[tuple[Media, ...], list[str]]:
    """Return what a post carries, and a poll's choices as lines."""
    attached = raw.get("attachments")
    attached = attached if isinstance(attached, dict) else {}
    found: list[Media] = []
    for key in _list(attached.get("media_keys")):
        each = context.media.get(str(key))
        if each is None:
            continue
        kind = _MEDIA.get(str(each.get("type")), "file")
        found.append(Media(kind, _place(each), _alt(each)))
    choices: list[str] = []
    for key in _list(attached.get("poll_ids")):
        poll = context.polls.get(str(key), {})
        labels = [each.get("label") for each in _dicts(poll.get("options"))]
        found.append(Media("poll"))
        choices += [f"○ {squeeze(each)[:_MOST]}" for each in labels if isinstance(each, str)]
    return tuple(found), choices


def _place(raw: Mapping[str, Any]) -> str | None:
    addresses = (raw.get("url"), raw.get("preview_image_url"))
    found = (absolute(each) for each in addresses if isinstance(each, str))
    return next((each for each in found if each), None)


def _alt(raw: Mapping[str, Any]) -> str | None:
    alt = raw.get("alt_text")
    return squeeze(alt)[:_LONGEST_ALT] or None if isinstance(alt, str) else None


def _list(value: object) -> list[Any]:
    return value[:_MOST] if isinstance(value, list) else []


def _dicts(value: object, most: int = _MOST) -> list[dict[str, Any]]:
    given = value[:most] if isinstance(value, list) else []
    return [each for each in given if isinstance(each, dict)]


def _count(raw: Mapping[str, Any], name: str) -> int | None:
    value = raw.get(name)
    return value if value.__class__ is int and value >= 0 else None
