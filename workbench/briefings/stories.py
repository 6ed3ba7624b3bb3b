"""What happened, as a briefing tells it: each event once, with who had it first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from html import escape
from typing import Final, NamedTuple

from workbench import documents
from workbench.briefings.evidence import Evidence, Pile
from workbench.briefings.markup import Section, said, short
from workbench.columns.pinned import pinned_in
from workbench.columns.sighted import ahead
from workbench.columns.stories import STATES, holds, made_of, note, standing, waiting
from workbench.columns.words import plain
from workbench.decks import Column, Deck
from workbench.items import Item
from workbench.store import Store
from workbench.text.saying import sentences_of
from workbench.text.telling import Story

__all__ = ["Told", "section", "stories"]

_SHOWN: Final = 6
_LEADS: Final = 300  # stories of which it is told who had them first
_LONG: Final = 240


class Told(NamedTuple):
    """A story and its items, the oldest first."""

    story: Story
    items: list[Item]


def stories(deck: Deck, store: Store, *, start: datetime, end: datetime) -> tuple[list[Told], str]:
    """Return the weightiest stories of a span, and who had how many of all first, in words."""
    column = _column(deck)
    found = standing(store, deck, column, end, since=start, until=end, limit=_LEADS)
    told = []
    for story in found[:_SHOWN]:
        made = made_of(store, deck, column, story.id, end)
        if made:
            told.append(Told(made[0], made[1]))
    return told, note(found) or ("" if found else waiting(store))


def _column(deck: Deck) -> Column:
    """Return the deck's column of stories; without one, of all that the deck does not hide."""
    columns = [column for column in deck.columns if column.type == "stories"]
    return columns[0] if columns else replace(pinned_in(deck), key="stories", type="stories")


def section(
    found: Sequence[Told], first: str, evidence: Evidence, link: Callable[[Pile, str], str]
) -> Section:
    """Return the part of a briefing on stories; nothing without any.

    Parameters
    ----------
    found : sequence of Told
    first : str
        Who had how many first, in words.
    evidence : Evidence
        Where their items go.
    link : callable
        Returns some words that lead to a pile.
    """
    if not found:
        return Section("", "")
    parts, lines = [], ["## What happened", ""]
    for place, (story, items) in enumerate(found):
        headline = plain(story.headline) or "Untitled"
        pile = evidence.put(f"s{place}", short(headline, 60), story.n, items)
        state = STATES[story.state][0]
        sentences = "".join(
            f"<li {documents.item(each.key)}>{escape(short(each.text, _LONG))}</li>"
            for each in story.summary
        )
        # Whoever said what the headline says may withdraw it.
        title = f"<li {documents.item(_said_by(headline, items))}><h4>{escape(headline)}</h4></li>"
        parts.append(
            f'<section class="wb-told"><ul class="wb-cards">{title}</ul>'
            f"<p class='wb-hint'>{state[:1].upper()}{state[1:]} · {link(pile, holds(story))} · "
            f"{escape(ahead(story))}.</p><ul class='wb-cards'>{sentences}</ul></section>"
        )
        lines.append(f"- {said(headline)} ({state}; {holds(story)}). {said(ahead(story))}.")
    doubt = f"<p class='wb-doubt'>{escape(first)}</p>" if first else ""
    html = f'<h2>What happened</h2><div class="wb-columns">{"".join(parts)}</div>{doubt}'
    return Section(html, "\n".join([*lines, *(["", first] if first else [])]))


def _said_by(headline: str, items: Sequence[Item]) -> tuple[str, str]:
    """Return the key of the first item whose words a headline is."""
    start = headline.rstrip("…").rstrip()[:40]
    for item in items:
        # As a headline is made of them: without links, and with single blanks.
        said_there = [item.title or "", " ".join(sentences_of(item.text))]
        if any(start in " ".join(plain(text).split()) for text in said_there):
            return item.key
    return items[0].key
