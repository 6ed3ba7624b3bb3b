"""Archives of posts from X as twarc and 4CAT keep them: one answer or one post to a line.

Formats: the API's version 1.1 (``full_text``, ``retweeted_status``) and 2 (pages with ``data``
and ``includes``), posts of version 2 that twarc or 4CAT has flattened, with their author and
whatever they refer to inside, and what X's own site sends, as Zeeschuimer captures it. Each is
put into the words of version 2 and read by the same code as what is collected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from workbench.collectors.x import parse
from workbench.errors import SourceError
from workbench.items import ParseResult

__all__ = ["LABELS", "kind_of", "read", "sample"]

LABELS: Final = {
    "v1": "posts of X, API 1.1",
    "v2": "answers of X, API 2",
    "flat": "posts of X, API 2, flattened",
    "site": "posts of X, as its site has them",
}
"""What each kind of line is, for readers."""

_CREATED: Final = "%a %b %d %H:%M:%S %z %Y"
_DEEPEST: Final = 3
_MOST: Final = 100


def kind_of(values: Mapping[str, Any]) -> str | None:
    """Return which kind of line an object is, or None if it is none of X's."""
    data = values.get("data")
    if isinstance(data, dict) and ("legacy" in data or "rest_id" in data):
        return "site"
    if isinstance(values.get("legacy"), dict) and "rest_id" in values:
        return "site"
    told = data[0] if isinstance(data, list) and data else data
    if isinstance(told, dict) and "id" in told and "text" in told:
        is_page = {"includes", "meta", "__twarc", "matching_rules"} & values.keys()
        return "v2" if is_page or "edit_history_tweet_ids" in told else None
    if not data and "__twarc" in values and "meta" in values:
        return "v2"  # a page without posts
    if "id_str" in values and ("full_text" in values or "text" in values) and "user" in values:
        return "v1"
    author = values.get("author") or values.get("author_user")
    if isinstance(author, dict) and "username" in author and "author_id" in values:
        return "flat" if "text" in values else None
    return None


def read(values: Mapping[str, Any], *, collected: datetime, tier: str = "social") -> ParseResult:
    """Return the posts of a line.

    What an answer says of posts that are gone is left aside: it was so when it was archived.

    Raises
    ------
    ValueError
        If it holds none; the message says why.
    """
    match kind_of(values):
        case "v2":
            answer = {name: values[name] for name in ("data", "includes", "meta") if name in values}
            answer.setdefault("meta", {})
        case "v1":
            answer = _answer(_of_v1(values))
        case "flat":
            answer = _answer(_of_flat(values))
        case "site":
            data = values.get("data")
            answer = _answer(_of_site(data if isinstance(data, dict) else values))
        case _:
            raise ValueError("is no post of X")
    try:
        return parse(orjson.dumps(answer), collected=collected, tier=tier)
    except (SourceError, orjson.JSONEncodeError) as error:
        raise ValueError(str(error)) from None


class _Parts:
    """A post in the words of version 2, and what it refers to."""

    def __init__(self) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        self.posts: dict[str, dict[str, Any]] = {}
        self.media: dict[str, dict[str, Any]] = {}
        self.polls: dict[str, dict[str, Any]] = {}


def _answer(made: tuple[dict[str, Any], _Parts]) -> dict[str, Any]:
    post, parts = made
    includes = {
        "users": [*parts.users.values()],
        "tweets": [*parts.posts.values()],
        "media": [*parts.media.values()],
        "polls": [*parts.polls.values()],
    }
    return {"data": [post], "includes": includes, "meta": {}}


def _dicts(value: object) -> list[dict[str, Any]]:
    given = value[:_MOST] if isinstance(value, list) else []
    return [each for each in given if isinstance(each, dict)]


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _of_flat(raw: Mapping[str, Any]) -> tuple[dict[str, Any], _Parts]:
    parts = _Parts()
    return _unflattened(raw, parts, 0), parts


def _unflattened(raw: Mapping[str, Any], parts: _Parts, depth: int) -> dict[str, Any]:
    """Return a post without what was put inside it, which goes to where it was."""
    post = dict(raw)
    for name in ("author", "author_user", "in_reply_to_user"):
        user = post.pop(name, None)
        if isinstance(user, dict) and "id" in user:
            parts.users[str(user["id"])] = user
    references = []
    for each in _dicts(raw.get("referenced_tweets")):
        references.append({"type": each.get("type"), "id": each.get("id")})
        if "text" in each and depth < _DEEPEST:
            bare = {name: value for name, value in each.items() if name != "type"}
            parts.posts[str(each.get("id"))] = _unflattened(bare, parts, depth + 1)
    if references:
        post["referenced_tweets"] = references
    attached = _dict(raw.get("attachments"))
    # twarc writes media and poll beside their keys, 4CAT in the keys' place.
    keys = attached.get("media_keys")
    media = [*_dicts(attached.get("media")), *_dicts(keys)]
    polls = [*_dicts([attached.get("poll")]), *_dicts(attached.get("poll_ids"))]
    parts.media |= {str(each.get("media_key")): each for each in media}
    parts.polls |= {str(each.get("id")): each for each in polls}
    if media or polls:
        post["attachments"] = {
            "media_keys": [each.get("media_key") for each in media],
            "poll_ids": [each.get("id") for each in polls],
        }
    return post


def _of_v1(raw: Mapping[str, Any]) -> tuple[dict[str, Any], _Parts]:
    parts = _Parts()
    return _translated(raw, parts, 0), parts


