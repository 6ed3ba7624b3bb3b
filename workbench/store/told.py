"""What is told of a story, as text in the store."""

from __future__ import annotations

import orjson

from workbench.clock import from_micros, to_micros
from workbench.text.telling import Sentence, Sighting, Story

__all__ = ["dump", "load"]

_SAME = ("id", "headline", "compound", "n", "lead", "state", "is_told")
_LISTS = ("entities", "spark", "sources", "authors")


def dump(story: Story) -> str:
    """Return a story as text."""
    told = {name: getattr(story, name) for name in (*_SAME, *_LISTS)}
    told |= {
        "summary": [(each.text, *each.key) for each in story.summary],
        "tiers": dict(story.tiers),
        "sightings": [
            (tier, *seen.key, to_micros(seen.time), seen.uncertainty)
            for tier, seen in story.sightings.items()
        ],
        "first": to_micros(story.first),
        "last": to_micros(story.last),
    }
    return orjson.dumps(told).decode()


def load(text: str) -> Story:
    """Return the story of what :func:`dump` made."""
    told = orjson.loads(text)
    told |= {name: tuple(told[name]) for name in _LISTS}
    told["summary"] = tuple(
        Sentence(words, (source, id_)) for words, source, id_ in told["summary"]
    )
    told["sightings"] = {
        tier: Sighting((source, key), from_micros(time), doubt)
        for tier, source, key, time, doubt in told["sightings"]
    }
    told |= {name: from_micros(told[name]) for name in ("first", "last")}
    return Story(**told)
