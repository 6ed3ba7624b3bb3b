"""What the model for social posts sees of a text: traits of its words, as numbers.

A text is split at white space, and each part into words, hashtags, emoticons, emojis and
punctuation. Whatever is seen lies within one part, or where two meet, so that a part that comes
again need not be looked at again. A trait is a place in a table of weights: a hash of what was
seen, in the range of its kind.

A word stands for itself; for itself negated, from a negation to the next punctuation; for the
three to five letters in a row that it holds, negated or not; and for its value in VADER's
lexicon. Capitals, a capital at its beginning and letters drawn out are traits too, as are two
words beside each other and the last word of all.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, NamedTuple
from zlib import crc32

__all__ = [
    "PAIRS",
    "SIZE",
    "START",
    "TAIL",
    "Part",
    "alike",
    "faintness",
    "letters",
    "meeting",
    "part",
    "places",
    "tail",
]

# Each kind of trait has a range of places of its own.
_WORDS: Final = 1 << 17
PAIRS: Final = 1 << 19
_LETTERS: Final = 1 << 18
_SIGNS: Final = PAIRS + _LETTERS + _WORDS
SIZE: Final = _SIGNS + 64
"""How many places there are."""

START: Final = crc32(b"<start>")
"""What the first word meets."""

TAIL: Final = 3
"""How many traits a text's end has."""

_END: Final = crc32(b"<end>")

_GRAMS: Final = (3, 4, 5)  # letters

# Of what is hashed, for each kind another beginning.
_WORD, _NOT, _GRAM, _TITLE = 1, 2, 3, 4

# Places in the range of signs.
_CAPITALS, _DRAWN, _GOOD, _BAD, _VALUES, _LAST = 0, 1, 2, 3, 8, 24

_PIECE: Final = re.compile(
    r"https?://\S+|www\.\S+|@\w+|#\w+"
    r"|[<>]?[:;=8xX][-o*'^]?[)\](\[dDpPoO/\\|}{@*3]+(?!\w)|<+/?3+|[(\[]+[-o*']?[:;=8]|[-^oO>T][_.]+[-^oO<T]"
    r"|\d[\d.,:/%]*|[^\W\d_]+(?:'[^\W\d_]+)*|[!?]+|\.\.+|\w+|[^\w\s]"
)
_DRAWN_OUT: Final = re.compile(r"(\w)\1{2,}")
# fmt: off
_NEGATIONS: Final = frozenset((
    "no", "not", "never", "cannot", "nobody", "none", "nothing", "nor", "neither", "nowhere",
    "without", "hardly", "barely", "scarcely", "rarely", "seldom", "despite", "aint", "cant",
    "couldnt", "didnt", "doesnt", "dont", "hadnt", "hasnt", "havent", "isnt", "shouldnt", "wasnt",
    "werent", "wont", "wouldnt",
))
# fmt: on
_ALIKE: Final = ("<user>", "<number>", "<link>")
_ENDS: Final = frozenset(".,;:!?…")


class Part(NamedTuple):
    """What one part of a text shows.

    Attributes
    ----------
    places : tuple of int
        Its traits, as places in the table of weights, but for letters; some may come twice.
    names : tuple of str
        Its words, lowered, whose :func:`letters` count.
    first, last : int
        Hashes of its first and last word.
    value : int
        Of its last word that the lexicon knows, -4 to 4; 0 if there is none.
    is_negated : bool
        Whether what follows is negated.
    """

    places: tuple[int, ...]
    names: tuple[str, ...]
    first: int
    last: int
    value: int
    is_negated: bool


def part(text: str, *, is_negated: bool) -> Part:
    """Return what a part of a text shows, which holds no white space.

    Parameters
    ----------
    text : str
        Not empty.
    is_negated : bool
        Whether a negation before it holds on.
    """
    lexicon = _lexicon()
    if text.isalpha():
        pieces = [text]
    else:
        text = text.replace("’", "'")
        pieces = [text] if text.lower() in lexicon else _PIECE.findall(text) or [text]
    found: list[int] = []
    names: list[str] = []
    first = last = value = 0
    for piece in pieces:
        name = _name(piece)
        word = _word(name)
        if first:
            found.append(meeting(last, word.hash))
        else:
            first = word.hash
        last = word.hash
        found.append(word.negated if is_negated else word.plain)
        if word.has_letters:
            names.append(name)
            if piece != name:
                found += _written(piece, word)
        if word.value:
            value = -word.value if is_negated else word.value
            found.append(_SIGNS + _VALUES + 4 + value)
            found.append(_SIGNS + (_GOOD if value > 0 else _BAD))
        if word.turn:
            is_negated = word.turn > 0
    return Part(tuple(found), tuple(names), first, last, value, is_negated)


