"""What is pinned to a deck, as a briefing tells it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from workbench.briefings.markup import Section, card, said
from workbench.columns.pinned import Pinned
from workbench.columns.sighted import ahead
from workbench.columns.words import plain

__all__ = ["pinned"]


def pinned(found: Sequence[Pinned], *, zone: str) -> Section:
    """Return what is pinned: each note, marked as the analyst's words, with its post."""
    if not found:
        return Section("", "")
    parts, lines = [], ["## From the analyst", ""]
    for each in found:
        note = each.pin.note.strip()
        told = f"<p class='wb-own'>{escape(note)}</p>" if note else ""
        by = f"{'Analyst’s note' if note else 'Pinned by an analyst'}, {_day(each.pin.time, zone)}"
        post = f"<p class='wb-hint'>{each.gone}</p>"
        words = each.gone
        if each.item:
            post = f'<ol class="wb-cards">{card(each.item, zone=zone)}</ol>'
            words = said(each.item.title or each.item.text)[:240]
        elif each.story:
            headline, first = each.story.headline, f"{ahead(each.story)}."
            post = f"<h4>{escape(plain(headline))}</h4><p class='wb-hint'>{escape(first)}</p>"
            words = f"{said(headline)[:240]} ({said(first)})"
        parts.append(f"<section><p class='wb-hint'>{by}</p>{told}{post}</section>")
        lines.append(f"- {said(note)}: {words}" if note else f"- {words}")
    html = f'<h2>From the analyst</h2><div class="wb-pair">{"".join(parts)}</div>'
    return Section(html, "\n".join(lines))


def _day(moment: datetime, zone: str) -> str:
    """Return a time with its date: a note may stand for weeks."""
    there = moment.astimezone(ZoneInfo(zone))
    return f"{there:%a} {there.day} {there:%b}, {there:%H:%M}"
