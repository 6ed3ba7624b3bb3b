"""Why a post stands in a column: the words that matched, and those that made its mood."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from string import punctuation
from typing import Final

from workbench.columns.marking import Mark, Marks
from workbench.columns.post import MOOD_WHY
from workbench.columns.tree import Node, el
from workbench.columns.words import mood, plain
from workbench.decks import Column, Deck
from workbench.items import Item
from workbench.query.telling import tell
from workbench.query.tree import HIDDEN, Not
from workbench.text.engines import Share
from workbench.text.sentiment import is_text
from workbench.text.tiers import Scorer, explain
from workbench.text.tiers import whole as whole_of

__all__ = ["explained"]

_HIDING: Final = tuple(Not(leaf) for leaf in HIDDEN)
_REASONS: Final = 12
_WORDS: Final = 4  # that lift, and that pull down
_LONGEST: Final = 40  # characters of such a word
_LEAST: Final = 0.05  # of a score, below which a word is not told
_FEWER: Final = 4.0  # times less than the strongest word, from which on one is not told
_LISTED: Final = ("lexicon ", "nltk ")  # engines to which marks strengthen what words say
_TONES: Final = {"pos": "It reads positive", "neg": "It reads negative"}
_BALANCED: Final = "It reads neither positive nor negative"


def explained(item: Item, deck: Deck, column: Column, now: datetime) -> tuple[Marks, list[Node]]:
    """Return what is marked of an item that a column shows, and why it is there, in words."""
    reasons = column.query.reasons(item, now=now, lists=deck.lists) if column.query else []
    hits = {
        name: [
            Mark(start, end, "hit") for reason in reasons for start, end in getattr(reason, name)
        ]
        for name in ("title", "text")
    }
    # That it is not hidden says nothing to readers, who are not told that anything is.
    clauses = [reason.node for reason in reasons if reason.node not in _HIDING]
    told = [f"It {tell(node, zone=deck.zone)}." for node in clauses]
    if column.type == "pinned":
        told = ["An analyst has pinned it."]
    elif not told:
        told = ["The column shows everything that is collected."]
    more = len(told) - _REASONS
    told = [*told[:_REASONS], *([f"And {more} more like these."] if more > 0 else [])]
    tones, said = _mood(item, deck)
    marks = Marks(
        tuple(sorted((*hits["title"], *tones.title))), tuple(sorted((*hits["text"], *tones.text)))
    )
    lines = [el("li", "", line) for line in (*told, said) if line]
    doubt = el("p", "wb-s", MOOD_WHY) if said and item.compound is not None else None
    return marks, [
        el("h3", "", "Why is this here"),
        el("ul", "", *lines),
        *([doubt] if doubt else []),
    ]


def _mood(item: Item, deck: Deck) -> tuple[Marks, str]:
    """Return the words that made the mood which a post shows, and a sentence on them."""
    if item.tier != "social" or not is_text(whole_of(item)):
        return Marks(), ""
    if item.compound is None:
        return Marks(), _unscored(item, deck)
    found = explain(item)
    if found is None:  # what else gave it a score tells nobody how
        return Marks(), ""
    shares = _telling(_joined(found))
    start = len(item.title) + 1 if item.title else 0
    marks = [Mark(s.start, s.end, "pos" if s.value > 0 else "neg") for s in shares if s.end]
    title = tuple(mark for mark in marks if mark.end < start)
    text = tuple(Mark(m.start - start, m.end - start, m.name) for m in marks if m.start >= start)
    if not (item.engine or "").startswith(_LISTED):
        shares = [share for share in shares if share.end]
    said = _sentence(item.compound, shares, whole_of(item))
    return Marks(title, text), f"{said[:-1]} (scored by {item.engine})."


def _unscored(item: Item, deck: Deck) -> str:
    """Say that a post has no mood, and why."""
    if item.lang is None:
        return "Its mood is not scored: its language is not known."
    if Scorer(deck.sentiment).engine_for(item.tier, item.lang) is None:
        return f"Its mood is not scored: no engine reads its language ({plain(item.lang)})."
    return "Its mood is not scored."


def _joined(shares: Sequence[Share]) -> list[Share]:
    """Return the shares with those of one place as one: an emoji may stand for several words."""
    found: dict[tuple[int, int], Share] = {}
    for share in shares:
        before = found.get((share.start, share.end))
        value = share.value + (before.value if before else 0)
        found[share.start, share.end] = share._replace(value=value)
    return [share for share in found.values() if share.value]


def _telling(shares: Sequence[Share]) -> list[Share]:
    """Return the shares that are worth a word: a trained engine gives one to every word."""
    least = max([_LEAST, *(abs(share.value) / _FEWER for share in shares if share.end)])
    return [share for share in shares if not share.end or abs(share.value) >= least]


def _sentence(compound: float, shares: Sequence[Share], text: str) -> str:
    """Say which words lift a text and which pull it down, the strongest first."""
    reads = _TONES.get(mood(compound), _BALANCED)
    words = sorted((s for s in shares if s.end), key=lambda share: -abs(share.value))
    if not words:
        return f"{reads}: none of its words is known to be either."
    parts = []
    for verb, verbs, sign in (("lifts", "lift", 1), ("pulls", "pull", -1)):
        chosen = list(dict.fromkeys(_quoted(s, text) for s in words if s.value * sign > 0))
        if chosen:
            named = _named(chosen[:_WORDS], len(chosen) - _WORDS)
            rest = " it down" if sign < 0 else " it"
            parts.append(f"{named} {verb if len(chosen) == 1 else verbs}{rest}")
    if compound < 0:
        parts.reverse()
    if turned := [_quoted(s, text) for s in words if s.value * s.plain < 0][:_WORDS]:
        verb = "is" if len(set(turned)) == 1 else "are"
        parts.append(f"{_named(list(dict.fromkeys(turned)), 0)} {verb} turned by the words before")
    if any(not share.end for share in shares):
        parts.append("its exclamation and question marks strengthen that")
    return f"{reads}: {', '.join(parts)}."


def _quoted(share: Share, text: str) -> str:
    word = text[share.start : share.end]
    word = word.strip(punctuation) or word
    return f"“{word if len(word) <= _LONGEST else f'{word[:_LONGEST]}…'}”"


def _named(words: Sequence[str], more: int) -> str:
    if more > 0:
        return f"{', '.join(words)} and {more} more"
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0]
