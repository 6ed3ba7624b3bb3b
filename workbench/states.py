"""What a source is doing: the row that `status`, `doctor` and the page read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

__all__ = ["STATES", "SourceState", "State"]

State = Literal["starting", "live", "waiting", "failing"]
STATES: Final[tuple[State, ...]] = get_args(State)
"""What a source can be doing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What one source of a running service is doing.

    Attributes
    ----------
    key : str
        The source, as in the coverage table: ``bluesky``, ``feeds:https://…``.
    collector : str
        Name of its collector.
    state : {"starting", "live", "waiting", "failing"}
        Waiting means that it asked us to; failing that its last try did not succeed.
    reason : str
        Why it waits or fails, in plain words, without secrets.
    since : datetime
        When this state began, UTC.
    next_try : datetime or None
        When it is tried again, UTC.
    last_item : datetime or None
        When its newest item was collected, UTC.
    seen, matched, stored : int
        Items since the service started: received; wanted by a column or rule; new in the store.
    """

    key: str
    collector: str
    state: State
    reason: str = ""
    since: datetime
    next_try: datetime | None = None
    last_item: datetime | None = None
    seen: int = 0
    matched: int = 0
    stored: int = 0
