"""The past of the networks that are polled, as payloads: what came, and a second look at it."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, Generic, NamedTuple, TypeVar

from workbench.collectors import gdelt, hackernews, mastodon, x
from workbench.collectors.ledger import Ledger, Seen
from workbench.collectors.mastodon_polls import State
from workbench.collectors.timelines import Context, Reading, read_event, read_timeline
from workbench.collectors.x_budget import Purse
from workbench.collectors.x_payloads import read
from workbench.collectors.x_polls import EVERYTHING, Memory
from workbench.demo.gdelt import ArticleTape, as_answer
from workbench.demo.hackernews import HitTape
from workbench.demo.statuses import StatusTape
from workbench.demo.tape import Place, Tape, Thing
from workbench.demo.x import XTape, lost, shift_post_id
from workbench.items import ParseResult

__all__ = ["ArticlePast", "HitPast", "Payload", "StatusPast", "XPast"]

_LOOK_AGAIN: Final = timedelta(days=1)
"""After how long what was published is looked at once more, for its counts."""

_AT_ONCE: Final = 20


class Payload(NamedTuple):
    """Something that came in: when, in the recording's time; how much; and what reads it."""

    when: int
    number: int
    read: Callable[[], ParseResult]


_T = TypeVar("_T", bound=Tape[Any])


class _Past(ABC, Generic[_T]):
    """The past of a network whose collector polls and looks at what is kept once more.

    Parameters
    ----------
    tape : Tape
    """

    def __init__(self, tape: _T) -> None:
        self._tape = tape

    def payloads(self) -> Iterator[Payload]:
        """Yield what came, each thing at its own time, and then the second looks."""
        shown = self._tape.reel.shown
        for index, when in _lines(self._tape):
            yield Payload(when, 1, partial(self._read, index, shown(when)))
        for when, places in _looks(self._tape):
            yield Payload(when, len(places), partial(self._look, places, shown(when)))

    @abstractmethod
    def _read(self, index: int, now: datetime) -> ParseResult:
        """Read a line of the recording."""

    @abstractmethod
    def _look(self, places: list[Place], now: datetime) -> ParseResult:
        """Look at things as they are now."""


class StatusPast(_Past[StatusTape]):
    """What a Mastodon server said before the live part, and where its collector goes on.

    Parameters
    ----------
    tape : StatusTape
    """

    def __init__(self, tape: StatusTape) -> None:
        super().__init__(tape)
        self._state = State(Ledger())
        self.key = mastodon.Mastodon(instance=tape.instance).key

    def cursor(self) -> str | None:
        """Return the cursor that a collector would have left, once all is read."""
        reel, newest = self._tape.reel, self._tape.newest
        self._state.polled = reel.shown(reel.live_from)
        last = next(newest(self._state.polled), None)
        if last:
            self._state.since[""] = self._tape.status(last, self._state.polled)["id"]
        return self._state.save()

    def _read(self, index: int, now: datetime) -> ParseResult:
        name, data, _ = self._tape.event(0, index)
        result = self._note(read_event(name, data.encode(), self._context(now)), now)
        if name == "delete":
            self._state.known.drop(data)
        return result

    def _look(self, places: list[Place], now: datetime) -> ParseResult:
        there = [place for place in places if self._tape.is_there(*place, now)]
        body = _json([self._tape.status(place, now) for place in there])
        return self._note(read_timeline(body, self._context(now)), now)

    def _context(self, now: datetime) -> Context:
        return Context(
            self._tape.instance,
            now,
            known=self._state.known,
            hidden=frozenset(self._state.hidden),
        )

    def _note(self, reading: Reading, now: datetime) -> ParseResult:
        self._state.note(reading, now)
        self._state.known.keep(item.id for item in reading.result)
        self._state.known.settle()
        return reading.result


