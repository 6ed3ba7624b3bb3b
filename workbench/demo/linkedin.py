"""The table of LinkedIn posts that somebody at the invented airline keeps and saves again."""

from __future__ import annotations

import csv
import io
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from hashlib import blake2b
from http import HTTPStatus
from typing import Final

from workbench.clock import Clock, from_micros, to_micros
from workbench.collectors import linkedin
from workbench.demo.past import Payload
from workbench.demo.timeline import Reel, Timeline
from workbench.demo.web import Answer, Asked, Route

__all__ = ["RowPast", "RowTape", "serve_rows"]

_URN: Final = re.compile(r"(urn:li:activity:)(\d+)")
_LAP: Final = 10**14
_MOST: Final = 500


class RowTape:
    """A table whose rows say when each was saved, as it is at a moment.

    Parameters
    ----------
    data : bytes
        The table as it is at the recording's end, what was saved first coming first.
    address : str
        Where it is found.
    reel : Reel
    """

    def __init__(self, data: bytes, address: str, reel: Reel) -> None:
        self.address = address
        self.reel = reel
        reader = csv.DictReader(io.StringIO(data.decode()))
        self._rows = list(reader)
        self._names = list(reader.fieldnames or ())
        self._times = array(
            "q", (to_micros(datetime.fromisoformat(row["collected_at"])) for row in self._rows)
        )
        self._timeline = Timeline(self._times, reel)

    def show(self, now: datetime) -> tuple[bytes, datetime]:
        """Return the table as of a moment, its newest rows, and when it was last saved."""
        number = self._timeline.before(to_micros(now) + 1)
        saved = self.reel.shown(self.reel.start)
        places = []
        for each in range(max(0, number - _MOST), number):
            place = self._timeline.place(each)
            if place:
                places.append(place)
                saved = from_micros(self._timeline.time(*place))
        return self._table(places), saved

    def history(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield when rows were saved before the live part, how many, and these as a table."""
        past = bisect_left(self._times, self.reel.live_from)
        start = 0
        while start < past:
            end = min(bisect_right(self._times, self._times[start]), past)
            yield self._times[start], end - start, self._table([(0, n) for n in range(start, end)])
            start = end

    def _table(self, places: list[tuple[int, int]]) -> bytes:
        made = io.StringIO()
        writer = csv.DictWriter(made, self._names, lineterminator="\r\n")
        writer.writeheader()
        for lap, index in places:
            row = self._rows[index]
            saved = from_micros(self._timeline.time(lap, index))
            own = _URN.sub(lambda found: f"{found[1]}{int(found[2]) + lap * _LAP}", row["urn"])  # noqa: B023 - called at once
            writer.writerow(
                row | {"urn": own, "collected_at": saved.isoformat().replace("+00:00", "Z")}
            )
        return made.getvalue().encode()


class RowPast:
    """What was saved before the live part.

    It leaves no cursor: the collector reads the table once more, which changes nothing.
    """

    def __init__(self, tape: RowTape) -> None:
        self._tape = tape

    def payloads(self) -> Iterator[Payload]:
        """Yield what was saved, each time at its own."""
        for when, number, table in self._tape.history():
            shown = self._tape.reel.shown(when)
            yield Payload(when, number, partial(linkedin.parse, table, collected=shown, lang="en"))


def serve_rows(tape: RowTape, clock: Clock) -> Route:
    """Return the route of the table, as of the clock, answering 304 to who has it already."""

    def route(asked: Asked) -> Answer:
        body, saved = tape.show(clock())
        etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
        headers = {
            "Content-Type": "text/csv; charset=utf-8",
            "ETag": etag,
            "Last-Modified": format_datetime(saved.astimezone(UTC), usegmt=True),
        }
        if asked.headers.get("if-none-match") == etag:
            return Answer(HTTPStatus.NOT_MODIFIED, headers=headers)
        return Answer(HTTPStatus.OK, body, headers)

    return route
