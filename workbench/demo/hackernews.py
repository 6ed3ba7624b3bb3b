"""Hacker News of recorded threads: Algolia's search by date, and the official API's items.

Formats: hn.algolia.com/api, and github.com/HackerNews/API.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from workbench.clock import Clock
from workbench.demo.tape import Place, Tape, Thing, grown
from workbench.demo.timeline import Reel
from workbench.demo.web import Answer, Asked, Route, json_answer
from workbench.tokens import tokenize

__all__ = ["HackerNewsServer", "HitTape"]

BOUND: Final = 1_000
"""The most hits of one query that can be paged to."""

_SEARCH: Final = "hn.algolia.com"
_ITEMS: Final = "hacker-news.firebaseio.com"
_USUAL: Final = 20
_SECOND: Final = 1_000_000
_OPERATORS: Final[dict[str, Callable[[int, int], bool]]] = {
    "<=": operator.le, ">=": operator.ge, "!=": operator.ne,
    "<": operator.lt, ">": operator.gt, "=": operator.eq,
}  # fmt: skip
_FILTER: Final = re.compile(r"(created_at_i|points|num_comments)\s*(<=|>=|!=|<|>|=)\s*(-?\d{1,12})")
_STORY: Final = re.compile(r"story_\d+")
_SHOWN: Final = ("title", "url", "author", "story_text", "comment_text", "story_title", "story_url")
_LOOKED_AT: Final = ("title", "story_title", "story_text", "comment_text", "url", "author")


class HitTape(Tape[int]):
    """Recorded stories and comments, moved to the replay's time and played again and again.

    Parameters
    ----------
    lines : list of dict
        What came and when: ``time`` in seconds, and ``hit`` with ``later``, or ``item``.
    reel : Reel
    """

    def __init__(self, lines: list[dict[str, Any]], reel: Reel) -> None:
        things: dict[int, Thing] = {}
        for number, line in enumerate(lines):
            own = int(line["hit"]["objectID"] if "hit" in line else line["item"]["id"])
            if "item" in line:
                things[own].gone, things[own].last = number, line["item"]
            elif own in things:
                things[own].changed.append((number, line["hit"]))
            else:
                things[own] = Thing(number, line["hit"], line.get("later", {}))
        super().__init__((line["time"] * _SECOND for line in lines), things, reel)
        live = [own for own, thing in things.items() if self.times[thing.came] >= reel.live_from]
        self._first = min(live, default=0)
        self._span = max(live) - self._first + 1 if live else 0

    def number(self, own: int, lap: int) -> int:
        """Return a number on a lap; what came before the live part has but one."""
        return own + lap * self._span if self._span and own >= self._first else own

    def find(self, number: int) -> Place | None:
        """Return which thing has this number, on which lap, whether or not it is there yet."""
        lap = max(0, (number - self._first) // self._span) if self._span else 0
        thing = self.things.get(number - lap * self._span)
        return Place(lap, thing) if thing else None

    def hit(self, place: Place, now: datetime) -> dict[str, Any]:
        """Return a hit as it is at a moment."""
        lap, thing = place
        body, hours = self.body(lap, thing, now)
        seconds = body["created_at_i"] + self._delta(place)
        written = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        story = self.number(body["story_id"], lap)
        made = dict(body) | {
            "_tags": [_STORY.sub(f"story_{story}", tag) for tag in body["_tags"]],
            "objectID": str(self.number(int(body["objectID"]), lap)),
            "created_at": written,
            "created_at_i": seconds,
            "updated_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "story_id": story,
        }
        if "parent_id" in body:
            made["parent_id"] = self.number(body["parent_id"], lap)
        return made | {name: grown(count, hours) for name, count in thing.later.items()}

    def item(self, place: Place, now: datetime) -> dict[str, Any]:
        """Return an item of the official API as it is at a moment."""
        lap, thing = place
        if not self.is_there(lap, thing, now):
            made = dict(thing.last)
            made |= {"id": self.number(made["id"], lap), "time": made["time"] + self._delta(place)}
            if "parent" in made:
                made["parent"] = self.number(made["parent"], lap)
            return made
        hit = self.hit(place, now)
        made = {"by": hit["author"], "id": int(hit["objectID"]), "time": hit["created_at_i"]}
        if "parent_id" in hit:
            return made | {
                "parent": hit["parent_id"], "text": hit["comment_text"], "type": "comment",
            }  # fmt: skip
        told = {
            "descendants": hit["num_comments"], "score": hit["points"], "title": hit["title"],
            "type": "story", "url": hit["url"], "text": hit.get("story_text"),
        }  # fmt: skip
        return made | {name: value for name, value in told.items() if value is not None}

    def _delta(self, place: Place) -> int:
        return (self.timeline.time(place.lap, place.thing.came) - self.times[place.thing.came]) // (
            _SECOND
        )


class HackerNewsServer:
    """The routes of both services, as of the replay's clock.

    Parameters
    ----------
    tape : HitTape
    clock : Clock
    """

    def __init__(self, tape: HitTape, clock: Clock) -> None:
        self._tape = tape
        self._clock = clock

    def routes(self) -> dict[tuple[str, str], Route]:
        """Return the routes, by host and path."""
        return {
            (_SEARCH, "/api/v1/search_by_date"): self._search,
            (_ITEMS, "/v0/item/"): self._item,
        }

    def _search(self, asked: Asked) -> Answer:
        given = {name: values[0] for name, values in asked.parameters.items()}
        limits = []
        for text in filter(None, given.get("numericFilters", "").split(",")):
            found = _FILTER.fullmatch(text.strip())
            if not found:
                message = f"invalid numeric attribute({text})"
                return json_answer({"message": message, "status": 400}, HTTPStatus.BAD_REQUEST)
            limits.append((found[1], _OPERATORS[found[2]], int(found[3])))
        size, page = _count(given, "hitsPerPage", _USUAL, BOUND), _count(given, "page", 0, BOUND)
        words, groups = _words(given.get("query", "")), _groups(given.get("tags", ""))
        now = self._clock()
        hits = [
            hit
            for hit in (self._tape.hit(place, now) for place in self._tape.newest(now))
            if all(type(hit.get(name)) is int and test(hit[name], n) for name, test, n in limits)
            and all(group & set(hit["_tags"]) for group in groups)
            and _says(hit, words)
        ]
        hits.sort(key=lambda hit: (hit["created_at_i"], int(hit["objectID"])), reverse=True)
        first = page * size
        shown = hits[first : min(first + size, BOUND)] if size else []
        return json_answer({
            "exhaustive": {"nbHits": True, "typo": True},
            "exhaustiveNbHits": True,
            "exhaustiveTypo": True,
            "hits": [hit | {"_highlightResult": _highlight(hit)} for hit in shown],
            "hitsPerPage": size,
            "nbHits": len(hits),
            "nbPages": -(-min(len(hits), BOUND) // size) if size else 0,
            "page": page,
            "params": urlencode(given | {"advancedSyntax": "true"}),
            "processingTimeMS": 1,
            "query": given.get("query", ""),
            "serverTimeMS": 1,
        })  # fmt: skip

    def _item(self, asked: Asked) -> Answer:
        found = re.fullmatch(r"(\d{1,15})\.json", asked.path.rpartition("/")[2])
        place = self._tape.find(int(found[1])) if found else None
        now = self._clock()
        if place is None or self._tape.timeline.time(place.lap, place.thing.came) > _micros(now):
            return json_answer(None)
        return json_answer(self._tape.item(place, now))


def _micros(now: datetime) -> int:
    return (now - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _count(given: Mapping[str, str], name: str, usual: int, most: int) -> int:
    text = given.get(name, "")
    return min(most, int(text)) if re.fullmatch(r"\d{1,6}", text) else usual


def _words(query: str) -> list[list[str]]:
    """Return the phrases that must be there: what stands in quotes, else each word."""
    parts = re.findall(r'"([^"]*)"|(\S+)', query)
    return [words for quoted, word in parts if (words := tokenize(quoted or word))]


def _groups(tags: str) -> list[set[str]]:
    """Return tags of which one each must be there: ``a,(b,c)`` is a, and b or c."""
    found = re.findall(r"\(([^()]*)\)|([^,()]+)", tags)
    return [{tag.strip() for tag in (several or one).split(",")} for several, one in found]


def _says(hit: Mapping[str, Any], phrases: list[list[str]]) -> bool:
    """Return whether a hit has all phrases; the last word may be the beginning of one."""
    if not phrases:
        return True
    tokens = [tokenize(str(hit.get(name) or "")) for name in _LOOKED_AT]
    for number, phrase in enumerate(phrases, start=1):
        opens = number == len(phrases) and len(phrase) == 1
        if not any(_holds(field, phrase, opens=opens) for field in tokens):
            return False
    return True


def _holds(tokens: list[str], phrase: list[str], *, opens: bool) -> bool:
    if opens:
        return any(token.startswith(phrase[0]) for token in tokens)
    size = len(phrase)
    return any(tokens[n : n + size] == phrase for n in range(len(tokens) - size + 1))


def _highlight(hit: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the service adds to show what was found; nothing is marked here."""
    return {
        name: {"matchLevel": "none", "matchedWords": [], "value": hit[name]}
        for name in _SHOWN
        if hit.get(name)
    }
