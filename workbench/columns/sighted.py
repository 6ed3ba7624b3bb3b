"""Who had a story first, in words and as a line with a tick for each kind of source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, NamedTuple

from workbench.columns.strips import number, scale
from workbench.columns.tree import Node, el
from workbench.text.telling import Sighting, Story

__all__ = ["NAMES", "Seen", "ahead", "axis", "in_order", "long"]

NAMES: Final = {
    "social": ("social", "on social networks", "social networks"),
    "wire": ("wires", "on the wires", "the wires"),
    "filing": ("filing", "in a filing", "the first filing"),
    "news": ("news", "on news sites", "news sites"),
    "report": ("report", "in a report", "the first report"),
}
"""Kinds of sources: below a tick, where it was seen, and what came before or after."""

_HEIGHT: Final = 36
_EDGE: Final = 5
_APART: Final = 46  # between two names below the line
_MINUTE: Final = 60.0
_ROUGH: Final = 0.05  # part of a lead from which its doubt is told


class Seen(NamedTuple):
    """A kind of sources, and when it first had a story."""

    tier: str
    sighting: Sighting


def in_order(story: Story) -> list[Seen]:
    """Return which kinds of sources had a story, the first of them first."""
    found = [Seen(*pair) for pair in story.sightings.items() if pair[0] in NAMES]
    return sorted(found, key=lambda seen: (seen.sighting.time, [*NAMES].index(seen.tier)))


def long(span: timedelta) -> str:
    """Return a span in words, as exact as it matters.

    Examples
    --------
    >>> [long(timedelta(minutes=m)) for m in (0.5, 41, 90, 600, 2_000, 10_000)]
    ['less than a minute', '41 min', '1 h 30 min', '10 h', '33 h', '6 days']
    """
    minutes = round(span.total_seconds() / 60)
    if span < timedelta(minutes=1):
        return "less than a minute"
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 3 and rest:
        return f"{hours} h {rest} min"
    hours = round(minutes / 60)
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


def ahead(story: Story) -> str:
    """Return who had a story first, in a sentence without its full stop.

    Between social networks and the wires if both had it, else between the first two that did;
    what is within their doubt is called the same time. A report is always told of.
    """
    seen = in_order(story)
    if not seen:
        return "When it began is not known: none of its items has a time"
    have = {each.tier: each for each in seen}
    pair = [each for each in seen if each.tier in ("social", "wire")]
    if len(pair) < 2:
        pair = [each for each in seen if each.tier != "report"][:2] or seen[:1]
    told = _compared(pair) if len(pair) == 2 else f"{NAMES[pair[0].tier][1].capitalize()} only"
    if "report" in have and len(seen) > 1:
        first = next(each for each in seen if each.tier != "report")
        late = have["report"].sighting.time - first.sighting.time
        if late > timedelta():
            told += f"; in a report {long(late)} after the first word of it"
        else:
            told += "; a report had it before all others"
    return told


def _compared(pair: Sequence[Seen]) -> str:
    first, second = pair
    span = second.sighting.time - first.sighting.time
    doubt = first.sighting.uncertainty + second.sighting.uncertainty
    where, other = NAMES[first.tier][1].capitalize(), NAMES[second.tier][2]
    if span.total_seconds() <= doubt:
        also = NAMES[second.tier][1]
        if doubt < _MINUTE:
            return f"{where} and {also} at the same minute"
        return f"{where} and {also} at about the same time, as far as {_within(doubt)} tells"
    if span < timedelta(minutes=1):
        return f"{where} {span.total_seconds():.0f} s before {other}"
    is_rough = doubt >= max(_MINUTE, _ROUGH * span.total_seconds())
    about, known = ("about ", f" (known to {_within(doubt)})") if is_rough else ("", "")
    return f"{where} {about}{long(span)} before {other}{known}"


def _within(doubt: float) -> str:
    return f"± {long(timedelta(seconds=max(doubt, _MINUTE)))}"


def axis(story: Story, *, width: int) -> Node | None:
    """Return the line of a story's first sightings; None where there are no two.

    Parameters
    ----------
    story : Story
    width : int
    """
    seen = in_order(story)
    if len(seen) < 2:
        return None
    start, end = (each.sighting.time.timestamp() for each in (seen[0], seen[-1]))
    places = [
        scale(each.sighting.time.timestamp(), start, end, _EDGE, width - _EDGE) for each in seen
    ]
    marks: list[Node] = [["path", {"class": "wb-zero", "d": f"M0 11H{width}"}]]
    names: list[Node] = []
    for each, x, label in zip(seen, places, _spread(places, width), strict=True):
        marks.append(
            el("rect", "wb-usual", {"x": number(x - 2), "y": "5", "width": "4", "height": "12"})
        )
        names.append(["text", {"x": number(label), "y": "30"}, NAMES[each.tier][0]])
    told = ", then ".join(NAMES[each.tier][1] for each in seen)
    about = {
        "viewBox": f"0 0 {width} {_HEIGHT}",
        "role": "img",
        "aria-label": f"First {told}.",
    }
    return el("svg", "wb-chart", about, *marks, *names)


def _spread(places: Sequence[float], width: int) -> list[float]:
    """Return where names begin, near their ticks and apart from each other."""
    found: list[float] = []
    for x in places:
        found.append(max(x - 2, found[-1] + _APART if found else 0))
    most = float(width - _APART + 8)
    for n in range(len(found) - 1, -1, -1):
        found[n] = max(0.0, min(found[n], most))
        most = found[n] - _APART
    return found
