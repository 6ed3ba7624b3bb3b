"""What stands behind each operator: its value read into a node, or a reason why not.

Who calls adds to an error where in the query it lies.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

from workbench import clock
from workbench.errors import QueryError, SettingError
from workbench.items import KINDS, TIERS
from workbench.query import tree
from workbench.query.regex import compile_pattern
from workbench.query.words import read_phrase, read_word
from workbench.tokens import fold

__all__ = ["OPERATORS", "SIGNS", "Operator", "nearest", "read"]

_DAY: Final = timedelta(days=1)
_MICRO: Final = timedelta(microseconds=1)


class Raw(NamedTuple):
    """An operator's value as typed."""

    name: str
    text: str
    quoted: bool
    zone: ZoneInfo


Reader = Callable[[Raw], tree.Node]


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a remedy that names the known word most like this one, or all of them."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.55)
    return f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"


def _exact(raw: Raw, what: str) -> str:
    """Return a value that is compared whole, in folded form."""
    if not raw.quoted and (bad := re.search(r"[*?,;!~|<>\[\]{}]", raw.text)):
        raise QueryError(
            f"a {what} is compared exactly and holds no {bad[0]!r}; leave it out or put the "
            "value in quotes"
        )
    value = fold(raw.text).strip()
    if not any(map(str.isalnum, value)):
        raise QueryError(f"{raw.text!r} holds no letters or digits, so it names no {what}")
    return value


def _handle(raw: Raw) -> str:
    return re.sub(r"^[@\s]+", "", _exact(raw, "handle"))


def _entity(kind: Literal["hashtag", "cashtag", "mention", "ticker", "form"]) -> Reader:
    def read(raw: Raw) -> tree.Node:
        value = _handle(raw) if kind == "mention" else _exact(raw, kind)
        if kind == "cashtag" and not value[0].isalpha():
            raise QueryError(f'a cashtag begins with a letter; for the amount write "${raw.text}"')
        return tree.Entity(kind, value)

    return read


def _account(role: Literal["from", "to"]) -> Reader:
    return lambda raw: tree.Account(role, _handle(raw))


def _key(raw: Raw) -> tree.Node:
    source, colon, ident = raw.text.strip().partition(":")
    if not re.fullmatch(r"[\w-]+", source) or (colon and not ident):
        raise QueryError(
            f"{raw.text!r} is no item's key; write its source and id, such as hackernews:41000000"
        )
    return tree.Key(f"{source}:{ident}" if colon else fold(source))


def _lang(raw: Raw) -> tree.Node:
    tag = _exact(raw, "language").replace("_", "-")
    if not re.fullmatch(r"[a-z]{2,8}(-[a-z0-9]{1,8})*", tag):
        raise QueryError(f"{raw.text!r} is no language tag; write en or en-GB")
    return tree.Lang(tag)


def _domain(raw: Raw) -> tree.Node:
    name = re.sub(r"^(www\.)+|\.+$", "", _exact(raw, "host"))
    if not name or re.search(r"[/:@\s]", name):
        raise QueryError(f"{raw.name} takes a host such as reuters.com; for more write url:")
    return tree.Domain(name)


def _url(raw: Raw) -> tree.Node:
    return tree.Url(fold(raw.text).strip())


def _title(raw: Raw) -> tree.Node:
    found = read_phrase(raw.text) if raw.quoted else read_word(raw.text)
    if not isinstance(found, tree.Phrase):
        raise QueryError("intitle: takes a word, a word with * at its end, or a phrase in quotes")
    return tree.InTitle(found)


def _regex(raw: Raw) -> tree.Node:
    try:
        compile_pattern(raw.text)
    except QueryError as error:
        place = len(raw.name) + raw.quoted + error.position
        raise QueryError(error.message, position=place) from None
    return tree.Regex(raw.text)


def _choice(field: Literal["tier", "kind"], known: tuple[str, ...]) -> Reader:
    def read(raw: Raw) -> tree.Node:
        value = fold(raw.text).strip()
        if value not in known:
            raise QueryError(f"{raw.text!r} is no {field}: {nearest(value, known)}")
        return tree.Value(field, value)

    return read


