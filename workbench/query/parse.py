"""From the text of a query to its tree, and the query that holds both."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple, NoReturn
from zoneinfo import ZoneInfo

from lark import Lark, Token, UnexpectedCharacters, UnexpectedToken
from lark.exceptions import VisitError
from lark.visitors import Transformer_NonRecursive

from workbench import clock
from workbench.errors import QueryError, SettingError
from workbench.items import Item
from workbench.query import tree
from workbench.query.match import compile_tree, document
from workbench.query.values import OPERATORS, nearest, read
from workbench.query.words import Unreadable, read_near, read_phrase, read_word
from workbench.query.write import write
from workbench.tokens import fold

__all__ = ["DEEPEST", "LONGEST", "Query", "parse"]

LONGEST: Final = 10_000
"""Most characters of a query, as typed and in canonical form."""

DEEPEST: Final = 50
"""Most groups within each other."""

GRAMMAR: Final = r"""
?start: disjunction
disjunction: conjunction (_OR conjunction)*
conjunction: _part (_AND? _part)*
_part: near | minus | negation
minus: _MINUS _part
negation: _NOT _part
near: _atom (NEAR _atom)*
_atom: word | phrase | operator | sign | group
group: _LPAR disjunction _RPAR
word: WORD
phrase: PHRASE
operator: OPERATOR
sign: SIGN

