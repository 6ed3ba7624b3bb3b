"""Whether an item matches a query: the tree, turned once into a test of closures.

Items are tokenised at most once, however many queries look at them in a row, and not at all
where cheaper leaves decide. Every leaf is true or false; what is unknown is false.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import Final

from workbench.items import Item
from workbench.query import tree
from workbench.query.find import finder, near, pattern
from workbench.query.regex import compile_pattern, written
from workbench.tokens import fold, tokenize

__all__ = ["Document", "People", "Test", "compile_tree", "document", "host", "local_part"]

People = Mapping[str, frozenset[str]]
"""Folded handles by the name of their list, folded; keys of items by ``id:`` and theirs."""


def host(link: str) -> str:
    """Return a link's host: folded, without port, user or ``www.``.

    Examples
    --------
    >>> host("https://www.reuters.com:443/markets?x=1")
    'reuters.com'
    """
    rest = link.partition("://")[2] or link
    for sign in "/\\?#":  # browsers take the backslash for a slash
        rest = rest.partition(sign)[0]
    rest = rest.rpartition("@")[2]
    name = rest.partition("]")[0] if rest.startswith("[") else rest.partition(":")[0]
    return fold(name).rstrip(".").removeprefix("www.")


def local_part(handle: str) -> str:
    """Return a handle without its host.

    Examples
    --------
    >>> local_part("bob@fosstodon.org"), local_part("alice.bsky.social")
    ('bob', 'alice.bsky.social')
    """
    return handle.partition("@")[0]


class Document:
    """What queries ask of an item, each worked out when first asked for."""

    def __init__(self, item: Item) -> None:
        self.item = item

    @cached_property
    def title(self) -> list[str]:
        """Tokens of the title."""
        return tokenize(self.item.title) if self.item.title else []

    @cached_property
    def text(self) -> list[str]:
        """Tokens of the text."""
        return tokenize(self.item.text)

    @cached_property
    def written(self) -> tuple[bytes, ...]:
        """Title and text as they stand, for patterns."""
        item = self.item
        return tuple(written(text) for text in (item.title, item.text) if text is not None)

    @cached_property
    def words(self) -> set[str]:
        """Every token of title and text."""
        return {*self.title, *self.text}

    @cached_property
    def entities(self) -> dict[str, frozenset[str]]:
        """Folded entities, by type."""
        item = self.item
        form = () if item.form is None else (item.form,)
        named = {
            "hashtag": item.hashtags,
            "cashtag": item.cashtags,
            "mention": item.mentions,
            "ticker": item.tickers,
            "form": form,
        }
        return {kind: frozenset(map(fold, values)) for kind, values in named.items() if values}

    @cached_property
    def accounts(self) -> dict[str, tuple[str, ...]]:
        """Folded handles of author (from) and author answered (to), whole and local part."""
        item = self.item
        known = {"from": item.author, "to": item.reply_to_author}
        whole = {role: None if name is None else fold(name) for role, name in known.items()}
        return {
            role: () if name is None else (name, local_part(name)) for role, name in whole.items()
        }

    @cached_property
    def key(self) -> str:
        """Source and id."""
        return f"{self.item.source}:{self.item.id}"

    @cached_property
    def hosts(self) -> frozenset[str]:
        """Hosts of the links."""
        return frozenset(map(host, self.item.links))

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """Links and the item's own address, folded."""
        own = () if self.item.url is None else (self.item.url,)
        return tuple(map(fold, (*self.item.links, *own)))


_RECENT: Final[list[Document | None]] = [None] * 64


def document(item: Item) -> Document:
    """Return the item's document: the same again if it was asked for a moment ago."""
    # One slot per address: no lock and no upkeep. Being kept, the item's id is not reused.
    slot = (id(item) >> 4) & 63
    kept = _RECENT[slot]
    if kept is None or kept.item is not item:
        kept = _RECENT[slot] = Document(item)
    return kept


Test = Callable[[Document, datetime, People], bool]


def compile_tree(node: tree.Node) -> Test:
    """Return a test that tells whether a document matches the tree.

    It takes the document, the present moment (for ``within_time:``) and the people lists,
    of which each that the tree names must be there.
    """
    match node:
        case tree.And(parts):
            return _all(parts)
        case tree.Or(parts):
            return _any(parts)
        case tree.Not(part):
            inner = compile_tree(part)
            return lambda doc, now, people: not inner(doc, now, people)
        case tree.Phrase() | tree.Wildcard():
            return _words(node)
        case tree.Near():
            close = near(node)
            return lambda doc, _now, _people: close(doc.text) or close(doc.title)
        case tree.Regex(typed):
            search = compile_pattern(typed)
            return lambda doc, _now, _people: any(map(search, doc.written))
        case tree.InTitle(phrase):
            find = finder(phrase)
            return lambda doc, _now, _people: bool(find(doc.title))
        case _:
            return _named(node)


def _cost(node: tree.Node) -> int:
    """Return when to ask a part: what needs no tokens comes first."""
    match node:
        case tree.And(parts) | tree.Or(parts):
            return max(map(_cost, parts))
        case tree.Not(part):
            return _cost(part)
        case tree.Near() | tree.Regex():
            return 4
        case tree.Phrase() | tree.Wildcard():
            return 3
        case tree.InTitle() | tree.Domain() | tree.Url():
            return 2
        case tree.Entity() | tree.Account() | tree.InList():
            return 1
        case _:
            return 0


