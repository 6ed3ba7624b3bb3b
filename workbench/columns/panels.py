"""Columns that show no items but something made of them, as elements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from workbench.clock import from_micros
from workbench.collectors import collector_of
from workbench.columns.links import address_of
from workbench.columns.strips import bar
from workbench.columns.tree import Node, el, timed
from workbench.columns.words import counted, plain, since
from workbench.documents import Document
from workbench.query import Query
from workbench.store import Store

__all__ = ["Voice", "papers", "source_row", "sources", "voices"]

_STATES: Final = {"live": "live", "starting": "starting", "waiting": "waits", "failing": "fails"}
_DOTS: Final = {"live": "live", "waiting": "stale", "failing": "failing"}
_DAY: Final = timedelta(days=1)
_POINTS: Final = 100  # stretches in which a share is counted


class Voice(NamedTuple):
    """How much is said of one name.

    Attributes
    ----------
    name : str
    n : int
        Items that its query finds.
    measured : float
        The part of the span in which the sources were listening, 0 to 1.
    """

    name: str
    n: int
    measured: float

    @classmethod
    def of(
        cls,
        store: Store,
        name: str,
        query: str | Query,
        *,
        since: datetime,
        until: datetime,
        lists: Mapping[str, Collection[str]] | None = None,
    ) -> Voice:
        """Count what a store holds of one name between two times."""
        every = timedelta(seconds=max(60, (until - since) // timedelta(seconds=_POINTS)))
        buckets = store.tally(
            query, every=every, since=since, until=until, lists=lists, has_tones=False
        )
        lost = sum((b - a for a, b in store.gaps(query, since=since, until=until)), timedelta())
        return cls(name, sum(bucket.n for bucket in buckets), 1 - lost / (until - since))


def voices(found: Sequence[Voice], *, days: str) -> tuple[list[Node], str]:
    """Return one row per voice, the loudest first, and the note below them."""
    total = sum(voice.n for voice in found)
    rows: list[Node] = []
    for voice in sorted(found, key=lambda voice: -voice.n):
        share = f"{100 * voice.n / total:.0f}\N{NO-BREAK SPACE}%" if total else "–"
        rows.append(
            el(
                "li",
                "wb-row wb-entry",
                {"tabindex": "-1"},
                el("bdi", "wb-word wb-cut", plain(voice.name), {"dir": "auto"}),
                el("span", "wb-times", share),
                bar(voice.n, max(total, 1)),
                el("span", "wb-under wb-s", counted(voice.n, "item")),
            )
        )
    note = f"Of {counted(total, 'item')} in {days}; one that names several counts for each."
    least = min((voice.measured for voice in found), default=1.0)
    if least < 0.99:
        note += f" {100 * least:.0f}\N{NO-BREAK SPACE}% of the time was measured."
    return [el("ol", "wb-rows", *rows)], note


def sources(
    known: Mapping[str, Mapping[str, Any]], store: Store, *, now: datetime, zone: str
) -> list[Node]:
    """Return one row per source: what it does, since when, and what of the last day it covered."""
    start = now - _DAY
    spans: dict[str, timedelta] = {}
    for span in store.coverage(since=start, until=now):
        part = min(span.end, now) - max(span.start, start)
        sign = 1 if span.status == "ok" else -1
        spans[span.source] = spans.get(span.source, timedelta()) + sign * part
    rows = [
        source_row(key, source, now=now, zone=zone, heard=_heard(spans.get(key, timedelta())))
        for key, source in known.items()
    ]
    return [el("ul", "wb-rows", *rows)] if rows else []


def _heard(covered: timedelta) -> str:
    hours = min(covered, _DAY) / timedelta(hours=1)
    part = "all" if hours > 23.9 else f"{hours:.1f}" if hours > 0.05 else "nothing"
    return f"{part} of the last 24 hours covered"


def source_row(
    key: str, source: Mapping[str, Any], *, now: datetime, zone: str, heard: str = ""
) -> Node:
    """Return one source in words: what it does, since when, why, and what comes next.

    Parameters
    ----------
    key : str
    source : Mapping
        As a board's state has it.
    now : datetime
    zone : str
    heard : str
        How much of the last day it covered; without it the row is none of a column's entries.
    """
    kind = collector_of(source["name"]) if heard else None
    limits = {"data-why": f"Its limits: {plain(kind.limits)}."} if kind else {}
    told: list[Node] = [_STATES[source["state"]]]
    for words, field in (("since", "since"), ("next try", "next_try"), ("last item", "last_item")):
        if source.get(field):
            moment = from_micros(source[field] * 1000)
            told += [f" · {words} ", timed(moment, since(moment, now, zone))]
    if address := address_of(key.partition(":")[2]):
        told.append(f" · {address.domain}")
    return el(
        "li",
        "wb-row wb-entry" if heard else "wb-row",
        {"data-source": key} | ({"tabindex": "-1"} if heard else {}),
        el("bdi", "wb-word wb-cut", plain(source["label"]), {"dir": "auto"}),
        el("span", f"wb-dot wb-dot-{_DOTS.get(source['state'], 'empty')}"),
        el("span", "wb-under wb-s", source["reason"]) if source["reason"] else None,
        el("span", "wb-under wb-s", *told),
        el("span", "wb-under wb-s", heard, limits) if heard else None,
    )


def papers(found: Iterable[Document], *, base: str) -> list[Node]:
    """Return one row per document, in their order; with a base, each leads to its page."""
    rows: list[Node] = []
    for document in found:
        made = document.made.isoformat(timespec="milliseconds")
        title: Node = el("span", "wb-word wb-cut", document.title)
        if base and not document.is_failed:
            href = f"{base}briefings/{quote(document.path.name, safe='')}"
            title = el("a", "wb-word wb-cut wb-open", document.title, {"href": href})
        rows.append(
            el(
                "li",
                "wb-row wb-entry",
                {"tabindex": "-1"},
                title,
                el("time", "wb-times wb-s", {"datetime": made}),
                el("span", "wb-under wb-s", "could not be made") if document.is_failed else None,
            )
        )
    return [el("ul", "wb-rows", *rows)] if rows else []
