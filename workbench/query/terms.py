"""What each source's own search can say of a leaf, by its documentation."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from workbench.query import tree

__all__ = ["SOURCES", "All", "Any", "Expr", "Said", "Say", "Source", "join"]


@dataclass(frozen=True)
class Say:
    """A term of the source's language; `alone` if it may stand without others."""

    text: str
    alone: bool = True


@dataclass(frozen=True)
class All:
    """Terms that must all match."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True)
class Any:
    """Terms of which one must match."""

    parts: tuple[Expr, ...]


Expr = Say | All | Any
"""What a source is asked."""

Said = tuple[Expr, bool]
"""A term, and whether it matches exactly what the node does; else it matches more."""


@dataclass(frozen=True)
class Source:
    """What a source's language can do.

    Parameters
    ----------
    leaf : callable
        What it says of a leaf, or None.
    longest : int
        Most characters of a query.
    ors : bool
        Whether OR and parentheses are understood; if not, one query is sent for each case.
    both : str
        What joins terms that must all match; empty if there is no such thing.
    """

    leaf: Callable[[tree.Node], Said | None]
    longest: int = 512
    ors: bool = False
    both: str = " "


def join(kind: type[All | Any], parts: list[Expr]) -> Expr | None:
    """Return one term of several, or None if there is none."""
    if len(parts) < 2:
        return parts[0] if parts else None
    flat: list[Expr] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else (part,))
    return kind(tuple(flat))


_BARE: Final = re.compile(r"[^\W_]+")
_WORDS_OF_OTHERS: Final = frozenset(("and", "or", "not", "near", "to"))
_X_NAME: Final = re.compile(r"[a-z0-9_]{1,15}")
_X_HAS: Final = {"image": "images", "link": "links", "hashtag": "hashtags", "mention": "mentions"}
_X_IS: Final = {
    "repost": ("is:retweet", True),
    "reply": ("is:reply", False),
    "quote": ("is:quote", False),
}


def _run(tokens: tuple[str, ...]) -> Say:
    bare = len(tokens) == 1 and tokens[0] not in _WORDS_OF_OTHERS and _BARE.fullmatch(tokens[0])
    text = " ".join(tokens)
    return Say(text if bare else f'"{text}"')


def _words(node: tree.Node) -> Said | None:
    """Return the words and phrases that every match of a node holds."""
    match node:
        case tree.Phrase(tokens, prefix):
            whole = tokens[:-1] if prefix else tokens
            runs: list[list[str]] = [[]]
            for token in whole:
                if token is None:
                    runs.append([])
                else:
                    runs[-1].append(token)
            expr = join(All, [_run(tuple(run)) for run in runs if run])
            return None if expr is None else (expr, len(runs) == 1 and not prefix)
        case tree.Near(operands):
            known = [said for each in operands if (said := _words(each)) is not None]
            expr = join(All, [each[0] for each in known])
            return None if expr is None else (expr, False)
        case tree.Or(parts):
            every = [_words(each) for each in parts]
            sayable = [each[0] for each in every if each is not None]
            expr = join(Any, sayable) if len(sayable) == len(every) else None
            return None if expr is None else (expr, False)
        case _:
            return None


def _wider(expr: Expr | None) -> Said | None:
    return None if expr is None else (expr, False)


def _loose(node: tree.Node) -> Said | None:
    """Return words for a search that knows stems or variants: never exact."""
    said = _words(node.phrase if isinstance(node, tree.InTitle) else node)
    return _wider(said[0] if said else None)


def _x(node: tree.Node) -> Said | None:
    match node:
        case tree.Entity("hashtag", value) if _BARE.fullmatch(value.replace("_", "")):
            return Say(f"#{value}"), value.isascii()  # elsewhere X also drops accents
        case tree.Entity("cashtag", value) if re.fullmatch(r"[a-z]{1,6}", value):
            return Say(f"${value}"), True
        case tree.Entity("mention", value) if _X_NAME.fullmatch(value):
            return Say(f"@{value}"), True
        case tree.Account(role, handle) if _X_NAME.fullmatch(handle):
            return Say(f"{role}:{handle}"), True
        case tree.Domain(host):
            return _wider(Say(f'url:"{host}"'))
        case tree.Lang(tag):
            primary = tag.partition("-")[0]
            return Say(f"lang:{primary}", alone=False), primary == tag
        case tree.Has(what) if what in _X_HAS:
            return _wider(Say(f"has:{_X_HAS[what]}", alone=False))
        case tree.Is(what) if what in _X_IS:
            text, exact = _X_IS[what]
            return Say(text, alone=False), exact
        case _:
            return _words(node)


def _bluesky(node: tree.Node) -> Said | None:
    match node:
        case tree.Entity("hashtag", value) if _BARE.fullmatch(value.replace("_", "")):
            return _wider(Say(f"#{value}"))
        case tree.Entity("mention", value) if "." in value:
            return _wider(Say(f"mentions:{value}"))
        case tree.Account("from", handle) if "." in handle:
            return _wider(Say(f"from:{handle}"))
        case tree.InTitle():
            return None
        case _:
            return _loose(node)


def _mastodon(node: tree.Node) -> Said | None:
    match node:
        case tree.Entity("hashtag", value):
            return _wider(Say(value))
        case _:
            return None


def _reddit(node: tree.Node) -> Said | None:
    match node:
        case tree.InTitle(tree.Phrase(tokens, False)) if None not in tokens:
            return _wider(Say(f'title:"{" ".join(token or "" for token in tokens)}"'))
        case tree.Account("from", handle) if re.fullmatch(r"[a-z0-9_-]{3,20}", handle):
            return _wider(Say(f"author:{handle}"))
        case tree.Entity("hashtag" | "cashtag", value) if _BARE.fullmatch(value):
            # There are none there: what bears one holds the word.
            return _wider(_run((value,)))
        case tree.Is("sensitive"):
            return _wider(Say("nsfw:yes", alone=False))
        case _:
            return _loose(node)


def _gdelt(node: tree.Node) -> Said | None:
    if isinstance(node, tree.Domain):
        return _wider(Say(f"domain:{node.host}"))
    # Keywords are sought in English translations, and are refused when short.
    said = _loose(node)
    if said is None or not all(re.fullmatch(r"[a-z0-9 \"]{3,}", text) for text in _texts(said[0])):
        return None
    return said


def _google(node: tree.Node) -> Said | None:
    match node:
        case tree.Domain(host):
            return _wider(Say(f"site:{host}"))
        case tree.InTitle(tree.Phrase(tokens, False)) if None not in tokens:
            return _wider(Say(f'intitle:"{" ".join(token or "" for token in tokens)}"'))
        case _:
            return _loose(node)


def _texts(expr: Expr) -> list[str]:
    return (
        [expr.text] if isinstance(expr, Say) else [t for part in expr.parts for t in _texts(part)]
    )


def _edgar(node: tree.Node) -> Said | None:
    match node:
        case tree.Phrase((str(stem),), True) if _BARE.fullmatch(stem):
            return _wider(Say(f"{stem}*"))
        case _:
            return _loose(node)


SOURCES: Final[dict[str, Source | None]] = {
    "bluesky": None,  # the stream has no search
    "bluesky_search": Source(_bluesky),  # OR and negation are not documented
    "edgar": Source(_edgar),
    "feeds": None,
    "gdelt": Source(_gdelt, longest=250),
    "googlenews": Source(_google, longest=300, ors=True),  # knows stems and synonyms
    "hackernews": Source(_loose),  # Algolia: all words, prefixes and typos included
    "linkedin": None,
    "newswires": None,
    "mastodon": Source(_mastodon, both=""),  # tags for any[] of a tag timeline
    "reddit": Source(_reddit, ors=True, both=" AND "),
    "x": Source(_x, ors=True),  # 512 characters, no AND, no negated group, no min_ operators
}
"""Every source; None is one that cannot be searched."""