def _instant(raw: Raw) -> tuple[datetime, bool]:
    """Return the moment that a value names, and whether it is a whole day."""
    text = raw.text.strip()
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return _first(date.fromisoformat(text), raw.zone), True
        if re.fullmatch(r"\d{4}-\d\d-\d\d[Tt ]\d.*", text, re.ASCII):
            when = datetime.fromisoformat(text)
            if when.tzinfo is None:
                when = when.replace(tzinfo=raw.zone)
            return when.astimezone(UTC), False
    except (ValueError, OverflowError):
        pass
    raise QueryError(
        f"{raw.text!r} is no date; write 2026-11-22 or 2026-11-22T09:30:00Z "
        "(for a span back from now, within_time:2d)"
    )


def _first(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _next(raw: Raw) -> datetime:
    """Return the first instant of the day after the one named."""
    try:
        return _first(date.fromisoformat(raw.text.strip()) + _DAY, raw.zone)
    except OverflowError:
        raise QueryError(f"{raw.text!r} has no next day; write an earlier date") from None


def _since(raw: Raw) -> tree.Node:
    return tree.Between(_instant(raw)[0], None)


def _until(raw: Raw) -> tree.Node:
    return tree.Between(None, _instant(raw)[0])


def _after(raw: Raw) -> tree.Node:
    when, whole_day = _instant(raw)
    if whole_day:
        return tree.Between(_next(raw), None)
    try:
        return tree.Between(when + _MICRO, None)
    except OverflowError:
        raise QueryError(f"nothing comes after {raw.text}; write an earlier time") from None


def _during(raw: Raw) -> tree.Node:
    when, whole_day = _instant(raw)
    if not whole_day:
        raise QueryError("during: takes a date, such as 2026-11-22; for times use since: until:")
    return tree.And((tree.Between(when, None), tree.Between(None, _next(raw))))


def _expires(raw: Raw) -> tree.Node:
    return tree.Expires(_instant(raw)[0])


def _within(raw: Raw) -> tree.Node:
    try:
        return tree.Within(clock.span(raw.text))
    except SettingError as error:
        raise QueryError(str(error)) from None


def _at_least(field: Literal["likes", "reposts", "replies", "followers"]) -> Reader:
    def read(raw: Raw) -> tree.Node:
        text = raw.text.strip()
        if not re.fullmatch(r"\d{1,18}", text, re.ASCII):
            raise QueryError(f"{raw.name} takes a whole number, such as {raw.name}10")
        return tree.AtLeast(field, int(text))

    return read


def _sentiment(raw: Raw) -> tree.Node:
    text = raw.text.strip().lower()
    match text:
        case "positive":
            return tree.Sentiment(">=", 0.05)
        case "negative":
            return tree.Sentiment("<=", -0.05)
        case "neutral":
            return tree.And((tree.Sentiment(">", -0.05), tree.Sentiment("<", 0.05)))
    found = re.fullmatch(
        r"(<=|>=|<|>|=)\s*([+-]?(?:\d{1,2}(?:\.\d{0,20})?|\.\d{1,20}))", text, re.ASCII
    )
    if found is None or abs(float(found[2])) > 1:
        raise QueryError(
            f"{raw.text!r} is no sentiment; write positive, negative, neutral, or a comparison "
            "with a number from -1 to 1, such as sentiment:<-0.3"
        )
    op: Literal["<", "<=", ">", ">=", "="] = found[1]  # type: ignore[assignment]
    return tree.Sentiment(op, float(found[2]) + 0.0)  # + 0.0 makes -0.0 plain


_Thing = Literal["image", "video", "media", "link", "hashtag", "cashtag", "mention", "poll"]
_State = Literal["repost", "reply", "quote", "verified", "sensitive"]
_THINGS: Final[dict[str, _Thing]] = {
    **{thing: thing for thing in get_args(_Thing)},
    **{f"{thing}s": thing for thing in get_args(_Thing)},
}
_STATES: Final[dict[str, _State]] = {state: state for state in get_args(_State)}
_ELSEWHERE: Final = {
    "replies": "is:reply",
    "retweets": "is:repost",
    "nativeretweets": "is:repost",
    "retweet": "is:repost",
    "quotes": "is:quote",
    "verified": "is:verified",
    "safe": "-is:sensitive",
}


def _has(raw: Raw) -> tree.Node:
    value = fold(raw.text).strip()
    if value in _THINGS:
        return tree.Has(_THINGS[value])
    remedy = _ELSEWHERE.get(value)
    raise QueryError(
        f"{raw.name}{value} is not known: "
        + (f"write {remedy}" if remedy else nearest(value, get_args(_Thing)))
    )


def _is(raw: Raw) -> tree.Node:
    value = fold(raw.text).strip()
    if value in _STATES:
        return tree.Is(_STATES[value])
    remedy = _ELSEWHERE.get(value)
    raise QueryError(
        f"{raw.name}{value} is not known: "
        + (f"write {remedy}" if remedy else nearest(value, _STATES))
    )


class Operator(NamedTuple):
    """What reads an operator's value, and an example of one."""

    read: Reader
    example: str


OPERATORS: Final[dict[str, Operator]] = {
    "ticker": Operator(_entity("ticker"), "ticker:ACME"),
    "form": Operator(_entity("form"), "form:8-K"),
    "from": Operator(_account("from"), "from:nasa"),
    "to": Operator(_account("to"), "to:nasa"),
    "mentions": Operator(_entity("mention"), "mentions:nasa"),
    "list": Operator(lambda raw: tree.InList(_exact(raw, "list")), "list:analysts"),
    "id": Operator(_key, "id:hackernews:41000000"),
    "lang": Operator(_lang, "lang:en"),
    "domain": Operator(_domain, "domain:reuters.com"),
    "site": Operator(_domain, "site:reuters.com"),
    "url": Operator(_url, "url:news-release"),
    "intitle": Operator(_title, 'intitle:"to acquire"'),
    "regex": Operator(_regex, r'regex:"\bacme (air|rail)"'),
    "source": Operator(lambda raw: tree.Value("source", _exact(raw, "source")), "source:bluesky"),
    "tier": Operator(_choice("tier", TIERS), "tier:wire"),
    "kind": Operator(_choice("kind", KINDS), "kind:article"),
    "since": Operator(_since, "since:2026-11-21"),
    "until": Operator(_until, "until:2026-11-22"),
    "before": Operator(_until, "before:2026-11-21"),
    "after": Operator(_after, "after:2026-11-21"),
    "during": Operator(_during, "during:2026-11-21"),
    "within_time": Operator(_within, "within_time:2d"),
    "expires": Operator(_expires, "expires:2026-12-01"),
    "min_likes": Operator(_at_least("likes"), "min_likes:10"),
    "min_faves": Operator(_at_least("likes"), "min_faves:10"),
    "min_reposts": Operator(_at_least("reposts"), "min_reposts:10"),
    "min_retweets": Operator(_at_least("reposts"), "min_retweets:10"),
    "min_replies": Operator(_at_least("replies"), "min_replies:1"),
    "min_followers": Operator(_at_least("followers"), "min_followers:1000"),
    "sentiment": Operator(_sentiment, "sentiment:<-0.3"),
    "has": Operator(_has, "has:links"),
    "filter": Operator(_has, "filter:videos"),
    "is": Operator(_is, "is:reply"),
}
"""Every operator that the language knows, by its name without the colon."""

SIGNS: Final[dict[str, Operator]] = {
    "#": Operator(_entity("hashtag"), "#mars"),
    "$": Operator(_entity("cashtag"), "$ACME"),
    "@": Operator(_entity("mention"), "@nasa"),
}
"""Every sign before an exact entity."""


def read(name: str, text: str, *, quoted: bool, zone: ZoneInfo) -> tree.Node:
    """Return the leaf that an operator or sign with its value stands for.

    Parameters
    ----------
    name : str
        One of OPERATORS or SIGNS.
    text : str
        The value, without quotes.
    quoted : bool
        Whether it stood in quotes.
    zone : ZoneInfo
        Zone of dates that name none.

    Raises
    ------
    QueryError
        If the value is none for this operator.
    """
    known = SIGNS.get(name) or OPERATORS[name]
    shown = name if name in SIGNS else f"{name}:"
    if not text.strip():
        raise QueryError(f"{shown} needs a value right behind it, such as {known.example}")
    return known.read(Raw(shown, text, quoted, zone))
