"""A query's parts in plain words, for whoever reads no query language."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from workbench.query import tree
from workbench.query.write import write

__all__ = ["tell"]

_ENTITIES: Final = {
    "hashtag": "the hashtag #{}",
    "cashtag": "the cashtag ${}",
    "mention": "mentions of @{}",
    "ticker": "the listing {}",
    "form": "the form {}",
}
_CAPITALS: Final = ("cashtag", "ticker", "form")
_VALUES: Final = {"source": "from {}", "tier": "of the kind of source {}", "kind": "of the kind {}"}
_STATES: Final = {
    "repost": "reposts",
    "reply": "replies",
    "quote": "quotes",
    "verified": "verified authors",
    "sensitive": "what is marked as sensitive",
}
_THINGS: Final = {
    "image": "with an image",
    "video": "with a video",
    "media": "with media",
    "link": "with a link",
    "hashtag": "with a hashtag",
    "cashtag": "with a cashtag",
    "mention": "with a mention",
    "poll": "with a poll",
}
_COUNTS: Final = {
    "likes": "at least {:,} likes",
    "reposts": "at least {:,} reposts",
    "replies": "at least {:,} replies",
    "followers": "an author with at least {:,} followers",
}
_UNITS: Final = (("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_LONGEST: Final = 80  # characters of what is told of one part


def tell(node: tree.Node) -> str:
    """Return what a part of a query asks for, in words.

    Examples
    --------
    >>> from workbench.query import parse
    >>> tell(parse("-(crypto OR nft)").tree)
    'neither “crypto” nor “nft”'
    >>> tell(parse("min_likes:5").tree)
    'at least 5 likes'
    """
    match node:
        case tree.And(parts):
            return " and ".join(map(_part, parts))
        case tree.Or(parts):
            return " or ".join(map(_part, parts))
        case tree.Not(tree.Or(parts)):
            return f"neither {' nor '.join(map(_part, parts))}"
        case tree.Not(part):
            return f"not {_part(part)}"
        case tree.Near((left, right), distance):
            return f"{tell(left)} within {distance} words of {tell(right)}"
        case tree.Near(operands, distance):
            return f"{', '.join(map(tell, operands))} within {distance} words"
        case tree.InTitle(phrase):
            return f"{tell(phrase)} in the title"
        case tree.Regex(pattern):
            return f"the pattern “{_short(pattern)}”"
        case tree.Phrase() | tree.Wildcard():
            return f"“{_short(write(node).strip(chr(34)))}”"
        case _:
            return _leaf(node)


def _part(node: tree.Node) -> str:
    text = tell(node)
    return f"({text})" if isinstance(node, tree.And | tree.Or) else text


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _leaf(node: tree.Node) -> str:
    match node:
        case tree.Entity(kind, value):
            return _ENTITIES[kind].format(value.upper() if kind in _CAPITALS else value)
        case tree.Account(role, handle):
            return f"written by {handle}" if role == "from" else f"answers to {handle}"
        case tree.InList(name):
            return f"written by the people of {name}"
        case tree.Lang(tag):
            return f"the language {tag}"
        case tree.Domain(host):
            return f"links to {host}"
        case tree.Url(part):
            return f"“{_short(part)}” in a link"
        case tree.Value(field, value):
            return _VALUES[field].format(value)
        case _:
            return _mark(node)


def _mark(node: tree.Node) -> str:
    match node:
        case tree.Has(what):
            return _THINGS[what]
        case tree.Is(what):
            return _STATES[what]
        case tree.AtLeast(field, n):
            return _COUNTS[field].format(n)
        case tree.Sentiment(op, value):
            return f"a score {op} {value:g}".replace("-", "−")
        case _:
            return _time(node)


def _time(node: tree.Node) -> str:
    match node:
        case tree.Between(start, end):
            bounds = (("from", start), ("before", end))
            return " and ".join(f"{word} {_moment(when)}" for word, when in bounds if when)
        case tree.Within(span):
            return f"of the last {_span(span)}"
        case tree.Expires(when):
            return f"until {_moment(when)}"
        case _:
            return write(node)


def _moment(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC".replace(" 00:00 UTC", "")


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    unit, size = next((each for each in _UNITS if seconds % each[1] == 0), _UNITS[-1])
    number = seconds // size
    return unit if number == 1 else f"{number} {unit}s"
