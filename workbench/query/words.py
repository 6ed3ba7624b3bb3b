"""Words, wildcards and phrases of a query, read by the tokeniser that reads the items.

Who calls adds to an error where in the query it lies.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from workbench.errors import QueryError
from workbench.query.tree import Near, Phrase, Wildcard
from workbench.tokens import is_single, tokenize

__all__ = ["MOST_NEAR", "read_near", "read_phrase", "read_word"]

MOST_NEAR: Final = 8
LONGEST_PHRASE: Final = 200
"""Most words of ``"a b c"~N``: the work doubles with each."""

_STAR: Final = "* stands only at the end of a word, after at least 3 letters, as in bank*"
_PLAIN: Final = ("LATIN ", "GREEK ", "CYRILLIC ", "DIGIT ")


def _tokens(text: str) -> tuple[str, ...]:
    found = tokenize(text)
    if not found:
        raise QueryError(
            f"{text!r} holds no letters or digits, so nothing can match it; leave it out"
        )
    return tuple(found)


def _touches(char: str) -> bool:
    """Return whether a character belongs to the word that it stands in."""
    return unicodedata.category(unicodedata.normalize("NFKC", char)[-1])[0] in "LMN"


def _stem(text: str) -> tuple[tuple[str, ...], bool]:
    """Return the tokens of what stands before a ``*``, and whether the last is but begun."""
    if not text or not _touches(text[-1]):
        raise QueryError(_STAR)
    tokens = _tokens(text)
    last = tokens[-1]
    if is_single(last[0]):
        return tokens, False  # each such character is a whole token: the * adds nothing
    if len(last) < 3 and all(unicodedata.name(char, "").startswith(_PLAIN) for char in last):
        raise QueryError(_STAR)
    return tokens, True


def read_word(text: str) -> Phrase | Wildcard:
    """Return what a word without quotes stands for.

    Several tokens, as in ``state-of-the-art`` or in Japanese, are a phrase.

    Raises
    ------
    QueryError
        If it holds no letter or digit, or a wildcard where none can stand.
    """
    body, star = (text[:-1], "*") if text.endswith("*") else (text, "")
    if "*" in body:
        raise QueryError(_STAR)
    if "?" not in body:
        if not star:
            return Phrase(_tokens(body))
        tokens, prefix = _stem(body)
        return Phrase(tokens, prefix=prefix)
    pieces = []
    for piece in body.split("?"):
        inside = tokenize(f"x{piece}x")  # between letters, whatever separates shows
        if len(inside) != 1:
            raise QueryError(
                "? stands for one character of a single word without punctuation, and not in "
                f'scripts where each character is a word; put "{text}" in quotes'
            )
        pieces.append(inside[0][1:-1])
    letters = sum(map(len, pieces))
    if letters < 2:
        raise QueryError("? needs at least 2 letters beside it, as in w?rd")
    if star and letters < 3:
        raise QueryError(_STAR)
    return Wildcard("?".join(pieces) + star)


def read_phrase(text: str) -> Phrase:
    """Return what a text in quotes stands for.

    Raises
    ------
    QueryError
        If it holds no letter or digit, more than 200 words, or a ``*`` where none can stand.
    """
    tokens: list[str | None] = []
    prefix = False
    chunks = text.split()
    for number, chunk in enumerate(chunks):
        if chunk == "*":
            tokens.append(None)
        elif chunk.endswith("*") and number == len(chunks) - 1 and "*" not in chunk[:-1]:
            stem, prefix = _stem(chunk[:-1])
            tokens.extend(stem)
        elif "*" in chunk:
            raise QueryError(f"in quotes, * is a whole word or the end of the last; {_STAR}")
        else:
            tokens.extend(tokenize(chunk))
    if not any(tokens):
        _tokens(text)
    if not tokens or tokens[0] is None or tokens[-1] is None:
        raise QueryError("in quotes, * stands between words; it is not the first or last")
    if len(tokens) > LONGEST_PHRASE:
        raise QueryError(
            f"a phrase holds at most {LONGEST_PHRASE} words, this one {len(tokens)}; shorten it"
        )
    return Phrase(tuple(tokens), prefix=prefix)


def read_near(text: str, distance: int) -> Near:
    """Return what ``"a b"~N`` stands for: each word an operand.

    Raises
    ------
    QueryError
        If there are fewer than 2 words or more than 8, or a ``*``.
    """
    if "*" in text:
        raise QueryError('"a b"~N takes no *; write a* NEAR/3 b')
    operands = tuple(Phrase(tuple(found)) for chunk in text.split() if (found := tokenize(chunk)))
    if not 2 <= len(operands) <= MOST_NEAR:
        raise QueryError(f'"a b"~N takes 2 to {MOST_NEAR} words; this holds {len(operands)}')
    return Near(operands, distance)
