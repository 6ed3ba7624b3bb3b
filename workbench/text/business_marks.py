"""What is known of the words of one sentence, where they stand."""

from __future__ import annotations

from typing import Final

from workbench.text.business_words import Entry, Vocabulary, Word

__all__ = ["DOWN", "MOVED", "MOVES", "POLARITY", "STOPS", "UP", "Mark", "marks_of"]

UP: Final = frozenset(
    {"rise", "raise", "increase", "more", "plus", "up", "growth", "beat", "lift", "start"}
)
DOWN: Final = frozenset(
    {"fall", "cut", "decrease", "less", "down", "miss", "end", "avoid", "close"}
)
MOVES: Final = UP | DOWN
POLARITY: Final = {
    "goods": 1,
    "marks": 1,
    "prices": 1,
    "deals": 1,
    "currency": 1,
    "bads": -1,
    "flat": 0,
}
STOPS: Final = frozenset({",", ";", "(", ")", "but", "although", "against"})
MOVED: Final = 0.6  # what a movement of something is worth
_DROPPED: Final = frozenset({"nothing", "and"})
_PUNCTUATION: Final = {
    ",": Word(",", 0.0),
    ";": Word(";", 0.0),
    ":": Word(",", 0.0),
    "–": Word(",", 0.0),
    "—": Word(",", 0.0),
    "(": Word("(", 0.0),
    ")": Word(")", 0.0),
    "+": Word("+", 0.0),
    "-": Word("-", 0.0),
    "−": Word("-", 0.0),
}


class Mark:
    """A word or phrase of the lists where it stands in a sentence.

    Attributes
    ----------
    start, end : int
        Its tokens.
    word : Word
    sign : float
        1 if the more of it the better, -1 if the worse; 0 if it is nothing that moves, or neither.
    value : float
        What the sentence makes of it: its share of the sentence.
    is_taken : bool
        Something else speaks for it.
    by : Mark or None
        The word of direction that moves it.
    """

    __slots__ = ("by", "end", "factor", "is_taken", "kind", "sign", "start", "value", "word")

    def __init__(self, start: int, end: int, word: Word) -> None:
        self.start = start
        self.end = end
        self.word = word
        self.kind = word.kind
        self.sign = POLARITY.get(word.kind, 0)
        self.value = 0.0
        self.factor = 1.0
        self.is_taken = False
        self.by: Mark | None = None


def marks_of(tokens: list[str], known: Vocabulary) -> list[Mark]:
    """Return what is known of a sentence's tokens, in their order; the longest phrase counts."""
    found: list[Mark] = []
    after = 0
    for place, entry in enumerate(map(known.get, tokens)):
        if entry is None:
            if tokens[place] in _PUNCTUATION:
                found.append(Mark(place, place + 1, _PUNCTUATION[tokens[place]]))
        elif place >= after:
            after, word = _longest(tokens, place, entry)
            if word is not None and word.kind not in _DROPPED:
                found.append(Mark(place, after, word))
    return found


def _longest(tokens: list[str], place: int, entry: Entry) -> tuple[int, Word | None]:
    if place + 1 < len(tokens):
        for rest, word in entry.phrases.get(tokens[place + 1], ()):
            end = place + 1 + len(rest)
            if tokens[place + 1 : end] == rest:
                return end, word
        for rest, word in entry.apart:
            if _follows(tokens, place + 1, rest):
                return place + 1, word
    return place + 1, entry.alone


def _follows(tokens: list[str], start: int, words: list[str]) -> bool:
    """Return whether words follow, with at most five between."""
    for place in range(start, min(start + 6, len(tokens) - len(words) + 1)):
        if tokens[place] == words[0] and tokens[place : place + len(words)] == words:
            return True
    return False
