"""What users of VADER find wrong with it, mended: the engine's ``fixes``.

A text is rewritten before it is scored, in parts that know where they stood, and the lexicon has
some words more, and others less. The rules stay VADER's own. Each fix is listed with cases in
docs/reference/text.md, where tests look them up.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final, NamedTuple

from vaderSentiment.vaderSentiment import BOOSTER_DICT, NEGATE

from workbench.text.mending_phrases import PHRASES
from workbench.text.mending_words import COMMON, EMOJIS, NEUTRAL, TAG_WORDS

__all__ = ["BARRIER", "VERSION", "Mender", "Part"]

VERSION: Final = "fixes.2"
"""Follows the version of the lexicon; goes up whenever a fix changes scores."""

BARRIER: Final = "\0"
"""A word that is none: nothing before it bears on what follows."""

_WALL: Final = f" {BARRIER} {BARRIER} {BARRIER} "  # as wide as the rules look

# What has an equal in ASCII that VADER knows, sign by sign, so that no place moves.
_TYPED: Final = {
    ord(sign): plain
    for signs, plain in (
        ("‘’‛ʼ＇", "'"),
        ("“”„‟«»＂", '"'),
        ("！", "!"),
        ("？", "?"),
        ("—–―…\0", " "),
    )
    for sign in signs
}
_ALIKE: Final = 3  # of the same emoji in a row that count
_SHORTEST: Final = 3  # letters of what is left of a hashtag behind a word that begins it

_CAMEL: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+")
_LONG: Final = re.compile(r"([A-Za-z])\1\1+")
_PLAIN: Final = re.compile(r"[a-z]+(?:'[a-z]+)?")
_WORD: Final = re.compile(r"\b[A-Za-z]+\b")
_TAG: Final = re.compile(r"(?<![\w&])#(\w{4,})")
_END: Final = re.compile(r"""([.!?;](?<![.\s].)["')\]]*)\s+(?=\S)|\n\s*(?=\S)""")
_SIGN: Final = re.compile(r"\s+(?=[:;=]['-]?[()DPp/\\|\[\]*](?:\s|$))")
_GLUE: Final = re.compile(r"(?:[,;!?]|\.\.+|--+)(?=[A-Za-z]{2})")

Part = tuple[str, int, int]
"""A part of the text as it is scored, and which part of the text it stands for."""


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


class Mender:
    """Rewrites texts.

    Parameters
    ----------
    lexicon : mapping of str to float
        VADER's.
    emojis : collection of str
        The signs that VADER takes for emoji.

    Attributes
    ----------
    lexicon : dict of str to float
        The words that a mended text is scored by.
    """

    def __init__(self, lexicon: Mapping[str, float], emojis: Collection[str]) -> None:
        tokens = {token: value for *_, token, value in PHRASES if value is not None}
        plain = dict.fromkeys(NEUTRAL, 0.0)
        self.lexicon: dict[str, float] = {**lexicon, **tokens, **plain, **EMOJIS}
        self._known = {*self.lexicon, *BOOSTER_DICT, *NEGATE}
        self._emojis = {*emojis, *EMOJIS, "\ufe0f", "\u200d", *map(chr, range(0x1F3FB, 0x1F400))}
        # Looked for only where one of its words stands: a text has few of them.
        self._phrases: dict[str, list[tuple[re.Pattern[str], str]]] = {}
        for words, pattern, token, _ in PHRASES:
            found = re.compile(rf"(?<![\w'-])(?:{pattern})(?![\w'-])", re.IGNORECASE)
            for word in words.split():
                self._phrases.setdefault(word, []).append((found, token))

    def text(self, text: str) -> str:
        """Return a text as it is scored."""
        base = _typed(text)
        edits = self._edits(base)
        return "".join(part for part, *_ in _parts(base, edits)) if edits else base

    def parts(self, text: str) -> list[Part]:
        """Return the parts of a text as it is scored."""
        base = _typed(text)
        return _parts(base, self._edits(base))

    def _edits(self, base: str) -> list[_Edit]:
        """Return what is to be rewritten, in no order; of those that overlap the first counts."""
        edits = [*self._phrased(base), *self._drawn_out(base)]
        edits += [
            _Edit(m.end(1) if m[1] else m.start(), m.end(), _WALL) for m in _END.finditer(base)
        ]
        edits += [_Edit(m.end(), m.end(), " ") for m in _GLUE.finditer(base) if _ends_word(base, m)]
        if ":" in base or ";" in base or "=" in base:
            edits += [_Edit(*m.span(), _WALL) for m in _SIGN.finditer(base)]
        if "#" in base:
            edits += self._tags(base)
        if not base.isascii() and not self._emojis.isdisjoint(base):
            edits += self._felt(base)
        return edits

    def _phrased(self, base: str) -> Iterator[_Edit]:
        told = self._phrases.keys() & _PLAIN.findall(base.lower())
        for pattern, token in {each for word in told for each in self._phrases[word]}:
            for match in pattern.finditer(base):
                said = token.upper() if match[0].isupper() else token
                yield _Edit(*match.span(), said)

    def _drawn_out(self, base: str) -> Iterator[_Edit]:
        """Return words without letters that were only drawn out."""
        if not _LONG.search(base):
            return
        for match in _WORD.finditer(base):
            for times in (r"\1\1", r"\1"):
                found = _LONG.sub(times, match[0])
                if found != match[0] and found.lower() in self._known:
                    yield _Edit(*match.span(), found)
                    break

    def _felt(self, base: str) -> Iterator[_Edit]:
        """Return each emoji by what it says, and those that say nothing as a blank.

        No word before bears on an emoji.
        """
        for is_emoji, run in groupby(enumerate(base), key=lambda pair: pair[1] in self._emojis):
            if not is_emoji:
                continue
            found = list(run)
            yield from (_Edit(place, place + 1, "") for place, sign in found if _joins(sign))
            signs = (pair for pair in found if not _joins(pair[1]))
            for _, alike in groupby(signs, key=lambda pair: pair[1]):
                for n, (place, sign) in enumerate(alike):
                    is_felt = sign in EMOJIS and n < _ALIKE
                    yield _Edit(place, place + 1, f"{_WALL}{sign} " if is_felt else " ")

    def _tags(self, base: str) -> Iterator[_Edit]:
        """Return hashtags as the words that they are made of."""
        for match in _TAG.finditer(base):
            words = _CAMEL.findall(match[1])
            if words == [match[1]]:
                words = self._split(match[1].lower())
            if len(words) > 1:
                said = " ".join(words)
                inside = sorted(self._phrased(said))
                yield _Edit(*match.span(), "".join(part for part, *_ in _parts(said, inside)))

    def _split(self, tag: str) -> list[str]:
        """Return the words of a hashtag in small letters that begins or ends with a telling one."""
        for cut in range(2, len(tag) - 1):
            first, rest = tag[:cut], tag[cut:]
            is_begun = first in TAG_WORDS and (rest in COMMON or rest in self._known)
            is_ended = rest in TAG_WORDS and first in COMMON
            if (is_begun or is_ended) and len(rest) >= _SHORTEST:
                return [first, rest]
        return []


def _typed(text: str) -> str:
    """Return a text with what a typewriter has in place of finer quotes, dashes and dots."""
    return text if text.isascii() and BARRIER not in text else text.translate(_TYPED)


def _parts(base: str, edits: Iterable[_Edit]) -> list[Part]:
    """Return a text in parts, with what takes the place of others."""
    parts: list[Part] = []
    last = 0
    for edit in sorted(edits):
        if edit.start >= last:
            parts.append((base[last : edit.start], last, edit.start))
            parts.append((edit.text, edit.start, edit.end))
            last = edit.end
    return [*parts, (base[last:], last, len(base))]


def _ends_word(base: str, match: re.Match[str]) -> bool:
    """Return whether a sign stands behind a word of two letters or more, without a blank."""
    start = match.start()
    return start > 1 and base[start - 2 : start].isalpha()


def _joins(sign: str) -> bool:
    """Return whether a sign only changes the emoji beside it."""
    return sign in "\ufe0f\u200d" or "\U0001f3fb" <= sign <= "\U0001f3ff"
