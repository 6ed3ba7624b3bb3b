"""Rules and alerts: which of the items that come in are told, as pure functions.

A column of items may have a rule. Either each of its items is an alert, or so many that are
published within so long a stretch are one together. What counts is only what comes in live,
never the history that a source brings along when it is first asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from workbench.decks import Column
from workbench.items import Item
from workbench.store import Alert

__all__ = ["BURST", "Sighting", "due", "is_live", "sighting", "state"]

BURST: Final = 20
"""Where each item is an alert: so many are told singly in a minute, more as one."""
_MINUTE: Final = timedelta(minutes=1)
_KEPT: Final = 100  # keys of an alert's first items


class Sighting(NamedTuple):
    """An item as rules see it.

    Attributes
    ----------
    published, came : datetime
        When it was published, and when we first saw it.
    key : str
        ``source:id``.
    precision : timedelta
        How exactly the first is known.
    """

    published: datetime
    came: datetime
    key: str
    precision: timedelta = timedelta(0)


def sighting(item: Item) -> Sighting:
    """Return an item as rules see it."""
    exact = timedelta(seconds=item.published_precision or 0)
    return Sighting(item.time, item.collected or item.time, f"{item.source}:{item.id}", exact)


def is_live(seen: Sighting, *, within: timedelta, since: datetime) -> bool:
    """Return whether an item came soon enough after it was published to be an alert.

    Parameters
    ----------
    seen : Sighting
    within : timedelta
        What is soon enough.
    since : datetime
        From when the rule holds; what is older is history.
    """
    latest = seen.published + seen.precision
    return latest >= since and seen.came >= since and seen.came - latest <= within


def state(alert: Alert, now: datetime) -> Literal["firing", "resolved"]:
    """Return whether an alert still counts what comes, or is over."""
    return "firing" if now < alert.until else "resolved"


def due(
    column: Column,
    seen: Iterable[Sighting],
    told: Sequence[Alert],
    *,
    deck: str,
    since: datetime,
    now: datetime,
) -> list[Alert]:
    """Return the alerts that are to be told, and those told before that have grown.

    Whoever asks again with the same items and with what was told gets nothing.

    Parameters
    ----------
    column : Column
        With a rule; without one nothing is due.
    seen : iterable of Sighting
        Items that it shows, in any order.
    told : sequence of Alert
        Its alerts so far, as far as they may concern these items.
    deck : str
        The deck's name.
    since : datetime
        From when the rule holds.
    now : datetime
    """
    rule = column.alert
    if rule is None:
        return []
    live = {each for each in seen if is_live(each, within=rule.within, since=since)}
    blank = Alert(
        deck=deck,
        column=column.key,
        title=column.title,
        at_least=rule.at_least,
        fired=now,
        first=now,
        until=now,
        n=0,
        items=(),
    )
    if rule.at_least:
        return _together(sorted(live), told, blank, rule.within)
    return _singly(sorted(live, key=lambda each: each.came), told, blank)


def _together(
    seen: Sequence[Sighting], told: Sequence[Alert], blank: Alert, within: timedelta
) -> list[Alert]:
    """Return an alert per stretch that begins with an item and holds enough of them.

    An item belongs to one alert at most: what falls into the stretch of one that was told
    makes that grow, and begins no other.
    """
    spans = [alert for alert in told if alert.at_least]
    found = []
    for alert in spans:
        inside = [each for each in seen if alert.first <= each.published < alert.until]
        if len(inside) > alert.n:
            found.append(_filled(alert, inside))
    free = [
        each
        for each in seen
        if not any(alert.first <= each.published < alert.until for alert in spans)
    ]
    start = 0
    while start + blank.at_least <= len(free):
        first = free[start].published
        until = first + within
        if free[start + blank.at_least - 1].published >= until:
            start += 1
            continue
        inside = [each for each in free[start:] if each.published < until]
        found.append(_filled(blank._replace(first=first, until=until), inside))
        start += len(inside)
    return found


def _singly(seen: Sequence[Sighting], told: Sequence[Alert], blank: Alert) -> list[Alert]:
    """Return an alert per item; of a burst, one for all that goes beyond."""
    known = {key for alert in told for key in alert.items}
    # Of a burst so large that not all its keys are kept, the time that it took tells the rest.
    large = [alert for alert in told if alert.n > len(alert.items)]
    fresh = [
        each
        for each in seen
        if each.key not in known and not any(a.first <= each.came <= a.until for a in large)
    ]
    if not fresh:
        return []
    lately = [alert for alert in told if alert.fired > blank.fired - _MINUTE]
    if sum(alert.n for alert in lately) + len(fresh) <= BURST:
        return [
            blank._replace(first=each.came, until=each.came, n=1, items=(each.key,))
            for each in fresh
        ]
    burst = next((alert for alert in lately if alert.n > 1), None)
    if burst is None:
        return [_filled(blank._replace(first=fresh[0].came, until=fresh[-1].came), fresh)]
    keys = (*burst.items, *(each.key for each in fresh))
    until = max(burst.until, fresh[-1].came)
    return [burst._replace(n=burst.n + len(fresh), until=until, items=keys[:_KEPT])]


def _filled(alert: Alert, inside: Sequence[Sighting]) -> Alert:
    return alert._replace(n=len(inside), items=tuple(each.key for each in inside[:_KEPT]))
