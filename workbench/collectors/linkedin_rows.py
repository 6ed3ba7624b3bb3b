"""Rows that somebody brings of LinkedIn: tables, exports and captured posts, to items.

Formats: the tables of a member's own export (``Shares.csv``, ``Comments.csv``), those of
4CAT, the captured objects that Zeeschuimer saves, and whatever has columns of such names.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from workbench.collectors.ago import When, read_time
from workbench.collectors.markup import absolute, cut, squeeze
from workbench.items import KINDS, Item, Media, ParseResult, Problem

__all__ = ["PAGE", "Context", "read_rows", "urn_of"]

PAGE: Final = "https://www.linkedin.com/feed/update/"
"""How the page of a post begins; its urn follows."""

_NAMES: Final = {
    "id": "urn id post_id activity_urn share_urn entity_urn",
    "text": "text body commentary sharecommentary share_commentary message content post_text post "
    "post_content description",
    "ago": "timestamp_ago time_ago relative_time ago age posted_at_relative",
    "time": "published published_at date posted_at posted posted_on post_date published_on "
    "created_at created time datetime when timestamp unix_timestamp posted_at_timestamp "
    "posted_at_date",
    "seen": "timestamp_collected collected_at collected captured_at scraped_at retrieved_at "
    "unix_timestamp_collected",
    "author": "author author_username author_handle author_id username handle",
    "name": "author_name full_name company page_name name",
    "profile": "author_url author_profile author_profile_url profile_url profile "
    "author_company_url",
    "url": "url post_url sharelink share_link permalink link",
    "link": "link_url sharedurl shared_url article_url shared_link",
    "media": "mediaurl media_url image_urls image_url images video_thumb_url video_url",
    "likes": "likes reactions numlikes num_likes like_count reaction_count stats_total_reactions "
    "stats_likes",
    "replies": "comments numcomments num_comments comment_count comments_count stats_comments",
    "reposts": "reposts shares numshares num_shares share_count repost_count stats_reposts "
    "stats_shares",
    "followers": "followers author_followers follower_count author_follower_count",
    "hashtags": "hashtags tags",
    "mentions": "author_mentions mentions",
    "lang": "lang language",
    "title": "title headline",
    "kind": "kind",
    "advertised": "is_promoted promoted",
    "answers": "answers reply_to in_reply_to parent parent_urn",
    "reshared": "reshared repost_of reshare_of",
    "quoted": "quoted quote_of",
}
_KNOWN: Final = {word: field for field, words in _NAMES.items() for word in words.split()}
_URN: Final = re.compile(r"urn:li:(activity|share|ugcPost|comment|article):(\(?[\w:,]{6,80}\)?)")
_COMMENT: Final = re.compile(r"urn:li:(?:fsd_)?comment:\(([\w:]{6,80}),([\w:]{1,80})\)")
_SLUG: Final = re.compile(r"[-_](activity|share|ugcPost)[-:](\d{12,25})")
_PERSON: Final = re.compile(r"linkedin\.com/(?:in|company|school|showcase)/([^/?#\s]{1,100})")
_LANG: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}")
_COUNT: Final = re.compile(r"(\d[\d,. \u00a0]*)\s*([km])?", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"\r?\n"')
_MOST: Final = 100
_LONGEST: Final = 20_000
_LONGEST_TITLE: Final = 1_000
_LONGEST_NAME: Final = 300
_LONGEST_ID: Final = 200


@dataclass(frozen=True)
class Context:
    """What is known of rows beside themselves.

    Attributes
    ----------
    collected : datetime
        When they came in.
    seen : datetime
        When they were read where they came from, for rows that do not say it themselves.
    tier : str
    author : str or None
        Name of whoever wrote those rows that name nobody.
    lang : str or None
        What those are written in that do not say.
    """

    collected: datetime
    seen: datetime
    tier: str = "social"
    author: str | None = None
    lang: str | None = None


def read_rows(
    rows: Iterable[Mapping[str, Any]], context: Context, result: ParseResult, *, what: str = "row"
) -> None:
    """Add the items of some rows, and a problem for each that was left out."""
    fields: dict[str, str | None] = {}
    found: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        where = f"{what} {number}"
        try:
            known = _known(row, fields)
            item = _item(known, context)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            reason = f"is left out ({str(error)[:80] or type(error).__name__})"
            result.problems.append(Problem(where, reason))
            continue
        if item.id in found:
            result.problems.append(Problem(where, f"is {what} {found[item.id]} again"))
            continue
        found[item.id] = number
        result.append(item)


def urn_of(text: str) -> str | None:
    """Return the urn that an id or an address names, or None.

    Examples
    --------
    >>> urn_of("https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A7123456789012345678")
    'urn:li:share:7123456789012345678'
    >>> urn_of("https://www.linkedin.com/posts/acme_we-land-activity-7123456789012345678-Ab1c")
    'urn:li:activity:7123456789012345678'
    """
    text = unquote(text[:4_000])
    found = _URN.search(text) or _SLUG.search(text)
    if found:
        # Of several that are shown as one the first.
        number = re.search(r"\d{6,25}", found[2])
        return f"urn:li:{found[1]}:{number[0]}" if number else None
    return f"urn:li:activity:{text.strip()}" if re.fullmatch(r"\s*\d{15,25}\s*", text) else None


def _known(row: Mapping[str, Any], fields: dict[str, str | None]) -> dict[str, Any]:
    """Return what a row says under the names that we know, the better name first."""
    found: dict[str, tuple[int, Any]] = {}
    # What stands together in an object of its own has its name before its own ones.
    inner = {
        f"{name}_{part}": value
        for name, held in row.items()
        if isinstance(held, dict)
        for part, value in list(held.items())[:_MOST]
    }
    for name, value in (*row.items(), *inner.items()):
        if value in (None, "", []) or isinstance(value, dict):
            continue
        if name not in fields:
            fields[name] = re.sub(r"\W+", "_", str(name).strip().lower().lstrip("\ufeff"))
        plain = fields[name] or ""
        field = _KNOWN.get(plain)
        if field is None:
            continue
        rank = _NAMES[field].split().index(plain)
        if field not in found or rank < found[field][0]:
            found[field] = rank, value
    return {field: value for field, (_, value) in found.items()}


def _item(row: dict[str, Any], context: Context) -> Item:
    if str(row.get("advertised", "")).strip().lower() in {"yes", "true", "1"}:
        raise ValueError("it is an advertisement")
    text = _text(row.get("text"))
    title = cut(_text(row.get("title")), _LONGEST_TITLE) or None
    if not (text or title):
        raise ValueError("it says nothing")
    seen = read_time(row.get("seen"), context.seen)
    when = _when(row, seen.time if seen else context.seen)
    address = str(row.get("url") or "")
    answers = row.get("answers")
    reshared = row.get("reshared")
    own = _own(row, address, text or title or "", when)
    kind = str(row.get("kind") or "").strip().lower()
    author, name = _author(row)
    lang = str(row.get("lang") or "").strip()
    return Item(
        source="linkedin",
        id=own,
        kind=kind if kind in KINDS else "reply" if answers else "repost" if reshared else "post",
        tier=context.tier,
        published=when.time if when else context.collected,
        published_precision=when.precision if when else None,
        collected=context.collected,
        author=author,
        author_name=name or context.author,
        author_url=absolute(str(row.get("profile") or "")) or None,
        followers=_count(row.get("followers")),
        title=title,
        text=cut(text, _LONGEST),
        url=absolute(address) or (f"{PAGE}{own}" if own.startswith("urn:li:") else None),
        lang=lang if _LANG.fullmatch(lang) else context.lang,
        hashtags=tuple(tag.lstrip("#＃") for tag in _words(row.get("hashtags"))),
        mentions=tuple(_words(row.get("mentions"))),
        links=tuple(_addresses(row.get("link"))),
        media=tuple(Media("image", each) for each in _addresses(row.get("media"))),
        reply_to=urn_of(str(answers)) if answers else None,
        repost_of=urn_of(str(reshared)) if reshared else None,
        quote_of=urn_of(str(row.get("quoted") or "")),
        likes=_count(row.get("likes")),
        replies=_count(row.get("replies")),
        reposts=_count(row.get("reposts")),
    )


def _text(given: Any) -> str:
    if given is None:
        return ""
    if not isinstance(given, str):
        raise TypeError("its text is none")
    # The export puts each line of a post between quotes of its own.
    return squeeze(_QUOTED.sub("\n", given[: _LONGEST * 4]))


def _when(row: Mapping[str, Any], seen: datetime) -> When | None:
    """Return when it was published; how long ago it was goes before a time made of that."""
    return read_time(row.get("ago"), seen) or read_time(row.get("time"), seen)


def _own(row: Mapping[str, Any], address: str, text: str, when: When | None) -> str:
    """Return what tells it from all others, the same whenever it is brought again."""
    given = row.get("id")
    if row.get("answers"):
        found = _COMMENT.search(unquote(str(given or address)[:4_000]))
        if found:
            return f"urn:li:comment:({found[1]},{found[2]})"
    elif found_urn := urn_of(str(given or "")) or urn_of(address):
        return found_urn
    if given and str(given).strip():
        return squeeze(str(given))[:_LONGEST_ID]
    # How long ago it was differs each time, a time that is written does not.
    dated = when.time.isoformat() if when and row.get("time") and not row.get("ago") else ""
    parts = (address, str(row.get("author") or row.get("name") or ""), dated, text)
    return hashlib.blake2b(
        "\x1f".join(parts).encode("utf-8", "replace"), digest_size=16
    ).hexdigest()


def _author(row: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the handle, which is the last part of a profile's address, and the name."""
    given = str(row.get("author") or "")
    profile = str(row.get("profile") or "")
    found = _PERSON.search(unquote(given)) or _PERSON.search(unquote(profile))
    name = cut(squeeze(str(row.get("name") or "")), _LONGEST_NAME) or None
    if found:
        return found[1], name
    plain = squeeze(given).strip("/").removeprefix("in/").removeprefix("company/").lstrip("@")
    plain = plain.partition("/")[0]
    if not plain:
        return None, name
    # A name with blanks in it is one for readers.
    is_handle = re.fullmatch(r"[\w.-]{1,100}", plain) is not None
    return (plain if is_handle else None), name or (None if is_handle else cut(plain, 300))


