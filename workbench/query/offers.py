"""What a query box offers by itself: operators with a line of help, and the values they take."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from workbench.query.telling import LANGUAGES

__all__ = ["HELP", "JOINING", "SAME", "VALUES", "Offer", "days"]


class Offer(NamedTuple):
    """A value that may be put in: what it stands for, and a name by which it is found as well."""

    value: str
    help: str = ""
    name: str = ""


HELP: Final[Mapping[str, str]] = {
    "#": "this hashtag",
    "@": "mentions this account",
    "from": "who wrote it",
    "list": "written by somebody of a people list",
    "lang": "the language it is written in",
    "is": "a repost, reply, quote, verified or sensitive",
    "has": "an image, a video, a link, a hashtag …",
    "source": "where it was collected",
    "tier": "social, newswire, filing, news or report",
    "kind": "post, article, release, filing …",
    "since": "from this day on",
    "until": "before this day",
    "within_time": "at most this long ago",
    "sentiment": "how it reads: positive, neutral, negative",
    "domain": "links to this site",
    "intitle": "words of its title",
    "min_likes": "at least this many likes",
    "min_reposts": "at least this many reposts",
    "min_replies": "at least this many replies",
    "min_followers": "its author has at least this many followers",
    "mentions": "mentions this account",
    "to": "whom it answers",
    "ticker": "names this listing, as in (Nasdaq: ACME)",
    "form": "the form of a filing, such as 8-K",
    "url": "a part of a link's address",
    "regex": "a regular expression, found in the text as it stands",
    "during": "on this day",
    "after": "from the day after this one",
    "id": "one item, by its source and id",
    "expires": "what stands beside it holds until this day",
    "$": "this cashtag",
    "before": "before this day; the same as until:",
    "site": "links to this site; the same as domain:",
    "filter": "what it carries; the same as has:",
    "min_faves": "at least this many likes; the same as min_likes:",
    "min_retweets": "at least this many reposts; the same as min_reposts:",
}
"""A line on each operator and sign, those first that are asked for most."""

JOINING: Final[Mapping[str, str]] = {
    "OR": "one of the two is enough",
    "NOT": "leaves out what follows",
    "NEAR/5": "at most 5 words between the two",
}
"""What is written between words, in capitals."""

SAME: Final[Mapping[str, str]] = {
    "to": "from",
    "mentions": "@",
    "site": "domain",
    "filter": "has",
    "min_faves": "min_likes",
    "min_retweets": "min_reposts",
    "min_replies": "min_likes",
    "before": "until",
    "after": "since",
    "during": "since",
}
"""Operators that take what another takes."""

_KINDS: Final = {
    "post": "written on a social network",
    "repost": "somebody else's, passed on",
    "reply": "an answer to another post",
    "quote": "another post with words of one's own",
    "article": "of a news site",
    "release": "of a newswire",
    "filing": "with a regulator",
}
_TIERS: Final = {
    "social": "social networks",
    "wire": "newswires",
    "filing": "filings with a regulator",
    "news": "news sites",
    "report": "reports",
}
_THINGS: Final = {
    "image": "a picture",
    "video": "a film",
    "media": "anything attached",
    "link": "a link",
    "hashtag": "a hashtag",
    "cashtag": "a cashtag",
    "mention": "a mention",
    "poll": "a poll",
}
_STATES: Final = {
    "repost": "somebody else's, passed on",
    "reply": "an answer to another post",
    "quote": "another post with words of one's own",
    "verified": "its author is verified",
    "sensitive": "marked as sensitive",
}
_MOODS: Final = {
    "positive": "at least 0.05",
    "neutral": "between the two",
    "negative": "at most −0.05",
    "<-0.3": "clearly negative",
    ">0.3": "clearly positive",
}
_SPANS: Final = {
    "1h": "the last hour",
    "6h": "the last 6 hours",
    "24h": "the last 24 hours",
    "7d": "the last 7 days",
    "30d": "the last 30 days",
}
_FORMS: Final = {
    "8-K": "an event that investors must know of",
    "10-Q": "the quarter's report",
    "10-K": "the year's report",
}
_COUNTS: Final = {"1": "", "5": "", "10": "", "50": "", "100": "", "1000": ""}
_FOLLOWERS: Final = {"100": "", "1000": "", "10000": "", "100000": ""}
_COMMON: Final = ("en", "de", "fr", "es", "pt", "it", "nl", "ja", "zh", "ko", "ar")

VALUES: Final[Mapping[str, tuple[Offer, ...]]] = {
    name: tuple(Offer(value, said) for value, said in known.items())
    for name, known in {
        "kind": _KINDS,
        "tier": _TIERS,
        "has": _THINGS,
        "is": _STATES,
        "sentiment": _MOODS,
        "within_time": _SPANS,
        "form": _FORMS,
        "min_likes": _COUNTS,
        "min_reposts": _COUNTS,
        "min_followers": _FOLLOWERS,
    }.items()
} | {
    "lang": tuple(
        Offer(tag, LANGUAGES[tag], LANGUAGES[tag]) for tag in dict.fromkeys((*_COMMON, *LANGUAGES))
    )
}
"""What may be put in without looking into a store, by operator."""

_BACK: Final = {0: "today", 1: "yesterday", 7: "a week ago", 30: "30 days ago"}
_AHEAD: Final = {1: "tomorrow", 7: "in a week", 30: "in 30 days"}


def days(today: date, *, is_ahead: bool = False) -> tuple[Offer, ...]:
    """Return days that are often meant, the nearest first.

    Examples
    --------
    >>> days(date(2026, 11, 22))[1]
    Offer(value='2026-11-21', help='yesterday', name='')
    """
    sign = 1 if is_ahead else -1
    known = _AHEAD if is_ahead else _BACK
    return tuple(
        Offer((today + timedelta(days=sign * far)).isoformat(), said) for far, said in known.items()
    )
