"""What the model for social posts sees of a text: traits of its words, as numbers.

A text is split at white space, and each part into words, hashtags, emoticons, emojis and
punctuation. Whatever is seen lies within one part, or where two meet, so that a part that comes
again need not be looked at again. A trait is a place in a table of weights: a hash of what was
seen, in the range of its kind.

A word stands for itself; for itself negated, from a negation to the next punctuation; for the
three to five letters in a row that it holds; and for its value in VADER's lexicon or, if it is
an emoji, by its sense. Capitals, a capital at its beginning and letters drawn out are traits
too, as are two words beside each other and the last word of all.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final, NamedTuple
from zlib import crc32

from workbench.text.mending_words import EMOJIS

__all__ = [
    "GRAMS",
    "LETTERS",
    "MIX",
    "PAIRS",
    "SHIFT",
    "SIZE",
    "START",
    "TAIL",
    "Part",
    "alike",
    "alone",
    "cased",
    "faintness",
    "forget",
    "letters",
    "lexicon",
    "marked",
    "meeting",
    "name",
    "part",
    "pieces",
    "places",
    "signs",
    "split",
    "tail",
    "word",
    "word_places",
    "words",
    "written",
]

# Each kind of trait has a range of places of its own.
_WORDS: Final = 1 << 17
PAIRS: Final = 1 << 19
LETTERS: Final = 1 << 18
_FIRST_WORD: Final = PAIRS + LETTERS
_SIGNS: Final = _FIRST_WORD + _WORDS
SIZE: Final = _SIGNS + 64
"""How many places there are."""

START: Final = crc32(b"<start>") % PAIRS
"""What the first word meets."""

TAIL: Final = 3
"""How many traits a text's end has."""

_END: Final = crc32(b"<end>") % PAIRS

GRAMS: Final = (3, 4, 5)
"""How many letters in a row are a trait; bytes, for others than those of English."""

_MASKS: Final = tuple((8 * size, (1 << 8 * size) - 1) for size in GRAMS)

MIX: Final = 0x9E3779B97F4A7C15
SHIFT: Final = 46
"""Letters in a row, as one number, times MIX, shifted by SHIFT, are their place."""


# Places in the range of signs.
_CAPITALS, _DRAWN, _GOOD, _BAD, _VALUES, _LAST = 0, 1, 2, 3, 8, 24
_VALUED: Final = {
    value: (_SIGNS + _VALUES + 4 + value, _SIGNS + (_GOOD if value > 0 else _BAD))
    for value in range(-4, 5)
}

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
_HEADS: Final = "\"'“”‘’(["
_TAILS: Final = ".,:;!?…)]\"'“”‘’"
_ENDS: Final = frozenset(".,;:!?…")


class Part(NamedTuple):
    """What one part of a text shows.

    Attributes
    ----------
    places : tuple of int
        Its traits, as places in the table of weights, but for letters; some may come twice.
    names : tuple of str
        Its words, lowered, whose :func:`letters` count.
    hashes : tuple of int
        Of its words.
    value : int
        Of its last word that the lexicon knows, -4 to 4; 0 if there is none.
    is_negated : bool
        Whether what follows is negated.
    """

    places: tuple[int, ...]
    names: tuple[str, ...]
    hashes: tuple[int, ...]
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
    found: list[int] = []
    names: list[str] = []
    hashes: list[int] = []
    value = 0
    for piece in pieces(text):
        called = name(piece)
        own, has_letters, known, turn = word(called)
        if hashes:
            found.append(meeting(hashes[-1], own))
        hashes.append(own)
        found.append((own * 5 + 1 if is_negated else own) % _WORDS + _FIRST_WORD)  # as alone()
        if has_letters:
            names.append(called)
            if piece != called:
                found += written(piece, called, own)
        if known:
            value = -known if is_negated else known
            found += _VALUED[value]
        if turn:
            is_negated = turn > 0
    return Part(tuple(found), tuple(names), tuple(hashes), value, is_negated)


def letters(name: str) -> list[int]:
    """Return the traits of a word's letters, some in a row each."""
    data = marked(name)
    number, end = int.from_bytes(data), 8 * len(data)
    return [
        ((number >> start & mask) * MIX >> SHIFT) % LETTERS + PAIRS
        for size, mask in _MASKS
        for start in range(end - size, -1, -8)
    ]


def marked(name: str) -> bytes:
    """Return a word as its letters are looked at: with a mark at either end."""
    return b"<%b>" % name.lstrip("#").encode("utf-8", "surrogatepass")


def alike(text: str) -> str:
    """Return the part that shows the same as this one, for links, accounts and numbers."""
    if text.startswith(("http://", "https://")) and len(text) > len("https://"):
        return "http://a"
    if text[0] == "@" and text[1:].isalnum():
        return "@a"
    return "1" if text.isdecimal() else text