def _sorted(parts: tuple[tree.Node, ...]) -> tuple[list[Test], frozenset[str], list[Test]]:
    """Return the tests that need no tokens, the plain words, and the tests of the rest."""
    words: set[str] = set()
    early: list[Test] = []
    late: list[Test] = []
    for part in sorted(parts, key=_cost):
        if isinstance(part, tree.Phrase) and len(part.tokens) == 1 and not part.prefix:
            words.update(token for token in part.tokens if token is not None)
        else:
            (early if _cost(part) < 3 else late).append(compile_tree(part))
    return early, frozenset(words), late


def _all(parts: tuple[tree.Node, ...]) -> Test:
    early, words, late = _sorted(parts)

    def test(doc: Document, now: datetime, people: People) -> bool:
        for each in early:
            if not each(doc, now, people):
                return False
        if not words <= doc.words:
            return False
        return all(each(doc, now, people) for each in late)

    def cheap(doc: Document, now: datetime, people: People) -> bool:
        return all(each(doc, now, people) for each in early)

    return test if words or late else cheap


def _any(parts: tuple[tree.Node, ...]) -> Test:
    early, words, late = _sorted(parts)

    def test(doc: Document, now: datetime, people: People) -> bool:
        for each in early:
            if each(doc, now, people):
                return True
        if not words.isdisjoint(doc.words):
            return True
        return any(each(doc, now, people) for each in late)

    def cheap(doc: Document, now: datetime, people: People) -> bool:
        return any(each(doc, now, people) for each in early)

    return test if words or late else cheap


def _words(node: tree.Phrase | tree.Wildcard) -> Test:
    if isinstance(node, tree.Wildcard):
        whole = pattern(node).fullmatch
        return lambda doc, _now, _people: any(map(whole, doc.words))
    *rest, last = node.tokens
    stem = last or ""
    if not rest:
        if node.prefix:
            return lambda doc, _now, _people: any(word.startswith(stem) for word in doc.words)
        return lambda doc, _now, _people: stem in doc.words
    needed = frozenset(token for token in rest if token is not None)
    needed |= frozenset(() if node.prefix else (stem,))
    find = finder(node)
    return lambda doc, _now, _people: (
        needed <= doc.words and bool(find(doc.text) or find(doc.title))
    )


def _named(node: tree.Node) -> Test:
    match node:
        case tree.Entity(kind, wanted):
            return lambda doc, _now, _people: wanted in doc.entities.get(kind, ())
        case tree.Account(role, wanted):
            return lambda doc, _now, _people: wanted in doc.accounts[role]
        case tree.InList(wanted):
            return lambda doc, _now, people: not people[wanted].isdisjoint(doc.accounts["from"])
        case tree.Domain(wanted):
            tail = f".{wanted}"
            return lambda doc, _now, _people: any(
                name == wanted or name.endswith(tail) for name in doc.hosts
            )
        case tree.Url(wanted):
            return lambda doc, _now, _people: any(wanted in address for address in doc.addresses)
        case tree.Between() | tree.Within() | tree.Expires() | tree.AtLeast() | tree.Sentiment():
            return _measured(node)
        case _:
            return _plain(node)


def _plain(node: tree.Node) -> Test:
    match node:
        case tree.Key(wanted) if node.is_list:
            name = f"id:{wanted}"
            return lambda doc, _now, people: doc.key in people[name]
        case tree.Key(wanted):
            return lambda doc, _now, _people: doc.key == wanted
        case tree.Lang(wanted):
            return lambda doc, _now, _people: _is_lang(doc.item.lang, wanted)
        case tree.Value(field, wanted):
            field_of = attrgetter(field)
            return lambda doc, _now, _people: fold(field_of(doc.item)) == wanted
        case tree.Has("image" | "video" | "poll" as what):
            return lambda doc, _now, _people: any(media.type == what for media in doc.item.media)
        case tree.Has(what):
            things_of = attrgetter(what if what == "media" else f"{what}s")
            return lambda doc, _now, _people: bool(things_of(doc.item))
        case tree.Is("verified" | "sensitive" as what):
            mark_of = attrgetter(what)
            return lambda doc, _now, _people: mark_of(doc.item) is True
        case tree.Is(what):
            return lambda doc, _now, _people: doc.item.kind == what
        case _:
            raise TypeError(f"{node!r} is no leaf of a query")


def _is_lang(lang: str | None, wanted: str) -> bool:
    if lang is None:
        return False
    tag = fold(lang)
    return wanted in (tag, tag.partition("-")[0])


def _measured(node: tree.Node) -> Test:
    match node:
        case tree.Between(start, end):
            if start is None:
                return lambda doc, _now, _people: end is None or doc.item.time < end
            if end is None:
                return lambda doc, _now, _people: start <= doc.item.time
            return lambda doc, _now, _people: start <= doc.item.time < end
        case tree.Within(span):
            return lambda doc, now, _people: doc.item.time <= now and (now - doc.item.time <= span)
        case tree.Expires(when):
            return lambda _doc, now, _people: now < when
        case tree.AtLeast(field, n):
            count_of = attrgetter(field)
            return lambda doc, _now, _people: (
                (count := count_of(doc.item)) is not None and count >= n
            )
        case tree.Sentiment(op, value):
            compare = _COMPARE[op]
            return lambda doc, _now, _people: (
                doc.item.compound is not None and compare(doc.item.compound, value)
            )
        case _:
            raise TypeError(f"{node!r} is no leaf of a query")


_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
