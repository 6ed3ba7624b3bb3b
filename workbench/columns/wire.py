"""Items as they travel to a browser: plain data, times in milliseconds."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from workbench.charts import Chart
from workbench.clock import to_micros
from workbench.collectors import available
from workbench.items import Item

__all__ = ["chart_to_wire", "item_key", "to_millis", "to_wire"]

_LONGEST: Final = 1500
_LONGEST_LINK: Final = 2000
_LINKS: Final = 20
_SAME: Final = (
    "kind",
    "source",
    "tier",
    "author",
    "author_url",
    "title",
    "url",
    "lang",
    "hashtags",
    "mentions",
    "cashtags",
    "links",
    "likes",
    "reposts",
    "replies",
    "reply_to_author",
    "sensitive",
)


def to_millis(when: datetime) -> int:
    """Return milliseconds since 1970, as browsers count."""
    return to_micros(when) // 1000


def item_key(source: str, ident: str) -> str:
    """Return an item's key as one text: ``source:id``."""
    return f"{source}:{ident}"


def to_wire(item: Item) -> dict[str, Any]:
    """Return what a browser needs of an item; unknown fields and empty lists are left out.

    Text beyond 1,500 characters is cut with an ellipsis, and at most 20 links travel, none
    longer than 2,000 characters: the item's own page holds it whole.
    """
    text = item.text if len(item.text) <= _LONGEST else item.text[:_LONGEST].rstrip() + "…"
    collector = available().get(item.source)
    wire: dict[str, Any] = {
        "key": item_key(item.source, item.id),
        "label": collector.label if collector else item.source,
        "name": item.author_name or item.author,
        "published": to_millis(item.time),
        "text": text,
        "media": [{"type": media.type, "alt": media.alt or ""} for media in item.media],
        "edited": to_millis(item.edited) if item.edited else None,
        # The lexicon was made for posts; on releases and articles its mark would mislead.
        "compound": item.compound if item.tier == "social" else None,
    }
    wire |= {name: getattr(item, name) for name in _SAME}
    wire["links"] = [link for link in item.links if len(link) <= _LONGEST_LINK][:_LINKS]
    return {
        name: value for name, value in wire.items() if value is not None and value not in ((), [])
    }


def chart_to_wire(chart: Chart) -> dict[str, Any]:
    """Return what a browser needs to draw a chart."""
    return {
        "title": chart.title,
        "subtitle": chart.subtitle,
        "alt": chart.alt,
        "unit": chart.unit,
        "zone": chart.zone,
        "series": [
            {
                "name": series.name,
                "color": series.color,
                "points": [[to_millis(moment), value] for moment, value in series.points],
            }
            for series in chart.series
        ],
        "gaps": [[to_millis(start), to_millis(end)] for start, end in chart.gaps],
    }
