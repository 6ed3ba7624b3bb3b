"""One status of Mastodon: its entity to an item, or why it is left out.

Format: the entities Status, Account and Quote of Mastodon's REST API (docs.joinmastodon.org),
which compatible servers give too, with gaps.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from workbench import clock
from workbench.collectors.markup import absolute, cut, plain, squeeze
from workbench.entities import extract
from workbench.items import Account, Deletion, Item, Media, ParseResult

__all__ = ["NOTHING_KNOWN", "Context", "id_of", "prefix_of", "take", "time_of", "uri_of"]

_ID: Final = re.compile(r"[\w-]{1,128}", re.ASCII)
_URI: Final = re.compile(r"[^\s\x00-\x1f\x7f]{1,2048}")
_HANDLE: Final = re.compile(r"[\w.-]{1,256}(?:@[\w.:-]{1,256})?")
_LANG: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,3}")
_SHOWN_TO_ALL: Final = frozenset(("public", "unlisted"))
_MEDIA: Final = {"image": "image", "gifv": "video", "video": "video", "audio": "audio"}
_NO_LINKS: Final = ("mention", "hashtag")  # classes of the anchors around these
_QUOTING: Final = '<p class="quote-inline">'  # what older software shows instead of the quote
_MOST: Final = 100
_LONGEST: Final = 20_000
_LONGEST_SOURCE: Final = 200_000
_LONGEST_NAME: Final = 300
_LONGEST_ALT: Final = 2_000
_LONGEST_TAG: Final = 640
NOTHING_KNOWN: Final[Mapping[str, str]] = {}


class Context(NamedTuple):
    """What is known of statuses beside themselves.

    Attributes
    ----------
    instance : str
        Host of the server that says it; completes the handles of its own accounts.
    collected : datetime or None
        When they came in.
    tier : str
    known : Mapping of str to str
        The uris of statuses by their ids on that server.
    hidden : Collection of str
        How the uris of accounts begin that were hidden; they are shown once they ask for it
        no longer.
    """

    instance: str = ""
    collected: datetime | None = None
    tier: str = "social"
    known: Mapping[str, str] = NOTHING_KNOWN
    hidden: Collection[str] = ()


def id_of(raw: Mapping[str, Any]) -> str:
    """Return a status' id on its server, or raise ValueError if it is none."""
    own = str(raw["id"])
    if not _ID.fullmatch(own):  # it becomes part of addresses
        raise ValueError("its id is none")
    return own


def uri_of(raw: Mapping[str, Any]) -> str:
    """Return a status' uri, or raise ValueError if it is none."""
    uri = raw["uri"]
    if not _URI.fullmatch(uri):
        raise ValueError("its uri is none")
    return str(uri)


def take(raw: Mapping[str, Any], uri: str, context: Context, result: ParseResult) -> Item | str:
    """Return a status as an item, or why it is left out; `result` takes what else it says."""
    boosted = raw.get("reblog")
    for each in (raw, boosted):
        if not each:
            continue
        if each["visibility"] not in _SHOWN_TO_ALL:
            return "is not for everybody"
        account = each["account"]
        if account.get("noindex") is True or account.get("suspended") is True:
            _hide(each, account, context, result)
            return "is of an account that asks not to be indexed"
        if context.hidden:
            _show(each, account, context, result)
    if not boosted:
        return _post(raw, uri, context)
    original = _post(boosted, uri_of(boosted), context)
    return replace(
        original,
        **_author(raw["account"], context),
        **_published(raw, context),
        id=uri,
        kind="repost",
        repost_of=original.id,
        reply_to=None,
        reply_to_author=None,
        quote_of=None,
        likes=None,
        reposts=None,
        replies=None,
    )


def _hide(
    raw: Mapping[str, Any], account: Mapping[str, Any], context: Context, result: ParseResult
) -> None:
    """Have all hidden that is held of an account, or else this one status purged."""
    uri = uri_of(raw)
    prefix = prefix_of(uri, account)
    if prefix is None:
        at = context.collected or clock.now()
        result.deletions.append(Deletion("mastodon", uri, at))
        return
    result.accounts.append(Account("mastodon", prefix, hidden=True))


