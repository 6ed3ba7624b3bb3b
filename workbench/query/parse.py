"""From the text of a query to its tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from lark import Lark, Token, UnexpectedCharacters, UnexpectedToken
from lark.exceptions import VisitError
from lark.visitors import Transformer_NonRecursive

from workbench.errors import QueryError, SettingError
from workbench.query import tree
from workbench.query.model import Query
from workbench.query.values import OPERATORS, nearest, read
from workbench.query.words import read_near, read_phrase, read_word
from workbench.query.write import write

__all__ = ["DEEPEST", "LONGEST", "TYPED", "WIDE", "parse"]

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
group: LPAR disjunction _RPAR
word: WORD
phrase: PHRASE
operator: OPERATOR
sign: SIGN

LPAR: "("
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

TYPED: Final = str.maketrans(
    {**dict.fromkeys("“”„‟＂", '"'), **dict.fromkeys("\n\r\t\u200b\u2060\ufeff", " ")}
)
"""What is read in place of what was typed, one for one, so that every position stays.

Telephones type curly quotes, and zero-width characters come with pasted text; a line break
would misplace the caret.
"""

WIDE: Final = str.maketrans("＃＄＠", "#$@")
"""Signs as East Asian keyboards type them."""

_LONE: Final = {
    **dict.fromkeys("-!", "a negation stands right before what it excludes, as in -crypto"),
    **dict.fromkeys(("|", "||"), "write OR between words of which one must match"),
    **dict.fromkeys(("&", "&&"), "leave & out: words side by side must all match"),
}
"""Signs that other languages put between words, and what is written here."""


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

    def _error(self, message: str, start: int) -> QueryError:
        return QueryError(message, text=self.text, position=start)

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
            raise self._error(f"groups stand more than {DEEPEST} deep here; make it simpler", start)
        return _Part(kind(tuple(nodes)), start, depth)

    def minus(self, parts: list[_Part]) -> _Part:
        (part,) = parts
        if isinstance(part.node, tree.Near) and not part.grouped:
            raise self._error("- and ! negate one word here; write -(a NEAR/3 b)", part.start - 1)
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
            raise self._error(
                "NEAR takes two operands; write (a NEAR/3 b) (b NEAR/3 c)", more[0].start_pos
            )
        found = re.fullmatch(r"NEAR/([0-9]{1,4})(f?)", sign)
        if found is None:
            raise self._error(
                f"{sign} needs a distance of at most 9999, as in NEAR/5, or NEAR/5f for in order; "
                'the word itself is written "near"',
                sign.start_pos,
            )
        for part in (left, right):
            parts = part.node.parts if isinstance(part.node, tree.Or) else (part.node,)
            if not all(isinstance(each, tree.Phrase | tree.Wildcard) for each in parts):
                raise self._error(
                    "NEAR takes words, wildcards, phrases or ORs of these on both sides",
                    part.start,
                )
        node = tree.Near((left.node, right.node), int(found[1]), ordered=bool(found[2]))
        return _Part(node, left.start, max(left.depth, right.depth))

    def group(self, children: list[Any]) -> _Part:
        opening, part = children
        return _Part(part.node, _start(opening), part.depth, grouped=True)

    def word(self, children: list[Token]) -> _Part:
        (token,) = children
        text = str(token)
        if re.search(r"(^|\w)~\d*$", text):
            raise self._error(
                '~N stands right after a phrase in quotes, as in "a b"~3', _start(token)
            )
        if text in _LONE:
            raise self._error(_LONE[text], _start(token))
        return self._leaf(token, lambda: read_word(text))

    def phrase(self, children: list[Token]) -> _Part:
        (token,) = children
        _, text, distance = token.split('"')
        if not distance:
            return self._leaf(token, lambda: read_phrase(text))
        if not re.fullmatch(r"~[0-9]{1,4}", distance):
            place = _start(token) + len(text) + 2
            raise self._error(f"{distance!r} is no distance; write ~3, at most ~9999", place)
        part = self._leaf(token, lambda: read_near(text, int(distance[1:])))
        return part._replace(grouped=True)

    def sign(self, children: list[Token]) -> _Part:
        (token,) = children
        name, value = token[0].translate(WIDE), token[1:]
        return self._named(token, name, value)

    def operator(self, children: list[Token]) -> _Part:
        (token,) = children
        name, _, value = token.partition(":")
        known = name.lower()
        if known in OPERATORS:
            return self._named(token, known, value)
        if value.startswith("//"):
            raise self._error(f'an address is searched by url:"{token}"', _start(token))
        raise self._error(
            f"{name}: is no operator: {nearest(known, OPERATORS)} (a text with a colon is "
            f'written in quotes: "{token.replace(chr(34), "")}")',
            _start(token),
        )

    def _named(self, token: Token, name: str, value: str) -> _Part:
        quoted = value.startswith('"')
        end = _start(token) + len(token)
        if not quoted and self.text[end : end + 1] in ("(", '"'):
            raise self._error(
                f"{self.text[end]} cannot follow {token}: it takes one value, in quotes if that "
                "holds parentheses; for several write each with its operator, joined by OR",
                end,
            )
        bare = value.strip('"')
        return self._leaf(token, lambda: read(name, str(bare), quoted=quoted, zone=self.zone))

    def _leaf(self, token: Token, make: Callable[[], tree.Node]) -> _Part:
        try:
            node = make()
        except QueryError as error:
            raise self._error(error.message, _start(token) + error.position) from None
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
    >>> parse("acme since:yesterday")
    Traceback (most recent call last):
        ...
    workbench.errors.QueryError: 'yesterday' is no date; ...
    """
    try:
        place = ZoneInfo(zone)
    except (KeyError, OSError, ValueError):
        raise SettingError(f"{zone!r} is no time zone; write one such as Europe/Zurich") from None
    typed = text.translate(TYPED)
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
        return parser.feed_token(Token("$END", "", end_pos=len(text)))
    except UnexpectedCharacters as error:
        raise QueryError(
            'this quote is never closed; add a " at the end of the phrase',
            text=text,
            position=error.pos_in_stream or 0,
        ) from None
    except UnexpectedToken as error:
        message, place = _explain(error.token, before)
        raise QueryError(message, text=text, position=place) from None


_JOINING: Final = ("_OR", "_AND", "_NOT", "_MINUS", "NEAR")


def _explain(token: Token, before: list[Token]) -> tuple[str, int]:
    """Return what is wrong with a token after those before it, and where."""
    last = before[-1] if before else None
    ended = token.type == "$END"
    if last is not None and last.type in _JOINING:
        return f"{last} needs something after it to search for", _start(last)
    if ended or token.type == "_RPAR":
        opened = _open(before)
        if ended and opened:
            return "this parenthesis is never closed; add )", _start(opened[-1])
        if last is not None and last.type == "LPAR":
            return "these parentheses hold nothing; write a word between them", _start(last)
        return "this ) closes nothing; leave it out or add ( before", _start(token)
    return (
        f'{token} needs something before it; the word itself is written "{token.lower()}"',
        _start(token),
    )


def _open(tokens: list[Token]) -> list[Token]:
    """Return the parentheses that are still open."""
    opened: list[Token] = []
    for token in tokens:
        if token.type == "LPAR":
            opened.append(token)
        elif token.type == "_RPAR":
            opened.pop()
    return opened
