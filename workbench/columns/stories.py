"""The stories column: what happens, each event once, with who had it first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import accumulate
from math import log2
from typing import Any, Final

from workbench import clock
from workbench.columns.guard import Guard
from workbench.columns.post import MOOD_WHY, MOODS
from workbench.columns.sighted import ahead, axis
from workbench.columns.strips import spark
from workbench.columns.tree import Node, el
from workbench.columns.words import counted, mood, plain
from workbench.decks import Column, Deck, poll_of, polls_of
from workbench.items import Item
from workbench.store import Store
from workbench.text.leads import ledger
from workbench.text.telling import Story, tell

__all__ = [
    "LOOKED_BACK",
    "MARK",
    "STATES",
    "Known",
    "card",
    "draw",
    "holds",
    "made_of",
    "note",
    "shown_of",
    "standing",
    "voices",
    "waiting",
]

MARK: Final = "story:"
"""How the key of a story begins, where others are those of posts."""
Known = dict[str, tuple[Story, Story | None]]
"""By id: stories as they are stored, and as a column's readers may see them."""

LOOKED_BACK: Final = timedelta(days=1)
"""A story is shown as long as something came to it within so long."""
_SHOWN: Final = 20
_MOST: Final = 2_000  # stories of that time among which these are
_WIDTHS: Final = {"narrow": 234, "medium": 294, "wide": 374}
_FEW: Final = 2  # items of which no line is drawn
_DAY: Final = 24
_BEHIND: Final = 1_000  # changes that are no delay to speak of
_ALONE: Final = 0.5  # so that one voice weighs something
_KIND: Final = 0.5  # what another kind of sources adds, of the weight of the voices
_HALVES: Final = 6.0  # hours after which a story that nothing comes to counts half

STATES: Final = {
    "rumour": ("one source so far", "Nobody else has said it yet; it may be wrong."),
    "corroborated": ("several sources", "Accounts or sites that are not the same say so."),
    "wire": ("on the wire", "A newswire carries it, in the words of those who issue it."),
    "official": ("official", "The company or a regulator has said it, or filed it."),
    "denied": ("denied", "Whoever it is about says that it is not so."),
}
"""States of a story in plain words, each with one line of explanation."""

_HOLDS: Final = {
    "social": ("post", "posts"),
    "news": ("article", "articles"),
    "wire": ("release", "releases"),
    "filing": ("filing", "filings"),
    "report": ("report", "reports"),
}


def standing(
    store: Store,
    deck: Deck,
    column: Column,
    now: datetime,
    *,
    since: datetime | None,
    until: datetime | None = None,
    limit: int = _SHOWN,
    is_ranked: bool = True,
    known: Known | None = None,
) -> list[Story]:
    """Return the stories of a column, the weightiest of now first.

    A story stands there if one of its items matches the column's query. What the column keeps
    out is no part of it: the story is told from the rest.

    Parameters
    ----------
    store : Store
    deck : Deck
    column : Column
    now : datetime
    since, until : datetime or None
        Something came to it then or later, and it began before.
    limit : int
        At most so many.
    is_ranked : bool
        Whether the weightiest come first; else those that something came to last.
    known : dict, optional
        What an earlier call has left there, so that nothing is told twice; filled anew.
    """
    among = None
    if column.query is not None:
        start = since or clock.EPOCH
        among = store.stories_of(column.query, since=start, until=until or now, lists=deck.lists)
    most = _MOST if is_ranked else limit
    found = store.stories(since=since, until=until, limit=most, among=among)
    if is_ranked:
        found.sort(key=lambda story: -_weight(story, now))
    shown: list[Story] = []
    before = dict(known or {})
    if known is not None:
        known.clear()
    for story in found:
        if len(shown) == limit:
            break
        held = before.get(story.id)
        is_same = held is not None and held[0] == story
        whole = held[1] if held and is_same else shown_of(store, deck, column, story, now)
        if known is not None:
            known[story.id] = story, whole
        if whole is not None:
            shown.append(whole)
    return shown


def _weight(story: Story, now: datetime) -> float:
    """Return how much a story matters now: how many tell it, of how many kinds, how lately.

    What is said day after day is a topic rather than news: what counts is the busiest day, and
    how large a part of the whole it holds. Another kind of sources adds half as much again,
    not a fixed step: an article with a post that links to it is still a small story.
    """
    sums = list(accumulate(story.spark, initial=0))
    busiest = max(end - sums[max(0, place - _DAY)] for place, end in enumerate(sums))
    size = log2(_ALONE + min(busiest, _voices(story))) * (1 + _KIND * (len(story.sightings) - 1))
    lately = 2 ** (-((now - story.last) / timedelta(hours=_HALVES)))
    return size * lately * busiest / max(1, sums[-1])


def _voices(story: Story) -> float:
    """Return how many tell a story, roughly: articles and releases mostly name no author.

    They come more than once, from the site and from those who index it.
    """
    unnamed = story.n - story.tiers.get("social", 0)
    return max(len(story.authors), unnamed / 2, 1)