def split(text: str) -> tuple[str, ...]:
    """Return the parts that together show what this one does, if it is a word between signs."""
    inner = text.lstrip(_HEADS)
    core = inner.rstrip(_TAILS)
    # The end of a short one, x), may be the mouth of a face, and www... is a link.
    if len(core) < 3 or len(core) == len(text) or not core.isalpha() or core == "www":
        return ()
    start = len(text) - len(inner)
    found = text[:start], core, text[start + len(core) :]
    known = lexicon()
    if text.lower() in known or found[0] in known or found[2] in known:
        return ()
    return tuple(filter(None, found))


def cased(text: str) -> str:
    """Return the word that this one is, but for capitals; "" if it shows more than these."""
    lowered = text.lower()
    if len(text) < 3 or lowered == text or not text.isalpha() or not lowered.isalpha():
        return ""
    return lowered if name(text) == lowered else ""


def meeting(one: Any, other: Any) -> Any:
    """Return the trait of two words that meet, given their hashes, or arrays of them."""
    return (one * 31 + other) % PAIRS


def alone(own: Any, is_negated: Any) -> Any:
    """Return the trait of a word by itself, given its hash and 0 or 1, or arrays of them."""
    return (own * (1 + 4 * is_negated) + is_negated) % _WORDS + _FIRST_WORD


def signs(value: int) -> tuple[int, ...]:
    """Return the traits of a word's value in the lexicon."""
    return _VALUED[value] if value else ()


def faintness(count: int) -> float:
    """Return what each of a text's traits counts for; in a long one together as in a short one."""
    return 1 / max(20.0, count / 20)


def tail(last: Any, value: Any) -> tuple[Any, Any, Any]:
    """Return the traits of a text's end: its last word, twice, and the last known value.

    Either a number or an array of them.
    """
    return (
        meeting(last, _END),
        (last * 11 + 3) % _WORDS + _FIRST_WORD,
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
        found.append(meeting(before, seen.hashes[0]))
        before, is_negated = seen.hashes[-1], seen.is_negated
        value = seen.value or value
    return [*found, *tail(before, value)] if found else []


def words(text: str) -> list[str]:
    """Return the words of a text as they are called.

    Examples
    --------
    >>> words("Soooo #Happy, isn’t it @ana?")
    ['soo', '#happy', ',', "isn't", 'it', '<user>', '?']
    """
    return [name(piece) for part in text.split() for piece in pieces(part)]


def word_places(name: str) -> tuple[int, int, int]:
    """Return a word's hash, and its places where it is not and where it is negated."""
    own = word(name)[0]
    return own, alone(own, 0), alone(own, 1)


def forget() -> None:
    """Forget the words that were met; a measurement begins with none."""
    word.cache_clear()


def pieces(part: str) -> list[str]:
    """Return the words of a part of a text, as they are written."""
    if part.isalpha():
        return [part]
    part = part.replace("’", "'")
    return [part] if part.lower() in lexicon() else _PIECE.findall(part) or [part]


def name(piece: str) -> str:
    """Return what a word is called: lowered; links, accounts and numbers are all alike."""
    called = piece.lower()
    if not called.isalpha():
        first = called[0]
        if first == "@" and len(called) > 1:
            return _ALIKE[0]
        if first.isdigit():
            return _ALIKE[1]
        if called.startswith(("http://", "https://", "www.")):
            return _ALIKE[2]
    return _DRAWN_OUT.sub(r"\1\1", called) if _DRAWN_OUT.search(called) else called


@lru_cache(maxsize=30_000)
def word(name: str) -> tuple[int, bool, int, int]:
    """Return what a word shows, however it is written; many parts hold the same one.

    Its hash, no longer than the range of pairs, since small numbers are reckoned with quickest;
    whether its letters count; its value in the lexicon, -4 to 4, 0 if it is not there;
    and 1 if what follows it is negated, -1 if that no longer is.
    """
    is_negation = name in _NEGATIONS or name.endswith("n't")
    value = lexicon().get(name.lstrip("#"), 0.0)
    return (
        crc32(name.encode("utf-8", "surrogatepass")) % PAIRS,
        len(name) > 2 and name not in _ALIKE,
        round(value) or (value > 0) - (value < 0),
        1 if is_negation else -1 if name[0] in _ENDS else 0,
    )


def written(piece: str, name: str, own: int) -> list[int]:
    """Return how a word is written, given its name and hash."""
    found = [] if len(piece) == len(name) else [_SIGNS + _DRAWN]
    if piece.isupper():
        found.append(_SIGNS + _CAPITALS)
    elif piece[0].isupper() and piece[1:].islower():
        found.append((own * 7 + 2) % _WORDS + _FIRST_WORD)
    return found


@cache
def lexicon() -> dict[str, float]:
    """Return what words are worth in VADER's lexicon, and emojis by their sense."""
    text = (files("vaderSentiment") / "vader_lexicon.txt").read_text("utf-8")
    rows = (line.split("\t", 2) for line in text.splitlines())
    return {row[0]: float(row[1]) for row in rows if len(row) > 1} | EMOJIS
