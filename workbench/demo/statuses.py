"""A recorded timeline of Mastodon statuses, moved to the replay's time."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from workbench.clock import from_micros, to_micros
from workbench.demo.shift import shift_stamp
from workbench.demo.tape import Place, Tape, Thing, grown
from workbench.demo.timeline import Reel

__all__ = ["StatusTape", "shift_snowflake"]

_SNOWFLAKE: Final = re.compile(r"(?<!\d)\d{17,19}(?!\d)")
_ID: Final = re.compile(r"\d{1,20}")
_MILLISECOND: Final = 1_000
_COUNTS: Final = ("favourites_count", "reblogs_count", "replies_count")


def shift_snowflake(own: str, micros: int) -> str:
    """Return an id moved by a time: milliseconds, then sixteen bits that stay.

    Examples
    --------
    >>> shift_snowflake("65537", 2_000)
    '196609'
    """
    return str(int(own) + (micros // _MILLISECOND << 16))


class StatusTape(Tape[str]):
    """A recorded timeline, moved to the replay's time and played again and again.

    Parameters
    ----------
    lines : list of dict
        What came and when: ``time``, ``event``, ``data`` and ``later`` each.
    instance : str
        Host of the server that said it.
    reel : Reel
    """

    def __init__(self, lines: list[dict[str, Any]], instance: str, reel: Reel) -> None:
        times, things = [], {}
        for number, line in enumerate(lines):
            times.append(to_micros(datetime.fromisoformat(line["time"])))
            data = line["data"]
            own = data if isinstance(data, str) else data["id"]
            if line["event"] == "update":
                things[own] = Thing(number, data, line.get("later", {}))
            elif line["event"] == "delete":
                things[own].gone = number
            else:
                things[own].changed.append((number, data))
        super().__init__(times, things, reel)
        self.instance = instance
        self._lines = lines
        # A status shows what its author wants now, not what was wanted when it was written.
        self._unindexed: dict[str, int] = {}
        for thing in things.values():
            account = thing.body["account"]
            if account.get("noindex"):
                self._unindexed.setdefault(account["uri"], thing.came)

    def status(self, place: Place, now: datetime) -> dict[str, Any]:
        """Return a status as it is at a moment."""
        body, hours = self.body(*place, now)
        return self._moved(body, place, now, hours)

    def find(self, own: str, now: datetime) -> Place | None:
        """Return where the status with this id is; None if it has not come, or has gone."""
        if not _ID.fullmatch(own):
            return None
        reel = self.reel
        base = (int(own) >> 16) * _MILLISECOND - reel.offset
        lap = max(0, (base - reel.live_from) // reel.lap) if reel.lap else 0
        key = shift_snowflake(own, -(reel.offset + lap * reel.lap))
        thing = self.things.get(key)
        return Place(lap, thing) if thing and self.is_there(lap, thing, now) else None

    def event(self, lap: int, index: int) -> tuple[str, str, Thing]:
        """Return an event as the stream tells it: its name, its data, the thing it is about."""
        line = self._lines[index]
        data, name = line["data"], str(line["event"])
        if isinstance(data, str):
            return name, self._id(data, lap), self.things[data]
        thing = self.things[data["id"]]
        now = from_micros(self.timeline.time(lap, index))
        _, hours = self.body(lap, thing, now)
        moved = self._moved(data, Place(lap, thing), now, hours)
        return name, json.dumps(moved, ensure_ascii=False, separators=(",", ":")), thing

    def _micros(self, own: str, lap: int) -> int:
        """Return by how much an id moves; what was made before the live part has but one."""
        return self.reel.offset + (lap * self.reel.lap if self._is_live(own) else 0)

    def _is_live(self, own: str) -> bool:
        return (int(own) >> 16) * _MILLISECOND >= self.reel.live_from

    def _id(self, own: str, lap: int) -> str:
        return shift_snowflake(own, self._micros(own, lap))

    def _moved(
        self, body: Mapping[str, Any], place: Place, now: datetime, hours: float
    ) -> dict[str, Any]:
        lap, own = place.lap, str(body["id"])
        delta = timedelta(microseconds=self._micros(own, lap))

        def renamed(address: str | None) -> str | None:
            return address and _SNOWFLAKE.sub(lambda found: self._id(found[0], lap), address)

        made = dict(body) | {
            "id": self._id(own, lap),
            "uri": renamed(body["uri"]),
            "url": renamed(body["url"]),
            "created_at": shift_stamp(body["created_at"], delta),
        }
        edited = timedelta(microseconds=self.reel.offset + lap * self.reel.lap)
        if body.get("edited_at"):
            made["edited_at"] = shift_stamp(body["edited_at"], edited)
        if parent := body.get("in_reply_to_id"):
            made["in_reply_to_id"] = self._id(parent, lap)
        account = body["account"] | {"last_status_at": made["created_at"][:10]}
        line = self._unindexed.get(account["uri"])
        if line is not None:
            account["noindex"] = self.timeline.time(0, line) <= to_micros(now)
        made["account"] = account
        later = place.thing.later
        made |= {
            name: grown(later[name], hours) for name in _COUNTS if name in later and _sane(body)
        }
        if poll := body.get("poll"):
            made["poll"] = _voted(poll, later.get("votes", ()), delta, now, hours)
        if original := body.get("reblog"):
            known = self.things[original["id"]]
            began = self.timeline.time(lap if self._is_live(original["id"]) else 0, known.came)
            age = max(0.0, (to_micros(now) - began) / 3_600_000_000)
            made["reblog"] = self._moved(original, Place(lap, known), now, age)
        return made


def _sane(body: Mapping[str, Any]) -> bool:
    """Return whether counts are numbers there; a hostile server's stay what they are."""
    return all(type(body.get(name)) is int and body[name] >= 0 for name in _COUNTS)


def _voted(
    poll: Mapping[str, Any], votes: Any, delta: timedelta, now: datetime, hours: float
) -> dict[str, Any]:
    expires = shift_stamp(poll["expires_at"], delta)
    given = [grown(count, min(hours, 24.0)) for count in votes] or [0] * len(poll["options"])
    options = [
        dict(option) | {"votes_count": count}
        for option, count in zip(poll["options"], given, strict=False)
    ]
    return dict(poll) | {
        "expires_at": expires,
        "expired": datetime.fromisoformat(expires) <= now,
        "votes_count": sum(given),
        "voters_count": sum(given),
        "options": options,
    }