_LPAR: "("
_RPAR: ")"
_OR.9: /OR(?![^\s()"])/
_AND.9: /AND(?![^\s()"])/
_NOT.9: /NOT(?![^\s()"])/
NEAR.9: /NEAR(\/[^\s()"]*)?(?![^\s()"])/
_MINUS.9: /[-!](?=[^\s)])/
SIGN.8: /[#$@\uff03\uff04\uff20]("[^"]*"|[^\s()"]*)/
OPERATOR.8: /[^\W\d][\w-]*:("[^"]*"|[^\s()"]*)/
PHRASE.8: /"[^"]*"(~[^\s()"]*)?/
WORD: /[^\s()"]+/
%ignore /\s+/
"""

# Telephones type curly quotes, and zero-width characters come with pasted text. They are
# replaced one for one, so that every position stays.
_TYPED: Final = str.maketrans(
    {**dict.fromkeys("“”„‟＂", '"'), **dict.fromkeys("\u200b\u2060\ufeff", " ")}
)
_WIDE: Final = str.maketrans("＃＄＠", "#$@")


class Query:
    """A query that was read: immutable, and equal to any other with the same tree.

    Made by :func:`parse`. ``str()`` gives the canonical form, which parses to an equal tree
    whatever the zone.

    Attributes
    ----------
    tree : Node
        See :mod:`workbench.query.tree`.
    text : str
        The query as typed.
    """

    __slots__ = ("_canonical", "_lists", "_people", "_test", "_timed", "text", "tree")

    tree: tree.Node
    text: str

    def __init__(self, node: tree.Node, text: str, canonical: str) -> None:
        leaves = tuple(tree.leaves(node))
        put = object.__setattr__
        put(self, "tree", node)
        put(self, "text", text)
        put(self, "_canonical", canonical)
        put(self, "_test", compile_tree(node))
        put(self, "_timed", any(isinstance(leaf, tree.Within) for leaf in leaves))
        names = (leaf.name for leaf in leaves if isinstance(leaf, tree.InList))
        put(self, "_lists", tuple(dict.fromkeys(names)))
        put(self, "_people", {})

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a Query cannot be changed; parse another instead of setting {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a Query cannot be changed; {name} stays")

    def __str__(self) -> str:
        return self._canonical

    def __repr__(self) -> str:
        return f"parse({self._canonical!r})"

    def __eq__(self, other: object) -> bool:
        return self.tree == other.tree if isinstance(other, Query) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.tree)

    def __reduce__(self) -> tuple[type[Query], tuple[tree.Node, str, str]]:
        return Query, (self.tree, self.text, self._canonical)

    def matches(
        self,
        item: Item,
        *,
        now: datetime | None = None,
        lists: Mapping[str, Collection[str]] | None = None,
    ) -> bool:
        """Return whether an item matches.

        Parameters
        ----------
        item : Item
        now : datetime, optional
            From when ``within_time:`` counts back; the present moment unless given.
        lists : mapping of str to collection of str, optional
            Handles by the name of their people list, for ``list:``.

        Raises
        ------
        QueryError
            If the query names a list that is not among `lists`.

        Examples
        --------
        >>> item = Item(source="feeds", id="1", text="Acme buys", published="2026-11-22")
        >>> parse("acme -globex").matches(item)
        True
        """
        people = self._find(lists) if self._lists else {}
        if now is None:
            now = clock.now() if self._timed else clock.EPOCH
        return self._test(document(item), now, people)

    def _find(self, lists: Mapping[str, Collection[str]] | None) -> dict[str, frozenset[str]]:
        """Return the handles of each list that the query names, folded."""
        known = {fold(name): handles for name, handles in (lists or {}).items()}
        found = {}
        for name in self._lists:
            if name not in known:
                place = re.search(rf'(?i)list:"?\s*{re.escape(name)}', self.text)
                raise QueryError(
                    f"there is no people list {name!r}: "
                    + (nearest(name, known) if known else "none is known here"),
                    text=self.text,
                    position=place.start() if place else 0,
                )
            handles = known[name]
            kept = self._people.get(name)
            if kept is None or kept[0] is not handles or not isinstance(handles, tuple):
                folded = frozenset(fold(handle).removeprefix("@") for handle in handles)
                kept = self._people[name] = handles, folded
            found[name] = kept[1]
        return found


class _Part(NamedTuple):
    """A node, where it begins, how deep it is, and whether it stands in parentheses."""

    node: tree.Node
    start: int
    depth: int = 0
    grouped: bool = False


@cache
def _grammar() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer="basic")


class _Builder(Transformer_NonRecursive[Token, _Part]):
    """Makes nodes of what the grammar finds, from the leaves up."""

    def __init__(self, text: str, zone: ZoneInfo) -> None:
        super().__init__()
        self.text = text
        self.zone = zone

    def _fail(self, message: str, start: int) -> NoReturn:
        raise QueryError(message, text=self.text, position=start)

    def disjunction(self, parts: list[_Part]) -> _Part:
        return self._join(tree.Or, parts)

    def conjunction(self, parts: list[_Part]) -> _Part:
        return self._join(tree.And, parts)

    def _join(self, kind: type[tree.And | tree.Or], parts: list[_Part]) -> _Part:
        if len(parts) == 1:
            return parts[0]
        nodes: list[tree.Node] = []
        depth = 1
        for part in parts:
            if isinstance(part.node, kind):
                nodes.extend(part.node.parts)
                depth = max(depth, part.depth)
            else:
                nodes.append(part.node)
                depth = max(depth, part.depth + 1)
        start = parts[0].start
        if depth > DEEPEST:
            self._fail(f"groups stand more than {DEEPEST} deep here; make it simpler", start)
        return _Part(kind(tuple(nodes)), start, depth)

    def minus(self, parts: list[_Part]) -> _Part:
        (part,) = parts
        if isinstance(part.node, tree.Near) and not part.grouped and self.text[part.start] != '"':
            self._fail("- and ! negate one word here; write -(a NEAR/3 b)", part.start - 1)
        return self.negation(parts)

    def negation(self, parts: list[_Part]) -> _Part:
        (part,) = parts
        node = part.node.part if isinstance(part.node, tree.Not) else tree.Not(part.node)
        return _Part(node, part.start, part.depth)

    def near(self, children: list[Any]) -> _Part:
        if len(children) == 1:
            part: _Part = children[0]
            return part
        left, sign, right, *more = children
        if more:
            self._fail(
                "NEAR takes two operands; write (a NEAR/3 b) (b NEAR/3 c)", more[0].start_pos
            )
        found = re.fullmatch(r"NEAR/([0-9]{1,4})(f?)", sign)
        if found is None:
            self._fail(
                f"{sign} needs a distance of at most 9999, as in NEAR/5, or NEAR/5f for in order; "
                'the word itself is written "near"',
                sign.start_pos,
            )
        for part in (left, right):
            parts = part.node.parts if isinstance(part.node, tree.Or) else (part.node,)
            if not all(isinstance(each, tree.Phrase | tree.Wildcard) for each in parts):
                self._fail(
                    "NEAR takes words, wildcards, phrases or ORs of these on both sides",
                    part.start,
                )
        node = tree.Near((left.node, right.node), int(found[1]), ordered=bool(found[2]))
        return _Part(node, left.start, max(left.depth, right.depth))

    def group(self, parts: list[_Part]) -> _Part:
        return parts[0]._replace(grouped=True)

    def word(self, children: list[Token]) -> _Part:
        (token,) = children
        if re.search(r"(^|\w)~\d*$", token):
            self._fail('~N stands right after a phrase in quotes, as in "a b"~3', _start(token))
        return self._leaf(token, lambda: read_word(token))

    def phrase(self, children: list[Token]) -> _Part:
        (token,) = children
        _, text, distance = token.split('"')
        if not distance:
            return self._leaf(token, lambda: read_phrase(text))
        if not re.fullmatch(r"~[0-9]{1,4}", distance):
            place = _start(token) + len(text) + 2
            self._fail(f"{distance!r} is no distance; write ~3, at most ~9999", place)
        return self._leaf(token, lambda: read_near(text, int(distance[1:])))

    def sign(self, children: list[Token]) -> _Part:
        (token,) = children
        name, value = token[0].translate(_WIDE), token[1:]
        return self._named(token, name, value)

    def operator(self, children: list[Token]) -> _Part:
        (token,) = children
        name, _, value = token.partition(":")
        known = name.lower()
        if known in OPERATORS:
            return self._named(token, known, value)
        if value.startswith("//"):
            self._fail(f'an address is searched by url:"{token}"', _start(token))
        self._fail(
            f"there is no operator {name}: — {nearest(known, OPERATORS)} (a text with a colon "
            f'is written in quotes: "{token.replace(chr(34), "")}")',
            _start(token),
        )

    def _named(self, token: Token, name: str, value: str) -> _Part:
        quoted = value.startswith('"')
        end = _start(token) + len(token)
        if not quoted and self.text[end : end + 1] in ("(", '"') and end < len(self.text):
            self._fail(
                f"{token}{self.text[end]} cannot be read: {name} takes one value, in quotes if it "
                "holds parentheses; for several write each with its operator, joined by OR",
                end,
            )
        bare = value.strip('"') if quoted else value
        return self._leaf(token, lambda: read(name, bare, quoted=quoted, zone=self.zone))

    def _leaf(self, token: Token, make: Any) -> _Part:
        try:
            node: tree.Node = make()
        except Unreadable as error:
            self._fail(str(error), _start(token))
        return _Part(node, _start(token), int(isinstance(node, tree.And)))


def _start(token: Token) -> int:
    return token.start_pos or 0


def parse(text: str, *, zone: str = "UTC") -> Query:
    """Read a query.

    The language is described in ``docs/reference/query-language.md``.

    Parameters
    ----------
    text : str
        At most 10,000 characters, with groups at most 50 deep.
    zone : str
        Name of the zone in which dates without one are meant.

    Raises
    ------
    QueryError
        If it cannot be read; `position` points at the place.
    SettingError
        If there is no such zone.

    Examples
    --------
    >>> str(parse("(Acme OR #ACME) NOT crypto lang:EN"))
    '(acme OR #acme) -crypto lang:en'
    >>> parse("acme OR").position
    5
    """
    try:
        place = ZoneInfo(zone)
    except (OSError, ValueError):
        raise SettingError(f"{zone!r} is no time zone; write one such as Europe/Zurich") from None
    typed = text.translate(_TYPED)
    if len(typed) > LONGEST:
        raise QueryError(
            f"the query has {len(typed)} characters; at most {LONGEST} can be read",
            text=text,
            position=LONGEST,
        )
    if not typed.strip():
        raise QueryError("the query is empty; write a word or an operator", text=text)
    found = _read(typed)
    try:
        part = _Builder(typed, place).transform(found)
    except VisitError as error:
        raise error.orig_exc from None
    canonical = write(part.node)
    if len(canonical) > LONGEST:
        raise QueryError(
            f"written out, the query has {len(canonical)} characters; at most {LONGEST} "
            "can be read",
            text=text,
        )
    return Query(part.node, text, canonical)


def _read(text: str) -> Any:
    """Return the grammar's own tree of a text, or say where it breaks off."""
    parser = _grammar().parse_interactive(text)
    before: list[Token] = []
    try:
        for token in _grammar().lex(text):
            parser.feed_token(token)
            before.append(token)
        return parser.feed_eof(before[-1])
    except UnexpectedCharacters as error:
        raise QueryError(
            'this quote is never closed; add a " at the end of the phrase',
            text=text,
            position=error.pos_in_stream,
        ) from None
    except UnexpectedToken as error:
        message, place = _explain(error.token, before)
        raise QueryError(message, text=text, position=place) from None


_NAMES: Final = {"_OR": "OR", "_AND": "AND", "_NOT": "NOT", "_MINUS": "-", "NEAR": "NEAR"}


def _explain(token: Token, before: list[Token]) -> tuple[str, int]:
    """Return what is wrong with a token after those before it, and where."""
    last = before[-1] if before else None
    ended = token.type == "$END"
    if last is not None and last.type in _NAMES:
        return f"{last} needs something after it to search for", _start(last)
    if ended or token.type == "_RPAR":
        opened = _open(before)
        if ended and opened:
            return "this parenthesis is never closed; add )", _start(opened[-1])
        if last is not None and last.type == "_LPAR":
            return "these parentheses hold nothing; write a word between them", _start(last)
        return "this ) closes nothing; leave it out or add ( before", _start(token)
    return (
        f"{token} needs something before it to search for; the word itself is "
        f'written "{token.lower()}"',
        _start(token),
    )


def _open(tokens: list[Token]) -> list[Token]:
    """Return the parentheses that are still open."""
    opened: list[Token] = []
    for token in tokens:
        if token.type == "_LPAR":
            opened.append(token)
        elif token.type == "_RPAR":
            opened.pop()
    return opened
