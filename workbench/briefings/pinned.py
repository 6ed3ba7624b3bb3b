"""What is pinned to a deck, as a briefing tells it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from workbench.briefings.markup import Section, card, said, when
from workbench.columns.pinned import Pinned

__all__ = ["pinned"]


def pinned(found: Sequence[Pinned], *, zone: str) -> Section:
    """Return what is pinned: each note, marked as the analyst's words, with its post."""
    if not found:
        return Section("", "")
    parts, lines = [], ["## From the analyst", ""]
    for each in found:
        note = each.pin.note.strip()
        told = f"<p class='wb-own'>{escape(note)}</p>" if note else ""
        by = f"Analyst’s note, {when(each.pin.time, zone)}" if note else "Pinned by an analyst"
        post = (
            f'<ol class="wb-cards">{card(each.item, zone=zone)}</ol>'
            if each.item
            else f"<p class='wb-hint'>{each.gone}</p>"
        )
        parts.append(f"<section><p class='wb-hint'>{by}</p>{told}{post}</section>")
        words = said(each.item.title or each.item.text)[:240] if each.item else each.gone
        lines.append(f"- {said(note)}: {words}" if note else f"- {words}")
    html = f'<h2>From the analyst</h2><div class="wb-columns">{"".join(parts)}</div>'
    return Section(html, "\n".join(lines))
