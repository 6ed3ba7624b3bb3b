"""The one tokeniser: query, index, trends and stories all read text through it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["fold", "is_single", "tokenize"]

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
_LOOSE_MARKS: Final = re.compile(
    r"(?<=[a-z\u00df-\u024f\u0370-\u03ff\u0400-\u052f\u1e00-\u1fff])"
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)

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
        return text.lower().translate(_TABLE).split()
    folded = _LOOSE_MARKS.sub("", fold(text))
    parts = folded.translate(_TABLE).split()
    return [part for part in parts if part[0].isalnum() or any(map(str.isalnum, part))]