class HitPast(_Past[HitTape]):
    """What Hacker News held before the live part, and where its collector goes on.

    Parameters
    ----------
    tape : HitTape
    """

    def __init__(self, tape: HitTape) -> None:
        super().__init__(tape)
        self._known = Ledger()
        self._withdrawn = {thing.gone: thing for thing in tape.things.values()}
        self._told = _told(tape)
        self.key = hackernews.HackerNews().key

    def cursor(self) -> str | None:
        """Return the cursor that a collector would have left, once all is read."""
        polled = self._tape.reel.shown(self._tape.reel.live_from)
        return json.dumps({"polled": polled.isoformat(), "known": self._known.save()})

    def _read(self, index: int, now: datetime) -> ParseResult:
        if thing := self._told.get(index):
            return self._look([Place(0, thing)], now)
        gone = Place(0, self._withdrawn[index])
        result = hackernews.parse(_json(self._tape.item(gone, now)), collected=now)
        for deletion in result.deletions:
            self._known.drop(deletion.id)
        return result

    def _look(self, places: list[Place], now: datetime) -> ParseResult:
        there = [place for place in places if self._tape.is_there(*place, now)]
        hits = [self._tape.hit(place, now) for place in there]
        result = hackernews.parse(_json({"hits": hits}), collected=now)
        self._known.meet((Seen(item.id, item.id, item.time) for item in result), now)
        self._known.keep(item.id for item in result)
        self._known.settle()
        return result


class ArticlePast:
    """What GDELT met before the live part, and where its collector goes on.

    Parameters
    ----------
    tape : ArticleTape
    """

    def __init__(self, tape: ArticleTape) -> None:
        self._tape = tape
        self.key = gdelt.Gdelt(query=tape.query).key

    def payloads(self) -> Iterator[Payload]:
        """Yield what was met, step by step."""
        reel = self._tape.reel
        for when in sorted({line["time"] * 1_000_000 for line in self._tape.lines}):
            if reel.start <= when < reel.live_from:
                yield Payload(when, 1, partial(self._read, reel.shown(when)))

    def cursor(self) -> str | None:
        """Return the cursor that a collector would have left, once all is read."""
        polled = self._tape.reel.shown(self._tape.reel.live_from).isoformat()
        return json.dumps({"texts": {self._tape.query: polled}, "queries": {"": polled}})

    def _read(self, now: datetime) -> ParseResult:
        found = list(self._tape.find(self._tape.query, now, now))
        return gdelt.parse(as_answer(found), collected=now)


class XPast(_Past[XTape]):
    """What was posted on X before the live part, and where its collector goes on.

    Parameters
    ----------
    tape : XTape
    """

    def __init__(self, tape: XTape) -> None:
        super().__init__(tape)
        self._memory = Memory(Purse(0.0))
        self._withdrawn = {t.gone: own for own, t in tape.things.items() if t.gone is not None}
        self._told = _told(tape)
        self.key = x.X().key

    def cursor(self) -> str | None:
        """Return the cursor that a collector would have left, had it asked for everything."""
        self._memory.marks[EVERYTHING] = self._tape.reel.shown(self._tape.reel.live_from)
        return self._memory.save()

    def _read(self, index: int, now: datetime) -> ParseResult:
        if thing := self._told.get(index):
            return self._look([Place(0, thing)], now)
        own = shift_post_id(self._withdrawn[index], self._tape.reel.offset)
        known = self._memory.known
        keys = [seen for seen, key in known.items() if key == own]  # its newest version's
        reading = read(_json({"errors": [lost(own, "ids")]}), collected=now)
        for key in keys:
            known.drop(key)
        return reading.result

    def _look(self, places: list[Place], now: datetime) -> ParseResult:
        there = [place for place in places if self._tape.is_there(*place, now)]
        posts = [self._tape.post(place, now) for place in there]
        answer = self._tape.answer(posts, now) | {"meta": {"result_count": len(posts)}}
        reading = read(_json(answer), collected=now)
        known = self._memory.known
        known.meet(reading.seen, now)
        known.keep(item.id for item in reading.result)
        known.settle()
        return reading.result


def _told(tape: Tape[Any]) -> dict[int, Thing]:
    """Return what each line of a recording tells of, but for what has gone."""
    things = tape.things.values()
    changes = {line: thing for thing in things for line, _ in thing.changed}
    return {thing.came: thing for thing in things} | changes


def _lines(tape: Tape[Any]) -> Iterator[tuple[int, int]]:
    past = tape.timeline.before(tape.reel.live_from + tape.reel.offset)
    yield from enumerate(tape.times[:past])


def _looks(tape: Tape[Any]) -> Iterator[tuple[int, list[Place]]]:
    """Yield when which things are looked at once more: at the latest just before the live part."""
    last = tape.reel.live_from - 1_000_000
    later = _LOOK_AGAIN // timedelta(microseconds=1)
    due = [
        (min(tape.times[thing.came] + later, last), Place(0, thing))
        for thing in tape.things.values()
        if thing.later and tape.times[thing.came] < last
    ]
    for start in range(0, len(due), _AT_ONCE):
        group = due[start : start + _AT_ONCE]
        yield group[-1][0], [place for _, place in group]


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
