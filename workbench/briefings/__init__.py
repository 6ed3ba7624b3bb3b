"""A briefing: what a deck has seen in the last day, each number with the items behind it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workbench import clock, decks, store
from workbench.briefings.markup import Section
from workbench.briefings.report import Briefing
from workbench.clock import Clock
from workbench.errors import SettingError

__all__ = ["Briefing", "Section", "briefing"]

_PATIENCE: Final = 120.0  # seconds that one question to the store may take: nobody waits there


def briefing(
    deck: str = "demo",
    *,
    since: str | timedelta = "24h",
    zone: str | None = None,
    address: str | None = None,
    confidential: bool = False,
    now: Clock = clock.now,
) -> Briefing:
    """Return the briefing of a deck, for display part by part in a notebook.

    Parameters
    ----------
    deck : str
        Name of a deck, or the path of its file.
    since : str or timedelta
        How far it looks back, such as ``24h`` or ``7d``.
    zone : str, optional
        Time zone of its times; else the deck's.
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.
    confidential : bool
        Whether what the deck's confidential sources bring is in it: not for one that leaves
        the house.
    now : Clock
        What tells the time.

    Raises
    ------
    DeckError
        If there is no such deck, or something in it is wrong.
    StoreError
        If the store cannot be opened.
    SettingError
        If the span or the zone is none.
    """
    span = clock.span(since)
    if span < timedelta(hours=1):
        raise SettingError(f"since={since!r} is less than an hour; write 24h or 7d")
    loaded = decks.load(str(deck))  # papermill takes a name such as 2026 for a number
    try:
        ZoneInfo(zone or loaded.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingError(
            f"zone={zone!r} is no time zone; write a name such as Europe/Zurich, or leave it out"
        ) from None
    opened = store.open(address, now=now, read_limit=_PATIENCE)
    if not confidential:
        loaded = decks.withhold(loaded, decks.noted_confidential(opened))
    return Briefing(loaded, opened, span=span, end=now(), zone=zone or loaded.zone)
