"""Rules: when the items of a column are an alert, as a deck file says it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from workbench.decks.model import Rule
from workbench.decks.reading import Place, nearest

__all__ = ["read_rule", "read_sound"]

_SETTINGS: Final = ("at_least", "within")
_MOST: Final = 1000
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=7)


def read_rule(place: Place) -> Rule:
    """Read ``each``, or ``{at_least: 5, within: 1h}``."""
    if isinstance(place.value, str):
        if place.text() != "each":
            guess = nearest(place.text(), ("each",))
            raise place.error(
                f"{place.value!r} is neither each nor {{at_least: 5, within: 1h}}{guess}"
            )
        return Rule()
    given = place.mapping(_SETTINGS)
    for name in _SETTINGS:
        if name not in given:
            raise place.error(
                f"has no {name}; write each, or both, as in {{at_least: 5, within: 1h}}"
            )
    n = given["at_least"].value
    if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= _MOST:
        raise given["at_least"].error(f"is {n!r}; it needs a whole number from 1 to {_MOST:,}")
    return Rule(n, given["within"].span(least=_SHORTEST, most=_LONGEST))


def read_sound(place: Place, *, has_rule: bool) -> bool:
    """Read whether a column's alerts are heard."""
    is_heard = place.switch()
    if is_heard and not has_rule:
        raise place.error("a sound goes with an alert; give the column alert: as well")
    return is_heard