def shown_of(store: Store, deck: Deck, column: Column, story: Story, now: datetime) -> Story | None:
    """Return a story as a column's readers may see it; None if nothing of it is left for them."""
    if not column.keeps_out:
        return story
    found = made_of(store, deck, column, story.id, now)
    return found[0] if found else None


def made_of(
    store: Store, deck: Deck, column: Column, ident: str, now: datetime
) -> tuple[Story, list[Item], int] | None:
    """Return a story, told as it is now, with its items as a column's readers may see them.

    Parameters
    ----------
    store : Store
    deck : Deck
    column : Column
        Of the deck.
    ident : str
        Its id; one that it had before it was merged into another will do.
    now : datetime

    Returns
    -------
    (Story, list of Item, int) or None
        The story, its items, the oldest first, and how many more there are than were read; None
        if there is no such story, or nothing of it for them.
    """
    called = store.story_called(ident)
    found, n = store.members(called)
    guard = Guard(deck, column)
    items = [item for item in found if guard.lets_pass(item, now)]
    if not items:
        return None
    left = n - len(found)
    story = tell(items, polls=_polls(store, deck, called, items), now=now)
    return replace(story, n=len(items) + left), items, left


def _polls(store: Store, deck: Deck, ident: str, items: Sequence[Item]) -> dict[str, float]:
    """Return how often each source of a story is asked, in seconds, at the least favourable.

    A deck may show what the sources of others have brought. Whoever put the story together knew
    them all: nothing is told as more exact than it was told then.
    """
    polls = polls_of([deck])
    for story in store.stories(among=[ident], limit=1):
        for (source, _), _, doubt in story.sightings.values():
            polls[source] = max(polls.get(source, 0.0), doubt)
    others = {item.source for item in items} - polls.keys()
    return polls | {source: poll_of(source) for source in others}


def holds(story: Story) -> str:
    """Return in words how many items of which kinds make a story."""
    known = [tier for tier in _HOLDS if story.tiers.get(tier)]
    return ", ".join(counted(story.tiers[tier], *_HOLDS[tier]) for tier in known)


def voices(story: Story) -> str:
    """Return in words by how many it is told.

    A source that names no author is one itself.
    """
    n = len(story.authors)
    return counted(n, "account") if n else counted(len(story.sources), "source")


def draw(found: Sequence[Story], *, width: str, now: datetime) -> list[Node]:
    """Return the stories of a column as elements, in their order."""
    drawn = [card(story, width=width, now=now) for story in found]
    return [el("ol", "wb-rows", *drawn)] if drawn else []


def card(
    story: Story, *, width: str, now: datetime, tag: str = "li", is_closed: bool = True
) -> list[Any]:
    """Return a story: state, headline, who had it first, what it holds.

    Parameters
    ----------
    story : Story
    width : {"narrow", "medium", "wide"}
        Of its column.
    now : datetime
    tag : str
        Of the whole.
    is_closed : bool
        Whether a click opens it.
    """
    words, why = STATES[story.state]
    headline = el("bdi", "", plain(story.headline) or "Untitled", {"dir": "auto"})
    tone = mood(story.compound)
    about = {"tabindex": "-1", "data-about": MARK + story.id} if is_closed else {}
    button = {"type": "button", "title": "Show what it is made of"}
    return el(
        tag,
        f"wb-post wb-is-{tone or 'unread'}{' wb-entry' if is_closed else ' wb-opened'}",
        about,
        el(
            "header",
            "wb-by",
            el("span", "wb-who wb-s", el("span", "", words, {"data-why": why})),
            el("time", "wb-time wb-s", {"datetime": story.last.isoformat(timespec="milliseconds")}),
        ),
        el("h3", "", el("button", "wb-open", button, headline) if is_closed else headline),
        axis(story, width=_WIDTHS[width]),
        el("p", "wb-note wb-s", f"{ahead(story)}."),
        spark(_lately(story, now)) if story.n > _FEW else None,
        el(
            "footer",
            "wb-foot wb-s",
            el("span", "", holds(story)),
            el("span", "", voices(story)),
            el("span", f"wb-mood wb-{tone}", MOODS[tone], {"data-why": MOOD_WHY})
            if tone in MOODS
            else None,
        ),
    )


def _lately(story: Story, now: datetime) -> Sequence[int]:
    """Return how many items came in each hour of the last day, or since it began."""
    silent = min(_DAY, int((now - story.last) / timedelta(hours=1)))
    counts = [*story.spark, *([0] * silent)][-_DAY:]
    return counts if len(counts) > 1 else [0, *counts]


def note(found: Sequence[Story]) -> str:
    """Return the sentence below a column: how often social networks were first of late."""
    told = ledger(found)
    if not told.n:
        return ""
    first = f"Social networks first in {told.social.n} of {told.n} that both they and the wires had"
    return f"{first}; the wires in {told.wire.n}."


def waiting(store: Store) -> str:
    """Return in words how far stories are behind what is stored; nothing if they are up to date."""
    told, last = store.told_until(), store.seq()
    if told is None:
        if not last:
            return ""
        return "Stories are put together by workbench up, or at once by: workbench stories"
    behind = last - told
    return (
        f"Being put together: {behind:,} changes are still to be gone through."
        if behind > _BEHIND
        else ""
    )
