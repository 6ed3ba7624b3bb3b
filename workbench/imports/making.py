"""Rows to items, by a mapping."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from workbench.collectors.markup import absolute, cut, squeeze
from workbench.errors import ItemError
from workbench.exports import plain
from workbench.imports.opened import LONGEST_CELL
from workbench.imports.plan import SOURCE, Plan
from workbench.imports.reports import LONGEST
from workbench.imports.times import Times
from workbench.items import KINDS, TIERS, Item, Media

__all__ = ["Maker", "kind_for"]

_LONGEST: Final = 20_000
_LONGEST_NAME: Final = 300
_LONGEST_TITLE: Final = 1_000
_LONGEST_ID: Final = 500
_MOST: Final = 100
_PARTS: Final = re.compile(r"[,;|\s]+")
_NUMBER: Final = re.compile(r"(-?\d[\d,.' \u00a0]*?)\s*([kKmM]?)")
_KINDS: Final = {"wire": "release", "filing": "filing", "news": "article", "report": "article"}
_EXACT: Final = 2**53
_ROUNDED: Final = re.compile(r"\d[.,]\d+[eE]\+\d+")
_YES: Final = {"true", "yes", "y", "1", "t"}
_NO: Final = {"false", "no", "n", "0", "f"}


def kind_for(tier: str) -> str:
    """Return what an item of a tier is unless something says more."""
    return _KINDS.get(tier, "post")


class Maker:
    """Makes items of rows.

    Parameters
    ----------
    plan : Plan
    collected : datetime
        When they came in.
    """

    def __init__(self, plan: Plan, *, collected: datetime) -> None:
        self._plan = plan
        self._collected = collected
        self._times = Times(plan.zone, plan.dates)
        self._fields = dict(plan.fields)
        self._undo: Callable[[str], str] | None = None
        if plan.undo:
            # A file of ours: what would be a formula has an apostrophe.
            self._undo = (
                (lambda text: plain(text, is_split=False)) if plan.undo == "xlsx" else plain
            )

    def item(self, values: Mapping[str, Any]) -> Item:
        """Return the item of a row.

        Raises
        ------
        ValueError
            If it can be none; the message says why.
        """
        said = {field: values.get(name) for field, name in self._fields.items()}
        for field, value in said.items():
            if isinstance(value, str) and len(value) > LONGEST_CELL:
                raise ValueError(f"has a cell of more than {LONGEST_CELL:,} characters ({field})")
        longest = LONGEST if self._plan.tier == "report" else _LONGEST
        text = cut(self._text(said.get("text")), longest)
        title = cut(self._text(said.get("title")), _LONGEST_TITLE)
        if not text and not title:
            raise ValueError("has neither text nor title")
        published, precision = self._published(said.get("time"))
        if "published_precision" in said:  # of a file of ours
            precision = _number(said["published_precision"])
        tier = self._one_of(said.get("tier"), TIERS, self._plan.tier)
        author = self._name(said.get("author"))
        url = absolute(self._text(said.get("url")))
        links = [link for each in _list(said.get("links")) if (link := absolute(each))]
        try:
            return Item(
                source=self._source(said.get("source")),
                id=self._id(said.get("id"), published, author, title, text, url),
                kind=self._kind(said, tier),
                tier=tier,
                published=published or self._collected,
                published_precision=precision,
                collected=self._moment(said.get("collected")) or self._collected,
                edited=self._moment(said.get("edited")),
                deleted=self._moment(said.get("deleted")),
                author=author.removeprefix("@") if author else None,
                author_name=self._name(said.get("author_name")),
                author_url=absolute(self._text(said.get("author_url"))),
                verified=_flag(said.get("verified")),
                followers=_count(said.get("followers")),
                title=title or None,
                text=text,
                url=url,
                lang=self._lang(said.get("lang")),
                hashtags=_tags(said.get("hashtags"), "#＃"),
                mentions=_tags(said.get("mentions"), "@"),
                cashtags=_tags(said.get("cashtags"), "$"),
                tickers=_tags(said.get("tickers"), "$"),
                form=self._name(said.get("form")),
                links=tuple(dict.fromkeys(links)),
                media=(*_media(said.get("media")), *_images(said.get("images"))),
                reply_to=self._name(said.get("reply_to")),
                reply_to_author=self._name(said.get("reply_to_author")),
                repost_of=self._name(said.get("repost_of")),
                quote_of=self._name(said.get("quote_of")),
                likes=_count(said.get("likes")),
                reposts=_count(said.get("reposts")),
                replies=_count(said.get("replies")),
                sensitive=_flag(said.get("sensitive")),
            )
        except ItemError as error:
            raise ValueError(str(error)) from None

    def _text(self, value: Any) -> str:
        if value is None or isinstance(value, list | dict | bytes):
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # as a spreadsheet has whole numbers
        text = str(value)
        return squeeze(self._undo(text) if self._undo else text)

    def _source(self, value: Any) -> str:
        own = self._text(value)
        if own and not SOURCE.fullmatch(own):
            raise ValueError(f"names a source that cannot be one: {own[:40]!r}")
        return own or self._plan.source

    def _name(self, value: Any) -> str | None:
        return self._text(value).replace("\n", " ")[:_LONGEST_NAME] or None

    def _published(self, value: Any) -> tuple[datetime | None, float | None]:
        if value is None or value == "" or (isinstance(value, str) and not value.strip()):
            if self._plan.date is None:
                return None, None
            value = self._plan.date
        try:
            return self._times.read(value)
        except ValueError as error:
            raise ValueError(f"its time {str(value)[:40]!r} {error}") from None

    def _moment(self, value: Any) -> datetime | None:
        if value in (None, ""):
            return None
        try:
            return min(self._times.read(value)[0], self._collected)
        except ValueError:
            return None

    def _id(self, value: Any, published: datetime | None, *said: str | None) -> str:
        # A spreadsheet has rounded a long number: others may have become the same.
        is_rounded = isinstance(value, float) and abs(value) >= _EXACT
        own = "" if is_rounded or _ROUNDED.fullmatch(str(value)) else self._text(value)
        if own and len(own) <= _LONGEST_ID:
            return own
        when = published.isoformat() if published else ""
        whole = "\x00".join((own, when, *(each or "" for each in said)))
        return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:24]

    def _one_of(self, value: Any, known: tuple[str, ...], default: str) -> str:
        text = self._text(value).casefold()
        return text if text in known else default

    def _kind(self, said: Mapping[str, Any], tier: str) -> str:
        default = kind_for(tier)
        if default == "post":
            for field, kind in (
                ("repost_of", "repost"),
                ("reply_to", "reply"),
                ("quote_of", "quote"),
            ):
                if said.get(field) or said.get(f"{field}_author") or _flag(said.get(f"is_{kind}")):
                    default = kind
                    break
        return self._one_of(said.get("kind"), KINDS, default)

    def _lang(self, value: Any) -> str | None:
        text = self._text(value).replace("_", "-")
        return text if 2 <= len(text) <= 35 and text != "und" else self._plan.lang


def _list(value: Any) -> list[str]:
    """Return the parts of a list, also of one that is written as one text."""
    if isinstance(value, list | tuple):
        parts = [each if isinstance(each, str) else "" for each in value[:_MOST]]
    elif isinstance(value, str):
        parts = _PARTS.split(value.strip("[] ").replace("'", "").replace('"', ""))
    else:
        return []
    return [squeeze(part)[:8_000] for part in parts[:_MOST] if part.strip()]


def _images(value: Any) -> Iterator[Media]:
    for each in _list(value):
        if link := absolute(each):
            yield Media("image", link)


def _media(value: Any) -> Iterator[Media]:
    """Yield what an export of ours says of media; in CSV and Excel they are for readers alone."""
    for each in value[:_MOST] if isinstance(value, list) else ():
        if isinstance(each, dict) and isinstance(each.get("type"), str):
            url, alt = each.get("url"), each.get("alt")
            yield Media(
                squeeze(each["type"])[:40],
                absolute(url) if isinstance(url, str) else None,
                squeeze(alt)[:_LONGEST_TITLE] if isinstance(alt, str) else None,
            )


def _tags(value: Any, signs: str) -> tuple[str, ...]:
    found = (part.lstrip(signs)[:_LONGEST_NAME] for part in _list(value))
    return tuple(dict.fromkeys(tag for tag in found if tag))


def _count(value: Any) -> int | None:
    """Return a count; one that is written 1,234 or 1.2K too."""
    if value is None or isinstance(value, bool | list | dict):
        return None
    if isinstance(value, int | float | Decimal):
        return int(value) if math.isfinite(value) and value >= 0 else None
    found = _NUMBER.fullmatch(str(value).strip()[:40])
    if not found:
        return None
    digits, unit = found.groups()
    try:
        if unit:
            return round(float(digits.replace(",", ".")) * (1e3 if unit in "kK" else 1e6))
        if re.fullmatch(r"-?\d+\.0*", digits):
            digits = digits.partition(".")[0]
        elif re.fullmatch(r"-?\d+[.,]\d{1,2}", digits):
            return None  # no count
        number = int(re.sub(r"[,.' \u00a0]", "", digits))
    except ValueError:
        return None
    return number if number >= 0 else None


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _flag(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    text = str(value).strip().casefold()
    return True if text in _YES else False if text in _NO else None
