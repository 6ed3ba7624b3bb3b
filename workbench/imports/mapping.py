"""Which field of a file holds which field of an item: guessed by name, checked by value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from workbench.errors import SettingError
from workbench.imports.times import is_time
from workbench.items import FIELDS, KINDS, TIERS

__all__ = ["MAPPED", "canonical", "guess", "is_export", "read_pairs"]

_UNMAPPED: Final = ("compound", "engine", "story", "published_precision", "media")
_NAMES: Final = tuple(each.name for each in FIELDS if each.name not in _UNMAPPED)
_OURS: Final = tuple(each.name for each in FIELDS)

MAPPED: Final = (
    *("time", *(name for name in _NAMES if name != "published"), "images"),
    *("is_repost", "is_reply", "is_quote"),
)
"""What a field of a file can be mapped to: fields of an item, ``time`` being `published`, and
flags that say of which kind it is."""

# The likeliest first; blanks, points, dashes and case do not count.
_SAID: Final[Mapping[str, str]] = {
    "time": "published publishedat createdat created datepublished publicationdate publishdate"
    " pubdate posted postedat postdate timestamp time datetime date createdutc createdtime"
    " dateposted createtime takenat published(utc) time(utc) date(utc) unixtimestamp datum fecha",
    "text": "text fulltext body message content tweet tweettext posttext post selftext caption"
    " description desc sharecommentary comment commentary hitsentence snippet openingtext summary"
    " abstract",
    "title": "title headline subject heading",
    "author": "author username screenname handle authorhandle authorusername userscreenname"
    " fromusername uniqueid account user from twitterscreenname",
    "author_name": "author authorname authorfullname displayname fullname nickname userdisplayname"
    " fromuserrealname name sourcename outlet publication publisher influencer",
    "author_url": "authorurl profileurl userurl authorprofileurl authorlink",
    "followers": "followers followerscount authorfollowers followercount userfollowerscount",
    "verified": "verified isverified userverified authorverified",
    "url": "url link permalink posturl tweeturl statusurl articleurl sharelink href",
    "id": "id idstr tweetid postid statusid messageid itemid guid uuid documentid resourceid",
    "lang": "lang language languageguess langcode",
    "hashtags": "hashtags tags hashtag",
    "mentions": "mentions mentionedusers usermentions mentioned",
    "cashtags": "cashtags symbols",
    "tickers": "tickers ticker",
    "form": "form formtype",
    "kind": "kind",
    "tier": "tier",
    "links": "links urls outlinks linkurl",
    "images": "images imageurls imageurl photos",
    "likes": "likes likecount favoritecount favouritecount favorites favourites numlikes reactions"
    " publicmetricslikecount likescount diggcount",
    "reposts": "reposts repostcount retweetcount retweets shares sharecount sharescount numshares"
    " publicmetricsretweetcount",
    "replies": "replies replycount comments commentcount commentscount numcomments"
    " publicmetricsreplycount",
    "reply_to": "replyto inreplytostatusidstr inreplytostatusid inreplytoid inreplyto",
    "reply_to_author": "replytoauthor inreplytoscreenname replieduser",
    "repost_of": "repostof retweetedid",
    "quote_of": "quoteof quotedid quotedstatusid",
    "is_repost": "isrepost isretweet",
    "is_reply": "isreply",
    "is_quote": "isquote isquotetweet",
    "sensitive": "sensitive possiblysensitive nsfw over18",
}
_PLAIN: Final = re.compile(r"[\s._/-]+")
_LANG: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_NUMBER: Final = re.compile(r"-?[\d,. ']+[kKmM]?")
_FLAGS: Final = {"true", "false", "yes", "no", "y", "n", "0", "1", "t", "f"}


def canonical(name: str) -> str:
    """Return a field's name as it is compared.

    Examples
    --------
    >>> canonical("Created At"), canonical("user.screen_name")
    ('createdat', 'userscreenname')
    """
    return _PLAIN.sub("", name).casefold()


def is_export(names: Iterable[str]) -> bool:
    """Return whether fields are those that the workbench itself exports."""
    bare = [name.partition(" (")[0] for name in names]
    return [name for name in bare if name in _OURS] == list(_OURS)


def guess(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return which field of a file holds what, by their names and some rows.

    Parameters
    ----------
    names : sequence of str
    rows : sequence of mapping
        A sample, whose values have the last word: what is called a date but holds none is none.

    Returns
    -------
    dict of str to str
        Fields of a file by those of :data:`MAPPED`; what is not found is left out.
    """
    if is_export(names):
        return _of_export(names)
    values = {name: _values(name, rows) for name in names}
    by_name: dict[str, list[str]] = {}
    for name in names:
        by_name.setdefault(canonical(name), []).append(name)
        if "." in name:
            by_name.setdefault(canonical(name.rpartition(".")[2]), []).append(name)
    found: dict[str, str] = {}
    for field, said in _SAID.items():
        for each in said.split():
            fit = [n for n in by_name.get(each, ()) if n not in found.values()]
            fit = [n for n in fit if _holds(field, values[n])]
            if fit:
                found[field] = fit[0]
                break
    if "time" not in found:
        _settle(found, "time", (n for n in names if _are(is_time, values[n])))
    if "text" not in found and "title" not in found:
        _settle(found, "text", sorted(names, key=lambda name: -_length(values[name])))
    return found


