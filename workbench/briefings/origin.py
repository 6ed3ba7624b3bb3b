"""Where a briefing's numbers come from: the store, its sources, and what they did not measure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from workbench.briefings.gather import Measured
from workbench.briefings.markup import Section, said, when
from workbench.columns.words import counted
from workbench.store import Store

__all__ = ["is_replay", "origin"]


def is_replay(store: Store) -> bool:
    """Return whether the demo has filled a store."""
    return store.load_cursor("demo") is not None


def origin(
    measured: Sequence[Measured], *, end: datetime, span: timedelta, zone: str, store: Store
) -> Section:
    """Return the provenance of a briefing; sources that fared alike share a line."""
    there = end.astimezone(ZoneInfo(zone))
    hours = span / timedelta(hours=1)
    kind = "the demo's replay, " if is_replay(store) else ""
    told = (
        f"As of {there.day} {there:%B %Y, %H:%M:%S} ({zone}), from {kind}{store.path.name}. "
        f"{sum(not each.gaps for each in measured)} of {counted(len(measured), 'source')} "
        "measured throughout."
    )
    fared: dict[tuple[str, str], list[str]] = {}
    for each in measured:
        how = f"{each.hours:.0f} of {hours:.0f} hours", _missing(each, zone)
        fared.setdefault(how, []).append(each.label)
    rows = "".join(
        f"<tr><th>{escape(', '.join(labels))}</th><td>{share}</td><td>{escape(missing)}</td></tr>"
        for (share, missing), labels in fared.items()
    )
    html = (
        f"<section class='wb-from'><h2>Where this comes from</h2><p>{escape(told)}</p>"
        f"<table>{rows}</table>"
        "<p>Likes, reposts and replies are what was known when each item was last seen. Usual is "
        "the mean of the seven spans before, as far as they were measured. Hours in which a source "
        "was not listened to are left blank, not counted as nothing.</p></section>"
    )
    return Section(html, said(told))


def _missing(each: Measured, zone: str) -> str:
    told = "measured throughout"
    if each.gaps:
        spans = [f"{when(a, zone)} to {when(b, zone)}" for a, b in each.gaps[:3]]
        more = f" and {len(each.gaps) - 3} more" if len(each.gaps) > 3 else ""
        told = f"not measured {', '.join(spans)}{more}"
    return f"{told}; {each.reason}" if each.reason and each.state != "live" else told