def _translated(raw: Mapping[str, Any], parts: _Parts, depth: int) -> dict[str, Any]:
    """Return a post of version 1.1 in the words of version 2."""
    whole = _dict(raw.get("extended_tweet")) or raw
    own = str(raw["id_str"])
    user = _dict(raw.get("user"))
    person = str(user.get("id_str") or raw.get("user_id_str") or "")
    if user:
        parts.users[person] = {
            "id": person,
            "username": user.get("screen_name"),
            "name": user.get("name"),
            "verified": user.get("verified"),
            "public_metrics": {"followers_count": user.get("followers_count")},
        }
    references = []
    for kind, name in (("retweeted", "retweeted_status"), ("quoted", "quoted_status")):
        inner = raw.get(name)
        if isinstance(inner, dict) and "id_str" in inner and depth < _DEEPEST:
            references.append({"type": kind, "id": str(inner["id_str"])})
            parts.posts[str(inner["id_str"])] = _translated(inner, parts, depth + 1)
    if raw.get("quoted_status_id_str") and not any(r["type"] == "quoted" for r in references):
        references.append({"type": "quoted", "id": str(raw["quoted_status_id_str"])})
    if raw.get("in_reply_to_status_id_str"):
        references.append({"type": "replied_to", "id": str(raw["in_reply_to_status_id_str"])})
        answered = str(raw.get("in_reply_to_user_id_str") or raw.get("in_reply_to_screen_name"))
        named = {"id": answered, "username": raw.get("in_reply_to_screen_name")}
        parts.users.setdefault(answered, named)
    else:
        answered = ""
    media = _dicts(_dict(whole.get("extended_entities")).get("media"))
    for each in media:
        parts.media[str(each.get("id_str"))] = {
            "media_key": str(each.get("id_str")),
            "type": each.get("type"),
            "url": each.get("media_url_https") or each.get("media_url"),
            "alt_text": each.get("ext_alt_text"),
        }
    return {
        "id": own,
        "text": whole.get("full_text") or raw.get("full_text") or raw.get("text"),
        "created_at": _created(raw.get("created_at")),
        "author_id": person,
        "in_reply_to_user_id": answered,
        "lang": raw.get("lang"),
        "possibly_sensitive": raw.get("possibly_sensitive"),
        "referenced_tweets": references,
        "entities": _entities(_dict(whole.get("entities"))),
        "attachments": {"media_keys": [str(each.get("id_str")) for each in media]},
        "public_metrics": {
            "retweet_count": raw.get("retweet_count"),
            "like_count": raw.get("favorite_count"),
            "reply_count": raw.get("reply_count"),
        },
    }


def _created(value: object) -> str | None:
    try:
        return datetime.strptime(str(value), _CREATED).astimezone(UTC).isoformat()
    except ValueError:
        return None


def _entities(raw: Mapping[str, Any]) -> dict[str, Any]:
    def placed(name: str, **words: str) -> list[dict[str, Any]]:
        made = []
        for each in _dicts(raw.get(name)):
            indices = each.get("indices")
            start = indices[0] if isinstance(indices, list) and indices else None
            made.append({"start": start, **{new: each.get(old) for new, old in words.items()}})
        return made

    urls = placed("urls", url="url", expanded_url="expanded_url")
    # The link to a post's own pictures stands among these, not among the urls.
    own = placed("media", url="url", media_key="id_str")
    seen: set[Any] = set()
    for each in own:
        if each["url"] not in seen:
            urls.append(each)
            seen.add(each["url"])
    return {
        "urls": urls,
        "hashtags": placed("hashtags", tag="text"),
        "cashtags": placed("symbols", tag="text"),
        "mentions": placed("user_mentions", username="screen_name", id="id_str"),
    }


def _of_site(data: Mapping[str, Any]) -> tuple[dict[str, Any], _Parts]:
    return _of_v1(_unwrapped(data, 0))


def _unwrapped(data: Mapping[str, Any], depth: int) -> dict[str, Any]:
    """Return a post as X's site sends it in the words of version 1.1."""
    data = _dict(data.get("tweet")) or data
    legacy = dict(_dict(data.get("legacy")))
    if not legacy:
        raise ValueError("holds no post")
    held = _dict(_dict(_dict(data.get("core")).get("user_results")).get("result"))
    person = {**_dict(held.get("legacy")), **_dict(held.get("core"))}
    note = _dict(_dict(_dict(data.get("note_tweet")).get("note_tweet_results")).get("result"))
    inner = {
        "retweeted_status": _first(legacy.get("retweeted_status_result"), "result"),
        "quoted_status": _first(data.get("quoted_status_result"), "result"),
    }
    for name, each in inner.items():
        if each and depth < _DEEPEST:
            legacy[name] = _unwrapped(each, depth + 1)
    if isinstance(note.get("text"), str):
        legacy["extended_tweet"] = {
            "full_text": note["text"],
            "entities": _dict(note.get("entity_set")),
            "extended_entities": legacy.get("extended_entities"),
        }
    user = {**person, "id_str": held.get("rest_id"), "verified": held.get("is_blue_verified")}
    return {**legacy, "id_str": str(data.get("rest_id") or legacy.get("id_str")), "user": user}


def _first(value: object, *names: str) -> dict[str, Any]:
    found = _dict(value)
    for name in names:
        found = _dict(found.get(name))
    return found


def sample(rows: Iterable[Mapping[str, Any]]) -> str | None:
    """Return which kind most lines of a sample are, or None if most are none of X's."""
    kinds = [kind_of(row) for row in rows]
    known = [kind for kind in kinds if kind]
    return max(known, key=known.count) if len(known) * 2 > len(kinds) else None
