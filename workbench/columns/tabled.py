"""Stories as rows of a table."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from workbench.exports import Row
from workbench.items import Field
from workbench.text.telling import Story

__all__ = ["FIELDS", "row"]

_FIRST: Final = ("social", "wire", "filing", "news", "report")
_MINUTE: Final = 60

FIELDS: Final = (
    Field("story", "str", "", "its id"),
    Field("headline", "str", "", ""),
    Field("state", "str", "", "rumour, corroborated, wire, official or denied"),
    Field("n", "int", "count", "items"),
    Field("sources", "int", "count", "collectors that found them"),
    Field("authors", "int", "count", "accounts that wrote them"),
    Field("first_social", "datetime", "UTC", "when it was first seen on a social network"),
    Field("first_wire", "datetime", "UTC", "on a newswire"),
    Field("first_filing", "datetime", "UTC", "in a filing"),
    Field("first_news", "datetime", "UTC", "on a news site"),
    Field("first_report", "datetime", "UTC", "in a report"),
    Field("lead", "float", "min", "how far social networks were ahead of the wires"),
    Field("uncertainty", "float", "min", "by how much that may be wrong"),
    Field("compound", "float", "-1…1", "mean sentiment of its items"),
    Field("first", "datetime", "UTC", "when its first item was published"),
    Field("last", "datetime", "UTC", "its last"),
    Field("entities", "list[str]", "", "what most of its items name"),
)
"""The fields of a story."""


def row(story: Story) -> Row:
    """Return a story's values, in the order of :data:`FIELDS`."""
    seen = story.sightings
    times: list[datetime | None] = [seen[tier].time if tier in seen else None for tier in _FIRST]
    lead = doubt = None
    if story.lead is not None:
        lead = story.lead / _MINUTE
        doubt = (seen["social"].uncertainty + seen["wire"].uncertainty) / _MINUTE
    return (
        *(story.id, story.headline, story.state, story.n),
        *(len(story.sources), len(story.authors), *times),
        *(lead, doubt, story.compound, story.first, story.last, story.entities),
    )