def _settle(found: dict[str, str], field: str, candidates: Iterable[str]) -> None:
    for name in candidates:
        if name not in found.values():
            found[field] = name
            return


def _of_export(names: Iterable[str]) -> dict[str, str]:
    """Return the mapping of a file that we wrote: each field to itself, its zone aside."""
    found: dict[str, str] = {}
    for name in names:
        field = name.partition(" (")[0]
        field = "time" if field == "published" else field
        if field in {*MAPPED, "source", "published_precision", "media"}:
            found.setdefault(field, name)
    return found


def _values(name: str, rows: Iterable[Mapping[str, Any]]) -> list[Any]:
    return [value for row in rows if (value := row.get(name)) not in (None, "", [], {})]


def _are(test: Callable[[Any], bool], values: Sequence[Any], share: float = 0.9) -> bool:
    """Return whether at least such a share of values are so."""
    return bool(values) and sum(map(test, values)) >= share * len(values)


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int | float) or _NUMBER.fullmatch(str(value).strip()) is not None


def _is_address(value: Any) -> bool:
    return str(value).strip().lower().startswith(("http://", "https://", "www."))


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool) or str(value).strip().casefold() in _FLAGS


def _is_lang(value: Any) -> bool:
    return isinstance(value, str) and _LANG.fullmatch(value.strip()) is not None and len(value) < 12


def _is_handle(value: Any) -> bool:
    return isinstance(value, str | int) and len(str(value).split()) == 1


def _is_row_number(value: Any) -> bool:
    text = str(value).strip()
    return text.isdigit() and len(text) < 7


_TESTS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "time": is_time,
    "url": _is_address,
    "author_url": _is_address,
    **dict.fromkeys(("likes", "reposts", "replies", "followers"), _is_number),
    **dict.fromkeys(("verified", "sensitive", "is_repost", "is_reply", "is_quote"), _is_flag),
    "lang": _is_lang,
    "author": _is_handle,
    "kind": lambda value: str(value).strip() in KINDS,
    "tier": lambda value: str(value).strip() in TIERS,
}


def _holds(field: str, values: Sequence[Any]) -> bool:
    """Return whether a field of a file can hold what its name promises."""
    if not values:
        return False
    if field == "id":
        # What only numbers the rows of one file is nobody's id; nor is what two rows share.
        texts = [str(value) for value in values]
        return len({*texts}) == len(texts) and not all(map(_is_row_number, values))
    if field in {"text", "title", "author_name"}:
        return all(isinstance(value, str) for value in values)
    test = _TESTS.get(field)
    # The name speaks for it already; a few broken rows do not speak against it.
    return test is None or _are(test, values, 0.5)


def _length(values: Sequence[Any]) -> float:
    texts = [len(value) for value in values if isinstance(value, str) and not _is_address(value)]
    return sum(texts) / len(texts) if texts else 0.0


def read_pairs(text: str) -> dict[str, str]:
    """Read ``time=created_at,text=body``: what holds what; an empty name is nothing.

    A comma separates only where a known field and ``=`` follow, so that names may hold some.

    Raises
    ------
    SettingError
        If that is no mapping, or names a field that no item has.

    Examples
    --------
    >>> read_pairs("time=Date, UTC,text=body,title=")
    {'time': 'Date, UTC', 'text': 'body', 'title': ''}
    """
    found = {}
    for part in re.split(rf",\s*(?=(?:{'|'.join(_SPLIT)})\s*=)", text):
        field, sign, name = part.partition("=")
        field = field.strip()
        field = "time" if field == "published" else field
        if not sign:
            raise SettingError(f"{part!r} maps nothing; write time=created_at,text=body")
        if field not in MAPPED:
            raise SettingError(f"{field!r} is no field of an item; there are {', '.join(MAPPED)}")
        found[field] = name.strip()
    return found


_SPLIT: Final = sorted((*MAPPED, "published"), key=len, reverse=True)