def letters(name: str) -> list[int]:
    """Return the traits of a word's letters, some in a row each."""
    data = b"<%b>" % name.lstrip("#").encode("utf-8", "surrogatepass")
    size = len(data)
    grams = [data[i : i + n] for n in _GRAMS for i in range(size - n + 1)]
    return [crc32(gram, _GRAM) % _LETTERS + PAIRS for gram in grams]


def alike(text: str) -> str:
    """Return the part that shows the same as this one, for links and accounts."""
    if text.startswith(("http://", "https://")):
        return "http://a"
    return "@a" if text[0] == "@" and text[1:].isalnum() else text


def meeting(one: int, other: int) -> int:
    """Return the trait of two words that meet, given their hashes."""
    return (one * 31 + other) % PAIRS


def faintness(count: int) -> float:
    """Return what each of a text's traits counts for; in a long one together as in a short one."""
    return 1 / max(20.0, count / 20)


def tail(last: int, value: int) -> tuple[int, int, int]:
    """Return the traits of a text's end: its last word, twice, and the last known value."""
    return (
        meeting(last, _END),
        _place(last * 7 + 1),
        _SIGNS + _LAST + 4 + value,
    )


def places(text: str) -> list[int]:
    """Return all traits of a text.

    Examples
    --------
    >>> len(places("Great!")), places("")
    (22, [])
    """
    found: list[int] = []
    before, value, is_negated = START, 0, False
    for each in text.split():
        seen = part(each, is_negated=is_negated)
        found += seen.places
        for name in seen.names:
            found += letters(name)
        found.append(meeting(before, seen.first))
        before, is_negated = seen.last, seen.is_negated
        value = seen.value or value
    return [*found, *tail(before, value)] if found else []


def _name(piece: str) -> str:
    """Return what a word is called: lowered; links, accounts and numbers are all alike."""
    first = piece[0]
    if first == "@" and len(piece) > 1:
        return _ALIKE[0]
    if first.isdigit():
        return _ALIKE[1]
    if piece.startswith(("http://", "https://", "www.")):
        return _ALIKE[2]
    name = piece.lower()
    return _DRAWN_OUT.sub(r"\1\1\1", name) if _DRAWN_OUT.search(name) else name


class _Word(NamedTuple):
    """What a word shows, however it is written."""

    hash: int
    plain: int
    negated: int
    title: int
    has_letters: bool
    value: int  # in the lexicon, -4 to 4; 0 if it is not there
    turn: int  # 1 if what follows is negated, -1 if it no longer is


@lru_cache(maxsize=30_000)
def _word(name: str) -> _Word:
    """Return what a word shows; many parts hold the same one."""
    data = name.encode("utf-8", "surrogatepass")
    own = crc32(data, _WORD)
    value = _lexicon().get(name.lstrip("#"), 0.0)
    is_negation = name in _NEGATIONS or name.endswith("n't")
    return _Word(
        own,
        _place(own),
        _place(crc32(data, _NOT)),
        _place(crc32(data, _TITLE)),
        len(name) > 2 and name not in _ALIKE,
        round(value) or (value > 0) - (value < 0),
        1 if is_negation else -1 if name[0] in _ENDS else 0,
    )


def _written(piece: str, word: _Word) -> list[int]:
    """Return how a word is written, beside what it shows itself."""
    found = []
    if piece.isupper():
        found.append(_SIGNS + _CAPITALS)
    elif piece[0].isupper() and piece[1:].islower():
        found.append(word.title)
    if _DRAWN_OUT.search(piece):
        found.append(_SIGNS + _DRAWN)
    return found


def _place(number: int) -> int:
    """Return a word's place, given a hash."""
    return number % _WORDS + PAIRS + _LETTERS


@cache
def _lexicon() -> dict[str, float]:
    """Return VADER's lexicon."""
    text = (files("vaderSentiment") / "vader_lexicon.txt").read_text("utf-8")
    rows = (line.split("\t", 2) for line in text.splitlines())
    return {row[0]: float(row[1]) for row in rows if len(row) > 1}
