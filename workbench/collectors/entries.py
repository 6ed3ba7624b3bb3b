"""Entries of feeds to items, whatever collector brought them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from workbench import clock
from workbench.collectors.documents import Document, Entry
from workbench.collectors.ids import digest
from workbench.collectors.listings import from_categories, from_prose, is_isin, isins_in
from workbench.collectors.markup import cut
from workbench.items import Item, Media, ParseResult, Problem

__all__ = ["entry_items"]

_TEASER: Final = 1_000
_LONGEST: Final = 20_000
_MOST_ID: Final = 500
_LONGEST_NAME: Final = 300
_MOST: Final = 100


def entry_items(
    document: Document,
    place: str,
    tier: str,
    collected: datetime | None,
    *,
    finish: Callable[[Item, Entry], Item] | None = None,
) -> ParseResult:
    """Return a document's entries as items, in its order, each id but once.

    Parameters
    ----------
    document : Document
    place : str
        What ids begin with, before a ``#``; nothing if it is empty.
    tier : str
        Entries of a ``wire`` are releases, all others articles.
    collected : datetime or None
    finish : callable, optional
        What a collector of its own makes of an item, given its entry.
    """
    result = ParseResult()
    result.problems += document.problems
    shared = _shared_guids(document.entries)
    seen: dict[str, int] = {}
    for number, entry in enumerate(document.entries, start=1):
        where = f"entry {number}"
        if not (entry.title or entry.body.text or entry.link):
            result.problems.append(Problem(where, "says nothing: no title, text or link"))
            continue
        own = _own_id(entry, shared)
        if own in seen:
            result.problems.append(Problem(where, f"has the id of entry {seen[own]}"))
            continue
        seen[own] = number
        item = _item(entry, document, f"{place}#{own}" if place else own, tier, collected)
        result.append(finish(item, entry) if finish else item)
    return result


def _shared_guids(entries: Iterable[Entry]) -> set[str]:
    """Return the guids that tell nothing apart: entries with other links have them too."""
    links: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.guid and entry.link:
            links[entry.guid].add(entry.link)
    return {guid for guid, several in links.items() if len(several) > 1}


def _own_id(entry: Entry, shared: set[str]) -> str:
    if entry.guid and entry.guid not in shared:
        own = entry.guid
    elif entry.link:
        own = entry.link
    else:
        return digest(f"{entry.title}\n{entry.body.text}")
    return own if len(own) <= _MOST_ID else digest(own)


def _item(
    entry: Entry, document: Document, own: str, tier: str, collected: datetime | None
) -> Item:
    published, updated = entry.published, entry.updated
    edited = updated.time if published and updated and updated.time > published.time else None
    # Each item bears its feed's name: a name of megabytes would be stored that many times.
    outlet = cut(entry.outlet or document.title, _LONGEST_NAME)
    played = entry.broadcast
    body = played.body if played and played.body else entry.body
    text = body.text
    whole = f"{entry.title}\n{text}"
    listed = (*from_categories(entry.stocks[:_MOST]), *from_prose(whole))
    isins = (*filter(is_isin, entry.isins[:_MOST]), *isins_in(whole))
    links = [entry.link] if entry.link else []
    links += [*(played.links if played else ()), *body.links]
    return Item(
        source="feeds",
        id=own,
        kind="release" if tier == "wire" else "article",
        tier=tier,
        published=published.time if published else collected or clock.now(),
        published_precision=published.precision if published else None,
        collected=collected,
        # Each new like makes a film newer.
        edited=None if played and played.video else edited,
        author_name=outlet or None,
        author_url=entry.outlet_url if entry.outlet else document.link,
        title=_title(entry),
        # Newswire text is copyrighted: what is kept of it is a teaser.
        text=cut(text, _TEASER if tier == "wire" else _LONGEST),
        url=entry.link,
        lang=entry.lang,
        tickers=tuple(dict.fromkeys((*listed, *isins))),
        links=tuple(dict.fromkeys(links)),
        media=_media(entry),
        likes=played.likes if played else None,
        sensitive=(played.is_explicit or None) if played else None,
    )


def _media(entry: Entry) -> tuple[Media, ...]:
    played = entry.broadcast.media if entry.broadcast else ()
    known = {media.url for media in played}
    others = [] if entry.broadcast and entry.broadcast.video else entry.media
    return (*played, *(media for media in others if media.url not in known))[:_MOST]


def _title(entry: Entry) -> str | None:
    """Return the title; what collects from many outlets puts theirs behind it."""
    title = entry.title
    if entry.outlet:
        title = title.removesuffix(f" - {entry.outlet}")
    return cut(title, _TEASER) or None