def _show(
    raw: Mapping[str, Any], account: Mapping[str, Any], context: Context, result: ParseResult
) -> None:
    """Have shown again what was hidden of an account that no longer asks for it."""
    prefix = prefix_of(uri_of(raw), account)
    if prefix in context.hidden:
        result.accounts.append(Account("mastodon", str(prefix), hidden=False))


def prefix_of(uri: str, account: Mapping[str, Any]) -> str | None:
    """Return how all uris of an account begin, if one of them tells."""
    actor = account.get("uri")
    if not isinstance(actor, str) or not uri.startswith(f"{actor}/"):
        actor = uri.rpartition("/statuses/")[0]
    try:
        path = urlsplit(actor).path
    except ValueError:  # a bracket in the host, say
        return None
    # Without a path it would be everybody there.
    return f"{actor}/" if path.strip("/") else None


def _post(raw: Mapping[str, Any], uri: str, context: Context) -> Item:
    content = raw.get("content") or ""
    if not isinstance(content, str):
        raise TypeError("its content is none")
    body = plain(_unquoted(content[:_LONGEST_SOURCE]), unlinked=_NO_LINKS)
    warning = squeeze(str(raw.get("spoiler_text") or ""))
    media, choices = _media(raw)
    lines = (warning, body.text, *choices)
    text = cut("\n".join(line for line in lines if line), _LONGEST)
    card = raw.get("card")
    shown = absolute(card["url"]) if isinstance(card, dict) and card.get("url") else None
    links = (*body.links, *((shown,) if shown else ()))
    is_reply, reply_to, reply_to_author = _answered(raw, uri, context)
    is_quote, quote_of = _quoted(raw, context)
    lang = raw.get("language")
    return Item(
        source="mastodon",
        id=uri,
        kind="reply" if is_reply else "quote" if is_quote else "post",
        tier=context.tier,
        collected=context.collected,
        edited=time_of(raw.get("edited_at")),
        text=text,
        url=absolute(str(raw.get("url") or "")) or absolute(uri),
        lang=lang if isinstance(lang, str) and _LANG.fullmatch(lang) else None,
        hashtags=_hashtags(raw, text),
        mentions=tuple(dict.fromkeys(_mentions(raw, context).values())),
        links=tuple(dict.fromkeys(links)),
        media=media,
        reply_to=reply_to,
        reply_to_author=reply_to_author,
        quote_of=quote_of,
        likes=_count(raw, "favourites_count"),
        reposts=_count(raw, "reblogs_count"),
        replies=_count(raw, "replies_count"),
        sensitive=bool(warning) or raw.get("sensitive") is True,
        **_published(raw, context),
        **_author(raw["account"], context),
    )


