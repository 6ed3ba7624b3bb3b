"""Tables that 4CAT exports: which datasource made one, by its fields.

Format: every datasource of 4CAT has ``id``, ``thread_id``, ``timestamp`` and ``body``; the other
fields are its own. A ``timestamp`` may be in the zone of the server that 4CAT ran on, so where
there is a ``unix_timestamp`` that is what counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

__all__ = ["Datasource", "captured", "datasource"]

_COMMON: Final = {"id", "thread_id", "timestamp", "body"}


class Datasource(NamedTuple):
    """What one of 4CAT's datasources is here.

    Attributes
    ----------
    source : str
        What items are called by.
    label : str
        For readers.
    fields : mapping of str to str
        What holds what.
    """

    source: str
    label: str
    fields: Mapping[str, str]


_ALL: Final = {"id": "id", "time": "timestamp", "text": "body", "author": "author"}
_ANY: Final = Datasource("fourcat", "4CAT", _ALL | {"title": "subject"})

# By what only it has.
_KNOWN: Final = (
    (
        {"retweet_count", "is_retweet"},
        Datasource(
            "x",
            "4CAT, X",
            _ALL
            | {
                "author_name": "author_fullname",
                "followers": "author_followers",
                "url": "link",
                "lang": "language_guess",
                "sensitive": "possibly_sensitive",
                "likes": "like_count",
                "reposts": "retweet_count",
                "replies": "reply_count",
                "hashtags": "hashtags",
                "mentions": "mentions",
                "links": "urls",
                "images": "images",
                "reply_to_author": "replied_user",
                "is_repost": "is_retweet",
                "is_quote": "is_quote_tweet",
                "is_reply": "is_reply",
            },
        ),
    ),
    (
        {"author_id", "replied_to_user", "repost_count"},
        Datasource(
            "bluesky",
            "4CAT, Bluesky",
            _ALL
            | {
                "time": "created_at",
                "author_name": "author_display_name",
                "author_url": "author_profile",
                "url": "link",
                "lang": "languages",
                "likes": "like_count",
                "reposts": "repost_count",
                "replies": "reply_count",
                "hashtags": "tags",
                "mentions": "mentions",
                "links": "links",
                "images": "images",
                "reply_to_author": "replied_to_user",
            },
        ),
    ),
    (
        {"chat", "author_username"},
        Datasource(
            "telegram",
            "4CAT, Telegram",
            _ALL
            | {
                "author": "author_username",
                "author_name": "author_name",
                "reply_to": "reply_to",
                "is_reply": "is_reply",
            },
        ),
    ),
    (
        {"plays", "tiktok_url"},
        Datasource(
            "tiktok",
            "4CAT, TikTok",
            _ALL
            | {
                "author_name": "author_full",
                "followers": "author_followers",
                "url": "tiktok_url",
                "hashtags": "hashtags",
                "likes": "likes",
                "reposts": "shares",
                "replies": "comments",
            },
        ),
    ),
    (
        {"num_media", "parent_id"},
        Datasource(
            "instagram",
            "4CAT, Instagram",
            _ALL
            | {
                "author_name": "author_fullname",
                "verified": "verified",
                "url": "url",
                "hashtags": "hashtags",
                "images": "image_url",
                "likes": "num_likes",
                "replies": "num_comments",
            },
        ),
    ),
)


def datasource(names: Iterable[str]) -> Datasource | None:
    """Return which datasource made a table with these fields; None if 4CAT made it not.

    Of one that is not known in its own right the common fields are read.
    """
    held = {*names}
    if not held >= _COMMON:
        return None
    for signs, found in _KNOWN:
        if held >= signs:
            return found._replace(fields=_within(found.fields, held))
    return _ANY._replace(fields=_within(_ANY.fields, held))


def _within(fields: Mapping[str, str], held: set[str]) -> dict[str, str]:
    exact = {"time": "unix_timestamp"} if "unix_timestamp" in held else {}
    return {field: name for field, name in {**fields, **exact}.items() if name in held}


def captured(values: Mapping[str, Any]) -> str | None:
    """Return the site that an object was captured on by Zeeschuimer, or None if it was not.

    Both its own files and what 4CAT makes of them say so.
    """
    for said in (values, values.get("__import_meta")):
        if isinstance(said, dict) and isinstance(said.get("source_platform"), str):
            return str(said["source_platform"]).removeprefix("www.")
    return None
