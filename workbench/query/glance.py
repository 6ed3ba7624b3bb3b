"""Which of some words a text may hold, seen at a glance: without cutting it into tokens.

All words are sought at once by RE2 in the text as it stands, each letter as the class of signs
that become it. What is found is a superset of what the tokens say, never less: where a text
holds signs whose meaning hangs on their neighbours, or that become several letters, the answer
is that one must look.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain, starmap
from typing import Final

from workbench.tokens import fold

__all__ = ["Glance", "skeleton"]

_MOST: Final = 4_000
"""Words at most; with more, the automaton would take more room than it saves time."""
_MEMORY: Final = 48 * 2**20  # bytes at most, of which a usual deck takes few
_FOLDED: Final = (  # all of Unicode but the large blocks in which nothing is folded
    (0x41, 0x3400),
    (0xA000, 0xD7A4),
    (0xF900, 0x17000),
    (0x1B000, 0x20000),
    (0x2F800, 0x2FA20),
    (0xE0100, 0xE01F0),
)
_NEAR: Final = 0x180  # Latin letters below are written in everyday texts, those above are fancy


def skeleton(text: str) -> str:
    """Return a text's letters alone: folded, taken apart, and without any marks.

    Character by character it gives the same as for a whole text.

    Examples
    --------
    >>> skeleton("Café"), skeleton("ﬁn")
    ('cafe', 'fin')
    """
    apart = unicodedata.normalize("NFKD", fold(text))
    if apart.isascii():
        return apart
    return "".join(char for char in apart if unicodedata.category(char)[0] != "M")


class Glance:
    """Some words, and beginnings of words, that are sought together.

    Parameters
    ----------
    words : sequence of (str, bool)
        Tokens in folded form, and whether a token that only begins so is one too.
    """

    def __init__(self, words: Sequence[tuple[str, bool]]) -> None:
        self._set = None
        self._blind = len(words)
        if not words or len(words) > _MOST:
            return
        import re2  # a process without many queries does without

        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        made = re2.Set.SearchSet(options)
        bones = [skeleton(word) for word, _ in words]
        try:
            for bone, (_, is_begin) in zip(bones, words, strict=True):
                made.Add(_pattern(bone, is_begin=is_begin))
            made.Add(_unsure(frozenset().union(*bones)))
            made.Compile()
        except re2.error:
            return
        # A set that lacks memory finds nothing, and does not say so: it is put to the test.
        if all(n in (made.Match(bone.encode()) or ()) for n, bone in enumerate(bones)):
            self._set = made

    def find(self, text: str) -> list[int] | None:
        """Return the numbers of the words that a text may hold; None if one must look.

        Examples
        --------
        >>> Glance([("acme", False), ("bank", True)]).find("Banking at ACME-Air, acmes")
        [1, 0]
        """
        if self._set is None:
            return None
        try:
            found: list[int] = self._set.Match(text.encode()) or []
        except UnicodeEncodeError:  # lone surrogates
            return None
        return None if self._blind in found else found


def _pattern(bone: str, *, is_begin: bool) -> str:
    before = "(?:^|[^0-9A-Za-z])" if bone[0].isascii() else ""
    after = "(?:$|[^0-9A-Za-z])" if bone[-1].isascii() and not is_begin else ""
    return before + "".join(map(_class, bone)) + after


def _class(letter: str) -> str:
    return f"[{''.join(map(_written, (letter, *_plain(letter))))}]"


def _written(char: str) -> str:
    return f"\\x{{{ord(char):x}}}"


def _plain(letter: str) -> list[str]:
    """Return the signs that become a letter and are sought as such."""
    signs = _origins().get(letter, ())
    return [sign for sign in signs if ord(sign) < _NEAR or not letter.isascii()]


def _unsure(letters: Iterable[str]) -> str:
    """Return a pattern of what may hold some of these letters in a way that no class tells."""
    letters = frozenset(letters)
    plain = {sign for letter in letters for sign in (letter, *_plain(letter))}
    odd = {sign for letter in letters for sign in _origins().get(letter, ())} - plain
    odd |= {sign for sign, became in _several().items() if not letters.isdisjoint(became)}
    parts = [f"[{_ranges(plain)}][{_ranges(_origins()[''])}]"]  # a letter, and marks upon it
    if odd:
        parts.append(f"[{_ranges(odd)}]")
    return "|".join(parts)


def _ranges(signs: Iterable[str]) -> str:
    """Return what stands in a class: each run of neighbours as one range."""
    found: list[list[int]] = []
    for code in sorted(map(ord, signs)):
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return "".join(f"\\x{{{start:x}}}-\\x{{{end:x}}}" for start, end in found)


@cache
def _bones() -> dict[str, str]:
    """Return every sign that has another skeleton than itself, with that."""
    found = {}
    for sign in map(chr, chain.from_iterable(starmap(range, _FOLDED))):
        is_plain = sign.casefold() == sign and unicodedata.is_normalized("NFKD", sign)
        if is_plain and unicodedata.category(sign)[0] != "M":
            continue
        bone = skeleton(sign)
        if bone != sign:
            found[sign] = bone
    return found


@cache
def _origins() -> dict[str, list[str]]:
    """Return the signs that become one letter, by it; by "" those that only mark another."""
    found: dict[str, list[str]] = {"": []}
    for sign, bone in _bones().items():
        if len(bone) <= 1:
            found.setdefault(bone, []).append(sign)
    return found


@cache
def _several() -> dict[str, str]:
    """Return the signs that become several letters."""
    return {sign: bone for sign, bone in _bones().items() if len(bone) > 1}