def _published(raw: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Return when it was published; without a date when it was first seen."""
    created = time_of(raw.get("created_at"))
    return {
        "published": created or context.collected or clock.now(),
        "published_precision": 0.001 if created else None,
    }


def _author(account: Mapping[str, Any], context: Context) -> dict[str, Any]:
    handle = _handle(account, context)
    name = squeeze(str(account.get("display_name") or account.get("username") or ""))
    return {
        "author": handle,
        "author_name": cut(name, _LONGEST_NAME) or None,
        "author_url": absolute(str(account.get("url") or "")),
        "followers": _count(account, "followers_count"),
    }


def _handle(account: Mapping[str, Any], context: Context) -> str:
    """Return a handle with its host, which servers leave out of their own."""
    acct = account["acct"].strip().removeprefix("@")
    if not _HANDLE.fullmatch(acct):
        raise ValueError("a handle of it is none")
    if "@" in acct:
        return str(acct)
    host = context.instance or urlsplit(str(account.get("url") or "")).netloc
    return f"{acct}@{host}" if host else str(acct)


def _unquoted(content: str) -> str:
    """Return the content without the line that stands for a quote where none is shown."""
    start = content.find(_QUOTING)
    end = content.find("</p>", start)
    return content if start < 0 or end < 0 else content[:start] + content[end + 4 :]


def _media(raw: Mapping[str, Any]) -> tuple[tuple[Media, ...], list[str]]:
    """Return what a status carries, and a poll's choices as lines."""
    media = [
        Media(_MEDIA.get(str(each.get("type")), "file"), _place(each), _alt(each))
        for each in _dicts(raw.get("media_attachments"))
    ]
    poll = raw.get("poll")
    if not isinstance(poll, dict):
        return tuple(media), []
    titles = [squeeze(str(each.get("title") or "")) for each in _dicts(poll.get("options"))]
    return (*media, Media("poll")), [f"○ {cut(title, _LONGEST_NAME)}" for title in titles if title]


def _place(raw: Mapping[str, Any]) -> str | None:
    addresses = (raw.get(name) for name in ("url", "remote_url", "preview_url"))
    found = (absolute(each) for each in addresses if isinstance(each, str))
    return next((each for each in found if each), None)


def _alt(raw: Mapping[str, Any]) -> str | None:
    alt = raw.get("description")
    return squeeze(alt)[:_LONGEST_ALT] or None if isinstance(alt, str) else None


def _hashtags(raw: Mapping[str, Any], text: str) -> tuple[str, ...]:
    """Return the tags that the server gives, spelled as the author did: it makes them small."""
    names = [each.get("name") for each in _dicts(raw.get("tags"))]
    known = [name for name in names if isinstance(name, str) and 0 < len(name) <= _LONGEST_TAG]
    if not known:
        return ()
    spelled = {tag.casefold(): tag for tag in extract(text).hashtags}
    return tuple(dict.fromkeys(spelled.get(n.casefold(), squeeze(n)) for n in known))


def _mentions(raw: Mapping[str, Any], context: Context) -> dict[str, str]:
    """Return the handles that a status mentions, by the ids of their accounts."""
    found = {}
    for each in _dicts(raw.get("mentions")):
        acct = each.get("acct")
        if isinstance(acct, str) and _HANDLE.fullmatch(acct.strip().removeprefix("@")):
            found[str(each.get("id"))] = _handle(each, context)
    return found


def _answered(
    raw: Mapping[str, Any], uri: str, context: Context
) -> tuple[bool, str | None, str | None]:
    """Return whether it is a reply, to what, and to whom, as far as that is known.

    What is answered is named by its id on the server alone. Its uri is known if we met it
    before, or if it is by the same author and ids stand in uris there.
    """
    parent, person = raw.get("in_reply_to_id"), raw.get("in_reply_to_account_id")
    if parent is None and person is None:
        return False, None, None
    account = raw["account"]
    is_own = person is not None and str(person) == str(account.get("id"))
    target = context.known.get(str(parent))
    own = id_of(raw)
    if target is None and is_own and uri.endswith(f"/{own}") and _ID.fullmatch(str(parent)):
        target = f"{uri.removesuffix(own)}{parent}"
    author = _handle(account, context) if is_own else _mentions(raw, context).get(str(person))
    return True, target, author


def _quoted(raw: Mapping[str, Any], context: Context) -> tuple[bool, str | None]:
    """Return whether it quotes a status with leave of its author, and which."""
    quote = raw.get("quote")
    if not isinstance(quote, dict) or quote.get("state", "accepted") != "accepted":
        return False, None
    quoted = quote.get("quoted_status")
    # Some servers put the status itself there.
    status = quoted if isinstance(quoted, dict) else quote
    uri = status.get("uri")
    if isinstance(uri, str) and _URI.fullmatch(uri):
        return True, uri
    own = quote.get("quoted_status_id")
    return own is not None, context.known.get(str(own))


def _dicts(value: object) -> list[dict[str, Any]]:
    given = value[:_MOST] if isinstance(value, list) else []
    return [each for each in given if isinstance(each, dict)]


def _count(raw: Mapping[str, Any], name: str) -> int | None:
    value = raw.get(name)
    # Where a server hides a number it gives -1, or nothing.
    return value if value.__class__ is int and value >= 0 else None


def time_of(value: object) -> datetime | None:
    """Return a time that is written as ISO 8601, or None."""
    if not isinstance(value, str):
        return None
    try:
        when = datetime.fromisoformat(value)
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
