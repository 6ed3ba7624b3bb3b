"""A query's clauses in plain words, for readers who never learn the query language."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from workbench.query import tree

__all__ = ["LANGUAGES", "tell"]

LANGUAGES: Final = {
    "ar": "Arabic",
    "bn": "Bengali",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nb": "Norwegian",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
"""Languages by their primary tags; others are told by their tag."""

_TIERS: Final = {
    "social": "comes from a social network",
    "wire": "comes from a newswire",
    "filing": "comes from a regulator's filings",
    "news": "comes from a news site",
    "report": "comes from a study",
}
_KINDS: Final = {
    "post": "is a post",
    "repost": "is a repost",
    "reply": "is a reply",
    "quote": "quotes another post",
    "article": "is an article",
    "release": "is a release",
    "filing": "is a filing",
    "verified": "is by a verified account",
    "sensitive": "is marked as sensitive",
}
_THINGS: Final = {
    "image": "has a picture",
    "video": "has a video",
    "media": "has a picture, a video or other media",
    "link": "has a link",
    "hashtag": "carries a hashtag",
    "cashtag": "names a share",
    "mention": "mentions an account",
    "poll": "has a poll",
}
_ENTITIES: Final = {
    "hashtag": "carries #{}",
    "cashtag": "names ${}",
    "mention": "mentions @{}",
    "ticker": "names the listing {}",
    "form": "is a filing of form {}",
}
_ACCOUNTS: Final = {"from": "is by @{}", "to": "answers @{}"}
_READS: Final = {(">=", 0.05): "reads positive", ("<=", -0.05): "reads negative"}
_COMPARED: Final = {
    "<": "below {}",
    "<=": "at most {}",
    ">": "above {}",
    ">=": "at least {}",
    "=": "exactly {}",
}
_NEGATED: Final = {
    "is": "is not",
    "was": "was not",
    "has": "does not have",
    "carries": "does not carry",
}
_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def tell(node: tree.Node, *, zone: str = "UTC") -> str:
    """Return what a clause asks of an item, as it stands after "it".

    Parameters
    ----------
    node : Node
    zone : str
        In which times are told.

    Examples
    --------
    >>> from workbench.query import parse
    >>> tell(parse('"profit warn*" (lang:de OR is:reply) -#mars min_likes:5').tree)
    'says “profit warn…” and is in German or is a reply and does not carry #mars and has at least \
5 likes'
    """
    match node:
        case tree.And(parts):
            return " and ".join(tell(part, zone=zone) for part in parts)
        case tree.Or(parts):
            return " or ".join(tell(part, zone=zone) for part in parts)
        case tree.Not(tree.And() | tree.Or() as part):
            return f"is nothing that {tell(part, zone=zone)}"
        case tree.Not(part):
            verb, _, rest = tell(part, zone=zone).partition(" ")
            plain = verb.removesuffix("s")
            return f"{_NEGATED.get(verb, f'does not {plain}')} {rest}"
        case tree.Between() | tree.Expires():
            return _time(node, ZoneInfo(zone))
        case _:
            return _words(node) or _names(node)


def _words(node: tree.Node) -> str:
    match node:
        case tree.Phrase((str(stem),), True):
            return f"says a word that begins with “{stem}”"
        case tree.Phrase():
            return f"says {_said(node)}"
        case tree.Wildcard(pattern):
            return f"says a word like “{pattern}”"
        case tree.Near(operands, distance, ordered):
            near = " followed closely by " if ordered else " near "
            return f"says {near.join(map(_said, operands))} (at most {distance} words between)"
        case tree.InTitle(phrase):
            return f"says {_said(phrase)} in its headline"
        case tree.Regex(pattern):
            return f"fits the pattern “{pattern}”"
        case _:
            return ""


def _said(node: tree.Node) -> str:
    match node:
        case tree.Phrase(tokens, prefix):
            return f"“{' '.join(token or '…' for token in tokens)}{'…' if prefix else ''}”"
        case tree.Wildcard(pattern):
            return f"“{pattern}”"
        case tree.Or(parts):
            return f"({' or '.join(map(_said, parts))})"
        case _:
            raise TypeError(f"{node!r} does not stand in one place")


def _names(node: tree.Node) -> str:
    match node:
        case tree.Entity(kind, value):
            is_small = kind in {"hashtag", "mention"}
            return _ENTITIES[kind].format(value if is_small else value.upper())
        case tree.Account(role, handle):
            return _ACCOUNTS[role].format(handle)
        case tree.InList(name):
            return f"is by somebody on the list “{name}”"
        case tree.Key(value):
            return f"is on the list “{value}”" if node.is_list else f"is the item {value}"
        case tree.Lang(tag):
            return f"is in {LANGUAGES.get(tag, f'the language {tag}')}"
        case tree.Domain(host):
            return f"links to {host}"
        case tree.Url(part):
            return f"has “{part}” in a link"
        case _:
            return _marks(node)


def _marks(node: tree.Node) -> str:
    match node:
        case tree.Value("source", value):
            return f"comes from the source {value}"
        case tree.Value("tier", value):
            return _TIERS[value]
        case tree.Value(_, value) | tree.Is(value):
            return _KINDS[value]
        case tree.Has(what):
            return _THINGS[what]
        case tree.Within(span):
            return f"is at most {_span(span)} old"
        case tree.AtLeast("followers", n):
            return f"is by an account with at least {n:,} followers"
        case tree.AtLeast(field, n):
            one = {"replies": "reply"}.get(field, field.removesuffix("s"))
            return f"has at least {n:,} {one if n == 1 else field}"
        case tree.Sentiment(op, value):
            bound = _COMPARED[op].format(f"{value:g}".replace("-", "−"))
            return _READS.get((op, value), f"reads {bound} on a scale from −1 to 1")
        case _:
            raise TypeError(f"{node!r} is no node of a query")


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    size, unit = next(
        ((size, unit) for size, unit in _UNITS if seconds and seconds % size == 0), _UNITS[-1]
    )
    n = seconds // size
    return f"{n:,} {unit}{'' if n == 1 else 's'}"


def _time(node: tree.Between | tree.Expires, zone: ZoneInfo) -> str:
    def told(when: datetime) -> str:
        local = when.astimezone(zone)
        clock = f", {local:%H:%M}" if local.hour or local.minute else ""
        return f"{local.day} {local:%b %Y}{clock}"

    if isinstance(node, tree.Expires):
        return f"counts until {told(node.when)}"
    bounds = (("since", node.start), ("before", node.end))
    known = " and ".join(f"{word} {told(when)}" for word, when in bounds if when is not None)
    return f"was published {known}"
