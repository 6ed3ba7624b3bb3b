"""The one tokeniser: query, index, trends and stories all read text through it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

__all__ = ["Place", "fold", "is_single", "places", "tokenize", "written"]

# Scripts written without spaces: each character is a token, a word in a query is a phrase.
_SINGLE: Final = (
    (0x0E00, 0x0E7F),  # Thai
    (0x2E80, 0x2FDF),  # CJK radicals
    (0x3005, 0x3007),  # iteration mark, ideographic zero
    (0x3021, 0x3029),
    (0x3031, 0x303C),
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x1AFF0, 0x1B16F),
    (0x20000, 0x3FFFF),
)
_PLAIN: Final = ("LATIN ", "GREEK ", "CYRILLIC ")
_MARKS: Final = r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
# Begins with the marks, which are rare: five times as fast as with what stands before them.
_LOOSE_MARKS: Final = re.compile(
    rf"{_MARKS}(?<=[a-z\u00df-\u024f\u0370-\u03ff\u0400-\u052f\u1e00-\u1fff].){_MARKS}*"
)
# What becomes of ASCII: letters and digits stay, the rest separates.
_ASCII: Final = bytes(ord(c.lower()) if c.isalnum() else 32 for c in map(chr, range(128))) * 2

# Where combining marks pile up; the two last ones turn into marks under NFKC.
_PILE: Final = re.compile(r"(?:[^\w\s\x00-\x7f]|[\uff9e\uff9f]){31,}")
_HIGHEST: Final = 30
_SHORT: Final = 1_000  # characters that are put in order soon enough, whatever they are


def is_single(char: str) -> bool:
    """Return whether a character is a token by itself (Chinese, Japanese, Thai)."""
    code = ord(char)
    return any(low <= code <= high for low, high in _SINGLE)


class _Table(dict[int, str]):
    """What each character becomes; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        category = unicodedata.category(char)[0]
        if 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
            became = ""  # a variation selector says how to draw, not what is written
        elif category not in "LMN":
            became = " "
        elif is_single(char):
            became = f" {char} "
        else:
            base = unicodedata.normalize("NFD", char)[0]
            plain = base != char and unicodedata.name(base, "").startswith(_PLAIN)
            became = base if plain else char
        self[code] = became
        return became


_TABLE: Final = _Table()


def _calm(pile: re.Match[str]) -> str:
    """Keep 30 marks of each run of them, as Unicode's Stream-Safe Text Format has it.

    No language writes more, and putting them in order takes quadratic time.
    """
    kept: list[str] = []
    height = 0
    for char in pile[0]:
        height = height + 1 if unicodedata.combining(char) or char in "\uff9e\uff9f" else 0
        if height <= _HIGHEST:
            kept.append(char)
    return "".join(kept)


def fold(text: str) -> str:
    """Return the text in the form in which names and tags are compared: NFKC, casefolded.

    Examples
    --------
    >>> fold("Straße") == fold("STRASSE")
    True
    """
    if text.isascii():
        return text.lower()
    if len(text) > _SHORT:
        text = _PILE.sub(_calm, text)
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def tokenize(text: str) -> list[str]:
    """Return the text's tokens, in order.

    A token is a run of letters, digits and marks, after NFKC and casefolding; combining
    marks are dropped after Latin, Greek and Cyrillic letters. Every other character
    separates. Chinese, Japanese and Thai give one token per character. A run that holds no
    letter or digit is no token.

    Examples
    --------
    >>> tokenize("State-of-the-art Café: #Mars!")
    ['state', 'of', 'the', 'art', 'cafe', 'mars']
    >>> tokenize("東京 ok")
    ['東', '京', 'ok']
    >>> tokenize("")
    []
    """
    if text.isascii():
        return text.encode().translate(_ASCII).decode().split()
    folded = _LOOSE_MARKS.sub("", fold(text))
    parts = folded.translate(_TABLE).split()
    return [part for part in parts if part[0].isalnum() or any(map(str.isalnum, part))]


_BYTES: Final = bytes(ord(_TABLE[code].lower()) for code in range(128)).ljust(256)


def written(text: str) -> list[bytes]:
    """Return the text's tokens, those of :func:`tokenize`, in UTF-8, as hashes are made of them.

    Examples
    --------
    >>> [token.decode() for token in written("State-of-the-art Café!")]
    ['state', 'of', 'the', 'art', 'cafe']
    """
    if text.isascii():
        return text.encode().translate(_BYTES).split()
    return " ".join(tokenize(text)).encode("utf-8", "surrogatepass").split()


def spaced(text: str) -> str:
    """Return the text's tokens, parted by a space or several: what an index is fed.

    Examples
    --------
    >>> spaced("State-of-the-art Café: #Mars!")
    'state of the art cafe mars'
    """
    if text.isascii():
        return text.encode().translate(_ASCII).decode()
    return " ".join(tokenize(text))


class Place(NamedTuple):
    """A token, and which part of the text it was made of."""

    token: str
    start: int
    end: int


# What has no place of its own, but changes what stands before it: marks, which composition and
# the halfwidth forms of some make of other signs, and the vowels and ends of Hangul syllables.
_JOINING: Final = re.compile(r"[\u1160-\u11ff\ud7b0-\ud7ff\uff9e\uff9f\uffa0-\uffdc]")
_CHUNK: Final = re.compile(r"\S+\s*|\s+")


def places(text: str) -> list[Place]:
    """Return the text's tokens, those of :func:`tokenize`, each with where it stands.

    Where signs cannot be told apart, as in a pile of a hundred marks, several tokens share the
    whole stretch between two spaces, or of the text.

    Examples
    --------
    >>> places("Café: ½ AT&T")[0]
    Place(token='cafe', start=0, end=4)
    >>> [(place.token, "½ AT&T"[place.start : place.end]) for place in places("½ AT&T")]
    [('1', '½'), ('2', '½'), ('at', 'AT'), ('t', 'T')]
    """
    if text.isascii():
        return _cut(text.lower(), [(i, i + 1) for i in range(len(text))])
    wanted = tokenize(text)
    for parts in (_signs(text), (found.span() for found in _CHUNK.finditer(text))):
        folded: list[str] = []
        origins: list[tuple[int, int]] = []
        for start, end in parts:
            piece = fold(text[start:end])
            folded.append(piece)
            origins += [(start, end)] * len(piece)
        made = _cut("".join(folded), origins)
        if [place.token for place in made] == wanted:
            return made
    return [Place(token, 0, len(text)) for token in wanted]


def _signs(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each character with its marks begins and ends."""
    start = 0
    for i, char in enumerate(text):
        if i and not (unicodedata.category(char)[0] == "M" or _JOINING.match(char)):
            yield start, i
            start = i
    if text:
        yield start, len(text)


def _cut(folded: str, origins: list[tuple[int, int]]) -> list[Place]:
    """Return the tokens of a folded text, of whose characters the origins are known."""
    loose = {i for mark in _LOOSE_MARKS.finditer(folded) for i in range(*mark.span())}
    found: list[Place] = []
    token, start, end = "", 0, 0
    for i, char in enumerate(folded):
        if i in loose:
            continue
        for became in _TABLE[ord(char)]:
            if became == " ":
                found.append(Place(token, start, end))
                token = ""
            else:
                start = start if token else origins[i][0]
                token += became
                end = origins[i][1]
    found.append(Place(token, start, end))
    return [place for place in found if any(map(str.isalnum, place.token))]
