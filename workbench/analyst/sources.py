"""Collecting from a script or notebook: one source, now."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import fields
from typing import Any, Final

import pandas as pd

from workbench import decks, service, store
from workbench.collectors import Collector
from workbench.decks import Deck, Source
from workbench.errors import SettingError, WorkbenchError
from workbench.http import Client

__all__ = ["collect", "feeds"]

_COUNTS: Final = ("new", "updated", "unchanged")


def feeds(url: str, *, tier: str = "news", label: str = "") -> Source:
    """Return a feed as a source: RSS, Atom, RDF or JSON Feed.

    Parameters
    ----------
    url : str
        Its address, http or https.
    tier : {"news", "wire", "social", "filing", "report"}
        ``wire`` for a newswire, whose entries are then releases.
    label : str
        How readers know it; its host unless given.

    Raises
    ------
    SourceError
        If that is no address of the web.

    Examples
    --------
    >>> feeds("https://example.com/rss", tier="wire").key
    'feeds:https://example.com/rss'
    """
    return Source(collector="feeds", parameters={"url": url}, tier=tier, label=label, keep="all")


def collect(
    source: Source | Collector | Deck | str | Iterable[Source],
    *,
    seconds: float = 10.0,
    address: str | None = None,
) -> pd.DataFrame:
    """Collect now, once, into the store.

    Parameters
    ----------
    source : Source, Collector, Deck, str or iterable of Source
        A source, such as ``feeds("https://example.com/rss")``; a collector with its
        parameters; a deck or its name, for all of its sources; or several sources.
    seconds : float
        How long a source that sends by itself is followed.
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.

    Returns
    -------
    pandas.DataFrame
        One row per source, in their order: source (str), label (str), new, updated,
        unchanged (int: items), error (str; null if all went well). A source that fails stops
        no other.

    Raises
    ------
    WorkbenchError
        If none of the sources could be collected from: the first one's error.
    DeckError
        If there is no such deck.
    StoreError
        If the store cannot be opened.
    """
    deck = decks.load(source) if isinstance(source, str) else source
    chosen = _sources(deck)
    rows: list[tuple[str, str, int, int, int, str | None]] = []
    errors: list[WorkbenchError] = []
    with store.open(address) as opened, closing(Client()) as client:
        for each in chosen:
            try:
                added = service.collect(
                    each,
                    opened,
                    client,
                    decks=[deck] if isinstance(deck, Deck) else [],
                    seconds=seconds,
                )
                rows.append((each.key, each.label, *added, None))
            except WorkbenchError as error:
                errors.append(error)
                rows.append((each.key, each.label, 0, 0, 0, str(error)))
    if errors and len(errors) == len(chosen):
        raise errors[0]
    frame = pd.DataFrame(rows, columns=["source", "label", "new", "updated", "unchanged", "error"])
    texts = dict.fromkeys(("source", "label", "error"), "str")
    return frame.astype(texts | dict.fromkeys(_COUNTS, "int64"))


def _sources(given: object) -> list[Source]:
    """Return the sources that are meant."""
    if isinstance(given, Source):
        return [given]
    if isinstance(given, Deck):
        return list(given.sources)
    if hasattr(given, "collect") and hasattr(given, "key"):
        return [_wrapped(given)]
    if isinstance(given, Iterable):
        found = list(given)
        if found and all(isinstance(each, Source) for each in found):
            return found
    raise SettingError(
        f"source={given!r} is nothing to collect from; give wb.feeds(address), a collector, or the "
        "name of a deck"
    )


def _wrapped(collector: Any) -> Source:
    """Return a collector as a source that keeps everything."""
    given = {each.name: getattr(collector, each.name) for each in fields(collector) if each.init}
    return Source(
        collector=collector.name,
        tier=given.pop("tier", ""),
        every=given.pop("every", None),
        parameters=given,
        keep="all",
    )
