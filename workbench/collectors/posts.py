"""One Bluesky post: its record to an item, entities cut at UTF-8 bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from workbench.collectors.markup import absolute
from workbench.items import Draft, Item, Media

__all__ = ["Context", "Handles", "read_post"]

Handles = Mapping[str, tuple[Any, ...]]
"""By DID: handle, name, and if known followers and whether verified."""

_FACET: Final = "app.bsky.richtext.facet#"
_POST: Final = "/app.bsky.feed.post/"
_IMAGES: Final = "https://cdn.bsky.app/img/feed_thumbnail/plain"
_MOST: Final = 100
_LONGEST_TAG: Final = 640
_LONGEST_URI: Final = 8_192
# The lexicon allows 3,000 bytes, but Jetstream hands on what breaks it.
_LONGEST_TEXT: Final = 3_000
_LONGEST_ALT: Final = 2_000


class Context(NamedTuple):
    """What is known of events beside themselves.

    Attributes
    ----------
    collected : datetime or None
        When they came in.
    tier : str
    handles : Mapping
        Handle and name by DID.
    """

    collected: datetime | None
    tier: str
    handles: Handles


class _Entities:
    """What the facets of one post name."""

    def __init__(self) -> None:
        self.hashtags: dict[str, None] = {}
        self.mentions: dict[str, None] = {}
        self.cashtags: dict[str, None] = {}
        self.links: dict[str, None] = {}
        self.problems: list[str] = []


def read_post(
    record: Mapping[str, Any],
    *,
    did: str,
    key: str,
    seen: datetime,
    is_update: bool,
    context: Context,
) -> tuple[Item, list[str]]:
    """Return a post as an item, and what of it was malformed and left out.

    Raises
    ------
    ValueError, KeyError, TypeError, AttributeError
        If it is no post's record.
    """
    text = record["text"]
    if text.__class__ is not str:
        raise ValueError("its text is none")
    handles = context.handles
    found = _Entities()
    if len(text) > _LONGEST_TEXT:
        found.problems.append(f"has a text of {len(text):,} characters, cut")
    facets = record.get("facets")
    if facets:
        _read_facets(facets, text, found, handles)
    for tag in _list(record.get("tags")):
        _add_tag(tag, found)
    media: list[Media] = []
    quote = None
    embed = record.get("embed")
    if embed:
        quote = _read_embed(embed, did, found, media)
    answered = _parent(record.get("reply"))
    author, name, followers, verified = (*handles.get(did, (did,)), None, None, None)[:4]
    published, precision = _published(record.get("createdAt"), seen)
    langs = record.get("langs")
    lang = langs[0] if langs and isinstance(langs, list) else None
    page = f"https://bsky.app/profile/{did}"
    draft = Draft(
        source="bluesky",
        id=f"at://{did}{_POST}{key}",
        kind="reply" if answered else "quote" if quote else "post",
        tier=context.tier,
        published=published,
        published_precision=precision,
        collected=context.collected,
        edited=seen if is_update else None,
        author=author,
        author_name=name,
        author_url=page,
        verified=verified,
        followers=followers,
        text=text[:_LONGEST_TEXT],
        url=f"{page}/post/{key}",
        lang=lang if isinstance(lang, str) and 2 <= len(lang) <= 35 else None,
        hashtags=tuple(found.hashtags),
        mentions=tuple(found.mentions),
        cashtags=tuple(found.cashtags),
        links=tuple(found.links),
        media=tuple(media),
        reply_to=answered,
        reply_to_author=_author_of(answered, handles) if answered else None,
        quote_of=quote,
        sensitive=_is_sensitive(record.get("labels")) or None,
    )
    return draft.closed(), found.problems


def _list(value: object) -> list[Any]:
    return value[:_MOST] if isinstance(value, list) else []


def _published(created: object, seen: datetime) -> tuple[datetime, float]:
    """Return the earlier of what the author says and when it was seen."""
    # Shorter ones are dates without a time, which the lexicon does not allow.
    if isinstance(created, str) and len(created) >= 19:
        try:
            when = datetime.fromisoformat(created)
            when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
        except (ValueError, OverflowError):  # the year 0000 is met in the wild
            return seen, 0.001
        return min(when, seen), 0.001
    return seen, 0.001


def _read_facets(facets: object, text: str, found: _Entities, handles: Handles) -> None:
    data = text.encode()
    for facet in _list(facets):
        try:
            piece = _cut(data, facet["index"])
            for feature in facet["features"][:_MOST]:
                _read_feature(feature, piece, found, handles)
        except (ValueError, KeyError, TypeError, AttributeError):
            found.problems.append("has a malformed facet, left out")


def _cut(data: bytes, index: Mapping[str, Any]) -> str:
    start, end = index["byteStart"], index["byteEnd"]
    if not (start.__class__ is end.__class__ is int and 0 <= start < end <= len(data)):
        raise ValueError("out of range")
    # Fails where it cuts a character in two.
    return data[start:end].decode()


def _read_feature(
    feature: Mapping[str, Any], piece: str, found: _Entities, handles: Handles
) -> None:
    kind = feature.get("$type")
    if kind == f"{_FACET}tag":
        _add_tag(feature.get("tag"), found)
    elif kind == f"{_FACET}link":
        _add_link(feature["uri"], found)
    elif kind == f"{_FACET}mention":
        known = handles.get(feature["did"])
        handle = known[0] if known else piece.strip().removeprefix("@")
        if handle and len(handle) <= _LONGEST_TAG:
            found.mentions[handle] = None


def _add_tag(tag: object, found: _Entities) -> None:
    if not isinstance(tag, str):
        return
    tag = tag.strip()
    if len(tag) > _LONGEST_TAG:
        return
    if tag.startswith("$"):
        found.cashtags[tag[1:]] = None
    elif tag := tag.removeprefix("#").removeprefix("＃"):
        found.hashtags[tag] = None


def _add_link(uri: str, found: _Entities) -> None:
    link = absolute(uri)
    if link and len(found.links) < _MOST:
        found.links[link] = None


def _read_embed(
    embed: Mapping[str, Any], did: str, found: _Entities, media: list[Media]
) -> str | None:
    """Take what a post carries; return the post that it quotes, if it does."""
    kind = embed.get("$type")
    if kind == "app.bsky.embed.images":
        media += _images(embed["images"], did)
    elif kind == "app.bsky.embed.video":
        media.append(Media("video", None, _alt(embed)))
    elif kind == "app.bsky.embed.external":
        _add_link(embed["external"]["uri"], found)
    elif kind == "app.bsky.embed.record":
        return _quoted(embed["record"])
    elif kind == "app.bsky.embed.recordWithMedia":
        _read_embed(embed["media"], did, found, media)
        return _quoted(embed["record"]["record"])
    return None


def _quoted(reference: Mapping[str, Any]) -> str | None:
    """Return a quoted post; feeds, lists and starter packs are shown, not quoted."""
    uri: str = reference["uri"]
    is_one = uri.startswith("at://") and _POST in uri and len(uri) <= _LONGEST_URI
    return uri if is_one else None


def _images(images: object, did: str) -> Iterator[Media]:
    for each in _list(images):
        blob = each.get("image")
        reference = blob.get("ref") if isinstance(blob, dict) else None
        content = reference.get("$link") if isinstance(reference, dict) else None
        has_one = isinstance(content, str) and content.isalnum()
        yield Media("image", f"{_IMAGES}/{did}/{content}@jpeg" if has_one else None, _alt(each))


def _alt(raw: Mapping[str, Any]) -> str | None:
    alt = raw.get("alt")
    return alt.strip()[:_LONGEST_ALT] or None if isinstance(alt, str) else None


def _parent(reply: object) -> str | None:
    if not reply:
        return None
    uri = reply["parent"]["uri"]  # type: ignore[index]  # anything else is malformed
    if not uri.startswith("at://") or len(uri) > _LONGEST_URI:
        raise ValueError("its reply answers nothing")
    return str(uri)


def _author_of(uri: str, handles: Handles) -> str:
    did = uri.split("/", 3)[2]
    known = handles.get(did)
    return str(known[0]) if known else did


def _is_sensitive(labels: object) -> bool:
    """Return whether the author put a label on it; those with ``!`` are about who may see it."""
    if not isinstance(labels, dict):
        return False
    values = (each.get("val") for each in _list(labels.get("values")) if isinstance(each, dict))
    return any(isinstance(value, str) and value and value[0] != "!" for value in values)
