"""What a story says: its headline, its summary, who had it first and how sure it is."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from workbench.items import TIERS, Item
from workbench.text.naming import names_of, shown
from workbench.text.saying import Sentence, headline_of, summary_of
from workbench.text.standing import OWN_WORDS, state_of
from workbench.tokens import tokenize

__all__ = ["OWN_WORDS", "Sentence", "Sighting", "Story", "is_story", "tell"]

Key = tuple[str, str]

_ENTITIES: Final = 8
_HOURS: Final = 24 * 14
_BESIDE: Final = 1  # words beside a headline that say nothing of one's own: "via", a year
_REPEATED: Final = 0.6  # of a headline's words; it may be cut
_LINK: Final = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)


class Sighting(NamedTuple):
    """The first item of a tier, and by how many seconds its time may be wrong."""

    key: Key
    time: datetime
    uncertainty: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story as it stands.

    Attributes
    ----------
    id : str
    headline : str
    summary : tuple of Sentence
        Up to three, in the order of their items.
    entities : tuple of str
        What most of its items name: hashtags and cashtags with their sign, names without.
    compound : float or None
        Mean sentiment of the items that have one.
    spark : tuple of int
        Items in each hour, from that of the first to that of the last; of a story that is
        older than 14 days the last 14.
    n : int
        Items in all.
    sources, authors : tuple of str
        In the order in which they first told it.
    tiers : mapping of str to int
        Items of each tier.
    sightings : mapping of str to Sighting
        The first item of each tier; undated items are none, nor posts that only pass on the
        headline of another tier.
    lead : float or None
        Seconds by which social networks were before newswires, negative if they were later;
        None unless both have it.
    state : str
        ``rumour``: one source; ``corroborated``: several that do not repeat each other;
        ``wire``: on a newswire; ``official``: in a filing, or said by whom it is about;
        ``denied``: by whom it is about, or by a regulator.
    first, last : datetime
        When its first and its last item were published.
    is_told : bool
        Whether it counts as a story: see :func:`is_story`.
    """

    id: str
    headline: str
    summary: tuple[Sentence, ...]
    entities: tuple[str, ...]
    compound: float | None
    spark: tuple[int, ...]
    n: int
    sources: tuple[str, ...]
    authors: tuple[str, ...]
    tiers: Mapping[str, int]
    sightings: Mapping[str, Sighting]
    lead: float | None
    state: str
    first: datetime
    last: datetime
    is_told: bool


def tell(
    items: Sequence[Item], *, polls: Mapping[str, float] | None = None, now: datetime
) -> Story:
    """Tell a story from its items.

    Parameters
    ----------
    items : sequence of Item
        At least one, in any order; `story` of the first is the story's id.
    polls : mapping of str to float, optional
        How often each source is asked, in seconds: nothing that it tells is known to be
        from an earlier or later moment than that.
    now : datetime
        Items that claim to be later are counted at this moment.

    Raises
    ------
    ValueError
        If there is no item.
    """
    if not items:
        raise ValueError("a story needs at least one item")
    ordered = sorted(items, key=lambda item: (item.time, item.key))
    named = names_of(ordered)
    sightings = _sightings(ordered, polls or {})
    lead = None
    if "social" in sightings and "wire" in sightings:
        lead = (sightings["wire"].time - sightings["social"].time).total_seconds()
    scores = [item.compound for item in ordered if item.compound is not None]
    first, last = (min(each.time, now) for each in (ordered[0], ordered[-1]))
    return Story(
        id=next((item.story for item in ordered if item.story), ""),
        headline=headline_of(ordered),
        summary=summary_of(ordered),
        entities=shown(named, len(ordered))[:_ENTITIES],
        compound=statistics.fmean(scores) if scores else None,
        spark=_spark([min(item.time, now) for item in ordered]),
        n=len(ordered),
        sources=tuple(dict.fromkeys(item.source for item in ordered)),
        authors=tuple(dict.fromkeys(item.author for item in ordered if item.author)),
        tiers=dict(Counter(item.tier for item in ordered)),
        sightings=sightings,
        lead=lead,
        state=state_of(ordered, named),
        first=first,
        last=last,
        is_told=is_story(ordered),
    )


def is_story(items: Sequence[Item]) -> bool:
    """Return whether items make a story, rather than something that one person said.

    They do if one is on a newswire or a filing, or if two authors, or two sources, tell it in
    words of their own: replies, quotes and reposts are not.
    """
    told = set()
    for item in items:
        if item.tier in ("wire", "filing"):
            return True
        if item.kind in OWN_WORDS:
            told.add((item.source, item.author))
    return len(told) > 1


def _sightings(ordered: Sequence[Item], polls: Mapping[str, float]) -> dict[str, Sighting]:
    """Return the first dated item of each tier, in the order of the tiers.

    Posts that only pass on what another tier says are none: nothing was told there.
    """
    titles: list[set[str]] = []
    found: dict[str, Sighting] = {}
    for item in ordered:
        if item.title and item.tier != "social":
            titles.append(set(tokenize(item.title)))
        if item.published_precision is None or item.tier in found:
            continue
        if item.tier == "social" and _passes_on(item, titles):
            continue
        doubt = max(item.published_precision, polls.get(item.source, 0.0))
        found[item.tier] = Sighting(item.key, item.time, doubt)
    return {tier: found[tier] for tier in TIERS if tier in found}


def _passes_on(item: Item, titles: Sequence[set[str]]) -> bool:
    """Return whether a post says nothing but the headline of something that was there before."""
    said = f"{item.title or ''} {_LINK.sub(' ', item.text)}"
    words = set(tokenize(said)) if titles else set()
    return any(
        len(words - title) <= _BESIDE and len(words & title) >= _REPEATED * len(title)
        for title in titles
        if title
    )


def _spark(times: Sequence[datetime]) -> tuple[int, ...]:
    hours = [time.replace(minute=0, second=0, microsecond=0) for time in times]
    end = max(hours)
    counts = Counter(int((end - hour) / timedelta(hours=1)) for hour in hours)
    longest = min(max(counts), _HOURS - 1)
    return tuple(counts[back] for back in range(longest, -1, -1))
