"""What is known of the words of one sentence, where they stand."""

from __future__ import annotations

from typing import Final

from workbench.text.business_words import Apart, Phrase, Vocabulary, Word

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
_NONE: Final = range(0)
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
    spoken_for: set[int] = set()  # what an earlier phrase has taken, as "ruling" in "wins a ruling"
    after = 0
    for place, entry in enumerate(map(known.get, tokens)):
        if entry is None:
            if tokens[place] in _PUNCTUATION:
                found.append(Mark(place, place + 1, _PUNCTUATION[tokens[place]]))
        elif place >= after:
            phrases, apart, word = entry
            after = place + 1
            if phrases and after < len(tokens) and (rests := phrases.get(tokens[after])):
                after, word = _longest(tokens, after, rests, word)
            if apart and after == place + 1:
                after, word, later = _apart(tokens, after, apart, word)
                if later:
                    spoken_for.update(later)
            if word is not None and word.kind not in _DROPPED:
                found.append(mark := Mark(place, after, word))
                if spoken_for:
                    mark.is_taken = not spoken_for.isdisjoint(range(place, after))
    return found


def _longest(
    tokens: list[str], start: int, phrases: tuple[Phrase, ...], alone: Word | None
) -> tuple[int, Word | None]:
    """Return where the longest phrase that goes on from there ends, and what it is."""
    for rest, word in phrases:
        end = start + len(rest)
        if tokens[start:end] == rest:
            return end, word
    return start, alone


def _apart(
    tokens: list[str], start: int, phrases: tuple[Apart, ...], alone: Word | None
) -> tuple[int, Word | None, range]:
    """Return the same of phrases whose words stand apart, and where their last words are."""
    for rest, words, word in phrases:
        if words[0] in tokens:
            end = start + len(rest)
            if tokens[start:end] == rest and (later := _following(tokens, end, words)):
                return end, word, later
    return start, alone, _NONE


def _following(tokens: list[str], start: int, words: list[str]) -> range:
    """Return where words follow, with at most five between; nothing if they do not."""
    for place in range(start, min(start + 6, len(tokens) - len(words) + 1)):
        if tokens[place] == words[0] and tokens[place : place + len(words)] == words:
            return range(place, place + len(words))
    return _NONE