def _words(given: Any) -> list[str]:
    parts = given if isinstance(given, list) else re.split(r"[,;]", str(given or ""))
    words = (squeeze(str(part)).lstrip("@") for part in parts[:_MOST])
    return list(dict.fromkeys(word for word in words if word and len(word) <= 300))


def _addresses(given: Any) -> list[str]:
    parts = given if isinstance(given, list) else re.split(r",(?=\s*https?:)", str(given or ""))
    found = (absolute(str(part)) for part in parts[:_MOST])
    return list(dict.fromkeys(each for each in found if each and urlsplit(each).hostname))


def _count(given: Any) -> int | None:
    """Return a number such as ``1,204`` or ``3.1K``."""
    if given.__class__ is int:
        return int(given) if given >= 0 else None
    # No longer one is a number; blanks without end would be tried in all ways.
    found = _COUNT.fullmatch(str(given).strip()[:40]) if isinstance(given, str | float) else None
    if not found:
        return None
    try:
        if found[2]:
            scale = 1_000 if found[2].lower() == "k" else 1_000_000
            return round(float(found[1].strip().replace(",", ".")) * scale)
        digits = found[1].strip()
        whole = re.sub(r"[.,]0+$", "", digits) if re.fullmatch(r"\d+\.0+", digits) else digits
        return int(re.sub(r"\D", "", whole)[:15])
    except ValueError:
        return None
